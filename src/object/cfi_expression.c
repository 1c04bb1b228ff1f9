/* cfi_expression.c: decode DWARF expressions.
 *
 * Branches are held against the offsets at which operations begin, so that who evaluates counts
 * operations, not bytes. Evaluates nothing. Source: DWARF 5, sections 2.5 and 7.7.1. */
#include "cfi_expression.h"

#include <dwarf.h>

/* What follows an operation's code. */
enum operand {
    NOT_HERE,
    NONE,
    U8,
    S8,
    U16,
    S16,
    U32,
    S32,
    WORD64,
    UNSIGNED,
    SIGNED,
    COLUMN_SIGNED,
    BRANCH,
    ADDRESS,
};

static const uint8_t operands[256] = {
    [DW_OP_addr] = ADDRESS,
    [DW_OP_deref] = NONE,
    [DW_OP_const1u] = U8,
    [DW_OP_const1s] = S8,
    [DW_OP_const2u] = U16,
    [DW_OP_const2s] = S16,
    [DW_OP_const4u] = U32,
    [DW_OP_const4s] = S32,
    [DW_OP_const8u] = WORD64,
    [DW_OP_const8s] = WORD64,
    [DW_OP_constu] = UNSIGNED,
    [DW_OP_consts] = SIGNED,
    [DW_OP_dup] = NONE,
    [DW_OP_drop] = NONE,
    [DW_OP_over] = NONE,
    [DW_OP_pick] = U8,
    [DW_OP_swap] = NONE,
    [DW_OP_rot] = NONE,
    [DW_OP_abs] = NONE,
    [DW_OP_and] = NONE,
    [DW_OP_div] = NONE,
    [DW_OP_minus] = NONE,
    [DW_OP_mod] = NONE,
    [DW_OP_mul] = NONE,
    [DW_OP_neg] = NONE,
    [DW_OP_not] = NONE,
    [DW_OP_or] = NONE,
    [DW_OP_plus] = NONE,
    [DW_OP_plus_uconst] = UNSIGNED,
    [DW_OP_shl] = NONE,
    [DW_OP_shr] = NONE,
    [DW_OP_shra] = NONE,
    [DW_OP_xor] = NONE,
    [DW_OP_bra] = BRANCH,
    [DW_OP_eq] = NONE,
    [DW_OP_ge] = NONE,
    [DW_OP_gt] = NONE,
    [DW_OP_le] = NONE,
    [DW_OP_lt] = NONE,
    [DW_OP_ne] = NONE,
    [DW_OP_skip] = BRANCH,
    [DW_OP_lit0... DW_OP_lit31] = NONE,
    [DW_OP_breg0... DW_OP_breg31] = SIGNED,
    [DW_OP_bregx] = COLUMN_SIGNED,
    [DW_OP_deref_size] = U8,
    [DW_OP_nop] = NONE,
};

static uint64_t read_operand(struct flame_cursor *c, enum operand operand, bool wide)
{
    switch (operand) {
    case U8:
        return flame_cursor_u8(c, "operand");
    case S8:
        return (uint64_t)(int8_t)flame_cursor_u8(c, "operand");
    case U16:
        return flame_cursor_u16(c, "operand");
    case S16:
    case BRANCH:
        return (uint64_t)(int16_t)flame_cursor_u16(c, "operand");
    case U32:
        return flame_cursor_u32(c, "operand");
    case S32:
        return (uint64_t)(int32_t)flame_cursor_u32(c, "operand");
    case WORD64:
        return flame_cursor_u64(c, "operand");
    case ADDRESS:
        return wide ? flame_cursor_u64(c, "operand") : flame_cursor_u32(c, "operand");
    case UNSIGNED:
    case COLUMN_SIGNED:
        return flame_cursor_uleb(c, "operand");
    case SIGNED:
        return (uint64_t)flame_cursor_sleb(c, "operand");
    default:
        return 0;
    }
}

/* Read one operation; of a branch, a becomes the offset that it goes to. */
static bool read_op(struct flame_cursor *c, const struct flame_elf *program,
                    struct flame_rule_op *op)
{
    *op = (struct flame_rule_op){ .code = flame_cursor_u8(c, "operation") };
    enum operand operand = operands[op->code];
    op->a = read_operand(c, operand, program->wide);
    if (operand == COLUMN_SIGNED) {
        op->b = (uint64_t)flame_cursor_sleb(c, "operand");
        if (op->a >= FLAME_COLUMNS)
            return false;
    }
    if (operand == BRANCH)
        op->a += flame_cursor_offset(c);
    if (operand == ADDRESS && !flame_elf_offset(program, op->a, &op->a))
        return false;
    return operand != NOT_HERE && !c->failed;
}

bool flame_expression_read(struct flame_cursor bytes, const struct flame_elf *program,
                           struct flame_rule_op *ops, size_t *count)
{
    uint64_t begins[FLAME_EXPRESSION_MAX + 1];
    size_t n = 0;
    for (; flame_cursor_left(&bytes); n++) {
        if (n == FLAME_EXPRESSION_MAX)
            return false;
        begins[n] = flame_cursor_offset(&bytes);
        if (!read_op(&bytes, program, &ops[n]))
            return false;
    }
    begins[n] = flame_cursor_offset(&bytes);
    for (size_t i = 0; i < n; i++) {
        if (operands[ops[i].code] != BRANCH)
            continue;
        size_t target = 0;
        while (target <= n && begins[target] != ops[i].a)
            target++;
        if (target > n)
            return false;
        ops[i].a = target;
    }
    *count = n;
    return n > 0 && !bytes.failed;
}
