/* spell_x86_words.c: prefixes and mnemonics of x86, and instructions whose operands are implied. */
#include "spell_x86.h"

/* Opcodes of the one-byte map. */
static bool is_string(uint8_t opcode)
{
    return (opcode >= 0x6c && opcode <= 0x6f) || (opcode >= 0xa4 && opcode <= 0xa7) ||
           (opcode >= 0xaa && opcode <= 0xaf);
}

static bool is_group5(const struct flame_x86_shape *shape, unsigned reg)
{
    return shape->map == 0 && shape->opcode == 0xff && (shape->modrm >> 3 & 7) == reg;
}

static bool is_short_condition(const struct flame_x86_shape *shape)
{
    return (shape->map == 0 && shape->opcode >> 4 == 7) ||
           (shape->map == 1 && shape->opcode >> 4 == 8);
}

static bool goes_elsewhere(const struct flame_x86_shape *shape)
{
    if (is_short_condition(shape) || is_group5(shape, 2) || is_group5(shape, 4))
        return true;
    return shape->map == 0 && strchr("\xe8\xe9\xeb\xc2\xc3", shape->opcode) && shape->opcode;
}

static bool has_memory(const struct flame_x86_insn *insn)
{
    const struct flame_x86_shape *shape = &insn->shape;
    if (shape->has_modrm)
        return shape->modrm >> 6 != 3;
    return shape->map == 0 && (is_string(shape->opcode) || shape->opcode == 0xd7 ||
                               (shape->opcode >= 0xa0 && shape->opcode <= 0xa3));
}

/* Whether one operand-size prefix has an effect. */
static bool uses_operand_size(const struct flame_x86_insn *insn)
{
    const struct flame_x86_shape *shape = &insn->shape;
    bool wide = insn->raw->machine.wide;
    if (wide && (goes_elsewhere(shape) || (shape->map == 1 && shape->opcode == 0x05)))
        return false;
    if (!wide && shape->map == 0 && (shape->opcode == 0xc3 || shape->opcode >> 4 == 7))
        return false;
    if (shape->rex & 8)
        return shape->map > 1 || (shape->map == 1 && shape->opcode != 0x1f);
    return true;
}

static const char *segment_name(uint8_t prefix)
{
    switch (prefix) {
    case 0x26:
        return "es ";
    case 0x2e:
        return "cs ";
    case 0x36:
        return "ss ";
    case 0x3e:
        return "ds ";
    case 0x64:
        return "fs ";
    case 0x65:
        return "gs ";
    default:
        return NULL;
    }
}

/* Of the segment prefix at i. */
static const char *segment_word(const struct flame_x86_insn *insn, unsigned i)
{
    const struct flame_x86_shape *shape = &insn->shape;
    uint8_t prefix = shape->prefixes[i];
    for (unsigned k = i + 1; k < shape->prefix_count; k++)
        if (segment_name(shape->prefixes[k]))
            return segment_name(prefix); /* only the last one has an effect */
    if (is_short_condition(shape) && (prefix == 0x2e || prefix == 0x3e))
        return ""; /* a hint, which is put behind the mnemonic */
    if (prefix == 0x3e && (is_group5(shape, 2) || is_group5(shape, 4)))
        return "notrack ";
    if (has_memory(insn) && (prefix >= 0x64 || !insn->raw->machine.wide))
        return "";
    return segment_name(prefix);
}

static const char *repeat_word(const struct flame_x86_insn *insn, uint8_t prefix)
{
    const struct flame_x86_shape *shape = &insn->shape;
    uint8_t op = shape->opcode;
    bool may_elide = shape->map == 0 && (op == 0x86 || op == 0x87 || op == 0x88 || op == 0x89 ||
                                         op == 0xc6 || op == 0xc7);
    if (shape->form != FLAME_X86_LEGACY)
        return "";
    if (flame_x86_prefixes(shape, 0xf0) > 0 || (may_elide && has_memory(insn)))
        return prefix == 0xf2 ? "xacquire " : "xrelease ";
    if (goes_elsewhere(shape))
        return prefix == 0xf2 ? "bnd " : "repz ";
    if (shape->map > 0 || op == 0x90)
        return ""; /* part of the opcode */
    if (prefix == 0xf2)
        return "repnz ";
    return is_string(op) && (op | 9) != 0xaf && op >> 1 != 0x53 ? "rep " : "repz ";
}

void flame_x86_put_prefixes(struct flame_pen *pen, const struct flame_x86_insn *insn)
{
    const struct flame_x86_shape *shape = &insn->shape;
    unsigned sizes = flame_x86_prefixes(shape, 0x66);
    unsigned unused = sizes > 0 && uses_operand_size(insn) ? sizes - 1 : sizes;
    for (unsigned i = 0; i < shape->prefix_count; i++) {
        uint8_t prefix = shape->prefixes[i];
        if (prefix == 0x66 && unused > 0) {
            flame_pen_text(pen, "data16 ");
            unused--;
        } else if (prefix == 0x67 && !has_memory(insn) && shape->opcode >> 2 != 0x38) {
            flame_pen_text(pen, insn->raw->machine.wide ? "addr32 " : "addr16 ");
        } else if (prefix == 0xf0) {
            flame_pen_text(pen, "lock ");
        } else if (prefix >= 0xf2) {
            flame_pen_text(pen, repeat_word(insn, prefix));
        } else if (segment_name(prefix)) {
            flame_pen_text(pen, segment_word(insn, i));
        }
    }
    if (shape->rex && shape->map == 0 && strchr("\xe8\xe9\xeb\xc3\x90", shape->opcode) &&
        shape->opcode && !(shape->opcode == 0x90 && shape->rex & 1)) {
        flame_pen_text(pen, shape->rex & 15 ? "rex." : "rex");
        for (unsigned bit = 4; bit-- > 0;)
            if (shape->rex >> bit & 1)
                flame_pen_char(pen, "BXRW"[bit]);
        flame_pen_char(pen, ' ');
    }
}

/* %eax, %r8d, %bpl; not %xmm0, %st, %k1; segment registers for mov only. */
static bool register_tells_size(const struct flame_x86_operand *operand, const char *name)
{
    char word[8];
    if (operand->text[0] != '%' || flame_x86_is_memory(operand) || operand->length > sizeof word)
        return false;
    memcpy(word, operand->text + 1, operand->length - 1);
    word[operand->length - 1] = '\0';
    if (flame_among(word, "ds es fs gs ss cs"))
        return strcmp(name, "mov") == 0;
    return !flame_begins(word, "xmm") && !flame_begins(word, "ymm") && !flame_begins(word, "zmm") &&
           !flame_begins(word, "mm") && !flame_begins(word, "st") && word[0] != 'k';
}

/* Whether something else than AT&T's suffix gives the size: a register, or the mode. */
static bool suffix_is_idle(const struct flame_x86_insn *insn)
{
    const char *name = insn->raw->name;
    bool shift = flame_among(name, "shl shr sar sal rol ror rcl rcr");
    if (strcmp(name, "crc32") == 0)
        return register_tells_size(&insn->operands[0], name);
    if (flame_among(name, "call ret jmp leave push pop lcall ljmp xbegin movabs enter sgdt sidt "
                          "lgdt lidt"))
        if (insn->suffix != 'w' || insn->operand_count == 0)
            return true;
    for (size_t i = 0; i < insn->operand_count; i++) {
        bool count = shift && i == 0 && insn->operand_count == 2;
        if (register_tells_size(&insn->operands[i], name) &&
            !(count && flame_x86_is_memory(&insn->operands[1])))
            return true;
    }
    return false;
}

void flame_x86_put_word(struct flame_pen *pen, const struct flame_x86_insn *insn)
{
    static const char *const names[][2] = {
        { "wait", "fwait" },      { "pushfq", "pushf" },  { "popfq", "popf" },
        { "iretd", "iret" },      { "iretl", "iret" },    { "lretl", "lret" },
        { "fucompi", "fucomip" }, { "fcompi", "fcomip" }, { "ud2b", "ud1" },
        { "pushfl", "pushf" },    { "popfl", "popf" },    { "pushal", "pusha" },
        { "popal", "popa" },      { "retfq", "retf" },    { "pushfd", "pushf" },
        { "popfd", "popf" },      { "pushad", "pusha" },  { "popad", "popa" },
    };
    const struct flame_x86_shape *shape = &insn->shape;
    const char *word = insn->word;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(word, names[i][0]) == 0)
            word = names[i][1];
    if (strcmp(word, "movd") == 0 && shape->rex & 8)
        word = "movq";
    flame_pen_part(pen, word, strlen(word) - (insn->suffix && suffix_is_idle(insn)));
    for (unsigned i = 0; i < shape->prefix_count; i++)
        if (is_short_condition(shape) && (shape->prefixes[i] == 0x2e || shape->prefixes[i] == 0x3e))
            flame_pen_text(pen, shape->prefixes[i] == 0x2e ? ",pn" : ",pt");
}

/* ---- strings ---- */

/* "%es:(%rdi)", "es:[rdi]"; lead 's' is the source, in ds or in the segment of a prefix. */
static void put_string_memory(struct flame_pen *pen, const struct flame_x86_insn *insn, char lead,
                              char size)
{
    const struct flame_x86_shape *shape = &insn->shape;
    bool intel = insn->raw->intel, wide = insn->raw->machine.wide;
    bool other = flame_x86_prefixes(shape, 0x67) > 0;
    const char *segment = "ds:";
    const char *index = lead == 's' ? "si" : "di";
    if (lead == 'd')
        segment = "es:";
    else if (flame_x86_prefixes(shape, 0x64))
        segment = "fs:";
    else if (flame_x86_prefixes(shape, 0x65))
        segment = "gs:";
    if (intel)
        flame_pen_text(pen, size == 'b'   ? "BYTE PTR "
                            : size == 'w' ? "WORD PTR "
                            : size == 'l' ? "DWORD PTR "
                                          : "QWORD PTR ");
    else
        flame_pen_char(pen, '%');
    flame_pen_text(pen, segment);
    flame_pen_text(pen, intel ? "[" : "(%");
    if (wide || !other)
        flame_pen_char(pen, wide && !other ? 'r' : 'e');
    flame_pen_text(pen, index);
    flame_pen_char(pen, intel ? ']' : ')');
}

/* operands: of destination first: d, s memory; a accumulator; x port. */
static bool put_string(struct flame_pen *pen, const struct flame_x86_insn *insn)
{
    static const struct {
        uint8_t opcode;
        const char *word, *operands;
    } strings[] = { { 0x6c, "ins", "dx" },  { 0x6e, "outs", "xs" }, { 0xa4, "movs", "ds" },
                    { 0xa6, "cmps", "sd" }, { 0xaa, "stos", "da" }, { 0xac, "lods", "as" },
                    { 0xae, "scas", "ad" } };
    static const char *const accumulators[] = { "al", "ax", "eax", "rax" };
    const struct flame_x86_shape *shape = &insn->shape;
    bool intel = insn->raw->intel;
    unsigned size = 2; /* log2 of bytes */
    if (!(shape->opcode & 1))
        size = 0;
    else if (shape->rex & 8)
        size = 3;
    else if (flame_x86_prefixes(shape, 0x66))
        size = 1;
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        if (strings[i].opcode != (shape->opcode & 0xfe))
            continue;
        flame_pen_text(pen, strings[i].word);
        if (!intel && !strchr(strings[i].operands, 'a'))
            flame_pen_char(pen, "bwlq"[size]);
        for (unsigned k = 0; k < 2; k++) {
            char operand = strings[i].operands[intel ? k : 1 - k];
            flame_pen_char(pen, k == 0 ? ' ' : ',');
            if (operand == 'd' || operand == 's') {
                put_string_memory(pen, insn, operand, "bwlq"[size]);
                continue;
            }
            if (!intel)
                flame_pen_text(pen, operand == 'x' ? "(%" : "%");
            flame_pen_text(pen, operand == 'x' ? "dx" : accumulators[size]);
            if (!intel && operand == 'x')
                flame_pen_char(pen, ')');
        }
        return true;
    }
    return false;
}

/* ---- the floating-point stack ---- */

/* Arithmetic and comparisons with %st, which capstone leaves out in most cases. */
static bool put_stack(struct flame_pen *pen, const struct flame_x86_insn *insn)
{
    const struct flame_x86_shape *shape = &insn->shape;
    unsigned reg = shape->modrm >> 3 & 7;
    const char *percent = insn->raw->intel ? "" : "%";
    bool arithmetic = (reg & 6) != 2, to_top;
    switch (shape->opcode) {
    case 0xd8:
        to_top = true;
        break;
    case 0xdc:
    case 0xde:
        to_top = false;
        break;
    case 0xda:
        to_top = arithmetic = reg < 4;
        break;
    case 0xdb:
        to_top = arithmetic = reg < 4 || reg == 5 || reg == 6;
        break;
    case 0xdf:
        to_top = arithmetic = reg == 5 || reg == 6;
        break;
    default:
        return false;
    }
    if (!arithmetic)
        return false;
    flame_x86_put_word(pen, insn);
    for (unsigned k = 0; k < 2; k++) {
        flame_pen_char(pen, k == 0 ? ' ' : ',');
        flame_pen_text(pen, percent);
        flame_pen_text(pen, "st");
        if (to_top == insn->raw->intel ? k == 1 : k == 0) {
            flame_pen_char(pen, '(');
            flame_pen_char(pen, (char)('0' + (shape->modrm & 7)));
            flame_pen_char(pen, ')');
        }
    }
    return true;
}

bool flame_x86_put_special(struct flame_pen *pen, const struct flame_x86_insn *insn)
{
    const struct flame_x86_shape *shape = &insn->shape;
    bool intel = insn->raw->intel;
    uint8_t op = shape->opcode;
    if (shape->form != FLAME_X86_LEGACY || shape->map > 0)
        return false;
    if (is_string(op))
        return put_string(pen, insn);
    if (op >> 3 == 0x1b && shape->modrm >> 6 == 3)
        return put_stack(pen, insn);
    if (op == 0x90 && flame_x86_prefixes(shape, 0x66) && strcmp(insn->word, "nop") == 0 &&
        !(shape->rex & 8)) {
        flame_pen_text(pen, intel ? "xchg ax,ax" : "xchg %ax,%ax");
        return true;
    }
    if (op == 0xd7) {
        flame_pen_text(pen, insn->raw->machine.wide
                                ? (intel ? "xlat BYTE PTR ds:[rbx]" : "xlat %ds:(%rbx)")
                                : (intel ? "xlat BYTE PTR ds:[ebx]" : "xlat %ds:(%ebx)"));
        return true;
    }
    if (op >= 0xec && op <= 0xef && !intel) { /* ports by number in %dx */
        const char *value = !(op & 1) ? "%al" : flame_x86_prefixes(shape, 0x66) ? "%ax" : "%eax";
        flame_pen_text(pen, op < 0xee ? "in (%dx)," : "out ");
        flame_pen_text(pen, value);
        flame_pen_text(pen, op < 0xee ? "" : ",(%dx)");
        return true;
    }
    return false;
}

bool flame_x86_is_branch(const struct flame_x86_insn *insn)
{
    return insn->word[0] == 'j' || flame_begins(insn->word, "call") ||
           flame_begins(insn->word, "loop") || flame_begins(insn->word, "xbegin");
}

bool flame_x86_is_memory(const struct flame_x86_operand *operand)
{
    if (flame_begins(operand->text, "%st(") || flame_begins(operand->text, "st("))
        return false;
    for (size_t i = 0; i < operand->length; i++)
        if (strchr("([:", operand->text[i]))
            return true;
    return operand->text[0] >= '0' && operand->text[0] <= '9';
}
