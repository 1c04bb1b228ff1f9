/* stream_limits.h: what a stream hands out at most. */
#ifndef FLAME_PERF_DATA_STREAM_LIMITS_H
#define FLAME_PERF_DATA_STREAM_LIMITS_H

#include "perf_data.h"

/* What all compressed records together may expand to. */
uint64_t flame_perf_decompressed_limit(const struct flame_perf_file *file);

/* What one compressed record may expand to: as limits say, else as large as a buffer of the
 * recording was. */
uint64_t flame_perf_record_limit(const struct flame_perf_file *file);

/* Whether the file may have more records than are read: only then they need to be counted. */
bool flame_perf_may_have_many(const struct flame_perf_file *file);

/* Count the records of a block that is to be handed out. Those beyond the limit are cut off, its
 * size may become 0; they, and all that is behind them, are a loss, and the stream is at its end.
 */
void flame_perf_count_records(struct flame_perf_stream *stream, struct flame_perf_block *block);

#endif
