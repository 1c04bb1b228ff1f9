/* naming.c: what commands do before names are looked for: a pipe is kept where it can be read
 * again, and a terminal is told what is being fetched. */
#include "naming.h"

#include "terminal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STDIN_PATH "/dev/stdin"

enum { MEGABYTE = 1000 * 1000, SHOWN = 40 };

enum flame_status flame_cli_take_pipe(struct flame_cli_input *input, struct flame_error *error)
{
    struct stat st;
    if (strcmp(input->path, STDIN_PATH) == 0 || stat(input->path, &st) != 0 ||
        !(S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
        return FLAME_OK;
    int own = flame_contents_descriptor(input->path);
    int fd = own >= 0 ? own : open(input->path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && dup2(fd, STDIN_FILENO) >= 0;
    if (fd >= 0 && fd != own && fd != STDIN_FILENO)
        close(fd);
    if (!ok) {
        *error = (struct flame_error){ FLAME_IO, FLAME_NO_OFFSET, input->path, "cannot open" };
        return FLAME_IO;
    }
    input->path = STDIN_PATH;
    return FLAME_OK;
}

enum flame_status flame_cli_keep_input(struct flame_cli_input *input,
                                       const struct flame_intake *intake, struct flame_error *error)
{
    enum flame_status status = flame_cli_take_pipe(input, error);
    return status == FLAME_OK && strcmp(input->path, STDIN_PATH) == 0
               ? flame_contents_keep_stdin(intake, error)
               : status;
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

enum flame_status flame_cli_settle_symbols(struct flame_symbol_options *symbols,
                                           struct flame_cli_input *input,
                                           const struct flame_limits *limits, bool quiet,
                                           struct flame_error *error)
{
    const char *term = getenv("TERM");
    if (!symbols->debuginfod)
        return FLAME_OK;
    if (!quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0)
        symbols->fetch.tell = show;
    const struct flame_intake intake = { limits, flame_begins_recording };
    return flame_cli_keep_input(input, &intake, error);
}
