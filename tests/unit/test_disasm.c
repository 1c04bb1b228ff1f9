/* test_disasm.c: bytes to instructions: text, kinds, targets, data; and that nothing fails. */
#include "check.h"
#include "disasm.h"

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

/* One instruction of hex digits at 0x1000, and what it is to be; target 0: none. */
struct expected {
    const char *hex, *text;
    enum flame_instruction_kind kind;
    uint64_t target;
    bool comment;
};

#define PLAIN FLAME_INSTRUCTION_PLAIN
#define JUMP FLAME_INSTRUCTION_JUMP
#define CALL FLAME_INSTRUCTION_CALL
#define RETURN FLAME_INSTRUCTION_RETURN
#define DATA FLAME_INSTRUCTION_DATA

static size_t from_hex(const char *hex, uint8_t *bytes, size_t most)
{
    size_t count = 0;
    for (; hex[0] && hex[1] && count < most; hex += 2) {
        unsigned byte;
        assert_int_equal(sscanf(hex, "%2x", &byte), 1);
        bytes[count++] = (uint8_t)byte;
    }
    return count;
}

static struct flame_disasm *opened(const struct flame_machine *machine, bool intel)
{
    struct flame_disasm *disasm;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_disasm_open(&disasm, machine, intel, &error), FLAME_OK);
    return disasm;
}

static void check_kind(struct flame_disasm *disasm, enum flame_code_kind kind,
                       const struct expected *expected, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        const struct expected *e = &expected[i];
        uint8_t bytes[16];
        struct flame_decoded out;
        size_t size = from_hex(e->hex, bytes, sizeof bytes);
        flame_disasm_next(disasm, bytes, size, 0x1000, kind, &out);
        if (strcmp(out.text, e->text) == 0 && out.size == size && out.kind == e->kind &&
            out.has_target == (e->target != 0) && out.target == e->target &&
            out.comment == e->comment)
            continue;
        print_error("%s: \"%s\", %u bytes, kind %d, target %#llx%s, not \"%s\", %zu, %d, %#llx%s\n",
                    e->hex, out.text, (unsigned)out.size, (int)out.kind,
                    (unsigned long long)out.target, out.comment ? " #" : "", e->text, size,
                    (int)e->kind, (unsigned long long)e->target, e->comment ? " #" : "");
        wrong++;
    }
    flame_disasm_close(disasm);
    assert_int_equal(wrong, 0);
}

#define CHECK(machine, intel, kind, ...)                                                           \
    do {                                                                                           \
        static const struct expected all[] = { __VA_ARGS__ };                                      \
        check_kind(opened(machine, intel), kind, all, sizeof all / sizeof *all);                   \
    } while (0)

TEST(x86_is_spelled_as_objdump_does_it)
{
    CHECK(&x86_64, false, FLAME_CODE_PLAIN, { "4889e5", "mov %rsp,%rbp", PLAIN, 0, false },
          { "c7000a000000", "movl $0xa,(%rax)", PLAIN, 0, false },
          { "83c8ff", "or $0xffffffff,%eax", PLAIN, 0, false },
          { "48c7c0ffffffff", "mov $0xffffffffffffffff,%rax", PLAIN, 0, false },
          { "8b45fc", "mov -0x4(%rbp),%eax", PLAIN, 0, false },
          { "0f1f440000", "nopl 0x0(%rax,%rax,1)", PLAIN, 0, false },
          { "66662e0f1f840000000000", "data16 cs nopw 0x0(%rax,%rax,1)", PLAIN, 0, false },
          { "6690", "xchg %ax,%ax", PLAIN, 0, false }, { "f30f1efa", "endbr64", PLAIN, 0, false },
          { "f3ab", "rep stos %eax,%es:(%rdi)", PLAIN, 0, false },
          { "f348a5", "rep movsq %ds:(%rsi),%es:(%rdi)", PLAIN, 0, false },
          { "f3a6", "repz cmpsb %es:(%rdi),%ds:(%rsi)", PLAIN, 0, false },
          { "f2ae", "repnz scas %es:(%rdi),%al", PLAIN, 0, false },
          { "f00fb111", "lock cmpxchg %edx,(%rcx)", PLAIN, 0, false },
          { "64488b042528000000", "mov %fs:0x28,%rax", PLAIN, 0, false },
          { "48b8ffffffffffffffff", "movabs $0xffffffffffffffff,%rax", PLAIN, 0, false },
          { "d1e8", "shr %eax", PLAIN, 0, false }, { "c1e801", "shr $0x1,%eax", PLAIN, 0, false },
          { "d320", "shll %cl,(%rax)", PLAIN, 0, false }, { "c9", "leave", PLAIN, 0, false },
          { "4898", "cltq", PLAIN, 0, false }, { "4899", "cqto", PLAIN, 0, false },
          { "dec1", "faddp %st,%st(1)", PLAIN, 0, false },
          { "66480f6ec0", "movq %rax,%xmm0", PLAIN, 0, false },
          { "f20f2a00", "cvtsi2sdl (%rax),%xmm0", PLAIN, 0, false },
          { "0f0b", "ud2", PLAIN, 0, false }, { "48ffc7", "inc %rdi", PLAIN, 0, false },
          { "ec", "in (%dx),%al", PLAIN, 0, false }, { "4990", "xchg %rax,%r8", PLAIN, 0, false });
}

TEST(x86_jumps_calls_and_returns)
{
    CHECK(&x86_64, false, FLAME_CODE_PLAIN, { "eb10", "jmp 1012", JUMP, 0x1012, false },
          { "0f84f0ffffff", "je ff6", JUMP, 0xff6, false },
          { "e8fb0f0000", "call 2000", CALL, 0x2000, false },
          { "f2e9fa0f0000", "bnd jmp 2000", JUMP, 0x2000, false },
          { "e3fe", "jrcxz 1000", JUMP, 0x1000, false },
          { "e2fe", "loop 1000", JUMP, 0x1000, false }, { "ffe0", "jmp *%rax", JUMP, 0, false },
          { "3effe0", "notrack jmp *%rax", JUMP, 0, false },
          { "ff142500100000", "call *0x1000", CALL, 0, false },
          { "ff25fa0f0000", "jmp *0xffa(%rip)", JUMP, 0x2000, true },
          { "c3", "ret", RETURN, 0, false }, { "f3c3", "repz ret", RETURN, 0, false },
          { "48cf", "iretq", RETURN, 0, false },
          { "c7f8fa000000", "xbegin 1100", JUMP, 0x1100, false });
}

TEST(x86_data_relative_to_the_instruction_wants_a_comment)
{
    CHECK(&x86_64, false, FLAME_CODE_PLAIN,
          { "488d3d9f0e0000", "lea 0xe9f(%rip),%rdi", PLAIN, 0x1ea6, true },
          { "488b0500000000", "mov 0x0(%rip),%rax", PLAIN, 0x1007, true },
          { "833d10000000ff", "cmpl $0xffffffff,0x10(%rip)", PLAIN, 0x1017, true },
          { "488d05f9ffffff", "lea -0x7(%rip),%rax", PLAIN, 0x1000, true });
}

TEST(x86_in_intels_syntax)
{
    CHECK(&x86_64, true, FLAME_CODE_PLAIN, { "4889e5", "mov rbp,rsp", PLAIN, 0, false },
          { "488b05f32e0000", "mov rax,QWORD PTR [rip+0x2ef3]", PLAIN, 0x3efa, true },
          { "488d05f9ffffff", "lea rax,[rip+0xfffffffffffffff9]", PLAIN, 0x1000, true },
          { "8b45fc", "mov eax,DWORD PTR [rbp-0x4]", PLAIN, 0, false },
          { "0f1f440000", "nop DWORD PTR [rax+rax*1+0x0]", PLAIN, 0, false },
          { "64488b042528000000", "mov rax,QWORD PTR fs:0x28", PLAIN, 0, false },
          { "d1e8", "shr eax,1", PLAIN, 0, false },
          { "db28", "fld TBYTE PTR [rax]", PLAIN, 0, false },
          { "f3ab", "rep stos DWORD PTR es:[rdi],eax", PLAIN, 0, false },
          { "66c700ffff", "mov WORD PTR [rax],0xffff", PLAIN, 0, false },
          { "e8fb0f0000", "call 2000", CALL, 0x2000, false },
          { "ffe0", "jmp rax", JUMP, 0, false });
}

TEST(code_of_i386)
{
    CHECK(&i386, false, FLAME_CODE_PLAIN, { "89e5", "mov %esp,%ebp", PLAIN, 0, false },
          { "8db42600000000", "lea 0x0(%esi,%eiz,1),%esi", PLAIN, 0, false },
          { "65a114000000", "mov %gs:0x14,%eax", PLAIN, 0, false },
          { "e8fbffffff", "call 1000", CALL, 0x1000, false }, { "c3", "ret", RETURN, 0, false });
}

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
    static const struct expected all[] = {
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
    check_kind(disasm, FLAME_CODE_PLAIN, all, sizeof all / sizeof *all);
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

TEST(vector_instructions_are_passed_over_whole)
{
    struct flame_disasm *disasm = opened(&x86_64, false);
    static const uint8_t code[] = { 0x62, 0xf3, 0x7d, 0x48, 0x3f, 0x07, 0x00, /* vpcmpeqb (%rdi) */
                                    0xc5, 0xfb, 0x93, 0xc0,                   /* kmovd %k0,%eax */
                                    0xc3 };
    static const uint32_t sizes[] = { 7, 4, 1 };
    struct flame_decoded out;
    size_t at = 0;
    for (size_t i = 0; i < 3; i++) {
        flame_disasm_next(disasm, code + at, sizeof code - at, at, FLAME_CODE_PLAIN, &out);
        assert_int_equal(out.size, sizes[i]);
        at += out.size;
    }
    assert_string_equal(out.text, "ret");
    flame_disasm_close(disasm);
    CHECK(&x86_64, false, FLAME_CODE_PLAIN,
          { "62f36d223e4f0104", "vpcmpnequb 0x20(%rdi),%ymm18,%k1{%k2}", PLAIN, 0, false },
          { "62b2662027c3", "vptestnmd %ymm19,%ymm19,%k0", PLAIN, 0, false },
          { "62e37520256703de", "vpternlogd $0xde,0x60(%rdi),%ymm17,%ymm20", PLAIN, 0, false },
          { "c4e1fb93c8", "kmovq %k0,%rcx", PLAIN, 0, false },
          { "c4e1f44bc0", "kunpckdq %k0,%k1,%k0", PLAIN, 0, false },
          { "0f01ee", "rdpkru", PLAIN, 0, false },
          { "62f37d483f050300000000", "vpcmpeqb 0x3(%rip),%zmm0,%k0", PLAIN, 0x100e, true });
    CHECK(&x86_64, true, FLAME_CODE_PLAIN,
          { "62f36d223e4f0104", "vpcmpnequb k1{k2},ymm18,YMMWORD PTR [rdi+0x20]", PLAIN, 0, false },
          { "c5fb93c0", "kmovd eax,k0", PLAIN, 0, false });
    /* one that nobody knows */
    CHECK(&x86_64, false, FLAME_CODE_PLAIN,
          { "62f57c48ffc0", ".byte 0x62,0xf5,0x7c,0x48,0xff,0xc0", DATA, 0, false });
}

TEST(data_is_in_words_where_they_are_aligned)
{
    static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
    struct flame_disasm *disasm = opened(&arm, false);
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

/* Random bytes, every length from one on: sizes are at least 1 and at most what was given, and the
 * memory behind is not read (the copy ends where the bytes do; the sanitizer watches). */
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
                struct flame_decoded out;
                assert_non_null(bytes);
                for (size_t i = 0; i < size; i++) {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    bytes[i] = (uint8_t)(random >> 32);
                }
                if (round % 3 == 0) /* encodings with prefixes are rare by chance */
                    bytes[0] = (uint8_t[]){ 0x62, 0xc4, 0xc5, 0x66, 0xf3, 0x0f }[round / 3 % 6];
                flame_disasm_next(disasm, bytes, size, UINT64_MAX - 8,
                                  (enum flame_code_kind)(round % 3), &out);
                assert_true(out.size >= 1 && out.size <= size);
                assert_true(out.text[0] != '\0');
                assert_true(memchr(out.text, '\0', sizeof out.text) != NULL);
                free(bytes);
            }
            flame_disasm_close(disasm);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x86_is_spelled_as_objdump_does_it),
        cmocka_unit_test(x86_jumps_calls_and_returns),
        cmocka_unit_test(x86_data_relative_to_the_instruction_wants_a_comment),
        cmocka_unit_test(x86_in_intels_syntax),
        cmocka_unit_test(code_of_i386),
        cmocka_unit_test(code_of_aarch64),
        cmocka_unit_test(aarch64_code_is_little_endian_and_data_is_not),
        cmocka_unit_test(code_of_arm),
        cmocka_unit_test(code_of_thumb),
        cmocka_unit_test(arm_be8_has_little_code_and_big_data),
        cmocka_unit_test(code_of_powerpc),
        cmocka_unit_test(code_of_s390),
        cmocka_unit_test(code_of_mips),
        cmocka_unit_test(code_of_sparc),
        cmocka_unit_test(code_of_riscv),
        cmocka_unit_test(an_unknown_machine_is_named),
        cmocka_unit_test(what_is_no_instruction_is_data_of_its_length),
        cmocka_unit_test(vector_instructions_are_passed_over_whole),
        cmocka_unit_test(data_is_in_words_where_they_are_aligned),
        cmocka_unit_test(garbage_is_always_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
