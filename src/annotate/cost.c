/* cost.c: perf annotate's account of runs.
 *
 * All runs that end in a branch make up its cycles. But how many instructions it took those cycles
 * for only runs with a known start can tell, and of these the ones that began first count alone:
 * what is known of a longer piece of code says something of the shorter ones in it. Later runs go
 * first, and an instruction keeps what it got.
 *
 * Because of that order what has been given lies without a gap behind the first instruction given,
 * as far as the run at hand goes: one mark is enough to know it, and nobody looks twice at an
 * instruction. Source: Linux 6.1, tools/perf/util/annotate.c, __symbol__account_cycles(),
 * annotation__compute_ipc(). */
#include "cost.h"

/* Index of the first of instructions[count] at or behind address. */
static size_t find(const struct flame_instruction *instructions, size_t count, uint64_t address)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (instructions[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The instruction at exactly this offset, or NULL. */
static struct flame_instruction *at(struct flame_instruction *instructions, size_t count,
                                    uint64_t start, uint64_t offset)
{
    size_t i = find(instructions, count, start + offset);
    return i < count && instructions[i].address == start + offset ? &instructions[i] : NULL;
}

/* What the runs that end in one branch come to: all of them, and the longest. */
struct ending {
    struct flame_run_count all, longest;
};

static void merge(struct flame_run_count *sum, const struct flame_run_count *run)
{
    if (sum->count == 0 || run->least < sum->least)
        sum->least = run->least;
    if (run->most > sum->most)
        sum->most = run->most;
    sum->count += run->count;
    sum->cycles += run->cycles;
}

static void add(struct ending *ending, const struct flame_run_count *run)
{
    struct flame_run_count *longest = &ending->longest;
    if (run->count == 0)
        return;
    merge(&ending->all, run);
    if (!run->has_start || (longest->count && run->start > longest->start))
        return;
    if (longest->count && run->start == longest->start)
        merge(longest, run);
    else
        *longest = *run;
}

double flame_cost_apply(struct flame_instruction *instructions, size_t count, uint64_t start,
                        const struct flame_branch_count *branches, size_t branch_count,
                        const struct flame_run_count *runs, size_t run_count)
{
    size_t covered = 0, given = count; /* instructions from given on may have their ipc */
    for (size_t i = 0; i < branch_count; i++) {
        struct flame_instruction *branch = at(instructions, count, start, branches[i].offset);
        if (!branch)
            continue;
        branch->taken += branches[i].taken;
        branch->mispredicted += branches[i].mispredicted;
    }
    for (size_t i = run_count; i > 0;) {
        struct ending ending = { 0 };
        uint64_t end = runs[i - 1].end;
        while (i > 0 && runs[i - 1].end == end)
            add(&ending, &runs[--i]);
        struct flame_instruction *branch = at(instructions, count, start, end);
        if (branch && ending.all.count) {
            branch->cycles = ending.all.cycles / ending.all.count;
            branch->least_cycles = ending.all.least;
            branch->most_cycles = ending.all.most;
        }
        size_t first = find(instructions, count, start + ending.longest.start);
        size_t behind = find(instructions, count, start + end + 1);
        if (ending.longest.cycles == 0 || first >= behind)
            continue;
        double cycles = (double)ending.longest.cycles / (double)ending.longest.count;
        /* perf keeps a float, which shows in the digits that are printed. */
        float ipc = (float)((double)(behind - first) / cycles);
        for (size_t k = behind < given ? behind : given; k > first; k--, covered++)
            instructions[k - 1].ipc = (double)ipc;
        if (first < given)
            given = first;
    }
    return count ? (double)covered / (double)count : 0;
}
