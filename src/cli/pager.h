/* pager.h: output through a program that shows it a screen at a time. */
#ifndef FLAME_CLI_PAGER_H
#define FLAME_CLI_PAGER_H

#include <flamedata/output.h>

/* As flame_cli_write_as_is, and, if paged, through $PAGER, or "less -R", where path is "-" and
 * standard output a terminal. Whoever quits before the end has seen enough. Where no pager can be
 * started it goes to the terminal. */
enum flame_status flame_cli_write_paged(const char *path, bool paged,
                                        enum flame_status (*write)(void *user,
                                                                   struct flame_output *out,
                                                                   struct flame_error *error),
                                        void *user, struct flame_error *error);

#endif
