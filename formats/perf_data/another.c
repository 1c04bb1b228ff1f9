/* another.c: another recording behind this one, as `cat a b` leaves it.
 *
 * Where records are due its magic is proof enough. Where the first recording was cut, the second
 * begins within the last record of the first, or within what was stepped over; and there stands
 * anything, also a stack of perf itself, with a header that it was about to write or has just read.
 * What was copied with a stack ends with it: so the records behind such a header must go on beyond
 * what it was found in. Source: docs/formats/perf_data.md, "header" and "damage". */
#include "another.h"

#include "frame.h"

enum {
    PIPE_HEADER = 16,
    OLD_HEADER = 72,
    HEADER = 104,
    ATTR_LEAST = 64, /* bytes of the first version of the attr */
    IDS = 16,        /* where an event's ids are, behind its attr */
    ROW = 3,         /* records behind each other */
    PAST = 2,        /* of these, such as begin beyond the place */
    ENOUGH = 64,     /* records after which nobody asks how far they go on */
};

/* The size that a header says it has, and its byte order; 0 where none begins. */
static uint64_t header_size(const uint8_t *bytes, uint64_t size, bool *swap)
{
    if (size < PIPE_HEADER || !flame_perf_probe(bytes, PIPE_HEADER))
        return 0;
    uint64_t header = flame_load_u64(bytes, 1, false);
    *swap = header > UINT32_MAX;
    header = *swap ? __builtin_bswap64(header) : header;
    return header == PIPE_HEADER || header == OLD_HEADER || header == HEADER ? header : 0;
}

bool flame_perf_is_another(const uint8_t *bytes, uint64_t size)
{
    bool swap;
    return header_size(bytes, size, &swap) != 0;
}

/* Whether records stand behind each other from an offset of the span on: enough of them, or several
 * of which some begin beyond a place, or all up to the end, if that is where the place is. The last
 * one need not be whole, so that of a copy goes on beyond its end, too: what begins there counts.
 */
static bool go_on(const struct flame_perf_span *span, uint64_t at, uint64_t beyond, bool at_end)
{
    for (int i = 0, past = 0; i < ENOUGH; i++) {
        uint64_t rest = span->size - at;
        if (i >= ROW && past >= PAST)
            return true;
        if (rest == 0)
            return past > 0 || (i > 0 && at_end);
        if (rest < 8)
            return i >= ROW;
        struct flame_perf_raw raw = flame_perf_header(span->bytes + at, span->swap);
        if (!flame_perf_is_plausible(&raw))
            return i > 0 && flame_perf_is_another(span->bytes + at, rest);
        uint64_t outside = raw.size > rest ? 0 : flame_perf_bytes_outside(&raw, span->swap);
        if (raw.size > rest || outside > rest - raw.size)
            return i + 1 >= ROW;
        past += at >= beyond;
        at += raw.size + outside;
    }
    return true;
}

/* Whether an attr begins these bytes: it says how large it is, and asks for something. */
static bool is_attr(struct flame_cursor *c)
{
    size_t room = flame_cursor_left(c);
    flame_cursor_u32(c, "attr.type");
    uint32_t size = flame_cursor_u32(c, "attr.size");
    flame_cursor_take(c, 16, "attr.config");
    uint64_t sample_type = flame_cursor_u64(c, "attr.sample_type");
    if (size == 0) /* as the first versions left it */
        size = ATTR_LEAST;
    return !c->failed && size >= ATTR_LEAST && size <= room && sample_type;
}

/* Whether an event stands at an offset, in an entry of the attr table: its attr, and where its ids
 * are. */
static bool is_event(struct flame_cursor c, uint64_t at, uint64_t stride, uint64_t header)
{
    flame_cursor_seek(&c, at, "attrs");
    struct flame_cursor attr = flame_cursor_sub(&c, stride - IDS, "attrs");
    uint64_t ids = flame_cursor_u64(&c, "attr.ids");
    uint64_t ids_size = flame_cursor_u64(&c, "attr.ids");
    uint64_t all = (uint64_t)(c.end - c.base);
    return !c.failed && is_attr(&attr) && ids >= header && ids <= all && ids_size % 8 == 0 &&
           ids_size <= all - ids;
}

/* Whether a file's header is followed by its first event and its records. The offsets are its own.
 */
static bool is_file(const uint8_t *bytes, uint64_t size, bool swap, uint64_t header,
                    uint64_t beyond)
{
    struct flame_cursor c = flame_cursor_make(bytes, (size_t)size, 0, swap, NULL, NULL);
    flame_cursor_seek(&c, PIPE_HEADER, "header");
    uint64_t stride = flame_cursor_u64(&c, "header.attr_size");
    uint64_t attrs = flame_cursor_u64(&c, "header.attrs.offset");
    uint64_t attrs_size = flame_cursor_u64(&c, "header.attrs.size");
    uint64_t data = flame_cursor_u64(&c, "header.data.offset");
    uint64_t data_size = flame_cursor_u64(&c, "header.data.size");
    if (stride < ATTR_LEAST + IDS || attrs < header || attrs_size < stride || attrs_size % stride ||
        data < header || data >= size || !is_event(c, attrs, stride, header))
        return false;
    bool ends = data_size > 0 && data_size < size - data;
    struct flame_perf_span span = { .bytes = bytes,
                                    .size = ends ? data + data_size : size,
                                    .swap = swap };
    return go_on(&span, data, beyond, beyond >= size);
}

/* Whether a pipe's header is followed by its records, the first of which tells of an event or of
 * the machine, as a rule. */
static bool is_pipe(const uint8_t *bytes, uint64_t size, bool swap, uint64_t beyond)
{
    struct flame_perf_span span = { .bytes = bytes, .size = size, .swap = swap };
    struct flame_cursor c = flame_cursor_make(bytes, (size_t)size, 0, swap, NULL, NULL);
    flame_cursor_seek(&c, PIPE_HEADER + 8, "record");
    if (size - PIPE_HEADER < 8)
        return false;
    struct flame_perf_raw raw = flame_perf_header(bytes + PIPE_HEADER, swap);
    struct flame_cursor body = flame_cursor_sub(&c, raw.size < 8 ? 0 : raw.size - 8, "record");
    if (raw.type == FLAME_RECORD_ATTR && !is_attr(&body))
        return false;
    if (raw.type == FLAME_RECORD_FEATURE &&
        flame_cursor_u64(&body, "feature") >= FLAME_PERF_FEATURE_LIMIT)
        return false;
    return go_on(&span, PIPE_HEADER, beyond, beyond >= size);
}

/* Whether a whole recording begins here, which goes on beyond a place. */
static bool is_whole(const uint8_t *bytes, uint64_t size, uint64_t beyond)
{
    bool swap = false;
    uint64_t header = header_size(bytes, size, &swap);
    if (header == PIPE_HEADER)
        return is_pipe(bytes, size, swap, beyond);
    return header && is_file(bytes, size, swap, header, beyond);
}

uint64_t flame_perf_find_another(const uint8_t *bytes, uint64_t size, uint64_t from, uint64_t to,
                                 uint64_t beyond)
{
    for (uint64_t at = from; at < to && size - at >= PIPE_HEADER; at++)
        if ((bytes[at] == 'P' || bytes[at] == '2') &&
            is_whole(bytes + at, size - at, beyond > at ? beyond - at : 0))
            return at;
    return to;
}

/* The bytes from the part's first record on, which go on behind the part where features follow, and
 * how many there are. */
static const uint8_t *bytes_of(const struct flame_perf_stream *s, uint64_t *size)
{
    const struct flame_perf_part *part = &s->file->parts.items[s->part];
    *size = s->part == 0 ? s->file->size - part->offset : part->size;
    return part->bytes + part->offset;
}

uint64_t flame_perf_stream_find_another(const struct flame_perf_stream *s, uint64_t from,
                                        uint64_t to, uint64_t beyond)
{
    uint64_t size;
    const uint8_t *bytes = bytes_of(s, &size);
    return flame_perf_find_another(bytes, size, from, to, beyond);
}

bool flame_perf_stream_is_another(const struct flame_perf_stream *s)
{
    uint64_t size;
    const uint8_t *bytes = bytes_of(s, &size);
    return flame_perf_is_another(bytes + s->at, size - s->at);
}

bool flame_perf_is_opening(uint32_t type)
{
    switch (type) {
    case FLAME_RECORD_ATTR:
    case FLAME_RECORD_EVENT_TYPE:
    case FLAME_RECORD_ID_INDEX:
    case FLAME_RECORD_THREAD_MAP:
    case FLAME_RECORD_CPU_MAP:
    case FLAME_RECORD_EVENT_UPDATE:
    case FLAME_RECORD_TIME_CONV:
    case FLAME_RECORD_FEATURE:
        return true;
    default:
        return false;
    }
}

void flame_perf_leave(struct flame_perf_stream *s, uint64_t from, uint64_t another)
{
    const struct flame_perf_part *part = &s->file->parts.items[s->part];
    struct flame_error error = FLAME_ERROR_INIT;
    uint64_t size;
    const uint8_t *bytes = bytes_of(s, &size);
    if (another > from) {
        struct flame_perf_span span = { .bytes = bytes, .size = another, .swap = s->file->swap };
        flame_perf_say_why(&span, from, another, part->path, part->offset + from, &error);
        flame_perf_lose_bytes(s, &error, another - from);
        error = (struct flame_error)FLAME_ERROR_INIT;
        from = another;
    }
    flame_fail(&error, FLAME_CORRUPT, part->path, part->offset + another, FLAME_PERF_ANOTHER);
    s->at = part->size;
    flame_perf_lose_bytes(s, &error, size - from);
}

uint64_t flame_perf_leave_run(struct flame_perf_stream *s, uint64_t from, uint64_t another)
{
    uint64_t size;
    const uint8_t *bytes = bytes_of(s, &size);
    for (;;) {
        uint64_t next = from + flame_perf_header(bytes + from, s->file->swap).size;
        if (another < next)
            break;
        from = next;
    }
    flame_perf_leave(s, from, another);
    return from;
}

bool flame_perf_leave_torn(struct flame_perf_stream *s, uint64_t from, uint64_t *last)
{
    uint64_t another = flame_perf_stream_find_another(s, s->sought, s->at, s->at);
    bool torn = another < s->at;
    if (torn)
        *last = flame_perf_leave_run(s, from, another);
    s->sought = s->at;
    return torn;
}
