/* archive_reader.h: an archive of files (tar or zip, packed by gzip, bzip2, xz or zstd), unpacked
 * once, and then like memory.
 *
 * Regular members are unpacked one after the other into one file without a name in $TMPDIR, or
 * /tmp, that is mapped; so a member's bytes are there as long as the archive is open. What a small
 * archive may unpack to is limited. Nothing outside of the archive is ever read or written. */
#ifndef FLAME_ARCHIVE_ARCHIVE_READER_H
#define FLAME_ARCHIVE_ARCHIVE_READER_H

#include "block_hash.h"
#include "fail.h"

#include <flamedata/limits.h>
#include <flamedata/str.h>

struct flame_archive;

/* A regular member, as found. All of it lives as long as the archive.
 *
 * name        without "./" or "/" in front; that of the file itself, where a link led to it
 * bytes       [size]; begins at a page
 * extents     of them
 * sparse      the archive does not have all of them: it has holes
 * changed_ns  since 1970; 0: not known */
struct flame_archived {
    struct flame_str name;
    const uint8_t *bytes;
    size_t size;
    struct flame_extents extents;
    bool sparse;
    uint64_t changed_ns;
};

/* Open and unpack the plain file at path (flame_file_open_plain), or bytes[size] that are only
 * borrowed for the call; path is what messages call them, and copied. Members called
 * perf.symbols.tar.* (perf archive --all) are unpacked, too, and what is in them counts as if it
 * were in the archive itself.
 *
 * What is damaged, or too large to be true, ends the archive but does not fail: what came before is
 * there, and flame_archive_damage tells. Errors, archive is then NULL: FLAME_IO, FLAME_FORMAT (not
 * an archive, or nothing of it can be read), FLAME_UNSUPPORTED, FLAME_NOMEM. */
enum flame_status flame_archive_open(struct flame_archive **archive, const char *path,
                                     struct flame_error *error);
enum flame_status flame_archive_read(struct flame_archive **archive, const uint8_t *bytes,
                                     size_t size, const char *path, struct flame_error *error);
/* The same within limits, which may be NULL: the defaults. */
enum flame_status flame_archive_open_within(struct flame_archive **archive, const char *path,
                                            const struct flame_limits *limits,
                                            struct flame_error *error);
enum flame_status flame_archive_read_within(struct flame_archive **archive, const uint8_t *bytes,
                                            size_t size, const char *path,
                                            const struct flame_limits *limits,
                                            struct flame_error *error);

/* Why not all of it could be read; NULL: all of it could. Its path is the archive's. */
const struct flame_error *flame_archive_damage(const struct flame_archive *archive);

/* The regular members, each name once: of several with the same name the last one, as if they were
 * extracted. Hard links are members. In the order in which their names first occur. */
size_t flame_archive_count(const struct flame_archive *archive);
struct flame_archived flame_archive_get(const struct flame_archive *archive, size_t i);

/* Members that could not be read to their end, or whose bytes are known to be wrong: as many as
 * came are there. Nothing but these two calls gives them. */
size_t flame_archive_torn_count(const struct flame_archive *archive);
struct flame_archived flame_archive_torn(const struct flame_archive *archive, size_t i);

/* The member of that name, symbolic links followed, also those to folders, but not out of the
 * archive; an absolute target begins at its root. False: there is none, or it is no regular file.
 * Thread-safe, as all of these. */
bool flame_archive_find(const struct flame_archive *archive, struct flame_str name,
                        struct flame_archived *found);

/* NULL is allowed. */
void flame_archive_close(struct flame_archive *archive);

#endif
