/* pipeline_absent.h: what to say where no sample lies in the function that was asked for. Private
 * to src/pipeline*.c. */
#ifndef FLAME_PIPELINE_ABSENT_H
#define FLAME_PIPELINE_ABSENT_H

#include "match.h"
#include "pipeline_hits.h"

/* names: of hits' functions, by index; wanted: the symbol, or NULL: any. The verdict is complete.
 * Returns FLAME_EMPTY or FLAME_NOMEM, with error. */
enum flame_status flame_pipeline_absent(struct flame_session *s, const struct flame_hit_table *hits,
                                        const struct flame_match_name *names, const char *wanted,
                                        bool regex, struct flame_error *error);

#endif
