/* test_ids.c: which event a sample belongs to, by its id and by perf's rules. */
#include "check.h"
#include "perf_records.h"

static struct flame_event_attr id_attr(uint64_t sample_type, uint64_t config)
{
    return (struct flame_event_attr){ .config = config, .sample_type = sample_type };
}

TEST(identifier_finds_the_event_although_layouts_differ)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = builder_new((struct builder_options){ .big_endian = big });
        struct flame_event_attr plain = id_attr(FLAME_SAMPLE_IDENTIFIER | FLAME_SAMPLE_IP, 0);
        struct flame_event_attr rich = id_attr(
            FLAME_SAMPLE_IDENTIFIER | FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_PERIOD, 1);
        builder_attr(b, &plain, NULL, 2, (uint64_t[]){ 900, 20 });
        builder_attr(b, &rich, NULL, 2, (uint64_t[]){ 30, 10 });
        builder_sample(b,
                       &(struct flame_sample){ .attr = 1, .where = { 5, 6, .id = 10 }, .ip = 1 });
        builder_sample(b, &(struct flame_sample){ .attr = 0, .where = { .id = 900 }, .ip = 2 });
        builder_sample(b, &(struct flame_sample){ .attr = 0, .where = { .id = 0 }, .ip = 3 });
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(perf_records_sample(&r, 0).attr, 1);
        assert_int_equal(perf_records_sample(&r, 0).where.tid, 6);
        assert_int_equal(perf_records_sample(&r, 1).attr, 0);
        assert_int_equal(perf_records_sample(&r, 1).ip, 2);
        assert_int_equal(perf_records_sample(&r, 2).attr, 0); /* id 0 is the first event's */
        perf_records_discard(b, &r);
    }
}

TEST(plain_id_is_found_behind_ip_tid_time_and_addr)
{
    uint64_t type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME | FLAME_SAMPLE_ADDR |
                    FLAME_SAMPLE_ID | FLAME_SAMPLE_PERIOD;
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct flame_event_attr first = id_attr(type, 0), second = id_attr(type, 1);
    builder_attr(b, &first, NULL, 1, (uint64_t[]){ 10 });
    builder_attr(b, &second, NULL, 1, (uint64_t[]){ 20 });
    builder_sample(b, &(struct flame_sample){ .attr = 1, .where = { .id = 20 } });
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(perf_records_sample(&r, 0).attr, 1);
    perf_records_discard(b, &r);
}

TEST(sample_of_an_unknown_id_is_refused_with_its_offset)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct flame_event_attr first = id_attr(FLAME_SAMPLE_IDENTIFIER, 0);
    builder_attr(b, &first, NULL, 1, (uint64_t[]){ 10 });
    builder_attr(b, &first, NULL, 1, (uint64_t[]){ 20 });
    builder_sample(b, &(struct flame_sample){ .where = { .id = 15 } });
    struct perf_records r = perf_records_read(builder_finish(b));
    struct flame_sample out;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_perf_sample_decode(&r.file, &r.items[0], &out, &error), FLAME_CORRUPT);
    assert_int_equal(error.offset, r.items[0].offset);
    perf_records_discard(b, &r);
}

TEST(one_event_takes_every_sample_whatever_its_id)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct flame_event_attr first = id_attr(FLAME_SAMPLE_IDENTIFIER | FLAME_SAMPLE_IP, 0);
    builder_attr(b, &first, NULL, 1, (uint64_t[]){ 10 });
    builder_sample(b, &(struct flame_sample){ .where = { .id = 999 }, .ip = 4 });
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(perf_records_sample(&r, 0).ip, 4);
    perf_records_discard(b, &r);
}

TEST(events_without_ids_share_samples_if_their_layout_is_the_same)
{
    for (int same = 0; same < 2; same++) {
        struct perf_builder *b = builder_new((struct builder_options){ 0 });
        struct flame_event_attr first = id_attr(FLAME_SAMPLE_IP, 0);
        struct flame_event_attr second =
            id_attr(FLAME_SAMPLE_IP | (same ? 0 : FLAME_SAMPLE_TID), 1);
        builder_attr(b, &first, NULL, 0, NULL);
        builder_attr(b, &second, NULL, 0, NULL);
        builder_sample(b, &(struct flame_sample){ .ip = 4 });
        struct perf_records r = perf_records_read(builder_finish(b));
        struct flame_sample out;
        assert_int_equal(flame_perf_sample_decode(&r.file, &r.items[0], &out, NULL),
                         same ? FLAME_OK : FLAME_CORRUPT);
        perf_records_discard(b, &r);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifier_finds_the_event_although_layouts_differ),
        cmocka_unit_test(plain_id_is_found_behind_ip_tid_time_and_addr),
        cmocka_unit_test(sample_of_an_unknown_id_is_refused_with_its_offset),
        cmocka_unit_test(one_event_takes_every_sample_whatever_its_id),
        cmocka_unit_test(events_without_ids_share_samples_if_their_layout_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
