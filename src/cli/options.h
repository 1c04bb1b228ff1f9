/* options.h: a command and its options as a table. Parsing, the help text, and the check that the
 * manual page is complete all read that table. */
#ifndef FLAME_CLI_OPTIONS_H
#define FLAME_CLI_OPTIONS_H

#include <flamedata/output.h>
#include <flamedata/places.h>
#include <stdbool.h>
#include <stddef.h>

/* A least width: a number of pixels, or a share of the whole. */
struct flame_cli_width {
    double value;
    bool given, percent;
};

/* A share of the whole, in percent. */
struct flame_cli_share {
    double percent;
    bool given;
};

enum flame_cli_kind {
    FLAME_CLI_FLAG,   /* bool: takes no value */
    FLAME_CLI_TEXT,   /* const char *: borrowed from argv */
    FLAME_CLI_NUMBER, /* double within least .. most */
    FLAME_CLI_COUNT,  /* unsigned within least .. most */
    FLAME_CLI_WIDTH,  /* struct flame_cli_width: N or N% */
    FLAME_CLI_SHARE,  /* struct flame_cli_share: 0 to 100, with or without % */
    FLAME_CLI_PATHS,  /* struct flame_path_list: each time one more */
};

/* One option, given as --name VALUE, --name=VALUE, -l VALUE or -lVALUE; the last one counts, but
 * of paths, all do.
 *
 * letter  0 where there is none
 * alias   another program's name for it, or NULL
 * value   what the help calls its value; NULL for a flag
 * field   offset of what it sets in the command's values; FLAME_CLI_FIELD fills in both kind and
 *         field, so that they cannot disagree
 * group   heading in the help; rows of one group stand together
 * help    one or two sentences; wrapped where they are printed
 * clears  a flag that says what is the default: it takes back the one that sets the same field
 * optional  of a text: --name alone is the empty text, and --name=VALUE the only way to have one */
struct flame_cli_option {
    char letter;
    const char *name, *alias, *value;
    enum flame_cli_kind kind;
    size_t field;
    const char *group, *help;
    double least, most;
    bool clears, optional;
};

#define FLAME_CLI_FIELD(type, member)                                                              \
    .kind = _Generic(((type *)0)->member, bool: FLAME_CLI_FLAG, const char *: FLAME_CLI_TEXT,      \
                     double: FLAME_CLI_NUMBER, unsigned: FLAME_CLI_COUNT,                          \
                     struct flame_path_list: FLAME_CLI_PATHS,                                      \
                     struct flame_cli_width: FLAME_CLI_WIDTH,                                      \
                     struct flame_cli_share: FLAME_CLI_SHARE),                                     \
    .field = offsetof(type, member)

/* run gets the words behind the command's name and returns the exit status.
 *
 * see_help  what is said where the command line is wrong */
struct flame_cli_command {
    const char *name, *synopsis, *summary, *see_help;
    const struct flame_cli_option *options;
    size_t option_count;
    int (*run)(int argc, char **argv);
};

/* Every command is one word here, and defined as flame_cli_WORD in cmd_WORD.c. The first one is
 * what happens when no command is named. */
#define FLAME_CLI_COMMANDS(X) X(draw) X(report) X(annotate) X(script) X(pack) X(info) X(dump)

#define X(name) extern const struct flame_cli_command flame_cli_##name;
FLAME_CLI_COMMANDS(X)
#undef X

/* The command of that name, or NULL. */
const struct flame_cli_command *flame_cli_find_command(const char *name);

/* Set values from argv[argc]. What is no option is moved to the front of argv, and counted in
 * words; "--" ends the options, and "-" is a word. Returns FLAME_OK, or FLAME_USAGE with one line
 * in error. */
enum flame_status flame_cli_parse(const struct flame_cli_command *command, int argc, char **argv,
                                  void *values, int *words, struct flame_error *error);

/* Whether an option was given that sets something: not a flag that only takes another one back. */
bool flame_cli_is_given(const struct flame_cli_option *option, const void *values);

/* Fill in error as FLAME_USAGE, and return that. */
enum flame_status flame_cli_usage(struct flame_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Append text wrapped to the help's width, from column at on, and a line break. */
void flame_cli_put_wrapped(struct flame_output *out, const char *text, size_t column, size_t at);

/* Append the help: synopsis, summary, every option; of the first command, every command. */
void flame_cli_put_help(struct flame_output *out, const struct flame_cli_command *command);

#endif
