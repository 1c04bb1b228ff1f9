/* look.h: a flame_look with every default filled in. */
#ifndef FLAME_RENDER_LOOK_H
#define FLAME_RENDER_LOOK_H

#include "colour.h"
#include "text.h"

#include <flamedata/render.h>

/* What one drawing is made with. Lengths in px.
 *
 * width      of the picture as written; fluid when it may follow the window
 * least      weight below which a frame is not drawn
 * quantity   what follows a number: " samples"; empty for durations */
struct flame_style {
    const struct flame_look *look;
    const struct flame_palette *palette;
    struct flame_rgb top, bottom;
    struct flame_font font;
    struct flame_str title, quantity;
    const char *font_family, *name_type;
    double width, margin, frame_height, least;
    bool fluid, durations, count_samples;
};

/* Fill style for drawing a tree of stacks whose whole weight is whole. look must outlive it.
 * Returns FLAME_OK or FLAME_USAGE. */
enum flame_status flame_style_make(struct flame_style *style, const struct flame_look *look,
                                   const struct flame_stacks *stacks, uint64_t whole,
                                   struct flame_error *error);

/* Write a weight in its unit: "1.234 s", "1,234 page-faults". */
void flame_put_weight(struct flame_output *out, const struct flame_style *style, uint64_t weight);

#endif
