/* packed.c: from a pack's files to objects.
 *
 * Invariant: bytes are used only if they have the hash that they were packed with, and, where a
 * build-id was recorded, an ELF file only if it has that. Does not read packs: src/pack does. */
#include "packed.h"

#include "archive_reader.h"
#include "build_id.h"
#include "debug_file.h"
#include "hash.h"
#include "kernel.h"
#include "source.h"

#include <string.h>

enum { UNCHECKED, SOUND, DAMAGED };

bool flame_packed_is(const struct flame_archive *archive)
{
    struct flame_archived found;
    return flame_archive_find(archive, flame_str_from(FLAME_PACKED_MANIFEST), &found) &&
           flame_str_starts((struct flame_str){ (const char *)found.bytes, found.size },
                            FLAME_PACKED_MAGIC);
}

void flame_packed_init(struct flame_packed *p)
{
    *p = (struct flame_packed){ 0 };
    flame_intern_init(&p->paths);
}

void flame_packed_deinit(struct flame_packed *p)
{
    flame_vec_free(&p->files);
    flame_vec_free(&p->objects);
    flame_vec_free(&p->dumps);
    flame_vec_free(&p->file_of_path);
    free(p->slots);
    flame_intern_deinit(&p->paths);
}

static uint64_t hash_object(enum flame_object_kind kind, struct flame_str name,
                            const struct flame_build_id *id)
{
    return flame_hash_pair(flame_hash(name.ptr, name.len), flame_hash(id->bytes, id->size) + kind);
}

/* Of objects that are requested alike, the first is found first. */
static enum flame_status fill_slots(struct flame_packed *p)
{
    size_t count = 16;
    while (count < 2 * p->objects.count)
        count *= 2;
    p->slots = calloc(count, sizeof *p->slots);
    p->slot_count = p->slots ? count : 0;
    for (uint32_t i = 0; p->slots && i < p->objects.count; i++) {
        const struct flame_packed_object *o = &p->objects.items[i];
        uint64_t at = hash_object(o->kind, o->name, &o->build_id);
        while (p->slots[at % count])
            at++;
        p->slots[at % count] = i + 1;
    }
    return p->slots ? FLAME_OK : FLAME_NOMEM;
}

enum flame_status flame_packed_seal(struct flame_packed *p)
{
    for (uint32_t i = 0; i < p->files.count; i++) {
        struct flame_str path = p->files.items[i].path;
        uint32_t id = path.len ? flame_intern_add(&p->paths, path) : 0;
        if (path.len == 0 || id < p->file_of_path.count)
            continue;
        if (id == FLAME_INTERN_NONE || !flame_vec_push(&p->file_of_path, i))
            return FLAME_NOMEM;
    }
    return fill_slots(p);
}

/* Two threads may both find it out: they find the same. */
static bool is_sound(struct flame_packed_file *file)
{
    int known = atomic_load(&file->checked);
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): one of the files */
    if (known == UNCHECKED && file->bytes) {
        uint64_t hash = flame_hash_blocks(file->bytes, file->size, &file->extents);
        known = hash == file->hash ? SOUND : DAMAGED;
        atomic_store(&file->checked, known);
    }
    return known == SOUND;
}

const struct flame_packed_file *flame_packed_file(const struct flame_packed *p, uint32_t file)
{
    if (!p || file >= p->files.count || !is_sound(&p->files.items[file]))
        return NULL;
    return &p->files.items[file];
}

const struct flame_packed_file *flame_packed_at(const struct flame_packed *p, struct flame_str path)
{
    uint32_t id = p ? flame_intern_find(&p->paths, path) : FLAME_INTERN_NONE;
    return id == FLAME_INTERN_NONE ? NULL : flame_packed_file(p, p->file_of_path.items[id]);
}

const struct flame_packed_file *flame_packed_with_id(const struct flame_packed *p,
                                                     const struct flame_build_id *id)
{
    const struct flame_packed_file *found = NULL;
    for (uint32_t i = 0; p && i < p->files.count && !found; i++)
        if (flame_build_id_matches(id, &p->files.items[i].build_id))
            found = flame_packed_file(p, i);
    return found;
}

const struct flame_packed_file *flame_packed_called(const struct flame_packed *p,
                                                    struct flame_str name, uint32_t *from)
{
    const struct flame_packed_file *found = NULL;
    for (; p && *from < p->files.count && !found; ++*from)
        if (flame_str_equal(flame_str_basename(p->files.items[*from].path), name))
            found = flame_packed_file(p, *from);
    return found;
}

const struct flame_packed_file *flame_packed_dump(const struct flame_packed *p,
                                                  struct flame_str recorded)
{
    for (size_t i = 0; p && i < p->dumps.count; i++)
        if (flame_str_equal(p->dumps.items[i].recorded, recorded))
            return flame_packed_file(p, p->dumps.items[i].file);
    return NULL;
}

static bool same_id(const struct flame_build_id *a, const struct flame_build_id *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

const struct flame_packed_object *flame_packed_find(const struct flame_packed *p,
                                                    const struct flame_object_request *request)
{
    uint64_t at = hash_object(request->kind, request->name, &request->build_id);
    for (; p && p->slot_count && p->slots[at % p->slot_count]; at++) {
        const struct flame_packed_object *o = &p->objects.items[p->slots[at % p->slot_count] - 1];
        if (o->kind == request->kind && o->pid == request->pid && o->narrow == request->narrow &&
            same_id(&o->build_id, &request->build_id) && flame_str_equal(o->name, request->name))
            return o;
    }
    return NULL;
}

bool flame_packed_is_damaged(const struct flame_packed *p,
                             const struct flame_object_request *request)
{
    const struct flame_packed_object *o = flame_packed_find(p, request);
    return o && ((o->names != FLAME_PACKED_NONE && !flame_packed_file(p, o->names)) ||
                 (o->runtime != FLAME_PACKED_NONE && !flame_packed_file(p, o->runtime)));
}

/* Names from one file, the program from another, or both from one. */
static enum flame_status load_files(const struct flame_symbol_places *places,
                                    const struct flame_packed_object *from,
                                    struct flame_object *object,
                                    const struct flame_object_request *request)
{
    const struct flame_packed *p = places->packed;
    const struct flame_packed_file *runtime = flame_packed_file(p, from->runtime);
    const struct flame_packed_file *names =
        from->names == FLAME_PACKED_NONE ? runtime : flame_packed_file(p, from->names);
    if (!runtime || !names)
        return FLAME_OK;
    const struct flame_build_id *want = from->trusted ? NULL : &request->build_id;
    struct flame_source sources[2] = { 0 };
    enum flame_status status = flame_source_take(&sources[0], flame_packed_lend(runtime), want);
    if (status == FLAME_OK && names != runtime)
        status = flame_source_take(&sources[1], flame_packed_lend(names), want);
    struct flame_object_files files = {
        .names = names == runtime ? NULL : &sources[1],
        .runtime = &sources[0],
        .names_path = from->used.ptr,
        .runtime_path = from->program.ptr,
        .name = request->name,
        .places = request->kind == FLAME_OBJECT_VDSO ? NULL : places,
    };
    bool usable =
        flame_source_usable(&sources[0]) && (!files.names || flame_source_usable(files.names));
    if (status == FLAME_OK && usable)
        status = flame_object_use_files(object, &files);
    flame_source_close(&sources[0]);
    flame_source_close(&sources[1]);
    return status;
}

static enum flame_status load_kernel(const struct flame_packed *p,
                                     const struct flame_packed_object *from,
                                     struct flame_object *object,
                                     const struct flame_object_request *request)
{
    const struct flame_packed_file *names = flame_packed_file(p, from->names);
    if (!names)
        return FLAME_OK;
    struct flame_source source;
    if (names->size > SELFMAG && memcmp(names->bytes, ELFMAG, SELFMAG) == 0) {
        enum flame_status status = flame_source_take(&source, flame_packed_lend(names),
                                                     from->trusted ? NULL : &request->build_id);
        if (status == FLAME_OK && flame_source_usable(&source))
            status = flame_kernel_use_image(object, request, &source, from->used.ptr);
        flame_source_close(&source);
        return status;
    }
    bool usable = false;
    struct flame_str text = { (const char *)names->bytes, (size_t)names->size };
    enum flame_status status = flame_kernel_add_list(object, text, &usable);
    if (status != FLAME_OK || !usable)
        return status;
    object->state = FLAME_OBJECT_NAMED;
    object->used = flame_arena_copy(&object->symbols.names, from->used);
    return object->used ? FLAME_OK : FLAME_NOMEM;
}

enum flame_status flame_packed_load(const struct flame_symbol_places *places,
                                    struct flame_object *object,
                                    const struct flame_object_request *request)
{
    const struct flame_packed *p = places->packed;
    const struct flame_packed_object *from = flame_packed_find(p, request);
    const struct flame_packed_file *map;
    enum flame_status status = FLAME_OK;
    if (!from)
        return FLAME_OK;
    switch (request->kind) {
    case FLAME_OBJECT_ELF:
    case FLAME_OBJECT_MODULE:
    case FLAME_OBJECT_VDSO:
        status = load_files(places, from, object, request);
        break;
    case FLAME_OBJECT_KERNEL:
        status = load_kernel(p, from, object, request);
        break;
    case FLAME_OBJECT_JIT:
        map = flame_packed_file(p, from->names);
        if (map)
            status =
                flame_object_use_jit_map(object, map->bytes, (size_t)map->size, from->used.ptr);
        break;
    case FLAME_OBJECT_JITTED:
    case FLAME_OBJECT_JIT_COPY:
    case FLAME_OBJECT_PLAIN:
        break;
    }
    if (status == FLAME_OK && object->used) {
        object->trusted = from->trusted;
        object->found_id = from->found_id;
        object->packed = from;
    }
    return status;
}

void flame_packed_recall(const struct flame_packed *p, struct flame_object *object,
                         const struct flame_object_request *request)
{
    const struct flame_packed_object *from = flame_packed_find(p, request);
    bool was_named =
        from && (from->state == FLAME_OBJECT_NAMED || from->state == FLAME_OBJECT_STRIPPED);
    if (!from || was_named || object->used)
        return;
    object->state = from->state;
    object->found_id = from->found_id;
}
