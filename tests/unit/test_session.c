/* A session from end to end: built recordings, named by a perf-PID.map beside them. */
#include "scene.h"

#include <sys/stat.h>

static void weights_are_sums_of_periods_root_first(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 10, PID, 100, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015));
    sample(s, 20, PID, 30, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015));
    sample(s, 30, PID, 7, 4, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015, 0x1005));
    write_file(s, 0);
    struct flame_verdict v = expect(s, plain, "app;inner;leaf 130\napp;outer;inner;leaf 7\n");
    assert_int_equal(v.samples, 3);
    assert_int_equal(v.weight, 137);
    assert_int_equal(v.unnamed, 0);
}

static void stacks_end_at_a_root_or_are_cut_off_or_nobody_knows(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 10, PID, 1, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1035));
    sample(s, 20, PID, 2, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1005));
    sample(s, 30, PID, 4, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x999999)); /* in no object */
    sample(s, 40, PID, 8, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1505));   /* in one, no symbol */
    write_file(s, 0);
    struct flame_verdict v = expect(
        s, plain,
        "app;[perf-5.map];leaf 8\napp;[unknown];leaf 4\napp;_start;leaf 1\napp;outer;leaf 2\n");
    assert_int_equal(v.rooted, 1);
    assert_int_equal(v.cut_off, 2 + 4);
}

static void callers_are_named_at_their_call_and_the_interrupted_exactly(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    /* 0x1010 is behind the last byte of outer, and the first of inner. */
    sample(s, 10, PID, 1, 3, WORDS(FLAME_CONTEXT_USER, 0x1010, 0x1010));
    write_file(s, 0);
    expect(s, plain, "app;outer;inner 1\n");
}

static void where_no_call_can_be_a_return_address_is_exact(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    /* Behind padding; behind nothing at all, as a signal's return; and behind nothing, not at a
     * start. */
    sample(s, 10, PID, 1, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1110));
    sample(s, 20, PID, 2, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1200));
    sample(s, 30, PID, 4, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1300));
    write_file(s, 0);
    expect(s, plain, "app;[perf-5.map];leaf 4\napp;padded;leaf 1\napp;restore;leaf 2\n");
}

static void addresses_without_map_or_symbol_stay_frames(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(
        s, 10, PID, 5, 6,
        WORDS(FLAME_CONTEXT_KERNEL, 0xffffffff81000000, FLAME_CONTEXT_USER, 0x1500, 0x999999, 0));
    write_file(s, 0);
    struct flame_verdict v = expect(s, plain, "app;[unknown];[unknown];[perf-5.map];[unknown] 5\n");
    assert_int_equal(v.unnamed, 5);
}

static void functions_of_one_name_in_kernel_and_program_stay_two(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    struct flame_record bpf = { .type = FLAME_RECORD_KSYMBOL,
                                .misc = FLAME_MODE_KERNEL,
                                .ksymbol = { .addr = 0xffffffffc0000000,
                                             .len = 64,
                                             .ksym_type = 1,
                                             .name = flame_str_from("leaf") } };
    builder_record(s->b, &bpf);
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    sample(s, 20, PID, 2, 2, WORDS(FLAME_CONTEXT_KERNEL, 0xffffffffc0000010));
    write_file(s, 0);
    struct flame_session *session = open_with(s, plain);
    const struct flame_stacks *stacks = flame_session_stacks(session);
    assert_int_equal(stacks->stack_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct flame_frame *frame = &stacks->frames[stacks->ids[stacks->stacks[i].first + 1]];
        assert_str(frame->name, "leaf");
        assert_int_equal(frame->kind,
                         stacks->stacks[i].weight == 2 ? FLAME_FRAME_KERNEL : FLAME_FRAME_JIT);
    }
    flame_session_close(session);
}

static void a_foreign_kernel_is_not_named(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    struct flame_record kernel = { .type = FLAME_RECORD_MMAP,
                                   .misc = FLAME_MODE_KERNEL,
                                   .map = { .pid = -1,
                                            .start = 0xffffffff81000000,
                                            .len = 0x1000000,
                                            .pgoff = 0xffffffff81000000,
                                            .filename =
                                                flame_str_from("[kernel.kallsyms]_text") } };
    builder_record(s->b, &kernel);
    builder_feature_string(s->b, 3, "elsewhere");
    builder_feature_string(s->b, 4, "3.2.1");
    process(s);
    sample(s, 10, PID, 5, 2, WORDS(FLAME_CONTEXT_KERNEL, 0xffffffff81000010));
    write_file(s, 0);
    struct flame_session *session = open_with(s, plain);
    assert_folded(session, "app;[[kernel.kallsyms]] 5\n");
    const struct flame_verdict *v = flame_session_verdict(session);
    assert_int_equal(v->object_count, 1);
    assert_true(v->objects[0].kernel);
    assert_int_equal(v->objects[0].unnamed, 5);
    flame_session_close(session);
}

static void a_threads_name_is_the_one_it_had_then(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    /* Out of order in the file, as records of two processors are. */
    sample(s, 50, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    comm_at(s, 40, PID, "later");
    sample(s, 30, PID, 2, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    sample(s, 60, 99, 4, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    write_file(s, 0);
    expect(s, plain, ":99;leaf 4\napp;leaf 2\nlater;leaf 1\n");
}

static void pids_and_tids_are_part_of_the_name_when_asked(void **state)
{
    struct scene *s = *state;
    struct flame_session_options options = plain;
    begin(s, (struct builder_options){ 0 });
    process(s);
    comm_at(s, 0, 6, "app");
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    sample(s, 20, 6, 2, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    write_file(s, 0);
    expect(s, options, "app;leaf 3\n");
    options.with_pid = true;
    expect(s, options, "app-5;leaf 3\n");
    options.with_tid = true;
    expect(s, options, "app-5/5;leaf 1\napp-5/6;leaf 2\n");
}

static void jit_frames_are_marked_when_asked(void **state)
{
    struct scene *s = *state;
    struct flame_session_options options = plain;
    options.annotate_jit = true;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    write_file(s, 0);
    expect(s, options, "app;leaf_[j] 1\n");
}

static void without_a_callchain_the_instruction_is_the_stack(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 10, PID, 3, 0, NULL);
    sample(s, 20, PID, 4, 1, WORDS(FLAME_CONTEXT_USER));
    write_file(s, 0);
    struct flame_verdict v = expect(s, plain, "app;leaf 7\n");
    assert_int_equal(v.without_stack, 2);
}

static void the_event_of_the_earliest_sample_is_counted_unless_one_is_named(void **state)
{
    struct scene *s = *state;
    struct flame_session_options options = plain;
    struct flame_error error = FLAME_ERROR_INIT;
    begin(s, (struct builder_options){ 0 });
    struct flame_event_attr faults = cycles;
    faults.type = 1;
    faults.config = 2;
    uint32_t other = builder_attr(s->b, &faults, "page-faults:u", 1, (uint64_t[]){ 72 });
    process(s);
    sample(s, 50, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    struct flame_sample early = { .where = { PID, PID, 20, 72, 0, 0 },
                                  .misc = FLAME_MODE_USER,
                                  .attr = other,
                                  .period = 9,
                                  .chain = WORDS(FLAME_CONTEXT_USER, 0x1005),
                                  .chain_count = 2 };
    builder_sample(s->b, &early);
    write_file(s, 0);
    struct flame_verdict v = expect(s, options, "app;outer 9\n");
    assert_int_equal(v.event_count, 2);
    options.event = "cycles";
    expect(s, options, "app;leaf 1\n");
    options.event = "page-faults"; /* modifiers need not be named */
    expect(s, options, "app;outer 9\n");
    options.event = "cycle";
    assert_null(flame_session_open(s->file, &options, &error));
    assert_int_equal(error.status, FLAME_USAGE);
}

static void one_bad_sample_is_counted_and_costs_only_itself(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    size_t at = builder_data_size(s->b);
    builder_begin(s->b, FLAME_RECORD_SAMPLE, FLAME_MODE_USER);
    for (int i = 0; i < 5; i++)
        builder_u64(s->b, 71);   /* identifier, ip, pid/tid, time, period */
    builder_u64(s->b, 1u << 30); /* callchain.nr */
    builder_end(s->b);
    sample(s, 30, PID, 2, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    write_file(s, 0);
    struct flame_verdict v = expect(s, plain, "app;leaf 3\n");
    assert_int_equal(v.bad_records, 1);
    assert_int_equal(v.first_bad.status, FLAME_TRUNCATED);
    assert_true(v.first_bad.offset > at);
    assert_non_null(strstr(v.first_bad.text, "sample.callchain"));
}

static void put_bad_sample(struct perf_builder *b, uint64_t chain_count)
{
    builder_begin(b, FLAME_RECORD_SAMPLE, FLAME_MODE_USER);
    for (int i = 0; i < 5; i++)
        builder_u64(b, 71);
    builder_u64(b, chain_count);
    builder_end(b);
}

/* In the first stream it stands far behind where it stands in the second. */
static void the_first_bad_record_of_a_folder_is_that_of_its_first_stream(void **state)
{
    struct scene *s = *state;
    char folder[64], file[64];
    strcpy(folder, s->file);
    strcpy(file, s->file);
    assert_int_equal(mkdir(folder, 0700), 0);
    for (int i = -1; i < 2; i++) {
        begin(s, (struct builder_options){ .form = i < 0 ? BUILDER_FILE : BUILDER_STREAM });
        if (i < 0)
            process(s);
        for (uint64_t at = 0; i >= 0 && at < (i ? 1 : 9000); at++)
            sample(s, 10 + at, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
        if (i >= 0)
            put_bad_sample(s->b, UINT64_C(1000) + (uint64_t)i);
        snprintf(s->file, sizeof s->file, i < 0 ? "%.40s/data" : "%.40s/data.%d", folder, i);
        write_file(s, 0);
        forget(s);
    }
    strcpy(s->file, folder);
    for (unsigned threads = 1; threads <= 7; threads += 3) {
        struct flame_session_options options = plain;
        options.threads = threads;
        struct flame_verdict v = expect(s, options, "app;leaf 9001\n");
        assert_int_equal(v.bad_records, 2);
        assert_non_null(strstr(v.first_bad.text, "needs 8000 bytes"));
    }
    for (int i = -1; i < 2; i++) {
        snprintf(s->file, sizeof s->file, i < 0 ? "%.40s/data" : "%.40s/data.%d", folder, i);
        unlink(s->file);
    }
    rmdir(folder);
    strcpy(s->file, file);
}

/* Sums stay within 64 bits: what cannot be costs only itself, and many of what hardly can all. */
static void a_period_that_cannot_be_is_bad(void **state)
{
    struct scene *s = *state;
    const uint64_t most = UINT64_C(1) << 56;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    sample(s, 11, PID, UINT64_MAX, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    sample(s, 12, PID, most + 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1015));
    sample(s, 13, PID, most, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    write_file(s, 0);
    struct flame_verdict v = expect(s, plain, "app;leaf 72057594037927937\n");
    assert_int_equal(v.samples, 2);
    assert_int_equal(v.bad_records, 2);
    assert_int_equal(v.first_bad.status, FLAME_CORRUPT);
    assert_non_null(strstr(v.first_bad.text, "18446744073709551615"));

    forget(s);
    begin(s, (struct builder_options){ 0 });
    process(s);
    for (uint64_t i = 0; i < 256; i++)
        sample(s, 10 + i, PID, most, 2, WORDS(FLAME_CONTEXT_USER, 0x1005 + i % 3 * 0x10));
    write_file(s, 0);
    for (unsigned threads = 1; threads <= 3; threads += 2) {
        struct flame_session_options options = plain;
        struct flame_error error = FLAME_ERROR_INIT;
        options.threads = threads;
        assert_null(flame_session_open(s->file, &options, &error));
        assert_int_equal(error.status, FLAME_LIMIT);
        assert_non_null(strstr(error.text, "64 bits"));
    }
}

static void a_cut_file_gives_what_came_before_the_cut(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ .killed = true });
    process(s);
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    sample(s, 20, PID, 2, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    write_file(s, 4);
    struct flame_session *session = open_with(s, plain);
    assert_folded(session, "app;leaf 1\n");
    assert_int_equal(flame_session_verdict(session)->losses[0].error.status, FLAME_TRUNCATED);
    flame_session_close(session);
}

static void a_file_without_samples_says_so(void **state)
{
    struct scene *s = *state;
    struct flame_error error = FLAME_ERROR_INIT;
    begin(s, (struct builder_options){ 0 });
    process(s);
    write_file(s, 0);
    assert_null(flame_session_open(s->file, &plain, &error));
    assert_int_equal(error.status, FLAME_EMPTY);
}

static void guests_are_left_out(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    struct flame_sample guest = { .where = { PID, PID, 20, 71, 0, 0 },
                                  .misc = FLAME_MODE_GUEST_KERNEL,
                                  .ip = 0x1025,
                                  .period = 5 };
    builder_sample(s->b, &guest);
    guest.misc = FLAME_MODE_GUEST_USER;
    builder_sample(s->b, &guest);
    write_file(s, 0);
    struct flame_verdict v = expect(s, plain, "app;leaf 1\n");
    assert_int_equal(v.samples, 1);
    assert_int_equal(v.weight, 1);
    assert_int_equal(v.guest_samples, 2);

    struct flame_error error = FLAME_ERROR_INIT;
    forget(s);
    begin(s, (struct builder_options){ 0 });
    builder_sample(s->b, &guest);
    write_file(s, 0);
    assert_null(flame_session_open(s->file, &plain, &error));
    assert_int_equal(error.status, FLAME_EMPTY);
    assert_non_null(strstr(error.text, "guest"));
}

/* Many blocks, many stacks: every number of threads, either byte order, plain or compressed. */
static void the_result_does_not_depend_on_threads_order_or_compression(void **state)
{
    struct scene *s = *state;
    struct flame_output *first = NULL;
    for (int form = 0; form < 4; form++) {
        forget(s);
        begin(s, (struct builder_options){ .big_endian = form & 1 });
        process(s);
        if (form & 2)
            builder_compressed_begin(s->b);
        for (uint64_t i = 0; i < 9000; i++) {
            uint64_t a = 0x1000 + i * 7919 % 0x40, b = 0x1000 + i * 104729 % 0x40;
            sample(s, i + 1, i % 3 ? PID : 6, i % 11, 4, WORDS(FLAME_CONTEXT_USER, a, b, 0x1005));
        }
        if (form & 2)
            builder_compressed_end(s->b, 5000, FLAME_RECORD_COMPRESSED);
        write_file(s, 0);
        const unsigned threads[] = { 1, 2, 7 };
        for (size_t i = 0; i < 3; i++) {
            struct flame_session_options options = plain;
            options.threads = threads[i];
            struct flame_session *session = open_with(s, options);
            struct flame_output *out = flame_output_memory();
            flame_write_folded(flame_session_stacks(session), out, NULL);
            if (first)
                assert_true(flame_str_equal(flame_output_bytes(first), flame_output_bytes(out)));
            flame_session_close(session);
            if (first)
                flame_output_discard(out);
            else
                first = out;
        }
    }
    assert_true(flame_output_bytes(first).len > 100);
    flame_output_discard(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(weights_are_sums_of_periods_root_first),
        SCENE(stacks_end_at_a_root_or_are_cut_off_or_nobody_knows),
        SCENE(callers_are_named_at_their_call_and_the_interrupted_exactly),
        SCENE(where_no_call_can_be_a_return_address_is_exact),
        SCENE(addresses_without_map_or_symbol_stay_frames),
        SCENE(functions_of_one_name_in_kernel_and_program_stay_two),
        SCENE(a_foreign_kernel_is_not_named),
        SCENE(a_threads_name_is_the_one_it_had_then),
        SCENE(pids_and_tids_are_part_of_the_name_when_asked),
        SCENE(jit_frames_are_marked_when_asked),
        SCENE(without_a_callchain_the_instruction_is_the_stack),
        SCENE(the_event_of_the_earliest_sample_is_counted_unless_one_is_named),
        SCENE(one_bad_sample_is_counted_and_costs_only_itself),
        SCENE(the_first_bad_record_of_a_folder_is_that_of_its_first_stream),
        SCENE(a_period_that_cannot_be_is_bad),
        SCENE(a_cut_file_gives_what_came_before_the_cut),
        SCENE(a_file_without_samples_says_so),
        SCENE(guests_are_left_out),
        SCENE(the_result_does_not_depend_on_threads_order_or_compression),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
