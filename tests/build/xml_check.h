/* xml_check.h: is this well-formed XML, of the kind that we write?
 *
 * Elements nest, attribute values are quoted and free of '<', every '&' begins one of five
 * entities or a decimal reference, every character is valid UTF-8 that XML 1.0 allows, CDATA ends.
 * Knows no DTD, no processing instructions but the first, no namespaces. */
#ifndef XML_CHECK_H
#define XML_CHECK_H

#include <flamedata/str.h>
#include <stdint.h>
#include <stdio.h>

enum { XML_DEEPEST = 32 };

static inline size_t xml_char(const char *p, size_t left)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint8_t first = (uint8_t)*p;
    if (first < 0x80)
        return first >= 0x20 || first == '\n' || first == '\t';
    size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    uint32_t c = first & (0x7fu >> size);
    if (first < 0xc2 || first > 0xf4 || size > left)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if (((uint8_t)p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | ((uint8_t)p[i] & 0x3f);
    }
    bool valid = c >= least[size] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff) && c != 0xfffe &&
                 c != 0xffff;
    return valid ? size : 0;
}

static inline bool xml_entity(const char *p)
{
    static const char *const known[] = { "&lt;", "&gt;", "&amp;", "&quot;", "&#39;" };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strncmp(p, known[i], strlen(known[i])) == 0)
            return true;
    return false;
}

/* NULL when text, which is NUL-terminated at text[len], is well-formed; else what is wrong. */
static inline const char *xml_fault(const char *text, size_t len)
{
    struct flame_str open[XML_DEEPEST];
    size_t depth = 0;
    if (strlen(text) != len)
        return "NUL";
    for (size_t i = 0, size; i < len; i += size)
        if (!(size = xml_char(text + i, len - i)))
            return "character that XML forbids";
    for (const char *p = text; *p; p++) {
        if (*p == '&' && !xml_entity(p))
            return "stray &";
        if (*p == '>')
            return "stray >";
        if (*p != '<')
            continue;
        if (strncmp(p, "<![CDATA[", 9) == 0) {
            p = strstr(p, "]]>");
            if (!p)
                return "CDATA without end";
            p += 2;
            continue;
        }
        bool closing = p[1] == '/';
        struct flame_str name = { p + 1 + closing, strcspn(p + 1 + closing, " />\"'=<") };
        p = name.ptr + name.len;
        if (!name.len)
            return "element without a name";
        while (*p == ' ') {
            p += 1 + strcspn(p + 1, "=<>");
            if (p[0] != '=' || p[1] != '"')
                return "attribute without a value";
            for (p += 2; *p != '"'; p++)
                if (!*p || *p == '<' || (*p == '&' && !xml_entity(p)))
                    return "attribute value";
            p++;
        }
        bool empty = *p == '/';
        p += empty;
        if (*p != '>')
            return "element without end";
        if (closing && (!depth || !flame_str_equal(open[--depth], name)))
            return "elements cross";
        if (!closing && !empty) {
            if (depth == XML_DEEPEST)
                return "too deep";
            open[depth++] = name;
        }
    }
    return depth ? "element left open" : NULL;
}

#endif
