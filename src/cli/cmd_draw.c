/* cmd_draw.c: a recording, or folded stacks, as a flame graph, or as folded stacks.
 *
 * The output is opened when the recording has been read, so that nothing is left behind by an
 * interrupt meanwhile; it replaces what was there only when it is whole. Manual:
 * docs/commands/flamedata.md. */
#include "draw.h"
#include "filters.h"
#include "limit_option.h"
#include "naming.h"
#include "sandbox.h"
#include "terminal.h"
#include "verdict.h"

#include <unistd.h>

/* 2^53 - 1: the last number from which on doubles, and a viewer's numbers, have each below. */
#define MOST_TOTAL 9007199254740991.0

#define FIELD(member) FLAME_CLI_FIELD(struct flame_cli_draw, member)
#define OUTPUT "Output"
#define COUNTING "What is counted"
#define PAGE "HTML report"

static const struct flame_cli_option options[] = {
    FLAME_CLI_INPUT(struct flame_cli_draw, input),
    FLAME_CLI_NO_SANDBOX(struct flame_cli_draw, no_sandbox),

    { 'o', "output", NULL, "OUT", FIELD(output), OUTPUT,
      "Write to OUT; its suffix picks the format: .svg, .svgz, .html, .folded or .txt. - is "
      "standard "
      "output. "
      "Without -o: standard output, but an SVG is not written to a terminal but "
      "to " FLAME_CLI_DEFAULT_PICTURE "." },
    { 0, "format", NULL, "FORMAT", FIELD(format_name), OUTPUT,
      "svg, svgz (compressed), html or folded, whatever the suffix." },
    { 'q', "quiet", NULL, NULL, FIELD(quiet), OUTPUT,
      "Print no verdict, but errors, and names that are only trusted." },
    { 'v', "verbose", NULL, NULL, FIELD(quiet), OUTPUT, "Print the verdict: the default.",
      .clears = true },
    { 0, "strict", NULL, NULL, FIELD(strict), OUTPUT,
      "Exit with 1 also when samples were lost or records were bad." },
    FLAME_CLI_FAIL_UNRESOLVED(struct flame_cli_draw, unresolved, OUTPUT),
    { 'h', "help", NULL, NULL, FIELD(help), OUTPUT, "Print this help." },
    { 'V', "version", NULL, NULL, FIELD(version), OUTPUT,
      "Print the version, and what there is of a sandbox." },

    { 0, "event", NULL, "NAME", FIELD(session.event), COUNTING,
      "Count this event; default: the one that was sampled first. all adds up events that count "
      "the same thing." },
    { 0, "with-pid", NULL, NULL, FIELD(session.with_pid), COUNTING,
      "Add the process id to the process's name: name-PID." },
    { 0, "with-tid", NULL, NULL, FIELD(session.with_tid), COUNTING,
      "Add process and thread id: name-PID/TID." },
    { 0, "annotate-kernel", "kernel", NULL, FIELD(session.annotate_kernel), COUNTING,
      "Mark kernel frames with _[k] in folded text; a picture tells by colour." },
    { 0, "annotate-jit", "jit", NULL, FIELD(session.annotate_jit), COUNTING,
      "Mark JIT-compiled frames with _[j] in folded text." },
    { 0, "annotate-inlined", "inlined", NULL, FIELD(session.annotate_inlined), COUNTING,
      "Mark inlined frames with _[i] in folded text." },
    { 0, "all", NULL, NULL, FIELD(annotate_all), COUNTING,
      "Mark kernel and JIT frames in folded text, as FlameGraph does." },
    FLAME_CLI_INLINE(struct flame_cli_draw, session.no_inline, COUNTING),
    { 0, "srcline", NULL, NULL, FIELD(session.srcline), COUNTING,
      "Add the source line to each function, as far as debug information tells: name file:line." },
    { 0, "show-truncated", NULL, NULL, FIELD(session.show_truncated), COUNTING,
      "Put stacks that do not reach a start function under [truncated stack]." },
    { 0, "threads", NULL, "N", FIELD(session.threads), COUNTING,
      "Use N threads, at most 256; default: one per processor. The result does not depend on it.",
      0, 256 },

    FLAME_CLI_SYMBOLS(struct flame_cli_draw, session.symbols),

    FLAME_CLI_FILTERS(struct flame_cli_draw, session.filter, 0),

    { 0, "flamechart", NULL, NULL, FIELD(looks.look.flamechart), "Looks",
      "Draw in the order of time, and merge neighbours alone; folded lines from the last to the "
      "first, as inferno does." },
    { 0, "no-sort", NULL, NULL, FIELD(no_sort), "Looks",
      "Draw folded lines in their own order, and merge neighbours alone." },
    { 0, "base", NULL, "NAME", FIELD(bases), "Looks",
      "Draw the stacks that NAME is in, from its innermost call on. May be repeated." },
    { 0, "total", NULL, "N", FIELD(total), "Looks",
      "Let the whole width stand for N, not for the sum of the weights.", 1, MOST_TOTAL },
    FLAME_CLI_LOOKS(struct flame_cli_draw, looks),

    FLAME_CLI_CODES(struct flame_cli_draw, codes, PAGE),
    { 0, "no-samples", NULL, NULL, FIELD(no_samples), PAGE,
      "Leave out the samples: the page is smaller, and cannot be cut by time, thread or CPU." },

    FLAME_CLI_LIMIT(struct flame_cli_draw, limit_list),
};

/* The input: of several files the first, since only folded text may be in several. */
static enum flame_status choose_input(struct flame_cli_draw *d, int words, char **argv,
                                      struct flame_error *error)
{
    char from_stdin[] = "-", *word = from_stdin;
    if (!words && !d->input.option && flame_cli_draw_takes_stdin())
        return flame_cli_choose_input(&d->input, 1, &word, error);
    bool several = words > 1 && !d->input.option && access(argv[0], F_OK) == 0;
    return flame_cli_choose_input(&d->input, several ? 1 : words, argv, error);
}

/* Look whether the input is folded text, and open it if so, with all its files. */
static enum flame_status open_folded(struct flame_cli_draw *d, int words, char **argv,
                                     struct flame_error *error)
{
    enum flame_status status =
        flame_cli_folded_open(&d->folded, &d->input, &d->session.limits, error);
    if (status == FLAME_OK && !d->folded.count && words > 1)
        status = flame_cli_choose_input(&d->input, words, argv, error);
    else if (status == FLAME_OK && !d->folded.count && d->no_sort)
        status = flame_cli_usage(error, "--no-sort is about folded stacks; a recording's have no "
                                        "order of lines");
    for (int i = 1; status == FLAME_OK && i < words; i++)
        status = flame_cli_same_file(argv[i], d->output)
                     ? flame_cli_usage(error, "'%.80s' is read, too; name another OUT", d->output)
                     : flame_cli_folded_add(&d->folded, argv[i], &d->session.limits, error);
    return status;
}

static enum flame_status settle(struct flame_cli_draw *d, int words, char **argv,
                                struct flame_error *error)
{
    enum flame_status status = choose_input(d, words, argv, error);
    if (status == FLAME_OK)
        status = flame_cli_draw_choose(d, error);
    if (status != FLAME_OK)
        return status;
    if (!d->output) {
        d->chose_output = flame_cli_draw_is_picture(d->format) && isatty(STDOUT_FILENO);
        d->output = d->chose_output ? FLAME_CLI_DEFAULT_PICTURE : "-";
    }
    if (d->format == FLAME_CLI_DRAW_SVGZ && strcmp(d->output, "-") == 0 && isatty(STDOUT_FILENO))
        return flame_cli_usage(error,
                               "a compressed SVG is not for a terminal; name a file with -o");
    if (flame_cli_same_file(d->input.path, d->output))
        return flame_cli_usage(error, "'%.80s' is the recording itself; name another OUT",
                               d->output);
    if (d->looks.look.flamechart && d->looks.look.reversed)
        return flame_cli_usage(error, "--flamechart is in order of time, so that --reverse has "
                                      "nothing to merge");
    if (flame_cli_draw_is_chart(d))
        d->session.keep_samples = true;
    if (d->format == FLAME_CLI_DRAW_HTML) {
        if (d->looks.look.still)
            return flame_cli_usage(error, "--no-javascript is about SVG; a page is made by its "
                                          "script");
        d->session.keep_samples = !d->no_samples;
        const struct flame_intake intake = { &d->session.limits, flame_cli_draw_begins };
        status = flame_cli_keep_input(&d->input, &intake, error);
    }
    if (status != FLAME_OK)
        return status;
    return flame_cli_draw_is_picture(d->format) ? flame_cli_settle_looks(&d->looks, error)
                                                : FLAME_OK;
}

/* Print the verdict; its own failures are said, but are not the run's. */
static void say_verdict(const struct flame_cli_draw *d, const struct flame_session *session,
                        const struct flame_verdict *verdict)
{
    struct flame_output *text = flame_output_memory();
    if (!text) {
        flame_cli_tell(NULL);
        return;
    }
    const struct flame_cli_wording wording = { .colour = flame_cli_colour(STDERR_FILENO),
                                               .set_apart = !d->session.show_truncated };
    flame_cli_put_verdict(text, verdict, flame_session_stacks(session), &wording);
    flame_cli_put_fetches(text, verdict, &wording, false);
    if (d->chose_output)
        flame_put_text(text, "written to " FLAME_CLI_DEFAULT_PICTURE "\n");
    if (flame_cli_draw_left_stdin(d))
        flame_put_text(text, "standard input was not read, but " FLAME_CLI_DEFAULT_RECORDING
                             "; name - to draw it\n");
    flame_cli_tell(text);
}

/* Say what a session's stacks, and a page of them, rest on. Returns the exit status. */
static int conclude(const struct flame_cli_draw *d, const struct flame_session *session)
{
    struct flame_verdict verdict = *flame_session_verdict(session);
    if (d->reached->count) {
        verdict.reached = d->reached->items;
        verdict.reached_count = d->reached->count;
    }
    if (d->quiet)
        flame_cli_say_cautions(&verdict);
    else
        say_verdict(d, session, &verdict);
    return flame_cli_meet(d->strict, d->quiet, &d->unresolved, &verdict);
}

static int run_folded(struct flame_cli_draw *d)
{
    struct flame_error error = FLAME_ERROR_INIT;
    bool whole = true;
    enum flame_status status = flame_cli_draw_folded(&flame_cli_draw, d, &whole, &error);
    if (status != FLAME_OK)
        flame_cli_complain(&error, flame_cli_hint(&flame_cli_draw, &d->input, &error));
    return status == FLAME_OK && d->strict && !whole ? FLAME_CLI_FAILED
                                                     : flame_cli_exit_status(status);
}

static int run(int argc, char **argv)
{
    struct flame_cli_reached reached = { 0 };
    struct flame_cli_draw d = { .reached = &reached };
    struct flame_error error = FLAME_ERROR_INIT;
    int words;
    enum flame_status status = flame_cli_parse(&flame_cli_draw, argc, argv, &d, &words, &error);
    if (status == FLAME_OK && d.help)
        return flame_cli_say_help(&flame_cli_draw);
    if (status == FLAME_OK && d.version)
        return flame_cli_say_version();
    if (status == FLAME_OK && flame_cli_asks_for_limits(&d.limit_list))
        return flame_cli_say_limits();
    if (status == FLAME_OK)
        status = flame_cli_settle_limits(&d.limit_list, &d.session.limits, &error);
    if (status == FLAME_OK)
        status = settle(&d, words, argv, &error);
    const struct flame_cli_needs needs = {
        .off = d.no_sandbox,
        .input = d.input.path,
        .output = d.output,
        .also_output = d.looks.palette_map ? FLAME_CLI_PALETTE_MAP : NULL,
        .symbols = &d.session.symbols,
        .source_dirs = d.codes.source_dirs,
    };
    if (status == FLAME_OK) {
        flame_cli_enter_sandbox(&needs);
        status = open_folded(&d, words, argv, &error);
    }
    if (status == FLAME_OK && d.folded.count) {
        int result = run_folded(&d);
        flame_cli_folded_close(&d.folded);
        flame_cli_free_looks(&d.looks);
        return result;
    }
    if (d.annotate_all)
        d.session.annotate_kernel = d.session.annotate_jit = true;
    if (status == FLAME_OK)
        status = flame_cli_settle_symbols(&d.session.symbols, &d.input, &d.session.limits, d.quiet,
                                          &error);
    struct flame_session *session =
        status == FLAME_OK ? flame_session_open(d.input.path, &d.session, &error) : NULL;
    if (status == FLAME_OK)
        status = session ? flame_cli_draw_session(&d, session, &error) : error.status;
    if (status == FLAME_EMPTY && !error.path) /* what draws does not know of what */
        error.path = d.input.path;
    if (status != FLAME_OK)
        flame_cli_complain(&error, flame_cli_hint(&flame_cli_draw, &d.input, &error));
    int result = status == FLAME_OK ? conclude(&d, session) : flame_cli_exit_status(status);
    flame_session_close(session);
    flame_cli_folded_close(&d.folded);
    flame_cli_free_looks(&d.looks);
    return result;
}

const struct flame_cli_command flame_cli_draw = {
    .name = "draw",
    .see_help = "see flamedata --help",
    .synopsis = "[OPTIONS] [FILE] [-o OUT]",
    .summary = "Draw a Linux perf recording (FILE, default: perf.data, - is standard input) as a "
               "flame graph, or folded stacks, of one FILE or several.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
