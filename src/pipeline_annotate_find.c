/* pipeline_annotate_find.c: which functions are annotated: those that match, the hottest first. */
#include "pipeline_annotate.h"

#include "fail.h"

enum flame_status flame_annotating_name(struct flame_annotating *a)
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
                            ? flame_dso_show(flame_annotating_dso(a, function->dso), a->name,
                                             FLAME_ANNOTATION_NAME)
                            : flame_symbol_show(symbol, a->name, FLAME_ANNOTATION_NAME);
        struct flame_str name = { a->name, length };
        name.ptr = flame_arena_copy(arena, name);
        if (!name.ptr)
            return FLAME_NOMEM;
        a->names[i] = (struct flame_match_name){ name, flame_str_from(symbol->name),
                                                 function->total[0].period };
    }
    return FLAME_OK;
}

static bool is_narrowed_out(const struct flame_annotating *a, uint32_t function)
{
    uint32_t dso = a->hits.functions.items[function].dso;
    return a->narrow.dsos && !flame_pipeline_takes_dso(&a->narrow, flame_annotating_dso(a, dso));
}

static int by_heat(const void *a, const void *b)
{
    const struct flame_candidate *x = a, *y = b;
    if (x->share < y->share || x->share > y->share)
        return x->share > y->share ? -1 : 1;
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

static double largest_share(const struct flame_annotating *a, const struct flame_hits *hits)
{
    double largest = 0;
    for (size_t e = 0; e < a->out.event_count; e++) {
        uint64_t whole = a->out.events[e].total.period;
        double share = whole ? (double)hits[e].period / (double)whole : 0;
        largest = largest < share ? share : largest;
    }
    return largest;
}

static bool add_candidate(struct flame_annotating *a, uint32_t function)
{
    const struct flame_hit_function *f = &a->hits.functions.items[function];
    double share = flame_annotating_by_share(a) ? largest_share(a, f->total) : 0;
    uint64_t all_samples = 0;
    for (size_t i = 0; i < a->out.event_count; i++)
        all_samples += f->total[i].samples;
    return flame_vec_push(&a->order,
                          (struct flame_candidate){ .share = share,
                                                    .hits = f->total[0],
                                                    .all_samples = all_samples,
                                                    .name = a->names[function].name,
                                                    .dso = flame_annotating_dso(a, f->dso),
                                                    .dso_index = f->dso,
                                                    .start = f->symbol->start,
                                                    .function = function });
}

enum flame_status flame_annotating_find(struct flame_annotating *a, struct flame_error *error)
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
