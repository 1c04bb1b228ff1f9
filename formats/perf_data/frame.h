/* frame.h: the compressed records of a stream. */
#ifndef FLAME_PERF_DATA_FRAME_H
#define FLAME_PERF_DATA_FRAME_H

#include "perf_data.h"

/* End the zstd frame of the part, if there is one, and what it has cost so far. */
void flame_perf_end_frame(struct flame_perf_stream *stream);

/* Bytes of the part are lost for this reason, and the frame ends with them, if there is one: what
 * is compressed behind them is part of this loss. */
void flame_perf_lose_bytes(struct flame_perf_stream *stream, const struct flame_error *error,
                           uint64_t bytes);

/* Take the compressed record raw, at which the stream is. block is what it completes; its size may
 * be 0. The stream moves behind the record, unless a frame had to be finished first: then block is
 * the end of that. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_perf_take_compressed(struct flame_perf_stream *stream,
                                             const struct flame_perf_raw *raw,
                                             struct flame_perf_buffer *buffer,
                                             struct flame_perf_block *block);

/* The part is at its end, and so is its frame: take what is left. As above. */
enum flame_status flame_perf_finish_frame(struct flame_perf_stream *stream,
                                          struct flame_perf_buffer *buffer,
                                          struct flame_perf_block *block);

#endif
