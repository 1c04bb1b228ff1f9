/* lbr.h: call chains whose user part the processor kept, as branch records (--call-graph lbr). */
#ifndef FLAME_UNWIND_LBR_H
#define FLAME_UNWIND_LBR_H

#include "callchain.h"

/* Put a chain together: of the recorded chain everything up to the user-space instruction, then the
 * calls that the branch records tell of. What the kernel found by frame pointers is ignored.
 *
 * chain     chain_count words; branches: branch_count entries of from, to, flags; both in the
 *           file's byte order, as swap says
 * out       room for chain_count + branch_count + 1 words; gets them in the file's byte order
 *
 * Returns how many words were written; 0 when the chain has no user part, and stands as it is. */
size_t flame_lbr_join(const uint8_t *chain, uint64_t chain_count, const uint8_t *branches,
                      uint64_t branch_count, bool swap, uint64_t *out);

/* flame_callchain_read for such a chain: user-space addresses are those of the call instructions
 * themselves. */
size_t flame_lbr_read(const uint8_t *words, uint64_t count, bool swap, struct flame_pc *out,
                      size_t cap);

#endif
