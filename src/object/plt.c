/* plt.c: who a PLT slot calls.
 *
 * On x86 a slot is decoded: it jumps through a GOT word, whose relocation names the function, or
 * pushes the number of the relocation. Elsewhere slot i belongs to relocation i, after a header.
 * What is left of .plt is called ".plt". Does not name MIPS stubs nor PowerPC's, whose .plt is
 * data. Source: the psABIs; Linux tools/perf/util/symbol-elf.c for sizes and spelling. */
#include "plt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One relocation: the word at svma is to hold the address of name; or, if that is NULL at first, of
 * the function that the resolver at addend returns. */
struct link {
    uint64_t svma, addend;
    const char *name;
};

struct links {
    FLAME_VEC(struct link) list;
};

struct plt {
    struct flame_symbols *symbols;
    const struct flame_elf *elf;
    struct links jumps;  /* .rela.plt, in its order */
    struct links sorted; /* those and .rela.dyn's, by svma */
    uint64_t got;        /* svma that %ebx holds in i386 slots */
};

/* The bytes of a section with code of x86 or AArch64, whose instructions are little-endian in any
 * file. */
static struct flame_cursor code_of(const struct flame_elf *elf,
                                   const struct flame_elf_section *section)
{
    struct flame_cursor c = flame_elf_bytes(elf, section);
    c.swap = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    return c;
}

/* Read a relocation section. all: keep entries without a symbol too (they are indirect functions in
 * .rela.plt, but mere relocations in .rela.dyn). */
static bool read_links(struct links *links, const struct flame_elf *elf, const char *name, bool all)
{
    char section_name[32];
    snprintf(section_name, sizeof section_name, ".rela%s", name);
    const struct flame_elf_section *s = flame_elf_section(elf, section_name, SHT_RELA);
    bool rela = s != NULL;
    if (!s) {
        snprintf(section_name, sizeof section_name, ".rel%s", name);
        s = flame_elf_section(elf, section_name, SHT_REL);
    }
    if (!s || s->header.sh_link >= elf->section_count)
        return true;
    const struct flame_elf_section *table = &elf->sections[s->header.sh_link];
    bool named = table->header.sh_type == SHT_DYNSYM || table->header.sh_type == SHT_SYMTAB;
    Elf_Data *symbols = named ? elf_getdata(table->scn, NULL) : NULL;
    struct flame_str names = flame_elf_strings(elf, table->header.sh_link);
    Elf_Data *data = elf_getdata(s->scn, NULL);
    GElf_Rela r;
    for (size_t i = 0; data && flame_elf_relocation(data, rela, i, &r); i++) {
        size_t index = GELF_R_SYM(r.r_info);
        struct link link = { .svma = r.r_offset, .addend = (uint64_t)r.r_addend };
        GElf_Sym sym;
        if (index && symbols && index <= INT32_MAX && gelf_getsym(symbols, (int)index, &sym))
            link.name = sym.st_name < names.len ? names.ptr + sym.st_name : NULL;
        if ((index || all) && !flame_vec_push(&links->list, link))
            return false;
    }
    return true;
}

static int by_svma(const void *a, const void *b)
{
    const struct link *x = a, *y = b;
    return x->svma < y->svma ? -1 : x->svma > y->svma;
}

static const struct link *link_at(const struct plt *plt, uint64_t svma)
{
    struct link key = { .svma = svma };
    if (plt->sorted.list.count == 0)
        return NULL;
    return bsearch(&key, plt->sorted.list.items, plt->sorted.list.count, sizeof key, by_svma);
}

/* Name the relocations of indirect functions after the symbol at their resolver. */
static void name_resolvers(struct plt *plt)
{
    for (size_t i = 0; i < plt->jumps.list.count; i++) {
        struct link *link = &plt->jumps.list.items[i];
        uint64_t offset;
        if (link->name || !flame_elf_offset(plt->elf, link->addend, &offset))
            continue;
        const struct flame_symbol *s = flame_symbols_find(plt->symbols, offset);
        if (s && s->start == offset)
            link->name = s->name;
    }
}

/* Name the slot at a file offset. */
static bool name_slot(struct plt *plt, uint64_t offset, uint64_t size, const struct link *link)
{
    struct flame_symbols *symbols = plt->symbols;
    if (link->name && *link->name) {
        bool full = flame_symbols_full(symbols);
        if (!flame_symbols_borrow(symbols, offset, size, link->name, FLAME_BINDING_GLOBAL, false))
            return false;
        if (!full)
            symbols->list.items[symbols->list.count - 1].plt = true;
        return true;
    }
    char text[40];
    snprintf(text, sizeof text, "offset_0x%" PRIx64 "@plt", offset);
    return flame_symbols_add(symbols, offset, size, flame_str_from(text), FLAME_BINDING_GLOBAL,
                             true);
}

/* The relocation of one x86 slot, given its bytes and address; NULL when it is not a slot. */
static const struct link *decode_x86(const struct plt *plt, struct flame_cursor c, uint64_t svma)
{
    const bool wide = plt->elf->header.e_machine == EM_X86_64;
    const uint8_t *start = c.at;
    size_t left = flame_cursor_left(&c);
    if (left >= 4 && start[0] == 0xf3 && start[1] == 0x0f && start[2] == 0x1e)
        flame_cursor_take(&c, 4, "endbr");
    uint8_t first = flame_cursor_u8(&c, "opcode");
    if (first == 0xf2) /* bnd */
        first = flame_cursor_u8(&c, "opcode");
    if (first == 0x68) { /* push: the relocation's index, on i386 its offset in .rel.plt */
        uint64_t number = flame_cursor_u32(&c, "index") / (wide ? 1 : sizeof(Elf32_Rel));
        return !c.failed && number < plt->jumps.list.count ? &plt->jumps.list.items[number] : NULL;
    }
    uint8_t mode = flame_cursor_u8(&c, "mode");
    uint64_t at = flame_cursor_u32(&c, "displacement");
    if (c.failed || first != 0xff || (mode != 0x25 && (wide || mode != 0xa3)))
        return NULL;
    if (wide)
        at = svma + (uint64_t)(c.at - start) + (uint64_t)(int64_t)(int32_t)at;
    if (mode == 0xa3) { /* jmp *disp(%ebx) */
        at = (uint32_t)(at + plt->got);
    }
    return link_at(plt, at);
}

static uint64_t x86_slot_size(const GElf_Shdr *h)
{
    if (h->sh_entsize == 8 || h->sh_entsize == 16)
        return h->sh_entsize;
    return h->sh_addralign == 8 ? 8 : 16;
}

static bool name_x86(struct plt *plt, const struct flame_elf_section *section)
{
    const GElf_Shdr *h = &section->header;
    const uint64_t size = x86_slot_size(h);
    struct flame_cursor bytes = code_of(plt->elf, section);
    for (uint64_t at = 0; flame_cursor_left(&bytes) >= size; at += size) {
        struct flame_cursor slot = flame_cursor_sub(&bytes, size, "plt slot");
        const struct link *link = decode_x86(plt, slot, h->sh_addr + at);
        if (link && !name_slot(plt, h->sh_offset + at, size, link))
            return false;
    }
    return true;
}

static bool all_x86(struct plt *plt)
{
    static const char *const names[] = { ".plt", ".plt.sec", ".plt.got" };
    const struct flame_elf_section *got = flame_elf_section(plt->elf, ".got.plt", SHT_NULL);
    if (!got)
        got = flame_elf_section(plt->elf, ".got", SHT_NULL);
    plt->got = got ? got->header.sh_addr : 0;
    if (flame_elf_section(plt->elf, ".plt.got", SHT_PROGBITS) &&
        !read_links(&plt->sorted, plt->elf, ".dyn", false))
        return false;
    for (size_t i = 0; i < plt->jumps.list.count; i++)
        if (!flame_vec_push(&plt->sorted.list, plt->jumps.list.items[i]))
            return false;
    if (plt->sorted.list.count)
        qsort(plt->sorted.list.items, plt->sorted.list.count, sizeof(struct link), by_svma);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct flame_elf_section *s = flame_elf_section(plt->elf, names[i], SHT_PROGBITS);
        if (s && (s->header.sh_flags & SHF_EXECINSTR) && !name_x86(plt, s))
            return false;
    }
    return true;
}

/* Each AArch64 slot has one "adrp x16"; it is longer than usual where branches are protected. */
static uint64_t aarch64_slot_size(struct flame_cursor c, uint64_t header, uint64_t usual)
{
    uint64_t first = 0;
    flame_cursor_take(&c, header, "plt header");
    while (flame_cursor_left(&c) >= 4) {
        uint64_t at = flame_cursor_offset(&c);
        if ((flame_cursor_u32(&c, "instruction") & 0x9f00001f) != 0x90000010)
            continue;
        if (first)
            return at - first;
        first = at;
    }
    return usual;
}

/* Bytes of the header and of each slot; slot 0 where nothing is known. */
static void slot_sizes(const struct flame_elf *elf, const struct flame_elf_section *section,
                       uint64_t *header, uint64_t *slot)
{
    const struct {
        uint16_t machine, header, slot;
    } known[] = {
        { EM_ARM, 20, 12 },
        { EM_AARCH64, 32, 16 },
        { EM_RISCV, 32, 16 },
        { EM_S390, 32, 32 },
        { EM_SPARC, 48, 12 },
        { EM_SPARCV9, 128, 32 },
        { 258 /* LoongArch */, 32, 16 },
    };
    *header = *slot = section->header.sh_entsize;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].machine == elf->header.e_machine) {
            *header = known[i].header;
            *slot = known[i].slot;
        }
    }
    if (elf->header.e_machine == EM_AARCH64)
        *slot = aarch64_slot_size(code_of(elf, section), *header, *slot);
}

static bool all_in_order(struct plt *plt)
{
    const struct flame_elf_section *s = flame_elf_section(plt->elf, ".plt", SHT_PROGBITS);
    if (!s || !(s->header.sh_flags & SHF_EXECINSTR))
        return true;
    uint64_t at, size;
    slot_sizes(plt->elf, s, &at, &size);
    if (size == 0 || s->header.sh_size < at || s->header.sh_size > plt->elf->size)
        return true;
    for (size_t i = 0; i < plt->jumps.list.count && s->header.sh_size - at >= size; i++) {
        if (!name_slot(plt, s->header.sh_offset + at, size, &plt->jumps.list.items[i]))
            return false;
        at += size;
    }
    return true;
}

bool flame_plt_add(struct flame_symbols *symbols, const struct flame_elf *runtime)
{
    struct plt plt = { .symbols = symbols, .elf = runtime };
    uint16_t machine = runtime->header.e_machine;
    bool ok = read_links(&plt.jumps, runtime, ".plt", true);
    if (ok) {
        name_resolvers(&plt);
        ok = (machine == EM_X86_64 || machine == EM_386 ? all_x86(&plt) : all_in_order(&plt)) &&
             flame_symbols_settle(symbols, FLAME_SIZES_ELF);
    }
    flame_vec_free(&plt.jumps.list);
    flame_vec_free(&plt.sorted.list);
    return ok;
}
