/* pipeline_absent.c: why no sample lies in a function, and where to look instead.
 *
 * It may be there and not be hit; exist only where it was inlined; be called something else; or the
 * samples may have no names. */
#include "pipeline_absent.h"

#include "bare_name.h"
#include "excerpt.h"
#include "fail.h"

#include <inttypes.h>
#include <stdio.h>

enum { NAME_LIMIT = 1 << 16, NEAREST = 5, AROUND = 3, LONG_NAME = 60, SHOWN = 101 };

/* What is looked for, and where. text: room for NAME_LIMIT bytes. */
struct absent {
    struct flame_session *session;
    const struct flame_hit_table *hits;
    const struct flame_match_name *names;
    const char *wanted;
    char *text;
};

/* A list of different names as far as they fit. */
struct name_list {
    char text[240];
    size_t length, count;
    struct flame_str names[NEAREST];
};

/* As the source calls it, and a long name without its template arguments: that, too, finds the
 * function. */
static void list_name(struct name_list *list, struct flame_str name)
{
    char spoken[FLAME_BARE_NAME], bare[FLAME_BARE_NAME];
    name = flame_spoken_name(name, false, spoken);
    if (name.len > LONG_NAME)
        name = flame_bare_template(name, "", bare);
    for (size_t i = 0; i < list->count; i++)
        if (flame_str_equal(list->names[i], name))
            return;
    size_t comma = list->count ? strlen(", ") : 0, at = list->length + comma;
    if (name.len == 0 || list->count == NEAREST || at + name.len >= sizeof list->text)
        return;
    memcpy(list->text + list->length, ", ", comma);
    memcpy(list->text + at, name.ptr, name.len);
    list->names[list->count++] = (struct flame_str){ list->text + at, name.len };
    list->length = at + name.len;
    list->text[list->length] = 0;
}

/* Whether a symbol is what is wanted, parameters and the like aside. */
static bool is_wanted(const struct absent *a, const struct flame_symbol *symbol)
{
    if (strcmp(symbol->name, a->wanted) == 0)
        return true;
    struct flame_str name = flame_str_from(symbol->name);
    if (!symbol->plain && symbol->name[0] == '_')
        name = (struct flame_str){ a->text, flame_symbol_show(symbol, a->text, NAME_LIMIT) };
    return flame_str_is(name, a->wanted) || flame_str_is(flame_bare_name(name), a->wanted);
}

/* An object among those that were loaded that has the symbol; NULL: none. */
static const struct flame_dso *find_unhit(const struct absent *a)
{
    for (uint32_t d = 0; d < a->session->timeline.dsos.list.count; d++) {
        const struct flame_object *object = flame_symbolizer_object(a->session->symbolizer, d);
        const struct flame_symbols *symbols = object ? flame_object_symbols(object) : NULL;
        for (size_t i = 0; symbols && i < symbols->list.count; i++)
            if (is_wanted(a, &symbols->list.items[i]))
                return &a->session->timeline.dsos.list.items[d];
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
    return a->hits->functions.items[function].total[0].period;
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
        if (function->unnamed)
            continue;
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

/* "; 97 % of the samples have no name, most in LIBRARY, which is not on this machine; ...": where
 * it is many. */
static void say_unnamed(const struct flame_session *s, char *out, size_t cap)
{
    const struct flame_verdict *v = &s->verdict;
    const struct flame_object_report *most = v->object_count ? &v->objects[0] : NULL;
    double share = v->weight ? 100.0 * (double)v->unnamed / (double)v->weight : 0;
    char name[SHOWN];
    out[0] = 0;
    if (share < 10)
        return;
    int at = snprintf(out, cap, "; %.0f %% of the samples have no name", share);
    if (most && (double)most->unnamed > 0.5 * (double)v->unnamed)
        snprintf(out + at, cap - (size_t)at, ", most of them in %s, which %.*s",
                 flame_excerpt(most->name, name, sizeof name), (int)most->advice.len,
                 most->advice.ptr);
}

/* Whether stacks were recorded, but are not looked at. */
static bool leaves_callers_out(const struct flame_session *s)
{
    bool stacks = false;
    for (size_t i = 0; i < s->recording.perf.events.count; i++)
        stacks |= (s->recording.perf.events.items[i].attr.sample_type &
                   (FLAME_SAMPLE_CALLCHAIN | FLAME_SAMPLE_STACK_USER)) != 0;
    return stacks && s->counted_as == FLAME_COUNT_LEAVES;
}

/* What is said to have no samples: they may have been left out. */
static const char *which_samples(const struct flame_session *s)
{
    return s->drawn.filtered_out ? " that the filters take" : "";
}

/* It exists, or something else that is called so. */
static enum flame_status say_unhit(const struct absent *a, const struct flame_dso *dso,
                                   const char *unnamed, struct flame_error *error)
{
    struct name_list list = { .text = "" };
    char wanted[SHOWN], object[SHOWN];
    bool callers = leaves_callers_out(a->session);
    list_nearest(a, &list);
    return flame_fail(error, FLAME_EMPTY, a->session->path, FLAME_NO_OFFSET,
                      "'%s' of %s has no samples%s%s%s%s",
                      flame_excerpt(flame_str_from(a->wanted), wanted, sizeof wanted),
                      flame_excerpt(dso->name, object, sizeof object), which_samples(a->session),
                      callers ? " of its own; --callers counts the calls inside it" : "",
                      list.count ? "; like it, and hit: " : "", list.count ? list.text : unnamed);
}

/* As flame_pipeline_absent, once there is room for text. */
static enum flame_status say(const struct absent *a, bool regex, struct flame_error *error)
{
    struct flame_session *s = a->session;
    struct name_list list = { .text = "" };
    char unnamed[sizeof error->text], wanted[SHOWN];
    say_unnamed(s, unnamed, sizeof unnamed);
    if (!a->wanted)
        return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET,
                          "no sample%s lies in a function whose name is known%s", which_samples(s),
                          unnamed);
    flame_excerpt(flame_str_from(a->wanted), wanted, sizeof wanted);
    if (regex)
        return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET,
                          "no function that was hit matches '%s'%s", wanted, unnamed);
    const struct flame_dso *unhit = find_unhit(a);
    if (unhit)
        return say_unhit(a, unhit, unnamed, error);
    enum flame_status status = list_around(a, &list);
    if (status != FLAME_OK)
        return flame_fail(error, status, s->path, FLAME_NO_OFFSET, "out of memory");
    if (list.count)
        return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET,
                          "'%s' has no code of its own: it was inlined; annotate %s", wanted,
                          list.text);
    list_nearest(a, &list);
    return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET, "no sample%s lies in '%s'%s%s",
                      which_samples(s), wanted, list.count ? "; nearest: " : "",
                      list.count ? list.text : unnamed);
}

enum flame_status flame_pipeline_absent(struct flame_session *s, const struct flame_hit_table *hits,
                                        const struct flame_match_name *names, const char *wanted,
                                        bool regex, struct flame_error *error)
{
    struct absent a = { s, hits, names, wanted, malloc(NAME_LIMIT) };
    if (!a.text)
        return flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    enum flame_status status = say(&a, regex, error);
    free(a.text);
    return status;
}
