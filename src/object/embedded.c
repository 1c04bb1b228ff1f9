/* embedded.c: from a recording's own symbols to an object's.
 *
 * A table has the vaddrs of its file. How a process address becomes one is simpleperf's rule for
 * each kind; here it is turned around: symbols are moved to the addresses that an object of that
 * kind is asked for. Source: simpleperf's dso.cpp, IpToVaddrInFile(); thread_tree.cpp. */
#include "embedded.h"

#include "kernel.h"

#include <stdio.h>

void flame_embedded_init(struct flame_embedded *e, const char *recording)
{
    *e = (struct flame_embedded){ .recording = recording };
    flame_intern_init(&e->paths);
}

void flame_embedded_deinit(struct flame_embedded *e)
{
    flame_intern_deinit(&e->paths);
    flame_vec_free(&e->files);
}

enum flame_status flame_embedded_add(struct flame_embedded *e,
                                     const struct flame_perf_symbol_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        const struct flame_perf_symbol_file *file = &files->items[i];
        if (file->count == 0)
            continue;
        if (file->kind == FLAME_SYMBOL_FILE_KERNEL) {
            e->kernel = e->kernel ? e->kernel : file;
            continue;
        }
        uint32_t id = flame_intern_add(&e->paths, file->path);
        if (id == FLAME_INTERN_NONE || (id == e->files.count && !flame_vec_push(&e->files, file)))
            return FLAME_NOMEM;
    }
    return FLAME_OK;
}

/* What an object of one kind may be to simpleperf. */
static bool fits(enum flame_object_kind object, enum flame_perf_symbol_file_kind file)
{
    switch (object) {
    case FLAME_OBJECT_ELF:
    case FLAME_OBJECT_VDSO:
    case FLAME_OBJECT_JIT_COPY:
    case FLAME_OBJECT_PLAIN:
        return file == FLAME_SYMBOL_FILE_ELF || file == FLAME_SYMBOL_FILE_DEX;
    case FLAME_OBJECT_JIT:
        return file == FLAME_SYMBOL_FILE_MAP;
    case FLAME_OBJECT_MODULE:
        return file == FLAME_SYMBOL_FILE_MODULE;
    case FLAME_OBJECT_KERNEL:
        break;
    }
    return false;
}

static const struct flame_perf_symbol_file *find(const struct flame_embedded *e,
                                                 const struct flame_object_request *request)
{
    char map[32];
    struct flame_str path = request->name;
    if (request->kind == FLAME_OBJECT_KERNEL)
        return e->kernel;
    if (request->kind == FLAME_OBJECT_JIT) {
        snprintf(map, sizeof map, "perf-%d.map", (int)request->pid);
        path = flame_str_from(map);
    }
    uint32_t id = flame_intern_find(&e->paths, path);
    const struct flame_perf_symbol_file *file = id == FLAME_INTERN_NONE ? NULL : e->files.items[id];
    return file && fits(request->kind, file->kind) ? file : NULL;
}

bool flame_embedded_has(const struct flame_embedded *e, const struct flame_object_request *request)
{
    return find(e, request) || (request->kind == FLAME_OBJECT_KERNEL && e->kallsyms.len);
}

/* Where vaddr 0 of the file is, as the object is addressed. */
static uint64_t place(struct flame_object *object, const struct flame_object_request *request,
                      const struct flame_perf_symbol_file *file)
{
    bool has_offset = file->offset != FLAME_SYMBOL_FILE_NO_OFFSET;
    object->addressing = FLAME_ADDRESS_PROCESS;
    if (request->kind == FLAME_OBJECT_JIT_COPY)
        return 0;
    switch (file->kind) {
    case FLAME_SYMBOL_FILE_ELF:
        object->addressing = has_offset ? FLAME_ADDRESS_FILE : FLAME_ADDRESS_MAP;
        return (has_offset ? file->offset : 0) - file->min_vaddr;
    case FLAME_SYMBOL_FILE_MODULE:
        object->addressing = FLAME_ADDRESS_MAP;
        return (has_offset ? file->offset : 0) - file->min_vaddr;
    case FLAME_SYMBOL_FILE_DEX:
        object->addressing = FLAME_ADDRESS_FILE;
        return 0;
    case FLAME_SYMBOL_FILE_KERNEL:
    case FLAME_SYMBOL_FILE_MAP:
    case FLAME_SYMBOL_FILE_UNKNOWN:
    case FLAME_SYMBOL_FILE_KINDS:
        break;
    }
    return 0;
}

static bool add_file(struct flame_object *object, const struct flame_object_request *request,
                     const struct flame_perf_symbol_file *file)
{
    uint64_t base = place(object, request, file);
    bool plain = file->kind != FLAME_SYMBOL_FILE_ELF;
    for (size_t i = 0; i < file->count; i++) {
        const struct flame_perf_symbol *symbol = &file->symbols[i];
        if (!flame_symbols_add(&object->symbols, symbol->vaddr + base, symbol->size, symbol->name,
                               FLAME_BINDING_GLOBAL, plain))
            return false;
    }
    return flame_symbols_settle(&object->symbols, FLAME_SIZES_EXACT);
}

enum flame_status flame_embedded_load(const struct flame_embedded *e, struct flame_object *object,
                                      const struct flame_object_request *request)
{
    const struct flame_perf_symbol_file *file = find(e, request);
    bool usable = false;
    if (request->kind == FLAME_OBJECT_KERNEL && e->kallsyms.len &&
        flame_kernel_add_list(object, e->kallsyms, &usable) != FLAME_OK)
        return FLAME_NOMEM;
    if (!usable && file) {
        usable = true;
        if (!add_file(object, request, file))
            return FLAME_NOMEM;
    }
    if (!usable)
        return FLAME_OK;
    object->state = FLAME_OBJECT_NAMED;
    object->used = flame_arena_copy(&object->symbols.names, flame_str_from(e->recording));
    return object->used ? FLAME_OK : FLAME_NOMEM;
}
