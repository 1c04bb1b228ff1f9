/* pipeline_boot.c: whether a recording was made in this boot of this machine.
 *
 * It decides whether a file without a build-id may be believed, so that a host name alone is not
 * enough: names like "localhost" are many machines', and a machine's files change. perf times
 * samples by the time since the boot, and writes the file when the last of them is in: so the
 * file's time, less the last sample's, is the moment of the boot, later by as long as the machine
 * was suspended in between, which most clocks don't count. Copied to another place without its
 * time, or without a sample near its end, a recording is taken for another boot's, which loses
 * names, but invents none. So is one whose samples are timed by the time of day: nothing shows
 * which boot it is of. Source: Linux kernel/sched/clock.c; perf_event_open(2), use_clockid. */
#include "pipeline_boot.h"

#include <time.h>

#define SECOND UINT64_C(1000000000)

enum {
    SLACK_S = 60,          /* from the last sample to the file's last byte */
    DRIFT_PER_10000 = 5,   /* clocks are slewed no faster; that of samples runs by itself */
    CLOCK_IS_REALTIME = 0, /* clockid_t of the recorded machine, Linux's numbers */
    CLOCK_IS_TAI = 11,
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
                                      .awake = clock_ns(CLOCK_MONOTONIC) };
    here.up = here.awake;
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

static bool is_calendar(const struct flame_perf_file *file)
{
    for (size_t i = 0; i < file->events.count; i++) {
        const struct flame_event_attr *attr = &file->events.items[i].attr;
        if (flame_attr_has(attr, FLAME_ATTR_use_clockid) &&
            (attr->clockid == CLOCK_IS_REALTIME || attr->clockid == CLOCK_IS_TAI))
            return true;
    }
    return false;
}

struct flame_boot_claim flame_boot_claim_of(const struct flame_perf_file *file, uint64_t written)
{
    struct flame_boot_claim claim = { .written = written ? written : clock_ns(CLOCK_REALTIME),
                                      .last = file->features.last_sample_ns,
                                      .calendar = is_calendar(file) };
    if (claim.last == 0 && !claim.calendar)
        claim.last = find_last(file);
    return claim;
}

bool flame_boot_is_this(const struct flame_boot_clocks *here, const struct flame_boot_claim *claim)
{
    if (here->now <= here->up || here->awake > here->up || claim->calendar || claim->last == 0 ||
        claim->last >= FLAME_TIME_OFF_CPU || claim->written <= claim->last)
        return false;
    uint64_t slack = SLACK_S * SECOND + here->up / 10000 * DRIFT_PER_10000;
    uint64_t earliest = here->now - here->up, latest = here->now - here->awake;
    uint64_t boot = claim->written - claim->last;
    return claim->last <= here->up + slack && claim->written <= here->now + slack &&
           boot + slack >= earliest && boot <= latest + slack;
}
