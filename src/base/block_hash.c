/* block_hash.c: blocks are put together from what extents have of them, in order. */
#include "block_hash.h"

#include "hash.h"

#include <string.h>

enum { BLOCK = 4096 };

/* block  what there is of the block of that number; begun: there may be something */
struct blocks {
    XXH3_state_t state;
    uint64_t size, number;
    bool begun;
    uint8_t block[BLOCK];
};

static bool is_zero(const uint8_t *bytes, size_t size)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

static void add_number(struct blocks *b, uint64_t number)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(number >> 8 * i);
    XXH3_64bits_update(&b->state, bytes, sizeof bytes);
}

static void add_block(struct blocks *b, const uint8_t *bytes, uint64_t number)
{
    uint64_t left = b->size - number * BLOCK;
    size_t size = left < BLOCK ? (size_t)left : BLOCK;
    if (is_zero(bytes, size))
        return;
    add_number(b, number);
    XXH3_64bits_update(&b->state, bytes, size);
}

static void end_block(struct blocks *b)
{
    if (b->begun)
        add_block(b, b->block, b->number);
    b->begun = false;
}

/* Bytes at an offset, all behind those that were added before. */
static void add(struct blocks *b, const uint8_t *bytes, uint64_t start, uint64_t end)
{
    while (start < end) {
        uint64_t number = start / BLOCK, stop = (number + 1) * BLOCK;
        stop = stop < end ? stop : end;
        if (b->number != number)
            end_block(b);
        if (start % BLOCK == 0 && (stop - start == BLOCK || stop == b->size)) {
            add_block(b, bytes + start, number);
        } else {
            if (!b->begun)
                memset(b->block, 0, sizeof b->block);
            b->begun = true;
            b->number = number;
            memcpy(b->block + start % BLOCK, bytes + start, (size_t)(stop - start));
        }
        start = stop;
    }
}

uint64_t flame_hash_blocks(const uint8_t *bytes, uint64_t size, const struct flame_extents *extents)
{
    struct blocks b = { .size = size };
    XXH3_64bits_reset(&b.state);
    if (!extents->items)
        add(&b, bytes, 0, size);
    for (size_t i = 0; extents->items && i < extents->count; i++) {
        uint64_t start = extents->items[i].start, end = extents->items[i].end, at = extents->base;
        start = start > at ? start - at : 0;
        end = end > at ? end - at : 0;
        add(&b, bytes, start, end < size ? end : size);
    }
    end_block(&b);
    add_number(&b, size);
    return XXH3_64bits_digest(&b.state);
}
