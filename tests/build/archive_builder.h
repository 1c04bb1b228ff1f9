/* archive_builder.h: archives of every kind, in memory, by libarchive itself. */
#ifndef FLAME_TESTS_ARCHIVE_BUILDER_H
#define FLAME_TESTS_ARCHIVE_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct archive;

/* bytes[size] once it has ended. */
struct archive_builder {
    struct archive *archive;
    uint8_t *bytes;
    size_t size, cap;
};

/* format: as bsdtar --format takes it ("ustar", "pax", "gnutar", "zip"); filter: "none", "gzip",
 * "bzip2", "xz", "zstd". */
void archive_builder_begin(struct archive_builder *b, const char *format, const char *filter);

void archive_builder_file(struct archive_builder *b, const char *name, const void *bytes,
                          size_t size);
void archive_builder_text(struct archive_builder *b, const char *name, const char *text);
void archive_builder_symlink(struct archive_builder *b, const char *name, const char *target);
void archive_builder_hardlink(struct archive_builder *b, const char *name, const char *target);
void archive_builder_folder(struct archive_builder *b, const char *name);

/* A file of that size with a few bytes at its begin: zeros, or a hole. */
void archive_builder_zeros(struct archive_builder *b, const char *name, uint64_t size, bool hole);

/* Of format "raw", which has no members: bytes[size] so many times. */
void archive_builder_repeat(struct archive_builder *b, const void *bytes, size_t size,
                            size_t times);

/* Ends the archive; free b->bytes then. */
void archive_builder_end(struct archive_builder *b);

/* When all of its members were changed. */
#define ARCHIVE_BUILDER_NS (UINT64_C(1700000000) * 1000000000u)

#endif
