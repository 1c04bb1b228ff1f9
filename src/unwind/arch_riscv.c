/* arch_riscv.c: riscv64 and riscv32.
 *
 * perf has the instruction where DWARF has x0, which is always zero and takes no part. A frame
 * pointer (s0) points to the upper end of the frame, the two saved words are below it. */
#include "arch.h"

/* Where a handler has returned to, the stack pointer is at what the kernel kept: 128 bytes about
 * the signal, 176 bytes of context, then the pc, x1, x2 and so on. The kernel's own information
 * about this code, if there is any, says nothing of that. */
#define KEPT(n)                                                                                    \
    {                                                                                              \
        .column = n, .kind = FLAME_RULE_SAVED, .value = 304 + 8 * (n)                              \
    }
static const struct flame_rule_cell context[] = {
    KEPT(1),  KEPT(2),  KEPT(3),  KEPT(4),  KEPT(5),  KEPT(6),  KEPT(7),  KEPT(8),
    KEPT(9),  KEPT(10), KEPT(11), KEPT(12), KEPT(13), KEPT(14), KEPT(15), KEPT(16),
    KEPT(17), KEPT(18), KEPT(19), KEPT(20), KEPT(21), KEPT(22), KEPT(23), KEPT(24),
    KEPT(25), KEPT(26), KEPT(27), KEPT(28), KEPT(29), KEPT(30), KEPT(31),
};
static const struct flame_rule signal_64 = {
    .cfa = { .kind = FLAME_RULE_REGISTER, .other = 2 },
    .return_address = KEPT(0),
    .cells = context,
    .cell_count = sizeof context / sizeof *context,
    .return_column = FLAME_NO_COLUMN,
    .signal = true,
};
static const struct flame_arch_idiom idioms_64[] = {
    { 0x0000007308b00893, UINT64_MAX, &signal_64 }, /* li a7, 139; ecall */
};

const struct flame_arch flame_arch_riscv64 = {
    .name = "riscv64",
    .columns = flame_columns_of_31,
    .register_count = sizeof flame_columns_of_31,
    .perf_ip = 0,
    .perf_sp = 2,
    .sp = 2,
    .alias = FLAME_NO_COLUMN,
    .alias_of = FLAME_NO_COLUMN,
    .word = 8,
    .frame = { .column = 8, .saved_frame = -16, .saved_return = -8, .sp = 0 },
    .idioms = idioms_64,
    .idiom_count = sizeof idioms_64 / sizeof *idioms_64,
};

const struct flame_arch flame_arch_riscv32 = {
    .name = "riscv32",
    .columns = flame_columns_of_31,
    .register_count = sizeof flame_columns_of_31,
    .perf_ip = 0,
    .perf_sp = 2,
    .sp = 2,
    .alias = FLAME_NO_COLUMN,
    .alias_of = FLAME_NO_COLUMN,
    .word = 4,
    .frame = { .column = 8, .saved_frame = -8, .saved_return = -4, .sp = 0 },
};
