/* x86_shape.h: the parts that an x86 instruction is made of, as far as they show in its text. */
#ifndef FLAME_ANNOTATE_X86_SHAPE_H
#define FLAME_ANNOTATE_X86_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FLAME_X86_LONGEST = 15 };

enum flame_x86_form { FLAME_X86_LEGACY, FLAME_X86_VEX, FLAME_X86_EVEX };

/* prefixes   legacy ones, in the order of the bytes
 * rex        0: there is none
 * fields     what follows the first byte of a VEX (2 of 3 bytes; of the short form widened to the
 *            long one) or EVEX (3); of others the first, with REX.R, X and B as a VEX has them
 * map        0: one byte, 1: 0f, 2: 0f 38, 3: 0f 3a, and what EVEX has beyond
 * disp_size  bytes of displacement, which may be zero
 * size       bytes of a VEX or EVEX instruction; of others without what follows the displacement */
struct flame_x86_shape {
    uint8_t prefixes[FLAME_X86_LONGEST];
    unsigned prefix_count;
    uint8_t rex, fields[3], map, opcode, modrm, sib;
    enum flame_x86_form form;
    bool has_modrm, has_sib;
    unsigned disp_size;
    uint8_t disp[4], immediate;
    uint32_t size;
};

/* Take bytes[size] apart; wide: 64-bit code. False: they end too early, or are none. */
bool flame_x86_shape(struct flame_x86_shape *shape, const uint8_t *bytes, size_t size, bool wide);

/* How often a prefix occurs. */
unsigned flame_x86_prefixes(const struct flame_x86_shape *shape, uint8_t prefix);

#endif
