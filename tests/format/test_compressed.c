/* test_compressed.c: zstd records: one frame for the whole file, records that straddle two, damage
 * and bombs. */
#include "check.h"
#include "perf_records.h"
#include "stream_limits.h"

#include <stdlib.h>

enum { COMMS = 200 };

static void put_comms(struct perf_builder *b, int first, size_t chunk, uint32_t type)
{
    builder_compressed_begin(b);
    for (int i = first; i < first + COMMS; i++)
        builder_comm(b, i, i, "compressed");
    builder_compressed_end(b, chunk, type);
}

/* The comms in r are 0 .. count-1 in order, and positions go up. */
static void check_comms(const struct perf_records *r, int count)
{
    int next = 0;
    for (size_t i = 0; i < r->count; i++) {
        if (i)
            assert_true(r->items[i].position > r->items[i - 1].position);
        if (r->items[i].type != FLAME_RECORD_COMM)
            continue;
        assert_int_equal(perf_records_record(r, i).comm.pid, next);
        next++;
    }
    assert_int_equal(next, count);
}

TEST(one_compressed_record_gives_its_records)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = perf_records_one_event(big);
        put_comms(b, 0, 0, FLAME_RECORD_COMPRESSED);
        struct perf_records r = perf_records_read(builder_finish(b));
        check_comms(&r, COMMS);
        assert_int_equal(r.items[5].offset,
                         r.file.parts.items[0].offset); /* the record that holds it */
        assert_int_equal(r.damage.status, FLAME_OK);
        perf_records_discard(b, &r);
    }
}

TEST(records_that_straddle_compressed_ones_are_whole)
{
    static const size_t chunks[] = { 1, 7, 8, 9, 31, 32, 33, 100, 4048 };
    static const uint32_t types[] = { FLAME_RECORD_COMPRESSED, FLAME_RECORD_COMPRESSED2 };
    FOR_BOTH_ORDERS(big) for (size_t i = 0; i < 2 * sizeof chunks / sizeof *chunks; i++)
    {
        struct perf_builder *b = perf_records_one_event(big);
        put_comms(b, 0, chunks[i / 2], types[i % 2]);
        struct perf_records r = perf_records_read(builder_finish(b));
        check_comms(&r, COMMS);
        assert_int_equal(r.damage.status, FLAME_OK);
        assert_int_equal(r.lost_bytes, 0);
        perf_records_discard(b, &r);
    }
}

TEST(plain_records_between_keep_their_place)
{
    struct perf_builder *b = perf_records_one_event(0);
    for (int round = 0; round < 3; round++) {
        put_comms(b, round * (COMMS + 1), 0, FLAME_RECORD_COMPRESSED);
        builder_comm(b, round * (COMMS + 1) + COMMS, 1, "plain");
        builder_begin(b, FLAME_RECORD_FINISHED_ROUND, 0);
        builder_end(b);
    }
    struct perf_records r = perf_records_read(builder_finish(b));
    check_comms(&r, 3 * (COMMS + 1));
    assert_int_equal(r.damage.status, FLAME_OK);
    perf_records_discard(b, &r);
}

TEST(plain_record_amid_a_straddling_one_does_not_break_it)
{
    struct perf_builder *b = perf_records_one_event(0);
    builder_compressed_begin(b); /* the first half of COMM 1 */
    builder_u32(b, FLAME_RECORD_COMM);
    builder_u16(b, 0);
    builder_u16(b, 24);
    builder_compressed_end(b, 0, FLAME_RECORD_COMPRESSED);
    builder_comm(b, 0, 0, "plain");
    builder_compressed_begin(b);
    builder_u32(b, 1);
    builder_u32(b, 1);
    builder_bytes(b, "second\0", 8);
    builder_compressed_end(b, 0, FLAME_RECORD_COMPRESSED);
    struct perf_records r = perf_records_read(builder_finish(b));
    check_comms(&r, 2);
    assert_str(perf_records_record(&r, 1).comm.comm, "second");
    assert_int_equal(r.damage.status, FLAME_OK);
    perf_records_discard(b, &r);
}

TEST(last_record_cut_short_is_said)
{
    struct perf_builder *b = perf_records_one_event(0);
    builder_compressed_begin(b);
    builder_comm(b, 0, 0, "whole");
    builder_begin(b, FLAME_RECORD_COMM, 0);
    builder_u64(b, 1);
    builder_text(b, "cut", 8);
    builder_end(b);
    builder_u32(b, FLAME_RECORD_COMM); /* half a header */
    builder_compressed_end(b, 0, FLAME_RECORD_COMPRESSED);
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.count, 2);
    assert_int_equal(r.damage.status, FLAME_TRUNCATED);
    perf_records_discard(b, &r);
}

/* Behind a broken block nothing more can be decompressed, but plain records still stand. */
TEST(broken_block_loses_the_compressed_rest_only)
{
    struct perf_builder *b = perf_records_one_event(0);
    put_comms(b, 0, 0, FLAME_RECORD_COMPRESSED);
    size_t bad = builder_data_size(b);
    builder_begin(b, FLAME_RECORD_COMPRESSED, 0);
    builder_bytes(b, "\377\377\377\377\377\377\377\377", 8);
    builder_end(b);
    put_comms(b, COMMS, 0, FLAME_RECORD_COMPRESSED);
    size_t lost = builder_data_size(b) - bad;
    builder_comm(b, COMMS, 1, "plain");
    struct perf_records r = perf_records_read(builder_finish(b));
    check_comms(&r, COMMS + 1);
    assert_int_equal(r.damage.status, FLAME_CORRUPT);
    assert_int_equal(r.damage.offset, r.file.parts.items[0].offset + bad);
    assert_int_equal(r.lost_bytes, lost);
    perf_records_discard(b, &r);
}

TEST(compressed2_that_claims_more_than_it_has_is_said)
{
    static const uint64_t sizes[] = { 9, UINT64_MAX };
    for (size_t i = 0; i < 2; i++) {
        struct perf_builder *b = perf_records_one_event(0);
        builder_begin(b, FLAME_RECORD_COMPRESSED2, 0);
        builder_u64(b, sizes[i]);
        builder_u64(b, 0);
        builder_end(b);
        builder_comm(b, 0, 0, "plain");
        struct perf_records r = perf_records_read(builder_finish(b));
        check_comms(&r, 1);
        assert_int_equal(r.damage.status, FLAME_TRUNCATED);
        assert_int_equal(r.damage.offset, r.file.parts.items[0].offset + 16);
        assert_int_equal(r.lost_bytes, 24);
        perf_records_discard(b, &r);
    }
}

TEST(compressed_record_of_no_bytes_is_nothing)
{
    struct perf_builder *b = perf_records_one_event(0);
    builder_begin(b, FLAME_RECORD_COMPRESSED, 0);
    builder_end(b);
    put_comms(b, 0, 0, FLAME_RECORD_COMPRESSED);
    struct perf_records r = perf_records_read(builder_finish(b));
    check_comms(&r, COMMS);
    assert_int_equal(r.damage.status, FLAME_OK);
    perf_records_discard(b, &r);
}

/* mmap_len is what perf compresses at most in one go; here it is 8 KiB. */
static struct perf_builder *with_mmap_len(uint32_t mmap_len)
{
    struct perf_builder *b = perf_records_one_event(0);
    builder_feature_begin(b, FLAME_PERF_FEATURE_COMPRESSED);
    for (size_t i = 0; i < 5; i++)
        builder_u32(b, (uint32_t[]){ 1, 1, 1, 1, mmap_len }[i]);
    builder_feature_end(b);
    return b;
}

TEST(record_expands_to_what_the_feature_says_and_no_further)
{
    for (int more = 0; more < 2; more++) {
        struct perf_builder *b = with_mmap_len(8192);
        builder_compressed_begin(b);
        for (int i = 0; i < 8192 / 32 + more; i++)
            builder_comm(b, i, i, "32 bytes in all");
        builder_compressed_end(b, 16384, FLAME_RECORD_COMPRESSED);
        struct perf_records r = perf_records_read(builder_finish(b));
        check_comms(&r, 8192 / 32);
        assert_int_equal(r.damage.status, more ? FLAME_LIMIT : FLAME_OK);
        perf_records_discard(b, &r);
    }
}

TEST(limit_that_makes_no_sense_is_not_believed)
{
    static const uint32_t sizes[] = { 0, 1, 4096, 8193, UINT32_MAX & ~4095u };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct perf_builder *b = with_mmap_len(sizes[i]);
        put_comms(b, 0, 100000, FLAME_RECORD_COMPRESSED);
        struct perf_records r = perf_records_read(builder_finish(b));
        check_comms(&r, COMMS);
        assert_int_equal(r.damage.status, FLAME_OK);
        perf_records_discard(b, &r);
    }
}

/* A few hundred bytes that want to be 80 MB, in records that are all well-formed. */
TEST(bomb_is_stopped_at_its_limit)
{
    struct perf_builder *b = perf_records_one_event(0);
    static const uint8_t zeros[65000];
    builder_compressed_begin(b);
    for (size_t size = 0; size < 80u << 20; size += 65008) {
        builder_begin(b, 87, 0);
        builder_bytes(b, zeros, sizeof zeros);
        builder_end(b);
    }
    builder_compressed_end(b, 80u << 20, FLAME_RECORD_COMPRESSED);
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.damage.status, FLAME_LIMIT);
    assert_true(r.damage.offset > 104);
    assert_string_equal(r.damage.text, "compressed record expands to more than 64 MiB; --limit "
                                       "record=256M allows more");
    assert_true(r.count * 65008 <= 64u << 20);
    perf_records_discard(b, &r);
}

TEST(the_limit_of_a_record_counts_more_than_the_feature)
{
    for (int more = 0; more < 2; more++) {
        struct perf_builder *b = with_mmap_len(8192);
        builder_compressed_begin(b);
        for (int i = 0; i < 1000 / 32 + more; i++)
            builder_comm(b, i, i, "32 bytes in all");
        builder_compressed_end(b, 16384, FLAME_RECORD_COMPRESSED);
        struct perf_records r =
            perf_records_read_within(builder_finish(b), &(struct flame_limits){ .record = 992 });
        check_comms(&r, 1000 / 32);
        assert_int_equal(r.damage.status, more ? FLAME_LIMIT : FLAME_OK);
        perf_records_discard(b, &r);
    }
}

TEST(records_beyond_the_limit_are_one_loss)
{
    for (uint64_t most = COMMS - 2; most < COMMS + 2; most++) {
        struct perf_builder *b = perf_records_one_event(0);
        for (int i = 0; i < COMMS; i++)
            builder_comm(b, i, i, "compressed");
        struct perf_records r =
            perf_records_read_within(builder_finish(b), &(struct flame_limits){ .records = most });
        int left = most < COMMS ? (int)(COMMS - most) : 0;
        check_comms(&r, COMMS - left);
        assert_int_equal(r.losses.count, left > 0);
        assert_int_equal(r.lost_bytes, left * 32);
        assert_int_equal(r.damage.status, left ? FLAME_LIMIT : FLAME_OK);
        assert_true(!left || strstr(r.damage.text, " records; --limit records="));
        perf_records_discard(b, &r);
    }
}

/* perf record -z --call-graph dwarf,65528 of a loop: each copied stack is the one before. 9 MB of
 * it expanded 400 times. */
TEST(a_large_recording_may_expand_a_thousand_times)
{
    struct perf_builder *b = perf_records_one_event(0);
    struct perf_records r = perf_records_read(builder_finish(b));
    struct flame_perf_part *part = &r.file.parts.items[0];
    const uint64_t size = part->size;
    for (uint64_t mib = 1; mib <= 64; mib *= 64) {
        part->size = mib << 20;
        uint64_t expected = mib == 1 ? UINT64_C(1) << 30 : 1000 * part->size;
        assert_true(flame_perf_decompressed_limit(&r.file) == expected);
    }
    part->size = size;
    perf_records_discard(b, &r);
}

/* No single record is beyond its limit, but all of them together are no recording's. */
TEST(many_bombs_are_stopped_together)
{
    enum { EACH = 20 << 20, BOMBS = 8 };
    struct perf_builder *b = perf_records_one_event(0);
    uint8_t *zeros = calloc(1, EACH);
    assert_non_null(zeros);
    for (int i = 0; i < BOMBS; i++) {
        builder_compressed_begin(b);
        builder_bytes(b, zeros, EACH);
        builder_compressed_end(b, EACH, FLAME_RECORD_COMPRESSED);
    }
    free(zeros);
    builder_comm(b, 1, 1, "behind");
    struct perf_records r = perf_records_read_within(
        builder_finish(b), &(struct flame_limits){ .decompressed = 64 << 20 });
    assert_int_equal(r.count, 1);
    assert_int_equal(r.losses.count, 2); /* zeros, and too many of them */
    assert_int_equal(r.losses.items[1].error.status, FLAME_LIMIT);
    assert_true(r.losses.items[1].error.offset > 104);
    assert_string_equal(r.losses.items[1].error.text,
                        "compressed records expand to more than 64 MiB in all; --limit "
                        "decompressed=256M allows more");
    assert_true(r.lost_bytes < (64 << 20) + 6000000);
    perf_records_discard(b, &r);
}

TEST(broken_bytes_are_survived)
{
    struct perf_builder *b = perf_records_one_event(0);
    put_comms(b, 0, 500, FLAME_RECORD_COMPRESSED);
    struct flame_bytes file = builder_finish(b);
    uint8_t *copy = malloc(file.size);
    assert_non_null(copy);
    for (size_t at = 104 + 144; at < file.size; at += 7) {
        memcpy(copy, file.ptr, file.size);
        copy[at] ^= 0x55;
        struct perf_records r = perf_records_read((struct flame_bytes){ copy, file.size });
        assert_true(r.count <= 10 * COMMS);
        perf_records_free(&r);
    }
    free(copy);
    builder_free(b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_compressed_record_gives_its_records),
        cmocka_unit_test(records_that_straddle_compressed_ones_are_whole),
        cmocka_unit_test(plain_records_between_keep_their_place),
        cmocka_unit_test(plain_record_amid_a_straddling_one_does_not_break_it),
        cmocka_unit_test(last_record_cut_short_is_said),
        cmocka_unit_test(broken_block_loses_the_compressed_rest_only),
        cmocka_unit_test(compressed2_that_claims_more_than_it_has_is_said),
        cmocka_unit_test(compressed_record_of_no_bytes_is_nothing),
        cmocka_unit_test(record_expands_to_what_the_feature_says_and_no_further),
        cmocka_unit_test(limit_that_makes_no_sense_is_not_believed),
        cmocka_unit_test(bomb_is_stopped_at_its_limit),
        cmocka_unit_test(the_limit_of_a_record_counts_more_than_the_feature),
        cmocka_unit_test(records_beyond_the_limit_are_one_loss),
        cmocka_unit_test(a_large_recording_may_expand_a_thousand_times),
        cmocka_unit_test(many_bombs_are_stopped_together),
        cmocka_unit_test(broken_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
