/* pager.h: output through a program that shows it a screen at a time. */
#ifndef FLAME_CLI_PAGER_H
#define FLAME_CLI_PAGER_H

#include <stdbool.h>
#include <sys/types.h>

struct flame_cli_pager {
    pid_t child;
    int screen;
};

/* Put standard output through $PAGER, or "less -R". false where it is no terminal, or no pager can
 * be started: then nothing has changed. From then on writes fail with EPIPE when the reader has
 * quit. */
bool flame_cli_pager_start(struct flame_cli_pager *pager);

/* Wait until the reader has quit, and put standard output back. false: the shell knows no such
 * command, and has said so. */
bool flame_cli_pager_finish(struct flame_cli_pager *pager);

#endif
