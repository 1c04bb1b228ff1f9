/* cfi_memo.c: a hash table that grows by doubling and never forgets; probes are linear. */
#include "cfi_memo.h"

#include "hash.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 64 };

void flame_memo_deinit(struct flame_memo *memo)
{
    free(memo->slots);
    *memo = (struct flame_memo){ 0 };
}

/* The slot that has the key, or the free one where it belongs. */
static struct flame_memo_slot *slot_of(const struct flame_memo *memo, uint64_t key)
{
    size_t i = (size_t)flame_hash_pair(key, 0) & memo->mask;
    while (memo->slots[i].value && memo->slots[i].key != key)
        i = (i + 1) & memo->mask;
    return &memo->slots[i];
}

void *flame_memo_find(const struct flame_memo *memo, uint64_t key)
{
    return memo->slots ? slot_of(memo, key)->value : NULL;
}

static bool grow(struct flame_memo *memo)
{
    size_t slots = memo->slots ? (memo->mask + 1) * 2 : FIRST_SLOTS;
    struct flame_memo bigger = { calloc(slots, sizeof *bigger.slots), slots - 1, memo->count };
    if (!bigger.slots)
        return false;
    for (size_t i = 0; memo->slots && i <= memo->mask; i++)
        if (memo->slots[i].value)
            *slot_of(&bigger, memo->slots[i].key) = memo->slots[i];
    free(memo->slots);
    *memo = bigger;
    return true;
}

bool flame_memo_put(struct flame_memo *memo, uint64_t key, void *value)
{
    if ((!memo->slots || memo->count * 2 > memo->mask) && !grow(memo))
        return false;
    struct flame_memo_slot *slot = slot_of(memo, key);
    memo->count += !slot->value;
    *slot = (struct flame_memo_slot){ key, value };
    return true;
}

size_t flame_memo_size(const struct flame_memo *memo)
{
    return memo->slots ? (memo->mask + 1) * sizeof *memo->slots : 0;
}
