/* code_kcore.c: code from a kernel's memory, while it ran.
 *
 * perf buildid-cache --kcore keeps the code of a boot as an ELF core file, its symbol list beside;
 * /proc/kcore is this machine's. Which boot it is, the list says: if it has the recorded symbol
 * where the recording has it, addresses are the same; if it lies elsewhere, the kernel's own code
 * is so much further on, and of modules nothing is known. Read piece by piece, never mapped: what
 * is behind /proc/kcore may be terabytes, or gone. Nothing here says where data lies between code
 * (neither list has marks): the few constants in a kernel's text are shown as instructions. Source:
 * Linux fs/proc/kcore.c; tools/perf/util/symbol-elf.c (kcore_copy). */
#include "code_file.h"

#include "bounds.h"
#include "build_id.h"
#include "kernel.h"
#include "packed.h"
#include "search_path.h"

#include <inttypes.h>

enum { HEAD_SIZE = 1 << 16 }; /* of ELF and program headers: a kernel has less than a hundred */

static const char running_memory[] = "/proc/kcore";

/* Read the headers of a core file; false when it has none of code, or another kernel's id. */
static enum flame_status open_head(struct flame_code_file *file, const char *path,
                                   const struct flame_build_id *want, bool *right)
{
    uint8_t *head = flame_arena_alloc(&file->arena, HEAD_SIZE);
    size_t size = 0;
    struct flame_build_id id;
    *right = false;
    if (!head)
        return FLAME_NOMEM;
    if (flame_file_read_at(path, 0, head, HEAD_SIZE, &size, NULL) != FLAME_OK)
        return FLAME_OK;
    enum flame_status status = flame_elf_open(&file->elf, head, size);
    *right = status == FLAME_OK && file->elf.header.e_type == ET_CORE &&
             file->elf.section_count < 2 && flame_code_is_in(&file->elf) &&
             (!flame_build_id_from_elf(&file->elf, &id) || flame_build_id_matches(want, &id));
    if (!*right)
        flame_elf_close(&file->elf);
    return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
}

/* Take the memory at path if its list says where it lay. exact: only if it lay as recorded. */
static enum flame_status try_memory(struct flame_code_file *file, const char *path,
                                    const char *list, const struct flame_build_id *want, bool exact)
{
    const struct flame_object_request *request = &file->request;
    uint64_t reference;
    bool right;
    enum flame_status status = flame_kernel_address(list, request->reference, &reference);
    if (status != FLAME_OK || reference == 0 || (exact && reference != request->text_start))
        return status;
    status = open_head(file, path, want, &right);
    if (status != FLAME_OK || !right)
        return status;
    char *copy = flame_arena_copy(&file->arena, flame_str_from(path));
    if (!copy)
        return FLAME_NOMEM;
    file->source = FLAME_CODE_IN_KCORE;
    file->path = copy;
    file->id = *want;
    file->shift = request->text_start - reference;
    /* Where modules lie, another list of another boot does not say. */
    file->has_modules = file->object->used && strcmp(file->object->used, list) == 0;
    return FLAME_OK;
}

enum flame_status flame_code_open_kcore(struct flame_code_file *file,
                                        const struct flame_build_id *want)
{
    struct flame_build_id running;
    struct flame_paths memories, lists;
    const struct flame_symbol_places *places = file->places;
    if (file->request.text_start == 0)
        return FLAME_OK;
    flame_paths_init(&memories);
    flame_paths_init(&lists);
    if (places->buildid_dir && want->size >= 2) {
        flame_search_add_copies(&memories, places, want, "kcore");
        flame_search_add_copies(&lists, places, want, "kallsyms");
    }
    enum flame_status status = memories.failed || lists.failed ? FLAME_NOMEM : FLAME_OK;
    size_t count = memories.list.count < lists.list.count ? memories.list.count : lists.list.count;
    for (int exact = 1; exact >= 0 && status == FLAME_OK; exact--) {
        for (size_t i = 0; i < count && status == FLAME_OK; i++)
            if (file->source == FLAME_CODE_NOWHERE && flame_file_is_plain(memories.list.items[i]) &&
                flame_file_is_plain(lists.list.items[i]))
                status = try_memory(file, memories.list.items[i], lists.list.items[i], want, exact);
        if (exact && status == FLAME_OK && file->source == FLAME_CODE_NOWHERE && !places->symfs &&
            flame_kernel_running_id(&running) && flame_build_id_matches(want, &running))
            status = try_memory(file, running_memory, FLAME_KERNEL_RUNNING_LIST, want, true);
    }
    flame_paths_deinit(&memories);
    flame_paths_deinit(&lists);
    return status;
}

enum flame_status flame_code_use_kcore(struct flame_code_file *file,
                                       const struct flame_packed_file *memory)
{
    enum flame_status status = flame_elf_open(&file->elf, memory->bytes, (size_t)memory->size);
    if (status != FLAME_OK)
        return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
    file->source = FLAME_CODE_IN_KCORE;
    file->memory = memory->bytes;
    file->memory_size = (size_t)memory->size;
    return FLAME_OK;
}

/* Read code from the memory; *count bytes of it are there. */
static enum flame_status read_memory(const struct flame_code_file *file, uint64_t offset,
                                     uint8_t *bytes, size_t size, size_t *count,
                                     struct flame_error *error)
{
    if (!file->memory)
        return flame_file_read_at(file->path, offset, bytes, size, count, error);
    size_t left = offset < file->memory_size ? file->memory_size - (size_t)offset : 0;
    *count = size < left ? size : left;
    if (*count)
        memcpy(bytes, file->memory + offset, *count);
    return FLAME_OK;
}

/* The piece of memory that has an address, as far as it is there. */
static const GElf_Phdr *piece_at(const struct flame_elf *elf, uint64_t svma)
{
    for (size_t i = 0; i < elf->load_count; i++) {
        const GElf_Phdr *p = &elf->loads[i];
        if (svma >= p->p_vaddr && svma - p->p_vaddr < p->p_filesz)
            return p;
    }
    return NULL;
}

enum flame_status flame_code_of_kcore(struct flame_code_file *file,
                                      const struct flame_symbol *symbol, struct flame_code *code,
                                      struct flame_error *error)
{
    code->address = symbol->start - file->shift;
    const GElf_Phdr *piece = piece_at(&file->elf, code->address);
    if (!piece || (symbol->group && !file->has_modules))
        return flame_fail(error, FLAME_UNSUPPORTED, file->path, FLAME_NO_OFFSET,
                          "has no code for 0x%" PRIx64 ", where the function was recorded",
                          symbol->start);
    uint64_t distance = code->address - piece->p_vaddr, size = symbol->end - symbol->start;
    code->offset = piece->p_offset + distance;
    if (size > piece->p_filesz - distance && file->guessed)
        size = piece->p_filesz - distance;
    if (size > piece->p_filesz - distance || size == 0)
        return flame_fail(error, FLAME_CORRUPT, file->path, code->offset,
                          "the function has %" PRIu64 " bytes, of which %" PRIu64 " are there",
                          size, piece->p_filesz - distance);
    if (size > flame_bound(file->places->bounds, FLAME_LIMIT_CODE))
        return flame_code_is_too_long(file, code->offset, size, error);
    uint8_t *bytes = flame_arena_alloc(&file->arena, (size_t)size);
    if (!bytes)
        return flame_fail(error, FLAME_NOMEM, file->path, FLAME_NO_OFFSET, "out of memory");
    enum flame_status status =
        read_memory(file, code->offset, bytes, (size_t)size, &code->size, error);
    if (status == FLAME_OK && code->size != size)
        status = flame_fail(error, FLAME_CORRUPT, file->path, code->offset,
                            "the function has %" PRIu64 " bytes, but the file ends after %zu", size,
                            code->size);
    code->bytes = status == FLAME_OK ? bytes : NULL;
    if (status != FLAME_OK)
        code->size = 0;
    return status;
}
