/* embedded.c: from a recording's own symbols to an object's.
 *
 * A table has the vaddrs of its file, and is put in order once. How a process address becomes one
 * is simpleperf's rule for each kind; here it is turned around: the table is moved to where an
 * object of that kind is asked for addresses. Source: simpleperf's dso.cpp, IpToVaddrInFile();
 * thread_tree.cpp. */
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
    for (size_t i = 0; i < e->files.count; i++)
        flame_symbols_deinit(&e->files.items[i].symbols);
    if (e->kernel.file)
        flame_symbols_deinit(&e->kernel.symbols);
    flame_vec_free(&e->files);
}

static bool fill(struct flame_embedded_file *to, const struct flame_perf_symbol_file *file)
{
    bool plain = file->kind != FLAME_SYMBOL_FILE_ELF;
    *to = (struct flame_embedded_file){ .file = file };
    flame_symbols_init(&to->symbols);
    for (size_t i = 0; i < file->count; i++) {
        const struct flame_perf_symbol *symbol = &file->symbols[i];
        if (!flame_symbols_add(&to->symbols, symbol->vaddr, symbol->size, symbol->name,
                               FLAME_BINDING_GLOBAL, plain))
            return false;
    }
    return flame_symbols_settle(&to->symbols, FLAME_SIZES_EXACT);
}

static bool add_file(struct flame_embedded *e, const struct flame_perf_symbol_file *file)
{
    struct flame_embedded_file loaded;
    if (fill(&loaded, file) && flame_vec_push(&e->files, loaded))
        return true;
    flame_symbols_deinit(&loaded.symbols);
    return false;
}

enum flame_status flame_embedded_add(struct flame_embedded *e,
                                     const struct flame_perf_symbol_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        const struct flame_perf_symbol_file *file = &files->items[i];
        if (file->count == 0)
            continue;
        if (file->kind == FLAME_SYMBOL_FILE_KERNEL) {
            if (!e->kernel.file && !fill(&e->kernel, file))
                return FLAME_NOMEM;
            continue;
        }
        uint32_t id = flame_intern_add(&e->paths, file->path);
        if (id == FLAME_INTERN_NONE || (id == e->files.count && !add_file(e, file)))
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
    case FLAME_OBJECT_JITTED:
    case FLAME_OBJECT_KERNEL:
        break;
    }
    return false;
}

static const struct flame_embedded_file *find(const struct flame_embedded *e,
                                              const struct flame_object_request *request)
{
    char map[32];
    struct flame_str path = request->name;
    if (request->kind == FLAME_OBJECT_KERNEL)
        return e->kernel.file ? &e->kernel : NULL;
    if (request->kind == FLAME_OBJECT_JIT) {
        snprintf(map, sizeof map, "perf-%d.map", (int)request->pid);
        path = flame_str_from(map);
    }
    uint32_t id = flame_intern_find(&e->paths, path);
    if (id == FLAME_INTERN_NONE || !fits(request->kind, e->files.items[id].file->kind))
        return NULL;
    return &e->files.items[id];
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

enum flame_status flame_embedded_load(const struct flame_embedded *e, struct flame_object *object,
                                      const struct flame_object_request *request)
{
    const struct flame_embedded_file *found = find(e, request);
    bool usable = false;
    if (request->kind == FLAME_OBJECT_KERNEL && e->kallsyms.len &&
        flame_kernel_add_list(object, e->kallsyms, &usable) != FLAME_OK)
        return FLAME_NOMEM;
    if (!usable && found) {
        usable = true;
        object->shared = &found->symbols;
        object->base = place(object, request, found->file);
    }
    if (!usable)
        return FLAME_OK;
    object->state = FLAME_OBJECT_NAMED;
    object->used = flame_arena_copy(&object->symbols.names, flame_str_from(e->recording));
    return object->used ? FLAME_OK : FLAME_NOMEM;
}
