/* summary.c: add up instructions that have something in common.
 *
 * Groups are found by a key of bytes: file, line and function's name, or the name alone. Names that
 * read alike are one function: two instances of a template are the same lines of source. The order
 * of the result depends on nothing but hits, names and lines. */
#include "summary.h"

#include "hits.h"
#include "instructions.h"
#include "intern.h"

#include <stdlib.h>

/* A group while it is summed up; hits are the arena's. */
struct group {
    struct flame_hits_of of;
    struct flame_hits *hits;
    size_t event_count;
};

/* Where a group was met last: in which set (0: none), and at which instruction, + 1. */
struct met {
    size_t set, instruction;
};

/* groups and last are by id in keys. */
struct summing {
    size_t event_count;
    struct flame_arena *arena;
    struct flame_intern names, keys;
    FLAME_VEC(struct group) groups;
    FLAME_VEC(struct met) last;
};

/* Without holes, so that its bytes can be compared. */
struct key {
    const struct flame_source_file *source;
    uint32_t line, name;
};
_Static_assert(sizeof(struct key) == sizeof(void *) + 8, "no padding");

static void begin(struct summing *s)
{
    flame_intern_init(&s->names);
    flame_intern_init(&s->keys);
}

static void end(struct summing *s)
{
    flame_intern_deinit(&s->names);
    flame_intern_deinit(&s->keys);
    flame_vec_free(&s->groups);
    flame_vec_free(&s->last);
}

/* The group of a key, made if need be; FLAME_INTERN_NONE: out of memory. */
static uint32_t find(struct summing *s, const struct flame_source_file *source, uint32_t line,
                     struct flame_str name)
{
    struct key key = { source, line, flame_intern_add(&s->names, name) };
    struct flame_str bytes = { (const char *)&key, sizeof key };
    uint32_t id =
        key.name == FLAME_INTERN_NONE ? FLAME_INTERN_NONE : flame_intern_add(&s->keys, bytes);
    if (id == FLAME_INTERN_NONE || id < s->groups.count)
        return id;
    struct flame_hits *sum = flame_arena_zalloc(s->arena, s->event_count, sizeof *sum);
    struct group group = { { name, source, line, sum }, sum, s->event_count };
    if (!sum || !flame_vec_push(&s->groups, group) || !flame_vec_push(&s->last, (struct met){ 0 }))
        return FLAME_INTERN_NONE;
    return id;
}

/* Add an instruction's hits to a group, once. */
static void add(struct summing *s, uint32_t id, size_t instruction, const struct flame_hits *hits)
{
    if (s->last.items[id].instruction == instruction + 1)
        return;
    s->last.items[id].instruction = instruction + 1;
    for (size_t e = 0; e < s->event_count; e++)
        flame_hits_add(&s->groups.items[id].hits[e], &hits[e]);
}

/* The set is at an instruction of the group; if it was at one before, it was counted twice. */
static void take_back(struct summing *s, uint32_t id, size_t instruction, size_t number,
                      const struct flame_place_set *set)
{
    struct met *last = &s->last.items[id];
    if (last->set == number && last->instruction != instruction + 1)
        flame_hits_take_back(&s->groups.items[id].hits[set->event], &set->hits);
    *last = (struct met){ number, instruction + 1 };
}

static int greater_first(uint64_t a, uint64_t b)
{
    return a > b ? -1 : a < b;
}

static int by_event(const struct flame_hits_of *x, const struct flame_hits_of *y, size_t event)
{
    int order = greater_first(x->hits[event].period, y->hits[event].period);
    return order ? order : greater_first(x->hits[event].samples, y->hits[event].samples);
}

static int by_worth(const void *a, const void *b)
{
    const struct group *group = a;
    const struct flame_hits_of *x = &group->of, *y = &((const struct group *)b)->of;
    int order = 0;
    for (size_t e = 0; e < group->event_count && !order; e++)
        order = by_event(x, y, e);
    if (!order && x->source != y->source)
        order = flame_str_compare(x->source->name, y->source->name);
    if (!order)
        order = x->line < y->line ? -1 : x->line > y->line;
    return order ? order : flame_str_compare(x->name, y->name);
}

static enum flame_status finish(struct summing *s, const struct flame_hits_of **out, size_t *count)
{
    struct flame_hits_of *all = flame_arena_zalloc(s->arena, s->groups.count, sizeof *all);
    if (!all)
        return FLAME_NOMEM;
    if (s->groups.count)
        qsort(s->groups.items, s->groups.count, sizeof *s->groups.items, by_worth);
    for (size_t i = 0; i < s->groups.count; i++)
        all[i] = s->groups.items[i].of;
    *out = all;
    *count = s->groups.count;
    return FLAME_OK;
}

static bool was_hit(const struct flame_hits *hits, size_t event_count)
{
    for (size_t e = 0; e < event_count; e++)
        if (hits[e].samples || hits[e].period)
            return true;
    return false;
}

/* Both ways of adding up. */
struct summary {
    struct summing lines, inlined;
};

/* Do with an instruction's groups what add and take_back do; set is NULL for add. False: out of
 * memory. */
static bool visit(struct summary *s, const struct flame_annotated *function, size_t i,
                  size_t number, const struct flame_place_set *set)
{
    const struct flame_instruction *at = &function->instructions[i];
    struct flame_str name = at->inlined_count ? at->inlined[0].name : function->symbol;
    for (size_t k = at->source ? 0 : 1; k <= at->inlined_count; k++) {
        struct summing *sum = k == 0 ? &s->lines : &s->inlined;
        uint32_t id = k == 0 ? find(sum, at->source, at->line, name)
                             : find(sum, NULL, 0, at->inlined[k - 1].name);
        if (id == FLAME_INTERN_NONE)
            return false;
        if (set)
            take_back(sum, id, i, number, set);
        else
            add(sum, id, i, at->hits);
    }
    return true;
}

/* The rows that a set is at; several of its offsets may be one row. */
static bool visit_set(struct summary *s, const struct flame_annotated *function, size_t number,
                      const struct flame_place_set *set)
{
    size_t before = SIZE_MAX;
    for (size_t k = 0; k < set->count; k++) {
        size_t row = flame_row_at(function->instructions, function->instruction_count,
                                  function->start + set->offsets[k]);
        if (row != before && row < function->instruction_count &&
            !visit(s, function, row, number, set))
            return false;
        before = row;
    }
    return true;
}

enum flame_status flame_summarize(struct flame_annotated *function, size_t event_count,
                                  const struct flame_place_set *sets, size_t set_count,
                                  struct flame_arena *arena)
{
    struct summing empty = { .event_count = event_count, .arena = arena };
    struct summary s = { empty, empty };
    bool ok = true;
    begin(&s.lines);
    begin(&s.inlined);
    for (size_t i = 0; i < function->instruction_count && ok; i++)
        ok = !was_hit(function->instructions[i].hits, event_count) ||
             visit(&s, function, i, 0, NULL);
    for (size_t i = 0; i < set_count && ok; i++)
        ok = visit_set(&s, function, i + 1, &sets[i]);
    enum flame_status status = ok ? FLAME_OK : FLAME_NOMEM;
    if (status == FLAME_OK)
        status = finish(&s.lines, &function->lines, &function->line_count);
    if (status == FLAME_OK)
        status = finish(&s.inlined, &function->inlined, &function->inlined_count);
    end(&s.lines);
    end(&s.inlined);
    return status;
}
