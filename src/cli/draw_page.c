/* draw_page.c: what was counted, as a report in one HTML file.
 *
 * A page has more than a picture: each event, the samples, so that they can be selected by time,
 * thread and CPU, what the recording says of itself, the verdict, and code. Of stacks that came
 * without a recording it has what there is. */
#include "draw_page.h"
#include "draw_page_codes.h"
#include "terminal.h"
#include "verdict.h"

#include <flamedata/tree.h>
#include <stdlib.h>

/* More samples make a page that takes a browser long to open: their columns are some ten bytes
 * each. */
enum { MOST_SAMPLES = 4000000 };

/* selves[event_count]: what the nodes weigh by each event; NULL for the tree's own. */
struct composed {
    struct flame_tree tree;
    struct flame_page_event *events;
    uint64_t **selves;
    size_t event_count;
    struct flame_cli_facts facts;
    struct flame_cli_codes codes;
    struct flame_output *verdict, *doubts, *samples_note;
};

static void discard(struct composed *c)
{
    for (size_t e = 0; c->selves && e < c->event_count; e++)
        free(c->selves[e]);
    free(c->selves);
    free(c->events);
    flame_cli_facts_free(&c->facts);
    flame_cli_codes_free(&c->codes);
    flame_output_discard(c->verdict);
    flame_output_discard(c->doubts);
    flame_output_discard(c->samples_note);
    flame_tree_free(&c->tree);
}

/* One event: that of the tree. */
static bool take_own_event(struct composed *c, const struct flame_stacks *stacks)
{
    c->events = calloc(1, sizeof *c->events);
    if (!c->events)
        return false;
    c->event_count = 1;
    c->events[0] = (struct flame_page_event){ .name = stacks->event_name, .unit = stacks->unit };
    return true;
}

/* Every event of the samples. */
static bool take_events(struct composed *c, const struct flame_samples *samples)
{
    c->events = calloc(samples->event_count, sizeof *c->events);
    c->selves = calloc(samples->event_count, sizeof *c->selves);
    if (!c->events || !c->selves)
        return false;
    c->event_count = samples->event_count;
    for (size_t e = 0; e < c->event_count; e++) {
        c->events[e] =
            (struct flame_page_event){ .name = samples->events[e].name, .unit = samples->units[e] };
        if (e == samples->event)
            continue;
        c->selves[e] = calloc(c->tree.node_count, sizeof **c->selves);
        if (!c->selves[e])
            return false;
        flame_samples_weigh(samples, &c->tree, e, c->selves[e]);
        c->events[e].self = c->selves[e];
    }
    return true;
}

/* The samples, if the page is to have them; else the note says why not. */
static const struct flame_samples *choose_samples(const struct flame_cli_draw *d,
                                                  const struct flame_session *session,
                                                  const struct flame_stacks *stacks,
                                                  struct flame_output *note)
{
    const struct flame_samples *samples = session ? flame_session_samples(session) : NULL;
    if (!session)
        return NULL;
    if (d->no_samples)
        flame_put_text(note, "The samples were left out (--no-samples): there is no selection by "
                             "time, thread or CPU.");
    else if (stacks != flame_session_stacks(session))
        flame_put_text(note, "The stacks were cut (--base), so that samples are not told apart: "
                             "there is no selection by time, thread or CPU.");
    else if (samples && samples->row_count > MOST_SAMPLES)
        flame_putf(note,
                   "There are %zu samples, more than the %d that a page carries along: there is no "
                   "selection by time, thread or CPU. --time cuts out a part.",
                   samples->row_count, MOST_SAMPLES);
    else
        return samples;
    return NULL;
}

/* The page turns the tree itself, and knows the samples' times; folded stacks in order stay so. */
static enum flame_status grow_tree(struct composed *c, const struct flame_cli_draw *d,
                                   const struct flame_session *session,
                                   const struct flame_stacks *stacks, struct flame_error *error)
{
    struct flame_cli_draw plain = *d;
    plain.looks.look.reversed = false;
    if (session)
        plain.looks.look.flamechart = plain.no_sort = false;
    return flame_cli_draw_tree(&plain, stacks, &c->tree, error);
}

/* Make all what a session and the code of its page had less for, and let the verdict have it. */
static void add_reached(struct flame_cli_reached *all, struct flame_verdict *verdict,
                        const struct flame_cli_reached *codes)
{
    *all = *codes;
    for (size_t i = 0; i < verdict->reached_count && all->count < FLAME_LIMIT_COUNT; i++)
        all->items[all->count++] = verdict->reached[i];
    verdict->reached = all->items;
    verdict->reached_count = all->count;
}

static enum flame_status gather(struct composed *c, const struct flame_cli_draw *d,
                                const struct flame_session *session, struct flame_error *error)
{
    if (!session)
        return FLAME_OK;
    const char *path = d->input.path;
    enum flame_status status = flame_cli_facts_make(&c->facts, path, error);
    if (status == FLAME_OK)
        status = flame_cli_codes_make(&c->codes, path, &d->session, &d->codes, error);
    if (status != FLAME_OK)
        return status;
    struct flame_verdict verdict = *flame_session_verdict(session);
    add_reached(d->reached, &verdict, &c->codes.reached);
    const struct flame_cli_wording wording = { .set_apart = !d->session.show_truncated };
    flame_verdict_json(&verdict, flame_session_stacks(session)->unit, c->verdict);
    bool whole = !flame_output_failed(c->verdict) &&
                 flame_cli_put_warned(c->doubts, &verdict, flame_session_stacks(session), &wording);
    return whole ? FLAME_OK : flame_cli_no_memory(error);
}

static enum flame_status compose(struct composed *c, const struct flame_cli_draw *d,
                                 const struct flame_session *session,
                                 const struct flame_stacks *stacks, struct flame_output *out,
                                 struct flame_error *error)
{
    enum flame_status status = grow_tree(c, d, session, stacks, error);
    c->verdict = flame_output_memory();
    c->doubts = flame_output_memory();
    c->samples_note = flame_output_memory();
    if (status == FLAME_OK && (!c->verdict || !c->doubts || !c->samples_note))
        return flame_cli_no_memory(error);
    if (status == FLAME_OK)
        status = gather(c, d, session, error);
    if (status != FLAME_OK)
        return status;
    const struct flame_samples *samples = choose_samples(d, session, stacks, c->samples_note);
    if (flame_output_failed(c->samples_note))
        return flame_cli_no_memory(error);
    bool each = samples && samples->event < samples->event_count;
    if (!(each ? take_events(c, samples) : take_own_event(c, stacks)))
        return flame_cli_no_memory(error);
    const struct flame_page page = {
        .tree = &c->tree,
        .events = c->events,
        .event_count = c->event_count,
        .event = each ? samples->event : 0,
        .samples = samples,
        .facts = c->facts.facts,
        .fact_count = c->facts.fact_count,
        .verdict = flame_output_bytes(c->verdict),
        .doubts = flame_output_bytes(c->doubts),
        .codes = c->codes.codes,
        .code_count = c->codes.code_count,
        .code_note = c->codes.note,
        .samples_note = flame_output_bytes(c->samples_note),
        .look = &d->looks.look,
    };
    status = flame_render_html(&page, out, error);
    return status == FLAME_OK ? flame_cli_keep_palette(&d->looks, &c->tree, error) : status;
}

enum flame_status flame_cli_draw_page(const struct flame_cli_draw *draw,
                                      const struct flame_session *session,
                                      const struct flame_stacks *stacks, struct flame_output *out,
                                      struct flame_error *error)
{
    struct composed c = { 0 };
    enum flame_status status = compose(&c, draw, session, stacks, out, error);
    discard(&c);
    return status;
}
