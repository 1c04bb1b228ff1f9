/* x86_operands.h: operands of instructions that capstone has never heard of, in its spelling. */
#ifndef FLAME_ANNOTATE_X86_OPERANDS_H
#define FLAME_ANNOTATE_X86_OPERANDS_H

#include "spelling.h"
#include "x86_shape.h"

/* w       VEX.W, EVEX.W or REX.W
 * pp      prefix that is part of the opcode: 0 none, 1 66, 2 f3, 3 f2
 * length  bytes of a vector
 * memory  bytes that an operand in memory has, a power of 2, which also is what an EVEX
 *         instruction's short displacements count; 0: Intel's syntax does not say */
struct flame_x86_young {
    const struct flame_x86_shape *shape;
    bool evex, wide, intel;
    unsigned w, pp, length, memory;
};

/* Write operands, a letter for each, in Intel's order: r v m vectors in ModRM.reg, vvvv, ModRM.rm
 * (or memory); k s n masks in ModRM.reg, vvvv, rm (or memory); G g general registers in ModRM.reg,
 * rm; i a byte. */
void flame_x86_put_operands(struct flame_pen *pen, const struct flame_x86_young *v,
                            const char *operands);

#endif
