/* pipeline_chain.c: which words are a sample's stack, and what they mean. */
#include "pipeline.h"

/* Move words that were put together in room to the place where they may stay. */
static struct flame_chain keep(struct flame_chain_room *room, size_t count, uint32_t kind)
{
    struct flame_chain chain = { &room->words[room->used], (uint32_t)(count * 8), kind, false };
    room->used += count;
    return chain;
}

static bool has_room(const struct flame_chain_room *room, size_t count)
{
    return count <= sizeof room->words / sizeof *room->words - room->used;
}

bool flame_chain_of(const struct flame_session *s, const struct flame_sample *sample, bool in_file,
                    struct flame_chain_room *room, struct flame_chain *out)
{
    bool swap = s->recording.perf.swap;
    if (flame_callchain_has_frame(sample->chain, sample->chain_count, swap)) {
        *out = (struct flame_chain){ sample->chain, (uint32_t)(sample->chain_count * 8),
                                     FLAME_CHAIN_FRAMES, in_file };
        return true;
    }
    if (!has_room(room, 1))
        return false;
    room->words[room->used] = swap ? __builtin_bswap64(sample->ip) : sample->ip;
    *out = keep(room, 1, FLAME_CHAIN_LEAF + (uint32_t)flame_cpumode(sample->misc));
    return true;
}

size_t flame_chain_pcs(const struct flame_session *s, const struct flame_chain *chain,
                       struct flame_pc *out)
{
    bool swap = s->recording.perf.swap;
    if (chain->kind == FLAME_CHAIN_FRAMES)
        return flame_callchain_read(chain->words, chain->size / 8, swap, out, FLAME_CHAIN_LIMIT);
    out[0] = flame_callchain_leaf(flame_load_u64(chain->words, 0, swap),
                                  (uint16_t)(chain->kind - FLAME_CHAIN_LEAF));
    return 1;
}
