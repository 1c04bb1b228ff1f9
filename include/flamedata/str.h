/* flamedata/str.h: a string that borrows its bytes. */
#ifndef FLAMEDATA_STR_H
#define FLAMEDATA_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ptr[len], not NUL-terminated; the bytes belong to an input or an arena, which must outlive it.
 * The all-zero value is the empty string. */
struct flame_str {
    const char *ptr;
    size_t len;
};

static inline struct flame_str flame_str_from(const char *text)
{
    struct flame_str s = { text, text ? strlen(text) : 0 };
    return s;
}

static inline bool flame_str_equal(struct flame_str a, struct flame_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool flame_str_is(struct flame_str s, const char *text)
{
    return flame_str_equal(s, flame_str_from(text));
}

static inline bool flame_str_starts(struct flame_str s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.len >= n && memcmp(s.ptr, prefix, n) == 0;
}

static inline bool flame_str_ends(struct flame_str s, const char *suffix)
{
    size_t n = strlen(suffix);
    return s.len >= n && memcmp(s.ptr + s.len - n, suffix, n) == 0;
}

/* What follows the last '/'. */
static inline struct flame_str flame_str_basename(struct flame_str s)
{
    for (size_t i = s.len; i > 0; i--)
        if (s.ptr[i - 1] == '/') {
            struct flame_str base = { s.ptr + i, s.len - i };
            return base;
        }
    return s;
}

/* Order by bytes, then by length: <0, 0, >0 as memcmp. */
static inline int flame_str_compare(struct flame_str a, struct flame_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (order)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

#ifdef __cplusplus
}
#endif

#endif
