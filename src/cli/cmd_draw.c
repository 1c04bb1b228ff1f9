/* cmd_draw.c: a recording as a flame graph, or as folded stacks.
 *
 * The output is opened when the recording has been read, so that nothing is left behind by an
 * interrupt meanwhile; it replaces what was there only when it is whole. Manual:
 * docs/commands/flamedata.md. */
#include "command.h"
#include "filters.h"
#include "naming.h"
#include "options.h"
#include "terminal.h"
#include "verdict.h"

#include <flamedata/format.h>
#include <flamedata/render.h>
#include <flamedata/session.h>
#include <flamedata/tree.h>
#include <unistd.h>

#define DEFAULT_PICTURE "flamegraph.svg"

/* X(NAME, word, suffix, other suffix) */
#define FORMATS(X)                                                                                 \
    X(SVG, "svg", ".svg", ".svg")                                                                  \
    X(FOLDED, "folded", ".folded", ".txt")

enum format {
#define X(name, word, suffix, other) name,
    FORMATS(X)
#undef X
};

struct draw {
    struct flame_cli_input input;
    const char *output, *format_name;
    enum format format;
    bool chose_output;
    bool quiet, strict, help, version, annotate_all;
    struct flame_cli_share unresolved;
    struct flame_session_options session;
    struct flame_look look;
    struct flame_cli_width min_width;
};

#define FIELD(member) FLAME_CLI_FIELD(struct draw, member)
#define OUTPUT "Output"
#define COUNTING "What is counted"
#define LOOKS "Looks"

static const struct flame_cli_option options[] = {
    FLAME_CLI_INPUT(struct draw, input),

    { 'o', "output", NULL, "OUT", FIELD(output), OUTPUT,
      "Write to OUT; its suffix picks the format: .svg, .folded or .txt. - is standard output. "
      "Without -o: standard output, but an SVG is not written to a terminal but to " DEFAULT_PICTURE
      "." },
    { 0, "format", NULL, "FORMAT", FIELD(format_name), OUTPUT,
      "svg or folded, whatever the suffix." },
    { 'q', "quiet", NULL, NULL, FIELD(quiet), OUTPUT,
      "Print no verdict, but errors, and names that are only trusted." },
    { 0, "strict", NULL, NULL, FIELD(strict), OUTPUT,
      "Exit with 1 also when samples were lost or records were bad." },
    FLAME_CLI_FAIL_UNRESOLVED(struct draw, unresolved, OUTPUT),
    { 'h', "help", NULL, NULL, FIELD(help), OUTPUT, "Print this help." },
    { 'V', "version", NULL, NULL, FIELD(version), OUTPUT, "Print the version." },

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
    FLAME_CLI_INLINE(struct draw, session.no_inline, COUNTING),
    { 0, "srcline", NULL, NULL, FIELD(session.srcline), COUNTING,
      "Add the source line to each function, as far as debug information tells: name file:line." },
    { 0, "show-truncated", NULL, NULL, FIELD(session.show_truncated), COUNTING,
      "Put stacks that do not reach a start function under [truncated stack]." },
    { 0, "threads", NULL, "N", FIELD(session.threads), COUNTING,
      "Use N threads, at most 256; default: one per processor. The result does not depend on it.",
      0, 256 },

    FLAME_CLI_SYMBOLS(struct draw, session.symbols),

    FLAME_CLI_FILTERS(struct draw, session.filter, 0),

    { 0, "title", NULL, "TEXT", FIELD(look.title), LOOKS, "Title; default: Flame Graph." },
    { 0, "subtitle", NULL, "TEXT", FIELD(look.subtitle), LOOKS, "Second line of the title." },
    { 0, "width", NULL, "PX", FIELD(look.width_px), LOOKS,
      "Width; default: 1200, following the window.", 100, 1e5 },
    { 0, "height", NULL, "PX", FIELD(look.height_px), LOOKS, "Height of one frame; default: 16.", 1,
      1e3 },
    { 0, "minwidth", NULL, "WIDTH", FIELD(min_width), LOOKS,
      "Leave out frames narrower than this, in pixels or as N% of the whole; default: 0.1." },
    { 0, "fonttype", NULL, "FONT", FIELD(look.font_type), LOOKS,
      "Font; default: the system's sans-serif." },
    { 0, "fontsize", NULL, "PX", FIELD(look.font_size), LOOKS, "Font size; default: 12.", 1, 1e3 },
    { 0, "countname", NULL, "TEXT", FIELD(look.count_name), LOOKS,
      "What the widths count; default: as recorded, in time where it is time." },
    { 0, "nametype", NULL, "TEXT", FIELD(look.name_type), LOOKS,
      "What a frame is called in the details; default: Function:" },
    { 0, "colors", NULL, "PALETTE", FIELD(look.colors), LOOKS,
      "Palette: hot, mem, io, java, ... A wrong one is answered with the list." },
    { 0, "bgcolors", NULL, "COLOR", FIELD(look.bg_colors), LOOKS,
      "Background: yellow, blue, green, grey or #rrggbb." },
    { 0, "hash", NULL, NULL, FIELD(look.hash), LOOKS,
      "Give names that begin and end alike like colours. Colours are never random." },
    { 0, "reverse", NULL, NULL, FIELD(look.reversed), LOOKS,
      "Merge stacks from their leaves: who calls the hot functions?" },
    { 0, "inverted", NULL, NULL, FIELD(look.inverted), LOOKS, "Root at the top: an icicle graph." },
    { 0, "notes", NULL, "TEXT", FIELD(look.notes), LOOKS, "Keep TEXT in the picture's source." },
};

static enum flame_status choose_format(struct draw *d, struct flame_error *error)
{
    const char *name = d->format_name, *suffix = d->output ? flame_cli_suffix_of(d->output) : NULL;
#define X(id, word, first, second)                                                                 \
    if (name ? strcmp(name, word) == 0                                                             \
             : suffix && (strcmp(suffix, first) == 0 || strcmp(suffix, second) == 0)) {            \
        d->format = id;                                                                            \
        return FLAME_OK;                                                                           \
    }
    FORMATS(X)
#undef X
    if (name)
        return flame_cli_usage(error, "there is no format '%.40s'; there are svg and folded", name);
    if (suffix)
        return flame_cli_usage(error,
                               "'%.80s': the suffix is none of .svg, .folded, .txt; say which "
                               "with --format",
                               d->output);
    d->format = SVG;
    return FLAME_OK;
}

static enum flame_status settle(struct draw *d, int words, char **argv, struct flame_error *error)
{
    enum flame_status status = flame_cli_choose_input(&d->input, words, argv, error);
    if (status == FLAME_OK)
        status = choose_format(d, error);
    if (status != FLAME_OK)
        return status;
    if (!d->output) {
        d->chose_output = d->format == SVG && isatty(STDOUT_FILENO);
        d->output = d->chose_output ? DEFAULT_PICTURE : "-";
    }
    if (flame_cli_same_file(d->input.path, d->output))
        return flame_cli_usage(error, "'%.80s' is the recording itself; name another OUT",
                               d->output);
    if (d->annotate_all)
        d->session.annotate_kernel = d->session.annotate_jit = true;
    d->look.has_min_width = d->min_width.given;
    d->look.min_width = d->min_width.value;
    d->look.min_width_percent = d->min_width.percent;
    return d->format == SVG ? flame_look_check(&d->look, error) : FLAME_OK;
}

static enum flame_status draw_svg(const struct draw *d, const struct flame_stacks *stacks,
                                  struct flame_output *out, struct flame_error *error)
{
    struct flame_tree tree;
    enum flame_status status = flame_tree_build(
        &tree, stacks, d->look.reversed ? FLAME_TREE_LEAF_FIRST : FLAME_TREE_CALLERS_FIRST, error);
    if (status == FLAME_OK)
        status = flame_render_svg(&tree, &d->look, out, error);
    flame_tree_free(&tree);
    return status;
}

struct drawing {
    const struct draw *draw;
    const struct flame_stacks *stacks;
};

static enum flame_status write_drawing(void *user, struct flame_output *out,
                                       struct flame_error *error)
{
    const struct drawing *drawing = user;
    return drawing->draw->format == SVG ? draw_svg(drawing->draw, drawing->stacks, out, error)
                                        : flame_write_folded(drawing->stacks, out, error);
}

/* Print the verdict; its own failures are not the run's. */
static void say_verdict(const struct draw *d, const struct flame_session *session)
{
    struct flame_output *text = flame_output_memory();
    if (!text)
        return;
    const struct flame_cli_wording wording = { .colour = flame_cli_colour(STDERR_FILENO),
                                               .set_apart = !d->session.show_truncated };
    flame_cli_put_verdict(text, flame_session_verdict(session), flame_session_stacks(session),
                          &wording);
    flame_cli_put_fetches(text, flame_session_verdict(session), &wording, false);
    if (d->chose_output)
        flame_put_text(text, "written to " DEFAULT_PICTURE "\n");
    flame_cli_say(flame_output_bytes(text));
    flame_output_discard(text);
}

/* A picture says itself that names are missing, or not verified. */
static void put_subtitle(struct draw *d, const struct flame_session *session,
                         struct flame_output *text)
{
    if (d->look.subtitle)
        flame_putf(text, "%s; ", d->look.subtitle);
    if (!flame_cli_put_doubts(text, flame_session_verdict(session)))
        return;
    flame_put(text, "", 1);
    d->look.subtitle = flame_output_bytes(text).ptr;
}

static enum flame_status draw_session(struct draw *d, const struct flame_session *session,
                                      struct flame_error *error)
{
    struct flame_output *metadata = flame_output_memory(), *subtitle = flame_output_memory();
    if (!metadata || !subtitle) {
        flame_output_discard(metadata);
        flame_output_discard(subtitle);
        return flame_cli_no_memory(error);
    }
    put_subtitle(d, session, subtitle);
    const struct flame_cli_wording wording = { .set_apart = !d->session.show_truncated };
    flame_cli_put_verdict(metadata, flame_session_verdict(session), flame_session_stacks(session),
                          &wording);
    d->look.metadata = flame_output_bytes(metadata);
    struct drawing drawing = { d, flame_session_stacks(session) };
    enum flame_status status = flame_cli_write(d->output, write_drawing, &drawing, error);
    flame_output_discard(metadata);
    flame_output_discard(subtitle);
    return status;
}

static int run(int argc, char **argv)
{
    struct draw d = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    int words;
    enum flame_status status = flame_cli_parse(&flame_cli_draw, argc, argv, &d, &words, &error);
    if (status == FLAME_OK && d.help)
        return flame_cli_say_help(&flame_cli_draw);
    if (status == FLAME_OK && d.version)
        return flame_cli_say_version();
    if (status == FLAME_OK)
        status = settle(&d, words, argv, &error);
    if (status == FLAME_OK)
        status = flame_cli_settle_symbols(&d.session.symbols, d.input.path, d.quiet, &error);
    struct flame_session *session =
        status == FLAME_OK ? flame_session_open(d.input.path, &d.session, &error) : NULL;
    if (status == FLAME_OK)
        status = session ? draw_session(&d, session, &error) : error.status;
    if (status != FLAME_OK)
        flame_cli_complain(&error, flame_cli_hint(&flame_cli_draw, &d.input, &error));
    else if (d.quiet)
        flame_cli_say_cautions(flame_session_verdict(session));
    else
        say_verdict(&d, session);
    int result = status == FLAME_OK
                     ? flame_cli_meet(d.strict, &d.unresolved, flame_session_verdict(session))
                     : flame_cli_exit_status(status);
    flame_session_close(session);
    return result;
}

const struct flame_cli_command flame_cli_draw = {
    .name = "draw",
    .see_help = "see flamedata --help",
    .synopsis = "[OPTIONS] [FILE] [-o OUT]",
    .summary = "Draw a Linux perf recording (FILE, default: perf.data, - is standard input) as a "
               "flame graph.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
