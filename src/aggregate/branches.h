/* branches.h: distinct recorded branches, and how often each was taken.
 *
 * One table per worker, filled without locks. What is counted are pairs: a branch, and where the
 * one before it went, since the code between the two ran through. Sums commute: the tables of any
 * number of workers add up to the same. */
#ifndef FLAME_AGGREGATE_BRANCHES_H
#define FLAME_AGGREGATE_BRANCHES_H

#include "vec.h"

#include <stdint.h>

/* A branch under the circumstances that decide what lies at its address.
 *
 * from           the branch instruction
 * before         where the branch before it went; has_before 0: not known, before is 0
 * event          whose sample recorded it
 * space,kernel_space  versions of the maps */
struct flame_branch_key {
    uint64_t from, before;
    uint32_t event, space, kernel_space, has_before;
};

/* runs are those whose cycles were measured: their sum, the least and the most of one. */
struct flame_branch_sum {
    struct flame_branch_key key;
    uint64_t taken, mispredicted, runs, cycles;
    uint16_t least, most;
};

/* index + 1 into the list (0: free), beside enough of the hash to tell most others apart unseen */
struct flame_branch_slot {
    uint32_t index, check;
};

/* All zero to begin with. list is in order of first appearance. */
struct flame_branches {
    FLAME_VEC(struct flame_branch_sum) list;
    struct flame_branch_slot *slots;
    size_t slot_count;
};

void flame_branches_deinit(struct flame_branches *branches);

/* Count a branch; cycles 0: they were not measured. A branch that was seen before allocates
 * nothing. False when memory is exhausted. */
bool flame_branches_add(struct flame_branches *branches, const struct flame_branch_key *key,
                        bool mispredicted, uint16_t cycles);

/* No more will be added: keep the list alone. */
void flame_branches_seal(struct flame_branches *branches);

#endif
