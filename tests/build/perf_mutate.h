/* perf_mutate.h: break a perf.data in one of the ways in which files break, or are broken.
 *
 * Most mutations of random bytes end at the first size that is wrong. These know where records,
 * attrs and features stand, in a file as in a pipe and in both byte orders, and so reach what lies
 * behind. Bytes in which no perf.data can be seen are mutated without that. Does not look into
 * compressed records. */
#ifndef FLAME_TESTS_PERF_MUTATE_H
#define FLAME_TESTS_PERF_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* TRUNCATE  cut anywhere; FLIP: 1 to 16 bits anywhere
 * HUGE      a count, size, offset or length becomes one that cannot be: framing may break
 * ZERO      the same become 0
 * SHUFFLE, DUPLICATE, FIELD (a word, type or misc of a record, or its last words go), FEATURE (of
 * an attr, of a feature or of where it is): the records' sizes stay right
 * CORRUPT_ZSTD  bytes of a compressed record change, or one that is none is added
 * EXPLODE_ZSTD  a record is added that expands to a thousand times its size, or much more */
#define FLAME_PERF_MUTATIONS(X)                                                                    \
    X(TRUNCATE, "truncate")                                                                        \
    X(FLIP, "flip")                                                                                \
    X(HUGE, "huge")                                                                                \
    X(ZERO, "zero")                                                                                \
    X(SHUFFLE, "shuffle")                                                                          \
    X(DUPLICATE, "duplicate")                                                                      \
    X(FIELD, "field")                                                                              \
    X(FEATURE, "feature")                                                                          \
    X(CORRUPT_ZSTD, "corrupt-zstd")                                                                \
    X(EXPLODE_ZSTD, "explode-zstd")

enum perf_mutation {
#define X(name, text) FLAME_MUTATE_##name,
    FLAME_PERF_MUTATIONS(X)
#undef X
        FLAME_MUTATIONS
};

/* The name of a kind, as in the table. */
const char *flame_mutation_name(enum perf_mutation kind);

/* Mutate size bytes, of which there may become cap (>= size), in place: the same for the same seed.
 * What would not fit, or has nothing to work on, becomes FLIP. Returns the new size. */
size_t flame_mutate_perf(uint8_t *bytes, size_t size, size_t cap, enum perf_mutation kind,
                         uint64_t seed);

#endif
