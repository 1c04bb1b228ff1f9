/* pipeline_hits.c: raw stacks to hits of functions.
 *
 * A stack counts once for each place that it is at: at its innermost instruction, and, where
 * callers count, at the calls that it has not returned from; a function that called itself has both
 * calls hit, but a place that stands in a stack twice is one hit. */
#include "pipeline_hits.h"

#include "hash.h"

enum { KNOWN_SLOTS = 1 << 14, SETTLE_AT = 1 << 20 };

#define NO_FUNCTION UINT32_MAX

/* function is NO_FUNCTION where there is no symbol; dso is then the object's, or FLAME_DSO_NONE. */
struct flame_hit_known {
    bool used, at_call;
    uint8_t mode;
    uint32_t space, kernel_space, function, dso;
    uint64_t pc, offset;
};

/* Where a stack is. */
struct place {
    uint32_t function;
    uint64_t offset;
};

void flame_hit_table_init(struct flame_hit_table *t, struct flame_session *s,
                          const uint32_t *event_of_group, size_t event_count)
{
    *t = (struct flame_hit_table){ .session = s,
                                   .event_of_group = event_of_group,
                                   .event_count = event_count };
    flame_intern_init(&t->ids);
    flame_arena_init(&t->arena, SIZE_MAX);
}

void flame_hit_table_deinit(struct flame_hit_table *t)
{
    flame_intern_deinit(&t->ids);
    flame_vec_free(&t->functions);
    flame_vec_free(&t->hits);
    free(t->known);
    free(t->sealed);
    flame_arena_deinit(&t->arena);
}

static enum flame_status find_function(struct flame_hit_table *t,
                                       const struct flame_symbol_place *place, uint32_t *function)
{
    struct flame_str key = { (const char *)&place->frame, sizeof place->frame };
    *function = flame_intern_add(&t->ids, key);
    if (*function == FLAME_INTERN_NONE)
        return FLAME_NOMEM;
    if (*function < t->functions.count)
        return FLAME_OK;
    struct flame_hit_function new = {
        .symbol = place->symbol,
        .dso = place->dso,
        .owner = place->owner,
        .total = flame_arena_zalloc(&t->arena, t->event_count, sizeof(struct flame_hits)),
    };
    return new.total &&flame_vec_push(&t->functions, new) ? FLAME_OK : FLAME_NOMEM;
}

/* Where the address lies that query asks for. */
static enum flame_status look_up(struct flame_hit_table *t, const struct flame_symbol_query *query,
                                 struct flame_hit_known *known)
{
    struct flame_symbol_place place;
    enum flame_status status = flame_symbolize_place(t->session->symbolizer, query, &place);
    known->function = NO_FUNCTION;
    known->dso = place.dso;
    if (status != FLAME_OK || !place.symbol)
        return status;
    const struct flame_object *object =
        flame_symbolizer_object(t->session->symbolizer, place.owner);
    known->offset = place.code - object->base - place.symbol->start;
    return find_function(t, &place, &known->function);
}

static enum flame_status find(struct flame_hit_table *t, const struct flame_pc *pc,
                              const struct flame_tag *tag, const struct flame_hit_known **out)
{
    struct flame_hit_known *k =
        &t->known[flame_hash_pair(pc->pc, (uint64_t)tag->space << 8 | (uint8_t)pc->mode) %
                  KNOWN_SLOTS];
    *out = k;
    if (k->used && k->pc == pc->pc && k->mode == (uint8_t)pc->mode && k->at_call == pc->at_call &&
        k->space == tag->space && k->kernel_space == tag->kernel_space)
        return FLAME_OK;
    struct flame_symbol_query query = { pc->pc, pc->mode,   pc->at_call,
                                        false,  tag->space, tag->kernel_space };
    *k = (struct flame_hit_known){ .at_call = pc->at_call,
                                   .mode = (uint8_t)pc->mode,
                                   .space = tag->space,
                                   .kernel_space = tag->kernel_space,
                                   .pc = pc->pc };
    enum flame_status status = look_up(t, &query, k);
    k->used = status == FLAME_OK;
    return status;
}

static int by_place(const void *a, const void *b)
{
    const struct flame_hit *x = a, *y = b;
    if (x->function != y->function)
        return x->function < y->function ? -1 : 1;
    if (x->at.offset != y->at.offset)
        return x->at.offset < y->at.offset ? -1 : 1;
    return x->at.event < y->at.event ? -1 : x->at.event > y->at.event;
}

static void add(struct flame_hits *sum, const struct flame_hits *part)
{
    sum->samples += part->samples;
    sum->period = flame_sum(sum->period, part->period);
}

/* Sort what there is, and make one of what is of one place and event. */
static void settle(struct flame_hit_table *t)
{
    size_t kept = 0;
    if (t->hits.count)
        qsort(t->hits.items, t->hits.count, sizeof *t->hits.items, by_place);
    for (size_t i = 0; i < t->hits.count; i++) {
        struct flame_hit *hit = &t->hits.items[i];
        if (kept && by_place(&t->hits.items[kept - 1], hit) == 0)
            add(&t->hits.items[kept - 1].at.hits, &hit->at.hits);
        else
            t->hits.items[kept++] = *hit;
    }
    t->hits.count = t->settled = kept;
}

static bool push(struct flame_hit_table *t, const struct place *place, uint32_t event,
                 const struct flame_hits *hits)
{
    if (t->hits.count >= 2 * t->settled + SETTLE_AT)
        settle(t);
    return flame_vec_push(&t->hits,
                          (struct flame_hit){ place->function, { place->offset, event, *hits } });
}

static int by_function(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->function != y->function)
        return x->function < y->function ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Add the hits of a stack that is at places[count], which are sorted here. */
static bool add_places(struct flame_hit_table *t, struct place *places, size_t count,
                       uint32_t event, const struct flame_hits *hits)
{
    if (count > 1)
        qsort(places, count, sizeof *places, by_function);
    for (size_t i = 0; i < count; i++) {
        const struct place *p = &places[i], *before = i ? p - 1 : NULL;
        bool same_function = before && before->function == p->function;
        if (!same_function)
            add(&t->functions.items[p->function].total[event], hits);
        if (!(same_function && before->offset == p->offset) && !push(t, p, event, hits))
            return false;
    }
    return true;
}

/* The sampled instruction has no name. */
static void note_unnamed(struct flame_session *s, uint32_t dso, uint64_t weight)
{
    s->verdict.unnamed = flame_sum(s->verdict.unnamed, weight);
    uint64_t *sum = dso == FLAME_DSO_NONE ? &s->unmapped : &s->unnamed_of_dso[dso];
    *sum = flame_sum(*sum, weight);
}

/* Room for one stack. */
struct room {
    struct flame_pc *pcs;
    struct place *places;
};

static enum flame_status add_stack(struct flame_hit_table *t, const struct flame_count *key,
                                   struct room *room)
{
    struct flame_session *s = t->session;
    struct flame_tag tag = flame_session_tag(s, key->tag);
    uint32_t event = t->event_of_group[tag.event];
    struct flame_hits hits = { key->samples, key->weight };
    struct flame_chain chain = {
        .words = key->bytes, .size = key->size, .kind = tag.kind, .space = tag.space
    };
    if (event == UINT32_MAX)
        return FLAME_OK;
    size_t count = flame_chain_pcs(s, &chain, room->pcs), found = 0;
    for (size_t i = 0; i < count; i++) {
        const struct flame_hit_known *known;
        enum flame_status status = find(t, &room->pcs[i], &tag, &known);
        if (status != FLAME_OK)
            return status;
        if (known->function != NO_FUNCTION)
            room->places[found++] = (struct place){ known->function, known->offset };
        else if (i == 0 && flame_session_draws(s, tag.event))
            note_unnamed(s, known->dso, key->weight);
    }
    return add_places(t, room->places, found, event, &hits) ? FLAME_OK : FLAME_NOMEM;
}

/* Functions get their parts of the settled hits. */
static enum flame_status seal(struct flame_hit_table *t)
{
    settle(t);
    t->sealed = calloc(t->hits.count + 1, sizeof *t->sealed);
    if (!t->sealed)
        return FLAME_NOMEM;
    for (size_t i = 0; i < t->hits.count; i++) {
        const struct flame_hit *hit = &t->hits.items[i];
        struct flame_hit_function *function = &t->functions.items[hit->function];
        t->sealed[i] = hit->at;
        if (function->hit_count++ == 0)
            function->hits = &t->sealed[i];
    }
    flame_vec_free(&t->hits);
    return FLAME_OK;
}

enum flame_status flame_hit_table_fill(struct flame_hit_table *t)
{
    struct flame_session *s = t->session;
    struct room room = { malloc(FLAME_CHAIN_LIMIT * sizeof *room.pcs),
                         malloc(FLAME_CHAIN_LIMIT * sizeof *room.places) };
    size_t dsos = s->timeline.dsos.list.count;
    t->known = calloc(KNOWN_SLOTS, sizeof *t->known);
    s->unnamed_of_dso = flame_arena_zalloc(&s->arena, dsos + 1, sizeof *s->unnamed_of_dso);
    bool ready = room.pcs && room.places && t->known && s->unnamed_of_dso;
    enum flame_status status = ready ? FLAME_OK : FLAME_NOMEM;
    for (size_t w = 0; w < s->threads; w++)
        for (size_t i = 0; i < s->raw[w].list.count && status == FLAME_OK; i++)
            status = add_stack(t, &s->raw[w].list.items[i], &room);
    free(room.pcs);
    free(room.places);
    return status == FLAME_OK ? seal(t) : status;
}
