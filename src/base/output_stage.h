/* output_stage.h: an output that changes bytes on their way to another. */
#ifndef FLAME_BASE_OUTPUT_STAGE_H
#define FLAME_BASE_OUTPUT_STAGE_H

#include <flamedata/output.h>

/* As flame_output_relay, and when it is committed (whole) or discarded, end is called once, behind
 * the last take, and frees user. NULL when memory is exhausted; end is then not called. */
struct flame_output *flame_output_stage(void (*take)(void *user, struct flame_str bytes),
                                        void (*end)(void *user, bool whole), void *user);

#endif
