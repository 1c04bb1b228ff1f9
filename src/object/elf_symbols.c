/* elf_symbols.c: which ELF symbols name code, and where.
 *
 * Functions and data objects always; labels only where their section's name says text or data.
 * Symbols of a separate debug file are placed by the program headers of the file that ran.
 * Source: Linux tools/perf/util/symbol-elf.c (rules), the psABIs of ARM, RISC-V, PowerPC. */
#include "elf_symbols.h"

#include <flamedata/limits.h>
#include <string.h>

/* A symbol table and its strings, all that is needed to walk it. left_out: entries beyond count. */
struct table {
    const struct flame_elf *elf;
    Elf_Data *symbols, *indices;
    size_t count, left_out;
    struct flame_str names;
};

static Elf_Data *extended_indices(const struct flame_elf *elf,
                                  const struct flame_elf_section *section)
{
    size_t table = (size_t)(section - elf->sections);
    for (size_t i = 1; i < elf->section_count; i++) {
        const struct flame_elf_section *s = &elf->sections[i];
        if (s->header.sh_type == SHT_SYMTAB_SHNDX && s->header.sh_link == table)
            return elf_getdata(s->scn, NULL);
    }
    return NULL;
}

/* most: entries that are looked at. */
static bool open_table(struct table *t, const struct flame_elf *elf,
                       const struct flame_elf_section *section, uint64_t most)
{
    *t = (struct table){ .elf = elf, .names = flame_elf_strings(elf, section->header.sh_link) };
    t->symbols = elf_getdata(section->scn, NULL);
    if (!t->symbols || !t->symbols->d_buf || t->names.len == 0)
        return false;
    t->indices = extended_indices(elf, section);
    t->count = t->symbols->d_size / (elf->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym));
    if (t->count > most) {
        t->left_out = t->count - (size_t)most;
        t->count = (size_t)most;
    }
    return t->count <= INT32_MAX;
}

/* Entry i; false when it has no name. */
static bool get_entry(const struct table *t, size_t i, struct flame_elf_entry *entry)
{
    Elf32_Word extended = 0;
    GElf_Sym *sym = &entry->symbol;
    if (!gelf_getsymshndx(t->symbols, t->indices, (int)i, sym, &extended) || sym->st_name == 0 ||
        sym->st_name >= t->names.len)
        return false;
    entry->section = sym->st_shndx == SHN_XINDEX ? extended : sym->st_shndx;
    entry->name = t->names.ptr + sym->st_name;
    entry->index = i;
    return true;
}

/* Whether the entry says where something is in the file. */
static bool has_section(const struct flame_elf_entry *entry)
{
    uint16_t index = entry->symbol.st_shndx;
    return index != SHN_UNDEF && (index < SHN_LORESERVE || index == SHN_XINDEX);
}

bool flame_elf_is_mark(uint16_t machine, const char *name)
{
    if (machine == EM_ARM || machine == EM_AARCH64)
        return name[0] == '$' && name[1] && strchr("adtx", name[1]) &&
               (name[2] == 0 || name[2] == '.');
    return machine == EM_RISCV && name[0] == '$' && (name[1] == 'd' || name[1] == 'x');
}

static bool names_code(const GElf_Sym *sym, const char *section_name)
{
    unsigned visibility = GELF_ST_VISIBILITY(sym->st_other);
    switch (GELF_ST_TYPE(sym->st_info)) {
    case STT_FUNC:
    case STT_GNU_IFUNC:
    case STT_OBJECT:
        return true;
    case STT_NOTYPE:
        return visibility != STV_HIDDEN && visibility != STV_INTERNAL &&
               (strstr(section_name, "text") || strstr(section_name, "data"));
    default:
        return false;
    }
}

static enum flame_binding binding_of(const GElf_Sym *sym)
{
    switch (GELF_ST_BIND(sym->st_info)) {
    case STB_GLOBAL:
        return FLAME_BINDING_GLOBAL;
    case STB_WEAK:
        return FLAME_BINDING_WEAK;
    default:
        return FLAME_BINDING_LOCAL;
    }
}

/* How far the kernel lays a module's code out as the file has it: the end of the code sections that
 * follow one another from .text on. Source: layout_sections() of the module loader, as perf uses
 * it. */
static uint64_t module_text_end(const struct flame_elf *elf)
{
    const uint64_t code = SHF_ALLOC | SHF_EXECINSTR;
    uint64_t end = 0;
    for (size_t i = 1; i < elf->section_count; i++) {
        const GElf_Shdr *h = &elf->sections[i].header;
        const char *name = elf->sections[i].name;
        uint64_t align = h->sh_addralign ? h->sh_addralign : 1;
        if ((h->sh_flags & code) != code)
            continue;
        if (strncmp(name, ".init", 5) == 0 || strncmp(name, ".exit", 5) == 0)
            break;
        if (end && (end + align - 1) / align * align != h->sh_offset)
            break;
        end = h->sh_offset + h->sh_size;
    }
    return end;
}

/* What is the same for all symbols of one call. */
struct placing {
    const struct flame_elf_symbols_from *from;
    const struct flame_elf_section *text, *opd;
    uint64_t module_end;
};

/* PowerPC ELFv1: a function's symbol is its descriptor in .opd, whose first word is its code. */
static bool follow_descriptor(const struct placing *p, uint64_t value, uint64_t *code)
{
    const struct flame_elf *runtime = p->from->runtime;
    struct flame_cursor c = flame_elf_bytes(runtime, p->opd);
    uint64_t offset;
    if (!flame_cursor_seek(&c, p->opd->header.sh_offset + (value - p->opd->header.sh_addr), ".opd"))
        return false;
    *code = flame_cursor_u64(&c, ".opd");
    return !c.failed && flame_elf_offset(runtime, *code, &offset);
}

/* Turn a symbol's value into the address that the table is to have; false when it has none. */
static bool place(const struct placing *p, const GElf_Shdr *section, uint64_t value, uint64_t *out)
{
    switch (p->from->addresses) {
    case FLAME_ELF_SVMAS:
        *out = value + p->from->shift;
        return true;
    case FLAME_ELF_FROM_TEXT:
        if (!p->text || !(section->sh_flags & SHF_EXECINSTR) ||
            section->sh_offset < p->text->header.sh_offset || section->sh_offset > p->module_end)
            return false;
        *out = value - section->sh_addr + section->sh_offset - p->text->header.sh_offset;
        return true;
    case FLAME_ELF_FILE_OFFSETS:
        break;
    }
    if (!flame_elf_offset(p->from->runtime, value, out))
        *out = value - section->sh_addr + section->sh_offset;
    return true;
}

static bool add_symbol(struct flame_symbols *symbols, const struct placing *p, const GElf_Sym *sym,
                       const char *name, size_t index)
{
    const struct flame_elf *source = p->from->source, *runtime = p->from->runtime;
    uint16_t machine = source->header.e_machine;
    uint64_t value = sym->st_value, address;
    if (index >= source->section_count || flame_elf_is_mark(machine, name))
        return true;
    const struct flame_elf_section *section = &source->sections[index];
    if (p->opd && index == (size_t)(p->opd - runtime->sections)) {
        if (!follow_descriptor(p, value, &value))
            return true;
    } else if (section->header.sh_type == SHT_NOBITS && index < runtime->section_count) {
        section = &runtime->sections[index];
    }
    if (!(section->header.sh_flags & SHF_ALLOC) || !names_code(sym, section->name))
        return true;
    if (machine == EM_ARM && GELF_ST_TYPE(sym->st_info) == STT_FUNC)
        value &= ~(uint64_t)1; /* the low bit says Thumb */
    if (!place(p, &section->header, value, &address))
        return true;
    return flame_symbols_borrow(symbols, address, sym->st_size, name, binding_of(sym),
                                p->from->addresses != FLAME_ELF_FILE_OFFSETS);
}

bool flame_elf_symbols_add(struct flame_symbols *symbols, const struct flame_elf_symbols_from *from)
{
    struct table table;
    uint64_t usual = flame_limit_of(NULL, FLAME_LIMIT_SYMBOLS);
    if (!open_table(&table, from->source, from->table, symbols->most ? symbols->most : usual))
        return true;
    symbols->left_out += table.left_out;
    struct placing p = { .from = from };
    if (!flame_vec_reserve(&symbols->list, table.count))
        return false;
    if (from->runtime->header.e_machine == EM_PPC64)
        p.opd = flame_elf_section(from->runtime, ".opd", SHT_PROGBITS);
    if (from->addresses == FLAME_ELF_FROM_TEXT) {
        p.text = flame_elf_section(from->runtime, ".text", SHT_PROGBITS);
        p.module_end = module_text_end(from->runtime);
    }
    for (size_t i = 1; i < table.count; i++) {
        struct flame_elf_entry entry;
        if (get_entry(&table, i, &entry) && has_section(&entry) &&
            !add_symbol(symbols, &p, &entry.symbol, entry.name, entry.section))
            return false;
    }
    return flame_symbols_settle(symbols, FLAME_SIZES_ELF);
}

void flame_elf_each_symbol(const struct flame_elf *elf, const struct flame_elf_section *section,
                           bool (*each)(void *user, const struct flame_elf_entry *entry),
                           void *user)
{
    struct table table;
    struct flame_elf_entry entry;
    bool more = open_table(&table, elf, section, flame_limit_of(NULL, FLAME_LIMIT_SYMBOLS));
    for (size_t i = 1; more && i < table.count; i++)
        if (get_entry(&table, i, &entry))
            more = each(user, &entry);
}

bool flame_elf_symbol_value(const struct flame_elf *elf, struct flame_str name, uint64_t *value)
{
    const struct flame_elf_section *section = flame_elf_section(elf, ".symtab", SHT_SYMTAB);
    struct table table;
    if (!section || !open_table(&table, elf, section, flame_limit_of(NULL, FLAME_LIMIT_SYMBOLS)))
        return false;
    for (size_t i = 1; i < table.count; i++) {
        struct flame_elf_entry entry;
        if (get_entry(&table, i, &entry) && has_section(&entry) && flame_str_is(name, entry.name)) {
            *value = entry.symbol.st_value;
            return true;
        }
    }
    return false;
}
