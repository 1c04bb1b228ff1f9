/* code_module.c: an unlinked object (a kernel module) as if it were loaded.
 *
 * In the file, calls to other sections and to the kernel have no operands yet. We lay the sections
 * out where the file has them, give what is undefined places behind it, and fill in operands of
 * those kinds that calls, jumps and x86's data references have. Such an operand names the right
 * thing; its address is one of this layout, not the kernel's. What is of another kind stays as it
 * is in the file. Source: the psABIs; the kernel's module loaders. */
#include "code_file.h"

enum {
    SLOT = 16,           /* bytes between what is undefined */
    ROOM_MAX = 64 << 20, /* of a section without bytes; 32-bit operands must reach all */
};

enum flame_status flame_code_lay_out(struct flame_code_file *file)
{
    const struct flame_elf *elf = &file->elf;
    struct flame_code_layout *layout = &file->layout;
    const struct flame_elf_section *text = flame_elf_section(elf, ".text", SHT_PROGBITS);
    if (elf->header.e_type != ET_REL || elf->section_count == 0)
        return FLAME_OK;
    uint64_t origin = text ? text->header.sh_offset : 0;
    uint64_t behind = (elf->size + SLOT - 1) / SLOT * SLOT - origin;
    layout->bases = flame_arena_zalloc(&file->arena, elf->section_count, sizeof *layout->bases);
    if (!layout->bases)
        return FLAME_NOMEM;
    layout->count = elf->section_count;
    for (size_t i = 1; i < elf->section_count; i++) {
        const GElf_Shdr *h = &elf->sections[i].header;
        layout->bases[i] = h->sh_offset - origin;
        if (h->sh_type != SHT_NOBITS)
            continue;
        layout->bases[i] = behind;
        behind += (h->sh_size < ROOM_MAX ? h->sh_size / SLOT : ROOM_MAX / SLOT) * SLOT + SLOT;
    }
    layout->outside = behind;
    layout->symtab = flame_elf_section(elf, ".symtab", SHT_SYMTAB);
    return FLAME_OK;
}

uint64_t flame_code_outside(const struct flame_code_layout *layout, uint64_t index)
{
    return layout->outside + index * SLOT;
}

/* An operand: the bits of mask in a word of size bytes hold the value, shifted right; relative: to
 * its own address. */
struct operand {
    uint16_t machine;
    uint16_t type;
    uint8_t size, shift;
    bool relative;
    uint64_t mask;
};

static const struct operand operands[] = {
    { EM_X86_64, R_X86_64_64, 8, 0, false, UINT64_MAX },
    { EM_X86_64, R_X86_64_32, 4, 0, false, UINT32_MAX },
    { EM_X86_64, R_X86_64_32S, 4, 0, false, UINT32_MAX },
    { EM_X86_64, R_X86_64_PC32, 4, 0, true, UINT32_MAX },
    { EM_X86_64, R_X86_64_PLT32, 4, 0, true, UINT32_MAX },
    { EM_386, R_386_32, 4, 0, false, UINT32_MAX },
    { EM_386, R_386_PC32, 4, 0, true, UINT32_MAX },
    { EM_386, R_386_PLT32, 4, 0, true, UINT32_MAX },
    { EM_AARCH64, R_AARCH64_CALL26, 4, 2, true, 0x03ffffff },
    { EM_AARCH64, R_AARCH64_JUMP26, 4, 2, true, 0x03ffffff },
    { EM_PPC64, R_PPC64_REL24, 4, 0, true, 0x03fffffc },
    { EM_S390, R_390_PC32DBL, 4, 1, true, UINT32_MAX },
    { EM_S390, R_390_PLT32DBL, 4, 1, true, UINT32_MAX },
};

static const struct operand *operand_of(uint16_t machine, uint64_t type)
{
    for (size_t i = 0; i < sizeof operands / sizeof *operands; i++)
        if (operands[i].machine == machine && operands[i].type == type)
            return &operands[i];
    return NULL;
}

/* Where a symbol is in the layout; false: nowhere. */
static bool address_of(const struct flame_code_layout *layout, Elf_Data *symbols, uint64_t index,
                       uint64_t *address)
{
    GElf_Sym sym;
    if (!symbols || index > INT32_MAX || !gelf_getsym(symbols, (int)index, &sym))
        return false;
    *address = flame_code_outside(layout, index);
    if (sym.st_shndx != SHN_UNDEF && sym.st_shndx >= layout->count)
        return false;
    if (sym.st_shndx != SHN_UNDEF)
        *address = layout->bases[sym.st_shndx] + sym.st_value;
    return true;
}

/* AArch64 has its instructions little-endian in any file, so that the word's order is not always
 * the file's. */
static bool is_big(const struct flame_elf *elf)
{
    return elf->header.e_ident[EI_DATA] == ELFDATA2MSB && elf->header.e_machine != EM_AARCH64;
}

static uint64_t get_word(const uint8_t *at, size_t size, bool big)
{
    uint64_t v = 0;
    for (size_t i = 0; i < size; i++)
        v = v << 8 | at[big ? i : size - 1 - i];
    return v;
}

static void put_word(uint8_t *at, size_t size, bool big, uint64_t v)
{
    for (size_t i = 0; i < size; i++)
        at[big ? size - 1 - i : i] = (uint8_t)(v >> (8 * i));
}

/* One section with relocations, and the code that they may be about. */
struct patch {
    const struct flame_elf *elf;
    const struct flame_code_layout *layout;
    uint8_t *bytes;
    uint64_t start, address; /* of the code, in its section and in the layout */
    size_t size;
    bool rela;
};

static void apply(const struct patch *p, Elf_Data *symbols, const GElf_Rela *r)
{
    const struct operand *o = operand_of(p->elf->header.e_machine, GELF_R_TYPE(r->r_info));
    uint64_t value, at = r->r_offset - p->start;
    bool big = is_big(p->elf);
    if (!o || r->r_offset < p->start || at >= p->size || o->size > p->size - at ||
        !address_of(p->layout, symbols, GELF_R_SYM(r->r_info), &value))
        return;
    uint64_t word = get_word(p->bytes + at, o->size, big);
    value += p->rela ? (uint64_t)r->r_addend : (uint64_t)(int64_t)(int32_t)(word & o->mask);
    if (o->relative)
        value -= p->address + at;
    put_word(p->bytes + at, o->size, big, (word & ~o->mask) | (value >> o->shift & o->mask));
}

enum flame_status flame_code_relocate(struct flame_code_file *file, struct flame_code *code)
{
    const struct flame_elf *elf = &file->elf;
    uint8_t *copy = flame_arena_alloc(&file->arena, code->size);
    if (!copy)
        return FLAME_NOMEM;
    memcpy(copy, code->bytes, code->size);
    code->bytes = copy;
    uint64_t left = elf->size;
    for (size_t i = 1; i < elf->section_count; i++) {
        const GElf_Shdr *h = &elf->sections[i].header;
        if ((h->sh_type != SHT_RELA && h->sh_type != SHT_REL) || h->sh_info == 0 ||
            h->sh_info >= elf->section_count || h->sh_link >= elf->section_count)
            continue;
        uint64_t base = file->layout.bases[h->sh_info];
        if (code->address - base >= elf->sections[h->sh_info].header.sh_size ||
            elf->sections[h->sh_info].header.sh_type == SHT_NOBITS)
            continue;
        struct patch p = {
            .elf = elf,
            .layout = &file->layout,
            .bytes = copy,
            .start = code->address - base,
            .address = code->address,
            .size = code->size,
            .rela = h->sh_type == SHT_RELA,
        };
        const struct flame_elf_section *table = &elf->sections[h->sh_link];
        Elf_Data *symbols = table == file->layout.symtab ? elf_getdata(table->scn, NULL) : NULL;
        Elf_Data *data = flame_elf_data(&elf->sections[i], &left);
        GElf_Rela r;
        for (size_t k = 0; data && flame_elf_relocation(data, p.rela, k, &r); k++)
            apply(&p, symbols, &r);
    }
    return FLAME_OK;
}
