/* sandbox.h: give up, before a recording is read, what reading it does not need.
 *
 * A defect that a hostile file finds is then worth less: no program is run, nothing is sent,
 * nothing is written but in the output's folder. It is the second line; the first is that there is
 * no such defect. docs/robustness.md says what it holds and what it does not. */
#ifndef FLAME_CLI_SANDBOX_H
#define FLAME_CLI_SANDBOX_H

#include "options.h"

#include <flamedata/places.h>

/* The row of the flag that turns it off; member is a bool in the command's values, which are a
 * type. It stands behind FLAME_CLI_INPUT. */
#define FLAME_CLI_NO_SANDBOX(type, member)                                                         \
    {                                                                                              \
        0, "no-sandbox", NULL, NULL, FLAME_CLI_FIELD(type, member), "Input",                       \
            "Keep all rights while reading; else what reading does not need is given up before."   \
    }

/* What a command is going to do; NULL or 0: nothing of the kind.
 *
 * off          leave all as it is
 * input        the recording
 * output       as flame_output_open has it
 * also_output  another one
 * symbols      where names come from
 * source_dirs  folders of source text, with colons between them
 * prefix       the folder below which the paths of source files are */
struct flame_cli_needs {
    bool off;
    const char *input, *output, *also_output;
    const struct flame_symbol_options *symbols;
    const char *source_dirs, *prefix;
};

/* Append a line that says what of it this system and this build have. */
void flame_cli_put_sandbox(struct flame_output *out);

/* Keep what needs ask for. From now on, and for threads to come. Where the system has nothing of
 * the kind, or less of it, less is given up: there is no failure. */
void flame_cli_enter_sandbox(const struct flame_cli_needs *needs);

#endif
