/* pipeline_early.h: counting a compressed recording while it is indexed. Private to
 * src/pipeline*.c.
 */
#ifndef FLAME_PIPELINE_EARLY_H
#define FLAME_PIPELINE_EARLY_H

#include "pipeline.h"

/* Whether it is worth a try: the recording is compressed, and nothing that comes late in it is
 * known to be needed for counting. */
bool flame_early_fits(const struct flame_session *s);

/* Walk over the recording, which calls the functions below, and count on the session's threads
 * meanwhile. Afterwards s->counted says whether all samples were counted, and all records applied;
 * if not, the session is as after walk alone. Returns FLAME_OK, FLAME_NOMEM, or what walk said. */
enum flame_status flame_early_run(struct flame_session *s,
                                  enum flame_status (*walk)(struct flame_session *s));

/* All of these do nothing unless flame_early_run is at work. */

/* A side-band record, whose bytes live as long as the session. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_early_record(struct flame_session *s, const struct flame_pending *pending);

/* A block, whose side-band records were handed over before. Of a block that was decompressed the
 * buffer is taken, too, and another one left there. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_early_block(struct flame_session *s, const struct flame_perf_block *block,
                                    struct flame_perf_buffer *buffer);

/* Something came that would have had to be known before. When it returns nobody counts any more. */
void flame_early_give_up(struct flame_session *s);

#endif
