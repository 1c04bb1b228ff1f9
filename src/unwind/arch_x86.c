/* arch_x86.c: x86-64 and i386.
 *
 * perf's order of the registers is that of neither ABI. Segments, flags and vector registers are
 * left out. A function with a frame pointer has pushed its caller's where it points, right below
 * the return address.
 *
 * Linkers other than GNU's write no call-frame information for their stubs (PLT), and musl has none
 * of where signal handlers return to. Source: System V ABI; Linux arch/x86/include/uapi/asm/
 * sigcontext.h. */
#include "arch.h"

enum { NO = FLAME_NO_COLUMN };

/*                                AX BX CX DX SI DI BP SP IP */
static const uint8_t x86_64[] = { 0,  3,  2,  1,  4, 5, 6,  7,  16, NO, NO, NO,
                                  NO, NO, NO, NO, 8, 9, 10, 11, 12, 13, 14, 15 };
static const uint8_t i386[] = { 0, 3, 1, 2, 6, 7, 5, 4, 8 };

/* At a stub's jump nothing has been pushed since the call. */
#define AT_CALL(sp, word, ip)                                                                      \
    {                                                                                              \
        .cfa = { .kind = FLAME_RULE_REGISTER, .other = sp, .value = word },                        \
        .return_address = { .column = ip, .kind = FLAME_RULE_SAVED, .value = -(word) },            \
        .cells = &(const struct flame_rule_cell){ .column = sp, .kind = FLAME_RULE_CFA },          \
        .cell_count = 1, .return_column = ip                                                       \
    }

static const struct flame_rule called_64 = AT_CALL(7, 8, 16);
static const struct flame_rule called_32 = AT_CALL(4, 4, 8);

/* Where a handler of x86-64 has returned to, the stack pointer is at the context that it was called
 * with: 40 bytes, then the registers. This takes the stack pointer for the frame's address. */
#define KEPT(reg, i)                                                                               \
    {                                                                                              \
        .column = reg, .kind = FLAME_RULE_SAVED, .value = 40 + (i)*8                               \
    }
static const struct flame_rule_cell context_64[] = {
    KEPT(8, 0),  KEPT(9, 1),  KEPT(10, 2), KEPT(11, 3), KEPT(12, 4), KEPT(13, 5),
    KEPT(14, 6), KEPT(15, 7), KEPT(5, 8),  KEPT(4, 9),  KEPT(6, 10), KEPT(3, 11),
    KEPT(1, 12), KEPT(0, 13), KEPT(2, 14), KEPT(7, 15),
};
static const struct flame_rule signal_64 = {
    .cfa = { .kind = FLAME_RULE_REGISTER, .other = 7 },
    .return_address = KEPT(16, 16),
    .cells = context_64,
    .cell_count = sizeof context_64 / sizeof *context_64,
    .return_column = 16,
    .signal = true,
};

static const struct flame_arch_idiom idioms_64[] = {
    { 0x25ff, 0xffff, &called_64 },                 /* jmp *table(%rip) */
    { 0x0f0000000fc0c748, UINT64_MAX, &signal_64 }, /* mov $15, %rax; syscall, all but its end */
};
static const struct flame_arch_idiom idioms_32[] = {
    { 0x25ff, 0xffff, &called_32 }, /* jmp *table */
    { 0xa3ff, 0xffff, &called_32 }, /* jmp *table(%ebx) */
};

const struct flame_arch flame_arch_x86_64 = {
    .name = "x86-64",
    .columns = x86_64,
    .register_count = sizeof x86_64,
    .perf_ip = 8,
    .perf_sp = 7,
    .sp = 7,
    .alias = NO,
    .alias_of = NO,
    .word = 8,
    .frame = { .column = 6, .saved_frame = 0, .saved_return = 8, .sp = 16 },
    .idioms = idioms_64,
    .idiom_count = sizeof idioms_64 / sizeof *idioms_64,
};

const struct flame_arch flame_arch_i386 = {
    .name = "i386",
    .columns = i386,
    .register_count = sizeof i386,
    .perf_ip = 8,
    .perf_sp = 7,
    .sp = 4,
    .alias = NO,
    .alias_of = NO,
    .word = 4,
    .frame = { .column = 5, .saved_frame = 0, .saved_return = 4, .sp = 8 },
    .idioms = idioms_32,
    .idiom_count = sizeof idioms_32 / sizeof *idioms_32,
};
