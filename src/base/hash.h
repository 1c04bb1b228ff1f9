/* hash.h: xxHash (XXH3), inlined. The one place that includes it. */
#ifndef FLAME_BASE_HASH_H
#define FLAME_BASE_HASH_H

#define XXH_INLINE_ALL
#define XXH_STATIC_LINKING_ONLY
#include <stddef.h>
#include <stdint.h>
#include <xxhash.h>

static inline uint64_t flame_hash(const void *bytes, size_t size)
{
    return XXH3_64bits(bytes, size);
}

static inline uint64_t flame_hash_seed(const void *bytes, size_t size, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, size, seed);
}

/* 128 bits that stand for the bytes themselves: of a million different inputs two agree with a
 * probability of 10^-27. */
struct flame_hash128 {
    uint64_t low, high;
};

static inline struct flame_hash128 flame_hash128(const void *bytes, size_t size, uint64_t seed)
{
    XXH128_hash_t h = XXH3_128bits_withSeed(bytes, size, seed);
    return (struct flame_hash128){ h.low64, h.high64 };
}

/* Mix two words; for small keys that need no more. */
static inline uint64_t flame_hash_pair(uint64_t a, uint64_t b)
{
    __uint128_t product = (__uint128_t)(a ^ 0x9e3779b97f4a7c15u) * (b ^ 0xd6e8feb86659fd93u);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

#endif
