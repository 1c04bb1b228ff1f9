/* limit_option.h: the row of the option --limit, for every command. */
#ifndef FLAME_CLI_LIMIT_OPTION_H
#define FLAME_CLI_LIMIT_OPTION_H

#include "options.h"

#include <flamedata/limits.h>

/* The row, for a command's table; member is a struct flame_path_list in the command's values: what
 * was given, each time. */
#define FLAME_CLI_LIMIT(type, member)                                                              \
    {                                                                                              \
        0, "limit", NULL, "NAME=VALUE[,...]", FLAME_CLI_FIELD(type, member), "Limits",             \
            "Take more, or less, than is usual of a resource: memory=8G, symbols=none. "           \
            "--limit help lists them. May be repeated."                                            \
    }

/* Whether the list of limits was asked for, and print it; returns the exit status. */
bool flame_cli_asks_for_limits(const struct flame_path_list *given);
int flame_cli_say_limits(void);

/* What was given as limits; and set that of memory, for the process. FLAME_OK, FLAME_USAGE or
 * FLAME_IO. */
enum flame_status flame_cli_settle_limits(const struct flame_path_list *given,
                                          struct flame_limits *limits, struct flame_error *error);

#endif
