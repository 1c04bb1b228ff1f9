/* link.c: the caller that only the link register knows. Source: Linux
 * tools/perf/util/arm64-frame-pointer-unwind-support.c; Armv8-A, pointer authentication. */
#include "link.h"

#include "arch.h"

#include <string.h>

size_t flame_link_leaf(const struct flame_pc *pcs, size_t count)
{
    size_t i = 0;
    while (i < count && pcs[i].mode != FLAME_MODE_USER)
        i++;
    return i;
}

size_t flame_link_insert(struct flame_pc *pcs, size_t count, size_t leaf, uint64_t link)
{
    uint64_t pc = link & FLAME_ARM64_ADDRESS;
    size_t at = leaf + 1;
    if (pc == 0 || (at < count && pcs[at].pc == pc))
        return count;
    memmove(pcs + at + 1, pcs + at, (count - at) * sizeof *pcs);
    pcs[at] = (struct flame_pc){ pc, FLAME_MODE_USER, true };
    return count + 1;
}
