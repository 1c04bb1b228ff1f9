/* code_names.c: what lies at an address: a function, a PLT slot, data, a word of the GOT.
 *
 * The object's own symbols come first, so that a name here is the one in the graph. What they do
 * not have is collected when a name is first asked for: of a linked file the GOT, whose words are
 * named by their relocations ("puts@GOT"), or, where these have no symbol, after the function or
 * data that they will point to; of an unlinked one all of its symbols, in its layout. Text
 * constants and the like have no names, and get none. A hostile file has tens of thousands of
 * sections: they are looked up by bisection. */
#include "code_file.h"

#include "elf_symbols.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char got_suffix[] = "@GOT";

/* The symbols that know the file by offset. */
static const struct flame_symbols *symbols_of(const struct flame_code_file *file)
{
    return flame_object_symbols(file->holder);
}

static int by_start(const void *a, const void *b)
{
    const struct flame_code_range *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->section < y->section ? -1 : x->section > y->section;
}

static bool add_range(struct flame_code_ranges *ranges, uint64_t start, uint64_t size, size_t i)
{
    uint64_t end = size > UINT64_MAX - start ? UINT64_MAX : start + size;
    return size == 0 || flame_vec_push(ranges, (struct flame_code_range){ start, end, i });
}

/* Sort; of what lies under several the one that begins last has it, then the last of the table. */
static void sort_ranges(struct flame_code_ranges *ranges)
{
    if (ranges->count)
        qsort(ranges->items, ranges->count, sizeof *ranges->items, by_start);
}

/* The section of the range that has a place; 0: none. */
static size_t section_at(const struct flame_code_ranges *ranges, uint64_t at)
{
    size_t low = 0, high = ranges->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges->items[middle].start <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low && at < ranges->items[low - 1].end ? ranges->items[low - 1].section : 0;
}

/* Whether two offsets are in one section in memory. Without memory to tell they are not: a name is
 * a kindness. */
static bool in_one_section(struct flame_code_file *file, uint64_t a, uint64_t b)
{
    const struct flame_elf *elf = &file->elf;
    for (size_t i = 1; !file->has_sections && i < elf->section_count; i++) {
        const GElf_Shdr *h = &elf->sections[i].header;
        if ((h->sh_flags & SHF_ALLOC) && !add_range(&file->sections, h->sh_offset, h->sh_size, i)) {
            flame_vec_free(&file->sections);
            return false;
        }
    }
    if (!file->has_sections)
        sort_ranges(&file->sections);
    file->has_sections = true;
    return section_at(&file->sections, a) == section_at(&file->sections, b);
}

/* The symbol that covers an address of a linked file. One whose size is a guess ends with its
 * section. */
static const struct flame_symbol *find_linked(struct flame_code_file *file, uint64_t svma,
                                              uint64_t *distance)
{
    uint64_t offset;
    if (!flame_elf_offset(&file->elf, svma, &offset))
        return NULL;
    offset -= file->holder->base;
    const struct flame_symbol *s = flame_symbols_find(symbols_of(file), offset);
    if (!s || (s->guessed && !in_one_section(file, s->start, offset)))
        return NULL;
    *distance = offset - s->start;
    return s;
}

/* Where the words of the GOT are, by address. */
static bool find_got(const struct flame_elf *elf, struct flame_code_ranges *got)
{
    for (size_t i = 1; i < elf->section_count; i++) {
        const GElf_Shdr *h = &elf->sections[i].header;
        if (strncmp(elf->sections[i].name, ".got", 4) == 0 &&
            !add_range(got, h->sh_addr, h->sh_size, i))
            return false;
    }
    sort_ranges(got);
    return true;
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

static bool add_got_words(struct flame_code_file *file, const struct flame_code_ranges *got)
{
    const struct flame_elf *elf = &file->elf;
    const struct flame_elf_section *last = NULL;
    Elf_Data *symbols = NULL;
    uint64_t left = elf->size;
    for (size_t i = 1; i < elf->section_count; i++) {
        const GElf_Shdr *h = &elf->sections[i].header;
        bool rela = h->sh_type == SHT_RELA;
        if ((!rela && h->sh_type != SHT_REL) || !(h->sh_flags & SHF_ALLOC) ||
            h->sh_link >= elf->section_count)
            continue;
        const struct flame_elf_section *table = &elf->sections[h->sh_link];
        bool named = table->header.sh_type == SHT_DYNSYM || table->header.sh_type == SHT_SYMTAB;
        if (table != last)
            symbols = named ? flame_elf_data(table, &left) : NULL;
        last = table;
        struct flame_str names = flame_elf_strings(elf, table->header.sh_link);
        Elf_Data *data = flame_elf_data(&elf->sections[i], &left);
        GElf_Rela r;
        for (size_t k = 0; data && flame_elf_relocation(data, rela, k, &r); k++)
            if (section_at(got, r.r_offset) && !add_got_word(file, symbols, names, &r, rela))
                return false;
    }
    return true;
}

static bool add_got(struct flame_code_file *file)
{
    struct flame_code_ranges got = { 0 };
    bool ok = find_got(&file->elf, &got) && add_got_words(file, &got);
    flame_vec_free(&got);
    return ok;
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
    uint64_t address = flame_code_outside(layout, entry->index), size = 1;
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
