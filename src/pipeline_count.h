/* pipeline_count.h: samples added up, by whoever has blocks of them. Private to src/pipeline*.c. */
#ifndef FLAME_PIPELINE_COUNT_H
#define FLAME_PIPELINE_COUNT_H

#include "pipeline.h"

/* Workers that count, each into a table of its own. */
struct flame_counting;

/* Get ready to count into count tables (at most the session's threads); events are grouped.
 * FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_counting_begin(struct flame_session *s, size_t count,
                                       struct flame_counting **out);

/* Add up the samples of a block. The timeline holds at least all that comes before their moments;
 * what it says of times from known_ns on may still change. Thread-safe for different workers, as
 * long as nobody writes to the timeline. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_counting_block(struct flame_counting *counting, size_t worker,
                                       uint64_t known_ns, const struct flame_perf_block *block);

/* Everything was counted: sum it up in the session, and free the workers. */
void flame_counting_end(struct flame_counting *counting);

/* Nothing was counted: free everything, and leave the session as it was before. */
void flame_counting_cancel(struct flame_counting *counting);

#endif
