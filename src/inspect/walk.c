/* walk.c: the stream's blocks, taken apart, with its losses put where they belong.
 *
 * The stream adds up losses while it looks for the next block. Those that lie before that block
 * are told before it, the others behind it. Does not decode records. */
#include "walk.h"

struct walking {
    const struct flame_perf_file *file;
    const struct flame_walker *walker;
    struct flame_perf_stream stream;
    uint64_t losses, bytes;       /* of the stream, told so far */
    struct flame_perf_raw holder; /* the block before, if held */
    bool held;
};

static bool tell(const struct walking *w, const struct flame_loss *loss)
{
    return w->walker->loss(w->walker->user, loss);
}

/* Losses that the header knows: those within the records' place come first, the others last. */
static bool tell_header(const struct walking *w, bool behind)
{
    const struct flame_perf_losses *losses = &w->file->losses;
    const struct flame_perf_part *part = &w->file->parts.items[0];
    for (uint64_t i = 0; i < losses->count && i < FLAME_PERF_LOSSES; i++) {
        uint64_t offset = losses->items[i].error.offset;
        bool is_behind = offset != FLAME_NO_OFFSET && offset >= part->offset + part->size &&
                         offset > part->offset;
        if (is_behind == behind && !tell(w, &losses->items[i]))
            return false;
    }
    return true;
}

/* The loss behind those that were told, and its number. Of many at once the stream keeps only the
 * first few and the last. */
static const struct flame_loss *next_loss(const struct walking *w, uint64_t *number)
{
    const struct flame_perf_losses *losses = &w->stream.losses;
    *number = w->losses;
    if (*number < FLAME_PERF_LOSSES)
        return &losses->items[*number];
    *number = losses->count - 1;
    return &losses->items[FLAME_PERF_LOSSES];
}

/* What was lost since the last time, as far as it lies before the block (NULL: all of it). */
static bool tell_new(struct walking *w, const struct flame_perf_block *block)
{
    while (w->losses < w->stream.losses.count) {
        uint64_t number;
        const struct flame_loss *loss = next_loss(w, &number);
        if (block && loss->error.path == block->path && loss->error.offset >= block->offset)
            return true;
        w->losses = number + 1;
        w->bytes += loss->bytes;
        if (!tell(w, loss))
            return false;
    }
    w->bytes = w->stream.losses.bytes;
    return true;
}

/* A compressed record that was shown and then adds to an earlier loss: tell it by itself. */
static bool tell_grown(struct walking *w)
{
    struct flame_loss loss = { .error = FLAME_ERROR_INIT };
    const struct flame_perf_losses *losses = &w->stream.losses;
    uint64_t known = w->bytes;
    for (uint64_t i = w->losses; i < losses->count && i < FLAME_PERF_LOSSES; i++)
        known += losses->items[i].bytes;
    bool all_known = losses->count <= FLAME_PERF_LOSSES || losses->count == w->losses;
    if (!w->held || !all_known || losses->bytes - known < w->holder.size)
        return true;
    loss.bytes = w->holder.size;
    w->bytes += loss.bytes;
    flame_fail(&loss.error, FLAME_CORRUPT, w->holder.path, w->holder.offset,
               "cannot be decompressed without the compressed records before it");
    return tell(w, &loss);
}

static bool take_block(struct walking *w, const struct flame_perf_block *block)
{
    struct flame_perf_raw raw;
    w->held = false;
    for (size_t at = 0, start = 0; flame_perf_block_next(block, w->file->swap, &at, &raw);
         start = at) {
        if (!w->walker->record(w->walker->user, &raw, block->compressed, start))
            return false;
        w->held = block->borrowed &&
                  (raw.type == FLAME_RECORD_COMPRESSED || raw.type == FLAME_RECORD_COMPRESSED2);
        w->holder = raw;
    }
    return true;
}

enum flame_status flame_walk(const struct flame_perf_file *file, const struct flame_walker *walker,
                             const char *path, struct flame_error *error)
{
    struct walking w = { .file = file, .walker = walker };
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    enum flame_status status = FLAME_OK;
    flame_perf_stream_init(&w.stream, file);
    w.stream.holders = true;
    bool on = tell_header(&w, false);
    while (on && (status = flame_perf_stream_next(&w.stream, &buffer, &block)) == FLAME_OK)
        on = tell_grown(&w) && tell_new(&w, &block) && take_block(&w, &block) && tell_new(&w, NULL);
    if (on && status == FLAME_EMPTY)
        (void)(tell_grown(&w) && tell_new(&w, NULL) && tell_header(&w, true));
    flame_perf_stream_deinit(&w.stream);
    flame_perf_buffer_free(&buffer);
    if (status == FLAME_NOMEM)
        return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    return FLAME_OK;
}
