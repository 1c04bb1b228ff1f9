/* spell_x86.c: x86 as objdump spells it, in AT&T's syntax and in Intel's.
 *
 * Prefixes are read from the bytes, since capstone drops those that have no effect; operands are
 * capstone's, with numbers in hexadecimal, and every part of an address written down. AT&T's
 * suffixes stay only where no register tells the size. Compared with binutils 2.40. */
#include "spell_x86.h"

static void split_operands(struct flame_x86_insn *insn)
{
    int depth = 0;
    const char *start = insn->raw->operands;
    for (const char *p = start;; p++) {
        depth += (*p == '(' || *p == '[') - (*p == ')' || *p == ']');
        if (*p != '\0' && (*p != ',' || depth > 0))
            continue;
        if (p > start && insn->operand_count < FLAME_X86_OPERANDS)
            insn->operands[insn->operand_count++] =
                (struct flame_x86_operand){ start, (size_t)(p - start) };
        if (*p == '\0')
            return;
        start = p[1] == ' ' ? p + 2 : p + 1;
    }
}

/* capstone writes "rep stosq": the last word is the instruction's. */
static void split_mnemonic(struct flame_x86_insn *insn)
{
    const char *word = strrchr(insn->raw->mnemonic, ' ');
    size_t length, base = strlen(insn->raw->name);
    word = word ? word + 1 : insn->raw->mnemonic;
    length = strlen(word);
    if (length >= FLAME_X86_WORD)
        length = FLAME_X86_WORD - 1;
    memcpy(insn->word, word, length);
    insn->word[length] = '\0';
    if (!insn->raw->intel && length == base + 1 && memcmp(word, insn->raw->name, base) == 0 &&
        strchr("bwlq", word[base]))
        insn->suffix = word[base];
}

/* Bytes of a register by its name, of memory by what stands before it ("dword ptr"). */
static unsigned intel_size(const struct flame_x86_operand *operand)
{
    char word[8] = { 0 };
    memcpy(word, operand->text, operand->length < sizeof word ? operand->length : sizeof word - 1);
    if (flame_begins(word, "byte"))
        return 1;
    if (flame_begins(word, "word"))
        return 2;
    if (flame_begins(word, "dword"))
        return 4;
    if (flame_begins(word, "qword") || word[0] == 'r')
        return word[0] != 'r' || operand->length < 3 ? 8
               : word[operand->length - 1] == 'd'    ? 4
               : word[operand->length - 1] == 'w'    ? 2
               : word[operand->length - 1] == 'b'    ? 1
                                                     : 8;
    if (word[0] == 'e')
        return 4;
    if (flame_among(word, "ax bx cx dx si di sp bp"))
        return 2;
    return flame_among(word, "al ah bl bh cl ch dl dh sil dil spl bpl") ? 1 : 8;
}

/* Bytes that an immediate is written with. */
static unsigned immediate_size(const struct flame_x86_insn *insn,
                               const struct flame_x86_operand *operand)
{
    if (flame_begins(insn->word, "enter"))
        return operand == &insn->operands[0] ? 2 : 1;
    if (insn->raw->intel)
        return insn->operand_count > 1              ? intel_size(&insn->operands[0])
               : flame_begins(insn->word, "xabort") ? 1
               : insn->raw->machine.wide            ? 8
                                                    : 4;
    switch (insn->suffix) {
    case 'b':
        return 1;
    case 'w':
        return 2;
    case 'l':
        return 4;
    case 'q':
        return 8;
    default:
        return 1; /* of what has no size, the immediate is a byte */
    }
}

static void put_operand(struct flame_pen *pen, const struct flame_x86_insn *insn,
                        const struct flame_x86_operand *operand, struct flame_decoded *out)
{
    const char *p = operand->text;
    bool wide = insn->raw->machine.wide, dollar = *p == '$';
    uint64_t value;
    p += dollar;
    if (insn->one && operand == &insn->operands[1]) {
        flame_pen_char(pen, '1');
        return;
    }
    if ((dollar || insn->raw->intel || flame_x86_is_branch(insn)) && flame_number(&p, &value)) {
        if (!dollar && flame_x86_is_branch(insn)) {
            out->target = wide ? value : value & UINT32_MAX;
            out->has_target = true;
            flame_pen_hex(pen, out->target);
            return;
        }
        if (dollar)
            flame_pen_char(pen, '$');
        flame_x86_put_number(pen, value, value >> 63 ? immediate_size(insn, operand) : 8);
    } else if (flame_x86_is_memory(operand)) {
        flame_x86_put_memory(pen, insn, operand);
    } else {
        for (size_t i = 0; i < operand->length; i++)
            if (operand->text[i] != ' ')
                flame_pen_char(pen, operand->text[i]);
    }
}

/* Addresses of data relative to the instruction's own: ModRM 00 xxx 101. */
static void find_data(struct flame_decoded *out, const struct flame_x86_insn *insn)
{
    const struct flame_x86_shape *shape = &insn->shape;
    int32_t disp;
    if (!insn->raw->machine.wide || !shape->has_modrm || (shape->modrm & 0xc7) != 0x05)
        return;
    disp = (int32_t)((uint32_t)shape->disp[0] | (uint32_t)shape->disp[1] << 8 |
                     (uint32_t)shape->disp[2] << 16 | (uint32_t)shape->disp[3] << 24);
    out->target = insn->raw->address + insn->raw->size + (uint64_t)(int64_t)disp;
    out->has_target = out->comment = true;
}

static bool is_accumulator(const struct flame_x86_operand *operand)
{
    const char *name = operand->text + (operand->text[0] == '%');
    size_t length = operand->length - (operand->text[0] == '%');
    return (length == 2 && flame_begins(name, "ax")) ||
           (length == 3 && (flame_begins(name, "eax") || flame_begins(name, "rax")));
}

/* Where objdump has other operands than capstone: AT&T's shifts by one have no count, and the
 * accumulator stands first where it is exchanged (Intel: last). */
static void order_operands(struct flame_x86_insn *insn)
{
    const struct flame_x86_shape *shape = &insn->shape;
    struct flame_x86_operand first = insn->operands[0];
    if (shape->form != FLAME_X86_LEGACY || shape->map > 0 || insn->operand_count != 2)
        return;
    if (!insn->raw->intel && shape->opcode >> 1 == 0x68) {
        insn->operands[0] = insn->operands[1];
        insn->operand_count = 1;
    } else if (shape->opcode >> 1 == 0x68) {
        insn->one = true;
    } else if (shape->opcode >> 4 == 9 &&
               is_accumulator(&insn->operands[insn->raw->intel ? 0 : 1])) {
        insn->operands[0] = insn->operands[1];
        insn->operands[1] = first;
    }
}

/* movslq without REX.W has a register of 32 bits to write to, or 16; capstone 4 says 64. */
static void narrow_move(struct flame_x86_insn *insn)
{
    static const char *const names[2][16] = {
        { "%eax", "%ecx", "%edx", "%ebx", "%esp", "%ebp", "%esi", "%edi", "%r8d", "%r9d", "%r10d",
          "%r11d", "%r12d", "%r13d", "%r14d", "%r15d" },
        { "%ax", "%cx", "%dx", "%bx", "%sp", "%bp", "%si", "%di", "%r8w", "%r9w", "%r10w", "%r11w",
          "%r12w", "%r13w", "%r14w", "%r15w" },
    };
    const struct flame_x86_shape *shape = &insn->shape;
    bool intel = insn->raw->intel, half = flame_x86_prefixes(shape, 0x66) > 0;
    const char *name = names[half][(shape->modrm >> 3 & 7) | (shape->rex & 4) << 1];
    if (insn->operand_count != 2)
        return;
    strcpy(insn->word, "movsxd");
    insn->suffix = 0;
    name += intel;
    insn->operands[intel ? 0 : 1] = (struct flame_x86_operand){ name, strlen(name) };
}

/* Where capstone 4 takes an instruction for another, and where objdump calls it by another name. */
static void rename_word(struct flame_x86_insn *insn)
{
    const struct flame_x86_shape *shape = &insn->shape;
    if (strcmp(insn->raw->name, "sal") == 0)
        memcpy(insn->word, "shl", 3);
    else if (flame_begins(insn->word, "xsaveopt") && flame_x86_prefixes(shape, 0xf3) > 0)
        strcpy(insn->word, "clrssbsy");
    else if (flame_among(insn->word, "movslq movsxd") && shape->form == FLAME_X86_LEGACY &&
             shape->map == 0 && !(shape->rex & 8))
        narrow_move(insn);
}

static enum flame_instruction_kind kind_of(const struct flame_x86_insn *insn)
{
    const char *word = insn->word;
    if (word[0] == 'j' || flame_begins(word, "loop") || flame_begins(word, "ljmp") ||
        flame_begins(word, "xbegin"))
        return FLAME_INSTRUCTION_JUMP;
    if (flame_begins(word, "call") || flame_begins(word, "lcall"))
        return FLAME_INSTRUCTION_CALL;
    if (flame_begins(word, "ret") || flame_begins(word, "iret") || flame_begins(word, "lret") ||
        flame_begins(word, "sysret") || flame_begins(word, "sysexit"))
        return FLAME_INSTRUCTION_RETURN;
    return FLAME_INSTRUCTION_PLAIN;
}

/* pblendvb, blendvps, blendvpd, sha256rnds2: with xmm0, which capstone does not say. */
static bool uses_first_vector(const struct flame_x86_shape *shape)
{
    return shape->form == FLAME_X86_LEGACY && shape->map == 2 &&
           (shape->opcode == 0x10 || shape->opcode == 0x14 || shape->opcode == 0x15 ||
            shape->opcode == 0xcb);
}

void flame_spell_x86(struct flame_decoded *out, const struct flame_raw_text *raw)
{
    struct flame_pen pen = flame_pen_on(out);
    struct flame_x86_insn insn = { .raw = raw };
    flame_x86_shape(&insn.shape, raw->bytes, raw->size, raw->machine.wide);
    split_mnemonic(&insn);
    split_operands(&insn);
    rename_word(&insn);
    out->kind = kind_of(&insn);
    flame_x86_put_prefixes(&pen, &insn);
    if (flame_x86_put_special(&pen, &insn))
        return;
    flame_x86_put_word(&pen, &insn);
    find_data(out, &insn);
    order_operands(&insn);
    if (uses_first_vector(&insn.shape) && !raw->intel)
        flame_pen_text(&pen, " %xmm0,");
    for (size_t i = 0; i < insn.operand_count; i++) {
        if (i > 0 || !pen.length || pen.text[pen.length - 1] != ',')
            flame_pen_char(&pen, i == 0 ? ' ' : ',');
        put_operand(&pen, &insn, &insn.operands[i], out);
    }
    if (uses_first_vector(&insn.shape) && raw->intel)
        flame_pen_text(&pen, ",xmm0");
}
