/* walk.c: the stream's blocks, taken apart, with its losses between them.
 *
 * The stream tells its losses while it looks for the next block. Only the last of them can lie
 * behind that block's records. Does not decode records. */
#include "walk.h"

struct walking {
    const struct flame_perf_file *file;
    const struct flame_walker *walker;
    struct flame_perf_stream stream;
    struct flame_loss last; /* not told yet, if there is one */
    bool has_last, on;
    uint64_t told; /* bytes of the stream's losses */
};

static bool tell(const struct walking *w, const struct flame_loss *loss)
{
    return w->walker->loss(w->walker->user, loss);
}

/* Losses that the header knows: those within the records' place come first, the others last. Of a
 * file that was cut, what is left of its last record is part of that. */
static void tell_header(struct walking *w, bool behind)
{
    const struct flame_perf_losses *losses = &w->file->losses;
    const struct flame_perf_part *part = &w->file->parts.items[0];
    for (uint64_t i = 0; w->on && i < losses->count && i < FLAME_PERF_LOSSES; i++) {
        struct flame_loss loss = losses->items[i];
        uint64_t offset = loss.error.offset;
        bool is_behind = offset != FLAME_NO_OFFSET && offset >= part->offset + part->size &&
                         offset > part->offset;
        if (is_behind != behind)
            continue;
        if (behind && part->cut) {
            loss.bytes += w->stream.losses.bytes - w->told;
            w->told = w->stream.losses.bytes;
        }
        w->on = tell(w, &loss);
    }
}

static void tell_last(struct walking *w)
{
    if (w->has_last && w->on)
        w->on = tell(w, &w->last);
    w->has_last = false;
}

/* Called by the stream. */
static void take_loss(void *user, const struct flame_loss *loss)
{
    struct walking *w = user;
    tell_last(w);
    w->told += loss->bytes;
    w->last = *loss;
    w->has_last = true;
}

static void take_block(struct walking *w, const struct flame_perf_block *block)
{
    struct flame_perf_raw raw;
    const struct flame_error *last = &w->last.error;
    if (last->path != block->path || last->offset < block->offset)
        tell_last(w);
    for (size_t at = 0, start = 0; w->on && flame_perf_block_next(block, w->file->swap, &at, &raw);
         start = at)
        w->on = w->walker->record(w->walker->user, &raw, block->compressed, start);
    tell_last(w);
}

enum flame_status flame_walk(const struct flame_perf_file *file, const struct flame_walker *walker,
                             const char *path, struct flame_error *error)
{
    struct walking w = { .file = file, .walker = walker, .on = true };
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    enum flame_status status = FLAME_OK;
    flame_perf_stream_init(&w.stream, file);
    w.stream.holders = true;
    w.stream.losses.tell = take_loss;
    w.stream.losses.user = &w;
    tell_header(&w, false);
    while (w.on && (status = flame_perf_stream_next(&w.stream, &buffer, &block)) == FLAME_OK)
        take_block(&w, &block);
    if (status == FLAME_EMPTY) {
        tell_last(&w);
        tell_header(&w, true);
    }
    flame_perf_stream_deinit(&w.stream);
    flame_perf_buffer_free(&buffer);
    if (status == FLAME_NOMEM)
        return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    return FLAME_OK;
}
