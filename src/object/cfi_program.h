/* cfi_program.h: run call-frame instructions up to an address. For cfi*.c alone. */
#ifndef FLAME_OBJECT_CFI_PROGRAM_H
#define FLAME_OBJECT_CFI_PROGRAM_H

#include "cfi_section.h"
#include "rule.h"

/* What the instructions have said of a register, as DWARF calls it. */
enum flame_cfi_said {
    FLAME_CFI_NOTHING,
    FLAME_CFI_UNDEFINED,
    FLAME_CFI_SAME,
    FLAME_CFI_OFFSET,         /* number: from the CFA, where it is saved */
    FLAME_CFI_VAL_OFFSET,     /* number: from the CFA, itself */
    FLAME_CFI_REGISTER,       /* number: the register's */
    FLAME_CFI_EXPRESSION,     /* number: its offset in the section; size bytes */
    FLAME_CFI_VAL_EXPRESSION, /* likewise */
};

struct flame_cfi_place {
    enum flame_cfi_said said;
    uint32_t size;
    uint64_t number;
};

/* One row of DWARF's table: it holds at addresses [start, end).
 *
 * cfa        FLAME_CFI_VAL_OFFSET from register cfa_register, or FLAME_CFI_EXPRESSION
 * registers  those from count on have no value; nothing was said of them */
struct flame_cfi_row {
    uint64_t start, end, cfa_register;
    struct flame_cfi_place cfa;
    size_t count;
    struct flame_cfi_place registers[FLAME_COLUMNS];
};

/* Make the row of an address that entry is about. aarch64: of that machine's instructions. budget
 * is how many instructions may be run, and is lowered by those that were. False when the
 * instructions make no sense, or the budget is exhausted. */
bool flame_cfi_run(const struct flame_cfi_section *section, const struct flame_cfi_entry *entry,
                   uint64_t address, bool aarch64, uint64_t *budget, struct flame_cfi_row *row);

#endif
