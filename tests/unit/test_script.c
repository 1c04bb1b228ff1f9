/* A script from end to end: built recordings as perf script's text. What perf itself makes of such
 * text is compared by tests/perf/script.test.sh. */
#include "scene.h"

#include <flamedata/script.h>

static const struct flame_script_options usual = {
    .session = { .threads = 1, .symbols.buildid_dir = "/nonexistent" }
};

/* The text, which is to be freed by flame_output_discard; *verdict may be NULL. */
static struct flame_output *script_of(struct scene *s, struct flame_script_options options,
                                      struct flame_verdict *verdict)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_script *script = flame_script_open(s->file, &options, &error);
    if (!script)
        fail_msg("%s", error.text);
    struct flame_output *out = flame_output_memory();
    assert_int_equal(flame_script_write(script, out, &error), FLAME_OK);
    if (verdict)
        *verdict = *flame_script_verdict(script);
    flame_script_close(script);
    return out;
}

static struct flame_verdict expect_script(struct scene *s, struct flame_script_options options,
                                          const char *want)
{
    struct flame_verdict verdict;
    struct flame_output *out = script_of(s, options, &verdict);
    assert_str(flame_output_bytes(out), want);
    flame_output_discard(out);
    return verdict;
}

static void assert_refused(struct scene *s, struct flame_script_options options,
                           enum flame_status status, const char *message)
{
    struct flame_error error = FLAME_ERROR_INIT;
    assert_null(flame_script_open(s->file, &options, &error));
    assert_int_equal(error.status, status);
    assert_non_null(strstr(error.text, message));
}

static void finished_round(struct scene *s)
{
    builder_begin(s->b, FLAME_RECORD_FINISHED_ROUND, 0);
    builder_end(s->b);
}

/* A sample that only its time and tid tell apart. */
static void tick(struct scene *s, uint64_t time, int32_t tid)
{
    sample(s, time, tid, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
}

static const struct flame_script_options tids = { .fields = "tid,time",
                                                  .nanoseconds = true,
                                                  .session = { .threads = 1 } };

static void frames_carry_offsets_and_objects(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 2000001000, PID, 100, 5, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015, 0x1010, 0x9999));
    sample(s, 2000002000, 6, 7, 2, WORDS(FLAME_CONTEXT_USER, 0x1020));
    write_file(s, 0);
    struct flame_verdict v =
        expect_script(s, usual,
                      "app     5     2.000001:        100 cycles: \n"
                      "\t            1025 leaf+0x5 (/tmp/perf-5.map)\n"
                      "\t            1015 inner+0x5 (/tmp/perf-5.map)\n"
                      /* behind the last instruction of outer, as a call that does not return */
                      "\t            1010 outer+0x10 (/tmp/perf-5.map)\n"
                      "\t            9999 [unknown] ([unknown])\n"
                      "\n"
                      ":6     6     2.000002:          7 cycles: \n"
                      "\t            1020 leaf+0x0 (/tmp/perf-5.map)\n"
                      "\n");
    assert_int_equal(v.samples, 2);
}

static void without_chains_there_is_a_line_per_sample(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 1000000000, PID, 100, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015));
    write_file(s, 0);
    struct flame_script_options options = usual;
    options.no_chains = true;
    options.fields = "comm,ip,sym,symoff";
    expect_script(s, options, "             app              1025 leaf+0x5\n");
}

static void files_of_an_object_show_offsets_in_it(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    builder_comm(s->b, PID, PID, "app");
    builder_mmap2(s->b, PID, PID, 0x400000, 0x1000, 0x2000, "/nonexistent/app");
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x400123));
    sample(s, 20, PID, 1, 0, NULL);
    write_file(s, 0);
    struct flame_script_options options = usual;
    options.fields = "ip,sym,dso";
    expect_script(s, options,
                  "\n\t            2123 [unknown] (/nonexistent/app)\n\n"
                  /* an empty chain: the instruction stands for it */
                  "\n\t            1025 [unknown] ([unknown])\n\n");
    options.no_chains = true;
    expect_script(s, options,
                  "             1025 [unknown] ([unknown])\n"
                  "             1025 [unknown] ([unknown])\n");
}

static void rounds_order_the_samples(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    tick(s, 30, 1);
    tick(s, 10, 2);
    finished_round(s);
    tick(s, 20, 3);
    tick(s, 50, 4);
    tick(s, 0, 5); /* at once */
    finished_round(s);
    tick(s, 5, 6); /* late: what was recorded before 30 is out */
    tick(s, 40, 7);
    write_file(s, 0);
    expect_script(s, tids,
                  "    5     0.000000000: \n"
                  "    2     0.000000010: \n"
                  "    3     0.000000020: \n"
                  "    1     0.000000030: \n"
                  "    6     0.000000005: \n"
                  "    7     0.000000040: \n"
                  "    4     0.000000050: \n");
}

static void records_that_are_not_samples_take_part_in_the_rounds(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    comm_at(s, 100, PID, "app");
    finished_round(s);
    tick(s, 90, 1);
    tick(s, 120, 2);
    finished_round(s); /* hands out up to the time of the name */
    tick(s, 80, 3);
    write_file(s, 0);
    expect_script(s, tids,
                  "    1     0.000000090: \n"
                  "    3     0.000000080: \n"
                  "    2     0.000000120: \n");
}

static void compressed_records_have_the_same_order(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    for (int round = 0; round < 3; round++) {
        builder_compressed_begin(s->b);
        for (int i = 0; i < 4; i++)
            tick(s, (uint64_t)(100 * round + 10 * (4 - i)), round * 10 + i);
        builder_compressed_end(s->b, 200, FLAME_RECORD_COMPRESSED);
        finished_round(s);
    }
    write_file(s, 0);
    expect_script(s, tids,
                  "    3     0.000000010: \n    2     0.000000020: \n"
                  "    1     0.000000030: \n    0     0.000000040: \n"
                  "   13     0.000000110: \n   12     0.000000120: \n"
                  "   11     0.000000130: \n   10     0.000000140: \n"
                  "   23     0.000000210: \n   22     0.000000220: \n"
                  "   21     0.000000230: \n   20     0.000000240: \n");
}

static void without_sample_id_all_the_file_is_the_order(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr old = cycles;
    old.flags = 0;
    s->b = builder_new((struct builder_options){ 0 });
    builder_attr(s->b, &old, "cycles", 1, (uint64_t[]){ 71 });
    tick(s, 30, 1);
    tick(s, 10, 2);
    write_file(s, 0);
    expect_script(s, tids, "    1     0.000000030: \n    2     0.000000010: \n");
}

static void names_hold_for_their_time(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    tick(s, 30, PID);
    tick(s, 10, PID);
    comm_at(s, 20, PID, "late");
    comm_at(s, 5, PID, "a\nb");
    write_file(s, 0);
    struct flame_script_options options = tids;
    options.fields = "comm,time";
    expect_script(s, options,
                  "             a b     0.000000010: \n"
                  "            late     0.000000030: \n");
}

static void filters_and_event_choose_samples(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    builder_attr(s->b, &cycles, "longer:u", 1, (uint64_t[]){ 72 });
    process(s);
    tick(s, 10, PID);
    tick(s, 20, 6);
    struct flame_sample other = { .attr = 1, .where = { PID, PID, 30, 72, 0, 0 }, .period = 1 };
    builder_sample(s->b, &other);
    write_file(s, 0);
    struct flame_script_options options = { .fields = "event,tid" };
    expect_script(s, options, "    5   cycles: \n    6   cycles: \n    5 longer:u: \n");
    options.session.event = "longer";
    expect_script(s, options, "    5 longer:u: \n");
    options.session.event = NULL;
    options.session.filter.tids = "6";
    struct flame_verdict v = expect_script(s, options, "    6   cycles: \n");
    assert_int_equal(v.filtered_out, 2);
    options.session.filter.tids = NULL;
    options.session.filter.comms = "nobody";
    expect_script(s, options, "");
    options.session.event = "none";
    assert_refused(s, options, FLAME_USAGE, "has no event 'none'");
}

static void a_stack_is_cut_where_asked(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 10, PID, 1, 4, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015, 0x1005));
    write_file(s, 0);
    struct flame_script_options options = usual;
    options.fields = "ip,sym";
    options.session.filter.max_stack = 2;
    expect_script(s, options, "\n\t            1025 leaf\n\t            1015 inner\n\n");
}

static void a_group_prints_a_sample_for_each_counter(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr leader = cycles;
    leader.sample_type |= FLAME_SAMPLE_READ;
    leader.read_format = FLAME_READ_ID | FLAME_READ_GROUP;
    s->b = builder_new((struct builder_options){ 0 });
    builder_attr(s->b, &leader, "a", 1, (uint64_t[]){ 71 });
    builder_attr(s->b, &leader, "b", 1, (uint64_t[]){ 72 });
    for (uint64_t i = 1; i <= 2; i++) {
        struct flame_sample both = {
            .where = { PID, PID, 10 * i, 71, 0, 0 },
            .period = 1,
            .read = { .bytes = WORDS(100 * i, 71, 7 * i, 72), .value_count = 2, .value_stride = 2 }
        };
        builder_sample(s->b, &both);
    }
    write_file(s, 0);
    struct flame_script_options options = { .fields = "period,event" };
    expect_script(s, options, "       100 a: \n         7 b: \n       100 a: \n         7 b: \n");
}

static void what_cannot_be_asked_for_is_said_before_anything_is_written(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    tick(s, 10, PID);
    write_file(s, 0);
    struct flame_script_options options = { .fields = "comm,cpu" };
    assert_refused(s, options, FLAME_USAGE, "samples of cycles have no cpu");
    options.fields = "color";
    assert_refused(s, options, FLAME_USAGE, "no 'color'");
}

static void a_recording_without_samples_is_said_to_be_one(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    write_file(s, 0);
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_script *script = flame_script_open(s->file, NULL, &error);
    struct flame_output *out = flame_output_memory();
    assert_int_equal(flame_script_write(script, out, &error), FLAME_EMPTY);
    flame_output_discard(out);
    flame_script_close(script);
}

static void a_cut_file_gives_what_came_before_and_says_so(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ .killed = true });
    tick(s, 20, 1);
    tick(s, 10, 2);
    tick(s, 30, 3);
    write_file(s, 11);
    struct flame_verdict v;
    struct flame_output *out = script_of(s, tids, &v);
    assert_str(flame_output_bytes(out), "    2     0.000000010: \n    1     0.000000020: \n");
    flame_output_discard(out);
    assert_int_equal(v.all_losses, 1);
    assert_true(v.lost_bytes > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(frames_carry_offsets_and_objects),
        SCENE(without_chains_there_is_a_line_per_sample),
        SCENE(files_of_an_object_show_offsets_in_it),
        SCENE(rounds_order_the_samples),
        SCENE(records_that_are_not_samples_take_part_in_the_rounds),
        SCENE(compressed_records_have_the_same_order),
        SCENE(without_sample_id_all_the_file_is_the_order),
        SCENE(names_hold_for_their_time),
        SCENE(filters_and_event_choose_samples),
        SCENE(a_stack_is_cut_where_asked),
        SCENE(a_group_prints_a_sample_for_each_counter),
        SCENE(what_cannot_be_asked_for_is_said_before_anything_is_written),
        SCENE(a_recording_without_samples_is_said_to_be_one),
        SCENE(a_cut_file_gives_what_came_before_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
