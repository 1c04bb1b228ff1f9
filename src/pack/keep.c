/* keep.c: ask everything about the functions that were hit, and keep what the answers were read
 * from.
 *
 * Debug information and rules are asked for, by the readers that will read the copies, which note
 * what they touch (touched.h). Of symbols, code and what else a file has, it is known by its
 * structure what is needed (keep_elf.c, keep_symbols.c). Invariant: when in doubt, more is kept,
 * and never anything beyond the file. */
#include "keep.h"

#include "cfi.h"
#include "keep_elf.h"

#include <string.h>

/* The addresses of the functions, each with a byte before and behind it: return addresses are
 * looked up a byte earlier, and in some cases are not. */
static bool find_wanted(struct flame_ranges *wanted, const struct flame_elf *program,
                        const struct flame_ranges *functions)
{
    bool ok = true;
    for (size_t i = 0; i < functions->count; i++) {
        uint64_t start = functions->items[i].start, end = functions->items[i].end;
        start -= start > 0;
        end += end < UINT64_MAX;
        for (size_t k = 0; k < program->load_count; k++) {
            const GElf_Phdr *p = &program->loads[k];
            uint64_t low = p->p_offset, high = p->p_offset + p->p_filesz;
            low = low > start ? low : start;
            high = high < end ? high : end;
            if (low < high)
                ok = ok && flame_ranges_add(wanted, low - p->p_offset + p->p_vaddr,
                                            high - p->p_offset + p->p_vaddr);
        }
    }
    flame_ranges_settle(wanted);
    return ok;
}

/* Have everything about these instructions read. */
static enum flame_status ask(struct flame_dwarf *dwarf, const struct flame_ranges *functions,
                             size_t size)
{
    const struct flame_inlined *chain;
    struct flame_line line;
    size_t count;
    enum flame_status status = FLAME_OK;
    for (size_t i = 0; i < functions->count && status == FLAME_OK; i++) {
        uint64_t at = functions->items[i].start, end = functions->items[i].end;
        at -= at > 0;
        end = end < size ? end + 1 : size;
        for (; at < end && status == FLAME_OK; at++) {
            status = flame_dwarf_inlined(dwarf, at, &chain, &count);
            if (status == FLAME_OK)
                status = flame_dwarf_line(dwarf, at, &line);
        }
    }
    return status;
}

static enum flame_status touch_rules(const struct flame_object *object,
                                     struct flame_touched *touched)
{
    struct flame_cfi *cfi;
    enum flame_status status = flame_cfi_open(&cfi, object);
    if (status == FLAME_OK)
        status = flame_cfi_touch(cfi, touched);
    flame_cfi_close(cfi);
    return status;
}

/* Keep what was touched of memory[size], which has a file's bytes. */
static void keep_touched(struct flame_keep *keep, const struct flame_touched *touched,
                         const uint8_t *memory)
{
    uint64_t low = (uintptr_t)memory, high = low + keep->elf.size;
    for (size_t i = 0; memory && i < touched->bytes.count; i++) {
        const struct flame_range *r = &touched->bytes.items[i];
        uint64_t start = r->start > low ? r->start : low, end = r->end < high ? r->end : high;
        if (start < end)
            flame_keep_bytes(keep, start - low, end - start);
    }
}

/* What one file is to this object.
 *
 * program  the mapped file; is_program: this is it */
struct role {
    const struct flame_keep_request *request;
    const struct flame_elf *program;
    const struct flame_keep_names *names;
    bool is_program;
};

static bool keep_elf(struct flame_keep *keep, const struct flame_touched *touched,
                     const struct role *role)
{
    const struct flame_touched_file *read = NULL;
    for (size_t i = 0; i < touched->files.count; i++)
        if (touched->files.items[i].bytes == keep->elf.bytes)
            read = &touched->files.items[i];
    keep->is_read = read != NULL;
    keep->handle = read ? read->handle : NULL;
    keep_touched(keep, touched, keep->elf.bytes);
    if (read)
        keep_touched(keep, touched, read->copy);
    flame_keep_sections(keep);
    flame_keep_symbols(keep);
    if (role->is_program)
        flame_keep_loaded(keep, role->request->functions);
    if (role->is_program && role->request->words)
        flame_keep_loaded(keep, role->request->words);
    return !keep->failed;
}

static enum flame_status add_file(struct flame_kept *kept, const char *path, const uint8_t *bytes,
                                  size_t size, const struct role *role)
{
    struct flame_kept_file *file;
    if (!flame_vec_push(&kept->files,
                        (struct flame_kept_file){
                            .path = path, .bytes = bytes, .original = bytes, .size = size }))
        return FLAME_NOMEM;
    file = &kept->files.items[kept->files.count - 1];
    struct flame_keep keep = { .program = role->program,
                               .functions = role->is_program ? role->request->functions : NULL,
                               .names = role->names,
                               .touched = &kept->touched,
                               .unwinds = role->request->unwinds,
                               .kept = &file->kept,
                               .packed = &file->packed };
    enum flame_status status = flame_elf_open(&keep.elf, bytes, size);
    if (status == FLAME_NOMEM)
        return status;
    bool ok;
    if (status == FLAME_OK && keep.elf.section_count > 1)
        ok = keep_elf(&keep, &kept->touched, role);
    else
        ok = flame_ranges_add(&file->kept, 0, size);
    if (keep.copy)
        file->bytes = file->changed = keep.copy;
    flame_elf_close(&keep.elf);
    flame_ranges_settle(&file->kept);
    flame_ranges_settle(&file->packed);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

static enum flame_status add_files(struct flame_kept *kept, const struct flame_object *object,
                                   const struct role *role)
{
    const char *program = object->program ? object->program : object->used;
    enum flame_status status = FLAME_OK;
    for (size_t i = 0; i < object->files.count && status == FLAME_OK; i++) {
        const struct flame_file *file = &object->files.items[i];
        struct role own = *role;
        own.is_program = i + 1 == object->files.count;
        const char *path = own.is_program ? program : object->used;
        if (!own.is_program && strcmp(path, program) == 0)
            continue; /* .gnu_debugdata, unpacked: a part of the program */
        status = add_file(kept, path, file->bytes, file->size, &own);
    }
    for (size_t i = 0; i < kept->touched.files.count && status == FLAME_OK; i++) {
        const struct flame_touched_file *file = &kept->touched.files.items[i];
        if (file->path)
            status = add_file(kept, file->path, file->bytes, file->size, role);
    }
    return status;
}

static enum flame_status keep_all(struct flame_kept *kept, const struct flame_object *object,
                                  const struct flame_keep_request *request,
                                  const struct flame_elf *program)
{
    struct flame_keep_names names = { .reference = request->reference };
    struct role role = { .request = request, .program = program, .names = &names };
    bool ok = find_wanted(&kept->wanted, program, request->functions) &&
              flame_keep_find_names(&names, program, request->functions);
    enum flame_status status = ok ? FLAME_OK : FLAME_NOMEM;
    kept->touched.wanted = &kept->wanted;
    if (status == FLAME_OK)
        status =
            flame_dwarf_watch(&kept->dwarf, object, request->path, request->places, &kept->touched);
    if (!kept->dwarf) { /* it was closed again, and its files with it */
        kept->touched.files.count = 0;
        kept->touched.bytes.count = 0;
    }
    if (status == FLAME_OK && kept->dwarf)
        status = ask(kept->dwarf, request->functions, program->size);
    if (status == FLAME_OK && request->unwinds)
        status = touch_rules(object, &kept->touched);
    flame_ranges_settle(&kept->touched.bytes);
    if (status == FLAME_OK && kept->touched.failed)
        status = FLAME_NOMEM;
    if (status == FLAME_OK)
        status = add_files(kept, object, &role);
    flame_keep_names_free(&names);
    return status;
}

enum flame_status flame_keep_object(struct flame_kept *kept, const struct flame_object *object,
                                    const struct flame_keep_request *request)
{
    struct flame_elf program = { 0 };
    enum flame_status status = FLAME_OK;
    *kept = (struct flame_kept){ 0 };
    if (object->files.count) {
        const struct flame_file *mapped = &object->files.items[object->files.count - 1];
        status = flame_elf_open(&program, mapped->bytes, mapped->size);
    }
    if (status != FLAME_NOMEM)
        status = keep_all(kept, object, request, &program);
    flame_elf_close(&program);
    if (status != FLAME_OK)
        flame_kept_deinit(kept);
    return status;
}

void flame_kept_deinit(struct flame_kept *kept)
{
    for (size_t i = 0; i < kept->files.count; i++) {
        flame_ranges_free(&kept->files.items[i].kept);
        flame_ranges_free(&kept->files.items[i].packed);
        free(kept->files.items[i].changed);
    }
    flame_vec_free(&kept->files);
    flame_ranges_free(&kept->wanted);
    flame_touched_deinit(&kept->touched);
    flame_dwarf_close(kept->dwarf);
    *kept = (struct flame_kept){ 0 };
}
