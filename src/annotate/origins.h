/* origins.h: where instructions come from: their source lines, and functions inlined there. */
#ifndef FLAME_ANNOTATE_ORIGINS_H
#define FLAME_ANNOTATE_ORIGINS_H

#include "instructions.h"
#include "sources.h"

/* Fill in source, line and inlined, of which neighbours from one place have the same array. code's
 * address, offset and lines are what it takes; it needs no bytes. *known: some instruction has a
 * source. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_origins_find(const struct flame_instructions *instructions,
                                     const struct flame_code *code, struct flame_code_file *file,
                                     struct flame_sources *sources, struct flame_arena *arena,
                                     bool *known);

#endif
