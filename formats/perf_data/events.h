/* events.h: what makes up the list of events while a recording is being opened. */
#ifndef FLAME_PERF_DATA_EVENTS_H
#define FLAME_PERF_DATA_EVENTS_H

#include "perf_data.h"

/* Whether there may be count more events; error says FLAME_LIMIT where not. offset is for the
 * message. */
bool flame_perf_events_have_room(const struct flame_perf_file *file, uint64_t count,
                                 uint64_t offset, struct flame_error *error);

/* Add the ids that stand in count words (file byte order) to an event. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_perf_events_identify(struct flame_perf_file *file, const uint8_t *words,
                                             uint64_t count, uint32_t event);

/* Put the ids that are known so far in order, so that they can be looked up. */
void flame_perf_events_order(struct flame_perf_file *file);

/* Once all events are known: order the ids, find out where records keep theirs, and name every
 * event. FLAME_OK; FLAME_CORRUPT when there is no event at all; FLAME_NOMEM. */
enum flame_status flame_perf_events_settle(struct flame_perf_file *file, struct flame_error *error);

#endif
