/* spell_s390.c: s390 as objdump spells it. Compared with binutils 2.40. */
#include "spelling.h"

static const struct flame_operand_style style = { ",", "", false, FLAME_SIGNED_64, NULL };

/* Compare and branch: c, what is compared, j for a label or b for an address in a register, and a
 * condition ("cgije"). */
static bool compares_and(char how, const char *word)
{
    static const char *const labels[] = { "cij", "cgij", "clij", "clgij",
                                          "crj", "cgrj", "clrj", "clgrj" };
    static const char *const addresses[] = { "cib", "cgib", "clib", "clgib",
                                             "crb", "cgrb", "clrb", "clgrb" };
    const char *const *stems = how == 'j' ? labels : addresses;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (flame_begins(word, stems[i]))
            return true;
    return false;
}

/* Its last operand is an address of code, not a distance from a register. */
static bool goes_to_label(const char *word)
{
    return word[0] == 'j' || compares_and('j', word) || flame_begins(word, "bras") ||
           flame_begins(word, "brc") || flame_begins(word, "brx");
}

static enum flame_instruction_kind kind_of(const char *word, const char *operands)
{
    if (flame_among(word, "brasl bras basr bas balr bal bassm"))
        return FLAME_INSTRUCTION_CALL;
    if ((word[0] == 'b' && word[strlen(word) - 1] == 'r' && strcmp(operands, "%r14") == 0) ||
        flame_among(word, "lpswe pr"))
        return FLAME_INSTRUCTION_RETURN;
    if (goes_to_label(word) || compares_and('b', word) || flame_begins(word, "bc") ||
        flame_begins(word, "bx") ||
        flame_among(word,
                    "b br be ber bne bner bh bhr bl blr bnh bnhr bnl bnlr bhe bher ble bler bz "
                    "bzr bnz bnzr bo bor bno bnor bm bmr bp bpr bnm bnmr bnp bnpr bi bic bsm"))
        return FLAME_INSTRUCTION_JUMP;
    return FLAME_INSTRUCTION_PLAIN;
}

/* bcr and bc with a mask that has a name. True: written. */
static bool put_masked(struct flame_pen *pen, const struct flame_raw_text *raw)
{
    static const char *const conditions[16] = { "nop", "o",   "h",  "nle", "l",  "nhe", "lh", "ne",
                                                "e",   "nlh", "he", "nl",  "le", "nh",  "no", "" };
    const char *p = raw->operands;
    uint64_t mask;
    bool reg = strcmp(raw->mnemonic, "bcr") == 0;
    if ((!reg && strcmp(raw->mnemonic, "bc") != 0) || !flame_number(&p, &mask) || mask > 15 ||
        *p != ',')
        return false;
    if (mask)
        flame_pen_char(pen, 'b');
    flame_pen_text(pen, conditions[mask]);
    flame_pen_text(pen, reg ? "r " : " ");
    flame_pen_operands(pen, p + 1 + (p[1] == ' '), &style);
    return true;
}

/* risbg whose second mask has its highest bit clears what it does not select: risbgz. */
static bool put_rotate(struct flame_pen *pen, const struct flame_raw_text *raw)
{
    const char *p = raw->operands;
    uint64_t first, last;
    if (!flame_among(raw->mnemonic, "risbg risbgn"))
        return false;
    for (int commas = 0; commas < 2; commas++)
        if (!(p = strchr(p, ',')) || *++p != ' ')
            return false;
    p++;
    if (!flame_number(&p, &first) || !flame_begins(p, ", "))
        return false;
    p += 2;
    if (!flame_number(&p, &last) || last < 128)
        return false;
    flame_pen_text(pen, strcmp(raw->mnemonic, "risbg") == 0 ? "risbgz " : "risbgnz ");
    for (const char *q = raw->operands; *q != ' '; q++)
        flame_pen_char(pen, *q);
    p = strchr(raw->operands, ' ') + 1;
    flame_pen_part(pen, p, strcspn(p, ",") + 1);
    flame_pen_decimal(pen, (int64_t)first);
    flame_pen_char(pen, ',');
    flame_pen_decimal(pen, (int64_t)last - 128);
    flame_pen_operands(pen, strrchr(raw->operands, ','), &style);
    return true;
}

void flame_spell_s390(struct flame_decoded *out, const struct flame_raw_text *raw)
{
    struct flame_pen pen = flame_pen_on(out);
    const char *word = raw->mnemonic;
    bool refers;
    out->kind = kind_of(word, raw->operands);
    if (put_masked(&pen, raw)) {
        if (flame_begins(out->text, "nop"))
            out->kind = FLAME_INSTRUCTION_PLAIN;
        else if (strcmp(flame_last_operand(raw->operands), "%r14") == 0)
            out->kind = FLAME_INSTRUCTION_RETURN;
        return;
    }
    if (put_rotate(&pen, raw))
        return;
    refers =
        flame_among(word, "larl lrl lgrl lgfrl llgfrl lhrl lghrl llhrl llghrl strl stgrl sthrl "
                          "crl cgrl clrl clgrl cgfrl clgfrl chrl cghrl clhrl clghrl exrl pfdrl");
    flame_pen_text(&pen, word);
    if (!raw->operands[0])
        return;
    flame_pen_char(&pen, ' ');
    if (refers || goes_to_label(word))
        flame_pen_operands_to(&pen, raw->operands, &style, out);
    else
        flame_pen_operands(&pen, raw->operands, &style);
}
