/* test_disasm.c: bytes of all machines but x86 (test_disasm_x86.c) to instructions: text, kinds,
 * targets, data; and of all machines, that nothing fails. */
#include "disasm_check.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

static const struct flame_machine x86_64 = { EM_X86_64, 0, true, false };
static const struct flame_machine i386 = { EM_386, 0, false, false };
static const struct flame_machine arm64 = { EM_AARCH64, 0, true, false };
static const struct flame_machine arm64_be = { EM_AARCH64, 0, true, true };
static const struct flame_machine arm = { EM_ARM, EF_ARM_EABI_VER5, false, false };
static const struct flame_machine arm_be8 = { EM_ARM, EF_ARM_EABI_VER5 | EF_ARM_BE8, false, true };
static const struct flame_machine ppc64 = { EM_PPC64, 1, true, true };
static const struct flame_machine ppc64le = { EM_PPC64, 2, true, false };
static const struct flame_machine ppc = { EM_PPC, 0, false, true };
static const struct flame_machine s390x = { EM_S390, 0, true, true };
static const struct flame_machine mips = { EM_MIPS, EF_MIPS_ARCH_32R2, false, true };
static const struct flame_machine mips64el = { EM_MIPS, EF_MIPS_ARCH_64R2, true, false };
static const struct flame_machine mips_r6 = { EM_MIPS, 0x90000000, false, true };
static const struct flame_machine micromips = { EM_MIPS, EF_MIPS_ARCH_32R2 | 0x02000000, false,
                                                true };
static const struct flame_machine sparc64 = { EM_SPARCV9, 0, true, true };
static const struct flame_machine riscv64 = { EM_RISCV, 1, true, false };

TEST(code_of_aarch64)
{
    CHECK(&arm64, false, FLAME_CODE_PLAIN,
          { "fd7bbea9", "stp x29, x30, [sp, #-32]!", PLAIN, 0, false },
          { "1f0c0071", "cmp w0, #0x3", PLAIN, 0, false },
          { "20008052", "mov w0, #0x1", PLAIN, 0, false },
          { "00008012", "mov w0, #0xffffffff", PLAIN, 0, false },
          { "00fc41d3", "lsr x0, x0, #1", PLAIN, 0, false },
          { "01000094", "bl 1004", CALL, 0x1004, false }, { "20003fd6", "blr x1", CALL, 0, false },
          { "20001fd6", "br x1", JUMP, 0, false }, { "c0035fd6", "ret", RETURN, 0, false },
          { "40000054", "b.eq 1008", JUMP, 0x1008, false },
          { "42000054", "b.cs 1008", JUMP, 0x1008, false },
          { "400000b4", "cbz x0, 1008", JUMP, 0x1008, false },
          { "40001836", "tbz w0, #3, 1008", JUMP, 0x1008, false },
          { "01000014", "b 1004", JUMP, 0x1004, false },
          { "000000b0", "adrp x0, 2000", PLAIN, 0x2000, false },
          { "40000010", "adr x0, 1008", PLAIN, 0x1008, false },
          { "40000058", "ldr x0, 1008", PLAIN, 0x1008, false });
}

TEST(aarch64_code_is_little_endian_and_data_is_not)
{
    CHECK(&arm64_be, false, FLAME_CODE_PLAIN, { "c0035fd6", "ret", RETURN, 0, false },
          { "ffffffff", ".word 0xffffffff", DATA, 0, false });
    CHECK(&arm64_be, false, FLAME_CODE_DATA, { "00000102", ".word 0x00000102", DATA, 0, false });
    CHECK(&arm64, false, FLAME_CODE_DATA, { "02010000", ".word 0x00000102", DATA, 0, false });
}

TEST(code_of_arm)
{
    CHECK(&arm, false, FLAME_CODE_PLAIN, { "04e02de5", "push {lr}", PLAIN, 0, false },
          { "0090a0e3", "mov r9, #0", PLAIN, 0, false },
          { "ff04a0e3", "mov r0, #-16777216", PLAIN, 0, false },
          { "feffffeb", "bl 1000", CALL, 0x1000, false },
          { "feffff0b", "bleq 1000", CALL, 0x1000, false },
          { "33ff2fe1", "blx r3", CALL, 0, false }, { "feffffea", "b 1000", JUMP, 0x1000, false },
          { "feffffda", "ble 1000", JUMP, 0x1000, false },
          { "1eff2fe1", "bx lr", RETURN, 0, false }, { "13ff2fe1", "bx r3", JUMP, 0, false },
          { "1080bde8", "pop {r4, pc}", RETURN, 0, false },
          { "0ef0a0e1", "mov pc, lr", RETURN, 0, false },
          { "03f18fe0", "add pc, pc, r3, lsl #2", JUMP, 0, false },
          { "1eff2f01", "bxeq lr", RETURN, 0, false },
          { "0100c0e3", "bic r0, r0, #1", PLAIN, 0, false },
          { "10009fe5", "ldr r0, [pc, #16]", PLAIN, 0x1018, true },
          { "10001fe5", "ldr r0, [pc, #-16]", PLAIN, 0xff8, true });
}

TEST(code_of_thumb)
{
    CHECK(&arm, false, FLAME_CODE_THUMB, { "10bd", "pop {r4, pc}", RETURN, 0, false },
          { "7047", "bx lr", RETURN, 0, false }, { "9847", "blx r3", CALL, 0, false },
          { "fee7", "b.n 1000", JUMP, 0x1000, false },
          { "00f00080", "beq.w 1004", JUMP, 0x1004, false },
          { "00f000f8", "bl 1004", CALL, 0x1004, false },
          { "00b1", "cbz r0, 1004", JUMP, 0x1004, false },
          { "0148", "ldr r0, [pc, #4]", PLAIN, 0x1008, true },
          { "2068", "ldr r0, [r4, #0]", PLAIN, 0, false },
          { "00f00100", "and.w r0, r0, #1", PLAIN, 0, false },
          { "dfe801f0", "tbb [pc, r1]", JUMP, 0, false },
          { "fff7fefe", "bl e00", CALL, 0xe00, false });
}

TEST(arm_be8_has_little_code_and_big_data)
{
    CHECK(&arm_be8, false, FLAME_CODE_PLAIN, { "1eff2fe1", "bx lr", RETURN, 0, false });
    CHECK(&arm_be8, false, FLAME_CODE_THUMB, { "7047", "bx lr", RETURN, 0, false });
    CHECK(&arm_be8, false, FLAME_CODE_DATA, { "0001e240", ".word 0x0001e240", DATA, 0, false });
}

TEST(code_of_powerpc)
{
    CHECK(&ppc64le, false, FLAME_CODE_PLAIN, { "a6ff21f8", ".long 0xf821ffa6", DATA, 0, false },
          { "e1ff21f8", "stdu r1,-32(r1)", PLAIN, 0, false },
          { "ffff6038", "li r3,-1", PLAIN, 0, false },
          { "01000048", "bl 1000", CALL, 0x1000, false },
          { "08000048", "b 1008", JUMP, 0x1008, false },
          { "08008241", "beq 1008", JUMP, 0x1008, false }, { "2000804e", "blr", RETURN, 0, false },
          { "2000824d", "beqlr", RETURN, 0, false }, { "2004804e", "bctr", JUMP, 0, false },
          { "2104804e", "bctrl", CALL, 0, false });
    CHECK(&ppc64, false, FLAME_CODE_PLAIN, { "f821ffe1", "stdu r1,-32(r1)", PLAIN, 0, false },
          { "4e800020", "blr", RETURN, 0, false });
    CHECK(&ppc, false, FLAME_CODE_PLAIN, { "9421ffe0", "stwu r1,-32(r1)", PLAIN, 0, false },
          { "48000009", "bl 1008", CALL, 0x1008, false });
}

TEST(code_of_s390)
{
    CHECK(&s390x, false, FLAME_CODE_PLAIN,
          { "ebeff0700024", "stmg %r14,%r15,112(%r15)", PLAIN, 0, false },
          { "c0e500000004", "brasl %r14,1008", CALL, 0x1008, false },
          { "0de1", "basr %r14,%r1", CALL, 0, false }, { "07fe", "br %r14", RETURN, 0, false },
          { "07f1", "br %r1", JUMP, 0, false }, { "0707", "nopr %r7", PLAIN, 0, false },
          { "a7840004", "je 1008", JUMP, 0x1008, false },
          { "c01000000800", "larl %r1,2000", PLAIN, 0x2000, false },
          { "a7f4fffe", "j ffc", JUMP, 0xffc, false },
          { "a7170004", "brctg %r1,1008", JUMP, 0x1008, false });
}

TEST(code_of_mips)
{
    CHECK(&mips, false, FLAME_CODE_PLAIN, { "27bdffe0", "addiu sp,sp,-32", PLAIN, 0, false },
          { "24020001", "li v0,1", PLAIN, 0, false },
          { "8fbe0010", "lw s8,16(sp)", PLAIN, 0, false },
          { "10400001", "beqz v0,1008", JUMP, 0x1008, false },
          { "0c000400", "jal 1000", CALL, 0x1000, false },
          { "0320f809", "jalr t9", CALL, 0, false }, { "03e00008", "jr ra", RETURN, 0, false },
          { "03200008", "jr t9", JUMP, 0, false }, { "8c820000", "lw v0,0(a0)", PLAIN, 0, false });
    CHECK(&mips64el, false, FLAME_CODE_PLAIN, { "e0ffbd67", "daddiu sp,sp,-32", PLAIN, 0, false },
          { "0800e003", "jr ra", RETURN, 0, false });
    CHECK(&mips_r6, false, FLAME_CODE_PLAIN, { "e8000001", "balc 1008", CALL, 0x1008, false });
    CHECK(&micromips, false, FLAME_CODE_PLAIN, { "0c00", "nop", PLAIN, 0, false });
}

/* capstone gives some branches as distances, and has numbers that are not where to. */
TEST(targets_are_addresses_of_code)
{
    CHECK(&mips_r6, false, FLAME_CODE_PLAIN, { "1e800004", "bgtz s4,1014", JUMP, 0x1014, false },
          { "10400004", "beqz v0,1014", JUMP, 0x1014, false },
          { "5c140004", "bgtzc s4,1014", JUMP, 0x1014, false },
          { "20080004", "beqzalc t0,1014", CALL, 0x1014, false },
          { "d8080004", "jic t0,4", JUMP, 0, false }, { "f8080004", "jialc t0,4", CALL, 0, false });
    CHECK(&micromips, false, FLAME_CODE_PLAIN, { "cc04", "b 100a", JUMP, 0x100a, false },
          { "8c04", "beqz s0,100a", JUMP, 0x100a, false },
          { "9443fffc", "beq v1,v0,ffc", JUMP, 0xffc, false },
          { "40230004", "bltzal v1,100c", CALL, 0x100c, false },
          { "4704", "jraddiusp 16", RETURN, 0, false });
    CHECK(&arm, false, FLAME_CODE_PLAIN, { "16fe83e2", "add pc, r3, #352", JUMP, 0, false },
          { "42f792e4", "ldr pc, [r2], #1858", JUMP, 0, false },
          { "42f7b2e4", "ldrt pc, [r2], #1858", JUMP, 0, false });
    CHECK(&ppc64, false, FLAME_CODE_PLAIN, { "4c020820", "bdnzflr eq", RETURN, 0, false },
          { "4c1f0c20", "bdnzfctr 4*cr7+so", JUMP, 0, false },
          { "40020042", "bdnzfa eq,40", JUMP, 0x40, false },
          { "41820009", "beql 1008", CALL, 0x1008, false },
          { "40200043", "bdnzfla lt,40", CALL, 0x40, false });
}

TEST(code_of_sparc)
{
    CHECK(&sparc64, false, FLAME_CODE_PLAIN, { "40000002", "call 1008", CALL, 0x1008, false },
          { "81c3e008", "retl", RETURN, 0, false });
}

/* Of those that this capstone knows. */
TEST(code_of_riscv)
{
    struct flame_disasm *disasm;
    struct flame_error error = FLAME_ERROR_INIT;
    static const struct disasm_expected all[] = {
        { "1111", "addi sp,sp,-28", PLAIN, 0, false },
        { "0145", "li a0,0", PLAIN, 0, false },
        { "8280", "ret", RETURN, 0, false },
        { "ef008000", "jal 1008", CALL, 0x1008, false },
        { "6f008000", "j 1008", JUMP, 0x1008, false },
        { "01a0", "j 1000", JUMP, 0x1000, false },
        { "63048500", "beq a0,s0,1008", JUMP, 0x1008, false },
        { "0295", "jalr a0", CALL, 0, false },
    };
    if (flame_disasm_open(&disasm, &riscv64, false, &error) != FLAME_OK) {
        assert_non_null(strstr(error.text, "RISC-V"));
        skip();
    }
    disasm_check(disasm, FLAME_CODE_PLAIN, all, sizeof all / sizeof *all);
}

TEST(an_unknown_machine_is_named)
{
    struct flame_disasm *disasm;
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_machine alpha = { EM_ALPHA, 0, true, false }, other = { 4711, 0, true, false };
    assert_int_equal(flame_disasm_open(&disasm, &alpha, false, &error), FLAME_UNSUPPORTED);
    assert_null(disasm);
    assert_non_null(strstr(error.text, "Alpha"));
    error = (struct flame_error)FLAME_ERROR_INIT;
    assert_int_equal(flame_disasm_open(&disasm, &other, false, &error), FLAME_UNSUPPORTED);
    assert_non_null(strstr(error.text, "4711"));
    flame_disasm_close(NULL);
}

TEST(what_is_no_instruction_is_data_of_its_length)
{
    CHECK(&x86_64, false, FLAME_CODE_PLAIN, { "06", ".byte 0x06", DATA, 0, false },
          { "e8", ".byte 0xe8", DATA, 0, false });
    CHECK(&arm64, false, FLAME_CODE_PLAIN, { "ffffffff", ".word 0xffffffff", DATA, 0, false },
          { "c003", ".short 0x03c0", DATA, 0, false });
    CHECK(&s390x, false, FLAME_CODE_PLAIN, { "0000", ".short 0x0000", DATA, 0, false },
          { "ed0000000000", ".short 0xed00,0x0000,0x0000", DATA, 0, false });
    CHECK(&arm, false, FLAME_CODE_THUMB, { "fee8", ".short 0xe8fe", DATA, 0, false });
}

TEST(data_is_in_words_where_they_are_aligned)
{
    static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
    struct flame_disasm *disasm = disasm_opened(&arm, false);
    struct flame_decoded out;
    flame_disasm_next(disasm, bytes, 9, 0x1001, FLAME_CODE_DATA, &out);
    assert_string_equal(out.text, ".byte 0x01");
    flame_disasm_next(disasm, bytes, 9, 0x1002, FLAME_CODE_DATA, &out);
    assert_string_equal(out.text, ".short 0x0201");
    flame_disasm_next(disasm, bytes, 9, 0x1004, FLAME_CODE_DATA, &out);
    assert_string_equal(out.text, ".word 0x04030201");
    flame_disasm_next(disasm, bytes, 3, 0x1004, FLAME_CODE_DATA, &out);
    assert_int_equal(out.size, 2);
    flame_disasm_close(disasm);
}

/* Random bytes, every length from one on. The memory behind is not read (the copy ends where the
 * bytes do; the sanitizer watches). */
TEST(garbage_is_always_something)
{
    static const struct flame_machine *const machines[] = {
        &x86_64, &i386,  &arm64, &arm64_be, &arm,      &arm_be8,   &ppc64,   &ppc64le,
        &ppc,    &s390x, &mips,  &mips_r6,  &mips64el, &micromips, &sparc64, &riscv64,
    };
    uint64_t random = 88172645463325252u;
    for (size_t m = 0; m < sizeof machines / sizeof *machines; m++)
        for (int intel = 0; intel < 2; intel++) {
            struct flame_disasm *disasm;
            struct flame_error error = FLAME_ERROR_INIT;
            if (flame_disasm_open(&disasm, machines[m], intel, &error) != FLAME_OK)
                continue;
            for (int round = 0; round < 20000; round++) {
                size_t size = 1 + (size_t)round % 17;
                uint8_t *bytes = malloc(size);
                assert_non_null(bytes);
                for (size_t i = 0; i < size; i++) {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    bytes[i] = (uint8_t)(random >> 32);
                }
                disasm_check_any(disasm, bytes, size, round & 1 ? UINT64_MAX - 8 : 0x7654321000,
                                 (enum flame_code_kind)(round / 2 % 3));
                free(bytes);
            }
            flame_disasm_close(disasm);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_of_aarch64),
        cmocka_unit_test(aarch64_code_is_little_endian_and_data_is_not),
        cmocka_unit_test(code_of_arm),
        cmocka_unit_test(code_of_thumb),
        cmocka_unit_test(arm_be8_has_little_code_and_big_data),
        cmocka_unit_test(code_of_powerpc),
        cmocka_unit_test(code_of_s390),
        cmocka_unit_test(code_of_mips),
        cmocka_unit_test(targets_are_addresses_of_code),
        cmocka_unit_test(code_of_sparc),
        cmocka_unit_test(code_of_riscv),
        cmocka_unit_test(an_unknown_machine_is_named),
        cmocka_unit_test(what_is_no_instruction_is_data_of_its_length),
        cmocka_unit_test(data_is_in_words_where_they_are_aligned),
        cmocka_unit_test(garbage_is_always_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
