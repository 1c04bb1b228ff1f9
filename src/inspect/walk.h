/* walk.h: every record of a recording, and every stretch that could not be read, in the order in
 * which they stand.
 *
 * Compressed records come too, each before what it holds. One block is in memory at a time. */
#ifndef FLAME_INSPECT_WALK_H
#define FLAME_INSPECT_WALK_H

#include "perf_data.h"

/* Whom to tell. Either returns false to end the walk.
 *
 * record  raw, and where it stands: raw->offset in its file or, of a decompressed one, `inside`
 *         bytes into what the compressed record at raw->offset gave. Valid during the call
 * loss    its error's offset may be FLAME_NO_OFFSET. One that goes on costing records is told when
 * it is known how much it was. Valid during the call */
struct flame_walker {
    bool (*record)(void *user, const struct flame_perf_raw *raw, bool compressed, uint64_t inside);
    bool (*loss)(void *user, const struct flame_loss *loss);
    void *user;
};

/* FLAME_OK, also when the walker ended it; FLAME_NOMEM with error filled in and said of path. */
enum flame_status flame_walk(const struct flame_perf_file *file, const struct flame_walker *walker,
                             const char *path, struct flame_error *error);

#endif
