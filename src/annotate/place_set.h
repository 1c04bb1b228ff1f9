/* place_set.h: stacks that are at several places of one function. */
#ifndef FLAME_ANNOTATE_PLACE_SET_H
#define FLAME_ANNOTATE_PLACE_SET_H

#include <flamedata/annotate.h>

/* offsets[count] from the function's start, in order, that these hits are at together. Each of them
 * is a hit of its own; where two are one instruction, or one line, they count once. */
struct flame_place_set {
    const uint64_t *offsets;
    size_t count;
    uint32_t event;
    struct flame_hits hits;
};

#endif
