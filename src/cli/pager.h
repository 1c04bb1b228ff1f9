/* pager.h: output through a program that shows it a screen at a time. */
#ifndef FLAME_CLI_PAGER_H
#define FLAME_CLI_PAGER_H

#include "command.h"

#include <sys/types.h>

/* The process that is going to be the pager, and the end of the pipe to it; end -1: there is none.
 */
struct flame_cli_pager {
    pid_t child;
    int end;
};

/* If wanted, path is "-" and standard output a terminal, have $PAGER, or "less -R", wait for what
 * will be written. To be called while processes can still be made. Where that fails, and where
 * nothing is written in the end, no pager is seen. */
void flame_cli_pager_prepare(struct flame_cli_pager *pager, const char *path, bool wanted);

/* As flame_cli_write_as_is, through the pager if there is one. Whoever quits before the end has
 * seen enough. */
enum flame_status flame_cli_write_paged(const char *path, struct flame_cli_pager *pager,
                                        enum flame_status (*write)(void *user,
                                                                   struct flame_output *out,
                                                                   struct flame_error *error),
                                        void *user, struct flame_error *error);

#endif
