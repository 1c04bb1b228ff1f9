/* cursor.h: read foreign bytes, in their own byte order, never past their end.
 *
 * Invariant: base <= at <= end. A read that does not fit returns zero, moves at to end and fails
 * the cursor's error, which is sticky: read a record's fields in a row, then check once, before
 * a field becomes a count, a size or an offset. Source of the idea: drgn's binary_buffer. */
#ifndef FLAME_BASE_CURSOR_H
#define FLAME_BASE_CURSOR_H

#include "fail.h"

#include <flamedata/str.h>
#include <stdint.h>

/* origin  offset of base in path, for messages
 * swap    the bytes' order differs from the host's
 * failed  a read did not fit; error (may be NULL) says which
 *
 * The all-zero value has no bytes. Nothing is added to its NULLs, which is undefined, be it 0. */
struct flame_cursor {
    const uint8_t *base, *at, *end;
    uint64_t origin;
    const char *path;
    struct flame_error *error;
    bool swap, failed;
};

static inline struct flame_cursor flame_cursor_make(const void *bytes, size_t size, uint64_t origin,
                                                    bool swap, const char *path,
                                                    struct flame_error *error)
{
    const uint8_t *p = bytes;
    struct flame_cursor c = { p, p, size ? p + size : p, origin, path, error, swap, false };
    return c;
}

static inline size_t flame_cursor_left(const struct flame_cursor *c)
{
    return (size_t)(c->end - c->at);
}

static inline uint64_t flame_cursor_offset(const struct flame_cursor *c)
{
    return c->origin + (uint64_t)(c->at - c->base);
}

/* Fail the cursor: "what: needs N bytes, M left" at the present offset. Returns NULL. */
const uint8_t *flame_cursor_short(struct flame_cursor *c, uint64_t need, const char *what);

/* The next size bytes, borrowed, or NULL when fewer are left. */
static inline const uint8_t *flame_cursor_take(struct flame_cursor *c, uint64_t size,
                                               const char *what)
{
    if (__builtin_expect(size > flame_cursor_left(c), 0))
        return flame_cursor_short(c, size, what);
    const uint8_t *p = c->at;
    c->at = size ? p + size : p;
    return p;
}

static inline uint8_t flame_cursor_u8(struct flame_cursor *c, const char *what)
{
    const uint8_t *p = flame_cursor_take(c, 1, what);
    return p ? *p : 0;
}

static inline uint16_t flame_cursor_u16(struct flame_cursor *c, const char *what)
{
    uint16_t v = 0;
    const uint8_t *p = flame_cursor_take(c, sizeof v, what);
    if (p)
        memcpy(&v, p, sizeof v);
    return c->swap ? __builtin_bswap16(v) : v;
}

static inline uint32_t flame_cursor_u32(struct flame_cursor *c, const char *what)
{
    uint32_t v = 0;
    const uint8_t *p = flame_cursor_take(c, sizeof v, what);
    if (p)
        memcpy(&v, p, sizeof v);
    return c->swap ? __builtin_bswap32(v) : v;
}

static inline uint64_t flame_cursor_u64(struct flame_cursor *c, const char *what)
{
    uint64_t v = 0;
    const uint8_t *p = flame_cursor_take(c, sizeof v, what);
    if (p)
        memcpy(&v, p, sizeof v);
    return c->swap ? __builtin_bswap64(v) : v;
}

/* A number of seven bits a byte, least significant first, as DWARF has them; bits beyond the 64th
 * are lost. *bits is how many it had room for. */
static inline uint64_t flame_cursor_leb(struct flame_cursor *c, const char *what, unsigned *bits)
{
    uint64_t v = 0;
    uint8_t byte;
    *bits = 0;
    do {
        byte = flame_cursor_u8(c, what);
        if (*bits < 64)
            v |= (uint64_t)(byte & 0x7f) << *bits;
        *bits += 7;
    } while (byte & 0x80);
    return v;
}

static inline uint64_t flame_cursor_uleb(struct flame_cursor *c, const char *what)
{
    unsigned bits;
    return flame_cursor_leb(c, what, &bits);
}

/* The same, signed: the highest bit that it had room for is the sign. */
static inline int64_t flame_cursor_sleb(struct flame_cursor *c, const char *what)
{
    unsigned bits;
    uint64_t v = flame_cursor_leb(c, what, &bits);
    if (bits < 64 && v >> (bits - 1) & 1)
        v |= UINT64_MAX << bits;
    return (int64_t)v;
}

/* A sub-cursor over the next size bytes, which the parent moves past; empty when they don't fit. */
struct flame_cursor flame_cursor_sub(struct flame_cursor *c, uint64_t size, const char *what);

/* The text up to the first NUL of the next size bytes, all of which are consumed. Borrowed. */
struct flame_str flame_cursor_text(struct flame_cursor *c, uint64_t size, const char *what);

/* Jump to an offset of path (not of base). Fails, with the cursor at its end, when it is outside.
 */
bool flame_cursor_seek(struct flame_cursor *c, uint64_t offset, const char *what);

#endif
