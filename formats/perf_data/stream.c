/* stream.c: the parts of a recording, cut into runs of whole records.
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
    *stream = (struct flame_perf_stream){ .file = file };
}

void flame_perf_stream_deinit(struct flame_perf_stream *stream)
{
    flame_perf_zstd_free(stream->zstd);
    stream->zstd = NULL;
}

struct flame_loss *flame_perf_lose(struct flame_perf_losses *losses)
{
    size_t i = losses->count++ < FLAME_PERF_LOSSES ? losses->count - 1 : FLAME_PERF_LOSSES;
    losses->items[i] = (struct flame_loss){ .error = FLAME_ERROR_INIT };
    return &losses->items[i];
}

void flame_perf_losses_add(struct flame_perf_losses *losses, const struct flame_perf_losses *more)
{
    for (uint64_t i = 0; i < more->count && i < FLAME_PERF_LOSSES; i++)
        *flame_perf_lose(losses) = more->items[i];
    losses->bytes += more->bytes;
    if (more->count > FLAME_PERF_LOSSES)
        losses->count += more->count - FLAME_PERF_LOSSES;
}

static struct flame_perf_raw header_at(const uint8_t *p, bool swap)
{
    struct flame_perf_raw raw = { .bytes = p };
    uint16_t size;
    memcpy(&raw.type, p, 4);
    memcpy(&raw.misc, p + 4, 2);
    memcpy(&size, p + 6, 2);
    if (swap) {
        raw.type = __builtin_bswap32(raw.type);
        raw.misc = __builtin_bswap16(raw.misc);
        size = __builtin_bswap16(size);
    }
    raw.size = size;
    if (raw.type >= FLAME_RECORD_SIMPLEPERF) {
        raw.size |= (uint32_t)raw.misc << 16;
        raw.misc = 0;
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
    raw->path = block->path;
    raw->offset = block->compressed ? block->offset : block->offset + *at;
    raw->position = block->position + *at;
    *at += raw->size;
    ask_ahead(raw);
    return true;
}

static const struct flame_perf_part *part_of(const struct flame_perf_stream *s)
{
    return &s->file->parts.items[s->part];
}

static uint64_t left(const struct flame_perf_stream *s)
{
    return part_of(s)->size - s->at;
}

/* Give up the next bytes; the message is for the caller to fill in. */
static struct flame_error *lose(struct flame_perf_stream *s, uint64_t bytes)
{
    struct flame_loss *loss = flame_perf_lose(&s->losses);
    loss->bytes = bytes;
    s->losses.bytes += bytes;
    s->at += bytes;
    return &loss->error;
}

/* The header at s->at, if it is one whose record fits; otherwise the part ends. */
static bool peek(struct flame_perf_stream *s, struct flame_perf_raw *raw)
{
    const struct flame_perf_part *part = part_of(s);
    uint64_t offset = part->offset + s->at, rest = left(s);
    if (rest == 0)
        return false;
    if (rest < 8) {
        flame_fail(lose(s, rest), FLAME_TRUNCATED, part->path, offset,
                   "%" PRIu64 " bytes left over, too few for a record", rest);
        return false;
    }
    *raw = header_at(part->bytes + offset, s->file->swap);
    raw->path = part->path;
    raw->offset = offset;
    if (raw->size < 8) {
        flame_fail(lose(s, rest), FLAME_CORRUPT, part->path, offset,
                   "record of type %" PRIu32 " claims a size of %" PRIu32
                   " bytes; nothing behind it can be read",
                   raw->type, raw->size);
        return false;
    }
    if (raw->size > rest) {
        flame_fail(lose(s, rest), FLAME_TRUNCATED, part->path, offset,
                   "record of type %" PRIu32 " needs %" PRIu32 " bytes, %" PRIu64 " left",
                   raw->type, raw->size, rest);
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
    if (raw->type == FLAME_RECORD_TRACING_DATA)
        return flame_cursor_u32(&c, "tracing_data.size");
    return 0;
}

static void step_outside(struct flame_perf_stream *s, const struct flame_perf_raw *raw)
{
    uint64_t outside = bytes_outside(raw, s->file->swap), rest = left(s);
    if (outside <= rest) {
        s->at += outside;
        return;
    }
    flame_fail(lose(s, rest), FLAME_TRUNCATED, raw->path, raw->offset,
               "record of type %" PRIu32 " is followed by %" PRIu64 " bytes, %" PRIu64 " left",
               raw->type, outside, rest);
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
                                              s->file->swap, raw->path, error);
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
        .bytes = raw.bytes,
        .path = raw.path,
        .offset = raw.offset,
        .position = s->position,
        .borrowed = true,
    };
    do {
        ask_ahead(&raw);
        block->size += raw.size;
        s->at += raw.size;
        if (raw.type == FLAME_RECORD_AUXTRACE || raw.type == FLAME_RECORD_TRACING_DATA) {
            step_outside(s, &raw);
            break;
        }
    } while (block->size < BLOCK_SIZE && peek(s, &raw) && !is_compressed(raw.type));
    s->position += block->size;
}

/* A compressed record that is lost, and with it those behind: each builds on the ones before. */
static void lose_compressed(struct flame_perf_stream *s, const struct flame_perf_raw *raw)
{
    s->zstd_loss->bytes += raw->size;
    s->losses.bytes += raw->size;
}

static enum flame_status take_compressed(struct flame_perf_stream *s,
                                         const struct flame_perf_raw *raw,
                                         struct flame_perf_buffer *buffer,
                                         struct flame_perf_block *block)
{
    struct flame_error error = FLAME_ERROR_INIT;
    size_t whole = 0;
    *block = (struct flame_perf_block){
        .path = raw->path, .offset = raw->offset, .position = s->position, .compressed = true
    };
    s->at += raw->size;
    if (s->zstd_loss) {
        lose_compressed(s, raw);
        return FLAME_OK;
    }
    if (!s->zstd && !(s->zstd = flame_perf_zstd_create()))
        return FLAME_NOMEM;
    struct flame_cursor payload = compressed_payload(s, raw, &error);
    if (!payload.failed &&
        flame_perf_zstd_next(s->zstd, payload.at, flame_cursor_left(&payload), s->file->swap,
                             buffer, &whole, raw->path, raw->offset, &error) == FLAME_NOMEM)
        return FLAME_NOMEM;
    if (error.status != FLAME_OK) {
        s->zstd_loss = flame_perf_lose(&s->losses);
        s->zstd_loss->error = error;
        lose_compressed(s, raw);
    }
    block->bytes = buffer->bytes;
    block->size = whole;
    s->position += whole;
    return FLAME_OK;
}

/* On to the next part, whose compressed records are a stream of their own. False at the last. */
static bool next_part(struct flame_perf_stream *s)
{
    const struct flame_perf_part *part = part_of(s);
    if (s->zstd && !s->zstd_loss && flame_perf_zstd_pending(s->zstd))
        flame_fail(lose(s, 0), FLAME_TRUNCATED, part->path, part->offset + part->size,
                   "the compressed records end inside a record");
    flame_perf_zstd_free(s->zstd);
    s->zstd = NULL;
    s->zstd_loss = NULL;
    if (s->part + 1 >= s->file->parts.count)
        return false;
    s->part++;
    s->at = 0;
    return true;
}

enum flame_status flame_perf_stream_next(struct flame_perf_stream *s,
                                         struct flame_perf_buffer *buffer,
                                         struct flame_perf_block *block)
{
    struct flame_perf_raw raw;
    do {
        while (peek(s, &raw)) {
            if (!is_compressed(raw.type)) {
                take_plain(s, raw, block);
                return FLAME_OK;
            }
            enum flame_status status = take_compressed(s, &raw, buffer, block);
            if (status != FLAME_OK || block->size)
                return status;
        }
    } while (next_part(s));
    return FLAME_EMPTY;
}
