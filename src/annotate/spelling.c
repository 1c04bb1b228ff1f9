/* spelling.c: what the spellers of all architectures share, and data. */
#include "spelling.h"

#include "cursor.h"

#include <elf.h>

struct flame_pen flame_pen_on(struct flame_decoded *out)
{
    out->text[0] = '\0';
    return (struct flame_pen){ out->text, 0 };
}

void flame_pen_char(struct flame_pen *pen, char c)
{
    if (pen->length + 1 == FLAME_DISASM_TEXT)
        return;
    pen->text[pen->length++] = c;
    pen->text[pen->length] = '\0';
}

void flame_pen_part(struct flame_pen *pen, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        flame_pen_char(pen, text[i]);
}

void flame_pen_text(struct flame_pen *pen, const char *text)
{
    flame_pen_part(pen, text, strlen(text));
}

void flame_pen_hex(struct flame_pen *pen, uint64_t value)
{
    unsigned shift = 60;
    while (shift && value >> shift == 0)
        shift -= 4;
    for (;; shift -= 4) {
        flame_pen_char(pen, "0123456789abcdef"[value >> shift & 15]);
        if (shift == 0)
            return;
    }
}

void flame_pen_decimal(struct flame_pen *pen, int64_t value)
{
    char digits[20];
    size_t count = 0;
    uint64_t rest = (uint64_t)value;
    if (value < 0) {
        flame_pen_char(pen, '-');
        rest = 0 - rest;
    }
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    while (count)
        flame_pen_char(pen, digits[--count]);
}

static int digit(char c, unsigned base)
{
    int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
    return value < (int)base ? value : -1;
}

bool flame_number(const char **at, uint64_t *value)
{
    const char *p = *at;
    bool negative = *p == '-';
    unsigned base = 10;
    p += negative;
    if (p[0] == '0' && p[1] == 'x') {
        base = 16;
        p += 2;
    }
    if (digit(*p, base) < 0)
        return false;
    for (*value = 0; digit(*p, base) >= 0; p++)
        *value = *value * base + (unsigned)digit(*p, base);
    if (negative)
        *value = 0 - *value;
    *at = p;
    return true;
}

bool flame_begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool flame_among(const char *word, const char *words)
{
    size_t length = strlen(word);
    for (const char *p = words; length && (p = strstr(p, word)) != NULL; p += length)
        if ((p == words || p[-1] == ' ') && (p[length] == ' ' || p[length] == '\0'))
            return true;
    return false;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '%' || c == '$';
}

static void put_word(struct flame_pen *pen, const char *word, size_t length,
                     const char *const (*renames)[2], const char *drop)
{
    for (; renames && (*renames)[0]; renames++)
        if (strlen((*renames)[0]) == length && memcmp((*renames)[0], word, length) == 0) {
            flame_pen_text(pen, (*renames)[1]);
            return;
        }
    if (length > 1 && word[0] == '$' && strchr(drop, '$') && !(word[1] >= '0' && word[1] <= '9') &&
        word[1] != 'f') {
        word++; /* $t9, but not $f2 and $29 */
        length--;
    }
    flame_pen_part(pen, word, length);
}

static int64_t cut_to(uint64_t value, enum flame_width width)
{
    if (width == FLAME_SIGNED_64)
        return (int64_t)value;
    return width == FLAME_SIGNED_32 ? (int32_t)(uint32_t)value : (int64_t)(value & UINT32_MAX);
}

void flame_pen_operands(struct flame_pen *pen, const char *operands,
                        const struct flame_operand_style *style)
{
    const char *p = operands;
    while (*p) {
        uint64_t value;
        const char *end = p;
        if (flame_number(&end, &value) && !is_word(*end)) {
            if (style->hex) {
                flame_pen_text(pen, "0x");
                flame_pen_hex(pen, style->width == FLAME_SIGNED_64 ? value : value & UINT32_MAX);
            } else {
                flame_pen_decimal(pen, cut_to(value, style->width));
            }
        } else if (is_word(*p)) {
            for (end = p; is_word(*end) || ((*end == '-' || *end == '+') && end[-1] == 'e' &&
                                            *p >= '0' && *p <= '9');)
                end++;
            put_word(pen, p, (size_t)(end - p), style->renames, style->drop);
        } else if (*p == ',') {
            flame_pen_text(pen, style->comma);
            for (end = p + 1; *end == ' ';)
                end++;
        } else {
            if (!strchr(style->drop, *p))
                flame_pen_char(pen, *p);
            end = p + 1;
        }
        p = end;
    }
}

const char *flame_last_operand(const char *operands)
{
    const char *last = strrchr(operands, ',');
    last = last ? last + 1 : operands;
    while (*last == ' ' || *last == '#')
        last++;
    return last;
}

void flame_pen_operands_to(struct flame_pen *pen, const char *operands,
                           const struct flame_operand_style *style, struct flame_decoded *out)
{
    char before[FLAME_DISASM_TEXT];
    const char *last = flame_last_operand(operands), *end = last;
    size_t length = (size_t)(last - operands);
    uint64_t value;
    if (!flame_number(&end, &value) || *end || length >= sizeof before) {
        flame_pen_operands(pen, operands, style);
        return;
    }
    while (length && (operands[length - 1] == '#' || operands[length - 1] == ' '))
        length--;
    memcpy(before, operands, length);
    before[length] = '\0';
    flame_pen_operands(pen, before, style);
    flame_pen_hex(pen, value);
    out->target = value;
    out->has_target = true;
}

/* What objdump calls data of one, two and four bytes. */
static const char *data_word(uint16_t machine, unsigned unit)
{
    bool word_is_long = machine == EM_X86_64 || machine == EM_386 || machine == EM_S390 ||
                        machine == EM_PPC || machine == EM_PPC64;
    if (unit == 1)
        return ".byte ";
    if (unit == 2)
        return ".short ";
    return word_is_long ? ".long " : ".word ";
}

void flame_spell_data(struct flame_decoded *out, const uint8_t *bytes, uint32_t size, unsigned unit,
                      const struct flame_machine *machine)
{
    struct flame_pen pen = flame_pen_on(out);
    bool swap = machine->big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    struct flame_cursor c = flame_cursor_make(bytes, size, 0, swap, NULL, NULL);
    bool padded = machine->machine != EM_PPC && machine->machine != EM_PPC64;
    out->size = size;
    out->kind = FLAME_INSTRUCTION_DATA;
    out->has_target = out->comment = false;
    out->target = 0;
    flame_pen_text(&pen, data_word(machine->machine, unit));
    while (flame_cursor_left(&c) >= unit) {
        uint32_t value = unit == 1   ? flame_cursor_u8(&c, "data")
                         : unit == 2 ? flame_cursor_u16(&c, "data")
                                     : flame_cursor_u32(&c, "data");
        if (flame_cursor_offset(&c) > unit)
            flame_pen_char(&pen, ',');
        flame_pen_text(&pen, "0x");
        for (unsigned shift = unit * 8 - 4; padded && shift && value >> shift == 0; shift -= 4)
            flame_pen_char(&pen, '0');
        flame_pen_hex(&pen, value);
    }
}
