/* pipeline_branches.h: recorded branches, counted, and then found in their functions. Private to
 * src/pipeline*.c. */
#ifndef FLAME_PIPELINE_BRANCHES_H
#define FLAME_PIPELINE_BRANCHES_H

#include "branches.h"
#include "cost.h"
#include "pipeline.h"

/* Whether the session wants branches, and samples of the recording have any. */
bool flame_branches_wanted(const struct flame_session *s);

/* Free what the session counted. */
void flame_branches_free(struct flame_session *s);

/* Count a sample's branches; event is its group, space and kernel_space the versions of the maps.
 * False when memory is exhausted. */
bool flame_branches_add_sample(const struct flame_session *s, struct flame_branches *branches,
                               const struct flame_sample *sample, uint32_t event, uint32_t space,
                               uint32_t kernel_space);

/* Find where an address of a counted branch lies: its symbol stays NULL where nothing is known, or
 * nothing has asked for the object yet. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_branch_find(struct flame_session *s, const struct flame_branch_key *key,
                                    uint64_t address, struct flame_symbol_place *place);

/* A branch in the function that the owner's symbol is, and the run of code before it, if run.count
 * is not 0. */
struct flame_placed_branch {
    const struct flame_symbol *symbol;
    uint32_t owner;
    struct flame_branch_count branch;
    struct flame_run_count run;
};

/* Sorted by function, then by offset. All zero to begin with. */
struct flame_placed_branches {
    FLAME_VEC(struct flame_placed_branch) list;
};

void flame_placed_branches_deinit(struct flame_placed_branches *placed);

/* Find where the counted branches of the events lie for which event_of_group is not UINT32_MAX.
 * Those in objects that nothing has asked for yet are left out: no sample lies there. FLAME_OK or
 * FLAME_NOMEM. */
enum flame_status flame_branches_place(struct flame_session *s, const uint32_t *event_of_group,
                                       struct flame_placed_branches *placed);

/* What flame_cost_apply takes of a function; the arena's. */
struct flame_function_branches {
    struct flame_branch_count *branches;
    struct flame_run_count *runs;
    size_t branch_count, run_count;
};

/* FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_branches_of(const struct flame_placed_branches *placed, uint32_t owner,
                                    const struct flame_symbol *symbol, struct flame_arena *arena,
                                    struct flame_function_branches *out);

#endif
