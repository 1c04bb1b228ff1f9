/* layout.c: one walk over the tree that steps over what is too narrow. */
#include "layout.h"

#include "fail.h"
#include "vec.h"

/* What is left of a box that is being filled from the left. */
struct room {
    uint64_t at, end;
};

enum flame_status flame_layout_make(struct flame_layout *layout, const struct flame_tree *tree,
                                    double least, struct flame_error *error)
{
    FLAME_VEC(struct flame_box) boxes = { 0 };
    FLAME_VEC(struct room) rooms = { 0 }; /* rooms[d]: where the next node of depth d goes */
    *layout = (struct flame_layout){ 0 };
    if (!tree->node_count || !tree->nodes[0].total)
        return flame_fail(error, FLAME_EMPTY, NULL, FLAME_NO_OFFSET, "no weight to draw");
    layout->whole = tree->nodes[0].total;
    if (!flame_vec_push(&rooms, (struct room){ 0, layout->whole }))
        goto nomem;
    for (size_t i = 0; i < tree->node_count;) {
        const struct flame_node *node = &tree->nodes[i];
        struct room *room = &rooms.items[node->depth];
        uint64_t start = room->at, left = room->end - room->at;
        uint64_t width = node->total < left ? node->total : left;
        room->at += width;
        if (i && (!width || (double)width < least)) {
            i += node->subtree;
            continue;
        }
        uint64_t self = node->self < width ? node->self : width;
        rooms.count = (size_t)node->depth + 1;
        if (!flame_vec_push(&boxes, (struct flame_box){ (uint32_t)i, start, width }) ||
            !flame_vec_push(&rooms, (struct room){ start + self, start + width }))
            goto nomem;
        if (node->depth > layout->max_depth)
            layout->max_depth = node->depth;
        i++;
    }
    layout->boxes = boxes.items;
    layout->count = boxes.count;
    flame_vec_free(&rooms);
    return FLAME_OK;
nomem:
    flame_vec_free(&boxes);
    flame_vec_free(&rooms);
    *layout = (struct flame_layout){ 0 };
    return flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
}

void flame_layout_free(struct flame_layout *layout)
{
    free(layout->boxes);
    *layout = (struct flame_layout){ 0 };
}
