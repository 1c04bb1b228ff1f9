/* embedded.h: symbols that the recording itself carries, by the path of the file they are of.
 *
 * simpleperf took them from the very file that was running, so they need no check and come before
 * any file here. It took along those that its samples hit, with their sizes: an address that none
 * covers has no name. */
#ifndef FLAME_OBJECT_EMBEDDED_H
#define FLAME_OBJECT_EMBEDDED_H

#include "intern.h"
#include "object.h"
#include "symbol_file.h"

/* One file and its symbols in order, by its own vaddrs: however many objects have them (each
 * build-id of a path makes another), they share this table. */
struct flame_embedded_file {
    const struct flame_perf_symbol_file *file;
    struct flame_symbols symbols;
};

/* files[i] is the one whose path has id i in paths.
 *
 * recording  the path of the file that carries them
 * kernel     the kernel's; its file is NULL where there is none
 * kallsyms   its whole list, if that was recorded */
struct flame_embedded {
    const char *recording;
    struct flame_intern paths;
    FLAME_VEC(struct flame_embedded_file) files;
    struct flame_embedded_file kernel;
    struct flame_str kallsyms;
};

void flame_embedded_init(struct flame_embedded *embedded, const char *recording);
void flame_embedded_deinit(struct flame_embedded *embedded);

/* Add files, which must outlive this; of those with one path the first that has symbols counts.
 * FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_embedded_add(struct flame_embedded *embedded,
                                     const struct flame_perf_symbol_files *files);

/* Whether there are symbols for what is requested. Thread-safe, once nothing is added any more. */
bool flame_embedded_has(const struct flame_embedded *embedded,
                        const struct flame_object_request *request);

/* Load them into object, whose symbols are empty: it becomes NAMED, with the addressing that they
 * have; or stays as it is if there turn out to be none. A table that it shares lives as long as
 * embedded does, and does not move once nothing is added any more. FLAME_OK or FLAME_NOMEM.
 * Thread-safe. */
enum flame_status flame_embedded_load(const struct flame_embedded *embedded,
                                      struct flame_object *object,
                                      const struct flame_object_request *request);

#endif
