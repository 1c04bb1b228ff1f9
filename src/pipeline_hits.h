/* pipeline_hits.h: what was counted, by function and place in it. Private to src/pipeline*.c. */
#ifndef FLAME_PIPELINE_HITS_H
#define FLAME_PIPELINE_HITS_H

#include "function.h"
#include "pipeline.h"

/* A function that was hit, or all that was hit in an object where it has no symbols.
 *
 * symbol      where there is none, once sealed, one without a name that reaches from the first to
 *             the last address that was hit
 * dso, owner  as in struct flame_symbol_place
 * hits        hits[hit_count], sorted by offset and event, once sealed
 * sets        sets[set_count], once sealed: places that stacks were at together
 * total       total[event_count]: with callers, a stack that holds the function more than once
 *             counts once */
struct flame_hit_function {
    const struct flame_symbol *symbol;
    bool unnamed;
    uint32_t dso, owner;
    const struct flame_offset_hits *hits;
    size_t hit_count;
    const struct flame_place_set *sets;
    size_t set_count;
    struct flame_hits *total;
};

/* A hit that is not yet added to others of its place. */
struct flame_hit {
    uint32_t function;
    struct flame_offset_hits at;
};

/* An address that was looked up lately, and where it lies. */
struct flame_hit_known;

/* event_of_group  index into the events that are shown, or UINT32_MAX
 * ids             functions by their frame's number
 * hits            of all functions; sorted and added up below settled
 * set_ids, set_hits  with callers: function, event and offsets of stacks that are at more than one
 *                 place of a function, as bytes, and how often */
struct flame_hit_table {
    struct flame_session *session;
    const uint32_t *event_of_group;
    size_t event_count;
    struct flame_intern ids;
    FLAME_VEC(struct flame_hit_function) functions;
    FLAME_VEC(struct flame_hit) hits;
    size_t settled;
    struct flame_intern set_ids;
    FLAME_VEC(struct flame_hits) set_hits;
    struct flame_offset_hits *sealed;
    struct flame_place_set *sealed_sets;
    struct flame_hit_known *known;
    struct flame_arena arena;
};

/* To be deinited in any case. */
void flame_hit_table_init(struct flame_hit_table *table, struct flame_session *s,
                          const uint32_t *event_of_group, size_t event_count);
void flame_hit_table_deinit(struct flame_hit_table *table);

/* Name the addresses of what was counted, and add their hits up; of leaves, or of whole stacks, as
 * the session counted. Notes in the session what has no name. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_hit_table_fill(struct flame_hit_table *table);

#endif
