/* paint.c: see paint.h. Equal colours are one paint: most pictures need few. */
#include "paint.h"

#include "fail.h"
#include "intern.h"

#include <math.h>

enum { RAMP = 2 * FLAME_RAMP_STEPS + 1 };

/* The paints in the making.
 *
 * seen    the six bytes of each paint behind the ramp: an id is an index into list, less first
 * waking  [frame_count] of a palette that has wakers: whether all nodes of the frame are behind a
 *         separator */
struct mixing {
    struct flame_paints *paints;
    const struct flame_style *style;
    const struct flame_tree *tree;
    struct flame_intern seen;
    FLAME_VEC(struct flame_paint) list;
    size_t first;
    bool *waking;
};

/* The index of a paint; UINT32_MAX when memory is exhausted. */
static uint32_t add(struct mixing *m, struct flame_paint paint)
{
    const char key[] = { (char)paint.light.r, (char)paint.light.g, (char)paint.light.b,
                         (char)paint.dark.r,  (char)paint.dark.g,  (char)paint.dark.b };
    uint32_t id = flame_intern_add(&m->seen, (struct flame_str){ key, sizeof key });
    if (id == FLAME_INTERN_NONE)
        return UINT32_MAX;
    if (m->first + id == m->list.count && !flame_vec_push(&m->list, paint))
        return UINT32_MAX;
    return (uint32_t)m->first + id;
}

/* FlameGraph's separators between the stacks of a chain; false when the frame is none. */
static bool separator_paint(struct flame_str name, struct flame_paint *paint)
{
    bool one = flame_str_is(name, "-"), two = flame_str_is(name, "--");
    uint8_t grey = one ? 200 : 160;
    if (one || two)
        *paint = flame_paint_from((struct flame_rgb){ grey, grey, grey });
    return one || two;
}

static struct flame_paint frame_paint(const struct mixing *m, size_t f)
{
    const struct flame_style *style = m->style;
    const struct flame_frame *frame = &m->tree->stacks->frames[f];
    struct flame_rgb known;
    if (flame_palette_map_find(&style->map, frame->name, &known))
        return flame_paint_from(known);
    unsigned shade = flame_shade_of(flame_unmarked(frame->name), &style->chance);
    switch (flame_palette_by(style->palette)) {
    case FLAME_PALETTE_BY_KIND:
        return flame_kind_paint(frame->kind, shade);
    case FLAME_PALETTE_BY_OBJECT:
        return flame_object_paint(frame->object, shade);
    case FLAME_PALETTE_BY_NAME:
        break;
    }
    return flame_paint_from(
        flame_colour_of(style->palette, frame, m->waking && m->waking[f], &style->chance));
}

/* As add. */
static uint32_t add_frame(struct mixing *m, size_t f)
{
    struct flame_paint grey;
    if (separator_paint(m->tree->stacks->frames[f].name, &grey))
        return add(m, grey);
    return m->first ? FLAME_RAMP_STEPS : add(m, frame_paint(m, f));
}

/* Which frames occur behind "--" alone. Nodes are in pre-order: what is deeper than the separator,
 * up to the next node that is not, is behind it. */
static bool find_wakers(struct mixing *m)
{
    const struct flame_tree *tree = m->tree;
    size_t frames = tree->stacks->frame_count;
    uint32_t separator = UINT32_MAX; /* its depth */
    m->waking = malloc(frames + 1);
    if (!m->waking)
        return false;
    memset(m->waking, true, frames + 1);
    for (size_t i = 1; i < tree->node_count; i++) {
        const struct flame_node *node = &tree->nodes[i];
        if (node->depth <= separator)
            separator = UINT32_MAX;
        if (separator == UINT32_MAX)
            m->waking[node->frame] = false;
        if (separator == UINT32_MAX && flame_str_is(tree->stacks->frames[node->frame].name, "--"))
            separator = node->depth;
    }
    return true;
}

static bool put_ramp(struct mixing *m)
{
    for (int step = -FLAME_RAMP_STEPS; step <= FLAME_RAMP_STEPS; step++) {
        if (!flame_vec_push(&m->list, flame_change_paint((double)step / FLAME_RAMP_STEPS)))
            return false;
    }
    m->first = RAMP;
    return true;
}

static bool put_frames(struct mixing *m)
{
    struct flame_paints *paints = m->paints;
    size_t count = m->tree->stacks->frame_count;
    if (flame_palette_has_wakers(m->style->palette) && !find_wakers(m))
        return false;
    paints->of_frame = calloc(count + 1, sizeof *paints->of_frame);
    if (!paints->of_frame)
        return false;
    for (size_t f = 0; f < count; f++)
        if ((paints->of_frame[f] = add_frame(m, f)) == UINT32_MAX)
            return false;
    paints->root = add(m, flame_kind_paint(FLAME_KIND_ROOT, 0));
    return paints->root != UINT32_MAX;
}

static double most_change(const struct flame_tree *tree)
{
    double most = 1;
    for (size_t i = 0; i < tree->node_count; i++)
        most = fmax(most, fabs((double)tree->deltas[i]));
    return most;
}

enum flame_status flame_paints_make(struct flame_paints *paints, const struct flame_style *style,
                                    const struct flame_tree *tree, struct flame_error *error)
{
    struct mixing m = { .paints = paints, .style = style, .tree = tree };
    *paints = (struct flame_paints){
        .by = style->look->diffusion ? FLAME_PAINTS_BY_WIDTH
              : tree->deltas         ? FLAME_PAINTS_BY_DELTA
                                     : FLAME_PAINTS_BY_FRAME,
        .most_delta = tree->deltas ? most_change(tree) * (style->look->negate ? -1 : 1) : 1,
        .whole = tree->node_count ? (double)tree->nodes[0].total : 1,
    };
    flame_intern_init(&m.seen);
    bool ok = (paints->by == FLAME_PAINTS_BY_FRAME || put_ramp(&m)) && put_frames(&m);
    paints->list = m.list.items;
    paints->count = m.list.count;
    ok = ok && flame_paint_keys_make(paints, style, tree);
    flame_intern_deinit(&m.seen);
    free(m.waking);
    if (ok)
        return FLAME_OK;
    flame_paints_free(paints);
    return flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
}

void flame_paints_free(struct flame_paints *paints)
{
    free(paints->of_frame);
    free(paints->list);
    free(paints->keys);
    *paints = (struct flame_paints){ 0 };
}

uint32_t flame_paint_of(const struct flame_paints *paints, const struct flame_tree *tree,
                        size_t node)
{
    const struct flame_node *n = &tree->nodes[node];
    uint32_t plain = n->frame == FLAME_TREE_NONE ? paints->root : paints->of_frame[n->frame];
    struct flame_paint grey;
    if (paints->by == FLAME_PAINTS_BY_FRAME ||
        (n->frame != FLAME_TREE_NONE &&
         separator_paint(tree->stacks->frames[n->frame].name, &grey)))
        return plain;
    double share = paints->by == FLAME_PAINTS_BY_WIDTH
                       ? sqrt((double)n->total / paints->whole)
                       : (double)tree->deltas[node] / paints->most_delta;
    return (uint32_t)(FLAME_RAMP_STEPS + (int)floor(share * FLAME_RAMP_STEPS + 0.5));
}
