/* draw.h: what the files of the command that draws share. */
#ifndef FLAME_CLI_DRAW_H
#define FLAME_CLI_DRAW_H

#include "command.h"
#include "looks.h"
#include "options.h"

#include <flamedata/session.h>

#define FLAME_CLI_DEFAULT_PICTURE "flamegraph.svg"

/* X(FORMAT, word, suffix, other suffix, is a picture) */
#define FLAME_CLI_DRAW_FORMATS(X)                                                                  \
    X(SVG, "svg", ".svg", ".svg", true)                                                            \
    X(FOLDED, "folded", ".folded", ".txt", false)

enum flame_cli_draw_format {
#define X(id, word, suffix, other, picture) FLAME_CLI_DRAW_##id,
    FLAME_CLI_DRAW_FORMATS(X)
#undef X
};

/* chose_output: nobody named one, and it is not standard output. */
struct flame_cli_draw {
    struct flame_cli_input input;
    const char *output, *format_name;
    enum flame_cli_draw_format format;
    bool chose_output;
    bool quiet, strict, help, version, annotate_all;
    struct flame_cli_share unresolved;
    struct flame_session_options session;
    struct flame_cli_looks looks;
};

/* Set format, by its name or by the output's suffix. FLAME_OK or FLAME_USAGE. */
enum flame_status flame_cli_draw_choose(struct flame_cli_draw *draw, struct flame_error *error);

/* Whether a format is one that is looked at. */
bool flame_cli_draw_is_picture(enum flame_cli_draw_format format);

/* Write a session's stacks as the format has it, with what is known of them. */
enum flame_status flame_cli_draw_session(struct flame_cli_draw *draw,
                                         const struct flame_session *session,
                                         struct flame_error *error);

#endif
