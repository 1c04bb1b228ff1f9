/* code_names.c: what lies at an address: a function, a PLT slot, data, a word of the GOT.
 *
 * The object's own symbols come first, so that a name here is the one in the graph. What they do
 * not have is collected when a name is first asked for: of a linked file the GOT, whose words are
 * named by their relocations ("puts@GOT"), or, where these have no symbol, after the function or
 * data that they will point to; of an unlinked one all of its symbols, in its layout. Text
 * constants and the like have no names, and get none. */
#include "code_file.h"

#include "elf_symbols.h"

#include <inttypes.h>
#include <stdio.h>

static const char got_suffix[] = "@GOT";

/* The symbols that know the file by offset. */
static const struct flame_symbols *symbols_of(const struct flame_code_file *file)
{
    return flame_object_symbols(file->holder);
}

/* The index of the section in memory that has the byte at an offset; 0: none. */
static size_t section_at(const struct flame_elf *elf, uint64_t offset)
{
    for (size_t i = 1; i < elf->section_count; i++) {
        const GElf_Shdr *h = &elf->sections[i].header;
        if ((h->sh_flags & SHF_ALLOC) && offset >= h->sh_offset &&
            offset - h->sh_offset < h->sh_size)
            return i;
    }
    return 0;
}

/* The symbol that covers an address of a linked file. One whose size is a guess ends with its
 * section. */
static const struct flame_symbol *find_linked(const struct flame_code_file *file, uint64_t svma,
                                              uint64_t *distance)
{
    uint64_t offset;
    if (!flame_elf_offset(&file->elf, svma, &offset))
        return NULL;
    offset -= file->holder->base;
    const struct flame_symbol *s = flame_symbols_find(symbols_of(file), offset);
    if (!s || (s->guessed && section_at(&file->elf, s->start) != section_at(&file->elf, offset)))
        return NULL;
    *distance = offset - s->start;
    return s;
}

static bool is_got(const struct flame_elf *elf, uint64_t svma)
{
    for (size_t i = 1; i < elf->section_count; i++) {
        const GElf_Shdr *h = &elf->sections[i].header;
        if (svma >= h->sh_addr && svma - h->sh_addr < h->sh_size &&
            strncmp(elf->sections[i].name, ".got", 4) == 0)
            return true;
    }
    return false;
}

/* The number that a relocation without an addend finds in the file. */
static uint64_t word_at(const struct flame_elf *elf, uint64_t svma)
{
    struct flame_cursor c = flame_cursor_make(elf->bytes, elf->size, 0, elf->swap, NULL, NULL);
    uint64_t offset;
    if (!flame_elf_offset(elf, svma, &offset) || !flame_cursor_seek(&c, offset, "GOT"))
        return 0;
    return elf->wide ? flame_cursor_u64(&c, "GOT") : flame_cursor_u32(&c, "GOT");
}

static bool add_got_word(struct flame_code_file *file, Elf_Data *symbols, struct flame_str names,
                         const GElf_Rela *r, bool rela)
{
    uint64_t index = GELF_R_SYM(r->r_info), distance, size = file->elf.wide ? 8 : 4;
    GElf_Sym sym;
    if (!is_got(&file->elf, r->r_offset))
        return true;
    if (index) {
        if (!symbols || index > INT32_MAX || !gelf_getsym(symbols, (int)index, &sym) ||
            sym.st_name == 0 || sym.st_name >= names.len)
            return true;
        return flame_symbols_borrow(&file->names, r->r_offset, size, names.ptr + sym.st_name,
                                    FLAME_BINDING_GLOBAL, false);
    }
    uint64_t target = rela ? (uint64_t)r->r_addend : word_at(&file->elf, r->r_offset);
    const struct flame_symbol *s = target ? find_linked(file, target, &distance) : NULL;
    if (!s || distance)
        return true;
    return flame_symbols_borrow(&file->names, r->r_offset, size, s->name, FLAME_BINDING_GLOBAL,
                                s->plain);
}

static bool add_got(struct flame_code_file *file)
{
    const struct flame_elf *elf = &file->elf;
    for (size_t i = 1; i < elf->section_count; i++) {
        const GElf_Shdr *h = &elf->sections[i].header;
        bool rela = h->sh_type == SHT_RELA;
        if ((!rela && h->sh_type != SHT_REL) || !(h->sh_flags & SHF_ALLOC) ||
            h->sh_link >= elf->section_count)
            continue;
        const struct flame_elf_section *table = &elf->sections[h->sh_link];
        bool named = table->header.sh_type == SHT_DYNSYM || table->header.sh_type == SHT_SYMTAB;
        Elf_Data *symbols = named ? elf_getdata(table->scn, NULL) : NULL;
        struct flame_str names = flame_elf_strings(elf, table->header.sh_link);
        Elf_Data *data = elf_getdata(elf->sections[i].scn, NULL);
        GElf_Rela r;
        for (size_t k = 0; data && flame_elf_relocation(data, rela, k, &r); k++)
            if (!add_got_word(file, symbols, names, &r, rela))
                return false;
    }
    return true;
}

struct unlinked {
    struct flame_code_file *file;
    bool failed;
};

static bool add_unlinked(void *user, const struct flame_elf_entry *entry)
{
    struct unlinked *u = user;
    const struct flame_code_layout *layout = &u->file->layout;
    const GElf_Sym *sym = &entry->symbol;
    unsigned type = GELF_ST_TYPE(sym->st_info);
    uint64_t address = layout->outside + entry->index * 16, size = 1;
    if (type == STT_SECTION || type == STT_FILE || type == STT_TLS ||
        flame_elf_is_mark(u->file->elf.header.e_machine, entry->name))
        return true;
    if (entry->section >= layout->count)
        return true;
    if (entry->section) {
        address = layout->bases[entry->section] + sym->st_value;
        size = sym->st_size;
    }
    enum flame_binding binding =
        GELF_ST_BIND(sym->st_info) == STB_GLOBAL ? FLAME_BINDING_GLOBAL : FLAME_BINDING_LOCAL;
    u->failed = !flame_symbols_borrow(&u->file->names, address, size, entry->name, binding, true);
    return !u->failed;
}

/* Collect what the object's symbols lack. When memory runs out, nothing is: a name is a kindness.
 */
static void collect(struct flame_code_file *file)
{
    struct unlinked u = { file, false };
    file->has_names = true;
    if (file->layout.symtab)
        flame_elf_each_symbol(&file->elf, file->layout.symtab, add_unlinked, &u);
    bool ok = file->layout.bases ? !u.failed : add_got(file);
    if (ok && file->names.list.count)
        ok = flame_symbols_settle(&file->names, FLAME_SIZES_ELF);
    if (!ok) {
        flame_symbols_deinit(&file->names);
        flame_symbols_init(&file->names);
    }
}

/* "name", "name@GOT", "name+0x10", cut to fit. */
static size_t spell(const struct flame_symbol *symbol, const char *suffix, uint64_t distance,
                    char *out, size_t cap)
{
    char tail[32];
    int n = distance ? snprintf(tail, sizeof tail, "%s+0x%" PRIx64, suffix, distance)
                     : snprintf(tail, sizeof tail, "%s", suffix);
    size_t length = (size_t)n;
    size_t used = flame_symbol_show(symbol, out, cap > length ? cap - length : cap);
    if (used + length < cap) {
        memcpy(out + used, tail, length + 1);
        used += length;
    }
    return used;
}

/* What the collected names say; NULL: nothing. */
static const struct flame_symbol *find_collected(struct flame_code_file *file, uint64_t address,
                                                 uint64_t *distance)
{
    if (!file->has_names)
        collect(file);
    const struct flame_symbol *s = flame_symbols_find(&file->names, address);
    *distance = s ? address - s->start : 0;
    return s;
}

size_t flame_code_name(struct flame_code_file *file, uint64_t address, char *out, size_t cap)
{
    const struct flame_symbol *symbol = NULL, *word = NULL;
    uint64_t distance = 0, word_distance = 0;
    if (cap)
        *out = 0;
    if (file->source == FLAME_CODE_NOWHERE || cap == 0)
        return 0;
    if (file->request.kind == FLAME_OBJECT_KERNEL) {
        symbol = flame_symbols_find(flame_object_symbols(file->object), address + file->shift);
        distance = symbol ? address + file->shift - symbol->start : 0;
    } else if (file->layout.bases) {
        symbol = find_collected(file, address, &distance);
    } else {
        symbol = find_linked(file, address, &distance);
        if (!symbol || symbol->guessed) /* _GLOBAL_OFFSET_TABLE_ seems to be all of it */
            word = find_collected(file, address, &word_distance);
    }
    if (word)
        return spell(word, got_suffix, word_distance, out, cap);
    return symbol ? spell(symbol, "", distance, out, cap) : 0;
}
