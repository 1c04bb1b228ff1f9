/* x86_operands.c: operands of instructions that capstone has never heard of, written the way it
 * does it, so that they are spelled like all others. Source: Intel SDM volume 2, chapter 2. */
#include "x86_operands.h"

static const char *const general[16] = { "ax", "cx", "dx", "bx", "sp", "bp", "si", "di",
                                         "8",  "9",  "10", "11", "12", "13", "14", "15" };

static void put_general(struct flame_pen *pen, const struct flame_x86_young *v, unsigned number,
                        bool wide)
{
    flame_pen_text(pen, v->intel ? "" : "%");
    flame_pen_char(pen, wide || number > 7 ? 'r' : 'e');
    flame_pen_text(pen, general[number]);
    if (number > 7 && !wide)
        flame_pen_char(pen, 'd');
}

static void put_numbered(struct flame_pen *pen, const struct flame_x86_young *v, const char *kind,
                         unsigned number)
{
    flame_pen_text(pen, v->intel ? "" : "%");
    flame_pen_text(pen, kind);
    flame_pen_decimal(pen, number);
}

static int64_t displacement(const struct flame_x86_young *v)
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

static void put_memory(struct flame_pen *pen, const struct flame_x86_young *v)
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
        if (v->memory) {
            flame_pen_text(pen, sizes[__builtin_ctz(v->memory)]);
            flame_pen_text(pen, " ptr ");
        }
        flame_pen_char(pen, '[');
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

static void put_operand(struct flame_pen *pen, const struct flame_x86_young *v, char operand)
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
        put_general(pen, v, operand == 'g' ? rm : reg, v->w == 1);
    } else if (operand == 'r') {
        put_numbered(pen, v, kind, reg | (s->fields[0] & 0x10 ? 0 : 16));
    } else if (operand == 'v') {
        put_numbered(pen, v, kind, third | (s->fields[2] & 0x08 ? 0 : 16));
    } else {
        put_numbered(pen, v, v->memory < v->length ? "xmm" : kind,
                     rm | (s->fields[0] & 0x40 ? 0 : 16));
    }
}

void flame_x86_put_operands(struct flame_pen *pen, const struct flame_x86_young *v,
                            const char *operands)
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
