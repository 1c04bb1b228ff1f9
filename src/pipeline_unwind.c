/* pipeline_unwind.c: samples that hold registers and a copy of the stack, to stacks of addresses.
 *
 * The walk itself is src/unwind's; here it gets what it asks for: rules, through a small cache of
 * the thread's own, from the objects that the process's maps name at that moment. What comes out is
 * a key as short as a recorded call chain:
 *
 *     words of the recorded chain that are about the kernel, flame_chain_lead's before them (file
 *     byte order)
 *     addresses of the user's frames, innermost first (host byte order), as flame_unwind writes
 *     one word: why the walk ended, in which dso, how many addresses there are
 *
 * Source: Linux tools/perf/util/machine.c, thread__resolve_callchain. */
#include "pipeline.h"

#include "hash.h"
#include "unwind.h"

#include <stdlib.h>

enum { CODE_SLOTS = 1 << 12, MOST_PCS = FLAME_CHAIN_LIMIT / 2 };

/* What was learned of the code at pc; used: it is there. It holds under all versions of the maps
 * that have the same key for pc; space is one. */
struct known_code {
    uint64_t pc;
    uint32_t space;
    bool used;
    struct flame_map_key key;
    struct flame_unwind_code code;
};

/* session, space, sample  of the walk in hand
 * arch  by the samples' abi, where asked_for_arch */
struct flame_unwinder {
    const struct flame_session *session;
    uint32_t space;
    const struct flame_arch *arch[4];
    bool asked_for_arch[4];
    struct flame_unwind_registers registers;
    uint64_t pcs[MOST_PCS];
    struct known_code known[CODE_SLOTS];
};

struct flame_unwinder *flame_unwinder_create(void)
{
    return calloc(1, sizeof(struct flame_unwinder));
}

void flame_unwinder_free(struct flame_unwinder *unwinder)
{
    free(unwinder);
}

bool flame_unwinds(const struct flame_session *s, const struct flame_sample *sample)
{
    const struct flame_event_attr *attr = &s->recording.perf.events.items[sample->attr].attr;
    return !flame_session_counts_leaves(s) && attr->sample_type & FLAME_SAMPLE_STACK_USER &&
           sample->regs_user && sample->regs_user_abi != 0 && sample->stack.size != 0;
}

static bool code_at(void *user, uint64_t pc, struct flame_unwind_code *out)
{
    struct flame_unwinder *u = user;
    struct known_code *known = &u->known[flame_hash_pair(pc, 0) % CODE_SLOTS];
    bool same_pc = known->used && known->pc == pc;
    if (same_pc && known->space == u->space) {
        *out = known->code;
        return true;
    }
    struct flame_symbol_query query = { .pc = pc, .mode = FLAME_MODE_USER, .space = u->space };
    struct flame_map_key key = flame_symbolize_key(u->session->symbolizer, &query);
    if (same_pc && flame_map_key_equal(key, known->key)) {
        known->space = u->space;
        *out = known->code;
        return true;
    }
    struct flame_code_place place;
    if (flame_symbolize_code(u->session->symbolizer, &query, &place) != FLAME_OK)
        return false;
    *out = (struct flame_unwind_code){ place.rule, place.why, place.dso, place.bias };
    *known = (struct known_code){ pc, u->space, true, key, *out };
    return true;
}

static bool word_at(void *user, uint64_t address, unsigned size, uint64_t *value)
{
    const struct flame_unwinder *u = user;
    return flame_symbolize_word(u->session->symbolizer, u->space, address, size, value);
}

static const struct flame_arch *arch_of(struct flame_unwinder *u, uint64_t abi)
{
    size_t i = abi < 4 ? abi : 0;
    if (!u->asked_for_arch[i])
        u->arch[i] = flame_arch_find(flame_session_machine(u->session), abi);
    u->asked_for_arch[i] = true;
    return u->arch[i];
}

static bool is_user_mark(uint64_t word)
{
    return word == FLAME_CONTEXT_USER || word == FLAME_CONTEXT_USER_DEFERRED ||
           word == FLAME_CONTEXT_GUEST_USER;
}

/* How many words of a chain come before its user part. Without a mark all of it is the user's. */
static size_t kernel_words(const uint8_t *chain, uint64_t count, bool swap)
{
    size_t n = 0;
    if (count == 0 || flame_load_u64(chain, 0, swap) < FLAME_CONTEXT_MAX)
        return 0;
    while (n < count && !is_user_mark(flame_load_u64(chain, n, swap)))
        n++;
    return n;
}

/* Whether the recorder copied less than it was asked for. */
static bool is_short(const struct flame_perf_file *perf, const struct flame_sample *sample)
{
    return sample->stack.size < perf->events.items[sample->attr].attr.sample_stack_user;
}

/* Walk the sample's stack; addresses go to u->pcs. False: no memory. */
static bool walk(struct flame_unwinder *u, const struct flame_sample *sample,
                 struct flame_unwound *unwound)
{
    const struct flame_perf_file *perf = &u->session->recording.perf;
    const struct flame_arch *arch = arch_of(u, sample->regs_user_abi);
    uint64_t mask = perf->events.items[sample->attr].attr.sample_regs_user;
    *unwound = (struct flame_unwound){ .why = FLAME_END_UNKNOWN_ARCH, .object = UINT32_MAX };
    if (arch &&
        flame_unwind_registers_read(arch, sample->regs_user, mask, perf->swap, &u->registers)) {
        struct flame_unwind_world world = { .arch = arch,
                                            .stack = sample->stack.ptr,
                                            .stack_size = sample->stack.size,
                                            .swap = perf->swap,
                                            .user = u,
                                            .code = code_at,
                                            .word = word_at };
        uint64_t limit = flame_bound(u->session->places.bounds, FLAME_LIMIT_FRAMES);
        size_t cap = limit < MOST_PCS ? (size_t)limit : MOST_PCS;
        bool ok = flame_unwind(&world, &u->registers, u->pcs, cap, unwound);
        if (ok && unwound->count == limit && unwound->why == FLAME_END_LIMIT)
            flame_bounds_reach(u->session->places.bounds, FLAME_LIMIT_FRAMES, "", "a stack has",
                               "frames");
        if (unwound->why == FLAME_END_DUMP && is_short(perf, sample))
            unwound->why = FLAME_END_SHORT_DUMP;
        return ok;
    }
    if (flame_cpumode(sample->misc) == FLAME_MODE_USER)
        u->pcs[unwound->count++] = sample->ip;
    return true;
}

enum { WHY_BITS = 8, OBJECT_BITS = 32 };

enum flame_status flame_chain_unwind(const struct flame_session *s,
                                     const struct flame_sample *sample, uint32_t space,
                                     struct flame_chain_room *room, struct flame_chain *out)
{
    struct flame_unwinder *u = room->unwinder;
    struct flame_unwound unwound;
    u->session = s;
    u->space = space;
    if (!walk(u, sample, &unwound))
        return FLAME_NOMEM;
    size_t recorded = kernel_words(sample->chain, sample->chain_count, s->recording.perf.swap);
    /* Frame pointers may have gone farther. */
    if (unwound.why != FLAME_END_ROOT && sample->chain_count > recorded + 1 + unwound.count) {
        recorded = sample->chain_count;
        unwound = (struct flame_unwound){ .why = FLAME_END_COUNT, .object = UINT32_MAX };
    }
    if (recorded > FLAME_CHAIN_LIMIT - MOST_PCS - 1)
        recorded = FLAME_CHAIN_LIMIT - MOST_PCS - 1;
    struct flame_pc first = { u->pcs[0], FLAME_MODE_USER, false };
    uint64_t before[FLAME_CHAIN_LEAD];
    size_t lead = 0;
    if (flame_callchain_read(sample->chain, recorded, s->recording.perf.swap, &first, 1) ||
        unwound.count)
        lead = flame_chain_lead(s, sample, &first, before);
    size_t words = lead + recorded + unwound.count + 1;
    if (words > sizeof room->words / sizeof *room->words - room->used)
        return FLAME_LIMIT;
    uint64_t *at = &room->words[room->used];
    memcpy(at, before, lead * 8);
    if (recorded)
        memcpy(at + lead, sample->chain, recorded * 8);
    memcpy(at + lead + recorded, u->pcs, unwound.count * 8);
    at[words - 1] = (uint64_t)unwound.why | (uint64_t)unwound.object << WHY_BITS |
                    (uint64_t)unwound.count << (WHY_BITS + OBJECT_BITS);
    *out = (struct flame_chain){
        .words = at, .size = (uint32_t)(words * 8), .kind = FLAME_CHAIN_UNWOUND, .space = space
    };
    room->used += words;
    return FLAME_OK;
}

static uint64_t last_word(const struct flame_chain *chain)
{
    return flame_load_u64(chain->words, chain->size / 8 - 1, false);
}

struct flame_walk_end flame_chain_end(const struct flame_chain *chain)
{
    uint64_t end = last_word(chain);
    return (struct flame_walk_end){ (enum flame_stack_end)(end & ((1 << WHY_BITS) - 1)),
                                    (uint32_t)(end >> WHY_BITS) };
}

size_t flame_chain_unwound_pcs(const struct flame_session *s, const struct flame_chain *chain,
                               struct flame_pc *out)
{
    size_t walked = last_word(chain) >> (WHY_BITS + OBJECT_BITS);
    size_t recorded = chain->size / 8 - 1 - walked;
    size_t count = flame_callchain_read(chain->words, recorded, s->recording.perf.swap, out,
                                        FLAME_CHAIN_LIMIT - walked);
    for (size_t i = 0; i < walked; i++) {
        uint64_t pc = flame_load_u64(chain->words, recorded + i, false);
        out[count++] = (struct flame_pc){ pc - (i > 0), FLAME_MODE_USER, false };
    }
    return count;
}
