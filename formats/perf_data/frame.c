/* frame.c: compressed records: which frame they belong to, and what becomes of them when it breaks.
 *
 * A zstd frame is only worth what all of its chunks are. Where one is broken, or plain bytes were
 * stepped over, in which one may have been, the frame has ended: what is compressed behind it is
 * lost until a new frame begins. Decoding it all the same would yield wrong bytes without a word.
 */
#include "frame.h"

#include "bounds.h"
#include "compressed.h"
#include "stream_limits.h"

/* Free the frame. What is decompressed and makes no whole record is lost with it: returns how much
 * that is, unless it has been told. */
static uint64_t drop_frame(struct flame_perf_stream *s)
{
    uint64_t left = flame_perf_zstd_close(s->zstd, &s->losses);
    s->zstd = NULL;
    return left;
}

void flame_perf_end_frame(struct flame_perf_stream *s)
{
    s->losses.bytes += drop_frame(s);
    flame_perf_wound_end(&s->losses, &s->wound);
}

/* Begin a loss with which the frame ends. */
static void wound_frame(struct flame_perf_stream *s, const struct flame_error *error)
{
    uint64_t left = drop_frame(s);
    flame_perf_wound_begin(&s->losses, &s->wound, error);
    flame_perf_wound_grow(&s->losses, &s->wound, left);
}

void flame_perf_lose_bytes(struct flame_perf_stream *s, const struct flame_error *error,
                           uint64_t bytes)
{
    bool more = s->zstd || s->packed || s->file->features.compressed.type;
    wound_frame(s, error);
    flame_perf_wound_grow(&s->losses, &s->wound, bytes);
    if (!more)
        flame_perf_wound_end(&s->losses, &s->wound);
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

/* A compressed record that cannot be read, and ends its frame unless that has ended already. */
static void break_frame(struct flame_perf_stream *s, const struct flame_perf_raw *raw,
                        const struct flame_error *error)
{
    if (!s->wound.open)
        wound_frame(s, error);
    flame_perf_wound_grow(&s->losses, &s->wound, raw->size);
}

/* Take what the frame has given so far; with last, it gives no more. */
static enum flame_status take_frame(struct flame_perf_stream *s, bool last,
                                    struct flame_perf_buffer *buffer,
                                    struct flame_perf_block *block)
{
    enum flame_status status =
        flame_perf_zstd_take(s->zstd, s->file, last, buffer, &block->size, &s->losses);
    block->bytes = buffer->bytes;
    s->position += block->size;
    return status;
}

/* The most that the next compressed record may expand to: what one can, and what is left of all. */
static uint64_t limit_of(const struct flame_perf_stream *s)
{
    uint64_t limit = flame_perf_record_limit(s->file), all = flame_perf_decompressed_limit(s->file);
    uint64_t left = all > s->expanded ? all - s->expanded : 0;
    return limit < left ? limit : left;
}

/* Say which of the two a record went beyond. */
static void say_limit(const struct flame_perf_stream *s, const struct flame_perf_raw *raw,
                      struct flame_error *error)
{
    uint64_t one = flame_perf_record_limit(s->file), all = flame_perf_decompressed_limit(s->file);
    if (s->expanded > all)
        flame_fail_limit(error, FLAME_LIMIT_DECOMPRESSED, all, raw->path, raw->offset,
                         "compressed records expand to", "in all");
    else
        flame_fail_limit(error, FLAME_LIMIT_RECORD, one, raw->path, raw->offset,
                         "compressed record expands to", "");
}

/* The frame that a compressed record begins, or goes on with; NULL when there is none, and the
 * record is lost, or when memory is exhausted. */
static struct flame_perf_zstd *frame_of(struct flame_perf_stream *s,
                                        const struct flame_perf_raw *raw,
                                        const struct flame_cursor *payload,
                                        enum flame_status *status)
{
    if (flame_perf_zstd_begins(payload)) {
        flame_perf_end_frame(s);
        s->zstd = flame_perf_zstd_create();
        *status = s->zstd ? FLAME_OK : FLAME_NOMEM;
    } else if (!s->zstd) {
        struct flame_error error = FLAME_ERROR_INIT;
        flame_fail(&error, FLAME_CORRUPT, raw->path, raw->offset,
                   "the zstd frame that this record goes on with has no beginning");
        break_frame(s, raw, &error);
    }
    return s->zstd;
}

enum flame_status flame_perf_take_compressed(struct flame_perf_stream *s,
                                             const struct flame_perf_raw *raw,
                                             struct flame_perf_buffer *buffer,
                                             struct flame_perf_block *block)
{
    struct flame_error error = FLAME_ERROR_INIT;
    enum flame_status status = FLAME_OK;
    *block = (struct flame_perf_block){
        .path = raw->path, .offset = raw->offset, .position = s->position, .compressed = true
    };
    struct flame_cursor payload = compressed_payload(s, raw, &error);
    if (s->zstd && !payload.failed && flame_perf_zstd_begins(&payload)) {
        status = take_frame(s, true, buffer, block);
        flame_perf_end_frame(s);
        if (status != FLAME_OK || block->size)
            return status; /* this record's turn is the next */
    }
    s->at += raw->size;
    s->held = false;
    if (payload.failed) {
        break_frame(s, raw, &error);
        return FLAME_OK;
    }
    if (flame_cursor_left(&payload) == 0 || !frame_of(s, raw, &payload, &status))
        return status;
    uint64_t expanded = 0;
    s->packed = true;
    status = flame_perf_zstd_feed(s->zstd, &payload, limit_of(s), &expanded, buffer, raw->path,
                                  raw->offset, &error);
    s->expanded += expanded;
    if (status == FLAME_NOMEM)
        return FLAME_NOMEM;
    if (status == FLAME_LIMIT)
        say_limit(s, raw, &error);
    status = take_frame(s, false, buffer, block);
    if (error.status != FLAME_OK)
        break_frame(s, raw, &error);
    return status;
}

/* Of a file that was cut, an unfinished record is no news. */
enum flame_status flame_perf_finish_frame(struct flame_perf_stream *s,
                                          struct flame_perf_buffer *buffer,
                                          struct flame_perf_block *block)
{
    const struct flame_perf_part *part = &s->file->parts.items[s->part];
    enum flame_status status = FLAME_OK;
    *block = (struct flame_perf_block){ .path = part->path,
                                        .offset = part->offset + part->size,
                                        .position = s->position,
                                        .compressed = true };
    if (s->zstd && !part->cut)
        status = take_frame(s, true, buffer, block);
    flame_perf_end_frame(s);
    return status;
}
