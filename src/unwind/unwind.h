/* unwind.h: registers and a copy of the stack to the program counters of the callers.
 *
 * Knows no files: what it has to know about code and memory it asks. */
#ifndef FLAME_UNWIND_UNWIND_H
#define FLAME_UNWIND_UNWIND_H

#include "arch.h"
#include "rule.h"

#include <flamedata/session.h>
#include <stddef.h>

/* Registers by DWARF's numbers; those whose bit in known is not set have no value. */
struct flame_unwind_registers {
    uint64_t pc;
    uint64_t known[FLAME_COLUMNS / 64];
    uint64_t value[FLAME_COLUMNS];
};

/* What is known about an instruction.
 *
 * rule  NULL: none, and why says why: FLAME_END_NO_CFI, NO_OBJECT, MISMATCH, UNMAPPED. Only of
 *       NO_CFI, which is also for code that is in no file (JIT), frame pointers are tried
 * object  the caller's number for the object that the instruction is in; handed back
 * bias  process address of the object's file offset 0 */
struct flame_unwind_code {
    const struct flame_rule *rule;
    enum flame_stack_end why;
    uint32_t object;
    uint64_t bias;
};

/* stack       stack_size bytes copied upward from the sampled stack pointer; swap: not in the
 *             host's byte order
 * code        about the instruction at pc (of a caller: its return address minus one); false: no
 *             memory
 * word        size bytes at an address outside of stack, such as read-only data; false: not known.
 *             May be NULL */
struct flame_unwind_world {
    const struct flame_arch *arch;
    const uint8_t *stack;
    size_t stack_size;
    bool swap;
    void *user;
    bool (*code)(void *user, uint64_t pc, struct flame_unwind_code *out);
    bool (*word)(void *user, uint64_t address, unsigned size, uint64_t *value);
};

/* count  of pcs
 * why    the walk ended; object: in which object, where why is about one, else UINT32_MAX */
struct flame_unwound {
    size_t count;
    enum flame_stack_end why;
    uint32_t object;
};

/* Fill in a sample's registers: words[popcount(mask)] in the file's byte order, as swap says,
 * perf's numbers ascending. False when the instruction or the stack pointer is not among them. */
bool flame_unwind_registers_read(const struct flame_arch *arch, const uint8_t *words, uint64_t mask,
                                 bool swap, struct flame_unwind_registers *registers);

/* Walk from registers, which are used up. pcs[cap], cap >= 1, innermost first: pcs[0] is the
 * sampled one. The others are return addresses, so that pcs[i] - 1 is in the instruction that the
 * frame is at; where that is no call, as what a signal interrupted or its handler returns to,
 * pcs[i] - 1 is the instruction's address. A short stack is a result, not an error. False when
 * memory is exhausted. Thread-safe as far as the world is. */
bool flame_unwind(const struct flame_unwind_world *world, struct flame_unwind_registers *registers,
                  uint64_t *pcs, size_t cap, struct flame_unwound *unwound);

#endif
