/* spell_x86_memory.c: operands of x86 that lie in memory: every part of an address is written down,
 * as objdump does it. */
#include "spell_x86.h"

void flame_x86_put_number(struct flame_pen *pen, uint64_t value, unsigned bytes)
{
    flame_pen_text(pen, "0x");
    flame_pen_hex(pen, bytes >= 8 ? value : value & ((UINT64_C(1) << bytes * 8) - 1));
}

/* "-0x8" */
static void put_signed(struct flame_pen *pen, uint64_t value)
{
    if (value >> 63) {
        flame_pen_char(pen, '-');
        value = 0 - value;
    }
    flame_x86_put_number(pen, value, 8);
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A SIB byte without an index that would not be needed for its base. */
static bool has_no_index(const struct flame_x86_shape *shape)
{
    return shape->has_sib && (shape->sib >> 3 & 7) == 4 && !(shape->rex & 2) &&
           shape->form == FLAME_X86_LEGACY && ((shape->sib & 7) != 4 || shape->sib >> 6 != 0);
}

/* EVEX gathers and scatters, whose indices are vectors. */
static bool has_vector_index(const struct flame_x86_shape *shape)
{
    return shape->map == 2 &&
           (shape->opcode >> 2 == 0x24 || shape->opcode >> 2 == 0x28 || shape->opcode >> 1 == 0x63);
}

/* capstone 4 takes the index of some EVEX instructions for a vector, and that of scatters for none.
 */
static bool is_wrong_index(const struct flame_x86_insn *insn, const char *name)
{
    const struct flame_x86_shape *shape = &insn->shape;
    bool vector =
        (name[0] == 'x' || name[0] == 'y' || name[0] == 'z') && name[1] == 'm' && name[2] == 'm';
    if (shape->form != FLAME_X86_EVEX || !shape->has_sib)
        return false;
    return has_vector_index(shape) ? name[0] == 'r' || name[0] == 'e' : vector;
}

static bool has_base(const struct flame_x86_shape *shape)
{
    return shape->modrm >> 6 != 0 || (shape->sib & 7) != 5;
}

static void put_index(struct flame_pen *pen, const struct flame_x86_insn *insn)
{
    static const char *const names[16] = { "ax", "cx", "dx", "bx", "sp", "bp", "si", "di",
                                           "8",  "9",  "10", "11", "12", "13", "14", "15" };
    const struct flame_x86_shape *shape = &insn->shape;
    unsigned number = (shape->sib >> 3 & 7) | (shape->fields[0] & 0x40 ? 0 : 8);
    unsigned length = shape->fields[2] >> 5 & 3; /* 0: 16 bytes, 1: 32, 2: 64 */
    bool wide = insn->raw->machine.wide;
    if (!has_vector_index(shape)) {
        flame_pen_char(pen, wide ? 'r' : 'e');
        flame_pen_text(pen, names[number]);
        return;
    }
    /* indices of 4 bytes for elements of 8 are half a vector */
    if (!(shape->opcode & 1) && shape->fields[1] & 0x80 && length > 0)
        length--;
    flame_pen_char(pen, "xyzz"[length]);
    flame_pen_text(pen, "mm");
    flame_pen_decimal(pen, number | (shape->fields[2] & 8 ? 0 : 16));
}

/* disp(base, index, scale), with a segment before it and masks behind. */
static void put_att_memory(struct flame_pen *pen, const struct flame_x86_insn *insn,
                           const struct flame_x86_operand *operand)
{
    const char *p = operand->text, *end = p + operand->length;
    bool wide = insn->raw->machine.wide, disp_done = false;
    unsigned commas = 0;
    if (*p == '*')
        flame_pen_char(pen, *p++);
    if (*p == '%') {
        if (p[1] == 'f' || p[1] == 'g' || !wide)
            flame_pen_part(pen, p, 4);
        p += 4; /* %cs: */
    }
    while (p < end) {
        uint64_t value;
        const char *number = p;
        if (*p == '(' && !disp_done) {
            if (insn->shape.disp_size > 0)
                flame_pen_text(pen, "0x0");
            disp_done = true;
        } else if (!disp_done && flame_number(&number, &value) && number <= end) {
            if (number < end && *number == '(')
                put_signed(pen, value);
            else
                flame_x86_put_number(pen, value, wide ? 8 : 4);
            disp_done = true;
            p = number;
            continue;
        }
        if (*p == ')' && commas == 1)
            flame_pen_text(pen, ",1");
        if (*p == ')' && commas == 0 && has_no_index(&insn->shape)) {
            flame_pen_text(pen, wide ? ",%riz," : ",%eiz,");
            flame_pen_char(pen, "1248"[insn->shape.sib >> 6]);
        }
        commas += *p == ',';
        if (*p == '%' && commas == 1 && is_wrong_index(insn, p + 1)) {
            flame_pen_char(pen, '%');
            put_index(pen, insn);
            for (p++; is_word_char(*p);)
                p++;
            continue;
        }
        if (*p != ' ')
            flame_pen_char(pen, *p);
        p++;
    }
}

static bool is_relative(const struct flame_x86_operand *operand)
{
    const char *rip = strstr(operand->text, "[rip ");
    return rip && rip < operand->text + operand->length;
}

/* What an operand is called by its size where capstone errs, of a whole vector where a part of it
 * is read, say; "": nothing; NULL: capstone is right. */
static const char *size_word(const struct flame_x86_insn *insn)
{
    static const char *const words[][2] = {
        { "comisd vcomisd clrssbsy rstorssp", "qword" },
        { "comiss vcomiss vgatherqps vpgatherqd vscatterqps vpscatterqd", "dword" },
        { "fnstsw", "word" },
        { "fnsave frstor wrssd wrssq wrussd wrussq", "" },
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (flame_among(insn->word, words[i][0]))
            return words[i][1];
    return NULL;
}

/* "QWORD PTR ", "TBYTE PTR ", "DWORD BCST " */
static void put_size(struct flame_pen *pen, const char *word, size_t length, bool broadcast)
{
    if (length == 5 && memcmp(word, "xword", 5) == 0)
        word = "tbyte";
    for (size_t i = 0; i < length; i++)
        flame_pen_char(pen, (char)(word[i] - 'a' + 'A'));
    flame_pen_text(pen, broadcast ? " BCST " : " PTR ");
}

/* "qword ptr fs:[rax + rbx*4 - 8]" */
static void put_intel_memory(struct flame_pen *pen, const struct flame_x86_insn *insn,
                             const struct flame_x86_operand *operand)
{
    const char *p = operand->text, *end = p + operand->length;
    const char *bracket = memchr(p, '[', operand->length);
    bool wide = insn->raw->machine.wide, absolute, disp_done = false;
    bool moffs = insn->shape.map == 0 && insn->shape.opcode >> 2 == 0x28;
    bool relative = is_relative(operand);
    const char *broadcast = strstr(p, "{1to");
    const char *size = p, *other = size_word(insn);
    size_t length = strcspn(p, " ");
    unsigned registers = 0;
    uint64_t value;
    if (!bracket)
        bracket = p;
    if (broadcast && broadcast < end)
        end = broadcast; /* objdump does not say how many */
    else
        broadcast = NULL;
    absolute = bracket[1] == '-' || (bracket[1] >= '0' && bracket[1] <= '9');
    if (flame_begins(p, "ptr ")) {
        p += 4; /* of no size */
        length = 0;
    } else if (flame_begins(p + length, " ptr ")) {
        p += length + 5;
    } else {
        length = 0;
    }
    if (other) {
        size = other;
        length = strlen(other);
    }
    if (length && !moffs)
        put_size(pen, size, length, broadcast != NULL);
    if (p < bracket && (*p == 'f' || *p == 'g' || !wide || absolute))
        flame_pen_part(pen, p, 3);
    else if (absolute)
        flame_pen_text(pen, "ds:");
    for (p = bracket; p < end; p++) {
        const char *number = p;
        bool begins = p > bracket && !is_word_char(p[-1]);
        if (*p == ' ' || (absolute && (*p == '[' || *p == ']')))
            continue;
        if (begins && p[-1] != '*' && flame_number(&number, &value)) {
            flame_x86_put_number(pen, value, absolute && !wide ? 4 : 8);
            disp_done = true;
            p = number - 1;
            continue;
        }
        if (*p == '-' && relative && p[1] == ' ') { /* unlike others, not signed */
            number = p + 2;
            if (flame_number(&number, &value)) {
                flame_pen_char(pen, '+');
                flame_x86_put_number(pen, 0 - value, 8);
                disp_done = true;
                p = number - 1;
                continue;
            }
        }
        if (*p == '{')
            registers = 3;
        if (*p == ']' && registers == 1 && has_no_index(&insn->shape) && !disp_done) {
            flame_pen_text(pen, wide ? "+riz*" : "+eiz*");
            flame_pen_char(pen, "1248"[insn->shape.sib >> 6]);
        }
        if (begins && registers == has_base(&insn->shape) && is_wrong_index(insn, p)) {
            put_index(pen, insn);
            registers++;
            while (is_word_char(p[1]))
                p++;
            if (p[1] != '*')
                flame_pen_text(pen, "*1");
            continue;
        }
        if (begins && *p >= 'a' && *p <= 'z')
            registers++;
        if (*p == ']' && !disp_done && insn->shape.disp_size > 0)
            flame_pen_text(pen, "+0x0");
        flame_pen_char(pen, *p);
        /* the second register is the index; one times it is written down, too */
        if (registers == 2 && is_word_char(*p) && !is_word_char(p[1]) && p[1] != '*' &&
            !memchr(bracket, '*', (size_t)(end - bracket)))
            flame_pen_text(pen, "*1");
    }
}

void flame_x86_put_memory(struct flame_pen *pen, const struct flame_x86_insn *insn,
                          const struct flame_x86_operand *operand)
{
    if (insn->raw->intel)
        put_intel_memory(pen, insn, operand);
    else
        put_att_memory(pen, insn, operand);
}
