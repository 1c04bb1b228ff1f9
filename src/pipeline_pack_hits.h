/* pipeline_pack_hits.h: what of each object samples have to do with. Private to
 * src/pipeline_pack*.c. */
#ifndef FLAME_PIPELINE_PACK_HITS_H
#define FLAME_PIPELINE_PACK_HITS_H

#include "pipeline.h"
#include "ranges.h"

/* Of one object; all zero: nothing.
 *
 * asked      it was loaded
 * symbols    [of the object's list]: which were hit
 * places     addresses of code that has no symbol, as offsets in the file; of a kernel all that
 *            were looked up. Settled */
struct flame_pack_use {
    bool asked;
    bool *symbols;
    struct flame_ranges places;
};

/* uses[dsos], by number. */
struct flame_pack_hits {
    struct flame_pack_use *uses;
    size_t count;
};

/* Look up all that was counted: every address of every stack, and of branches. FLAME_OK or
 * FLAME_NOMEM; hits are to be freed in any case. */
enum flame_status flame_pack_find_hits(struct flame_pack_hits *hits, struct flame_session *s);
void flame_pack_hits_free(struct flame_pack_hits *hits);

#endif
