/* spell_ppc.c: PowerPC as objdump spells it. Compared with binutils 2.40. */
#include "spelling.h"

static const struct flame_operand_style style = { ",", "", false, FLAME_SIGNED_64, NULL };

static bool ends(const char *word, const char *end)
{
    size_t length = strcspn(word, "+-"), tail = strlen(end);
    return length >= tail && memcmp(word + length - tail, end, tail) == 0;
}

static enum flame_instruction_kind kind_of(const char *word)
{
    if (word[0] != 'b' || flame_begins(word, "bcd") ||
        flame_among(word, "bpermd brh brw brd brinc"))
        return flame_among(word, "rfi rfid hrfid rfscv") ? FLAME_INSTRUCTION_RETURN
                                                         : FLAME_INSTRUCTION_PLAIN;
    if (ends(word, "l") || ends(word, "la"))
        return FLAME_INSTRUCTION_CALL;
    return ends(word, "lr") ? FLAME_INSTRUCTION_RETURN : FLAME_INSTRUCTION_JUMP;
}

/* The numbers that operands end with. */
static size_t last_numbers(const char *operands, uint64_t *numbers, size_t most)
{
    size_t count = 0;
    for (const char *p = operands; (p = strchr(p, ',')) != NULL;) {
        p += 1 + (p[1] == ' ');
        if (count < most && flame_number(&p, &numbers[count]))
            count++;
    }
    return count;
}

/* Rotations that are shifts, which capstone 4 does not call so. */
static bool put_shift(struct flame_pen *pen, const struct flame_raw_text *raw)
{
    uint64_t numbers[3];
    size_t count = last_numbers(raw->operands, numbers, 3);
    bool dot = ends(raw->mnemonic, ".");
    const char *word = NULL, *end;
    uint64_t shift = 0;
    if (flame_among(raw->mnemonic, "rldicl rldicl.") && count == 2) {
        word = numbers[0] == 0 ? "clrldi" : numbers[1] == 0 ? "rotldi" : NULL;
        shift = numbers[0] == 0 ? numbers[1] : numbers[0];
        if (!word && numbers[0] + numbers[1] == 64) {
            word = "srdi";
            shift = numbers[1];
        }
    } else if (flame_among(raw->mnemonic, "rldicr rldicr.") && count == 2 &&
               (numbers[0] == 0 || numbers[0] + numbers[1] == 63)) {
        word = numbers[0] == 0 ? "clrrdi" : "sldi";
        shift = numbers[0] == 0 ? 63 - numbers[1] : numbers[0];
    } else if (flame_among(raw->mnemonic, "rlwinm rlwinm.") && count == 3) {
        word = numbers[0] == 0 && numbers[2] == 31                 ? "clrlwi"
               : numbers[0] == 0 && numbers[1] == 0                ? "clrrwi"
               : numbers[1] == 0 && numbers[2] == 31               ? "rotlwi"
               : numbers[1] == 0 && numbers[0] + numbers[2] == 31  ? "slwi"
               : numbers[2] == 31 && numbers[0] + numbers[1] == 32 ? "srwi"
                                                                   : NULL;
        shift = word && strcmp(word, "clrrwi") == 0 ? 31 - numbers[2]
                : numbers[2] == 31 && numbers[1]    ? numbers[1]
                                                    : numbers[0];
    }
    end = strchr(raw->operands, ',');
    end = end ? strchr(end + 1, ',') : NULL;
    if (!word || !end)
        return false;
    flame_pen_text(pen, word);
    flame_pen_text(pen, dot ? ". " : " ");
    for (const char *p = raw->operands; p < end; p++)
        if (*p != ' ')
            flame_pen_char(pen, *p);
    flame_pen_char(pen, ',');
    flame_pen_decimal(pen, (int64_t)shift);
    return true;
}

/* "or. r30, r6, r6" is a copy: "mr. r30,r6". */
static bool put_copy(struct flame_pen *pen, const struct flame_raw_text *raw)
{
    static const char *const copies[][2] = { { "or.", "mr. " },
                                             { "nor", "not " },
                                             { "nor.", "not. " },
                                             { "vor", "vmr " },
                                             { "xxlor", "xxmr " } };
    const char *second = strchr(raw->operands, ','), *third;
    third = second ? strchr(second + 1, ',') : NULL;
    if (!third || strlen(third) != (size_t)(third - second) ||
        memcmp(second, third, strlen(third)) != 0)
        return false;
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++)
        if (strcmp(raw->mnemonic, copies[i][0]) == 0) {
            flame_pen_text(pen, copies[i][1]);
            flame_pen_part(pen, raw->operands, (size_t)(second - raw->operands));
            flame_pen_operands(pen, third, &style);
            return true;
        }
    return false;
}

/* Between a general register and half a vector register: by what the latter is called. */
static bool put_vector_move(struct flame_pen *pen, const struct flame_raw_text *raw)
{
    const char *word = raw->mnemonic;
    const char *first = raw->operands, *last = flame_last_operand(raw->operands);
    const char *vector = first[0] == 'r' ? last : first;
    if (!flame_among(word, "mfvsrd mtvsrd mfvsrwz mtvsrwz mtvsrwa") ||
        (vector[0] != 'f' && (vector[0] != 'v' || vector[1] == 's')))
        return false;
    flame_pen_part(pen, word, 2);
    flame_pen_text(pen, vector[0] == 'f' ? "fpr" : "vr");
    flame_pen_text(pen, word + 5);
    flame_pen_char(pen, ' ');
    flame_pen_operands(pen, raw->operands, &style);
    return true;
}

/* Immediates of 16 bits with a sign, which capstone 4 writes without. */
static void put_signed(struct flame_pen *pen, const char *operands)
{
    const char *last = flame_last_operand(operands), *end = last;
    uint64_t value;
    if (!flame_number(&end, &value) || *end || value < 0x8000 || value > 0xffff) {
        flame_pen_operands(pen, operands, &style);
        return;
    }
    for (const char *p = operands; p < last; p++)
        if (*p != ' ')
            flame_pen_char(pen, *p);
    flame_pen_decimal(pen, (int64_t)value - 0x10000);
}

/* Branches to a register, behind whose operands capstone 4 writes a hint as an address. */
static bool goes_to_register(const struct flame_raw_text *raw)
{
    return raw->bytes[raw->machine.big_endian ? 0 : 3] >> 2 == 19;
}

/* Operands without a number at their end. */
static void put_condition(struct flame_pen *pen, const char *operands)
{
    const char *last = flame_last_operand(operands), *end = last;
    char before[FLAME_DISASM_TEXT] = { 0 };
    uint64_t value;
    size_t length = strlen(operands);
    if (flame_number(&end, &value) && !*end)
        for (length = (size_t)(last - operands); length && strchr(", ", operands[length - 1]);)
            length--;
    if (length == 0 || length >= sizeof before)
        return;
    memcpy(before, operands, length);
    flame_pen_char(pen, ' ');
    flame_pen_operands(pen, before, &style);
}

void flame_spell_ppc(struct flame_decoded *out, const struct flame_raw_text *raw)
{
    struct flame_pen pen = flame_pen_on(out);
    out->kind = kind_of(raw->mnemonic);
    if (put_shift(&pen, raw))
        return;
    if (put_copy(&pen, raw))
        return;
    if (put_vector_move(&pen, raw))
        return;
    /* capstone 4 has but one name for two instructions */
    flame_pen_text(&pen, raw->mnemonic);
    if (flame_among(raw->mnemonic, "cntlz cntlz."))
        flame_pen_text(&pen, "w");
    if (!raw->operands[0])
        return;
    if (out->kind != FLAME_INSTRUCTION_PLAIN && goes_to_register(raw)) {
        put_condition(&pen, raw->operands);
        return;
    }
    flame_pen_char(&pen, ' ');
    if (out->kind != FLAME_INSTRUCTION_PLAIN)
        flame_pen_operands_to(&pen, raw->operands, &style, out);
    else if (flame_among(raw->mnemonic, "addi addis li lis cmpwi cmpdi addic addic. subfic mulli"))
        put_signed(&pen, raw->operands);
    else
        flame_pen_operands(&pen, raw->operands, &style);
}
