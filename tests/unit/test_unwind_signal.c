/* test_unwind_signal.c: walks through what signals interrupted, and through code that is known by
 * its bytes. */
#include "unwind_task.h"

/* What libc has at a handler's return: registers at fixed places of the copied context. */
static const struct flame_rule handler_return = {
    .cfa = { .kind = FLAME_RULE_COMPUTED },
    .return_address = { .column = RIP, .kind = FLAME_RULE_SAVED_AT, .value = 1 },
    .return_column = RIP,
    .signal = true,
    CELLS(SP_CELL),
    EXPRESSIONS(EXPRESSION(false, { .code = 0x77, .a = 8 }, { .code = 0x06 }),
                EXPRESSION(false, { .code = 0x77, .a = 16 })),
};
static const struct page with_signals[] = {
    { 0x1000, &plain, 0 }, { 0x4000, &outermost, 0 }, { 0x8000, &handler_return, 0 }, { 0, NULL, 0 }
};

TEST(what_a_signal_interrupted_is_exact)
{
    struct task *t = begin(&flame_arch_x86_64, 0x1010, with_signals);
    PUT(t, 0x8001, 1, SP + 4 * 8, 0x1000, 0x4040);
    walk(t);
    assert_int_equal(t->asked[1], 0x8000);
    assert_int_equal(t->asked[2], 0x1000); /* not in the page before */
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x8001 + 1, 0x1000 + 1, 0x4040);
}

TEST(a_handler_may_have_a_stack_of_its_own)
{
    struct task *t = begin(&flame_arch_x86_64, 0x1010, with_signals);
    memcpy(t->outside, (uint64_t[]){ 0x4040 }, 8);
    t->world.stack = t->stack;
    know(t, RSP, OUT + 0x100);
    PUT(t, 0x8001, 1, OUT, 0x1005);
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x8001 + 1, 0x1005 + 1, 0x4040);
}

TEST(a_handlers_return_is_exact_even_where_the_walk_ends)
{
    struct task *t = begin(&flame_arch_x86_64, 0x1010, with_signals);
    PUT(t, 0x8001, 1, SP);
    EXPECT(t, FLAME_END_DUMP, 0x1010, 0x8001 + 1);
    t = begin(&flame_arch_x86_64, 0x8000, with_signals);
    EXPECT(t, FLAME_END_DUMP, 0x8000);
}

static const struct page stubs[] = { { OUT, NULL, FLAME_END_NO_CFI },
                                     { 0x1000, &plain, 0 },
                                     { 0x4000, &outermost, 0 },
                                     { 0, NULL, 0 } };

/* Code as a number in the host's order. */
static void put_code(struct task *t, size_t at, uint64_t bytes)
{
    memcpy(t->outside + at, &bytes, 8);
}

TEST(a_linkers_stub_is_left_like_a_call)
{
    struct task *t = begin(&flame_arch_x86_64, OUT, stubs);
    put_code(t, 0, 0x68040302010025ff);
    know(t, RBP, SP + 8);
    PUT(t, 0x4040, SP + 64, 0x4050);
    EXPECT(t, FLAME_END_ROOT, OUT, 0x4040);
    /* Nothing returns to one. */
    t = begin(&flame_arch_x86_64, 0x1010, stubs);
    put_code(t, 1, 0x68040302010025ff);
    PUT(t, OUT + 1, 0x4040);
    EXPECT_IN(t, 0, FLAME_END_NO_CFI, 0x1010, OUT + 1);
    /* Another instruction. */
    t = begin(&flame_arch_x86_64, OUT, stubs);
    put_code(t, 0, 0x680403020100d0ff);
    PUT(t, 0x4040, SP + 64, 0x4050);
    EXPECT_IN(t, 0, FLAME_END_NO_CFI, OUT);
    t = begin(&flame_arch_i386, OUT, stubs);
    put_code(t, 0, 0x680403020100a3ff);
    PUT(t, 0x8080);
    EXPECT(t, FLAME_END_UNMAPPED, OUT, 0x8080);
}

TEST(a_handlers_return_is_known_by_its_code)
{
    struct task *t = begin(&flame_arch_x86_64, 0x1010, stubs);
    put_code(t, 1, 0x0f0000000fc0c748);
    uint64_t words[28] = { OUT + 1 };
    for (unsigned i = 0; i < 17; i++)
        words[6 + i] = 100 + i; /* r8 to rax, rcx, rsp, rip of the context */
    words[6 + 15] = SP + 24 * 8;
    words[6 + 16] = 0x1000;
    words[24] = 0x8888;
    put(t, words, 28);
    walk(t);
    static const uint8_t columns[] = { 8, 9, 10, 11, 12, 13, 14, 15, DI, SI, RBP, BX, DX, AX, CX };
    for (unsigned i = 0; i < sizeof columns; i++)
        assert_int_equal(t->registers.value[columns[i]], 100 + i);
    EXPECT(t, FLAME_END_UNMAPPED, 0x1010, (OUT + 1) + 1, 0x1000 + 1, 0x8888);
}

TEST(a_stack_below_the_handlers_is_no_cycle)
{
    struct task *t = begin(&flame_arch_x86_64, 0x1010, stubs);
    put_code(t, 1, 0x0f0000000fc0c748);
    memcpy(t->outside + 16, (uint64_t[]){ 0x4040 }, 8);
    know(t, RSP, OUT + 0x100);
    uint64_t words[28] = { OUT + 1 };
    words[6 + 15] = OUT + 16;
    words[6 + 16] = 0x1000;
    put(t, words, 28);
    EXPECT(t, FLAME_END_ROOT, 0x1010, (OUT + 1) + 1, 0x1000 + 1, 0x4040);
}

/* Each interrupted what the other one returns to. */
TEST(signal_frames_that_lead_to_each_other_are_a_cycle)
{
    enum { FRAMES = 64 };
    struct task *t = begin(&flame_arch_x86_64, 0x1010, with_signals);
    uint64_t pcs[FRAMES];
    PUT(t, 0x8001, 1, SP + 4 * 8, 0x1020, 0x8001, 1, SP, 0x1010);
    assert_true(flame_unwind(&t->world, &t->registers, pcs, FRAMES, &t->end));
    assert_int_equal(t->end.why, FLAME_END_CYCLE);
    assert_in_range(t->end.count, 8, 40);
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_signal_interrupted_is_exact),
        cmocka_unit_test(a_handler_may_have_a_stack_of_its_own),
        cmocka_unit_test(a_handlers_return_is_exact_even_where_the_walk_ends),
        cmocka_unit_test(a_linkers_stub_is_left_like_a_call),
        cmocka_unit_test(a_handlers_return_is_known_by_its_code),
        cmocka_unit_test(a_stack_below_the_handlers_is_no_cycle),
        cmocka_unit_test(signal_frames_that_lead_to_each_other_are_a_cycle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
