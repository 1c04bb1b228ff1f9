/* mutate_bytes.h: break a file that is no perf.data: an ELF file, or text.
 *
 * Of an ELF file the headers, the tables of sections and segments, and what single sections hold
 * are hit equally often: most of its bytes are code, in which an error is none. */
#ifndef FLAME_TESTS_MUTATE_BYTES_H
#define FLAME_TESTS_MUTATE_BYTES_H

#include <stddef.h>
#include <stdint.h>

#define FLAME_BYTE_MUTATIONS(X)                                                                    \
    X(TRUNCATE, "truncate")   /* cut anywhere */                                                   \
    X(FLIP, "flip")           /* 1 to 16 bits */                                                   \
    X(HUGE, "huge")           /* up to 4 words become what no count or size can be */              \
    X(ZERO, "zero")           /* up to 4 words become 0 */                                         \
    X(SHUFFLE, "shuffle")     /* two pieces change places */                                       \
    X(DUPLICATE, "duplicate") /* a piece is there again and again */                               \
    X(NOISE, "noise")         /* a piece becomes random */

enum byte_mutation {
#define X(name, text) FLAME_BYTES_##name,
    FLAME_BYTE_MUTATIONS(X)
#undef X
        FLAME_BYTE_MUTATIONS_END
};

/* The name of a kind, as in the table. */
const char *flame_byte_mutation_name(enum byte_mutation kind);

/* Mutate size bytes in place: the same for the same seed. Returns the new size, not more than size.
 */
size_t flame_mutate_bytes(uint8_t *bytes, size_t size, enum byte_mutation kind, uint64_t seed);

#endif
