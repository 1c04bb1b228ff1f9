/* test_folded.c: folded text is sorted, clean, and complete. */
#include "check.h"

#include <flamedata/format.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define FRAME_OF(kind, text)                                                                       \
    {                                                                                              \
        { text, sizeof(text) - 1 }, FLAME_FRAME_##kind,                                            \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define FRAME(text) FRAME_OF(USER, text)

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
    static const struct flame_frame frames[] = { FRAME("a"), FRAME_OF(PROCESS, "a b"),
                                                 FRAME("main"), FRAME("z") };
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
    static const struct flame_frame frames[] = { FRAME("get some"),
                                                 FRAME_OF(PROCESS, "worker \n;b") };
    static const uint32_t ids[] = { 1, 0, 1, 0, 1 };
    static const struct flame_stack list[] = { { 0, 3, 1, 1 }, { 3, 2, 2, 1 } };
    const struct flame_stacks stacks = { .frames = frames,
                                         .frame_count = COUNT(frames),
                                         .ids = ids,
                                         .id_count = COUNT(ids),
                                         .stacks = list,
                                         .stack_count = COUNT(list) };
    assert_folded(&stacks, "get some;worker  :b 2\n"
                           "worker__:b;get some;worker  :b 1\n");
}

TEST(lines_that_are_spelled_the_same_are_one)
{
    static const struct flame_frame frames[] = {
        FRAME_OF(PROCESS, "a b"),  /* 0 */
        FRAME_OF(PROCESS, "a_b"),  /* 1 */
        FRAME_OF(USER, "f"),       /* 2 */
        FRAME_OF(INLINED, "f"),    /* 3 */
        FRAME_OF(USER, "g:h"),     /* 4 */
        FRAME_OF(USER, "g;h"),     /* 5 */
        FRAME_OF(USER, "memcpy"),  /* 6 */
        FRAME_OF(KERNEL, "memcpy") /* 7 */
    };
    static const uint32_t ids[] = { 1, 3, 7, 0, 2, 6, 1, 2, 6, 0, 3, 0, 3, 4, 0, 2, 5, 0, 1, 1 };
    static const struct flame_stack list[] = {
        { 0, 3, 1, 1 },                   /* a_b;f (inlined);memcpy of the kernel */
        { 3, 3, 10, 1 },                  /* the same in other kinds */
        { 6, 3, 100, 1 }, { 9, 2, 7, 1 }, /* a b;f (inlined) */
        { 11, 3, 20, 1 },                 /* a b;f (inlined);g:h */
        { 14, 3, 30, 1 },                 /* a b;f;g;h */
        { 17, 1, 2, 1 },                  /* a b */
        { 18, 2, 3, 1 },                  /* a_b, and a frame of that name */
    };
    const struct flame_stacks stacks = { .frames = frames,
                                         .frame_count = COUNT(frames),
                                         .ids = ids,
                                         .id_count = COUNT(ids),
                                         .stacks = list,
                                         .stack_count = COUNT(list) };
    assert_folded(&stacks, "a_b 2\n"
                           "a_b;a_b 3\n"
                           "a_b;f 7\n"
                           "a_b;f;g:h 50\n"
                           "a_b;f;memcpy 111\n");
}

TEST(a_number_at_the_end_of_a_name_is_not_read_as_a_weight)
{
    static const struct flame_frame frames[] = {
        FRAME("f 5"),        FRAME("g \t7.25 "), FRAME("h\n99999999999999999999"),
        FRAME("node:94:25"), FRAME("x12"),       FRAME("\t\n")
    };
    static const uint32_t ids[] = { 4, 0, 4, 1, 4, 2, 4, 3, 5 };
    static const struct flame_stack list[] = {
        { 0, 2, 1, 1 }, { 2, 2, 2, 1 }, { 4, 2, 3, 1 }, { 6, 2, 4, 1 }, { 8, 1, 5, 1 }
    };
    const struct flame_stacks stacks = { .frames = frames,
                                         .frame_count = COUNT(frames),
                                         .ids = ids,
                                         .id_count = COUNT(ids),
                                         .stacks = list,
                                         .stack_count = COUNT(list) };
    assert_folded(&stacks, "x12;f_5 1\n"
                           "x12;g _7.25  2\n"
                           "x12;h_99999999999999999999 3\n"
                           "x12;node:94:25 4\n"
                           "_  5\n");
}

TEST(lines_that_become_one_weigh_2_64_at_most)
{
    static const struct flame_frame frames[] = { FRAME("a") };
    static const uint32_t ids[] = { 0 };
    static const struct flame_stack list[] = { { 0, 1, UINT64_MAX, 1 }, { 0, 1, 2, 1 } };
    const struct flame_stacks stacks = { .frames = frames,
                                         .frame_count = 1,
                                         .ids = ids,
                                         .id_count = 1,
                                         .stacks = list,
                                         .stack_count = COUNT(list) };
    assert_folded(&stacks, "a 18446744073709551615\n");
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

/* Names are one letter, so that bytes order as frames do once ';' is left out; two frames have it,
 * where kinds says so. */
static void assert_plain_sort(uint32_t kinds)
{
    enum { LETTERS = 4, DEEPEST = 7 };
    static char letters[LETTERS];
    static struct flame_frame frames[2 * LETTERS];
    for (uint32_t i = 0; i < LETTERS * kinds; i++) {
        letters[i / kinds] = (char)('a' + i / kinds);
        frames[i] = (struct flame_frame){ { &letters[i / kinds], 1 },
                                          i % kinds ? FLAME_FRAME_INLINED : FLAME_FRAME_USER,
                                          { 0 } };
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
                uint32_t id = (uint32_t)(random >> (20 + 3 * k)) % (LETTERS * kinds);
                ids[list[i].first + k] = id;
                *p++ = letters[id / kinds];
            }
        }
        qsort(lines, count, sizeof *lines, compare_references);
        struct flame_output *expected = flame_output_memory();
        for (size_t i = 0, same = 0; i < count; i++) {
            same++;
            if (i + 1 < count && strcmp(lines[i].text, lines[i + 1].text) == 0)
                continue;
            for (const char *p = lines[i].text; *p; p++)
                flame_putf(expected, "%s%c", p > lines[i].text ? ";" : "", *p);
            flame_putf(expected, " %zu\n", 7 * same);
            same = 0;
        }
        flame_put(expected, "", 1);
        const struct flame_stacks stacks = { .frames = frames,
                                             .frame_count = LETTERS * kinds,
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

TEST(many_stacks_come_out_as_a_plain_sort_has_them)
{
    assert_plain_sort(1);
    assert_plain_sort(2);
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
        cmocka_unit_test(lines_that_are_spelled_the_same_are_one),
        cmocka_unit_test(a_number_at_the_end_of_a_name_is_not_read_as_a_weight),
        cmocka_unit_test(lines_that_become_one_weigh_2_64_at_most),
        cmocka_unit_test(no_stacks_give_no_lines),
        cmocka_unit_test(names_cannot_end_a_frame_or_a_line),
        cmocka_unit_test(many_stacks_come_out_as_a_plain_sort_has_them),
        cmocka_unit_test(the_magic_tells_the_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
