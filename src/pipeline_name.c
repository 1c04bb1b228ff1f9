/* pipeline_name.c: distinct raw stacks to frames.
 *
 * Each worker names about as many stacks, mostly those that it counted, in the order in which they
 * were first recorded, backwards. A stack mostly shares its outer frames with the one before; only
 * the others are looked up, through a small cache of the worker's own, and descended to in the
 * worker's trie. What two workers both saw comes together when the tries do. */
#include "pipeline.h"

#include "hash.h"
#include "pool.h"
#include "root.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    CACHE_SLOTS = 1 << 14,
    NAME_LIMIT = 4096,
    AHEAD = 8,
    GIVE_BACK = 1 << 14,
};

/* The frame of a pc that was asked for lately, in 16 bytes so that the cache fits the processor's.
 * where is the space in 28 bits and, above, the cpumode + 1, plus 8 for a caller; 0: free. */
struct known_pc {
    uint64_t pc;
    uint32_t where, frame;
};

/* One step down the trie: the stack's node and hash at this depth, and the frame that led here. */
struct step {
    uint32_t node, hash, frame;
};

/* maps    beside the cache: while a user-space address has the same key, its frame is right under
 *         other versions of the maps, too, which may be many
 *
 * pcs, path  of the stack before: its addresses innermost first, and the way down the trie (path[0]
 *         is the thread)
 *
 * begins  where in path the frames of the n-th outermost address begin; begins[depth] is its end
 *
 * next_pcs  room for the stack in hand
 *
 * ends    weights of the walks that did not reach a root */
struct worker {
    struct known_pc *cache;
    struct flame_map_key *maps;
    struct flame_pc *pcs, *next_pcs;
    size_t depth;
    FLAME_VEC(struct step) path;
    uint32_t *begins;
    uint32_t tag_id; /* of the stack before */
    enum flame_ending ending;
    struct flame_tag tag;
    struct flame_walk_ends ends;
    uint64_t unwound;
    struct flame_noted_part *kept; /* where samples are kept */
    struct flame_trie trie;
    FLAME_VEC(struct flame_count) later; /* stacks in objects that another worker was loading */
    bool hurried;
    uint64_t without_stack;
    enum flame_status status;
};

struct naming {
    struct flame_session *session;
    struct worker *workers;
    uint32_t *thread_of_tag; /* index of the tag's thread name */
    struct flame_intern thread_names;
    pthread_mutex_t waiting; /* for the kernel's symbols */
};

static enum flame_status frame_of(struct naming *n, struct worker *w, const struct flame_pc *pc,
                                  const struct flame_tag *tag, uint32_t *frame)
{
    struct flame_symbol_query query = { pc->pc,     pc->mode,   pc->at_call,
                                        w->hurried, tag->space, tag->kernel_space };
    uint32_t space = pc->mode == FLAME_MODE_KERNEL ? tag->kernel_space : tag->space;
    uint32_t where = ((uint32_t)pc->mode + 1 + (pc->at_call ? 8 : 0)) << 28 | space;
    size_t slot = flame_hash_pair(pc->pc, where >> 28) % CACHE_SLOTS;
    struct known_pc *known = &w->cache[slot];
    bool cacheable = space >> 28 == 0, same_pc = known->pc == pc->pc && cacheable;
    if (same_pc && known->where == where) {
        *frame = known->frame;
        return FLAME_OK;
    }
    struct flame_map_key key = { 0 };
    if (pc->mode == FLAME_MODE_USER) {
        key = flame_symbolize_key(n->session->symbolizer, &query);
        if (same_pc && known->where >> 28 == where >> 28 &&
            flame_map_key_equal(key, w->maps[slot])) {
            known->where = where;
            *frame = known->frame;
            return FLAME_OK;
        }
    }
    enum flame_status status = flame_symbolize(n->session->symbolizer, &query, frame);
    if (status == FLAME_OK && cacheable) {
        *known = (struct known_pc){ pc->pc, where, *frame };
        w->maps[slot] = key;
    }
    return status;
}

static bool same_pc(const struct flame_pc *a, const struct flame_pc *b)
{
    return a->pc == b->pc && a->mode == b->mode && a->at_call == b->at_call;
}

/* How many outer frames two stacks share. */
static size_t shared_frames(const struct flame_pc *a, size_t a_depth, const struct flame_pc *b,
                            size_t b_depth)
{
    size_t most = a_depth < b_depth ? a_depth : b_depth, n = 0;
    while (n < most && same_pc(&a[a_depth - 1 - n], &b[b_depth - 1 - n]))
        n++;
    return n;
}

static struct step thread_step(const struct naming *n, struct worker *w, uint32_t tag,
                               enum flame_ending ending)
{
    struct step step = { .frame = n->thread_of_tag[tag] * FLAME_ENDINGS + ending };
    step.hash = flame_trie_hash(0, step.frame);
    step.node = flame_trie_child(&w->trie, FLAME_TRIE_ROOT, step.frame, step.hash);
    return step;
}

/* One more step down the path, outermost first, its place in the trie asked for. */
static bool put_step(struct worker *w, uint32_t frame)
{
    uint32_t above = w->path.items[w->path.count - 1].hash;
    struct step step = { .frame = frame, .hash = flame_trie_hash(above, frame) };
    flame_trie_prefetch(&w->trie, step.hash);
    return flame_vec_push(&w->path, step);
}

/* The frames of the stack in hand behind the shared ones. Where they would be too many, inlined
 * ones are left out. */
static enum flame_status find_frames(struct naming *n, struct worker *w, size_t shared,
                                     size_t depth)
{
    uint64_t most = flame_bound(n->session->places.bounds, FLAME_LIMIT_FRAMES);
    w->path.count = w->begins[shared];
    for (size_t i = shared; i < depth; i++) {
        uint32_t number;
        enum flame_status status = frame_of(n, w, &w->next_pcs[depth - 1 - i], &w->tag, &number);
        if (status != FLAME_OK)
            return status;
        struct flame_frames frames = flame_frames_of(n->session->symbolizer, &number);
        for (size_t k = frames.count; k-- > 0;) {
            if (k + 1 < frames.count && w->path.count > most) {
                flame_bounds_reach(n->session->places.bounds, FLAME_LIMIT_FRAMES, "", "a stack has",
                                   "frames");
                break;
            }
            if (!put_step(w, frames.ids[k]))
                return FLAME_NOMEM;
        }
        w->begins[i + 1] = (uint32_t)w->path.count;
    }
    return FLAME_OK;
}

static bool descend(struct worker *w, size_t shared)
{
    if (w->path.items[0].node == FLAME_TRIE_NONE)
        return false;
    for (size_t i = w->begins[shared]; i < w->path.count; i++) {
        struct step *step = &w->path.items[i];
        step->node = flame_trie_child(&w->trie, step[-1].node, step->frame, step->hash);
        if (step->node == FLAME_TRIE_NONE)
            return false;
    }
    return true;
}

/* Whether a walk that could not go on has come as far as there is. Names of roots are not mangled.
 */
static enum flame_status is_root(struct naming *n, const struct worker *w,
                                 const struct flame_pc *outermost, bool *is)
{
    struct flame_symbol_query query = { outermost->pc, outermost->mode, outermost->at_call,
                                        w->hurried,    w->tag.space,    w->tag.kernel_space };
    struct flame_symbol_place place;
    enum flame_status status = flame_symbolize_place(n->session->symbolizer, &query, &place);
    *is = status == FLAME_OK && place.symbol && flame_root_is(flame_str_from(place.symbol->name));
    return status;
}

/* What a raw stack of depth addresses says of its outer end. */
static enum flame_status find_ending(struct naming *n, const struct worker *w,
                                     const struct flame_chain *chain, size_t depth, bool shortened,
                                     enum flame_ending *ending)
{
    *ending = shortened ? FLAME_ENDING_SHORTENED : FLAME_ENDING_BY_NAME;
    if (chain->kind != FLAME_CHAIN_UNWOUND || *ending == FLAME_ENDING_SHORTENED)
        return FLAME_OK;
    enum flame_stack_end why = flame_chain_end(chain).why;
    bool root = why == FLAME_END_ROOT;
    if (why == FLAME_END_COUNT)
        return FLAME_OK;
    enum flame_status status =
        root || depth == 0 ? FLAME_OK : is_root(n, w, &w->next_pcs[depth - 1], &root);
    *ending = root ? FLAME_ENDING_ROOTED : FLAME_ENDING_CUT;
    return status;
}

/* Add up where a stack's walk ended. */
static void note_end(struct worker *w, const struct flame_chain *chain, uint64_t weight)
{
    struct flame_walk_end end = flame_chain_end(chain);
    if (end.why == FLAME_END_COUNT)
        return;
    w->unwound = flame_sum(w->unwound, weight);
    if (w->ending == FLAME_ENDING_CUT)
        flame_walk_ends_add(&w->ends, end.why, end.object, weight);
}

/* Add up the stack that the path leads to. */
static void weigh_stack(struct worker *w, const struct flame_chain *chain,
                        const struct flame_count *count)
{
    if (chain->kind == FLAME_CHAIN_UNWOUND)
        note_end(w, chain, count->weight);
    struct flame_trie_node *end = &w->trie.nodes.items[w->path.items[w->path.count - 1].node];
    end->weight += count->weight;
    end->samples += count->samples;
    if (w->tag.kind >= FLAME_CHAIN_LEAF)
        w->without_stack += count->samples;
}

/* Note where kept samples have their stack. False: no memory. */
static bool keep_stack(struct worker *w, const struct flame_count *count)
{
    uint32_t node = w->path.items[w->path.count - 1].node;
    return flame_vec_push(&w->kept->stacks,
                          (struct flame_noted_stack){ flame_noted_key(count), node });
}

static enum flame_status name_stack(struct naming *n, struct worker *w,
                                    const struct flame_count *count)
{
    size_t shared = 0;
    bool same_tag = w->tag_id == count->tag;
    if (!same_tag) {
        w->tag_id = count->tag;
        w->tag = flame_session_tag(n->session, count->tag);
    }
    bool drawn = flame_session_draws(n->session, w->tag.event);
    if (!drawn && !w->kept)
        return FLAME_OK;
    struct flame_chain chain = {
        .words = count->bytes, .size = count->size, .kind = w->tag.kind, .space = w->tag.space
    };
    size_t depth = flame_chain_pcs(n->session, &chain, w->next_pcs);
    size_t kept = flame_session_depth(n->session, depth);
    enum flame_ending ending;
    enum flame_status status = find_ending(n, w, &chain, depth, kept < depth, &ending);
    if (status != FLAME_OK)
        return status;
    depth = kept;
    if (same_tag && ending == w->ending)
        shared = shared_frames(w->pcs, w->depth, w->next_pcs, depth);
    else
        w->path.items[0] = thread_step(n, w, count->tag, ending);
    w->ending = ending;
    status = find_frames(n, w, shared, depth);
    if (status != FLAME_OK || !descend(w, shared))
        return status != FLAME_OK ? status : FLAME_NOMEM;
    struct flame_pc *spare = w->pcs;
    w->pcs = w->next_pcs;
    w->next_pcs = spare;
    w->depth = depth;
    if (drawn)
        weigh_stack(w, &chain, count);
    return !w->kept || keep_stack(w, count) ? FLAME_OK : FLAME_NOMEM;
}

/* Name a stack now, or put it off rather than wait for another worker. */
static enum flame_status name_or_defer(struct naming *n, struct worker *w,
                                       const struct flame_count *count)
{
    enum flame_status status = name_stack(n, w, count);
    if (status != FLAME_EMPTY)
        return status;
    w->tag_id = FLAME_INTERN_NONE; /* the path is not that of a whole stack */
    return flame_vec_push(&w->later, *count) ? FLAME_OK : FLAME_NOMEM;
}

static void name_stacks(void *user, size_t worker)
{
    struct naming *n = user;
    struct worker *w = &n->workers[worker];
    struct flame_counts *raw = &n->session->raw[worker];
    /* From the end, so that the table's memory can be given back on the way. */
    for (size_t i = raw->list.count; i-- > 0 && w->status == FLAME_OK;) {
        const struct flame_count *list = raw->list.items;
        /* The stacks lie all over the file; ask for them early. */
        if (i >= AHEAD)
            for (uint32_t at = 0; at < list[i - AHEAD].size && at < 256; at += 64)
                __builtin_prefetch(list[i - AHEAD].bytes + at);
        w->status = name_or_defer(n, w, &list[i]);
        raw->list.count = i;
        if (i % GIVE_BACK == 0)
            flame_vec_fit(&raw->list);
    }
    w->hurried = false;
    pthread_mutex_lock(&n->waiting);
    flame_preload_finish(n->session);
    pthread_mutex_unlock(&n->waiting);
    for (size_t i = 0; i < w->later.count && w->status == FLAME_OK; i++)
        w->status = name_stack(n, w, &w->later.items[i]);
    flame_vec_free(&w->later);
    flame_vec_free(&raw->list);
}

/* "comm", "comm-PID" or "comm-PID/TID"; a thread that was never named is ":TID", as in perf. */
static uint32_t name_thread(struct naming *n, const struct flame_tag *tag)
{
    const struct flame_session *s = n->session;
    char text[NAME_LIMIT];
    struct flame_str comm = { 0 };
    if (tag->comm != FLAME_COMM_NONE)
        comm = flame_intern_get(&s->timeline.comms, tag->comm);
    int length = (int)(comm.len < sizeof text / 2 ? comm.len : sizeof text / 2), at;
    if (tag->comm == FLAME_COMM_NONE)
        at = snprintf(text, sizeof text, ":%d", tag->tid);
    else
        at = snprintf(text, sizeof text, "%.*s", length, comm.ptr);
    if (s->options.with_tid)
        at += snprintf(text + at, sizeof text - (size_t)at, "-%d/%d", tag->pid, tag->tid);
    else if (s->options.with_pid)
        at += snprintf(text + at, sizeof text - (size_t)at, "-%d", tag->pid);
    return flame_intern_add(&n->thread_names, (struct flame_str){ text, (size_t)at });
}

static enum flame_status name_threads(struct naming *n)
{
    struct flame_session *s = n->session;
    size_t count = s->tags.strings.count;
    n->thread_of_tag = calloc(count ? count : 1, sizeof *n->thread_of_tag);
    if (!n->thread_of_tag)
        return FLAME_NOMEM;
    for (uint32_t i = 0; i < count; i++) {
        struct flame_tag tag = flame_session_tag(s, i);
        n->thread_of_tag[i] = name_thread(n, &tag);
        if (n->thread_of_tag[i] == FLAME_INTERN_NONE)
            return FLAME_NOMEM;
    }
    return FLAME_OK;
}

static enum flame_status set_up(struct naming *n)
{
    size_t count = n->session->threads;
    n->workers = calloc(count, sizeof *n->workers);
    if (!n->workers)
        return FLAME_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct worker *w = &n->workers[i];
        w->tag_id = FLAME_INTERN_NONE;
        w->kept = n->session->keeping ? &n->session->keeping->parts[i] : NULL;
        w->hurried = true;
        w->cache = calloc(CACHE_SLOTS, sizeof *w->cache);
        w->maps = calloc(CACHE_SLOTS, sizeof *w->maps);
        w->pcs = malloc(FLAME_CHAIN_LIMIT * sizeof *w->pcs);
        w->next_pcs = malloc(FLAME_CHAIN_LIMIT * sizeof *w->next_pcs);
        w->begins = malloc((FLAME_CHAIN_LIMIT + 1) * sizeof *w->begins);
        if (!flame_trie_init(&w->trie) || !w->cache || !w->maps || !w->pcs || !w->next_pcs ||
            !w->begins || !flame_vec_push(&w->path, (struct step){ 0 }) ||
            !flame_walk_ends_init(&w->ends, n->session->timeline.dsos.list.count))
            return FLAME_NOMEM;
        w->begins[0] = 1;
    }
    return FLAME_OK;
}

static void tear_down(struct naming *n)
{
    for (size_t i = 0; n->workers && i < n->session->threads; i++) {
        struct worker *w = &n->workers[i];
        flame_trie_deinit(&w->trie);
        free(w->cache);
        free(w->maps);
        free(w->pcs);
        free(w->next_pcs);
        flame_vec_free(&w->path);
        free(w->begins);
        flame_walk_ends_deinit(&w->ends);
    }
    free(n->workers);
    free(n->thread_of_tag);
    flame_intern_deinit(&n->thread_names);
}

/* Take the tries out of the workers, and let go of everything else of theirs. */
static enum flame_status finish(struct naming *n)
{
    struct flame_session *s = n->session;
    struct flame_trie *tries = calloc(s->threads, sizeof *tries);
    bool ok = tries && flame_walk_ends_init(&s->ends, s->timeline.dsos.list.count);
    enum flame_status status = ok ? FLAME_OK : FLAME_NOMEM;
    for (size_t i = 0; ok && i < s->threads; i++) {
        struct worker *w = &n->workers[i];
        s->verdict.without_stack += w->without_stack;
        s->verdict.unwound = flame_sum(s->verdict.unwound, w->unwound);
        flame_walk_ends_join(&s->ends, &w->ends);
        if (w->status != FLAME_OK)
            status = w->status;
        tries[i] = w->trie;
        w->trie = (struct flame_trie){ 0 };
    }
    for (size_t i = 0; i < s->threads; i++)
        flame_counts_deinit(&s->raw[i]);
    if (status == FLAME_OK)
        status = flame_symbolizer_seal(s->symbolizer);
    if (status == FLAME_OK)
        status = flame_pipeline_stacks(s, tries, s->threads, &n->thread_names);
    for (size_t i = 0; tries && i < s->threads; i++)
        flame_trie_deinit(&tries[i]);
    free(tries);
    return status;
}

enum flame_status flame_pipeline_name(struct flame_session *s, struct flame_error *error)
{
    struct naming n = { .session = s, .waiting = PTHREAD_MUTEX_INITIALIZER };
    flame_intern_init(&n.thread_names);
    flame_preload_expect(s);
    enum flame_status status = name_threads(&n);
    if (status == FLAME_OK)
        status = set_up(&n);
    if (status == FLAME_OK && !flame_counts_even_out(s->raw, s->threads))
        status = FLAME_NOMEM;
    if (status == FLAME_OK) {
        flame_pool_run(s->threads, name_stacks, &n);
        status = finish(&n);
    }
    tear_down(&n);
    if (status != FLAME_OK)
        flame_fail(error, status, s->path, FLAME_NO_OFFSET, "out of memory");
    return status;
}
