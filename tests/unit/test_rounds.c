/* The order in which records leave the queue of rounds. */
#include "check.h"
#include "rounds.h"

enum { MOST = 64 };

/* What was handed out, by position. */
struct seen {
    uint64_t positions[MOST];
    size_t count;
    uint8_t bytes[MOST];
    size_t stop_after;
};

static enum flame_status take(void *user, const struct flame_pending *record)
{
    struct seen *seen = user;
    if (record->bytes)
        seen->bytes[seen->count] = record->bytes[0];
    seen->positions[seen->count++] = record->when.position;
    return seen->stop_after && seen->count == seen->stop_after ? FLAME_NOMEM : FLAME_OK;
}

static void put(struct flame_rounds *rounds, uint64_t time, uint64_t position)
{
    struct flame_pending record = { .when = { time, position } };
    assert_int_equal(flame_rounds_put(rounds, &record, 0, false), FLAME_OK);
}

static void turn(struct flame_rounds *rounds, struct seen *seen)
{
    assert_int_equal(flame_rounds_turn(rounds, take, seen), FLAME_OK);
}

/* seen holds these positions, and is forgotten. */
#define ASSERT_SEEN(seen, ...)                                                                     \
    do {                                                                                           \
        const uint64_t want_[] = { __VA_ARGS__ };                                                  \
        assert_int_equal((seen)->count, sizeof want_ / sizeof *want_);                             \
        assert_memory_equal((seen)->positions, want_, sizeof want_);                               \
        (seen)->count = 0;                                                                         \
    } while (0)

TEST(who_knows_the_time_hands_out_up_to_it)
{
    struct flame_rounds rounds;
    struct seen seen = { 0 };
    flame_rounds_init(&rounds);
    assert_false(flame_rounds_any(&rounds, UINT64_MAX));
    put(&rounds, 30, 1);
    put(&rounds, 10, 2);
    put(&rounds, 20, 3);
    assert_false(flame_rounds_any(&rounds, 9));
    assert_true(flame_rounds_any(&rounds, 10));
    assert_int_equal(flame_rounds_until(&rounds, 20, take, &seen), FLAME_OK);
    ASSERT_SEEN(&seen, 2, 3);
    assert_int_equal(flame_rounds_until(&rounds, 29, take, &seen), FLAME_OK);
    assert_int_equal(seen.count, 0);
    flame_rounds_deinit(&rounds);
}

TEST(the_first_round_hands_out_nothing_and_the_second_what_the_first_brought)
{
    struct flame_rounds rounds;
    struct seen seen = { 0 };
    flame_rounds_init(&rounds);
    put(&rounds, 30, 1);
    put(&rounds, 10, 2);
    turn(&rounds, &seen);
    assert_int_equal(seen.count, 0);
    put(&rounds, 20, 3);
    put(&rounds, 40, 4);
    turn(&rounds, &seen);
    ASSERT_SEEN(&seen, 2, 3, 1);
    turn(&rounds, &seen);
    ASSERT_SEEN(&seen, 4);
    flame_rounds_deinit(&rounds);
}

TEST(the_end_hands_out_everything_by_time)
{
    struct flame_rounds rounds;
    struct seen seen = { 0 };
    flame_rounds_init(&rounds);
    for (uint64_t i = 0; i < 40; i++)
        put(&rounds, 1 + i * 17 % 40, i);
    assert_int_equal(flame_rounds_end(&rounds, take, &seen), FLAME_OK);
    assert_int_equal(seen.count, 40);
    for (uint64_t i = 0; i < 40; i++)
        assert_int_equal(1 + seen.positions[i] * 17 % 40, i + 1);
    flame_rounds_deinit(&rounds);
}

TEST(records_of_one_time_keep_the_order_of_the_stream)
{
    struct flame_rounds rounds;
    struct seen seen = { 0 };
    flame_rounds_init(&rounds);
    for (uint64_t i = 1; i <= 9; i++)
        put(&rounds, 7, i);
    put(&rounds, 6, 10);
    flame_rounds_end(&rounds, take, &seen);
    ASSERT_SEEN(&seen, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    flame_rounds_deinit(&rounds);
}

TEST(a_record_later_than_its_time_comes_late_and_is_not_lost)
{
    struct flame_rounds rounds;
    struct seen seen = { 0 };
    flame_rounds_init(&rounds);
    put(&rounds, 10, 1);
    put(&rounds, 20, 2);
    turn(&rounds, &seen);
    turn(&rounds, &seen);
    ASSERT_SEEN(&seen, 1, 2);
    put(&rounds, 5, 3);
    turn(&rounds, &seen);
    ASSERT_SEEN(&seen, 3);
    flame_rounds_deinit(&rounds);
}

TEST(a_late_record_alone_in_the_queue_lowers_what_the_next_round_hands_out)
{
    struct flame_rounds rounds;
    struct seen seen = { 0 };
    flame_rounds_init(&rounds);
    put(&rounds, 50, 1);
    turn(&rounds, &seen);
    turn(&rounds, &seen);
    ASSERT_SEEN(&seen, 1);
    put(&rounds, 20, 2);
    turn(&rounds, &seen);
    ASSERT_SEEN(&seen, 2);
    put(&rounds, 40, 3);
    turn(&rounds, &seen);
    assert_int_equal(seen.count, 0); /* 40 is beyond 20, although 50 was seen before */
    turn(&rounds, &seen);
    ASSERT_SEEN(&seen, 3);
    flame_rounds_deinit(&rounds);
}

TEST(a_round_without_records_changes_nothing)
{
    struct flame_rounds rounds;
    struct seen seen = { 0 };
    flame_rounds_init(&rounds);
    turn(&rounds, &seen);
    put(&rounds, 10, 1);
    turn(&rounds, &seen);
    assert_int_equal(seen.count, 0);
    flame_rounds_end(&rounds, take, &seen);
    ASSERT_SEEN(&seen, 1);
    flame_rounds_deinit(&rounds);
}

TEST(no_time_does_not_wait)
{
    assert_false(flame_rounds_hold(0));
    assert_false(flame_rounds_hold(FLAME_TIME_NONE));
    assert_true(flame_rounds_hold(1));
}

TEST(copied_bytes_outlive_their_source_and_their_memory_is_used_again)
{
    enum { SIZE = 60000, ROUNDS = 2000, EACH = 10 };
    static uint8_t bytes[SIZE];
    struct flame_rounds rounds;
    struct seen seen = { 0 };
    uint64_t position = 0;
    flame_rounds_init(&rounds);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < EACH; i++) {
            bytes[0] = (uint8_t)position;
            struct flame_pending record = { .when = { 1 + position, position }, .bytes = bytes };
            assert_int_equal(flame_rounds_put(&rounds, &record, SIZE, true), FLAME_OK);
            position++;
        }
        bytes[0] = 0xff;
        seen.count = 0;
        turn(&rounds, &seen);
        for (size_t i = 0; i < seen.count; i++)
            assert_int_equal(seen.bytes[i], (uint8_t)seen.positions[i]);
    }
    size_t pages = rounds.filling != NULL;
    /* A page begins with the one behind it. */
    for (const void *const *page = (const void *const *)rounds.spare; page; page = *page)
        pages++;
    /* 1.2 GB went through; about two rounds of 600 kB are there at a time. */
    assert_in_range(pages, 1, 4);
    flame_rounds_deinit(&rounds);
}

TEST(a_record_larger_than_a_page_has_one_of_its_own)
{
    enum { SIZE = 3 << 20 };
    uint8_t *bytes = test_calloc(SIZE, 1);
    struct flame_rounds rounds;
    struct seen seen = { 0 };
    flame_rounds_init(&rounds);
    for (uint64_t i = 1; i <= 3; i++) {
        bytes[0] = (uint8_t)i;
        struct flame_pending record = { .when = { i, i }, .bytes = bytes };
        assert_int_equal(flame_rounds_put(&rounds, &record, i == 2 ? SIZE : 8, true), FLAME_OK);
    }
    flame_rounds_end(&rounds, take, &seen);
    assert_memory_equal(seen.bytes, ((uint8_t[]){ 1, 2, 3 }), 3);
    flame_rounds_deinit(&rounds);
    test_free(bytes);
}

TEST(more_than_there_is_room_for_is_handed_out_early_and_what_comes_behind_it_is_counted)
{
    enum { SIZE = 60000, COUNT = 200 };
    static uint8_t bytes[SIZE];
    struct flame_rounds rounds;
    struct seen seen = { 0 };
    uint64_t most = 0, handed_out = 0;
    flame_rounds_init(&rounds);
    rounds.most_bytes = 4 << 20;
    for (uint64_t i = 1; i <= COUNT; i++) {
        struct flame_pending record = { .when = { i, i }, .bytes = bytes };
        assert_int_equal(flame_rounds_put(&rounds, &record, SIZE, true), FLAME_OK);
        assert_int_equal(flame_rounds_relieve(&rounds, take, &seen), FLAME_OK);
        for (size_t j = 0; j < seen.count; j++)
            assert_int_equal(seen.positions[j], ++handed_out);
        seen.count = 0;
        most = rounds.paged > most ? rounds.paged : most;
    }
    assert_in_range(most, 3 << 20, 4 << 20);
    assert_in_range(handed_out, COUNT / 2, COUNT - 17);
    assert_int_equal(rounds.late, 0);
    put(&rounds, 1, 1000); /* no sample */
    assert_int_equal(rounds.late, 0);
    struct flame_pending late = { .when = { 2, 1001 }, .bytes = bytes };
    assert_int_equal(flame_rounds_put(&rounds, &late, SIZE, false), FLAME_OK);
    assert_int_equal(rounds.late, 1);
    flame_rounds_deinit(&rounds);
}

TEST(records_without_bytes_take_room_too)
{
    struct flame_rounds rounds;
    struct seen seen = { 0 };
    flame_rounds_init(&rounds);
    rounds.most_bytes = 2 << 20;
    for (uint64_t i = 1; i <= 100000; i++) {
        struct flame_pending record = { .when = { i, i } };
        assert_int_equal(flame_rounds_put(&rounds, &record, 0, true), FLAME_OK);
        assert_int_equal(flame_rounds_relieve(&rounds, take, &seen), FLAME_OK);
        seen.count = 0;
    }
    assert_in_range(rounds.heap.count, 1000, (2 << 20) / sizeof *rounds.heap.items);
    flame_rounds_deinit(&rounds);
}

TEST(a_taker_that_fails_ends_the_flush_and_nothing_leaks)
{
    uint8_t bytes[8] = { 0 };
    struct flame_rounds rounds;
    struct seen seen = { .stop_after = 2 };
    flame_rounds_init(&rounds);
    for (uint64_t i = 1; i <= 5; i++) {
        struct flame_pending record = { .when = { i, i }, .bytes = bytes };
        assert_int_equal(flame_rounds_put(&rounds, &record, sizeof bytes, true), FLAME_OK);
    }
    assert_int_equal(flame_rounds_end(&rounds, take, &seen), FLAME_NOMEM);
    ASSERT_SEEN(&seen, 1, 2);
    flame_rounds_deinit(&rounds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_knows_the_time_hands_out_up_to_it),
        cmocka_unit_test(the_first_round_hands_out_nothing_and_the_second_what_the_first_brought),
        cmocka_unit_test(the_end_hands_out_everything_by_time),
        cmocka_unit_test(records_of_one_time_keep_the_order_of_the_stream),
        cmocka_unit_test(a_record_later_than_its_time_comes_late_and_is_not_lost),
        cmocka_unit_test(a_late_record_alone_in_the_queue_lowers_what_the_next_round_hands_out),
        cmocka_unit_test(a_round_without_records_changes_nothing),
        cmocka_unit_test(no_time_does_not_wait),
        cmocka_unit_test(copied_bytes_outlive_their_source_and_their_memory_is_used_again),
        cmocka_unit_test(a_record_larger_than_a_page_has_one_of_its_own),
        cmocka_unit_test(
            more_than_there_is_room_for_is_handed_out_early_and_what_comes_behind_it_is_counted),
        cmocka_unit_test(records_without_bytes_take_room_too),
        cmocka_unit_test(a_taker_that_fails_ends_the_flush_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
