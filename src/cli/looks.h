/* looks.h: the rows of options that say how a picture looks, and what they set.
 *
 * Names are FlameGraph's and inferno-flamegraph's. */
#ifndef FLAME_CLI_LOOKS_H
#define FLAME_CLI_LOOKS_H

#include "options.h"

#include <flamedata/render.h>

/* What the rows set; look is complete after flame_cli_settle_looks. */
struct flame_cli_looks {
    struct flame_look look;
    struct flame_cli_width min_width;
};

/* Judge what was asked for, and complete the look. FLAME_OK or FLAME_USAGE. */
enum flame_status flame_cli_settle_looks(struct flame_cli_looks *looks, struct flame_error *error);

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
          "Leave out frames narrower than this, in pixels or as N% of the whole; default: 0.1." }, \
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
          "colors",                                                                                \
          NULL,                                                                                    \
          "PALETTE",                                                                               \
          FLAME_CLI_FIELD(type, member.look.colors),                                               \
          "Looks",                                                                                 \
          "Palette: hot, mem, io, java, ... A wrong one is answered with the list." },             \
        { 0,                                                                                       \
          "bgcolors",                                                                              \
          NULL,                                                                                    \
          "COLOR",                                                                                 \
          FLAME_CLI_FIELD(type, member.look.bg_colors),                                            \
          "Looks",                                                                                 \
          "Background: yellow, blue, green, grey or #rrggbb." },                                   \
        { 0,                                                                                       \
          "hash",                                                                                  \
          NULL,                                                                                    \
          NULL,                                                                                    \
          FLAME_CLI_FIELD(type, member.look.hash),                                                 \
          "Looks",                                                                                 \
          "Give names that begin and end alike like colours. Colours are never random." },         \
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
    {                                                                                              \
        0, "notes", NULL, "TEXT", FLAME_CLI_FIELD(type, member.look.notes), "Looks",               \
            "Keep TEXT in the picture's source."                                                   \
    }

#endif
