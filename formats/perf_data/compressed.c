/* compressed.c: PERF_RECORD_COMPRESSED(2): one zstd frame per run, flushed at each record.
 *
 * The frame is begun in the first such record and never ended, so one decoder serves them all. perf
 * cuts the ring buffer, not the records: a record may begin in one COMPRESSED record and end in the
 * next. Invariant: bytes[begin, end) is decompressed and not handed out; it is moved only when at
 * least as much has been handed out or stepped over, so that small chunks of a large record cost no
 * more than large ones. Source: tools/perf/util/zstd.c, session.c; docs/formats/perf_data.md. */
#include "compressed.h"

#include "resync.h"

#include <inttypes.h>
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum { FIRST_BUFFER = 256 << 10, ROOM = 128 << 10 };

/* wound   open while bytes that are no records are being stepped over
 * before  what was decompressed before bytes[0] */
struct flame_perf_zstd {
    ZSTD_DStream *stream;
    uint8_t *bytes;
    size_t cap, begin, end;
    struct flame_perf_wound wound;
    struct flame_perf_search search;
    const char *path;
    uint64_t offset, before;
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

uint64_t flame_perf_zstd_close(struct flame_perf_zstd *zstd, struct flame_perf_losses *losses)
{
    if (!zstd)
        return 0;
    uint64_t left = zstd->end - zstd->begin;
    if (zstd->wound.open) {
        flame_perf_wound_grow(losses, &zstd->wound, left);
        flame_perf_wound_end(losses, &zstd->wound);
        left = 0;
    }
    ZSTD_freeDStream(zstd->stream);
    free(zstd->bytes);
    free(zstd);
    return left;
}

/* No block of a frame can begin with these bytes: they would be the header of one that is too
 * large. */
bool flame_perf_zstd_begins(const struct flame_cursor *payload)
{
    static const uint8_t magic[4] = { 0x28, 0xb5, 0x2f, 0xfd };
    return flame_cursor_left(payload) >= sizeof magic &&
           memcmp(payload->at, magic, sizeof magic) == 0;
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

/* Give the memory away, and go on in the buffer's with what lies from `left` on. */
static bool change_memory(struct flame_perf_zstd *z, size_t left, struct flame_perf_buffer *buffer)
{
    size_t kept = z->end - left;
    if (!grow(&buffer->bytes, &buffer->cap, kept + ROOM))
        return false;
    if (kept)
        memcpy(buffer->bytes, z->bytes + left, kept);
    struct flame_perf_buffer given = { z->bytes, z->cap };
    z->bytes = buffer->bytes;
    z->cap = buffer->cap;
    z->before += left;
    z->begin = 0;
    z->end = kept;
    *buffer = given;
    return true;
}

/* Room behind end. */
static bool make_room(struct flame_perf_zstd *z)
{
    size_t kept = z->end - z->begin;
    if (z->begin && z->begin >= kept) {
        memmove(z->bytes, z->bytes + z->begin, kept);
        z->before += z->begin;
        z->begin = 0;
        z->end = kept;
    }
    return z->cap - z->end >= ROOM || grow(&z->bytes, &z->cap, z->end + ROOM);
}

enum flame_status flame_perf_zstd_feed(struct flame_perf_zstd *z,
                                       const struct flame_cursor *payload, uint64_t limit,
                                       uint64_t *expanded, struct flame_perf_buffer *buffer,
                                       const char *path, uint64_t offset, struct flame_error *error)
{
    ZSTD_inBuffer in = { payload->at, flame_cursor_left(payload), 0 };
    uint64_t given = 0;
    z->path = path;
    z->offset = offset;
    /* Into the reader's own memory, to which it all goes in the end: that is in its cache. */
    if (z->end - z->begin <= in.size && !change_memory(z, z->begin, buffer))
        return flame_fail(error, FLAME_NOMEM, path, offset, "out of memory");
    for (;;) {
        if (!make_room(z))
            return flame_fail(error, FLAME_NOMEM, path, offset, "out of memory");
        uint64_t room = z->cap - z->end, allowed = limit - given < room ? limit - given + 1 : room;
        ZSTD_outBuffer out = { z->bytes + z->end, (size_t)allowed, 0 };
        size_t result = ZSTD_decompressStream(z->stream, &out, &in);
        z->end += out.pos;
        *expanded = given += out.pos;
        if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
            return flame_fail(error, FLAME_NOMEM, path, offset, "out of memory");
        if (ZSTD_isError(result))
            return flame_fail(error, FLAME_CORRUPT, path, offset, "zstd: %s",
                              ZSTD_getErrorName(result));
        if (given > limit)
            return FLAME_LIMIT;
        if (out.pos == out.size)
            continue;
        if (in.pos == in.size)
            return FLAME_OK;
        if (out.pos == 0)
            return flame_fail(error, FLAME_CORRUPT, path, offset, "zstd: no progress");
    }
}

/* The first of the bytes at which no record can begin. */
static void begin_loss(struct flame_perf_zstd *z, const struct flame_perf_span *span, uint64_t at,
                       struct flame_perf_losses *losses)
{
    struct flame_error why = FLAME_ERROR_INIT, error = FLAME_ERROR_INIT;
    flame_perf_say_why(span, at, span->size, z->path, z->offset, &why);
    flame_fail(&error, why.status, z->path, z->offset, "decompressed: %.180s", why.text);
    flame_perf_wound_begin(losses, &z->wound, &error);
    flame_perf_wound_grow(losses, &z->wound, 1);
    z->search.phase = (span->before + at) % 8;
}

/* Walk whole records from *at on. */
static enum flame_perf_framing walk(const struct flame_perf_span *span, uint64_t *at)
{
    struct flame_perf_raw raw;
    enum flame_perf_framing framing;
    do {
        while (span->size - *at >= 8) {
            raw = flame_perf_header(span->bytes + *at, span->swap);
            if (raw.size < 8 || raw.size > span->size - *at || !flame_perf_type_exists(raw.type))
                break;
            *at += raw.size;
        }
        framing = flame_perf_frame(span, *at, &raw);
        *at += framing == FLAME_PERF_FRAMED ? raw.size : 0;
    } while (framing == FLAME_PERF_FRAMED);
    return framing;
}

enum flame_status flame_perf_zstd_take(struct flame_perf_zstd *z,
                                       const struct flame_perf_file *file, bool last,
                                       struct flame_perf_buffer *buffer, size_t *whole,
                                       struct flame_perf_losses *losses)
{
    const struct flame_perf_span span = { .bytes = z->bytes,
                                          .size = z->end,
                                          .swap = file->swap,
                                          .open = !last,
                                          .file = file,
                                          .before = z->before };
    uint64_t at = z->begin;
    *whole = 0;
    while (at < z->end) {
        if (z->wound.open) {
            uint64_t from = at;
            bool found = flame_perf_resync(&span, &z->search, &at, z->end);
            flame_perf_wound_grow(losses, &z->wound, at - from);
            if (!found)
                break;
            flame_perf_wound_end(losses, &z->wound);
        }
        uint64_t run = at;
        enum flame_perf_framing framing = walk(&span, &at);
        if (at > run && *whole != run)
            memmove(z->bytes + *whole, z->bytes + run, (size_t)(at - run));
        *whole += (size_t)(at - run);
        if (at == z->end || (framing == FLAME_PERF_UNFINISHED && !last))
            break;
        begin_loss(z, &span, at, losses);
        at++;
    }
    if (*whole)
        return change_memory(z, (size_t)at, buffer) ? FLAME_OK : FLAME_NOMEM;
    z->begin = (size_t)at;
    return FLAME_OK;
}
