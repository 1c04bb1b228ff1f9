/* cfi_memo.h: a hash table from numbers to pointers. For cfi.c alone. */
#ifndef FLAME_OBJECT_CFI_MEMO_H
#define FLAME_OBJECT_CFI_MEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flame_memo_slot {
    uint64_t key;
    void *value; /* NULL: the slot is free */
};

/* slots[mask + 1], or NULL; at most half of them are taken. All-zero is empty. */
struct flame_memo {
    struct flame_memo_slot *slots;
    size_t mask, count;
};

void flame_memo_deinit(struct flame_memo *memo);

/* NULL when there is none. */
void *flame_memo_find(const struct flame_memo *memo, uint64_t key);

/* Set the value of a key, in place of the one it may have; not NULL. False when memory is
 * exhausted. */
bool flame_memo_put(struct flame_memo *memo, uint64_t key, void *value);

/* In bytes. */
size_t flame_memo_size(const struct flame_memo *memo);

#endif
