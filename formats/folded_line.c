/* folded_line.c: see folded_line.h. */
#include "folded_line.h"

#include "text_scan.h"

/* So much is looked at to tell folded text from others. */
enum { PROBED_LINES = 64, PROBED_BYTES = 4 << 20 };

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct flame_str trim_end(struct flame_str s)
{
    while (s.len && is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

/* digits as a number; *fits: they are one of 64 bits. */
static uint64_t number(struct flame_str digits, bool *fits)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len && *fits; i++)
        *fits = !__builtin_mul_overflow(value, 10u, &value) &&
                !__builtin_add_overflow(value, (unsigned)(digits.ptr[i] - '0'), &value);
    return value;
}

/* Take a number, and the blanks before it, off the end of the line, which has no blank at its end.
 */
static enum flame_folded_verdict take_number(struct flame_str *line, uint64_t *value, bool *cut)
{
    size_t start = line->len, point = line->len;
    bool fraction = false, fits = true;
    while (start && (is_digit(line->ptr[start - 1]) || line->ptr[start - 1] == '.')) {
        char c = line->ptr[--start];
        if (c == '.' && point < line->len)
            return FLAME_FOLDED_NO_WEIGHT;
        if (c == '.')
            point = start;
        else if (point == line->len) /* it may be all of the number, or what is behind its point */
            fraction |= c != '0';
    }
    if (start == point || !start || !is_blank(line->ptr[start - 1]))
        return FLAME_FOLDED_NO_WEIGHT;
    *value = number((struct flame_str){ line->ptr + start, point - start }, &fits);
    *cut |= point < line->len && fraction;
    line->len = start;
    *line = trim_end(*line);
    return fits ? FLAME_FOLDED_STACK : FLAME_FOLDED_TOO_LARGE;
}

enum flame_folded_verdict flame_folded_parse(struct flame_str line, struct flame_folded_line *out)
{
    line = trim_end(line);
    while (line.len && is_blank(*line.ptr))
        flame_text_skip(&line, 1);
    if (!line.len)
        return FLAME_FOLDED_BLANK;
    out->cut = false;
    enum flame_folded_verdict verdict = take_number(&line, &out->weight, &out->cut);
    if (verdict != FLAME_FOLDED_STACK)
        return verdict;
    uint64_t before = 0;
    verdict = take_number(&line, &before, &out->cut);
    if (verdict == FLAME_FOLDED_TOO_LARGE)
        return verdict;
    out->compared = verdict == FLAME_FOLDED_STACK;
    out->before = out->compared ? before : out->weight;
    out->stack = line;
    return FLAME_FOLDED_STACK;
}

/* Whether a line could be one of a text: files of other kinds have bytes that steer terminals, or
 * several NULs in a row; a name in a folded line may hold one. */
static bool is_text(struct flame_str line)
{
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        if (c == 0 ? i + 1 < line.len && line.ptr[i + 1] == 0
                   : c == 127 || (c < ' ' && !is_blank((char)c) && c != '\033'))
            return false;
    }
    return true;
}

bool flame_folded_probe(const void *bytes, size_t size)
{
    struct flame_str text = { bytes, size < PROBED_BYTES ? size : PROBED_BYTES };
    struct flame_folded_line folded;
    for (size_t i = 0; i < PROBED_LINES && text.len; i++) {
        struct flame_str line = flame_text_until(&text, '\n');
        if (!is_text(line))
            return false;
        if (flame_folded_parse(line, &folded) == FLAME_FOLDED_STACK)
            return true;
    }
    return false;
}
