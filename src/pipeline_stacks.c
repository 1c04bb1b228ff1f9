/* pipeline_stacks.c: the stacks that a session hands out.
 *
 * Frames get their text here, once each, on all processors; texts that are equal (one function in
 * two objects, aliases) become one frame. Frames are numbered in order of their names, so that
 * nothing that follows needs to compare strings, and stacks are laid out in that order. */
#include "pipeline_stacks.h"

#include "pool.h"
#include "root.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { NAME_LIMIT = 1 << 16, CHUNK = 256 };

static const char *mark_of(const struct flame_session *s, enum flame_frame_kind kind)
{
    static const char *const marks[] = {
#define X(kind, mark, name) [FLAME_FRAME_##kind] = mark,
        FLAME_FRAME_KINDS(X)
#undef X
    };
    bool wanted = (kind == FLAME_FRAME_KERNEL && s->options.annotate_kernel) ||
                  (kind == FLAME_FRAME_INLINED && s->options.annotate_inlined) ||
                  (kind == FLAME_FRAME_JIT && s->options.annotate_jit);
    return wanted ? marks[kind] : "";
}

static void show_frames(void *user, size_t worker)
{
    struct flame_showing *p = user;
    const struct flame_session *s = p->session;
    char *text = malloc(NAME_LIMIT + 8);
    if (!text)
        atomic_store(&p->failed, true);
    while (text && !atomic_load(&p->failed)) {
        size_t from = atomic_fetch_add(&p->next, CHUNK);
        for (size_t i = from; i < from + CHUNK && i < p->list.count; i++) {
            struct flame_shown *shown = &p->list.items[i];
            shown->facts = flame_frame_describe(s->symbolizer, shown->frame);
            shown->root = shown->facts.symbol && flame_root_is(flame_str_from(shown->facts.symbol));
            size_t length = flame_frame_show(s->symbolizer, shown->frame, text, NAME_LIMIT);
            const char *mark = mark_of(s, shown->facts.kind);
            memcpy(text + length, mark, strlen(mark) + 1);
            length += strlen(mark);
            char *copy = flame_arena_copy(&p->arenas[worker], (struct flame_str){ text, length });
            if (!copy)
                atomic_store(&p->failed, true);
            shown->text = (struct flame_str){ copy, length };
        }
        if (from >= p->list.count)
            break;
    }
    free(text);
}

/* Where stacks that do not reach a root stand, if they are to be seen. */
#define TRUNCATED "[truncated stack]"

/* By node, whether a stack of the counted event goes through it. NULL: no memory. */
static bool *find_drawn(const struct flame_trie *trie)
{
    bool *drawn = calloc(trie->nodes.count + 1, sizeof *drawn);
    for (size_t i = trie->nodes.count; drawn && i-- > 1;) {
        const struct flame_trie_node *node = &trie->nodes.items[i];
        drawn[i] |= node->samples > 0;
        drawn[node->parent] |= drawn[i];
    }
    return drawn;
}

/* Stacks of other events are there only for the samples that are kept. */
static enum flame_status tell_drawn(struct flame_showing *p)
{
    for (size_t t = 0; t < p->trie_count; t++) {
        const struct flame_trie *trie = &p->tries[t];
        bool *drawn = find_drawn(trie);
        if (!drawn)
            return FLAME_NOMEM;
        for (size_t i = 1; i < trie->nodes.count; i++) {
            const struct flame_trie_node *node = &trie->nodes.items[i];
            if (!flame_is_thread(node) && drawn[i])
                p->list.items[p->index_of_frame[node->frame] - 1].drawn = true;
        }
        free(drawn);
    }
    return FLAME_OK;
}

static enum flame_status list_frames(struct flame_showing *p)
{
    bool kept = p->session->keeping;
    p->index_of_frame =
        calloc(flame_symbolizer_frames(p->session->symbolizer), sizeof *p->index_of_frame);
    if (!p->index_of_frame)
        return FLAME_NOMEM;
    for (size_t t = 0; t < p->trie_count; t++)
        for (size_t i = 1; i < p->tries[t].nodes.count; i++) {
            const struct flame_trie_node *node = &p->tries[t].nodes.items[i];
            if (flame_is_thread(node) || p->index_of_frame[node->frame])
                continue;
            if (!flame_vec_push(&p->list,
                                (struct flame_shown){ .frame = node->frame, .drawn = !kept }))
                return FLAME_NOMEM;
            p->index_of_frame[node->frame] = (uint32_t)p->list.count;
        }
    return kept ? tell_drawn(p) : FLAME_OK;
}

struct ranked {
    struct flame_str name;
    uint32_t id;
};

static int by_name(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return flame_str_compare(x->name, y->name);
}

/* Interned texts end in a byte for the frame's kind: one function in the kernel and one of the same
 * name in a program are two. */
static uint32_t intern_frame(struct flame_session *s, struct flame_str text,
                             enum flame_frame_kind kind)
{
    char *copy = malloc(text.len + 1);
    if (!copy)
        return FLAME_INTERN_NONE;
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = (char)kind;
    uint32_t id = flame_intern_add(&s->names, (struct flame_str){ copy, text.len + 1 });
    free(copy);
    return id;
}

/* Of the objects that a frame is in the first by name, whoever found it. */
static enum flame_status name_objects(const struct flame_showing *p, struct flame_frame *frames)
{
    const struct flame_dsos *dsos = &p->session->timeline.dsos;
    struct flame_str *names = calloc(dsos->list.count + 1, sizeof *names);
    bool ok = names;
    for (size_t i = 0; ok && i < p->list.count; i++) {
        const struct flame_shown *shown = &p->list.items[i];
        uint32_t dso = shown->facts.dso;
        if (dso == FLAME_DSO_NONE)
            continue;
        struct flame_str *name = &names[dso], *object = &frames[shown->name].object;
        if (!name->ptr)
            *name = flame_pipeline_object_name(p->session, &dsos->list.items[dso]);
        ok = name->ptr;
        if (ok && (!object->ptr || flame_str_compare(*name, *object) < 0))
            *object = *name;
    }
    free(names);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

/* Intern all texts; then number them in order. */
static enum flame_status rank_names(struct flame_showing *p, const struct flame_intern *threads)
{
    struct flame_session *s = p->session;
    uint32_t *thread_rank = p->thread_rank =
        calloc(threads->strings.count + 1, sizeof *thread_rank);
    if (!thread_rank)
        return FLAME_NOMEM;
    for (size_t i = 0; i < threads->strings.count; i++) {
        thread_rank[i] = intern_frame(s, threads->strings.items[i], FLAME_FRAME_PROCESS);
        if (thread_rank[i] == FLAME_INTERN_NONE)
            return FLAME_NOMEM;
    }
    p->truncated_rank = 0;
    if (s->options.show_truncated) {
        p->truncated_rank = intern_frame(s, flame_str_from(TRUNCATED), FLAME_FRAME_UNKNOWN);
        if (p->truncated_rank == FLAME_INTERN_NONE)
            return FLAME_NOMEM;
    }
    for (size_t i = 0; i < p->list.count; i++) {
        p->list.items[i].name = intern_frame(s, p->list.items[i].text, p->list.items[i].facts.kind);
        if (p->list.items[i].name == FLAME_INTERN_NONE)
            return FLAME_NOMEM;
    }
    size_t count = s->names.strings.count;
    struct flame_frame *frames = flame_arena_zalloc(&s->arena, count, sizeof *frames);
    struct ranked *order = malloc((count ? count : 1) * sizeof *order);
    uint32_t *rank = calloc(count ? count : 1, sizeof *rank);
    if (frames && order && rank) {
        for (uint32_t i = 0; i < count; i++)
            order[i] = (struct ranked){ s->names.strings.items[i], i };
        qsort(order, count, sizeof *order, by_name);
        for (uint32_t i = 0; i < count; i++) {
            rank[order[i].id] = i;
            struct flame_str name = { order[i].name.ptr, order[i].name.len - 1 };
            frames[i] =
                (struct flame_frame){ name, (enum flame_frame_kind)name.ptr[name.len], { 0 } };
        }
        for (size_t i = 0; i < p->list.count; i++)
            p->list.items[i].name = rank[p->list.items[i].name];
        for (size_t i = 0; i < threads->strings.count; i++)
            thread_rank[i] = rank[thread_rank[i]];
        if (s->options.show_truncated)
            p->truncated_rank = rank[p->truncated_rank];
    }
    bool ok = frames && order && rank;
    free(order);
    free(rank);
    s->stacks.frames = frames;
    s->stacks.frame_count = count;
    return ok ? name_objects(p, frames) : FLAME_NOMEM;
}

/* The trie of all, on its way to the public arrays.
 *
 * depth     by node
 * stack_of  by node, where samples are kept: not 0 if one of them has its stack there, and then
 *           the stack; else NULL */
struct laying {
    const struct flame_trie *trie;
    uint32_t *depth, *stack_of;
};

static bool ends_here(const struct laying *l, size_t node)
{
    return l->trie->nodes.items[node].samples > 0 || (l->stack_of && l->stack_of[node]);
}

/* How many stacks there are, and how many ids they take. */
static void measure(const struct laying *l, size_t *stacks, size_t *ids)
{
    *stacks = *ids = 0;
    for (size_t i = 1; i < l->trie->nodes.count; i++) {
        l->depth[i] = l->depth[l->trie->nodes.items[i].parent] + 1;
        *stacks += ends_here(l, i);
        *ids += ends_here(l, i) ? l->depth[i] : 0;
    }
}

static bool lay_begin(struct laying *l, const struct flame_session *s)
{
    l->depth = calloc(l->trie->nodes.count, sizeof *l->depth);
    if (!s->keeping)
        return l->depth;
    l->stack_of = calloc(l->trie->nodes.count, sizeof *l->stack_of);
    for (size_t t = 0; l->stack_of && t < s->threads; t++) {
        const struct flame_noted_part *part = &s->keeping->parts[t];
        for (size_t i = 0; i < part->stacks.count; i++)
            l->stack_of[part->stacks.items[i].node] = 1;
    }
    return l->depth && l->stack_of;
}

static enum flame_status lay_end(struct laying *l, struct flame_session *s, bool ok)
{
    enum flame_status status = ok ? FLAME_OK : FLAME_NOMEM;
    if (ok && s->keeping)
        status = flame_keeping_place(s, l->stack_of);
    free(l->depth);
    free(l->stack_of);
    return status;
}

/* Lay the stacks out as the public arrays: down the trie, children in order, so that they come
 * sorted. */
static enum flame_status lay_out(struct flame_session *s, const struct flame_trie *trie)
{
    size_t count = trie->nodes.count, stack_count, id_count, at = 0, n = 0;
    struct laying l = { .trie = trie };
    struct flame_trie_kin *kin = flame_trie_order(trie, s->stacks.frame_count);
    if (!lay_begin(&l, s) || !kin) {
        free(kin);
        return lay_end(&l, s, false);
    }
    measure(&l, &stack_count, &id_count);
    uint32_t deepest = 0, *depth = l.depth;
    for (size_t i = 0; i < count; i++)
        deepest = depth[i] > deepest ? depth[i] : deepest;
    uint32_t *ids = flame_arena_alloc(&s->arena, id_count * sizeof *ids);
    uint32_t *path = malloc((deepest + 1) * sizeof *path);
    struct flame_stack *stacks = flame_arena_alloc(&s->arena, stack_count * sizeof *stacks);
    bool ok = ids && path && stacks && id_count <= UINT32_MAX;
    for (uint32_t i = ok ? kin[FLAME_TRIE_ROOT].first : 0; i;) {
        const struct flame_trie_node *node = &trie->nodes.items[i];
        path[depth[i] - 1] = node->frame;
        if (ends_here(&l, i)) {
            if (l.stack_of)
                l.stack_of[i] = (uint32_t)n;
            memcpy(ids + at, path, depth[i] * sizeof *path);
            stacks[n++] =
                (struct flame_stack){ (uint32_t)at, depth[i], node->weight, node->samples };
            at += depth[i];
        }
        uint32_t next = kin[i].first;
        for (uint32_t up = i; !next && up != FLAME_TRIE_ROOT; up = trie->nodes.items[up].parent)
            next = kin[up].next;
        i = next;
    }
    free(kin);
    free(path);
    s->stacks.ids = ids;
    s->stacks.id_count = id_count;
    s->stacks.stacks = stacks;
    s->stacks.stack_count = stack_count;
    return lay_end(&l, s, ok);
}

static enum flame_status show_all(struct flame_showing *p)
{
    struct flame_session *s = p->session;
    p->arenas = calloc(s->threads, sizeof *p->arenas);
    if (!p->arenas)
        return FLAME_NOMEM;
    for (size_t i = 0; i < s->threads; i++)
        flame_arena_init(&p->arenas[i], SIZE_MAX);
    flame_pool_run(s->threads, show_frames, p);
    return atomic_load(&p->failed) ? FLAME_NOMEM : FLAME_OK;
}

/* Which objects there are frames of, and which files they have their names from. */
static enum flame_status note_objects(const struct flame_showing *p)
{
    for (size_t i = 0; i < p->list.count; i++)
        if (p->list.items[i].drawn)
            flame_object_sum_of(&p->session->objects, p->list.items[i].facts.dso)->hit = true;
    return flame_pipeline_note_files(p->session);
}

static enum flame_status join_tries(struct flame_showing *p)
{
    struct flame_session *s = p->session;
    struct flame_trie all = { 0 };
    enum flame_status status = flame_trie_init(&all) ? FLAME_OK : FLAME_NOMEM;
    for (size_t t = 0; t < p->trie_count && status == FLAME_OK; t++) {
        struct flame_noted_part *kept = s->keeping ? &s->keeping->parts[t] : NULL;
        status = flame_join_trie(p, &p->tries[t], kept, &all);
        flame_trie_deinit(&p->tries[t]);
    }
    if (status == FLAME_OK)
        status = lay_out(s, &all);
    flame_trie_deinit(&all);
    return status;
}

enum flame_status flame_pipeline_stacks(struct flame_session *s, struct flame_trie *tries,
                                        size_t count, const struct flame_intern *threads)
{
    struct flame_showing p = { .session = s, .tries = tries, .trie_count = count };
    bool ok = flame_object_sums_init(&s->objects, s->timeline.dsos.list.count);
    enum flame_status status = ok ? list_frames(&p) : FLAME_NOMEM;
    if (status == FLAME_OK)
        status = show_all(&p);
    if (status == FLAME_OK)
        status = note_objects(&p);
    if (status == FLAME_OK)
        status = rank_names(&p, threads);
    flame_symbolizer_release(s->symbolizer);
    if (status == FLAME_OK)
        status = join_tries(&p);
    for (size_t i = 0; p.arenas && i < s->threads; i++)
        flame_arena_deinit(&p.arenas[i]);
    free(p.arenas);
    free(p.index_of_frame);
    free(p.thread_rank);
    flame_vec_free(&p.list);
    return status;
}
