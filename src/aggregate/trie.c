/* trie.c: children by hash; one look-up is one cache line. */
#include "trie.h"

enum { FIRST_SLOTS = 1024 };

bool flame_trie_init(struct flame_trie *trie)
{
    *trie = (struct flame_trie){ 0 };
    struct flame_trie_node root = { FLAME_TRIE_NONE, FLAME_TRIE_NONE, 0, 0 };
    return flame_vec_push(&trie->nodes, root);
}

void flame_trie_deinit(struct flame_trie *trie)
{
    flame_vec_free(&trie->nodes);
    free(trie->slots);
    *trie = (struct flame_trie){ 0 };
}

static bool grow(struct flame_trie *trie)
{
    struct flame_trie_slot *old = trie->slots;
    size_t old_count = trie->slot_count;
    size_t count = old_count ? old_count * 2 : FIRST_SLOTS;
    struct flame_trie_slot *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    trie->slots = slots;
    trie->slot_count = count;
    for (size_t i = 0; i < old_count; i++) {
        if (!old[i].node)
            continue;
        size_t at = old[i].hash & (count - 1);
        while (slots[at].node)
            at = (at + 1) & (count - 1);
        slots[at] = old[i];
    }
    free(old);
    return true;
}

uint32_t flame_trie_child(struct flame_trie *trie, uint32_t parent, uint32_t frame, uint32_t hash)
{
    if (trie->nodes.count * 4 >= trie->slot_count * 3 && !grow(trie))
        return FLAME_TRIE_NONE;
    size_t at = hash & (trie->slot_count - 1);
    for (; trie->slots[at].node; at = (at + 1) & (trie->slot_count - 1))
        if (trie->slots[at].parent == parent && trie->slots[at].frame == frame)
            return trie->slots[at].node;
    struct flame_trie_node node = { parent, frame, 0, 0 };
    if (trie->nodes.count >= FLAME_TRIE_NONE || !flame_vec_push(&trie->nodes, node))
        return FLAME_TRIE_NONE;
    uint32_t id = (uint32_t)trie->nodes.count - 1;
    trie->slots[at] = (struct flame_trie_slot){ parent, frame, id, hash };
    return id;
}

struct flame_trie_kin *flame_trie_order(const struct flame_trie *trie, size_t frame_count)
{
    size_t count = trie->nodes.count;
    struct flame_trie_kin *kin = calloc(count, sizeof *kin);
    uint32_t *bucket = calloc(frame_count + 1, sizeof *bucket), *next = calloc(count, sizeof *next);
    if (!kin || !bucket || !next) {
        free(kin);
        kin = NULL;
    }
    /* Bucket the nodes by frame; then hang them before their siblings, last frame first. */
    for (size_t i = 1; kin && i < count; i++) {
        uint32_t *head = &bucket[trie->nodes.items[i].frame];
        next[i] = *head;
        *head = (uint32_t)i;
    }
    for (size_t f = frame_count; kin && f-- > 0;)
        for (uint32_t i = bucket[f]; i; i = next[i]) {
            struct flame_trie_kin *parent = &kin[trie->nodes.items[i].parent];
            kin[i].next = parent->first;
            parent->first = i;
        }
    free(bucket);
    free(next);
    return kin;
}
