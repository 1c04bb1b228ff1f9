/* rounds.h: records in the order in which perf hands them out.
 *
 * perf record empties the buffers of all processors again and again, and closes each round with a
 * FINISHED_ROUND. What was recorded before a round began can't come after the next one: that much
 * is sorted by time and handed out, so that only about two rounds are ever kept. Records of one
 * time keep the stream's order; one that is late all the same comes late, and is not lost.
 *
 * Input without rounds, or with false ones, would have everything wait: when copies have come to
 * most_bytes, the earliest are handed out before their turn.
 *
 * This is the order of perf's output, quirks included, not the truth: order.h says when a record
 * took effect. Source: tools/perf/util/ordered-events.c; docs/formats/perf_script.md. */
#ifndef FLAME_PROCESS_ROUNDS_H
#define FLAME_PROCESS_ROUNDS_H

#include "order.h"

#include <flamedata/error.h>

/* A record that waits. Its bytes lie in page, or, without one, live longer than the queue. */
struct flame_round_page;
struct flame_waiting {
    struct flame_pending record;
    struct flame_round_page *page;
};

/* heap       the earliest first
 * newest_ns  the latest time of what waits
 * limit_ns   what the next round's end hands out
 * filling    the page that copies go to; spare ones were emptied
 * copies     how many of what waits have a page
 * paged      bytes of the pages that are not spare
 * early_ns   the latest time that was handed out before its turn
 * late       records with bytes that were put behind it */
struct flame_rounds {
    FLAME_VEC(struct flame_waiting) heap;
    uint64_t newest_ns, limit_ns;
    struct flame_round_page *filling, *spare;
    uint64_t copies, paged, most_bytes, early_ns, late;
};

/* What is handed out; bytes are NULL as they were put in, else valid until it returns. Any other
 * status than FLAME_OK ends the flush. */
typedef enum flame_status flame_round_taker(void *user, const struct flame_pending *record);

/* most_bytes is the default of the limit of what waits. */
void flame_rounds_init(struct flame_rounds *rounds);
void flame_rounds_deinit(struct flame_rounds *rounds);

/* Whether a record of this time waits at all; perf takes those without one at once. */
static inline bool flame_rounds_hold(uint64_t time_ns)
{
    return time_ns != 0 && time_ns != FLAME_TIME_NONE;
}

/* Queue a record whose time flame_rounds_hold. copy: its size bytes will not last, and are kept; to
 * be set, too, of a record without bytes that lies among such. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_rounds_put(struct flame_rounds *rounds, const struct flame_pending *record,
                                   size_t size, bool copy);

/* Hand out the earliest, as long as copies take more than most_bytes; to be called after each put.
 * Returns what take said. */
enum flame_status flame_rounds_relieve(struct flame_rounds *rounds, flame_round_taker *take,
                                       void *user);

/* A round was finished: hand out what is no later than the latest that waited at the end of the
 * round before. Returns what take said. */
enum flame_status flame_rounds_turn(struct flame_rounds *rounds, flame_round_taker *take,
                                    void *user);

/* Whether anything waits that is no later than this time. */
static inline bool flame_rounds_any(const struct flame_rounds *rounds, uint64_t time_ns)
{
    return rounds->heap.count && rounds->heap.items[0].record.when.time_ns <= time_ns;
}

/* Hand out what is no later than this time, for who knows himself whose turn it is. Returns what
 * take said. */
enum flame_status flame_rounds_until(struct flame_rounds *rounds, uint64_t time_ns,
                                     flame_round_taker *take, void *user);

/* The input ended: hand out everything. */
enum flame_status flame_rounds_end(struct flame_rounds *rounds, flame_round_taker *take,
                                   void *user);

#endif
