/* compressed.h: the zstd frame inside a run of records. */
#ifndef FLAME_PERF_DATA_COMPRESSED_H
#define FLAME_PERF_DATA_COMPRESSED_H

#include "perf_data.h"

/* One frame: the decoder, and what it gave that is not a whole record yet. */
struct flame_perf_zstd;

/* NULL when memory is exhausted. */
struct flame_perf_zstd *flame_perf_zstd_create(void);

/* Free it, if it is not NULL. Returns how many bytes of an unfinished record it still held, which
 * are in no loss; bytes that are part of one are added to that. */
uint64_t flame_perf_zstd_close(struct flame_perf_zstd *zstd, struct flame_perf_losses *losses);

/* Whether the payload of a compressed record begins a frame. */
bool flame_perf_zstd_begins(const struct flame_cursor *payload);

/* Decompress the payload of the record at offset of path, behind what is left of those before. The
 * buffer's memory may be used for it, until flame_perf_zstd_take. *expanded is set to how many
 * bytes it gave.
 *
 * Errors: FLAME_NOMEM; FLAME_CORRUPT (zstd refuses); FLAME_LIMIT (it expands beyond limit), whose
 * message is left to the caller. After those two the frame cannot be continued; what came before
 * the damage is there. */
enum flame_status flame_perf_zstd_feed(struct flame_perf_zstd *zstd,
                                       const struct flame_cursor *payload, uint64_t limit,
                                       uint64_t *expanded, struct flame_perf_buffer *buffer,
                                       const char *path, uint64_t offset,
                                       struct flame_error *error);

/* Move the whole records to the beginning of buffer; *whole is set to their bytes. Bytes that
 * cannot be records are stepped over, each stretch of them a loss. An unfinished record stays for
 * the next call, or, with last, is a loss. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_perf_zstd_take(struct flame_perf_zstd *zstd,
                                       const struct flame_perf_file *file, bool last,
                                       struct flame_perf_buffer *buffer, size_t *whole,
                                       struct flame_perf_losses *losses);

#endif
