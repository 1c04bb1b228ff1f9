/* symbolize.c: maps to objects, objects to symbols.
 *
 * Objects are loaded when an address first falls into them, by the thread that asks. */
#include "symbolizer.h"

#include "kernel.h"

#include <stdio.h>
#include <stdlib.h>

struct flame_symbolizer *flame_symbolizer_create(const struct flame_timeline *timeline,
                                                 const struct flame_symbol_places *places)
{
    struct flame_symbolizer *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->timeline = timeline;
    s->places = *places;
    flame_frames_init(s);
    s->kernel = FLAME_DSO_NONE;
    if (flame_symbolizer_extend(s) != FLAME_OK) {
        flame_symbolizer_free(s);
        return NULL;
    }
    return s;
}

enum flame_status flame_symbolizer_extend(struct flame_symbolizer *s)
{
    const struct flame_dsos *dsos = &s->timeline->dsos;
    while (s->entries.count < dsos->list.count) {
        uint32_t dso = (uint32_t)s->entries.count;
        if (s->kernel == FLAME_DSO_NONE && dsos->list.items[dso].kind == FLAME_DSO_KERNEL)
            s->kernel = dso;
        if (!flame_vec_reserve(&s->entries, 1))
            return FLAME_NOMEM;
        atomic_init(&s->entries.items[s->entries.count++], NULL);
    }
    return FLAME_OK;
}

static void free_entry(struct flame_symbol_entry *entry)
{
    if (!entry)
        return;
    flame_ranges_free(&entry->words);
    pthread_mutex_destroy(&entry->lock);
    free(entry);
}

/* The dso's entry, made by whoever comes first; NULL when memory is exhausted. */
static struct flame_symbol_entry *entry_of(struct flame_symbolizer *s, uint32_t dso)
{
    struct flame_symbol_entry *there = atomic_load(&s->entries.items[dso]);
    struct flame_symbol_entry *made = there ? NULL : calloc(1, sizeof *made);
    if (!made)
        return there;
    pthread_mutex_init(&made->lock, NULL);
    atomic_init(&made->loaded, false);
    atomic_init(&made->expected, false);
    if (atomic_compare_exchange_strong(&s->entries.items[dso], &there, made))
        return made;
    free_entry(made);
    return there;
}

void flame_symbolizer_tell(struct flame_symbolizer *s, struct flame_frame_detail detail)
{
    s->detail = detail;
}

void flame_symbolizer_release(struct flame_symbolizer *s)
{
    for (size_t i = 0; i < s->entries.count; i++) {
        struct flame_symbol_entry *e = atomic_load(&s->entries.items[i]);
        if (!e)
            continue;
        flame_cfi_close(e->cfi);
        flame_dwarf_close(e->dwarf);
        flame_elf_close(&e->program);
        e->cfi = NULL;
        e->dwarf = NULL;
        if (atomic_load(&e->loaded))
            flame_object_deinit(&e->object);
    }
}

void flame_symbolizer_free(struct flame_symbolizer *s)
{
    if (!s)
        return;
    flame_symbolizer_release(s);
    for (size_t i = 0; i < s->entries.count; i++)
        free_entry(atomic_load(&s->entries.items[i]));
    flame_frames_deinit(s);
    flame_vec_free(&s->entries);
    free(s);
}

struct flame_object_request flame_symbol_request(const struct flame_dso *dso)
{
    struct flame_object_request request = { .name = dso->path,
                                            .build_id = dso->build_id,
                                            .major = dso->major,
                                            .minor = dso->minor,
                                            .inode = dso->inode,
                                            .pgoff = dso->pgoff,
                                            .map_size = dso->map_size,
                                            .pid = dso->pid,
                                            .dump = dso->dump,
                                            .method = dso->method,
                                            .text_start = dso->reference_address,
                                            .reference = dso->reference };
    switch (dso->kind) {
    case FLAME_DSO_VDSO:
        request.kind = FLAME_OBJECT_VDSO;
        request.narrow = dso->narrow;
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
    case FLAME_DSO_JITTED:
        request.kind = FLAME_OBJECT_JITTED;
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
static enum flame_status publish(struct flame_symbolizer *s, struct flame_symbol_entry *e)
{
    enum flame_status status = flame_frames_reserve(
        s, flame_object_symbols(&e->object)->list.count + UINT64_C(1), &e->base);
    if (status != FLAME_OK)
        return status;
    atomic_store_explicit(&e->loaded, true, memory_order_release);
    return FLAME_OK;
}

bool flame_symbolizer_expect(struct flame_symbolizer *s, uint32_t dso)
{
    struct flame_symbol_entry *e = entry_of(s, dso);
    if (e)
        atomic_store(&e->expected, true);
    return e != NULL;
}

void flame_symbolizer_expect_no_more(struct flame_symbolizer *s, uint32_t dso)
{
    struct flame_symbol_entry *e = atomic_load(&s->entries.items[dso]);
    if (e)
        atomic_store(&e->expected, false);
}

bool flame_symbolizer_adopt(struct flame_symbolizer *s, uint32_t dso,
                            const struct flame_object *object)
{
    struct flame_symbol_entry *e = entry_of(s, dso);
    if (!e)
        return false;
    e->object = *object;
    publish(s, e); /* the first to count: there are always numbers left */
    return true;
}

enum flame_status flame_symbolizer_load(struct flame_symbolizer *s, uint32_t dso, bool hurried,
                                        struct flame_symbol_entry **out)
{
    struct flame_symbol_entry *e = *out = entry_of(s, dso);
    if (!e)
        return FLAME_NOMEM;
    if (atomic_load_explicit(&e->loaded, memory_order_acquire))
        return FLAME_OK;
    enum flame_status status = FLAME_OK;
    if (hurried && atomic_load(&e->expected))
        return FLAME_EMPTY;
    if (!hurried)
        pthread_mutex_lock(&e->lock);
    else if (pthread_mutex_trylock(&e->lock) != 0)
        return FLAME_EMPTY;
    if (!atomic_load_explicit(&e->loaded, memory_order_relaxed)) {
        const struct flame_dso *d = flame_dso_at(s, dso);
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

/* What a kernel's module is mapped as, while the kernel is asked; all-zero: nothing, or not asked
 * for a module. */
struct module {
    struct flame_str name;
    uint64_t start;
};

/* Look into a loaded object; whether a symbol covers the address. */
static bool find_in(const struct flame_symbol_entry *e, uint64_t address, bool at_call,
                    const struct module *module, struct flame_symbol_place *place)
{
    const struct flame_symbols *symbols = flame_object_symbols(&e->object);
    address -= e->object.base;
    const struct flame_symbol *symbol = symbol_of(symbols, address, at_call);
    if (!symbol || !flame_kernel_symbol_counts(&e->object, symbol, module->name, module->start))
        return false;
    place->symbol = symbol;
    place->offset = address - symbol->start;
    /* Of a call's last byte, where that is what was looked up. */
    bool before = at_call && address && !(symbol->start == address && symbol->end > address);
    place->code = e->object.base + address - before;
    place->frame = e->base + 1 + (uint32_t)(symbol - symbols->list.items);
    return true;
}

uint64_t flame_symbol_address(const struct flame_dso *dso, const struct flame_object *object,
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

/* The kernel's list knows modules, and code that no map announced. */
static enum flame_status ask_kernel(struct flame_symbolizer *s, const struct flame_symbol_query *q,
                                    const struct module *module, struct flame_symbol_place *place)
{
    struct flame_symbol_entry *e;
    if (s->kernel == FLAME_DSO_NONE)
        return FLAME_OK;
    enum flame_status status = flame_symbolizer_load(s, s->kernel, q->hurried, &e);
    if (status != FLAME_OK || !find_in(e, q->pc, q->at_call, module, place))
        return status;
    place->owner = s->kernel;
    if (place->dso == FLAME_DSO_NONE)
        place->dso = s->kernel;
    return FLAME_OK;
}

/* The method that begins where a frame returns to, while no method is before it, or NULL: no call
 * returns there, V8 puts the addresses of builtins on the stack itself. What lies before may be
 * mapped all the same: their code is in the program, or in memory that has more than methods. */
static const struct flame_map *method_at(const struct flame_symbolizer *s, uint32_t space,
                                         const struct flame_map *before, uint64_t pc)
{
    const struct flame_map *map = flame_space_find(&s->timeline->spaces, space, pc);
    bool begins = map && map->start == pc && flame_dso_is_method(flame_dso_at(s, map->dso));
    return begins && !flame_dso_is_method(flame_dso_at(s, before->dso)) ? map : NULL;
}

/* The map that an address is looked up in, or NULL. */
static const struct flame_map *map_of(const struct flame_symbolizer *s, uint32_t space,
                                      const struct flame_symbol_query *q)
{
    bool at_call = q->at_call && q->pc;
    const struct flame_map *map =
        flame_space_find(&s->timeline->spaces, space, at_call ? q->pc - 1 : q->pc);
    /* A call at the very end of a map returns to what lies behind it. */
    if (!map && at_call)
        return flame_space_find(&s->timeline->spaces, space, q->pc);
    if (map && at_call && s->timeline->dsos.methods) {
        const struct flame_map *method = method_at(s, space, map, q->pc);
        map = method ? method : map;
    }
    return map;
}

struct flame_map_key flame_symbolize_key(const struct flame_symbolizer *s,
                                         const struct flame_symbol_query *q)
{
    const struct flame_map *map = map_of(s, q->space, q);
    return map ? (struct flame_map_key){ map->start, map->pgoff, map->dso }
               : (struct flame_map_key){ 0, 0, FLAME_DSO_NONE };
}

enum flame_status flame_symbolize_place(struct flame_symbolizer *s,
                                        const struct flame_symbol_query *q,
                                        struct flame_symbol_place *place)
{
    bool kernel = q->mode == FLAME_MODE_KERNEL;
    *place = (struct flame_symbol_place){ .frame = FLAME_FRAME_UNMAPPED,
                                          .dso = FLAME_DSO_NONE,
                                          .owner = FLAME_DSO_NONE,
                                          .address = q->pc };
    if (!kernel && q->mode != FLAME_MODE_USER)
        return FLAME_OK;
    const struct module none = { 0 };
    uint32_t space = kernel ? q->kernel_space : q->space;
    bool at_call = q->at_call && q->pc;
    const struct flame_map *map = map_of(s, space, q);
    if (!map)
        return kernel ? ask_kernel(s, q, &none, place) : FLAME_OK;
    struct flame_symbol_entry *e;
    enum flame_status status = flame_symbolizer_load(s, map->dso, q->hurried, &e);
    if (status != FLAME_OK)
        return status;
    const struct flame_dso *dso = flame_dso_at(s, map->dso);
    uint64_t address = flame_symbol_address(dso, &e->object, map, q->pc);
    place->dso = place->owner = map->dso;
    place->frame = e->base;
    if (!kernel)
        place->address = shown_address(dso, map, q->pc);
    if (find_in(e, address, at_call, &none, place) || dso->kind != FLAME_DSO_MODULE)
        return FLAME_OK;
    return ask_kernel(s, q, &(struct module){ dso->name, map->start }, place);
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

const struct flame_object *flame_symbolizer_object(const struct flame_symbolizer *s, uint32_t dso)
{
    const struct flame_symbol_entry *e = atomic_load(&s->entries.items[dso]);
    return e && atomic_load(&e->loaded) ? &e->object : NULL;
}
