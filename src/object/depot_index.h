/* depot_index.h: which files have which build-id: of archives, and of folders, read once. */
#ifndef FLAME_OBJECT_DEPOT_INDEX_H
#define FLAME_OBJECT_DEPOT_INDEX_H

#include "arena.h"
#include "vec.h"

#include <flamedata/error.h>
#include <flamedata/record.h>
#include <limits.h>

struct flame_archive;

/* What a file has, that others of the same id may lack. */
enum {
    FLAME_DEPOT_CODE = 1,
    FLAME_DEPOT_DEBUG_INFO = 2,
    FLAME_DEPOT_SYMBOLS = 4,
};

/* id     padded with zeros
 * has    a sum of FLAME_DEPOT_...
 * path   virtual in an archive: "ARCHIVE!/member"
 * order  of the place that it is in */
struct flame_depot_entry {
    uint8_t id[FLAME_BUILD_ID_MAX];
    unsigned has;
    const char *path;
    size_t order;
};

/* entries  by id, then what has more, order and path, once settled
 * failed   memory was exhausted */
struct flame_depot_index {
    struct flame_arena arena;
    FLAME_VEC(struct flame_depot_entry) entries;
    bool failed;
};

void flame_depot_index_init(struct flame_depot_index *index);
void flame_depot_index_deinit(struct flame_depot_index *index);

/* Of a file of which no more is known. */
struct flame_depot_entry flame_depot_entry(const struct flame_build_id *id, const char *path,
                                           size_t order);

/* The path of an archive's member; false when it is too long. */
bool flame_depot_virtual_path(const char *archive, struct flame_str member, char out[PATH_MAX]);

/* Add the ELF files of an archive that is called path, or below a folder. error, unless FLAME_OK is
 * in it afterwards, says what of the folder could not be looked through. */
void flame_depot_index_archive(struct flame_depot_index *index, size_t order, const char *path,
                               const struct flame_archive *archive);
void flame_depot_index_folder(struct flame_depot_index *index, size_t order, const char *path,
                              struct flame_error *error);

void flame_depot_index_settle(struct flame_depot_index *index);

/* The entries that a recorded id may mean: items[i..i + the result). */
size_t flame_depot_index_find(const struct flame_depot_index *index,
                              const struct flame_build_id *id, size_t *first);

#endif
