/* test_perf_map.c: what JIT compilers write into perf-PID.map. */
#include "check.h"
#include "perf_map.h"

struct seen {
    struct flame_perf_map_line lines[8];
    size_t count;
};

static bool keep(void *user, const struct flame_perf_map_line *line)
{
    struct seen *seen = user;
    seen->lines[seen->count++] = *line;
    return true;
}

static size_t read_text(struct seen *seen, const char *text)
{
    *seen = (struct seen){ .count = 0 };
    return flame_perf_map_read(text, strlen(text), keep, seen);
}

TEST(names_may_hold_spaces_and_numbers_a_prefix)
{
    struct seen seen;
    size_t skipped = read_text(&seen, "7f00a0 1c LazyCompile:*run /app/a b.js:1\n"
                                      "0x7F00C0 0x10 f\r\n"
                                      "ffffffffffffffff 0 last");
    assert_int_equal(skipped, 0);
    assert_int_equal(seen.count, 3);
    assert_true(seen.lines[0].start == 0x7f00a0 && seen.lines[0].size == 0x1c);
    assert_str(seen.lines[0].name, "LazyCompile:*run /app/a b.js:1");
    assert_true(seen.lines[1].start == 0x7f00c0 && seen.lines[1].size == 0x10);
    assert_str(seen.lines[1].name, "f");
    assert_true(seen.lines[2].start == UINT64_MAX && seen.lines[2].size == 0);
}

TEST(lines_of_another_form_are_skipped_and_counted)
{
    struct seen seen;
    size_t skipped = read_text(&seen, "\n"
                                      "10\n"
                                      "10 20\n"
                                      "10 20 \n"
                                      "10  name\n"
                                      "x 20 name\n"
                                      "11112222333344445 1 name\n"
                                      "0x 1 name\n"
                                      "10 20 good\n");
    assert_int_equal(skipped, 8);
    assert_int_equal(seen.count, 1);
    assert_str(seen.lines[0].name, "good");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_may_hold_spaces_and_numbers_a_prefix),
        cmocka_unit_test(lines_of_another_form_are_skipped_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
