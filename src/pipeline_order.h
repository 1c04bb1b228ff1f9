/* pipeline_order.h: the samples one by one, in the order in which perf hands them out, and what
 * those that read counters stand for. Private to src/pipeline*.c. */
#ifndef FLAME_PIPELINE_ORDER_H
#define FLAME_PIPELINE_ORDER_H

#include "pipeline.h"

/* Takes a sample, whose bytes last until it returns; path is its file's. Any other status than
 * FLAME_OK ends the walk. */
typedef enum flame_status flame_sample_taker(void *user, const struct flame_sample *sample,
                                             const char *path);

/* Walk the recording and give its samples to take, once it is indexed. Those that cannot be decoded
 * are noted in s->bad; those that come behind their time, because too many waited for their turn,
 * in s->verdict.out_of_order. FLAME_OK, FLAME_NOMEM, or what take said. */
enum flame_status flame_pipeline_in_order(struct flame_session *s, flame_sample_taker *take,
                                          void *user);

#endif
