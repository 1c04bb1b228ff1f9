/* test_boot.c: which recordings are of this boot, by clocks that are made up. */
#include "pipeline_boot.h"

#include "check.h"

#define S UINT64_C(1000000000)
#define DAY (86400 * S)

enum { NOW = 1000000 }; /* days, and then some: only distances count */

/* Up for two days, of which half a day was slept through. */
static const struct flame_boot_clocks here = { NOW * S, 2 * DAY, 3 * DAY / 2 };

/* Written that long ago, its last sample up after the boot, by the samples' clock. */
static bool is_ours(uint64_t ago, uint64_t up)
{
    struct flame_boot_claim claim = { .written = NOW * S - ago, .last = up };
    return flame_boot_is_this(&here, &claim);
}

TEST(a_recording_that_was_written_when_its_last_sample_came_is_ours)
{
    assert_true(is_ours(DAY, DAY));          /* before the machine slept */
    assert_true(is_ours(DAY, DAY / 2));      /* behind it, by a clock that stood still */
    assert_true(is_ours(0, 2 * DAY));        /* just now */
    assert_true(is_ours(0, 3 * DAY / 2));    /* just now */
    assert_true(is_ours(DAY, DAY - 30 * S)); /* perf took a while to write */
    assert_true(is_ours(2 * DAY - S, S));    /* right after the boot */
}

TEST(a_recording_of_another_boot_is_not_ours)
{
    assert_false(is_ours(3 * DAY, DAY));              /* written before this boot */
    assert_false(is_ours(0, 4 * DAY));                /* up for longer than this machine */
    assert_false(is_ours(DAY, 3 * DAY / 2));          /* the other machine booted sooner */
    assert_false(is_ours(0, DAY));                    /* it booted later; or it is a copy */
    assert_false(is_ours(DAY, S));                    /* likewise */
    assert_false(is_ours(2 * DAY + 300 * S, 10 * S)); /* this one, before it was started again */
}

TEST(clocks_that_cannot_be_are_nobody_s)
{
    struct flame_boot_claim claim = { .written = NOW * S, .last = 2 * DAY };
    struct flame_boot_clocks unknown = { 0 }, upside_down = here;
    assert_true(flame_boot_is_this(&here, &claim));
    assert_false(flame_boot_is_this(&unknown, &claim));
    upside_down.awake = upside_down.up + 1;
    assert_false(flame_boot_is_this(&upside_down, &claim));
    claim.written = NOW * S + DAY; /* in the future */
    claim.last = 3 * DAY;
    assert_false(flame_boot_is_this(&here, &claim));
    claim.written = 1;
    assert_false(flame_boot_is_this(&here, &claim));
    assert_false(is_ours(0, 0));
    assert_false(is_ours(0, UINT64_MAX));
    assert_false(is_ours(0, FLAME_TIME_OFF_CPU));
}

TEST(the_time_of_day_tells_of_no_boot)
{
    struct flame_boot_claim claim = { .written = NOW * S, .last = NOW * S, .calendar = true };
    assert_false(flame_boot_is_this(&here, &claim));
    claim.last = 2 * DAY;
    assert_false(flame_boot_is_this(&here, &claim));
}

/* Clocks drift apart: half a per mille of a month is 22 minutes. */
TEST(after_a_month_clocks_may_have_drifted)
{
    const uint64_t month = 30 * DAY;
    struct flame_boot_clocks old = { 100 * DAY, month, month };
    struct flame_boot_claim claim = { .written = 100 * DAY - DAY, .last = month - DAY - 1200 * S };
    assert_true(flame_boot_is_this(&old, &claim));
    claim.last = month - DAY + 1200 * S;
    assert_true(flame_boot_is_this(&old, &claim));
    claim.last = month - DAY - 1500 * S;
    assert_false(flame_boot_is_this(&old, &claim));
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
        cmocka_unit_test(clocks_that_cannot_be_are_nobody_s),
        cmocka_unit_test(the_time_of_day_tells_of_no_boot),
        cmocka_unit_test(after_a_month_clocks_may_have_drifted),
        cmocka_unit_test(this_machine_s_clocks_are_plausible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
