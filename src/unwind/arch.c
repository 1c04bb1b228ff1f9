/* arch.c: which architecture a task has. Source of the masks: Linux arch/<name>/include/uapi/asm/
 * perf_regs.h, and what perf asks for, tools/perf/arch/<name>/include/perf_regs.h. */
#include "arch.h"

#include <elf.h>
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

/* The last is the length of vectors. */
#define ARM64_REGISTERS (UINT64_C(0x1ffffffff) | UINT64_C(1) << 46)

/* What code is for, the widest machine that runs it, and perf's numbers of all the registers that
 * tasks have under a 64-bit and under a 32-bit kernel. */
static const struct {
    unsigned elf_machine;
    const char *name;
    uint64_t wide, narrow;
} elf_machines[] = {
    { EM_X86_64, "x86_64", 0xffffff, 0 },
    { EM_386, "x86_64", 0xffffff, 0xffff },
    { EM_AARCH64, "aarch64", ARM64_REGISTERS, 0 },
    { EM_ARM, "aarch64", ARM64_REGISTERS, 0xffff },
    { EM_RISCV, "riscv64", 0xffffffff, 0xffffffff },
    { EM_S390, "s390x", 0x3ffffffff, 0x3ffffffff },
    { EM_PPC64, "ppc64", UINT64_MAX, 0 },
    { EM_PPC, "ppc64", UINT64_MAX, UINT64_MAX },
    { EM_LOONGARCH, "loongarch64", 0xffffffff, 0 },
    { EM_MIPS, "mips64", 0xffffffff, 0xffffffff },
};

/* Whether the mask is of these registers, and has those that a walk may need, if it is for walks.
 */
static bool is_mask_of(const struct flame_arch *arch, uint64_t registers, uint64_t mask)
{
    bool walks = (mask & (mask - 1)) != 0;
    uint64_t needed = 0;
    for (size_t i = 0; arch && walks && i < arch->register_count; i++)
        needed |= (uint64_t)(arch->columns[i] != FLAME_NO_COLUMN) << i;
    return arch && (mask & ~registers) == 0 && (needed & ~mask) == 0;
}

const char *flame_arch_of_elf(unsigned elf_machine, uint64_t mask)
{
    for (size_t i = 0; i < sizeof elf_machines / sizeof *elf_machines; i++) {
        struct flame_str name = flame_str_from(elf_machines[i].name);
        if (elf_machines[i].elf_machine != elf_machine)
            continue;
        if (is_mask_of(flame_arch_find(name, 2), elf_machines[i].wide, mask) ||
            is_mask_of(flame_arch_find(name, 1), elf_machines[i].narrow, mask))
            return elf_machines[i].name;
    }
    return NULL;
}
