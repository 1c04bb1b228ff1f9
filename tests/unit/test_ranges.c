/* test_ranges.c: a set of numbers, collected in any order. */
#include "check.h"
#include "ranges.h"

TEST(ranges_come_out_sorted_and_merged)
{
    struct flame_ranges r = { 0 };
    assert_true(flame_ranges_add(&r, 40, 50));
    assert_true(flame_ranges_add(&r, 10, 20));
    assert_true(flame_ranges_add(&r, 45, 60));
    assert_true(flame_ranges_add(&r, 20, 25));
    assert_true(flame_ranges_add(&r, 12, 14));
    flame_ranges_settle(&r);
    assert_int_equal(r.count, 2);
    assert_int_equal(r.items[0].start, 10);
    assert_int_equal(r.items[0].end, 25);
    assert_int_equal(r.items[1].start, 40);
    assert_int_equal(r.items[1].end, 60);
    assert_int_equal(flame_ranges_total(&r), 35);
    flame_ranges_free(&r);
}

TEST(a_range_holds_its_start_and_not_its_end)
{
    struct flame_ranges r = { 0 };
    flame_ranges_add(&r, 10, 20);
    flame_ranges_add(&r, 30, 31);
    flame_ranges_settle(&r);
    assert_false(flame_ranges_contain(&r, 9));
    assert_true(flame_ranges_contain(&r, 10));
    assert_true(flame_ranges_contain(&r, 19));
    assert_false(flame_ranges_contain(&r, 20));
    assert_true(flame_ranges_contain(&r, 30));
    assert_false(flame_ranges_contain(&r, 31));
    flame_ranges_free(&r);
}

TEST(empty_ranges_add_nothing)
{
    struct flame_ranges r = { 0 };
    assert_true(flame_ranges_add(&r, 5, 5));
    assert_true(flame_ranges_add(&r, 9, 3));
    flame_ranges_settle(&r);
    assert_int_equal(r.count, 0);
    assert_false(flame_ranges_contain(&r, 5));
    flame_ranges_free(&r);
}

TEST(more_may_be_added_to_settled_ranges)
{
    struct flame_ranges r = { 0 };
    flame_ranges_add(&r, 0, UINT64_MAX / 2);
    flame_ranges_settle(&r);
    flame_ranges_add(&r, UINT64_MAX - 1, UINT64_MAX);
    flame_ranges_add(&r, 3, 4);
    flame_ranges_settle(&r);
    assert_int_equal(r.count, 2);
    assert_true(flame_ranges_contain(&r, UINT64_MAX - 1));
    flame_ranges_free(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_come_out_sorted_and_merged),
        cmocka_unit_test(a_range_holds_its_start_and_not_its_end),
        cmocka_unit_test(empty_ranges_add_nothing),
        cmocka_unit_test(more_may_be_added_to_settled_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
