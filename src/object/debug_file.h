/* debug_file.h: which files name a user program, library or kernel module. */
#ifndef FLAME_OBJECT_DEBUG_FILE_H
#define FLAME_OBJECT_DEBUG_FILE_H

#include "object.h"

/* Load the symbols of an object that was mapped from a path (FLAME_OBJECT_ELF,
 * FLAME_OBJECT_MODULE). Sets state, used, found_id. Returns FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_object_load_path(struct flame_object *object,
                                         const struct flame_object_request *request,
                                         const struct flame_symbol_places *places);

/* Use one file that was verified for all (vDSO): state becomes NAMED or STRIPPED, and the file
 * stays open. Returns FLAME_OK or FLAME_NOMEM. */
struct flame_source;
enum flame_status flame_object_use(struct flame_object *object, struct flame_source *source,
                                   const char *path);

/* The same of files whose roles are known: names have the symbols, runtime is the mapped file;
 * names NULL: runtime has both, perhaps packed inside. If it turns out to have no table of symbols,
 * one of its build-id is looked for in places, unless NULL, as for what was mapped from the path
 * name. What becomes the object's is taken from the sources, which the caller closes. */
struct flame_object_files {
    struct flame_source *names, *runtime;
    const char *names_path, *runtime_path;
    struct flame_str name;
    const struct flame_symbol_places *places;
};
enum flame_status flame_object_use_files(struct flame_object *object,
                                         const struct flame_object_files *files);

#endif
