/* columns_samples.c: see columns_samples.h.
 *
 * Samples stand by thread, each thread's in order of time: a thread goes on doing what it does, on
 * the processor that it is on, so that neighbours are alike, and its times are even. Times are in
 * ticks, a millionth of the recording or less, since nobody can point at more than that; the sums
 * of weights are exact. */
#include "columns_samples.h"

#include <flamedata/record.h>
#include <stdlib.h>

enum { VERSION = 1, HAS_TIME = 1, HAS_CPU = 2 };

/* rows         [row_count] indices, by thread
 * counts       [thread_count] samples of each thread
 * event_count  1 where events are not told apart
 * units        [event_count] what the weights of an event have in common; 0: it has no weight
 * first, last  the time of all, in ns */
struct putting {
    struct flame_columns *columns;
    const struct flame_samples *samples;
    const struct flame_tree *tree;
    uint32_t *rows;
    size_t *counts;
    size_t event_count;
    uint64_t *units;
    uint64_t first, last, tick;
};

static const struct flame_sample_row *row_at(const struct putting *p, size_t i)
{
    return &p->samples->rows[p->rows[i]];
}

static size_t event_of(const struct putting *p, const struct flame_sample_row *row)
{
    return p->event_count > 1 ? row->event : 0;
}

static bool sort_rows(struct putting *p)
{
    const struct flame_samples *samples = p->samples;
    size_t at = 0, *ends = calloc(samples->thread_count + 1, sizeof *ends);
    p->counts = calloc(samples->thread_count + 1, sizeof *p->counts);
    p->rows = malloc((samples->row_count + 1) * sizeof *p->rows);
    bool ok = ends && p->counts && p->rows;
    for (size_t i = 0; ok && i < samples->row_count; i++)
        p->counts[samples->rows[i].thread]++;
    for (size_t t = 0; ok && t < samples->thread_count; at += p->counts[t++])
        ends[t] = at;
    for (size_t i = 0; ok && i < samples->row_count; i++)
        p->rows[ends[samples->rows[i].thread]++] = (uint32_t)i;
    free(ends);
    return ok;
}

static bool find_units(struct putting *p)
{
    p->units = calloc(p->event_count + 1, sizeof *p->units);
    for (size_t i = 0; p->units && i < p->samples->row_count; i++) {
        const struct flame_sample_row *row = &p->samples->rows[i];
        uint64_t *unit = &p->units[event_of(p, row)];
        if (*unit != row->period && *unit != 1)
            *unit = flame_divisor(*unit, row->period);
    }
    return p->units;
}

static bool is_time(uint64_t time_ns)
{
    return time_ns != 0 && time_ns < FLAME_TIME_OFF_CPU;
}

static void find_times(struct putting *p)
{
    p->tick = 1000;
    for (size_t i = 0; i < p->samples->row_count; i++) {
        uint64_t time_ns = p->samples->rows[i].time_ns;
        if (!is_time(time_ns))
            continue;
        if (p->first == 0)
            p->first = time_ns;
        p->last = time_ns;
    }
    while ((p->last - p->first) / p->tick > 1000000)
        p->tick *= 10;
}

/* Ticks from the first sample on. What has no time is at the beginning, off-CPU samples, which have
 * none of the clock, at the end. */
static uint64_t ticks_of(const struct putting *p, const struct flame_sample_row *row)
{
    uint64_t time_ns = row->time_ns;
    if (!is_time(time_ns))
        time_ns = time_ns ? p->last : p->first;
    return (time_ns - p->first) / p->tick;
}

static void put_head(const struct putting *p)
{
    const struct flame_samples *samples = p->samples;
    flame_columns_number(p->columns, VERSION);
    flame_columns_number(p->columns, samples->row_count);
    flame_columns_number(p->columns,
                         (samples->has_time ? HAS_TIME : 0) | (samples->has_cpu ? HAS_CPU : 0));
    flame_columns_number(p->columns, p->tick);
    flame_columns_number(p->columns, p->event_count);
    for (size_t e = 0; e < p->event_count; e++)
        flame_columns_number(p->columns, p->units[e]);
    flame_columns_number(p->columns, samples->thread_count);
    for (size_t t = 0; t < samples->thread_count; t++)
        flame_columns_number(p->columns, p->counts[t]);
    for (size_t t = 0; t < samples->thread_count; t++)
        flame_columns_signed(p->columns, samples->threads[t].pid);
    for (size_t t = 0; t < samples->thread_count; t++)
        flame_columns_signed(p->columns, samples->threads[t].tid);
}

static void put_times(const struct putting *p)
{
    size_t i = 0;
    for (size_t t = 0; t < p->samples->thread_count; t++) {
        uint64_t before = 0;
        for (size_t end = i + p->counts[t]; i < end; i++) {
            uint64_t now = ticks_of(p, row_at(p, i));
            flame_columns_number(p->columns, now - before);
            before = now;
        }
    }
}

/* Whether every sample of the event weighs its unit. */
static bool weighs_one(const struct putting *p, size_t event)
{
    bool one = true;
    for (size_t i = 0; one && i < p->samples->row_count; i++)
        one = event_of(p, &p->samples->rows[i]) != event ||
              p->samples->rows[i].period == p->units[event];
    return one;
}

static bool put_weights(const struct putting *p)
{
    size_t count = p->samples->row_count;
    bool *one = calloc(p->event_count + 1, sizeof *one);
    for (size_t e = 0; one && e < p->event_count; e++) {
        one[e] = weighs_one(p, e);
        flame_columns_number(p->columns, one[e]);
    }
    for (size_t i = 0; one && i < count; i++) {
        const struct flame_sample_row *row = row_at(p, i);
        size_t event = event_of(p, row);
        if (!one[event])
            flame_columns_number(p->columns, row->period / p->units[event]);
    }
    free(one);
    return one;
}

static bool put_rows(const struct putting *p)
{
    size_t count = p->samples->row_count;
    if (p->samples->has_time)
        put_times(p);
    for (size_t i = 0; p->samples->has_cpu && i < count; i++)
        flame_columns_number(p->columns, (uint32_t)(row_at(p, i)->cpu + 1));
    for (size_t i = 0; p->event_count > 1 && i < count; i++)
        flame_columns_number(p->columns, row_at(p, i)->event);
    for (size_t i = 0; i < count; i++)
        flame_columns_number(p->columns, p->tree->ends[row_at(p, i)->stack]);
    return put_weights(p);
}

enum flame_status flame_columns_samples(struct flame_columns *columns,
                                        const struct flame_samples *samples,
                                        const struct flame_tree *tree)
{
    bool apart = samples->event < samples->event_count;
    struct putting p = { .columns = columns,
                         .samples = samples,
                         .tree = tree,
                         .event_count = apart ? samples->event_count : 1 };
    bool ok = sort_rows(&p) && find_units(&p);
    if (ok) {
        find_times(&p);
        put_head(&p);
        ok = put_rows(&p);
    }
    for (size_t t = 0; ok && t < samples->thread_count; t++)
        flame_columns_text(columns, samples->threads[t].name);
    free(p.rows);
    free(p.counts);
    free(p.units);
    return ok ? FLAME_OK : FLAME_NOMEM;
}
