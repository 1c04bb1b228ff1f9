/* resync.c: go on behind bytes that are no records.
 *
 * Nothing marks the beginning of a record, so we look for what hardly comes about by chance: a
 * record of a known type that holds what one of its type does (see sound.c), and behind it another,
 * and a third. Nearly all records are of a multiple of 8, so those in step with what came before
 * the damage are looked for first. Features and compressed records have odd sizes, and put all that
 * follow out of step: where nothing is in step for a while, every byte is tried.
 *
 * No place is judged twice, so the search is linear in what it steps over. What stands in order is
 * judged far more leniently: see flame_perf_frame. Source: docs/formats/perf_data.md, "damage". */
#include "resync.h"

#include "sound.h"

#include <inttypes.h>

enum {
    ROW = 3,              /* plausible headers behind each other */
    LONGEST = 1 << 20,    /* bytes of a record that is waited for or searched for */
    USER_TYPES = 64,      /* from this one on records are perf's own */
    MISC_UNUSED = 0x0ff8, /* bits that no record has */
    STEP = 8,             /* what records are of a multiple of */
    WINDOW = 64 << 10,    /* bytes within which records in step come first */
    QUOTE = 64,
};

/* X(NAME, bytes): the least that a record of the type has. SAMPLE: one word. */
#define SMALLEST(X)                                                                                \
    X(MMAP, 48)                                                                                    \
    X(LOST, 24)                                                                                    \
    X(COMM, 24)                                                                                    \
    X(EXIT, 32)                                                                                    \
    X(THROTTLE, 32)                                                                                \
    X(UNTHROTTLE, 32)                                                                              \
    X(FORK, 32)                                                                                    \
    X(READ, 24)                                                                                    \
    X(SAMPLE, 16)                                                                                  \
    X(MMAP2, 80)                                                                                   \
    X(AUX, 32)                                                                                     \
    X(ITRACE_START, 16)                                                                            \
    X(LOST_SAMPLES, 16)                                                                            \
    X(SWITCH, 8)                                                                                   \
    X(SWITCH_CPU_WIDE, 16)                                                                         \
    X(NAMESPACES, 24)                                                                              \
    X(KSYMBOL, 32)                                                                                 \
    X(BPF_EVENT, 24)                                                                               \
    X(CGROUP, 24)                                                                                  \
    X(TEXT_POKE, 24)                                                                               \
    X(AUX_OUTPUT_HW_ID, 16)                                                                        \
    X(CALLCHAIN_DEFERRED, 24)                                                                      \
    X(ATTR, 72)                                                                                    \
    X(EVENT_TYPE, 17)                                                                              \
    X(TRACING_DATA, 12)                                                                            \
    X(BUILD_ID, 37)                                                                                \
    X(FINISHED_ROUND, 8)                                                                           \
    X(ID_INDEX, 16)                                                                                \
    X(AUXTRACE_INFO, 16)                                                                           \
    X(AUXTRACE, 48)                                                                                \
    X(AUXTRACE_ERROR, 41)                                                                          \
    X(THREAD_MAP, 16)                                                                              \
    X(CPU_MAP, 14)                                                                                 \
    X(STAT_CONFIG, 16)                                                                             \
    X(STAT, 48)                                                                                    \
    X(STAT_ROUND, 24)                                                                              \
    X(EVENT_UPDATE, 25)                                                                            \
    X(TIME_CONV, 32)                                                                               \
    X(FEATURE, 16)                                                                                 \
    X(COMPRESSED, 9)                                                                               \
    X(FINISHED_INIT, 8)                                                                            \
    X(COMPRESSED2, 17)                                                                             \
    X(BPF_METADATA, 528)                                                                           \
    X(SCHEDSTAT_CPU, 24)                                                                           \
    X(SCHEDSTAT_DOMAIN, 24)

static const uint16_t smallest[128] = {
#define X(name, bytes) [FLAME_RECORD_##name] = bytes,
    SMALLEST(X)
#undef X
};

uint64_t flame_perf_bytes_outside(const struct flame_perf_raw *raw, bool swap)
{
    struct flame_cursor c =
        flame_cursor_make(raw->bytes + 8, raw->size - 8u, raw->offset + 8, swap, NULL, NULL);
    if (raw->type == FLAME_RECORD_AUXTRACE)
        return flame_cursor_u64(&c, "auxtrace.size");
    if (raw->type == FLAME_RECORD_TRACING_DATA)
        return flame_cursor_u32(&c, "tracing_data.size");
    return 0;
}

/* Whether a record that exists could begin behind one of a type that does not. */
static bool goes_on_at(const struct flame_perf_span *span, uint64_t at)
{
    uint64_t rest = span->size - at;
    if (rest < 8)
        return rest == 0 || span->open;
    struct flame_perf_raw raw = flame_perf_header(span->bytes + at, span->swap);
    return flame_perf_type_exists(raw.type) && raw.size >= 8 && (raw.size <= rest || span->open);
}

enum flame_perf_framing flame_perf_frame(const struct flame_perf_span *span, uint64_t at,
                                         struct flame_perf_raw *raw)
{
    uint64_t rest = span->size - at;
    if (rest < 8)
        return FLAME_PERF_UNFINISHED;
    *raw = flame_perf_header(span->bytes + at, span->swap);
    bool exists = flame_perf_type_exists(raw->type);
    if (raw->size < 8)
        return FLAME_PERF_NO_RECORD;
    if (raw->size > rest)
        return exists && !(span->open && raw->size > LONGEST) ? FLAME_PERF_UNFINISHED
                                                              : FLAME_PERF_NO_RECORD;
    return exists || goes_on_at(span, at + raw->size) ? FLAME_PERF_FRAMED : FLAME_PERF_NO_RECORD;
}

bool flame_perf_is_plausible(const struct flame_perf_raw *raw)
{
    if (raw->type >= FLAME_RECORD_SIMPLEPERF)
        return flame_perf_type_exists(raw->type) && raw->size >= 8 && raw->size <= LONGEST;
    if (raw->type >= sizeof smallest / sizeof *smallest || smallest[raw->type] == 0)
        return false;
    return raw->size >= smallest[raw->type] && !(raw->misc & MISC_UNUSED) &&
           (raw->type >= USER_TYPES || raw->size % 8 == 0);
}

enum answer { NO, YES, CANNOT_TELL };

/* Whether what stands there is no record after all, by what it holds. */
static bool is_unsound(const struct flame_perf_span *span, const struct flame_perf_raw *raw)
{
    return span->file && flame_perf_sound(span->file, raw, span->time) == FLAME_PERF_UNSOUND;
}

/* Whether a row of records begins here. The last one of the row need not be whole. */
static enum answer begins_row(const struct flame_perf_span *span, uint64_t at, uint64_t *headers)
{
    const enum answer at_end = span->open ? CANNOT_TELL : NO;
    for (int i = 0; i < ROW; i++) {
        uint64_t rest = span->size - at;
        if (rest == 0 && i > 0 && !span->open && (span->file || !span->cut))
            return YES;
        if (rest < 8)
            return at_end;
        struct flame_perf_raw raw = flame_perf_header(span->bytes + at, span->swap);
        ++*headers;
        if (!flame_perf_is_plausible(&raw))
            return NO;
        if (raw.size > rest)
            return i + 1 == ROW ? YES : at_end;
        if (is_unsound(span, &raw))
            return NO;
        if (i + 1 == ROW)
            return YES;
        uint64_t outside = flame_perf_bytes_outside(&raw, span->swap);
        if (outside > rest - raw.size)
            return NO;
        at += raw.size + outside;
    }
    return YES;
}

/* The first place from `at` on where a type that is not 0 may begin. */
static uint64_t behind_zeros(const struct flame_perf_span *span, uint64_t at, uint64_t until)
{
    uint64_t from = at, word;
    for (; span->size - at >= 8 && at < until; at += 8) {
        memcpy(&word, span->bytes + at, 8);
        if (word)
            break;
    }
    return at - from >= 8 ? at - 3 : from;
}

/* Where no row begins is kept in the search, by the place's remainder. */
static void pass_over(const struct flame_perf_span *span, struct flame_perf_search *search,
                      uint64_t from, uint64_t to)
{
    for (uint64_t at = from; at < to && at < from + STEP; at++) {
        uint64_t *none = &search->none[(span->before + at) % STEP];
        *none = *none > span->before + to ? *none : span->before + to;
    }
}

/* Try the places from *at up to `until`, each or those in step alone. *at is where the answer is
 * from, or the end. */
static enum answer try_places(const struct flame_perf_span *span, struct flame_perf_search *search,
                              uint64_t *at, uint64_t until, bool in_step)
{
    if (in_step && search->phase >= STEP)
        return NO;
    const uint64_t step = in_step ? STEP : 1;
    if (in_step)
        *at += (search->phase + STEP - (span->before + *at) % STEP) % STEP;
    while (*at < until) {
        uint64_t next = behind_zeros(span, *at, until);
        next += in_step ? (STEP - (next - *at) % STEP) % STEP : 0;
        if (next == *at) {
            uint64_t *none = &search->none[(span->before + *at) % STEP];
            if (*none <= span->before + *at) {
                enum answer answer = begins_row(span, *at, &search->headers);
                if (answer != NO)
                    return answer;
                *none = span->before + *at + 1;
            }
            next += step;
        } else if (!in_step) {
            pass_over(span, search, *at, next);
        }
        *at = next;
    }
    *at = until;
    return NO;
}

bool flame_perf_resync(const struct flame_perf_span *span, struct flame_perf_search *search,
                       uint64_t *at, uint64_t until)
{
    if (search->hint >= *at && search->hint < until &&
        begins_row(span, search->hint, &search->headers) == YES) {
        *at = search->hint;
        return true;
    }
    while (*at < until) {
        uint64_t end = until - *at > WINDOW ? *at + WINDOW : until, place = *at;
        enum answer answer = try_places(span, search, &place, end, true);
        if (answer == NO && span->open && until - *at < WINDOW)
            return false;
        if (answer == NO)
            answer = try_places(span, search, at, end, false);
        else if (answer == YES)
            *at = place;
        if (answer != NO)
            return answer == YES;
    }
    return false;
}

static bool is_printable(uint8_t c)
{
    return c >= ' ' && c < 0x7f;
}

static bool is_text(const uint8_t *bytes, uint64_t size)
{
    for (uint64_t i = 0; i < size; i++)
        if (!is_printable(bytes[i]) && !(bytes[i] >= '\a' && bytes[i] <= '\r') &&
            bytes[i] != '\033')
            return false;
    return true;
}

/* The beginning of a text with nothing in it that a terminal would obey. */
static void quote(const uint8_t *bytes, uint64_t size, char out[QUOTE + 1])
{
    size_t n = size < QUOTE ? (size_t)size : QUOTE;
    for (size_t i = 0; i < n; i++)
        out[i] = is_printable(bytes[i]) ? (char)bytes[i] : '.';
    out[n] = 0;
}

bool flame_perf_is_text(const struct flame_perf_span *span, uint64_t at)
{
    enum { ENOUGH = 16 };
    return span->size - at >= ENOUGH && is_text(span->bytes + at, ENOUGH);
}

void flame_perf_say_why(const struct flame_perf_span *span, uint64_t at, uint64_t end,
                        const char *path, uint64_t offset, struct flame_error *error)
{
    struct flame_perf_raw raw;
    enum flame_perf_framing framing = flame_perf_frame(span, at, &raw);
    uint64_t rest = span->size - at;
    if (rest < 8) {
        flame_fail(error, FLAME_TRUNCATED, path, offset,
                   "%" PRIu64 " bytes left over, too few for a record", rest);
    } else if (is_text(span->bytes + at, end - at)) {
        char text[QUOTE + 1];
        quote(span->bytes + at, end - at, text);
        flame_fail(error, FLAME_CORRUPT, path, offset, "text where records should be: \"%s\"%s",
                   text, end - at > QUOTE ? "..." : "");
    } else if (raw.size < 8) {
        flame_fail(error, FLAME_CORRUPT, path, offset,
                   "record of type %" PRIu32 " claims a size of %" PRIu32 " bytes", raw.type,
                   raw.size);
    } else if (raw.size > rest) {
        flame_fail(
            error,
            framing == FLAME_PERF_UNFINISHED && end == span->size ? FLAME_TRUNCATED : FLAME_CORRUPT,
            path, offset, "record of type %" PRIu32 " needs %" PRIu32 " bytes, %" PRIu64 " left",
            raw.type, raw.size, rest);
    } else {
        flame_fail(error, FLAME_CORRUPT, path, offset,
                   "type %" PRIu32 " is no record's, nor does one follow", raw.type);
    }
}
