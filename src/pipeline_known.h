/* pipeline_known.h: the key of what is remembered of an address of a stack, in a table in which
 * each address has one slot. Private to src/pipeline*.c.
 *
 * Where an address lies depends on the map that holds then, on the mode, and on whether it is a
 * call's. */
#ifndef FLAME_PIPELINE_KNOWN_H
#define FLAME_PIPELINE_KNOWN_H

#include "hash.h"
#include "pipeline.h"

/* used: the slot is taken */
struct flame_known_pc {
    uint64_t pc;
    uint32_t space, kernel_space;
    uint8_t mode;
    bool used, at_call;
};

static inline size_t flame_known_slot(const struct flame_pc *pc, const struct flame_tag *tag,
                                      size_t slots)
{
    return flame_hash_pair(pc->pc, (uint64_t)tag->space << 8 | (uint8_t)pc->mode) % slots;
}

static inline struct flame_known_pc flame_known_key(const struct flame_pc *pc,
                                                    const struct flame_tag *tag)
{
    return (struct flame_known_pc){ .pc = pc->pc,
                                    .space = tag->space,
                                    .kernel_space = tag->kernel_space,
                                    .mode = (uint8_t)pc->mode,
                                    .at_call = pc->at_call };
}

static inline bool flame_known_is(const struct flame_known_pc *known, const struct flame_pc *pc,
                                  const struct flame_tag *tag)
{
    return known->used && known->pc == pc->pc && known->mode == (uint8_t)pc->mode &&
           known->at_call == pc->at_call && known->space == tag->space &&
           known->kernel_space == tag->kernel_space;
}

/* What the symbolizer is asked about it. */
static inline struct flame_symbol_query flame_known_query(const struct flame_pc *pc,
                                                          const struct flame_tag *tag)
{
    return (struct flame_symbol_query){ pc->pc, pc->mode,   pc->at_call,
                                        false,  tag->space, tag->kernel_space };
}

#endif
