/* x86_shape.c: prefixes, opcode, ModRM and displacement of an x86 instruction.
 *
 * Knows the size of VEX and EVEX instructions, whose encoding is regular, so that those that
 * capstone has never heard of are passed over as a whole; not that of others.
 * Source: Intel SDM volume 2, chapter 2. */
#include "x86_shape.h"

#include "cursor.h"

static bool is_prefix(uint8_t byte)
{
    switch (byte) {
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:
    case 0x64:
    case 0x65:
    case 0x66:
    case 0x67:
    case 0xf0:
    case 0xf2:
    case 0xf3:
        return true;
    default:
        return false;
    }
}

/* Opcode i has a ModRM byte: bits[i / 32] >> i % 32 & 1. */
static bool one_byte_has_modrm(uint8_t opcode)
{
    static const uint32_t bits[8] = { 0x0f0f0f0f, 0x0f0f0f0f, 0x00000000, 0x00000a0c,
                                      0x0000ffff, 0x00000000, 0xff0f00f3, 0xc0c00000 };
    return bits[opcode / 32] >> opcode % 32 & 1;
}

static bool two_bytes_have_modrm(uint8_t opcode)
{
    static const uint32_t bits[8] = { 0xffff200f, 0x0000ff0f, 0xffffffff, 0xff7fffff,
                                      0xffff0000, 0xfffff838, 0xffff00ff, 0xffffffff };
    return bits[opcode / 32] >> opcode % 32 & 1;
}

static void read_memory(struct flame_x86_shape *shape, struct flame_cursor *c, bool small)
{
    unsigned mod, rm;
    shape->modrm = flame_cursor_u8(c, "ModRM");
    mod = shape->modrm >> 6;
    rm = shape->modrm & 7;
    if (mod == 3)
        return;
    if (small) { /* 16-bit addresses have no SIB */
        shape->disp_size = mod == 1 ? 1 : mod == 2 || rm == 6 ? 2 : 0;
    } else {
        shape->has_sib = rm == 4;
        if (shape->has_sib)
            shape->sib = flame_cursor_u8(c, "SIB");
        if (mod == 1)
            shape->disp_size = 1;
        else if (mod == 2 || rm == 5 || (shape->has_sib && (shape->sib & 7) == 5))
            shape->disp_size = 4;
    }
    for (unsigned i = 0; i < shape->disp_size; i++)
        shape->disp[i] = flame_cursor_u8(c, "displacement");
}

static void read_opcode(struct flame_x86_shape *shape, struct flame_cursor *c, uint8_t first)
{
    if (first != 0x0f) {
        shape->opcode = first;
        shape->has_modrm = one_byte_has_modrm(first);
        return;
    }
    shape->map = 1;
    shape->opcode = flame_cursor_u8(c, "opcode");
    shape->has_modrm = two_bytes_have_modrm(shape->opcode);
    if (shape->opcode == 0x38 || shape->opcode == 0x3a) {
        shape->map = shape->opcode == 0x38 ? 2 : 3;
        shape->opcode = flame_cursor_u8(c, "opcode");
        shape->has_modrm = true;
    }
}

/* Whether a VEX or EVEX instruction ends with an immediate byte. */
static bool vector_has_immediate(const struct flame_x86_shape *shape)
{
    uint8_t op = shape->opcode;
    if (shape->map == 1)
        return (op >= 0x70 && op <= 0x73) || op == 0xc2 || (op >= 0xc4 && op <= 0xc6);
    return shape->map == 3;
}

static void read_vector(struct flame_x86_shape *shape, struct flame_cursor *c, uint8_t first)
{
    shape->form = first == 0x62 ? FLAME_X86_EVEX : FLAME_X86_VEX;
    shape->fields[0] = flame_cursor_u8(c, "VEX");
    if (first == 0xc5) {
        shape->fields[1] = shape->fields[0] & 0x7f;
        shape->fields[0] = (uint8_t)((shape->fields[0] & 0x80) | 0x61);
    } else {
        shape->fields[1] = flame_cursor_u8(c, "VEX");
        if (first == 0x62)
            shape->fields[2] = flame_cursor_u8(c, "EVEX");
    }
    shape->map = shape->fields[0] & (first == 0x62 ? 0x07 : 0x1f);
    shape->opcode = flame_cursor_u8(c, "opcode");
    shape->has_modrm = shape->form == FLAME_X86_EVEX || shape->map != 1 || shape->opcode != 0x77;
}

bool flame_x86_shape(struct flame_x86_shape *shape, const uint8_t *bytes, size_t size, bool wide)
{
    struct flame_cursor c = flame_cursor_make(
        bytes, size < FLAME_X86_LONGEST ? size : FLAME_X86_LONGEST, 0, false, NULL, NULL);
    uint8_t byte;
    bool small;
    *shape = (struct flame_x86_shape){ 0 };
    for (byte = flame_cursor_u8(&c, "opcode"); is_prefix(byte) && !c.failed;
         byte = flame_cursor_u8(&c, "opcode"))
        shape->prefixes[shape->prefix_count++] = byte;
    if (wide && (byte & 0xf0) == 0x40) {
        shape->rex = byte;
        byte = flame_cursor_u8(&c, "opcode");
    }
    /* Without registers 8 to 15, these three are LES, LDS and BOUND with a memory operand. */
    if ((byte == 0xc4 || byte == 0xc5 || byte == 0x62) &&
        (wide || (flame_cursor_left(&c) > 0 && *c.at >= 0xc0)))
        read_vector(shape, &c, byte);
    else
        read_opcode(shape, &c, byte);
    small = !wide && flame_x86_prefixes(shape, 0x67) > 0;
    if (shape->has_modrm)
        read_memory(shape, &c, small);
    if (shape->form == FLAME_X86_LEGACY)
        shape->fields[0] = (uint8_t)((~shape->rex & 7) << 5);
    else if (vector_has_immediate(shape))
        shape->immediate = flame_cursor_u8(&c, "immediate");
    shape->size = (uint32_t)flame_cursor_offset(&c);
    return !c.failed;
}

unsigned flame_x86_prefixes(const struct flame_x86_shape *shape, uint8_t prefix)
{
    unsigned count = 0;
    for (unsigned i = 0; i < shape->prefix_count; i++)
        count += shape->prefixes[i] == prefix;
    return count;
}
