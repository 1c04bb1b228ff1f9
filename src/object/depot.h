/* depot.h: files that are found by what they are, and not by where they lie: in archives (perf
 * archive makes them), in folders of binaries, and among those that debuginfod fetched.
 *
 * Nothing is opened before the first question; then all archives are unpacked and all folders are
 * walked through, once; but not packs: these have parts of files, for their own recordings. A file
 * in an archive has a virtual path, "ARCHIVE!/member", that flame_depot_open understands. Whoever
 * opens a file still checks its build-id. Thread-safe, but for creating, adding places, and
 * freeing. */
#ifndef FLAME_OBJECT_DEPOT_H
#define FLAME_OBJECT_DEPOT_H

#include "file.h"
#include "path_list.h"

#include <flamedata/limits.h>

struct flame_depot;

/* NULL when memory is exhausted. */
struct flame_depot *flame_depot_create(void);

/* What archives and packed files may unpack to; borrowed. NULL: the defaults. */
void flame_depot_within(struct flame_depot *depot, const struct flame_limits *limits);

/* NULL: the defaults; of no depot (NULL), too. */
const struct flame_limits *flame_depot_limits(const struct flame_depot *depot);

/* NULL is allowed. Files that were opened must be closed before. */
void flame_depot_free(struct flame_depot *depot);

/* Add an archive, or a folder that is looked through with all those in it. Paths are copied. What
 * is not there is an error for flame_depot_error at once. False when memory is exhausted. */
bool flame_depot_add_archive(struct flame_depot *depot, const char *path);
bool flame_depot_add_folder(struct flame_depot *depot, const char *path);

/* Add an archive that is open, and stays open for as long as the depot is there. path is what its
 * members' paths begin with. */
struct flame_archive;
bool flame_depot_lend_archive(struct flame_depot *depot, const char *path,
                              struct flame_archive *archive);

/* Add the archives that lie beside a recording, if there are any: its path with ".tar.bz2", as perf
 * archive calls them, or another compression's. If it is a link, and there are none, those beside
 * what it leads to. */
bool flame_depot_add_beside(struct flame_depot *depot, const char *recording);

/* From now on path is a file of that build-id: one that was fetched. */
bool flame_depot_add_file(struct flame_depot *depot, const struct flame_build_id *id,
                          const char *path);

/* Add the paths of files with that recorded build-id: ELF files, programs as well as debug files,
 * whatever they are called; and packed ones that lie where perf's cache has them. Those with
 * symbols come first, then those with debug information, then those with code; of the same kind in
 * the order in which places were added, then by path, and not more than 16. depot may be NULL. When
 * memory is exhausted, paths->failed is set. */
void flame_depot_add_by_id(struct flame_depot *depot, const struct flame_build_id *id,
                           struct flame_paths *paths);

/* Add the paths of files of that name ("/[kernel.kallsyms]/ID/kallsyms"), one of each archive and
 * folder that has it, at its root or further down. depot may be NULL. */
void flame_depot_add_named(struct flame_depot *depot, const char *name, struct flame_paths *paths);

/* Open a path, virtual or not: as flame_file_open_plain. depot may be NULL. A virtual path's bytes
 * are borrowed from the depot. */
enum flame_status flame_depot_open(struct flame_depot *depot, const char *path,
                                   struct flame_file *file, struct flame_error *error);

/* When a path's bytes were last changed: as flame_file_changed_ns. */
uint64_t flame_depot_changed_ns(struct flame_depot *depot, const char *path);

/* Places that could not be opened, or not be read to their end, as far as they were asked: error i
 * of count. The path in it is the place's; both live as long as the depot. */
size_t flame_depot_error_count(struct flame_depot *depot);
const struct flame_error *flame_depot_error(struct flame_depot *depot, size_t i);

#endif
