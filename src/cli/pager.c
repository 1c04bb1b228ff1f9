/* pager.c: output through a program that shows it a screen at a time, as git and man do it.
 *
 * The process that becomes the pager is made before the recording is read, since nothing can be
 * started any more after that (sandbox.h), and waits for the first byte: where none comes, nothing
 * was shown. $PAGER is a shell's command, as everywhere. LESS=R where LESS is not set, so that a
 * plain "less" lets colours through. */
#include "pager.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_FOUND = 127 };

/* Wait until there is something to show. */
static void run_pager(int end)
{
    const char *command = getenv("PAGER");
    struct pollfd waiting = { .fd = end, .events = POLLIN };
    while (poll(&waiting, 1, -1) < 0 && errno == EINTR)
        continue;
    if (!(waiting.revents & POLLIN))
        _exit(EXIT_SUCCESS);
    dup2(end, STDIN_FILENO);
    close(end);
    setenv("LESS", "R", 0);
    execl("/bin/sh", "sh", "-c", command && *command ? command : "less -R", (char *)NULL);
    _exit(NOT_FOUND);
}

void flame_cli_pager_prepare(struct flame_cli_pager *pager, const char *path, bool wanted)
{
    int ends[2];
    *pager = (struct flame_cli_pager){ .child = -1, .end = -1 };
    if (!wanted || strcmp(path, "-") != 0 || !isatty(STDOUT_FILENO) || pipe(ends) != 0)
        return;
    pager->child = fork();
    if (pager->child == 0) {
        close(ends[1]);
        run_pager(ends[0]);
    }
    close(ends[0]);
    if (pager->child > 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0)
        pager->end = ends[1];
    else
        close(ends[1]);
}

/* Put standard output through the pager. false where there is none: then nothing has changed. From
 * then on writes fail with EPIPE when the reader has quit. */
static bool start(struct flame_cli_pager *pager, int *screen)
{
    *screen = pager->end >= 0 ? dup(STDOUT_FILENO) : -1;
    bool started = *screen >= 0 && dup2(pager->end, STDOUT_FILENO) >= 0;
    if (pager->end >= 0)
        close(pager->end);
    pager->end = -1;
    if (started) {
        signal(SIGPIPE, SIG_IGN);
        signal(SIGINT, SIG_IGN); /* the reader's, in less it stops a search */
    } else if (*screen >= 0) {
        close(*screen);
    }
    return started;
}

/* Wait until the reader has quit, and put standard output back. false: the shell knows no such
 * command, and has said so. */
static bool finish(const struct flame_cli_pager *pager, int screen)
{
    int status = 0;
    dup2(screen, STDOUT_FILENO);
    close(screen);
    while (waitpid(pager->child, &status, 0) < 0 && errno == EINTR)
        continue;
    signal(SIGINT, SIG_DFL);
    return !(WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND);
}

enum flame_status flame_cli_write_paged(const char *path, struct flame_cli_pager *pager,
                                        enum flame_status (*write)(void *user,
                                                                   struct flame_output *out,
                                                                   struct flame_error *error),
                                        void *user, struct flame_error *error)
{
    int screen;
    bool paged = start(pager, &screen);
    enum flame_status status = flame_cli_write_as_is(path, write, user, error);
    if (!paged)
        return status;
    if (!finish(pager, screen)) {
        *error = (struct flame_error){ FLAME_IO, FLAME_NO_OFFSET, NULL, "no pager: see $PAGER" };
        return FLAME_IO;
    }
    return status == FLAME_IO ? FLAME_OK : status;
}
