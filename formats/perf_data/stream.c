/* stream.c: the data section, cut into runs of whole records.
 *
 * Advancing needs only the size of each header, so unknown types and odd sizes cost nothing. A size
 * below 8 or past the end stops the stream: what came before stands. Bytes that follow AUXTRACE and
 * TRACING_DATA records outside of their size are stepped over. */
#include "compressed.h"

#include <inttypes.h>
#include <stdlib.h>

/* Small enough that a second look at its headers finds them in the cache. */
enum { BLOCK_SIZE = 256 << 10, AHEAD = 4 << 10, CACHE_LINE = 64 };

void flame_perf_buffer_free(struct flame_perf_buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct flame_perf_buffer){ 0 };
}

void flame_perf_stream_init(struct flame_perf_stream *stream, const struct flame_perf_file *file)
{
    *stream = (struct flame_perf_stream){ .file = file, .damage = FLAME_ERROR_INIT };
}

void flame_perf_stream_deinit(struct flame_perf_stream *stream)
{
    flame_perf_zstd_free(stream->zstd);
    stream->zstd = NULL;
}

static struct flame_perf_raw header_at(const uint8_t *p, bool swap)
{
    struct flame_perf_raw raw = { .bytes = p };
    memcpy(&raw.type, p, 4);
    memcpy(&raw.misc, p + 4, 2);
    memcpy(&raw.size, p + 6, 2);
    if (swap) {
        raw.type = __builtin_bswap32(raw.type);
        raw.misc = __builtin_bswap16(raw.misc);
        raw.size = __builtin_bswap16(raw.size);
    }
    return raw;
}

/* Headers are too far apart for the processor to see a stream in them, and each is needed to find
 * the next: ask for as much memory as the record takes, well before it is its turn. Asking for what
 * lies beyond the mapping does no harm. */
static void ask_ahead(const struct flame_perf_raw *raw)
{
    for (uint32_t line = 0; line < raw->size; line += CACHE_LINE)
        __builtin_prefetch((const void *)((uintptr_t)raw->bytes + line + AHEAD));
}

bool flame_perf_block_next(const struct flame_perf_block *block, bool swap, size_t *at,
                           struct flame_perf_raw *raw)
{
    if (block->size - *at < 8)
        return false;
    *raw = header_at(block->bytes + *at, swap);
    if (raw->size < 8 || raw->size > block->size - *at)
        return false;
    raw->offset = block->compressed ? block->offset : block->offset + *at;
    raw->position = block->position + *at;
    *at += raw->size;
    ask_ahead(raw);
    return true;
}

static uint64_t left(const struct flame_perf_stream *s)
{
    return s->file->data_size - s->at;
}

static void stop(struct flame_perf_stream *s)
{
    s->lost_bytes += left(s);
    s->at = s->file->data_size;
}

/* The header at s->at, if it is one whose record fits; otherwise the stream ends. */
static bool peek(struct flame_perf_stream *s, struct flame_perf_raw *raw)
{
    uint64_t offset = s->file->data_offset + s->at;
    if (left(s) < 8) {
        if (left(s) > 0)
            flame_fail(&s->damage, FLAME_TRUNCATED, s->file->path, offset,
                       "%" PRIu64 " bytes left over, too few for a record", left(s));
        stop(s);
        return false;
    }
    *raw = header_at(s->file->bytes + offset, s->file->swap);
    raw->offset = offset;
    if (raw->size < 8) {
        flame_fail(&s->damage, FLAME_CORRUPT, s->file->path, offset,
                   "record of type %" PRIu32 " claims a size of %d bytes; nothing behind it can be "
                   "read",
                   raw->type, raw->size);
        stop(s);
        return false;
    }
    if (raw->size > left(s)) {
        flame_fail(&s->damage, FLAME_TRUNCATED, s->file->path, offset,
                   "record of type %" PRIu32 " needs %d bytes, %" PRIu64 " left", raw->type,
                   raw->size, left(s));
        stop(s);
        return false;
    }
    return true;
}

/* Bytes behind the record that do not belong to its size. */
static uint64_t bytes_outside(const struct flame_perf_raw *raw, bool swap)
{
    struct flame_cursor c =
        flame_cursor_make(raw->bytes + 8, raw->size - 8u, raw->offset + 8, swap, NULL, NULL);
    if (raw->type == FLAME_RECORD_AUXTRACE)
        return flame_cursor_u64(&c, "auxtrace.size");
    if (raw->type == FLAME_RECORD_HEADER_TRACING_DATA)
        return flame_cursor_u32(&c, "tracing_data.size");
    return 0;
}

static void step_outside(struct flame_perf_stream *s, const struct flame_perf_raw *raw)
{
    uint64_t outside = bytes_outside(raw, s->file->swap);
    if (outside <= left(s)) {
        s->at += outside;
        return;
    }
    flame_fail(&s->damage, FLAME_TRUNCATED, s->file->path, raw->offset,
               "record of type %" PRIu32 " is followed by %" PRIu64 " bytes, %" PRIu64 " left",
               raw->type, outside, left(s));
    stop(s);
}

static bool is_compressed(uint32_t type)
{
    return type == FLAME_RECORD_COMPRESSED || type == FLAME_RECORD_COMPRESSED2;
}

/* The zstd bytes of a compressed record: all that is behind its header, or (COMPRESSED2, which is
 * padded) as many as it says. */
static struct flame_cursor compressed_payload(const struct flame_perf_stream *s,
                                              const struct flame_perf_raw *raw,
                                              struct flame_error *error)
{
    struct flame_cursor c = flame_cursor_make(raw->bytes + 8, raw->size - 8u, raw->offset + 8,
                                              s->file->swap, s->file->path, error);
    uint64_t size = flame_cursor_left(&c);
    if (raw->type == FLAME_RECORD_COMPRESSED2)
        size = flame_cursor_u64(&c, "compressed2.data_size");
    return flame_cursor_sub(&c, size, "compressed2.data");
}

/* Take raw and the records behind it, as far as they stand in the file as they are. */
static void take_plain(struct flame_perf_stream *s, struct flame_perf_raw raw,
                       struct flame_perf_block *block)
{
    *block = (struct flame_perf_block){
        .bytes = raw.bytes, .offset = raw.offset, .position = s->position, .borrowed = true
    };
    do {
        ask_ahead(&raw);
        block->size += raw.size;
        s->at += raw.size;
        if (raw.type == FLAME_RECORD_AUXTRACE || raw.type == FLAME_RECORD_HEADER_TRACING_DATA) {
            step_outside(s, &raw);
            break;
        }
    } while (block->size < BLOCK_SIZE && left(s) > 0 && peek(s, &raw) && !is_compressed(raw.type));
    s->position += block->size;
}

static enum flame_status take_compressed(struct flame_perf_stream *s,
                                         const struct flame_perf_raw *raw,
                                         struct flame_perf_buffer *buffer,
                                         struct flame_perf_block *block)
{
    /* Whatever was wrong before: without it the stream cannot be continued. */
    bool lost = s->damage.status != FLAME_OK;
    *block = (struct flame_perf_block){ .offset = raw->offset,
                                        .position = s->position,
                                        .compressed = true };
    s->at += raw->size;
    if (lost) {
        s->lost_bytes += raw->size;
        return FLAME_OK;
    }
    if (!s->zstd && !(s->zstd = flame_perf_zstd_create()))
        return FLAME_NOMEM;
    struct flame_cursor payload = compressed_payload(s, raw, &s->damage);
    if (payload.failed) {
        s->lost_bytes += raw->size;
        return FLAME_OK;
    }
    size_t whole;
    enum flame_status status =
        flame_perf_zstd_next(s->zstd, payload.at, flame_cursor_left(&payload), s->file->swap,
                             buffer, &whole, s->file->path, raw->offset, &s->damage);
    if (status == FLAME_NOMEM)
        return status;
    if (status != FLAME_OK)
        s->lost_bytes += raw->size;
    block->bytes = buffer->bytes;
    block->size = whole;
    s->position += whole;
    return FLAME_OK;
}

enum flame_status flame_perf_stream_next(struct flame_perf_stream *s,
                                         struct flame_perf_buffer *buffer,
                                         struct flame_perf_block *block)
{
    struct flame_perf_raw raw;
    while (left(s) > 0 && peek(s, &raw)) {
        if (!is_compressed(raw.type)) {
            take_plain(s, raw, block);
            return FLAME_OK;
        }
        enum flame_status status = take_compressed(s, &raw, buffer, block);
        if (status != FLAME_OK || block->size)
            return status;
    }
    if (s->zstd && flame_perf_zstd_pending(s->zstd))
        flame_fail(&s->damage, FLAME_TRUNCATED, s->file->path,
                   s->file->data_offset + s->file->data_size,
                   "the compressed records end inside a record");
    return FLAME_EMPTY;
}
