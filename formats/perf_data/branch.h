/* branch.h: one entry of a recorded branch stack.
 *
 * Three words: from, to, and flags, which are bit-fields of the recording machine's compiler.
 * Source: include/uapi/linux/perf_event.h, struct perf_branch_entry. */
#ifndef FLAME_PERF_DATA_BRANCH_H
#define FLAME_PERF_DATA_BRANCH_H

#include <flamedata/record.h>

/* X(from, width, NAME, name): bits of the flag word, in the numbering of a little-endian writer. */
#define FLAME_BRANCH_FLAGS(X)                                                                      \
    X(0, 1, MISPREDICTED, mispredicted)                                                            \
    X(1, 1, PREDICTED, predicted)                                                                  \
    X(2, 1, IN_TX, in_tx)                                                                          \
    X(3, 1, ABORT, abort)                                                                          \
    X(4, 16, CYCLES, cycles)                                                                       \
    X(20, 4, TYPE, type)                                                                           \
    X(24, 2, SPEC, spec)                                                                           \
    X(26, 4, NEW_TYPE, new_type)                                                                   \
    X(30, 3, PRIV, priv)

enum flame_branch_flag {
#define X(from, width, NAME, name) FLAME_BRANCH_FLAG_##NAME,
    FLAME_BRANCH_FLAGS(X)
#undef X
        FLAME_BRANCH_FLAG_COUNT
};

/* A flag's value in the word. Bit-fields of a big-endian writer are counted from the other end. */
static inline uint64_t flame_branch_flag(uint64_t word, enum flame_branch_flag flag,
                                         bool big_endian)
{
    static const struct {
        uint8_t from, width;
    } fields[] = {
#define X(from, width, NAME, name) { from, width },
        FLAME_BRANCH_FLAGS(X)
#undef X
    };
    unsigned from = fields[flag].from, width = fields[flag].width;
    unsigned shift = big_endian ? 64 - from - width : from;
    return word >> shift & ((UINT64_C(1) << width) - 1);
}

/* cycles: since the branch before it; 0 where that was not measured. */
struct flame_branch {
    uint64_t from, to;
    uint16_t cycles;
    bool mispredicted;
};

/* Entry i of a sample's branches, the newest of which is entry 0; swap and big_endian as the file
 * says. */
static inline struct flame_branch flame_branch_load(const uint8_t *branches, uint64_t i, bool swap,
                                                    bool big_endian)
{
    uint64_t word = flame_load_u64(branches, i * 3 + 2, swap);
    return (struct flame_branch){
        .from = flame_load_u64(branches, i * 3, swap),
        .to = flame_load_u64(branches, i * 3 + 1, swap),
        .cycles = (uint16_t)flame_branch_flag(word, FLAME_BRANCH_FLAG_CYCLES, big_endian),
        .mispredicted = flame_branch_flag(word, FLAME_BRANCH_FLAG_MISPREDICTED, big_endian),
    };
}

#endif
