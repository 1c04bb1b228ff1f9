/* flamedata/render.h: draw a tree. */
#ifndef FLAMEDATA_RENDER_H
#define FLAMEDATA_RENDER_H

#include <flamedata/output.h>
#include <flamedata/session.h>
#include <flamedata/tree.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* FlameGraph's looks, by FlameGraph's names. Strings are UTF-8 and borrowed; NULL means the
 * default.
 *
 * title      over the picture; default "Flame Graph" ("Icicle Graph" when inverted, "Flame Chart"
 *            of a tree in order)
 * width_px   of the whole picture; 0 means 1200, and the picture then follows the window
 * height_px  of one frame; 0 means 16
 * min_width  frames narrower than this are not drawn in the still picture: in px (of width_px, or
 *            of the default), or in percent of the whole when min_width_percent is set. Default,
 *            when has_min_width is not set: 0.5 px. What is narrower is in the picture's table all
 *            the same, and seen when zoomed
 * font_size  in px; 0 means 12
 * font_width average width of a character, as a share of the font's size; 0: measured
 * count_name what weights count; default from the stacks' unit
 * name_type  what a frame is called in the details line; default "Function:"
 * factor     weights are shown multiplied by this; 0 means 1
 * colors     a palette's name. The default tells kinds apart (user, kernel, JIT, inlined,
 *            unknown), "dso" objects; the others are FlameGraph's and inferno's.
 *            flame_look_check() lists them
 * bg_colors  yellow, blue, green, grey, or #rrggbb
 * ui_color, stroke_color, search_color
 *            of the picture's own text, of frames' outlines, of what a search finds: #rgb,
 *            #rrggbb or a name that CSS knows; stroke_color also "none"
 * hash       names that begin and end alike get like colours, as with FlameGraph's --hash; else
 *            the whole name decides
 * random     colours differ from run to run, by seed
 * diffusion  the wider, the redder (inferno's --colordiffusion)
 * palette_map
 *            the colours of names: lines "NAME->rgb(r,g,b)", as FlameGraph's palette.map; what it
 *            lacks is coloured by colors
 * name_attributes
 *            lines "NAME\tattribute=value\t...", as FlameGraph's --nameattr: title, href, target,
 *            class, style, id and others for the frame's element
 * negate     of two profiles: changes are those from the second to the first, so that colours and
 *            signs change places
 * reversed   the tree was built FLAME_TREE_LEAF_FIRST: what stands above a frame called it
 * inverted   root at the top (icicle)
 * flamechart the tree was built FLAME_TREE_IN_ORDER
 * still      write no script, and none of the frames that are not drawn (of an SVG)
 * notes      words of the author, kept in the picture's <metadata>
 * metadata   lines about the recording (the verdict), kept in the picture's <metadata> */
struct flame_look {
    const char *title, *subtitle, *notes;
    double width_px, height_px, min_width, font_size, font_width, factor;
    bool has_min_width, min_width_percent;
    const char *font_type, *count_name, *name_type, *colors, *bg_colors;
    const char *ui_color, *stroke_color, *search_color;
    bool hash, random, diffusion, negate, reversed, inverted, flamechart, still;
    uint64_t seed;
    struct flame_str palette_map, name_attributes;
    struct flame_str metadata;
};

/* Whether palette, background and colours are ones that exist, and the numbers within reason:
 * width_px 100 to 100000, height_px and font_size 1 to 1000, font_width 0.01 to 10, factor up to
 * 1e12, min_width no wider than the picture may be. Else FLAME_USAGE; the message tells what there
 * is. Of a palette_map FLAME_CORRUPT, of name_attributes FLAME_USAGE name the line. */
enum flame_status flame_look_check(const struct flame_look *look, struct flame_error *error);

/* Write the tree as an SVG that is complete without JavaScript, and can be zoomed and searched with
 * it. Errors of writing are the output's. Returns FLAME_EMPTY when the tree weighs nothing,
 * FLAME_USAGE as flame_look_check, FLAME_NOMEM. */
enum flame_status flame_render_svg(const struct flame_tree *tree, const struct flame_look *look,
                                   struct flame_output *output, struct flame_error *error);

/* Write look's palette map, and behind it the colours of the tree's names that it lacks, all in the
 * order of their names: what look->palette_map is to be next time. FLAME_OK, FLAME_NOMEM, or as
 * flame_look_check. */
enum flame_status flame_palette_map_extend(const struct flame_tree *tree,
                                           const struct flame_look *look,
                                           struct flame_output *output, struct flame_error *error);

/* An event of a page: what a node's stacks weigh by it.
 *
 * self  self[node_count] of the page's tree; NULL: the tree's own self, of the counted event */
struct flame_page_event {
    struct flame_str name;
    enum flame_unit unit;
    const uint64_t *self;
};

/* A line of what a page tells about its recording: "Command line", "perf record -g -- make". */
struct flame_page_fact {
    struct flame_str label, value;
};

/* The code of a function, opened from its frames.
 *
 * name    as frames are named
 * object  as frames' objects are
 * block   what flame_page_pack made of an HTML section, which is trusted markup and escaped text
 *         (flame_annotate_section) */
struct flame_page_code {
    struct flame_str name, object, block;
};

/* Append markup to out as a page has it, deflated and in base64: so much of the page it takes.
 * Errors of writing are the output's. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_page_pack(struct flame_str markup, struct flame_output *out);

/* A report in one HTML file. Everything is borrowed, and may be empty but the tree.
 *
 * tree     FLAME_TREE_CALLERS_FIRST
 * events   at least one; event is the one that is shown first
 * samples  for the selection of time, threads and CPUs; NULL: none
 * facts    about the recording; one without a value is the heading of those that follow
 * verdict  as flame_verdict_json writes it
 * doubts   the lines of look's metadata that tell of something wrong
 * codes    hottest first; code_note says which functions are not among them, and why
 * samples_note  why there are no samples, or ""
 * look     title, subtitle, notes, colours, fonts */
struct flame_page {
    const struct flame_tree *tree;
    const struct flame_page_event *events;
    size_t event_count, event;
    const struct flame_samples *samples;
    const struct flame_page_fact *facts;
    size_t fact_count;
    struct flame_str verdict, doubts;
    const struct flame_page_code *codes;
    size_t code_count;
    struct flame_str code_note, samples_note;
    const struct flame_look *look;
};

/* Write a page that needs nothing else: no network, no other file; without JavaScript it shows the
 * still picture and the facts. As flame_render_svg. */
enum flame_status flame_render_html(const struct flame_page *page, struct flame_output *output,
                                    struct flame_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
