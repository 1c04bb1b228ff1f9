/* arch_s390.c: s390x and 31-bit s390.
 *
 * The floating-point registers take part: leaf functions keep others in them. Of a 31-bit address
 * the uppermost bit says that it is one. */
#include "arch.h"

/* General, floating-point, mask, instruction. */
static const uint8_t columns[] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                   12, 13, 14, 15, 16, 20, 17, 21, 18, 22, 19, 23,
                                   24, 28, 25, 29, 26, 30, 27, 31, 64, 65 };

const struct flame_arch flame_arch_s390x = {
    .name = "s390x",
    .columns = columns,
    .register_count = sizeof columns,
    .perf_ip = 33,
    .perf_sp = 15,
    .sp = 15,
    .alias = FLAME_NO_COLUMN,
    .alias_of = FLAME_NO_COLUMN,
    .word = 8,
    .frame = { .column = FLAME_NO_COLUMN },
};

const struct flame_arch flame_arch_s390 = {
    .name = "s390",
    .columns = columns,
    .register_count = sizeof columns,
    .perf_ip = 33,
    .perf_sp = 15,
    .sp = 15,
    .alias = FLAME_NO_COLUMN,
    .alias_of = FLAME_NO_COLUMN,
    .word = 4,
    .strip = UINT64_C(1) << 31,
    .frame = { .column = FLAME_NO_COLUMN },
};
