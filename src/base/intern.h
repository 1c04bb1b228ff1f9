/* intern.h: each distinct string once, known by a small number.
 *
 * Ids count up from 0 in order of first appearance. Strings live as long as the table.
 * Not thread-safe for writing; reading may be shared once writing has ended. */
#ifndef FLAME_BASE_INTERN_H
#define FLAME_BASE_INTERN_H

#include "arena.h"
#include "vec.h"

#define FLAME_INTERN_NONE UINT32_MAX

struct flame_intern {
    struct flame_arena arena;
    FLAME_VEC(struct flame_str) strings;
    uint32_t *slots; /* index into strings + 1; 0 = free */
    size_t slot_count;
};

void flame_intern_init(struct flame_intern *table);
void flame_intern_deinit(struct flame_intern *table);

/* The id of s, added (its bytes copied, NUL-terminated) if new; FLAME_INTERN_NONE when memory is
 * exhausted. */
uint32_t flame_intern_add(struct flame_intern *table, struct flame_str s);

/* The id of s, or FLAME_INTERN_NONE if it was never added. */
uint32_t flame_intern_find(const struct flame_intern *table, struct flame_str s);

/* id must come from this table. */
static inline struct flame_str flame_intern_get(const struct flame_intern *table, uint32_t id)
{
    return table->strings.items[id];
}

#endif
