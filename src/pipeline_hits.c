/* pipeline_hits.c: raw stacks to hits of functions.
 *
 * A stack counts once for each place that it is at: at its innermost instruction, and, where
 * callers count, at the calls that it has not returned from; a function that called itself has both
 * calls hit, but a place that stands in a stack twice is one hit. */
#include "pipeline_hits.h"

#include "hits.h"
#include "pipeline_known.h"

enum { KNOWN_SLOTS = 1 << 14, SETTLE_AT = 1 << 20 };

#define NO_FUNCTION UINT32_MAX

/* function is NO_FUNCTION where nothing is mapped; offset, where there is no symbol, the address.
 */
struct flame_hit_known {
    struct flame_known_pc key;
    uint32_t function;
    uint64_t offset;
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
    flame_intern_init(&t->set_ids);
    flame_arena_init(&t->arena, SIZE_MAX);
}

void flame_hit_table_deinit(struct flame_hit_table *t)
{
    flame_intern_deinit(&t->ids);
    flame_intern_deinit(&t->set_ids);
    flame_vec_free(&t->set_hits);
    free(t->sealed_sets);
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
    struct flame_hit_function added = {
        .symbol = place->symbol,
        .unnamed = !place->symbol,
        .dso = place->dso,
        .owner = place->owner,
        .total = flame_arena_zalloc(&t->arena, t->event_count, sizeof(struct flame_hits)),
    };
    return added.total && flame_vec_push(&t->functions, added) ? FLAME_OK : FLAME_NOMEM;
}

/* Where the address lies that query asks for. */
static enum flame_status look_up(struct flame_hit_table *t, const struct flame_symbol_query *query,
                                 struct flame_hit_known *known)
{
    struct flame_symbol_place place;
    enum flame_status status = flame_symbolize_place(t->session->symbolizer, query, &place);
    known->function = NO_FUNCTION;
    if (status != FLAME_OK || place.owner == FLAME_DSO_NONE)
        return status;
    const struct flame_object *object =
        flame_symbolizer_object(t->session->symbolizer, place.owner);
    known->offset = place.symbol ? place.code - object->base - place.symbol->start : place.address;
    return find_function(t, &place, &known->function);
}

static enum flame_status find(struct flame_hit_table *t, const struct flame_pc *pc,
                              const struct flame_tag *tag, const struct flame_hit_known **out)
{
    struct flame_hit_known *k = &t->known[flame_known_slot(pc, tag, KNOWN_SLOTS)];
    *out = k;
    if (flame_known_is(&k->key, pc, tag))
        return FLAME_OK;
    struct flame_symbol_query query = flame_known_query(pc, tag);
    *k = (struct flame_hit_known){ .key = flame_known_key(pc, tag) };
    enum flame_status status = look_up(t, &query, k);
    k->key.used = status == FLAME_OK;
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

/* Sort what there is, and make one of what is of one place and event. */
static void settle(struct flame_hit_table *t)
{
    size_t kept = 0;
    if (t->hits.count)
        qsort(t->hits.items, t->hits.count, sizeof *t->hits.items, by_place);
    for (size_t i = 0; i < t->hits.count; i++) {
        struct flame_hit *hit = &t->hits.items[i];
        if (kept && by_place(&t->hits.items[kept - 1], hit) == 0)
            flame_hits_add(&t->hits.items[kept - 1].at.hits, &hit->at.hits);
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

/* The key of a set: what is before the offsets. */
struct set_head {
    uint32_t function, event;
};

/* Note that a stack is at several places of one function, places[count]. */
static bool push_set(struct flame_hit_table *t, const struct place *places, size_t count,
                     uint32_t event, const struct flame_hits *hits, uint64_t *words)
{
    struct set_head head = { places->function, event };
    memcpy(words, &head, sizeof head);
    for (size_t i = 0; i < count; i++)
        words[i + 1] = places[i].offset;
    struct flame_str key = { (const char *)words, (count + 1) * sizeof *words };
    uint32_t id = flame_intern_add(&t->set_ids, key);
    if (id == FLAME_INTERN_NONE ||
        (id == t->set_hits.count && !flame_vec_push(&t->set_hits, (struct flame_hits){ 0 })))
        return false;
    flame_hits_add(&t->set_hits.items[id], hits);
    return true;
}

/* Room for one stack. */
struct room {
    struct flame_pc *pcs;
    struct place *places;
    uint64_t *words;
};

/* Add the hits of a stack that is at count of room's places, which are sorted here. */
static bool add_places(struct flame_hit_table *t, struct room *room, size_t count, uint32_t event,
                       const struct flame_hits *hits)
{
    struct place *places = room->places;
    size_t kept = 0;
    if (count > 1)
        qsort(places, count, sizeof *places, by_function);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || by_function(&places[kept - 1], &places[i]) != 0)
            places[kept++] = places[i];
    for (size_t i = 0, end; i < kept; i = end) {
        for (end = i; end < kept && places[end].function == places[i].function; end++)
            if (!push(t, &places[end], event, hits))
                return false;
        flame_hits_add(&t->functions.items[places[i].function].total[event], hits);
        if (end - i > 1 && !push_set(t, &places[i], end - i, event, hits, room->words))
            return false;
    }
    return true;
}

/* What the verdict asks of a sampled instruction; function may be NO_FUNCTION. */
static void note_leaf(const struct flame_hit_table *t, uint32_t function, uint64_t weight)
{
    struct flame_session *s = t->session;
    const struct flame_hit_function *f =
        function == NO_FUNCTION ? NULL : &t->functions.items[function];
    struct flame_object_sum *sum = flame_object_sum_of(&s->objects, f ? f->dso : FLAME_DSO_NONE);
    sum->hit = true;
    sum->weight = flame_sum(sum->weight, weight);
    if (f && !f->unnamed)
        return;
    sum->unnamed = flame_sum(sum->unnamed, weight);
    s->verdict.unnamed = flame_sum(s->verdict.unnamed, weight);
}

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
        if (i == 0 && flame_session_draws(s, tag.event))
            note_leaf(t, known->function, key->weight);
    }
    return add_places(t, room, found, event, &hits) ? FLAME_OK : FLAME_NOMEM;
}

/* Give what has no symbol one that reaches over all that was hit. hits are all of it. */
static bool make_symbol(struct flame_hit_table *t, struct flame_hit_function *function,
                        struct flame_offset_hits *hits)
{
    struct flame_symbol *symbol = flame_arena_zalloc(&t->arena, 1, sizeof *symbol);
    if (!symbol)
        return false;
    uint64_t first = hits[0].offset, last = hits[function->hit_count - 1].offset;
    *symbol = (struct flame_symbol){ .start = first,
                                     .end = last == UINT64_MAX ? last : last + 1,
                                     .name = "",
                                     .plain = true,
                                     .guessed = true };
    for (size_t i = 0; i < function->hit_count; i++)
        hits[i].offset -= first;
    function->symbol = symbol;
    return true;
}

static struct set_head head_of(struct flame_str key)
{
    struct set_head head;
    memcpy(&head, key.ptr, sizeof head);
    return head;
}

/* Functions get their sets: counted, then put in order of function. */
static bool seal_sets(struct flame_hit_table *t)
{
    size_t count = t->set_ids.strings.count, at = 0;
    size_t *next = calloc(t->functions.count + 1, sizeof *next);
    t->sealed_sets = calloc(count + 1, sizeof *t->sealed_sets);
    bool ready = next && t->sealed_sets;
    for (uint32_t i = 0; ready && i < count; i++)
        t->functions.items[head_of(flame_intern_get(&t->set_ids, i)).function].set_count++;
    for (size_t f = 0; ready && f < t->functions.count; f++) {
        t->functions.items[f].sets = &t->sealed_sets[at];
        next[f] = at;
        at += t->functions.items[f].set_count;
    }
    for (uint32_t i = 0; ready && i < count; i++) {
        struct flame_str key = flame_intern_get(&t->set_ids, i);
        struct set_head head = head_of(key);
        size_t offset_count = key.len / sizeof(uint64_t) - 1;
        uint64_t *offsets = flame_arena_zalloc(&t->arena, offset_count, sizeof *offsets);
        ready = offsets != NULL;
        if (!ready)
            break;
        /* Strings in the table are not aligned. */
        memcpy(offsets, key.ptr + sizeof head, offset_count * sizeof *offsets);
        t->sealed_sets[next[head.function]++] =
            (struct flame_place_set){ .offsets = offsets,
                                      .count = offset_count,
                                      .event = head.event,
                                      .hits = t->set_hits.items[i] };
    }
    free(next);
    return ready;
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
    for (size_t i = 0; i < t->functions.count; i++) {
        struct flame_hit_function *function = &t->functions.items[i];
        if (function->unnamed && !make_symbol(t, function, &t->sealed[function->hits - t->sealed]))
            return FLAME_NOMEM;
    }
    return seal_sets(t) ? FLAME_OK : FLAME_NOMEM;
}

enum flame_status flame_hit_table_fill(struct flame_hit_table *t)
{
    struct flame_session *s = t->session;
    struct room room = { malloc(FLAME_CHAIN_LIMIT * sizeof *room.pcs),
                         malloc(FLAME_CHAIN_LIMIT * sizeof *room.places),
                         malloc((FLAME_CHAIN_LIMIT + 1) * sizeof *room.words) };
    size_t dsos = s->timeline.dsos.list.count;
    t->known = calloc(KNOWN_SLOTS, sizeof *t->known);
    bool ready = room.pcs && room.places && room.words && t->known &&
                 flame_object_sums_init(&s->objects, dsos);
    enum flame_status status = ready ? FLAME_OK : FLAME_NOMEM;
    for (size_t w = 0; w < s->threads; w++)
        for (size_t i = 0; i < s->raw[w].list.count && status == FLAME_OK; i++)
            status = add_stack(t, &s->raw[w].list.items[i], &room);
    free(room.pcs);
    free(room.places);
    free(room.words);
    return status == FLAME_OK ? seal(t) : status;
}
