/* pipeline_count.c: samples to distinct raw stacks, on all processors.
 *
 * Workers take blocks; each sample becomes a key of a tag (who, when in terms of maps) and the
 * callchain's bytes as they stand in the file. Nothing is named, formatted or, for a stack that was
 * seen before, allocated. Sums commute, so the result does not depend on who took what. */
#include "pipeline.h"

#include "hash.h"
#include "pool.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { TAG_SLOTS = 1024 };

/* A tag that was looked up, and the span of time in which it holds, exclusive. */
struct recent_tag {
    bool used;
    int32_t pid, tid;
    uint32_t event, kind, tag;
    uint64_t from_ns, until_ns;
};

struct worker {
    struct flame_counts *counts;
    struct flame_count_batch batch;
    struct flame_chain_room room; /* of the batch's stacks */
    struct flame_perf_buffer buffer;
    struct recent_tag recent[TAG_SLOTS];
    struct flame_event_group *groups;
    uint64_t bad_records;
    struct flame_error first_bad;
    enum flame_status status;
};

struct counting {
    struct flame_session *session;
    pthread_mutex_t lock; /* guards the source of blocks and the tags */
    struct flame_perf_stream stream;
    size_t next_block;
    struct worker *workers;
    size_t worker_count;
};

static enum flame_status take_block(struct counting *c, struct worker *w,
                                    struct flame_perf_block *block)
{
    enum flame_status status = FLAME_EMPTY;
    struct flame_session *s = c->session;
    pthread_mutex_lock(&c->lock);
    if (s->streamed) {
        status = flame_perf_stream_next(&c->stream, &w->buffer, block);
    } else if (c->next_block < s->blocks.count) {
        *block = s->blocks.items[c->next_block++];
        status = FLAME_OK;
    }
    pthread_mutex_unlock(&c->lock);
    return status;
}

/* Tags are few (threads times their changes), and workers remember what they looked up. */
static uint32_t intern_tag(struct counting *c, const struct flame_tag *tag)
{
    pthread_mutex_lock(&c->lock);
    uint32_t id =
        flame_intern_add(&c->session->tags, (struct flame_str){ (const char *)tag, sizeof *tag });
    pthread_mutex_unlock(&c->lock);
    return id;
}

static struct flame_tag tag_of(const struct flame_session *s, const struct flame_sample *sample,
                               uint32_t event, uint32_t kind,
                               const struct flame_thread_state *state)
{
    bool with_pid = s->options.with_pid || s->options.with_tid;
    bool with_tid = s->options.with_tid || state->comm == FLAME_COMM_NONE;
    return (struct flame_tag){ .event = event,
                               .comm = state->comm,
                               .pid = with_pid ? sample->where.pid : 0,
                               .tid = with_tid ? sample->where.tid : 0,
                               .space = state->space,
                               .kernel_space = state->kernel_space,
                               .kind = kind };
}

static uint32_t find_tag(struct counting *c, struct worker *w, const struct flame_sample *sample,
                         struct flame_moment when, uint32_t event, uint32_t kind)
{
    int32_t pid = sample->where.pid, tid = sample->where.tid;
    uint64_t hash =
        flame_hash_pair((uint64_t)(uint32_t)tid << 32 | (uint32_t)pid, (uint64_t)event << 8 | kind);
    struct recent_tag *recent = &w->recent[hash % TAG_SLOTS];
    if (recent->used && recent->tid == tid && recent->pid == pid && recent->event == event &&
        recent->kind == kind && when.time_ns > recent->from_ns && when.time_ns < recent->until_ns)
        return recent->tag;
    struct flame_thread_state state = flame_timeline_at(&c->session->timeline, pid, tid, when);
    struct flame_tag tag = tag_of(c->session, sample, event, kind, &state);
    *recent =
        (struct recent_tag){ true,          pid,           tid, event, kind, intern_tag(c, &tag),
                             state.from_ns, state.until_ns };
    return recent->tag;
}

static void bad_record(struct worker *w, const struct flame_error *error)
{
    if (w->bad_records++ == 0 || error->offset < w->first_bad.offset)
        w->first_bad = *error;
}

/* A sample of a guest machine: its addresses mean nothing here. */
static bool is_guest(const struct flame_sample *sample)
{
    enum flame_cpumode mode = flame_cpumode(sample->misc);
    return mode == FLAME_MODE_GUEST_KERNEL || mode == FLAME_MODE_GUEST_USER;
}

static bool flush(struct worker *w)
{
    bool ok = flame_counts_flush(w->counts, &w->batch);
    w->room.used = 0;
    return ok;
}

static bool count_sample(struct counting *c, struct worker *w, const struct flame_sample *sample,
                         bool in_file)
{
    struct flame_session *s = c->session;
    if (is_guest(sample))
        return true;
    uint32_t event = s->group_of_attr[sample->attr];
    struct flame_moment when = flame_moment_of(&sample->where, sample->position, s->timeline.timed);
    struct flame_event_group *group = &w->groups[event];
    if (group->samples++ == 0 || flame_moment_before(when, group->first))
        group->first = when;
    group->weight += sample->period;

    struct flame_chain chain;
    if (!flame_chain_of(s, sample, in_file, &w->room, &chain) &&
        !(flush(w) && flame_chain_of(s, sample, in_file, &w->room, &chain)))
        return false;
    uint32_t tag = find_tag(c, w, sample, when, event, chain.kind);
    if (tag == FLAME_INTERN_NONE)
        return false;
    flame_count_batch_push(&w->batch, w->counts, tag, chain.words, chain.size, chain.borrowed,
                           sample->period);
    return w->batch.count < FLAME_COUNT_BATCH || flush(w);
}

static enum flame_status count_block(struct counting *c, struct worker *w,
                                     const struct flame_perf_block *block)
{
    struct flame_perf_raw raw;
    size_t at = 0;
    while (flame_perf_block_next(block, c->session->recording.perf.swap, &at, &raw)) {
        if (raw.type != FLAME_RECORD_SAMPLE)
            continue;
        struct flame_sample sample;
        struct flame_error error = FLAME_ERROR_INIT;
        if (flame_perf_sample_decode(&c->session->recording.perf, &raw, &sample, &error) !=
            FLAME_OK)
            bad_record(w, &error);
        else if (!count_sample(c, w, &sample, block->borrowed))
            return FLAME_NOMEM;
    }
    return flush(w) ? FLAME_OK : FLAME_NOMEM;
}

static void count_blocks(void *user, size_t worker)
{
    struct counting *c = user;
    struct worker *w = &c->workers[worker];
    struct flame_perf_block block;
    while ((w->status = take_block(c, w, &block)) == FLAME_OK)
        if ((w->status = count_block(c, w, &block)) != FLAME_OK)
            return;
    if (w->status == FLAME_EMPTY)
        w->status = FLAME_OK;
    flame_counts_seal(w->counts);
}

/* Give every attr its group; attrs of one name share one. */
static enum flame_status group_events(struct flame_session *s)
{
    size_t count = s->recording.perf.events.count;
    s->group_of_attr = flame_arena_zalloc(&s->arena, count, sizeof *s->group_of_attr);
    if (!s->group_of_attr)
        return FLAME_NOMEM;
    struct flame_intern names;
    flame_intern_init(&names);
    enum flame_status status = FLAME_OK;
    for (size_t i = 0; i < count && status == FLAME_OK; i++) {
        struct flame_str name = s->recording.perf.events.items[i].name;
        uint32_t group = flame_intern_add(&names, name);
        s->group_of_attr[i] = group;
        if (group == FLAME_INTERN_NONE ||
            (group == s->groups.count &&
             !flame_vec_push(&s->groups, (struct flame_event_group){ .name = name })))
            status = FLAME_NOMEM;
    }
    flame_intern_deinit(&names);
    return status;
}

static void sum_workers(struct counting *c)
{
    struct flame_session *s = c->session;
    for (size_t i = 0; i < c->worker_count; i++) {
        struct worker *w = &c->workers[i];
        for (size_t g = 0; g < s->groups.count; g++) {
            struct flame_event_group *sum = &s->groups.items[g], *part = &w->groups[g];
            if (part->samples &&
                (sum->samples == 0 || flame_moment_before(part->first, sum->first)))
                sum->first = part->first;
            sum->samples += part->samples;
            sum->weight += part->weight;
        }
        if (w->bad_records && (s->verdict.first_bad.status == FLAME_OK ||
                               w->first_bad.offset < s->verdict.first_bad.offset))
            s->verdict.first_bad = w->first_bad;
        s->verdict.bad_records += w->bad_records;
    }
}

static enum flame_status run_workers(struct counting *c)
{
    enum flame_status status = FLAME_OK;
    flame_pool_run(c->worker_count, count_blocks, c);
    for (size_t i = 0; i < c->worker_count; i++)
        if (c->workers[i].status != FLAME_OK)
            status = c->workers[i].status;
    if (status == FLAME_OK)
        sum_workers(c);
    return status;
}

static enum flame_status set_up(struct counting *c)
{
    struct flame_session *s = c->session;
    c->workers = calloc(s->threads, sizeof *c->workers);
    s->raw = calloc(s->threads, sizeof *s->raw);
    if (!c->workers || !s->raw)
        return FLAME_NOMEM;
    c->worker_count = s->threads;
    for (size_t i = 0; i < c->worker_count; i++) {
        flame_counts_init(&s->raw[i]);
        c->workers[i].counts = &s->raw[i];
        c->workers[i].groups = calloc(s->groups.count, sizeof *c->workers[i].groups);
        if (!c->workers[i].groups)
            return FLAME_NOMEM;
    }
    return FLAME_OK;
}

/* "cycles, page-faults", as far as they fit. */
static void list_groups(const struct flame_session *s, char *out, size_t cap)
{
    size_t at = 0;
    for (size_t i = 0; i < s->groups.count && at < cap - 1; i++) {
        struct flame_str name = s->groups.items[i].name;
        int n = snprintf(out + at, cap - at, "%s%.*s", i ? ", " : "",
                         (int)(name.len < cap ? name.len : cap), name.ptr);
        at += n > 0 ? (size_t)n : 0;
    }
}

/* The group that was asked for by name, with or without modifiers ("cpu-clock" means cpu-clock:u,
 * too); else that of the earliest sample, which is what collapsing perf script's text would take.
 */
static enum flame_status choose_group(struct flame_session *s, struct flame_error *error)
{
    const char *wanted = s->options.event;
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < s->groups.count; i++) {
        const struct flame_event_group *g = &s->groups.items[i];
        if (wanted) {
            bool same = flame_str_is(g->name, wanted);
            bool bare = g->name.len > strlen(wanted) && flame_str_starts(g->name, wanted) &&
                        g->name.ptr[strlen(wanted)] == ':';
            if (same || (bare && best == SIZE_MAX))
                best = i;
            if (same)
                break;
        } else if (g->samples && (best == SIZE_MAX ||
                                  flame_moment_before(g->first, s->groups.items[best].first))) {
            best = i;
        }
    }
    if (best == SIZE_MAX && wanted) {
        char names[120] = "";
        list_groups(s, names, sizeof names);
        return flame_fail(error, FLAME_USAGE, s->path, FLAME_NO_OFFSET,
                          "has no event '%.40s'; it has %s", wanted, names);
    }
    if (best == SIZE_MAX || s->groups.items[best].samples == 0) {
        const struct flame_error *lost = &s->losses.items[0].error;
        if (s->losses.count)
            return flame_fail(error, lost->status, lost->path, lost->offset, "no samples: %.150s",
                              lost->text);
        return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET, "holds no samples%s",
                          best == SIZE_MAX ? "" : " of this event");
    }
    s->group = (uint32_t)best;
    return FLAME_OK;
}

enum flame_status flame_pipeline_count(struct flame_session *s, struct flame_error *error)
{
    struct counting c = { .session = s };
    pthread_mutex_init(&c.lock, NULL);
    flame_perf_stream_init(&c.stream, &s->recording.perf);
    flame_intern_init(&s->tags);
    enum flame_status status = group_events(s);
    if (status == FLAME_OK)
        status = set_up(&c);
    if (status == FLAME_OK)
        status = run_workers(&c);
    for (size_t i = 0; i < c.worker_count; i++) {
        free(c.workers[i].groups);
        flame_perf_buffer_free(&c.workers[i].buffer);
    }
    free(c.workers);
    flame_perf_stream_deinit(&c.stream);
    pthread_mutex_destroy(&c.lock);
    if (status != FLAME_OK)
        return flame_fail(error, status, s->path, FLAME_NO_OFFSET, "out of memory");
    return choose_group(s, error);
}
