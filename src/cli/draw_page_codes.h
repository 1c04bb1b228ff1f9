/* draw_page_codes.h: the annotated functions of a page.
 *
 * The recording is read a second time, with the session's event, filters and places of symbols, and
 * the functions that carry the picture's weight are annotated, the hottest first. */
#ifndef FLAME_CLI_DRAW_PAGE_CODES_H
#define FLAME_CLI_DRAW_PAGE_CODES_H

#include "options.h"

#include <flamedata/limits.h>
#include <flamedata/render.h>

/* What of the code goes into a page. All zero is the default.
 *
 * top          the functions that carry so much of the weight; default 95 percent, 0: none
 * size         in megabytes of the page (10^6 bytes); 0: 8
 * no_source    instructions alone, without the text of source files
 * source_dirs  see struct flame_annotate_options */
struct flame_cli_code_options {
    struct flame_cli_share top;
    double size;
    bool no_source;
    const char *source_dirs;
};

/* The rows of a command's table about it; member is the struct flame_cli_code_options in the
 * command's values, which are a type. */
#define FLAME_CLI_CODES(type, member, heading)                                                     \
    { 0,                                                                                           \
      "annotate-top",                                                                              \
      NULL,                                                                                        \
      "PCT",                                                                                       \
      FLAME_CLI_FIELD(type, member.top),                                                           \
      heading,                                                                                     \
      "Put the code of the hottest functions into the page, as many as carry PCT percent of the "  \
      "weight; default: 95. 0: none." },                                                           \
        { 0,                                                                                       \
          "annotate-size",                                                                         \
          NULL,                                                                                    \
          "MB",                                                                                    \
          FLAME_CLI_FIELD(type, member.size),                                                      \
          heading,                                                                                 \
          "Let that code take at most MB megabytes of the page; default: 8.",                      \
          0.001,                                                                                   \
          1000 },                                                                                  \
        { 0,                                                                                       \
          "no-source",                                                                             \
          NULL,                                                                                    \
          NULL,                                                                                    \
          FLAME_CLI_FIELD(type, member.no_source),                                                 \
          heading,                                                                                 \
          "Put no text of source files into the page, but the instructions alone." },              \
    {                                                                                              \
        0, "source-dir", NULL, "DIRS", FLAME_CLI_FIELD(type, member.source_dirs), heading,         \
            "Look for source files in these folders first: a:b."                                   \
    }

/* Limits that were reached, each once. */
struct flame_cli_reached {
    struct flame_limit_report items[FLAME_LIMIT_COUNT];
    size_t count;
};

/* codes[code_count], hottest first, and note, for struct flame_page; reached: limits that cost
 * code, or text of it. */
struct flame_cli_codes {
    struct flame_page_code *codes;
    size_t code_count;
    struct flame_str note;
    struct flame_cli_reached reached;
    struct flame_output *blocks, *words; /* where they are */
};

/* Annotate the recording at path: to be called when the session is open that these options opened.
 * What cannot be annotated is said in the note, and no failure. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_cli_codes_make(struct flame_cli_codes *codes, const char *path,
                                       const struct flame_session_options *session,
                                       const struct flame_cli_code_options *options,
                                       struct flame_error *error);
/* All zero is allowed. */
void flame_cli_codes_free(struct flame_cli_codes *codes);

#endif
