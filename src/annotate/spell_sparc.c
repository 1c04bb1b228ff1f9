/* spell_sparc.c: SPARC. Targets and kinds; the spelling is capstone's. */
#include "spelling.h"

static const struct flame_operand_style style = { ", ", "", true, FLAME_SIGNED_64, NULL };

static enum flame_instruction_kind kind_of(const char *word)
{
    if (flame_begins(word, "call"))
        return FLAME_INSTRUCTION_CALL;
    if (flame_among(word, "ret retl rett return"))
        return FLAME_INSTRUCTION_RETURN;
    if (flame_begins(word, "jmp") || flame_begins(word, "fb") ||
        (word[0] == 'b' && !flame_begins(word, "bmask") && !flame_begins(word, "bshuffle")))
        return FLAME_INSTRUCTION_JUMP;
    return FLAME_INSTRUCTION_PLAIN;
}

void flame_spell_sparc(struct flame_decoded *out, const struct flame_raw_text *raw)
{
    struct flame_pen pen = flame_pen_on(out);
    out->kind = kind_of(raw->mnemonic);
    flame_pen_text(&pen, raw->mnemonic);
    if (!raw->operands[0])
        return;
    flame_pen_char(&pen, ' ');
    if (out->kind == FLAME_INSTRUCTION_JUMP || out->kind == FLAME_INSTRUCTION_CALL)
        flame_pen_operands_to(&pen, raw->operands, &style, out);
    else
        flame_pen_operands(&pen, raw->operands, &style);
}
