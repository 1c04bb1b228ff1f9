/* draw_write.c: what was counted as a picture, or as folded stacks. */
#include "draw.h"
#include "terminal.h"
#include "verdict.h"

#include <flamedata/format.h>
#include <flamedata/tree.h>

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
        return flame_cli_usage(error, "there is no format '%.40s'; there are svg and folded", name);
    if (suffix)
        return flame_cli_usage(error,
                               "'%.80s': the suffix is none of .svg, .folded, .txt; say which "
                               "with --format",
                               d->output);
    d->format = FLAME_CLI_DRAW_SVG;
    return FLAME_OK;
}

static enum flame_status draw_svg(const struct flame_cli_draw *d, const struct flame_stacks *stacks,
                                  struct flame_output *out, struct flame_error *error)
{
    struct flame_tree tree;
    enum flame_status status = flame_tree_build(
        &tree, stacks, d->looks.look.reversed ? FLAME_TREE_LEAF_FIRST : FLAME_TREE_CALLERS_FIRST,
        error);
    if (status == FLAME_OK)
        status = flame_render_svg(&tree, &d->looks.look, out, error);
    flame_tree_free(&tree);
    return status;
}

struct drawing {
    const struct flame_cli_draw *draw;
    const struct flame_stacks *stacks;
};

static enum flame_status write_drawing(void *user, struct flame_output *out,
                                       struct flame_error *error)
{
    const struct drawing *drawing = user;
    return drawing->draw->format == FLAME_CLI_DRAW_SVG
               ? draw_svg(drawing->draw, drawing->stacks, out, error)
               : flame_write_folded(drawing->stacks, out, error);
}

/* A picture says itself that names are missing, or not verified. */
static void put_subtitle(struct flame_cli_draw *d, const struct flame_session *session,
                         struct flame_output *text)
{
    if (d->looks.look.subtitle)
        flame_putf(text, "%s; ", d->looks.look.subtitle);
    if (!flame_cli_put_doubts(text, flame_session_verdict(session)))
        return;
    flame_put(text, "", 1);
    d->looks.look.subtitle = flame_output_bytes(text).ptr;
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
    put_subtitle(d, session, subtitle);
    const struct flame_cli_wording wording = { .set_apart = !d->session.show_truncated };
    flame_cli_put_verdict(metadata, flame_session_verdict(session), flame_session_stacks(session),
                          &wording);
    d->looks.look.metadata = flame_output_bytes(metadata);
    struct drawing drawing = { d, flame_session_stacks(session) };
    enum flame_status status = flame_cli_write(d->output, write_drawing, &drawing, error);
    flame_output_discard(metadata);
    flame_output_discard(subtitle);
    return status;
}
