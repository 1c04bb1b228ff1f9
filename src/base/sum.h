/* sum.h: sums of numbers from outside. */
#ifndef FLAME_BASE_SUM_H
#define FLAME_BASE_SUM_H

#include <stdbool.h>
#include <stdint.h>

/* A sum that stays at its largest value rather than begin again at 0. */
static inline uint64_t flame_sum(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* Take so much from what is left; false: there is less, and nothing is taken. */
static inline bool flame_spend(uint64_t *left, uint64_t much)
{
    bool enough = much <= *left;
    *left -= enough ? much : 0;
    return enough;
}

#endif
