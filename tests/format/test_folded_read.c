/* test_folded_read.c: folded text of anybody's making, read. */
#include "vec.h"

#include <flamedata/format.h>
#include <flamedata/tree.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct flame_folded *read_bytes(const char *text, size_t size, bool in_order,
                                       bool last_first, struct flame_error *error)
{
    struct flame_text file = { "x.folded", text, size };
    struct flame_folded_options options = { in_order, last_first };
    return flame_folded_read(&file, 1, &options, error);
}

/* The stacks as text: "a;b before/weight\n" in the order in which they are. */
static void put_stacks(const struct flame_stacks *stacks, char *out, size_t cap)
{
    size_t used = 0;
    *out = 0;
    for (size_t i = 0; i < stacks->stack_count; i++) {
        const struct flame_stack *stack = &stacks->stacks[i];
        for (uint32_t d = 0; d < stack->depth; d++) {
            struct flame_str name = stacks->frames[stacks->ids[stack->first + d]].name;
            used += (size_t)snprintf(out + used, cap - used, "%s%.*s", d ? ";" : "", (int)name.len,
                                     name.ptr);
        }
        if (stacks->before)
            used += (size_t)snprintf(out + used, cap - used, " %llu",
                                     (unsigned long long)stacks->before[i]);
        used +=
            (size_t)snprintf(out + used, cap - used, " %llu\n", (unsigned long long)stack->weight);
        assert_true(used < cap);
    }
}

static void check_frames(const struct flame_stacks *stacks)
{
    for (size_t i = 1; i < stacks->frame_count; i++)
        assert_true(flame_str_compare(stacks->frames[i - 1].name, stacks->frames[i].name) < 0);
    for (size_t i = 0; i < stacks->id_count; i++)
        assert_true(stacks->ids[i] < stacks->frame_count);
}

/* Read, and compare; passed_over and cut lines as stated. */
static void expect(const char *text, bool in_order, bool last_first, const char *expected,
                   uint64_t passed_over, uint64_t cut)
{
    struct flame_error error = FLAME_ERROR_INIT;
    char out[2000];
    struct flame_folded *folded = read_bytes(text, strlen(text), in_order, last_first, &error);
    assert_non_null(folded);
    check_frames(flame_folded_stacks(folded));
    put_stacks(flame_folded_stacks(folded), out, sizeof out);
    assert_string_equal(out, expected);
    assert_int_equal(flame_folded_report(folded)->passed_over, passed_over);
    assert_int_equal(flame_folded_report(folded)->cut, cut);
    flame_folded_free(folded);
}

static void expect_error(const char *text, enum flame_status status, const char *words)
{
    struct flame_error error = FLAME_ERROR_INIT;
    assert_null(read_bytes(text, strlen(text), false, false, &error));
    assert_int_equal(error.status, status);
    assert_string_equal(error.path, "x.folded");
    assert_string_equal(error.text, words);
}

static void the_weight_is_behind_the_last_blank_so_that_names_may_have_some(void **state)
{
    (void)state;
    expect("my app;operator new(unsigned long);[u8; 8] 12\n", false, false,
           "my app;operator new(unsigned long);[u8; 8] 12\n", 0, 0);
    expect("tabbed\t4\n", false, false, "tabbed 4\n", 0, 0);
    expect("  lead;x   5  \n", false, false, "lead;x 5\n", 0, 0);
}

static void equal_stacks_are_one_and_names_are_kept_once(void **state)
{
    (void)state;
    expect("b;x 1\na;y 2\nb;x 3\na 4\n", false, false, "b;x 4\na;y 2\na 4\n", 0, 0);
}

static void what_a_line_shares_with_the_one_before_ends_at_a_frame(void **state)
{
    (void)state;
    expect("a;bcd;e 1\na;bcde;e 2\na;bcd 3\na;bcd;e;f 4\na;bcd;e; 5\n", false, false,
           "a;bcd;e 1\na;bcde;e 2\na;bcd 3\na;bcd;e;f 4\na;bcd;e; 5\n", 0, 0);
}

static void in_order_nothing_is_merged_and_the_last_may_come_first(void **state)
{
    (void)state;
    expect("a 1\nb 2\na 3\n", true, false, "a 1\nb 2\na 3\n", 0, 0);
    expect("a 1\nb 2\na 3\n", true, true, "a 3\nb 2\na 1\n", 0, 0);
    expect("a 1 9\nb 2 8\n", true, true, "b 2 8\na 1 9\n", 0, 0);
}

static void windows_lines_blank_ones_and_no_end_of_the_last_are_fine(void **state)
{
    (void)state;
    expect("a;b 1\r\n\r\n   \n\na;c 2", false, false, "a;b 1\na;c 2\n", 0, 0);
}

static void lines_that_are_not_folded_are_counted_and_passed_over(void **state)
{
    (void)state;
    expect("# comment\na 1\nnothing\n 7\nb -1\nb 1e3\nb .5\nb 1.2.3\nb 0x10\n"
           "b 99999999999999999999\n",
           false, false, "a 1\n", 9, 0);
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_folded *folded = read_bytes("\na 1\noops\nb\n", 12, false, false, &error);
    assert_non_null(folded);
    const struct flame_folded_report *report = flame_folded_report(folded);
    assert_int_equal(report->lines, 1);
    assert_int_equal(report->passed_over, 2);
    assert_string_equal(report->first_passed_over.text,
                        "line 3: 'oops' does not end in a weight, as \"caller;callee 12\" does");
    flame_folded_free(folded);
}

static void without_a_single_stack_the_first_line_is_the_error(void **state)
{
    (void)state;
    expect_error("\nhello, world\nb\n", FLAME_FORMAT,
                 "line 2: 'hello, world' does not end in a weight, as \"caller;callee 12\" does");
    expect_error("a 18446744073709551616\n", FLAME_FORMAT,
                 "line 1: 'a 18446744073709551616' ends in a number that is larger than 2^64");
    expect_error("\n\n", FLAME_EMPTY, "no stacks in it");
    expect_error("a;b 0\nc 0\n", FLAME_EMPTY, "all weights are 0");
    expect_error("a;b 0.4\n", FLAME_EMPTY,
                 "all weights are less than 1; multiply them, and draw with --factor");
}

static void fractions_are_cut_off_and_counted(void **state)
{
    (void)state;
    expect("a 12.5\nb 3.\nc 4.0\nd 0.9\n", false, false, "a 12\nb 3\nc 4\nd 0\n", 0, 2);
}

static void of_two_numbers_the_first_is_the_weight_before(void **state)
{
    (void)state;
    expect("a;b 5 8\nc 3\na;b 1 1\n", false, false, "a;b 6 9\nc 3 3\n", 0, 0);
    expect("a;b 1 2 3\n", false, false, "a;b 1 2 3\n", 0, 0);
    expect("5 8\n", false, false, "5 8\n", 0, 0); /* a frame called 5 */
}

static void weights_saturate(void **state)
{
    (void)state;
    expect("a 18446744073709551615\na 7\nb 1\n", false, false, "a 18446744073709551615\nb 1\n", 0,
           0);
}

static void marks_and_brackets_tell_kinds(void **state)
{
    (void)state;
    const char text[] = "app;f;g_[k];h_[j];i_[i];[unknown];[libc.so.6];;x_[w] 1\n";
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_folded *folded = read_bytes(text, sizeof text - 1, false, false, &error);
    assert_non_null(folded);
    const struct flame_stacks *stacks = flame_folded_stacks(folded);
    static const enum flame_frame_kind kinds[] = {
        FLAME_FRAME_USER,    FLAME_FRAME_USER,    FLAME_FRAME_KERNEL,
        FLAME_FRAME_JIT,     FLAME_FRAME_INLINED, FLAME_FRAME_UNKNOWN,
        FLAME_FRAME_UNKNOWN, FLAME_FRAME_UNKNOWN, FLAME_FRAME_USER,
    };
    assert_int_equal(stacks->id_count, 9);
    for (size_t i = 0; i < 9; i++)
        assert_int_equal(stacks->frames[stacks->ids[i]].kind, kinds[i]);
    flame_folded_free(folded);
}

static void several_files_are_one_profile(void **state)
{
    (void)state;
    struct flame_text files[] = { { "1", "a;b 1", 5 }, { "2", "a;b 2\nbad\n", 10 } };
    struct flame_folded_options options = { false, false };
    struct flame_folded *folded = flame_folded_read(files, 2, &options, NULL);
    char out[100];
    assert_non_null(folded);
    put_stacks(flame_folded_stacks(folded), out, sizeof out);
    assert_string_equal(out, "a;b 3\n");
    assert_string_equal(flame_folded_report(folded)->first_passed_over.path, "2");
    flame_folded_free(folded);
}

static void any_bytes_may_be_in_a_name(void **state)
{
    (void)state;
    static const char text[] = "a\0b;\xff\xfe;\xe2\x80\xae<&\"]]> 3\n";
    struct flame_folded *folded = read_bytes(text, sizeof text - 1, false, false, NULL);
    assert_non_null(folded);
    const struct flame_stacks *stacks = flame_folded_stacks(folded);
    assert_int_equal(stacks->id_count, 3);
    struct flame_str first = stacks->frames[stacks->ids[0]].name;
    assert_int_equal(first.len, 3);
    assert_memory_equal(first.ptr, "a\0b", 3);
    flame_folded_free(folded);
}

enum { LONG = 64 << 10, DEEP = 100000, MANY = 300000 };

static void names_may_be_long_and_stacks_deep(void **state)
{
    (void)state;
    size_t size = LONG + 2 * DEEP + 2;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, 'n', LONG);
    for (size_t i = 0; i < DEEP; i++)
        memcpy(text + LONG + 2 * i, ";f", 2);
    memcpy(text + size - 2, " 1", 2);
    struct flame_folded *folded = read_bytes(text, size, false, false, NULL);
    assert_non_null(folded);
    assert_int_equal(flame_folded_stacks(folded)->stacks[0].depth, DEEP + 1);
    assert_int_equal(flame_folded_stacks(folded)->frame_count, 2);
    flame_folded_free(folded);
    free(text);
}

static void many_stacks_are_all_kept(void **state)
{
    (void)state;
    struct {
        char *items;
        size_t count, cap;
    } text = { 0 };
    for (unsigned i = 0; i < MANY; i++) {
        assert_true(flame_vec_reserve(&text, 64));
        text.count +=
            (size_t)sprintf(text.items + text.count, "app;main;f%u;g%u 2\n", i % 1000, i / 1000);
    }
    struct flame_folded *folded = read_bytes(text.items, text.count, false, false, NULL);
    assert_non_null(folded);
    const struct flame_stacks *stacks = flame_folded_stacks(folded);
    check_frames(stacks);
    assert_int_equal(stacks->stack_count, MANY);
    assert_int_equal(stacks->total_weight, 2 * MANY);
    flame_folded_free(folded);
    flame_vec_free(&text);
}

/* Whatever the bytes: no stack without frames, no id without a name, and the sum is the sum. */
static void noise_is_read_or_refused(void **state)
{
    (void)state;
    static const char alphabet[] = "ab;; 0 1.\n\r\t\0\xff_[k]";
    uint64_t seed = 7;
    char text[300];
    for (int round = 0; round < 5000; round++) {
        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            text[i] = alphabet[(seed >> 33) % (sizeof alphabet - 1)];
        }
        struct flame_error error = FLAME_ERROR_INIT;
        struct flame_folded *folded = read_bytes(text, sizeof text, round % 2, false, &error);
        if (!folded) {
            assert_true(error.status == FLAME_FORMAT || error.status == FLAME_EMPTY);
            continue;
        }
        const struct flame_stacks *stacks = flame_folded_stacks(folded);
        uint64_t sum = 0;
        check_frames(stacks);
        for (size_t i = 0; i < stacks->stack_count; i++) {
            assert_true(stacks->stacks[i].depth > 0);
            sum += stacks->stacks[i].weight;
        }
        assert_int_equal(sum, stacks->total_weight);
        flame_folded_free(folded);
    }
}

static bool probes_folded(const char *text)
{
    return flame_probe(text, strlen(text)) == FLAME_INPUT_FOLDED;
}

static void the_first_lines_tell_folded_text(void **state)
{
    (void)state;
    assert_true(probes_folded("a;b 1\n"));
    assert_true(probes_folded("# made by x\n\na;b 1"));
    assert_true(probes_folded("a;b 1 2\n"));
    assert_true(probes_folded("\xff\xfe;b 1\n"));
    assert_false(probes_folded("hello, world\n"));
    assert_false(probes_folded("PERFILE2;a 1\n"));
    assert_false(probes_folded("\177ELF 1\n"));
    assert_false(probes_folded("\x1f\x8b\x08 1\n"));
    assert_false(probes_folded("{\"a\": 1}\n"));
    assert_false(probes_folded(""));
    assert_int_equal(flame_probe("a\0b 1\n", 6), FLAME_INPUT_FOLDED);
    assert_int_equal(flame_probe("perf.data\0\0\0ustar 1\n", 20), FLAME_INPUT_UNKNOWN);
}

static void what_was_read_is_written_again(void **state)
{
    (void)state;
    const char text[] = "a b;operator new 2\na b;x_[k] 1\nmain 3\n";
    struct flame_folded *folded = read_bytes(text, sizeof text - 1, false, false, NULL);
    struct flame_output *out = flame_output_memory();
    assert_int_equal(flame_write_folded(flame_folded_stacks(folded), out, NULL), FLAME_OK);
    assert_true(flame_str_is(flame_output_bytes(out), text));
    flame_output_discard(out);
    flame_folded_free(folded);
    static const char two[] = "a;b 5 8\na;c 3\n", both[] = "a;b 5 8\na;c 3 3\n";
    folded = read_bytes(two, sizeof two - 1, false, false, NULL);
    out = flame_output_memory();
    assert_int_equal(flame_write_folded(flame_folded_stacks(folded), out, NULL), FLAME_OK);
    assert_true(flame_str_is(flame_output_bytes(out), both));
    flame_output_discard(out);
    flame_folded_free(folded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_weight_is_behind_the_last_blank_so_that_names_may_have_some),
        cmocka_unit_test(equal_stacks_are_one_and_names_are_kept_once),
        cmocka_unit_test(what_a_line_shares_with_the_one_before_ends_at_a_frame),
        cmocka_unit_test(in_order_nothing_is_merged_and_the_last_may_come_first),
        cmocka_unit_test(windows_lines_blank_ones_and_no_end_of_the_last_are_fine),
        cmocka_unit_test(lines_that_are_not_folded_are_counted_and_passed_over),
        cmocka_unit_test(without_a_single_stack_the_first_line_is_the_error),
        cmocka_unit_test(fractions_are_cut_off_and_counted),
        cmocka_unit_test(of_two_numbers_the_first_is_the_weight_before),
        cmocka_unit_test(weights_saturate),
        cmocka_unit_test(marks_and_brackets_tell_kinds),
        cmocka_unit_test(several_files_are_one_profile),
        cmocka_unit_test(any_bytes_may_be_in_a_name),
        cmocka_unit_test(names_may_be_long_and_stacks_deep),
        cmocka_unit_test(many_stacks_are_all_kept),
        cmocka_unit_test(noise_is_read_or_refused),
        cmocka_unit_test(the_first_lines_tell_folded_text),
        cmocka_unit_test(what_was_read_is_written_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
