/* expression.h: compute what a rule cannot say in one word: DWARF's stack machine. */
#ifndef FLAME_UNWIND_EXPRESSION_H
#define FLAME_UNWIND_EXPRESSION_H

#include "stack_memory.h"

/* Where an expression takes its values from.
 *
 * cfa   of the frame; pushed first where the expression asks for it
 * bias  process address of the object's file offset 0
 * steps  how many operations may be done yet; lowered by those that were */
struct flame_expression_input {
    const struct flame_unwind_registers *registers;
    struct flame_stack_memory *memory;
    uint64_t cfa, bias;
    uint32_t *steps;
};

/* Put the expression's result into *value. False when it needs what is not known, is malformed, or
 * takes more steps than are left. */
bool flame_expression_evaluate(const struct flame_expression *expression,
                               const struct flame_expression_input *input, uint64_t *value);

/* Whether the register is known; then *value is what it holds. */
static inline bool flame_register_get(const struct flame_unwind_registers *registers,
                                      uint64_t column, uint64_t *value)
{
    if (column >= FLAME_COLUMNS || !(registers->known[column / 64] >> column % 64 & 1))
        return false;
    *value = registers->value[column];
    return true;
}

#endif
