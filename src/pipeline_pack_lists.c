/* pipeline_pack_lists.c: which lines of a list to keep.
 *
 * A kernel's list has no sizes: a symbol reaches to the next one, so that the next one is kept,
 * too. It then reaches further than it did, up to the next line that is kept; so of every address
 * that was looked up the symbol in front of it is kept, whether it had it or not. That the same
 * names come out is not left to this: it is tried, and if it fails, the whole list is written. Of a
 * module all or nothing counts: those that named nothing, as they may be another boot's, have no
 * lines. */
#include "pipeline_pack_lists.h"

#include "depot.h"
#include "kallsyms.h"
#include "kernel.h"
#include "packed.h"
#include "perf_map.h"

#include <inttypes.h>

/* A set of numbers that are added in order. */
struct starts {
    FLAME_VEC(uint64_t) list;
};

static bool add_start(struct starts *starts, uint64_t start)
{
    size_t count = starts->list.count;
    if (count && starts->list.items[count - 1] == start)
        return true;
    return flame_vec_push(&starts->list, start);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static bool has_start(const struct starts *starts, uint64_t start)
{
    return starts->list.count &&
           bsearch(&start, starts->list.items, starts->list.count, sizeof start, by_value);
}

/* The text of the list that gave an object its symbols. */
static enum flame_status open_list(const struct flame_session *s, const struct flame_object *object,
                                   struct flame_file *file)
{
    const struct flame_packed_file *packed = NULL;
    if (object->packed)
        packed = flame_packed_file(s->places.packed, object->packed->names);
    if (packed) {
        *file = flame_packed_lend(packed);
        return FLAME_OK;
    }
    if (strcmp(object->used, FLAME_KERNEL_RUNNING_LIST) == 0)
        return flame_file_open(file, object->used, NULL);
    return flame_depot_open(s->places.depot, object->used, file, NULL);
}

/* The starts of what is in front of each address, and of what comes next. */
static bool find_starts(struct starts *starts, const struct flame_symbols *symbols,
                        const struct flame_ranges *places)
{
    const struct flame_symbol *items = symbols->list.items;
    size_t count = symbols->list.count, next = 0; /* the first that begins behind the address */
    for (size_t i = 0; i < places->count; i++) {
        for (uint64_t at = places->items[i].start; at < places->items[i].end; at++) {
            while (next < count && items[next].start <= at)
                next++;
            if ((next && !add_start(starts, items[next - 1].start)) ||
                (next < count && !add_start(starts, items[next].start)))
                return false;
            /* Nothing changes before the next symbol. */
            if (next < count && items[next].start < places->items[i].end)
                at = items[next].start - 1;
            else
                break;
        }
    }
    if (starts->list.count)
        qsort(starts->list.items, starts->list.count, sizeof *starts->list.items, by_value);
    return true;
}

/* distance: from where the list has the kernel to where the recording has it; modules: that named
 * something. */
struct kernel_lines {
    struct flame_output *out;
    const struct starts *starts;
    const struct flame_intern *modules;
    struct flame_str reference;
    uint64_t reference_address, distance;
    bool found, whole;
};

static bool find_reference(void *user, const struct flame_kallsyms_line *line)
{
    struct kernel_lines *k = user;
    k->found = line->module.len == 0 && flame_str_equal(line->name, k->reference);
    if (k->found)
        k->reference_address = line->address;
    return !k->found;
}

static bool put_kernel_line(void *user, const struct flame_kallsyms_line *line)
{
    struct kernel_lines *k = user;
    uint64_t address = line->address - k->distance;
    bool reference =
        line->module.len == 0 && k->reference.len && flame_str_equal(line->name, k->reference);
    bool other = flame_intern_find(k->modules, line->module) == FLAME_INTERN_NONE;
    if ((line->module.len && other) || (!k->whole && !reference && !has_start(k->starts, address)))
        return true;
    flame_putf(k->out, "%016" PRIx64 " %c ", address, line->type);
    flame_put_str(k->out, line->name);
    if (line->module.len) {
        flame_put_text(k->out, "\t[");
        flame_put_str(k->out, line->module);
        flame_put_text(k->out, "]");
    }
    flame_put_text(k->out, "\n");
    return true;
}

/* The names of the modules that symbols[] were used of. */
static bool find_modules(struct flame_intern *modules, const struct flame_symbols *symbols,
                         const bool *used)
{
    for (size_t i = 0; i < symbols->list.count && used; i++) {
        uint16_t group = symbols->list.items[i].group;
        if (used[i] && group &&
            flame_intern_add(modules, flame_str_from(symbols->groups.items[group - 1].name)) ==
                FLAME_INTERN_NONE)
            return false;
    }
    return true;
}

static bool same_symbol(const struct flame_symbol *a, const struct flame_symbol *b)
{
    if (!a || !b)
        return a == b;
    return a->start == b->start && a->end == b->end && strcmp(a->name, b->name) == 0;
}

/* Whether text names all places as the object does. */
static enum flame_status try_list(struct flame_str text, const struct flame_object *object,
                                  const struct flame_ranges *places, bool *same)
{
    struct flame_object trial = { 0 };
    bool usable = false;
    flame_symbols_init(&trial.symbols);
    enum flame_status status = flame_kernel_add_list(&trial, text, &usable);
    *same = usable;
    for (size_t i = 0; i < places->count && status == FLAME_OK && *same; i++)
        for (uint64_t at = places->items[i].start; at < places->items[i].end && *same; at++)
            *same = same_symbol(flame_symbols_find(&object->symbols, at),
                                flame_symbols_find(&trial.symbols, at));
    flame_object_deinit(&trial);
    return status;
}

static enum flame_status put_lines(struct flame_output *out, const struct flame_file *file,
                                   const struct flame_object *object,
                                   const struct flame_object_request *request,
                                   const struct flame_pack_use *use, bool whole)
{
    const char *text = (const char *)file->bytes;
    struct starts starts = { 0 };
    struct flame_intern modules;
    struct kernel_lines k = { .out = out,
                              .starts = &starts,
                              .modules = &modules,
                              .reference = request->reference,
                              .whole = whole };
    flame_intern_init(&modules);
    bool ok = find_starts(&starts, &object->symbols, &use->places) &&
              find_modules(&modules, &object->symbols, use->symbols);
    if (ok && request->text_start && request->reference.len)
        flame_kallsyms_read(text, file->size, find_reference, &k);
    if (k.found)
        k.distance = k.reference_address - request->text_start;
    if (ok)
        flame_kallsyms_read(text, file->size, put_kernel_line, &k);
    flame_intern_deinit(&modules);
    flame_vec_free(&starts.list);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

enum flame_status flame_pack_put_kernel(struct flame_output *out, const struct flame_session *s,
                                        const struct flame_object *object,
                                        const struct flame_object_request *request,
                                        const struct flame_pack_use *use, bool whole, bool *there)
{
    struct flame_file file;
    enum flame_status status = open_list(s, object, &file);
    *there = status == FLAME_OK;
    if (status != FLAME_OK)
        return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
    struct flame_output *few = flame_output_memory();
    bool same = false;
    status = few ? FLAME_OK : FLAME_NOMEM;
    if (status == FLAME_OK && !whole)
        status = put_lines(few, &file, object, request, use, false);
    if (status == FLAME_OK && !whole)
        status = try_list(flame_output_bytes(few), object, &use->places, &same);
    if (status == FLAME_OK && same)
        flame_put_str(out, flame_output_bytes(few));
    else if (status == FLAME_OK)
        status = put_lines(out, &file, object, request, use, true);
    flame_output_discard(few);
    flame_file_close(&file);
    return status;
}

/* seen: starts of lines that were put. */
struct jit_lines {
    struct flame_output *out;
    const struct starts *starts;
    struct flame_intern seen;
    bool failed;
};

/* Of lines with one start the first counts. */
static bool put_jit_line(void *user, const struct flame_perf_map_line *line)
{
    struct jit_lines *j = user;
    struct flame_str key = { (const char *)&line->start, sizeof line->start };
    if (!has_start(j->starts, line->start) || flame_intern_find(&j->seen, key) != FLAME_INTERN_NONE)
        return true;
    j->failed = flame_intern_add(&j->seen, key) == FLAME_INTERN_NONE;
    flame_putf(j->out, "%" PRIx64 " %" PRIx64 " ", line->start, line->size);
    flame_put_str(j->out, line->name);
    flame_put_text(j->out, "\n");
    return !j->failed;
}

enum flame_status flame_pack_put_jit_map(struct flame_output *out, const struct flame_session *s,
                                         const struct flame_object *object,
                                         const struct flame_pack_use *use, bool *there)
{
    struct flame_file file;
    struct starts starts = { 0 };
    const struct flame_symbols *symbols = &object->symbols;
    enum flame_status status = open_list(s, object, &file);
    *there = status == FLAME_OK;
    if (status != FLAME_OK)
        return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
    struct jit_lines j = { .out = out, .starts = &starts };
    flame_intern_init(&j.seen);
    for (size_t i = 0; i < symbols->list.count && !j.failed && use->symbols; i++)
        if (use->symbols[i])
            j.failed = !add_start(&starts, symbols->list.items[i].start);
    if (!j.failed)
        flame_perf_map_read((const char *)file.bytes, file.size, put_jit_line, &j);
    flame_intern_deinit(&j.seen);
    flame_vec_free(&starts.list);
    flame_file_close(&file);
    return j.failed ? FLAME_NOMEM : FLAME_OK;
}
