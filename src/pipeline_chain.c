/* pipeline_chain.c: which words are a sample's stack, and what they mean. */
#include "pipeline.h"

#include "lbr.h"
#include "link.h"

/* Move words that were put together in room to the place where they may stay. */
static struct flame_chain keep(struct flame_chain_room *room, size_t count, uint32_t kind)
{
    struct flame_chain chain = { .words = &room->words[room->used],
                                 .size = (uint32_t)(count * 8),
                                 .kind = kind };
    room->used += count;
    return chain;
}

static bool has_room(const struct flame_chain_room *room, size_t count)
{
    return count <= sizeof room->words / sizeof *room->words - room->used;
}

static uint64_t in_file_order(uint64_t word, bool swap)
{
    return swap ? __builtin_bswap64(word) : word;
}

static bool has_branch_chain(const struct flame_session *s, const struct flame_sample *sample)
{
    const struct flame_event_attr *attr = &s->recording.perf.events.items[sample->attr].attr;
    return (attr->branch_sample_type & FLAME_BRANCH_CALL_STACK) &&
           (attr->sample_type & FLAME_SAMPLE_BRANCH_STACK);
}

static bool is_deferred(const struct flame_sample *sample, bool swap)
{
    uint64_t count = sample->chain_count;
    return count >= 2 &&
           flame_load_u64(sample->chain, count - 2, swap) == FLAME_CONTEXT_USER_DEFERRED;
}

/* Each of the next puts a stack into room, and returns false when there is none. *count is
 * how many words it has; 0 where the sample has no stack of that kind. */

static bool join_branches(const struct flame_session *s, const struct flame_sample *sample,
                          struct flame_chain_room *room, size_t *count)
{
    if (!has_room(room, sample->chain_count + sample->branch_count + 1))
        return false;
    *count = flame_lbr_join(sample->chain, sample->chain_count, sample->branches,
                            sample->branch_count, s->recording.perf.swap, &room->words[room->used]);
    return true;
}

static bool join_deferred(const struct flame_session *s, const struct flame_sample *sample,
                          struct flame_chain_room *room, size_t *count)
{
    bool swap = s->recording.perf.swap;
    uint64_t own = sample->chain_count - 2, others = 0;
    uint64_t cookie = flame_load_u64(sample->chain, own + 1, swap);
    struct flame_moment when = flame_moment_of(&sample->where, sample->position, s->timeline.timed);
    const uint8_t *user =
        flame_deferred_find(&s->deferred, sample->where.tid, cookie, when, &others);
    *count = user ? own + 1 + others : 0;
    if (!has_room(room, *count))
        return false;
    if (!user)
        return true;
    uint64_t *out = &room->words[room->used];
    memcpy(out, sample->chain, own * 8);
    out[own] = in_file_order(FLAME_CONTEXT_USER, swap);
    memcpy(out + own + 1, user, others * 8);
    return true;
}

/* arm64's frame pointers skip the caller of a function that calls nothing; perf record then keeps
 * this one register, and no stack. */
static bool has_link(const struct flame_session *s, const struct flame_sample *sample)
{
    enum { ABI_64 = 2 };
    const struct flame_event_attr *attr = &s->recording.perf.events.items[sample->attr].attr;
    struct flame_str machine = flame_session_machine(s);
    return attr->sample_regs_user == FLAME_LINK_REGISTER && sample->regs_user &&
           sample->regs_user_abi == ABI_64 && sample->chain_count &&
           !(attr->sample_type & FLAME_SAMPLE_STACK_USER) &&
           (flame_str_is(machine, "aarch64") || flame_str_is(machine, "arm64"));
}

static bool join_link(const struct flame_sample *sample, struct flame_chain_room *room,
                      size_t *count)
{
    *count = sample->chain_count + 1;
    if (!has_room(room, *count))
        return false;
    memcpy(&room->words[room->used], sample->chain, sample->chain_count * 8);
    memcpy(&room->words[room->used + sample->chain_count], sample->regs_user, 8);
    return true;
}

static bool put_leaf(const struct flame_session *s, const struct flame_sample *sample,
                     struct flame_chain_room *room, struct flame_chain *out)
{
    if (!has_room(room, 1))
        return false;
    room->words[room->used] = in_file_order(sample->ip, s->recording.perf.swap);
    *out = keep(room, 1, FLAME_CHAIN_LEAF + (uint32_t)flame_cpumode(sample->misc));
    return true;
}

size_t flame_chain_lead(const struct flame_session *s, const struct flame_sample *sample,
                        const struct flame_pc *first, uint64_t out[FLAME_CHAIN_LEAD])
{
    static const uint64_t marks[] = { [FLAME_MODE_KERNEL] = FLAME_CONTEXT_KERNEL,
                                      [FLAME_MODE_USER] = FLAME_CONTEXT_USER,
                                      [FLAME_MODE_HYPERVISOR] = FLAME_CONTEXT_HV };
    enum flame_cpumode mode = flame_cpumode(sample->misc);
    bool swap = s->recording.perf.swap;
    if (s->counted_as != FLAME_COUNT_TOTALS || first->pc == sample->ip ||
        mode == FLAME_MODE_UNKNOWN || mode > FLAME_MODE_HYPERVISOR)
        return 0;
    out[0] = in_file_order(marks[mode], swap);
    out[1] = in_file_order(sample->ip, swap);
    out[2] = in_file_order(FLAME_CONTEXT_USER, swap); /* what has no mark is the user's */
    return FLAME_CHAIN_LEAD;
}

/* A recorded chain, behind the sampled instruction if need be. False: no room. */
static bool take_recorded(const struct flame_session *s, const struct flame_sample *sample,
                          const struct flame_pc *first, bool in_file, struct flame_chain_room *room,
                          struct flame_chain *out)
{
    uint64_t before[FLAME_CHAIN_LEAD];
    size_t lead = flame_chain_lead(s, sample, first, before);
    *out = (struct flame_chain){ .words = sample->chain,
                                 .size = (uint32_t)(sample->chain_count * 8),
                                 .kind = FLAME_CHAIN_FRAMES,
                                 .borrowed = in_file };
    if (lead == 0)
        return true;
    if (!has_room(room, lead + sample->chain_count))
        return false;
    uint64_t *at = &room->words[room->used];
    memcpy(at, before, lead * 8);
    memcpy(at + lead, sample->chain, sample->chain_count * 8);
    *out = keep(room, lead + sample->chain_count, FLAME_CHAIN_FRAMES);
    return true;
}

bool flame_chain_of(const struct flame_session *s, const struct flame_sample *sample, bool in_file,
                    struct flame_chain_room *room, struct flame_chain *out)
{
    bool swap = s->recording.perf.swap, deferred = is_deferred(sample, swap);
    uint32_t kind = FLAME_CHAIN_FRAMES;
    size_t joined = 0;
    struct flame_pc first;
    if (flame_session_counts_leaves(s))
        return put_leaf(s, sample, room, out);
    if (deferred) {
        if (!join_deferred(s, sample, room, &joined))
            return false;
    } else if (has_branch_chain(s, sample)) {
        if (!join_branches(s, sample, room, &joined))
            return false;
        kind = FLAME_CHAIN_LBR;
    } else if (has_link(s, sample)) {
        if (!join_link(sample, room, &joined))
            return false;
        kind = FLAME_CHAIN_LINK;
    }
    const uint8_t *words = (const uint8_t *)&room->words[room->used];
    /* The register alone is no stack. */
    size_t chained = joined - (kind == FLAME_CHAIN_LINK);
    if (joined && flame_callchain_has_frame(words, chained, swap))
        *out = keep(room, joined, kind);
    else if (!(flame_callchain_read(sample->chain, sample->chain_count, swap, &first, 1)
                   ? take_recorded(s, sample, &first, in_file, room, out)
                   : put_leaf(s, sample, room, out)))
        return false;
    out->unmerged = deferred && joined == 0;
    return true;
}

/* The frames of a chain, and the caller that only the link register knows, where the code says that
 * it is still there. */
static size_t read_with_link(const struct flame_session *s, const struct flame_chain *chain,
                             struct flame_pc *out)
{
    bool swap = s->recording.perf.swap;
    size_t words = chain->size / 8 - 1;
    size_t count = flame_callchain_read(chain->words, words, swap, out, FLAME_CHAIN_LIMIT - 1);
    size_t leaf = flame_link_leaf(out, count);
    if (leaf == count)
        return count;
    struct flame_symbol_query query = { .pc = out[leaf].pc,
                                        .mode = FLAME_MODE_USER,
                                        .space = chain->space };
    struct flame_code_place code;
    if (flame_symbolize_code(s->symbolizer, &query, &code) != FLAME_OK ||
        flame_rule_return_place(code.rule) != FLAME_RETURN_IN_REGISTER)
        return count;
    return flame_link_insert(out, count, leaf, flame_load_u64(chain->words, words, swap));
}

size_t flame_chain_pcs(const struct flame_session *s, const struct flame_chain *chain,
                       struct flame_pc *out)
{
    bool swap = s->recording.perf.swap;
    if (chain->kind == FLAME_CHAIN_FRAMES) {
        size_t count =
            flame_callchain_read(chain->words, chain->size / 8, swap, out, FLAME_CHAIN_LIMIT);
        if (flame_perf_is_simpleperf(&s->recording.perf))
            flame_callchain_at_calls(out, count);
        return count;
    }
    if (chain->kind == FLAME_CHAIN_LINK)
        return read_with_link(s, chain, out);
    if (chain->kind == FLAME_CHAIN_UNWOUND)
        return flame_chain_unwound_pcs(s, chain, out);
    if (chain->kind == FLAME_CHAIN_LBR)
        return flame_lbr_read(chain->words, chain->size / 8, swap, out, FLAME_CHAIN_LIMIT);
    out[0] = flame_callchain_leaf(flame_load_u64(chain->words, 0, swap),
                                  (uint16_t)(chain->kind - FLAME_CHAIN_LEAF));
    return 1;
}
