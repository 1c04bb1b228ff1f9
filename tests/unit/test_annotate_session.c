/* Annotating from end to end: built recordings, named by a perf-PID.map beside them, without code.
 */
#include "scene.h"

#include <flamedata/annotate.h>

static const struct flame_annotate_options no_code = {
    .session = { .threads = 1, .symbols.buildid_dir = "/nonexistent" }, .no_code = true
};

/* Of the recording that was written. */
static const struct flame_annotation *again(struct scene *s, const char *symbol,
                                            struct flame_annotate_options options)
{
    struct flame_error error = FLAME_ERROR_INIT;
    options.symbol = symbol;
    const struct flame_annotation *a = flame_annotate(s->file, &options, &error);
    if (!a)
        fail_msg("%s", error.text);
    return a;
}

static const struct flame_annotation *annotate(struct scene *s, const char *symbol,
                                               struct flame_annotate_options options)
{
    write_file(s, 0);
    return again(s, symbol, options);
}

static void expect_row(const struct flame_annotated *f, size_t i, uint64_t address,
                       uint64_t samples, uint64_t period)
{
    assert_true(i < f->instruction_count);
    assert_int_equal(f->instructions[i].address, address);
    assert_int_equal(f->instructions[i].hits[0].samples, samples);
    assert_int_equal(f->instructions[i].hits[0].period, period);
}

static void hits_are_those_of_the_sampled_instruction(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 10, PID, 100, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015));
    sample(s, 20, PID, 30, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1005));
    const struct flame_annotation *a = annotate(s, NULL, no_code);
    assert_int_equal(a->function_count, 1);
    assert_int_equal(a->match_count, 1);
    assert_str(a->functions[0].symbol, "leaf");
    assert_int_equal(a->functions[0].instruction_count, 1);
    expect_row(&a->functions[0], 0, 0x1025, 2, 130);
    assert_int_equal(a->functions[0].total[0].period, 130);
    assert_int_equal(a->events[0].total.period, 130);
    flame_annotation_free(a);
}

static void a_caller_counts_once_for_each_stack_and_place(void **state)
{
    struct scene *s = *state;
    struct flame_annotate_options options = no_code;
    options.callers = true;
    begin(s, (struct builder_options){ 0 });
    process(s);
    /* inner called itself at 0x1014, twice, and leaf at 0x1018. */
    sample(s, 10, PID, 100, 5, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1019, 0x1015, 0x1015));
    sample(s, 20, PID, 10, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1019));
    const struct flame_annotation *a = annotate(s, "inner", options);
    const struct flame_annotated *f = &a->functions[0];
    assert_int_equal(f->total[0].samples, 2);
    assert_int_equal(f->total[0].period, 110);
    assert_int_equal(f->instruction_count, 2);
    expect_row(f, 0, 0x1014, 1, 100);
    expect_row(f, 1, 0x1018, 2, 110);
    flame_annotation_free(a);
}

static void what_has_no_name_has_its_turn_and_is_listed_when_asked_for(void **state)
{
    struct scene *s = *state;
    struct flame_annotate_options options = no_code;
    begin(s, (struct builder_options){ 0 });
    process(s);
    for (uint64_t i = 0; i < 3; i++) {
        struct flame_sample sample = { .where = { PID, PID, 10 + i, 71, 0, 0 },
                                       .misc = FLAME_MODE_USER,
                                       .ip = i == 2 ? 0x1025 : 0x1500 + 0x20 * i,
                                       .period = 7 };
        builder_sample(s->b, &sample);
    }
    const struct flame_annotation *a = annotate(s, "[perf-5.map]", options);
    assert_int_equal(a->function_count, 1);
    assert_str(a->functions[0].symbol, "[perf-5.map]");
    assert_int_equal(a->functions[0].instruction_count, 2);
    expect_row(&a->functions[0], 0, 0x1500, 1, 7);
    expect_row(&a->functions[0], 1, 0x1520, 1, 7);
    assert_int_equal(a->verdict->unnamed, 14);
    flame_annotation_free(a);
    options.no_code = false;
    a = again(s, NULL, options);
    assert_int_equal(a->function_count, 0); /* nor has leaf any code */
    assert_int_equal(a->match_count, 2);
    assert_int_equal(a->skipped, 2);
    assert_str(a->matches[0].symbol, "[perf-5.map]");
    assert_memory_equal(a->matches[0].error.text, "it is JIT code that perf-5.map", 30);
    flame_annotation_free(a);
}

static void the_first_event_that_has_samples_ranks(void **state)
{
    struct scene *s = *state;
    s->b = builder_new((struct builder_options){ 0 });
    struct flame_event_attr other = cycles;
    other.type = 1;
    other.config = 2;
    builder_attr(s->b, &cycles, "cycles", 1, (uint64_t[]){ 71 });
    builder_attr(s->b, &other, "page-faults", 1, (uint64_t[]){ 72 });
    process(s);
    struct flame_sample fault = {
        .where = { PID, PID, 10, 72, 0, 0 }, .misc = FLAME_MODE_USER, .ip = 0x1005, .period = 500
    };
    builder_sample(s->b, &fault); /* the earlier sample */
    sample(s, 20, PID, 100, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    const struct flame_annotation *a = annotate(s, NULL, no_code);
    assert_int_equal(a->event_count, 2);
    assert_str(a->events[0].name, "cycles");
    assert_str(a->functions[0].symbol, "leaf");
    flame_annotation_free(a);
    struct flame_annotate_options options = no_code;
    options.session.event = "page-faults";
    a = again(s, NULL, options);
    assert_int_equal(a->event_count, 1);
    assert_str(a->functions[0].symbol, "outer");
    flame_annotation_free(a);
}

static void hit(struct scene *s, uint64_t time, uint64_t id, uint64_t ip, uint64_t period)
{
    struct flame_sample sample = {
        .where = { PID, PID, time, id, 0, 0 }, .misc = FLAME_MODE_USER, .ip = ip, .period = period
    };
    builder_sample(s->b, &sample);
}

/* leaf has 80 of 100, outer 15, inner 5. */
static void functions_are_chosen_by_the_share_that_they_carry(void **state)
{
    struct scene *s = *state;
    struct flame_annotate_options options = no_code;
    begin(s, (struct builder_options){ 0 });
    process(s);
    hit(s, 10, 71, 0x1025, 80);
    hit(s, 20, 71, 0x1005, 15);
    hit(s, 30, 71, 0x1015, 5);
    options.share_percent = 80;
    const struct flame_annotation *a = annotate(s, NULL, options);
    assert_int_equal(a->function_count, 1);
    assert_str(a->functions[0].symbol, "leaf");
    flame_annotation_free(a);
    options.share_percent = 81;
    a = again(s, NULL, options);
    assert_int_equal(a->function_count, 2);
    assert_int_equal(a->match_count, 2);
    assert_str(a->functions[1].symbol, "outer");
    flame_annotation_free(a);
    options.share_percent = 100;
    a = again(s, NULL, options);
    assert_int_equal(a->function_count, 3);
    flame_annotation_free(a);
    options.top = 2;
    a = again(s, NULL, options);
    assert_int_equal(a->function_count, 2);
    flame_annotation_free(a);
    options.no_code = false; /* what has none counts as if it had */
    options.share_percent = 81;
    a = again(s, NULL, options);
    assert_int_equal(a->function_count, 0);
    assert_int_equal(a->match_count, 2);
    assert_int_equal(a->skipped, 2);
    flame_annotation_free(a);
}

static void a_share_is_one_of_each_event(void **state)
{
    struct scene *s = *state;
    s->b = builder_new((struct builder_options){ 0 });
    struct flame_event_attr other = cycles;
    other.type = 1;
    other.config = 2;
    builder_attr(s->b, &cycles, "cycles", 1, (uint64_t[]){ 71 });
    builder_attr(s->b, &other, "page-faults", 1, (uint64_t[]){ 72 });
    process(s);
    hit(s, 10, 72, 0x1015, 1);
    hit(s, 20, 71, 0x1025, 80);
    hit(s, 30, 71, 0x1005, 20);
    struct flame_annotate_options options = no_code;
    options.share_percent = 60;
    const struct flame_annotation *a = annotate(s, NULL, options);
    assert_int_equal(a->function_count, 2);
    assert_str(a->functions[0].symbol, "inner"); /* every page fault */
    assert_str(a->functions[1].symbol, "leaf");
    flame_annotation_free(a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCENE(hits_are_those_of_the_sampled_instruction),
        SCENE(a_caller_counts_once_for_each_stack_and_place),
        SCENE(what_has_no_name_has_its_turn_and_is_listed_when_asked_for),
        SCENE(the_first_event_that_has_samples_ranks),
        SCENE(functions_are_chosen_by_the_share_that_they_carry),
        SCENE(a_share_is_one_of_each_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
