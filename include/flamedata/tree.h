/* flamedata/tree.h: stacks merged by common callers (or callees), ready to be laid out. */
#ifndef FLAMEDATA_TREE_H
#define FLAMEDATA_TREE_H

#include <flamedata/stack.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define FLAME_TREE_NONE UINT32_MAX

/* One box of a flame graph. Nodes are in pre-order: a node's first child, if any, is the next node,
 * and its subtree is nodes [i, i + subtree). Siblings are sorted by frame id (so by name), but for
 * FLAME_TREE_IN_ORDER.
 *
 * frame  index into the stacks' frames; FLAME_TREE_NONE for the root, node 0
 * depth  0 for the root
 * total, self            weight of the subtree, and of stacks that end here
 * total_samples, self_samples  the same in samples */
struct flame_node {
    uint32_t frame, parent, depth, subtree;
    uint64_t total, self, total_samples, self_samples;
};

/* ends    ends[stack_count]: the node that a stack ends at
 * deltas  deltas[node_count]: by how much more than before (stacks->before) the stacks weigh that
 *         end at a node; NULL: nothing is compared
 * stacks  borrowed: names and unit */
struct flame_tree {
    struct flame_node *nodes;
    size_t node_count;
    uint32_t max_depth;
    const struct flame_stacks *stacks;
    uint32_t *ends;
    int64_t *deltas;
};

/* Which end of the stacks the tree grows from. */
enum flame_tree_order {
    FLAME_TREE_CALLERS_FIRST, /* root of the stack at the root of the tree */
    FLAME_TREE_LEAF_FIRST,    /* FlameGraph's --reverse: leaves merged */
    FLAME_TREE_IN_ORDER,      /* --flamechart: as the stacks come, only neighbours merged */
};

/* Merge stacks into tree. stacks must outlive it. Returns FLAME_OK, FLAME_NOMEM, or FLAME_LIMIT
 * when the nodes would pass 2^32 - 2; the tree is then all-zero. */
enum flame_status flame_tree_build(struct flame_tree *tree, const struct flame_stacks *stacks,
                                   enum flame_tree_order order, struct flame_error *error);
void flame_tree_free(struct flame_tree *tree);

/* inferno's --base: the stacks that have a frame of one of these names (with or without its mark),
 * from the innermost such frame on. Frames and ids are those of stacks, which has to outlive it;
 * stacks are numbered anew, and may be equal. To be freed; NULL: FLAME_NOMEM. No stack may be left.
 */
struct flame_stacks *flame_stacks_cut(const struct flame_stacks *stacks, const char *const *names,
                                      size_t count, struct flame_error *error);
/* stacks may be NULL. */
void flame_stacks_cut_free(struct flame_stacks *stacks);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
