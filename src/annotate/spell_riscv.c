/* spell_riscv.c: RISC-V as objdump spells it: compressed instructions are written as what they
 * stand for, and targets are addresses, where capstone has distances. Compared with binutils 2.40.
 */
#include "spelling.h"

static const struct flame_operand_style decimal = { ",", "", false, FLAME_SIGNED_64, NULL };
static const struct flame_operand_style hex = { ",", "", true, FLAME_SIGNED_64, NULL };

static enum flame_instruction_kind kind_of(const char *word, const char *operands)
{
    bool links = !flame_begins(operands, "zero,");
    if (flame_among(word, "ret c.ret mret sret uret dret"))
        return FLAME_INSTRUCTION_RETURN;
    if (flame_among(word, "jr c.jr"))
        return strcmp(operands, "ra") == 0 ? FLAME_INSTRUCTION_RETURN : FLAME_INSTRUCTION_JUMP;
    if (strcmp(word, "jalr") == 0 && !links)
        return strstr(operands, "ra") ? FLAME_INSTRUCTION_RETURN : FLAME_INSTRUCTION_JUMP;
    if (flame_among(word, "jal jalr c.jal c.jalr call"))
        return links ? FLAME_INSTRUCTION_CALL : FLAME_INSTRUCTION_JUMP;
    if (flame_among(word,
                    "j c.j beq bne blt bge bltu bgeu beqz bnez bltz bgez blez bgtz c.beqz c.bnez "
                    "bgt ble bgtu bleu tail"))
        return FLAME_INSTRUCTION_JUMP;
    return FLAME_INSTRUCTION_PLAIN;
}

/* Compressed instructions of two operands whose first is read and written. */
static bool doubles_first(const char *word)
{
    return flame_among(word, "add addi addiw addw sub subw and andi or xor slli srli srai");
}

/* The distance at the end of operands as an address. */
static void put_target(struct flame_pen *pen, struct flame_decoded *out,
                       const struct flame_raw_text *raw, const char *operands)
{
    const char *last = flame_last_operand(operands), *end = last;
    uint64_t distance;
    if (!flame_number(&end, &distance) || *end) {
        flame_pen_operands(pen, operands, &decimal);
        return;
    }
    for (const char *p = operands; p < last; p++)
        if (*p != ' ')
            flame_pen_char(pen, *p);
    out->target = raw->address + distance;
    if (!raw->machine.wide)
        out->target &= UINT32_MAX;
    out->has_target = true;
    flame_pen_hex(pen, out->target);
}

/* The plain name of a compressed instruction, and the operands that it leaves out. */
static void expand(struct flame_pen *pen, const char **word, const char **operands)
{
    const char *comma = strchr(*operands, ',');
    size_t first = comma ? (size_t)(comma - *operands) : strlen(*operands);
    *word += 2;
    if (strcmp(*word, "addi16sp") == 0 || strcmp(*word, "addi4spn") == 0) {
        bool stack = (*word)[4] == '1';
        *word = "addi";
        if (stack && comma && !strchr(comma + 1, ',')) {
            flame_pen_text(pen, "addi sp,");
            return;
        }
    } else if (doubles_first(*word) && comma && !strchr(comma + 1, ',')) {
        flame_pen_text(pen, *word);
        flame_pen_char(pen, ' ');
        flame_pen_part(pen, *operands, first);
        flame_pen_char(pen, ',');
        return;
    } else if (flame_among(*word, "lwsp ldsp swsp sdsp flwsp fldsp fswsp fsdsp")) {
        flame_pen_part(pen, *word, strlen(*word) - 2);
        flame_pen_char(pen, ' ');
        return;
    }
    flame_pen_text(pen, *word);
    flame_pen_char(pen, ' ');
}

/* Immediates that give an instruction another name. */
static bool put_alias(struct flame_pen *pen, const char *word, const char *operands)
{
    static const struct {
        const char *word, *end, *alias;
    } aliases[] = { { "addiw", ", 0", "sext.w " },
                    { "andi", ", 0xff", "zext.b " },
                    { "andi", ", 255", "zext.b " } };
    const char *zero = strstr(operands, ", zero, "), *comma = strrchr(operands, ',');
    const char *alias = NULL;
    bool doubled;
    for (size_t i = 0; comma && i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(word, aliases[i].word) == 0 && strcmp(comma, aliases[i].end) == 0)
            alias = aliases[i].alias;
    if (!alias && (strcmp(word, "addi") != 0 || !zero))
        return false;
    doubled = strchr(pen->text, ',') != NULL;
    pen->length = 0;
    flame_pen_text(pen, alias ? alias : "li ");
    if (doubled) { /* by expand */
        flame_pen_part(pen, operands, (size_t)(comma - operands));
        flame_pen_char(pen, ',');
    }
    for (const char *p = operands; p < (alias ? comma : zero); p++)
        if (*p != ' ')
            flame_pen_char(pen, *p);
    if (!alias) {
        flame_pen_char(pen, ',');
        flame_pen_operands(pen, zero + 8, &decimal);
    }
    return true;
}

void flame_spell_riscv(struct flame_decoded *out, const struct flame_raw_text *raw)
{
    struct flame_pen pen = flame_pen_on(out);
    const char *word = raw->mnemonic, *operands = raw->operands;
    bool goes;
    out->kind = kind_of(word, operands);
    goes = out->kind == FLAME_INSTRUCTION_JUMP || out->kind == FLAME_INSTRUCTION_CALL;
    if (flame_begins(word, "c.")) {
        if (flame_among(word, "c.jr") && strcmp(operands, "ra") == 0) {
            flame_pen_text(&pen, "ret");
            return;
        }
        if (!operands[0]) {
            flame_pen_text(&pen, word + 2);
            return;
        }
        expand(&pen, &word, &operands);
    } else {
        flame_pen_text(&pen, word);
        if (!operands[0])
            return;
        flame_pen_char(&pen, ' ');
    }
    if (put_alias(&pen, word, operands))
        return;
    if (goes && !strchr(operands, '(') && !flame_among(word, "jalr jr"))
        put_target(&pen, out, raw, operands);
    else
        flame_pen_operands(
            &pen, operands,
            flame_among(word, "lui auipc slli srli srai slliw srliw sraiw") ? &hex : &decimal);
}
