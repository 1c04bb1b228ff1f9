/* place.c: where the records and features of a file lie, if its header can be believed.
 *
 * A file that was cut and a header that is wrong ask for different things: the one is to be copied
 * again, of the other all is there. A header is wrong for certain if what it says fits no file, if
 * the records begin inside of it, or if the attrs, which come before the records, are whole and the
 * records begin behind the end.
 * Behind the last feature some writers leave bytes that mean nothing, so that only another
 * recording there is worth a word. Source: tools/perf/util/header.c,
 * perf_session__do_write_header(); docs/formats/perf_data.md, "header". */
#include "place.h"

#include "another.h"
#include "fail.h"

#include <inttypes.h>

/* Where the header says where the records are. */
enum { AT_OFFSET = 40, AT_SIZE = 48 };

/* The error of a loss of so many bytes, to be filled in. */
static struct flame_error *lose(struct flame_perf_file *file, uint64_t bytes)
{
    struct flame_loss *loss = flame_perf_lose(&file->losses);
    loss->bytes = bytes;
    file->losses.bytes += bytes;
    return &loss->error;
}

/* Whether a table of so many slots stands there: the first section begins right behind it. perf has
 * made room for the features, too, that it then had nothing to say of. */
static bool has_table(const struct flame_perf_file *file, uint64_t at, uint64_t slots)
{
    if (slots == 0)
        return true;
    struct flame_cursor c =
        flame_cursor_make(file->bytes, file->size, 0, file->swap, file->path, NULL);
    flame_cursor_seek(&c, at, "feature table");
    uint64_t table = flame_cursor_u64(&c, "feature table") - at;
    return !c.failed && table % FLAME_PERF_SLOT_SIZE == 0 &&
           table / FLAME_PERF_SLOT_SIZE >= slots &&
           table / FLAME_PERF_SLOT_SIZE <= FLAME_PERF_FEATURE_LIMIT;
}

void flame_perf_cut_at_another(struct flame_perf_file *file, uint64_t from, uint64_t to)
{
    to = to < file->size ? to : file->size;
    uint64_t another = flame_perf_find_another(file->bytes, file->size, from, to, to);
    if (another >= to)
        return;
    flame_fail(lose(file, file->size - another), FLAME_CORRUPT, file->path, another,
               FLAME_PERF_ANOTHER);
    file->size = (size_t)another;
}

enum flame_status flame_perf_place_data(struct flame_perf_file *file,
                                        const struct flame_perf_head *head,
                                        struct flame_perf_place *data, bool *whole)
{
    const uint64_t most = INT64_MAX;
    bool inside = data->offset<head->size, beyond = data->offset> file->size;
    bool moved = inside || (beyond && file->bad_features == 0);
    uint64_t offset = moved ? head->end : beyond ? file->size : data->offset;
    uint64_t there = file->size - offset, size = data->size;
    *whole = size > 0 && size <= there && (!moved || has_table(file, offset + size, head->slots));
    if (inside)
        flame_fail(lose(file, 0), FLAME_CORRUPT, file->path, AT_OFFSET,
                   "header.data.offset is %" PRIu64 ", inside the header of %" PRIu64 " bytes",
                   data->offset, head->size);
    else if (moved)
        flame_fail(lose(file, 0), FLAME_CORRUPT, file->path, AT_OFFSET,
                   "header.data.offset is %" PRIu64 ", beyond the file's %zu bytes", data->offset,
                   file->size);
    if (size == 0)
        flame_fail(
            lose(file, 0), FLAME_TRUNCATED, file->path, AT_SIZE,
            "the file was never finished: wait until perf record has ended, or, if it was killed, "
            "record again");
    else if (size > most || offset > most - size)
        flame_fail(lose(file, 0), FLAME_CORRUPT, file->path, AT_SIZE,
                   "header.data.size is %" PRIu64 ", beyond the file's %zu bytes", size,
                   file->size);
    else if (!*whole && !moved)
        flame_fail(lose(file, 0), FLAME_TRUNCATED, file->path, file->size,
                   "the file ends %" PRIu64 " bytes too early: copy it again", size - there);
    *data = (struct flame_perf_place){ offset, *whole ? size : there };
    struct flame_perf_part part = { file->bytes, file->path, offset, data->size, !*whole };
    return flame_vec_push(&file->parts, part) ? FLAME_OK : FLAME_NOMEM;
}

void flame_perf_extent_add(struct flame_perf_extent *extent, struct flame_perf_place section)
{
    if (section.size == 0)
        return;
    if (section.offset < extent->end || section.size > INT64_MAX ||
        section.offset > INT64_MAX - section.size)
        extent->torn = true;
    else
        extent->end = section.offset + section.size;
}

uint64_t flame_perf_check_end(struct flame_perf_file *file, const struct flame_perf_extent *extent)
{
    uint64_t end = extent->torn ? extent->table_end : extent->end;
    uint64_t there = end < file->size ? end : file->size;
    uint64_t limit = flame_perf_find_another(file->bytes, file->size, extent->table, there, 0);
    uint64_t left = file->size - limit;
    bool another = limit < there || flame_perf_is_another(file->bytes + limit, left);
    if (limit < end)
        flame_fail(lose(file, 0), FLAME_TRUNCATED, file->path, limit,
                   "the %s ends %" PRIu64 " bytes too early: copy it again",
                   another ? "recording" : "file", end - limit);
    if (another && !(extent->torn && limit == end))
        flame_fail(lose(file, left), FLAME_CORRUPT, file->path, limit, FLAME_PERF_ANOTHER);
    return another ? limit : file->size;
}
