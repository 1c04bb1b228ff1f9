/* spelling.h: capstone's text of an instruction to objdump's, and what can be told from it: its
 * kind, and where it goes to.
 *
 * From text to text, so that it does not depend on capstone's version, nor on what it says of
 * operands, which differs more than its text does. */
#ifndef FLAME_ANNOTATE_SPELLING_H
#define FLAME_ANNOTATE_SPELLING_H

#include "disasm.h"

/* What capstone says of an instruction.
 *
 * name   mnemonic without what the syntax appends: "mov" of "movq"
 * bytes  bytes[size], at address */
struct flame_raw_text {
    const char *mnemonic, *operands, *name;
    const uint8_t *bytes;
    uint32_t size;
    uint64_t address;
    struct flame_machine machine;
    bool intel, thumb;
};

/* Each fills in out (size is set by the caller). */
typedef void flame_speller(struct flame_decoded *out, const struct flame_raw_text *raw);
flame_speller flame_spell_x86, flame_spell_arm64, flame_spell_arm, flame_spell_ppc,
    flame_spell_s390, flame_spell_mips, flame_spell_riscv, flame_spell_sparc;

/* x86: an instruction that capstone does not know, but whose length is plain: by its name if that
 * is known here, else as data. Sets size. False: not one of those. */
bool flame_spell_x86_unknown(struct flame_decoded *out, const uint8_t *bytes, size_t size,
                             uint64_t address, const struct flame_machine *machine, bool intel);

/* bytes[size] as data, in pieces of unit bytes (1, 2 or 4; a divisor of size): ".byte 0x06",
 * ".short 0x1234,0x0005", ".word 0x12345678" or ".long", as objdump calls it for that machine. */
void flame_spell_data(struct flame_decoded *out, const uint8_t *bytes, uint32_t size, unsigned unit,
                      const struct flame_machine *machine);

/* A pen writes text, and stops at its end; the text is always terminated. */
struct flame_pen {
    char *text;
    size_t length;
};

struct flame_pen flame_pen_on(struct flame_decoded *out);
void flame_pen_char(struct flame_pen *pen, char c);
void flame_pen_text(struct flame_pen *pen, const char *text);
void flame_pen_part(struct flame_pen *pen, const char *text, size_t length);
void flame_pen_hex(struct flame_pen *pen, uint64_t value);    /* 1f */
void flame_pen_decimal(struct flame_pen *pen, int64_t value); /* -31 */

/* A number at *at, hexadecimal (0x) or decimal, negative or not; moves *at behind it. */
bool flame_number(const char **at, uint64_t *value);

enum flame_width { FLAME_SIGNED_64, FLAME_SIGNED_32, FLAME_UNSIGNED_32 };

/* How an architecture's operands are written.
 *
 * comma    between two of them: "," or ", "
 * hex      numbers in hexadecimal; else decimal and signed
 * width    how many bits of them count, and as what
 * drop     characters that are left out
 * renames  words and what to write for them, ended by NULL; may be NULL */
struct flame_operand_style {
    const char *comma, *drop;
    bool hex;
    enum flame_width width;
    const char *const (*renames)[2];
};

/* Write operands in that style. */
void flame_pen_operands(struct flame_pen *pen, const char *operands,
                        const struct flame_operand_style *style);

/* Write operands whose last is an address of code, in hexadecimal without 0x, and take it as out's
 * target. Those whose last is no number are written as they are. */
void flame_pen_operands_to(struct flame_pen *pen, const char *operands,
                           const struct flame_operand_style *style, struct flame_decoded *out);

/* The operand behind the last comma, or all of them, without # and spaces before it. */
const char *flame_last_operand(const char *operands);

/* Whether text begins with prefix; whether word is among words, which are separated by spaces. */
bool flame_begins(const char *text, const char *prefix);
bool flame_among(const char *word, const char *words);

#endif
