/* archive_names.h: what the names in an archive stand for. */
#ifndef FLAME_ARCHIVE_ARCHIVE_NAMES_H
#define FLAME_ARCHIVE_ARCHIVE_NAMES_H

#include "intern.h"

#include <flamedata/error.h>

enum flame_archive_kind {
    FLAME_ARCHIVE_OTHER, /* no file, or not any more */
    FLAME_ARCHIVE_FILE,
    FLAME_ARCHIVE_TORN, /* a file that could not be read to its end */
    FLAME_ARCHIVE_LINK, /* symbolic */
};

/* target  of a link
 * at      where a file's bytes begin in the spool; sparse: not all of them were in the archive */
struct flame_archive_member {
    enum flame_archive_kind kind;
    struct flame_str target;
    uint64_t at, size, changed_ns;
    bool sparse;
};

/* Bytes of all names and targets. */
enum { FLAME_ARCHIVE_NAMES_MAX = 128 << 20 };

/* names    "a/b": components with one slash between them
 * members  by id of the name
 * size     of names and targets */
struct flame_archive_names {
    struct flame_intern names;
    FLAME_VEC(struct flame_archive_member) members;
    size_t size;
};

void flame_archive_names_init(struct flame_archive_names *names);
void flame_archive_names_deinit(struct flame_archive_names *names);

/* From now on name is member; a torn one takes no other's name. A name with "..", or one that is
 * too long, is left out: nothing in an archive needs it. Returns FLAME_OK, FLAME_LIMIT (names are
 * too long together) or FLAME_NOMEM. */
enum flame_status flame_archive_names_set(struct flame_archive_names *names, struct flame_str name,
                                          const struct flame_archive_member *member);

/* Make member a link to target, which is copied. The same errors. */
enum flame_status flame_archive_names_link(struct flame_archive_names *names,
                                           struct flame_str target,
                                           struct flame_archive_member *member);

/* Make member the same as target, as it is now; FLAME_ARCHIVE_OTHER when that is not known. */
void flame_archive_names_same(const struct flame_archive_names *names, struct flame_str target,
                              struct flame_archive_member *member);

/* The id of the file that name leads to, links followed; FLAME_INTERN_NONE when there is none. */
uint32_t flame_archive_names_find(const struct flame_archive_names *names, struct flame_str name);

#endif
