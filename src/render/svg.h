/* svg.h: what the parts of an SVG share: the document, its frames, its chrome.
 *
 * From top to bottom a picture is its head (title, subtitle, notes, room for controls), the rows of
 * frames, and its foot (a line of details, the legend). */
#ifndef FLAME_RENDER_SVG_H
#define FLAME_RENDER_SVG_H

#include "layout.h"
#include "look.h"
#include "paint.h"

/* rows      boxes of the layout by row, from the root on, and in a row from left to right
 * left_out  frames that would be wide enough, but are too many to be drawn; 0: none
 * opaque    all frames are too many to be carried along: nothing can be zoomed
 * classes   paints are classes p0, p1, ... with rules in the style sheet; else attributes
 * dark      the picture has a look for a dark ground
 * head, foot, height  in px */
struct flame_svg {
    const struct flame_tree *tree;
    struct flame_style style;
    struct flame_layout layout;
    struct flame_paints paints;
    struct flame_output *out;
    const struct flame_box **rows;
    size_t left_out;
    bool opaque, classes, dark;
    double head, foot, height;
};

/* Write a text of the picture itself; the same and a length in px. */
void flame_svg_put(const struct flame_svg *svg, const char *text);
void flame_svg_px(const struct flame_svg *svg, const char *before, double px);

/* How a kind is told without colours: the class of its elements, or NULL. */
const char *flame_svg_kind_class(enum flame_frame_kind kind);

/* The font of its labels, as far as widths go: bold ones are wider. */
struct flame_font flame_svg_font(const struct flame_svg *svg, const char *kind_class);

/* Sort the boxes into rows; FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_svg_sort(struct flame_svg *svg, struct flame_error *error);

/* Write the rows of frames. */
void flame_svg_frames(const struct flame_svg *svg);

/* Set the heights of head, foot and all; write what they hold. */
void flame_svg_measure(struct flame_svg *svg);
void flame_svg_head(const struct flame_svg *svg);
void flame_svg_foot(const struct flame_svg *svg);

/* What the picture lacks, in words; nothing when that is nothing. */
void flame_svg_note(const struct flame_svg *svg);

/* Write the script, and what it is told. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_svg_script(const struct flame_svg *svg);

/* The picture without its script and the columns (--no-javascript; a page has its own): the SVG
 * element alone. As flame_render_svg. */
enum flame_status flame_svg_still(const struct flame_tree *tree, const struct flame_look *look,
                                  struct flame_output *out, struct flame_error *error);

#endif
