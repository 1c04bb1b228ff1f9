/* test_boot.c: which recordings are of this boot, by clocks that are made up. */
#include "pipeline_boot.h"

#include "check.h"

#define S UINT64_C(1000000000)
#define DAY (86400 * S)

enum { NOW = 1000000 }; /* days, and then some: only distances count */

/* Up for two days, of which half a day was slept through. */
static const struct flame_boot_clocks here = {
    .now = NOW * S, .up = 2 * DAY, .awake = 3 * DAY / 2, .raw = 3 * DAY / 2 - S, .perf = 3 * DAY / 2
};

/* Written that long ago, its last sample up after the boot, by the samples' clock. */
static bool is_ours(uint64_t ago, uint64_t up)
{
    struct flame_boot_claim claim = { .written = NOW * S - ago,
                                      .last = up,
                                      .clock = FLAME_CLOCK_PERF };
    return flame_boot_is_this(&here, &claim);
}

TEST(a_recording_that_was_written_when_its_last_sample_came_is_ours)
{
    assert_true(is_ours(DAY, DAY));          /* before the machine slept */
    assert_true(is_ours(DAY, DAY / 2));      /* behind it, by a clock that stood still */
    assert_true(is_ours(0, 3 * DAY / 2));    /* just now */
    assert_true(is_ours(DAY, DAY - 30 * S)); /* perf took a while to write */
    assert_true(is_ours(2 * DAY - S, S));    /* right after the boot */
}

TEST(a_recording_of_another_boot_is_not_ours)
{
    assert_false(is_ours(3 * DAY, DAY));              /* written before this boot */
    assert_false(is_ours(0, 4 * DAY));                /* up for longer than this machine */
    assert_false(is_ours(0, 2 * DAY));                /* awake for longer */
    assert_false(is_ours(0, 3 * DAY / 2 + 2 * S));    /* just longer */
    assert_false(is_ours(DAY, 3 * DAY / 2));          /* the other machine booted sooner */
    assert_false(is_ours(0, DAY));                    /* it booted later; or it is a copy */
    assert_false(is_ours(DAY, S));                    /* likewise */
    assert_false(is_ours(2 * DAY + 300 * S, 10 * S)); /* this one, before it was started again */
}

/* But for a second, since perf's own clock may have to be guessed at. */
TEST(a_sample_is_not_from_the_future_by_its_own_clock)
{
    static const struct {
        int clock;
        uint64_t now;
    } cases[] = {
        { FLAME_CLOCK_PERF, 3 * DAY / 2 + 9 * S },
        { FLAME_CLOCK_MONOTONIC, 3 * DAY / 2 },
        { FLAME_CLOCK_MONOTONIC_RAW, 3 * DAY / 2 - S },
        { FLAME_CLOCK_BOOTTIME, 2 * DAY },
    };
    struct flame_boot_clocks clocks = here;
    clocks.perf += 9 * S;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct flame_boot_claim claim = { .written = NOW * S,
                                          .last = cases[i].now + S,
                                          .clock = cases[i].clock };
        assert_true(flame_boot_is_this(&clocks, &claim));
        claim.last++;
        assert_false(flame_boot_is_this(&clocks, &claim));
    }
    clocks.perf = 0;
    struct flame_boot_claim claim = { .written = NOW * S,
                                      .last = 3 * DAY / 2 + S,
                                      .clock = FLAME_CLOCK_PERF };
    assert_true(flame_boot_is_this(&clocks, &claim));
    claim.last++;
    assert_false(flame_boot_is_this(&clocks, &claim));
}

TEST(clocks_that_cannot_be_are_nobody_s)
{
    struct flame_boot_claim claim = { .written = NOW * S,
                                      .last = 3 * DAY / 2,
                                      .clock = FLAME_CLOCK_PERF };
    struct flame_boot_clocks unknown = { 0 }, upside_down = here;
    assert_true(flame_boot_is_this(&here, &claim));
    assert_false(flame_boot_is_this(&unknown, &claim));
    upside_down.awake = upside_down.up + 1;
    assert_false(flame_boot_is_this(&upside_down, &claim));
    claim.written = NOW * S + DAY; /* in the future */
    assert_false(flame_boot_is_this(&here, &claim));
    claim.written = 1;
    assert_false(flame_boot_is_this(&here, &claim));
    assert_false(is_ours(0, 0));
    assert_false(is_ours(0, UINT64_MAX));
    assert_false(is_ours(0, FLAME_TIME_OFF_CPU));
}

TEST(the_time_of_day_tells_of_no_boot)
{
    struct flame_boot_claim claim = { .written = NOW * S,
                                      .last = NOW * S,
                                      .clock = FLAME_CLOCK_UNKNOWN };
    assert_false(flame_boot_is_this(&here, &claim));
    claim.last = 3 * DAY / 2;
    assert_false(flame_boot_is_this(&here, &claim));
}

/* Clocks drift apart: half a per mille of a month is 22 minutes. */
TEST(after_a_month_clocks_may_have_drifted)
{
    const uint64_t month = 30 * DAY;
    struct flame_boot_clocks old = { 100 * DAY, month, month, month, month };
    struct flame_boot_claim claim = { .written = 100 * DAY - DAY,
                                      .last = month - DAY - 1200 * S,
                                      .clock = FLAME_CLOCK_PERF };
    assert_true(flame_boot_is_this(&old, &claim));
    claim.last = month - DAY + 1200 * S;
    assert_true(flame_boot_is_this(&old, &claim));
    claim.last = month - DAY - 1500 * S;
    assert_false(flame_boot_is_this(&old, &claim));
}

static uint64_t ended(struct flame_boot_clocks clocks, int clock, uint64_t written, uint64_t last)
{
    struct flame_boot_claim claim = { .written = written, .last = last, .clock = clock };
    return flame_boot_ended(&clocks, &claim);
}

TEST(a_recording_ended_at_its_last_sample_whatever_the_time_of_the_file)
{
    const uint64_t tick = S / 100, slept = DAY / 2, day_s_drift = DAY / 20000;
    struct flame_boot_clocks awake = { NOW * S, 2 * DAY, 2 * DAY, 2 * DAY - S, 2 * DAY };
    assert_true(ended(awake, FLAME_CLOCK_PERF, NOW * S, 2 * DAY) == NOW * S - tick);
    assert_true(ended(awake, FLAME_CLOCK_PERF, NOW * S, 2 * DAY - S) ==
                NOW * S - S - S / 20000 - tick);
    assert_true(ended(awake, FLAME_CLOCK_PERF, NOW * S, DAY) == NOW * S - DAY - day_s_drift - tick);
    assert_true(ended(awake, FLAME_CLOCK_MONOTONIC_RAW, NOW * S, 2 * DAY - S) == NOW * S - tick);
    /* The file's own time, if it is earlier. */
    assert_true(ended(awake, FLAME_CLOCK_PERF, NOW * S - DAY, 2 * DAY) == NOW * S - DAY);
    /* All that the machine slept may have been since; its clock may count that. */
    assert_true(ended(here, FLAME_CLOCK_PERF, NOW * S, 3 * DAY / 2) == NOW * S - slept - tick);
    assert_true(ended(here, FLAME_CLOCK_BOOTTIME, NOW * S, 2 * DAY) == NOW * S - tick);
    /* perf's clock not being known, the later of the next best, and a second. */
    awake.perf = 0;
    assert_true(ended(awake, FLAME_CLOCK_PERF, NOW * S, 2 * DAY) == NOW * S - tick - S);
    awake.raw = 2 * DAY + S;
    assert_true(ended(awake, FLAME_CLOCK_PERF, NOW * S, 2 * DAY + S) == NOW * S - tick - S);
    assert_true(ended(awake, FLAME_CLOCK_PERF, 7 * S, S) == 7 * S);
}

/* It goes on while it is asked, or it is not allowed to ask. */
TEST(perf_s_clock_is_close_to_the_system_s)
{
    struct flame_boot_clocks first = flame_boot_clocks_here(), second = flame_boot_clocks_here();
    if (first.perf == 0)
        skip();
    assert_true(first.perf < second.perf);
    assert_true(second.perf - first.perf <= second.awake - first.awake + S);
    assert_true(first.perf <= first.up + 60 * S);
}

TEST(this_machine_s_clocks_are_plausible)
{
    struct flame_boot_clocks now = flame_boot_clocks_here();
    assert_true(now.now > now.up);
    assert_true(now.up >= now.awake);
    assert_true(now.awake > 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recording_that_was_written_when_its_last_sample_came_is_ours),
        cmocka_unit_test(a_recording_of_another_boot_is_not_ours),
        cmocka_unit_test(a_sample_is_not_from_the_future_by_its_own_clock),
        cmocka_unit_test(clocks_that_cannot_be_are_nobody_s),
        cmocka_unit_test(the_time_of_day_tells_of_no_boot),
        cmocka_unit_test(after_a_month_clocks_may_have_drifted),
        cmocka_unit_test(a_recording_ended_at_its_last_sample_whatever_the_time_of_the_file),
        cmocka_unit_test(perf_s_clock_is_close_to_the_system_s),
        cmocka_unit_test(this_machine_s_clocks_are_plausible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
