/* cmd_annotate.c: which instructions and lines of a function were hit, as perf annotate says it.
 *
 * The listing is standard output's; why a function is not shown, what was lost, and what else can
 * be asked for is standard error's. Manual: docs/commands/flamedata-annotate.md. */
#include "annotate_hint.h"
#include "command.h"
#include "filters.h"
#include "limit_option.h"
#include "naming.h"
#include "pager.h"
#include "passed_over.h"
#include "sandbox.h"
#include "terminal.h"
#include "verdict.h"

#include <flamedata/annotate.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum format { TEXT, JSON, HTML };

struct annotate {
    struct flame_cli_input input;
    struct flame_path_list limit_list;
    const char *symbol, *output, *format_name, *percent_name, *style, *colour_name;
    bool quiet, strict, help, pager, plain, as_ever, no_sandbox;
    struct flame_cli_pager paged;
    struct flame_cli_share unresolved;
    const char *lone_word; /* no such file, so it is the symbol */
    enum format format;
    struct flame_annotate_options options;
    struct flame_annotate_look look;
};

#define FIELD(member) FLAME_CLI_FIELD(struct annotate, member)
#define FILTERS options.session.filter
#define WHICH "Which functions"
#define OUTPUT "Output"
#define PRINTED "What is shown"
#define SOURCE "Source"

static const struct flame_cli_option options[] = {
    FLAME_CLI_INPUT(struct annotate, input),
    FLAME_CLI_NO_SANDBOX(struct annotate, no_sandbox),

    { 's', "symbol", NULL, "SYMBOL", FIELD(symbol), WHICH,
      "The function, as perf spells it; SYMBOL behind FILE does the same." },
    { 0, "regex", NULL, NULL, FIELD(options.regex), WHICH,
      "SYMBOL is an extended regular expression, found anywhere in the name." },
    { 0, "top", NULL, "N", FIELD(options.top), WHICH, "Show the N hottest of them; default: 1.", 1,
      1e6 },
    { 'd', "dsos", NULL, "DSOS", FIELD(FILTERS.dsos), WHICH,
      "Only functions of these objects, by path or name: libc.so.6." },
    { 0, "callers", NULL, NULL, FIELD(options.callers), WHICH,
      "Hits are also the calls that had not returned, not the sampled instructions alone." },
    { 0, "no-code", NULL, NULL, FIELD(options.no_code), WHICH,
      "List the addresses that were hit, without code: also where the file is not here." },

    { 'o', "output", NULL, "OUT", FIELD(output), OUTPUT,
      "Write to OUT; .json and .html pick the format. Default: -, standard output." },
    { 0, "format", NULL, "FORMAT", FIELD(format_name), OUTPUT,
      "text, json or html, whatever the suffix." },
    { 0, "stdio", NULL, NULL, FIELD(plain), OUTPUT, "Write text: the default, as perf spells it." },
    { 0, "stdio-color", NULL, "WHEN", FIELD(colour_name), OUTPUT,
      "Colour: always, never, or auto, on a terminal alone: the default." },
    { 0, "pager", NULL, NULL, FIELD(pager), OUTPUT,
      "Show text on a terminal through $PAGER, or less." },
    { 'f', "force", NULL, NULL, FIELD(as_ever), OUTPUT,
      "Changes nothing: perf asks for it where the recording is another user's." },
    { 'q', "quiet", NULL, NULL, FIELD(quiet), OUTPUT,
      "Do not say what was lost or passed over, but errors, and names that are only trusted." },
    { 0, "strict", NULL, NULL, FIELD(strict), OUTPUT,
      "Exit with 1 also when samples were lost or records were bad." },
    FLAME_CLI_FAIL_UNRESOLVED(struct annotate, unresolved, OUTPUT),
    { 'h', "help", NULL, NULL, FIELD(help), OUTPUT, "Print this help." },

    { 0, "percent-type", NULL, "TYPE", FIELD(percent_name), PRINTED,
      "Percentages of the function or of all samples, of the sum of periods or of the number of "
      "samples: local-period (the default), local-hits, global-period, global-hits." },
    { 0, "group", NULL, NULL, FIELD(as_ever), PRINTED,
      "Changes nothing: events are always shown side by side." },
    { 'n', "show-nr-samples", NULL, NULL, FIELD(look.samples), PRINTED,
      "Add a column with the number of samples." },
    { 0, "show-total-period", NULL, NULL, FIELD(look.period), PRINTED,
      "Add a column with the sum of their periods." },
    { 0, "asm-raw", NULL, NULL, FIELD(look.raw), PRINTED, "Add the bytes of the instructions." },
    { 'M', "disassembler-style", NULL, "STYLE", FIELD(style), PRINTED,
      "x86's instructions in the style of intel or att, the default." },
    { 0, "event", NULL, "NAME", FIELD(options.session.event), PRINTED,
      "Hits of this event alone; default: all, a column each." },

    FLAME_CLI_SYMBOLS(struct annotate, options.session.symbols),

    { 0, "no-source", NULL, NULL, FIELD(options.no_source), SOURCE,
      "Show no source lines between the instructions." },
    { 0, "source", NULL, NULL, FIELD(options.no_source), SOURCE,
      "Show them, as far as debug information tells: the default.", .clears = true },
    { 'l', "print-line", NULL, NULL, FIELD(look.print_line), SOURCE,
      "Add file:line to every instruction that was hit." },
    { 'P', "full-paths", NULL, NULL, FIELD(look.full_paths), SOURCE,
      "Name source files with their folders." },
    { 0, "source-dir", NULL, "DIRS", FIELD(options.source_dirs), SOURCE,
      "Look for source files in these folders first: a:b." },
    { 0, "prefix", NULL, "PREFIX", FIELD(options.prefix), SOURCE,
      "Put PREFIX in front of the paths of source files." },
    { 0, "prefix-strip", NULL, "N", FIELD(options.prefix_strip), SOURCE,
      "Take N leading folders off them before; with --prefix.", 0, 1000 },

    FLAME_CLI_THREAD_FILTERS(struct annotate, FILTERS),
    FLAME_CLI_TIME_FILTER(struct annotate, FILTERS),

    FLAME_CLI_LIMIT(struct annotate, limit_list),
};

/* One of words[count] as its index. */
static enum flame_status choose(unsigned *choice, const char *option, const char *given,
                                const char *const *words, unsigned count, struct flame_error *error)
{
    char list[120] = "";
    for (unsigned i = 0; given && i < count; i++) {
        if (strcmp(given, words[i]) == 0) {
            *choice = i;
            return FLAME_OK;
        }
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", words[i]);
    }
    return given ? flame_cli_usage(error, "%s takes one of %s, not '%.200s'", option, list, given)
                 : FLAME_OK;
}

static enum flame_status choose_percent(struct annotate *c, struct flame_error *error)
{
    static const char *const names[] = { "local-period", "local-hits", "global-period",
                                         "global-hits" };
    static const char *const others[][2] = { { "period-local", "local" },
                                             { "hits-local", NULL },
                                             { "period-global", "global" },
                                             { "hits-global", NULL } };
    static const enum flame_percent_type types[] = { FLAME_PERCENT_LOCAL_PERIOD,
                                                     FLAME_PERCENT_LOCAL_HITS,
                                                     FLAME_PERCENT_GLOBAL_PERIOD,
                                                     FLAME_PERCENT_GLOBAL_HITS };
    unsigned choice = 0;
    for (unsigned i = 0; c->percent_name && i < 8; i++) {
        const char *other = others[i / 2][i % 2]; /* perf takes the words in either order */
        if (other && strcmp(c->percent_name, other) == 0)
            c->percent_name = names[i / 2];
    }
    enum flame_status status = choose(&choice, "--percent-type", c->percent_name, names, 4, error);
    c->look.percent = types[choice];
    return status;
}

static enum flame_status choose_format(struct annotate *c, struct flame_error *error)
{
    static const char *const names[] = { "text", "json", "html" };
    struct flame_str output = flame_str_from(c->output);
    unsigned format = flame_str_ends(output, ".json")                                     ? JSON
                      : flame_str_ends(output, ".html") || flame_str_ends(output, ".htm") ? HTML
                                                                                          : TEXT;
    enum flame_status status = choose(&format, "--format", c->format_name, names, 3, error);
    c->format = format;
    if (status == FLAME_OK && c->plain && c->format != TEXT)
        return flame_cli_usage(error, "--stdio writes text, not %s", names[c->format]);
    return status;
}

static enum flame_status choose_look(struct annotate *c, struct flame_error *error)
{
    static const char *const styles[] = { "att", "intel" };
    static const char *const whens[] = { "auto", "always", "never" };
    unsigned style = 0, when = 0;
    enum flame_status status = choose(&style, "--disassembler-style", c->style, styles, 2, error);
    if (status == FLAME_OK)
        status = choose(&when, "--stdio-color", c->colour_name, whens, 3, error);
    bool shown = strcmp(c->output, "-") == 0 && flame_cli_colour(STDOUT_FILENO);
    c->options.intel = style;
    c->look.colour = when == 1 || (when == 0 && shown);
    c->look.unicode = flame_cli_unicode();
    c->look.no_source = c->options.no_source;
    return status;
}

static bool is_file(const char *word)
{
    struct stat st;
    return strcmp(word, "-") == 0 || stat(word, &st) == 0;
}

/* FILE SYMBOL; or one of them, which is FILE if there is such a file. */
static enum flame_status take_words(struct annotate *c, int words, char **argv,
                                    struct flame_error *error)
{
    int next = 0;
    if (!c->input.option && words > next && (words > 1 || c->symbol || is_file(argv[next])))
        c->input.option = argv[next++];
    if (!c->symbol && words > next)
        c->symbol = argv[next++];
    if (words == 1 && !c->input.option)
        c->lone_word = c->symbol;
    if (words > next)
        return flame_cli_usage(error, "one FILE and one SYMBOL: '%.200s' is one too many",
                               argv[next]);
    c->options.symbol = c->symbol;
    return flame_cli_choose_input(&c->input, 0, argv, error);
}

static enum flame_status settle(struct annotate *c, int words, char **argv,
                                struct flame_error *error)
{
    if (!c->output)
        c->output = "-";
    enum flame_status status = take_words(c, words, argv, error);
    if (status == FLAME_OK)
        status = choose_percent(c, error);
    if (status == FLAME_OK)
        status = choose_format(c, error);
    if (status == FLAME_OK)
        status = choose_look(c, error);
    if (status != FLAME_OK)
        return status;
    if (c->options.regex && !c->symbol)
        return flame_cli_usage(error, "--regex needs a SYMBOL");
    if (c->options.prefix_strip && !c->options.prefix)
        return flame_cli_usage(error, "--prefix-strip needs --prefix");
    if (flame_cli_same_file(c->input.path, c->output))
        return flame_cli_usage(error, "'%.400s' is the recording itself; name another OUT",
                               c->output);
    return FLAME_OK;
}

struct listing {
    const struct annotate *command;
    const struct flame_annotation *annotation;
};

static enum flame_status write_listing(void *user, struct flame_output *out,
                                       struct flame_error *error)
{
    const struct listing *listing = user;
    const struct flame_annotate_look *look = &listing->command->look;
    enum flame_status status = FLAME_OK;
    flame_output_limit(out, &listing->command->options.session.limits);
    switch (listing->command->format) {
    case TEXT:
        status = flame_annotate_text(listing->annotation, look, out);
        break;
    case JSON:
        status = flame_annotate_json(listing->annotation, look, out);
        break;
    case HTML:
        status = flame_annotate_html(listing->annotation, look, out);
        break;
    }
    return status == FLAME_OK ? FLAME_OK : flame_cli_no_memory(error);
}

static enum flame_status write_out(struct annotate *c, const struct flame_annotation *annotation,
                                   struct flame_error *error)
{
    struct listing listing = { c, annotation };
    /* A terminal gets text with its colours; text is safe as it is. */
    if (c->format == TEXT)
        return flame_cli_write_paged(c->output, &c->paged, write_listing, &listing, error);
    return flame_cli_write(c->output, write_listing, &listing, error);
}

static void put_hints(struct flame_output *text, const struct flame_annotation *a)
{
    if (a->match_count > a->function_count + a->skipped)
        flame_putf(text,
                   "flamedata: %zu functions match, %zu shown; --top %zu shows all, -d DSO takes "
                   "those of one object\n",
                   a->match_count, a->function_count, a->match_count);
}

/* Its own failures are not the run's. Functions are named also when quiet if none is shown: why is
 * then an error. */
static void say_what_is_missing(const struct annotate *c, const struct flame_annotation *a)
{
    struct flame_output *text = flame_output_memory();
    if (!text)
        return;
    if (!c->quiet || a->function_count == 0)
        flame_cli_put_passed_over(
            text, a, c->options.no_code ? NULL : "--no-code lists the addresses that were hit");
    if (!c->quiet) {
        put_hints(text, a);
        flame_cli_put_losses(text, a->verdict, flame_cli_colour(STDERR_FILENO));
    }
    if (flame_output_bytes(text).len)
        flame_cli_say(flame_output_bytes(text));
    flame_output_discard(text);
    if (c->quiet)
        flame_cli_say_cautions(a->verdict);
}

static int conclude(const struct annotate *c, const struct flame_annotation *a)
{
    say_what_is_missing(c, a);
    if (a->function_count == 0)
        return FLAME_CLI_FAILED;
    return flame_cli_meet(c->strict, c->quiet, &c->unresolved, a->verdict);
}

/* Write what failed, and what may have been meant. */
static void complain(const struct annotate *c, const struct flame_error *error)
{
    char room[FLAME_CLI_HINT];
    const char *usual = flame_cli_hint(&flame_cli_annotate, &c->input, error);
    const char *word = flame_cli_hint_word(c->lone_word, &c->input, error, room);
    flame_cli_complain(error, word ? word : usual);
}

/* The last step before the recording is read. */
static void get_ready(struct annotate *c)
{
    const struct flame_cli_needs needs = { .off = c->no_sandbox,
                                           .input = c->input.path,
                                           .output = c->output,
                                           .symbols = &c->options.session.symbols,
                                           .source_dirs = c->options.source_dirs,
                                           .prefix = c->options.prefix };
    flame_cli_pager_prepare(&c->paged, c->output, c->pager && c->format == TEXT);
    flame_cli_enter_sandbox(&needs);
}

static int run(int argc, char **argv)
{
    struct annotate c = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    int words;
    enum flame_status status = flame_cli_parse(&flame_cli_annotate, argc, argv, &c, &words, &error);
    if (status == FLAME_OK && c.help)
        return flame_cli_say_help(&flame_cli_annotate);
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
    const struct flame_annotation *annotation =
        status == FLAME_OK ? flame_annotate(c.input.path, &c.options, &error) : NULL;
    if (status == FLAME_OK)
        status = !annotation                  ? error.status
                 : annotation->function_count ? write_out(&c, annotation, &error)
                                              : FLAME_OK;
    int result = flame_cli_exit_status(status);
    if (status != FLAME_OK)
        complain(&c, &error);
    else
        result = conclude(&c, annotation);
    flame_annotation_free(annotation);
    return result;
}

const struct flame_cli_command flame_cli_annotate = {
    .name = "annotate",
    .see_help = "see flamedata annotate --help",
    .synopsis = "annotate [OPTIONS] [FILE] [SYMBOL]",
    .summary = "Show which instructions and lines of a function were hit (SYMBOL; default: the "
               "hottest one) in a recording (FILE, default: perf.data).",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
