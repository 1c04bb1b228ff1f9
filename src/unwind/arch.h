/* arch.h: what differs between architectures when stacks are walked. One table each, in
 * arch_<family>.c. Source: Linux arch/<name>/include/uapi/asm/perf_regs.h, and the DWARF chapter of
 * each architecture's ABI. */
#ifndef FLAME_UNWIND_ARCH_H
#define FLAME_UNWIND_ARCH_H

#include "rule.h"

#include <flamedata/str.h>

enum { FLAME_NO_COLUMN = 0xff };

/* Where a function with a frame pointer keeps its caller's state, as offsets from it.
 *
 * column   the frame pointer; FLAME_NO_COLUMN: the architecture has no such habit
 * sp       the caller's stack pointer
 * at_sp    sp is not known; but frame pointers point at the lower end of their frames, so that the
 *          caller's is its stack pointer, too */
struct flame_frame_layout {
    uint8_t column;
    int8_t saved_frame, saved_return, sp;
    bool at_sp;
};

/* Code whose rule follows from what it is, for where there is no call-frame information of it: the
 * 8 bytes at the instruction, read as a number, are these where mask has bits. */
struct flame_arch_idiom {
    uint64_t bytes, mask;
    const struct flame_rule *rule;
};

/* columns     of perf's register i < register_count: DWARF's number, FLAME_NO_COLUMN for those that
 *             unwinding does not need
 * perf_ip, perf_sp  perf's numbers of the instruction and the stack pointer
 * sp          column of the stack pointer
 * alias, alias_of   column alias means the register of column alias_of; both FLAME_NO_COLUMN where
 *             no register has two numbers
 * word        bytes of an address
 * strip       bits of a return address that are no address (pointer authentication, Thumb);
 *             exclusive of the address itself
 * idioms      idiom_count of them */
struct flame_arch {
    const char *name;
    const uint8_t *columns;
    uint8_t register_count, perf_ip, perf_sp, sp, alias, alias_of, word;
    uint64_t strip;
    struct flame_frame_layout frame;
    const struct flame_arch_idiom *idioms;
    uint8_t idiom_count;
};

/* Of a task's address on arm64, the bits that are one: the others may hold a signature. */
#define FLAME_ARM64_ADDRESS ((UINT64_C(1) << 48) - 1)

/* Columns where perf has the instruction in the place of a register that is always zero, and the 31
 * others by DWARF's numbers. */
extern const uint8_t flame_columns_of_31[32];

extern const struct flame_arch flame_arch_x86_64, flame_arch_i386;
extern const struct flame_arch flame_arch_arm64, flame_arch_arm;
extern const struct flame_arch flame_arch_riscv64, flame_arch_riscv32;
extern const struct flame_arch flame_arch_s390x, flame_arch_s390;
extern const struct flame_arch flame_arch_ppc64, flame_arch_ppc;
extern const struct flame_arch flame_arch_loongarch64;
extern const struct flame_arch flame_arch_mips64, flame_arch_mips;

/* The architecture of a task: machine is `uname -m` of the recorded machine, abi is the sample's
 * (1: a 32-bit task, 2: 64-bit). NULL: none that is known. */
const struct flame_arch *flame_arch_find(struct flame_str machine, uint64_t abi);

/* A machine, for flame_arch_find, that runs an ELF file's code (its e_machine), and whose samples
 * may have these registers: mask is an event's sample_regs_user. NULL: none. A walk takes many
 * registers: then all that unwinding may need must be among them, so that the files of a machine
 * that is only emulated are found out. */
const char *flame_arch_of_elf(unsigned elf_machine, uint64_t mask);

#endif
