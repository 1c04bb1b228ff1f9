/* callchain.c: frame-pointer (or ORC) callchains as the kernel recorded them.
 *
 * Source: tools/perf/util/machine.c, add_callchain_ip(); kernel/events/callchain.c. */
#include "callchain.h"

/* The mode behind a mark; false for marks whose frames cannot be placed. */
static bool mode_of_mark(uint64_t mark, enum flame_cpumode *mode)
{
    switch (mark) {
    case FLAME_CONTEXT_HV:
        *mode = FLAME_MODE_HYPERVISOR;
        return true;
    case FLAME_CONTEXT_KERNEL:
        *mode = FLAME_MODE_KERNEL;
        return true;
    case FLAME_CONTEXT_USER:
    case FLAME_CONTEXT_USER_DEFERRED:
        *mode = FLAME_MODE_USER;
        return true;
    default:
        return false;
    }
}

size_t flame_callchain_read(const uint8_t *words, uint64_t count, bool swap, struct flame_pc *out,
                            size_t cap)
{
    enum flame_cpumode mode = FLAME_MODE_USER;
    bool placed = true, exact = true;
    size_t n = 0;
    for (uint64_t i = 0; i < count && n < cap; i++) {
        uint64_t word = flame_load_u64(words, i, swap);
        if (word >= FLAME_CONTEXT_MAX) {
            placed = mode_of_mark(word, &mode);
            exact = true;
            if (word == FLAME_CONTEXT_USER_DEFERRED)
                i++; /* a cookie follows, that a later record refers to; not an address */
        } else if (placed) {
            out[n++] = (struct flame_pc){ word, mode, !exact };
            exact = false;
        }
    }
    return n;
}

void flame_callchain_at_calls(struct flame_pc *pcs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pcs[i].at_call = false;
}

bool flame_callchain_has_frame(const uint8_t *words, uint64_t count, bool swap)
{
    struct flame_pc first;
    /* Almost always the word behind the first mark. */
    return flame_callchain_read(words, count, swap, &first, 1) > 0;
}

struct flame_pc flame_callchain_leaf(uint64_t ip, uint16_t misc)
{
    return (struct flame_pc){ ip, flame_cpumode(misc), false };
}
