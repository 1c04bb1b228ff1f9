/* pipeline_deferred.c: a sorted table of the chains that came later.
 *
 * perf holds samples back until the thread's next such record. We have read all records before the
 * first sample is counted, so a sample looks its chain up. A record of another cookie in between
 * (perf then gives up) does not matter. Source: tools/perf/util/session.c,
 * evlist__deliver_deferred_callchain(). */
#include "pipeline_deferred.h"

#include "bounds.h"

#include <stdlib.h>

void flame_deferred_init(struct flame_deferred *deferred, const struct flame_limits *limits)
{
    *deferred =
        (struct flame_deferred){ .most_bytes = flame_limit_of(limits, FLAME_LIMIT_WAITING) };
    flame_intern_init(&deferred->chains);
}

void flame_deferred_deinit(struct flame_deferred *deferred)
{
    flame_vec_free(&deferred->list);
    flame_intern_deinit(&deferred->chains);
}

enum flame_status flame_deferred_add(struct flame_deferred *deferred,
                                     const struct flame_record *record, const char *path,
                                     bool in_file, bool timed, struct flame_error *error)
{
    size_t known = deferred->chains.strings.count, size = (size_t)record->chain.count * 8;
    if (!in_file && deferred->kept_bytes > deferred->most_bytes)
        return flame_fail_limit(error, FLAME_LIMIT_WAITING, deferred->most_bytes, path,
                                record->offset, "",
                                "of deferred call chains in compressed records");
    struct flame_deferred_chain entry = {
        .when = flame_moment_of(&record->where, record->position, timed),
        .cookie = record->chain.cookie,
        .tid = record->where.tid,
        .chain = flame_intern_add(&deferred->chains,
                                  (struct flame_str){ (const char *)record->chain.ips, size }),
    };
    if (entry.chain == FLAME_INTERN_NONE || !flame_vec_push(&deferred->list, entry))
        return FLAME_NOMEM;
    if (!in_file)
        deferred->kept_bytes += sizeof entry + (entry.chain == known ? size : 0);
    return FLAME_OK;
}

static int compare(const struct flame_deferred_chain *a, const struct flame_deferred_chain *b)
{
    if (a->tid != b->tid)
        return a->tid < b->tid ? -1 : 1;
    if (a->cookie != b->cookie)
        return a->cookie < b->cookie ? -1 : 1;
    return flame_moment_before(a->when, b->when) ? -1 : flame_moment_before(b->when, a->when);
}

static int by_thread_and_cookie(const void *a, const void *b)
{
    return compare(a, b);
}

void flame_deferred_sort(struct flame_deferred *deferred)
{
    if (deferred->list.count)
        qsort(deferred->list.items, deferred->list.count, sizeof *deferred->list.items,
              by_thread_and_cookie);
}

const uint8_t *flame_deferred_find(const struct flame_deferred *deferred, int32_t tid,
                                   uint64_t cookie, struct flame_moment when, uint64_t *count)
{
    struct flame_deferred_chain sought = { .when = when, .cookie = cookie, .tid = tid };
    size_t low = 0, high = deferred->list.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&deferred->list.items[middle], &sought) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == deferred->list.count || deferred->list.items[low].tid != tid ||
        deferred->list.items[low].cookie != cookie)
        return NULL;
    struct flame_str words = flame_intern_get(&deferred->chains, deferred->list.items[low].chain);
    *count = words.len / 8;
    return (const uint8_t *)words.ptr;
}
