/* keep_names.c: which places the kept code may refer to, without taking it apart.
 *
 * Whoever shows this code names what operands point to, and the symbols there have to be kept. On
 * x86 an operand is a distance of four bytes, from the instruction's end; where instructions begin
 * is not known here, so that each place is taken for an operand. Of those that are none, few point
 * into the program. On AArch64 the bits of a word say whether it is one. Elsewhere all symbols are
 * kept. Does not find what an unlinked object's code refers to (all of its symbols are kept, too).
 * Source: Intel's and Arm's manuals. */
#include "keep_elf.h"

#include <string.h>

/* How far a jump with one byte of distance goes, from where it ends; and a little more. */
enum { SHORT_JUMP = 130 };

struct search {
    struct flame_keep_names *names;
    const struct flame_elf *program;
    uint64_t low, high; /* of what the program has in memory */
    bool failed;
};

static void add_place(struct search *s, uint64_t svma)
{
    uint64_t offset;
    if (!s->program->wide)
        svma &= UINT32_MAX;
    if (svma < s->low || svma >= s->high)
        return;
    s->failed = s->failed || !flame_ranges_add(&s->names->svmas, svma, svma + 1);
    if (flame_elf_offset(s->program, svma, &offset))
        s->failed = s->failed || !flame_ranges_add(&s->names->offsets, offset, offset + 1);
}

static uint32_t word_at(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* A jump whose operands are cut to 16 bits, which only data does that is taken for code. */
static void add_narrow(struct search *s, const uint8_t *code, size_t at, size_t size, uint64_t svma)
{
    bool call = at > 0 && (code[at - 1] & 0xfe) == 0xe8;
    bool jump = at > 1 && code[at - 2] == 0x0f && (code[at - 1] & 0xf0) == 0x80;
    bool cut = false;
    for (size_t back = 2; back < 6 && back <= at; back++)
        cut = cut || code[at - back] == 0x66;
    if (!cut || (!call && !jump) || size - at < 2)
        return;
    int16_t distance = (int16_t)(code[at] | code[at + 1] << 8);
    uint64_t target = svma + at + 2 + (uint64_t)(int64_t)distance;
    add_place(s, target);
    add_place(s, target & UINT16_MAX);
}

/* Behind the distance there may be an immediate of 1, 2 or 4 bytes. */
static void scan_x86(struct search *s, const uint8_t *code, size_t size, uint64_t svma)
{
    static const uint8_t behind[] = { 4, 5, 6, 8 };
    for (size_t at = 0; at < size; at++) {
        add_narrow(s, code, at, size, svma);
        if (size - at < 4)
            continue;
        uint64_t distance = (uint64_t)(int64_t)(int32_t)word_at(code + at);
        for (size_t i = 0; i < sizeof behind; i++)
            add_place(s, svma + at + behind[i] + distance);
    }
}

/* A signed field of a word, in units of 1 << shift. */
static uint64_t field(uint32_t word, unsigned low, unsigned bits, unsigned shift)
{
    uint64_t v = word >> low & ((UINT64_C(1) << bits) - 1);
    if (v >> (bits - 1))
        v |= UINT64_MAX << bits;
    return v << shift;
}

/* Jumps and calls; tbz; b.cond, cbz, literals; adr, adrp. */
static void scan_aarch64(struct search *s, const uint8_t *code, size_t size, uint64_t svma)
{
    for (size_t at = 0; size - at >= 4; at += 4) {
        uint32_t word = word_at(code + at);
        uint64_t here = svma + at;
        if ((word & 0x7c000000) == 0x14000000)
            add_place(s, here + field(word, 0, 26, 2));
        else if ((word & 0x7e000000) == 0x36000000)
            add_place(s, here + field(word, 5, 14, 2));
        else if ((word & 0x7e000000) == 0x34000000 || (word & 0xfe000000) == 0x54000000 ||
                 (word & 0x3b000000) == 0x18000000)
            add_place(s, here + field(word, 5, 19, 2));
        else if ((word & 0x1f000000) == 0x10000000) {
            uint64_t distance = field(word, 5, 19, 2) | (word >> 29 & 3);
            if (word >> 31)
                add_place(s, (here & ~UINT64_C(0xfff)) + (distance << 12));
            else
                add_place(s, here + distance);
        }
    }
}

static void scan(struct search *s, const struct flame_range *function)
{
    const struct flame_elf *elf = s->program;
    uint64_t svma, end = function->end < elf->size ? function->end : elf->size;
    if (function->start >= end || !flame_elf_svma(elf, function->start, &svma))
        return;
    const uint8_t *code = elf->bytes + function->start;
    if (elf->header.e_machine == EM_AARCH64)
        scan_aarch64(s, code, (size_t)(end - function->start), svma);
    else
        scan_x86(s, code, (size_t)(end - function->start), svma);
}

/* What is hit, and all that a short jump may go to from there. */
static void add_function(struct search *s, const struct flame_range *function)
{
    uint64_t start = function->start > SHORT_JUMP ? function->start - SHORT_JUMP : 0, svma;
    uint64_t end =
        function->end < UINT64_MAX - SHORT_JUMP ? function->end + SHORT_JUMP : UINT64_MAX;
    bool ok = flame_ranges_add(&s->names->offsets, start, end);
    if (flame_elf_svma(s->program, function->start, &svma)) {
        uint64_t before = function->start - start;
        before = before < svma ? before : svma;
        ok =
            ok && flame_ranges_add(&s->names->svmas, svma - before, svma + (end - function->start));
    }
    s->failed = s->failed || !ok;
}

/* Where words of the GOT are. */
static void find_got(struct search *s)
{
    for (size_t i = 1; i < s->program->section_count; i++) {
        const struct flame_elf_section *section = &s->program->sections[i];
        const GElf_Shdr *h = &section->header;
        if (strncmp(section->name, ".got", 4) == 0 && h->sh_size <= UINT64_MAX - h->sh_addr)
            s->failed =
                s->failed || !flame_ranges_add(&s->names->got, h->sh_addr, h->sh_addr + h->sh_size);
    }
    flame_ranges_settle(&s->names->got);
}

/* Where a relocation without an addend has it. */
static uint64_t word_of(const struct flame_elf *elf, uint64_t svma)
{
    struct flame_cursor c = flame_cursor_make(elf->bytes, elf->size, 0, elf->swap, NULL, NULL);
    uint64_t offset;
    if (!flame_elf_offset(elf, svma, &offset) || !flame_cursor_seek(&c, offset, "GOT"))
        return 0;
    return elf->wide ? flame_cursor_u64(&c, "GOT") : flame_cursor_u32(&c, "GOT");
}

/* The function or data that a word of the GOT will point to: the word is named after it, and so is
 * a slot of the PLT whose function a resolver chooses. */
static void add_pointed_to(struct search *s)
{
    uint64_t left = s->program->size;
    for (size_t i = 1; i < s->program->section_count; i++) {
        const struct flame_elf_section *section = &s->program->sections[i];
        enum flame_keep_relocations kind = flame_keep_relocations_of(section);
        Elf_Data *data = kind ? flame_elf_data(section, &left) : NULL;
        bool rela = section->header.sh_type == SHT_RELA;
        GElf_Rela r;
        for (size_t k = 0; data && flame_elf_relocation(data, rela, k, &r); k++)
            if (kind == FLAME_KEEP_ALL_OF_THEM || flame_ranges_contain(&s->names->got, r.r_offset))
                add_place(s, rela ? (uint64_t)r.r_addend : word_of(s->program, r.r_offset));
    }
}

void flame_keep_names_free(struct flame_keep_names *names)
{
    flame_ranges_free(&names->svmas);
    flame_ranges_free(&names->offsets);
    flame_ranges_free(&names->got);
}

bool flame_keep_find_names(struct flame_keep_names *names, const struct flame_elf *program,
                           const struct flame_ranges *functions)
{
    uint16_t machine = program->header.e_machine;
    struct search s = { .names = names, .program = program, .low = UINT64_MAX };
    names->all = program->header.e_type == ET_REL ||
                 (machine != EM_X86_64 && machine != EM_386 && machine != EM_AARCH64);
    for (size_t i = 0; i < program->load_count; i++) {
        const GElf_Phdr *p = &program->loads[i];
        s.low = p->p_vaddr < s.low ? p->p_vaddr : s.low;
        s.high = p->p_vaddr + p->p_memsz > s.high ? p->p_vaddr + p->p_memsz : s.high;
    }
    find_got(&s);
    for (size_t i = 0; i < functions->count && !names->all; i++) {
        add_function(&s, &functions->items[i]);
        scan(&s, &functions->items[i]);
    }
    if (!names->all)
        add_pointed_to(&s);
    flame_ranges_settle(&names->svmas);
    flame_ranges_settle(&names->offsets);
    return !s.failed;
}
