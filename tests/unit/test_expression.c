/* test_expression.c: DWARF expressions, operation by operation. */
#include "check.h"
#include "expression.h"

#define OPS(...)                                                                                   \
    (const struct flame_rule_op[])                                                                 \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define COUNT(ops) ((uint32_t)(sizeof(ops) / sizeof(struct flame_rule_op)))
#define N(number)                                                                                  \
    {                                                                                              \
        .code = 0x11, .a = (uint64_t)(number)                                                      \
    } /* consts */
#define OP(number)                                                                                 \
    {                                                                                              \
        .code = number                                                                             \
    }

enum { CFA = 0x7000, BIAS = 0x500000, SP = 0x1000 };

static const uint8_t stack[16] = { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99 };

/* Register 3 holds 0x1000, register 100 holds 5; others are not known. */
static bool run(const struct flame_arch *arch, const struct flame_expression *e, uint64_t *value)
{
    struct flame_unwind_registers registers;
    memset(&registers, 0, sizeof registers);
    registers.known[0] = 1 << 3;
    registers.value[3] = SP;
    registers.known[1] = UINT64_C(1) << (100 - 64);
    registers.value[100] = 5;
    struct flame_unwind_world world = { .arch = arch, .stack = stack, .stack_size = sizeof stack };
    struct flame_stack_memory memory = flame_stack_memory_make(&world, SP);
    uint32_t steps = 1000;
    struct flame_expression_input input = { &registers, &memory, CFA, BIAS, &steps };
    return flame_expression_evaluate(e, &input, value);
}

static void expect(const struct flame_arch *arch, const struct flame_rule_op *ops, uint32_t count,
                   uint64_t want)
{
    uint64_t got = 0;
    assert_true(run(arch, &(struct flame_expression){ ops, count, false }, &got));
    assert_int_equal(got, want);
}

static void refuse(const struct flame_arch *arch, const struct flame_rule_op *ops, uint32_t count)
{
    uint64_t got = 77;
    assert_false(run(arch, &(struct flame_expression){ ops, count, false }, &got));
    assert_int_equal(got, 77);
}

#define EXPECT(want, ...)                                                                          \
    expect(&flame_arch_x86_64, OPS(__VA_ARGS__), COUNT(OPS(__VA_ARGS__)), (uint64_t)(want))
#define EXPECT_32(want, ...)                                                                       \
    expect(&flame_arch_i386, OPS(__VA_ARGS__), COUNT(OPS(__VA_ARGS__)), (uint64_t)(want))
#define REFUSE(...) refuse(&flame_arch_x86_64, OPS(__VA_ARGS__), COUNT(OPS(__VA_ARGS__)))

TEST(numbers_registers_and_addresses_are_pushed)
{
    EXPECT(0, OP(0x30));
    EXPECT(31, OP(0x4f));
    EXPECT(-1, { .code = 0x09, .a = UINT64_MAX });
    EXPECT(200, { .code = 0x08, .a = 200 });
    EXPECT(BIAS + 0x10, { .code = 0x03, .a = 0x10 });
    EXPECT(SP - 8, { .code = 0x73, .a = (uint64_t)-8 });
    EXPECT(12, { .code = 0x92, .a = 100, .b = 7 });
    EXPECT(1, N(1), OP(0x96));
}

TEST(registers_that_are_not_known_or_do_not_exist_fail)
{
    REFUSE({ .code = 0x74 });
    REFUSE({ .code = 0x92, .a = 99 });
    REFUSE({ .code = 0x92, .a = 128 });
    REFUSE({ .code = 0x92, .a = UINT64_MAX });
}

TEST(the_cfa_comes_first_where_asked_for)
{
    uint64_t got;
    assert_true(run(
        &flame_arch_x86_64,
        &(struct flame_expression){ OPS({ .code = 0x23, .a = (uint64_t)-16 }), 1, true }, &got));
    assert_int_equal(got, CFA - 16);
    assert_true(run(&flame_arch_x86_64, &(struct flame_expression){ NULL, 0, true }, &got));
    assert_int_equal(got, CFA);
}

TEST(the_stack_is_rearranged)
{
    EXPECT(14, N(7), OP(0x12), OP(0x22));
    EXPECT(2, N(1), N(2), N(3), OP(0x13));
    EXPECT(1, N(1), N(2), OP(0x14));
    EXPECT(1, N(1), N(2), N(3), { .code = 0x15, .a = 2 });
    EXPECT(3, N(1), N(2), N(3), { .code = 0x15, .a = 0 });
    EXPECT(1, N(1), N(2), OP(0x16));
    /* 1 2 3 becomes 3 1 2 */
    EXPECT(2, N(1), N(2), N(3), OP(0x17));
    EXPECT(1, N(1), N(2), N(3), OP(0x17), OP(0x13));
    EXPECT(3, N(1), N(2), N(3), OP(0x17), OP(0x13), OP(0x13));
}

TEST(arithmetic_is_that_of_words)
{
    EXPECT(5, N(-5), OP(0x19));
    EXPECT(INT64_MIN, N(INT64_MIN), OP(0x19));
    EXPECT(4, N(6), N(12), OP(0x1a));
    EXPECT(-3, N(-7), N(2), OP(0x1b));
    EXPECT(INT64_MIN, N(INT64_MIN), N(-1), OP(0x1b));
    EXPECT(-4, N(3), N(7), OP(0x1c));
    EXPECT(1, N(7), N(3), OP(0x1d));
    EXPECT(-21, N(7), N(-3), OP(0x1e));
    EXPECT(-7, N(7), OP(0x1f));
    EXPECT(-8, N(7), OP(0x20));
    EXPECT(14, N(6), N(12), OP(0x21));
    EXPECT(0, N(-1), N(1), OP(0x22));
    EXPECT(24, N(8), { .code = 0x23, .a = 16 });
    EXPECT(32, N(1), N(5), OP(0x24));
    EXPECT(1, N(32), N(5), OP(0x25));
    EXPECT(-2, N(-32), N(4), OP(0x26));
    EXPECT(10, N(6), N(12), OP(0x27));
}

TEST(shifts_by_too_much_leave_the_sign)
{
    EXPECT(0, N(-1), N(64), OP(0x24));
    EXPECT(0, N(-1), N(-1), OP(0x25));
    EXPECT(-1, N(-2), N(64), OP(0x26));
    EXPECT(0, N(2), N(1000), OP(0x26));
    EXPECT(-2, N(-2), N(0), OP(0x26));
}

TEST(comparisons_are_signed)
{
    EXPECT(1, N(3), N(3), OP(0x29));
    EXPECT(1, N(3), N(-3), OP(0x2a));
    EXPECT(0, N(3), N(3), OP(0x2b));
    EXPECT(1, N(-3), N(3), OP(0x2c));
    EXPECT(1, N(-3), N(3), OP(0x2d));
    EXPECT(0, N(3), N(3), OP(0x2e));
}

TEST(words_of_32_bits_wrap_there)
{
    EXPECT_32(0xfffffffc, N(-4));
    EXPECT_32(0, N(-1), N(1), OP(0x22));
    EXPECT_32(0xfffffffe, N(-32), N(4), OP(0x26));
    EXPECT_32(0xfffffffd, N(-7), N(2), OP(0x1b));
    EXPECT_32(1, N(-1), N(0), OP(0x2d));
    EXPECT_32(0, N(1), N(32), OP(0x24));
    EXPECT_32(0x44332211, N(SP), OP(0x06));
}

TEST(memory_is_read)
{
    EXPECT(0x8877665544332211, N(SP), OP(0x06));
    EXPECT(0x3322, N(SP + 1), { .code = 0x94, .a = 2 });
    EXPECT(0x88, N(SP + 7), { .code = 0x94, .a = 1 });
    EXPECT(0x55443322, N(SP + 1), { .code = 0x94, .a = 4 });
    REFUSE(N(SP + 9), OP(0x06));
    REFUSE(N(SP), { .code = 0x94, .a = 3 });
    REFUSE(N(SP), { .code = 0x94, .a = 16 });
    REFUSE(N(SP), { .code = 0x94, .a = 0 });
}

TEST(branches_go_to_operations)
{
    EXPECT(2, N(1), { .code = 0x2f, .a = 3 }, N(9), { .code = 0x23, .a = 1 });
    EXPECT(5, N(5), N(1), { .code = 0x28, .a = 4 }, N(9));
    EXPECT(9, N(5), N(0), { .code = 0x28, .a = 4 }, N(9));
    REFUSE(N(1), { .code = 0x2f, .a = 3 });
    REFUSE(N(1), { .code = 0x2f, .a = UINT64_MAX });
    REFUSE({ .code = 0x28, .a = 1 });
    /* sum, n: while n, sum is sum + n, n is n - 1 */
    EXPECT(55, N(0), N(10), OP(0x12), OP(0x17), OP(0x22), OP(0x16), N(1), OP(0x1c), OP(0x12),
           { .code = 0x28, .a = 2 }, OP(0x13));
}

TEST(a_loop_without_an_end_is_left)
{
    REFUSE(N(1), { .code = 0x2f, .a = 1 });
}

TEST(the_stack_has_two_ends)
{
    static const uint8_t takes_one[] = { 0x06, 0x12, 0x13, 0x19, 0x1f, 0x20, 0x23, 0x28 };
    for (size_t i = 0; i < sizeof takes_one; i++)
        REFUSE({ .code = takes_one[i] });
    static const uint8_t takes_two[] = { 0x14, 0x16, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x21, 0x22, 0x24,
                                         0x25, 0x26, 0x27, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e };
    for (size_t i = 0; i < sizeof takes_two; i++)
        REFUSE(N(1), { .code = takes_two[i] });
    REFUSE(N(1), N(2), OP(0x17));
    REFUSE(N(1), { .code = 0x15, .a = 1 });
    REFUSE(N(1), { .code = 0x15, .a = 255 });
    struct flame_rule_op many[65];
    for (size_t i = 0; i < 65; i++)
        many[i] = (struct flame_rule_op)OP(0x31);
    expect(&flame_arch_x86_64, many, 64, 1);
    refuse(&flame_arch_x86_64, many, 65);
}

TEST(what_has_no_result_fails)
{
    REFUSE(N(1), N(0), OP(0x1b));
    REFUSE(N(1), N(0), OP(0x1d));
    REFUSE(N(1), OP(0x13));
    refuse(&flame_arch_x86_64, NULL, 0);
}

TEST(operations_that_take_no_part_fail)
{
    static const uint8_t others[] = { 0x00, 0x50, 0x90, 0x93, 0x9c, 0x9f, 0xe0, 0xff };
    for (size_t i = 0; i < sizeof others; i++)
        REFUSE(N(1), N(1), N(1), { .code = others[i] });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_registers_and_addresses_are_pushed),
        cmocka_unit_test(registers_that_are_not_known_or_do_not_exist_fail),
        cmocka_unit_test(the_cfa_comes_first_where_asked_for),
        cmocka_unit_test(the_stack_is_rearranged),
        cmocka_unit_test(arithmetic_is_that_of_words),
        cmocka_unit_test(shifts_by_too_much_leave_the_sign),
        cmocka_unit_test(comparisons_are_signed),
        cmocka_unit_test(words_of_32_bits_wrap_there),
        cmocka_unit_test(memory_is_read),
        cmocka_unit_test(branches_go_to_operations),
        cmocka_unit_test(a_loop_without_an_end_is_left),
        cmocka_unit_test(the_stack_has_two_ends),
        cmocka_unit_test(what_has_no_result_fails),
        cmocka_unit_test(operations_that_take_no_part_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
