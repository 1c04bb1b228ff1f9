/* cfi_rule.h: from a row of call-frame information to a rule. For cfi*.c alone. */
#ifndef FLAME_OBJECT_CFI_RULE_H
#define FLAME_OBJECT_CFI_RULE_H

#include "arena.h"
#include "cfi_program.h"
#include "elf_file.h"

/* Make the rule that a row states. program is the mapped file, whose machine and addresses count;
 * start and end stay to be set. The rule and what it points to live in arena. *rule is NULL where
 * the row cannot be applied. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_rule_make(struct flame_arena *arena, const struct flame_elf *program,
                                  const struct flame_cfi_section *section,
                                  const struct flame_cfi_entry *entry,
                                  const struct flame_cfi_row *row, struct flame_rule **rule);

#endif
