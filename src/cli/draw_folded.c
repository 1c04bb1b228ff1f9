/* draw_folded.c: folded stacks, of anybody's making, drawn as a recording's are.
 *
 * What the input is, its first bytes say. A pipe can be read only once, and a recording is opened
 * by the session: so a pipe is looked into without taking anything out of it (tee), and what is
 * no recording is kept in a nameless file.
 *
 * Options about samples are refused: folded text has none. */
#define _GNU_SOURCE /* tee */
#include "draw.h"
#include "naming.h"
#include "terminal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define STDIN_PATH "/dev/stdin"

enum { MAGIC_SIZE = 8, LOOKED_AT = 4096 };

/* Whether a recording waits in a pipe. Nothing is taken out of it; waits until something is there.
 */
static bool is_recording_in_pipe(int fd)
{
    int copy[2];
    char bytes[MAGIC_SIZE];
    if (pipe(copy) != 0)
        return false;
    ssize_t size = tee(fd, copy[1], sizeof bytes, 0);
    if (size > 0)
        size = read(copy[0], bytes, sizeof bytes);
    close(copy[0]);
    close(copy[1]);
    return size > 0 && flame_probe(bytes, (size_t)size) == FLAME_INPUT_PERF_DATA;
}

static bool is_fifo(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

/* Whether standard input, a file, was put there to be drawn: it begins like something that is. */
static bool is_stdin_drawable(void)
{
    struct stat st;
    struct flame_contents file;
    struct flame_error error = FLAME_ERROR_INIT;
    if (fstat(STDIN_FILENO, &st) != 0 || !S_ISREG(st.st_mode) ||
        flame_contents_open(&file, STDIN_PATH, NULL, &error) != FLAME_OK)
        return false;
    bool known = flame_probe(file.bytes, file.size) != FLAME_INPUT_UNKNOWN;
    flame_contents_close(&file);
    return known;
}

bool flame_cli_draw_takes_stdin(void)
{
    return is_stdin_drawable() ||
           (access(FLAME_CLI_DEFAULT_RECORDING, F_OK) != 0 && is_fifo(STDIN_FILENO));
}

bool flame_cli_draw_left_stdin(const struct flame_cli_draw *d)
{
    int waiting = 0;
    return d->input.unnamed && is_fifo(STDIN_FILENO) &&
           ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting > 0;
}

static bool is_named_folded(const char *path)
{
    const char *suffix = flame_cli_suffix_of(path);
    return suffix && (strcmp(suffix, ".folded") == 0 || strcmp(suffix, ".collapsed") == 0);
}

/* Whether the first bytes are a text's: what other formats begin with has others. */
static bool is_text(const unsigned char *bytes, size_t size)
{
    size = size < LOOKED_AT ? size : LOOKED_AT;
    for (size_t i = 0; i < size; i++)
        if (bytes[i] == 127 || (bytes[i] < ' ' && !strchr("\t\n\v\f\r\033", bytes[i])) || !bytes[i])
            return false;
    return size > 0;
}

/* Text is wanted if one of its lines is a stack; a first line that is that long may end as one. */
enum flame_begin flame_cli_draw_begins(const void *bytes, size_t size)
{
    const struct flame_text text = { "", bytes, size };
    const struct flame_folded_options options = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    enum flame_begin recording = flame_begins_recording(bytes, size);
    if (recording == FLAME_BEGIN_RIGHT || flame_probe(bytes, size) == FLAME_INPUT_FOLDED)
        return FLAME_BEGIN_RIGHT;
    if (!is_text(bytes, size))
        return recording;
    if (size < FLAME_BEGIN_MOST || !memchr(bytes, '\n', size))
        return FLAME_BEGIN_OPEN;
    flame_folded_free(flame_folded_read(&text, 1, &options, &error));
    return error.status == FLAME_FORMAT ? FLAME_BEGIN_WRONG : FLAME_BEGIN_RIGHT;
}

/* Add a file to what is read. A pipe was made a file before, or is known to be text. */
static enum flame_status add_file(struct flame_cli_folded *folded, const char *path,
                                  const struct flame_contents *file, struct flame_error *error)
{
    size_t count = folded->count + 1;
    void *files = realloc(folded->files, count * sizeof *folded->files);
    if (files)
        folded->files = files;
    void *texts = files ? realloc(folded->texts, count * sizeof *folded->texts) : NULL;
    if (!texts)
        return flame_cli_no_memory(error);
    folded->texts = texts;
    folded->files[folded->count] = *file;
    folded->texts[folded->count] = (struct flame_text){ path, file->bytes, file->size };
    folded->count = count;
    return FLAME_OK;
}

enum flame_status flame_cli_folded_open(struct flame_cli_folded *folded,
                                        struct flame_cli_input *input,
                                        const struct flame_limits *limits,
                                        struct flame_error *error)
{
    struct flame_contents file;
    struct flame_error later = FLAME_ERROR_INIT;
    const struct flame_intake intake = { limits, flame_cli_draw_begins };
    enum flame_status status = flame_cli_take_pipe(input, error);
    if (status == FLAME_OK && strcmp(input->path, STDIN_PATH) == 0 && is_fifo(STDIN_FILENO) &&
        is_recording_in_pipe(STDIN_FILENO))
        return FLAME_OK;
    if (status == FLAME_OK)
        status = flame_cli_keep_input(input, &intake, error);
    if (status != FLAME_OK)
        return status;
    status = flame_contents_open(&file, input->path, &intake, &later);
    if (status == FLAME_NOMEM || status == FLAME_LIMIT) {
        *error = later;
        return status;
    }
    if (status != FLAME_OK)
        return FLAME_OK; /* whoever opens it next says why */
    enum flame_input kind = flame_probe(file.bytes, file.size);
    bool named = is_named_folded(input->path);
    folded->guessed = kind == FLAME_INPUT_UNKNOWN && !named;
    if (kind == FLAME_INPUT_FOLDED ||
        (kind == FLAME_INPUT_UNKNOWN && (named || is_text(file.bytes, file.size))))
        status = add_file(folded, input->path, &file, error);
    if (!folded->count)
        flame_contents_close(&file);
    return status;
}

enum flame_status flame_cli_folded_add(struct flame_cli_folded *folded, const char *path,
                                       const struct flame_limits *limits, struct flame_error *error)
{
    struct flame_contents file;
    const struct flame_intake intake = { limits, flame_cli_draw_begins };
    const char *from = strcmp(path, "-") == 0 ? STDIN_PATH : path;
    enum flame_status status = flame_contents_open(&file, from, &intake, error);
    if (status != FLAME_OK)
        return status;
    if (flame_probe(file.bytes, file.size) == FLAME_INPUT_PERF_DATA)
        status = flame_cli_usage(
            error, "'%.80s' is a recording: of several FILEs all are folded stacks", path);
    else
        status = add_file(folded, from, &file, error);
    if (status != FLAME_OK)
        flame_contents_close(&file);
    return status;
}

void flame_cli_folded_close(struct flame_cli_folded *folded)
{
    for (size_t i = 0; i < folded->count; i++)
        flame_contents_close(&folded->files[i]);
    free(folded->files);
    free(folded->texts);
    *folded = (struct flame_cli_folded){ 0 };
}

/* What a recording is asked for with options that folded text has no answer to. Threads are
 * nobody's question: the result does not depend on them. */
static enum flame_status refuse(const struct flame_cli_command *command,
                                const struct flame_cli_draw *d, struct flame_error *error)
{
    static const char *const taken[] = { "Input", "Output", "Looks" };
    for (size_t i = 0; i < command->option_count; i++) {
        const struct flame_cli_option *option = &command->options[i];
        bool refused = strcmp(option->name, "threads") != 0;
        for (size_t k = 0; k < sizeof taken / sizeof *taken; k++)
            refused = refused && strcmp(option->group, taken[k]) != 0;
        if ((refused || option->kind == FLAME_CLI_SHARE) && flame_cli_is_given(option, d))
            return flame_cli_usage(error, "--%s is about samples; folded stacks have none",
                                   option->name);
    }
    return FLAME_OK;
}

static void put_count(struct flame_output *out, uint64_t count, const char *one, const char *many)
{
    flame_cli_put_number(out, count);
    flame_put_text(out, count == 1 ? one : many);
}

/* What was read, for people, and for the picture's <metadata>. */
static void put_report(struct flame_output *out, const struct flame_folded *folded)
{
    const struct flame_folded_report *report = flame_folded_report(folded);
    const struct flame_stacks *stacks = flame_folded_stacks(folded);
    put_count(out, stacks->stack_count, " stack", " stacks");
    flame_put_text(out, " of folded text in ");
    put_count(out, report->lines, " line", " lines");
    flame_put_text(out, ", weight ");
    flame_cli_put_number(out, stacks->total_weight);
    flame_put_text(out,
                   stacks->before ? "; compared with the first of two numbers a line\n" : "\n");
    if (report->cut) {
        flame_put_text(out, "fractions of weights were cut off in ");
        put_count(out, report->cut, " line", " lines");
        flame_put_text(out, "; multiply them, and draw with --factor\n");
    }
    if (!report->passed_over)
        return;
    put_count(out, report->passed_over, " line", " lines");
    flame_put_text(out, " passed over, the first is ");
    flame_cli_put_safe(out, flame_str_from(report->first_passed_over.path));
    flame_put_text(out, ": ");
    flame_cli_put_safe(out, flame_str_from(report->first_passed_over.text));
    flame_put_text(out, "\n");
}

/* Draw what was read, and say so. */
static enum flame_status draw(struct flame_cli_draw *d, const struct flame_folded *folded,
                              struct flame_error *error)
{
    struct flame_output *report = flame_output_memory();
    if (!report)
        return flame_cli_no_memory(error);
    put_report(report, folded);
    d->looks.look.metadata = flame_output_bytes(report);
    enum flame_status status =
        flame_output_failed(report)
            ? flame_cli_no_memory(error)
            : flame_cli_draw_stacks(d, flame_folded_stacks(folded), NULL, error);
    if (status == FLAME_OK && d->chose_output)
        flame_put_text(report, "written to " FLAME_CLI_DEFAULT_PICTURE "\n");
    if (status == FLAME_OK && !d->quiet)
        flame_cli_tell(report);
    else
        flame_output_discard(report);
    return status;
}

/* Text that nobody said is folded may have been meant as a recording. */
static void say_neither(struct flame_error *error)
{
    static const char other[] =
        "not a perf.data file (it does not begin with PERFILE2), nor folded "
        "stacks: ";
    size_t length = strlen(error->text), room = sizeof error->text - sizeof other;
    memmove(error->text + sizeof other - 1, error->text, (length < room ? length : room) + 1);
    memcpy(error->text, other, sizeof other - 1);
    error->text[sizeof error->text - 1] = 0;
}

enum flame_status flame_cli_draw_folded(const struct flame_cli_command *command,
                                        struct flame_cli_draw *d, bool *whole,
                                        struct flame_error *error)
{
    bool chart = d->looks.look.flamechart;
    struct flame_folded_options options = { chart || d->no_sort, chart };
    struct flame_folded *folded =
        flame_folded_read(d->folded.texts, d->folded.count, &options, error);
    if (!folded && d->folded.guessed && error->status == FLAME_FORMAT)
        say_neither(error);
    if (!folded)
        return error->status;
    *whole = flame_folded_report(folded)->passed_over == 0;
    enum flame_status status = refuse(command, d, error);
    if (status == FLAME_OK)
        status = draw(d, folded, error);
    flame_folded_free(folded);
    return status;
}
