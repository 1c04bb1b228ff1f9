/* spell_mips.c: MIPS as objdump spells it. Compared with binutils 2.40. */
#include "spelling.h"

#include <elf.h>

static const char *const renames[][2] = { { "$fp", "s8" }, { NULL, NULL } };
static const struct flame_operand_style decimal = { ",", "$", false, FLAME_SIGNED_64, renames };
static const struct flame_operand_style hex = { ",", "$", true, FLAME_SIGNED_64, renames };

static enum flame_instruction_kind kind_of(const char *word, const char *operands)
{
    if (flame_among(word,
                    "jal jalr jalx bal balc jialc bgezal bltzal bgezall bltzall jalrc jalr.hb "
                    "jals jalrs jalrs16 bltzals bgezals bltzalc bgezalc blezalc bgtzalc beqzalc "
                    "bnezalc"))
        return FLAME_INSTRUCTION_CALL;
    if (flame_among(word, "jr jrc jr16 jr.hb jraddiusp"))
        return strcmp(operands, "$ra") == 0 || strcmp(word, "jraddiusp") == 0
                   ? FLAME_INSTRUCTION_RETURN
                   : FLAME_INSTRUCTION_JUMP;
    if (flame_among(word, "eret deret"))
        return FLAME_INSTRUCTION_RETURN;
    if (flame_among(word,
                    "b bc j jic jrcaddiusp beq bne beqz bnez beqzc bnezc blez bgtz bltz bgez beql "
                    "bnel blezl bgtzl bltzl bgezl beqzl bnezl bc1t bc1f bc1tl bc1fl bc1eqz bc1nez "
                    "bc2eqz bc2nez beqc bnec bltc bgec bltuc bgeuc bltzc bgezc blezc bgtzc bovc "
                    "bnvc b16 beqz16 bnez16 bposge32"))
        return FLAME_INSTRUCTION_JUMP;
    return FLAME_INSTRUCTION_PLAIN;
}

static void put_until(struct flame_pen *pen, const char *operands, size_t length,
                      const struct flame_operand_style *style)
{
    char before[FLAME_DISASM_TEXT];
    if (length >= sizeof before)
        length = sizeof before - 1;
    memcpy(before, operands, length);
    before[length] = '\0';
    flame_pen_operands(pen, before, style);
}

/* Memory without an offset has one for objdump: "($v0)" is "0(v0)". */
static void put_operands(struct flame_pen *pen, const char *operands,
                         const struct flame_operand_style *style)
{
    const char *paren = strchr(operands, '(');
    size_t length = paren ? (size_t)(paren - operands) : 0;
    if (length == 0 || operands[length - 1] != ' ') {
        flame_pen_operands(pen, operands, style);
        return;
    }
    put_until(pen, operands, length, style);
    flame_pen_char(pen, '0');
    flame_pen_operands(pen, paren, style);
}

/* Branches whose targets capstone gives as distances: microMIPS's, and of release 6 those without a
 * delay slot and, in 32-bit code, bgtz. */
static bool has_distance(const struct flame_raw_text *raw)
{
    uint32_t level = raw->machine.flags & EF_MIPS_ARCH;
    if (raw->mnemonic[0] != 'b')
        return false;
    if (raw->machine.flags & 0x02000000) /* EF_MIPS_MICROMIPS */
        return true;
    return (level == 0x90000000 || level == 0xa0000000) &&
           (raw->mnemonic[strlen(raw->mnemonic) - 1] == 'c' ||
            (!raw->machine.wide && strcmp(raw->mnemonic, "bgtz") == 0));
}

static void put_distance(struct flame_pen *pen, const struct flame_raw_text *raw,
                         struct flame_decoded *out)
{
    const char *last = flame_last_operand(raw->operands), *end = last;
    uint64_t distance;
    if (!flame_number(&end, &distance)) {
        flame_pen_operands(pen, raw->operands, &decimal);
        return;
    }
    put_until(pen, raw->operands, (size_t)(last - raw->operands), &decimal);
    out->target = raw->address + raw->size + distance;
    if (!raw->machine.wide)
        out->target &= UINT32_MAX;
    out->has_target = true;
    flame_pen_hex(pen, out->target);
}

void flame_spell_mips(struct flame_decoded *out, const struct flame_raw_text *raw)
{
    struct flame_pen pen = flame_pen_on(out);
    const char *word = raw->mnemonic;
    const char *zero = strstr(raw->operands, ", $zero, ");
    bool bits =
        flame_among(word, "andi ori xori lui sll srl sra rotr dsll dsrl dsra dsll32 dsrl32 "
                          "dsra32 rotrv drotr drotr32 ext ins dext dins dextu dextm dinsu dinsm "
                          "break teq cache pref sync");
    out->kind = kind_of(word, raw->operands);
    if (flame_among(word, "addiu ori") && zero) { /* a constant */
        flame_pen_text(&pen, "li ");
        put_until(&pen, raw->operands, (size_t)(zero - raw->operands), &decimal);
        flame_pen_char(&pen, ',');
        flame_pen_operands(&pen, zero + 9, bits ? &hex : &decimal);
        return;
    }
    word = strcmp(word, "rotr") == 0 ? "ror" : word;
    flame_pen_part(&pen, word,
                   flame_among(word, "b16 beqz16 bnez16") ? strlen(word) - 2 : strlen(word));
    if (!raw->operands[0])
        return;
    flame_pen_char(&pen, ' ');
    if (out->kind != FLAME_INSTRUCTION_PLAIN && has_distance(raw))
        put_distance(&pen, raw, out);
    else if (out->kind != FLAME_INSTRUCTION_PLAIN && !flame_among(word, "jic jialc jraddiusp"))
        flame_pen_operands_to(&pen, raw->operands, &decimal, out);
    else
        put_operands(&pen, raw->operands, bits ? &hex : &decimal);
}
