/* pipeline_stacks.h: frames on their way to what is shown. Private to pipeline_stacks.c and
 * pipeline_join.c. */
#ifndef FLAME_PIPELINE_STACKS_H
#define FLAME_PIPELINE_STACKS_H

#include "pipeline.h"

#include <stdatomic.h>

/* One distinct frame of the rows, and what is shown for it. */
struct flame_shown {
    uint32_t frame;
    uint32_t name; /* id in the session's names, later the rank of that name */
    struct flame_frame_facts facts;
    bool root;  /* what stands below it has lost nothing */
    bool drawn; /* it is in stacks of the counted event */
    struct flame_str text;
};

struct flame_showing {
    struct flame_session *session;
    struct flame_trie *tries;
    size_t trie_count;
    FLAME_VEC(struct flame_shown) list;
    uint32_t *index_of_frame; /* index into list + 1 */
    atomic_size_t next;
    struct flame_arena *arenas; /* one per worker */
    uint32_t *thread_rank;      /* by id of the thread's name */
    uint32_t truncated_rank;    /* of TRUNCATED */
    atomic_bool failed;
};

static inline bool flame_is_thread(const struct flame_trie_node *node)
{
    return node->parent == FLAME_TRIE_ROOT;
}

static inline const struct flame_shown *flame_shown_of(const struct flame_showing *p,
                                                       const struct flame_trie_node *node)
{
    return &p->list.items[p->index_of_frame[node->frame] - 1];
}

/* Add a worker's trie to the one of all, in which frames are ranks; and to the verdict how its
 * stacks end, and what of them has no name. kept, or NULL, is what the worker kept: its stacks'
 * nodes become those of the trie of all. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_join_trie(const struct flame_showing *showing,
                                  const struct flame_trie *trie, struct flame_noted_part *kept,
                                  struct flame_trie *all);

#endif
