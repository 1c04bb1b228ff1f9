/* naming.c: what commands do before names are looked for: standard input is kept where it can be
 * read again, and a terminal is told what is being fetched. */
#include "naming.h"

#include "terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MEGABYTE = 1000 * 1000, SHOWN = 40 };

static enum flame_status no_spool(struct flame_error *error)
{
    *error = (struct flame_error){ .status = FLAME_IO, .offset = FLAME_NO_OFFSET };
    snprintf(error->text, sizeof error->text, "cannot keep standard input in a file: %s",
             strerror(errno));
    return FLAME_IO;
}

static bool copy_all(int from, int to)
{
    char bytes[1 << 16];
    ssize_t n;
    while ((n = read(from, bytes, sizeof bytes)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        for (ssize_t done = 0, put; done < n; done += put) {
            put = write(to, bytes + done, (size_t)(n - done));
            if (put < 0 && errno != EINTR)
                return false;
            put = put < 0 ? 0 : put;
        }
        if (n < 0)
            return false;
    }
    return true;
}

enum flame_status flame_cli_keep_stdin(const char *path, struct flame_error *error)
{
    struct stat st;
    if (strcmp(path, "/dev/stdin") != 0 || fstat(STDIN_FILENO, &st) != 0 || S_ISREG(st.st_mode))
        return FLAME_OK;
    char name[4096];
    const char *folder = getenv("TMPDIR");
    snprintf(name, sizeof name, "%s/flamedata-XXXXXX", folder && *folder ? folder : "/tmp");
    int fd = mkstemp(name);
    if (fd < 0)
        return no_spool(error);
    unlink(name);
    bool done = copy_all(STDIN_FILENO, fd) && dup2(fd, STDIN_FILENO) >= 0;
    enum flame_status status = done ? FLAME_OK : no_spool(error);
    close(fd);
    return status;
}

/* Rewrite the line that says what is coming; erase it at the end. */
static bool show(void *user, const char *name, uint64_t done, uint64_t total)
{
    struct flame_output *line = flame_output_memory();
    (void)user;
    if (!line)
        return true;
    flame_put_text(line, "\r");
    if (name) {
        struct flame_str base = flame_str_basename(flame_str_from(name));
        if (base.len > SHOWN)
            base.len = SHOWN;
        flame_put_text(line, "debuginfod: ");
        flame_cli_put_safe(line, base);
        if (total)
            flame_putf(line, ": %.1f of %.1f MB", (double)done / MEGABYTE,
                       (double)total / MEGABYTE);
        else if (done)
            flame_putf(line, ": %.1f MB", (double)done / MEGABYTE);
    }
    flame_put_text(line, "\033[K");
    flame_cli_say(flame_output_bytes(line));
    flame_output_discard(line);
    return true;
}

enum flame_status flame_cli_settle_symbols(struct flame_symbol_options *symbols, const char *path,
                                           bool quiet, struct flame_error *error)
{
    const char *term = getenv("TERM");
    if (!symbols->debuginfod)
        return FLAME_OK;
    if (!quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0)
        symbols->fetch.tell = show;
    return flame_cli_keep_stdin(path, error);
}
