/* cmd_info.c: what a recording is, what it holds, and how good it is.
 *
 * The last of these is the verdict of drawing it, so the recording is read twice; where it cannot
 * be drawn, the reason stands in the verdict's place. Manual: docs/commands/flamedata-info.md. */
#include "command.h"
#include "terminal.h"
#include "verdict.h"

#include <errno.h>
#include <flamedata/inspect.h>
#include <flamedata/session.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct info {
    struct flame_cli_input input;
    const char *output;
    bool json, strict, help;
    struct flame_session_options session_options;
    const struct flame_session *session; /* NULL: failed, and why says why */
    struct flame_error why;
    uint64_t losses;
};

#define FIELD(member) FLAME_CLI_FIELD(struct info, member)
#define OUTPUT "Output"
#define VERDICT "The verdict"

static const struct flame_cli_option options[] = {
    FLAME_CLI_INPUT(struct info, input),

    { 'o', "output", NULL, "OUT", FIELD(output), OUTPUT,
      "Write to OUT; default: -, standard output." },
    { 0, "json", NULL, NULL, FIELD(json), OUTPUT, "Write one JSON object, for programs." },
    { 0, "strict", NULL, NULL, FIELD(strict), OUTPUT,
      "Exit with 1 also when samples were lost or something could not be read." },
    { 'h', "help", NULL, NULL, FIELD(help), OUTPUT, "Print this help." },

    { 0, "buildid-dir", NULL, "DIR", FIELD(session_options.buildid_dir), VERDICT,
      "perf's cache of binaries; default: $PERF_BUILDID_DIR, else ~/.debug." },
    { 0, "threads", NULL, "N", FIELD(session_options.threads), VERDICT,
      "Use N threads, at most 256; default: one per processor. The result does not depend on it.",
      0, 256 },
};

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

/* A pipe can be read once: put a nameless file that holds what comes out of it in its place. */
static enum flame_status keep_stdin(struct flame_error *error)
{
    struct stat st;
    if (fstat(STDIN_FILENO, &st) != 0 || S_ISREG(st.st_mode))
        return FLAME_OK;
    char path[4096];
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/flamedata-XXXXXX", folder && *folder ? folder : "/tmp");
    int fd = mkstemp(path);
    if (fd < 0)
        return no_spool(error);
    unlink(path);
    bool done = copy_all(STDIN_FILENO, fd) && dup2(fd, STDIN_FILENO) >= 0;
    enum flame_status status = done ? FLAME_OK : no_spool(error);
    close(fd);
    return status;
}

static enum flame_status settle(struct info *i, int words, char **argv, struct flame_error *error)
{
    enum flame_status status = flame_cli_choose_input(&i->input, words, argv, error);
    if (!i->output)
        i->output = "-";
    if (status == FLAME_OK && flame_cli_same_file(i->input.path, i->output))
        return flame_cli_usage(error, "'%.80s' is the recording itself; name another OUT",
                               i->output);
    if (status == FLAME_OK && strcmp(i->input.path, "/dev/stdin") == 0)
        status = keep_stdin(error);
    return status;
}

static void count_loss(void *user, const struct flame_loss *loss)
{
    struct info *i = user;
    (void)loss;
    i->losses++;
}

/* The verdict's lines, or the reason why there are none, under a heading like the others. */
static enum flame_status put_verdict(const struct info *i, struct flame_output *out,
                                     struct flame_error *error)
{
    struct flame_output *text = flame_output_memory();
    if (!text) {
        *error = (struct flame_error){ .status = FLAME_NOMEM, .offset = FLAME_NO_OFFSET };
        return FLAME_NOMEM;
    }
    if (i->session) {
        const struct flame_cli_wording wording = { .whole = true };
        flame_cli_put_verdict(text, flame_session_verdict(i->session),
                              flame_session_stacks(i->session), &wording);
    } else {
        char why[600];
        flame_error_format(&i->why, why, sizeof why);
        flame_put_text(text, "no stacks: ");
        flame_cli_put_safe(text, flame_str_from(why));
        flame_put_text(text, "\n");
    }
    struct flame_str lines = flame_output_bytes(text);
    flame_put_text(out, "verdict\n");
    while (lines.len) {
        const char *end = memchr(lines.ptr, '\n', lines.len);
        size_t n = end ? (size_t)(end - lines.ptr) + 1 : lines.len;
        flame_put_text(out, "  ");
        flame_put(out, lines.ptr, n);
        lines = (struct flame_str){ lines.ptr + n, lines.len - n };
    }
    return flame_output_commit(text, error);
}

static enum flame_status write_info(void *user, struct flame_output *out, struct flame_error *error)
{
    struct info *i = user;
    struct flame_info_options told = { .json = i->json, .damage = { count_loss, i } };
    if (i->session) {
        told.verdict = flame_session_verdict(i->session);
        told.unit = flame_session_stacks(i->session)->unit;
    } else {
        told.no_verdict = &i->why;
    }
    enum flame_status status = flame_write_info(i->input.path, &told, out, error);
    if (status == FLAME_OK && !i->json)
        status = put_verdict(i, out, error);
    return status;
}

static int run(int argc, char **argv)
{
    struct info i = { .why = FLAME_ERROR_INIT };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_session *session = NULL;
    int words;
    enum flame_status status = flame_cli_parse(&flame_cli_info, argc, argv, &i, &words, &error);
    if (status == FLAME_OK && i.help)
        return flame_cli_say_help(&flame_cli_info);
    if (status == FLAME_OK)
        status = settle(&i, words, argv, &error);
    if (status == FLAME_OK) {
        i.session = session = flame_session_open(i.input.path, &i.session_options, &i.why);
        status = flame_cli_write(i.output, write_info, &i, &error);
    }
    if (status != FLAME_OK)
        flame_cli_complain(&error, flame_cli_hint(&flame_cli_info, &i.input, &error));
    int result = flame_cli_exit_status(status);
    bool lost = i.losses || (session && flame_cli_lost_data(flame_session_verdict(session)));
    bool failed = !session && i.why.status != FLAME_EMPTY;
    if (status == FLAME_OK && i.strict && (lost || failed)) {
        flame_cli_say(flame_str_from(lost ? "flamedata: data was lost, and --strict was given\n"
                                          : "flamedata: there is no verdict, and --strict was "
                                            "given\n"));
        result = FLAME_CLI_FAILED;
    }
    flame_session_close(session);
    return result;
}

const struct flame_cli_command flame_cli_info = {
    .name = "info",
    .see_help = "see flamedata info --help",
    .synopsis = "info [OPTIONS] [FILE]",
    .summary = "Say what a recording (FILE, default: perf.data, - is standard input) is, what it "
               "holds, and how good it is.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
