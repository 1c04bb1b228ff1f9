/* counts.c: open addressing by XXH3's 128 bits; slots hold indices so that growing moves little. */
#include "counts.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 1024 };

void flame_counts_init(struct flame_counts *counts)
{
    *counts = (struct flame_counts){ 0 };
    flame_arena_init(&counts->arena, SIZE_MAX);
}

void flame_counts_deinit(struct flame_counts *counts)
{
    flame_vec_free(&counts->list);
    free(counts->slots);
    counts->slots = NULL;
    counts->slot_count = 0;
    flame_arena_deinit(&counts->arena);
}

static bool grow(struct flame_counts *counts)
{
    size_t count = counts->slot_count ? counts->slot_count * 2 : FIRST_SLOTS;
    struct flame_count_slot *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < counts->list.count; i++) {
        struct flame_hash128 hash = counts->list.items[i].hash;
        size_t at = hash.low & (count - 1);
        while (slots[at].index)
            at = (at + 1) & (count - 1);
        slots[at] = (struct flame_count_slot){ (uint32_t)i + 1, (uint32_t)hash.high };
    }
    free(counts->slots);
    counts->slots = slots;
    counts->slot_count = count;
    return true;
}

static bool same(const struct flame_count *a, const struct flame_count *b)
{
    return a->hash.low == b->hash.low && a->hash.high == b->hash.high && a->tag == b->tag &&
           a->size == b->size;
}

/* Keep key as a new entry, under the slot at. */
static bool insert(struct flame_counts *counts, const struct flame_count *key, bool borrowed,
                   size_t at)
{
    struct flame_count entry = *key;
    if (!borrowed && key->size) {
        uint8_t *copy = flame_arena_alloc(&counts->arena, key->size);
        if (!copy)
            return false;
        entry.bytes = memcpy(copy, key->bytes, key->size);
    }
    if (counts->list.count >= UINT32_MAX - 1 || !flame_vec_push(&counts->list, entry))
        return false;
    counts->slots[at] =
        (struct flame_count_slot){ (uint32_t)counts->list.count, (uint32_t)key->hash.high };
    return true;
}

static bool add(struct flame_counts *counts, const struct flame_count *key, bool borrowed)
{
    if (counts->list.count * 4 >= counts->slot_count * 3 && !grow(counts))
        return false;
    size_t at = key->hash.low & (counts->slot_count - 1);
    uint32_t check = (uint32_t)key->hash.high;
    for (; counts->slots[at].index; at = (at + 1) & (counts->slot_count - 1)) {
        if (counts->slots[at].check != check)
            continue;
        struct flame_count *found = &counts->list.items[counts->slots[at].index - 1];
        if (same(found, key)) {
            found->weight += key->weight;
            found->samples += key->samples;
            return true;
        }
    }
    return insert(counts, key, borrowed, at);
}

void flame_count_batch_push(struct flame_count_batch *batch, const struct flame_counts *counts,
                            uint32_t tag, const void *bytes, uint32_t size, bool borrowed,
                            uint64_t weight)
{
    struct flame_hash128 hash = flame_hash128(bytes, size, tag);
    if (counts->slot_count)
        __builtin_prefetch(&counts->slots[hash.low & (counts->slot_count - 1)]);
    batch->borrowed[batch->count] = borrowed;
    batch->keys[batch->count++] = (struct flame_count){ hash, weight, bytes, size, tag, 1 };
}

/* The first entry that may equal the key, by its slot alone; NULL when there is none. */
static const struct flame_count *candidate(const struct flame_counts *counts,
                                           struct flame_hash128 hash)
{
    uint32_t check = (uint32_t)hash.high;
    if (counts->slot_count == 0)
        return NULL;
    for (size_t at = hash.low & (counts->slot_count - 1); counts->slots[at].index;
         at = (at + 1) & (counts->slot_count - 1))
        if (counts->slots[at].check == check)
            return &counts->list.items[counts->slots[at].index - 1];
    return NULL;
}

bool flame_counts_flush(struct flame_counts *counts, struct flame_count_batch *batch)
{
    bool ok = true;
    for (size_t i = 0; i < batch->count; i++)
        __builtin_prefetch(candidate(counts, batch->keys[i].hash), 1); /* NULL does no harm */
    for (size_t i = 0; i < batch->count; i++)
        ok = add(counts, &batch->keys[i], batch->borrowed[i]) && ok;
    batch->count = 0;
    return ok;
}

void flame_counts_seal(struct flame_counts *counts)
{
    free(counts->slots);
    counts->slots = NULL;
    counts->slot_count = 0;
}

/* Move the last keys of one table to another's end. */
static bool move_last(struct flame_counts *from, struct flame_counts *to, size_t count)
{
    if (!flame_vec_reserve(&to->list, count))
        return false;
    from->list.count -= count;
    memcpy(&to->list.items[to->list.count], &from->list.items[from->list.count],
           count * sizeof *to->list.items);
    to->list.count += count;
    return true;
}

/* How many of all keys table i of count gets. */
static size_t share_of(size_t all, size_t count, size_t i)
{
    return all / count + (i < all % count);
}

bool flame_counts_even_out(struct flame_counts *tables, size_t count)
{
    size_t all = 0;
    for (size_t i = 0; i < count; i++)
        all += tables[i].list.count;
    for (size_t to = 0; to < count; to++) {
        size_t share = share_of(all, count, to);
        for (size_t from = 0; from < count && tables[to].list.count < share; from++) {
            size_t lacks = share - tables[to].list.count;
            size_t has = tables[from].list.count, keeps = share_of(all, count, from);
            size_t extra = has > keeps ? has - keeps : 0;
            size_t moved = extra < lacks ? extra : lacks;
            if (moved && !move_last(&tables[from], &tables[to], moved))
                return false;
        }
    }
    return true;
}
