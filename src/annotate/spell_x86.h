/* spell_x86.h: an x86 instruction taken apart, for the files that write its text. */
#ifndef FLAME_ANNOTATE_SPELL_X86_H
#define FLAME_ANNOTATE_SPELL_X86_H

#include "spelling.h"
#include "x86_shape.h"

enum { FLAME_X86_OPERANDS = 6, FLAME_X86_WORD = 32 };

/* One operand, borrowed from capstone's text. */
struct flame_x86_operand {
    const char *text;
    size_t length;
};

/* word    the mnemonic without prefixes
 * one     the last operand is the number 1, and part of the opcode
 * suffix  what AT&T's syntax appended to it to tell the size: b, w, l, q, or 0 */
struct flame_x86_insn {
    const struct flame_raw_text *raw;
    struct flame_x86_shape shape;
    char word[FLAME_X86_WORD], suffix;
    struct flame_x86_operand operands[FLAME_X86_OPERANDS];
    size_t operand_count;
    bool one;
};

/* Write the prefixes that objdump shows: "lock ", "rep ", "data16 cs ". */
void flame_x86_put_prefixes(struct flame_pen *pen, const struct flame_x86_insn *insn);

/* Write the mnemonic, as objdump has it. */
void flame_x86_put_word(struct flame_pen *pen, const struct flame_x86_insn *insn);

/* Write a whole instruction of those whose operands are implied, strings ("movsb
 * %ds:(%rsi),%es:(%rdi)"), or on the floating-point stack. False, and nothing written: it is none.
 */
bool flame_x86_put_special(struct flame_pen *pen, const struct flame_x86_insn *insn);

/* Write an operand in memory. */
void flame_x86_put_memory(struct flame_pen *pen, const struct flame_x86_insn *insn,
                          const struct flame_x86_operand *operand);

/* Write the low bytes of a value: "0xff". */
void flame_x86_put_number(struct flame_pen *pen, uint64_t value, unsigned bytes);

/* It jumps, calls, or begins a transaction: a number as operand is where to. */
bool flame_x86_is_branch(const struct flame_x86_insn *insn);

bool flame_x86_is_memory(const struct flame_x86_operand *operand);

#endif
