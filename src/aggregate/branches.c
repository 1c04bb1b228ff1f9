/* branches.c: open addressing by hash; slots hold indices so that growing moves little. */
#include "branches.h"

#include "hash.h"

#include <string.h>

enum { FIRST_SLOTS = 1024 };

_Static_assert(sizeof(struct flame_branch_key) == 32, "keys are compared as bytes");

void flame_branches_deinit(struct flame_branches *b)
{
    flame_vec_free(&b->list);
    flame_branches_seal(b);
}

void flame_branches_seal(struct flame_branches *b)
{
    free(b->slots);
    b->slots = NULL;
    b->slot_count = 0;
}

static uint64_t hash_of(const struct flame_branch_key *key)
{
    return flame_hash(key, sizeof *key);
}

static bool grow(struct flame_branches *b)
{
    size_t count = b->slot_count ? b->slot_count * 2 : FIRST_SLOTS;
    struct flame_branch_slot *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < b->list.count; i++) {
        uint64_t hash = hash_of(&b->list.items[i].key);
        size_t at = hash & (count - 1);
        while (slots[at].index)
            at = (at + 1) & (count - 1);
        slots[at] = (struct flame_branch_slot){ (uint32_t)i + 1, (uint32_t)(hash >> 32) };
    }
    free(b->slots);
    b->slots = slots;
    b->slot_count = count;
    return true;
}

/* The key's sum, added if new; NULL when memory is exhausted. */
static struct flame_branch_sum *get(struct flame_branches *b, const struct flame_branch_key *key)
{
    if (b->list.count * 4 >= b->slot_count * 3 && !grow(b))
        return NULL;
    uint64_t hash = hash_of(key);
    uint32_t check = (uint32_t)(hash >> 32);
    size_t at = hash & (b->slot_count - 1);
    for (; b->slots[at].index; at = (at + 1) & (b->slot_count - 1)) {
        struct flame_branch_sum *found = &b->list.items[b->slots[at].index - 1];
        if (b->slots[at].check == check && memcmp(&found->key, key, sizeof *key) == 0)
            return found;
    }
    if (b->list.count >= UINT32_MAX - 1 ||
        !flame_vec_push(&b->list, (struct flame_branch_sum){ .key = *key }))
        return NULL;
    b->slots[at] = (struct flame_branch_slot){ (uint32_t)b->list.count, check };
    return &b->list.items[b->list.count - 1];
}

bool flame_branches_add(struct flame_branches *b, const struct flame_branch_key *key,
                        bool mispredicted, uint16_t cycles)
{
    struct flame_branch_sum *sum = get(b, key);
    if (!sum)
        return false;
    sum->taken++;
    sum->mispredicted += mispredicted;
    if (cycles == 0)
        return true;
    if (sum->runs == 0 || cycles < sum->least)
        sum->least = cycles;
    if (cycles > sum->most)
        sum->most = cycles;
    sum->runs++;
    sum->cycles += cycles;
    return true;
}
