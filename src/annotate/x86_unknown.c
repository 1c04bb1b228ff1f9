/* x86_unknown.c: instructions that capstone 4 has never heard of, most of them of AVX-512: masks,
 * bytes and words, and short vectors, with which C libraries search and compare strings; and those
 * of shadow stacks.
 *
 * Their operands are written the way capstone does it, and spelled like all others. What is not in
 * the tables is data, of the length that the encoding tells. Source: Intel SDM volume 2. */
#include "x86_operands.h"

/* One instruction of EVEX. In name, B stands for b or w and D for d or q, by W; w is 0 or 1 where
 * that is part of the opcode, else 2. operands may begin with p, a comparison in the name.
 * memory: bytes that m reads; 0: a whole vector */
struct row {
    uint8_t map, pp, opcode, w;
    const char *name, *operands;
    uint8_t memory;
};

static const struct row rows[] = {
    { 1, 1, 0x64, 2, "vpcmpgtb", "kvm", 0 },    { 1, 1, 0x65, 2, "vpcmpgtw", "kvm", 0 },
    { 1, 1, 0x66, 0, "vpcmpgtd", "kvm", 0 },    { 1, 1, 0x74, 2, "vpcmpeqb", "kvm", 0 },
    { 1, 1, 0x75, 2, "vpcmpeqw", "kvm", 0 },    { 1, 1, 0x76, 0, "vpcmpeqd", "kvm", 0 },
    { 2, 1, 0x29, 1, "vpcmpeqq", "kvm", 0 },    { 2, 1, 0x37, 1, "vpcmpgtq", "kvm", 0 },
    { 3, 1, 0x3e, 2, "uB", "pkvm", 0 },         { 3, 1, 0x3f, 2, "B", "pkvm", 0 },
    { 3, 1, 0x1e, 2, "uD", "pkvm", 0 },         { 3, 1, 0x1f, 2, "D", "pkvm", 0 },
    { 2, 1, 0x26, 2, "vptestmB", "kvm", 0 },    { 2, 1, 0x27, 2, "vptestmD", "kvm", 0 },
    { 2, 2, 0x26, 2, "vptestnmB", "kvm", 0 },   { 2, 2, 0x27, 2, "vptestnmD", "kvm", 0 },
    { 3, 1, 0x25, 2, "vpternlogD", "rvmi", 0 }, { 2, 1, 0x78, 0, "vpbroadcastb", "rm", 1 },
    { 2, 1, 0x79, 0, "vpbroadcastw", "rm", 2 }, { 2, 1, 0x7a, 0, "vpbroadcastb", "rg", 0 },
    { 2, 1, 0x7b, 0, "vpbroadcastw", "rg", 0 }, { 2, 1, 0x7c, 2, "vpbroadcastD", "rg", 0 },
    { 1, 3, 0x6f, 0, "vmovdqu8", "rm", 0 },     { 1, 3, 0x6f, 1, "vmovdqu16", "rm", 0 },
    { 1, 3, 0x7f, 0, "vmovdqu8", "mr", 0 },     { 1, 3, 0x7f, 1, "vmovdqu16", "mr", 0 },
    { 1, 1, 0xd8, 2, "vpsubusb", "rvm", 0 },    { 1, 1, 0xd9, 2, "vpsubusw", "rvm", 0 },
    { 1, 1, 0xda, 2, "vpminub", "rvm", 0 },     { 1, 1, 0xde, 2, "vpmaxub", "rvm", 0 },
    { 1, 1, 0xdb, 2, "vpandD", "rvm", 0 },      { 1, 1, 0xdf, 2, "vpandnD", "rvm", 0 },
    { 1, 1, 0xeb, 2, "vporD", "rvm", 0 },       { 1, 1, 0xef, 2, "vpxorD", "rvm", 0 },
    { 1, 1, 0xf8, 2, "vpsubb", "rvm", 0 },      { 1, 1, 0xf9, 2, "vpsubw", "rvm", 0 },
    { 1, 1, 0xfc, 2, "vpaddb", "rvm", 0 },      { 1, 1, 0xfd, 2, "vpaddw", "rvm", 0 },
    { 1, 1, 0xdc, 2, "vpaddusb", "rvm", 0 },    { 1, 1, 0xdd, 2, "vpaddusw", "rvm", 0 },
    { 2, 1, 0x00, 2, "vpshufb", "rvm", 0 },     { 2, 1, 0x38, 2, "vpminsb", "rvm", 0 },
    { 2, 1, 0x3a, 2, "vpminuw", "rvm", 0 },     { 2, 1, 0x3c, 2, "vpmaxsb", "rvm", 0 },
    { 2, 1, 0x3e, 2, "vpmaxuw", "rvm", 0 },     { 2, 1, 0x66, 2, "vpblendmB", "rvm", 0 },
    { 2, 2, 0x28, 2, "vpmovm2B", "rn", 0 },     { 2, 2, 0x38, 2, "vpmovm2D", "rn", 0 },
    { 3, 1, 0x0f, 2, "vpalignr", "rvmi", 0 },   { 2, 1, 0xb4, 1, "vpmadd52luq", "rvm", 0 },
    { 2, 1, 0xb5, 1, "vpmadd52huq", "rvm", 0 },
};

/* Instructions of masks alone (VEX). Their size is a letter by pp and W. */
static const struct {
    uint8_t opcode;
    const char *name, *operands;
} masks[] = {
    { 0x41, "kand", "ksn" },   { 0x42, "kandn", "ksn" },  { 0x44, "knot", "kn" },
    { 0x45, "kor", "ksn" },    { 0x46, "kxnor", "ksn" },  { 0x47, "kxor", "ksn" },
    { 0x4a, "kadd", "ksn" },   { 0x4b, "kunpck", "ksn" }, { 0x90, "kmov", "kn" },
    { 0x91, "kmov", "nk" },    { 0x92, "kmov", "kg" },    { 0x93, "kmov", "Gn" },
    { 0x98, "kortest", "kn" }, { 0x99, "ktest", "kn" },
};

/* Instructions without VEX: those whose ModRM, under mask, is modrm, with an operand in memory if
 * operands has m or n, and else without. */
static const struct {
    uint8_t map, pp, opcode, mask, modrm;
    const char *name, *operands;
    uint8_t memory;
} others[] = {
    { 1, 0, 0x01, 0xff, 0xee, "rdpkru", "", 0 },
    { 1, 0, 0x01, 0xff, 0xef, "wrpkru", "", 0 },
    { 1, 2, 0x01, 0xff, 0xe8, "setssbsy", "", 0 },
    { 1, 2, 0x01, 0xff, 0xea, "saveprevssp", "", 0 },
    { 1, 2, 0x01, 0x38, 0x28, "rstorssp", "m", 8 },
    { 1, 2, 0x1e, 0xf8, 0xc8, "rdsspD", "g", 0 },
    { 1, 2, 0xae, 0xf8, 0xe8, "incsspD", "g", 0 },
    { 2, 0, 0xf6, 0, 0, "wrssD", "nG", 0 },
    { 2, 1, 0xf5, 0, 0, "wrussD", "nG", 0 },
};

static void put_name(struct flame_pen *word, const char *name, const struct flame_x86_young *v)
{
    for (; *name; name++)
        flame_pen_char(word, *name == 'B' ? "bw"[v->w] : *name == 'D' ? "dq"[v->w] : *name);
}

static bool put_evex(struct flame_pen *word, struct flame_pen *operands, struct flame_x86_young *v)
{
    static const char *const comparisons[8] = { "eq", "lt", "le", "", "neq", "nlt", "nle", "" };
    const struct flame_x86_shape *s = v->shape;
    const char *what;
    const struct row *row = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].map == s->map && rows[i].pp == v->pp && rows[i].opcode == s->opcode &&
            (rows[i].w == 2 || rows[i].w == v->w))
            row = &rows[i];
    v->length = 16u << (s->fields[2] >> 5 & 3);
    if (!row || v->length == 128 || s->fields[2] & 0x10) /* one element for all, or rounding */
        return false;
    v->memory = row->memory ? row->memory : v->length;
    what = row->operands;
    if (*what == 'p') {
        flame_pen_text(word, "vpcmp");
        if (s->immediate > 7 || !comparisons[s->immediate][0])
            return false;
        flame_pen_text(word, comparisons[s->immediate]);
        what++;
    }
    put_name(word, row->name, v);
    flame_x86_put_operands(operands, v, what);
    return true;
}

static bool put_mask(struct flame_pen *word, struct flame_pen *operands, struct flame_x86_young *v)
{
    const struct flame_x86_shape *s = v->shape;
    bool in_memory = s->modrm >> 6 != 3;
    if (in_memory ? s->opcode != 0x90 && s->opcode != 0x91 : s->opcode == 0x91)
        return false; /* only kmov has an operand in memory, and one of its forms always */
    if (s->map == 3 && v->pp == 1 && s->opcode >= 0x30 && s->opcode <= 0x33) {
        flame_pen_text(word, s->opcode < 0x32 ? "kshiftr" : "kshiftl");
        flame_pen_char(word, (s->opcode & 1 ? "dq" : "bw")[v->w]);
        flame_x86_put_operands(operands, v, "kni");
        return true;
    }
    for (size_t i = 0; s->map == 1 && i < sizeof masks / sizeof *masks; i++) {
        bool general_too = s->opcode == 0x92 || s->opcode == 0x93;
        unsigned size; /* log2 of bytes */
        if (masks[i].opcode != s->opcode || v->pp == 2 || (v->pp == 3) > general_too)
            continue;
        size = v->pp == 3 ? 2 + v->w : v->w ? (v->pp ? 2 : 3) : (v->pp ? 0 : 1);
        v->memory = 1u << size;
        flame_pen_text(word, masks[i].name);
        if (s->opcode == 0x4b) /* two make one of twice the size */
            flame_pen_text(word, (const char *[]){ "bw", "wd", "", "dq" }[size]);
        else
            flame_pen_char(word, "bwdq"[size]);
        flame_x86_put_operands(operands, v, masks[i].operands);
        return true;
    }
    return false;
}

static bool put_other(struct flame_pen *word, struct flame_pen *operands, struct flame_x86_young *v)
{
    const struct flame_x86_shape *s = v->shape;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        bool in_memory = strpbrk(others[i].operands, "mn") != NULL;
        if (others[i].map != s->map || others[i].pp != v->pp || others[i].opcode != s->opcode ||
            (s->modrm & others[i].mask) != others[i].modrm || in_memory != (s->modrm >> 6 != 3))
            continue;
        v->memory = others[i].memory;
        put_name(word, others[i].name, v);
        flame_x86_put_operands(operands, v, others[i].operands);
        return true;
    }
    return false;
}

static bool put_young(struct flame_pen *word, struct flame_pen *operands, struct flame_x86_young *v)
{
    const struct flame_x86_shape *s = v->shape;
    if (s->form == FLAME_X86_LEGACY) {
        v->w = s->rex >> 3 & 1;
        if (s->prefix_count > 0)
            v->pp = s->prefixes[0] == 0x66 ? 1 : s->prefixes[0] == 0xf3 ? 2 : 3;
        return s->prefix_count == (v->pp > 0) && put_other(word, operands, v);
    }
    v->evex = s->form == FLAME_X86_EVEX;
    v->w = s->fields[1] >> 7;
    v->pp = s->fields[1] & 3;
    if (s->prefix_count > 0)
        return false;
    return v->evex ? put_evex(word, operands, v) : put_mask(word, operands, v);
}

bool flame_spell_x86_unknown(struct flame_decoded *out, const uint8_t *bytes, size_t size,
                             uint64_t address, const struct flame_machine *machine, bool intel)
{
    struct flame_x86_shape shape;
    struct flame_decoded word = { 0 }, operands = { 0 };
    struct flame_pen word_pen = flame_pen_on(&word), operands_pen = flame_pen_on(&operands);
    struct flame_x86_young v = { .shape = &shape, .wide = machine->wide, .intel = intel };
    bool known;
    if (!flame_x86_shape(&shape, bytes, size, machine->wide))
        return false;
    known = put_young(&word_pen, &operands_pen, &v);
    if (!known && shape.form == FLAME_X86_LEGACY)
        return false;
    flame_spell_data(out, bytes, shape.size, 1, machine);
    if (known)
        flame_spell_x86(out, &(struct flame_raw_text){ .mnemonic = word.text,
                                                       .operands = operands.text,
                                                       .name = word.text,
                                                       .bytes = bytes,
                                                       .size = shape.size,
                                                       .address = address,
                                                       .machine = *machine,
                                                       .intel = intel });
    return true;
}
