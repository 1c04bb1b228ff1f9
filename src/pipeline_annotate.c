/* pipeline_annotate.c: a recording to annotated functions.
 *
 * Samples are counted by their instruction alone, so that nothing is unwound, or by their stacks
 * where callers count. Functions are named and ordered, those that are wanted found, and only their
 * code is looked for. */
#include "pipeline_absent.h"
#include "pipeline_branches.h"
#include "pipeline_hits.h"

#include "build_id.h"
#include "fail.h"

#include <stdio.h>

enum { NAME_LIMIT = 1 << 16, SKIPPED_LIMIT = 256 };

/* A function that matches, and what orders it: its hits of the first event, and of all. */
struct candidate {
    struct flame_hits hits;
    uint64_t all_samples;
    struct flame_str name;
    const struct flame_dso *dso;
    uint64_t start;
    uint32_t dso_index, function;
};

/* out is what the caller sees.
 *
 * narrow  with callers, which objects' functions count
 * names   of hits.functions, by index
 * order   functions that match, hottest first
 * codes   by index of the object whose the symbols are; NULL: not opened */
struct annotation {
    struct flame_annotation out;
    struct flame_annotate_options options;
    struct flame_fetch *fetch;
    struct flame_session *session;
    struct flame_filter narrow;
    struct flame_hit_table hits;
    struct flame_placed_branches branches;
    struct flame_sources sources;
    struct flame_match_name *names;
    FLAME_VEC(struct candidate) order;
    struct flame_code_file **codes;
    char name[NAME_LIMIT];
};

static const struct flame_dso *dso_at(const struct annotation *a, uint32_t dso)
{
    return &a->session->timeline.dsos.list.items[dso];
}

/* Events that are shown. */
static enum flame_status choose_events(struct annotation *a, uint32_t **event_of_group)
{
    struct flame_session *s = a->session;
    struct flame_annotated_event *events =
        flame_arena_zalloc(&s->arena, s->groups.count, sizeof *events);
    uint32_t *map = *event_of_group = flame_arena_zalloc(&s->arena, s->groups.count, sizeof *map);
    if (!events || !map)
        return FLAME_NOMEM;
    for (uint32_t i = 0; i < s->groups.count; i++) {
        const struct flame_event_group *g = &s->groups.items[i];
        map[i] = UINT32_MAX;
        if (g->samples == 0 || (s->options.event && !flame_session_draws(s, i)))
            continue;
        map[i] = (uint32_t)a->out.event_count;
        events[a->out.event_count++] =
            (struct flame_annotated_event){ g->name, g->unit, { g->samples, g->weight } };
    }
    a->out.events = events;
    return FLAME_OK;
}

static enum flame_status name_functions(struct annotation *a)
{
    struct flame_arena *arena = &a->session->arena;
    size_t count = a->hits.functions.count;
    a->names = flame_arena_zalloc(arena, count + 1, sizeof *a->names);
    if (!a->names)
        return FLAME_NOMEM;
    for (uint32_t i = 0; i < count; i++) {
        const struct flame_hit_function *function = &a->hits.functions.items[i];
        const struct flame_symbol *symbol = function->symbol;
        size_t length = function->unnamed
                            ? flame_dso_show(dso_at(a, function->dso), a->name, NAME_LIMIT)
                            : flame_symbol_show(symbol, a->name, NAME_LIMIT);
        struct flame_str name = { a->name, length };
        name.ptr = flame_arena_copy(arena, name);
        if (!name.ptr)
            return FLAME_NOMEM;
        a->names[i] = (struct flame_match_name){ name, flame_str_from(symbol->name),
                                                 function->total[0].period };
    }
    return FLAME_OK;
}

static bool is_narrowed_out(const struct annotation *a, uint32_t function)
{
    uint32_t dso = a->hits.functions.items[function].dso;
    return a->narrow.dsos && !flame_pipeline_takes_dso(&a->narrow, dso_at(a, dso));
}

static int by_heat(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->hits.period != y->hits.period)
        return x->hits.period > y->hits.period ? -1 : 1;
    if (x->hits.samples != y->hits.samples)
        return x->hits.samples > y->hits.samples ? -1 : 1;
    if (x->all_samples != y->all_samples)
        return x->all_samples > y->all_samples ? -1 : 1;
    int order = flame_str_compare(x->name, y->name);
    if (order == 0)
        order = flame_str_compare(x->dso->name, y->dso->name);
    if (order == 0 && x->start != y->start)
        order = x->start < y->start ? -1 : 1;
    return order ? order : x->dso_index < y->dso_index ? -1 : x->dso_index > y->dso_index;
}

static bool add_candidate(struct annotation *a, uint32_t function)
{
    const struct flame_hit_function *f = &a->hits.functions.items[function];
    uint64_t all_samples = 0;
    for (size_t i = 0; i < a->out.event_count; i++)
        all_samples += f->total[i].samples;
    return flame_vec_push(&a->order, (struct candidate){ .hits = f->total[0],
                                                         .all_samples = all_samples,
                                                         .name = a->names[function].name,
                                                         .dso = dso_at(a, f->dso),
                                                         .dso_index = f->dso,
                                                         .start = f->symbol->start,
                                                         .function = function });
}

/* The functions that are wanted, hottest first. */
static enum flame_status find_functions(struct annotation *a, struct flame_error *error)
{
    size_t count = a->hits.functions.count, found = 0, narrowed = 0;
    bool *matches = calloc(count + 1, sizeof *matches);
    enum flame_status status = matches ? FLAME_OK : FLAME_NOMEM;
    if (status == FLAME_OK && a->options.symbol)
        status = flame_match(a->names, count, a->options.symbol, a->options.regex, matches, &found,
                             error);
    for (uint32_t i = 0; i < count && status == FLAME_OK; i++) {
        bool wanted = matches[i] || !a->options.symbol, out = wanted && is_narrowed_out(a, i);
        narrowed += out;
        if (wanted && !out && !add_candidate(a, i))
            status = FLAME_NOMEM;
    }
    free(matches);
    if (status != FLAME_OK)
        return flame_fail(error, status, a->out.path, FLAME_NO_OFFSET, "out of memory");
    if (a->order.count == 0 && narrowed)
        return flame_fail(error, FLAME_EMPTY, a->out.path, FLAME_NO_OFFSET,
                          "all %zu functions that match lie in objects that the filter of objects "
                          "leaves out",
                          narrowed);
    if (a->order.count == 0)
        return flame_pipeline_absent(a->session, &a->hits, a->names, a->options.symbol,
                                     a->options.regex, error);
    qsort(a->order.items, a->order.count, sizeof *a->order.items, by_heat);
    return FLAME_OK;
}

/* The object's code, opened once. */
static enum flame_status open_code(struct annotation *a, uint32_t owner,
                                   struct flame_code_file **code)
{
    struct flame_session *s = a->session;
    struct flame_object_request request = flame_symbol_request(dso_at(a, owner));
    enum flame_status status = FLAME_OK;
    if (!a->codes[owner])
        status = flame_code_open(&a->codes[owner], flame_symbolizer_object(s->symbolizer, owner),
                                 &request, &s->places);
    *code = a->codes[owner];
    return status;
}

/* Why an object has no names, and what to do: the verdict's words. */
static enum flame_status no_names(const struct annotation *a, uint32_t dso,
                                  struct flame_error *error)
{
    char advice[sizeof error->text];
    flame_pipeline_advise(a->session, dso, advice, sizeof advice);
    return flame_fail(error, FLAME_UNSUPPORTED, NULL, FLAME_NO_OFFSET, "it %s", advice);
}

static enum flame_status annotate_function(struct annotation *a, uint32_t index,
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
                                          .dso = dso_at(a, function->dso)->name,
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
static void want_code(const struct annotation *a, uint32_t index, const struct flame_error *why)
{
    const struct flame_hit_function *function = &a->hits.functions.items[index];
    if (!function->unnamed && (why->status == FLAME_IO || why->status == FLAME_UNSUPPORTED))
        flame_fetch_want_code(a->fetch, function->owner, function->total[0].period);
}

/* Annotate from the hottest on, until there are as many as are wanted. Where functions were named,
 * those without code have their turn, too. */
static enum flame_status annotate_functions(struct annotation *a)
{
    struct flame_arena *arena = &a->session->arena;
    size_t wanted = a->options.top ? a->options.top : 1, count = a->order.count, turns = 0;
    if (wanted > count)
        wanted = count;
    struct flame_annotated_match *matches = flame_arena_zalloc(arena, count, sizeof *matches);
    struct flame_annotated *functions = flame_arena_zalloc(arena, wanted, sizeof *functions);
    if (!matches || !functions)
        return FLAME_NOMEM;
    for (size_t i = 0; i < count; i++) {
        uint32_t index = a->order.items[i].function;
        struct flame_annotated_match *m = &matches[i];
        bool more = a->options.symbol
                        ? i < wanted
                        : a->out.function_count < wanted && a->out.skipped < wanted + SKIPPED_LIMIT;
        m->symbol = a->names[index].name;
        m->dso = a->order.items[i].dso->name;
        m->hits = a->hits.functions.items[index].total;
        m->shown = SIZE_MAX;
        m->error = (struct flame_error)FLAME_ERROR_INIT;
        if (!more)
            continue;
        turns = i + 1;
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
static enum flame_status judge(struct annotation *a, struct flame_error *error)
{
    struct flame_session *s = a->session;
    if (!flame_walk_ends_init(&s->ends, s->timeline.dsos.list.count))
        return flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    a->out.verdict = &s->verdict;
    return flame_pipeline_verdict(s, error);
}

static enum flame_status run(struct annotation *a, struct flame_error *error)
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
        status = name_functions(a);
    if (status != FLAME_OK || !a->codes)
        return flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    status = judge(a, error);
    if (status == FLAME_OK)
        status = find_functions(a, error);
    if (status == FLAME_OK && annotate_functions(a) != FLAME_OK)
        status = flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    return status;
}

/* Open the session, with the filters as callers want them. */
static enum flame_status begin(struct annotation *a, const char *path, struct flame_error *error)
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
    a->sources.packed = a->session->places.packed;
    return FLAME_OK;
}

/* Once, with what was fetched. Returns NULL when memory is exhausted; else *status says how it
 * went. */
static struct annotation *attempt(const char *path, const struct flame_annotate_options *options,
                                  struct flame_fetch *fetch, enum flame_status *status,
                                  struct flame_error *error)
{
    struct annotation *a = calloc(1, sizeof *a);
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
static bool more_comes(struct annotation *a, enum flame_status status)
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
    struct annotation *a = attempt(path, options, fetch, &status, &why);
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
    struct annotation *a = (struct annotation *)(uintptr_t)annotation;
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
