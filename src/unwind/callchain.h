/* callchain.h: from the words of a recorded callchain to program counters. */
#ifndef FLAME_UNWIND_CALLCHAIN_H
#define FLAME_UNWIND_CALLCHAIN_H

#include <flamedata/record.h>

/* One frame. mode says which address space pc is in. A caller's pc is a return address: the call is
 * at pc - 1, and that is the address to look up. at_call is false for the sampled instruction and
 * for the first entry behind a context mark (the point of entry into the kernel, or of interruption
 * in user space), which are exact. */
struct flame_pc {
    uint64_t pc;
    enum flame_cpumode mode;
    bool at_call;
};

/* Read count words at words (file byte order) as perf does: context marks set the mode of what
 * follows, user mode holds before the first. A mark that is not known loses the frames up to the
 * next known one. Writes at most cap frames, innermost first, and returns how many. */
size_t flame_callchain_read(const uint8_t *words, uint64_t count, bool swap, struct flame_pc *out,
                            size_t cap);

/* Of a chain whose recorder has moved the callers' addresses back to their calls (simpleperf does):
 * look all of them up as they are. */
void flame_callchain_at_calls(struct flame_pc *pcs, size_t count);

/* Whether flame_callchain_read would give any frame. */
bool flame_callchain_has_frame(const uint8_t *words, uint64_t count, bool swap);

/* The frame of a sample without a callchain: its instruction alone. */
struct flame_pc flame_callchain_leaf(uint64_t ip, uint16_t misc);

#endif
