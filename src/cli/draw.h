/* draw.h: what the files of the command that draws share. */
#ifndef FLAME_CLI_DRAW_H
#define FLAME_CLI_DRAW_H

#include "command.h"
#include "draw_page_codes.h"
#include "looks.h"
#include "options.h"

#include <flamedata/contents.h>
#include <flamedata/format.h>
#include <flamedata/session.h>
#include <flamedata/tree.h>

#define FLAME_CLI_DEFAULT_PICTURE "flamegraph.svg"

/* X(FORMAT, word, suffix, other suffix, is a picture) */
#define FLAME_CLI_DRAW_FORMATS(X)                                                                  \
    X(SVG, "svg", ".svg", ".svg", true)                                                            \
    X(SVGZ, "svgz", ".svgz", ".svgz", true)                                                        \
    X(HTML, "html", ".html", ".htm", true)                                                         \
    X(FOLDED, "folded", ".folded", ".txt", false)

enum flame_cli_draw_format {
#define X(id, word, suffix, other, picture) FLAME_CLI_DRAW_##id,
    FLAME_CLI_DRAW_FORMATS(X)
#undef X
};

/* Files of folded stacks; count 0: the input is something else.
 *
 * guessed  it is text, but neither its name nor its first lines say that it is folded */
struct flame_cli_folded {
    bool guessed;
    struct flame_contents *files;
    struct flame_text *texts;
    size_t count;
};

/* chose_output: nobody named one, and it is not standard output.
 *
 * reached  is set to all limits that the page was made with less for
 * total    what the width of the picture stands for; 0: what there is
 * bases    draw what these functions did, without their callers
 * no_sort  folded lines are drawn in their order */
struct flame_cli_draw {
    struct flame_cli_input input;
    struct flame_cli_folded folded;
    double total;
    struct flame_path_list bases;
    bool no_sort;
    const char *output, *format_name;
    enum flame_cli_draw_format format;
    bool chose_output;
    bool quiet, strict, help, version, annotate_all, no_sandbox;
    struct flame_path_list limit_list; /* --limit, each time */
    struct flame_cli_share unresolved;
    struct flame_session_options session;
    struct flame_cli_looks looks;
    bool no_samples; /* of a page */
    struct flame_cli_code_options codes;
    struct flame_cli_reached *reached;
};

/* Set format, by its name or by the output's suffix. FLAME_OK or FLAME_USAGE. */
enum flame_status flame_cli_draw_choose(struct flame_cli_draw *draw, struct flame_error *error);

/* Whether a format is one that is looked at. */
bool flame_cli_draw_is_picture(enum flame_cli_draw_format format);

/* Whether it is drawn in order of time: a picture with --flamechart. A page has that view anyway.
 */
bool flame_cli_draw_is_chart(const struct flame_cli_draw *draw);

/* Write stacks as the format has it. session is the one they are of, NULL: they came alone. */
enum flame_status flame_cli_draw_stacks(const struct flame_cli_draw *draw,
                                        const struct flame_stacks *stacks,
                                        const struct flame_session *session,
                                        struct flame_error *error);

/* Make a tree as the options have it: its order, and how much it stands for. As flame_tree_build;
 * FLAME_USAGE when that is less than there is. */
enum flame_status flame_cli_draw_tree(const struct flame_cli_draw *draw,
                                      const struct flame_stacks *stacks, struct flame_tree *tree,
                                      struct flame_error *error);

/* Write a session's stacks as the format has it, with what is known of them. */
enum flame_status flame_cli_draw_session(struct flame_cli_draw *draw,
                                         const struct flame_session *session,
                                         struct flame_error *error);

/* Whether standard input is drawn where no FILE is named: a file that can be, or a pipe where there
 * is no perf.data. */
bool flame_cli_draw_takes_stdin(void);

/* Whether a pipe holds what nobody read, since perf.data was drawn. */
bool flame_cli_draw_left_stdin(const struct flame_cli_draw *draw);

/* A judge of what a pipe or a device begins with: whether it can be drawn. */
enum flame_begin flame_cli_draw_begins(const void *bytes, size_t size);

/* Open the input if it is folded text; a pipe becomes standard input, one that can be read again
 * unless it holds a recording. Not being able to open it is left to who does so next. FLAME_OK,
 * FLAME_IO, FLAME_NOMEM, FLAME_LIMIT. */
enum flame_status flame_cli_folded_open(struct flame_cli_folded *folded,
                                        struct flame_cli_input *input,
                                        const struct flame_limits *limits,
                                        struct flame_error *error);

/* Open one more file, which has to be folded text, too. As flame_contents_open. */
enum flame_status flame_cli_folded_add(struct flame_cli_folded *folded, const char *path,
                                       const struct flame_limits *limits,
                                       struct flame_error *error);
void flame_cli_folded_close(struct flame_cli_folded *folded);

/* Draw the files of folded stacks, and say what was read. *whole: no line was passed over.
 * FLAME_USAGE when an option of command was given that is about samples: only now is it known that
 * it is not a recording that is damaged. */
enum flame_status flame_cli_draw_folded(const struct flame_cli_command *command,
                                        struct flame_cli_draw *draw, bool *whole,
                                        struct flame_error *error);

#endif
