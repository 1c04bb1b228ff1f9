/* link.h: the caller that only the link register knows.
 *
 * On arm64 a function that calls nothing need not save its caller's address, so that frame pointers
 * skip that caller. perf record --call-graph fp therefore keeps the register of each sample. */
#ifndef FLAME_UNWIND_LINK_H
#define FLAME_UNWIND_LINK_H

#include "callchain.h"

/* Index of the user's innermost frame, or count where there is none. */
size_t flame_link_leaf(const struct flame_pc *pcs, size_t count);

/* Put the link register's caller behind the frame at leaf, unless it is there; returns the new
 * count. pcs has room for one more. A signature in the upper bits (pointer authentication) is taken
 * off. */
size_t flame_link_insert(struct flame_pc *pcs, size_t count, size_t leaf, uint64_t link);

#endif
