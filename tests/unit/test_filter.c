/* Filters: what their spelling means, and what a session makes of them. */
#include "check.h"
#include "filter.h"
#include "perf_builder.h"

#include <flamedata/format.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)

/* Read the options, ask, and forget. */
static bool takes(struct flame_filter_options options, struct flame_sample_id where)
{
    struct flame_filter filter;
    struct flame_error error = FLAME_ERROR_INIT;
    if (flame_filter_init(&filter, &options, &error) != FLAME_OK)
        fail_msg("%s", error.text);
    bool taken = flame_filter_takes_where(&filter, &where);
    assert_true(filter.by_where);
    flame_filter_deinit(&filter);
    return taken;
}

static bool takes_time(const char *spelling, uint64_t time_ns)
{
    return takes((struct flame_filter_options){ .time = spelling },
                 (struct flame_sample_id){ .time_ns = time_ns });
}

static bool takes_cpu(const char *spelling, int32_t cpu)
{
    return takes((struct flame_filter_options){ .cpus = spelling },
                 (struct flame_sample_id){ .cpu = cpu });
}

/* Of a recording from 1000 ns to 2000 ns. */
static bool takes_share(const char *spelling, uint64_t time_ns)
{
    struct flame_times times = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    if (flame_times_read(&times, spelling, &error) != FLAME_OK)
        fail_msg("%s", error.text);
    assert_true(times.shares.count > 0);
    assert_int_equal(flame_times_place(&times, 1000, 2000), FLAME_OK);
    bool taken = flame_spans_have(&times.ranges, time_ns);
    flame_times_deinit(&times);
    return taken;
}

static void refuses(struct flame_filter_options options, const char *message)
{
    struct flame_filter filter;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_filter_init(&filter, &options, &error), FLAME_USAGE);
    assert_string_equal(error.text, message);
    flame_filter_deinit(&filter);
}

TEST(nothing_asked_for_takes_everything)
{
    struct flame_filter filter;
    assert_int_equal(flame_filter_init(&filter, &(struct flame_filter_options){ 0 }, NULL),
                     FLAME_OK);
    assert_false(filter.by_where || filter.by_leaf);
    assert_true(
        flame_filter_takes_where(&filter, &(struct flame_sample_id){ -1, -1, 0, 0, 0, -1 }));
    assert_true(flame_filter_takes_comm(&filter, flame_str_from("x")));
    assert_true(flame_filter_takes_dso(&filter, flame_str_from("/a"), flame_str_from("a")));
    assert_true(flame_filter_takes_symbol(&filter, (struct flame_str){ 0 }));
    flame_filter_deinit(&filter);
}

TEST(numbers_and_ranges_in_any_order)
{
    assert_true(takes_cpu("7,0-3,2-5", 0));
    assert_true(takes_cpu("7,0-3,2-5", 5));
    assert_false(takes_cpu("7,0-3,2-5", 6));
    assert_true(takes_cpu("7,0-3,2-5", 7));
    assert_false(takes_cpu("7,0-3,2-5", 8));
    assert_false(takes_cpu("0-2147483647", -1)); /* a sample that does not say its CPU */
}

TEST(every_filter_that_is_given_has_to_be_passed)
{
    const struct flame_filter_options both = { .pids = "5", .tids = "6,7" };
    assert_true(takes(both, (struct flame_sample_id){ .pid = 5, .tid = 7 }));
    assert_false(takes(both, (struct flame_sample_id){ .pid = 5, .tid = 5 }));
    assert_false(takes(both, (struct flame_sample_id){ .pid = 6, .tid = 6 }));
}

TEST(times_are_whole_nanoseconds_and_both_ends_belong)
{
    assert_false(takes_time("1.5,2", SECOND * 3 / 2 - 1));
    assert_true(takes_time("1.5,2", SECOND * 3 / 2));
    assert_true(takes_time("1.5,2", 2 * SECOND));
    assert_false(takes_time("1.5,2", 2 * SECOND + 1));
    assert_true(takes_time("1073.543305001,1073.543305001", UINT64_C(1073543305001)));
    assert_false(takes_time("1073.543305001,1073.543305001", UINT64_C(1073543305002)));
}

TEST(a_time_may_lack_either_end)
{
    assert_true(takes_time("1,", 5 * SECOND));
    assert_false(takes_time("1,", SECOND - 1));
    assert_true(takes_time(",1", 0));
    assert_false(takes_time(",1", SECOND + 1));
}

TEST(several_times_stand_apart_by_spaces)
{
    assert_true(takes_time("1,2 4,5", 4 * SECOND));
    assert_false(takes_time("1,2 4,5", 3 * SECOND));
    assert_true(takes_time("4, ,1", 0));
}

TEST(shares_are_cut_as_perf_cuts_them)
{
    /* A stretch ends before the next one begins; the last one has its end. */
    assert_true(takes_share("0%-10%", 1099));
    assert_false(takes_share("0%-10%", 1100));
    assert_false(takes_share("10%/2", 1099));
    assert_true(takes_share("10%/2", 1100));
    assert_true(takes_share("10%/2", 1199));
    assert_false(takes_share("10%/2", 1200));
    assert_true(takes_share("10%/10", 2000));
    assert_true(takes_share("50%", 1000));
    assert_false(takes_share("50%", 1500));
    assert_true(takes_share("12.5%/8", 1875));
    assert_true(takes_share("0%-10%,30%-40%", 1350));
    assert_false(takes_share("0%-10%,30%-40%", 1250));
    assert_true(takes_share("10%/1,10%/4", 1350));
}

TEST(names_are_whole_and_may_hold_commas)
{
    assert_true(flame_list_has("cc1plus,ld", flame_str_from("ld")));
    assert_true(flame_list_has("cc1plus,ld", flame_str_from("cc1plus")));
    assert_false(flame_list_has("cc1plus,ld", flame_str_from("cc1")));
    assert_false(flame_list_has("cc1plus,ld", flame_str_from("plus")));
    assert_false(flame_list_has("cc1plus,ld", (struct flame_str){ 0 }));
    assert_true(flame_list_has("f,map<int, long>::find", flame_str_from("map<int, long>::find")));
    assert_false(flame_list_has("f", (struct flame_str){ "f\0g", 3 }));
}

TEST(what_has_no_name_is_no_symbol_that_was_asked_for)
{
    struct flame_filter filter;
    flame_filter_init(&filter, &(struct flame_filter_options){ .symbols = "a,,b" }, NULL);
    assert_true(filter.by_leaf);
    assert_true(flame_filter_takes_symbol(&filter, flame_str_from("b")));
    assert_false(flame_filter_takes_symbol(&filter, (struct flame_str){ 0 }));
    flame_filter_deinit(&filter);
}

TEST(an_object_is_known_by_path_or_name)
{
    struct flame_filter filter;
    flame_filter_init(&filter, &(struct flame_filter_options){ .dsos = "libc.so.6" }, NULL);
    assert_true(flame_filter_takes_dso(&filter, flame_str_from("/lib/libc.so.6"),
                                       flame_str_from("libc.so.6")));
    assert_false(flame_filter_takes_dso(&filter, flame_str_from("/lib/libm.so.6"),
                                        flame_str_from("libm.so.6")));
    flame_filter_deinit(&filter);
}

TEST(nonsense_is_refused_by_the_filter_s_name)
{
    refuses((struct flame_filter_options){ .cpus = "3-1" },
            "cpu '3-1': the range 3-1 runs backwards");
    refuses((struct flame_filter_options){ .pids = "1,,2" },
            "pid takes numbers and ranges, as in 1,4-7, not '1,,2'");
    refuses((struct flame_filter_options){ .tids = "-1" },
            "tid takes numbers and ranges, as in 1,4-7, not '-1'");
    refuses((struct flame_filter_options){ .cpus = "0-" },
            "cpu takes numbers and ranges, as in 1,4-7, not '0-'");
    refuses((struct flame_filter_options){ .pids = "99999999999" },
            "pid '99999999999': 99999999999 is more than 2147483647");
    refuses((struct flame_filter_options){ .pids = "99999999999999999999999" },
            "pid takes numbers and ranges, as in 1,4-7, not '99999999999999999999999'");
    refuses((struct flame_filter_options){ .comms = "" },
            "comms takes names with commas between them, not ''");
    refuses((struct flame_filter_options){ .time = "5,3" },
            "time '5,3': it stops before it starts");
    refuses((struct flame_filter_options){ .time = "110%/1" },
            "time '110%/1': a share goes beyond 100%");
    refuses((struct flame_filter_options){ .time = "10%/11" },
            "time '10%/11': a share goes beyond 100%");
    refuses((struct flame_filter_options){ .time = "30%-10%" },
            "time '30%-10%': a share ends before it begins");
    static const char *const times[] = {
        "", "5", "1,2,3", "1,2 3", "x,", "1.0000000001,", "1e3,", "18446744074,", "1,2x",
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        char want[200];
        snprintf(want, sizeof want,
                 "time '%s': a time is START,STOP in seconds with at most nine decimals, or a "
                 "share as 10%%-30%%",
                 times[i]);
        refuses((struct flame_filter_options){ .time = times[i] }, want);
    }
    static const char *const shares[] = { "%", "10%/0", "10%/1.5", "0%/1", "10%-", "10%/2 10%/3" };
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        char want[200];
        snprintf(want, sizeof want,
                 "time '%s': shares are written as 10%%-30%% or 10%%/2, with commas between them",
                 shares[i]);
        refuses((struct flame_filter_options){ .time = shares[i] }, want);
    }
}

/* Sessions: process 5, whose JIT code is outer [0x1000,0x1010), inner [0x1010,0x1020) and leaf
 * [0x1020,0x1030); thread 6 of it is called "io". Times of samples are in ms. */
enum { PID = 5, IO = 6 };

struct scene {
    char folder[32], file[64], map[64];
    struct perf_builder *b;
};

static int set_up(void **state)
{
    static struct scene scene;
    strcpy(scene.folder, "/tmp/flame-test-XXXXXX");
    if (!mkdtemp(scene.folder))
        return -1;
    snprintf(scene.file, sizeof scene.file, "%s/perf.data", scene.folder);
    snprintf(scene.map, sizeof scene.map, "%s/perf-%d.map", scene.folder, PID);
    FILE *map = fopen(scene.map, "w");
    if (!map)
        return -1;
    fputs("1000 10 outer\n1010 10 inner\n1020 10 leaf\n", map);
    fclose(map);
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    builder_free(s->b);
    unlink(s->file);
    unlink(s->map);
    rmdir(s->folder);
    return 0;
}

static const struct flame_event_attr cycles = {
    .type = 0,
    .sample_type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME | FLAME_SAMPLE_PERIOD |
                   FLAME_SAMPLE_CALLCHAIN | FLAME_SAMPLE_IDENTIFIER,
    .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all,
};

static void begin(struct scene *s)
{
    s->b = builder_new((struct builder_options){ 0 });
}

static void add_event(struct scene *s, struct flame_event_attr attr, const char *name, uint64_t id)
{
    builder_attr(s->b, &attr, name, 1, &id);
}

static void add_process(struct scene *s)
{
    builder_comm(s->b, PID, PID, "app");
    builder_comm(s->b, PID, IO, "io");
    builder_mmap2(s->b, PID, PID, 0x1000, 0x1000, 0, "//anon");
}

static void sample(struct scene *s, uint64_t id, int32_t tid, uint64_t time_ms, uint64_t period,
                   uint64_t ip, uint64_t caller)
{
    builder_sample(s->b, &(struct flame_sample){ .attr = (uint32_t)id,
                                                 .where = { PID, tid, time_ms * 1000000, id, 0, 0 },
                                                 .misc = FLAME_MODE_USER,
                                                 .ip = ip,
                                                 .period = period,
                                                 .chain = WORDS(FLAME_CONTEXT_USER, ip, caller),
                                                 .chain_count = 3 });
}

static void write_file(struct scene *s)
{
    struct flame_bytes bytes = builder_finish(s->b);
    FILE *out = fopen(s->file, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes.ptr, 1, (size_t)bytes.size, out), bytes.size);
    fclose(out);
}

/* One event, four samples. */
static void write_plain(struct scene *s)
{
    begin(s);
    add_event(s, cycles, "cycles", 0);
    add_process(s);
    sample(s, 0, PID, 10, 1, 0x1025, 0x1015);
    sample(s, 0, PID, 20, 2, 0x1015, 0x1005);
    sample(s, 0, IO, 30, 4, 0x1025, 0x1005);
    sample(s, 0, 7, 40, 8, 0x1505, 0x1005); /* a thread and an address without a name */
    write_file(s);
}

static struct flame_session_options with(struct flame_filter_options filter)
{
    return (struct flame_session_options){ .threads = 2,
                                           .symbols.buildid_dir = "/nonexistent",
                                           .filter = filter };
}

static struct flame_verdict expect(struct scene *s, struct flame_session_options options,
                                   const char *want)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_session *session = flame_session_open(s->file, &options, &error);
    if (!session)
        fail_msg("%s", error.text);
    struct flame_output *out = flame_output_memory();
    assert_int_equal(flame_write_folded(flame_session_stacks(session), out, NULL), FLAME_OK);
    assert_str(flame_output_bytes(out), want);
    flame_output_discard(out);
    struct flame_verdict verdict = *flame_session_verdict(session);
    assert_int_equal(flame_session_stacks(session)->total_weight, verdict.weight);
    flame_session_close(session);
    return verdict;
}

static void expect_failure(struct scene *s, struct flame_session_options options,
                           enum flame_status status, const char *message)
{
    struct flame_error error = FLAME_ERROR_INIT;
    assert_null(flame_session_open(s->file, &options, &error));
    assert_int_equal(error.status, status);
    assert_string_equal(error.text, message);
}

#define FILTER(...) with((struct flame_filter_options){ __VA_ARGS__ })

static void only_what_passes_is_counted_and_judged(void **state)
{
    struct scene *s = *state;
    write_plain(s);
    struct flame_verdict v = expect(s, FILTER(.comms = "app,x"),
                                    "app;inner;leaf 1\n"
                                    "app;outer;inner 2\n");
    assert_int_equal(v.samples, 2);
    assert_int_equal(v.weight, 3);
    assert_int_equal(v.filtered_out, 2);
    assert_int_equal(v.cut_off, 3);
    assert_int_equal(v.unnamed, 0);
}

static void each_filter_selects_what_it_names(void **state)
{
    struct scene *s = *state;
    write_plain(s);
    expect(s, FILTER(.comms = ":7"), ":7;outer;[perf-5.map] 8\n");
    expect(s, FILTER(.tids = "6-7"), ":7;outer;[perf-5.map] 8\nio;outer;leaf 4\n");
    expect(s, FILTER(.tids = "6-7", .pids = "5", .comms = "io"), "io;outer;leaf 4\n");
    expect(s, FILTER(.symbols = "leaf"), "app;inner;leaf 1\nio;outer;leaf 4\n");
    expect(s, FILTER(.symbols = "inner,x", .dsos = "perf-5.map"), "app;outer;inner 2\n");
    expect(s, FILTER(.dsos = "[JIT] tid 5", .tids = "6"), "io;outer;leaf 4\n");
    expect(s, FILTER(.time = "0.02,0.03"), "app;outer;inner 2\nio;outer;leaf 4\n");
    /* Tenths of 10 ms to 40 ms: the header does not say, so the samples are looked at. */
    expect(s, FILTER(.time = "10%/1,90%-100%"), ":7;outer;[perf-5.map] 8\napp;inner;leaf 1\n");
}

static void max_stack_keeps_the_innermost_frames_and_leaves_out_no_sample(void **state)
{
    struct scene *s = *state;
    write_plain(s);
    struct flame_verdict v = expect(s, FILTER(.max_stack = 1),
                                    ":7;[perf-5.map] 8\napp;inner 2\napp;leaf 1\nio;leaf 4\n");
    assert_int_equal(v.filtered_out, 0);
    assert_int_equal(v.shortened, 15);
    assert_int_equal(v.cut_off, 0);
    v = expect(s, FILTER(.max_stack = 3, .comms = "io"), "io;outer;leaf 4\n");
    assert_int_equal(v.shortened, 0);
    assert_int_equal(v.cut_off, 4);
}

static void what_nothing_passes_or_no_sample_says_is_an_error(void **state)
{
    struct scene *s = *state;
    write_plain(s);
    expect_failure(s, FILTER(.comms = "x"), FLAME_EMPTY,
                   "no sample passes the filters, which left out all 4; its threads: swapper, app, "
                   "io");
    expect_failure(s, FILTER(.comms = "app", .pids = "1"), FLAME_EMPTY,
                   "no sample passes the filters, which left out all 4");
    expect_failure(s, FILTER(.dsos = "libc.so.6"), FLAME_EMPTY,
                   "no sample passes the filters, which left out all 4");
    expect_failure(s, FILTER(.cpus = "0"), FLAME_USAGE,
                   "its samples do not say their CPU; record with perf record --sample-cpu");
}

/* Addresses of a mode that nothing is looked up for, whose stack is "[unknown]". */
static void an_address_that_lies_in_no_object_is_of_no_dso(void **state)
{
    struct scene *s = *state;
    begin(s);
    add_event(s, cycles, "cycles", 0);
    add_process(s);
    const uint16_t modes[] = { FLAME_MODE_UNKNOWN, FLAME_MODE_HYPERVISOR, FLAME_MODE_USER };
    for (size_t i = 0; i < 3; i++)
        builder_sample(s->b, &(struct flame_sample){ .where = { PID, PID, 10 + i, 0, 0, 0 },
                                                     .misc = modes[i],
                                                     .ip = 0x1025,
                                                     .period = 1 });
    write_file(s);
    char jit[40];
    snprintf(jit, sizeof jit, "[JIT] tid %d", PID);
    assert_int_equal(expect(s, FILTER(.dsos = jit), "app;leaf 1\n").filtered_out, 2);
}

/* perf gives off-CPU samples times behind all others, which say nothing of when it was. */
static void shares_are_of_the_time_on_the_processor(void **state)
{
    struct scene *s = *state;
    for (int header = 0; header < 2; header++) {
        if (header)
            builder_free(s->b);
        begin(s);
        add_event(s, cycles, "cycles", 0);
        add_process(s);
        sample(s, 0, PID, 10, 1, 0x1025, 0x1015);
        sample(s, 0, PID, 20, 2, 0x1015, 0x1005);
        builder_sample(
            s->b, &(struct flame_sample){ .where = { PID, PID, FLAME_TIME_OFF_CPU + 5, 0, 0, 0 },
                                          .misc = FLAME_MODE_USER,
                                          .ip = 0x1005,
                                          .period = 4 });
        if (header) {
            builder_feature_begin(s->b, 21); /* SAMPLE_TIME */
            builder_u64(s->b, 10000000);
            builder_u64(s->b, FLAME_TIME_OFF_CPU + 5);
            builder_feature_end(s->b);
        }
        write_file(s);
        expect(s, FILTER(.time = "50%-100%"), "app;outer;inner 2\n");
    }
}

/* perf record -e cpu-clock/name=x/,page-faults/name=x/,... */
static void events_of_one_name_that_do_not_add_up_are_told_apart(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr clock = cycles, faults = cycles;
    clock.type = faults.type = 1;
    faults.config = 2;
    begin(s);
    add_event(s, clock, "x", 0);
    add_event(s, faults, "x", 1);
    add_event(s, clock, "x", 2); /* adds up with the first */
    add_process(s);
    for (uint64_t i = 0; i < 3; i++)
        sample(s, i, PID, 10 + i, UINT64_C(1) << i, 0x1025, 0x1015);
    write_file(s);
    struct flame_session_options options = FILTER(.max_stack = 0);
    expect(s, options, "app;inner;leaf 5\n");
    options.event = "x (software 2)";
    expect(s, options, "app;inner;leaf 2\n");
    options.event = "all";
    expect_failure(s, options, FLAME_USAGE,
                   "its events do not add up: x and x (software 2) count different things; it has "
                   "x, x (software 2)");
}

/* cycles on both kinds of processor of a hybrid machine, and instructions. */
static void write_events(struct scene *s)
{
    struct flame_event_attr atom = cycles, instructions = cycles;
    atom.config = UINT64_C(10) << 32;
    instructions.config = 1;
    begin(s);
    add_event(s, cycles, "cpu_core/cycles/", 0);
    add_event(s, atom, "cpu_atom/cycles/", 1);
    add_event(s, instructions, "instructions", 2);
    add_process(s);
    sample(s, 0, PID, 10, 1, 0x1025, 0x1015);
    sample(s, 1, PID, 20, 2, 0x1025, 0x1015);
    sample(s, 2, IO, 30, 4, 0x1025, 0x1005);
    write_file(s);
}

static void the_default_event_is_that_of_the_first_sample_that_passes(void **state)
{
    struct scene *s = *state;
    write_events(s);
    assert_int_equal(expect(s, FILTER(.max_stack = 9), "app;inner;leaf 1\n").filtered_out, 0);
    struct flame_verdict v = expect(s, FILTER(.comms = "io"), "io;outer;leaf 4\n");
    assert_int_equal(v.filtered_out, 0); /* of instructions none */
    assert_int_equal(v.event_count, 1);
    struct flame_session_options named = FILTER(.comms = "io");
    named.event = "cpu_core/cycles/";
    expect_failure(s, named, FLAME_EMPTY,
                   "no sample of this event passes the filters, which left out all 1");
}

static void all_adds_up_events_that_count_the_same(void **state)
{
    struct scene *s = *state;
    write_events(s);
    struct flame_session_options all = FILTER(.comms = "app");
    all.event = "all";
    struct flame_verdict v = expect(s, all, "app;inner;leaf 3\n");
    assert_int_equal(v.samples, 2);
    assert_int_equal(v.filtered_out, 1);
    assert_int_equal(v.event, v.event_count);
    all.filter.comms = NULL;
    expect_failure(
        s, all, FLAME_USAGE,
        "its events do not add up: cpu_core/cycles/ and instructions count different things; "
        "it has cpu_core/cycles/, cpu_atom/cycles/, instructions");
}

static void times_add_up_and_an_event_may_be_called_all(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr clock = cycles, off_cpu = cycles;
    clock.type = off_cpu.type = 1;
    off_cpu.config = 10;
    begin(s);
    add_event(s, clock, "cpu-clock:u", 0);
    add_event(s, off_cpu, "offcpu-time", 1);
    add_process(s);
    sample(s, 0, PID, 10, 1, 0x1025, 0x1015);
    sample(s, 1, PID, 20, 2, 0x1025, 0x1015);
    write_file(s);
    struct flame_session_options all = FILTER(.max_stack = 0);
    all.event = "all";
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_session *session = flame_session_open(s->file, &all, &error);
    assert_non_null(session);
    assert_int_equal(flame_session_stacks(session)->unit, FLAME_UNIT_NANOSECONDS);
    assert_str(flame_session_stacks(session)->event_name, "cpu-clock:u + offcpu-time");
    flame_session_close(session);

    builder_free(s->b);
    begin(s);
    add_event(s, cycles, "all", 0);
    add_event(s, clock, "cpu-clock", 1);
    add_process(s);
    sample(s, 0, PID, 10, 1, 0x1025, 0x1015);
    sample(s, 1, PID, 20, 2, 0x1025, 0x1015);
    write_file(s);
    assert_int_equal(expect(s, all, "app;inner;leaf 1\n").event, 0);
}

#define SESSION(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_asked_for_takes_everything),
        cmocka_unit_test(numbers_and_ranges_in_any_order),
        cmocka_unit_test(every_filter_that_is_given_has_to_be_passed),
        cmocka_unit_test(times_are_whole_nanoseconds_and_both_ends_belong),
        cmocka_unit_test(a_time_may_lack_either_end),
        cmocka_unit_test(several_times_stand_apart_by_spaces),
        cmocka_unit_test(shares_are_cut_as_perf_cuts_them),
        cmocka_unit_test(names_are_whole_and_may_hold_commas),
        cmocka_unit_test(what_has_no_name_is_no_symbol_that_was_asked_for),
        cmocka_unit_test(an_object_is_known_by_path_or_name),
        cmocka_unit_test(nonsense_is_refused_by_the_filter_s_name),
        SESSION(only_what_passes_is_counted_and_judged),
        SESSION(each_filter_selects_what_it_names),
        SESSION(max_stack_keeps_the_innermost_frames_and_leaves_out_no_sample),
        SESSION(an_address_that_lies_in_no_object_is_of_no_dso),
        SESSION(shares_are_of_the_time_on_the_processor),
        SESSION(events_of_one_name_that_do_not_add_up_are_told_apart),
        SESSION(what_nothing_passes_or_no_sample_says_is_an_error),
        SESSION(the_default_event_is_that_of_the_first_sample_that_passes),
        SESSION(all_adds_up_events_that_count_the_same),
        SESSION(times_add_up_and_an_event_may_be_called_all),
    };
    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
