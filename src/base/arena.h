/* arena.h: memory that is freed all at once.
 *
 * One arena per lifetime (session, object file, drawing). Its capacity is the limit: a request
 * that would pass it fails as if memory had run out. Not thread-safe. */
#ifndef FLAME_BASE_ARENA_H
#define FLAME_BASE_ARENA_H

#include <flamedata/str.h>
#include <stdint.h>

struct flame_arena_block;

struct flame_arena {
    struct flame_arena_block *blocks;
    char *at, *end;
    size_t used, capacity;
};

/* capacity in bytes; SIZE_MAX for none. Allocates nothing yet. */
void flame_arena_init(struct flame_arena *arena, size_t capacity);
void flame_arena_deinit(struct flame_arena *arena);

/* size bytes aligned for any type, not cleared; NULL when memory or capacity is exhausted. */
void *flame_arena_alloc(struct flame_arena *arena, size_t size);

/* count * size bytes, cleared; NULL also when the product overflows. */
void *flame_arena_zalloc(struct flame_arena *arena, size_t count, size_t size);

/* A NUL-terminated copy of s; NULL when memory is exhausted. */
char *flame_arena_copy(struct flame_arena *arena, struct flame_str s);

#endif
