/* arch_mips.c: 64-bit and 32-bit MIPS. perf has the instruction where DWARF has the register that
 * is always zero. */
#include "arch.h"

static const uint8_t columns[] = { 37, 1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                   16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 };

const struct flame_arch flame_arch_mips64 = {
    .name = "mips64",
    .columns = columns,
    .register_count = sizeof columns,
    .perf_ip = 0,
    .perf_sp = 29,
    .sp = 29,
    .alias = FLAME_NO_COLUMN,
    .alias_of = FLAME_NO_COLUMN,
    .word = 8,
    .frame = { .column = FLAME_NO_COLUMN },
};

const struct flame_arch flame_arch_mips = {
    .name = "mips",
    .columns = columns,
    .register_count = sizeof columns,
    .perf_ip = 0,
    .perf_sp = 29,
    .sp = 29,
    .alias = FLAME_NO_COLUMN,
    .alias_of = FLAME_NO_COLUMN,
    .word = 4,
    .frame = { .column = FLAME_NO_COLUMN },
};
