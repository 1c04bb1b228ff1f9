/* archive_builder.c: libarchive's writer into memory. */
#include "archive_builder.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

static la_ssize_t append(struct archive *archive, void *user, const void *bytes, size_t size)
{
    struct archive_builder *b = user;
    (void)archive;
    if (b->cap - b->size < size) {
        b->cap = b->cap * 2 + size;
        b->bytes = realloc(b->bytes, b->cap);
        if (!b->bytes)
            abort();
    }
    memcpy(b->bytes + b->size, bytes, size);
    b->size += size;
    return (la_ssize_t)size;
}

static void check(int r)
{
    if (r < ARCHIVE_WARN)
        abort();
}

void archive_builder_begin(struct archive_builder *b, const char *format, const char *filter)
{
    *b = (struct archive_builder){ .archive = archive_write_new() };
    check(archive_write_set_format_by_name(b->archive, format));
    check(strcmp(filter, "none") == 0 ? ARCHIVE_OK
                                      : archive_write_add_filter_by_name(b->archive, filter));
    archive_write_set_bytes_in_last_block(b->archive, 1);
    check(archive_write_open(b->archive, b, NULL, append, NULL));
}

static struct archive_entry *begin_entry(const char *name, unsigned type, uint64_t size)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (la_int64_t)size);
    archive_entry_set_mtime(entry, (time_t)(ARCHIVE_BUILDER_NS / 1000000000u), 0);
    return entry;
}

static void end_entry(struct archive_builder *b, struct archive_entry *entry)
{
    check(archive_write_header(b->archive, entry));
    archive_entry_free(entry);
}

void archive_builder_file(struct archive_builder *b, const char *name, const void *bytes,
                          size_t size)
{
    end_entry(b, begin_entry(name, AE_IFREG, size));
    if (size && archive_write_data(b->archive, bytes, size) != (la_ssize_t)size)
        abort();
}

void archive_builder_text(struct archive_builder *b, const char *name, const char *text)
{
    archive_builder_file(b, name, text, strlen(text));
}

void archive_builder_symlink(struct archive_builder *b, const char *name, const char *target)
{
    struct archive_entry *entry = begin_entry(name, AE_IFLNK, 0);
    archive_entry_set_symlink(entry, target);
    end_entry(b, entry);
}

void archive_builder_hardlink(struct archive_builder *b, const char *name, const char *target)
{
    struct archive_entry *entry = begin_entry(name, AE_IFREG, 0);
    archive_entry_set_hardlink(entry, target);
    end_entry(b, entry);
}

void archive_builder_folder(struct archive_builder *b, const char *name)
{
    end_entry(b, begin_entry(name, AE_IFDIR, 0));
}

void archive_builder_zeros(struct archive_builder *b, const char *name, uint64_t size, bool hole)
{
    static uint8_t piece[1 << 20];
    struct archive_entry *entry = begin_entry(name, AE_IFREG, size);
    if (hole)
        archive_entry_sparse_add_entry(entry, 0, 4);
    end_entry(b, entry);
    memcpy(piece, "head", 4);
    for (uint64_t at = 0; at < size && (at == 0 || !hole); at += sizeof piece) {
        uint64_t left = size - at;
        archive_write_data(b->archive, piece, left < sizeof piece ? (size_t)left : sizeof piece);
        memset(piece, 0, 4);
    }
}

void archive_builder_repeat(struct archive_builder *b, const void *bytes, size_t size, size_t times)
{
    end_entry(b, begin_entry("raw", AE_IFREG, size * times));
    for (size_t i = 0; i < times; i++)
        if (archive_write_data(b->archive, bytes, size) != (la_ssize_t)size)
            abort();
}

void archive_builder_end(struct archive_builder *b)
{
    check(archive_write_close(b->archive));
    archive_write_free(b->archive);
}
