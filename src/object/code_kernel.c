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
#include "source.h"

/* Take a vmlinux if it has the id, the symbol that it is placed by, and code. */
static enum flame_status try_image(struct flame_code_file *file, const char *path,
                                   const struct flame_build_id *want)
{
    const struct flame_object_request *request = &file->request;
    const struct flame_object *object = file->object;
    struct flame_source source;
    enum flame_status status = flame_source_open(&source, path, want);
    bool right =
        status == FLAME_OK && flame_source_usable(&source) && flame_code_is_in(&source.elf);
    uint64_t reference = 0;
    if (right && request->text_start)
        right = flame_elf_symbol_value(&source.elf, request->reference, &reference);
    else if (right) /* its symbols then are as it has them */
        right = object->files.count && object->used && strcmp(object->used, path) == 0;
    if (right) {
        file->own =
            (struct flame_object){ .used = flame_arena_copy(&file->arena, flame_str_from(path)) };
        if (!file->own.used || !flame_vec_push(&file->own.files, source.file)) {
            status = FLAME_NOMEM;
        } else {
            file->source = FLAME_CODE_IN_ELF;
            file->elf = source.elf;
            file->path = file->own.used;
            file->holder = &file->own;
            file->id = source.id;
            file->shift = request->text_start ? request->text_start - reference : 0;
            source = (struct flame_source){ 0 };
        }
    }
    flame_source_close(&source);
    return status;
}

enum flame_status flame_code_open_kernel(struct flame_code_file *file)
{
    struct flame_build_id want = file->request.build_id;
    struct flame_paths paths;
    if (want.size == 0 && (!file->places->same_machine || !flame_kernel_running_id(&want)))
        return FLAME_OK;
    file->guessed = file->object->files.count == 0; /* a list has no sizes */
    flame_paths_init(&paths);
    flame_kernel_add_images(&paths, file->places, &want);
    enum flame_status status = paths.failed ? FLAME_NOMEM : FLAME_OK;
    for (size_t i = 0; i < paths.list.count && status == FLAME_OK; i++) {
        if (file->source != FLAME_CODE_NOWHERE)
            break;
        status = try_image(file, paths.list.items[i], &want);
    }
    flame_paths_deinit(&paths);
    if (status == FLAME_OK && file->source == FLAME_CODE_NOWHERE)
        status = flame_code_open_kcore(file, &want);
    return status;
}
