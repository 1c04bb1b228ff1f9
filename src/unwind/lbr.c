/* lbr.c: the processor's own call stack: last branch records in call-stack mode.
 *
 * There each entry is a call that has not returned, innermost first: from is the call instruction,
 * to where it went. The innermost frame is where the program was, which the kernel wrote behind the
 * mark; to, at best the start of the same function, at worst a PLT slot, stands in where it did
 * not. (perf 6.1 always takes to, perf 7.2 the sample's instruction, be it the kernel's.)
 * Does not stitch the stacks of neighbouring samples together, as perf can where a stack is deeper
 * than the hardware's records. Source: tools/perf/util/machine.c, resolve_lbr_callchain_sample().
 */
#include "lbr.h"

static uint64_t user_mark(const uint8_t *chain, uint64_t count, bool swap)
{
    uint64_t i = 0;
    while (i < count && flame_load_u64(chain, i, swap) != FLAME_CONTEXT_USER)
        i++;
    return i;
}

size_t flame_lbr_join(const uint8_t *chain, uint64_t chain_count, const uint8_t *branches,
                      uint64_t branch_count, bool swap, uint64_t *out)
{
    uint64_t mark = user_mark(chain, chain_count, swap);
    if (mark == chain_count)
        return 0;
    size_t n = 0;
    for (uint64_t i = 0; i <= mark; i++)
        out[n++] = flame_load_u64(chain, i, false);
    bool has_leaf =
        mark + 1 < chain_count && flame_load_u64(chain, mark + 1, swap) < FLAME_CONTEXT_MAX;
    if (has_leaf)
        out[n++] = flame_load_u64(chain, mark + 1, false);
    else if (branch_count)
        out[n++] = flame_load_u64(branches, 1, false);
    for (uint64_t i = 0; i < branch_count; i++)
        out[n++] = flame_load_u64(branches, i * 3, false);
    return n;
}

size_t flame_lbr_read(const uint8_t *words, uint64_t count, bool swap, struct flame_pc *out,
                      size_t cap)
{
    size_t n = flame_callchain_read(words, count, swap, out, cap);
    for (size_t i = 0; i < n; i++)
        if (out[i].mode == FLAME_MODE_USER)
            out[i].at_call = false;
    return n;
}
