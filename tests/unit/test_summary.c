/* test_summary.c: what lines and inlined functions are worth. */
#include "check.h"
#include "summary.h"

enum { EVENTS = 2 };

static const struct flame_source_file a_c = { .name = { "a.c", 3 } };
static const struct flame_source_file b_c = { .name = { "b.c", 3 } };

/* An instruction of a line, with hits of two events. */
static struct flame_instruction instruction(const struct flame_source_file *source, uint32_t line,
                                            const struct flame_hits hits[EVENTS])
{
    return (struct flame_instruction){ .source = source, .line = line, .hits = hits };
}

static struct flame_instruction inlined(struct flame_instruction at,
                                        const struct flame_inlined_at *chain, size_t count)
{
    at.inlined = chain;
    at.inlined_count = count;
    return at;
}

static void summarize(struct flame_annotated *f, const struct flame_instruction *instructions,
                      size_t count, struct flame_arena *arena)
{
    *f = (struct flame_annotated){ .symbol = { "main", 4 },
                                   .instructions = instructions,
                                   .instruction_count = count };
    flame_arena_init(arena, SIZE_MAX);
    assert_int_equal(flame_summarize(f, EVENTS, NULL, 0, arena), FLAME_OK);
}

static void expect(const struct flame_hits_of *of, const struct flame_source_file *source,
                   uint32_t line, const char *name, uint64_t period)
{
    assert_ptr_equal(of->source, source);
    assert_int_equal(of->line, line);
    assert_str(of->name, name);
    assert_int_equal(of->hits[0].period, period);
}

TEST(lines_are_summed_by_the_function_that_they_are_in)
{
    static const struct flame_hits one[] = { { 1, 10 }, { 0, 0 } }, two[] = { { 1, 5 }, { 1, 1 } },
                                   none[EVENTS];
    static const struct flame_inlined_at helper = { .name = { "helper", 6 } };
    const struct flame_instruction all[] = {
        instruction(&a_c, 1, one),
        instruction(&a_c, 2, none),
        inlined(instruction(&a_c, 1, two), &helper, 1),
        instruction(&a_c, 1, two),
        instruction(NULL, 0, one), /* of no line that is known */
        instruction(&a_c, 0, two), /* of no line in particular */
    };
    struct flame_annotated f;
    struct flame_arena arena;
    summarize(&f, all, 6, &arena);
    assert_int_equal(f.line_count, 3);
    expect(&f.lines[0], &a_c, 1, "main", 15);
    assert_int_equal(f.lines[0].hits[0].samples, 2);
    assert_int_equal(f.lines[0].hits[1].period, 1);
    expect(&f.lines[1], &a_c, 0, "main", 5);
    expect(&f.lines[2], &a_c, 1, "helper", 5);
    assert_int_equal(f.inlined_count, 1);
    expect(&f.inlined[0], NULL, 0, "helper", 5);
    flame_arena_deinit(&arena);
}

TEST(an_inlined_function_has_the_hits_of_what_is_inlined_into_it_once)
{
    static const struct flame_hits ten[] = { { 1, 10 }, { 0, 0 } }, five[] = { { 1, 5 }, { 0, 0 } };
    static const struct flame_inlined_at deep[] = { { .name = { "walk", 4 } },
                                                    { .name = { "walk", 4 } },
                                                    { .name = { "begin", 5 } } };
    static const char walk[] = "walk"; /* a name is what it reads, wherever it lies */
    const struct flame_inlined_at other = { .name = { walk, 4 } };
    const struct flame_instruction all[] = { inlined(instruction(&a_c, 1, ten), deep, 3),
                                             inlined(instruction(&a_c, 1, five), deep + 2, 1),
                                             inlined(instruction(&a_c, 9, five), &other, 1),
                                             instruction(&a_c, 1, five) };
    struct flame_annotated f;
    struct flame_arena arena;
    summarize(&f, all, 4, &arena);
    assert_int_equal(f.inlined_count, 2);
    expect(&f.inlined[0], NULL, 0, "begin", 15);
    expect(&f.inlined[1], NULL, 0, "walk", 15);
    assert_int_equal(f.inlined[1].hits[0].samples, 2);
    flame_arena_deinit(&arena);
}

TEST(a_stack_that_is_at_several_places_of_a_line_counts_once)
{
    static const struct flame_hits three[] = { { 3, 30 }, { 0, 0 } },
                                   two[] = { { 2, 20 }, { 0, 0 } };
    static const struct flame_inlined_at twice[] = { { .name = { "walk", 4 } },
                                                     { .name = { "walk", 4 } } };
    /* One stack is at all four instructions, one more at the first two. */
    static const uint64_t all_of_them[] = { 0, 4, 5, 8, 12 }, first_two[] = { 0, 7 };
    static const struct flame_place_set sets[] = { { all_of_them, 5, 0, { 1, 10 } },
                                                   { first_two, 2, 0, { 1, 10 } } };
    struct flame_instruction all[] = { instruction(&a_c, 1, three),
                                       inlined(instruction(&a_c, 1, three), twice, 2),
                                       inlined(instruction(&a_c, 1, two), twice, 2),
                                       instruction(&a_c, 1, two) };
    for (size_t i = 0; i < 4; i++) {
        all[i].address = 0x100 + 4 * i;
        all[i].size = 4;
    }
    struct flame_annotated f = {
        .symbol = { "walk", 4 }, .start = 0x100, .instructions = all, .instruction_count = 4
    };
    struct flame_arena arena;
    flame_arena_init(&arena, SIZE_MAX);
    assert_int_equal(flame_summarize(&f, EVENTS, sets, 2, &arena), FLAME_OK);
    assert_int_equal(f.line_count, 1); /* 100 in all, less 3 times 10, less 10 */
    expect(&f.lines[0], &a_c, 1, "walk", 60);
    assert_int_equal(f.lines[0].hits[0].samples, 6);
    assert_int_equal(f.inlined_count, 1); /* 50 less 10 */
    expect(&f.inlined[0], NULL, 0, "walk", 40);
    flame_arena_deinit(&arena);
}

TEST(order_is_by_period_then_samples_then_later_events_then_name_and_line)
{
    static const struct flame_hits much[] = { { 1, 9 }, { 0, 0 } },
                                   often[] = { { 3, 5 }, { 0, 0 } },
                                   later[] = { { 2, 5 }, { 1, 1 } },
                                   little[] = { { 2, 5 }, { 0, 0 } };
    const struct flame_instruction all[] = {
        instruction(&b_c, 1, little), instruction(&a_c, 7, little), instruction(&a_c, 6, little),
        instruction(&b_c, 2, later),  instruction(&b_c, 3, often),  instruction(&b_c, 4, much),
    };
    struct flame_annotated f;
    struct flame_arena arena;
    summarize(&f, all, 6, &arena);
    assert_int_equal(f.line_count, 6);
    expect(&f.lines[0], &b_c, 4, "main", 9);
    expect(&f.lines[1], &b_c, 3, "main", 5);
    expect(&f.lines[2], &b_c, 2, "main", 5);
    expect(&f.lines[3], &a_c, 6, "main", 5);
    expect(&f.lines[4], &a_c, 7, "main", 5);
    expect(&f.lines[5], &b_c, 1, "main", 5);
    flame_arena_deinit(&arena);
}

TEST(a_function_without_hits_has_no_summary)
{
    static const struct flame_hits none[EVENTS];
    const struct flame_instruction all[] = { instruction(&a_c, 1, none) };
    struct flame_annotated f;
    struct flame_arena arena;
    summarize(&f, all, 1, &arena);
    assert_int_equal(f.line_count, 0);
    assert_int_equal(f.inlined_count, 0);
    flame_arena_deinit(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_summed_by_the_function_that_they_are_in),
        cmocka_unit_test(an_inlined_function_has_the_hits_of_what_is_inlined_into_it_once),
        cmocka_unit_test(a_stack_that_is_at_several_places_of_a_line_counts_once),
        cmocka_unit_test(order_is_by_period_then_samples_then_later_events_then_name_and_line),
        cmocka_unit_test(a_function_without_hits_has_no_summary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
