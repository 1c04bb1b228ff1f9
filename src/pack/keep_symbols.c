/* keep_symbols.c: which symbols are kept, with their names.
 *
 * A symbol that is not kept is zero, which readers pass over; the others keep their places in the
 * table. Kept is what covers a place that may be named, and what decides about it: symbols that
 * begin where such a one begins (aliases), and the one behind, where a symbol's size is not said.
 * Source: symbols.c, elf_symbols.c, plt.c, code_names.c, code_marks.c in src/object. */
#include "keep_elf.h"

#include "elf_symbols.h"

#include <stdlib.h>
#include <string.h>

/* Beyond the last symbol, if it has no size: to the end of a page. */
enum { PAGES = 2 * 4096 };

/* A symbol table of this file.
 *
 * kept   one for each entry
 * fine   some symbol is kept that any reader takes for one */
struct table {
    const struct flame_elf_section *section;
    Elf_Data *data;
    struct flame_str names;
    bool *kept;
    size_t count;
    bool fine;
};

/* Where a symbol is, in one of two ways to count. */
struct place {
    uint64_t start, end;
    size_t table, index;
    bool sized;
};

enum { TABLES = 2 };

struct symbols {
    struct flame_keep *keep;
    struct table tables[TABLES];
    FLAME_VEC(struct place) places;
};

enum flame_keep_relocations flame_keep_relocations_of(const struct flame_elf_section *section)
{
    const GElf_Shdr *h = &section->header;
    if ((h->sh_type != SHT_REL && h->sh_type != SHT_RELA) || !(h->sh_flags & SHF_ALLOC))
        return FLAME_KEEP_NONE_OF_THEM;
    bool plt = strcmp(section->name, ".rela.plt") == 0 || strcmp(section->name, ".rel.plt") == 0;
    return plt ? FLAME_KEEP_ALL_OF_THEM : FLAME_KEEP_THOSE_OF_GOT;
}

/* false: memory is exhausted. */
static bool open_table(struct table *t, const struct flame_elf *elf, const char *name,
                       uint32_t type)
{
    *t = (struct table){ .section = flame_elf_section(elf, name, type) };
    t->data = t->section ? elf_getdata(t->section->scn, NULL) : NULL;
    if (!t->data || !t->data->d_buf)
        return true;
    t->names = flame_elf_strings(elf, t->section->header.sh_link);
    t->count = t->data->d_size / (elf->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym));
    if (t->count > INT32_MAX)
        t->count = 0;
    t->kept = calloc(t->count + 1, sizeof *t->kept);
    return t->kept != NULL;
}

static bool get(const struct table *t, size_t i, GElf_Sym *sym)
{
    return gelf_getsym(t->data, (int)i, sym) && sym->st_name && sym->st_name < t->names.len;
}

static bool has_section(const GElf_Sym *sym)
{
    return sym->st_shndx != SHN_UNDEF &&
           (sym->st_shndx < SHN_LORESERVE || sym->st_shndx == SHN_XINDEX);
}

/* The symbol's offset in the program's file, as its readers place it. */
static uint64_t offset_of(const struct flame_keep *keep, const GElf_Sym *sym)
{
    uint64_t offset = sym->st_value;
    if (flame_elf_offset(keep->program, sym->st_value, &offset) ||
        sym->st_shndx >= keep->elf.section_count)
        return offset;
    const GElf_Shdr *h = &keep->elf.sections[sym->st_shndx].header;
    return sym->st_value - h->sh_addr + h->sh_offset;
}

static int by_start(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

/* Where symbols without a size may end: where the next of their table begins. */
static void give_ends(struct symbols *s)
{
    uint64_t next[TABLES] = { 0 }, here[TABLES] = { 0 };
    bool known[TABLES] = { false };
    for (size_t i = s->places.count; i-- > 0;) {
        struct place *p = &s->places.items[i];
        uint64_t *n = &next[p->table], *h = &here[p->table];
        if (!known[p->table])
            *n = *h = p->start > UINT64_MAX - PAGES ? UINT64_MAX : p->start + PAGES;
        known[p->table] = true;
        if (p->start < *h) {
            *n = *h;
            *h = p->start;
        }
        if (!p->sized)
            p->end = *n;
    }
}

static void mark(struct symbols *s, size_t i)
{
    const struct place *p = &s->places.items[i];
    s->tables[p->table].kept[p->index] = true;
}

/* Where the run of symbols ends that begin where this one does. */
static size_t run_end(const struct symbols *s, size_t first)
{
    size_t end = first;
    while (end < s->places.count && s->places.items[end].start == s->places.items[first].start)
        end++;
    return end;
}

/* Keep what covers a place that may be named, its aliases, and what ends it. */
static void mark_named(struct symbols *s, const struct flame_ranges *named)
{
    bool ends = false; /* the run before is kept, and ends where this one begins */
    for (size_t first = 0, end; first < s->places.count; first = end) {
        bool kept = false, open = false;
        end = run_end(s, first);
        for (size_t i = first; i < end; i++) {
            const struct place *p = &s->places.items[i];
            kept = kept || flame_ranges_meet(named, p->start, p->end);
            open = open || !p->sized;
        }
        for (size_t i = first; i < end && (kept || ends); i++)
            mark(s, i);
        ends = kept && open;
    }
}

/* One pass over all symbols with sections. false: memory is exhausted. */
static bool mark_by(struct symbols *s, const struct flame_ranges *named, bool offsets)
{
    s->places.count = 0;
    for (size_t t = 0; t < TABLES; t++) {
        for (size_t i = 1; i < s->tables[t].count; i++) {
            GElf_Sym sym;
            if (!get(&s->tables[t], i, &sym) || !has_section(&sym))
                continue;
            struct place p = { .table = t, .index = i, .sized = sym.st_size > 0 };
            p.start = offsets ? offset_of(s->keep, &sym) : sym.st_value;
            p.end = sym.st_size > UINT64_MAX - p.start ? UINT64_MAX : p.start + sym.st_size;
            if (!flame_vec_push(&s->places, p))
                return false;
        }
    }
    if (s->places.count)
        qsort(s->places.items, s->places.count, sizeof *s->places.items, by_start);
    give_ends(s);
    mark_named(s, named);
    return true;
}

/* What has to be there wherever it lies: marks, the kernel's reference, and one function, without
 * which the table would seem to have none. */
static void mark_always(struct symbols *s, struct table *t)
{
    const struct flame_elf *elf = &s->keep->elf;
    for (size_t i = 1; i < t->count; i++) {
        GElf_Sym sym;
        if (!get(t, i, &sym))
            continue;
        const char *name = t->names.ptr + sym.st_name;
        bool first = !t->fine && GELF_ST_TYPE(sym.st_info) == STT_FUNC &&
                     sym.st_shndx < elf->section_count && sym.st_shndx != SHN_UNDEF &&
                     (elf->sections[sym.st_shndx].header.sh_flags & SHF_ALLOC);
        t->fine = t->fine || first;
        if (first || flame_elf_is_mark(elf->header.e_machine, name) ||
            flame_str_is(s->keep->names->reference, name))
            t->kept[i] = true;
    }
}

/* Keep the relocations that give names, and their symbols. */
static void keep_relocations(struct symbols *s)
{
    const struct flame_elf *elf = &s->keep->elf;
    uint64_t left = elf->size;
    for (size_t i = 1; i < elf->section_count; i++) {
        const struct flame_elf_section *section = &elf->sections[i];
        const GElf_Shdr *h = &section->header;
        enum flame_keep_relocations kind = flame_keep_relocations_of(section);
        bool rela = h->sh_type == SHT_RELA;
        uint64_t size = elf->wide ? (rela ? sizeof(Elf64_Rela) : sizeof(Elf64_Rel))
                                  : (rela ? sizeof(Elf32_Rela) : sizeof(Elf32_Rel));
        Elf_Data *data = kind ? flame_elf_data(section, &left) : NULL;
        struct table *t = NULL;
        for (size_t k = 0; k < TABLES && h->sh_link < elf->section_count; k++)
            if (s->tables[k].section == &elf->sections[h->sh_link])
                t = &s->tables[k];
        GElf_Rela r;
        for (size_t k = 0; data && flame_elf_relocation(data, rela, k, &r); k++) {
            if (kind != FLAME_KEEP_ALL_OF_THEM &&
                !flame_ranges_contain(&s->keep->names->got, r.r_offset))
                continue;
            flame_keep_bytes(s->keep, h->sh_offset + k * size, size);
            if (t && GELF_R_SYM(r.r_info) < t->count)
                t->kept[GELF_R_SYM(r.r_info)] = true;
        }
    }
}

/* Words of the GOT are read where relocations have no addends. */
static void keep_got(struct flame_keep *keep)
{
    bool without = false;
    for (size_t i = 1; i < keep->elf.section_count; i++)
        without = without || (keep->elf.sections[i].header.sh_type == SHT_REL &&
                              flame_keep_relocations_of(&keep->elf.sections[i]));
    for (size_t i = 1; i < keep->elf.section_count && without; i++)
        if (strncmp(keep->elf.sections[i].name, ".got", 4) == 0)
            flame_keep_section(keep, &keep->elf.sections[i]);
}

static void keep_whole(struct flame_keep *keep, const struct table *t)
{
    if (!t->section)
        return;
    flame_keep_section(keep, t->section);
    if (t->section->header.sh_link < keep->elf.section_count)
        flame_keep_section(keep, &keep->elf.sections[t->section->header.sh_link]);
}

static void keep_marked(struct flame_keep *keep, const struct table *t)
{
    const GElf_Shdr *h = &t->section->header;
    const GElf_Shdr *text = &keep->elf.sections[h->sh_link].header;
    uint64_t size = keep->elf.wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
    for (size_t i = 0; i < t->count; i++) {
        GElf_Sym sym;
        if (!t->kept[i] || !get(t, i, &sym))
            continue;
        flame_keep_bytes(keep, h->sh_offset + i * size, size);
        flame_keep_bytes(keep, text->sh_offset + sym.st_name,
                         strlen(t->names.ptr + sym.st_name) + 1);
    }
    /* What is behind the last zero stays no text. */
    if (text->sh_size > t->names.len)
        flame_keep_bytes(keep, text->sh_offset + t->names.len, text->sh_size - t->names.len);
}

void flame_keep_symbols(struct flame_keep *keep)
{
    const struct flame_keep_names *names = keep->names;
    struct symbols s = { .keep = keep };
    bool ok = open_table(&s.tables[0], &keep->elf, ".symtab", SHT_SYMTAB) &&
              open_table(&s.tables[1], &keep->elf, ".dynsym", SHT_DYNSYM);
    ok = ok &&
         (names->all || (mark_by(&s, &names->svmas, false) && mark_by(&s, &names->offsets, true)));
    keep_relocations(&s);
    keep_got(keep);
    for (size_t i = 0; i < TABLES && ok; i++) {
        struct table *t = &s.tables[i];
        mark_always(&s, t);
        if (names->all || !t->count || !t->names.len || !t->fine)
            keep_whole(keep, t);
        else
            keep_marked(keep, t);
    }
    keep->failed = keep->failed || !ok;
    flame_vec_free(&s.places);
    for (size_t i = 0; i < TABLES; i++)
        free(s.tables[i].kept);
}
