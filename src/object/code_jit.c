/* code_jit.c: code of a method that a JIT compiler noted in a jitdump.
 *
 * The bytes are those that were made, at the address where they were made first; what was patched
 * into them afterwards is not known. Source: docs/formats/jitdump.md. */
#include "code_file.h"

#include "bounds.h"
#include "jit_dump.h"

#include <stdlib.h>

void flame_code_open_jitted(struct flame_code_file *file)
{
    file->source = FLAME_CODE_IN_JITDUMP;
    file->path = file->places->jit_dumps->list.items[file->request.dump].header.path;
}

static enum flame_status add_lines(struct flame_code_file *file, const struct flame_jit_dump *dump,
                                   const struct flame_jit_method *method, struct flame_code *code)
{
    struct flame_code_line *lines;
    enum flame_status status =
        flame_jit_lines(dump, method, &file->arena, &lines, &code->line_count);
    size_t size = code->line_count * sizeof *lines;
    if (status == FLAME_OK && size) {
        void *kept = flame_arena_alloc(&file->arena, size);
        code->lines = kept ? memcpy(kept, lines, size) : NULL;
        status = kept ? FLAME_OK : FLAME_NOMEM;
    }
    free(lines);
    return status;
}

enum flame_status flame_code_of_jitted(struct flame_code_file *file, struct flame_code *code,
                                       struct flame_error *error)
{
    const struct flame_jit_dump *dump = &file->places->jit_dumps->list.items[file->request.dump];
    const struct flame_jit_method *method =
        flame_jit_method_of(file->places->jit_dumps, &file->request);
    code->machine = flame_jit_dump_machine(dump);
    code->address = method->address;
    if (method->size > flame_bound(file->places->bounds, FLAME_LIMIT_CODE))
        return flame_code_is_too_long(file, FLAME_NO_OFFSET, method->size, error);
    code->bytes = method->code;
    code->size = (size_t)method->size;
    enum flame_status status = add_lines(file, dump, method, code);
    return status == FLAME_OK
               ? FLAME_OK
               : flame_fail(error, status, file->path, FLAME_NO_OFFSET, "out of memory");
}
