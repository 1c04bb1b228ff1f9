/* spell_arm64.c: AArch64 as objdump spells it. Compared with binutils 2.40.
 *
 * Immediates are hexadecimal, but offsets of addresses, shifts and numbers of bits are decimal. */
#include "spelling.h"

static const char *const renames[][2] = { { "hs", "cs" }, { "lo", "cc" }, { NULL, NULL } };
static const struct flame_operand_style decimal = { ", ", "", false, FLAME_SIGNED_64, renames };
static const struct flame_operand_style hex = { ", ", "", true, FLAME_SIGNED_64, renames };
static const struct flame_operand_style hex32 = { ", ", "", true, FLAME_UNSIGNED_32, renames };

/* Instructions all of whose numbers are those of bits. */
static bool counts_bits(const char *word)
{
    return flame_among(word,
                       "lsl lsr asr ror ubfx sbfx ubfiz sbfiz bfi bfxil bfc ubfm sbfm bfm extr "
                       "tbz tbnz shl sshr ushr shrn shrn2 sshll sshll2 ushll ushll2 sri sli "
                       "ssra usra srshr urshr rshrn rshrn2 sqshl uqshl ext scvtf ucvtf fcvtzs "
                       "fcvtzu udf shll shll2 sqshrn uqshrn");
}

/* In brackets and behind them, and behind the name of a shift, numbers are decimal. */
static void put_operands(struct flame_pen *pen, const char *word, const char *operands)
{
    static const char *const shifts[] = { "[",      "lsl #",  "lsr #",  "asr #",  "ror #",
                                          "uxtw #", "sxtw #", "msl #",  "uxtb #", "sxtb #",
                                          "uxth #", "sxth #", "uxtx #", "sxtx #" };
    char before[FLAME_DISASM_TEXT];
    size_t length = strlen(operands);
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        const char *found = strstr(operands, shifts[i]);
        if (found && (size_t)(found - operands) < length && strcmp(shifts[i], "[") != 0)
            length = (size_t)(found - operands);
        else if (found && found > operands && found[-1] == ' ' && /* not v0.d[1] */
                 (size_t)(found - operands) < length)
            length = (size_t)(found - operands);
    }
    if (length >= sizeof before)
        length = sizeof before - 1;
    memcpy(before, operands, length);
    before[length] = '\0';
    flame_pen_operands(pen, before,
                       strchr(before, '.') && !flame_among(word, "movi mvni orr bic") ? &decimal
                       : operands[0] == 'w'                                           ? &hex32
                                                                                      : &hex);
    flame_pen_operands(pen, operands + length, &decimal);
}

static enum flame_instruction_kind kind_of(const char *word)
{
    if (flame_among(word, "bl blr blraa blrab blraaz blrabz"))
        return FLAME_INSTRUCTION_CALL;
    if (flame_among(word, "ret retaa retab eret eretaa eretab"))
        return FLAME_INSTRUCTION_RETURN;
    if (flame_begins(word, "b.") || flame_begins(word, "bc.") ||
        flame_among(word, "b br braa brab braaz brabz cbz cbnz tbz tbnz"))
        return FLAME_INSTRUCTION_JUMP;
    return FLAME_INSTRUCTION_PLAIN;
}

/* Hints that are younger than capstone 4. */
static const char *hint_name(const char *operands)
{
    static const char *const names[][2] = { { "#0x7", "xpaclri" }, { "#0x20", "bti" },
                                            { "#0x22", "bti c" },  { "#0x24", "bti j" },
                                            { "#0x26", "bti jc" }, { "#7", "xpaclri" } };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(operands, names[i][0]) == 0)
            return names[i][1];
    return NULL;
}

/* movz, movn and orr with the zero register are mov of a value. */
static bool put_move(struct flame_pen *pen, const struct flame_raw_text *raw)
{
    const char *p = strchr(raw->operands, ',');
    bool narrow = raw->operands[0] == 'w';
    bool orr = strcmp(raw->mnemonic, "orr") == 0;
    uint64_t value, shift = 0;
    size_t length;
    if (!p || (!orr && !flame_among(raw->mnemonic, "movz movn")))
        return false;
    length = (size_t)(p - raw->operands);
    p += 2;
    if (orr) {
        if (!flame_begins(p, "wzr, #") && !flame_begins(p, "xzr, #"))
            return false;
        p += 5;
    }
    p += *p == '#';
    if (!flame_number(&p, &value))
        return false;
    if (flame_begins(p, ", lsl #")) {
        p += 7;
        if (!flame_number(&p, &shift) || shift > 48 || value == 0)
            return false;
    }
    value <<= shift;
    if (raw->mnemonic[3] == 'n')
        value = ~value;
    flame_pen_text(pen, "mov ");
    flame_pen_part(pen, raw->operands, length);
    flame_pen_text(pen, ", #0x");
    flame_pen_hex(pen, narrow ? value & UINT32_MAX : value);
    return true;
}

void flame_spell_arm64(struct flame_decoded *out, const struct flame_raw_text *raw)
{
    struct flame_pen pen = flame_pen_on(out);
    const char *word = raw->mnemonic;
    bool refers = flame_among(word, "adr adrp") ||
                  (flame_among(word, "ldr ldrsw prfm") && !strchr(raw->operands, '['));
    out->kind = kind_of(word);
    if (put_move(&pen, raw))
        return;
    if (strcmp(word, "hint") == 0 && hint_name(raw->operands)) {
        flame_pen_text(&pen, hint_name(raw->operands));
        return;
    }
    if (strcmp(word, "ins") == 0)
        word = "mov";
    if (strcmp(word, "b.hs") == 0)
        word = "b.cs";
    else if (strcmp(word, "b.lo") == 0)
        word = "b.cc";
    flame_pen_text(&pen, word);
    if (!raw->operands[0])
        return;
    flame_pen_char(&pen, ' ');
    if (refers || out->kind != FLAME_INSTRUCTION_PLAIN)
        flame_pen_operands_to(&pen, raw->operands, &decimal, out);
    else if (counts_bits(word))
        flame_pen_operands(&pen, raw->operands, &decimal);
    else
        put_operands(&pen, word, raw->operands);
}
