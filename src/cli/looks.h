/* looks.h: the rows of options that say how a picture looks, and what they set.
 *
 * Names are FlameGraph's and inferno-flamegraph's; docs/differences.md has the few that mean
 * something else here. */
#ifndef FLAME_CLI_LOOKS_H
#define FLAME_CLI_LOOKS_H

#include "options.h"

#include <flamedata/contents.h>
#include <flamedata/render.h>
#include <flamedata/tree.h>

#define FLAME_CLI_PALETTE_MAP "palette.map"

/* What the rows set; look is complete after flame_cli_settle_looks.
 *
 * name_attributes  path
 * palette_map      use the file of that name
 * encoding         asked for; there is but UTF-8
 * as_it_is         asked for what is so anyway
 * map_file, attributes_file  what look borrows */
struct flame_cli_looks {
    struct flame_look look;
    struct flame_cli_width min_width;
    const char *name_attributes, *encoding;
    bool palette_map, as_it_is;
    struct flame_contents map_file, attributes_file;
};

/* Judge what was asked for, read its files, and complete the look. FLAME_OK, FLAME_USAGE,
 * FLAME_IO, FLAME_CORRUPT (palette.map) or FLAME_NOMEM; free the looks either way. */
enum flame_status flame_cli_settle_looks(struct flame_cli_looks *looks, struct flame_error *error);
void flame_cli_free_looks(struct flame_cli_looks *looks);

/* Where --cp was given: write palette.map anew, with the names of a tree that was drawn. FLAME_OK,
 * FLAME_IO or FLAME_NOMEM. */
enum flame_status flame_cli_keep_palette(const struct flame_cli_looks *looks,
                                         const struct flame_tree *tree, struct flame_error *error);

/* The rows, for a command's table; member is the struct flame_cli_looks in the command's values,
 * which are a type. */
#define FLAME_CLI_LOOKS(type, member)                                                              \
    { 0,                                                                                           \
      "title",                                                                                     \
      NULL,                                                                                        \
      "TEXT",                                                                                      \
      FLAME_CLI_FIELD(type, member.look.title),                                                    \
      "Looks",                                                                                     \
      "Title; default: Flame Graph." },                                                            \
        { 0,                                                                                       \
          "subtitle",                                                                              \
          NULL,                                                                                    \
          "TEXT",                                                                                  \
          FLAME_CLI_FIELD(type, member.look.subtitle),                                             \
          "Looks",                                                                                 \
          "Second line of the title." },                                                           \
        { 0,                                                                                       \
          "width",                                                                                 \
          NULL,                                                                                    \
          "PX",                                                                                    \
          FLAME_CLI_FIELD(type, member.look.width_px),                                             \
          "Looks",                                                                                 \
          "Width; default: 1200, following the window.",                                           \
          100,                                                                                     \
          1e5 },                                                                                   \
        { 0,                                                                                       \
          "height",                                                                                \
          NULL,                                                                                    \
          "PX",                                                                                    \
          FLAME_CLI_FIELD(type, member.look.height_px),                                            \
          "Looks",                                                                                 \
          "Height of one frame; default: 16.",                                                     \
          1,                                                                                       \
          1e3 },                                                                                   \
        { 0,                                                                                       \
          "minwidth",                                                                              \
          NULL,                                                                                    \
          "WIDTH",                                                                                 \
          FLAME_CLI_FIELD(type, member.min_width),                                                 \
          "Looks",                                                                                 \
          "Leave frames narrower than this to zooming, in pixels or as N% of the whole; default: " \
          "0.5." },                                                                                \
        { 0,                                                                                       \
          "fonttype",                                                                              \
          NULL,                                                                                    \
          "FONT",                                                                                  \
          FLAME_CLI_FIELD(type, member.look.font_type),                                            \
          "Looks",                                                                                 \
          "Font; default: the system's sans-serif." },                                             \
        { 0,                                                                                       \
          "fontsize",                                                                              \
          NULL,                                                                                    \
          "PX",                                                                                    \
          FLAME_CLI_FIELD(type, member.look.font_size),                                            \
          "Looks",                                                                                 \
          "Font size; default: 12.",                                                               \
          1,                                                                                       \
          1e3 },                                                                                   \
        { 0,                                                                                       \
          "fontwidth",                                                                             \
          NULL,                                                                                    \
          "SHARE",                                                                                 \
          FLAME_CLI_FIELD(type, member.look.font_width),                                           \
          "Looks",                                                                                 \
          "Width of a character as a share of the font size; default: as usual for the font.",     \
          0.01,                                                                                    \
          10 },                                                                                    \
        { 0,                                                                                       \
          "countname",                                                                             \
          NULL,                                                                                    \
          "TEXT",                                                                                  \
          FLAME_CLI_FIELD(type, member.look.count_name),                                           \
          "Looks",                                                                                 \
          "What the widths count; default: as recorded, in time where it is time." },              \
        { 0,                                                                                       \
          "nametype",                                                                              \
          NULL,                                                                                    \
          "TEXT",                                                                                  \
          FLAME_CLI_FIELD(type, member.look.name_type),                                            \
          "Looks",                                                                                 \
          "What a frame is called in the details; default: Function:" },                           \
        { 0,                                                                                       \
          "factor",                                                                                \
          NULL,                                                                                    \
          "N",                                                                                     \
          FLAME_CLI_FIELD(type, member.look.factor),                                               \
          "Looks",                                                                                 \
          "Show the weights multiplied by N.",                                                     \
          1e-12,                                                                                   \
          1e12 },                                                                                  \
        { 0,                                                                                       \
          "colors",                                                                                \
          NULL,                                                                                    \
          "PALETTE",                                                                               \
          FLAME_CLI_FIELD(type, member.look.colors),                                               \
          "Looks",                                                                                 \
          "Palette: default (kinds of code), dso (objects), hot, mem, io, java, ... A wrong one "  \
          "is answered with the list." },                                                          \
        { 0,                                                                                       \
          "bgcolors",                                                                              \
          NULL,                                                                                    \
          "COLOR",                                                                                 \
          FLAME_CLI_FIELD(type, member.look.bg_colors),                                            \
          "Looks",                                                                                 \
          "Background: yellow, blue, green, grey or #rrggbb." },                                   \
        { 0,                                                                                       \
          "uicolor",                                                                               \
          NULL,                                                                                    \
          "COLOR",                                                                                 \
          FLAME_CLI_FIELD(type, member.look.ui_color),                                             \
          "Looks",                                                                                 \
          "Colour of title, details and controls: #rrggbb or a name of CSS." },                    \
        { 0,                                                                                       \
          "stroke-color",                                                                          \
          NULL,                                                                                    \
          "COLOR",                                                                                 \
          FLAME_CLI_FIELD(type, member.look.stroke_color),                                         \
          "Looks",                                                                                 \
          "Outline of frames; default: none." },                                                   \
        { 0,                                                                                       \
          "search-color",                                                                          \
          NULL,                                                                                    \
          "COLOR",                                                                                 \
          FLAME_CLI_FIELD(type, member.look.search_color),                                         \
          "Looks",                                                                                 \
          "What is found is filled with it; default: #e600e6." },                                  \
        { 0,                                                                                       \
          "hash",                                                                                  \
          NULL,                                                                                    \
          NULL,                                                                                    \
          FLAME_CLI_FIELD(type, member.look.hash),                                                 \
          "Looks",                                                                                 \
          "Give names that begin and end alike like colours." },                                   \
        { 0,                                                                                       \
          "random",                                                                                \
          NULL,                                                                                    \
          NULL,                                                                                    \
          FLAME_CLI_FIELD(type, member.look.random),                                               \
          "Looks",                                                                                 \
          "Give names other colours each time." },                                                 \
        { 0,                                                                                       \
          "deterministic",                                                                         \
          NULL,                                                                                    \
          NULL,                                                                                    \
          FLAME_CLI_FIELD(type, member.look.random),                                               \
          "Looks",                                                                                 \
          "Give a name the same colour each time: the default.",                                   \
          .clears = true },                                                                        \
        { 0,                                                                                       \
          "cp",                                                                                    \
          NULL,                                                                                    \
          NULL,                                                                                    \
          FLAME_CLI_FIELD(type, member.palette_map),                                               \
          "Looks",                                                                                 \
          "Use the colours that ./palette.map has for names, and add those that it lacks." },      \
        { 0,                                                                                       \
          "colordiffusion",                                                                        \
          NULL,                                                                                    \
          NULL,                                                                                    \
          FLAME_CLI_FIELD(type, member.look.diffusion),                                            \
          "Looks",                                                                                 \
          "Colour frames by their width: the wider, the redder." },                                \
        { 0,                                                                                       \
          "negate",                                                                                \
          NULL,                                                                                    \
          NULL,                                                                                    \
          FLAME_CLI_FIELD(type, member.look.negate),                                               \
          "Looks",                                                                                 \
          "In a comparison, tell the change from the second profile to the first." },              \
        { 0,                                                                                       \
          "nameattr",                                                                              \
          NULL,                                                                                    \
          "FILE",                                                                                  \
          FLAME_CLI_FIELD(type, member.name_attributes),                                           \
          "Looks",                                                                                 \
          "Give functions' frames tooltips, links, classes and the like: lines NAME, tab, "        \
          "attribute=value, tab, ..." },                                                           \
        { 0,                                                                                       \
          "reverse",                                                                               \
          NULL,                                                                                    \
          NULL,                                                                                    \
          FLAME_CLI_FIELD(type, member.look.reversed),                                             \
          "Looks",                                                                                 \
          "Merge stacks from their leaves: who calls the hot functions?" },                        \
        { 0,                                                                                       \
          "inverted",                                                                              \
          NULL,                                                                                    \
          NULL,                                                                                    \
          FLAME_CLI_FIELD(type, member.look.inverted),                                             \
          "Looks",                                                                                 \
          "Root at the top: an icicle graph." },                                                   \
        { 0,                                                                                       \
          "notes",                                                                                 \
          NULL,                                                                                    \
          "TEXT",                                                                                  \
          FLAME_CLI_FIELD(type, member.look.notes),                                                \
          "Looks",                                                                                 \
          "Keep TEXT in the picture's source." },                                                  \
        { 0,                                                                                       \
          "no-javascript",                                                                         \
          NULL,                                                                                    \
          NULL,                                                                                    \
          FLAME_CLI_FIELD(type, member.look.still),                                                \
          "Looks",                                                                                 \
          "Write an SVG without a script: it cannot be zoomed or searched." },                     \
        { 0,                                                                                       \
          "encoding",                                                                              \
          NULL,                                                                                    \
          "NAME",                                                                                  \
          FLAME_CLI_FIELD(type, member.encoding),                                                  \
          "Looks",                                                                                 \
          "Encoding of the picture: UTF-8, and no other." },                                       \
        { 0,                                                                                       \
          "truncate-text-right",                                                                   \
          NULL,                                                                                    \
          NULL,                                                                                    \
          FLAME_CLI_FIELD(type, member.as_it_is),                                                  \
          "Looks",                                                                                 \
          "Cut labels on the right: the default." },                                               \
    {                                                                                              \
        0, "pretty-xml", NULL, NULL, FLAME_CLI_FIELD(type, member.as_it_is), "Looks",              \
            "Write an element a line: the default."                                                \
    }

#endif
