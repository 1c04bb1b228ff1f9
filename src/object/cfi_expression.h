/* cfi_expression.h: DWARF expressions of call-frame information, decoded. For cfi*.c alone. */
#ifndef FLAME_OBJECT_CFI_EXPRESSION_H
#define FLAME_OBJECT_CFI_EXPRESSION_H

#include "cursor.h"
#include "elf_file.h"
#include "rule.h"

/* Compilers write expressions of less than ten operations. */
enum { FLAME_EXPRESSION_MAX = 256 };

/* Decode bytes into ops[FLAME_EXPRESSION_MAX], as rule.h has them. program is the mapped file, for
 * DW_OP_addr. False when it is too long, uses anything but registers and memory, or branches to
 * where no operation begins. */
bool flame_expression_read(struct flame_cursor bytes, const struct flame_elf *program,
                           struct flame_rule_op *ops, size_t *count);

#endif
