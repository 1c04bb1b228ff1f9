/* colour.h: colours, and the palettes that give a frame one.
 *
 * A colour is a function of a frame's name, kind and object, so that the same input gives the same
 * picture, and a function keeps its colour from one picture to the next. paint.h has what all
 * frames of one picture are painted with. */
#ifndef FLAME_RENDER_COLOUR_H
#define FLAME_RENDER_COLOUR_H

#include <flamedata/render.h>

enum { FLAME_SHADES = 6 };

struct flame_rgb {
    uint8_t r, g, b;
};

/* A colour, and what takes its place on a dark ground; both may be the same. */
struct flame_paint {
    struct flame_rgb light, dark;
};

/* The colours of labels on frames; on every dark paint, and on every light one of the default
 * palette, their contrast is at least 4.5. */
#define FLAME_INK_LIGHT ((struct flame_rgb){ 0, 0, 0 })
#define FLAME_INK_DARK ((struct flame_rgb){ 0xf4, 0xf4, 0xf0 })

/* A palette by its name; NULL when there is none of that name. NULL names the default, which
 * colours by kind. */
struct flame_palette;
const struct flame_palette *flame_palette_find(const char *name);

/* What tells colours apart: a frame's kind (the default), its object ("dso"), or FlameGraph's
 * rules for its name. */
enum flame_palette_by { FLAME_PALETTE_BY_KIND, FLAME_PALETTE_BY_OBJECT, FLAME_PALETTE_BY_NAME };
enum flame_palette_by flame_palette_by(const struct flame_palette *palette);

/* Whether frames that woke another up, behind FlameGraph's separator "--", have another colour. */
bool flame_palette_has_wakers(const struct flame_palette *palette);

/* "default, hot, mem, ...": for messages; NUL-terminated into out[cap]. */
void flame_palette_names(char *out, size_t cap);

/* How three numbers in 0..1 are made of a name, from which a colour follows.
 *
 * FLAME_VALUES_WHOLE   from the whole name, as inferno's --deterministic
 * FLAME_VALUES_ENDS    names that begin and end alike get like numbers, as FlameGraph's --hash
 * FLAME_VALUES_RANDOM  from the whole name and a seed */
enum flame_values { FLAME_VALUES_WHOLE, FLAME_VALUES_ENDS, FLAME_VALUES_RANDOM };
struct flame_chance {
    enum flame_values values;
    uint64_t seed;
};

void flame_name_values(float v[3], struct flame_str name, const struct flame_chance *chance);

/* The colour of a frame in a palette by name. waker: see flame_palette_has_wakers. */
struct flame_rgb flame_colour_of(const struct flame_palette *palette,
                                 const struct flame_frame *frame, bool waker,
                                 const struct flame_chance *chance);

/* The default palette: a kind has FLAME_SHADES shades, and a name picks one. The root, which has
 * no frame, is FLAME_KIND_ROOT, and has one shade. */
#define FLAME_KIND_ROOT ((enum flame_frame_kind)(FLAME_FRAME_UNKNOWN + 1))
enum { FLAME_KIND_COUNT = FLAME_FRAME_UNKNOWN + 2 };
unsigned flame_shade_of(struct flame_str name, const struct flame_chance *chance);
struct flame_paint flame_kind_paint(enum flame_frame_kind kind, unsigned shade);

/* An object's hue; where it is not known, grey. The shade is as with kinds. */
struct flame_paint flame_object_paint(struct flame_str object, unsigned shade);

/* share is -1 (all less) to 1 (all more): white at 0, blue below, red above. Source:
 * inferno-flamegraph's differential pictures. */
struct flame_paint flame_change_paint(double share);

/* What takes a colour's place on a dark ground. */
struct flame_paint flame_paint_from(struct flame_rgb light);

/* A background from top to bottom; false when there is none of that name. NULL names the one that
 * FlameGraph pairs with the palette. */
bool flame_background(const char *name, const struct flame_palette *palette, struct flame_rgb *top,
                      struct flame_rgb *bottom);

/* #rgb, #rrggbb, or one of CSS's names; false when it is none. */
bool flame_parse_colour(const char *text, struct flame_rgb *colour);

/* Relative luminance, 0 to 1, and the contrast of two colours, 1 to 21. Source: WCAG 2.2. */
double flame_luminance(struct flame_rgb colour);
double flame_contrast(struct flame_rgb a, struct flame_rgb b);

/* The name without FlameGraph's mark of its kind, _[k] _[j] _[i] _[w]: marks are data for colours,
 * not for readers. */
struct flame_str flame_unmarked(struct flame_str name);

/* Write #rrggbb, or #rgb where that says the same. */
void flame_put_colour(struct flame_output *out, struct flame_rgb colour);

#endif
