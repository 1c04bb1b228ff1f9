/* time_range.c: time filters as perf spells them.
 *
 * Seconds are read as whole nanoseconds, so that what perf script prints can be given back. Shares
 * of a recording are cut as perf cuts them: both ends belong to a stretch, so one that is not the
 * last ends a nanosecond before the next begins. More lenient than perf in what may stand together:
 * stretches come in any order and may overlap. Source: perf-script(1), tools/perf/util/time-utils.c
 * of Linux 6.1. */
#include "time_range.h"

#include "fail.h"

#include <string.h>

#define ONE UINT64_C(1000000000) /* what flame_decimal_read makes of "1" */
#define HUNDRED_PERCENT 100e9

void flame_times_deinit(struct flame_times *times)
{
    flame_vec_free(&times->ranges.list);
    flame_vec_free(&times->shares);
}

static enum flame_status not_a_time(const char *text, const char *why, struct flame_error *error)
{
    return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET, "time '%.60s': %s", text, why);
}

/* "10%" */
static bool read_percent(const char **text, double *share)
{
    uint64_t billionths;
    if (!flame_decimal_read(text, &billionths) || **text != '%')
        return false;
    ++*text;
    *share = (double)billionths / HUNDRED_PERCENT;
    return true;
}

/* "10%/2", "10%-20%" or "10%", which is the first one of 10%. */
static bool read_share(const char **text, struct flame_share *share)
{
    uint64_t nth = ONE;
    double size;
    if (!read_percent(text, &size))
        return false;
    if (**text == '-') {
        ++*text;
        share->from = size;
        return read_percent(text, &share->to);
    }
    if (**text == '/') {
        ++*text;
        if (!flame_decimal_read(text, &nth) || nth == 0 || nth % ONE)
            return false;
    }
    nth /= ONE;
    if (size == 0)
        return false;
    *share = (struct flame_share){ size * (double)(nth - 1), size * (double)nth };
    return true;
}

static enum flame_status read_shares(struct flame_times *times, const char *text,
                                     struct flame_error *error)
{
    const char *at = text;
    do {
        struct flame_share share;
        if (!read_share(&at, &share) || (*at && *at != ','))
            return not_a_time(text,
                              "shares are written as 10%-30% or 10%/2, with commas between "
                              "them",
                              error);
        if (share.from > 1 || share.to > 1)
            return not_a_time(text, "a share goes beyond 100%", error);
        if (share.from > share.to)
            return not_a_time(text, "a share ends before it begins", error);
        if (!flame_vec_push(&times->shares, share))
            return flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
    } while (*at++ == ',');
    return FLAME_OK;
}

/* "START,STOP": what is left out is the beginning or end of all time. */
static bool read_seconds(const char **text, struct flame_span *range)
{
    *range = (struct flame_span){ 0, UINT64_MAX };
    if (**text != ',' && !flame_decimal_read(text, &range->first))
        return false;
    if (**text != ',')
        return false;
    ++*text;
    return **text == 0 || **text == ' ' || flame_decimal_read(text, &range->last);
}

static enum flame_status read_ranges(struct flame_times *times, const char *text,
                                     struct flame_error *error)
{
    const char *at = text + strspn(text, " ");
    do {
        struct flame_span range;
        if (!read_seconds(&at, &range) || (*at && *at != ' '))
            return not_a_time(text,
                              "a time is START,STOP in seconds with at most nine decimals, or a "
                              "share as 10%-30%",
                              error);
        if (range.first > range.last)
            return not_a_time(text, "it stops before it starts", error);
        if (!flame_vec_push(&times->ranges.list, range))
            return flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
        at += strspn(at, " ");
    } while (*at);
    flame_spans_settle(&times->ranges);
    return FLAME_OK;
}

enum flame_status flame_times_read(struct flame_times *times, const char *text,
                                   struct flame_error *error)
{
    return strchr(text, '%') ? read_shares(times, text, error) : read_ranges(times, text, error);
}

static uint64_t part_of(uint64_t total, double share)
{
    uint64_t part = (uint64_t)(share * (double)total + 0.5);
    return part < total ? part : total;
}

enum flame_status flame_times_place(struct flame_times *times, uint64_t first_ns, uint64_t last_ns)
{
    uint64_t total = last_ns - first_ns;
    for (size_t i = 0; i < times->shares.count; i++) {
        const struct flame_share *share = &times->shares.items[i];
        struct flame_span range = { first_ns + part_of(total, share->from),
                                    first_ns + part_of(total, share->to) };
        if (range.last > range.first && range.last != last_ns)
            range.last--;
        if (!flame_vec_push(&times->ranges.list, range))
            return FLAME_NOMEM;
    }
    times->shares.count = 0;
    flame_spans_settle(&times->ranges);
    return FLAME_OK;
}
