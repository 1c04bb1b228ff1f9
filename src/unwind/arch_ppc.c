/* arch_ppc.c: 64-bit and 32-bit PowerPC.
 *
 * The link register is number 108 to the ABI, but 65 to what GCC writes into .eh_frame. */
#include "arch.h"

enum { NO = FLAME_NO_COLUMN };

/* General, then NIP, MSR, ORIG_R3, CTR, LINK, XER. */
static const uint8_t columns[] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,   10,  11, 12,
                                   13, 14, 15, 16, 17, 18, 19, 20, 21, 22,  23,  24, 25,
                                   26, 27, 28, 29, 30, 31, NO, 66, NO, 109, 108, 101 };

const struct flame_arch flame_arch_ppc64 = {
    .name = "ppc64",
    .columns = columns,
    .register_count = sizeof columns,
    .perf_ip = 32,
    .perf_sp = 1,
    .sp = 1,
    .alias = 65,
    .alias_of = 108,
    .word = 8,
    .frame = { .column = NO },
};

const struct flame_arch flame_arch_ppc = {
    .name = "ppc",
    .columns = columns,
    .register_count = sizeof columns,
    .perf_ip = 32,
    .perf_sp = 1,
    .sp = 1,
    .alias = 65,
    .alias_of = 108,
    .word = 4,
    .frame = { .column = NO },
};
