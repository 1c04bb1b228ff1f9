/* test_arch.c: which architecture a task has, and where perf's registers go. */
#include "arch.h"
#include "check.h"
#include "unwind.h"

#include <elf.h>

static const struct flame_arch *find(const char *machine, uint64_t abi)
{
    return flame_arch_find(flame_str_from(machine), abi);
}

TEST(the_machine_and_the_abi_decide)
{
    assert_ptr_equal(find("x86_64", 2), &flame_arch_x86_64);
    assert_ptr_equal(find("x86_64", 1), &flame_arch_i386);
    assert_ptr_equal(find("i386", 1), &flame_arch_i386);
    assert_ptr_equal(find("i686", 1), &flame_arch_i386);
    assert_ptr_equal(find("aarch64", 2), &flame_arch_arm64);
    assert_ptr_equal(find("arm64", 2), &flame_arch_arm64);
    assert_ptr_equal(find("aarch64", 1), &flame_arch_arm);
    assert_ptr_equal(find("armv7l", 1), &flame_arch_arm);
    assert_ptr_equal(find("armv8l", 1), &flame_arch_arm);
    assert_ptr_equal(find("arm", 1), &flame_arch_arm);
    assert_ptr_equal(find("riscv64", 2), &flame_arch_riscv64);
    assert_ptr_equal(find("riscv64", 1), &flame_arch_riscv32);
    assert_ptr_equal(find("s390x", 2), &flame_arch_s390x);
    assert_ptr_equal(find("s390x", 1), &flame_arch_s390);
    assert_ptr_equal(find("ppc64", 2), &flame_arch_ppc64);
    assert_ptr_equal(find("ppc64le", 2), &flame_arch_ppc64);
    assert_ptr_equal(find("ppc64", 1), &flame_arch_ppc);
    assert_ptr_equal(find("ppc", 1), &flame_arch_ppc);
    assert_ptr_equal(find("loongarch64", 2), &flame_arch_loongarch64);
    assert_ptr_equal(find("mips64", 2), &flame_arch_mips64);
    assert_ptr_equal(find("mips64", 1), &flame_arch_mips);
    assert_ptr_equal(find("mips", 1), &flame_arch_mips);
}

TEST(others_have_none)
{
    assert_null(find("alpha", 2));
    assert_null(find("", 2));
    assert_null(find("ar", 1));
    assert_null(find("x86_64", 0));
    assert_null(find("x86_64", 3));
    assert_null(find("i686", 2));
    assert_null(find("loongarch64", 1));
}

/* Sample every register that perf may have: number i holds i + 1000. */
static struct flame_unwind_registers sampled(const struct flame_arch *arch)
{
    struct flame_unwind_registers registers;
    uint8_t words[64 * 8] = { 0 };
    for (size_t i = 0; i < 64; i++) {
        uint64_t value = i + 1000;
        memcpy(words + i * 8, &value, 8);
    }
    assert_true(flame_unwind_registers_read(arch, words, UINT64_MAX, false, &registers));
    return registers;
}

static bool is_known(const struct flame_unwind_registers *registers, unsigned column)
{
    return registers->known[column / 64] >> column % 64 & 1;
}

/* perf's number of each of the columns, or -1; up to the last one that is known. */
static void expect_columns(const struct flame_arch *arch, const int *numbers, unsigned count)
{
    struct flame_unwind_registers registers = sampled(arch);
    for (unsigned i = 0; i < FLAME_COLUMNS; i++) {
        int number = i < count ? numbers[i] : -1;
        assert_int_equal(is_known(&registers, i), number >= 0);
        if (number >= 0)
            assert_int_equal(registers.value[i], number + 1000);
    }
    assert_int_equal(registers.pc, arch->perf_ip + 1000);
    assert_int_equal(registers.value[arch->sp], arch->perf_sp + 1000);
}

#define COLUMNS(arch, ...)                                                                         \
    expect_columns(&arch, (const int[]){ __VA_ARGS__ },                                            \
                   sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

TEST(perfs_registers_go_to_dwarfs_columns)
{
    COLUMNS(flame_arch_x86_64, 0, 3, 2, 1, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 8);
    COLUMNS(flame_arch_i386, 0, 2, 3, 1, 7, 6, 4, 5, 8);
    COLUMNS(flame_arch_arm, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    COLUMNS(flame_arch_arm64, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
            20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32);
    COLUMNS(flame_arch_riscv64, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
            19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
    COLUMNS(flame_arch_loongarch64, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
            18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
}

TEST(mips_has_its_instruction_at_37)
{
    struct flame_unwind_registers registers = sampled(&flame_arch_mips64);
    assert_false(is_known(&registers, 0));
    assert_int_equal(registers.value[31], 1031);
    assert_int_equal(registers.value[37], 1000);
    assert_int_equal(registers.pc, 1000);
    assert_int_equal(registers.value[29], 1029);
}

TEST(s390_has_its_floating_point_registers_in_another_order)
{
    struct flame_unwind_registers registers = sampled(&flame_arch_s390x);
    assert_int_equal(registers.value[15], 1015);
    static const uint8_t floats[] = {
        16, 20, 17, 21, 18, 22, 19, 23, 24, 28, 25, 29, 26, 30, 27, 31
    };
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(registers.value[floats[i]], 1016 + i);
    assert_int_equal(registers.value[64], 1032);
    assert_int_equal(registers.value[65], 1033);
}

TEST(the_link_register_of_powerpc_has_two_columns)
{
    struct flame_unwind_registers registers = sampled(&flame_arch_ppc64);
    assert_int_equal(registers.pc, 1032);
    assert_int_equal(registers.value[1], 1001);
    assert_int_equal(registers.value[65], 1036);
    assert_int_equal(registers.value[108], 1036);
    assert_int_equal(registers.value[109], 1035);
    assert_int_equal(registers.value[101], 1037);
    assert_int_equal(registers.value[66], 1033);
    assert_false(is_known(&registers, 32));
}

TEST(only_the_masks_registers_are_there_in_the_files_order)
{
    const uint8_t words[] = { 0, 0, 0, 0, 0, 0, 0, 7,  0, 0, 0, 0, 0, 0, 0x20, 0,
                              0, 0, 0, 0, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0,    15 };
    struct flame_unwind_registers registers;
    uint64_t mask = 1 << 6 | 1 << 7 | 1 << 8 | 1 << 23;
    bool swap = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    assert_true(flame_unwind_registers_read(&flame_arch_x86_64, words, mask, swap, &registers));
    assert_int_equal(registers.known[0], 1 << 6 | 1 << 7 | 1 << 16 | 1 << 15);
    assert_int_equal(registers.known[1], 0);
    assert_int_equal(registers.value[6], 7);
    assert_int_equal(registers.value[7], 0x2000);
    assert_int_equal(registers.pc, 99);
    assert_int_equal(registers.value[15], 15);
}

TEST(without_an_instruction_or_a_stack_pointer_there_is_no_walk)
{
    const uint8_t words[64 * 8] = { 0 };
    struct flame_unwind_registers registers;
    assert_false(flame_unwind_registers_read(&flame_arch_x86_64, words, 0, false, &registers));
    assert_false(flame_unwind_registers_read(&flame_arch_x86_64, words, 1 << 7, false, &registers));
    assert_false(flame_unwind_registers_read(&flame_arch_x86_64, words, 1 << 8, false, &registers));
    /* arm64 --call-graph fp: the link register alone */
    assert_false(flame_unwind_registers_read(&flame_arch_arm64, words, 1 << 30, false, &registers));
    assert_true(flame_unwind_registers_read(&flame_arch_x86_64, words, 3 << 7, false, &registers));
}

TEST(words_of_32_bit_tasks_are_cut)
{
    uint64_t values[] = { UINT64_C(0xffffffff80001000), UINT64_C(0x1bffff000) };
    uint8_t words[16];
    struct flame_unwind_registers registers;
    memcpy(words, values, sizeof words);
    assert_true(
        flame_unwind_registers_read(&flame_arch_mips, words, 1 | 1 << 29, false, &registers));
    assert_int_equal(registers.pc, 0x80001000);
    assert_int_equal(registers.value[29], 0xbffff000);
}

static void assert_machine(unsigned elf_machine, uint64_t mask, const char *want)
{
    const char *name = flame_arch_of_elf(elf_machine, mask);
    if (want)
        assert_string_equal(name, want);
    else
        assert_null(name);
}

/* The masks that perf record --call-graph dwarf asks for. */
#define X86_64_MASK 0xff0fff
#define ARM64_MASK 0x1ffffffff
#define POWER_MASK ((UINT64_C(1) << 45) - 1)

TEST(code_tells_the_machine_if_it_has_these_registers)
{
    assert_machine(EM_X86_64, X86_64_MASK, "x86_64");
    assert_machine(EM_386, X86_64_MASK, "x86_64"); /* a program of 32 bits */
    assert_machine(EM_386, 0xffff, "x86_64");      /* a kernel, too */
    assert_machine(EM_AARCH64, ARM64_MASK, "aarch64");
    assert_machine(EM_AARCH64, ARM64_MASK | UINT64_C(1) << 46, "aarch64");
    assert_machine(EM_ARM, ARM64_MASK, "aarch64");
    assert_machine(EM_ARM, 0xffff, "aarch64");
    assert_machine(EM_X86_64, 0xffff, NULL);
    assert_machine(EM_RISCV, 0xffffffff, "riscv64");
    assert_machine(EM_S390, 0x3ffffffff, "s390x");
    assert_machine(EM_PPC64, POWER_MASK, "ppc64");
    assert_machine(EM_LOONGARCH, 0xffffffff, "loongarch64");
    assert_machine(EM_MIPS, 0xffffffff, "mips64");
    assert_machine(EM_AARCH64, UINT64_C(1) << 30, "aarch64"); /* the link register alone */
}

TEST(code_of_another_machine_tells_nothing)
{
    assert_machine(EM_ALPHA, X86_64_MASK, NULL);
    assert_machine(EM_NONE, X86_64_MASK, NULL);
    static const unsigned guests[] = { EM_AARCH64, EM_ARM,       EM_RISCV, EM_S390,
                                       EM_PPC64,   EM_LOONGARCH, EM_MIPS };
    for (size_t i = 0; i < sizeof guests / sizeof *guests; i++)
        assert_machine(guests[i], X86_64_MASK, NULL);
    assert_machine(EM_X86_64, ARM64_MASK, NULL);
    assert_machine(EM_RISCV, ARM64_MASK, NULL);
    assert_machine(EM_X86_64, 0xffffffff, NULL); /* on RISC-V */
    assert_machine(EM_AARCH64, 0xffffffff, NULL);
    assert_machine(EM_X86_64, UINT64_C(1) << 30, NULL);
    assert_machine(EM_X86_64, 3 << 7, NULL); /* others could have these two, as well */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_machine_and_the_abi_decide),
        cmocka_unit_test(others_have_none),
        cmocka_unit_test(perfs_registers_go_to_dwarfs_columns),
        cmocka_unit_test(mips_has_its_instruction_at_37),
        cmocka_unit_test(s390_has_its_floating_point_registers_in_another_order),
        cmocka_unit_test(the_link_register_of_powerpc_has_two_columns),
        cmocka_unit_test(only_the_masks_registers_are_there_in_the_files_order),
        cmocka_unit_test(without_an_instruction_or_a_stack_pointer_there_is_no_walk),
        cmocka_unit_test(words_of_32_bit_tasks_are_cut),
        cmocka_unit_test(code_tells_the_machine_if_it_has_these_registers),
        cmocka_unit_test(code_of_another_machine_tells_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
