/* arena.c: bump allocation in growing blocks. */
#include "arena.h"

#include <stdlib.h>

enum { FIRST_BLOCK = 16 << 10, LARGEST_BLOCK = 1 << 20, ALIGNMENT = 16 };

struct flame_arena_block {
    struct flame_arena_block *next;
    size_t size;
    _Alignas(ALIGNMENT) char bytes[];
};

void flame_arena_init(struct flame_arena *arena, size_t capacity)
{
    *arena = (struct flame_arena){ .capacity = capacity };
}

void flame_arena_deinit(struct flame_arena *arena)
{
    for (struct flame_arena_block *b = arena->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    *arena = (struct flame_arena){ .capacity = arena->capacity };
}

static bool add_block(struct flame_arena *arena, size_t need)
{
    size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < need)
        size = need;
    if (size > SIZE_MAX - sizeof(struct flame_arena_block) || size > arena->capacity - arena->used)
        return false;
    struct flame_arena_block *b = malloc(sizeof *b + size);
    if (!b)
        return false;
    b->size = size;
    b->next = arena->blocks;
    arena->blocks = b;
    arena->at = b->bytes;
    arena->end = b->bytes + size;
    arena->used += size;
    return true;
}

/* size bytes from at on, which need not be aligned. */
static void *take(struct flame_arena *arena, size_t size)
{
    if (size > (size_t)(arena->end - arena->at) && !add_block(arena, size))
        return NULL;
    void *p = arena->at;
    arena->at += size;
    return p;
}

void *flame_arena_alloc(struct flame_arena *arena, size_t size)
{
    if (size > SIZE_MAX - ALIGNMENT)
        return NULL;
    size_t pad = (size_t)(-(uintptr_t)arena->at % ALIGNMENT);
    /* Where it does not fit, a new block follows, which is aligned. */
    if (pad > 0 && pad <= (size_t)(arena->end - arena->at))
        arena->at += pad;
    return take(arena, size ? size : 1); /* so that NULL always means failure */
}

void *flame_arena_zalloc(struct flame_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    void *p = flame_arena_alloc(arena, bytes);
    return p ? memset(p, 0, bytes) : NULL;
}

char *flame_arena_copy(struct flame_arena *arena, struct flame_str s)
{
    char *p = s.len < SIZE_MAX ? take(arena, s.len + 1) : NULL;
    if (!p)
        return NULL;
    if (s.len)
        memcpy(p, s.ptr, s.len);
    p[s.len] = 0;
    return p;
}
