/* code_kernel.c: a kernel's code: from the vmlinux of its build-id, else from a copy of its memory.
 *
 * Symbols are where the kernel lay when it was recorded. The symbol that the recording pins the
 * kernel to says how far that is from the vmlinux's own addresses. As to perf, a vmlinux comes
 * first: it has debug information. It is code as it was built; the kernel has since put other
 * instructions in some places (alternatives, static branches), which only its memory shows. */
#include "code_file.h"

#include "build_id.h"
#include "elf_symbols.h"
#include "kernel.h"
#include "packed.h"
#include "search_path.h"
#include "source.h"

/* Take a vmlinux if it has the symbol that it is placed by, and code. */
static enum flame_status use_image(struct flame_code_file *file, struct flame_source *source,
                                   const char *path)
{
    const struct flame_object_request *request = &file->request;
    const struct flame_object *object = file->object;
    bool right = flame_source_usable(source) && flame_code_is_in(&source->elf);
    uint64_t reference = 0;
    if (right && request->text_start)
        right = flame_elf_symbol_value(&source->elf, request->reference, &reference);
    else if (right) /* its symbols then are as it has them */
        right = object->files.count && object->used && strcmp(object->used, path) == 0;
    if (!right)
        return FLAME_OK;
    file->own =
        (struct flame_object){ .used = flame_arena_copy(&file->arena, flame_str_from(path)) };
    if (!file->own.used || !flame_vec_push(&file->own.files, source->file))
        return FLAME_NOMEM;
    file->source = FLAME_CODE_IN_ELF;
    file->elf = source->elf;
    file->path = file->own.used;
    file->holder = &file->own;
    file->id = source->id;
    file->shift = request->text_start ? request->text_start - reference : 0;
    *source = (struct flame_source){ 0 };
    return FLAME_OK;
}

/* The same, of a file that has the id. */
static enum flame_status try_image(struct flame_code_file *file, const char *path,
                                   const struct flame_build_id *want)
{
    struct flame_source source;
    enum flame_status status = flame_source_open(&source, file->places->depot, path, want);
    if (status == FLAME_OK)
        status = use_image(file, &source, path);
    flame_source_close(&source);
    return status;
}

/* Take what was packed with the recording. */
static enum flame_status open_packed(struct flame_code_file *file)
{
    const struct flame_packed *packed = file->places->packed;
    const struct flame_packed_object *from = flame_packed_find(packed, &file->request);
    const struct flame_packed_file *code = from ? flame_packed_file(packed, from->code) : NULL;
    struct flame_source source;
    if (!code)
        return FLAME_OK;
    enum flame_status status =
        flame_source_take(&source, flame_packed_lend(code), from->trusted ? NULL : &from->build_id);
    if (status == FLAME_OK && flame_source_usable(&source) && source.elf.header.e_type != ET_CORE) {
        status = use_image(file, &source, code->path.ptr);
        file->own.packed = from;
    } else if (status == FLAME_OK) {
        file->path = code->path.ptr;
        file->id = from->build_id;
        file->shift = from->shift;
        file->has_modules = from->modules;
        status = flame_code_use_kcore(file, code);
    }
    flame_source_close(&source);
    return status;
}

/* Take the first of these that is right. want: size 0: any. */
static enum flame_status try_images(struct flame_code_file *file, const struct flame_paths *paths,
                                    const struct flame_build_id *want)
{
    enum flame_status status = paths->failed ? FLAME_NOMEM : FLAME_OK;
    for (size_t i = 0; i < paths->list.count && status == FLAME_OK; i++) {
        if (file->source != FLAME_CODE_NOWHERE)
            break;
        status = try_image(file, paths->list.items[i], want);
    }
    return status;
}

/* Look for the recorded kernel, whose id is want. */
static enum flame_status open_verified(struct flame_code_file *file,
                                       const struct flame_build_id *want)
{
    struct flame_paths near, packed;
    flame_paths_init(&near);
    flame_paths_init(&packed);
    flame_search_add_images(&near, file->places, want);
    enum flame_status status = try_images(file, &near, want);
    if (status == FLAME_OK && file->source == FLAME_CODE_NOWHERE) {
        flame_search_add_depot(&packed, file->places, want);
        status = try_images(file, &packed, want);
    }
    flame_paths_deinit(&near);
    flame_paths_deinit(&packed);
    if (status == FLAME_OK && file->source == FLAME_CODE_NOWHERE)
        status = flame_code_open_kcore(file, want);
    return status;
}

/* Where the names are of something that is only trusted, so may the code be: the verdict says so of
 * both. */
static enum flame_status open_trusted(struct flame_code_file *file)
{
    const struct flame_build_id any = { 0 };
    struct flame_paths paths;
    flame_paths_init(&paths);
    flame_search_add_named_images(&paths, file->places);
    enum flame_status status = try_images(file, &paths, &any);
    flame_paths_deinit(&paths);
    return status;
}

enum flame_status flame_code_open_kernel(struct flame_code_file *file)
{
    struct flame_build_id want = file->request.build_id;
    enum flame_status status = FLAME_OK;
    if (want.size == 0 && file->places->same_boot)
        flame_kernel_running_id(&want);
    file->guessed = file->object->files.count == 0; /* a list has no sizes */
    status = open_packed(file);
    if (status == FLAME_OK && file->source == FLAME_CODE_NOWHERE && want.size)
        status = open_verified(file, &want);
    if (status == FLAME_OK && file->source == FLAME_CODE_NOWHERE && file->object->trusted)
        status = open_trusted(file);
    return status;
}
