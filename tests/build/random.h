/* random.h: numbers that look random, and are the same for the same seed everywhere. */
#ifndef FLAME_TEST_RANDOM_H
#define FLAME_TEST_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* splitmix64; *state is the seed, and what comes next. */
static inline uint64_t flame_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* A number below n; 0 if n is 0. */
static inline size_t flame_random_below(uint64_t *state, size_t n)
{
    uint64_t random = flame_random(state);
    return n ? (size_t)(random % n) : 0;
}

#endif
