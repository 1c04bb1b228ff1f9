/* pipeline_pack_lists.h: lists of symbols, cut down to the lines in use. Private to
 * src/pipeline_pack*.c. */
#ifndef FLAME_PIPELINE_PACK_LISTS_H
#define FLAME_PIPELINE_PACK_LISTS_H

#include "pipeline_pack_hits.h"

#include <flamedata/output.h>

/* Write the lines of the kernel's list that object was loaded from: those of the functions that
 * were hit, those that these end at, and the symbol that the recording is pinned to; at the
 * addresses of the recording. whole: all lines. What addresses were named by the list, they are
 * named by these lines. *there is false where the list is gone. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_pack_put_kernel(struct flame_output *out, const struct flame_session *s,
                                        const struct flame_object *object,
                                        const struct flame_object_request *request,
                                        const struct flame_pack_use *use, bool whole, bool *there);

/* The same of a perf-PID.map: the lines of what was hit. */
enum flame_status flame_pack_put_jit_map(struct flame_output *out, const struct flame_session *s,
                                         const struct flame_object *object,
                                         const struct flame_pack_use *use, bool *there);

#endif
