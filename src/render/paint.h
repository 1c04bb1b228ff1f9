/* paint.h: what the frames of one picture are painted with.
 *
 * A paint is a number into a short list of colours, so that a drawing can name it by a class, and a
 * table of frames by a small number. Mostly it is a matter of the frame (its name, kind and
 * object). In a differential picture, and with --colordiffusion, it is a matter of the node: then
 * the list begins with a ramp of colours, and a node's place on it follows from a number between -1
 * and 1 that the script of a picture can compute, too. */
#ifndef FLAME_RENDER_PAINT_H
#define FLAME_RENDER_PAINT_H

#include "colour.h"
#include "look.h"

enum { FLAME_RAMP_STEPS = 32 }; /* on each side of zero */

enum flame_paints_by {
    FLAME_PAINTS_BY_FRAME,
    FLAME_PAINTS_BY_DELTA, /* node's delta / most_delta */
    FLAME_PAINTS_BY_WIDTH, /* the square root of node's total / whole */
};

/* An entry of the legend: the paint of what is called name. */
struct flame_paint_key {
    struct flame_str name;
    uint32_t paint;
    uint64_t weight;
};

/* of_frame    of_frame[frame_count] of the stacks, an index into list; with a ramp its middle, but
 *             for separators
 * list        [count]; distinct. With a ramp, list[FLAME_RAMP_STEPS + s] is its step s, from
 *             -FLAME_RAMP_STEPS to FLAME_RAMP_STEPS
 * root        the paint of the root
 * by          what a node's paint follows from
 * most_delta  the greatest difference, at least 1; negative where the change is that from the
 *             second profile to the first (--negate)
 * whole       the tree's weight
 * keys        [key_count]: the legend; kinds in their order, or objects, the heaviest first; of
 *             differences less and more; none of a palette by name, and by width. Names are
 *             borrowed from the stacks */
struct flame_paints {
    uint32_t *of_frame;
    struct flame_paint *list;
    size_t count;
    uint32_t root;
    enum flame_paints_by by;
    double most_delta, whole;
    struct flame_paint_key *keys;
    size_t key_count;
};

/* Choose the paints of a tree's frames, as style has it. FLAME_OK or FLAME_NOMEM; paints are then
 * all-zero. */
enum flame_status flame_paints_make(struct flame_paints *paints, const struct flame_style *style,
                                    const struct flame_tree *tree, struct flame_error *error);
void flame_paints_free(struct flame_paints *paints);

/* Fill in keys from the rest; false when memory is exhausted. flame_paints_make calls it. */
bool flame_paint_keys_make(struct flame_paints *paints, const struct flame_style *style,
                           const struct flame_tree *tree);

/* The paint of a node of that tree. A script finds the same: step = floor(share *
 * FLAME_RAMP_STEPS + 0.5), but FlameGraph's separators - and -- keep the paint of their frame. */
uint32_t flame_paint_of(const struct flame_paints *paints, const struct flame_tree *tree,
                        size_t node);

#endif
