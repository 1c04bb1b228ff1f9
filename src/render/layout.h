/* layout.h: which frames of a tree can be seen, and where they lie, in units of weight.
 *
 * The horizontal axis is the weight itself, 0 .. total, so that nesting is exact and a drawing of
 * any width is one division away. As FlameGraph has it, what a frame weighs by itself lies to the
 * left of its children, and children are in order of their names. */
#ifndef FLAME_RENDER_LAYOUT_H
#define FLAME_RENDER_LAYOUT_H

#include <flamedata/tree.h>

/* node   index into the tree
 * start  weight to the left of it; the box is [start, start + width)
 * width  the node's total, cut where absurd weights have saturated */
struct flame_box {
    uint32_t node;
    uint64_t start, width;
};

/* boxes      in the tree's order: pre-order, the root first
 * max_depth  of the boxes, not of the tree
 * whole      width of the root, > 0 */
struct flame_layout {
    struct flame_box *boxes;
    size_t count;
    uint32_t max_depth;
    uint64_t whole;
};

/* Lay out the frames that weigh at least least; a frame that weighs nothing is never laid out, the
 * root always is. Costs time by what is laid out, since a subtree is never wider than its top.
 * Returns FLAME_OK, FLAME_EMPTY (the tree weighs nothing), FLAME_NOMEM. */
enum flame_status flame_layout_make(struct flame_layout *layout, const struct flame_tree *tree,
                                    double least, struct flame_error *error);
void flame_layout_free(struct flame_layout *layout);

#endif
