/* cmd_report.c: which functions take the time, as perf report's table says it.
 *
 * Tables are standard output's; the verdict is standard error's, as of a picture. Manual:
 * docs/commands/flamedata-report.md. */
#include "command.h"
#include "filters.h"
#include "limit_option.h"
#include "naming.h"
#include "pager.h"
#include "sandbox.h"
#include "terminal.h"
#include "verdict.h"

#include <flamedata/report.h>
#include <unistd.h>

enum format { TEXT, JSON, CSV };

static const char *const formats[] = { "text", "json", "csv" };

struct report {
    struct flame_cli_input input;
    struct flame_path_list limit_list;
    const char *output, *format_name, *graph, *colour_name;
    bool children, no_children, quiet, strict, help, pager, plain, as_ever, no_sandbox;
    struct flame_cli_pager paged;
    struct flame_cli_share unresolved;
    enum format format;
    struct flame_report_options options;
    struct flame_report_look look;
};

#define FIELD(member) FLAME_CLI_FIELD(struct report, member)
#define OUTPUT "Output"
#define ROWS "Rows"
#define COLUMNS "Columns of text"

static const struct flame_cli_option options[] = {
    FLAME_CLI_INPUT(struct report, input),
    FLAME_CLI_NO_SANDBOX(struct report, no_sandbox),

    { 'o', "output", NULL, "OUT", FIELD(output), OUTPUT,
      "Write to OUT; .txt, .json and .csv pick the format. Default: -, standard output." },
    { 0, "format", NULL, "FORMAT", FIELD(format_name), OUTPUT,
      "text, json or csv, whatever the suffix." },
    { 0, "stdio", NULL, NULL, FIELD(plain), OUTPUT, "Write text: the default, as perf spells it." },
    { 0, "stdio-color", NULL, "WHEN", FIELD(colour_name), OUTPUT,
      "Colour: always, never, or auto, on a terminal alone: the default." },
    { 0, "pager", NULL, NULL, FIELD(pager), OUTPUT,
      "Show text on a terminal through $PAGER, or less." },
    { 'f', "force", NULL, NULL, FIELD(as_ever), OUTPUT,
      "Changes nothing: perf asks for it where the recording is another user's." },
    { 'q', "quiet", NULL, NULL, FIELD(quiet), OUTPUT,
      "Print no verdict, but errors, and names that are only trusted." },
    { 0, "strict", NULL, NULL, FIELD(strict), OUTPUT,
      "Exit with 1 also when samples were lost or records were bad." },
    FLAME_CLI_FAIL_UNRESOLVED(struct report, unresolved, OUTPUT),
    { 'h', "help", NULL, NULL, FIELD(help), OUTPUT, "Print this help." },

    { 's', "sort", NULL, "KEYS", FIELD(options.sort), ROWS,
      "What rows are told apart by: comm, pid, tid, dso, symbol (sym), srcline, with commas "
      "between "
      "them; +KEY adds to the default: comm,dso,symbol." },
    { 0, "children", NULL, NULL, FIELD(children), ROWS,
      "Rows have a total, with what they called, and are ordered by it: the default where there "
      "are "
      "call chains." },
    { 0, "no-children", NULL, NULL, FIELD(no_children), ROWS,
      "Count sampled instructions alone; stacks are not looked at." },
    { 0, "addresses", NULL, NULL, FIELD(options.addresses), ROWS,
      "A row for each address that has no symbol, as perf has it, not one for all of an object." },
    { 0, "percent-limit", NULL, "PERCENT", FIELD(look.min_percent), ROWS,
      "Leave out rows below this.", 0, 100 },
    { 0, "top", NULL, "N", FIELD(look.most), ROWS, "Show the first N rows of each table.", 1, 1e9 },
    { 0, "event", NULL, "NAME", FIELD(options.session.event), ROWS,
      "This event alone; default: all, a table each." },
    FLAME_CLI_INLINE(struct report, options.session.no_inline, ROWS),
    { 'g', "call-graph", NULL, "none", FIELD(graph), ROWS,
      "Changes nothing: callers are never listed below a row. A flame graph shows them." },
    { 0, "threads", NULL, "N", FIELD(options.session.threads), ROWS,
      "Use N threads, at most 256; default: one per processor. The result does not depend on it.",
      0, 256 },

    { 'n', "show-nr-samples", NULL, NULL, FIELD(look.samples), COLUMNS,
      "Add a column with the number of samples." },
    { 0, "show-total-period", NULL, NULL, FIELD(look.period), COLUMNS,
      "Add a column with the sum of their periods." },
    { 'P', "full-paths", NULL, NULL, FIELD(look.full_paths), COLUMNS,
      "Name objects and source files with their folders." },

    FLAME_CLI_SYMBOLS(struct report, options.session.symbols),

    FLAME_CLI_FILTERS(struct report, options.session.filter, 'd'),

    FLAME_CLI_LIMIT(struct report, limit_list),
};

/* The suffix picks the format where none is named; text where there is none. */
static enum flame_status choose_format(struct report *c, struct flame_error *error)
{
    const char *suffix = flame_cli_suffix_of(c->output);
    bool known = !suffix || strcmp(suffix, ".txt") == 0;
    for (unsigned i = JSON; suffix && i < sizeof formats / sizeof *formats; i++)
        if (strcmp(suffix + 1, formats[i]) == 0) {
            c->format = (enum format)i;
            known = true;
        }
    if (!known && !c->format_name && !c->plain)
        return flame_cli_usage(error,
                               "'%.80s': the suffix is none of .txt, .json, .csv; say which with "
                               "--format",
                               c->output);
    for (unsigned i = 0; c->format_name && i < sizeof formats / sizeof *formats; i++)
        if (strcmp(c->format_name, formats[i]) == 0) {
            c->format = (enum format)i;
            c->format_name = NULL;
        }
    if (c->format_name)
        return flame_cli_usage(error, "there is no format '%.40s'; there are text, json and csv",
                               c->format_name);
    if (c->plain && c->format != TEXT)
        return flame_cli_usage(error, "--stdio writes text, not %s", formats[c->format]);
    return FLAME_OK;
}

static enum flame_status choose_colour(struct report *c, struct flame_error *error)
{
    const char *when = c->colour_name ? c->colour_name : "auto";
    bool always = strcmp(when, "always") == 0, shown = strcmp(when, "auto") == 0;
    if (!always && !shown && strcmp(when, "never") != 0)
        return flame_cli_usage(error, "--stdio-color takes one of auto, always, never, not '%.40s'",
                               when);
    c->look.colour =
        always || (shown && strcmp(c->output, "-") == 0 && flame_cli_colour(STDOUT_FILENO));
    return FLAME_OK;
}

static enum flame_status settle(struct report *c, int words, char **argv, struct flame_error *error)
{
    enum flame_status status = flame_cli_choose_input(&c->input, words, argv, error);
    if (!c->output)
        c->output = "-";
    if (status == FLAME_OK && flame_cli_same_file(c->input.path, c->output))
        return flame_cli_usage(error, "'%.400s' is the recording itself; name another OUT",
                               c->output);
    if (status == FLAME_OK)
        status = choose_format(c, error);
    if (status == FLAME_OK)
        status = choose_colour(c, error);
    if (status != FLAME_OK)
        return status;
    if (c->children && c->no_children)
        return flame_cli_usage(error, "--children and --no-children exclude each other");
    if (c->graph && strcmp(c->graph, "none") != 0)
        return flame_cli_usage(error,
                               "-g takes none alone: callers are not listed here; flamedata FILE "
                               "-o OUT.svg shows them");
    c->options.callers = c->children      ? FLAME_REPORT_CALLERS_TOTAL
                         : c->no_children ? FLAME_REPORT_CALLERS_NONE
                                          : FLAME_REPORT_CALLERS_AUTO;
    return FLAME_OK;
}

struct tables {
    const struct report *command;
    const struct flame_report *report;
};

static enum flame_status write_tables(void *user, struct flame_output *out,
                                      struct flame_error *error)
{
    const struct tables *tables = user;
    const struct flame_report_look *look = &tables->command->look;
    enum flame_status status = FLAME_OK;
    flame_output_limit(out, &tables->command->options.session.limits);
    switch (tables->command->format) {
    case TEXT:
        status = flame_report_text(tables->report, look, out);
        break;
    case JSON:
        status = flame_report_json(tables->report, look, out);
        break;
    case CSV:
        status = flame_report_csv(tables->report, look, out);
        break;
    }
    return status == FLAME_OK ? FLAME_OK : flame_cli_no_memory(error);
}

static enum flame_status write_out(struct report *c, const struct flame_report *report,
                                   struct flame_error *error)
{
    struct tables tables = { c, report };
    if (c->format != TEXT)
        return flame_cli_write(c->output, write_tables, &tables, error);
    return flame_cli_write_paged(c->output, &c->paged, write_tables, &tables, error);
}

/* Print the verdict; its own failures are said, but are not the run's. */
static void say_verdict(const struct flame_report *report)
{
    struct flame_output *text = flame_output_memory();
    const struct flame_cli_wording wording = { .colour = flame_cli_colour(STDERR_FILENO),
                                               .leaves = !report->callers };
    if (!text) {
        flame_cli_tell(NULL);
        return;
    }
    const struct flame_stacks judged = { .unit = report->unit, .event_name = report->judged };
    flame_cli_put_verdict(text, report->verdict, &judged, &wording);
    flame_cli_put_fetches(text, report->verdict, &wording, false);
    flame_cli_tell(text);
}

/* Every table has to come up to what is demanded, not the one alone that the verdict is about. */
static int judge(const struct report *c, const struct flame_report *report)
{
    int result = flame_cli_meet(c->strict, c->quiet, NULL, report->verdict);
    for (size_t i = 0; i < report->event_count; i++) {
        const struct flame_report_event *event = &report->events[i];
        if (flame_cli_is_unresolved(&c->unresolved, event->unnamed, event->total.period,
                                    report->event_count > 1 ? &event->name : NULL))
            result = FLAME_CLI_FAILED;
    }
    return result;
}

/* The last step before the recording is read. */
static void get_ready(struct report *c)
{
    const struct flame_cli_needs needs = { .off = c->no_sandbox,
                                           .input = c->input.path,
                                           .output = c->output,
                                           .symbols = &c->options.session.symbols };
    flame_cli_pager_prepare(&c->paged, c->output, c->pager && c->format == TEXT);
    flame_cli_enter_sandbox(&needs);
}

static int run(int argc, char **argv)
{
    struct report c = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    int words;
    enum flame_status status = flame_cli_parse(&flame_cli_report, argc, argv, &c, &words, &error);
    if (status == FLAME_OK && c.help)
        return flame_cli_say_help(&flame_cli_report);
    if (status == FLAME_OK && flame_cli_asks_for_limits(&c.limit_list))
        return flame_cli_say_limits();
    if (status == FLAME_OK)
        status = flame_cli_settle_limits(&c.limit_list, &c.options.session.limits, &error);
    if (status == FLAME_OK)
        status = settle(&c, words, argv, &error);
    if (status == FLAME_OK)
        status = flame_cli_settle_symbols(&c.options.session.symbols, &c.input,
                                          &c.options.session.limits, c.quiet, &error);
    if (status == FLAME_OK)
        get_ready(&c);
    const struct flame_report *report =
        status == FLAME_OK ? flame_report(c.input.path, &c.options, &error) : NULL;
    if (status == FLAME_OK)
        status = report ? write_out(&c, report, &error) : error.status;
    if (status != FLAME_OK || !report)
        flame_cli_complain(&error, flame_cli_hint(&flame_cli_report, &c.input, &error));
    else if (c.quiet)
        flame_cli_say_cautions(report->verdict);
    else
        say_verdict(report);
    int result = status == FLAME_OK && report ? judge(&c, report) : flame_cli_exit_status(status);
    flame_report_free(report);
    return result;
}

const struct flame_cli_command flame_cli_report = {
    .name = "report",
    .see_help = "see flamedata report --help",
    .synopsis = "report [OPTIONS] [FILE]",
    .summary = "Show which functions take the time in a recording (FILE, default: perf.data, - is "
               "standard input): a table of them, hottest first.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
