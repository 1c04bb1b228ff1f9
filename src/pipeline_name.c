/* pipeline_name.c: distinct raw stacks to distinct named stacks.
 *
 * Workers share out the parts of the count table. Each address goes through a small cache of the
 * worker's own to the symbolizer; a stack becomes a row of frame numbers, and equal rows add up.
 * Only then does any frame get a name, once. */
#include "pipeline.h"

#include "callchain.h"
#include "hash.h"
#include "pool.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    CACHE_SLOTS = 1 << 16,
    STACK_LIMIT = 65536 / 8, /* a record holds fewer words */
    ROWS_WORDS = STACK_LIMIT + FLAME_COUNT_BATCH * 64,
    NAME_LIMIT = 1 << 16,
    AHEAD = 8,
};

/* The frame of a pc that was asked for lately. */
struct known_pc {
    uint64_t pc;
    uint32_t space;
    uint8_t mode; /* cpumode + 1, plus 8 for a caller; 0: free */
    uint32_t frame;
};

/* Stacks are rows of u32: the thread's name, then frames, root first. */
struct worker {
    struct known_pc *cache;
    struct flame_pc *pcs;
    uint32_t *words; /* [ROWS_WORDS]: the rows of the batch, one behind the other */
    size_t words_used;
    struct flame_count_batch batch;
    struct flame_counts rows;
    uint64_t without_stack;
    enum flame_status status;
};

struct naming {
    struct flame_session *session;
    pthread_mutex_t lock; /* guards next and thread_names */
    size_t next;
    struct worker *workers;
    size_t worker_count;
    uint32_t *thread_of_tag; /* index of the tag's thread name */
    struct flame_intern thread_names;
};

static size_t next_of(struct naming *n)
{
    pthread_mutex_lock(&n->lock);
    size_t next = n->next++;
    pthread_mutex_unlock(&n->lock);
    return next;
}

static enum flame_status frame_of(struct naming *n, struct worker *w, const struct flame_pc *pc,
                                  const struct flame_tag *tag, uint32_t *frame)
{
    struct flame_symbol_query query = { pc->pc, pc->mode, pc->at_call, tag->space,
                                        tag->kernel_space };
    uint32_t space = pc->mode == FLAME_MODE_KERNEL ? tag->kernel_space : tag->space;
    uint8_t mode = (uint8_t)((uint8_t)pc->mode + 1 + (pc->at_call ? 8 : 0));
    uint64_t hash = flame_hash_pair(pc->pc, (uint64_t)space << 8 | mode);
    struct known_pc *known = &w->cache[hash % CACHE_SLOTS];
    if (known->pc != pc->pc || known->space != space || known->mode != mode) {
        enum flame_status status = flame_symbolize(n->session->symbolizer, &query, frame);
        if (status != FLAME_OK)
            return status;
        *known = (struct known_pc){ pc->pc, space, mode, *frame };
    }
    *frame = known->frame;
    return FLAME_OK;
}

static size_t read_pcs(const struct flame_session *s, struct worker *w,
                       const struct flame_count *count, const struct flame_tag *tag)
{
    if (tag->leaf == 0)
        return flame_callchain_read(count->bytes, count->size / 8, s->perf.swap, w->pcs,
                                    STACK_LIMIT);
    w->pcs[0] = flame_callchain_leaf(flame_load_u64(count->bytes, 0, s->perf.swap),
                                     (uint16_t)(tag->leaf - 1));
    return 1;
}

static enum flame_status name_stack(struct naming *n, struct worker *w,
                                    const struct flame_count *count)
{
    struct flame_tag tag = flame_session_tag(n->session, count->tag);
    if (tag.event != n->session->group)
        return FLAME_OK;
    size_t depth = read_pcs(n->session, w, count, &tag);
    if (w->batch.count == FLAME_COUNT_BATCH || w->words_used + depth + 1 > ROWS_WORDS) {
        w->words_used = 0;
        if (!flame_counts_flush(&w->rows, &w->batch))
            return FLAME_NOMEM;
    }
    uint32_t *row = w->words + w->words_used;
    w->words_used += depth + 1;
    row[0] = n->thread_of_tag[count->tag];
    for (size_t i = 0; i < depth; i++) {
        enum flame_status status = frame_of(n, w, &w->pcs[i], &tag, &row[depth - i]);
        if (status != FLAME_OK)
            return status;
    }
    if (tag.leaf)
        w->without_stack += count->samples;
    flame_count_batch_push(&w->batch, &w->rows, 0, row, (uint32_t)((depth + 1) * sizeof *row),
                           false, count->weight, count->samples);
    return FLAME_OK;
}

static void name_parts(void *user, size_t worker)
{
    struct naming *n = user;
    struct worker *w = &n->workers[worker];
    struct flame_counts *raw = &n->session->raw[0];
    size_t part;
    while (w->status == FLAME_OK && (part = next_of(n)) < FLAME_COUNT_PARTS) {
        const struct flame_count *list = raw->parts[part].list.items;
        size_t count = raw->parts[part].list.count;
        for (size_t i = 0; i < count && w->status == FLAME_OK; i++) {
            /* The stacks lie all over the file; ask for them early. */
            if (i + AHEAD < count)
                for (uint32_t at = 0; at < list[i + AHEAD].size && at < 256; at += 64)
                    __builtin_prefetch(list[i + AHEAD].bytes + at);
            w->status = name_stack(n, w, &list[i]);
        }
        flame_counts_drop(raw, part);
    }
    if (w->status == FLAME_OK && !flame_counts_flush(&w->rows, &w->batch))
        w->status = FLAME_NOMEM;
}

/* "comm", "comm-PID" or "comm-PID/TID"; a thread that was never named is ":TID", as in perf. */
static uint32_t name_thread(struct naming *n, const struct flame_tag *tag)
{
    const struct flame_session *s = n->session;
    char text[NAME_LIMIT / 16];
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
    n->worker_count = count;
    for (size_t i = 0; i < count; i++) {
        struct worker *w = &n->workers[i];
        flame_counts_init(&w->rows);
        w->cache = calloc(CACHE_SLOTS, sizeof *w->cache);
        w->pcs = malloc(STACK_LIMIT * sizeof *w->pcs);
        w->words = malloc(ROWS_WORDS * sizeof *w->words);
        if (!w->cache || !w->pcs || !w->words)
            return FLAME_NOMEM;
    }
    return FLAME_OK;
}

static void tear_down(struct naming *n)
{
    for (size_t i = 0; i < n->worker_count; i++) {
        struct worker *w = &n->workers[i];
        flame_counts_deinit(&w->rows);
        free(w->cache);
        free(w->pcs);
        free(w->words);
    }
    free(n->workers);
    free(n->thread_of_tag);
    flame_intern_deinit(&n->thread_names);
    pthread_mutex_destroy(&n->lock);
}

static enum flame_status worker_status(const struct naming *n)
{
    for (size_t i = 0; i < n->worker_count; i++)
        if (n->workers[i].status != FLAME_OK)
            return n->workers[i].status;
    return FLAME_OK;
}

/* Bring all rows together in the first worker's table, and forget the raw stacks. */
static enum flame_status gather_rows(struct naming *n)
{
    struct flame_session *s = n->session;
    for (size_t i = 0; i < s->threads; i++)
        flame_counts_deinit(&s->raw[i]);
    for (size_t i = 0; i < n->worker_count; i++)
        s->verdict.without_stack += n->workers[i].without_stack;
    for (size_t i = 1; i < n->worker_count; i++)
        for (size_t part = 0; part < FLAME_COUNT_PARTS; part++)
            if (!flame_counts_merge(&n->workers[0].rows, &n->workers[i].rows, part))
                return FLAME_NOMEM;
    return FLAME_OK;
}

enum flame_status flame_pipeline_name(struct flame_session *s, struct flame_error *error)
{
    struct naming n = { .session = s };
    pthread_mutex_init(&n.lock, NULL);
    flame_intern_init(&n.thread_names);
    s->symbolizer = flame_symbolizer_create(&s->timeline, &s->places);
    flame_preload_finish(s);
    enum flame_status status = s->symbolizer ? name_threads(&n) : FLAME_NOMEM;
    if (status == FLAME_OK)
        status = set_up(&n);
    if (status == FLAME_OK) {
        flame_pool_run(n.worker_count, name_parts, &n);
        status = worker_status(&n);
    }
    if (status == FLAME_OK)
        status = gather_rows(&n);
    if (status == FLAME_OK)
        status = flame_symbolizer_seal(s->symbolizer);
    if (status == FLAME_OK)
        status = flame_pipeline_stacks(s, &n.workers[0].rows, &n.thread_names);
    tear_down(&n);
    if (status != FLAME_OK)
        flame_fail(error, status, s->path, FLAME_NO_OFFSET, "out of memory");
    return status;
}
