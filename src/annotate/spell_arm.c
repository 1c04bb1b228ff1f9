/* spell_arm.c: 32-bit ARM and Thumb as objdump spells them. Compared with binutils 2.40. */
#include "spelling.h"

static const char *const renames[][2] = {
    { "sb", "r9" }, { "lo", "cc" }, { "hs", "cs" }, { "apsr_nzcv", "APSR_nzcv" }, { NULL, NULL }
};
static const struct flame_operand_style arm_style = { ", ", "", false, FLAME_SIGNED_32, renames };
static const struct flame_operand_style thumb_style = { ", ", "", false, FLAME_SIGNED_64, renames };

static const struct flame_operand_style thumb_values = { ", ", "", false, FLAME_UNSIGNED_32,
                                                         renames };

static const char conditions[] = "eq ne cs cc hs lo mi pl vs vc hi ls ge lt gt le al";

/* Immediates have a sign in ARM code, offsets in both. */
static struct flame_operand_style style_of(const struct flame_raw_text *raw)
{
    if (!raw->thumb)
        return arm_style;
    return strchr(raw->operands, '[') ? thumb_style : thumb_values;
}

/* The condition behind stem, and a width (.n, .w), is all that word has more. */
static bool is(const char *word, const char *stem)
{
    char rest[4] = { 0 };
    if (!flame_begins(word, stem))
        return false;
    word += strlen(stem);
    for (size_t i = 0; i < 3 && word[i] && word[i] != '.'; i++)
        rest[i] = word[i];
    return !rest[0] || flame_among(rest, conditions);
}

static enum flame_instruction_kind kind_of(const char *word, const char *operands)
{
    bool to_pc = flame_begins(operands, "pc,");
    if (is(word, "bl") || is(word, "blx"))
        return FLAME_INSTRUCTION_CALL;
    if (is(word, "bx"))
        return strcmp(operands, "lr") == 0 ? FLAME_INSTRUCTION_RETURN : FLAME_INSTRUCTION_JUMP;
    if (is(word, "b") || flame_among(word, "cbz cbnz tbb tbh") || is(word, "bxj"))
        return FLAME_INSTRUCTION_JUMP;
    if (strstr(operands, "pc}") && (flame_begins(word, "pop") || flame_begins(word, "ldm")))
        return FLAME_INSTRUCTION_RETURN;
    if (flame_begins(word, "rfe") || (to_pc && flame_begins(word, "subs")))
        return FLAME_INSTRUCTION_RETURN;
    if (to_pc && (strstr(operands, ", lr") || strstr(operands, "[sp], ")))
        return FLAME_INSTRUCTION_RETURN;
    if (to_pc && (flame_begins(word, "ldr") || flame_begins(word, "mov") ||
                  flame_begins(word, "add") || flame_begins(word, "sub")))
        return FLAME_INSTRUCTION_JUMP;
    return FLAME_INSTRUCTION_PLAIN;
}

/* "[pc, #16]", or adr: counted from the instruction after next, cut to a multiple of four. */
static void find_literal(struct flame_decoded *out, const struct flame_raw_text *raw)
{
    const char *p = strstr(raw->operands, "[pc, #");
    uint64_t value;
    if (p)
        p += 6;
    else if (is(raw->mnemonic, "adr"))
        p = flame_last_operand(raw->operands);
    else if ((p = strstr(raw->operands, "[pc]")) != NULL)
        p = "0";
    if (!p || !flame_number(&p, &value))
        return;
    out->target = ((raw->address + (raw->thumb ? 4 : 8)) & ~UINT64_C(3)) + value;
    out->target &= UINT32_MAX;
    out->has_target = out->comment = true;
}

/* What has a short form in Thumb, and a long one. */
static const char forms[] =
    "add sub mov ldr ldrb ldrh ldrsb ldrsh str strb strh and orr eor bic adc sbc "
    "cmp cmn tst mvn lsl lsr asr ror mul b nop ldmia stmia";

/* "adds": one of those, with an s. */
static bool ends_with_s(const char *word, size_t length)
{
    char stem[16] = { 0 };
    if (length < 2 || length >= sizeof stem || word[length - 1] != 's')
        return false;
    memcpy(stem, word, length - 1);
    return flame_among(stem, forms) && strcmp(stem, "b") != 0;
}

/* objdump marks Thumb's branches with their width, and of what has a short form the long one. Two
 * conditions it calls cc and cs. */
static void put_word(struct flame_pen *pen, const struct flame_raw_text *raw)
{
    bool sets;
    char stem[16] = { 0 };
    size_t length = strcspn(raw->mnemonic, ".");
    const char *rest = raw->mnemonic + length, *condition = "";
    if (length >= sizeof stem) {
        flame_pen_text(pen, raw->mnemonic);
        return;
    }
    memcpy(stem, raw->mnemonic, length);
    sets = ends_with_s(stem, length);
    if (length > 2 && flame_among(stem + length - 2, conditions) && !sets &&
        !flame_among(stem, forms) && !flame_among(stem, "teq mls")) {
        condition = raw->mnemonic + length - 2;
        condition = flame_begins(condition, "lo")   ? "cc"
                    : flame_begins(condition, "hs") ? "cs"
                                                    : condition;
        stem[length - 2] = '\0';
    }
    flame_pen_text(pen, stem);
    flame_pen_part(pen, condition, strlen(condition) < 2 ? 0 : 2);
    if (raw->thumb && !*rest) {
        if (strcmp(stem, "b") == 0)
            rest = raw->size == 2 ? ".n" : ".w";
        sets = ends_with_s(stem, strlen(stem));
        if (raw->size == 4 && (sets || flame_among(stem, forms)))
            rest = ".w";
    } else if (flame_among(stem, "rsb teq") && strcmp(rest, ".w") == 0) {
        rest = ""; /* there is no short one */
    }
    flame_pen_text(pen, rest);
}

/* Forms that objdump spells by another name than capstone. True: written. */
static bool put_other(struct flame_pen *pen, const struct flame_raw_text *raw)
{
    const char *word = raw->mnemonic, *last = strrchr(raw->operands, ',');
    const struct flame_operand_style style = style_of(raw);
    bool pop = strcmp(word, "pop.w") == 0;
    if (!raw->thumb) { /* of one register, capstone 4 shows how they are encoded */
        pop =
            is(word, "ldr") && last && strcmp(last, ", #4") == 0 && strstr(raw->operands, "[sp], ");
        if (!pop && (!is(word, "str") || !last || strcmp(last, ", #-4]!") != 0 ||
                     !strstr(raw->operands, "[sp, ")))
            return false;
        flame_pen_text(pen, pop ? "pop" : "push");
        flame_pen_text(pen, word + 3);
        flame_pen_text(pen, " {");
        flame_pen_part(pen, raw->operands, strcspn(raw->operands, ","));
        flame_pen_char(pen, '}');
        return true;
    }
    if (pop || strcmp(word, "push.w") == 0) {
        flame_pen_text(pen, pop ? "ldmia.w sp!, " : "stmdb sp!, ");
        flame_pen_operands(pen, raw->operands, &style);
        return true;
    }
    if (flame_among(word, "lsl.w lsr.w asr.w ror.w") && last && strchr(last, '#')) {
        flame_pen_text(pen, "mov.w ");
        for (const char *p = raw->operands; p < last + 2; p++)
            flame_pen_char(pen, *p);
        flame_pen_part(pen, word, 3);
        flame_pen_operands(pen, last + 1, &style);
        return true;
    }
    if (raw->size == 2 && strcmp(word, "rsbs") == 0 && last && strcmp(last, ", #0") == 0) {
        flame_pen_text(pen, "negs ");
        flame_pen_part(pen, raw->operands, (size_t)(last - raw->operands));
        return true;
    }
    if (raw->size == 2 && flame_among(word, "ldr ldrb ldrh str strb strh") && last &&
        last[2] == '[' && last[strlen(last) - 1] == ']') {
        flame_pen_text(pen, word);
        flame_pen_char(pen, ' ');
        flame_pen_operands(pen, raw->operands, &style);
        pen->text[--pen->length] = '\0';
        flame_pen_text(pen, ", #0]");
        return true;
    }
    return false;
}

/* Its last operand is an address, not a value that pc is loaded or counted with. */
static bool goes_to_label(const char *word)
{
    return is(word, "b") || is(word, "bl") || is(word, "blx") || flame_among(word, "cbz cbnz");
}

void flame_spell_arm(struct flame_decoded *out, const struct flame_raw_text *raw)
{
    struct flame_pen pen = flame_pen_on(out);
    const struct flame_operand_style style = style_of(raw);
    out->kind = kind_of(raw->mnemonic, raw->operands);
    find_literal(out, raw);
    if (put_other(&pen, raw))
        return;
    put_word(&pen, raw);
    if (!raw->operands[0])
        return;
    flame_pen_char(&pen, ' ');
    if (goes_to_label(raw->mnemonic))
        flame_pen_operands_to(&pen, raw->operands, &style, out);
    else
        flame_pen_operands(&pen, raw->operands, &style);
}
