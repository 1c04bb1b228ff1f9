/* cmd_pack.c: a recording and what it takes to name it elsewhere, in one file.
 *
 * Says in one line what came of it, and, as a picture does, what is missing: it will be missing
 * wherever the pack is read. Manual: docs/commands/flamedata-pack.md. */
#include "command.h"
#include "limit_option.h"
#include "naming.h"
#include "sandbox.h"
#include "terminal.h"
#include "verdict.h"

#include <errno.h>
#include <flamedata/pack.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SUFFIX ".fdpack"

/* name: what output points to, where it was chosen here */
struct pack {
    struct flame_cli_input input;
    struct flame_path_list limit_list;
    const char *output;
    char *name;
    bool quiet, strict, help, no_sandbox;
    struct flame_cli_share unresolved;
    struct flame_pack_options options;
    struct flame_packing *packing;
};

#define FIELD(member) FLAME_CLI_FIELD(struct pack, member)
#define OUTPUT "Output"

static const struct flame_cli_option options[] = {
    FLAME_CLI_INPUT(struct pack, input),
    FLAME_CLI_NO_SANDBOX(struct pack, no_sandbox),

    { 'o', "output", NULL, "OUT", FIELD(output), OUTPUT,
      "Write to OUT, - is standard output; default: FILE" SUFFIX "." },
    { 0, "source", NULL, NULL, FIELD(options.source), OUTPUT,
      "Pack the text of source files, too, where debug information says that they are." },
    { 'q', "quiet", NULL, NULL, FIELD(quiet), OUTPUT,
      "Do not say what was packed, but errors, and names that are only trusted." },
    { 0, "strict", NULL, NULL, FIELD(strict), OUTPUT,
      "Exit with 1 also when samples were lost or records were bad." },
    FLAME_CLI_FAIL_UNRESOLVED(struct pack, unresolved, OUTPUT),
    { 0, "threads", NULL, "N", FIELD(options.threads), OUTPUT,
      "Use N threads, at most 256; default: one per processor. The result does not depend on it.",
      0, 256 },
    { 'h', "help", NULL, NULL, FIELD(help), OUTPUT, "Print this help." },

    FLAME_CLI_SYMBOLS(struct pack, options.symbols),

    FLAME_CLI_LIMIT(struct pack, limit_list),
};

/* FILE.fdpack, beside FILE; standard input goes to perf.data.fdpack. */
static enum flame_status choose_output(struct pack *p, struct flame_error *error)
{
    const char *input = strcmp(p->input.path, "/dev/stdin") == 0 || strcmp(p->input.path, "-") == 0
                            ? "perf.data"
                            : p->input.path;
    struct flame_str name = flame_str_from(input);
    while (name.len > 1 && name.ptr[name.len - 1] == '/')
        name.len--;
    if (flame_str_ends(name, SUFFIX))
        return flame_cli_usage(error,
                               "'%.80s' is a pack; say with -o how another one of it is to "
                               "be called",
                               input);
    size_t cap = name.len + sizeof SUFFIX;
    p->name = malloc(cap);
    if (!p->name)
        return flame_cli_no_memory(error);
    snprintf(p->name, cap, "%.*s" SUFFIX, (int)name.len, name.ptr);
    p->output = p->name;
    return FLAME_OK;
}

/* Seconds that can be told in ns. */
static bool read_seconds(const char *text, uint64_t *seconds)
{
    size_t digits = strspn(text, "0123456789");
    errno = 0;
    *seconds = strtoull(text, NULL, 10);
    return digits && text[digits] == 0 && errno == 0 && *seconds <= INT64_MAX / 1000000000;
}

static enum flame_status settle(struct pack *p, int words, char **argv, struct flame_error *error)
{
    enum flame_status status = flame_cli_choose_input(&p->input, words, argv, error);
    if (status == FLAME_OK && !p->output)
        status = choose_output(p, error);
    if (status != FLAME_OK || !p->output)
        return status;
    if (flame_cli_same_file(p->input.path, p->output))
        return flame_cli_usage(error, "'%.80s' is the recording itself; name another OUT",
                               p->output);
    if (strcmp(p->output, "-") == 0 && isatty(STDOUT_FILENO))
        return flame_cli_usage(error, "a pack is not for a terminal; name a file with -o");
    /* So that the same input can give the same bytes. */
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (epoch && *epoch && !read_seconds(epoch, &p->options.made_s))
        return flame_cli_usage(error,
                               "SOURCE_DATE_EPOCH is '%.40s', which is no time in seconds since "
                               "1970",
                               epoch);
    return flame_cli_settle_symbols(&p->options.symbols, &p->input, &p->options.limits, p->quiet,
                                    error);
}

static enum flame_status write_pack(void *user, struct flame_output *out, struct flame_error *error)
{
    const struct pack *p = user;
    flame_output_limit(out, &p->options.limits);
    return flame_packing_write(p->packing, out, error);
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void put_files(struct flame_output *out, const struct flame_pack_contents *c)
{
    flame_putf(out, "%" PRIu64 " file%s of ", c->files, c->files == 1 ? "" : "s");
    flame_cli_put_size(out, c->file_bytes);
    if (c->sources)
        flame_putf(out, " (%" PRIu64 " of source text)", c->sources);
}

/* What was packed, and what is to be known about it. */
static void say(const struct pack *p, const struct flame_packing *packing,
                const struct timespec *start)
{
    const struct flame_pack_contents *c = flame_packing_contents(packing);
    const struct flame_cli_wording wording = { .colour = flame_cli_colour(STDERR_FILENO) };
    struct flame_output *text = flame_output_memory();
    struct stat st;
    if (!text)
        return;
    flame_cli_put_verdict(text, flame_packing_verdict(packing), flame_packing_stacks(packing),
                          &wording);
    flame_cli_put_fetches(text, flame_packing_verdict(packing), &wording, false);
    flame_put_text(text, "a recording of ");
    flame_cli_put_size(text, c->recording_bytes);
    flame_put_text(text, " and ");
    put_files(text, c);
    flame_put_text(text, " packed");
    if (stat(p->output, &st) == 0 && S_ISREG(st.st_mode)) {
        flame_put_text(text, " into ");
        flame_cli_put_size(text, (uint64_t)st.st_size);
        flame_put_text(text, ", ");
        flame_cli_put_safe(text, flame_str_from(p->output));
    }
    flame_putf(text, ", in %.1f s\n", seconds_since(start));
    if (c->sources_left_out)
        flame_putf(text,
                   "%" PRIu64 " source file%s left out: not everybody may read %s, or it is no "
                   "source text by its name, place or time\n",
                   c->sources_left_out, c->sources_left_out == 1 ? " is" : "s are",
                   c->sources_left_out == 1 ? "it" : "each");
    if (c->memory_left_out)
        flame_put_text(text, "the kernel's code in /proc/kcore is not packed: copy it first, perf "
                             "buildid-cache --kcore /proc/kcore\n");
    flame_cli_say(flame_output_bytes(text));
    flame_output_discard(text);
}

static int run(int argc, char **argv)
{
    struct pack p = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    struct timespec start;
    int words;
    clock_gettime(CLOCK_MONOTONIC, &start);
    enum flame_status status = flame_cli_parse(&flame_cli_pack, argc, argv, &p, &words, &error);
    if (status == FLAME_OK && p.help)
        return flame_cli_say_help(&flame_cli_pack);
    if (status == FLAME_OK && flame_cli_asks_for_limits(&p.limit_list))
        return flame_cli_say_limits();
    if (status == FLAME_OK)
        status = flame_cli_settle_limits(&p.limit_list, &p.options.limits, &error);
    if (status == FLAME_OK)
        status = settle(&p, words, argv, &error);
    const struct flame_cli_needs needs = { .off = p.no_sandbox,
                                           .input = p.input.path,
                                           .output = p.output,
                                           .symbols = &p.options.symbols };
    if (status == FLAME_OK) {
        flame_cli_enter_sandbox(&needs);
        p.packing = flame_packing_open(p.input.path, &p.options, &error);
        status = p.packing ? flame_cli_write_as_is(p.output, write_pack, &p, &error) : error.status;
    }
    if (status != FLAME_OK)
        flame_cli_complain(&error, flame_cli_hint(&flame_cli_pack, &p.input, &error));
    else if (p.quiet)
        flame_cli_say_cautions(flame_packing_verdict(p.packing));
    else
        say(&p, p.packing, &start);
    int result = status == FLAME_OK ? flame_cli_meet(p.strict, p.quiet, &p.unresolved,
                                                     flame_packing_verdict(p.packing))
                                    : flame_cli_exit_status(status);
    flame_packing_close(p.packing);
    free(p.name);
    return result;
}

const struct flame_cli_command flame_cli_pack = {
    .name = "pack",
    .see_help = "see flamedata pack --help",
    .synopsis = "pack [OPTIONS] [FILE] [-o OUT]",
    .summary =
        "Pack a recording (FILE, default: perf.data, - is standard input) together with what "
        "it takes to name and annotate it elsewhere.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
