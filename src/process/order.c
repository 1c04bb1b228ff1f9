/* order.c: put side-band records into time order.
 *
 * perf flushes per-CPU buffers in rounds, so records of different CPUs interleave out of order.
 * Only side-band records are sorted, never samples; positions make the order total, so equal times
 * keep the stream's order. Does not repair clocks. */
#include "order.h"

#include <stdlib.h>

static int by_moment(const void *a, const void *b)
{
    const struct flame_pending *x = a, *y = b;
    if (flame_moment_before(x->when, y->when))
        return -1;
    return flame_moment_before(y->when, x->when);
}

void flame_order(struct flame_pending *pending, size_t count)
{
    if (count > 1)
        qsort(pending, count, sizeof *pending, by_moment);
}
