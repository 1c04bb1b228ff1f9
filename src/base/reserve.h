/* reserve.h: memory for libraries that take some without looking whether they got it. */
#ifndef FLAME_BASE_RESERVE_H
#define FLAME_BASE_RESERVE_H

#include <stdbool.h>
#include <stdlib.h>

/* Whether so many bytes can be had now: they are asked for, and given back. Of use right before a
 * library takes less; other threads may take them in between, so that this makes a crash rare, not
 * impossible. */
static inline bool flame_has_reserve(size_t bytes)
{
    void *volatile reserve = malloc(bytes); /* or the compiler would leave it out */
    bool there = reserve != NULL;
    free(reserve);
    return there;
}

#endif
