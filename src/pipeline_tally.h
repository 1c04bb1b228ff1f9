/* pipeline_tally.h: counted stacks to sums by place and thread, what a report is made of. Private
 * to src/pipeline*.c. */
#ifndef FLAME_PIPELINE_TALLY_H
#define FLAME_PIPELINE_TALLY_H

#include "hits.h"
#include "pipeline_sites.h"

/* What is told apart of threads. */
struct flame_who_keys {
    bool comm, pid, tid;
};

/* Whose samples. What is not told apart is 0; tid is also there where comm is FLAME_COMM_NONE. */
struct flame_who {
    uint32_t event, comm;
    int32_t pid, tid;
};

struct flame_tally_row {
    uint32_t who, site;
    struct flame_hits self, total;
};

/* whos, sites  struct flame_who and flame_site as bytes
 * keys         of the rows: who and site
 * unnamed      by event: of the stacks whose innermost function has no name
 * table        of the sites */
struct flame_tally {
    struct flame_intern whos, sites, keys;
    FLAME_VEC(struct flame_tally_row) rows;
    uint64_t *unnamed;
    struct flame_site_table table;
};

/* Add up what was counted, and weigh for the verdict what has no name and where stacks end. Events
 * are numbered below event_count by event_of_group[], UINT32_MAX: left out. FLAME_OK or
 * FLAME_NOMEM.
 */
enum flame_status flame_tally_fill(struct flame_tally *tally, struct flame_session *s,
                                   struct flame_who_keys who, struct flame_site_keys where,
                                   const uint32_t *event_of_group, size_t event_count);
/* Takes one that is all zero, too. */
void flame_tally_deinit(struct flame_tally *tally);

static inline struct flame_who flame_tally_who(const struct flame_tally *tally, uint32_t id)
{
    struct flame_who who;
    memcpy(&who, flame_intern_get(&tally->whos, id).ptr, sizeof who);
    return who;
}

static inline struct flame_site flame_tally_site(const struct flame_tally *tally, uint32_t id)
{
    struct flame_site site;
    memcpy(&site, flame_intern_get(&tally->sites, id).ptr, sizeof site);
    return site;
}

#endif
