/* test_disasm_x86.c: bytes of x86 to instructions, in AT&T's syntax and in Intel's. */
#include "disasm_check.h"

#include <elf.h>

static const struct flame_machine x86_64 = { EM_X86_64, 0, true, false };
static const struct flame_machine i386 = { EM_386, 0, false, false };

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

TEST(vector_instructions_are_passed_over_whole)
{
    struct flame_disasm *disasm = disasm_opened(&x86_64, false);
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

/* Only kmov has an operand in memory. Other instructions of masks that say so are none. */
TEST(masks_do_not_lie_in_memory)
{
    for (int intel = 0; intel < 2; intel++)
        CHECK(&x86_64, intel, FLAME_CODE_PLAIN,
              { "c4e379300005", ".byte 0xc4,0xe3,0x79,0x30,0x00,0x05", DATA, 0, false },
              { "c4e379310005", ".byte 0xc4,0xe3,0x79,0x31,0x00,0x05", DATA, 0, false },
              { "c4e3f9320005", ".byte 0xc4,0xe3,0xf9,0x32,0x00,0x05", DATA, 0, false },
              { "c4e3f9330005", ".byte 0xc4,0xe3,0xf9,0x33,0x00,0x05", DATA, 0, false },
              { "c5f891c1", ".byte 0xc5,0xf8,0x91,0xc1", DATA, 0, false });
    CHECK(&x86_64, false, FLAME_CODE_PLAIN,
          { "c4e37930c105", "kshiftrb $0x5,%k1,%k0", PLAIN, 0, false },
          { "c5f89008", "kmovw (%rax),%k1", PLAIN, 0, false },
          { "c5f89108", "kmovw %k1,(%rax)", PLAIN, 0, false });
    CHECK(&x86_64, true, FLAME_CODE_PLAIN,
          { "c4e37930c105", "kshiftrb k0,k1,0x5", PLAIN, 0, false },
          { "c5f89108", "kmovw WORD PTR [rax],k1", PLAIN, 0, false });
}

/* What capstone 4 takes for something else, or does not know. */
TEST(x86_that_capstone_gets_wrong)
{
    CHECK(&x86_64, false, FLAME_CODE_PLAIN, { "c8448ec9", "enter $0x8e44,$0xc9", PLAIN, 0, false },
          { "6343a5", "movsxd -0x5b(%rbx),%eax", PLAIN, 0, false },
          { "4463c1", "movsxd %ecx,%r8d", PLAIN, 0, false },
          { "6644633c24", "movsxd (%rsp),%r15w", PLAIN, 0, false },
          { "4863c1", "movslq %ecx,%rax", PLAIN, 0, false },
          { "c03005", "shlb $0x5,(%rax)", PLAIN, 0, false },
          { "d3f0", "shl %cl,%eax", PLAIN, 0, false },
          { "9bd938", "fstcw (%rax)", PLAIN, 0, false },
          { "9bdd3d05000000", "fstsw 0x5(%rip)", PLAIN, 0x100c, true },
          { "9bdbe3", "finit", PLAIN, 0, false }, { "9b", "fwait", PLAIN, 0, false },
          { "62f2f548b4c2", "vpmadd52luq %zmm2,%zmm1,%zmm0", PLAIN, 0, false },
          { "62f2f548b54001", "vpmadd52huq 0x40(%rax),%zmm1,%zmm0", PLAIN, 0, false },
          { "62f27d49a00408", "vpscatterdd %zmm0,(%rax,%zmm1,1){%k1}", PLAIN, 0, false },
          { "62b27d49a00c09", "vpscatterdd %zmm1,(%rcx,%zmm9,1){%k1}", PLAIN, 0, false },
          { "62f2fd49a00408", "vpscatterdq %zmm0,(%rax,%ymm1,1){%k1}", PLAIN, 0, false });
    CHECK(&x86_64, true, FLAME_CODE_PLAIN, { "c8448ec9", "enter 0x8e44,0xc9", PLAIN, 0, false },
          { "6343a5", "movsxd eax,DWORD PTR [rbx-0x5b]", PLAIN, 0, false },
          { "660f2f00", "comisd xmm0,QWORD PTR [rax]", PLAIN, 0, false },
          { "0f2f00", "comiss xmm0,DWORD PTR [rax]", PLAIN, 0, false },
          { "c5f92f00", "vcomisd xmm0,QWORD PTR [rax]", PLAIN, 0, false },
          { "c5f82f00", "vcomiss xmm0,DWORD PTR [rax]", PLAIN, 0, false },
          { "dd38", "fnstsw WORD PTR [rax]", PLAIN, 0, false },
          { "dd30", "fnsave [rax]", PLAIN, 0, false },
          { "9bd938", "fstcw WORD PTR [rax]", PLAIN, 0, false },
          { "62f27d49a10408", "vpscatterqd DWORD PTR [rax+zmm1*1]{k1},ymm0", PLAIN, 0, false },
          { "d1f0", "shl eax,1", PLAIN, 0, false });
}

TEST(shadow_stacks)
{
    CHECK(&x86_64, false, FLAME_CODE_PLAIN, { "f3480faee9", "incsspq %rcx", PLAIN, 0, false },
          { "f30faee9", "incsspd %ecx", PLAIN, 0, false },
          { "f3490f1ec9", "rdsspq %r9", PLAIN, 0, false },
          { "f30f1ec8", "rdsspd %eax", PLAIN, 0, false },
          { "f30f01e8", "setssbsy", PLAIN, 0, false },
          { "f30f01ea", "saveprevssp", PLAIN, 0, false },
          { "f3420f012c25f0ffffff", "rstorssp -0x10(,%r12,1)", PLAIN, 0, false },
          { "f30fae33", "clrssbsy (%rbx)", PLAIN, 0, false },
          { "480f38f608", "wrssq %rcx,(%rax)", PLAIN, 0, false },
          { "660f38f50d10000000", "wrussd %ecx,0x10(%rip)", PLAIN, 0x1019, true },
          { "f30f1efa", "endbr64", PLAIN, 0, false }, { "f30f1efb", "endbr32", PLAIN, 0, false });
    CHECK(&x86_64, true, FLAME_CODE_PLAIN,
          { "f30f012b", "rstorssp QWORD PTR [rbx]", PLAIN, 0, false },
          { "f30fae33", "clrssbsy QWORD PTR [rbx]", PLAIN, 0, false },
          { "0f38f608", "wrssd [rax],ecx", PLAIN, 0, false });
    CHECK(&i386, false, FLAME_CODE_PLAIN, { "f30faee9", "incsspd %ecx", PLAIN, 0, false },
          { "f30f012b", "rstorssp (%ebx)", PLAIN, 0, false });
}

/* Every opcode of VEX and EVEX, with every prefix of theirs, with registers and memory. */
TEST(every_vector_opcode_is_something)
{
    static const uint8_t modrms[] = { 0x00, 0x05, 0x4c, 0xc1 };
    for (unsigned variant = 0; variant < 8; variant++) {
        bool evex = variant & 1;
        struct flame_disasm *disasm = disasm_opened(variant & 2 ? &i386 : &x86_64, variant & 4);
        for (unsigned i = 0; i < 3 * 256 * 8 * sizeof modrms; i++) {
            uint8_t bytes[12] = { 0x08, 0x10, 0x20, 0x30, 0x08, 0x10, 0x20, 0x30 }, *at = bytes;
            unsigned opcode = i & 255, prefix = i >> 8 & 3, w = i >> 10 & 1, form = i >> 11 & 3;
            *at++ = evex ? 0x62 : 0xc4;
            *at++ = (uint8_t)((evex ? 0xf1u : 0xe1u) + i / 0x2000);
            *at++ = (uint8_t)(w << 7 | 0x78 | (evex ? 4 : 0) | prefix);
            if (evex)
                *at++ = 0x48;
            *at++ = (uint8_t)opcode;
            *at++ = modrms[form];
            disasm_check_any(disasm, bytes, sizeof bytes, 0x1000, FLAME_CODE_PLAIN);
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
        cmocka_unit_test(vector_instructions_are_passed_over_whole),
        cmocka_unit_test(masks_do_not_lie_in_memory),
        cmocka_unit_test(x86_that_capstone_gets_wrong),
        cmocka_unit_test(shadow_stacks),
        cmocka_unit_test(every_vector_opcode_is_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
