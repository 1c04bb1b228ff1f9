/* arch_arm.c: arm64 and arm.
 *
 * On arm64 a signature may be in the upper bits of a return address (pointer authentication), on
 * arm its lowest bit says that the caller is Thumb code. arm64 has frame records wherever code has
 * frame pointers: the caller's frame pointer and the return address, at the lower end of the frame.
 * arm has several habits, so none. */
#include "arch.h"

static const uint8_t identity[] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                    11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32 };

/* Where a handler of arm64 has returned to, the stack pointer is at what the kernel kept: 128 bytes
 * about the signal, 184 bytes of context, then x0 to x30, sp, pc. The kernel's own information
 * about this code leads to the caller of what was interrupted. */
#define KEPT(n)                                                                                    \
    {                                                                                              \
        .column = n, .kind = FLAME_RULE_SAVED, .value = 312 + 8 * (n)                              \
    }
static const struct flame_rule_cell context[] = {
    KEPT(0),  KEPT(1),  KEPT(2),  KEPT(3),  KEPT(4),  KEPT(5),  KEPT(6),  KEPT(7),
    KEPT(8),  KEPT(9),  KEPT(10), KEPT(11), KEPT(12), KEPT(13), KEPT(14), KEPT(15),
    KEPT(16), KEPT(17), KEPT(18), KEPT(19), KEPT(20), KEPT(21), KEPT(22), KEPT(23),
    KEPT(24), KEPT(25), KEPT(26), KEPT(27), KEPT(28), KEPT(29), KEPT(30), KEPT(31),
};
static const struct flame_rule signal_64 = {
    .cfa = { .kind = FLAME_RULE_REGISTER, .other = 31 },
    .return_address = KEPT(32),
    .cells = context,
    .cell_count = sizeof context / sizeof *context,
    .return_column = 32,
    .signal = true,
};
static const struct flame_arch_idiom idioms_64[] = {
    { 0xd4000001d2801168, UINT64_MAX, &signal_64 }, /* mov x8, #139; svc #0 */
};

const struct flame_arch flame_arch_arm64 = {
    .name = "arm64",
    .columns = identity,
    .register_count = 33,
    .perf_ip = 32,
    .perf_sp = 31,
    .sp = 31,
    .alias = FLAME_NO_COLUMN,
    .alias_of = FLAME_NO_COLUMN,
    .word = 8,
    .strip = ~FLAME_ARM64_ADDRESS,
    .frame = { .column = 29, .saved_frame = 0, .saved_return = 8, .at_sp = true },
    .idioms = idioms_64,
    .idiom_count = sizeof idioms_64 / sizeof *idioms_64,
};

const struct flame_arch flame_arch_arm = {
    .name = "arm",
    .columns = identity,
    .register_count = 16,
    .perf_ip = 15,
    .perf_sp = 13,
    .sp = 13,
    .alias = FLAME_NO_COLUMN,
    .alias_of = FLAME_NO_COLUMN,
    .word = 4,
    .strip = 1,
    .frame = { .column = FLAME_NO_COLUMN },
};
