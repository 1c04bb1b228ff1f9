/* Reporting from end to end: built recordings, named by a perf-PID.map beside them. */
#include "scene.h"

#include <flamedata/report.h>

static const struct flame_report_options usual = {
    .session = { .threads = 1, .symbols.buildid_dir = "/nonexistent" }
};

/* Of the recording that was written. */
static const struct flame_report *again(struct scene *s, struct flame_report_options options)
{
    struct flame_error error = FLAME_ERROR_INIT;
    const struct flame_report *r = flame_report(s->file, &options, &error);
    if (!r)
        fail_msg("%s", error.text);
    return r;
}

static const struct flame_report *report(struct scene *s, struct flame_report_options options)
{
    write_file(s, 0);
    return again(s, options);
}

/* Row i of the first event: "comm symbol", total and self. */
static void expect_row(const struct flame_report *r, size_t i, const char *comm, const char *symbol,
                       uint64_t total, uint64_t self)
{
    assert_true(i < r->events[0].row_count);
    const struct flame_report_row *row = &r->events[0].rows[i];
    assert_str(row->comm, comm);
    assert_str(row->symbol, symbol);
    assert_int_equal(row->total.period, total);
    assert_int_equal(row->self.period, self);
}

static void bare_sample(struct scene *s, uint64_t time, int32_t tid, uint64_t ip)
{
    struct flame_sample sample = {
        .where = { PID, tid, time, 71, 0, 0 }, .misc = FLAME_MODE_USER, .ip = ip, .period = 7
    };
    builder_sample(s->b, &sample);
}

/* outer calls inner, which calls itself and leaf. */
static void recursion(struct scene *s)
{
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 10, PID, 100, 5, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1019, 0x1015, 0x1005));
    sample(s, 20, PID, 30, 4, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015, 0x1005));
}

static void a_function_that_calls_itself_counts_once_in_its_total(void **state)
{
    struct scene *s = *state;
    recursion(s);
    const struct flame_report *r = report(s, usual);
    assert_true(r->callers);
    assert_int_equal(r->event_count, 1);
    assert_int_equal(r->events[0].total.period, 130);
    assert_int_equal(r->events[0].row_count, 3);
    expect_row(r, 0, "app", "leaf", 130, 130);
    expect_row(r, 1, "app", "inner", 130, 0);
    expect_row(r, 2, "app", "outer", 130, 0);
    assert_int_equal(r->events[0].rows[1].total.samples, 2);
    assert_int_equal(r->events[0].rows[1].self.samples, 0);
    assert_str(r->events[0].rows[1].dso_name, "[JIT] tid 5");
    assert_int_equal(r->events[0].rows[1].start, 0x1010);
    assert_int_equal(r->events[0].rows[1].kind, FLAME_FRAME_JIT);
    assert_int_equal(r->verdict->cut_off, 130);
    flame_report_free(r);
}

/* As of a recording of user call chains, or where the processor tells the instruction exactly. */
static void self_is_the_sampled_instruction_wherever_the_chain_begins(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 10, PID, 100, 3, WORDS(FLAME_CONTEXT_USER, 0x1015, 0x1005));
    sample(s, 20, PID, 10, 2, WORDS(0x1015, 0x1005)); /* no mark: the user's */
    const struct flame_report *r = report(s, usual);
    assert_int_equal(r->events[0].row_count, 3);
    expect_row(r, 0, "app", "leaf", 110, 110);
    expect_row(r, 1, "app", "inner", 110, 0);
    expect_row(r, 2, "app", "outer", 110, 0);
    flame_report_free(r);
}

static void without_callers_rows_are_what_was_sampled(void **state)
{
    struct scene *s = *state;
    recursion(s);
    struct flame_report_options options = usual;
    options.callers = FLAME_REPORT_CALLERS_NONE;
    const struct flame_report *r = report(s, options);
    assert_false(r->callers);
    assert_int_equal(r->events[0].row_count, 1);
    expect_row(r, 0, "app", "leaf", 130, 130);
    assert_int_equal(r->verdict->cut_off, 0);
    assert_int_equal(r->verdict->without_stack, 0);
    flame_report_free(r);
}

static void a_recording_without_call_chains_has_no_totals(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr plain_attr = cycles;
    plain_attr.sample_type &= ~(uint64_t)FLAME_SAMPLE_CALLCHAIN;
    s->b = builder_new((struct builder_options){ 0 });
    builder_attr(s->b, &plain_attr, "cycles", 1, (uint64_t[]){ 71 });
    process(s);
    bare_sample(s, 10, PID, 0x1005);
    const struct flame_report *r = report(s, usual);
    assert_false(r->callers);
    expect_row(r, 0, "app", "outer", 7, 7);
    flame_report_free(r);
}

static void what_has_no_symbol_is_one_row_or_one_for_each_address(void **state)
{
    struct scene *s = *state;
    struct flame_report_options options = usual;
    options.callers = FLAME_REPORT_CALLERS_NONE;
    begin(s, (struct builder_options){ 0 });
    process(s);
    bare_sample(s, 10, PID, 0x1520);
    bare_sample(s, 20, PID, 0x1500);
    bare_sample(s, 30, PID, 0x1500);
    bare_sample(s, 40, PID, 0x9000);
    bare_sample(s, 50, PID, 0x8000);
    const struct flame_report *r = report(s, options);
    assert_int_equal(r->events[0].row_count, 2);
    expect_row(r, 0, "app", "[perf-5.map]", 21, 21);
    expect_row(r, 1, "app", "[unknown]", 14, 14);
    assert_true(r->events[0].rows[0].unnamed);
    assert_int_equal(r->events[0].rows[0].address, 0);
    assert_str(r->events[0].rows[1].dso, "[unknown]");
    assert_int_equal(r->verdict->unnamed, 35);
    assert_int_equal(r->verdict->object_count, 2);
    flame_report_free(r);
    options.addresses = true;
    r = again(s, options);
    static const uint64_t addresses[] = { 0x1500, 0x1520, 0x8000, 0x9000 };
    assert_int_equal(r->events[0].row_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(r->events[0].rows[i].address, addresses[i]);
    flame_report_free(r);
}

static void rows_are_told_apart_by_what_is_asked_for(void **state)
{
    struct scene *s = *state;
    struct flame_report_options options = usual;
    begin(s, (struct builder_options){ 0 });
    process(s);
    comm_at(s, 5, 6, "helper");
    sample(s, 10, PID, 100, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015));
    sample(s, 20, 6, 30, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015));
    sample(s, 30, 7, 5, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015));
    options.sort = "tid,comm";
    const struct flame_report *r = report(s, options);
    assert_int_equal(r->key_count, 2);
    assert_int_equal(r->events[0].row_count, 3);
    expect_row(r, 0, "app", "", 100, 100);
    expect_row(r, 1, "helper", "", 30, 30);
    assert_int_equal(r->events[0].rows[1].tid, 6);
    assert_int_equal(r->events[0].rows[1].pid, 0);
    assert_int_equal(r->events[0].rows[1].dso.len, 0);
    flame_report_free(r);
    options.sort = "pid";
    r = again(s, options);
    assert_int_equal(r->events[0].row_count, 1);
    assert_int_equal(r->events[0].rows[0].pid, PID);
    flame_report_free(r);
    options.sort = "sym";
    r = again(s, options);
    assert_int_equal(r->events[0].row_count, 2);
    expect_row(r, 0, "", "leaf", 135, 135);
    expect_row(r, 1, "", "inner", 135, 0);
    flame_report_free(r);
    options.sort = "+pid,comm";
    r = again(s, options);
    assert_int_equal(r->key_count, 4);
    assert_int_equal(r->keys[3], FLAME_REPORT_PID);
    assert_int_equal(r->events[0].row_count, 6);
    flame_report_free(r);
}

static void a_key_that_does_not_exist_is_named(void **state)
{
    struct scene *s = *state;
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_report_options options = usual;
    options.sort = "comm,colour";
    recursion(s);
    write_file(s, 0);
    assert_null(flame_report(s->file, &options, &error));
    assert_int_equal(error.status, FLAME_USAGE);
    assert_string_equal(error.text, "rows cannot be told apart by 'colour'; there are comm, pid, "
                                    "tid, dso, symbol, srcline");
    error = (struct flame_error)FLAME_ERROR_INIT;
    options.sort = "";
    assert_null(flame_report(s->file, &options, &error));
    assert_int_equal(error.status, FLAME_USAGE);
}

static void each_event_has_a_table(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr other = cycles;
    other.type = 1;
    other.config = 2;
    s->b = builder_new((struct builder_options){ 0 });
    builder_attr(s->b, &cycles, "cycles", 1, (uint64_t[]){ 71 });
    builder_attr(s->b, &other, "page-faults", 1, (uint64_t[]){ 72 });
    process(s);
    struct flame_sample fault = {
        .where = { PID, PID, 10, 72, 0, 0 }, .misc = FLAME_MODE_USER, .ip = 0x1005, .period = 500
    };
    builder_sample(s->b, &fault);
    sample(s, 20, PID, 100, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    bare_sample(s, 30, PID, 0x9000);
    const struct flame_report *r = report(s, usual);
    assert_int_equal(r->event_count, 2);
    /* Each is judged, also what the verdict is not about. */
    assert_int_equal(r->events[0].unnamed, 7);
    assert_int_equal(r->events[1].unnamed, 0);
    assert_int_equal(r->verdict->unnamed, 0);
    assert_str(r->events[0].name, "cycles");
    assert_str(r->events[0].rows[0].symbol, "leaf");
    assert_str(r->events[1].name, "page-faults");
    assert_str(r->events[1].rows[0].symbol, "outer");
    assert_str(r->judged, "page-faults"); /* of the earlier sample */
    flame_report_free(r);
    struct flame_report_options options = usual;
    options.session.event = "cycles";
    r = again(s, options);
    assert_int_equal(r->event_count, 1);
    assert_str(r->judged, "cycles");
    flame_report_free(r);
}

static void shares_are_of_what_the_filters_took(void **state)
{
    struct scene *s = *state;
    struct flame_report_options options = usual;
    begin(s, (struct builder_options){ 0 });
    process(s);
    comm_at(s, 5, 6, "helper");
    sample(s, 10, PID, 100, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015));
    sample(s, 20, 6, 30, 4, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015, 0x1005));
    options.session.filter.comms = "helper";
    options.session.filter.max_stack = 2;
    const struct flame_report *r = report(s, options);
    assert_int_equal(r->events[0].total.period, 30);
    assert_int_equal(r->events[0].row_count, 2);
    assert_int_equal(r->verdict->filtered_out, 1);
    assert_int_equal(r->verdict->shortened, 30);
    flame_report_free(r);
}

static char *text_of(const struct flame_report *r)
{
    struct flame_output *out = flame_output_memory();
    assert_int_equal(flame_report_text(r, NULL, out), FLAME_OK);
    flame_put(out, "", 1);
    char *text = strdup(flame_output_bytes(out).ptr);
    flame_output_discard(out);
    return text;
}

static void the_number_of_threads_does_not_show(void **state)
{
    struct scene *s = *state;
    struct flame_report_options options = usual;
    begin(s, (struct builder_options){ 0 });
    process(s);
    for (uint64_t i = 0; i < 500; i++)
        sample(
            s, 10 + i, PID, 3, 4,
            WORDS(FLAME_CONTEXT_USER, 0x1000 + i % 0x60, 0x1001 + i % 7 * 0x10, 0x1500 + i % 11));
    options.addresses = true;
    const struct flame_report *r = report(s, options);
    char *one = text_of(r);
    flame_report_free(r);
    options.session.threads = 4;
    r = again(s, options);
    char *four = text_of(r);
    assert_string_equal(one, four);
    assert_true(r->events[0].row_count > 10);
    flame_report_free(r);
    free(one);
    free(four);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCENE(a_function_that_calls_itself_counts_once_in_its_total),
        SCENE(self_is_the_sampled_instruction_wherever_the_chain_begins),
        SCENE(without_callers_rows_are_what_was_sampled),
        SCENE(a_recording_without_call_chains_has_no_totals),
        SCENE(what_has_no_symbol_is_one_row_or_one_for_each_address),
        SCENE(rows_are_told_apart_by_what_is_asked_for),
        SCENE(a_key_that_does_not_exist_is_named),
        SCENE(each_event_has_a_table),
        SCENE(shares_are_of_what_the_filters_took),
        SCENE(the_number_of_threads_does_not_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
