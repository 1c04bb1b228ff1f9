/* Samples one by one: when, who, where, of which event, and with which stack. */
#include "pipeline.h"
#include "scene.h"

#include <flamedata/tree.h>

enum { CYCLES = 71, CLOCK = 72, THREAD = 6, ROUNDS = 24, PER_ROUND = 200 };

static const struct flame_session_options keeping = { .threads = 1,
                                                      .symbols.buildid_dir = "/nonexistent",
                                                      .keep_samples = true };

/* Two events, whose samples say their processor. */
static void begin_events(struct scene *s, struct builder_options options)
{
    struct flame_event_attr attr = cycles;
    attr.sample_type |= FLAME_SAMPLE_CPU;
    forget(s);
    s->b = builder_new(options);
    builder_attr(s->b, &attr, "cycles", 1, (uint64_t[]){ CYCLES });
    attr.type = 1;
    builder_attr(s->b, &attr, "cpu-clock", 1, (uint64_t[]){ CLOCK });
}

static void put(struct scene *s, uint64_t id, uint64_t time, int32_t tid, int32_t cpu,
                uint64_t period, size_t depth, const uint8_t *chain)
{
    struct flame_sample sample = { .attr = id == CLOCK,
                                   .where = { PID, tid, time, id, 0, cpu },
                                   .misc = FLAME_MODE_USER,
                                   .ip = id == CLOCK ? 0x1204 : 0x1025,
                                   .period = period,
                                   .chain = chain,
                                   .chain_count = depth };
    builder_sample(s->b, &sample);
}

#define LEAF_IN_OUTER 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1005)
#define LEAF_IN_START 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1035)
#define RESTORE 2, WORDS(FLAME_CONTEXT_USER, 0x1204)

static void put_stack(struct flame_output *out, const struct flame_stacks *stacks,
                      const struct flame_stack *stack)
{
    for (uint32_t i = 0; i < stack->depth; i++) {
        struct flame_str name = stacks->frames[stacks->ids[stack->first + i]].name;
        flame_putf(out, "%s%.*s", i ? ";" : "", (int)name.len, name.ptr);
    }
}

/* A line for each sample: time, thread, processor, event, period, stack. */
static struct flame_output *list(const struct flame_session *session)
{
    const struct flame_samples *samples = flame_session_samples(session);
    const struct flame_stacks *stacks = flame_session_stacks(session);
    struct flame_output *out = flame_output_memory();
    for (size_t i = 0; i < samples->row_count; i++) {
        const struct flame_sample_row *row = &samples->rows[i];
        const struct flame_sample_thread *thread = &samples->threads[row->thread];
        struct flame_str event = samples->events[row->event].name;
        flame_putf(out, "%d %.*s/%d/%d %d %.*s %d ", (int)row->time_ns, (int)thread->name.len,
                   thread->name.ptr, thread->pid, thread->tid, (int)row->cpu, (int)event.len,
                   event.ptr, (int)row->period);
        put_stack(out, stacks, &stacks->stacks[row->stack]);
        flame_putf(out, "\n");
    }
    return out;
}

static void assert_rows(struct scene *s, struct flame_session_options options, const char *want)
{
    struct flame_session *session = open_with(s, options);
    struct flame_output *out = list(session);
    assert_str(flame_output_bytes(out), want);
    flame_output_discard(out);
    flame_session_close(session);
}

static void put_few(struct scene *s)
{
    process(s);
    builder_comm(s->b, PID, THREAD, "helper");
    put(s, CYCLES, 50, PID, 0, 5, LEAF_IN_OUTER);
    put(s, CLOCK, 40, PID, 1, 7, RESTORE);
    put(s, CYCLES, 20, THREAD, 1, 2, LEAF_IN_START);
    comm_at(s, 30, PID, "later");
    put(s, CYCLES, 20, PID, 2, 3, LEAF_IN_OUTER);
    put(s, CYCLES, 60, 99, 0, 4, LEAF_IN_OUTER);
    write_file(s, 0);
}

static void every_sample_of_every_event_is_there_in_order_of_time(void **state)
{
    struct scene *s = *state;
    for (int form = 0; form < 3; form++) {
        begin_events(s,
                     (struct builder_options){ .big_endian = form == 1,
                                               .form = form == 2 ? BUILDER_PIPE : BUILDER_FILE });
        put_few(s);
        assert_rows(s, keeping,
                    "20 helper/5/6 1 cycles 2 helper;_start;leaf\n"
                    "20 app/5/5 2 cycles 3 app;outer;leaf\n"
                    "40 later/5/5 1 cpu-clock 7 later;restore\n"
                    "50 later/5/5 0 cycles 5 later;outer;leaf\n"
                    "60 :99/5/99 0 cycles 4 :99;outer;leaf\n");
    }
}

static void threads_are_in_order_and_events_those_of_the_verdict(void **state)
{
    struct scene *s = *state;
    begin_events(s, (struct builder_options){ 0 });
    put_few(s);
    struct flame_session *session = open_with(s, keeping);
    const struct flame_samples *samples = flame_session_samples(session);
    const struct flame_verdict *verdict = flame_session_verdict(session);
    const char *names[] = { ":99", "app", "helper", "later" };
    assert_int_equal(samples->thread_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_str(samples->threads[i].name, names[i]);
    assert_ptr_equal(samples->events, verdict->events);
    assert_int_equal(samples->event_count, 2);
    assert_int_equal(samples->event, verdict->event);
    assert_int_equal(samples->units[1], FLAME_UNIT_NANOSECONDS);
    assert_true(samples->has_time);
    assert_true(samples->has_cpu);
    flame_session_close(session);
}

static void samples_that_filters_leave_out_are_not_there(void **state)
{
    struct scene *s = *state;
    struct flame_session_options options = keeping;
    begin_events(s, (struct builder_options){ 0 });
    put_few(s);
    options.filter.cpus = "1";
    assert_rows(s, options,
                "20 helper/5/6 1 cycles 2 helper;_start;leaf\n"
                "40 later/5/5 1 cpu-clock 7 later;restore\n");
    options = keeping;
    options.filter.comms = "later";
    options.filter.max_stack = 1;
    assert_rows(s, options,
                "40 later/5/5 1 cpu-clock 7 later;restore\n"
                "50 later/5/5 0 cycles 5 later;leaf\n");
    options = keeping;
    options.filter.symbols = "restore";
    struct flame_session *session = open_with(s, options);
    assert_int_equal(flame_session_samples(session)->thread_count, 1);
    flame_session_close(session);
}

static void without_being_asked_nothing_is_kept(void **state)
{
    struct scene *s = *state;
    begin_events(s, (struct builder_options){ 0 });
    put_few(s);
    struct flame_session *session = open_with(s, plain);
    assert_null(flame_session_samples(session));
    assert_int_equal(flame_session_stacks(session)->stack_count, 4);
    flame_session_close(session);
}

/* What is said of the counted event is the same, whatever else is kept. */
static void the_verdict_is_that_of_the_counted_event(void **state)
{
    struct scene *s = *state;
    begin_events(s, (struct builder_options){ 0 });
    process(s);
    builder_mmap2(s->b, PID, PID, 0x700000, 0x1000, 0, "/nonexistent/only-clock");
    put(s, CYCLES, 10, PID, 0, 5, LEAF_IN_OUTER);
    put(s, CLOCK, 20, PID, 0, 7, 3, WORDS(FLAME_CONTEXT_USER, 0x700010, 0x700020));
    put(s, CLOCK, 30, PID, 0, 7, 0, NULL);
    write_file(s, 0);
    struct flame_session *without = open_with(s, plain), *with = open_with(s, keeping);
    const struct flame_verdict *a = flame_session_verdict(without),
                               *b = flame_session_verdict(with);
    assert_int_equal(a->object_count, 1);
    assert_int_equal(b->object_count, 1);
    assert_int_equal(b->objects[0].weight, 5);
    assert_int_equal(a->weight, b->weight);
    assert_int_equal(a->unnamed, b->unnamed);
    assert_int_equal(a->cut_off, b->cut_off);
    assert_int_equal(a->rooted, b->rooted);
    assert_int_equal(a->without_stack, b->without_stack);
    assert_int_equal(flame_session_stacks(with)->total_weight, 5);
    assert_int_equal(flame_session_stacks(with)->stack_count, 3);
    assert_int_equal(flame_session_stacks(without)->stack_count, 1);
    flame_session_close(without);
    flame_session_close(with);
}

/* Sums of rows are the stacks' weights, and the events'. */
static void assert_sums(const struct flame_session *session)
{
    const struct flame_samples *samples = flame_session_samples(session);
    const struct flame_stacks *stacks = flame_session_stacks(session);
    struct flame_hits *by_stack = calloc(stacks->stack_count, sizeof *by_stack),
                      by_event[2] = { 0 };
    for (size_t i = 0; i < samples->row_count; i++) {
        const struct flame_sample_row *row = &samples->rows[i];
        by_event[row->event].samples++;
        by_event[row->event].period += row->period;
        if (row->event == samples->event || samples->event == samples->event_count) {
            by_stack[row->stack].samples++;
            by_stack[row->stack].period += row->period;
        }
    }
    for (size_t i = 0; i < stacks->stack_count; i++) {
        assert_int_equal(by_stack[i].samples, stacks->stacks[i].samples);
        assert_int_equal(by_stack[i].period, stacks->stacks[i].weight);
    }
    for (size_t i = 0; i < samples->event_count; i++) {
        assert_int_equal(by_event[i].samples, samples->events[i].samples);
        assert_int_equal(by_event[i].period, samples->events[i].weight);
    }
    free(by_stack);
}

static void put_many(struct scene *s, bool compressed, struct builder_options options)
{
    uint32_t seed = 1;
    begin_events(s, options);
    if (compressed) {
        builder_feature_string(s->b, FLAME_PERF_FEATURE_HOSTNAME, "box");
        builder_feature_begin(s->b, FLAME_PERF_FEATURE_COMPRESSED);
        for (int i = 0; i < 5; i++)
            builder_u32(s->b, (const uint32_t[]){ 1, 1, 1, 5, 0 }[i]);
        builder_feature_end(s->b);
    }
    process(s);
    if (compressed)
        builder_compressed_begin(s->b);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        char name[16];
        snprintf(name, sizeof name, "name%d", (int)(round % 5));
        comm_at(s, round * 1000 + 500, PID + (int)(round % 3), name);
        for (int i = 0; i < PER_ROUND; i++) {
            seed = seed * 1664525 + 1013904223;
            uint64_t time = round * 1000 + (seed >> 8) % 1000;
            uint64_t caller = 0x1000 + (seed >> 4) % 64, leaf = 0x1000 + (seed >> 14) % 64;
            /* Stacks of one address are hashed alike where thread and address differ alike. */
            put(s, (seed >> 20) % 3 ? CYCLES : CLOCK, time, PID + (int)(seed >> 12) % 3,
                (int)(seed >> 16) % 4, 1 + (seed >> 9) % 50, i % 2 ? 3 : 2,
                WORDS(FLAME_CONTEXT_USER, leaf, caller));
        }
        if (compressed)
            builder_compressed_end(s->b, 400, FLAME_RECORD_COMPRESSED);
        builder_begin(s->b, FLAME_RECORD_FINISHED_ROUND, 0);
        builder_end(s->b);
        if (compressed)
            builder_compressed_begin(s->b);
    }
    if (compressed)
        builder_compressed_end(s->b, 400, FLAME_RECORD_COMPRESSED);
    write_file(s, 0);
}

static void any_number_of_threads_keeps_the_same(void **state)
{
    struct scene *s = *state;
    struct flame_output *first = NULL;
    for (int form = 0; form < 3; form++) {
        put_many(s, form > 0, (struct builder_options){ .big_endian = form == 2 });
        for (unsigned threads = 1; threads <= 7; threads += 3) {
            struct flame_session_options options = keeping;
            options.threads = threads;
            options.event = form == 2 ? "cpu-clock" : NULL;
            struct flame_session *session = open_with(s, options);
            assert_int_equal(session->counted, form > 0);
            assert_sums(session);
            struct flame_output *out = list(session);
            assert_int_equal(flame_session_samples(session)->row_count, ROUNDS * PER_ROUND);
            if (first)
                assert_true(flame_str_equal(flame_output_bytes(out), flame_output_bytes(first)));
            flame_session_close(session);
            if (first)
                flame_output_discard(out);
            else
                first = out;
        }
    }
    flame_output_discard(first);
}

static void a_node_weighs_what_the_samples_do_that_end_there(void **state)
{
    struct scene *s = *state;
    put_many(s, false, (struct builder_options){ 0 });
    struct flame_session *session = open_with(s, keeping);
    const struct flame_samples *samples = flame_session_samples(session);
    struct flame_tree tree;
    assert_int_equal(
        flame_tree_build(&tree, flame_session_stacks(session), FLAME_TREE_CALLERS_FIRST, NULL),
        FLAME_OK);
    uint64_t *self = calloc(tree.node_count, sizeof *self), sums[3] = { 0 };
    for (size_t event = 0; event <= samples->event_count; event++) {
        flame_samples_weigh(samples, &tree, event, self);
        for (size_t i = 0; i < tree.node_count; i++) {
            if (event == samples->event)
                assert_int_equal(self[i], tree.nodes[i].self);
            sums[event] += self[i];
        }
    }
    assert_int_equal(sums[0], samples->events[0].weight);
    assert_int_equal(sums[1], samples->events[1].weight);
    assert_int_equal(sums[2], sums[0] + sums[1]);
    free(self);
    flame_tree_free(&tree);
    flame_session_close(session);
}

static void assert_chart(struct scene *s, struct flame_session_options options, const char *want)
{
    struct flame_session *session = open_with(s, options);
    struct flame_stacks *chart =
        flame_samples_chart(flame_session_samples(session), flame_session_stacks(session), NULL);
    struct flame_output *out = flame_output_memory();
    uint64_t weight = 0;
    for (size_t i = 0; i < chart->stack_count; i++) {
        put_stack(out, chart, &chart->stacks[i]);
        flame_putf(out, " %d\n", (int)chart->stacks[i].weight);
        weight += chart->stacks[i].weight;
    }
    for (size_t i = 1; i < chart->frame_count; i++)
        assert_true(flame_str_compare(chart->frames[i - 1].name, chart->frames[i].name) <= 0);
    assert_int_equal(weight, chart->total_weight);
    assert_str(flame_output_bytes(out), want);
    flame_output_discard(out);
    flame_samples_chart_free(chart);
    flame_session_close(session);
}

static void a_chart_has_each_threads_samples_in_order_of_time(void **state)
{
    struct scene *s = *state;
    begin_events(s, (struct builder_options){ 0 });
    process(s);
    builder_comm(s->b, PID, THREAD, "zz");
    put(s, CYCLES, 50, PID, 0, 1, LEAF_IN_OUTER);
    put(s, CYCLES, 40, PID, 0, 2, LEAF_IN_START);
    put(s, CYCLES, 35, THREAD, 0, 4, LEAF_IN_OUTER);
    put(s, CYCLES, 30, PID, 0, 8, LEAF_IN_OUTER);
    put(s, CLOCK, 25, PID, 0, 16, LEAF_IN_START);
    put(s, CYCLES, 20, PID, 0, 32, LEAF_IN_OUTER);
    write_file(s, 0);
    assert_chart(s, keeping,
                 "app;outer;leaf 40\napp;_start;leaf 2\napp;outer;leaf 1\nzz;outer;leaf 4\n");
    struct flame_session_options options = keeping;
    options.event = "cpu-clock";
    assert_chart(s, options, "app;_start;leaf 16\n");
}

static void threads_of_one_name_stay_apart_in_a_chart(void **state)
{
    struct scene *s = *state;
    begin_events(s, (struct builder_options){ 0 });
    process(s);
    builder_comm(s->b, PID, THREAD, "app");
    builder_comm(s->b, PID, 7, "app-5");
    put(s, CYCLES, 10, PID, 0, 1, LEAF_IN_OUTER);
    put(s, CYCLES, 20, THREAD, 0, 2, LEAF_IN_OUTER);
    put(s, CYCLES, 30, PID, 0, 4, LEAF_IN_OUTER);
    put(s, CYCLES, 40, 7, 0, 8, LEAF_IN_OUTER);
    write_file(s, 0);
    assert_chart(s, keeping, "app-5/5;outer;leaf 5\napp-5/6;outer;leaf 2\napp-5;outer;leaf 8\n");
    struct flame_session_options options = keeping;
    options.with_tid = true;
    assert_chart(s, options,
                 "app-5/5;outer;leaf 5\napp-5/6;outer;leaf 2\napp-5-5/7;outer;leaf 8\n");
}

static void frames_know_the_object_that_they_are_in(void **state)
{
    struct scene *s = *state;
    begin_events(s, (struct builder_options){ 0 });
    process(s);
    builder_mmap2(s->b, PID, PID, 0x700000, 0x1000, 0, "/nonexistent/libfoo.so.1");
    put(s, CYCLES, 10, PID, 0, 1, 4, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x700020, 0x999999));
    write_file(s, 0);
    struct flame_session *session = open_with(s, plain);
    const struct flame_stacks *stacks = flame_session_stacks(session);
    const struct flame_stack *stack = &stacks->stacks[0];
    const char *objects[] = { "", "", "libfoo.so.1", "[JIT] tid 5" };
    assert_int_equal(stack->depth, 4);
    for (uint32_t i = 0; i < 4; i++)
        assert_str(stacks->frames[stacks->ids[stack->first + i]].object, objects[i]);
    flame_session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(every_sample_of_every_event_is_there_in_order_of_time),
        SCENE(threads_are_in_order_and_events_those_of_the_verdict),
        SCENE(samples_that_filters_leave_out_are_not_there),
        SCENE(without_being_asked_nothing_is_kept),
        SCENE(the_verdict_is_that_of_the_counted_event),
        SCENE(any_number_of_threads_keeps_the_same),
        SCENE(a_node_weighs_what_the_samples_do_that_end_there),
        SCENE(a_chart_has_each_threads_samples_in_order_of_time),
        SCENE(threads_of_one_name_stay_apart_in_a_chart),
        SCENE(frames_know_the_object_that_they_are_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
