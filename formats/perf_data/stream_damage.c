/* stream_damage.c: what a stream does about bytes that cannot be a record.
 *
 * They are stepped over, to where records go on (resync.c), and are one loss. A record whose size
 * is wrong may cover others, and one that was cut the beginning of another recording (another.c).
 * Nothing here runs as long as a recording is whole, but for one look at what stands where the
 * stream is. */
#include "stream_damage.h"

#include "another.h"
#include "frame.h"
#include "sound.h"

#include <inttypes.h>

bool flame_perf_look(const struct flame_perf_stream *s, struct flame_perf_raw *raw)
{
    const struct flame_perf_part *part = flame_perf_part_of(s);
    uint64_t rest = flame_perf_part_left(s);
    if (rest < 8)
        return false;
    *raw = flame_perf_header(part->bytes + part->offset + s->at, s->file->swap);
    bool usual = raw->size >= 8 && raw->size <= rest && flame_perf_type_exists(raw->type);
    if (__builtin_expect(!usual, 0)) {
        const struct flame_perf_span span = flame_perf_part_span(s);
        if (flame_perf_frame(&span, s->at, raw) != FLAME_PERF_FRAMED ||
            flame_perf_stream_is_another(s))
            return false;
    }
    raw->path = part->path;
    raw->offset = part->offset + s->at;
    return true;
}

/* Remember when the last run of plain records was made. Only damage asks for it. */
static void learn_time(struct flame_perf_stream *s)
{
    const struct flame_perf_span span = flame_perf_part_span(s);
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

void flame_perf_step_over(struct flame_perf_stream *s)
{
    if (flame_perf_stream_is_another(s)) {
        flame_perf_leave(s, s->at, s->at);
        return;
    }
    learn_time(s);
    const struct flame_perf_part *part = flame_perf_part_of(s);
    const struct flame_perf_span span = flame_perf_part_span(s);
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

bool flame_perf_look_behind(const struct flame_perf_stream *s, uint64_t last,
                            struct flame_perf_raw *raw)
{
    if (!flame_perf_look(s, raw))
        return false;
    bool expected = flame_perf_type_exists(raw->type) && !flame_perf_is_opening(raw->type);
    return expected || flame_perf_stream_find_another(s, last, s->at, s->at) == s->at;
}

bool flame_perf_may_be_torn(const struct flame_perf_stream *s, uint64_t last)
{
    struct flame_perf_raw next;
    return flame_perf_part_left(s) == 0 ||
           (!flame_perf_look_behind(s, last, &next) && !flame_perf_stream_is_another(s));
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

bool flame_perf_step_outside(struct flame_perf_stream *s, const struct flame_perf_raw *raw,
                             uint64_t run, uint64_t *last)
{
    uint64_t outside = flame_perf_bytes_outside(raw, s->file->swap), rest = flame_perf_part_left(s);
    uint64_t from = s->at, begin = from - raw->size, to = from;
    bool fits = outside <= rest, found = fits;
    if (fits) {
        s->at = to = from + outside;
        if (!flame_perf_may_be_torn(s, begin))
            return true;
    } else {
        const struct flame_perf_span span = flame_perf_part_span(s);
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
    } else if (!fits && flame_perf_part_of(s)->cut && !found) {
        s->losses.bytes += rest;
    } else if (!fits) {
        lose_outside(s, raw, found ? FLAME_CORRUPT : FLAME_TRUNCATED, rest, to - from);
    }
    return another >= from;
}

bool flame_perf_step_into(struct flame_perf_stream *s, uint64_t from)
{
    learn_time(s);
    const struct flame_perf_part *part = flame_perf_part_of(s);
    const struct flame_perf_span span = flame_perf_part_span(s);
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

bool flame_perf_leave_torn_holder(struct flame_perf_stream *s, const struct flame_perf_raw *raw)
{
    uint64_t from = s->at;
    s->at += raw->size;
    if (flame_perf_may_be_torn(s, from) && flame_perf_leave_torn(s, from, &from))
        return true;
    s->at = from;
    s->sought = s->sought > from ? s->sought : from;
    return false;
}
