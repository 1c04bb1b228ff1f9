/* test_pipe.c: recordings that went through a pipe: what a file says in its header comes as records
 * here. */
#include "check.h"
#include "perf_records.h"

static const struct flame_event_attr cycles = { .sample_type =
                                                    FLAME_SAMPLE_IDENTIFIER | FLAME_SAMPLE_IP };
static const struct flame_event_attr clock_attr = { .type = 1,
                                                    .sample_type =
                                                        FLAME_SAMPLE_IDENTIFIER | FLAME_SAMPLE_IP };

static struct perf_builder *pipe_of(int big)
{
    return builder_new((struct builder_options){ .form = BUILDER_PIPE, .big_endian = big });
}

static void put_samples(struct perf_builder *b)
{
    builder_comm(b, 1, 2, "sh");
    builder_sample(b, &(struct flame_sample){ .where = { .id = 12 }, .ip = 5 });
    builder_sample(b, &(struct flame_sample){ .where = { .id = 21 }, .ip = 6 });
}

TEST(attrs_ids_names_and_features_come_as_records)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = pipe_of(big);
        builder_attr(b, &cycles, "cycles:u", 2, (uint64_t[]){ 12, 11 });
        builder_attr(b, &clock_attr, "clock", 1, (uint64_t[]){ 21 });
        builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box");
        builder_feature_begin(b, FLAME_PERF_FEATURE_NRCPUS);
        builder_u32(b, 8);
        builder_u32(b, 4);
        builder_feature_end(b);
        put_samples(b);
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.file.form, FLAME_PERF_FORM_PIPE);
        assert_int_equal(r.file.big_endian, big);
        assert_int_equal(r.file.events.count, 2);
        assert_str(r.file.events.items[0].name, "cycles:u");
        assert_str(r.file.events.items[1].name, "clock");
        assert_int_equal(r.file.ids.count, 3);
        assert_int_equal(r.file.ids.items[0].id, 11);
        assert_str(r.file.features.hostname, "box");
        assert_int_equal(r.file.features.cpus_available, 8);
        assert_int_equal(r.file.bad_features, 0);
        assert_int_equal(r.losses.count, 0);
        assert_int_equal(perf_records_sample(&r, r.count - 2).attr, 0);
        assert_int_equal(perf_records_sample(&r, r.count - 1).attr, 1);
        assert_int_equal(perf_records_sample(&r, r.count - 1).ip, 6);
        perf_records_discard(b, &r);
    }
}

TEST(attr_of_any_size_is_read)
{
    static const uint32_t sizes[] = { 64, 72, 80, 96, 104, 112, 120, 128, 136, 144, 200 };
    FOR_BOTH_ORDERS(big) for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    {
        struct perf_builder *b = builder_new((struct builder_options){
            .form = BUILDER_PIPE, .big_endian = big, .attr_size = sizes[i] });
        builder_attr(b, &cycles, NULL, 2, (uint64_t[]){ 12, 11 });
        builder_attr(b, &clock_attr, NULL, 1, (uint64_t[]){ 21 });
        put_samples(b);
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.file.events.count, 2);
        assert_int_equal(r.file.events.items[1].attr.type, 1);
        assert_int_equal(r.file.ids.count, 3);
        assert_int_equal(r.file.ids.items[2].id, 21);
        assert_int_equal(r.file.bad_features, 0);
        perf_records_discard(b, &r);
    }
}

/* Its ids begin where the first attrs ended, at 64. */
TEST(attr_size_of_zero_means_64)
{
    struct perf_builder *b = builder_new((struct builder_options){
        .form = BUILDER_PIPE, .attr_size = 64, .attr_claims = BUILDER_ZERO });
    builder_attr(b, &cycles, NULL, 1, (uint64_t[]){ 77 });
    put_samples(b);
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.file.ids.count, 1);
    assert_int_equal(r.file.ids.items[0].id, 77);
    perf_records_discard(b, &r);
}

TEST(update_names_the_event_of_its_id)
{
    struct perf_builder *b = pipe_of(0);
    builder_attr(b, &cycles, NULL, 2, (uint64_t[]){ 12, 11 });
    builder_attr(b, &clock_attr, NULL, 1, (uint64_t[]){ 21 });
    builder_rename(b, 21, "second");
    builder_rename(b, 11, "first");
    builder_rename(b, 99, "nobody");
    builder_begin(b, FLAME_RECORD_EVENT_UPDATE, 0); /* its unit */
    builder_u64(b, 0);
    builder_u64(b, 21);
    builder_text(b, "Joules", 8);
    builder_end(b);
    put_samples(b);
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_str(r.file.events.items[0].name, "first");
    assert_str(r.file.events.items[1].name, "second");
    assert_int_equal(r.file.bad_features, 0);
    perf_records_discard(b, &r);
}

TEST(table_of_names_serves_events_that_are_numbered)
{
    static const enum builder_form forms[] = { BUILDER_PIPE, BUILDER_FILE, BUILDER_V1 };
    static const struct flame_event_attr tracepoint = { .type = 2, .config = 300 };
    FOR_BOTH_ORDERS(big) for (size_t i = 0; i < 3; i++)
    {
        struct perf_builder *b = builder_new(
            (struct builder_options){ .form = forms[i], .big_endian = big, .attr_size = 96 });
        builder_attr(b, &tracepoint, NULL, 0, NULL);
        builder_attr(b, &clock_attr, NULL, 0, NULL);
        builder_event_type(b, 0, "not the clock's");
        builder_event_type(b, 300, "sched:sched_switch");
        builder_comm(b, 1, 2, "sh");
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_str(r.file.events.items[0].name, "sched:sched_switch");
        assert_str(r.file.events.items[1].name, "cpu-clock");
        perf_records_discard(b, &r);
    }
}

TEST(attr_behind_other_records_is_found)
{
    struct perf_builder *b = pipe_of(0);
    builder_begin(b, FLAME_RECORD_FINISHED_ROUND, 0);
    builder_end(b);
    builder_begin(b, FLAME_RECORD_ATTR, 0);
    builder_u32(b, 1); /* software */
    builder_u32(b, 64);
    for (int i = 0; i < 7; i++)
        builder_u64(b, 0);
    builder_u64(b, 5); /* an id */
    builder_end(b);
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.file.events.count, 1);
    assert_str(r.file.events.items[0].name, "cpu-clock");
    assert_int_equal(r.file.ids.count, 1);
    perf_records_discard(b, &r);
}

TEST(broken_head_records_cost_themselves)
{
    struct perf_builder *b = pipe_of(0);
    builder_attr(b, &cycles, NULL, 0, NULL);
    builder_begin(b, FLAME_RECORD_ATTR, 0); /* claims more than it has */
    builder_u32(b, 0);
    builder_u32(b, 4096);
    builder_end(b);
    builder_begin(b, FLAME_RECORD_ATTR, 0); /* claims less than there ever was */
    builder_u32(b, 0);
    builder_u32(b, 8);
    for (int i = 0; i < 8; i++)
        builder_u64(b, 0);
    builder_end(b);
    builder_begin(b, FLAME_RECORD_FEATURE, 0);
    builder_u32(b, 3);
    builder_end(b);
    builder_begin(b, FLAME_RECORD_FEATURE, 0);
    builder_u64(b, FLAME_PERF_FEATURE_NRCPUS);
    builder_u32(b, 8);
    builder_end(b);
    builder_begin(b, FLAME_RECORD_FEATURE, 0);
    builder_u64(b, UINT64_MAX);
    builder_u64(b, 1);
    builder_end(b);
    builder_begin(b, FLAME_RECORD_EVENT_UPDATE, 0);
    builder_u64(b, 2);
    builder_end(b);
    put_samples(b);
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.file.events.count, 1);
    assert_int_equal(r.file.bad_features, 6);
    assert_int_equal(r.losses.count, 0);
    perf_records_discard(b, &r);
}

TEST(empty_feature_ends_the_list_and_is_none)
{
    static const uint64_t ids[] = { 32, 35, 255 };
    for (size_t i = 0; i < 3; i++) {
        struct perf_builder *b = pipe_of(0);
        builder_attr(b, &cycles, NULL, 0, NULL);
        builder_begin(b, FLAME_RECORD_FEATURE, 0);
        builder_u64(b, ids[i]);
        builder_end(b);
        put_samples(b);
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.file.bad_features, 0);
        assert_false(r.file.features.sections[ids[i]].present);
        perf_records_discard(b, &r);
    }
}

TEST(tracing_data_of_12_bytes_is_followed_by_its_bytes)
{
    struct perf_builder *b = pipe_of(0);
    builder_begin(b, FLAME_RECORD_TRACING_DATA, 0);
    builder_u32(b, 24);
    builder_end(b);
    builder_bytes(b, "\27\10\104tracing0.6\0not more..", 24);
    builder_attr(b, &cycles, NULL, 0, NULL);
    put_samples(b);
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.losses.count, 0);
    assert_int_equal(r.items[r.count - 1].type, FLAME_RECORD_SAMPLE);
    perf_records_discard(b, &r);
}

TEST(compressed_pipe_gives_its_records)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = pipe_of(big);
        builder_attr(b, &cycles, NULL, 1, (uint64_t[]){ 12 });
        builder_attr(b, &clock_attr, NULL, 1, (uint64_t[]){ 21 });
        builder_compressed_begin(b);
        for (int i = 0; i < 100; i++)
            put_samples(b);
        builder_compressed_end(b, 333, FLAME_RECORD_COMPRESSED2);
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.losses.count, 0);
        size_t samples = 0;
        for (size_t i = 0; i < r.count; i++)
            samples += r.items[i].type == FLAME_RECORD_SAMPLE;
        assert_int_equal(samples, 200);
        perf_records_discard(b, &r);
    }
}

/* Cut anywhere, a pipe opens as soon as one attr is there. */
TEST(head_cut_anywhere_opens_or_says_why)
{
    struct perf_builder *b = pipe_of(0);
    builder_attr(b, &cycles, "cycles", 1, (uint64_t[]){ 12 });
    builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box");
    struct flame_bytes file = builder_finish(b);
    const uint64_t one_attr = 16 + 8 + 128 + 8;
    for (uint64_t size = 16; size < file.size; size++) {
        struct flame_perf_file opened;
        struct flame_error error = FLAME_ERROR_INIT;
        enum flame_status status = flame_perf_open(&opened, file.ptr, (size_t)size, "cut", &error);
        assert_int_equal(status, size < one_attr ? FLAME_CORRUPT : FLAME_OK);
        if (status == FLAME_OK)
            flame_perf_close(&opened);
    }
    builder_free(b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(attrs_ids_names_and_features_come_as_records),
        cmocka_unit_test(attr_of_any_size_is_read),
        cmocka_unit_test(attr_size_of_zero_means_64),
        cmocka_unit_test(update_names_the_event_of_its_id),
        cmocka_unit_test(table_of_names_serves_events_that_are_numbered),
        cmocka_unit_test(attr_behind_other_records_is_found),
        cmocka_unit_test(broken_head_records_cost_themselves),
        cmocka_unit_test(empty_feature_ends_the_list_and_is_none),
        cmocka_unit_test(tracing_data_of_12_bytes_is_followed_by_its_bytes),
        cmocka_unit_test(compressed_pipe_gives_its_records),
        cmocka_unit_test(head_cut_anywhere_opens_or_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
