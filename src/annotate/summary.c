/* summary.c: add up instructions that have something in common.
 *
 * Groups are found by a key of bytes: file, line and function's name, or the name alone. Names that
 * read alike are one function: two instances of a template are the same lines of source. The order
 * of the result depends on nothing but hits, names and lines. */
#include "summary.h"

#include "intern.h"

#include <stdlib.h>

/* A group while it is summed up; hits are the arena's. */
struct group {
    struct flame_hits_of of;
    struct flame_hits *hits;
    size_t event_count, ranked_by;
};

/* groups are by id in keys. last: the instruction that was added last, + 1. */
struct summing {
    size_t event_count, ranked_by;
    struct flame_arena *arena;
    struct flame_intern names, keys;
    FLAME_VEC(struct group) groups;
    FLAME_VEC(size_t) last;
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

/* Add an instruction's hits to a group, once. False: out of memory. */
static bool add(struct summing *s, size_t instruction, const struct flame_hits *hits,
                const struct flame_source_file *source, uint32_t line, struct flame_str name)
{
    struct key key = { source, line, flame_intern_add(&s->names, name) };
    struct flame_str bytes = { (const char *)&key, sizeof key };
    uint32_t id =
        key.name == FLAME_INTERN_NONE ? FLAME_INTERN_NONE : flame_intern_add(&s->keys, bytes);
    if (id == FLAME_INTERN_NONE)
        return false;
    if (id == s->groups.count) {
        struct flame_hits *sum = flame_arena_zalloc(s->arena, s->event_count, sizeof *sum);
        struct group group = { { name, source, line, sum }, sum, s->event_count, s->ranked_by };
        if (!sum || !flame_vec_push(&s->groups, group) || !flame_vec_push(&s->last, 0))
            return false;
    }
    if (s->last.items[id] == instruction + 1)
        return true;
    s->last.items[id] = instruction + 1;
    for (size_t e = 0; e < s->event_count; e++) {
        s->groups.items[id].hits[e].samples += hits[e].samples;
        s->groups.items[id].hits[e].period += hits[e].period;
    }
    return true;
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
    int order = group->event_count ? by_event(x, y, group->ranked_by) : 0;
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

static bool add_instruction(struct summing *lines, struct summing *inlined,
                            const struct flame_annotated *function, size_t i)
{
    const struct flame_instruction *at = &function->instructions[i];
    struct flame_str name = at->inlined_count ? at->inlined[0].name : function->symbol;
    if (at->source && !add(lines, i, at->hits, at->source, at->line, name))
        return false;
    for (size_t k = 0; k < at->inlined_count; k++)
        if (!add(inlined, i, at->hits, NULL, 0, at->inlined[k].name))
            return false;
    return true;
}

enum flame_status flame_summarize(struct flame_annotated *function, size_t event_count,
                                  size_t ranked_by, struct flame_arena *arena)
{
    struct summing lines = { .event_count = event_count, .ranked_by = ranked_by, .arena = arena };
    struct summing inlined = lines;
    enum flame_status status = FLAME_OK;
    begin(&lines);
    begin(&inlined);
    for (size_t i = 0; i < function->instruction_count && status == FLAME_OK; i++)
        if (was_hit(function->instructions[i].hits, event_count) &&
            !add_instruction(&lines, &inlined, function, i))
            status = FLAME_NOMEM;
    if (status == FLAME_OK)
        status = finish(&lines, &function->lines, &function->line_count);
    if (status == FLAME_OK)
        status = finish(&inlined, &function->inlined, &function->inlined_count);
    end(&lines);
    end(&inlined);
    return status;
}
