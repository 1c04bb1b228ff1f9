/* trie.h: stacks of frames, root first, that share their beginnings.
 *
 * A node is a stack; its parent is the same stack without the innermost frame. Parents come before
 * their children. A frame is any number: what it stands for is its owner's matter. */
#ifndef FLAME_AGGREGATE_TRIE_H
#define FLAME_AGGREGATE_TRIE_H

#include "hash.h"
#include "vec.h"

#include <stdint.h>

#define FLAME_TRIE_ROOT 0u
#define FLAME_TRIE_NONE UINT32_MAX

/* weight and samples are of the stacks that end here. The root's parent and frame are NONE. */
struct flame_trie_node {
    uint32_t parent, frame;
    uint64_t weight, samples;
};

struct flame_trie_slot {
    uint32_t parent, frame, node, hash; /* node 0: free */
};

struct flame_trie {
    FLAME_VEC(struct flame_trie_node) nodes;
    struct flame_trie_slot *slots;
    size_t slot_count;
};

/* A trie of the root alone; false when memory is exhausted. */
bool flame_trie_init(struct flame_trie *trie);
void flame_trie_deinit(struct flame_trie *trie);

/* The hash of the stack that ends with frame below a stack of hash above; the root's is 0. It is
 * that of the whole stack, so that a stack's slots can be asked for before its nodes are known. */
static inline uint32_t flame_trie_hash(uint32_t above, uint32_t frame)
{
    return (uint32_t)flame_hash_pair((uint64_t)above << 32 | frame, 0);
}

/* Ask for the memory in which a child of this hash would be looked up. */
static inline void flame_trie_prefetch(const struct flame_trie *trie, uint32_t hash)
{
    if (trie->slot_count)
        __builtin_prefetch(&trie->slots[hash & (trie->slot_count - 1)]);
}

/* The child of parent for frame, added if new; hash is flame_trie_hash of the whole stack.
 * FLAME_TRIE_NONE when memory is exhausted. */
uint32_t flame_trie_child(struct flame_trie *trie, uint32_t parent, uint32_t frame, uint32_t hash);

/* A node's first child and next sibling; 0: none. */
struct flame_trie_kin {
    uint32_t first, next;
};

/* The kin of every node, siblings in order of their frames, which are all below frame_count. To be
 * freed; NULL when memory is exhausted. */
struct flame_trie_kin *flame_trie_order(const struct flame_trie *trie, size_t frame_count);

#endif
