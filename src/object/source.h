/* source.h: one file that may give symbols: opened, checked against the recorded build-id, its ELF
 * headers read. */
#ifndef FLAME_OBJECT_SOURCE_H
#define FLAME_OBJECT_SOURCE_H

#include "elf_file.h"
#include "file.h"

#include <flamedata/session.h>

struct flame_depot;

/* state   FLAME_OBJECT_NAMED: elf may be used; else MISSING, MISMATCH or UNREADABLE, and why not
 * id      the file's own; size 0 if it has none */
struct flame_source {
    enum flame_object_state state;
    struct flame_file file;
    struct flame_elf elf;
    struct flame_build_id id;
};

/* Open path, which may be xz-packed, or a virtual one of depot, which may be NULL and must outlive
 * source, and has the limits; what is no plain file (file.h) is UNREADABLE. want is the id that it
 * must have; NULL or size 0: any. The only failure is FLAME_NOMEM; everything else is a state. */
enum flame_status flame_source_open(struct flame_source *source, struct flame_depot *depot,
                                    const char *path, const struct flame_build_id *want);

/* The same from bytes that are already there, within the default limits; file is taken over,
 * whatever happens. */
enum flame_status flame_source_take(struct flame_source *source, struct flame_file file,
                                    const struct flame_build_id *want);

void flame_source_close(struct flame_source *source);

static inline bool flame_source_usable(const struct flame_source *source)
{
    return source->state == FLAME_OBJECT_NAMED && source->elf.handle;
}

#endif
