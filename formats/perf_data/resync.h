/* resync.h: what can be a record, and where records go on behind bytes that cannot. */
#ifndef FLAME_PERF_DATA_RESYNC_H
#define FLAME_PERF_DATA_RESYNC_H

#include "perf_data.h"

/* Bytes of one run of records, of which those before have passed already.
 *
 * open  more may come behind them
 * cut   more should have, so that the end may be no record's
 * file  by which the records in it are judged, and time about when they should be; see sound.h */
struct flame_perf_span {
    const uint8_t *bytes;
    uint64_t size;
    bool swap, open, cut;
    const struct flame_perf_file *file;
    uint64_t before, time;
};

/* The header that stands in 8 bytes. path, offset and position are left empty. */
static inline struct flame_perf_raw flame_perf_header(const uint8_t *p, bool swap)
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

/* Whether the type is the kernel's, perf's or simpleperf's, with room for those to come. */
static inline bool flame_perf_type_exists(uint32_t type)
{
    return type - 1 < 255 || type - FLAME_RECORD_SIMPLEPERF < 256;
}

/* Bytes behind the record that do not belong to its size. */
uint64_t flame_perf_bytes_outside(const struct flame_perf_raw *raw, bool swap);

enum flame_perf_framing {
    FLAME_PERF_FRAMED,     /* raw is a record, and whole */
    FLAME_PERF_UNFINISHED, /* it may be one, but the bytes end inside it */
    FLAME_PERF_NO_RECORD,
};

/* What stands at an offset of the span where a record is due. A type that nobody has is let pass if
 * another record stands right behind. raw is set unless fewer than 8 bytes are left. */
enum flame_perf_framing flame_perf_frame(const struct flame_perf_span *span, uint64_t at,
                                         struct flame_perf_raw *raw);

/* Whether text begins at an offset of the span: of any length, it says nothing of where records
 * are. */
bool flame_perf_is_text(const struct flame_perf_span *span, uint64_t at);

/* Whether a record of this type can have this size and misc. */
bool flame_perf_is_plausible(const struct flame_perf_raw *raw);

/* Move *at forward to the next place before `until` where records go on: to several sound ones in a
 * row, or to such as end exactly where the span does. They are looked for in the search's phase
 * first. False when there is none; *at is then `until`, or, of an open span, the first place of
 * which it cannot be told yet.
 *
 * The search's headers is increased by those that were looked at: three per byte at most. */
bool flame_perf_resync(const struct flame_perf_span *span, struct flame_perf_search *search,
                       uint64_t *at, uint64_t until);

/* Say in error, which is empty, why no record begins at an offset of the span, of which the bytes
 * up to end were stepped over. path and offset are for the message. */
void flame_perf_say_why(const struct flame_perf_span *span, uint64_t at, uint64_t end,
                        const char *path, uint64_t offset, struct flame_error *error);

#endif
