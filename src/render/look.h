/* look.h: a flame_look with every default filled in. */
#ifndef FLAME_RENDER_LOOK_H
#define FLAME_RENDER_LOOK_H

#include "colour.h"
#include "name_attributes.h"
#include "palette_map.h"
#include "text.h"

#include <flamedata/render.h>

/* What one drawing is made with. Lengths in px.
 *
 * chance     how names become colours
 * map        colours that names have already; empty without --cp
 * attributes what --nameattr says; NULL: nothing
 * ui, stroke, search  given colours of the picture's own text, of frames' outlines, of what a
 *            search finds; where has_ui (has_stroke) is not set, ink (none) is meant
 * font_width of a character, as a share of the font's size; 0: as measured
 * width      of the picture as written; fluid when it may follow the window
 * font_family  a list that ends in a face that every machine has
 * least      weight below which a frame is not drawn
 * factor     weights are shown multiplied by it
 * quantity   what follows a number: " samples"; empty for durations */
struct flame_style {
    const struct flame_look *look;
    const struct flame_palette *palette;
    struct flame_chance chance;
    struct flame_palette_map map;
    struct flame_attributes *attributes;
    struct flame_rgb top, bottom, ui, stroke, search;
    bool has_ui, has_stroke;
    struct flame_font font;
    struct flame_str title, quantity;
    char *font_family;
    const char *name_type;
    double font_width, width, margin, frame_height, least, factor;
    bool fluid, durations, count_samples;
};

/* Fill style for drawing a tree of stacks whose whole weight is whole. look must outlive it.
 * Returns FLAME_OK, FLAME_USAGE, FLAME_NOMEM, or FLAME_CORRUPT for the map of colours; style is
 * then all-zero, and needs no free. */
enum flame_status flame_style_make(struct flame_style *style, const struct flame_look *look,
                                   const struct flame_stacks *stacks, uint64_t whole,
                                   struct flame_error *error);

void flame_style_free(struct flame_style *style);

/* Write a weight in its unit: "1.234 s", "1,234 page-faults". */
void flame_put_weight(struct flame_output *out, const struct flame_style *style, uint64_t weight);

#endif
