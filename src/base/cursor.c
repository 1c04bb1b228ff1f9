/* cursor.c: the uncommon half of the cursor. */
#include "cursor.h"

#include <inttypes.h>

const uint8_t *flame_cursor_short(struct flame_cursor *c, uint64_t need, const char *what)
{
    if (!c->failed && need > SIZE_MAX / 2)
        flame_fail(c->error, FLAME_TRUNCATED, c->path, flame_cursor_offset(c),
                   "%s: a count that cannot be, %zu bytes left", what, flame_cursor_left(c));
    else if (!c->failed)
        flame_fail(c->error, FLAME_TRUNCATED, c->path, flame_cursor_offset(c),
                   "%s: needs %" PRIu64 " bytes, %zu left", what, need, flame_cursor_left(c));
    c->failed = true;
    c->at = c->end;
    return NULL;
}

struct flame_cursor flame_cursor_sub(struct flame_cursor *c, uint64_t size, const char *what)
{
    uint64_t offset = flame_cursor_offset(c);
    const uint8_t *p = flame_cursor_take(c, size, what);
    struct flame_cursor sub =
        flame_cursor_make(p ? p : c->end, p ? (size_t)size : 0, offset, c->swap, c->path, c->error);
    sub.failed = size && !p;
    return sub;
}

struct flame_str flame_cursor_text(struct flame_cursor *c, uint64_t size, const char *what)
{
    const uint8_t *p = flame_cursor_take(c, size, what);
    struct flame_str s = { 0 };
    if (p) {
        const uint8_t *nul = memchr(p, 0, (size_t)size);
        s.ptr = (const char *)p;
        s.len = nul ? (size_t)(nul - p) : (size_t)size;
    }
    return s;
}

bool flame_cursor_seek(struct flame_cursor *c, uint64_t offset, const char *what)
{
    uint64_t size = (uint64_t)(c->end - c->base);
    if (offset < c->origin || offset - c->origin > size) {
        if (!c->failed)
            flame_fail(c->error, FLAME_TRUNCATED, c->path, offset,
                       "%s: lies outside the file's %" PRIu64 " bytes", what, c->origin + size);
        c->failed = true;
        c->at = c->end;
        return false;
    }
    c->at = offset > c->origin ? c->base + (offset - c->origin) : c->base;
    return true;
}
