/* test_unwind.c: walks over stacks of a few words, with rules made by hand. */
#include "unwind_task.h"

TEST(a_walk_reaches_the_root)
{
    struct task *t = x86(0x1010);
    know(t, RBP, SP + 5 * 8);
    PUT(t, 0x2020, 1, 0x3030, 2, 3, 0x99, 0x4040);
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x2020, 0x3030, 0x4040);
}

TEST(callers_are_looked_up_at_their_call)
{
    struct task *t = x86(0x1000);
    PUT(t, 0x4001);
    walk(t);
    assert_int_equal(t->asked_count, 2);
    assert_int_equal(t->asked[0], 0x1000);
    assert_int_equal(t->asked[1], 0x4000);
    free(t);
}

TEST(a_return_address_of_zero_is_the_end)
{
    struct task *t = x86(0x1010);
    PUT(t, 0x1020, 0);
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x1020);
}

TEST(the_copy_may_end)
{
    struct task *t = x86(0x1010);
    PUT(t, 0x2020, 1);
    EXPECT(t, FLAME_END_DUMP, 0x1010, 0x2020);
    t = x86(0x1010);
    EXPECT(t, FLAME_END_DUMP, 0x1010);
    t = x86(0x1010);
    PUT(t, 0x2020, 1, 0x1030);
    t->world.stack_size--;
    EXPECT(t, FLAME_END_DUMP, 0x1010, 0x2020);
    /* The last word counts. */
    t = x86(0x1010);
    PUT(t, 0x2020, 1, 0x4030);
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x2020, 0x4030);
}

TEST(what_is_neither_in_the_copy_nor_behind_it_is_broken)
{
    struct task *t = x86(0x3010);
    know(t, RBP, SP - 64);
    PUT(t, 1, 2, 3);
    EXPECT(t, FLAME_END_BROKEN, 0x3010);
    t = x86(0x3010);
    know(t, RBP, UINT64_C(0x7fff00000000));
    EXPECT(t, FLAME_END_BROKEN, 0x3010);
    t = x86(0x3010); /* its register is not known */
    PUT(t, 1, 2, 3);
    EXPECT(t, FLAME_END_BROKEN, 0x3010);
    t = x86(0x3010); /* wraps around */
    know(t, RBP, UINT64_MAX - 3);
    EXPECT(t, FLAME_END_BROKEN, 0x3010);
    t = x86(0x1010);
    t->registers.known[0] = 0;
    EXPECT(t, FLAME_END_BROKEN, 0x1010);
}

TEST(memory_outside_of_the_copy_is_asked_for)
{
    struct task *t = x86(0x3010);
    know(t, RBP, OUT);
    memcpy(t->outside, (uint64_t[]){ 0, 0x4040 }, 16);
    PUT(t, 1);
    EXPECT(t, FLAME_END_ROOT, 0x3010, 0x4040);
}

TEST(the_ends_that_code_knows_name_its_object)
{
    struct task *t = x86(0x1010);
    PUT(t, 0x5050);
    EXPECT_IN(t, 4, FLAME_END_NO_CFI, 0x1010, 0x5050);
    t = x86(0x1010);
    know(t, RBP, SP + 16); /* a file that is missing is not guessed about */
    PUT(t, 0x6060, 1, 0, 0x4040);
    EXPECT_IN(t, 5, FLAME_END_NO_OBJECT, 0x1010, 0x6060);
    t = x86(0x7070);
    EXPECT_IN(t, 6, FLAME_END_MISMATCH, 0x7070);
    t = x86(0x1010);
    PUT(t, 0x8888);
    EXPECT(t, FLAME_END_UNMAPPED, 0x1010, 0x8888);
    t = x86(0);
    EXPECT(t, FLAME_END_UNMAPPED, 0);
}

TEST(frames_do_not_go_down)
{
    struct task *t = x86(0x1010);
    know(t, RBP, SP); /* its CFA is SP + 16, below that of the frame below */
    PUT(t, 0x2020, 1, 0x3030, 0x3031);
    EXPECT(t, FLAME_END_CYCLE, 0x1010, 0x2020, 0x3030);
}

TEST(the_same_frame_twice_is_a_cycle)
{
    /* The return address is in a register, and nothing was pushed: arm64's way. */
    enum { LR = 30, ARM_SP = 31 };
    const struct flame_rule leaf = { .cfa = CFA_IS(ARM_SP, 0),
                                     .return_address = { .kind = FLAME_RULE_SAME },
                                     .return_column = LR,
                                     CELLS({ .column = ARM_SP, .kind = FLAME_RULE_CFA }) };
    const struct flame_rule from_1 = { .cfa = CFA_IS(ARM_SP, 0),
                                       .return_address = CFA_IS(1, 0),
                                       .return_column = LR,
                                       CELLS({ .column = ARM_SP, .kind = FLAME_RULE_CFA }) };
    const struct flame_rule from_2 = { .cfa = CFA_IS(ARM_SP, 0),
                                       .return_address = CFA_IS(2, 4),
                                       .return_column = LR,
                                       CELLS({ .column = ARM_SP, .kind = FLAME_RULE_CFA }) };
    const struct page pages[] = {
        { 0x1000, &leaf, 0 }, { 0x2000, &from_1, 0 }, { 0x3000, &from_2, 0 }, { 0, NULL, 0 }
    };
    struct task *t = begin(&flame_arch_arm64, 0x1010, pages);
    know(t, LR, 0x1020);
    EXPECT(t, FLAME_END_CYCLE, 0x1010, 0x1020);
    t = begin(&flame_arch_arm64, 0x1010, pages);
    know(t, LR, 0x2020);
    know(t, 1, 0x3030);
    know(t, 2, 0x201c);
    EXPECT(t, FLAME_END_CYCLE, 0x1010, 0x2020, 0x3030);
    t = begin(&flame_arch_arm64, 0x1010, pages);
    EXPECT(t, FLAME_END_BROKEN, 0x1010);
}

TEST(no_more_than_cap_frames_are_written)
{
    struct task *t = x86(0x1010);
    uint64_t words[CAP + 1];
    for (size_t i = 0; i <= CAP; i++)
        words[i] = 0x1020;
    put(t, words, CAP + 1);
    walk(t);
    assert_int_equal(t->end.count, CAP);
    assert_int_equal(t->end.why, FLAME_END_LIMIT);
    assert_int_equal(t->pcs[CAP - 1], 0x1020);
    free(t);
    t = x86(0x1010);
    words[CAP - 1] = 0;
    put(t, words, CAP);
    walk(t);
    assert_int_equal(t->end.count, CAP);
    assert_int_equal(t->end.why, FLAME_END_ROOT);
    free(t);
}

TEST(cells_are_computed_from_the_old_registers)
{
    /* bx and cx are exchanged, dx is bx + 1, si is where an expression finds it, di what another
     * computes from the CFA, ax the CFA - 4; bp is lost. */
    const struct flame_rule all = {
        .cfa = CFA_IS(RSP, 32),
        .return_address = { .column = RIP, .kind = FLAME_RULE_SAVED_AT, .value = 2 },
        .return_column = RIP,
        CELLS({ BX, FLAME_RULE_REGISTER, CX, 0 }, { CX, FLAME_RULE_REGISTER, BX, 0 },
              { DX, FLAME_RULE_REGISTER, BX, 1 }, { SI, FLAME_RULE_SAVED_AT, 0, 0 },
              { DI, FLAME_RULE_COMPUTED, 0, 1 }, { AX, FLAME_RULE_CFA, 0, -4 },
              { RBP, FLAME_RULE_SAVED, 0, -4000 }, { 8, FLAME_RULE_COMPUTED, 0, 3 },
              { 9, FLAME_RULE_COMPUTED, 0, -1 }, { 10, 99, 0, 0 }, SP_CELL),
        EXPRESSIONS(EXPRESSION(true, { .code = 0x23, .a = (uint64_t)-24 }),
                    EXPRESSION(true, { .code = 0x31 }, { .code = 0x22 }),
                    EXPRESSION(false, { .code = 0x77, .a = 24 })),
    };
    const struct page pages[] = { { 0x1000, &all, 0 }, { 0, NULL, 0 } };
    struct task *t = begin(&flame_arch_x86_64, 0x1010, pages);
    know(t, BX, 100);
    know(t, CX, 200);
    know(t, RBP, 1);
    know(t, 8, 1);
    know(t, 9, 1);
    know(t, 10, 1);
    know(t, 11, 300);
    PUT(t, 5, 6, 7, 0x8080);
    walk(t);
    assert_int_equal(t->end.count, 2);
    assert_int_equal(t->pcs[1], 0x8080);
    const struct flame_unwind_registers *r = &t->registers;
    assert_int_equal(r->known[0], 1 << AX | 1 << BX | 1 << CX | 1 << DX | 1 << SI | 1 << DI |
                                      1 << RSP | 1 << 11 | 1 << RIP);
    assert_int_equal(r->value[BX], 200);
    assert_int_equal(r->value[CX], 100);
    assert_int_equal(r->value[DX], 101);
    assert_int_equal(r->value[SI], 6);
    assert_int_equal(r->value[DI], SP + 33);
    assert_int_equal(r->value[AX], SP + 28);
    assert_int_equal(r->value[RSP], SP + 32);
    assert_int_equal(r->value[11], 300);
    assert_int_equal(r->value[RIP], 0x8080);
    free(t);
}

TEST(a_register_that_was_behind_the_copys_end_blames_the_copy)
{
    const struct flame_rule far = { .cfa = CFA_IS(RSP, 8),
                                    .return_address = RETURN_SAVED,
                                    .return_column = RIP,
                                    CELLS(SP_CELL, { RBP, FLAME_RULE_SAVED, 0, 16 }) };
    const struct page pages[] = { { 0x1000, &far, 0 }, { 0x3000, &framed, 0 }, { 0, NULL, 0 } };
    struct task *t = begin(&flame_arch_x86_64, 0x1010, pages);
    know(t, RBP, SP);
    PUT(t, 0x3030, 1);
    EXPECT(t, FLAME_END_DUMP, 0x1010, 0x3030);
}

TEST(a_computed_cfa_leads_through_a_stub)
{
    /* What GNU ld writes for PLT entries: rsp + 8, and 8 more from the 11th byte of the 16 on. */
    const struct flame_rule stub = {
        .cfa = { .kind = FLAME_RULE_COMPUTED },
        .return_address = RETURN_SAVED,
        .return_column = RIP,
        CELLS(SP_CELL),
        EXPRESSIONS(EXPRESSION(false, { .code = 0x77, .a = 8 }, { .code = 0x80 }, { .code = 0x3f },
                               { .code = 0x1a }, { .code = 0x3b }, { .code = 0x2a },
                               { .code = 0x33 }, { .code = 0x24 }, { .code = 0x22 })),
    };
    const struct page pages[] = { { 0x1000, &stub, 0 }, { 0x4000, &outermost, 0 }, { 0, NULL, 0 } };
    struct task *t = begin(&flame_arch_x86_64, 0x1016, pages);
    know(t, RIP, 0x1016);
    PUT(t, 0x4040, 0x4050);
    EXPECT(t, FLAME_END_ROOT, 0x1016, 0x4040);
    t = begin(&flame_arch_x86_64, 0x101b, pages);
    know(t, RIP, 0x101b);
    PUT(t, 0x4040, 0x4050);
    EXPECT(t, FLAME_END_ROOT, 0x101b, 0x4050);
}

TEST(big_endian_words_of_32_bits_are_read)
{
    enum { LINK = 65, R1 = 1, R31 = 31 };
    const struct flame_rule saved = { .cfa = CFA_IS(R1, 16),
                                      .return_address = { LINK, FLAME_RULE_SAVED, 0, 4 },
                                      .return_column = LINK,
                                      CELLS({ .column = R1, .kind = FLAME_RULE_CFA },
                                            { R31, FLAME_RULE_SAVED, 0, -4 }) };
    const struct flame_rule wraps = { .cfa = CFA_IS(R31, 0x20),
                                      .return_address = { LINK, FLAME_RULE_SAVED, 0, -4 },
                                      .return_column = LINK,
                                      CELLS({ .column = R1, .kind = FLAME_RULE_CFA }) };
    const struct page pages[] = { { 0x1000, &saved, 0 }, { 0x2000, &wraps, 0 }, { 0, NULL, 0 } };
    struct task *t = begin(&flame_arch_ppc, 0x1010, pages);
    t->world.swap = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    know(t, R1, SP);
    PUT(t, 0, 0, 0, SP, 0, 0x2020, 0x3333, 0);
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x2020);
    /* Addresses wrap at 32 bits. */
    t = begin(&flame_arch_ppc, 0x2010, pages);
    t->world.swap = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    know(t, R1, 0);
    know(t, R31, 0xfffffff0);
    PUT(t, 0, 0, 0, 0x5555);
    EXPECT(t, FLAME_END_UNMAPPED, 0x2010, 0x5555);
}

TEST(words_of_64_bits_are_read_in_the_files_order)
{
    struct task *t = x86(0x1010);
    t->world.swap = true;
    PUT(t, 0x2020, 1, 0x4040);
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x2020, 0x4040);
}

TEST(what_is_no_address_is_taken_off_return_addresses)
{
    enum { LR = 30, ARM_SP = 31, LR_32 = 14, SP_32 = 13 };
    const struct flame_rule signed_away = { .cfa = CFA_IS(ARM_SP, 16),
                                            .return_address = { LR, FLAME_RULE_SAVED, 0, -8 },
                                            .return_column = LR,
                                            CELLS({ .column = ARM_SP, .kind = FLAME_RULE_CFA }) };
    const struct flame_rule thumb = { .cfa = CFA_IS(SP_32, 8),
                                      .return_address = { LR_32, FLAME_RULE_SAVED, 0, -4 },
                                      .return_column = LR_32,
                                      CELLS({ .column = SP_32, .kind = FLAME_RULE_CFA }) };
    const struct page wide[] = { { 0x1000, &signed_away, 0 }, { 0, NULL, 0 } };
    const struct page narrow[] = { { 0x1000, &thumb, 0 }, { 0, NULL, 0 } };
    struct task *t = begin(&flame_arch_arm64, 0x1010, wide);
    PUT(t, 0, UINT64_C(0x00a5000000001020), 0, UINT64_C(0xff35000000000000));
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x1020);
    t = begin(&flame_arch_arm, 0x1010, narrow);
    PUT(t, 0, 0x1021, 0, 0x2021);
    walk(t);
    assert_int_equal(t->asked[1], 0x101f);
    EXPECT(t, FLAME_END_UNMAPPED, 0x1010, 0x1020, 0x2020);
}

TEST(expressions_share_their_steps)
{
    /* r8 is what a loop of 4 * rax steps leaves; the CFA is computed, too. */
    const struct flame_rule loops = {
        .cfa = { .kind = FLAME_RULE_COMPUTED },
        .return_address = RETURN_SAVED,
        .return_column = RIP,
        CELLS(SP_CELL, { 8, FLAME_RULE_COMPUTED, 0, 1 }),
        EXPRESSIONS(EXPRESSION(false, { .code = 0x77, .a = 8 }),
                    EXPRESSION(false, { .code = 0x70 }, { .code = 0x31 }, { .code = 0x1c },
                               { .code = 0x12 }, { .code = 0x28, .a = 1 }, { .code = 0x30 })),
    };
    const struct page pages[] = { { 0x1000, &loops, 0 }, { 0x4000, &outermost, 0 }, { 0, 0, 0 } };
    for (uint64_t few = 0; few < 2; few++) {
        struct task *t = begin(&flame_arch_x86_64, 0x1010, pages);
        know(t, AX, few ? 5000 : 10000);
        PUT(t, 0x1020, 0x1030, 0x4040);
        if (few)
            EXPECT(t, FLAME_END_ROOT, 0x1010, 0x1020, 0x1030, 0x4040);
        else /* the second loop is not done, so that the third CFA is not known */
            EXPECT(t, FLAME_END_BROKEN, 0x1010, 0x1020, 0x1030);
    }
}

TEST(steps_that_are_used_up_do_not_blame_the_copy)
{
    const struct flame_rule endless = {
        .cfa = { .kind = FLAME_RULE_COMPUTED },
        .return_address = RETURN_SAVED,
        .return_column = RIP,
        EXPRESSIONS(EXPRESSION(false, { .code = 0x77, .a = 64 }, { .code = 0x06 },
                               { .code = 0x2f, .a = 2 })),
        CELLS(SP_CELL),
    };
    const struct flame_rule far = { .cfa = CFA_IS(RSP, 8),
                                    .return_address = RETURN_SAVED,
                                    .return_column = RIP,
                                    CELLS(SP_CELL, { RBP, FLAME_RULE_SAVED, 0, 1000 }) };
    const struct page pages[] = { { 0x1000, &far, 0 }, { 0x2000, &endless, 0 }, { 0, 0, 0 } };
    struct task *t = begin(&flame_arch_x86_64, 0x1010, pages);
    PUT(t, 0x2020, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    EXPECT(t, FLAME_END_BROKEN, 0x1010, 0x2020);
}

TEST(the_upper_half_is_no_mark)
{
    struct task *t = x86(UINT64_C(0xffffffffff600000)); /* x86's [vsyscall] */
    EXPECT(t, FLAME_END_UNMAPPED, UINT64_C(0xffffffffff600000));
    t = x86(0x1010);
    PUT(t, UINT64_C(0xffffffffff600010));
    EXPECT(t, FLAME_END_UNMAPPED, 0x1010, UINT64_C(0xffffffffff600010));
}

TEST(many_frames_without_room_on_the_stack_are_none)
{
    /* arm64: each is left through register 1, which grows by 8. */
    enum { ARM_SP = 31, LR = 30 };
    const struct flame_rule grows = { .cfa = CFA_IS(ARM_SP, 0),
                                      .return_address = CFA_IS(1, 0),
                                      .return_column = LR,
                                      CELLS({ .column = ARM_SP, .kind = FLAME_RULE_CFA },
                                            { 1, FLAME_RULE_REGISTER, 1, 8 }) };
    const struct page pages[] = { { 0x1000, &grows, 0 }, { 0, NULL, 0 } };
    struct task *t = begin(&flame_arch_arm64, 0x1010, pages);
    know(t, 1, 0x1018);
    walk(t);
    assert_int_equal(t->end.why, FLAME_END_CYCLE);
    assert_in_range(t->end.count, 4, 12);
    free(t);
}

TEST(exhausted_memory_is_told)
{
    for (size_t i = 0; i < 3; i++) {
        struct task *t = x86(0x1010);
        t->fails_at = i;
        know(t, RBP, SP + 16);
        PUT(t, 0x5050, 1, 0, 0x4040); /* the third look-up is of a frame pointer's caller */
        assert_false(flame_unwind(&t->world, &t->registers, t->pcs, CAP, &t->end));
        free(t);
    }
}

TEST(a_world_may_know_nothing_but_the_stack)
{
    struct task *t = x86(0x5010);
    t->world.word = NULL;
    t->world.stack = NULL;
    EXPECT_IN(t, 4, FLAME_END_NO_CFI, 0x5010);
    t = x86(0x1010);
    t->world.word = NULL;
    EXPECT(t, FLAME_END_DUMP, 0x1010);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_reaches_the_root),
        cmocka_unit_test(callers_are_looked_up_at_their_call),
        cmocka_unit_test(a_return_address_of_zero_is_the_end),
        cmocka_unit_test(the_copy_may_end),
        cmocka_unit_test(what_is_neither_in_the_copy_nor_behind_it_is_broken),
        cmocka_unit_test(memory_outside_of_the_copy_is_asked_for),
        cmocka_unit_test(the_ends_that_code_knows_name_its_object),
        cmocka_unit_test(frames_do_not_go_down),
        cmocka_unit_test(the_same_frame_twice_is_a_cycle),
        cmocka_unit_test(no_more_than_cap_frames_are_written),
        cmocka_unit_test(cells_are_computed_from_the_old_registers),
        cmocka_unit_test(a_register_that_was_behind_the_copys_end_blames_the_copy),
        cmocka_unit_test(a_computed_cfa_leads_through_a_stub),
        cmocka_unit_test(big_endian_words_of_32_bits_are_read),
        cmocka_unit_test(words_of_64_bits_are_read_in_the_files_order),
        cmocka_unit_test(what_is_no_address_is_taken_off_return_addresses),
        cmocka_unit_test(expressions_share_their_steps),
        cmocka_unit_test(steps_that_are_used_up_do_not_blame_the_copy),
        cmocka_unit_test(the_upper_half_is_no_mark),
        cmocka_unit_test(many_frames_without_room_on_the_stack_are_none),
        cmocka_unit_test(exhausted_memory_is_told),
        cmocka_unit_test(a_world_may_know_nothing_but_the_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
