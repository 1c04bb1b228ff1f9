/* pipeline_deferred.h: user call chains that were recorded later than their samples.
 *
 * Such a sample's chain ends in a mark and a cookie; when its thread returns to user space, a
 * CALLCHAIN_DEFERRED record with that cookie brings the rest. Private to src/pipeline*.c. */
#ifndef FLAME_PIPELINE_DEFERRED_H
#define FLAME_PIPELINE_DEFERRED_H

#include "intern.h"
#include "order.h"

#include <flamedata/limits.h>

/* One such record; chain is an id in chains. */
struct flame_deferred_chain {
    struct flame_moment when;
    uint64_t cookie;
    int32_t tid;
    uint32_t chain;
};

/* All of a recording. chains holds words in the file's byte order, equal ones once. kept_bytes is
 * what was copied for records whose bytes don't live as long as the file, most_bytes its limit. */
struct flame_deferred {
    FLAME_VEC(struct flame_deferred_chain) list;
    struct flame_intern chains;
    uint64_t kept_bytes, most_bytes;
};

/* limits may be NULL. */
void flame_deferred_init(struct flame_deferred *deferred, const struct flame_limits *limits);
void flame_deferred_deinit(struct flame_deferred *deferred);

/* Take in a CALLCHAIN_DEFERRED record. in_file: its bytes live as long as the file; those of other
 * records are bounded. FLAME_OK, FLAME_NOMEM, or FLAME_LIMIT: error says so, and it was left out.
 */
enum flame_status flame_deferred_add(struct flame_deferred *deferred,
                                     const struct flame_record *record, const char *path,
                                     bool in_file, bool timed, struct flame_error *error);

/* Sort, once all are there; before that nothing is found. */
void flame_deferred_sort(struct flame_deferred *deferred);

/* The chain that the thread's next record after when has for the cookie: words, and how many in
 * *count; NULL when there is none. Thread-safe. */
const uint8_t *flame_deferred_find(const struct flame_deferred *deferred, int32_t tid,
                                   uint64_t cookie, struct flame_moment when, uint64_t *count);

#endif
