/* time_range.h: the stretches of a recording that a time filter means. */
#ifndef FLAME_FILTER_TIME_RANGE_H
#define FLAME_FILTER_TIME_RANGE_H

#include "list.h"

/* A stretch between two shares of the recording, 0 to 1. */
struct flame_share {
    double from, to;
};

/* What was asked for: ranges of nanoseconds, or shares that become such when it is known from when
 * to when the recording goes. */
struct flame_times {
    struct flame_spans ranges;
    FLAME_VEC(struct flame_share) shares;
};

/* Read "START,STOP" in seconds, where either may be left out; several with spaces between them. Or
 * shares: "10%-20%", "10%/2" (the second tenth), "10%" (the first); several with commas.
 * FLAME_OK, FLAME_USAGE or FLAME_NOMEM. */
enum flame_status flame_times_read(struct flame_times *times, const char *text,
                                   struct flame_error *error);
void flame_times_deinit(struct flame_times *times);

/* Turn shares into ranges, of a recording whose samples go from first_ns to last_ns. FLAME_OK or
 * FLAME_NOMEM. */
enum flame_status flame_times_place(struct flame_times *times, uint64_t first_ns, uint64_t last_ns);

#endif
