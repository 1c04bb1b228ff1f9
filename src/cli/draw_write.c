/* draw_write.c: what was counted as a picture, or as folded stacks. */
#include "draw.h"
#include "draw_page.h"
#include "terminal.h"
#include "verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool flame_cli_draw_is_picture(enum flame_cli_draw_format format)
{
    switch (format) {
#define X(id, word, suffix, other, picture)                                                        \
    case FLAME_CLI_DRAW_##id:                                                                      \
        return picture;
        FLAME_CLI_DRAW_FORMATS(X)
#undef X
    }
    return false;
}

bool flame_cli_draw_is_chart(const struct flame_cli_draw *d)
{
    return d->looks.look.flamechart &&
           (d->format == FLAME_CLI_DRAW_SVG || d->format == FLAME_CLI_DRAW_SVGZ);
}

enum flame_status flame_cli_draw_choose(struct flame_cli_draw *d, struct flame_error *error)
{
    const char *name = d->format_name, *suffix = d->output ? flame_cli_suffix_of(d->output) : NULL;
#define X(id, word, first, second, picture)                                                        \
    if (name ? strcmp(name, word) == 0                                                             \
             : suffix && (strcmp(suffix, first) == 0 || strcmp(suffix, second) == 0)) {            \
        d->format = FLAME_CLI_DRAW_##id;                                                           \
        return FLAME_OK;                                                                           \
    }
    FLAME_CLI_DRAW_FORMATS(X)
#undef X
    if (name)
        return flame_cli_usage(
            error, "there is no format '%.40s'; there are svg, svgz, html and folded", name);
    if (suffix)
        return flame_cli_usage(error,
                               "'%.80s': the suffix is none of .svg, .svgz, .html, .folded, .txt; "
                               "say which with --format",
                               d->output);
    d->format = FLAME_CLI_DRAW_SVG;
    return FLAME_OK;
}

/* Weight that no stack has stands at the root, beside what they have. */
static enum flame_status widen(struct flame_tree *tree, double total, struct flame_error *error)
{
    struct flame_node *root = &tree->nodes[0];
    if (total < (double)root->total)
        return flame_cli_usage(error, "--total %.0f is less than what there is: %" PRIu64, total,
                               root->total);
    uint64_t more = (uint64_t)total - root->total;
    root->self += more;
    root->total += more;
    return FLAME_OK;
}

enum flame_status flame_cli_draw_tree(const struct flame_cli_draw *d,
                                      const struct flame_stacks *stacks, struct flame_tree *tree,
                                      struct flame_error *error)
{
    enum flame_tree_order order = d->looks.look.reversed ? FLAME_TREE_LEAF_FIRST
                                  : d->looks.look.flamechart || d->no_sort
                                      ? FLAME_TREE_IN_ORDER
                                      : FLAME_TREE_CALLERS_FIRST;
    enum flame_status status = flame_tree_build(tree, stacks, order, error);
    if (status == FLAME_OK && d->total > 0)
        status = widen(tree, d->total, error);
    return status;
}

static enum flame_status draw_svg(const struct flame_cli_draw *d, const struct flame_stacks *stacks,
                                  struct flame_output *out, struct flame_error *error)
{
    struct flame_tree tree;
    enum flame_status status = flame_cli_draw_tree(d, stacks, &tree, error);
    if (status == FLAME_OK)
        status = flame_render_svg(&tree, &d->looks.look, out, error);
    if (status == FLAME_OK)
        status = flame_cli_keep_palette(&d->looks, &tree, error);
    flame_tree_free(&tree);
    return status;
}

static enum flame_status draw_svgz(const struct flame_cli_draw *d,
                                   const struct flame_stacks *stacks, struct flame_output *out,
                                   struct flame_error *error)
{
    struct flame_output *gzip = flame_output_gzip(out);
    if (!gzip)
        return flame_cli_no_memory(error);
    enum flame_status status = draw_svg(d, stacks, gzip, error);
    if (status == FLAME_OK)
        return flame_output_commit(gzip, error);
    flame_output_discard(gzip);
    return status;
}

struct drawing {
    const struct flame_cli_draw *draw;
    const struct flame_stacks *stacks;
    const struct flame_session *session;
};

static enum flame_status write_drawing(void *user, struct flame_output *out,
                                       struct flame_error *error)
{
    const struct drawing *drawing = user;
    flame_output_limit(out, &drawing->draw->session.limits);
    switch (drawing->draw->format) {
    case FLAME_CLI_DRAW_SVG:
        return draw_svg(drawing->draw, drawing->stacks, out, error);
    case FLAME_CLI_DRAW_SVGZ:
        return draw_svgz(drawing->draw, drawing->stacks, out, error);
    case FLAME_CLI_DRAW_HTML:
        return flame_cli_draw_page(drawing->draw, drawing->session, drawing->stacks, out, error);
    case FLAME_CLI_DRAW_FOLDED:
        break;
    }
    return flame_write_folded(drawing->stacks, out, error);
}

enum flame_status flame_cli_draw_stacks(const struct flame_cli_draw *d,
                                        const struct flame_stacks *stacks,
                                        const struct flame_session *session,
                                        struct flame_error *error)
{
    struct flame_stacks *cut = NULL;
    if (d->bases.count) {
        cut = flame_stacks_cut(stacks, d->bases.items, d->bases.count, error);
        if (!cut)
            return error->status;
    }
    struct drawing drawing = { d, cut ? cut : stacks, session };
    enum flame_status status = FLAME_OK;
    if (cut && !cut->stack_count) {
        *error = (struct flame_error){ .status = FLAME_EMPTY, .offset = FLAME_NO_OFFSET };
        snprintf(error->text, sizeof error->text, "no stack has a frame '%.200s' (--base)",
                 d->bases.items[0]);
        status = FLAME_EMPTY;
    }
    if (status == FLAME_OK)
        status = flame_cli_write(d->output, write_drawing, &drawing, error);
    flame_stacks_cut_free(cut);
    return status;
}

/* In order of time, if that is asked for: one sample after the other. */
static enum flame_status draw_session_stacks(const struct flame_cli_draw *d,
                                             const struct flame_session *session,
                                             struct flame_error *error)
{
    const struct flame_stacks *stacks = flame_session_stacks(session);
    const struct flame_samples *samples = flame_session_samples(session);
    if (!flame_cli_draw_is_chart(d) || !samples)
        return flame_cli_draw_stacks(d, stacks, session, error);
    if (!samples->has_time) {
        *error = (struct flame_error){ .status = FLAME_EMPTY, .offset = FLAME_NO_OFFSET };
        snprintf(error->text, sizeof error->text,
                 "--flamechart: the samples have no times; "
                 "perf record -T records them");
        return FLAME_EMPTY;
    }
    struct flame_stacks *chart = flame_samples_chart(samples, stacks, error);
    if (!chart)
        return error->status;
    enum flame_status status = flame_cli_draw_stacks(d, chart, session, error);
    flame_samples_chart_free(chart);
    return status;
}

/* Append what of a subtitle is not empty behind what is there. */
static void put_part(struct flame_output *text, struct flame_str part)
{
    if (flame_output_bytes(text).len && part.len)
        flame_put_text(text, "; ");
    flame_put_str(text, part);
}

/* A picture says itself which of several events it counts, and that names are missing, or not
 * verified; a page has a selector and a verdict for that. False: out of memory. */
static bool put_subtitle(struct flame_cli_draw *d, const struct flame_session *session,
                         struct flame_output *text)
{
    const struct flame_verdict *verdict = flame_session_verdict(session);
    struct flame_output *choice = flame_output_memory(), *doubts = flame_output_memory();
    bool whole = choice && doubts;
    if (whole) {
        if (d->format != FLAME_CLI_DRAW_HTML) {
            flame_cli_put_choice(choice, verdict);
            flame_cli_put_doubts(doubts, verdict);
        }
        if (d->looks.look.subtitle)
            flame_put_text(text, d->looks.look.subtitle);
        put_part(text, flame_output_bytes(choice));
        put_part(text, flame_output_bytes(doubts));
        whole = !flame_output_failed(choice) && !flame_output_failed(doubts);
    }
    flame_output_discard(choice);
    flame_output_discard(doubts);
    if (flame_output_bytes(text).len) {
        flame_put(text, "", 1);
        d->looks.look.subtitle = flame_output_bytes(text).ptr;
    }
    return whole && !flame_output_failed(text);
}

enum flame_status flame_cli_draw_session(struct flame_cli_draw *d,
                                         const struct flame_session *session,
                                         struct flame_error *error)
{
    struct flame_output *metadata = flame_output_memory(), *subtitle = flame_output_memory();
    if (!metadata || !subtitle) {
        flame_output_discard(metadata);
        flame_output_discard(subtitle);
        return flame_cli_no_memory(error);
    }
    bool whole = put_subtitle(d, session, subtitle);
    const struct flame_cli_wording wording = { .set_apart = !d->session.show_truncated };
    flame_cli_put_verdict(metadata, flame_session_verdict(session), flame_session_stacks(session),
                          &wording);
    d->looks.look.metadata = flame_output_bytes(metadata);
    whole = whole && !flame_output_failed(metadata);
    enum flame_status status =
        whole ? draw_session_stacks(d, session, error) : flame_cli_no_memory(error);
    flame_output_discard(metadata);
    flame_output_discard(subtitle);
    return status;
}
