/* cmd_script.c: the samples of a recording as the text of perf script, for whoever reads that.
 *
 * Says nothing when all is well: its output is another program's input, often through a pipe.
 * Manual: docs/commands/flamedata-script.md. */
#include "command.h"
#include "filters.h"
#include "limit_option.h"
#include "naming.h"
#include "sandbox.h"
#include "terminal.h"
#include "verdict.h"

#include <flamedata/script.h>
#include <unistd.h>

struct script {
    struct flame_cli_input input;
    struct flame_path_list limit_list;
    const char *output;
    bool quiet, strict, help, no_sandbox;
    struct flame_script_options options;
    struct flame_script *open;
};

#define FIELD(member) FLAME_CLI_FIELD(struct script, member)
#define OUTPUT "Output"
#define PRINTED "What is printed"

static const struct flame_cli_option options[] = {
    FLAME_CLI_INPUT(struct script, input),
    FLAME_CLI_NO_SANDBOX(struct script, no_sandbox),

    { 'o', "output", NULL, "OUT", FIELD(output), OUTPUT,
      "Write to OUT; default: -, standard output." },
    { 'q', "quiet", NULL, NULL, FIELD(quiet), OUTPUT,
      "Do not say what was lost, but errors, and names that are only trusted." },
    { 0, "strict", NULL, NULL, FIELD(strict), OUTPUT,
      "Exit with 1 also when samples were lost or records were bad." },
    { 'h', "help", NULL, NULL, FIELD(help), OUTPUT, "Print this help." },

    { 'F', "fields", NULL, "FIELDS", FIELD(options.fields), PRINTED,
      "Print these: comm,tid,pid,time,cpu,period,event,addr,ip,sym,symoff,dso,srcline; or "
      "+pid,-period to change what is usual." },
    { 'G', "hide-call-graph", NULL, NULL, FIELD(options.no_chains), PRINTED,
      "Print the sampled instruction alone, not its callers." },
    FLAME_CLI_INLINE(struct script, options.session.no_inline, PRINTED),
    { 0, "ns", NULL, NULL, FIELD(options.nanoseconds), PRINTED,
      "Print times in nanoseconds, not microseconds." },
    { 0, "event", NULL, "NAME", FIELD(options.session.event), PRINTED,
      "Print this event alone; default: all." },

    FLAME_CLI_SYMBOLS(struct script, options.session.symbols),

    FLAME_CLI_FILTERS(struct script, options.session.filter, 0),

    FLAME_CLI_LIMIT(struct script, limit_list),
};

static enum flame_status settle(struct script *c, int words, char **argv, struct flame_error *error)
{
    enum flame_status status = flame_cli_choose_input(&c->input, words, argv, error);
    if (!c->output)
        c->output = "-";
    if (status == FLAME_OK && flame_cli_same_file(c->input.path, c->output))
        return flame_cli_usage(error, "'%.80s' is the recording itself; name another OUT",
                               c->output);
    return status;
}

static enum flame_status write_script(void *user, struct flame_output *out,
                                      struct flame_error *error)
{
    const struct script *c = user;
    flame_output_limit(out, &c->options.session.limits);
    return flame_script_write(c->open, out, error);
}

/* Say what is missing, if anything; its own failures are not the run's. */
static void say_losses(const struct flame_verdict *verdict)
{
    struct flame_output *text = flame_output_memory();
    if (!text)
        return;
    flame_cli_put_losses(text, verdict, flame_cli_colour(STDERR_FILENO));
    if (flame_output_bytes(text).len)
        flame_cli_say(flame_output_bytes(text));
    flame_output_discard(text);
}

static int run(int argc, char **argv)
{
    struct script c = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    int words;
    enum flame_status status = flame_cli_parse(&flame_cli_script, argc, argv, &c, &words, &error);
    if (status == FLAME_OK && c.help)
        return flame_cli_say_help(&flame_cli_script);
    if (status == FLAME_OK && flame_cli_asks_for_limits(&c.limit_list))
        return flame_cli_say_limits();
    if (status == FLAME_OK)
        status = flame_cli_settle_limits(&c.limit_list, &c.options.session.limits, &error);
    if (status == FLAME_OK)
        status = settle(&c, words, argv, &error);
    if (status == FLAME_OK)
        status = flame_cli_settle_symbols(&c.options.session.symbols, &c.input,
                                          &c.options.session.limits, c.quiet, &error);
    const struct flame_cli_needs needs = { .off = c.no_sandbox,
                                           .input = c.input.path,
                                           .output = c.output,
                                           .symbols = &c.options.session.symbols };
    if (status == FLAME_OK)
        flame_cli_enter_sandbox(&needs);
    if (status == FLAME_OK) {
        c.open = flame_script_open(c.input.path, &c.options, &error);
        status = c.open ? flame_cli_write(c.output, write_script, &c, &error) : error.status;
    }
    if (status != FLAME_OK)
        flame_cli_complain(&error, flame_cli_hint(&flame_cli_script, &c.input, &error));
    if (c.open && !c.quiet)
        say_losses(flame_script_verdict(c.open));
    else if (c.open)
        flame_cli_say_cautions(flame_script_verdict(c.open));
    int result = status == FLAME_OK
                     ? flame_cli_meet(c.strict, c.quiet, NULL, flame_script_verdict(c.open))
                     : flame_cli_exit_status(status);
    flame_script_close(c.open);
    return result;
}

const struct flame_cli_command flame_cli_script = {
    .name = "script",
    .see_help = "see flamedata script --help",
    .synopsis = "script [OPTIONS] [FILE]",
    .summary =
        "Print the samples of a recording (FILE, default: perf.data, - is standard input) as "
        "perf script does.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
