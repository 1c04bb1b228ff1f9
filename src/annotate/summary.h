/* summary.h: a function's hits by source line, and by inlined function. */
#ifndef FLAME_ANNOTATE_SUMMARY_H
#define FLAME_ANNOTATE_SUMMARY_H

#include "arena.h"

#include <flamedata/annotate.h>

/* Fill in lines and inlined of a function whose instructions are complete; ranked_by is the event
 * that decides what comes first. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_summarize(struct flame_annotated *function, size_t event_count,
                                  size_t ranked_by, struct flame_arena *arena);

#endif
