/* pipeline_boot.c: whether a recording was made in this boot of this machine, and when it ended.
 *
 * It decides whether a file without a build-id may be believed, so that a host name alone is not
 * enough: names like "localhost" are many machines', and a machine's files change. perf times
 * samples by the time since the boot, and writes the file when the last of them is in: so the
 * file's time, less the last sample's, is the moment of the boot, later by as long as the machine
 * was suspended in between, which most clocks don't count. Copied to another place without its
 * time, or without a sample near its end, a recording is taken for another boot's, which loses
 * names, but invents none. So is one whose samples are timed by the time of day: nothing shows
 * which boot it is of.
 *
 * When the last sample was taken follows from how long ago that is by its own clock, and not from
 * the file's time, which may be a copy's; only an earlier one counts. What is not known is taken
 * such that it was sooner: whether the machine was suspended before or after it, and how fast the
 * clock on the wall went. Wrong where that was put back or forth since: then the file's time is all
 * there is. Source: Linux kernel/sched/clock.c, kernel/time/timekeeping.c; perf_event_open(2),
 * use_clockid. */
#include "pipeline_boot.h"

#include <time.h>

#define SECOND UINT64_C(1000000000)

enum {
    SLACK_S = 60,        /* from the last sample to the file's last byte */
    DRIFT_PER_10000 = 5, /* clocks are slewed no faster; that of samples runs by itself */
    UNASKED_S = 1,       /* between perf's clock and the next best */
    TICK_MS = 10, /* times of files are those of the last tick, of which there are 100 a second */
    DRIFT_PER_MILLION = 50 /* as much as the clock on the wall is corrected in practice */
};

static const uint64_t walk_most = UINT64_C(1)
                                  << 30; /* bytes to be read for the last sample's time */

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    if (clock_gettime(clock, &t) != 0 || t.tv_sec < 0)
        return 0;
    return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

struct flame_boot_clocks flame_boot_clocks_here(void)
{
    struct flame_boot_clocks here = { .now = clock_ns(CLOCK_REALTIME),
                                      .awake = clock_ns(CLOCK_MONOTONIC),
                                      .perf = flame_perf_clock_ns() };
    here.up = here.raw = here.awake;
#ifdef CLOCK_MONOTONIC_RAW
    here.raw = clock_ns(CLOCK_MONOTONIC_RAW);
#endif
#ifdef CLOCK_BOOTTIME
    here.up = clock_ns(CLOCK_BOOTTIME);
#endif
    return here;
}

/* The time of the last sample in a block, if that is later. */
static void look_into(const struct flame_perf_file *file, const struct flame_perf_block *block,
                      uint64_t *last)
{
    struct flame_perf_raw raw, found = { 0 };
    struct flame_sample sample;
    size_t at = 0;
    while (flame_perf_block_next(block, file->swap, &at, &raw))
        if (raw.type == FLAME_RECORD_SAMPLE)
            found = raw;
    if (found.bytes && flame_perf_sample_decode(file, &found, &sample, NULL) == FLAME_OK &&
        sample.where.time_ns < FLAME_TIME_OFF_CPU && sample.where.time_ns > *last)
        *last = sample.where.time_ns;
}

/* The time of the last sample: what came through a pipe has no header that tells it. */
static uint64_t find_last(const struct flame_perf_file *file)
{
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    uint64_t last = 0, bytes = 0;
    enum flame_status status;
    flame_perf_stream_init(&stream, file);
    while ((status = flame_perf_stream_next(&stream, &buffer, &block)) == FLAME_OK) {
        bytes += block.size;
        if (bytes > walk_most)
            break;
        look_into(file, &block, &last);
    }
    flame_perf_stream_deinit(&stream);
    flame_perf_buffer_free(&buffer);
    return status == FLAME_EMPTY ? last : 0;
}

static int clock_of(const struct flame_perf_event *event)
{
    const struct flame_event_attr *attr = &event->attr;
    if (!flame_attr_has(attr, FLAME_ATTR_use_clockid))
        return FLAME_CLOCK_PERF;
    switch (attr->clockid) {
    case FLAME_CLOCK_MONOTONIC:
    case FLAME_CLOCK_MONOTONIC_RAW:
    case FLAME_CLOCK_BOOTTIME:
        return attr->clockid;
    default:
        return FLAME_CLOCK_UNKNOWN;
    }
}

struct flame_boot_claim flame_boot_claim_of(const struct flame_perf_file *file, uint64_t written)
{
    struct flame_boot_claim claim = { .written = written ? written : clock_ns(CLOCK_REALTIME),
                                      .last = file->features.last_sample_ns,
                                      .clock = FLAME_CLOCK_UNKNOWN };
    for (size_t i = 0; i < file->events.count; i++) {
        int clock = clock_of(&file->events.items[i]);
        claim.clock = i == 0 || clock == claim.clock ? clock : FLAME_CLOCK_UNKNOWN;
    }
    if (claim.last == 0 && claim.clock != FLAME_CLOCK_UNKNOWN)
        claim.last = find_last(file);
    return claim;
}

/* The time by the clock of the claim's samples; 0: not known. */
static uint64_t time_by(const struct flame_boot_clocks *here, int clock)
{
    switch (clock) {
    case FLAME_CLOCK_PERF:
        return here->perf ? here->perf : here->raw > here->awake ? here->raw : here->awake;
    case FLAME_CLOCK_MONOTONIC:
        return here->awake;
    case FLAME_CLOCK_MONOTONIC_RAW:
        return here->raw;
    case FLAME_CLOCK_BOOTTIME:
        return here->up;
    default:
        return 0;
    }
}

bool flame_boot_is_this(const struct flame_boot_clocks *here, const struct flame_boot_claim *claim)
{
    uint64_t by_claim = time_by(here, claim->clock);
    if (here->now <= here->up || here->awake > here->up || by_claim == 0 || claim->last == 0 ||
        claim->last > by_claim + UNASKED_S * SECOND || claim->written <= claim->last)
        return false;
    uint64_t slack = SLACK_S * SECOND + here->up / 10000 * DRIFT_PER_10000;
    uint64_t earliest = here->now - here->up, latest = here->now - here->awake;
    uint64_t boot = claim->written - claim->last;
    return claim->written <= here->now + slack && boot + slack >= earliest &&
           boot <= latest + slack;
}

uint64_t flame_boot_ended(const struct flame_boot_clocks *here,
                          const struct flame_boot_claim *claim)
{
    uint64_t by_claim = time_by(here, claim->clock);
    uint64_t ago = by_claim > claim->last ? by_claim - claim->last : 0;
    uint64_t slept = claim->clock == FLAME_CLOCK_BOOTTIME ? 0 : here->up - here->awake;
    uint64_t unasked = claim->clock == FLAME_CLOCK_PERF && !here->perf ? UNASKED_S * SECOND : 0;
    uint64_t most =
        ago + ago / 1000000 * DRIFT_PER_MILLION + slept + TICK_MS * (SECOND / 1000) + unasked;
    uint64_t ended = here->now > most ? here->now - most : 0;
    return claim->written < ended ? claim->written : ended;
}
