/* path_list.h: a list of places to look into, in order. */
#ifndef FLAME_OBJECT_PATH_LIST_H
#define FLAME_OBJECT_PATH_LIST_H

#include "arena.h"
#include "vec.h"

#include <flamedata/record.h>

/* failed is sticky: memory was exhausted while adding. */
struct flame_paths {
    FLAME_VEC(char *) list;
    struct flame_arena arena;
    bool failed;
};

void flame_paths_init(struct flame_paths *paths);
void flame_paths_deinit(struct flame_paths *paths);

/* Add a path, as printf. One longer than PATH_MAX is left out. */
void flame_paths_add(struct flame_paths *paths, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Add the file called leaf of that build-id in perf's cache; leaf "" is the entry itself, which old
 * perf made a link to the file. dir may be NULL: nothing is added. */
void flame_paths_add_cached(struct flame_paths *paths, const char *dir,
                            const struct flame_build_id *id, const char *leaf);

#endif
