/* cmd_dump.c: the records of a recording, one line each, or how many there are of each type.
 *
 * The output is written as it comes: the library makes it safe for a terminal, and it may be larger
 * than memory. Manual: docs/commands/flamedata-dump.md. */
#include "command.h"
#include "limit_option.h"
#include "sandbox.h"
#include "terminal.h"

#include <flamedata/inspect.h>
#include <limits.h>
#include <stdio.h>

/* More lines than these say nothing new; the dump itself has them all. */
enum { MOST_LOSSES = 8 };

struct dump {
    struct flame_cli_input input;
    struct flame_path_list limit_list;
    const char *output;
    bool stats, strict, quiet, help, no_sandbox;
    unsigned limit;
    struct flame_dump_options options;
    uint64_t losses;
};

#define FIELD(member) FLAME_CLI_FIELD(struct dump, member)
#define OUTPUT "Output"
#define SHOWN "What is shown"

static const struct flame_cli_option options[] = {
    FLAME_CLI_INPUT(struct dump, input),
    FLAME_CLI_NO_SANDBOX(struct dump, no_sandbox),

    { 'o', "output", NULL, "OUT", FIELD(output), OUTPUT,
      "Write to OUT; default: -, standard output." },
    { 'q', "quiet", NULL, NULL, FIELD(quiet), OUTPUT,
      "Do not say on standard error what could not be read. Errors are still printed." },
    { 0, "strict", NULL, NULL, FIELD(strict), OUTPUT,
      "Exit with 1 also when something could not be read." },
    { 'h', "help", NULL, NULL, FIELD(help), OUTPUT, "Print this help." },

    { 0, "stats", NULL, NULL, FIELD(stats), SHOWN,
      "Print the number of records of each type, and nothing else." },
    { 0, "type", NULL, "NAME[,NAME]", FIELD(options.types), SHOWN,
      "Only records of these types, by perf's names: SAMPLE, MMAP2, ..." },
    { 'n', "first", NULL, "N", FIELD(limit), SHOWN, "Stop after N records; default: 0, all.", 0,
      UINT_MAX },

    FLAME_CLI_LIMIT(struct dump, limit_list),
};

static enum flame_status settle(struct dump *d, int words, char **argv, struct flame_error *error)
{
    enum flame_status status = flame_cli_choose_input(&d->input, words, argv, error);
    if (!d->output)
        d->output = "-";
    if (status == FLAME_OK && flame_cli_same_file(d->input.path, d->output))
        return flame_cli_usage(error, "'%.80s' is the recording itself; name another OUT",
                               d->output);
    d->options.limit = d->limit;
    return status;
}

static void tell_loss(void *user, const struct flame_loss *loss)
{
    struct dump *d = user;
    char bytes[48];
    snprintf(bytes, sizeof bytes, "%llu bytes lost", (unsigned long long)loss->bytes);
    bool first = d->losses++ == 0;
    if (d->quiet ? d->strict && first : d->losses <= MOST_LOSSES)
        flame_cli_complain(&loss->error, loss->bytes ? bytes : NULL);
}

static void tell_rest(const struct dump *d)
{
    char text[80];
    if (d->losses <= MOST_LOSSES || d->quiet)
        return;
    snprintf(text, sizeof text, "flamedata: and %llu more places that could not be read\n",
             (unsigned long long)(d->losses - MOST_LOSSES));
    flame_cli_say(flame_str_from(text));
}

static enum flame_status write_dump(struct dump *d, struct flame_error *error)
{
    struct flame_output *out = flame_output_open(d->output, error);
    if (!out)
        return error->status;
    flame_output_limit(out, &d->options.limits);
    d->options.damage.tell = tell_loss;
    d->options.damage.user = d;
    enum flame_status status =
        d->stats ? flame_write_record_counts(d->input.path, &d->options, out, error)
                 : flame_write_dump(d->input.path, &d->options, out, error);
    if (status == FLAME_OK)
        return flame_output_commit(out, error);
    flame_output_discard(out);
    return status;
}

static int run(int argc, char **argv)
{
    struct dump d = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    int words;
    enum flame_status status = flame_cli_parse(&flame_cli_dump, argc, argv, &d, &words, &error);
    if (status == FLAME_OK && d.help)
        return flame_cli_say_help(&flame_cli_dump);
    if (status == FLAME_OK && flame_cli_asks_for_limits(&d.limit_list))
        return flame_cli_say_limits();
    if (status == FLAME_OK)
        status = flame_cli_settle_limits(&d.limit_list, &d.options.limits, &error);
    if (status == FLAME_OK)
        status = settle(&d, words, argv, &error);
    const struct flame_cli_needs needs = { .off = d.no_sandbox,
                                           .input = d.input.path,
                                           .output = d.output };
    if (status == FLAME_OK) {
        flame_cli_enter_sandbox(&needs);
        status = write_dump(&d, &error);
    }
    tell_rest(&d);
    if (status != FLAME_OK)
        flame_cli_complain(&error, flame_cli_hint(&flame_cli_dump, &d.input, &error));
    int result = flame_cli_exit_status(status);
    if (status == FLAME_OK && d.strict && d.losses) {
        flame_cli_say(flame_str_from("flamedata: data was lost, and --strict was given\n"));
        result = FLAME_CLI_FAILED;
    }
    return result;
}

const struct flame_cli_command flame_cli_dump = {
    .name = "dump",
    .see_help = "see flamedata dump --help",
    .synopsis = "dump [OPTIONS] [FILE]",
    .summary = "Print the records of a recording (FILE, default: perf.data, - is standard input), "
               "one line each.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
