/* x86_unknown.c: instructions that capstone 4 has never heard of, most of them of AVX-512: masks,
 * bytes and words, and short vectors. C libraries search and compare strings with them.
 *
 * Their operands are written the way capstone does it, and spelled like all others. What is not in
 * the tables is data, of the length that the encoding tells. Source: Intel SDM volume 2. */
#include "spelling.h"
#include "x86_shape.h"

/* One instruction. pp: 0 none, 1 66, 2 f3, 3 f2. In name, B stands for b or w and D for d or q, by
 * W; w is 0 or 1 where that is part of the opcode, else 2.
 *
 * operands, Intel's order: r v m vectors in ModRM.reg, vvvv, ModRM.rm (or memory); k and n masks in
 * ModRM.reg and rm, g a general register in rm, i a byte, and p, first, a comparison in the name.
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
    { 3, 1, 0x0f, 2, "vpalignr", "rvmi", 0 },
};

/* Instructions of masks alone (VEX). Their size is a letter by pp and W. s is the mask in vvvv. */
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

struct vector {
    const struct flame_x86_shape *shape;
    bool evex, wide, intel;
    unsigned w, pp, length; /* bytes of a vector */
    unsigned memory;        /* bytes that a memory operand has */
};

static const char *const general[16] = { "ax", "cx", "dx", "bx", "sp", "bp", "si", "di",
                                         "8",  "9",  "10", "11", "12", "13", "14", "15" };

static void put_general(struct flame_pen *pen, const struct vector *v, unsigned number, bool wide)
{
    flame_pen_text(pen, v->intel ? "" : "%");
    flame_pen_char(pen, wide || number > 7 ? 'r' : 'e');
    flame_pen_text(pen, general[number]);
    if (number > 7 && !wide)
        flame_pen_char(pen, 'd');
}

static void put_numbered(struct flame_pen *pen, const struct vector *v, const char *kind,
                         unsigned number)
{
    flame_pen_text(pen, v->intel ? "" : "%");
    flame_pen_text(pen, kind);
    flame_pen_decimal(pen, number);
}

static int64_t displacement(const struct vector *v)
{
    const uint8_t *d = v->shape->disp;
    if (v->shape->disp_size == 1) /* of EVEX it counts memory operands */
        return (int64_t)(int8_t)d[0] * (v->evex ? (int64_t)v->memory : 1);
    return (int32_t)((uint32_t)d[0] | (uint32_t)d[1] << 8 | (uint32_t)d[2] << 16 |
                     (uint32_t)d[3] << 24);
}

/* A number as capstone writes it. */
static void put_number(struct flame_pen *pen, int64_t value)
{
    if (value < 0)
        flame_pen_char(pen, '-');
    flame_pen_text(pen, "0x");
    flame_pen_hex(pen, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

static void put_memory(struct flame_pen *pen, const struct vector *v)
{
    static const char *const sizes[] = { "byte",    "word",    "dword",  "qword",
                                         "xmmword", "ymmword", "zmmword" };
    const struct flame_x86_shape *s = v->shape;
    unsigned mod = s->modrm >> 6, base = s->has_sib ? s->sib & 7 : s->modrm & 7;
    unsigned index = s->has_sib ? (s->sib >> 3 & 7) | (s->fields[0] & 0x40 ? 0 : 8) : 4;
    bool has_base = mod != 0 || base != 5, rip = mod == 0 && (s->modrm & 7) == 5 && v->wide;
    int64_t disp = displacement(v);
    base |= s->fields[0] & 0x20 ? 0 : 8;
    if (v->intel) {
        flame_pen_text(pen, sizes[__builtin_ctz(v->memory)]);
        flame_pen_text(pen, " ptr [");
    } else {
        if (disp || !(has_base || rip || index != 4))
            put_number(pen, disp);
        if (!has_base && !rip && index == 4)
            return;
        flame_pen_char(pen, '(');
    }
    if (rip)
        flame_pen_text(pen, v->intel ? "rip" : "%rip");
    else if (has_base)
        put_general(pen, v, base, v->wide);
    if (index != 4) {
        flame_pen_text(pen, v->intel ? (has_base ? " + " : "") : ", ");
        put_general(pen, v, index, v->wide);
        flame_pen_text(pen, v->intel ? "*" : ", ");
        flame_pen_decimal(pen, 1 << (s->sib >> 6));
    }
    if (!v->intel) {
        flame_pen_char(pen, ')');
        return;
    }
    if (disp < 0 && (has_base || rip || index != 4)) {
        flame_pen_text(pen, " - ");
        disp = -disp;
    } else if (disp && (has_base || rip || index != 4)) {
        flame_pen_text(pen, " + ");
    }
    if (disp || !(has_base || rip || index != 4))
        put_number(pen, disp);
    flame_pen_char(pen, ']');
}

static void put_operand(struct flame_pen *pen, const struct vector *v, char operand)
{
    const struct flame_x86_shape *s = v->shape;
    const char *kind = v->length == 16 ? "xmm" : v->length == 32 ? "ymm" : "zmm";
    unsigned reg = (s->modrm >> 3 & 7) | (s->fields[0] & 0x80 ? 0 : 8);
    unsigned rm = (s->modrm & 7) | (s->fields[0] & 0x20 ? 0 : 8);
    unsigned third = ~((unsigned)s->fields[1] >> 3) & 15;
    if (operand == 'i') {
        flame_pen_text(pen, v->intel ? "0x" : "$0x");
        flame_pen_hex(pen, s->immediate);
    } else if ((operand == 'm' || operand == 'n') && s->modrm >> 6 != 3) {
        put_memory(pen, v);
    } else if (operand == 'k' || operand == 'n' || operand == 's') {
        put_numbered(pen, v, "k", (operand == 'k' ? reg : operand == 'n' ? rm : third) & 7);
    } else if (operand == 'g' || operand == 'G') {
        put_general(pen, v, operand == 'g' ? rm : reg, v->w == 1 && v->pp != 0);
    } else if (operand == 'r') {
        put_numbered(pen, v, kind, reg | (s->fields[0] & 0x10 ? 0 : 16));
    } else if (operand == 'v') {
        put_numbered(pen, v, kind, third | (s->fields[2] & 0x08 ? 0 : 16));
    } else {
        put_numbered(pen, v, v->memory < v->length ? "xmm" : kind,
                     rm | (s->fields[0] & 0x40 ? 0 : 16));
    }
}

static void put_operands(struct flame_pen *pen, const struct vector *v, const char *operands)
{
    size_t count = strlen(operands);
    unsigned mask = v->evex ? v->shape->fields[2] & 7 : 0;
    for (size_t i = 0; i < count; i++) {
        size_t k = v->intel ? i : count - 1 - i;
        if (i > 0)
            flame_pen_text(pen, ", ");
        put_operand(pen, v, operands[k]);
        if (k == 0 && mask) {
            flame_pen_text(pen, " {");
            put_numbered(pen, v, "k", mask);
            flame_pen_char(pen, '}');
        }
        if (k == 0 && v->evex && v->shape->fields[2] & 0x80)
            flame_pen_text(pen, " {z}");
    }
}

static bool put_evex(struct flame_pen *word, struct flame_pen *operands, struct vector *v)
{
    static const char *const comparisons[8] = { "eq", "lt", "le", "", "neq", "nlt", "nle", "" };
    const struct flame_x86_shape *s = v->shape;
    const char *what, *name;
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
    for (name = row->name; *name; name++)
        flame_pen_char(word, *name == 'B' ? "bw"[v->w] : *name == 'D' ? "dq"[v->w] : *name);
    put_operands(operands, v, what);
    return true;
}

static bool put_mask(struct flame_pen *word, struct flame_pen *operands, struct vector *v)
{
    const struct flame_x86_shape *s = v->shape;
    if (s->map == 3 && v->pp == 1 && s->opcode >= 0x30 && s->opcode <= 0x33) {
        flame_pen_text(word, s->opcode < 0x32 ? "kshiftr" : "kshiftl");
        flame_pen_char(word, (s->opcode & 1 ? "dq" : "bw")[v->w]);
        put_operands(operands, v, "kni");
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
        put_operands(operands, v, masks[i].operands);
        return true;
    }
    return false;
}

/* Memory protection keys: 0f 01 ee and ef. */
static bool put_protection_key(struct flame_decoded *out, const uint8_t *bytes, size_t size)
{
    struct flame_pen pen;
    if (size < 3 || bytes[0] != 0x0f || bytes[1] != 0x01 || bytes[2] >> 1 != 0x77)
        return false;
    out->size = 3;
    out->kind = FLAME_INSTRUCTION_PLAIN;
    out->has_target = out->comment = false;
    out->target = 0;
    pen = flame_pen_on(out);
    flame_pen_text(&pen, bytes[2] & 1 ? "wrpkru" : "rdpkru");
    return true;
}

bool flame_spell_x86_unknown(struct flame_decoded *out, const uint8_t *bytes, size_t size,
                             uint64_t address, const struct flame_machine *machine, bool intel)
{
    struct flame_x86_shape shape;
    struct flame_decoded word = { 0 }, operands = { 0 };
    struct flame_pen word_pen = flame_pen_on(&word), operands_pen = flame_pen_on(&operands);
    struct vector v = { .shape = &shape, .wide = machine->wide, .intel = intel };
    if (put_protection_key(out, bytes, size))
        return true;
    if (!flame_x86_shape(&shape, bytes, size, machine->wide) || shape.size == 0)
        return false;
    v.evex = shape.form == FLAME_X86_EVEX;
    v.w = shape.fields[1] >> 7;
    v.pp = shape.fields[1] & 3;
    flame_spell_data(out, bytes, shape.size, 1, machine);
    if (shape.prefix_count == 0 &&
        (v.evex ? put_evex(&word_pen, &operands_pen, &v) : put_mask(&word_pen, &operands_pen, &v)))
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
