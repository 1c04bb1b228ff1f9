/* What branches and runs of code tell of instructions, by perf's rules. */
#include "cost.h"

#include "check.h"

#include <stdlib.h>

enum { START = 0x1000, COUNT = 10 };

/* Ten instructions of two bytes: offset 2i is instruction i. */
static struct flame_instruction *code(void)
{
    static struct flame_instruction list[COUNT];
    memset(list, 0, sizeof list);
    for (size_t i = 0; i < COUNT; i++) {
        list[i].address = START + 2 * i;
        list[i].size = 2;
    }
    return list;
}

/* Runs of one sample each, of so many cycles. */
static struct flame_run_count run(uint64_t start, uint64_t end, uint64_t cycles)
{
    return (struct flame_run_count){ start, end, 1, cycles, cycles, cycles, true };
}

static double apply(struct flame_instruction *list, const struct flame_run_count *runs,
                    size_t count)
{
    return flame_cost_apply(list, COUNT, START, NULL, 0, runs, count);
}

static void assert_ipc(const struct flame_instruction *list, size_t first, size_t last, double ipc)
{
    for (size_t i = first; i <= last; i++)
        if (list[i].ipc < ipc - 1e-6 || list[i].ipc > ipc + 1e-6)
            fail_msg("instruction %zu: ipc %f, not %f", i, list[i].ipc, ipc);
}

TEST(a_branch_is_counted_where_it_stands)
{
    struct flame_instruction *list = code();
    static const struct flame_branch_count branches[] = {
        { 4, 7, 1 }, { 5, 100, 100 }, { 18, 3, 2 }, { 18, 1, 0 }, { 20, 100, 100 }
    };
    double coverage = flame_cost_apply(list, COUNT, START, branches, 5, NULL, 0);
    assert_int_equal(list[2].taken, 7);
    assert_int_equal(list[2].mispredicted, 1);
    assert_int_equal(list[9].taken, 4);
    assert_int_equal(list[9].mispredicted, 2);
    for (size_t i = 0; i < COUNT; i++)
        assert_true(i == 2 || i == 9 || list[i].taken == 0);
    assert_true(coverage == 0);
}

TEST(a_run_gives_its_instructions_their_rate_and_its_branch_the_cycles)
{
    struct flame_instruction *list = code();
    /* instructions 2 to 5, 3 times, in 2, 3 and 11 cycles */
    struct flame_run_count runs[] = { { 4, 10, 3, 16, 2, 11, true } };
    double coverage = apply(list, runs, 1);
    assert_ipc(list, 0, 1, 0);
    assert_ipc(list, 2, 5, 4 / (16.0 / 3));
    assert_ipc(list, 6, 9, 0);
    assert_int_equal(list[5].cycles, 5);
    assert_int_equal(list[5].least_cycles, 2);
    assert_int_equal(list[5].most_cycles, 11);
    assert_int_equal(list[4].cycles, 0);
    assert_true(coverage == 0.4);
}

TEST(of_several_runs_the_longest_gives_the_rate_and_all_the_cycles)
{
    struct flame_instruction *list = code();
    struct flame_run_count no_start = run(0, 10, 50);
    no_start.has_start = false;
    struct flame_run_count runs[] = { run(6, 10, 1), run(2, 10, 5), no_start, run(4, 10, 2),
                                      run(2, 10, 15) };
    apply(list, runs, 5);
    assert_ipc(list, 0, 0, 0);
    assert_ipc(list, 1, 5, 5 / 10.0);
    assert_int_equal(list[5].cycles, (1 + 5 + 50 + 2 + 15) / 5);
    assert_int_equal(list[5].least_cycles, 1);
    assert_int_equal(list[5].most_cycles, 50);
}

TEST(a_run_without_a_start_has_cycles_but_no_rate)
{
    struct flame_instruction *list = code();
    struct flame_run_count runs[] = { { 0, 10, 2, 9, 4, 5, false } };
    assert_true(apply(list, runs, 1) == 0);
    assert_ipc(list, 0, 9, 0);
    assert_int_equal(list[5].cycles, 4);
}

TEST(where_runs_overlap_the_later_branch_has_its_way)
{
    struct flame_instruction *list = code();
    /* 1 to 3, 2 to 5, 8 to 9; then 0 to 4, which ends amid the second */
    struct flame_run_count runs[] = { run(2, 6, 1), run(0, 8, 1), run(4, 10, 2), run(16, 18, 1) };
    double coverage = apply(list, runs, 4);
    assert_ipc(list, 0, 1, 5); /* of 0 to 4; 1 to 3 comes too late */
    assert_ipc(list, 2, 5, 2);
    assert_ipc(list, 6, 7, 0);
    assert_ipc(list, 8, 9, 2);
    assert_true(coverage == 0.8);
}

TEST(a_run_may_begin_and_end_amid_instructions)
{
    struct flame_instruction *list = code();
    struct flame_run_count runs[] = { run(3, 7, 1) };
    apply(list, runs, 1);
    assert_ipc(list, 0, 1, 0);
    assert_ipc(list, 2, 3, 2);
    assert_ipc(list, 4, 9, 0);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(list[i].cycles, 0);
}

TEST(runs_beyond_the_code_and_empty_code_do_no_harm)
{
    struct flame_instruction *list = code();
    struct flame_run_count runs[] = { run(4, 2, 7), run(0, 1000, 1),
                                      run(UINT64_MAX - 5, UINT64_MAX - 2, 1) };
    struct flame_branch_count branches[] = { { UINT64_MAX, 1, 1 } };
    assert_true(flame_cost_apply(list, COUNT, START, branches, 1, runs, 2) == 1);
    assert_ipc(list, 0, 9, 10);
    assert_int_equal(list[1].cycles, 7);
    flame_cost_apply(list, COUNT, START, branches, 1, runs, 3);
    assert_true(flame_cost_apply(NULL, 0, START, branches, 1, runs, 2) == 0);
}

/* The rule as it is written down in perf, instruction by instruction. */
static double slowly(struct flame_instruction *list, const struct flame_run_count *runs,
                     size_t count)
{
    size_t covered = 0;
    for (int end = 2 * COUNT - 2; end >= 0; end -= 2) {
        const struct flame_run_count *longest = NULL;
        for (size_t i = 0; i < count; i++)
            if (runs[i].end == (uint64_t)end && (!longest || runs[i].start < longest->start))
                longest = &runs[i];
        if (!longest)
            continue;
        uint64_t cycles = 0, times = 0;
        for (size_t i = 0; i < count; i++)
            if (runs[i].end == (uint64_t)end && runs[i].start == longest->start) {
                cycles += runs[i].cycles;
                times += runs[i].count;
            }
        size_t first = longest->start / 2, last = (size_t)end / 2;
        float ipc = (float)((double)(last - first + 1) / ((double)cycles / (double)times));
        for (size_t i = first; i <= last; i++)
            if (list[i].ipc == 0) {
                list[i].ipc = (double)ipc;
                covered++;
            }
    }
    return (double)covered / COUNT;
}

static int by_end(const void *a, const void *b)
{
    const struct flame_run_count *x = a, *y = b;
    return x->end < y->end ? -1 : x->end > y->end;
}

TEST(any_set_of_runs_is_as_if_every_instruction_were_looked_at)
{
    uint32_t random = 1;
    for (int round = 0; round < 2000; round++) {
        struct flame_run_count runs[8];
        struct flame_instruction expected[COUNT], *list = code();
        size_t count = (size_t)round % 9;
        for (size_t i = 0; i < count; i++) {
            uint64_t number[3];
            for (int k = 0; k < 3; k++)
                number[k] = (random = random * 1664525 + 1013904223) >> 16;
            uint64_t end = number[0] % COUNT;
            runs[i] = run(2 * (number[1] % (end + 1)), 2 * end, number[2] % 20 + 1);
        }
        qsort(runs, count, sizeof *runs, by_end);
        memcpy(expected, list, sizeof expected);
        double wanted = slowly(expected, runs, count);
        assert_true(apply(list, runs, count) == wanted);
        for (size_t i = 0; i < COUNT; i++)
            assert_ipc(list, i, i, expected[i].ipc);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_branch_is_counted_where_it_stands),
        cmocka_unit_test(a_run_gives_its_instructions_their_rate_and_its_branch_the_cycles),
        cmocka_unit_test(of_several_runs_the_longest_gives_the_rate_and_all_the_cycles),
        cmocka_unit_test(a_run_without_a_start_has_cycles_but_no_rate),
        cmocka_unit_test(where_runs_overlap_the_later_branch_has_its_way),
        cmocka_unit_test(a_run_may_begin_and_end_amid_instructions),
        cmocka_unit_test(runs_beyond_the_code_and_empty_code_do_no_harm),
        cmocka_unit_test(any_set_of_runs_is_as_if_every_instruction_were_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
