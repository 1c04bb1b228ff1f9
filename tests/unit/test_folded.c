/* test_folded.c: folded text is sorted, clean, and complete. */
#include "check.h"

#include <flamedata/format.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define FRAME(text)                                                                                \
    {                                                                                              \
        { text, sizeof(text) - 1 }, FLAME_FRAME_USER                                               \
    }

static void assert_folded(const struct flame_stacks *stacks, const char *expected)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_output *output = flame_output_memory();
    assert_int_equal(flame_write_folded(stacks, output, &error), FLAME_OK);
    flame_put(output, "", 1);
    assert_string_equal(flame_output_bytes(output).ptr, expected);
    assert_int_equal(flame_output_commit(output, &error), FLAME_OK);
}

TEST(lines_are_sorted_frame_by_frame)
{
    static const struct flame_frame frames[] = { FRAME("a"), FRAME("a b"), FRAME("main"),
                                                 FRAME("z") };
    static const uint32_t ids[] = { 1, 2, 0, 3, 0, 0, 2, 0, 2, 3, 0, 2, 2 };
    static const struct flame_stack list[] = {
        { 0, 2, 1, 1 },  /* a b;main */
        { 2, 2, 2, 1 },  /* a;z */
        { 4, 1, 3, 1 },  /* a */
        { 5, 2, 4, 1 },  /* a;main */
        { 7, 3, 5, 1 },  /* a;main;z */
        { 10, 3, 6, 1 }, /* a;main;main */
    };
    const struct flame_stacks stacks = { .frames = frames,
                                         .frame_count = COUNT(frames),
                                         .ids = ids,
                                         .id_count = COUNT(ids),
                                         .stacks = list,
                                         .stack_count = COUNT(list) };
    assert_folded(&stacks, "a 3\n"
                           "a;main 4\n"
                           "a;main;main 6\n"
                           "a;main;z 5\n"
                           "a;z 2\n"
                           "a_b;main 1\n");
}

TEST(spaces_become_underscores_in_the_name_of_the_thread_alone)
{
    static const struct flame_frame frames[] = { FRAME("get some"), FRAME("worker \n;b") };
    static const uint32_t ids[] = { 1, 0, 1, 0, 1 };
    static const struct flame_stack list[] = { { 0, 3, 1, 1 }, { 3, 2, 2, 1 } };
    const struct flame_stacks stacks = { .frames = frames,
                                         .frame_count = COUNT(frames),
                                         .ids = ids,
                                         .id_count = COUNT(ids),
                                         .stacks = list,
                                         .stack_count = COUNT(list) };
    assert_folded(&stacks, "get_some;worker  :b 2\n"
                           "worker__:b;get some;worker  :b 1\n");
}

TEST(no_stacks_give_no_lines)
{
    const struct flame_stacks stacks = { 0 };
    assert_folded(&stacks, "");
}

TEST(names_cannot_end_a_frame_or_a_line)
{
    static const struct flame_frame frames[] = { FRAME(""), FRAME("f(;)"), FRAME("x\ny\r\0z;") };
    static const uint32_t ids[] = { 1, 2, 0 };
    static const struct flame_stack list[] = { { 0, 3, UINT64_MAX, 1 } };
    const struct flame_stacks stacks = { .frames = frames,
                                         .frame_count = COUNT(frames),
                                         .ids = ids,
                                         .id_count = COUNT(ids),
                                         .stacks = list,
                                         .stack_count = COUNT(list) };
    assert_folded(&stacks, "f(:);x y  z:; 18446744073709551615\n");
}

struct reference {
    char text[64];
};

static int compare_references(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Names are one letter, 'a' + id, so that bytes order as frames do once ';' is left out. */
TEST(many_stacks_come_out_as_a_plain_sort_has_them)
{
    enum { LETTERS = 4, DEEPEST = 7 };
    static char letters[LETTERS];
    static struct flame_frame frames[LETTERS];
    for (int i = 0; i < LETTERS; i++) {
        letters[i] = (char)('a' + i);
        frames[i] = (struct flame_frame){ { &letters[i], 1 }, FLAME_FRAME_USER };
    }
    uint64_t random = 1;
    for (size_t count = 1; count < 200; count++) {
        uint32_t *ids = calloc(count * DEEPEST, sizeof *ids);
        struct flame_stack *list = calloc(count, sizeof *list);
        struct reference *lines = calloc(count, sizeof *lines);
        for (size_t i = 0; i < count; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            list[i] = (struct flame_stack){ (uint32_t)(i * DEEPEST),
                                            (uint32_t)(random >> 60) % DEEPEST + 1, 7, 1 };
            char *p = lines[i].text;
            for (uint32_t k = 0; k < list[i].depth; k++) {
                uint32_t id = (uint32_t)(random >> (20 + 2 * k)) % LETTERS;
                ids[list[i].first + k] = id;
                *p++ = letters[id];
            }
        }
        qsort(lines, count, sizeof *lines, compare_references);
        struct flame_output *expected = flame_output_memory();
        for (size_t i = 0; i < count; i++) {
            for (const char *p = lines[i].text; *p; p++)
                flame_putf(expected, "%s%c", p > lines[i].text ? ";" : "", *p);
            flame_put_text(expected, " 7\n");
        }
        flame_put(expected, "", 1);
        const struct flame_stacks stacks = { .frames = frames,
                                             .frame_count = LETTERS,
                                             .ids = ids,
                                             .id_count = count * DEEPEST,
                                             .stacks = list,
                                             .stack_count = count };
        assert_folded(&stacks, flame_output_bytes(expected).ptr);
        flame_output_discard(expected);
        free(ids);
        free(list);
        free(lines);
    }
}

TEST(the_magic_tells_the_format)
{
    assert_int_equal(flame_probe("PERFILE2....", 12), FLAME_INPUT_PERF_DATA);
    assert_int_equal(flame_probe("2ELIFREP", 8), FLAME_INPUT_PERF_DATA);
    assert_int_equal(flame_probe("PERFFILE", 8), FLAME_INPUT_PERF_DATA);
    assert_int_equal(flame_probe("PERFILE", 7), FLAME_INPUT_UNKNOWN);
    assert_int_equal(flame_probe("\177ELF....", 8), FLAME_INPUT_UNKNOWN);
    assert_int_equal(flame_probe(NULL, 0), FLAME_INPUT_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_sorted_frame_by_frame),
        cmocka_unit_test(spaces_become_underscores_in_the_name_of_the_thread_alone),
        cmocka_unit_test(no_stacks_give_no_lines),
        cmocka_unit_test(names_cannot_end_a_frame_or_a_line),
        cmocka_unit_test(many_stacks_come_out_as_a_plain_sort_has_them),
        cmocka_unit_test(the_magic_tells_the_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
