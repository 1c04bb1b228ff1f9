/* counts.h: distinct byte strings, each under a tag, with their weights: raw callchains.
 *
 * One table per worker, filled without locks. Keys are kept in order of first appearance, so that a
 * reader who goes through them finds stacks beside those that were recorded beside them. */
#ifndef FLAME_AGGREGATE_COUNTS_H
#define FLAME_AGGREGATE_COUNTS_H

#include "arena.h"
#include "hash.h"
#include "vec.h"

#include <stdint.h>

enum { FLAME_COUNT_BATCH = 32 };

/* One distinct key: tag, and size bytes at bytes. Keys of one tag and one size are told apart by
 * their hash alone: comparing the bytes, too, would cost a random access to the whole file for
 * every sample. */
struct flame_count {
    struct flame_hash128 hash;
    uint64_t weight;
    const uint8_t *bytes;
    uint32_t size, tag;
    uint64_t samples;
};

/* index + 1 into the list (0: free), beside enough of the hash to tell most others apart unseen */
struct flame_count_slot {
    uint32_t index, check;
};

struct flame_counts {
    FLAME_VEC(struct flame_count) list;
    struct flame_count_slot *slots;
    size_t slot_count;
    struct flame_arena arena;
};

void flame_counts_init(struct flame_counts *counts);
void flame_counts_deinit(struct flame_counts *counts);

/* Keys on their way into a table. The table is far larger than the processor's caches; looking
 * several keys up together lets their memory accesses overlap. */
struct flame_count_batch {
    struct flame_count keys[FLAME_COUNT_BATCH];
    bool borrowed[FLAME_COUNT_BATCH];
    size_t count;
};

/* Append a key to the batch, of this weight and one sample; the bytes must stay until the flush.
 * The batch must not be full. */
void flame_count_batch_push(struct flame_count_batch *batch, const struct flame_counts *counts,
                            uint32_t tag, const void *bytes, uint32_t size, bool borrowed,
                            uint64_t weight);

/* Add the batch's keys up in the table, and empty it. A new key keeps pointing at its bytes if they
 * are borrowed (they must outlive the table), else at a copy. False when memory is exhausted. */
bool flame_counts_flush(struct flame_counts *counts, struct flame_count_batch *batch);

/* No more will be added: keep the list alone. */
void flame_counts_seal(struct flame_counts *counts);

/* Have sealed tables hold about as many keys each; those that move stay neighbours. Their bytes
 * stay where they are, so from now on the tables end together. False when memory is exhausted:
 * nothing is lost. */
bool flame_counts_even_out(struct flame_counts *tables, size_t count);

#endif
