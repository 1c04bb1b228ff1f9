/* columns_samples.h: the samples of a recording as columns of numbers, for the script of a page.
 *
 * docs/formats/columns.md has the layout. */
#ifndef FLAME_RENDER_COLUMNS_SAMPLES_H
#define FLAME_RENDER_COLUMNS_SAMPLES_H

#include "columns.h"

#include <flamedata/session.h>

/* Put all samples; the tree, of their session's stacks, says which node each of them ends at. Where
 * all events were counted as one, so are the samples'. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_columns_samples(struct flame_columns *columns,
                                        const struct flame_samples *samples,
                                        const struct flame_tree *tree);

#endif
