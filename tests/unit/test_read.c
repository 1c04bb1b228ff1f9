/* Leader sampling: samples that read the counters of a group. */
#include "scene.h"

#include <flamedata/script.h>

static struct flame_event_attr reading(uint64_t read_format, bool inherit)
{
    struct flame_event_attr attr = cycles;
    attr.sample_type |= FLAME_SAMPLE_READ;
    attr.read_format = read_format;
    attr.flags |= (uint64_t)inherit << FLAME_ATTR_inherit;
    return attr;
}

/* A recording of cycles (ids 71 and 81, of two processors) and of page-faults (72 and 82). */
static void begin_group(struct scene *s, struct builder_options options,
                        const struct flame_event_attr *attr)
{
    struct flame_event_attr member = *attr;
    member.type = 1;
    member.config = 2;
    forget(s);
    s->b = builder_new(options);
    builder_attr(s->b, attr, "cycles", 2, (uint64_t[]){ 71, 81 });
    builder_attr(s->b, &member, "page-faults", 2, (uint64_t[]){ 72, 82 });
    process(s);
}

/* A sample with this id and address, and the values of its group. */
static void read_sample_at(struct scene *s, uint64_t time, uint64_t id, int32_t tid, uint64_t ip,
                           struct flame_read_values values)
{
    struct flame_sample sample = { .where = { PID, tid, time, id, 0, 0 },
                                   .misc = FLAME_MODE_USER,
                                   .attr = id % 10 == 2,
                                   .period = 1000000, /* the counter's, not the sample's */
                                   .read = values,
                                   .chain = WORDS(FLAME_CONTEXT_USER, ip),
                                   .chain_count = 2 };
    builder_sample(s->b, &sample);
}

static void read_sample(struct scene *s, uint64_t id, int32_t tid, uint64_t ip,
                        struct flame_read_values values)
{
    read_sample_at(s, 10, id, tid, ip, values);
}

#define GROUP(count, ...)                                                                          \
    (struct flame_read_values)                                                                     \
    {                                                                                              \
        .bytes = WORDS(__VA_ARGS__), .value_count = count, .value_stride = 2                       \
    }

static void expect_event(struct scene *s, const char *event, unsigned threads, const char *want)
{
    struct flame_session_options options = plain;
    options.event = event;
    options.threads = threads;
    expect(s, options, want);
}

static void a_sample_counts_for_each_counter_of_its_group_that_moved(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr attr = reading(FLAME_READ_ID | FLAME_READ_GROUP, false);
    for (int form = 0; form < 4; form++) {
        begin_group(s, (struct builder_options){ .big_endian = form & 1 }, &attr);
        if (form & 2)
            builder_compressed_begin(s->b);
        read_sample(s, 71, PID, 0x1005, GROUP(2, 100, 71, 3, 72));
        read_sample(s, 81, PID, 0x1015, GROUP(2, 5000, 81, 0, 82)); /* counters of their own */
        read_sample(s, 71, PID, 0x1015, GROUP(2, 150, 71, 3, 72));
        read_sample(s, 71, 6, 0x1025, GROUP(2, 175, 71, 10, 72)); /* not by thread */
        if (form & 2)
            builder_compressed_end(s->b, 100, FLAME_RECORD_COMPRESSED);
        write_file(s, 0);
        for (unsigned threads = 1; threads <= 3; threads += 2) {
            expect_event(s, "cycles", threads, ":6;leaf 25\napp;inner 5050\napp;outer 100\n");
            expect_event(s, "page-faults", threads, ":6;leaf 7\napp;outer 3\n");
        }
        struct flame_verdict v = expect(s, plain, ":6;leaf 25\napp;inner 5050\napp;outer 100\n");
        assert_int_equal(v.samples, 4);
        assert_int_equal(v.bad_records, 0);
    }
}

/* One record is a sample of each counter that moved; those of one time stay in the file's order. */
static void kept_samples_are_those_of_each_counter(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr attr = reading(FLAME_READ_ID | FLAME_READ_GROUP, false);
    static const uint64_t periods[] = { 100, 3, 5000, 50, 25, 7 };
    static const uint32_t events[] = { 0, 1, 0, 0, 0, 1 };
    begin_group(s, (struct builder_options){ 0 }, &attr);
    read_sample(s, 71, PID, 0x1005, GROUP(2, 100, 71, 3, 72));
    read_sample(s, 81, PID, 0x1015, GROUP(2, 5000, 81, 0, 82));
    read_sample(s, 71, PID, 0x1015, GROUP(2, 150, 71, 3, 72));
    read_sample(s, 71, 6, 0x1025, GROUP(2, 175, 71, 10, 72));
    write_file(s, 0);
    for (unsigned threads = 1; threads <= 3; threads += 2) {
        struct flame_session_options options = plain;
        options.threads = threads;
        options.keep_samples = true;
        struct flame_session *session = open_with(s, options);
        const struct flame_samples *samples = flame_session_samples(session);
        assert_int_equal(samples->row_count, 6);
        for (size_t i = 0; i < 6; i++) {
            assert_int_equal(samples->rows[i].period, periods[i]);
            assert_int_equal(samples->rows[i].event, events[i]);
        }
        flame_session_close(session);
    }
}

static void an_inherited_event_counts_by_thread(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr attr = reading(FLAME_READ_ID | FLAME_READ_GROUP, true);
    begin_group(s, (struct builder_options){ 0 }, &attr);
    read_sample(s, 71, PID, 0x1005, GROUP(2, 100, 71, 3, 72));
    read_sample(s, 71, 6, 0x1005, GROUP(2, 40, 71, 1, 72));
    read_sample(s, 71, PID, 0x1005, GROUP(2, 150, 71, 3, 72));
    write_file(s, 0);
    expect_event(s, "cycles", 1, ":6;outer 40\napp;outer 150\n");
    expect_event(s, "page-faults", 1, ":6;outer 1\napp;outer 3\n");
}

static void a_value_without_a_group_is_the_events_own(void **state)
{
    struct scene *s = *state;
    const uint64_t formats[] = { FLAME_READ_ID, 0, FLAME_READ_TIME_ENABLED | FLAME_READ_ID };
    for (size_t i = 0; i < 3; i++) {
        struct flame_event_attr attr = reading(formats[i], false);
        begin_group(s, (struct builder_options){ 0 }, &attr);
        const uint64_t values[] = { 100, 130 };
        for (size_t j = 0; j < 2; j++)
            read_sample(
                s, 71, PID, 0x1005,
                (struct flame_read_values){ .id = 71, .enabled = 9, .bytes = WORDS(values[j]) });
        read_sample(s, 72, PID, 0x1015, (struct flame_read_values){ .id = 72, .bytes = WORDS(8) });
        write_file(s, 0);
        expect_event(s, "cycles", 1, "app;outer 130\n");
        expect_event(s, "page-faults", 1, "app;inner 8\n");
    }
}

static void values_of_nobody_are_bad_and_cost_only_themselves(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr attr = reading(FLAME_READ_ID | FLAME_READ_GROUP, false);
    begin_group(s, (struct builder_options){ 0 }, &attr);
    read_sample(s, 71, PID, 0x1005, GROUP(3, 5, 999, 100, 71, 3, 72));
    write_file(s, 0);
    struct flame_verdict v = expect(s, plain, "app;outer 100\n");
    assert_int_equal(v.bad_records, 1);
    assert_int_equal(v.first_bad.status, FLAME_CORRUPT);
    assert_non_null(strstr(v.first_bad.text, "999"));
}

/* perf takes the difference, 2^64 - 50. */
static void a_counter_that_began_again_has_counted_its_value(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr attr = reading(FLAME_READ_ID | FLAME_READ_GROUP, false);
    begin_group(s, (struct builder_options){ 0 }, &attr);
    read_sample(s, 71, PID, 0x1005, GROUP(1, 100, 71));
    read_sample(s, 71, PID, 0x1005, GROUP(1, 50, 71));
    write_file(s, 0);
    expect(s, plain, "app;outer 150\n");
}

/* The values of a guest's samples are its share, not the host's. */
static void guests_move_the_counters_too(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr attr = reading(FLAME_READ_ID | FLAME_READ_GROUP, false);
    begin_group(s, (struct builder_options){ 0 }, &attr);
    struct flame_sample guest = { .where = { PID, PID, 5, 71, 0, 0 },
                                  .misc = FLAME_MODE_GUEST_USER,
                                  .read = GROUP(1, 90, 71) };
    builder_sample(s->b, &guest);
    read_sample(s, 71, PID, 0x1005, GROUP(1, 100, 71));
    write_file(s, 0);
    assert_int_equal(expect(s, plain, "app;outer 10\n").guest_samples, 1);
}

static void assert_script(struct scene *s, const char *want)
{
    const struct flame_script_options options = { .session = plain, .fields = "period,event" };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_script *script = flame_script_open(s->file, &options, &error);
    struct flame_output *out = flame_output_memory();
    assert_non_null(script);
    assert_int_equal(flame_script_write(script, out, &error), FLAME_OK);
    assert_str(flame_output_bytes(out), want);
    flame_output_discard(out);
    flame_script_close(script);
}

/* As perf record --overwrite leaves them: the values grow with time, which runs backwards. */
static void samples_that_come_newest_first_are_worth_the_same(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr attr = reading(FLAME_READ_ID | FLAME_READ_GROUP, false);
    for (int compressed = 0; compressed < 2; compressed++) {
        begin_group(s, (struct builder_options){ 0 }, &attr);
        if (compressed)
            builder_compressed_begin(s->b);
        read_sample_at(s, 30, 71, PID, 0x1025, GROUP(2, 1000, 71, 9, 72));
        read_sample_at(s, 20, 71, PID, 0x1015, GROUP(2, 150, 71, 3, 72));
        read_sample_at(s, 10, 71, PID, 0x1005, GROUP(2, 100, 71, 3, 72));
        if (compressed)
            builder_compressed_end(s->b, 0, FLAME_RECORD_COMPRESSED);
        write_file(s, 0);
        assert_script(s, "       100      cycles: \n         3 page-faults: \n"
                         "        50      cycles: \n"
                         "       850      cycles: \n         6 page-faults: \n");
        for (unsigned threads = 1; threads <= 3; threads += 2) {
            expect_event(s, "cycles", threads, "app;inner 50\napp;leaf 850\napp;outer 100\n");
            expect_event(s, "page-faults", threads, "app;leaf 6\napp;outer 3\n");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_sample_counts_for_each_counter_of_its_group_that_moved),
        SCENE(kept_samples_are_those_of_each_counter),
        SCENE(an_inherited_event_counts_by_thread),
        SCENE(a_value_without_a_group_is_the_events_own),
        SCENE(values_of_nobody_are_bad_and_cost_only_themselves),
        SCENE(a_counter_that_began_again_has_counted_its_value),
        SCENE(guests_move_the_counters_too),
        SCENE(samples_that_come_newest_first_are_worth_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
