/* pipeline_stacks.c: the stacks that a session hands out.
 *
 * Frames get their text here, once each, on all processors; texts that are equal (one function in
 * two objects, aliases) become one frame. Frames are numbered in order of their names, so that
 * nothing that follows needs to compare strings. */
#include "pipeline.h"

#include "pool.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { NAME_LIMIT = 1 << 16, CHUNK = 256 };

/* One distinct frame of the rows, and what is shown for it. */
struct shown {
    uint32_t frame;
    uint32_t name; /* id in the session's names, later the rank of that name */
    struct flame_frame_facts facts;
    struct flame_str text;
};

struct showing {
    struct flame_session *session;
    FLAME_VEC(struct shown) list;
    uint32_t *index_of_frame; /* index into list + 1 */
    atomic_size_t next;
    struct flame_arena *arenas; /* one per worker */
    size_t *last_seen;          /* by dso: number of the row that last had an unnamed frame in it */
    atomic_bool failed;
};

static const char *mark_of(const struct flame_session *s, enum flame_frame_kind kind)
{
    static const char *const marks[] = {
#define X(kind, mark, name) [FLAME_FRAME_##kind] = mark,
        FLAME_FRAME_KINDS(X)
#undef X
    };
    bool wanted = (kind == FLAME_FRAME_KERNEL && s->options.annotate_kernel) ||
                  (kind == FLAME_FRAME_JIT && s->options.annotate_jit);
    return wanted ? marks[kind] : "";
}

static void show_frames(void *user, size_t worker)
{
    struct showing *p = user;
    const struct flame_session *s = p->session;
    char *text = malloc(NAME_LIMIT + 8);
    if (!text)
        atomic_store(&p->failed, true);
    while (!atomic_load(&p->failed)) {
        size_t from = atomic_fetch_add(&p->next, CHUNK);
        for (size_t i = from; i < from + CHUNK && i < p->list.count; i++) {
            struct shown *shown = &p->list.items[i];
            shown->facts = flame_frame_describe(s->symbolizer, shown->frame);
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

static enum flame_status list_frames(struct showing *p, const struct flame_counts *rows)
{
    p->index_of_frame =
        calloc(flame_symbolizer_frames(p->session->symbolizer), sizeof *p->index_of_frame);
    if (!p->index_of_frame)
        return FLAME_NOMEM;
    for (size_t part = 0; part < FLAME_COUNT_PARTS; part++)
        for (size_t i = 0; i < rows->parts[part].list.count; i++) {
            const struct flame_count *row = &rows->parts[part].list.items[i];
            const uint32_t *ids = (const uint32_t *)row->bytes;
            for (size_t k = 1; k < row->size / sizeof *ids; k++) {
                if (p->index_of_frame[ids[k]])
                    continue;
                if (!flame_vec_push(&p->list, (struct shown){ .frame = ids[k] }))
                    return FLAME_NOMEM;
                p->index_of_frame[ids[k]] = (uint32_t)p->list.count;
            }
        }
    return FLAME_OK;
}

/* Weight by what has no name: the innermost frame for the whole, every object once a stack. */
static void weigh_unnamed(struct showing *p, const struct flame_count *row, size_t number)
{
    struct flame_session *s = p->session;
    const uint32_t *ids = (const uint32_t *)row->bytes;
    size_t depth = row->size / sizeof *ids;
    for (size_t k = 1; k < depth; k++) {
        const struct shown *shown = &p->list.items[p->index_of_frame[ids[k]] - 1];
        if (!shown->facts.unnamed)
            continue;
        if (k == depth - 1)
            s->verdict.unnamed += row->weight;
        uint32_t dso = shown->facts.dso;
        if (dso != FLAME_DSO_NONE && p->last_seen[dso] != number) {
            p->last_seen[dso] = number;
            s->unnamed_of_dso[dso] += row->weight;
        }
    }
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

/* Intern all texts; then number them in order. thread_rank[i] is the frame of thread name i. */
static enum flame_status rank_names(struct showing *p, const struct flame_intern *threads,
                                    uint32_t *thread_rank)
{
    struct flame_session *s = p->session;
    for (size_t i = 0; i < threads->strings.count; i++) {
        thread_rank[i] = flame_intern_add(&s->names, threads->strings.items[i]);
        if (thread_rank[i] == FLAME_INTERN_NONE)
            return FLAME_NOMEM;
    }
    for (size_t i = 0; i < p->list.count; i++) {
        p->list.items[i].name = flame_intern_add(&s->names, p->list.items[i].text);
        if (p->list.items[i].name == FLAME_INTERN_NONE)
            return FLAME_NOMEM;
    }
    size_t count = s->names.strings.count;
    struct flame_frame *frames = flame_arena_zalloc(&s->arena, count, sizeof *frames);
    struct ranked *order = malloc((count ? count : 1) * sizeof *order);
    uint32_t *rank = malloc((count ? count : 1) * sizeof *rank);
    if (frames && order && rank) {
        for (uint32_t i = 0; i < count; i++)
            order[i] = (struct ranked){ s->names.strings.items[i], i };
        qsort(order, count, sizeof *order, by_name);
        for (uint32_t i = 0; i < count; i++) {
            rank[order[i].id] = i;
            frames[i] = (struct flame_frame){ order[i].name, FLAME_FRAME_PROCESS };
        }
        /* Where frames of several kinds share a name, the first kind of the table wins; a name that
         * is not a function's is a thread's. */
        for (size_t i = 0; i < p->list.count; i++) {
            struct shown *shown = &p->list.items[i];
            shown->name = rank[shown->name];
            enum flame_frame_kind *kind = &frames[shown->name].kind;
            if (*kind == FLAME_FRAME_PROCESS || shown->facts.kind < *kind)
                *kind = shown->facts.kind;
        }
        for (size_t i = 0; i < threads->strings.count; i++)
            thread_rank[i] = rank[thread_rank[i]];
    }
    bool ok = frames && order && rank;
    free(order);
    free(rank);
    s->stacks.frames = frames;
    s->stacks.frame_count = count;
    return ok ? FLAME_OK : FLAME_NOMEM;
}

/* Turn every row, in its place, from frame numbers into ranks; rows that have become equal add up
 * in named, which borrows them. */
static enum flame_status rank_rows(struct showing *p, struct flame_counts *rows,
                                   const uint32_t *thread_rank, struct flame_counts *named)
{
    struct flame_count_batch batch = { 0 };
    size_t number = 0;
    for (size_t part = 0; part < FLAME_COUNT_PARTS; part++) {
        for (size_t i = 0; i < rows->parts[part].list.count; i++) {
            const struct flame_count *row = &rows->parts[part].list.items[i];
            /* The bytes are the table's own copy: name_stack adds nothing that is borrowed. */
            uint32_t *ids = (uint32_t *)(uintptr_t)row->bytes;
            weigh_unnamed(p, row, ++number);
            ids[0] = thread_rank[ids[0]];
            for (size_t k = 1; k < row->size / sizeof *ids; k++)
                ids[k] = p->list.items[p->index_of_frame[ids[k]] - 1].name;
            flame_count_batch_push(&batch, named, 0, ids, row->size, true, row->weight,
                                   row->samples);
            if (batch.count == FLAME_COUNT_BATCH && !flame_counts_flush(named, &batch))
                return FLAME_NOMEM;
        }
        flame_counts_drop(rows, part);
    }
    return flame_counts_flush(named, &batch) ? FLAME_OK : FLAME_NOMEM;
}

/* Lay the distinct rows out as the public arrays. */
static enum flame_status lay_out(struct flame_session *s, const struct flame_counts *named)
{
    size_t words = 0, count = flame_counts_size(named), at = 0, n = 0;
    for (size_t part = 0; part < FLAME_COUNT_PARTS; part++)
        for (size_t i = 0; i < named->parts[part].list.count; i++)
            words += named->parts[part].list.items[i].size / sizeof(uint32_t);
    uint32_t *ids = flame_arena_alloc(&s->arena, words * sizeof *ids);
    struct flame_stack *stacks = flame_arena_alloc(&s->arena, count * sizeof *stacks);
    if (!ids || !stacks || words > UINT32_MAX)
        return FLAME_NOMEM;
    for (size_t part = 0; part < FLAME_COUNT_PARTS; part++)
        for (size_t i = 0; i < named->parts[part].list.count; i++) {
            const struct flame_count *row = &named->parts[part].list.items[i];
            memcpy(ids + at, row->bytes, row->size);
            stacks[n++] = (struct flame_stack){ .first = (uint32_t)at,
                                                .depth = (uint32_t)(row->size / sizeof *ids),
                                                .weight = row->weight,
                                                .samples = row->samples };
            at += row->size / sizeof *ids;
        }
    s->stacks.ids = ids;
    s->stacks.id_count = words;
    s->stacks.stacks = stacks;
    s->stacks.stack_count = count;
    return FLAME_OK;
}

static enum flame_status show_all(struct showing *p)
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

enum flame_status flame_pipeline_stacks(struct flame_session *s, struct flame_counts *rows,
                                        const struct flame_intern *threads)
{
    struct showing p = { .session = s };
    struct flame_counts named;
    flame_counts_init(&named);
    size_t dsos = s->timeline.dsos.list.count;
    s->unnamed_of_dso = flame_arena_zalloc(&s->arena, dsos, sizeof *s->unnamed_of_dso);
    p.last_seen = calloc(dsos ? dsos : 1, sizeof *p.last_seen);
    uint32_t *thread_rank = calloc(threads->strings.count + 1, sizeof *thread_rank);
    enum flame_status status = FLAME_NOMEM;
    if (s->unnamed_of_dso && p.last_seen && thread_rank)
        status = list_frames(&p, rows);
    if (status == FLAME_OK)
        status = show_all(&p);
    if (status == FLAME_OK)
        status = rank_names(&p, threads, thread_rank);
    flame_symbolizer_release(s->symbolizer);
    if (status == FLAME_OK)
        status = rank_rows(&p, rows, thread_rank, &named);
    if (status == FLAME_OK)
        status = lay_out(s, &named);
    for (size_t i = 0; p.arenas && i < s->threads; i++)
        flame_arena_deinit(&p.arenas[i]);
    free(p.arenas);
    free(p.index_of_frame);
    free(p.last_seen);
    free(thread_rank);
    flame_vec_free(&p.list);
    flame_counts_deinit(&named);
    return status;
}
