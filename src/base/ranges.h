/* ranges.h: a set of numbers (addresses, offsets) as ranges, collected in any order. */
#ifndef FLAME_BASE_RANGES_H
#define FLAME_BASE_RANGES_H

#include "vec.h"

#include <stdint.h>

/* [start, end) */
struct flame_range {
    uint64_t start, end;
};

/* The all-zero value is the empty set. Once settled, items are in order, none is empty, and between
 * two of them is a gap. */
struct flame_ranges {
    FLAME_VEC(struct flame_range);
};

/* Add [start, end); one that is empty (end <= start) adds nothing. false when memory is exhausted.
 */
bool flame_ranges_add(struct flame_ranges *ranges, uint64_t start, uint64_t end);

/* Sort and merge. More may be added afterwards, and settled again. */
void flame_ranges_settle(struct flame_ranges *ranges);

/* Of settled ranges: whether at is in one, whether some number of [start, end) is, and how many
 * numbers they hold. */
bool flame_ranges_contain(const struct flame_ranges *ranges, uint64_t at);
bool flame_ranges_meet(const struct flame_ranges *ranges, uint64_t start, uint64_t end);
uint64_t flame_ranges_total(const struct flame_ranges *ranges);

void flame_ranges_free(struct flame_ranges *ranges);

#endif
