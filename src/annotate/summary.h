/* summary.h: a function's hits by source line, and by inlined function. */
#ifndef FLAME_ANNOTATE_SUMMARY_H
#define FLAME_ANNOTATE_SUMMARY_H

#include "arena.h"
#include "place_set.h"

#include <flamedata/annotate.h>

/* Fill in lines and inlined of a function whose instructions are complete; sets, offsets from
 * start, are those of stacks that are at several places of it: each counts once in a line. FLAME_OK
 * or FLAME_NOMEM. */
enum flame_status flame_summarize(struct flame_annotated *function, size_t event_count,
                                  const struct flame_place_set *sets, size_t set_count,
                                  struct flame_arena *arena);

#endif
