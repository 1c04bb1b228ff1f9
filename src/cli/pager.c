/* pager.c: output through a program that shows it a screen at a time, as git and man do it.
 *
 * $PAGER is a shell's command, as everywhere. LESS=R where LESS is not set, so that a plain "less"
 * lets colours through. */
#include "pager.h"

#include "command.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_FOUND = 127 };

struct pager {
    pid_t child;
    int screen;
};

static void run_pager(const int ends[2])
{
    const char *command = getenv("PAGER");
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    close(ends[1]);
    setenv("LESS", "R", 0);
    execl("/bin/sh", "sh", "-c", command && *command ? command : "less -R", (char *)NULL);
    _exit(NOT_FOUND);
}

/* Put standard output through the pager. false where it is no terminal, or no pager can be started:
 * then nothing has changed. From then on writes fail with EPIPE when the reader has quit. */
static bool start(struct pager *pager)
{
    int ends[2];
    if (!isatty(STDOUT_FILENO) || pipe(ends) != 0)
        return false;
    pager->screen = dup(STDOUT_FILENO);
    pager->child = pager->screen >= 0 ? fork() : -1;
    if (pager->child == 0) {
        close(pager->screen);
        run_pager(ends);
    }
    close(ends[0]);
    bool started = pager->child > 0 && dup2(ends[1], STDOUT_FILENO) >= 0;
    close(ends[1]);
    if (started) {
        signal(SIGPIPE, SIG_IGN);
        signal(SIGINT, SIG_IGN); /* the reader's, in less it stops a search */
    } else if (pager->screen >= 0) {
        close(pager->screen);
    }
    return started;
}

/* Wait until the reader has quit, and put standard output back. false: the shell knows no such
 * command, and has said so. */
static bool finish(struct pager *pager)
{
    int status = 0;
    dup2(pager->screen, STDOUT_FILENO);
    close(pager->screen);
    while (waitpid(pager->child, &status, 0) < 0 && errno == EINTR)
        continue;
    signal(SIGINT, SIG_DFL);
    return !(WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND);
}

enum flame_status flame_cli_write_paged(const char *path, bool paged,
                                        enum flame_status (*write)(void *user,
                                                                   struct flame_output *out,
                                                                   struct flame_error *error),
                                        void *user, struct flame_error *error)
{
    struct pager pager;
    paged = paged && strcmp(path, "-") == 0 && start(&pager);
    enum flame_status status = flame_cli_write_as_is(path, write, user, error);
    if (!paged)
        return status;
    if (!finish(&pager)) {
        *error = (struct flame_error){ FLAME_IO, FLAME_NO_OFFSET, NULL, "no pager: see $PAGER" };
        return FLAME_IO;
    }
    return status == FLAME_IO ? FLAME_OK : status;
}
