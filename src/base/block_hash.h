/* block_hash.h: a hash of bytes most of which may be zero, which costs what the others do. */
#ifndef FLAME_BASE_BLOCK_HASH_H
#define FLAME_BASE_BLOCK_HASH_H

#include "ranges.h"

/* Where bytes[size] may be other than zero: in items[count], settled, of which those outside of the
 * bytes do not count; base is the number of the first byte. items NULL: anywhere. */
struct flame_extents {
    const struct flame_range *items;
    size_t count;
    uint64_t base;
};

/* The bytes are cut into blocks of 4096. XXH3 of: for each block that is not all zeros, its number
 * (64 bits, little-endian) and its bytes; and last the size (the same). What is outside of the
 * extents counts as zero, and is not read. */
uint64_t flame_hash_blocks(const uint8_t *bytes, uint64_t size,
                           const struct flame_extents *extents);

#endif
