/* compressed.c: PERF_RECORD_COMPRESSED(2): one zstd frame per file, flushed at each record.
 *
 * The frame is begun in the first such record and never ended, so one context serves them all.
 * perf cuts the ring buffer, not the records: a record may begin in one COMPRESSED record and end
 * in the next. Source: tools/perf/util/zstd.c, session.c; docs/formats/perf_data.md. */
#include "compressed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <zstd.h>

enum { EXPANSION_LIMIT = 64 << 20, FIRST_BUFFER = 1 << 20 };

struct flame_perf_zstd {
    ZSTD_DStream *stream;
    uint8_t *tail;
    size_t tail_size, tail_cap;
};

struct flame_perf_zstd *flame_perf_zstd_create(void)
{
    struct flame_perf_zstd *zstd = calloc(1, sizeof *zstd);
    if (zstd)
        zstd->stream = ZSTD_createDStream();
    if (zstd && !zstd->stream) {
        free(zstd);
        return NULL;
    }
    return zstd;
}

void flame_perf_zstd_free(struct flame_perf_zstd *zstd)
{
    if (!zstd)
        return;
    ZSTD_freeDStream(zstd->stream);
    free(zstd->tail);
    free(zstd);
}

size_t flame_perf_zstd_pending(const struct flame_perf_zstd *zstd)
{
    return zstd->tail_size;
}

static bool grow(uint8_t **bytes, size_t *cap, size_t need)
{
    if (need <= *cap)
        return true;
    size_t wanted = *cap ? *cap : FIRST_BUFFER;
    while (wanted < need)
        wanted *= 2;
    uint8_t *grown = realloc(*bytes, wanted);
    if (!grown)
        return false;
    *bytes = grown;
    *cap = wanted;
    return true;
}

/* How many of the bytes are whole records; *bad is set when a header cannot be one. */
static size_t whole_records(const uint8_t *bytes, size_t size, bool swap, bool *bad)
{
    size_t at = 0;
    *bad = false;
    while (size - at >= 8) {
        uint16_t length;
        memcpy(&length, bytes + at + 6, sizeof length);
        if (swap)
            length = __builtin_bswap16(length);
        if (length < 8) {
            *bad = true;
            break;
        }
        if (length > size - at)
            break;
        at += length;
    }
    return at;
}

enum flame_status flame_perf_zstd_next(struct flame_perf_zstd *zstd, const uint8_t *payload,
                                       size_t size, bool swap, struct flame_perf_buffer *buffer,
                                       size_t *whole, const char *path, uint64_t offset,
                                       struct flame_error *error)
{
    enum flame_status status = FLAME_OK;
    size_t filled = zstd->tail_size;
    *whole = 0;
    if (!grow(&buffer->bytes, &buffer->cap, filled + FIRST_BUFFER))
        return flame_fail(error, FLAME_NOMEM, path, offset, "out of memory");
    if (filled)
        memcpy(buffer->bytes, zstd->tail, filled);
    ZSTD_inBuffer in = { payload, size, 0 };
    for (;;) {
        ZSTD_outBuffer out = { buffer->bytes, buffer->cap, filled };
        size_t result = ZSTD_decompressStream(zstd->stream, &out, &in);
        bool progress = out.pos != filled;
        filled = out.pos;
        if (ZSTD_isError(result)) {
            status = flame_fail(error, FLAME_CORRUPT, path, offset, "zstd: %s",
                                ZSTD_getErrorName(result));
            break;
        }
        if (in.pos == in.size && filled < buffer->cap)
            break;
        if (filled < buffer->cap && !progress) {
            status = flame_fail(error, FLAME_CORRUPT, path, offset, "zstd: no progress");
            break;
        }
        if (filled == buffer->cap) {
            if (filled >= EXPANSION_LIMIT) {
                status =
                    flame_fail(error, FLAME_LIMIT, path, offset,
                               "compressed record expands beyond %d MiB", EXPANSION_LIMIT >> 20);
                break;
            }
            if (!grow(&buffer->bytes, &buffer->cap, filled + 1))
                return flame_fail(error, FLAME_NOMEM, path, offset, "out of memory");
        }
    }
    bool bad;
    *whole = whole_records(buffer->bytes, filled, swap, &bad);
    if (bad && status == FLAME_OK)
        status = flame_fail(error, FLAME_CORRUPT, path, offset,
                            "a record inside this compressed one claims a size below 8");
    size_t left = filled - *whole;
    if (!grow(&zstd->tail, &zstd->tail_cap, left))
        return flame_fail(error, FLAME_NOMEM, path, offset, "out of memory");
    if (left)
        memcpy(zstd->tail, buffer->bytes + *whole, left);
    zstd->tail_size = left;
    return status;
}
