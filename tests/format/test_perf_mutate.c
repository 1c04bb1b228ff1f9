/* test_perf_mutate.c: the mutator of perf.data breaks what it says, and leaves the rest whole. */
#include "check.h"
#include "perf_builder.h"
#include "perf_data.h"
#include "perf_mutate.h"

#include <stdlib.h>
#include <string.h>

enum { CAP = 1 << 18, SEEDS = 60 };

/* What a reader sees of a mutant. */
struct view {
    enum flame_status status;
    size_t records, events, ids, features;
    uint64_t losses, expanded;
};

static struct view look(const uint8_t *bytes, size_t size)
{
    struct flame_perf_file file;
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    const struct flame_limits limits = { .decompressed = 2 << 20 };
    struct view view = { .status = flame_perf_open_within(&file, bytes, size, "mutant.data",
                                                          &limits, NULL) };
    if (view.status != FLAME_OK)
        return view;
    view.events = file.events.count;
    view.ids = file.ids.count;
    for (size_t i = 0; i < FLAME_PERF_FEATURE_LIMIT; i++)
        view.features += file.features.sections[i].present;
    flame_perf_stream_init(&stream, &file);
    while (flame_perf_stream_next(&stream, &buffer, &block) == FLAME_OK) {
        struct flame_perf_raw raw;
        size_t at = 0;
        while (flame_perf_block_next(&block, file.swap, &at, &raw))
            view.records++;
    }
    view.losses = file.losses.count + stream.losses.count;
    view.expanded = stream.expanded;
    flame_perf_stream_deinit(&stream);
    flame_perf_buffer_free(&buffer);
    flame_perf_close(&file);
    return view;
}

/* A recording of 20 records in memory of CAP bytes; its size is *size. */
static uint8_t *record(struct builder_options options, bool compressed, size_t *size)
{
    const struct flame_event_attr attr = { .sample_type = FLAME_SAMPLE_IDENTIFIER |
                                                          FLAME_SAMPLE_IP | FLAME_SAMPLE_TID };
    struct perf_builder *b = builder_new(options);
    builder_attr(b, &attr, "cycles", 2, (const uint64_t[]){ 71, 72 });
    builder_feature_string(b, 3, "demo");
    if (compressed)
        builder_compressed_begin(b);
    for (uint64_t i = 0; i < 10; i++) {
        builder_comm(b, 5, 5, "app");
        builder_sample(b, &(struct flame_sample){ .ip = i, .where = { .pid = 5, .id = 71 } });
    }
    if (compressed)
        builder_compressed_end(b, 0, FLAME_RECORD_COMPRESSED);
    struct flame_bytes file = builder_finish(b);
    uint8_t *bytes = malloc(CAP);
    assert_non_null(bytes);
    *size = (size_t)file.size;
    memcpy(bytes, file.ptr, *size);
    builder_free(b);
    return bytes;
}

static const struct builder_options forms[] = {
    { .form = BUILDER_FILE },
    { .form = BUILDER_FILE, .big_endian = true },
    { .form = BUILDER_FILE, .attrs_last = true, .gap = 40 },
    { .form = BUILDER_PIPE },
    { .form = BUILDER_PIPE, .big_endian = true },
};

TEST(the_same_seed_gives_the_same_mutant_and_never_one_that_is_too_large)
{
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++)
        for (int kind = 0; kind < FLAME_MUTATIONS; kind++)
            for (uint64_t seed = 0; seed < 20; seed++) {
                size_t size, other;
                uint8_t *a = record(forms[f], false, &size), *b = record(forms[f], false, &other);
                size_t cap = size + 100 * seed;
                size_t one = flame_mutate_perf(a, size, cap, (enum perf_mutation)kind, seed);
                size_t two = flame_mutate_perf(b, size, cap, (enum perf_mutation)kind, seed);
                assert_true(one <= cap);
                assert_int_equal(one, two);
                assert_memory_equal(a, b, one);
                free(a);
                free(b);
            }
}

/* Shuffled, and records that are there several times, are read whole, with all of the header. */
TEST(what_keeps_the_framing_loses_nothing)
{
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++)
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            size_t size;
            uint8_t *bytes = record(forms[f], false, &size);
            struct view whole = look(bytes, size);
            assert_int_equal(whole.losses, 0);
            /* of a pipe the attr is a record, and may come too late */
            if (forms[f].form == BUILDER_FILE) {
                size = flame_mutate_perf(bytes, size, CAP, FLAME_MUTATE_SHUFFLE, seed);
                struct view shuffled = look(bytes, size);
                assert_int_equal(shuffled.status, whole.status);
                assert_int_equal(shuffled.records, whole.records);
                assert_int_equal(shuffled.events, whole.events);
                assert_int_equal(shuffled.ids, whole.ids);
                assert_int_equal(shuffled.features, whole.features);
                assert_int_equal(shuffled.losses, whole.losses);
                assert_int_equal(shuffled.expanded, whole.expanded);
            }
            size = flame_mutate_perf(bytes, size, CAP, FLAME_MUTATE_DUPLICATE, seed);
            struct view more = look(bytes, size);
            if (more.status == FLAME_OK) {
                assert_true(more.records > whole.records);
                assert_int_equal(more.losses, 0);
                assert_int_equal(more.features, whole.features);
            } else {
                assert_int_equal(forms[f].form, BUILDER_PIPE);
            }
            free(bytes);
        }
}

TEST(a_field_changes_and_the_file_is_read_to_its_end)
{
    size_t lossless = 0, shorter = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        size_t size;
        uint8_t *bytes = record(forms[2], false, &size);
        size_t now = flame_mutate_perf(bytes, size, CAP, FLAME_MUTATE_FIELD, seed);
        struct view view = look(bytes, now);
        assert_int_equal(view.status, FLAME_OK);
        assert_int_equal(view.ids, 2);
        lossless += view.losses == 0 && view.records == 20;
        shorter += now < size;
        free(bytes);
    }
    assert_true(lossless > SEEDS * 8 / 10);
    assert_true(shorter > 0);
}

TEST(an_exploding_record_expands_to_far_more_than_it_is)
{
    for (int compressed = 0; compressed < 2; compressed++)
        for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
            uint64_t most = 0;
            for (uint64_t seed = 0; seed < 6; seed++) {
                size_t size;
                uint8_t *bytes = record(forms[f], compressed, &size);
                size_t now = flame_mutate_perf(bytes, size, CAP, FLAME_MUTATE_EXPLODE_ZSTD, seed);
                assert_true(now > size);
                struct view view = look(bytes, now);
                assert_int_equal(view.status, FLAME_OK);
                most = view.expanded > most ? view.expanded : most;
                free(bytes);
            }
            assert_true(most > 1 << 20);
        }
}

TEST(a_corrupt_record_is_a_loss)
{
    size_t lost = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        size_t size;
        uint8_t *bytes = record(forms[0], seed % 2, &size);
        size = flame_mutate_perf(bytes, size, CAP, FLAME_MUTATE_CORRUPT_ZSTD, seed);
        struct view view = look(bytes, size);
        assert_int_equal(view.status, FLAME_OK);
        lost += view.losses > 0;
        free(bytes);
    }
    assert_true(lost > SEEDS / 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_mutant_and_never_one_that_is_too_large),
        cmocka_unit_test(what_keeps_the_framing_loses_nothing),
        cmocka_unit_test(a_field_changes_and_the_file_is_read_to_its_end),
        cmocka_unit_test(an_exploding_record_expands_to_far_more_than_it_is),
        cmocka_unit_test(a_corrupt_record_is_a_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
