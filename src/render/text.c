/* text.c: see text.h. */
#include "text.h"

#include "entity.h"
#include "safe.h"

#include <flamedata/output.h>

#define REPLACEMENT "\xef\xbf\xbd"

enum { REPLACEMENT_CHAR = 0xfffd, ELLIPSIS = 0x2026, ELLIPSIS_WIDTH = 1000, FIXED_WIDTH = 610 };

/* Decode the character at p[left], left > 0, into *c, and return its length. What is not UTF-8 is
 * U+FFFD, one byte at a time. */
static size_t decode(const char *p, size_t left, uint32_t *c)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint8_t first = (uint8_t)*p;
    *c = first;
    if (first < 0x80)
        return 1;
    size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    uint32_t value = first & (0x7fu >> size);
    bool valid = first >= 0xc2 && first < 0xf5 && size <= left;
    for (size_t i = 1; valid && i < size; i++) {
        valid = ((uint8_t)p[i] & 0xc0) == 0x80;
        value = value << 6 | ((uint8_t)p[i] & 0x3f);
    }
    if (!valid || value < least[size] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) {
        *c = REPLACEMENT_CHAR;
        return 1;
    }
    *c = value;
    return size;
}

/* Characters that XML forbids, that nobody can see, or that turn the direction of what follows; but
 * for joiners, which some scripts and emoji need. */
static bool is_unfit(uint32_t c)
{
    bool joins = c == 0x200c || c == 0x200d;
    return (flame_steers(c) && !joins) || c == 0xfffe || c == 0xffff || c == REPLACEMENT_CHAR;
}

enum manner { PLAIN, ESCAPED, ESCAPED_LINES };

static void put_fit(struct flame_output *out, struct flame_str s, enum manner manner)
{
    size_t plain = 0; /* what stands before i and is not yet written */
    for (size_t i = 0, size; i < s.len; i += size) {
        uint32_t c;
        size = decode(s.ptr + i, s.len - i, &c);
        const char *instead = manner == PLAIN ? NULL : flame_entity(c);
        if (c == '\t' || c == '\r' || (c == '\n' && manner != ESCAPED_LINES))
            instead = " ";
        else if (is_unfit(c) && c != '\n')
            instead = REPLACEMENT;
        if (!instead)
            continue;
        flame_put(out, s.ptr + plain, i - plain);
        flame_put_text(out, instead);
        plain = i + size;
    }
    if (s.len > plain)
        flame_put(out, s.ptr + plain, s.len - plain);
}

void flame_put_xml(struct flame_output *out, struct flame_str s)
{
    put_fit(out, s, ESCAPED);
}

void flame_put_clean(struct flame_output *out, struct flame_str s)
{
    put_fit(out, s, PLAIN);
}

void flame_put_lines(struct flame_output *out, struct flame_str s)
{
    put_fit(out, s, ESCAPED_LINES);
}

void flame_put_js_string(struct flame_output *out, struct flame_str s)
{
    static const char hex[] = "0123456789abcdef";
    flame_put_text(out, "\"");
    for (size_t i = 0, size; i < s.len; i += size) {
        uint32_t c;
        size = decode(s.ptr + i, s.len - i, &c);
        if (c == '\t' || c == '\n' || c == '\r') {
            flame_put_text(out, " ");
        } else if (is_unfit(c)) {
            flame_put_text(out, REPLACEMENT);
        } else if (c < 0x80 && strchr("\"\\<>&'", (int)c)) {
            const char code[] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };
            flame_put(out, code, sizeof code);
        } else {
            flame_put(out, s.ptr + i, size);
        }
    }
    flame_put_text(out, "\"");
}

struct flame_str flame_str_head(struct flame_str s, size_t max_bytes)
{
    size_t end = 0;
    if (s.len <= max_bytes)
        return s;
    for (size_t size; end < max_bytes; end += size) {
        uint32_t c;
        size = decode(s.ptr + end, s.len - end, &c);
        if (size > max_bytes - end)
            break;
    }
    return (struct flame_str){ s.ptr, end };
}

/* Marks that are drawn on the character before them. */
static bool is_mark(uint32_t c)
{
    return (c >= 0x300 && c < 0x370) || (c >= 0x1ab0 && c < 0x1b00) ||
           (c >= 0x1dc0 && c < 0x1e00) || (c >= 0x20d0 && c < 0x2100) || c == 0x200d ||
           (c >= 0xfe00 && c < 0xfe10) || (c >= 0xfe20 && c < 0xfe30) ||
           (c >= 0x1f3fb && c <= 0x1f3ff);
}

/* The width of a character in thousandths of the font's size. For ASCII from the space on, the
 * greater of Verdana's and DejaVu Sans's; elsewhere a guess on the wide side. */
static double char_width(uint32_t c, const struct flame_font *font)
{
    static const uint16_t ascii[95] = {
        352,  402, 460, 838, 636, 1076, 780, 275, 454, 454, 636, 838, 364, 454, 364, 454, /*  !"# */
        636,  636, 636, 636, 636, 636,  636, 636, 636, 636, 454, 454, 838, 838, 838, 545, /* 0123 */
        1000, 684, 686, 698, 771, 632,  575, 775, 752, 421, 455, 693, 557, 863, 748, 787, /* @ABC */
        603,  787, 695, 684, 616, 732,  684, 989, 685, 615, 685, 454, 454, 454, 838, 636, /* PQRS */
        636,  613, 635, 550, 635, 615,  352, 635, 634, 278, 344, 592, 278, 974, 634, 612, /* `abc */
        635,  635, 427, 521, 394, 634,  592, 818, 592, 592, 525, 636, 454, 636, 838,      /* pqrs */
    };
    if (is_mark(c))
        return 0;
    if (font->share > 0)
        return font->share * 1000;
    if (c == ELLIPSIS)
        return font->fixed ? FIXED_WIDTH : ELLIPSIS_WIDTH;
    if (c < 0x7f)
        return font->fixed ? FIXED_WIDTH : c < 0x20 ? ascii[0] : ascii[c - 0x20];
    if (c >= 0x1f000)
        return 1400;
    return c < 0x1100 ? 800 : 1050;
}

double flame_text_width(struct flame_str s, const struct flame_font *font)
{
    double used = 0;
    for (size_t i = 0; i < s.len;) {
        uint32_t c;
        i += decode(s.ptr + i, s.len - i, &c);
        used += char_width(c, font);
    }
    return used / 1000 * font->size_px;
}

struct flame_str flame_label_fit(struct flame_str s, double width_px, const struct flame_font *font,
                                 bool *cut)
{
    double limit = width_px * 1000 / font->size_px, used = 0;
    double ellipsis = char_width(ELLIPSIS, font);
    size_t fits = 0, chars = 0; /* how much goes before an ellipsis */
    *cut = false;
    for (size_t i = 0, size; i < s.len; i += size) {
        uint32_t c;
        size = decode(s.ptr + i, s.len - i, &c);
        if (used + ellipsis <= limit && !is_mark(c)) {
            fits = i;
            chars++;
        }
        used += char_width(c, font);
        if (used > limit) {
            *cut = true;
            break;
        }
    }
    if (!*cut)
        return s;
    /* chars counts the places for a cut, one of which is in front of everything. */
    return (struct flame_str){ s.ptr, chars > 2 ? fits : 0 };
}
