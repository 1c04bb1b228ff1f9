/* order.h: the order in which records take effect. */
#ifndef FLAME_PROCESS_ORDER_H
#define FLAME_PROCESS_ORDER_H

#include "vec.h"

#include <flamedata/record.h>

/* When something happened: by time, then by place in the stream. Time 0 stands for "before
 * everything that has a time", as what perf synthesizes at the head of a file. */
struct flame_moment {
    uint64_t time_ns, position;
};

static inline bool flame_moment_before(struct flame_moment a, struct flame_moment b)
{
    return a.time_ns != b.time_ns ? a.time_ns < b.time_ns : a.position < b.position;
}

/* The moment of a record or sample. timed: the file's records carry times; without, the stream's
 * order decides. A time of 0 or ~0 means "at once", as perf takes it. */
static inline struct flame_moment flame_moment_of(const struct flame_sample_id *where,
                                                  uint64_t position, bool timed)
{
    uint64_t time = timed && where->time_ns != FLAME_TIME_NONE ? where->time_ns : 0;
    return (struct flame_moment){ time, position };
}

/* A side-band record that waits for its turn; bytes are the caller's. */
struct flame_pending {
    struct flame_moment when;
    const uint8_t *bytes;
    const char *path;
    uint64_t offset;
};

/* Sort by moment. */
void flame_order(struct flame_pending *pending, size_t count);

#endif
