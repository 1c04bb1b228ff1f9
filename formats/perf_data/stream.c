/* stream.c: the parts of a recording, cut into runs of whole records.
 *
 * Advancing needs only the size of each header, so unknown types and odd sizes cost nothing. Bytes
 * that cannot be a record are stream_damage.c's. The bytes that follow AUXTRACE and TRACING_DATA
 * records outside of their size are stepped over, and no loss. Compressed records are frame.c's. */
#include "another.h"
#include "compressed.h"
#include "frame.h"
#include "stream_damage.h"
#include "stream_limits.h"

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
    *stream =
        (struct flame_perf_stream){ .file = file, .counting = flame_perf_may_have_many(file) };
}

void flame_perf_stream_deinit(struct flame_perf_stream *stream)
{
    stream->losses.tell = NULL;
    flame_perf_end_frame(stream);
}

/* Headers are too far apart for the processor to see a stream in them, and each is needed to find
 * the next: ask for as much memory as the record takes, well before it is its turn. Asking for what
 * lies beyond the mapping does no harm. Of records with a copy of a stack most is never looked at.
 */
static void ask_ahead(const struct flame_perf_raw *raw)
{
    if (raw->size > AHEAD)
        return;
    for (uint32_t line = 0; line < raw->size; line += CACHE_LINE)
        __builtin_prefetch((const void *)((uintptr_t)raw->bytes + line + AHEAD));
}

bool flame_perf_block_next(const struct flame_perf_block *block, bool swap, size_t *at,
                           struct flame_perf_raw *raw)
{
    if (block->size - *at < 8)
        return false;
    *raw = flame_perf_header(block->bytes + *at, swap);
    if (raw->size < 8 || raw->size > block->size - *at)
        return false;
    raw->path = block->path;
    raw->offset = block->compressed ? block->offset : block->offset + *at;
    raw->position = block->position + *at;
    *at += raw->size;
    ask_ahead(raw);
    return true;
}

/* The next record of the part, if there is one. */
static bool peek(struct flame_perf_stream *s, struct flame_perf_raw *raw)
{
    while (flame_perf_part_left(s) > 0) {
        if (flame_perf_look(s, raw))
            return true;
        flame_perf_step_over(s);
    }
    return false;
}

static bool has_bytes_outside(uint32_t type)
{
    return type == FLAME_RECORD_AUXTRACE || type == FLAME_RECORD_TRACING_DATA;
}

static bool is_compressed(uint32_t type)
{
    return type == FLAME_RECORD_COMPRESSED || type == FLAME_RECORD_COMPRESSED2;
}

/* Nothing more than its size is needed to step over it. */
static bool is_simple(const struct flame_perf_raw *raw)
{
    return flame_perf_type_exists(raw->type) && !has_bytes_outside(raw->type) &&
           !is_compressed(raw->type) && !flame_perf_is_opening(raw->type);
}

/* The hot loop: step over simple records until bytes of them have been taken. Returns the offset
 * of the last one; `last` is that of the one before s->at. */
static uint64_t step_simple(struct flame_perf_stream *s, uint64_t bytes, uint64_t last)
{
    const struct flame_perf_span span = flame_perf_part_span(s);
    uint64_t at = s->at, until = at + bytes;
    while (at < until && span.size - at >= 8) {
        struct flame_perf_raw raw = flame_perf_header(span.bytes + at, span.swap);
        if (raw.size < 8 || raw.size > span.size - at || !is_simple(&raw))
            break;
        ask_ahead(&raw);
        last = at;
        at += raw.size;
    }
    s->at = at;
    return last;
}

/* Remember the run that ends at s->at, and whose last record is at `last`. The kernel's keep those
 * behind them in step, whatever they say of their size. */
static void note_plain(struct flame_perf_stream *s, uint64_t from, uint64_t last)
{
    const struct flame_perf_span span = flame_perf_part_span(s);
    s->plain = from;
    s->plain_end = s->at;
    struct flame_perf_raw raw = flame_perf_header(span.bytes + last, span.swap);
    s->plain_phase = (raw.type < FLAME_RECORD_ATTR ? last : s->at) % 8;
}

/* Take the record at s->at and those behind it, as far as they stand in the file as they are. False
 * when they come to nothing. */
static bool take_plain(struct flame_perf_stream *s, struct flame_perf_raw raw,
                       struct flame_perf_block *block)
{
    uint64_t from = s->at, last = from;
    bool more = true, outside;
    *block = (struct flame_perf_block){
        .bytes = raw.bytes,
        .path = raw.path,
        .offset = raw.offset,
        .position = s->position,
        .borrowed = true,
    };
    for (;;) {
        s->at += raw.size;
        outside = has_bytes_outside(raw.type);
        if (outside)
            break;
        if (s->at - from < BLOCK_SIZE)
            last = step_simple(s, BLOCK_SIZE - (s->at - from), last);
        more = flame_perf_look_behind(s, last, &raw);
        if (!more || is_compressed(raw.type) || s->at - from >= BLOCK_SIZE)
            break;
        last = s->at;
    }
    block->size = (size_t)(s->at - from);
    note_plain(s, from, last);
    uint64_t end = last;
    if (outside ? !flame_perf_step_outside(s, &raw, from, &end)
                : !more && flame_perf_may_be_torn(s, last) &&
                      (flame_perf_leave_torn(s, from, &end) ||
                       (flame_perf_part_left(s) > 0 && flame_perf_step_into(s, last))))
        block->size = (size_t)(end - from);
    s->sought = s->sought > last ? s->sought : last;
    s->position += block->size;
    return block->size > 0;
}

/* A compressed record as it stands. */
static void take_holder(struct flame_perf_stream *s, const struct flame_perf_raw *raw,
                        struct flame_perf_block *block)
{
    *block = (struct flame_perf_block){ .bytes = raw->bytes,
                                        .size = raw->size,
                                        .path = raw->path,
                                        .offset = raw->offset,
                                        .position = s->position,
                                        .borrowed = true };
    s->held = true;
}

static enum flame_status next_block(struct flame_perf_stream *s, struct flame_perf_buffer *buffer,
                                    struct flame_perf_block *block)
{
    struct flame_perf_raw raw;
    for (;;) {
        while (peek(s, &raw)) {
            bool lost = s->losses.count > 0;
            if (!is_compressed(raw.type)) {
                if (!take_plain(s, raw, block))
                    continue;
                s->losses.early |= lost;
                return FLAME_OK;
            }
            if (flame_perf_leave_torn_holder(s, &raw))
                continue;
            if (s->holders && !s->held) {
                take_holder(s, &raw, block);
                return FLAME_OK;
            }
            enum flame_status status = flame_perf_take_compressed(s, &raw, buffer, block);
            s->losses.early |= lost && block->size;
            if (status != FLAME_OK || block->size)
                return status;
        }
        enum flame_status status = flame_perf_finish_frame(s, buffer, block);
        if (status != FLAME_OK || block->size)
            return status;
        if (s->part + 1 >= s->file->parts.count)
            return FLAME_EMPTY;
        s->losses.early |= flame_perf_part_of(s)->cut; /* the parts were written side by side */
        s->part++;
        s->at = s->plain = s->plain_end = s->sought = 0;
        s->search = (struct flame_perf_search){ .headers = s->search.headers };
    }
}

enum flame_status flame_perf_stream_next(struct flame_perf_stream *s,
                                         struct flame_perf_buffer *buffer,
                                         struct flame_perf_block *block)
{
    enum flame_status status = next_block(s, buffer, block);
    if (status != FLAME_OK || !s->counting)
        return status;
    flame_perf_count_records(s, block);
    return block->size ? FLAME_OK : FLAME_EMPTY;
}
