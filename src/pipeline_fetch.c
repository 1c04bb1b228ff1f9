/* pipeline_fetch.c: which files are worth asking for.
 *
 * A session says which objects lack names, unwind tables or code, and what samples lie there. Those
 * with a build-id are asked for, the heaviest first, and the session is opened anew with what came:
 * a walk that could not go on may then meet other objects, so this is done again, a few times.
 * Objects that weigh next to nothing are not worth a download. A file that came is believed no more
 * than any other: its build-id decides. */
#include "pipeline_fetch.h"

#include "debuginfod.h"
#include "depot.h"
#include "fail.h"
#include "pipeline.h"
#include "search_path.h"
#include "source.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ROUNDS = 4,
    USUAL_MIB = 1024,
    USUAL_SECONDS = 90,
    LEAST_SHARE = 1000 /* of the weight: what the verdict has a line for */
};

/* An object that lacks something. */
struct lack {
    uint32_t dso;
    uint64_t weight;
    bool code;
};

/* path is of the file, "" if there is none. named: it has a symbol table. */
struct asked {
    struct flame_fetch_entry entry;
    const char *path;
    bool named;
};

struct flame_fetch {
    struct flame_debuginfod *client;
    struct flame_symbol_options options;
    struct flame_arena arena;
    FLAME_VEC(struct asked) asked;
    FLAME_VEC(struct lack) codeless;
    unsigned rounds;
};

enum flame_status flame_fetch_begin(struct flame_fetch **out, const char *path,
                                    const struct flame_symbol_options *options,
                                    struct flame_error *error)
{
    *out = NULL;
    if (!options || !options->debuginfod)
        return FLAME_OK;
    const char *urls = options->debuginfod[0] ? options->debuginfod : getenv("DEBUGINFOD_URLS");
    if (!urls || !urls[strspn(urls, " ")])
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "debuginfod: no servers are known; give their URLs, or set "
                          "DEBUGINFOD_URLS");
    if (!flame_file_is_plain(path) && !flame_file_is_folder(path))
        return flame_fail(error, FLAME_USAGE, path, FLAME_NO_OFFSET,
                          "can be read but once, and with debuginfod it is read again; save it "
                          "to a file first");
    struct flame_debuginfod_options asking = {
        .urls = options->debuginfod,
        .bytes = (uint64_t)(options->fetch_mib ? options->fetch_mib : USUAL_MIB) << 20,
        .seconds = options->fetch_seconds ? options->fetch_seconds : USUAL_SECONDS,
        .report = options->fetch
    };
    struct flame_fetch *fetch = calloc(1, sizeof *fetch);
    if (fetch)
        fetch->client = flame_debuginfod_create(&asking);
    if (!fetch || !fetch->client) {
        free(fetch);
        return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    }
    fetch->options = *options;
    flame_arena_init(&fetch->arena, SIZE_MAX);
    *out = fetch;
    return FLAME_OK;
}

void flame_fetch_end(struct flame_fetch *fetch)
{
    if (!fetch)
        return;
    flame_debuginfod_free(fetch->client);
    flame_vec_free(&fetch->asked);
    flame_vec_free(&fetch->codeless);
    flame_arena_deinit(&fetch->arena);
    free(fetch);
}

void flame_fetch_want_code(struct flame_fetch *fetch, uint32_t dso, uint64_t weight)
{
    if (fetch) /* without memory it is not asked for */
        (void)flame_vec_push(&fetch->codeless, (struct lack){ dso, weight, true });
}

static uint64_t ended_at(const struct flame_session *s, enum flame_stack_end why, uint32_t dso)
{
    return s->ends.weights ? s->ends.weights[why * (s->ends.dsos + 1) + dso] : 0;
}

/* What samples lack an object: names, or the callers that it hides. */
static uint64_t lacking(const struct flame_session *s, uint32_t dso)
{
    uint64_t weight = s->objects.sums ? flame_object_sum_of(&s->objects, dso)->unnamed : 0;
    weight = flame_sum(weight, ended_at(s, FLAME_END_NO_OBJECT, dso));
    weight = flame_sum(weight, ended_at(s, FLAME_END_MISMATCH, dso));
    return flame_sum(weight, ended_at(s, FLAME_END_NO_CFI, dso));
}

/* Whether servers may have what an object lacks. Where there is a list of a kernel's symbols, no
 * more names would come for the price of a vmlinux. */
static bool may_be_served(const struct flame_session *s, uint32_t index, bool code)
{
    const struct flame_dso *dso = &s->timeline.dsos.list.items[index];
    const struct flame_object *object = flame_symbolizer_object(s->symbolizer, index);
    bool file =
        dso->kind == FLAME_DSO_FILE || dso->kind == FLAME_DSO_VDSO || dso->kind == FLAME_DSO_MODULE;
    bool kernel =
        dso->kind == FLAME_DSO_KERNEL && object && (code || object->state != FLAME_OBJECT_NAMED);
    return object && dso->build_id.size && (file || kernel);
}

static int by_weight(const void *a, const void *b)
{
    const struct lack *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->dso < y->dso ? -1 : x->dso > y->dso;
}

/* An entry of what was asked before; NULL: not yet. */
static struct asked *find(const struct flame_fetch *fetch, const struct flame_build_id *id,
                          bool debuginfo)
{
    for (size_t i = 0; i < fetch->asked.count; i++) {
        struct asked *a = &fetch->asked.items[i];
        if (a->entry.debuginfo == debuginfo && a->entry.build_id.size == id->size &&
            memcmp(a->entry.build_id.bytes, id->bytes, id->size) == 0)
            return a;
    }
    return NULL;
}

/* Ask, unless that was done before. What came counts into *came when it is new. NULL when memory is
 * exhausted. */
static struct asked *ask(struct flame_fetch *fetch, const struct flame_dso *dso, bool debuginfo,
                         size_t *came)
{
    struct asked *old = find(fetch, &dso->build_id, debuginfo), new = { 0 };
    if (old)
        return old;
    struct flame_debuginfod_file file;
    char *name = flame_arena_copy(&fetch->arena, dso->name);
    if (!name ||
        flame_debuginfod_find(fetch->client, &dso->build_id, debuginfo, name, &file) != FLAME_OK)
        return NULL;
    bool there = file.outcome == FLAME_FETCH_FETCHED || file.outcome == FLAME_FETCH_CACHED;
    const char *detail = file.outcome == FLAME_FETCH_WRONG ? file.path : file.reason;
    new.entry = (struct flame_fetch_entry){
        .name = { name, dso->name.len },
        .detail = flame_str_from(flame_arena_copy(&fetch->arena, flame_str_from(detail))),
        .build_id = dso->build_id,
        .debuginfo = debuginfo,
        .outcome = file.outcome,
        .bytes = file.bytes,
    };
    new.path = flame_arena_copy(&fetch->arena, flame_str_from(there ? file.path : ""));
    new.named = file.named;
    if (!new.entry.detail.ptr || !new.path || !flame_vec_push(&fetch->asked, new))
        return NULL;
    *came += there;
    return &fetch->asked.items[fetch->asked.count - 1];
}

static bool is_there(const struct asked *asked)
{
    return asked && *asked->path;
}

/* Whether the mapped file itself lies where it was. */
static bool is_at_its_path(const struct flame_session *s, const struct flame_dso *dso)
{
    struct flame_source source;
    struct flame_paths paths;
    bool usable = false;
    flame_paths_init(&paths);
    flame_search_add(&paths, &s->places, "%.*s", (int)dso->path.len, dso->path.ptr);
    if (paths.list.count &&
        flame_source_open(&source, NULL, paths.list.items[0], &dso->build_id) == FLAME_OK) {
        usable = flame_source_usable(&source);
        flame_source_close(&source);
    }
    flame_paths_deinit(&paths);
    return usable;
}

/* Ask for the files of one object. A kernel's debug file is a whole vmlinux. Where there is a file
 * without symbols, its debug file has them; where there is none, it is wanted itself, and its debug
 * file only if it turns out to be stripped. */
static void ask_for(struct flame_fetch *fetch, const struct flame_session *s,
                    const struct lack *lack, size_t *came)
{
    const struct flame_dso *dso = &s->timeline.dsos.list.items[lack->dso];
    const struct flame_object *object = flame_symbolizer_object(s->symbolizer, lack->dso);
    bool here = object->state == FLAME_OBJECT_NAMED || object->state == FLAME_OBJECT_STRIPPED;
    if (dso->kind == FLAME_DSO_KERNEL) {
        if (!is_there(ask(fetch, dso, true, came)))
            ask(fetch, dso, false, came);
        return;
    }
    bool tables = ended_at(s, FLAME_END_NO_CFI, lack->dso) != 0;
    bool names = flame_object_sum_of(&s->objects, lack->dso)->unnamed != 0;
    bool itself = !here || lack->code || (tables && !is_at_its_path(s, dso));
    const struct asked *program = itself ? ask(fetch, dso, false, came) : NULL;
    if (here ? names || tables : !is_there(program) || !program->named)
        ask(fetch, dso, true, came);
}

/* What lacks something, the heaviest first. */
static size_t list_lacks(struct flame_fetch *fetch, const struct flame_session *s,
                         struct lack **out)
{
    size_t count = 0, dsos = s->timeline.dsos.list.count, most = fetch->codeless.count;
    uint64_t least = s->drawn.weight / LEAST_SHARE;
    for (uint32_t i = 0; i < dsos; i++)
        most += lacking(s, i) > least;
    struct lack *lacks = *out = calloc(most + 1, sizeof *lacks);
    if (!lacks)
        return 0;
    for (size_t i = 0; i < fetch->codeless.count; i++)
        if (may_be_served(s, fetch->codeless.items[i].dso, true))
            lacks[count++] = fetch->codeless.items[i];
    for (uint32_t i = 0; i < dsos; i++)
        if (lacking(s, i) > least && may_be_served(s, i, false))
            lacks[count++] = (struct lack){ .dso = i, .weight = lacking(s, i) };
    qsort(lacks, count, sizeof *lacks, by_weight);
    return count;
}

bool flame_fetch_more(struct flame_fetch *fetch, struct flame_session *s)
{
    struct lack *lacks = NULL;
    size_t came = 0;
    if (!fetch)
        return false;
    size_t count = list_lacks(fetch, s, &lacks);
    for (size_t i = 0; i < count; i++)
        ask_for(fetch, s, &lacks[i], &came);
    if (count && fetch->options.fetch.tell)
        fetch->options.fetch.tell(fetch->options.fetch.user, NULL, 0, 0);
    free(lacks);
    fetch->codeless.count = 0;
    bool again = came && ++fetch->rounds <= ROUNDS;
    if (!again)
        flame_fetch_tell(fetch, s);
    return again;
}

void flame_fetch_tell(const struct flame_fetch *fetch, struct flame_session *s)
{
    if (!fetch || fetch->asked.count == 0)
        return;
    struct flame_fetch_entry *entries =
        flame_arena_zalloc(&s->arena, fetch->asked.count, sizeof *entries);
    size_t count = 0;
    for (size_t i = 0; entries && i < fetch->asked.count; i++) {
        struct flame_fetch_entry e = fetch->asked.items[i].entry;
        e.name.ptr = flame_arena_copy(&s->arena, e.name);
        e.detail.ptr = flame_arena_copy(&s->arena, e.detail);
        if (e.name.ptr && e.detail.ptr)
            entries[count++] = e;
    }
    s->verdict.fetches = entries;
    s->verdict.fetch_count = count;
}

const char *flame_fetch_outcome_text(enum flame_fetch_outcome outcome)
{
    switch (outcome) {
#define X(name, text)                                                                              \
    case FLAME_FETCH_##name:                                                                       \
        return text;
        FLAME_FETCH_OUTCOMES(X)
#undef X
    }
    return "";
}

void flame_fetch_explain(const struct flame_fetch *fetch, struct flame_error *error)
{
    for (size_t i = 0; fetch && i < fetch->asked.count; i++) {
        const struct flame_fetch_entry *e = &fetch->asked.items[i].entry;
        size_t length = strlen(error->text), cap = sizeof error->text - length;
        if (is_there(&fetch->asked.items[i]))
            continue;
        snprintf(error->text + length, cap, "; debuginfod: %s: %.*s",
                 flame_fetch_outcome_text(e->outcome), (int)(e->name.len < 80 ? e->name.len : 80),
                 e->name.ptr);
        return;
    }
}

enum flame_status flame_fetch_supply(const struct flame_fetch *fetch, struct flame_depot *depot)
{
    for (size_t i = 0; fetch && i < fetch->asked.count; i++) {
        const struct asked *a = &fetch->asked.items[i];
        if (is_there(a) && !flame_depot_add_file(depot, &a->entry.build_id, a->path))
            return FLAME_NOMEM;
    }
    return FLAME_OK;
}
