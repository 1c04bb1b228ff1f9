/* another.h: another recording behind this one, in one file with it. */
#ifndef FLAME_PERF_DATA_ANOTHER_H
#define FLAME_PERF_DATA_ANOTHER_H

#include "resync.h"

/* Whether so many bytes begin as a recording does, header included: where records are due, or
 * behind them, that is enough to know another one by. What is said then. */
bool flame_perf_is_another(const uint8_t *bytes, uint64_t size);
#define FLAME_PERF_ANOTHER "another recording begins here, which was not read: cut the file in two"

/* Look for the first recording that begins at `from` or behind it, and before `to`, where anything
 * may stand. So it must have what a recording has: of a pipe, records behind the header; of a file,
 * an attr and records where the header says, which go on beyond a place. Returns where, or to.
 *
 * size  of the bytes, beyond `to` as a rule: where the file ends */
uint64_t flame_perf_find_another(const uint8_t *bytes, uint64_t size, uint64_t from, uint64_t to,
                                 uint64_t beyond);

/* The same in the stream's part; offsets are the part's. */
uint64_t flame_perf_stream_find_another(const struct flame_perf_stream *stream, uint64_t from,
                                        uint64_t to, uint64_t beyond);

/* Whether another recording begins where the stream is. */
bool flame_perf_stream_is_another(const struct flame_perf_stream *stream);

/* Whether perf writes records of this type before all others, so that one in their midst may be
 * another recording's. */
bool flame_perf_is_opening(uint32_t type);

/* Another recording begins within what stands at an offset of the part, or has begun before it:
 * lose what there is of the one, and all of the other, whose records would be taken for those of
 * this recording's processes and events. */
void flame_perf_leave(struct flame_perf_stream *stream, uint64_t from, uint64_t another);

/* The same for a run of records from an offset on. Returns where the one is that was cut: what is
 * behind it has passed for records by chance. */
uint64_t flame_perf_leave_run(struct flame_perf_stream *stream, uint64_t from, uint64_t another);

/* Leave the run of records from an offset on, which ends where the stream is, if one of them was
 * cut, and covers the beginning of another recording; *last is then where that one is. */
bool flame_perf_leave_torn(struct flame_perf_stream *stream, uint64_t from, uint64_t *last);

#endif
