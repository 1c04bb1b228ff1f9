/* check.h: what must hold in a fuzz target, besides that it does not crash. A claim that does not
 * hold ends the program, which the fuzzer takes for a crash: the input is kept. */
#ifndef FLAME_FUZZ_CHECK_H
#define FLAME_FUZZ_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(claim)                                                                               \
    do {                                                                                           \
        if (!(claim)) {                                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #claim);             \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
