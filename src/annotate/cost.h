/* cost.h: what recorded branches say of a function: how often they were taken, and what the runs
 * of code between them cost.
 *
 * By the rules of perf annotate: of several runs that end in one branch the longest counts. */
#ifndef FLAME_ANNOTATE_COST_H
#define FLAME_ANNOTATE_COST_H

#include <flamedata/annotate.h>

/* A branch out of the function's instruction at offset (from the function's start). */
struct flame_branch_count {
    uint64_t offset, taken, mispredicted;
};

/* Code that ran from start to the branch at end (offsets), count times. has_start: it began inside
 * the function, or at its first instruction. cycles is the sum, least and most of one. */
struct flame_run_count {
    uint64_t start, end, count, cycles, least, most;
    bool has_start;
};

/* Fill in taken to ipc of instructions[count], the function's, whose first is at start; returns the
 * coverage. */
double flame_cost_apply(struct flame_instruction *instructions, size_t count, uint64_t start,
                        const struct flame_branch_count *branches, size_t branch_count,
                        const struct flame_run_count *runs, size_t run_count);

#endif
