/* arch_loongarch.c: loongarch64. Frames look as on RISC-V; the frame pointer is r22. */
#include "arch.h"

const struct flame_arch flame_arch_loongarch64 = {
    .name = "loongarch64",
    .columns = flame_columns_of_31,
    .register_count = sizeof flame_columns_of_31,
    .perf_ip = 0,
    .perf_sp = 3,
    .sp = 3,
    .alias = FLAME_NO_COLUMN,
    .alias_of = FLAME_NO_COLUMN,
    .word = 8,
    .frame = { .column = 22, .saved_frame = -16, .saved_return = -8, .sp = 0 },
};
