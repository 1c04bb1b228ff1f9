/* test_stream.c: walking the data section: what is framed, what is skipped, and what is said. What
 * is done about damage is in test_salvage.c. */
#include "check.h"
#include "perf_records.h"

static void check_sound(const struct perf_records *r)
{
    assert_int_equal(r->damage.status, FLAME_OK);
    assert_int_equal(r->lost_bytes, 0);
}

TEST(unknown_types_and_odd_sizes_are_stepped_over)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = perf_records_one_event(big);
        static const uint32_t types[] = { 0, 23, 63, 87, 5000, 32769, UINT32_MAX };
        for (size_t i = 0; i < 7; i++) {
            builder_begin(b, types[i], 0);
            builder_bytes(b, "odd size", i);
            builder_end(b);
        }
        builder_comm(b, 1, 2, "last");
        struct perf_records r = perf_records_read(builder_finish(b));
        check_sound(&r);
        assert_int_equal(r.count, 8);
        for (size_t i = 0; i < 7; i++) {
            assert_int_equal(r.items[i].type, types[i]);
            assert_int_equal(r.items[i].size, 8 + i);
        }
        assert_str(perf_records_record(&r, 7).comm.comm, "last");
        perf_records_discard(b, &r);
    }
}

TEST(offsets_are_the_files_and_positions_count_records)
{
    struct perf_builder *b = perf_records_one_event(0);
    builder_comm(b, 1, 1, "a");
    builder_comm(b, 1, 1, "b");
    struct perf_records r = perf_records_read(builder_finish(b));
    uint32_t size = r.items[0].size;
    assert_int_equal(r.items[0].offset, r.file.parts.items[0].offset);
    assert_int_equal(r.items[0].position, 0);
    assert_int_equal(r.items[1].offset, r.file.parts.items[0].offset + size);
    assert_int_equal(r.items[1].position, size);
    assert_int_equal(r.file.bytes[r.items[1].offset], FLAME_RECORD_COMM);
    perf_records_discard(b, &r);
}

TEST(size_below_8_is_stepped_over)
{
    FOR_BOTH_ORDERS(big) for (uint16_t size = 0; size < 8; size++)
    {
        struct perf_builder *b = perf_records_one_event(big);
        builder_comm(b, 1, 2, "before");
        size_t at = builder_data_size(b);
        builder_u32(b, FLAME_RECORD_COMM);
        builder_u16(b, 0);
        builder_u16(b, size);
        builder_comm(b, 1, 2, "after");
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.count, 2);
        assert_str(perf_records_record(&r, 1).comm.comm, "after");
        assert_int_equal(r.damage.status, FLAME_CORRUPT);
        assert_int_equal(r.damage.offset, r.file.parts.items[0].offset + at);
        assert_int_equal(r.lost_bytes, 8);
        perf_records_discard(b, &r);
    }
}

TEST(record_that_runs_past_the_data_stops_with_its_offset)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = perf_records_one_event(big);
        builder_comm(b, 1, 2, "before");
        size_t at = builder_data_size(b);
        builder_u32(b, FLAME_RECORD_COMM);
        builder_u16(b, 0);
        builder_u16(b, 65535);
        builder_u64(b, 0);
        builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "bytes behind the data");
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.count, 1);
        assert_int_equal(r.damage.status, FLAME_TRUNCATED);
        assert_int_equal(r.damage.offset, r.file.parts.items[0].offset + at);
        assert_int_equal(r.lost_bytes, 16);
        perf_records_discard(b, &r);
    }
}

TEST(left_over_bytes_too_few_for_a_header_are_said)
{
    for (size_t extra = 1; extra < 8; extra++) {
        struct perf_builder *b = perf_records_one_event(0);
        builder_comm(b, 1, 2, "before");
        builder_bytes(b, "[ perf ", extra);
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.count, 1);
        assert_int_equal(r.damage.status, FLAME_TRUNCATED);
        assert_int_equal(r.lost_bytes, extra);
        perf_records_discard(b, &r);
    }
}

TEST(simpleperf_records_have_sizes_of_32_bits)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = perf_records_one_event(big);
        builder_begin(b, FLAME_RECORD_SIMPLEPERF_SYMBOL, 0);
        for (int i = 0; i < 10000; i++)
            builder_u64(b, 0x0101010101010101);
        builder_end(b);
        builder_comm(b, 1, 2, "behind");
        struct perf_records r = perf_records_read(builder_finish(b));
        check_sound(&r);
        assert_int_equal(r.count, 2);
        assert_int_equal(r.items[0].size, 80008);
        assert_int_equal(r.items[0].misc, 0);
        assert_str(perf_records_record(&r, 1).comm.comm, "behind");
        perf_records_discard(b, &r);
    }
}

TEST(records_of_every_known_type_are_framed)
{
    static const uint32_t types[] = {
#define X(type, name) type,
        FLAME_RECORDS(X)
#undef X
    };
    enum { COUNT = sizeof types / sizeof *types };
    struct perf_builder *b = perf_records_one_event(0);
    for (size_t i = 0; i < COUNT; i++) {
        if (types[i] == FLAME_RECORD_COMPRESSED || types[i] == FLAME_RECORD_COMPRESSED2)
            continue;
        builder_begin(b, types[i], 0);
        builder_bytes(b, (uint8_t[600]){ 0 }, 593);
        builder_end(b);
    }
    struct perf_records r = perf_records_read(builder_finish(b));
    check_sound(&r);
    assert_int_equal(r.count, COUNT - 2);
    perf_records_discard(b, &r);
}

TEST(bytes_behind_auxtrace_and_tracing_data_are_no_records)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = perf_records_one_event(big);
        builder_begin(b, FLAME_RECORD_AUXTRACE, 0);
        builder_u64(b, 13);
        for (int i = 0; i < 4; i++)
            builder_u64(b, 0);
        builder_end(b);
        builder_bytes(b, "13 bytes away", 13);
        builder_begin(b, FLAME_RECORD_TRACING_DATA, 0);
        builder_u32(b, 3); /* the old form of 12 bytes */
        builder_end(b);
        builder_bytes(b, "abc", 3);
        builder_comm(b, 1, 2, "found");
        struct perf_records r = perf_records_read(builder_finish(b));
        check_sound(&r);
        assert_int_equal(r.count, 3);
        assert_str(perf_records_record(&r, 2).comm.comm, "found");
        perf_records_discard(b, &r);
    }
}

TEST(auxtrace_that_claims_more_than_there_is_stops)
{
    static const uint64_t sizes[] = { 100, UINT64_MAX };
    for (size_t i = 0; i < 2; i++) {
        struct perf_builder *b = perf_records_one_event(0);
        builder_comm(b, 1, 2, "before");
        builder_begin(b, FLAME_RECORD_AUXTRACE, 0);
        builder_u64(b, sizes[i]);
        builder_end(b);
        builder_bytes(b, "a few", 5);
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.count, 2);
        assert_int_equal(r.damage.status, FLAME_TRUNCATED);
        assert_int_equal(r.lost_bytes, 5);
        perf_records_discard(b, &r);
    }
}

TEST(auxtrace_too_short_for_its_size_field_is_only_itself)
{
    struct perf_builder *b = perf_records_one_event(0);
    builder_begin(b, FLAME_RECORD_AUXTRACE, 0);
    builder_end(b);
    builder_comm(b, 1, 2, "after");
    struct perf_records r = perf_records_read(builder_finish(b));
    check_sound(&r);
    assert_int_equal(r.count, 2);
    perf_records_discard(b, &r);
}

TEST(data_of_many_blocks_gives_every_record_once)
{
    struct perf_builder *b = perf_records_one_event(0);
    enum { RECORDS = 40000 };
    for (int i = 0; i < RECORDS; i++)
        builder_comm(b, i, i, "sh");
    struct perf_records r = perf_records_read(builder_finish(b));
    check_sound(&r);
    assert_int_equal(r.count, RECORDS);
    for (int i = 0; i < RECORDS; i++) {
        assert_int_equal(perf_records_record(&r, (size_t)i).comm.pid, i);
        assert_int_equal(r.items[i].position, (size_t)i * r.items[0].size);
    }
    perf_records_discard(b, &r);
}

TEST(streams_over_one_file_do_not_disturb_each_other)
{
    struct perf_builder *b = perf_records_one_event(0);
    builder_compressed_begin(b);
    for (int i = 0; i < 300; i++)
        builder_comm(b, i, i, "sh");
    builder_compressed_end(b, 1000, FLAME_RECORD_COMPRESSED);
    struct flame_bytes bytes = builder_finish(b);
    struct flame_perf_file file;
    assert_int_equal(flame_perf_open(&file, bytes.ptr, bytes.size, "f", NULL), FLAME_OK);
    struct flame_perf_stream streams[2];
    struct flame_perf_buffer buffers[2] = { { 0 } };
    struct flame_perf_block blocks[2];
    for (int i = 0; i < 2; i++)
        flame_perf_stream_init(&streams[i], &file);
    while (flame_perf_stream_next(&streams[0], &buffers[0], &blocks[0]) == FLAME_OK) {
        assert_int_equal(flame_perf_stream_next(&streams[1], &buffers[1], &blocks[1]), FLAME_OK);
        assert_int_equal(blocks[0].position, blocks[1].position);
        assert_int_equal(blocks[0].size, blocks[1].size);
        assert_memory_equal(blocks[0].bytes, blocks[1].bytes, blocks[0].size);
    }
    for (int i = 0; i < 2; i++) {
        flame_perf_stream_deinit(&streams[i]);
        flame_perf_buffer_free(&buffers[i]);
    }
    flame_perf_close(&file);
    builder_free(b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_types_and_odd_sizes_are_stepped_over),
        cmocka_unit_test(offsets_are_the_files_and_positions_count_records),
        cmocka_unit_test(size_below_8_is_stepped_over),
        cmocka_unit_test(record_that_runs_past_the_data_stops_with_its_offset),
        cmocka_unit_test(left_over_bytes_too_few_for_a_header_are_said),
        cmocka_unit_test(simpleperf_records_have_sizes_of_32_bits),
        cmocka_unit_test(records_of_every_known_type_are_framed),
        cmocka_unit_test(bytes_behind_auxtrace_and_tracing_data_are_no_records),
        cmocka_unit_test(auxtrace_that_claims_more_than_there_is_stops),
        cmocka_unit_test(auxtrace_too_short_for_its_size_field_is_only_itself),
        cmocka_unit_test(data_of_many_blocks_gives_every_record_once),
        cmocka_unit_test(streams_over_one_file_do_not_disturb_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
