/* test_salvage_zstd.c: damage in and between compressed records. A frame is worth what all of its
 * chunks are; what is decompressed may be damaged itself. */
#include "check.h"
#include "perf_records.h"

#include <stdlib.h>

enum { COMM = FLAME_RECORD_COMM, ROUND = 4, COMM_SIZE = 32 };

static void put_comms(struct perf_builder *b, int first, int count)
{
    for (int i = first; i < first + count; i++)
        builder_comm(b, i, i, "32 bytes in all");
}

/* One compressed record of ROUND comms. */
static void put_chunk(struct perf_builder *b, int first)
{
    builder_compressed_begin(b);
    put_comms(b, first, ROUND);
    builder_compressed_end(b, 0, FLAME_RECORD_COMPRESSED);
}

static bool has(const struct perf_records *r, int i)
{
    for (size_t k = 0; k < r->count; k++) {
        struct flame_record record;
        if (r->items[k].type == COMM &&
            flame_perf_record_decode(&r->file, &r->items[k], &record, NULL) == FLAME_OK &&
            record.comm.pid == i && record.comm.tid == i)
            return true;
    }
    return false;
}

static void check_has(const struct perf_records *r, int first, int count, bool want)
{
    for (int i = first; i < first + count; i++)
        if (has(r, i) != want)
            fail_msg("comm %d is%s there: %s", i, want ? " not" : "", r->damage.text);
}

/* Bad bytes between comms, in chunks of every size: they are stepped over within one compressed
 * record and across several. */
TEST(bytes_inside_that_are_no_record_are_one_loss)
{
    static const size_t chunks[] = { 1, 5, 7, 8, 13, 31, 32, 33, 64, 100, 4096 };
    FOR_BOTH_ORDERS(big)
    for (size_t c = 0; c < sizeof chunks / sizeof *chunks; c++)
        for (size_t bad = 8; bad < 80; bad += 7) {
            struct perf_builder *b = perf_records_one_event(big);
            builder_compressed_begin(b);
            put_comms(b, 0, ROUND);
            for (size_t i = 0; i < bad; i++)
                builder_u8(b, 0);
            put_comms(b, ROUND, ROUND);
            builder_compressed_end(b, chunks[c], FLAME_RECORD_COMPRESSED);
            struct perf_records r = perf_records_read(builder_finish(b));
            check_has(&r, 0, 2 * ROUND, true);
            assert_int_equal(r.losses.count, 1);
            assert_int_equal(r.losses.items[0].bytes, bad);
            assert_int_equal(r.lost_bytes, bad);
            assert_int_equal(r.damage.status, FLAME_CORRUPT);
            assert_true(r.count == 2 * ROUND);
            perf_records_discard(b, &r);
        }
}

TEST(last_record_inside_is_found_although_nothing_follows)
{
    struct perf_builder *b = perf_records_one_event(0);
    builder_compressed_begin(b);
    builder_u64(b, 0);
    put_comms(b, 0, 1);
    builder_compressed_end(b, 0, FLAME_RECORD_COMPRESSED);
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.count, 1);
    assert_int_equal(r.losses.count, 1);
    assert_int_equal(r.lost_bytes, 8);
    perf_records_discard(b, &r);
}

TEST(noise_inside_to_the_end_is_one_loss)
{
    struct perf_builder *b = perf_records_one_event(0);
    builder_compressed_begin(b);
    put_comms(b, 0, ROUND);
    for (int i = 0; i < 300000; i++)
        builder_u8(b, 0x99);
    builder_compressed_end(b, 1000, FLAME_RECORD_COMPRESSED);
    struct perf_records r = perf_records_read(builder_finish(b));
    check_has(&r, 0, ROUND, true);
    assert_int_equal(r.count, ROUND);
    assert_int_equal(r.losses.count, 1);
    assert_int_equal(r.lost_bytes, 300000);
    perf_records_discard(b, &r);
}

/* Three rounds of a compressed record and a plain one; `broken` of them is made unreadable. */
static struct perf_records read_broken(struct perf_builder **builder, int broken, bool anew)
{
    struct perf_builder *b = *builder = perf_records_one_event(0);
    size_t offsets[4];
    for (int i = 0; i < 3; i++) {
        if (anew && i)
            builder_compressed_anew(b);
        offsets[i] = builder_data_size(b);
        put_chunk(b, i * ROUND);
        put_comms(b, 100 + 3 * i, 3);
    }
    struct flame_bytes file = builder_finish(b);
    struct perf_records r = perf_records_read(file);
    uint64_t start = r.file.parts.items[0].offset + offsets[broken];
    perf_records_free(&r);
    memset((uint8_t *)(uintptr_t)file.ptr + start + 8, 0xff, 8);
    return perf_records_read(file);
}

TEST(what_builds_on_a_broken_record_is_lost_and_plain_records_are_not)
{
    for (int broken = 0; broken < 3; broken++) {
        struct perf_builder *b;
        struct perf_records r = read_broken(&b, broken, false);
        check_has(&r, 0, broken * ROUND, true);
        check_has(&r, broken * ROUND, (3 - broken) * ROUND, false);
        check_has(&r, 100, 9, true);
        assert_int_equal(r.losses.count, 1);
        assert_int_equal(r.lost_bytes, r.losses.items[0].bytes);
        perf_records_discard(b, &r);
    }
}

TEST(new_frame_begins_afresh)
{
    for (int broken = 0; broken < 3; broken++) {
        struct perf_builder *b;
        struct perf_records r = read_broken(&b, broken, true);
        for (int i = 0; i < 3; i++)
            check_has(&r, i * ROUND, ROUND, i != broken);
        check_has(&r, 100, 9, true);
        assert_int_equal(r.losses.count, 1);
        perf_records_discard(b, &r);
    }
}

/* perf never does, but then nothing is wrong with it. */
TEST(new_frame_behind_a_sound_one_is_no_loss)
{
    struct perf_builder *b = perf_records_one_event(0);
    for (int i = 0; i < 3; i++) {
        put_chunk(b, i * ROUND);
        builder_compressed_anew(b);
    }
    struct perf_records r = perf_records_read(builder_finish(b));
    check_has(&r, 0, 3 * ROUND, true);
    assert_int_equal(r.losses.count, 0);
    perf_records_discard(b, &r);
}

TEST(record_that_a_new_frame_leaves_unfinished_is_said)
{
    struct perf_builder *b = perf_records_one_event(0);
    builder_compressed_begin(b);
    put_comms(b, 0, ROUND);
    builder_u32(b, COMM);
    builder_u32(b, 24 << 16);
    builder_compressed_end(b, 0, FLAME_RECORD_COMPRESSED);
    builder_compressed_anew(b);
    put_chunk(b, ROUND);
    struct perf_records r = perf_records_read(builder_finish(b));
    check_has(&r, 0, 2 * ROUND, true);
    assert_int_equal(r.losses.count, 1);
    assert_int_equal(r.damage.status, FLAME_TRUNCATED);
    assert_int_equal(r.lost_bytes, 8);
    perf_records_discard(b, &r);
}

/* A chunk may have been among the bytes that were stepped over: zstd would not notice. */
TEST(plain_bytes_that_are_stepped_over_end_the_frame)
{
    for (int anew = 0; anew < 2; anew++) {
        struct perf_builder *b = perf_records_one_event(0);
        put_chunk(b, 0);
        put_comms(b, 100, 3);
        builder_bytes(b, "\0\0\0\0\0\0\0", 8);
        put_comms(b, 103, 3);
        if (anew)
            builder_compressed_anew(b);
        size_t start = builder_data_size(b);
        put_chunk(b, ROUND);
        size_t lost = 8 + (anew ? 0 : builder_data_size(b) - start);
        struct perf_records r = perf_records_read(builder_finish(b));
        check_has(&r, 0, ROUND, true);
        check_has(&r, 100, 6, true);
        check_has(&r, ROUND, ROUND, anew);
        assert_int_equal(r.losses.count, 1);
        assert_int_equal(r.lost_bytes, lost);
        assert_int_equal(r.losses.items[0].bytes, lost);
        perf_records_discard(b, &r);
    }
}

/* The half of a record that was decompressed when the frame ended is lost with it. */
TEST(half_of_a_record_is_counted_when_its_frame_ends)
{
    for (int half = 1; half < COMM_SIZE; half++) {
        struct perf_builder *b = perf_records_one_event(0);
        builder_compressed_begin(b);
        put_comms(b, 0, ROUND);
        builder_u32(b, COMM);
        builder_u16(b, 0);
        builder_u16(b, COMM_SIZE + 8);
        for (int i = 0; i < half; i++)
            builder_u8(b, 1);
        builder_compressed_end(b, 0, FLAME_RECORD_COMPRESSED);
        builder_bytes(b, "\0\0\0\0\0\0\0", 8);
        put_comms(b, 100, 3);
        struct perf_records r = perf_records_read(builder_finish(b));
        check_has(&r, 0, ROUND, true);
        check_has(&r, 100, 3, true);
        assert_int_equal(r.losses.count, 1);
        assert_int_equal(r.lost_bytes, 8 + 8 + half);
        perf_records_discard(b, &r);
    }
}

TEST(frame_without_its_beginning_is_one_loss)
{
    struct perf_builder *b = perf_records_one_event(0);
    for (int i = 0; i < 3; i++) {
        put_chunk(b, i * ROUND);
        put_comms(b, 100 + 3 * i, 3);
    }
    struct flame_bytes file = builder_finish(b);
    struct perf_records r = perf_records_read(file);
    uint64_t first = r.items[0].offset;
    perf_records_free(&r);
    uint8_t *at = (uint8_t *)(uintptr_t)file.ptr + first;
    at[0] = 87; /* a type that is not ours to know */
    r = perf_records_read(file);
    check_has(&r, 0, 3 * ROUND, false);
    check_has(&r, 100, 9, true);
    assert_int_equal(r.losses.count, 1);
    assert_non_null(strstr(r.damage.text, "no beginning"));
    perf_records_discard(b, &r);
}

/* Each part has a frame of its own. */
TEST(broken_frame_of_one_part_is_no_matter_to_the_next)
{
    static const struct flame_event_attr attr = { .sample_type = FLAME_SAMPLE_IP };
    struct perf_builder *more = builder_new((struct builder_options){ .form = BUILDER_STREAM });
    builder_attr(more, &attr, NULL, 0, NULL);
    put_chunk(more, 50);
    put_chunk(more, 50 + ROUND);
    struct perf_builder *b = perf_records_one_event(0);
    builder_begin(b, FLAME_RECORD_COMPRESSED, 0);
    builder_u64(b, 0);
    builder_end(b);
    struct perf_records r = perf_records_read_two(builder_finish(b), builder_finish(more));
    check_has(&r, 50, 2 * ROUND, true);
    assert_int_equal(r.losses.count, 1);
    perf_records_free(&r);
    builder_free(b);
    builder_free(more);
}

/* Every bit of the header of each of five compressed records: the plain ones stay, what is in the
 * frame before the damage stays, and nothing is said wrong. */
TEST(flipped_bit_of_a_compressed_header)
{
    enum { CHUNKS = 5 };
    struct perf_builder *b = perf_records_one_event(0);
    size_t offsets[CHUNKS];
    for (int i = 0; i < CHUNKS; i++) {
        offsets[i] = builder_data_size(b);
        put_chunk(b, i * ROUND);
        put_comms(b, 100 + 3 * i, 3);
    }
    struct flame_bytes whole = builder_finish(b);
    uint8_t *copy = malloc((size_t)whole.size);
    assert_non_null(copy);
    for (int damaged = 0; damaged < CHUNKS; damaged++)
        for (unsigned bit = 0; bit < 64; bit++) {
            memcpy(copy, whole.ptr, (size_t)whole.size);
            copy[104 + 144 + offsets[damaged] + bit / 8] ^= (uint8_t)(1 << bit % 8);
            struct perf_records r = perf_records_read((struct flame_bytes){ copy, whole.size });
            check_has(&r, 0, damaged * ROUND, true);
            check_has(&r, 100, 3 * damaged, true);
            for (size_t k = 0; k < r.count; k++)
                if (r.items[k].type == COMM) {
                    int32_t pid = perf_records_record(&r, k).comm.pid;
                    assert_true(pid < CHUNKS * ROUND || (pid >= 100 && pid < 100 + 3 * CHUNKS));
                }
            assert_true(r.losses.count <= 2);
            perf_records_free(&r);
        }
    free(copy);
    builder_free(b);
}

TEST(cut_of_a_compressed_file_is_one_loss)
{
    struct perf_builder *b = perf_records_one_event(0);
    for (int i = 0; i < 3; i++) {
        put_chunk(b, i * ROUND);
        put_comms(b, 100 + 3 * i, 3);
    }
    struct flame_bytes file = builder_finish(b);
    for (uint64_t size = 104 + 144; size < file.size; size++) {
        struct perf_records r = perf_records_read((struct flame_bytes){ file.ptr, size });
        assert_int_equal(r.file.losses.count, 1);
        assert_int_equal(r.losses.count, 0);
        for (size_t k = 0; k + 1 < r.count; k++)
            assert_true(r.items[k].position < r.items[k + 1].position);
        perf_records_free(&r);
    }
    builder_free(b);
}

/* Compressed records that come as blocks of their own take no place among the others. */
TEST(holders_come_before_what_they_hold)
{
    struct perf_builder *b = perf_records_one_event(0);
    put_chunk(b, 0);
    put_comms(b, 100, 1);
    builder_compressed_anew(b);
    put_chunk(b, ROUND);
    struct flame_bytes file = builder_finish(b);
    struct perf_records r = perf_records_read(file);
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    flame_perf_stream_init(&stream, &r.file);
    stream.holders = true;
    size_t holders = 0, records = 0;
    while (flame_perf_stream_next(&stream, &buffer, &block) == FLAME_OK) {
        struct flame_perf_raw raw;
        size_t at = 0;
        while (flame_perf_block_next(&block, false, &at, &raw)) {
            if (raw.type == FLAME_RECORD_COMPRESSED) {
                assert_int_equal(r.file.bytes[raw.offset], FLAME_RECORD_COMPRESSED);
                holders++;
                continue;
            }
            assert_int_equal(raw.position, r.items[records].position);
            assert_int_equal(raw.offset, r.items[records].offset);
            records++;
        }
    }
    assert_int_equal(holders, 2);
    assert_int_equal(records, r.count);
    flame_perf_stream_deinit(&stream);
    flame_perf_buffer_free(&buffer);
    perf_records_discard(b, &r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_inside_that_are_no_record_are_one_loss),
        cmocka_unit_test(last_record_inside_is_found_although_nothing_follows),
        cmocka_unit_test(noise_inside_to_the_end_is_one_loss),
        cmocka_unit_test(what_builds_on_a_broken_record_is_lost_and_plain_records_are_not),
        cmocka_unit_test(new_frame_begins_afresh),
        cmocka_unit_test(new_frame_behind_a_sound_one_is_no_loss),
        cmocka_unit_test(record_that_a_new_frame_leaves_unfinished_is_said),
        cmocka_unit_test(plain_bytes_that_are_stepped_over_end_the_frame),
        cmocka_unit_test(half_of_a_record_is_counted_when_its_frame_ends),
        cmocka_unit_test(frame_without_its_beginning_is_one_loss),
        cmocka_unit_test(broken_frame_of_one_part_is_no_matter_to_the_next),
        cmocka_unit_test(flipped_bit_of_a_compressed_header),
        cmocka_unit_test(cut_of_a_compressed_file_is_one_loss),
        cmocka_unit_test(holders_come_before_what_they_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
