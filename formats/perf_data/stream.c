/* stream.c: the parts of a recording, cut into runs of whole records.
 *
 * Advancing needs only the size of each header, so unknown types and odd sizes cost nothing. Bytes
 * that cannot be a record are stepped over and counted as one loss (see resync.c). So are the bytes
 * that follow AUXTRACE and TRACING_DATA records outside of their size, which is none. Compressed
 * records are frame.c's. */
#include "another.h"
#include "compressed.h"
#include "frame.h"
#include "sound.h"
#include "stream_limits.h"

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

static const struct flame_perf_part *part_of(const struct flame_perf_stream *s)
{
    return &s->file->parts.items[s->part];
}

static uint64_t left(const struct flame_perf_stream *s)
{
    return part_of(s)->size - s->at;
}

static struct flame_perf_span span_of(const struct flame_perf_stream *s)
{
    const struct flame_perf_part *part = part_of(s);
    return (struct flame_perf_span){ .bytes = part->bytes + part->offset,
                                     .size = part->size,
                                     .swap = s->file->swap,
                                     .cut = part->cut,
                                     .file = s->file,
                                     .time = s->time };
}

/* Remember when the last run of plain records was made. Only damage asks for it. */
static void learn_time(struct flame_perf_stream *s)
{
    const struct flame_perf_span span = span_of(s);
    for (uint64_t at = s->plain; at < s->plain_end && s->plain_end - at >= 8;) {
        struct flame_perf_raw raw = flame_perf_header(span.bytes + at, span.swap);
        uint64_t time =
            raw.size < 8 || raw.size > s->plain_end - at ? 0 : flame_perf_time_of(s->file, &raw);
        if (time && (s->time == 0 || flame_perf_is_near(s->time, time)))
            s->time = time;
        at += raw.size < 8 ? 8 : raw.size;
    }
    s->plain = s->plain_end;
}

/* The header at s->at, if it is one whose record fits. */
static bool look(const struct flame_perf_stream *s, struct flame_perf_raw *raw)
{
    const struct flame_perf_part *part = part_of(s);
    uint64_t rest = left(s);
    if (rest < 8)
        return false;
    *raw = flame_perf_header(part->bytes + part->offset + s->at, s->file->swap);
    bool usual = raw->size >= 8 && raw->size <= rest && flame_perf_type_exists(raw->type);
    if (__builtin_expect(!usual, 0)) {
        const struct flame_perf_span span = span_of(s);
        if (flame_perf_frame(&span, s->at, raw) != FLAME_PERF_FRAMED ||
            flame_perf_stream_is_another(s))
            return false;
    }
    raw->path = part->path;
    raw->offset = part->offset + s->at;
    return true;
}

/* Where the fields of a sample at this offset end, whatever its header says; 0 if none of an event
 * of this file can be there. */
static uint64_t end_of_sample(const struct flame_perf_stream *s, const struct flame_perf_span *span,
                              uint64_t at)
{
    uint64_t rest = span->size - at;
    struct flame_perf_raw raw = { .type = FLAME_RECORD_SAMPLE,
                                  .size = rest < UINT16_MAX ? (uint32_t)rest : UINT16_MAX,
                                  .bytes = span->bytes + at };
    struct flame_sample sample;
    struct flame_cursor left;
    uint32_t event;
    if (rest < 8 || s->file->events.count == 0 || !flame_perf_event_of(s->file, &raw, &event) ||
        flame_perf_sample_measure(s->file, &raw, event, &sample, &left, NULL) != FLAME_OK)
        return 0;
    raw.size -= (uint32_t)flame_cursor_left(&left);
    return flame_perf_sound(s->file, &raw, s->time) == FLAME_PERF_SOUND ? at + raw.size : 0;
}

/* Whether the part ends within the record that stands at an offset: that it is too large, and not
 * one with a wrong size, of which all is there. */
static bool is_unfinished(const struct flame_perf_stream *s, const struct flame_perf_span *span,
                          uint64_t at)
{
    struct flame_perf_raw raw;
    if (flame_perf_frame(span, at, &raw) != FLAME_PERF_UNFINISHED)
        return false;
    if (span->size - at < 8 || raw.type != FLAME_RECORD_SAMPLE)
        return true;
    uint64_t end = end_of_sample(s, span, at);
    return end == 0 || span->size - end < 8;
}

/* Look for records to go on with between *to and until, behind what is damaged at `at`.
 *
 * What the kernel reserves for a stack and does not fill holds older records of its buffer, as
 * sound as any. So if only the header is damaged, it is gone by what the sample holds. */
static bool search(struct flame_perf_stream *s, const struct flame_perf_span *span, uint64_t at,
                   uint64_t phase, uint64_t *to, uint64_t until)
{
    s->search.phase = phase;
    s->search.hint = end_of_sample(s, span, at);
    return flame_perf_resync(span, &s->search, to, until);
}

/* Step over what is no record, to where records go on. A file that is known to end too early has
 * been called a loss already: what is left of its last record is not another. */
static void step_over(struct flame_perf_stream *s)
{
    if (flame_perf_stream_is_another(s)) {
        flame_perf_leave(s, s->at, s->at);
        return;
    }
    learn_time(s);
    const struct flame_perf_part *part = part_of(s);
    const struct flame_perf_span span = span_of(s);
    uint64_t from = s->at, to = from + 1;
    uint64_t phase = from == s->plain_end ? s->plain_phase : from % 8;
    bool found =
        search(s, &span, from, flame_perf_is_text(&span, from) ? 8 : phase, &to, part->size);
    uint64_t another = flame_perf_stream_find_another(s, s->sought, to, found ? to : from);
    if (another < to) {
        flame_perf_leave(s, from, another);
        return;
    }
    s->at = s->sought = to;
    if (part->cut && !found && is_unfinished(s, &span, from)) {
        s->losses.bytes += to - from;
        return;
    }
    struct flame_error error = FLAME_ERROR_INIT;
    flame_perf_say_why(&span, from, to, part->path, part->offset + from, &error);
    flame_perf_lose_bytes(s, &error, to - from);
}

/* The next record of the part, if there is one. */
static bool peek(struct flame_perf_stream *s, struct flame_perf_raw *raw)
{
    while (left(s) > 0) {
        if (look(s, raw))
            return true;
        step_over(s);
    }
    return false;
}

/* Whether a record of this recording stands at s->at, behind the one at an offset. */
static bool look_behind(const struct flame_perf_stream *s, uint64_t last,
                        struct flame_perf_raw *raw)
{
    if (!look(s, raw))
        return false;
    bool expected = flame_perf_type_exists(raw->type) && !flame_perf_is_opening(raw->type);
    return expected || flame_perf_stream_find_another(s, last, s->at, s->at) == s->at;
}

/* Whether the record at an offset, which ends at s->at, may have been cut: neither a record nor
 * another recording stands behind it. The last one of a file ends where the data should. */
static bool may_be_torn(const struct flame_perf_stream *s, uint64_t last)
{
    struct flame_perf_raw next;
    return left(s) == 0 || (!look_behind(s, last, &next) && !flame_perf_stream_is_another(s));
}

/* What is behind a record, but not in its size, is less than it says. */
static void lose_outside(struct flame_perf_stream *s, const struct flame_perf_raw *raw,
                         enum flame_status status, uint64_t rest, uint64_t bytes)
{
    struct flame_error error = FLAME_ERROR_INIT;
    flame_fail(&error, status, raw->path, raw->offset,
               "record of type %" PRIu32 " is followed by %" PRIu64 " bytes, %" PRIu64 " left",
               raw->type, flame_perf_bytes_outside(raw, s->file->swap), rest);
    flame_perf_lose_bytes(s, &error, bytes);
}

/* Step over the bytes behind a record that don't belong to its size; where there are fewer than it
 * says, to where records go on. False if the record itself is not whole, or one before it in the
 * run from an offset on; *last is then where that is. */
static bool step_outside(struct flame_perf_stream *s, const struct flame_perf_raw *raw,
                         uint64_t run, uint64_t *last)
{
    uint64_t outside = flame_perf_bytes_outside(raw, s->file->swap), rest = left(s);
    uint64_t from = s->at, begin = from - raw->size, to = from;
    bool fits = outside <= rest, found = fits;
    if (fits) {
        s->at = to = from + outside;
        if (!may_be_torn(s, begin))
            return true;
    } else {
        const struct flame_perf_span span = span_of(s);
        s->search.phase = from % 8;
        s->search.hint = 0; /* what stands here may be whole */
        found = flame_perf_resync(&span, &s->search, &to, span.size);
        s->at = to;
    }
    uint64_t another = flame_perf_stream_find_another(s, s->sought, to, found ? to : begin);
    s->sought = to;
    if (another < from) {
        *last = flame_perf_leave_run(s, run, another);
    } else if (another < to) {
        lose_outside(s, raw, FLAME_TRUNCATED, another - from, another - from);
        flame_perf_leave(s, another, another);
    } else if (!fits && part_of(s)->cut && !found) {
        s->losses.bytes += rest;
    } else if (!fits) {
        lose_outside(s, raw, found ? FLAME_CORRUPT : FLAME_TRUNCATED, rest, to - from);
    }
    return another >= from;
}

static bool has_bytes_outside(uint32_t type)
{
    return type == FLAME_RECORD_AUXTRACE || type == FLAME_RECORD_TRACING_DATA;
}

static bool is_compressed(uint32_t type)
{
    return type == FLAME_RECORD_COMPRESSED || type == FLAME_RECORD_COMPRESSED2;
}

/* Behind the record at this offset, which ends at s->at, stands none: perhaps because its size is
 * wrong, and it covers others. Then it is what is stepped over. One that holds what it should to
 * its last byte is not given up. */
static bool step_into(struct flame_perf_stream *s, uint64_t from)
{
    learn_time(s);
    const struct flame_perf_part *part = part_of(s);
    const struct flame_perf_span span = span_of(s);
    struct flame_perf_raw raw = flame_perf_header(span.bytes + from, span.swap);
    if (flame_perf_sound(s->file, &raw, s->time) == FLAME_PERF_SOUND)
        return false;
    uint64_t to = from + 8;
    if (!search(s, &span, from, from % 8, &to, s->at))
        return false;
    s->at = to;
    struct flame_error error = FLAME_ERROR_INIT;
    flame_fail(&error, FLAME_CORRUPT, part->path, part->offset + from,
               "record of type %" PRIu32 " claims a size of %" PRIu32 " bytes, and covers others",
               raw.type, raw.size);
    flame_perf_lose_bytes(s, &error, to - from);
    return true;
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
    const struct flame_perf_span span = span_of(s);
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
    const struct flame_perf_span span = span_of(s);
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
        more = look_behind(s, last, &raw);
        if (!more || is_compressed(raw.type) || s->at - from >= BLOCK_SIZE)
            break;
        last = s->at;
    }
    block->size = (size_t)(s->at - from);
    note_plain(s, from, last);
    uint64_t end = last;
    if (outside ? !step_outside(s, &raw, from, &end)
                : !more && may_be_torn(s, last) &&
                      (flame_perf_leave_torn(s, from, &end) || (left(s) > 0 && step_into(s, last))))
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

/* Leave the compressed record at s->at, if it was cut, and covers the beginning of another
 * recording. */
static bool leave_torn_holder(struct flame_perf_stream *s, const struct flame_perf_raw *raw)
{
    uint64_t from = s->at;
    s->at += raw->size;
    if (may_be_torn(s, from) && flame_perf_leave_torn(s, from, &from))
        return true;
    s->at = from;
    s->sought = s->sought > from ? s->sought : from;
    return false;
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
            if (leave_torn_holder(s, &raw))
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
        s->losses.early |= part_of(s)->cut; /* the parts were written side by side */
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
