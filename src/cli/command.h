/* command.h: what commands have in common: their input, where their output goes, how they end. */
#ifndef FLAME_CLI_COMMAND_H
#define FLAME_CLI_COMMAND_H

#include "options.h"

enum { FLAME_CLI_DONE = 0, FLAME_CLI_FAILED = 1, FLAME_CLI_WRONG_USAGE = 2 };

#define FLAME_CLI_DEFAULT_RECORDING "perf.data"

/* The recording that was named; unnamed: none was, and path is perf.data. option is what --input
 * was given. */
struct flame_cli_input {
    const char *path, *option;
    bool unnamed;
};

/* The row of --input, perf's way to name the recording; member is the struct flame_cli_input in the
 * command's values, which are a type. */
#define FLAME_CLI_INPUT(type, member)                                                              \
    {                                                                                              \
        'i', "input", NULL, "FILE", FLAME_CLI_FIELD(type, member.option), "Input",                 \
            "The recording, as perf spells it; FILE alone does the same."                          \
    }

/* From --input, or the words of the command line: one recording or none. "-" is standard input.
 * FLAME_OK or FLAME_USAGE. */
enum flame_status flame_cli_choose_input(struct flame_cli_input *input, int words, char **argv,
                                         struct flame_error *error);

/* Whether both name one regular file: writing over the recording is never meant. */
bool flame_cli_same_file(const char *a, const char *b);

/* The suffix of a file's name, with its dot; NULL where there is none. */
const char *flame_cli_suffix_of(const char *path);

/* Have write put its output to path ("-": standard output, where on a terminal it is made safe),
 * and move it into place when all is well. */
enum flame_status flame_cli_write(const char *path,
                                  enum flame_status (*write)(void *user, struct flame_output *out,
                                                             struct flame_error *error),
                                  void *user, struct flame_error *error);

/* The same where write makes safe by itself what is foreign: what it puts is not touched. */
enum flame_status flame_cli_write_as_is(const char *path,
                                        enum flame_status (*write)(void *user,
                                                                   struct flame_output *out,
                                                                   struct flame_error *error),
                                        void *user, struct flame_error *error);

/* What to add to an error where a beginner or a slip of the pen is likely; NULL: nothing. */
const char *flame_cli_hint(const struct flame_cli_command *command,
                           const struct flame_cli_input *input, const struct flame_error *error);

/* Answer --help and --version; both return the exit status. */
int flame_cli_say_help(const struct flame_cli_command *command);
int flame_cli_say_version(void);

/* Print what was put into a memory output, and discard it; NULL: memory was exhausted. Returns the
 * exit status. */
int flame_cli_answer(struct flame_output *text);

int flame_cli_exit_status(enum flame_status status);

/* Fill in error as FLAME_NOMEM, and return that. */
enum flame_status flame_cli_no_memory(struct flame_error *error);

#endif
