/* code.c: from a symbol to its bytes.
 *
 * Code comes from the very file that the object's loader has verified, and once more its build-id
 * is compared here, unless the loader was told to trust it; a kernel's from elsewhere
 * (code_kernel.c, code_kcore.c). Invariant: what is handed out lies in one section (without
 * sections: in one executable PT_LOAD), and in the file. Does not read code that was never in a
 * file, and changes nothing but the operands of unlinked objects (code_module.c). Source: the ELF
 * specification. */
#include "code_file.h"

#include "bounds.h"
#include "build_id.h"
#include "packed.h"

#include <inttypes.h>
#include <stdlib.h>

bool flame_code_is_in(const struct flame_elf *elf)
{
    for (size_t i = 1; i < elf->section_count; i++) {
        const GElf_Shdr *h = &elf->sections[i].header;
        if ((h->sh_flags & SHF_ALLOC) && (h->sh_flags & SHF_EXECINSTR) && h->sh_size &&
            h->sh_type != SHT_NOBITS)
            return true;
    }
    for (size_t i = 0; elf->section_count < 2 && i < elf->load_count; i++)
        if ((elf->loads[i].p_flags & PF_X) && elf->loads[i].p_filesz)
            return true;
    return false;
}

/* Open the mapped file of holder, the one that it was loaded for. */
static enum flame_status open_mapped(struct flame_code_file *file)
{
    const struct flame_object *holder = file->holder;
    if (holder->files.count == 0)
        return FLAME_OK;
    const struct flame_file *mapped = &holder->files.items[holder->files.count - 1];
    enum flame_status status = flame_elf_open(&file->elf, mapped->bytes, mapped->size);
    if (status != FLAME_OK)
        return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
    struct flame_build_id id = { 0 };
    flame_build_id_from_elf(&file->elf, &id);
    const struct flame_build_id *want = &file->request.build_id;
    bool right = want->size == 0 || flame_build_id_matches(want, &id) || holder->trusted;
    if (!right || !flame_code_is_in(&file->elf)) {
        flame_elf_close(&file->elf);
        return FLAME_OK;
    }
    file->source = FLAME_CODE_IN_ELF;
    file->path = holder->program ? holder->program : "";
    file->id = id;
    return flame_code_lay_out(file);
}

/* Where the recording itself has the symbols, no file was looked for yet. */
static enum flame_status open_beside(struct flame_code_file *file)
{
    struct flame_symbol_places places = *file->places;
    if (file->object->files.count || file->object->addressing == FLAME_ADDRESS_BY_KIND)
        return FLAME_OK;
    places.embedded = NULL;
    enum flame_status status = flame_object_load(&file->own, &file->request, &places);
    if (status == FLAME_OK)
        file->holder = &file->own;
    return status;
}

static uint64_t built_ns(const struct flame_code_file *file)
{
    const struct flame_packed_file *packed = NULL;
    if (file->holder->packed)
        packed = flame_packed_at(file->places->packed, flame_str_from(file->path));
    return packed ? packed->changed_ns : flame_file_changed_ns(file->path);
}

static enum flame_status find_code(struct flame_code_file *file)
{
    enum flame_status status = FLAME_OK;
    switch (file->request.kind) {
    case FLAME_OBJECT_ELF:
    case FLAME_OBJECT_VDSO:
    case FLAME_OBJECT_MODULE:
        status = open_beside(file);
        if (status == FLAME_OK)
            status = open_mapped(file);
        break;
    case FLAME_OBJECT_KERNEL:
        status = flame_code_open_kernel(file);
        break;
    case FLAME_OBJECT_JITTED:
        flame_code_open_jitted(file);
        break;
    case FLAME_OBJECT_JIT:
    case FLAME_OBJECT_JIT_COPY:
    case FLAME_OBJECT_PLAIN:
        break;
    }
    if (status == FLAME_OK && file->source == FLAME_CODE_NOWHERE)
        flame_code_explain(file);
    if (file->source == FLAME_CODE_IN_ELF)
        file->built_ns = built_ns(file);
    return status;
}

enum flame_status flame_code_open(struct flame_code_file **out, const struct flame_object *object,
                                  const struct flame_object_request *request,
                                  const struct flame_symbol_places *places)
{
    struct flame_code_file *file = calloc(1, sizeof *file);
    *out = NULL;
    if (!file)
        return FLAME_NOMEM;
    file->object = file->holder = object;
    file->request = *request;
    file->places = places;
    file->why = (struct flame_error)FLAME_ERROR_INIT;
    file->path = "";
    flame_arena_init(&file->arena, SIZE_MAX);
    flame_symbols_init(&file->names);
    file->name = flame_arena_copy(&file->arena, request->name);
    enum flame_status status = file->name ? find_code(file) : FLAME_NOMEM;
    if (status == FLAME_OK)
        *out = file;
    else
        flame_code_close(file);
    return status;
}

void flame_code_close(struct flame_code_file *file)
{
    if (!file)
        return;
    flame_dwarf_close(file->dwarf);
    flame_symbols_deinit(&file->names);
    flame_vec_free(&file->marks);
    flame_vec_free(&file->sections);
    flame_elf_close(&file->elf);
    flame_object_deinit(&file->own);
    flame_arena_deinit(&file->arena);
    free(file);
}

const char *flame_code_path(const struct flame_code_file *file)
{
    return file->path;
}

struct flame_build_id flame_code_build_id(const struct flame_code_file *file)
{
    return file->id;
}

uint64_t flame_code_built_ns(const struct flame_code_file *file)
{
    return file->built_ns;
}

/* Where the file has the symbol's first byte; false where its headers do not say it. */
static bool offset_of(const struct flame_code_file *file, const struct flame_symbol *symbol,
                      uint64_t *offset)
{
    const struct flame_elf *elf = &file->elf;
    *offset = file->object->base + symbol->start;
    if (file->request.kind == FLAME_OBJECT_KERNEL)
        return flame_elf_offset(elf, symbol->start - file->shift, offset);
    if (file->layout.bases) {
        const struct flame_elf_section *text = flame_elf_section(elf, ".text", SHT_PROGBITS);
        *offset += text ? text->header.sh_offset : 0;
        return text != NULL;
    }
    if (file->object->addressing == FLAME_ADDRESS_MAP) /* then the table has the file's own */
        return flame_elf_offset(elf, symbol->start, offset);
    return true;
}

/* The section, or without sections the executable segment, whose bytes hold the one at offset. */
static bool find_extent(const struct flame_elf *elf, uint64_t offset,
                        struct flame_code_extent *extent, size_t *section)
{
    const uint64_t wanted[] = { SHF_ALLOC | SHF_EXECINSTR, SHF_ALLOC };
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 1; i < elf->section_count; i++) {
            const GElf_Shdr *h = &elf->sections[i].header;
            if ((h->sh_flags & wanted[pass]) != wanted[pass] || h->sh_type == SHT_NOBITS ||
                offset < h->sh_offset || offset - h->sh_offset >= h->sh_size)
                continue;
            bool wraps = h->sh_size > UINT64_MAX - h->sh_offset;
            *extent = (struct flame_code_extent){ h->sh_offset,
                                                  wraps ? UINT64_MAX : h->sh_offset + h->sh_size,
                                                  elf->sections[i].name };
            *section = i;
            return true;
        }
    }
    for (size_t i = 0; elf->section_count < 2 && i < elf->load_count; i++) {
        const GElf_Phdr *p = &elf->loads[i];
        if (!(p->p_flags & PF_X) || offset < p->p_offset || offset - p->p_offset >= p->p_filesz)
            continue;
        bool wraps = p->p_filesz > UINT64_MAX - p->p_offset;
        *extent =
            (struct flame_code_extent){ p->p_offset, wraps ? UINT64_MAX : p->p_offset + p->p_filesz,
                                        "its segment" };
        *section = 0;
        return true;
    }
    return false;
}

/* The address that the file itself gives to a byte of it. */
static uint64_t address_of(const struct flame_code_file *file, uint64_t offset, size_t section)
{
    uint64_t svma = offset;
    if (file->layout.bases)
        return offset - file->elf.sections[section].header.sh_offset + file->layout.bases[section];
    if (!flame_elf_svma(&file->elf, offset, &svma) && section) {
        const GElf_Shdr *h = &file->elf.sections[section].header;
        svma = offset - h->sh_offset + h->sh_addr;
    }
    return svma;
}

struct flame_bounds *flame_code_bounds(const struct flame_code_file *file)
{
    return file->places->bounds;
}

enum flame_status flame_code_is_too_long(const struct flame_code_file *file, uint64_t offset,
                                         uint64_t size, struct flame_error *error)
{
    char remedy[FLAME_LIMIT_REMEDY];
    uint64_t most = flame_bound(file->places->bounds, FLAME_LIMIT_CODE);
    flame_limit_remedy(FLAME_LIMIT_CODE, most, remedy);
    flame_bounds_reach(file->places->bounds, FLAME_LIMIT_CODE, file->path, "a function has",
                       "of code");
    return flame_fail(error, FLAME_LIMIT, file->path, offset,
                      "the function has %" PRIu64 " bytes, more than the %" PRIu64
                      " that are disassembled%s",
                      size, most, remedy);
}

/* Cut what only a guess lets reach out of extent; what has a size of its own must not. */
static enum flame_status fit(const struct flame_code_file *file, const struct flame_symbol *symbol,
                             const struct flame_code_extent *extent, struct flame_code *code,
                             struct flame_error *error)
{
    uint64_t size = symbol->end - symbol->start, room = extent->end - code->offset;
    bool guessed = symbol->guessed || file->guessed;
    if (size > room && guessed)
        size = room;
    if (size > room)
        return flame_fail(error, FLAME_CORRUPT, file->path, code->offset,
                          "the function has %" PRIu64 " bytes, but %.64s ends at 0x%" PRIx64, size,
                          *extent->name ? extent->name : "its section", extent->end);
    if (size == 0)
        return flame_fail(error, FLAME_CORRUPT, file->path, code->offset,
                          "the function has no bytes");
    if (size > flame_bound(file->places->bounds, FLAME_LIMIT_CODE))
        return flame_code_is_too_long(file, code->offset, size, error);
    if (code->offset > file->elf.size || size > file->elf.size - code->offset)
        return flame_fail(error, FLAME_CORRUPT, file->path, code->offset,
                          "the function has %" PRIu64 " bytes, but the file ends at 0x%zx", size,
                          file->elf.size);
    code->size = (size_t)size;
    return FLAME_OK;
}

/* Whether code is missing in a pack: of what had no name there only what was hit is kept, if it was
 * not known where the function ends. So many zeros in a row are no instructions. */
static bool is_partial(const struct flame_code_file *file, const struct flame_code *code)
{
    enum { ZEROS = 12 };
    const struct flame_object *holder = file->holder;
    size_t zeros = 0;
    if (!holder->packed || flame_packed_at(file->places->packed, flame_str_from(holder->used)))
        return false;
    for (size_t i = 0; i < code->size && zeros < ZEROS; i++)
        zeros = code->bytes[i] ? 0 : zeros + 1;
    return zeros == ZEROS;
}

static enum flame_status code_in_elf(struct flame_code_file *file,
                                     const struct flame_symbol *symbol, struct flame_code *code,
                                     struct flame_error *error)
{
    const struct flame_elf *elf = &file->elf;
    struct flame_code_extent extent;
    size_t section;
    if (!offset_of(file, symbol, &code->offset))
        return flame_fail(error, FLAME_UNSUPPORTED, file->path, FLAME_NO_OFFSET,
                          "has no code at 0x%" PRIx64 ", where the function was recorded; if that "
                          "is a module's, the code is in its .ko",
                          code->address);
    if (!find_extent(elf, code->offset, &extent, &section))
        return flame_fail(error, FLAME_CORRUPT, file->path, code->offset,
                          "the function is in no section of the file that has bytes");
    code->address = address_of(file, code->offset, section);
    enum flame_status status = fit(file, symbol, &extent, code, error);
    if (status != FLAME_OK)
        return status;
    struct flame_cursor c = flame_cursor_make(elf->bytes, elf->size, 0, elf->swap, NULL, NULL);
    flame_cursor_seek(&c, code->offset, "code");
    code->bytes = flame_cursor_take(&c, code->size, "code");
    if (is_partial(file, code))
        return flame_fail(error, FLAME_UNSUPPORTED, file->path, code->offset,
                          "the pack has not all of the function's code, as it had no name where "
                          "the pack was made");
    if (file->layout.bases)
        status = flame_code_relocate(file, code);
    if (status == FLAME_OK)
        status = flame_code_find_marks(file, code->address - (code->offset - extent.start), code);
    return status == FLAME_OK
               ? FLAME_OK
               : flame_fail(error, status, file->path, FLAME_NO_OFFSET, "out of memory");
}

const struct flame_object *flame_code_holder(const struct flame_code_file *file)
{
    return file->source == FLAME_CODE_IN_ELF ? file->holder : NULL;
}

struct flame_code_memory flame_code_memory(const struct flame_code_file *file)
{
    struct flame_code_memory none = { 0 };
    return file->source == FLAME_CODE_IN_KCORE
               ? (struct flame_code_memory){ file->elf.size, file->shift, file->has_modules }
               : none;
}

enum flame_status flame_code_of(struct flame_code_file *file, const struct flame_symbol *symbol,
                                struct flame_code *code, struct flame_error *error)
{
    const GElf_Ehdr *header = &file->elf.header;
    *code = (struct flame_code){ .machine = { header->e_machine, header->e_flags, file->elf.wide,
                                              header->e_ident[EI_DATA] == ELFDATA2MSB },
                                 .address = symbol->start,
                                 .offset = symbol->start };
    switch (file->source) {
    case FLAME_CODE_IN_ELF:
        return code_in_elf(file, symbol, code, error);
    case FLAME_CODE_IN_KCORE:
        return flame_code_of_kcore(file, symbol, code, error);
    case FLAME_CODE_IN_JITDUMP:
        return flame_code_of_jitted(file, code, error);
    case FLAME_CODE_NOWHERE:
        break;
    }
    return flame_fail(error, file->why.status, file->why.path, FLAME_NO_OFFSET, "%s",
                      file->why.text);
}

enum flame_status flame_code_dwarf(struct flame_code_file *file, struct flame_dwarf **dwarf)
{
    enum flame_status status = FLAME_OK;
    if (!file->has_dwarf && file->source == FLAME_CODE_IN_ELF)
        status =
            flame_dwarf_open(&file->dwarf, file->holder, file->request.name, file->places, true);
    file->has_dwarf = status == FLAME_OK;
    *dwarf = file->dwarf;
    return status;
}
