/* archive_writer.c: libarchive's pax writer over an output.
 *
 * zstd at its usual level, on all processors: 416 MB of a recording take 0.7 s of two and become 57
 * MB; a greater level or a longer window gain little of that for twice the time. Holes are those
 * of GNU tar's sparse format 1.0. Source: libarchive's archive.h; archive_write_set_options(3);
 * zstd's zstd_errors.h. */
#include "archive_writer.h"

#include "fail.h"
#include "pool.h"
#include "reserve.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <zstd_errors.h>

/* GNU tar takes a piece of a sparse file to fill whole blocks, all but the last piece. */
enum { PIECE = 1 << 30, BLOCK = 512, BUFFER = 1 << 16 };

/* Bytes, several times what libarchive takes for an entry without looking whether it got them: it
 * ends the process then, or leaves parts of the entry out (3.6; docs/robustness.md). */
enum { RESERVE = 64 << 10 };

/* names, before: names are UTF-8 while we write, whatever the caller's locale is */
struct flame_archive_writer {
    struct flame_output *output;
    const char *path;
    struct archive *archive;
    struct archive_entry *entry;
    locale_t names, before;
    struct flame_error why;
};

/* libarchive has no number for what zstd lacks, only zstd's words. */
static bool lacks_memory(struct archive *archive)
{
    const char *text = archive_error_string(archive);
    return archive_errno(archive) == ENOMEM ||
           (text && strstr(text, ZSTD_getErrorString(ZSTD_error_memory_allocation)));
}

static void fail(struct flame_archive_writer *w, const char *name)
{
    const char *text = archive_error_string(w->archive);
    if (lacks_memory(w->archive))
        flame_fail(&w->why, FLAME_NOMEM, w->path, FLAME_NO_OFFSET, "out of memory");
    else
        flame_fail(&w->why, FLAME_IO, w->path, FLAME_NO_OFFSET, "cannot write %s: %s", name,
                   text ? text : "unknown reason");
}

/* libarchive's callback. The output keeps its failure for the commit. */
static la_ssize_t put(struct archive *archive, void *user, const void *bytes, size_t size)
{
    struct flame_archive_writer *w = user;
    (void)archive;
    flame_put(w->output, bytes, size);
    return (la_ssize_t)size;
}

static bool open_archive(struct flame_archive_writer *w)
{
    char threads[24];
    snprintf(threads, sizeof threads, "%zu", flame_pool_size());
    if (!flame_has_reserve(RESERVE))
        return false;
    w->archive = archive_write_new();
    w->entry = archive_entry_new();
    if (!w->archive || !w->entry)
        return false;
    archive_write_set_format_pax(w->archive);
    archive_write_add_filter_zstd(w->archive);
    /* Versions before 3.6 know no threads, and are slower. */
    archive_write_set_filter_option(w->archive, "zstd", "threads", threads);
    archive_write_set_bytes_in_last_block(w->archive, 1);
    return archive_write_open(w->archive, w, NULL, put, NULL) == ARCHIVE_OK;
}

static void release(struct flame_archive_writer *w)
{
    archive_entry_free(w->entry);
    archive_write_free(w->archive);
    if (w->names) {
        uselocale(w->before);
        freelocale(w->names);
    }
    free(w);
}

struct flame_archive_writer *flame_archive_writer_begin(struct flame_output *output,
                                                        const char *path, struct flame_error *error)
{
    struct flame_archive_writer *w = calloc(1, sizeof *w);
    if (!archive_libzstd_version())
        flame_fail(error, FLAME_UNSUPPORTED, path, FLAME_NO_OFFSET,
                   "cannot be written: libarchive was built without zstd here");
    else if (!w)
        flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    if (!w || !archive_libzstd_version()) {
        free(w);
        return NULL;
    }
    w->output = output;
    w->path = path;
    w->why = (struct flame_error)FLAME_ERROR_INIT;
    w->names = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    w->before = w->names ? uselocale(w->names) : (locale_t)0;
    if (open_archive(w))
        return w;
    flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    release(w);
    return NULL;
}

/* Write the header of w->entry, which has everything but its name and time. */
static bool write_header(struct flame_archive_writer *w, const char *name, uint64_t changed_ns)
{
    archive_entry_set_pathname(w->entry, name);
    archive_entry_set_mtime(w->entry, (time_t)(changed_ns / 1000000000u),
                            (long)(changed_ns % 1000000000u));
    int r = archive_write_header(w->archive, w->entry);
    /* A warning: a name that is not UTF-8 is written as it is. */
    if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
        fail(w, name);
    return w->why.status == FLAME_OK;
}

/* Tell which blocks are no holes; a file of holes alone has an empty piece at its end. */
static void set_pieces(struct archive_entry *entry, const struct flame_ranges *kept, uint64_t size)
{
    struct flame_range piece = { size, size };
    for (size_t i = 0; i < kept->count && kept->items[i].start < size; i++) {
        uint64_t start = kept->items[i].start / BLOCK * BLOCK, end = kept->items[i].end;
        end = end < size - size % BLOCK ? (end + BLOCK - 1) / BLOCK * BLOCK : size;
        if (i > 0 && start > piece.end)
            archive_entry_sparse_add_entry(entry, (la_int64_t)piece.start,
                                           (la_int64_t)(piece.end - piece.start));
        if (i == 0 || start > piece.end)
            piece.start = start;
        piece.end = end;
    }
    archive_entry_sparse_add_entry(entry, (la_int64_t)piece.start,
                                   (la_int64_t)(piece.end - piece.start));
}

static bool write_bytes(struct flame_archive_writer *w, const char *name, const uint8_t *bytes,
                        uint64_t size)
{
    for (uint64_t at = 0; at < size;) {
        uint64_t left = size - at;
        la_ssize_t n =
            archive_write_data(w->archive, bytes + at, left < PIECE ? (size_t)left : PIECE);
        if (n <= 0) {
            fail(w, name);
            return false;
        }
        at += (uint64_t)n;
    }
    return true;
}

/* Write what is kept of bytes[size], and zeros elsewhere, also in blocks of which a part is kept.
 */
static void write_kept(struct flame_archive_writer *w, const char *name, const uint8_t *bytes,
                       uint64_t size, const struct flame_ranges *kept)
{
    uint8_t buffer[BUFFER];
    size_t first = 0;
    bool ok = true;
    for (uint64_t at = 0; at < size && ok; at += BUFFER) {
        uint64_t until = size - at < BUFFER ? size : at + BUFFER;
        memset(buffer, 0, sizeof buffer);
        while (first < kept->count && kept->items[first].end <= at)
            first++;
        for (size_t i = first; i < kept->count && kept->items[i].start < until; i++) {
            uint64_t start = kept->items[i].start, end = kept->items[i].end;
            start = start > at ? start : at;
            end = end < until ? end : until;
            memcpy(buffer + (start - at), bytes + start, (size_t)(end - start));
        }
        ok = write_bytes(w, name, buffer, until - at);
    }
}

void flame_archive_writer_add(struct flame_archive_writer *w, const char *name, uint64_t changed_ns,
                              const uint8_t *bytes, uint64_t size, const struct flame_ranges *kept)
{
    if (w->why.status != FLAME_OK)
        return;
    if (!flame_has_reserve(RESERVE)) {
        flame_fail(&w->why, FLAME_NOMEM, w->path, FLAME_NO_OFFSET, "out of memory");
        return;
    }
    archive_entry_clear(w->entry);
    archive_entry_set_filetype(w->entry, AE_IFREG);
    archive_entry_set_perm(w->entry, 0644);
    archive_entry_set_size(w->entry, (la_int64_t)size);
    if (kept && size)
        set_pieces(w->entry, kept, size);
    if (!write_header(w, name, changed_ns))
        return;
    if (kept)
        write_kept(w, name, bytes, size, kept);
    else
        write_bytes(w, name, bytes, size);
}

enum flame_status flame_archive_writer_end(struct flame_archive_writer *w,
                                           struct flame_error *error)
{
    if (w->why.status == FLAME_OK && archive_write_close(w->archive) != ARCHIVE_OK)
        fail(w, "the end");
    enum flame_status status = w->why.status;
    if (status != FLAME_OK)
        flame_fail(error, status, w->path, FLAME_NO_OFFSET, "%s", w->why.text);
    release(w);
    return status;
}
