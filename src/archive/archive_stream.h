/* archive_stream.h: the members of a tar or zip archive, one after the other.
 *
 * What an archive may make of its bytes is limited before it is unpacked: a few of them can stand
 * for any number. */
#ifndef FLAME_ARCHIVE_STREAM_H
#define FLAME_ARCHIVE_STREAM_H

#include "fail.h"

#include <flamedata/str.h>
#include <locale.h>

struct archive;
struct archive_entry;

enum flame_member_kind {
    FLAME_MEMBER_NONE, /* a folder, a device: nothing that has bytes */
    FLAME_MEMBER_FILE,
    FLAME_MEMBER_SYMBOLIC, /* target is relative to the member's folder, or absolute */
    FLAME_MEMBER_HARD,     /* target is the name of a member that came before */
};

/* name, target  as they stand in the archive; valid until the next member
 * size          of a file: how long it is, holes and all; 0 where that is not known beforehand
 * changed_ns    since 1970; 0: not known */
struct flame_stream_member {
    enum flame_member_kind kind;
    struct flame_str name, target;
    uint64_t size, changed_ns;
};

/* path           for messages
 * unpacked       bytes so far, and how many there may be
 * header_left    what may still be read before the next member is known
 * block[block_left]  unpacked by packed, not yet handed to members
 * why            what went wrong below members, which libarchive would say less clearly */
struct flame_archive_stream {
    const char *path;
    struct archive *packed, *members;
    uint64_t *unpacked, unpacked_max, header_left;
    const uint8_t *block;
    size_t block_left;
    locale_t names, before;
    struct flame_error why;
};

enum flame_stream_step {
    FLAME_STREAM_ONE,     /* a member, or a piece of it */
    FLAME_STREAM_END,     /* there are no more */
    FLAME_STREAM_DAMAGED, /* this one cannot be read, others may follow; error says why */
    FLAME_STREAM_BROKEN,  /* nothing more can be read; error says why */
};

/* Begin with an archive of which nothing was unpacked. bytes[size], path and *unpacked, to which is
 * added, are borrowed until close. It must be closed by the same thread: names are read in a locale
 * of its own. Returns FLAME_OK, FLAME_FORMAT (not an archive) or FLAME_NOMEM; unless FLAME_OK,
 * nothing is open. */
enum flame_status flame_stream_open(struct flame_archive_stream *stream, const uint8_t *bytes,
                                    size_t size, const char *path, uint64_t *unpacked,
                                    uint64_t unpacked_max, struct flame_error *error);

/* The next member. Its bytes must be read to their end first. */
enum flame_stream_step flame_stream_next(struct flame_archive_stream *stream,
                                         struct flame_stream_member *member,
                                         struct flame_error *error);

/* The next piece of its bytes, size > 0, at an offset; what is between pieces is zeros. Valid until
 * the next call. */
enum flame_stream_step flame_stream_piece(struct flame_archive_stream *stream,
                                          const uint8_t **bytes, size_t *size, uint64_t *offset,
                                          struct flame_error *error);

void flame_stream_close(struct flame_archive_stream *stream);

#endif
