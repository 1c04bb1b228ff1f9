/* counts.c: open addressing by XXH3; slots hold indices so that growing moves little. */
#include "counts.h"

#include "hash.h"

#include <stdlib.h>

void flame_counts_init(struct flame_counts *counts)
{
    *counts = (struct flame_counts){ 0 };
    flame_arena_init(&counts->arena, SIZE_MAX);
}

static void part_free(struct flame_count_part *part)
{
    flame_vec_free(&part->list);
    free(part->slots);
    *part = (struct flame_count_part){ 0 };
}

void flame_counts_deinit(struct flame_counts *counts)
{
    for (size_t i = 0; i < FLAME_COUNT_PARTS; i++)
        part_free(&counts->parts[i]);
    flame_arena_deinit(&counts->arena);
}

static uint32_t check_of(uint64_t hash)
{
    return (uint32_t)(hash >> 28);
}

/* The top four bits. */
static struct flame_count_part *part_of(struct flame_counts *counts, uint64_t hash)
{
    return &counts->parts[hash >> 60];
}

static bool grow(struct flame_count_part *part)
{
    size_t count = part->slot_count ? part->slot_count * 2 : 64;
    struct flame_count_slot *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < part->list.count; i++) {
        uint64_t hash = part->list.items[i].hash;
        size_t at = hash & (count - 1);
        while (slots[at].index)
            at = (at + 1) & (count - 1);
        slots[at] = (struct flame_count_slot){ (uint32_t)i + 1, check_of(hash) };
    }
    free(part->slots);
    part->slots = slots;
    part->slot_count = count;
    return true;
}

static bool same(const struct flame_count *a, const struct flame_count *b)
{
    return a->hash == b->hash && a->tag == b->tag && a->size == b->size &&
           (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0);
}

/* The entry equal to key, added as it stands, with no weight yet, when new; *added says which. */
static struct flame_count *find_or_add(struct flame_count_part *part, const struct flame_count *key,
                                       bool *added)
{
    if (part->list.count * 4 >= part->slot_count * 3 && !grow(part))
        return NULL;
    size_t at = key->hash & (part->slot_count - 1);
    uint32_t check = check_of(key->hash);
    *added = false;
    for (; part->slots[at].index; at = (at + 1) & (part->slot_count - 1)) {
        if (part->slots[at].check != check)
            continue;
        struct flame_count *found = &part->list.items[part->slots[at].index - 1];
        if (same(found, key))
            return found;
    }
    if (part->list.count >= UINT32_MAX - 1 || !flame_vec_push(&part->list, *key))
        return NULL;
    part->slots[at] = (struct flame_count_slot){ (uint32_t)part->list.count, check };
    *added = true;
    struct flame_count *entry = &part->list.items[part->list.count - 1];
    entry->weight = entry->samples = 0;
    return entry;
}

static bool add(struct flame_counts *counts, const struct flame_count *key, bool borrowed)
{
    bool added;
    struct flame_count *entry = find_or_add(part_of(counts, key->hash), key, &added);
    if (!entry)
        return false;
    if (added && !borrowed && key->size) {
        uint8_t *copy = flame_arena_alloc(&counts->arena, key->size);
        if (!copy) {
            entry->size = 0;
            return false;
        }
        memcpy(copy, key->bytes, key->size);
        entry->bytes = copy;
    }
    entry->weight += key->weight;
    entry->samples += key->samples;
    return true;
}

bool flame_counts_add(struct flame_counts *counts, uint32_t tag, const void *bytes, uint32_t size,
                      bool borrowed, uint64_t weight, uint64_t samples)
{
    struct flame_count key = {
        flame_hash_seed(bytes, size, tag), weight, bytes, size, tag, samples
    };
    return add(counts, &key, borrowed);
}

void flame_count_batch_push(struct flame_count_batch *batch, const struct flame_counts *counts,
                            uint32_t tag, const void *bytes, uint32_t size, bool borrowed,
                            uint64_t weight, uint64_t samples)
{
    uint64_t hash = flame_hash_seed(bytes, size, tag);
    const struct flame_count_part *part = &counts->parts[hash >> 60];
    if (part->slot_count)
        __builtin_prefetch(&part->slots[hash & (part->slot_count - 1)]);
    batch->borrowed[batch->count] = borrowed;
    batch->keys[batch->count++] = (struct flame_count){ hash, weight, bytes, size, tag, samples };
}

/* The first entry that may equal the key, by its slot alone; NULL when there is none. */
static const struct flame_count *candidate(struct flame_counts *counts, uint64_t hash)
{
    const struct flame_count_part *part = part_of(counts, hash);
    if (part->slot_count == 0)
        return NULL;
    uint32_t check = check_of(hash);
    for (size_t at = hash & (part->slot_count - 1); part->slots[at].index;
         at = (at + 1) & (part->slot_count - 1))
        if (part->slots[at].check == check)
            return &part->list.items[part->slots[at].index - 1];
    return NULL;
}

bool flame_counts_flush(struct flame_counts *counts, struct flame_count_batch *batch)
{
    const struct flame_count *found[FLAME_COUNT_BATCH];
    bool ok = true;
    for (size_t i = 0; i < batch->count; i++) {
        found[i] = candidate(counts, batch->keys[i].hash);
        if (found[i])
            __builtin_prefetch(found[i], 1);
    }
    for (size_t i = 0; i < batch->count; i++) {
        if (!found[i])
            continue;
        for (uint32_t at = 0; at < found[i]->size && at < 256; at += 64)
            __builtin_prefetch(found[i]->bytes + at);
    }
    for (size_t i = 0; i < batch->count; i++)
        ok = add(counts, &batch->keys[i], batch->borrowed[i]) && ok;
    batch->count = 0;
    return ok;
}

bool flame_counts_merge(struct flame_counts *into, struct flame_counts *from, size_t part)
{
    struct flame_count_part *source = &from->parts[part];
    for (size_t i = 0; i < source->list.count; i++) {
        const struct flame_count *key = &source->list.items[i];
        bool added;
        struct flame_count *entry = find_or_add(&into->parts[part], key, &added);
        if (!entry)
            return false;
        entry->weight += key->weight;
        entry->samples += key->samples;
    }
    part_free(source);
    return true;
}

void flame_counts_drop(struct flame_counts *counts, size_t part)
{
    part_free(&counts->parts[part]);
}

size_t flame_counts_size(const struct flame_counts *counts)
{
    size_t size = 0;
    for (size_t i = 0; i < FLAME_COUNT_PARTS; i++)
        size += counts->parts[i].list.count;
    return size;
}
