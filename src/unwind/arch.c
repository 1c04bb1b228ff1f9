/* arch.c: which architecture a task has. */
#include "arch.h"

#include <string.h>

const uint8_t flame_columns_of_31[32] = { FLAME_NO_COLUMN,
                                          1,
                                          2,
                                          3,
                                          4,
                                          5,
                                          6,
                                          7,
                                          8,
                                          9,
                                          10,
                                          11,
                                          12,
                                          13,
                                          14,
                                          15,
                                          16,
                                          17,
                                          18,
                                          19,
                                          20,
                                          21,
                                          22,
                                          23,
                                          24,
                                          25,
                                          26,
                                          27,
                                          28,
                                          29,
                                          30,
                                          31 };

/* A machine's name, and what its 64-bit and its 32-bit tasks are. Names that end in '*' are
 * prefixes; the first that fits counts. */
static const struct machine {
    const char *name;
    const struct flame_arch *wide, *narrow;
} machines[] = {
    { "x86_64", &flame_arch_x86_64, &flame_arch_i386 },
    { "i386", NULL, &flame_arch_i386 },
    { "i486", NULL, &flame_arch_i386 },
    { "i586", NULL, &flame_arch_i386 },
    { "i686", NULL, &flame_arch_i386 },
    { "aarch64*", &flame_arch_arm64, &flame_arch_arm },
    { "arm64*", &flame_arch_arm64, &flame_arch_arm },
    { "arm*", NULL, &flame_arch_arm },
    { "riscv64", &flame_arch_riscv64, &flame_arch_riscv32 },
    { "riscv32", NULL, &flame_arch_riscv32 },
    { "s390x", &flame_arch_s390x, &flame_arch_s390 },
    { "s390", NULL, &flame_arch_s390 },
    { "ppc64*", &flame_arch_ppc64, &flame_arch_ppc },
    { "ppc*", NULL, &flame_arch_ppc },
    { "loongarch64", &flame_arch_loongarch64, NULL },
    { "mips64*", &flame_arch_mips64, &flame_arch_mips },
    { "mips*", NULL, &flame_arch_mips },
};

static bool fits(struct flame_str machine, const char *name)
{
    size_t n = strlen(name);
    bool prefix = name[n - 1] == '*';
    return prefix ? machine.len >= n - 1 && memcmp(machine.ptr, name, n - 1) == 0
                  : flame_str_is(machine, name);
}

const struct flame_arch *flame_arch_find(struct flame_str machine, uint64_t abi)
{
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
        if (fits(machine, machines[i].name))
            return abi == 2 ? machines[i].wide : abi == 1 ? machines[i].narrow : NULL;
    return NULL;
}
