/* flamedata/render.h: draw a tree. */
#ifndef FLAMEDATA_RENDER_H
#define FLAMEDATA_RENDER_H

#include <flamedata/output.h>
#include <flamedata/tree.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* FlameGraph's looks, by FlameGraph's names. Strings are UTF-8 and borrowed; NULL means the
 * default.
 *
 * title      over the picture; default "Flame Graph" ("Icicle Graph" when inverted)
 * width_px   of the whole picture; 0 means 1200, and the picture then follows the window
 * height_px  of one frame; 0 means 16
 * min_width  frames narrower than this are not drawn: in px (of width_px, or of the default), or in
 *            percent of the whole when min_width_percent is set. Default, when has_min_width is
 *            not set: 0.1 px
 * font_size  in px; 0 means 12
 * count_name what weights count; default from the stacks' unit
 * name_type  what a frame is called in the details line; default "Function:"
 * colors     a palette's name; the default tells kinds apart (user, kernel, JIT, inlined, unknown),
 *            the others are FlameGraph's and inferno's. flame_look_check() lists them
 * bg_colors  yellow, blue, green, grey, or #rrggbb
 * hash       names that begin and end alike get like colours, as with FlameGraph's --hash; else the
 *            whole name decides. Neither is ever random
 * reversed   the tree was built FLAME_TREE_LEAF_FIRST: what stands above a frame called it
 * inverted   root at the top (icicle)
 * notes      words of the author, kept in the picture's <metadata>
 * metadata   lines about the recording (the verdict), kept in the picture's <metadata> */
struct flame_look {
    const char *title, *subtitle, *notes;
    double width_px, height_px, min_width, font_size;
    bool has_min_width, min_width_percent;
    const char *font_type, *count_name, *name_type, *colors, *bg_colors;
    bool hash, reversed, inverted;
    struct flame_str metadata;
};

/* Whether colors and bg_colors are ones that exist, and the lengths within reason: width_px 100 to
 * 100000, height_px and font_size 1 to 1000, min_width no wider than the picture may be. Else
 * FLAME_USAGE; the message tells what there is. */
enum flame_status flame_look_check(const struct flame_look *look, struct flame_error *error);

/* Write the tree as an SVG that is complete without JavaScript, and can be zoomed and searched with
 * it. Errors of writing are the output's. Returns FLAME_EMPTY when the tree weighs nothing,
 * FLAME_USAGE as flame_look_check, FLAME_NOMEM. */
enum flame_status flame_render_svg(const struct flame_tree *tree, const struct flame_look *look,
                                   struct flame_output *output, struct flame_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
