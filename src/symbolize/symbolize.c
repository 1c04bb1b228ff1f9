/* symbolize.c: maps to objects, objects to symbols, symbols to frame numbers.
 *
 * Each loaded object takes a run of frame numbers: base for "somewhere in it", base + 1 + i for its
 * symbol i. So a number costs no table, and both directions are arithmetic. Numbers depend on which
 * thread loaded first; nothing that leaves the library does. */
#include "symbolize.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

struct entry {
    pthread_mutex_t lock;
    atomic_bool loaded;
    uint32_t base;
    struct flame_object object;
    struct flame_cfi *cfi; /* under the lock */
    bool asked_for_cfi;
};

struct run {
    uint32_t base, dso;
};

struct flame_symbolizer {
    const struct flame_timeline *timeline;
    struct flame_symbol_places places;
    struct entry *entries; /* one per dso */
    size_t count;
    uint32_t kernel; /* the kernel's dso, or FLAME_DSO_NONE */
    atomic_uint_fast64_t next;
    FLAME_VEC(struct run) runs; /* sorted by base, after sealing */
};

struct flame_symbolizer *flame_symbolizer_create(const struct flame_timeline *timeline,
                                                 const struct flame_symbol_places *places)
{
    struct flame_symbolizer *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->timeline = timeline;
    s->places = *places;
    s->count = timeline->dsos.list.count;
    s->kernel = FLAME_DSO_NONE;
    atomic_init(&s->next, FLAME_FRAME_UNMAPPED + 1);
    s->entries = calloc(s->count ? s->count : 1, sizeof *s->entries);
    if (!s->entries) {
        free(s);
        return NULL;
    }
    for (size_t i = 0; i < s->count; i++) {
        pthread_mutex_init(&s->entries[i].lock, NULL);
        atomic_init(&s->entries[i].loaded, false);
        if (s->kernel == FLAME_DSO_NONE && timeline->dsos.list.items[i].kind == FLAME_DSO_KERNEL)
            s->kernel = (uint32_t)i;
    }
    return s;
}

void flame_symbolizer_release(struct flame_symbolizer *s)
{
    for (size_t i = 0; i < s->count; i++) {
        flame_cfi_close(s->entries[i].cfi);
        s->entries[i].cfi = NULL;
        if (atomic_load(&s->entries[i].loaded))
            flame_object_deinit(&s->entries[i].object);
    }
}

void flame_symbolizer_free(struct flame_symbolizer *s)
{
    if (!s)
        return;
    flame_symbolizer_release(s);
    for (size_t i = 0; i < s->count; i++)
        pthread_mutex_destroy(&s->entries[i].lock);
    flame_vec_free(&s->runs);
    free(s->entries);
    free(s);
}

static const struct flame_dso *dso_at(const struct flame_symbolizer *s, uint32_t dso)
{
    return &s->timeline->dsos.list.items[dso];
}

struct flame_object_request flame_symbol_request(const struct flame_dso *dso)
{
    struct flame_object_request request = { .name = dso->path,
                                            .build_id = dso->build_id,
                                            .major = dso->major,
                                            .minor = dso->minor,
                                            .inode = dso->inode,
                                            .pid = dso->pid,
                                            .text_start = dso->reference_address,
                                            .reference = dso->reference };
    switch (dso->kind) {
    case FLAME_DSO_VDSO:
        request.kind = FLAME_OBJECT_VDSO;
        break;
    case FLAME_DSO_JIT:
        request.kind = FLAME_OBJECT_JIT;
        break;
    case FLAME_DSO_KERNEL:
        request.kind = FLAME_OBJECT_KERNEL;
        break;
    case FLAME_DSO_MODULE:
        request.kind = FLAME_OBJECT_MODULE;
        break;
    case FLAME_DSO_FILE:
        request.kind = FLAME_OBJECT_ELF;
        break;
    case FLAME_DSO_JIT_COPY:
        request.kind = FLAME_OBJECT_JIT_COPY;
        break;
    case FLAME_DSO_PLAIN:
    case FLAME_DSO_BPF:
        request.kind = FLAME_OBJECT_PLAIN;
        break;
    }
    return request;
}

/* A BPF program is one symbol, its own name. */
static enum flame_status load_bpf(struct flame_object *object, const struct flame_dso *dso)
{
    *object = (struct flame_object){ .state = FLAME_OBJECT_NAMED };
    flame_symbols_init(&object->symbols);
    bool ok =
        flame_symbols_add(&object->symbols, 0, UINT64_MAX, dso->name, FLAME_BINDING_GLOBAL, true) &&
        flame_symbols_settle(&object->symbols, FLAME_SIZES_EXACT);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

/* Number the loaded object's frames, and let others see it. */
static enum flame_status publish(struct flame_symbolizer *s, struct entry *e)
{
    uint64_t count = flame_object_symbols(&e->object)->list.count + UINT64_C(1);
    uint64_t base = atomic_fetch_add(&s->next, count);
    if (base + count > UINT32_MAX)
        return FLAME_NOMEM;
    e->base = (uint32_t)base;
    atomic_store_explicit(&e->loaded, true, memory_order_release);
    return FLAME_OK;
}

void flame_symbolizer_adopt(struct flame_symbolizer *s, uint32_t dso,
                            const struct flame_object *object)
{
    s->entries[dso].object = *object;
    publish(s, &s->entries[dso]); /* the first to count: there are always numbers left */
}

static enum flame_status load(struct flame_symbolizer *s, uint32_t dso, bool hurried,
                              struct entry **out)
{
    struct entry *e = *out = &s->entries[dso];
    if (atomic_load_explicit(&e->loaded, memory_order_acquire))
        return FLAME_OK;
    enum flame_status status = FLAME_OK;
    if (!hurried)
        pthread_mutex_lock(&e->lock);
    else if (pthread_mutex_trylock(&e->lock) != 0)
        return FLAME_EMPTY;
    if (!atomic_load_explicit(&e->loaded, memory_order_relaxed)) {
        const struct flame_dso *d = dso_at(s, dso);
        struct flame_object_request request = flame_symbol_request(d);
        if (d->kind == FLAME_DSO_BPF)
            status = load_bpf(&e->object, d);
        else
            status = flame_object_load(&e->object, &request, &s->places);
        if (status == FLAME_OK)
            status = publish(s, e);
        if (status != FLAME_OK)
            flame_object_deinit(&e->object);
    }
    pthread_mutex_unlock(&e->lock);
    return status;
}

/* Code that never calls: nops before a kernel function (CONFIG_CALL_PADDING), and PLT slots. */
static bool never_calls(const struct flame_symbol *symbol)
{
    return symbol->plt || strncmp(symbol->name, "__pfx_", 6) == 0;
}

/* Whether an address that a frame returns to is exact, although it looks like one behind a call:
 * before is the symbol of the byte before it, exact its own.
 *
 * Where that byte has no function, or code that never calls, there was no call: a signal handler
 * returns to __restore_rt, an interrupt hit a function's first instruction. And a label without a
 * size is a place inside a routine, not the next function: _dl_start returns to _dl_start_user. */
static bool is_exact(uint64_t address, const struct flame_symbol *before,
                     const struct flame_symbol *exact)
{
    if (!exact || exact->start != address)
        return false;
    return !before || never_calls(before) || exact->guessed;
}

/* The symbol of a frame. A return address belongs to the call before it, which may be the last
 * instruction of its function. */
static const struct flame_symbol *symbol_of(const struct flame_symbols *symbols, uint64_t address,
                                            bool at_call)
{
    if (!at_call || address == 0)
        return flame_symbols_find(symbols, address);
    const struct flame_symbol *before = flame_symbols_find(symbols, address - 1);
    if (before && address < before->end && !never_calls(before))
        return before;
    const struct flame_symbol *exact = flame_symbols_find(symbols, address);
    return is_exact(address, before, exact) ? exact : before;
}

/* Look into a loaded object; whether a symbol covers the address. */
static bool find_in(const struct entry *e, uint64_t address, bool at_call,
                    struct flame_symbol_place *place)
{
    const struct flame_symbols *symbols = flame_object_symbols(&e->object);
    address -= e->object.base;
    const struct flame_symbol *symbol = symbol_of(symbols, address, at_call);
    if (!symbol)
        return false;
    place->symbol = symbol;
    place->offset = address - symbol->start;
    place->frame = e->base + 1 + (uint32_t)(symbol - symbols->list.items);
    return true;
}

static uint64_t address_in(const struct flame_dso *dso, const struct flame_object *object,
                           const struct flame_map *map, uint64_t pc)
{
    switch (object->addressing) {
    case FLAME_ADDRESS_FILE:
        return pc - map->start + map->pgoff;
    case FLAME_ADDRESS_MAP:
        return pc - map->start;
    case FLAME_ADDRESS_PROCESS:
        return pc;
    case FLAME_ADDRESS_BY_KIND:
        break;
    }
    if (flame_dso_is_identity(dso))
        return pc;
    return dso->kind == FLAME_DSO_MODULE ? pc - map->start : pc - map->start + map->pgoff;
}

/* The same for a reader: perf's, however the object's symbols are addressed. To perf the map of a
 * method that simpleperf copied is a file's. */
static uint64_t shown_address(const struct flame_dso *dso, const struct flame_map *map, uint64_t pc)
{
    if (flame_dso_is_identity(dso) && dso->kind != FLAME_DSO_JIT_COPY)
        return pc;
    return pc - map->start + map->pgoff;
}

/* The kernel's own symbols know modules, and code that no map announced. */
static enum flame_status ask_kernel(struct flame_symbolizer *s, const struct flame_symbol_query *q,
                                    struct flame_symbol_place *place)
{
    struct entry *e;
    if (s->kernel == FLAME_DSO_NONE)
        return FLAME_OK;
    enum flame_status status = load(s, s->kernel, q->hurried, &e);
    if (status == FLAME_OK && find_in(e, q->pc, q->at_call, place) && place->dso == FLAME_DSO_NONE)
        place->dso = s->kernel;
    return status;
}

enum flame_status flame_symbolize_place(struct flame_symbolizer *s,
                                        const struct flame_symbol_query *q,
                                        struct flame_symbol_place *place)
{
    bool kernel = q->mode == FLAME_MODE_KERNEL;
    *place = (struct flame_symbol_place){ .frame = FLAME_FRAME_UNMAPPED,
                                          .dso = FLAME_DSO_NONE,
                                          .address = q->pc };
    if (!kernel && q->mode != FLAME_MODE_USER)
        return FLAME_OK;
    uint32_t space = kernel ? q->kernel_space : q->space;
    bool at_call = q->at_call && q->pc;
    /* A call at the very end of a map returns to what lies behind it. */
    const struct flame_map *map =
        flame_space_find(&s->timeline->spaces, space, at_call ? q->pc - 1 : q->pc);
    if (!map && at_call)
        map = flame_space_find(&s->timeline->spaces, space, q->pc);
    if (!map)
        return kernel ? ask_kernel(s, q, place) : FLAME_OK;
    struct entry *e;
    enum flame_status status = load(s, map->dso, q->hurried, &e);
    if (status != FLAME_OK)
        return status;
    const struct flame_dso *dso = dso_at(s, map->dso);
    uint64_t address = address_in(dso, &e->object, map, q->pc);
    place->dso = map->dso;
    place->frame = e->base;
    if (!kernel)
        place->address = shown_address(dso, map, q->pc);
    if (!find_in(e, address, at_call, place) && dso->kind == FLAME_DSO_MODULE)
        return ask_kernel(s, q, place);
    return FLAME_OK;
}

enum flame_status flame_symbolize(struct flame_symbolizer *s, const struct flame_symbol_query *q,
                                  uint32_t *frame)
{
    struct flame_symbol_place place;
    enum flame_status status = flame_symbolize_place(s, q, &place);
    *frame = place.frame;
    return status;
}

enum flame_status flame_symbolize_text(struct flame_symbolizer *s,
                                       const struct flame_symbol_query *q, char *out, size_t cap,
                                       size_t *length)
{
    struct flame_symbol_place place;
    enum flame_status status = flame_symbolize_place(s, q, &place);
    *length = place.symbol ? flame_symbol_show(place.symbol, out, cap) : 0;
    return status;
}

enum flame_status flame_symbolizer_return_place(struct flame_symbolizer *s,
                                                const struct flame_symbol_query *q,
                                                enum flame_return_place *place)
{
    *place = FLAME_RETURN_UNKNOWN;
    const struct flame_map *map = flame_space_find(&s->timeline->spaces, q->space, q->pc);
    struct entry *e;
    if (!map)
        return FLAME_OK;
    enum flame_status status = load(s, map->dso, false, &e);
    if (status != FLAME_OK)
        return status;
    pthread_mutex_lock(&e->lock);
    if (!e->asked_for_cfi)
        status = flame_cfi_open(&e->cfi, &e->object);
    e->asked_for_cfi = true;
    uint64_t address = address_in(dso_at(s, map->dso), &e->object, map, q->pc);
    *place = flame_cfi_return_place(e->cfi, address);
    pthread_mutex_unlock(&e->lock);
    return status;
}

static int by_base(const void *a, const void *b)
{
    const struct run *x = a, *y = b;
    return x->base < y->base ? -1 : x->base > y->base;
}

enum flame_status flame_symbolizer_seal(struct flame_symbolizer *s)
{
    s->runs.count = 0;
    for (size_t i = 0; i < s->count; i++)
        if (atomic_load(&s->entries[i].loaded) &&
            !flame_vec_push(&s->runs, (struct run){ s->entries[i].base, (uint32_t)i }))
            return FLAME_NOMEM;
    if (s->runs.count)
        qsort(s->runs.items, s->runs.count, sizeof *s->runs.items, by_base);
    return FLAME_OK;
}

/* The run that a frame belongs to; NULL for FLAME_FRAME_UNMAPPED. */
static const struct run *run_of(const struct flame_symbolizer *s, uint32_t frame)
{
    size_t low = 0, high = s->runs.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->runs.items[middle].base <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &s->runs.items[low - 1] : NULL;
}

struct flame_frame_facts flame_frame_describe(const struct flame_symbolizer *s, uint32_t frame)
{
    const struct run *run = run_of(s, frame);
    if (!run)
        return (struct flame_frame_facts){ FLAME_DSO_NONE, FLAME_FRAME_UNKNOWN, true };
    const struct flame_dso *dso = dso_at(s, run->dso);
    struct flame_frame_facts facts = { run->dso, FLAME_FRAME_USER, frame == run->base };
    if (flame_dso_is_kernel(dso))
        facts.kind = FLAME_FRAME_KERNEL;
    else if (dso->kind == FLAME_DSO_JIT || dso->kind == FLAME_DSO_JIT_COPY)
        facts.kind = FLAME_FRAME_JIT;
    else if (facts.unnamed)
        facts.kind = FLAME_FRAME_UNKNOWN;
    return facts;
}

size_t flame_frame_show(const struct flame_symbolizer *s, uint32_t frame, char *out, size_t cap)
{
    const struct run *run = run_of(s, frame);
    if (run && frame != run->base) {
        const struct flame_symbols *symbols = flame_object_symbols(&s->entries[run->dso].object);
        return flame_symbol_show(&symbols->list.items[frame - run->base - 1], out, cap);
    }
    struct flame_str name = flame_str_from("unknown");
    if (run)
        name = flame_str_basename(dso_at(s, run->dso)->name);
    int n = snprintf(out, cap, "[%.*s]", (int)(name.len < 4096 ? name.len : 4096), name.ptr);
    return n < 0 ? 0 : (size_t)n < cap ? (size_t)n : cap - 1;
}

const struct flame_object *flame_symbolizer_object(const struct flame_symbolizer *s, uint32_t dso)
{
    const struct entry *e = &s->entries[dso];
    return atomic_load(&e->loaded) ? &e->object : NULL;
}

uint32_t flame_symbolizer_frames(const struct flame_symbolizer *s)
{
    return (uint32_t)atomic_load(&s->next);
}
