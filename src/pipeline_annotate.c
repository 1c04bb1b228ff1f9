/* pipeline_annotate.c: a recording to annotated functions.
 *
 * Samples are counted by their instruction alone, so that nothing is unwound, or by their stacks
 * where callers count. Functions are named and ordered, those that are wanted found, and only their
 * code is looked for. */
#include "pipeline_annotate.h"

#include "fail.h"

enum { SKIPPED_LIMIT = 256 };

/* Events that are shown. */
static enum flame_status choose_events(struct flame_annotating *a, uint32_t **event_of_group)
{
    struct flame_session *s = a->session;
    struct flame_annotated_event *events =
        flame_arena_zalloc(&s->arena, s->groups.count, sizeof *events);
    enum flame_status status = flame_session_number_shown(s, event_of_group, &a->out.event_count);
    if (!events || status != FLAME_OK)
        return FLAME_NOMEM;
    for (uint32_t i = 0; i < s->groups.count; i++) {
        const struct flame_event_group *g = &s->groups.items[i];
        uint32_t number = (*event_of_group)[i];
        if (number != UINT32_MAX)
            events[number] = (struct flame_annotated_event){ .name = g->name,
                                                             .unit = g->unit,
                                                             .total = { g->samples, g->weight } };
    }
    a->out.events = events;
    return FLAME_OK;
}

/* The object's code, opened once. */
static enum flame_status open_code(struct flame_annotating *a, uint32_t owner,
                                   struct flame_code_file **code)
{
    struct flame_session *s = a->session;
    struct flame_object_request request = flame_symbol_request(flame_annotating_dso(a, owner));
    enum flame_status status = FLAME_OK;
    if (!a->codes[owner])
        status = flame_code_open(&a->codes[owner], flame_symbolizer_object(s->symbolizer, owner),
                                 &request, &s->places);
    *code = a->codes[owner];
    return status;
}

/* Why an object has no names, and what to do: the verdict's words. */
static enum flame_status no_names(const struct flame_annotating *a, uint32_t dso,
                                  struct flame_error *error)
{
    char advice[sizeof error->text];
    flame_pipeline_advise(a->session, dso, advice, sizeof advice);
    return flame_fail(error, FLAME_UNSUPPORTED, NULL, FLAME_NO_OFFSET, "it %s", advice);
}

static enum flame_status annotate_function(struct flame_annotating *a, uint32_t index,
                                           struct flame_annotated *out, struct flame_error *error)
{
    const struct flame_hit_function *function = &a->hits.functions.items[index];
    bool wanted = a->options.symbol || a->options.no_code;
    if (function->unnamed && !wanted)
        return no_names(a, function->dso, error);
    struct flame_code_file *code;
    struct flame_function_branches branches;
    enum flame_status status = open_code(a, function->owner, &code);
    if (status == FLAME_OK)
        status = flame_branches_of(&a->branches, function->owner, function->symbol,
                                   &a->session->arena, &branches);
    if (status != FLAME_OK)
        return status;
    struct flame_function_input input = { .symbol = a->names[index].name,
                                          .dso = flame_annotating_dso(a, function->dso)->name,
                                          .file = code,
                                          .place = function->symbol,
                                          .hits = function->hits,
                                          .hit_count = function->hit_count,
                                          .event_count = a->out.event_count,
                                          .sets = function->sets,
                                          .set_count = function->set_count,
                                          .branches = branches.branches,
                                          .branch_count = branches.branch_count,
                                          .runs = branches.runs,
                                          .run_count = branches.run_count };
    status =
        flame_function_annotate(out, &input, &a->options, &a->sources, &a->session->arena, error);
    out->total = function->total; /* a stack may be at several places of one function */
    return status;
}

/* Where a function could not be shown for want of its code: it may be fetched. */
static void want_code(const struct flame_annotating *a, uint32_t index,
                      const struct flame_error *why)
{
    const struct flame_hit_function *function = &a->hits.functions.items[index];
    if (!function->unnamed && (why->status == FLAME_IO || why->status == FLAME_UNSUPPORTED))
        flame_fetch_want_code(a->fetch, function->owner, function->total[0].period);
}

/* Whether functions with that much weight, by event, lack something of the share of any event. */
static bool lacks_weight(const struct flame_annotating *a, const uint64_t *weights)
{
    double share = a->options.share_percent / 100;
    bool lacks = false;
    for (size_t e = 0; e < a->out.event_count && !lacks; e++)
        lacks = (double)weights[e] < share * (double)a->out.events[e].total.period;
    return lacks;
}

/* Whether another function has its turn, after turns of them with so much weight. Those without
 * code are passed over, but where functions were named, or a share of the weight, they count. */
static bool has_turn(const struct flame_annotating *a, size_t turns, size_t wanted,
                     const uint64_t *weights)
{
    if (a->options.symbol)
        return turns < wanted;
    if (flame_annotating_by_share(a))
        return a->out.function_count < wanted && lacks_weight(a, weights);
    return a->out.function_count < wanted && a->out.skipped < wanted + SKIPPED_LIMIT;
}

/* How many functions may be shown. */
static size_t most_shown(const struct flame_annotating *a)
{
    size_t count = a->order.count, wanted = a->options.top;
    if (wanted == 0)
        wanted = flame_annotating_by_share(a) ? count : 1;
    return wanted < count ? wanted : count;
}

/* Annotate from the hottest on, until there are as many as are wanted. */
static enum flame_status annotate_functions(struct flame_annotating *a)
{
    struct flame_arena *arena = &a->session->arena;
    size_t wanted = most_shown(a), count = a->order.count, turns = 0;
    uint64_t *weights = flame_arena_zalloc(arena, a->out.event_count + 1, sizeof *weights);
    struct flame_annotated_match *matches = flame_arena_zalloc(arena, count, sizeof *matches);
    struct flame_annotated *functions = flame_arena_zalloc(arena, wanted, sizeof *functions);
    if (!matches || !functions || !weights)
        return FLAME_NOMEM;
    for (size_t i = 0; i < count; i++) {
        uint32_t index = a->order.items[i].function;
        struct flame_annotated_match *m = &matches[i];
        m->symbol = a->names[index].name;
        m->dso = a->order.items[i].dso->name;
        m->hits = a->hits.functions.items[index].total;
        m->shown = SIZE_MAX;
        m->error = (struct flame_error)FLAME_ERROR_INIT;
        if (turns < i || !has_turn(a, turns, wanted, weights))
            continue;
        turns++;
        for (size_t e = 0; e < a->out.event_count; e++)
            weights[e] += m->hits[e].period;
        enum flame_status status =
            annotate_function(a, index, &functions[a->out.function_count], &m->error);
        if (status == FLAME_NOMEM)
            return status;
        if (status == FLAME_OK)
            m->shown = a->out.function_count++;
        else
            a->out.skipped++;
        if (status != FLAME_OK && i < wanted)
            want_code(a, index, &m->error);
    }
    a->out.matches = matches;
    a->out.match_count = a->options.symbol ? count : turns;
    a->out.functions = functions;
    return FLAME_OK;
}

/* What the figures rest on. */
static enum flame_status judge(struct flame_annotating *a, struct flame_error *error)
{
    struct flame_session *s = a->session;
    if (!flame_walk_ends_init(&s->ends, s->timeline.dsos.list.count))
        return flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    a->out.verdict = &s->verdict;
    return flame_pipeline_verdict(s, error);
}

static enum flame_status run(struct flame_annotating *a, struct flame_error *error)
{
    struct flame_session *s = a->session;
    uint32_t *event_of_group = NULL;
    enum flame_status status = flame_pipeline_count(s, error);
    if (status != FLAME_OK)
        return status;
    flame_preload_finish(s);
    status = choose_events(a, &event_of_group);
    flame_hit_table_init(&a->hits, s, event_of_group, a->out.event_count);
    a->codes = flame_arena_zalloc(&s->arena, s->timeline.dsos.list.count + 1, sizeof(void *));
    if (status == FLAME_OK && a->codes)
        status = flame_hit_table_fill(&a->hits);
    if (status == FLAME_OK && a->codes)
        status = flame_branches_place(s, event_of_group, &a->branches);
    if (status == FLAME_OK && a->codes)
        status = flame_annotating_name(a);
    if (status != FLAME_OK || !a->codes)
        return flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    status = judge(a, error);
    if (status == FLAME_OK)
        status = flame_annotating_find(a, error);
    if (status == FLAME_OK && annotate_functions(a) != FLAME_OK)
        status = flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    flame_pipeline_note_losses(s); /* of places that only code was searched in */
    return status;
}

/* Open the session, with the filters as callers want them. */
static enum flame_status begin(struct flame_annotating *a, const char *path,
                               struct flame_error *error)
{
    struct flame_session_options options = a->options.session;
    struct flame_filter_options narrow = { .dsos = options.filter.dsos };
    bool callers = a->options.callers;
    flame_sources_init(&a->sources, &a->options);
    enum flame_status status = FLAME_OK;
    if (callers) {
        options.filter.dsos = NULL;
        status = flame_filter_init(&a->narrow, &narrow, error);
    }
    if (status != FLAME_OK)
        return status;
    a->session = flame_session_begin(
        path, &options, callers ? FLAME_COUNT_CALLERS : FLAME_COUNT_LEAVES, a->fetch, error);
    if (!a->session)
        return FLAME_FORMAT;
    a->sources.recorded_ns = a->session->places.recorded_ns;
    a->sources.places = &a->session->places;
    return FLAME_OK;
}

/* Once, with what was fetched. Returns NULL when memory is exhausted; else *status says how it
 * went. */
static struct flame_annotating *attempt(const char *path,
                                        const struct flame_annotate_options *options,
                                        struct flame_fetch *fetch, enum flame_status *status,
                                        struct flame_error *error)
{
    struct flame_annotating *a = calloc(1, sizeof *a);
    if (!a) {
        *status = flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
        return NULL;
    }
    if (options)
        a->options = *options;
    a->fetch = fetch;
    a->out.path = path;
    a->out.callers = a->options.callers;
    *status = begin(a, path, error);
    if (*status == FLAME_OK)
        *status = run(a, error);
    return a;
}

/* Whether there is more to be fetched, which may show a function that is not known yet, too. */
static bool more_comes(struct flame_annotating *a, enum flame_status status)
{
    bool judged = a && a->out.verdict;
    return judged && (status == FLAME_OK || status == FLAME_EMPTY) &&
           flame_fetch_more(a->fetch, a->session);
}

const struct flame_annotation *flame_annotate(const char *path,
                                              const struct flame_annotate_options *options,
                                              struct flame_error *error)
{
    struct flame_fetch *fetch;
    struct flame_error why = FLAME_ERROR_INIT;
    enum flame_status status =
        flame_fetch_begin(&fetch, path, options ? &options->session.symbols : NULL, error);
    if (status != FLAME_OK)
        return NULL;
    struct flame_annotating *a = attempt(path, options, fetch, &status, &why);
    while (more_comes(a, status)) {
        flame_annotation_free(&a->out);
        why = (struct flame_error)FLAME_ERROR_INIT;
        a = attempt(path, options, fetch, &status, &why);
    }
    if (status == FLAME_EMPTY)
        flame_fetch_explain(fetch, &why);
    flame_fetch_end(fetch);
    if (a && status == FLAME_OK) {
        a->fetch = NULL;
        return &a->out;
    }
    flame_recording_detach(&why, path);
    if (error && error->status == FLAME_OK)
        *error = why;
    if (a)
        flame_annotation_free(&a->out);
    return NULL;
}

void flame_annotation_free(const struct flame_annotation *annotation)
{
    struct flame_annotating *a = (struct flame_annotating *)(uintptr_t)annotation;
    if (!a)
        return;
    for (size_t i = 0; a->codes && i < a->session->timeline.dsos.list.count; i++)
        flame_code_close(a->codes[i]);
    if (a->hits.session)
        flame_hit_table_deinit(&a->hits);
    flame_placed_branches_deinit(&a->branches);
    flame_sources_deinit(&a->sources);
    flame_filter_deinit(&a->narrow);
    flame_vec_free(&a->order);
    flame_session_close(a->session);
    free(a);
}
