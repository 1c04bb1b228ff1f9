/* intervals.h: which of many overlapping intervals is the innermost one at an address. */
#ifndef FLAME_OBJECT_INTERVALS_H
#define FLAME_OBJECT_INTERVALS_H

#include "fail.h"
#include "vec.h"

#include <stdint.h>

#define FLAME_INTERVAL_NONE UINT32_MAX

/* [low, high), not empty */
struct flame_interval {
    uint64_t low, high;
    uint32_t id;
};

struct flame_intervals {
    FLAME_VEC(struct flame_interval) list;
};

/* From low to the next one's low, id is the innermost; FLAME_INTERVAL_NONE: there is none. */
struct flame_segment {
    uint64_t low;
    uint32_t id;
};

/* In order of low. */
struct flame_segments {
    FLAME_VEC(struct flame_segment) list;
};

/* Segments, which must be empty before, of intervals, which are sorted by it. The one that begins
 * later is inside; of those that begin at the same place, the one that was added later.
 * FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_intervals_flatten(struct flame_intervals *intervals,
                                          struct flame_segments *segments);

/* The id at an address. */
uint32_t flame_segments_find(const struct flame_segments *segments, uint64_t address);

#endif
