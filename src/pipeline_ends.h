/* pipeline_ends.h: where walks of copied stacks ended that reached no root, added up. Private to
 * src/pipeline*.c. */
#ifndef FLAME_PIPELINE_ENDS_H
#define FLAME_PIPELINE_ENDS_H

#include <flamedata/session.h>

/* Weights by reason and dso; the dso after the last stands for none in particular:
 * weights[why * (dsos + 1) + dso]. */
struct flame_walk_ends {
    uint64_t *weights;
    size_t dsos;
};

/* False when memory is exhausted. */
bool flame_walk_ends_init(struct flame_walk_ends *ends, size_t dsos);
void flame_walk_ends_deinit(struct flame_walk_ends *ends);

/* Sums stay at UINT64_MAX. dso above the last means none. */
void flame_walk_ends_add(struct flame_walk_ends *ends, enum flame_stack_end why, size_t dso,
                         uint64_t weight);
/* Add those of another, for as many dsos. */
void flame_walk_ends_join(struct flame_walk_ends *sum, const struct flame_walk_ends *part);

/* Write them into the session's verdict, with advice. FLAME_OK or FLAME_NOMEM. */
struct flame_session;
enum flame_status flame_pipeline_report_ends(struct flame_session *s);

#endif
