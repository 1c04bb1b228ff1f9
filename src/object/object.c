/* object.c: load one mapped object, from the recording itself, from what was packed with it, or by
 * its kind; JIT maps are done here.
 *
 * Source of the JIT rules: Linux tools/perf/Documentation/jit-interface.txt. */
#include "object.h"

#include "bounds.h"
#include "debug_file.h"
#include "embedded.h"
#include "file_birth.h"
#include "jit_dump.h"
#include "kernel.h"
#include "packed.h"
#include "perf_map.h"
#include "search_path.h"
#include "vdso.h"

#include <stdio.h>

struct jit {
    struct flame_symbols *symbols;
    bool failed;
};

static bool add_jit_line(void *user, const struct flame_perf_map_line *line)
{
    struct jit *jit = user;
    jit->failed = !flame_symbols_add(jit->symbols, line->start, line->size, line->name,
                                     FLAME_BINDING_GLOBAL, true);
    return !jit->failed;
}

enum flame_status flame_object_use_jit_map(struct flame_object *object, const uint8_t *bytes,
                                           size_t size, const char *path)
{
    struct jit jit = { .symbols = &object->symbols };
    flame_perf_map_read((const char *)bytes, size, add_jit_line, &jit);
    object->state = object->symbols.list.count ? FLAME_OBJECT_NAMED : FLAME_OBJECT_STRIPPED;
    object->used = flame_arena_copy(&object->symbols.names, flame_str_from(path));
    bool ok =
        !jit.failed && object->used && flame_symbols_settle(&object->symbols, FLAME_SIZES_EXACT);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

static enum flame_status load_jit_map(struct flame_object *object, const char *path)
{
    struct flame_file file;
    enum flame_status status = flame_file_open_plain(&file, path, NULL);
    if (status != FLAME_OK) {
        object->state = FLAME_OBJECT_UNREADABLE;
        return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
    }
    status = flame_object_use_jit_map(object, file.bytes, file.size, path);
    flame_file_close(&file);
    return status;
}

bool flame_object_was_made(const char *path, const struct flame_symbol_places *places)
{
    return !places->recorded_ns || flame_file_born_ns(path) <= places->recorded_ns;
}

/* A map in /tmp belongs to whatever process had that number last, also if the recording lies there.
 * Runtimes write on until they end, so that only a map which was made later is another process's.
 */
static enum flame_status load_jit(struct flame_object *object,
                                  const struct flame_object_request *request,
                                  const struct flame_symbol_places *places)
{
    struct flame_paths paths;
    flame_paths_init(&paths);
    if (places->beside && !flame_file_is_one(places->beside, "/tmp"))
        flame_paths_add(&paths, "%s/perf-%d.map", places->beside, (int)request->pid);
    size_t known = paths.list.count;
    if (places->same_boot || places->trust_paths)
        flame_search_add(&paths, places, "/tmp/perf-%d.map", (int)request->pid);
    if (places->same_boot && paths.list.count > known &&
        flame_object_was_made(paths.list.items[known], places))
        known++;
    enum flame_status status = paths.failed ? FLAME_NOMEM : FLAME_OK;
    object->state = FLAME_OBJECT_NO_MAP;
    size_t usable = places->trust_paths ? paths.list.count : known;
    for (size_t i = 0; i < usable && i < paths.list.count; i++) {
        if (status == FLAME_OK && object->state == FLAME_OBJECT_NO_MAP &&
            flame_file_is_plain(paths.list.items[i])) {
            status = load_jit_map(object, paths.list.items[i]);
            object->trusted = i >= known;
        }
    }
    flame_paths_deinit(&paths);
    return status;
}

/* Look for a file that may name it. */
static enum flame_status search(struct flame_object *object,
                                const struct flame_object_request *request,
                                const struct flame_symbol_places *places)
{
    switch (request->kind) {
    case FLAME_OBJECT_ELF:
    case FLAME_OBJECT_MODULE:
        return flame_object_load_path(object, request, places);
    case FLAME_OBJECT_VDSO:
        return flame_object_load_vdso(object, request, places);
    case FLAME_OBJECT_JIT:
        return load_jit(object, request, places);
    case FLAME_OBJECT_JITTED:
        return flame_object_load_jitted(object, request, places);
    case FLAME_OBJECT_KERNEL:
        return flame_object_load_kernel(object, request, places);
    case FLAME_OBJECT_JIT_COPY:
    case FLAME_OBJECT_PLAIN:
        break;
    }
    object->state = FLAME_OBJECT_MISSING;
    return FLAME_OK;
}

static void note_left_out(const struct flame_object_request *request,
                          const struct flame_symbol_places *places)
{
    char name[200];
    snprintf(name, sizeof name, "%.*s", (int)(request->name.len < 199 ? request->name.len : 199),
             request->name.ptr);
    flame_bounds_reach(places->bounds, FLAME_LIMIT_SYMBOLS, name, "has", "symbols");
}

enum flame_status flame_object_load(struct flame_object *object,
                                    const struct flame_object_request *request,
                                    const struct flame_symbol_places *places)
{
    enum flame_status status = FLAME_OK;
    *object = (struct flame_object){ 0 };
    flame_symbols_init(&object->symbols);
    object->symbols.most = flame_bound(places->bounds, FLAME_LIMIT_SYMBOLS);
    if (places->embedded)
        status = flame_embedded_load(places->embedded, object, request);
    if (status == FLAME_OK && !object->used)
        status = flame_packed_load(places, object, request);
    if (status == FLAME_OK && !object->used)
        status = search(object, request, places);
    if (status == FLAME_OK)
        flame_packed_recall(places->packed, object, request);
    if (status == FLAME_OK && !object->used) {
        object->used = flame_arena_copy(&object->symbols.names, flame_str_from(""));
        status = object->used ? FLAME_OK : FLAME_NOMEM;
    }
    if (status != FLAME_OK)
        flame_object_deinit(object);
    else if (object->symbols.left_out)
        note_left_out(request, places);
    return status;
}

void flame_object_deinit(struct flame_object *object)
{
    flame_symbols_deinit(&object->symbols);
    for (size_t i = 0; i < object->files.count; i++)
        flame_file_close(&object->files.items[i]);
    flame_vec_free(&object->files);
    object->shared = NULL;
    object->used = NULL;
    object->program = NULL;
}
