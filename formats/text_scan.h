/* text_scan.h: take words, numbers and lines off the front of a text. */
#ifndef FLAME_FORMATS_TEXT_SCAN_H
#define FLAME_FORMATS_TEXT_SCAN_H

#include <flamedata/str.h>
#include <stdint.h>

/* Drop the first n bytes; n <= s->len. */
static inline void flame_text_skip(struct flame_str *s, size_t n)
{
    s->ptr += n;
    s->len -= n;
}

/* Everything up to the next stop, which is dropped too; all that is left when there is none. */
static inline struct flame_str flame_text_until(struct flame_str *s, char stop)
{
    const char *at = s->len ? memchr(s->ptr, stop, s->len) : NULL;
    struct flame_str word = { s->ptr, at ? (size_t)(at - s->ptr) : s->len };
    flame_text_skip(s, at ? word.len + 1 : word.len);
    return word;
}

/* The hexadecimal number at the front; *digits is how many there were. More than 16 digits overflow
 * modulo 2^64. */
static inline uint64_t flame_text_hex(struct flame_str *s, size_t *digits)
{
    uint64_t value = 0;
    size_t n = 0;
    for (; n < s->len; n++) {
        unsigned c = (unsigned char)s->ptr[n], low = c | 0x20;
        if (c - '0' < 10)
            value = value << 4 | (c - '0');
        else if (low - 'a' < 6)
            value = value << 4 | (low - 'a' + 10);
        else
            break;
    }
    flame_text_skip(s, n);
    *digits = n;
    return value;
}

#endif
