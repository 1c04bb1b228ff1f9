/* colour.h: the colour of a frame.
 *
 * Colours are a function of a frame's name and kind alone, so that the same input gives the same
 * picture, and a function keeps its colour from one picture to the next. */
#ifndef FLAME_RENDER_COLOUR_H
#define FLAME_RENDER_COLOUR_H

#include <flamedata/render.h>

enum { FLAME_SHADES = 10 };

struct flame_rgb {
    uint8_t r, g, b;
};

/* A palette by its name; NULL when there is none of that name. NULL names the default, which
 * colours by kind; flame_palette_by_kind() tells whether a palette is that one. */
struct flame_palette;
const struct flame_palette *flame_palette_find(const char *name);
bool flame_palette_by_kind(const struct flame_palette *palette);

/* "default, hot, mem, ...": for messages; NUL-terminated into out[cap]. */
void flame_palette_names(char *out, size_t cap);

/* The colour of a frame in any palette but the default. by_start is FlameGraph's --hash: names
 * that begin and end alike get like colours; otherwise the whole name decides. */
struct flame_rgb flame_colour_of(const struct flame_palette *palette,
                                 const struct flame_frame *frame, bool by_start);

/* The default palette: a kind has FLAME_SHADES shades, and a name picks one. The root, which has
 * no frame, is FLAME_KIND_ROOT. */
#define FLAME_KIND_ROOT ((enum flame_frame_kind)(FLAME_FRAME_UNKNOWN + 1))
enum { FLAME_KIND_COUNT = FLAME_FRAME_UNKNOWN + 2 };
unsigned flame_shade_of(struct flame_str name, bool by_start);
struct flame_rgb flame_kind_colour(enum flame_frame_kind kind, unsigned shade);

/* A colour, and what takes its place on a dark ground; both may be the same. */
struct flame_paint {
    struct flame_rgb light, dark;
};

/* What all frames are painted with: of_frame[frame_count] of the stacks, an index into list. */
struct flame_paints {
    uint32_t *of_frame;
    struct flame_paint *list;
    size_t count;
};

/* A background from top to bottom; false when there is none of that name. NULL names the one that
 * FlameGraph pairs with the palette. */
bool flame_background(const char *name, const struct flame_palette *palette, struct flame_rgb *top,
                      struct flame_rgb *bottom);

/* Write #rrggbb, or #rgb where that says the same. */
void flame_put_colour(struct flame_output *out, struct flame_rgb colour);

#endif
