/* safe.c: foreign text, so that neither a terminal nor its reader is misled by it.
 *
 * What could steer a terminal, hide or reorder text is written as \xNN, byte by byte, and so is
 * what is not UTF-8. The result says which bytes there were, except that a text may itself contain
 * a backslash. Source: Unicode 15, table 3-7 and section 23.2. */
#include "safe.h"

size_t flame_utf8(struct flame_str s, uint32_t *point)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (n == 0 || n > s.len || p[0] > 0xf4)
        return 0;
    static const unsigned char lead[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    uint32_t v = p[0] & lead[n];
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        v = v << 6 | (p[i] & 0x3f);
    }
    if ((n == 3 && v < 0x800) || (n == 4 && v < 0x10000) || v > 0x10ffff ||
        (v >= 0xd800 && v < 0xe000))
        return 0;
    *point = v;
    return n;
}

bool flame_steers(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) ||        /* C0, DEL, C1 */
           point == 0x061c || (point >= 0x200b && point < 0x2010) || /* nothing, direction marks */
           (point >= 0x2028 && point < 0x202f) ||                    /* separators, overrides */
           (point >= 0x2060 && point < 0x2070) ||                    /* nothing, isolates */
           point == 0xfeff || (point >= 0xe0000 && point < 0xe0080); /* byte order mark, tags */
}

void flame_put_safe(struct flame_output *out, struct flame_str s, const char *keep)
{
    static const char digits[] = "0123456789abcdef";
    size_t done = 0, i = 0;
    while (i < s.len) {
        uint32_t point = 0;
        size_t n = flame_utf8((struct flame_str){ s.ptr + i, s.len - i }, &point);
        bool kept = n == 1 && point && strchr(keep, (int)point);
        if (n && (kept || !flame_steers(point))) {
            i += n;
            continue;
        }
        flame_put(out, s.ptr + done, i - done);
        for (done = i + (n ? n : 1); i < done; i++) {
            unsigned char byte = (unsigned char)s.ptr[i];
            flame_put(out, (char[]){ '\\', 'x', digits[byte >> 4], digits[byte & 15] }, 4);
        }
    }
    if (i > done)
        flame_put(out, s.ptr + done, i - done);
}
