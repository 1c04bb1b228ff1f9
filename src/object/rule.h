/* rule.h: how to get from a frame to its caller's, as plain data.
 *
 * A rule holds for a run of instructions. It says what the canonical frame address (CFA) is, and
 * where each register of the caller is then. What reads call-frame information makes rules
 * (cfi.c); what walks stacks applies them, and knows neither files nor libraries. Source: DWARF 5,
 * section 6.4. */
#ifndef FLAME_OBJECT_RULE_H
#define FLAME_OBJECT_RULE_H

#include <stdbool.h>
#include <stdint.h>

/* Registers have DWARF's numbers ("columns"). Those from here on take no part in unwinding on any
 * architecture that perf records. */
enum { FLAME_COLUMNS = 128 };

enum flame_rule_kind {
    FLAME_RULE_UNDEFINED, /* the caller's value is lost; as return address: there is no caller */
    FLAME_RULE_SAME,      /* it is still in the register */
    FLAME_RULE_SAVED,     /* the word at CFA + value */
    FLAME_RULE_CFA,       /* CFA + value itself */
    FLAME_RULE_REGISTER,  /* what register other holds, + value */
    FLAME_RULE_SAVED_AT,  /* the word at the address that expression number value computes */
    FLAME_RULE_COMPUTED,  /* what expression number value computes */
};

/* column is the register that this is about; of a CFA it means nothing. */
struct flame_rule_cell {
    uint8_t column, kind;
    uint16_t other;
    int32_t value;
};

/* One operation. code is DWARF's DW_OP number; of DW_OP_bra and DW_OP_skip a is the index of the
 * operation to go on with (the count of operations: the end); of DW_OP_addr a is an offset of the
 * file, to which the unwinder adds where the file is mapped. DW_OP_bregx has register a, offset b;
 * DW_OP_breg0.. offset a, DW_OP_const* and DW_OP_plus_uconst the number a, sign-extended;
 * DW_OP_deref_size and DW_OP_pick the byte a. */
struct flame_rule_op {
    uint64_t a, b;
    uint8_t code;
};

/* cfa_first: the CFA is pushed before the first operation. */
struct flame_expression {
    const struct flame_rule_op *ops;
    uint32_t count;
    bool cfa_first;
};

/* Holds for the instructions at file offsets [start, end).
 *
 * cfa             FLAME_RULE_REGISTER or FLAME_RULE_COMPUTED
 * return_address  the caller's pc; return_column is the register that it belongs to
 * cells           of registers whose kind is neither SAME nor UNDEFINED, without the return column;
 *                 the stack pointer is always among them
 * signal          the frame was entered by an interruption: the caller's pc is exact */
struct flame_rule {
    uint64_t start, end;
    struct flame_rule_cell cfa, return_address;
    const struct flame_rule_cell *cells;
    const struct flame_expression *expressions;
    uint16_t cell_count, expression_count;
    uint8_t return_column;
    bool signal;
};

#endif
