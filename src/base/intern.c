/* intern.c: open addressing over an array of strings. */
#include "intern.h"

#include "hash.h"

#include <stdlib.h>

void flame_intern_init(struct flame_intern *table)
{
    *table = (struct flame_intern){ 0 };
    flame_arena_init(&table->arena, SIZE_MAX);
}

void flame_intern_deinit(struct flame_intern *table)
{
    flame_arena_deinit(&table->arena);
    flame_vec_free(&table->strings);
    free(table->slots);
    *table = (struct flame_intern){ 0 };
}

static bool grow(struct flame_intern *table)
{
    size_t count = table->slot_count ? table->slot_count * 2 : 256;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < table->strings.count; i++) {
        struct flame_str s = table->strings.items[i];
        size_t at = flame_hash(s.ptr, s.len) & (count - 1);
        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = (uint32_t)i + 1;
    }
    free(table->slots);
    table->slots = slots;
    table->slot_count = count;
    return true;
}

/* The slot of s: its own, or the free one where it belongs. */
static size_t slot_of(const struct flame_intern *table, struct flame_str s)
{
    size_t at = flame_hash(s.ptr, s.len) & (table->slot_count - 1);
    while (table->slots[at] && !flame_str_equal(table->strings.items[table->slots[at] - 1], s))
        at = (at + 1) & (table->slot_count - 1);
    return at;
}

uint32_t flame_intern_find(const struct flame_intern *table, struct flame_str s)
{
    uint32_t slot = table->slot_count ? table->slots[slot_of(table, s)] : 0;
    return slot ? slot - 1 : FLAME_INTERN_NONE;
}

uint32_t flame_intern_add(struct flame_intern *table, struct flame_str s)
{
    if (table->strings.count >= table->slot_count / 2 && !grow(table))
        return FLAME_INTERN_NONE;
    size_t at = slot_of(table, s);
    if (table->slots[at])
        return table->slots[at] - 1;
    char *copy =
        table->strings.count < FLAME_INTERN_NONE - 1 ? flame_arena_copy(&table->arena, s) : NULL;
    if (!copy || !flame_vec_push(&table->strings, (struct flame_str){ copy, s.len }))
        return FLAME_INTERN_NONE;
    table->slots[at] = (uint32_t)table->strings.count;
    return table->slots[at] - 1;
}
