/* compressed.h: the zstd stream inside a perf.data. */
#ifndef FLAME_PERF_DATA_COMPRESSED_H
#define FLAME_PERF_DATA_COMPRESSED_H

#include "perf_data.h"

struct flame_perf_zstd;

struct flame_perf_zstd *flame_perf_zstd_create(void);
void flame_perf_zstd_free(struct flame_perf_zstd *zstd);

/* Decompress the payload of one COMPRESSED record into buffer, behind the unfinished record that
 * the one before may have left. whole is set to the bytes that are whole records; what follows them
 * is kept for the next call.
 *
 * Errors: FLAME_NOMEM; FLAME_CORRUPT (zstd refuses, or a record inside cannot be); FLAME_LIMIT (one
 * record expands beyond 64 MiB). After those two the stream cannot be continued: *whole still says
 * what came before the damage. offset is the record's, for the message. */
enum flame_status flame_perf_zstd_next(struct flame_perf_zstd *zstd, const uint8_t *payload,
                                       size_t size, bool swap, struct flame_perf_buffer *buffer,
                                       size_t *whole, const char *path, uint64_t offset,
                                       struct flame_error *error);

/* Bytes of an unfinished record that are still waiting for the rest. */
size_t flame_perf_zstd_pending(const struct flame_perf_zstd *zstd);

#endif
