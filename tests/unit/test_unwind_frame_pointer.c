/* test_unwind_frame_pointer.c: walks through code that has no rules. */
#include "unwind_task.h"

TEST(code_without_rules_is_left_by_its_frame_pointer)
{
    struct task *t = x86(0x1010);
    know(t, RBP, SP + 3 * 8);
    know(t, BX, 1);
    /* jitted code calls plain; its caller has a frame pointer; that one's has none */
    PUT(t, 0x5050, 1, 2, SP + 6 * 8, 0x5060, 3, 0xdead, 0x4040);
    walk(t);
    assert_int_equal(t->registers.known[0], 1 << RBP | 1 << RSP);
    assert_int_equal(t->registers.value[RSP], SP + 8 * 8);
    assert_int_equal(t->registers.value[RBP], 0xdead);
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x5050, 0x5060, 0x4040);
}

/* A frame without rules whose frame pointer is fp, on a stack of three words. */
static void expect_no_frame(uint64_t fp, uint64_t caller)
{
    struct task *t = x86(0x5010);
    know(t, RBP, fp);
    PUT(t, 0, SP + 0x100, caller);
    EXPECT_IN(t, 4, FLAME_END_NO_CFI, 0x5010);
}

TEST(what_is_no_frame_pointer_is_not_followed)
{
    expect_no_frame(SP + 8, 0);           /* leads to nothing */
    expect_no_frame(SP + 8, 0x8888);      /* to no code */
    expect_no_frame(SP + 9, 0x4040);      /* is not aligned */
    expect_no_frame(SP + 16, 0x4040);     /* is at the end */
    expect_no_frame(SP - 8, 0x4040);      /* is below the frame */
    expect_no_frame(0, 0x4040);           /* is none */
    expect_no_frame(SP + 0x4008, 0x4040); /* is far away */
    expect_no_frame(UINT64_MAX - 7, 0x4040);
    struct task *t = x86(0x5010); /* is not known */
    PUT(t, 0, SP + 0x100, 0x4040);
    EXPECT_IN(t, 4, FLAME_END_NO_CFI, 0x5010);
    t = x86(0x5010); /* the one that is */
    know(t, RBP, SP + 8);
    PUT(t, 0, SP + 0x100, 0x4040);
    EXPECT(t, FLAME_END_ROOT, 0x5010, 0x4040);
}

/* A frame without rules, with what a frame pointer of OUT + at leads to; sp is its stack pointer.
 */
static struct task *pointing_out(uint64_t sp, size_t at)
{
    struct task *t = x86(0x5010);
    know(t, RSP, sp);
    know(t, RBP, OUT + at);
    memcpy(t->outside + at, (uint64_t[]){ SP, 0x4040 }, 16);
    PUT(t, 1);
    return t;
}

TEST(a_frame_pointer_lies_in_its_frame)
{
    enum { REACH = 0x4000 };
    EXPECT(pointing_out(OUT, 0), FLAME_END_ROOT, 0x5010, 0x4040);
    EXPECT(pointing_out(OUT - REACH, 0), FLAME_END_ROOT, 0x5010, 0x4040);
    EXPECT_IN(pointing_out(OUT - REACH - 8, 0), 4, FLAME_END_NO_CFI, 0x5010);
    EXPECT_IN(pointing_out(OUT + 24, 0), 4, FLAME_END_NO_CFI, 0x5010);
    EXPECT_IN(pointing_out(OUT - 64, 1), 4, FLAME_END_NO_CFI, 0x5010);
}

/* Of an architecture, a frame without rules at a frame pointer of SP + fp words. */
static struct flame_unwind_registers left(const struct flame_arch *arch, unsigned fp,
                                          const uint64_t words[4], uint64_t pc)
{
    struct task *t = begin(arch, 0x5010, usual);
    know(t, arch->frame.column, SP + fp * arch->word);
    put(t, words, 4);
    walk(t);
    assert_int_equal(t->end.count, 2);
    assert_int_equal(t->pcs[1], pc);
    struct flame_unwind_registers registers = t->registers;
    free(t);
    return registers;
}

TEST(each_architecture_has_its_frames)
{
    struct flame_unwind_registers r;
    r = left(&flame_arch_i386, 1, (uint64_t[]){ 0, SP + 64, 0x6060, 0 }, 0x6060);
    assert_int_equal(r.value[4], SP + 12);
    assert_int_equal(r.value[5], SP + 64);
    r = left(&flame_arch_arm64, 1, (uint64_t[]){ 0, SP + 64, UINT64_C(0x00a5000000006060), 0 },
             0x6060);
    assert_int_equal(r.value[31], SP + 64);
    assert_int_equal(r.value[29], SP + 64);
    r = left(&flame_arch_riscv64, 3, (uint64_t[]){ 0, SP + 64, 0x6060, 0 }, 0x6060);
    assert_int_equal(r.value[2], SP + 24);
    assert_int_equal(r.value[8], SP + 64);
    r = left(&flame_arch_riscv32, 3, (uint64_t[]){ 0, SP + 64, 0x6060, 0 }, 0x6060);
    assert_int_equal(r.value[2], SP + 12);
    r = left(&flame_arch_loongarch64, 3, (uint64_t[]){ 0, SP + 64, 0x6060, 0 }, 0x6060);
    assert_int_equal(r.value[3], SP + 24);
    assert_int_equal(r.value[22], SP + 64);
}

TEST(architectures_without_such_a_habit_stay)
{
    struct task *t = begin(&flame_arch_s390x, 0x5010, usual);
    know(t, 11, SP + 8);
    PUT(t, 0, SP + 0x100, 0x4040);
    EXPECT_IN(t, 4, FLAME_END_NO_CFI, 0x5010);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_without_rules_is_left_by_its_frame_pointer),
        cmocka_unit_test(what_is_no_frame_pointer_is_not_followed),
        cmocka_unit_test(a_frame_pointer_lies_in_its_frame),
        cmocka_unit_test(each_architecture_has_its_frames),
        cmocka_unit_test(architectures_without_such_a_habit_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
