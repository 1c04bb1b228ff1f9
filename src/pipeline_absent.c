/* pipeline_absent.c: why no sample lies in a function, and where to look instead.
 *
 * It may be there and not be hit; exist only where it was inlined; be called something else; or the
 * samples may have no names. */
#include "pipeline_absent.h"

#include "bare_name.h"
#include "fail.h"

#include <inttypes.h>
#include <stdio.h>

enum { NAME_LIMIT = 1 << 16, NEAREST = 5, AROUND = 3, LONG_NAME = 60 };

/* What is looked for, and where. text: room for NAME_LIMIT bytes. */
struct absent {
    struct flame_session *session;
    const struct flame_hit_table *hits;
    const struct flame_match_name *names;
    const char *wanted;
    size_t event;
    char *text;
};

/* A list of names as far as they fit. */
struct name_list {
    char text[160];
    size_t length;
};

/* A long name stands without its template arguments: that, too, finds the function. */
static void list_name(struct name_list *list, struct flame_str name)
{
    char bare[FLAME_BARE_NAME];
    if (name.len > LONG_NAME)
        name = flame_bare_template(name, "", bare);
    if (name.len == 0)
        return;
    size_t left = sizeof list->text - list->length;
    if (name.len + 3 <= left)
        list->length += (size_t)snprintf(list->text + list->length, left, "%s%.*s",
                                         list->length ? ", " : "", (int)name.len, name.ptr);
}

/* An object among those that were loaded that has the symbol; NULL: none. */
static const struct flame_dso *find_unhit(const struct absent *a)
{
    for (uint32_t d = 0; d < a->session->timeline.dsos.list.count; d++) {
        const struct flame_object *object = flame_symbolizer_object(a->session->symbolizer, d);
        const struct flame_symbols *symbols = object ? flame_object_symbols(object) : NULL;
        for (size_t i = 0; symbols && i < symbols->list.count; i++) {
            const struct flame_symbol *symbol = &symbols->list.items[i];
            bool same = strcmp(symbol->name, a->wanted) == 0;
            if (!same && !symbol->plain && symbol->name[0] == '_')
                same = flame_str_is(
                    (struct flame_str){ a->text, flame_symbol_show(symbol, a->text, NAME_LIMIT) },
                    a->wanted);
            if (same)
                return &a->session->timeline.dsos.list.items[d];
        }
    }
    return NULL;
}

/* Distinct inlined functions in what was hit, and for each the function around it that was hit
 * most.
 */
struct inlined {
    struct flame_intern ids;
    FLAME_VEC(struct flame_match_name) names;
    FLAME_VEC(uint32_t) around;
};

static uint64_t weight_of(const struct absent *a, uint32_t function)
{
    return a->hits->functions.items[function].total[a->event].period;
}

static bool note_inlined(const struct absent *a, struct inlined *all, const char *linkage,
                         uint32_t function)
{
    struct flame_str name = { a->text, flame_inlined_show(linkage, a->text, NAME_LIMIT) };
    uint32_t id = flame_intern_add(&all->ids, name);
    if (id == FLAME_INTERN_NONE)
        return false;
    if (id == all->names.count) {
        struct flame_match_name row = { flame_intern_get(&all->ids, id), flame_str_from(linkage),
                                        0 };
        return flame_vec_push(&all->names, row) && flame_vec_push(&all->around, function);
    }
    if (weight_of(a, function) > weight_of(a, all->around.items[id]))
        all->around.items[id] = function;
    return true;
}

/* What is inlined at the places that were hit. */
static enum flame_status gather_inlined(const struct absent *a, struct inlined *all)
{
    struct flame_symbolizer *symbolizer = a->session->symbolizer;
    for (uint32_t f = 0; f < a->hits->functions.count; f++) {
        const struct flame_hit_function *function = &a->hits->functions.items[f];
        const struct flame_object *object = flame_symbolizer_object(symbolizer, function->owner);
        for (size_t i = 0; i < function->hit_count; i++) {
            struct flame_symbol_place place = {
                .dso = function->owner,
                .symbol = function->symbol,
                .code = object->base + function->symbol->start + function->hits[i].offset,
            };
            struct flame_place_detail detail;
            enum flame_status status = flame_symbolize_detail(symbolizer, &place, false, &detail);
            for (size_t k = 0; k < detail.inlined_count && status == FLAME_OK; k++)
                if (!note_inlined(a, all, detail.inlined[k].name, f))
                    status = FLAME_NOMEM;
            if (status != FLAME_OK)
                return status;
        }
    }
    return FLAME_OK;
}

/* The functions that the wanted one was inlined into; none if it was not. */
static enum flame_status list_around(const struct absent *a, struct name_list *list)
{
    struct inlined all = { 0 };
    struct flame_error ignored = FLAME_ERROR_INIT;
    size_t found = 0, listed = 0;
    flame_intern_init(&all.ids);
    enum flame_status status = gather_inlined(a, &all);
    bool *matches = calloc(all.names.count + 1, sizeof *matches);
    if (!matches)
        status = FLAME_NOMEM;
    if (status == FLAME_OK)
        status = flame_match(all.names.items, all.names.count, a->wanted, false, matches, &found,
                             &ignored);
    for (size_t i = 0; i < all.names.count && status == FLAME_OK && listed < AROUND; i++)
        if (matches[i]) {
            list_name(list, a->names[all.around.items[i]].name);
            listed++;
        }
    free(matches);
    flame_vec_free(&all.names);
    flame_vec_free(&all.around);
    flame_intern_deinit(&all.ids);
    return status;
}

static void list_nearest(const struct absent *a, struct name_list *list)
{
    size_t nearest[NEAREST];
    size_t count =
        flame_match_nearest(a->names, a->hits->functions.count, a->wanted, nearest, NEAREST);
    for (size_t i = 0; i < count; i++)
        list_name(list, a->names[nearest[i]].name);
}

/* "; 97 % of the samples have no name, ...": where it is many. */
static void say_unnamed(const struct flame_session *s, char *out, size_t cap)
{
    static const char *const states[] = {
#define X(name, text) text,
        FLAME_OBJECT_STATES(X)
#undef X
    };
    const struct flame_verdict *v = &s->verdict;
    double share = v->weight ? 100.0 * (double)v->unnamed / (double)v->weight : 0;
    out[0] = 0;
    if (share < 10)
        return;
    int at = snprintf(out, cap, "; %.0f %% of the samples have no name", share);
    if (v->object_count)
        snprintf(out + at, cap - (size_t)at, ", most in %.*s: %s; flamedata info says more",
                 (int)(v->objects->name.len < 48 ? v->objects->name.len : 48), v->objects->name.ptr,
                 states[v->objects->state]);
}

/* As flame_pipeline_absent, once there is room for text. */
static enum flame_status say(const struct absent *a, bool regex, struct flame_error *error)
{
    struct flame_session *s = a->session;
    struct name_list list = { .text = "" };
    char unnamed[160];
    say_unnamed(s, unnamed, sizeof unnamed);
    if (!a->wanted)
        return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET,
                          "no sample lies in a function whose name is known%s", unnamed);
    if (regex)
        return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET,
                          "no function that was hit matches '%.60s'%s", a->wanted, unnamed);
    const struct flame_dso *unhit = find_unhit(a);
    if (unhit)
        return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET,
                          "'%.80s' of %.*s has no samples", a->wanted,
                          (int)(unhit->name.len < 80 ? unhit->name.len : 80), unhit->name.ptr);
    enum flame_status status = list_around(a, &list);
    if (status != FLAME_OK)
        return flame_fail(error, status, s->path, FLAME_NO_OFFSET, "out of memory");
    if (list.length)
        return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET,
                          "'%.60s' has no code of its own: it was inlined; annotate %s", a->wanted,
                          list.text);
    list_nearest(a, &list);
    return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET, "no sample lies in '%.60s'%s%s",
                      a->wanted, list.length ? "; nearest: " : "",
                      list.length ? list.text : unnamed);
}

enum flame_status flame_pipeline_absent(struct flame_session *s, const struct flame_hit_table *hits,
                                        const struct flame_match_name *names, const char *wanted,
                                        bool regex, size_t event, struct flame_error *error)
{
    struct absent a = { s, hits, names, wanted, event, malloc(NAME_LIMIT) };
    if (!a.text)
        return flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    enum flame_status status = say(&a, regex, error);
    free(a.text);
    return status;
}
