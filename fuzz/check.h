/* check.h: what must hold in a fuzz target, besides that it does not crash. A claim that does not
 * hold ends the program, which the fuzzer takes for a crash: the input is kept. */
#ifndef FLAME_FUZZ_CHECK_H
#define FLAME_FUZZ_CHECK_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(claim)                                                                               \
    do {                                                                                           \
        if (!(claim)) {                                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #claim);             \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* Read all of the bytes, so that a sanitizer sees each. Returns a number that depends on them. */
static inline unsigned flame_fuzz_read(const void *bytes, size_t size)
{
    const volatile uint8_t *at = bytes;
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += at[i];
    return sum;
}

#endif
