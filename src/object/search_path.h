/* search_path.h: where the files of the recorded machine may be, in order: all that is spelled as a
 * path, in one place. docs/symbols.md says the same to users.
 *
 * Whatever is found still has to be checked for its build-id: nothing here opens a file. Where
 * paths of the recorded machine are asked for, it is as that machine spells them; with --symfs they
 * are looked for below that folder, or (flat) in it, and links lead where they led there. */
#ifndef FLAME_OBJECT_SEARCH_PATH_H
#define FLAME_OBJECT_SEARCH_PATH_H

#include "object.h"
#include "path_list.h"

/* Add a path of the recorded machine, as printf: where that is here. */
void flame_search_add(struct flame_paths *paths, const struct flame_symbol_places *places,
                      const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Add a path of this machine: folder, of a file that was found or as the user named it, and behind
 * it, as printf, what a file says. With symfs, what begins there stays there, and what begins
 * elsewhere is not added if it goes up. */
void flame_search_add_from(struct flame_paths *paths, const struct flame_symbol_places *places,
                           struct flame_str folder, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Add the file called leaf of that build-id in perf's cache: as flame_paths_add_cached, but symfs,
 * where the cache is in it, is not left. */
void flame_search_add_cached(struct flame_paths *paths, const struct flame_symbol_places *places,
                             const struct flame_build_id *id, const char *leaf);

/* Add path, "/..." as printf, below each of the folders of debug files: those that were named, then
 * the recorded machine's /usr/lib/debug. */
void flame_search_add_debug(struct flame_paths *paths, const struct flame_symbol_places *places,
                            const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Add the debug file of that build-id in each of these folders. */
void flame_search_add_debug_id(struct flame_paths *paths, const struct flame_symbol_places *places,
                               const struct flame_build_id *id);

/* What may name a program, a library or a module, in the order in which it is looked for. */
enum flame_search_group {
    FLAME_SEARCH_LINKED, /* what its .gnu_debuglink names */
    FLAME_SEARCH_BY_ID,  /* perf's cache, folders of debug files; then comes the file itself */
    FLAME_SEARCH_LAST,   /* odd places of debug files */
    FLAME_SEARCH_LAYERS, /* of containers; not with symfs */
    FLAME_SEARCH_DEPOT,  /* archives, folders of binaries, what was fetched */
};

/* path  of the recorded machine, from its root
 * id    of the file that is looked for; size 0: not known
 * link  the name in .gnu_debuglink; empty: none */
struct flame_search_target {
    const char *path;
    struct flame_build_id id;
    struct flame_str link;
};

/* Add a group. Only FLAME_SEARCH_LINKED has anything for a file without an id. */
void flame_search_add_group(struct flame_paths *paths, const struct flame_symbol_places *places,
                            enum flame_search_group group,
                            const struct flame_search_target *target);

/* Add where a vmlinux of that build-id may be: the one that was named, perf's cache, the recorded
 * machine's folders. */
void flame_search_add_images(struct flame_paths *paths, const struct flame_symbol_places *places,
                             const struct flame_build_id *id);

/* The vmlinux that was named, and those that are called after the recorded release. */
void flame_search_add_named_images(struct flame_paths *paths,
                                   const struct flame_symbol_places *places);

/* Add lists of the symbols of that kernel in perf's cache. */
void flame_search_add_lists(struct flame_paths *paths, const struct flame_symbol_places *places,
                            const struct flame_build_id *id);

/* The file called leaf ("kcore", "kallsyms", "modules") of each copy of that kernel's memory that
 * perf's cache has, by name: one folder for each time of copying. */
void flame_search_add_copies(struct flame_paths *paths, const struct flame_symbol_places *places,
                             const struct flame_build_id *id, const char *leaf);

/* A vDSO in perf's cache. */
void flame_search_add_vdsos(struct flame_paths *paths, const struct flame_symbol_places *places,
                            const struct flame_build_id *id);

/* What is found by the build-id alone, whatever it is; and the lists of that kernel's symbols. To
 * be asked for last: archives are read for it. */
void flame_search_add_depot(struct flame_paths *paths, const struct flame_symbol_places *places,
                            const struct flame_build_id *id);
void flame_search_add_depot_lists(struct flame_paths *paths,
                                  const struct flame_symbol_places *places,
                                  const struct flame_build_id *id);

/* Where the folder of path ends, which has a slash: it is path[0..n), without the last slash. */
int flame_search_folder(const char *path);

#endif
