/* kernel.c: find the recorded kernel's symbols.
 *
 * In order: a vmlinux that was named, the running kernel's own list, copies of such a list in
 * perf's cache, a vmlinux elsewhere, archives; each of the recorded build-id. Each boot may place a
 * kernel elsewhere, so all addresses are moved by the distance of the reference symbol, without
 * which nothing is used; modules move independently. A list has no build-id: one that was named is
 * used only where paths are trusted, and nothing better is found. The running kernel's list is
 * never used for another kernel, whatever is trusted.
 * Does not look at kcore. Source: Linux tools/perf/util/symbol.c. */
#include "kernel.h"

#include "build_id.h"
#include "debug_file.h"
#include "elf_symbols.h"
#include "search_path.h"
#include "source.h"

bool flame_kernel_running_id(struct flame_build_id *id)
{
    struct flame_file notes;
    *id = (struct flame_build_id){ 0 };
    if (flame_file_open(&notes, "/sys/kernel/notes", NULL) != FLAME_OK)
        return false;
    struct flame_cursor c = flame_cursor_make(notes.bytes, notes.size, 0, false, NULL, NULL);
    bool found = flame_build_id_from_notes(c, 4, id);
    flame_file_close(&notes);
    return found;
}

static bool is_named(const struct flame_object *object)
{
    return object->state == FLAME_OBJECT_NAMED;
}

/* Lists that match without being moved come first: only these may be of the recorded boot, and tell
 * of its modules. */
static enum flame_status load_lists(struct flame_object *object,
                                    const struct flame_object_request *request,
                                    const struct flame_symbol_places *places,
                                    const struct flame_paths *paths)
{
    enum flame_status status = paths->failed ? FLAME_NOMEM : FLAME_OK;
    for (int exact = 1; exact >= 0; exact--)
        for (size_t i = 0; i < paths->list.count && status == FLAME_OK && !is_named(object); i++)
            status =
                flame_kernel_load_list(object, paths->list.items[i], request, places,
                                       exact ? FLAME_KERNEL_LIST_UNMOVED : FLAME_KERNEL_LIST_MOVED);
    return status;
}

enum flame_status flame_kernel_use_image(struct flame_object *object,
                                         const struct flame_object_request *request,
                                         struct flame_source *source, const char *path)
{
    const struct flame_elf_section *table = flame_elf_section(&source->elf, ".symtab", SHT_SYMTAB);
    uint64_t reference = 0;
    if (!table || (request->text_start &&
                   !flame_elf_symbol_value(&source->elf, request->reference, &reference)))
        return FLAME_OK;
    struct flame_elf_symbols_from from = { .source = &source->elf,
                                           .runtime = &source->elf,
                                           .table = table,
                                           .addresses = FLAME_ELF_SVMAS };
    if (request->text_start)
        from.shift = request->text_start - reference;
    if (!flame_elf_symbols_add(&object->symbols, &from))
        return FLAME_NOMEM;
    if (object->symbols.list.count == 0)
        return FLAME_OK;
    object->state = FLAME_OBJECT_NAMED;
    object->used = flame_arena_copy(&object->symbols.names, flame_str_from(path));
    if (!object->used || !flame_vec_push(&object->files, source->file))
        return FLAME_NOMEM;
    source->file = (struct flame_file){ 0 };
    return FLAME_OK;
}

/* want: the id that it must have; size 0: any. */
static enum flame_status load_vmlinux(struct flame_object *object,
                                      const struct flame_object_request *request,
                                      const struct flame_symbol_places *places, const char *path,
                                      const struct flame_build_id *want)
{
    struct flame_source source;
    enum flame_status status = flame_source_open(&source, places->depot, path, want);
    bool other = request->build_id.size && source.id.size &&
                 !flame_build_id_matches(&request->build_id, &source.id);
    if (status == FLAME_OK && flame_source_usable(&source))
        status = flame_kernel_use_image(object, request, &source, path);
    /* That the one which was named is another kernel's is worth telling. */
    if (other && places->vmlinux && strcmp(path, places->vmlinux) == 0) {
        object->found_id = source.id;
        if (!is_named(object))
            object->state = FLAME_OBJECT_MISMATCH;
    }
    flame_source_close(&source);
    return status;
}

static enum flame_status load_images(struct flame_object *object,
                                     const struct flame_object_request *request,
                                     const struct flame_symbol_places *places,
                                     const struct flame_paths *paths,
                                     const struct flame_build_id *want)
{
    enum flame_status status = paths->failed ? FLAME_NOMEM : FLAME_OK;
    for (size_t i = 0; i < paths->list.count && status == FLAME_OK && !is_named(object); i++)
        status = load_vmlinux(object, request, places, paths->list.items[i], want);
    return status;
}

/* Load the running kernel's list, if that is the recorded kernel, as far as it is known: its own id
 * is running, if any. */
static enum flame_status load_running(struct flame_object *object,
                                      const struct flame_object_request *request,
                                      const struct flame_symbol_places *places,
                                      const struct flame_build_id *running)
{
    const struct flame_build_id *want = &request->build_id;
    if (want->size && running->size && !flame_build_id_matches(want, running)) {
        if (object->state == FLAME_OBJECT_MISSING)
            object->found_id = *running;
        object->state = FLAME_OBJECT_MISMATCH;
        return FLAME_OK;
    }
    if (want->size && !running->size)
        return FLAME_OK;
    /* Two machines may run one build of a kernel, each at an address of its own, and so may two
     * boots: there the reference symbol is needed. */
    if (places->same_boot || flame_kernel_is_placed(request))
        return flame_kernel_load_list(object, FLAME_KERNEL_RUNNING_LIST, request, places,
                                      places->same_boot ? FLAME_KERNEL_LIST_OF_BOOT
                                                        : FLAME_KERNEL_LIST_MOVED);
    object->state = FLAME_OBJECT_UNVERIFIED;
    return FLAME_OK;
}

/* Load the first list or image that places of the group have. */
static enum flame_status load_found(struct flame_object *object,
                                    const struct flame_object_request *request,
                                    const struct flame_symbol_places *places,
                                    const struct flame_build_id *want, bool packed)
{
    struct flame_paths lists, images;
    flame_paths_init(&lists);
    flame_paths_init(&images);
    if (packed)
        flame_search_add_depot_lists(&lists, places, want);
    else
        flame_search_add_lists(&lists, places, want);
    enum flame_status status = load_lists(object, request, places, &lists);
    if (status == FLAME_OK && !is_named(object) && packed)
        flame_search_add_depot(&images, places, want);
    else if (status == FLAME_OK && !is_named(object))
        flame_search_add_images(&images, places, want);
    if (status == FLAME_OK)
        status = load_images(object, request, places, &images, want);
    flame_paths_deinit(&lists);
    flame_paths_deinit(&images);
    return status;
}

/* The same, near first. */
static enum flame_status load_anywhere(struct flame_object *object,
                                       const struct flame_object_request *request,
                                       const struct flame_symbol_places *places,
                                       const struct flame_build_id *want)
{
    enum flame_status status = FLAME_OK;
    for (int packed = 0; packed < 2 && want->size; packed++)
        if (status == FLAME_OK && !is_named(object))
            status = load_found(object, request, places, want, packed);
    return status;
}

/* Load a list or an image of the recorded kernel. Where the recording hides where its kernel was,
 * only this boot's own list says it: an image lies elsewhere in each boot, and so do the addresses
 * of a list that was kept. */
static enum flame_status load_verified(struct flame_object *object,
                                       const struct flame_object_request *request,
                                       const struct flame_symbol_places *places)
{
    struct flame_build_id running = { 0 }, want = request->build_id;
    bool placed = flame_kernel_is_placed(request);
    enum flame_status status = FLAME_OK;
    if (!places->symfs)
        flame_kernel_running_id(&running);
    if (want.size == 0)
        want = running;
    if (places->vmlinux && want.size && placed)
        status = load_vmlinux(object, request, places, places->vmlinux, &want);
    if (status == FLAME_OK && !is_named(object) && !places->symfs)
        status = load_running(object, request, places, &running);
    if (status == FLAME_OK && placed)
        status = load_anywhere(object, request, places, &want);
    if (!placed && object->state == FLAME_OBJECT_MISSING)
        object->state = FLAME_OBJECT_UNVERIFIED;
    return status;
}

/* Load what was named, what is called after the recorded release, or the right kernel at a place
 * that is not known to be right. */
static enum flame_status load_trusted(struct flame_object *object,
                                      const struct flame_object_request *request,
                                      const struct flame_symbol_places *places)
{
    const struct flame_build_id any = { 0 };
    struct flame_paths images;
    enum flame_status status = FLAME_OK;
    if (places->kallsyms)
        status = flame_kernel_load_list(object, places->kallsyms, request, places,
                                        FLAME_KERNEL_LIST_OF_BOOT);
    if (status == FLAME_OK && !is_named(object) && !flame_kernel_is_placed(request))
        status = load_anywhere(object, request, places, &request->build_id);
    flame_paths_init(&images);
    flame_search_add_named_images(&images, places);
    if (status == FLAME_OK && !is_named(object))
        status = load_images(object, request, places, &images, &any);
    flame_paths_deinit(&images);
    object->trusted = is_named(object);
    return status;
}

enum flame_status flame_object_load_kernel(struct flame_object *object,
                                           const struct flame_object_request *request,
                                           const struct flame_symbol_places *places)
{
    enum flame_status status = FLAME_OK;
    bool verifiable = request->build_id.size || places->same_boot;
    object->state = verifiable ? FLAME_OBJECT_MISSING : FLAME_OBJECT_UNVERIFIED;
    if (verifiable)
        status = load_verified(object, request, places);
    if (status == FLAME_OK && !is_named(object) && places->trust_paths)
        status = load_trusted(object, request, places);
    if (status == FLAME_OK && !is_named(object) && places->kallsyms && !places->trust_paths)
        object->state = FLAME_OBJECT_UNVERIFIED;
    return status;
}
