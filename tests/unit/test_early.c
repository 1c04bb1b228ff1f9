/* Compressed recordings that are counted while they are indexed, and those that can't be. */
#include "pipeline.h"
#include "scene.h"

enum { ROUNDS = 12, PER_ROUND = 5, SMALL = 400 };

static void round_ends(struct scene *s)
{
    builder_compressed_end(s->b, SMALL, FLAME_RECORD_COMPRESSED);
    builder_begin(s->b, FLAME_RECORD_FINISHED_ROUND, 0);
    builder_end(s->b);
    builder_compressed_begin(s->b);
}

static void begin_compressed(struct scene *s, struct builder_options options)
{
    forget(s);
    begin(s, options);
    builder_feature_string(s->b, FLAME_PERF_FEATURE_HOSTNAME, "box");
    builder_feature_begin(s->b, FLAME_PERF_FEATURE_COMPRESSED);
    for (int i = 0; i < 5; i++)
        builder_u32(s->b, (const uint32_t[]){ 1, 1, 1, 5, 0 }[i]);
    builder_feature_end(s->b);
    process(s);
    builder_compressed_begin(s->b);
}

static void end_compressed(struct scene *s)
{
    builder_compressed_end(s->b, SMALL, FLAME_RECORD_COMPRESSED);
    write_file(s, 0);
}

/* Samples of one round, from this time on, 10 apart. */
static void some_samples(struct scene *s, uint64_t time)
{
    for (uint64_t i = 0; i < PER_ROUND; i++)
        sample(s, time + 10 * i, PID, 1, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1005 + i));
}

/* The same by any number of threads, and whether it was counted early. */
static void expect_counted(struct scene *s, bool early, const char *want)
{
    const unsigned threads[] = { 1, 2, 7 };
    for (size_t i = 0; i < 3; i++) {
        struct flame_session_options options = plain;
        options.threads = threads[i];
        struct flame_session *session = open_with(s, options);
        assert_int_equal(session->counted, early);
        assert_folded(session, want);
        assert_int_equal(flame_session_verdict(session)->bad_records, 0);
        flame_session_close(session);
    }
}

static void a_name_holds_for_the_samples_behind_it_in_time(void **state)
{
    struct scene *s = *state;
    for (int with_rounds = 0; with_rounds < 2; with_rounds++) {
        begin_compressed(s, (struct builder_options){ .big_endian = with_rounds });
        for (uint64_t r = 0; r < ROUNDS; r++) {
            some_samples(s, 1000 * (r + 1));
            /* recorded by another processor: it stands behind the samples, and came before some */
            if (r % 2)
                comm_at(s, 1000 * (r + 1) + 25, PID, r % 4 == 1 ? "second" : "first");
            if (with_rounds)
                round_ends(s);
        }
        end_compressed(s);
        expect_counted(s, true, "app;outer;leaf 8\nfirst;outer;leaf 22\nsecond;outer;leaf 30\n");
    }
}

static void a_map_holds_for_the_samples_behind_it_in_time(void **state)
{
    struct scene *s = *state;
    begin_compressed(s, (struct builder_options){ 0 });
    for (uint64_t r = 0; r < ROUNDS; r++) {
        some_samples(s, 1000 * (r + 1));
        struct flame_record map = { .type = FLAME_RECORD_MMAP2,
                                    .where = { PID, PID, 1000 * (r + 1) + 5, 71, 0, 0 },
                                    .misc = FLAME_MODE_USER,
                                    .map = { .pid = PID,
                                             .tid = PID,
                                             .start = CODE,
                                             .len = 0x1000,
                                             .prot = 5,
                                             .filename =
                                                 flame_str_from(r == 9 ? "/no/such" : "//anon") } };
        if (r >= 9)
            builder_record(s->b, &map);
        round_ends(s);
    }
    end_compressed(s);
    expect_counted(s, true, "app;[such];[such] 5\napp;outer;leaf 55\n");
}

/* Behind many rounds a record that should have been in the first. */
static void a_late_record_has_its_effect(void **state)
{
    struct scene *s = *state;
    begin_compressed(s, (struct builder_options){ 0 });
    for (uint64_t r = 0; r < ROUNDS; r++) {
        some_samples(s, 1000 * (r + 1));
        round_ends(s);
    }
    comm_at(s, 1025, PID, "late");
    some_samples(s, 100000);
    end_compressed(s);
    expect_counted(s, false, "app;outer;leaf 3\nlate;outer;leaf 62\n");
}

static void a_late_sample_is_of_its_time(void **state)
{
    struct scene *s = *state;
    begin_compressed(s, (struct builder_options){ 0 });
    for (uint64_t r = 0; r < ROUNDS; r++) {
        if (r == 1)
            comm_at(s, 1500, PID, "second");
        some_samples(s, 1000 * (r + 1));
        round_ends(s);
    }
    some_samples(s, 1001);
    end_compressed(s);
    expect_counted(s, true, "app;outer;leaf 10\nsecond;outer;leaf 55\n");
}

/* More than may wait, in one round, or in many. */
static void what_waits_is_bounded(void **state)
{
    enum { LARGE = 60000, COUNT = 500 };
    static const uint8_t zeros[LARGE];
    struct scene *s = *state;
    for (int with_rounds = 0; with_rounds < 2; with_rounds++) {
        begin_compressed(s, (struct builder_options){ 0 });
        for (uint64_t r = 0; r < COUNT; r++) {
            builder_begin(s->b, FLAME_RECORD_AUX, 0);
            builder_bytes(s->b, zeros, LARGE);
            builder_end(s->b);
            sample(s, r + 1, PID, 1, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1005));
            if (with_rounds) {
                builder_compressed_end(s->b, 0, FLAME_RECORD_COMPRESSED);
                builder_compressed_begin(s->b);
                round_ends(s);
            }
        }
        builder_compressed_end(s->b, 0, FLAME_RECORD_COMPRESSED);
        write_file(s, 0);
        expect_counted(s, with_rounds, "app;outer;leaf 500\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_name_holds_for_the_samples_behind_it_in_time),
        SCENE(a_map_holds_for_the_samples_behind_it_in_time),
        SCENE(a_late_record_has_its_effect),
        SCENE(a_late_sample_is_of_its_time),
        SCENE(what_waits_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
