/* pipeline_annotate.h: an annotation in the making. Private to pipeline_annotate*.c. */
#ifndef FLAME_PIPELINE_ANNOTATE_H
#define FLAME_PIPELINE_ANNOTATE_H

#include "pipeline_absent.h"
#include "pipeline_branches.h"
#include "pipeline_fetch.h"
#include "pipeline_hits.h"

/* Room for a function's name. */
enum { FLAME_ANNOTATION_NAME = 1 << 16 };

/* A function that matches, and what orders it: where a share of the weight is wanted, its largest
 * share of any event's; else 0, and its hits of the first event, and of all. */
struct flame_candidate {
    double share;
    struct flame_hits hits;
    uint64_t all_samples;
    struct flame_str name;
    const struct flame_dso *dso;
    uint64_t start;
    uint32_t dso_index, function;
};

/* out is what the caller sees.
 *
 * narrow  with callers, which objects' functions count
 * names   of hits.functions, by index
 * order   functions that match, hottest first
 * codes   by index of the object whose the symbols are; NULL: not opened */
struct flame_annotating {
    struct flame_annotation out;
    struct flame_annotate_options options;
    struct flame_fetch *fetch;
    struct flame_session *session;
    struct flame_filter narrow;
    struct flame_hit_table hits;
    struct flame_placed_branches branches;
    struct flame_sources sources;
    struct flame_match_name *names;
    FLAME_VEC(struct flame_candidate) order;
    struct flame_code_file **codes;
    char name[FLAME_ANNOTATION_NAME];
};

static inline const struct flame_dso *flame_annotating_dso(const struct flame_annotating *a,
                                                           uint32_t dso)
{
    return &a->session->timeline.dsos.list.items[dso];
}

static inline bool flame_annotating_by_share(const struct flame_annotating *a)
{
    return !a->options.symbol && a->options.share_percent > 0;
}

/* Name the functions that were hit. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_annotating_name(struct flame_annotating *a);

/* Put those that are wanted into order, the hottest first. FLAME_EMPTY: there are none, and error
 * says which are like it. */
enum flame_status flame_annotating_find(struct flame_annotating *a, struct flame_error *error);

#endif
