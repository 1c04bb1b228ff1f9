/* pipeline_count.c: samples to distinct raw stacks, on all processors.
 *
 * Workers take blocks; each sample becomes a key of a tag (who, when in terms of maps) and the
 * callchain's bytes as they stand in the file. Nothing is named, formatted or, for a stack that was
 * seen before, allocated. Sums commute, so the result does not depend on who took what. */
#include "pipeline_count.h"

#include "hash.h"
#include "pipeline_branches.h"
#include "pipeline_order.h"
#include "pipeline_read.h"
#include "pool.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { TAG_SLOTS = 1024 };

/* A tag that was looked up, and the span of time in which it holds, exclusive. left_out: the
 * thread's name is not one that the filters take; there is no tag then. */
struct recent_tag {
    bool used, left_out;
    int32_t pid, tid;
    uint32_t event, kind, tag, space, kernel_space;
    uint32_t source; /* of kept samples */
    uint64_t from_ns, until_ns;
};

struct worker {
    struct flame_counts *counts;
    struct flame_count_batch batch;
    struct flame_chain_room room; /* of the batch's stacks */
    struct flame_perf_buffer buffer;
    struct recent_tag recent[TAG_SLOTS];
    struct flame_leaf_cache *leaves; /* NULL where no filter asks for them */
    struct flame_branches *branches; /* NULL where they are not counted */
    struct flame_noted_part *kept;   /* NULL where samples are not kept */
    struct flame_event_group *groups;
    struct flame_bad_records bad;
    uint64_t known_ns; /* from here on the timeline may not be complete */
    enum flame_status status;
};

struct flame_counting {
    struct flame_session *session;
    pthread_mutex_t lock; /* guards the source of blocks and the tags */
    struct flame_perf_stream stream;
    size_t next_block;
    struct worker *workers;
    size_t worker_count;
};

static enum flame_status take_block(struct flame_counting *c, struct worker *w,
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
static uint32_t intern_tag(struct flame_counting *c, const struct flame_tag *tag)
{
    pthread_mutex_lock(&c->lock);
    uint32_t id =
        flame_intern_add(&c->session->tags, (struct flame_str){ (const char *)tag, sizeof *tag });
    pthread_mutex_unlock(&c->lock);
    return id;
}

/* Who makes samples, as intern_tag; 0 where samples are not kept. */
static uint32_t intern_source(struct flame_counting *c, const struct flame_sample *sample,
                              uint32_t event, uint32_t comm)
{
    struct flame_keeping *keeping = c->session->keeping;
    struct flame_noted_source source = { comm, sample->where.pid, sample->where.tid, event };
    if (!keeping)
        return 0;
    pthread_mutex_lock(&c->lock);
    uint32_t id = flame_intern_add(&keeping->sources,
                                   (struct flame_str){ (const char *)&source, sizeof source });
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

static const struct recent_tag *find_tag(struct flame_counting *c, struct worker *w,
                                         const struct flame_sample *sample,
                                         struct flame_moment when, uint32_t event, uint32_t kind)
{
    int32_t pid = sample->where.pid, tid = sample->where.tid;
    uint64_t hash =
        flame_hash_pair((uint64_t)(uint32_t)tid << 32 | (uint32_t)pid, (uint64_t)event << 8 | kind);
    struct recent_tag *recent = &w->recent[hash % TAG_SLOTS];
    if (recent->used && recent->tid == tid && recent->pid == pid && recent->event == event &&
        recent->kind == kind && when.time_ns > recent->from_ns && when.time_ns < recent->until_ns)
        return recent;
    struct flame_thread_state state = flame_timeline_at(&c->session->timeline, pid, tid, when);
    struct flame_tag tag = tag_of(c->session, sample, event, kind, &state);
    bool taken = flame_pipeline_takes_comm(c->session, state.comm, tid);
    *recent =
        (struct recent_tag){ .used = true,
                             .left_out = !taken,
                             .pid = pid,
                             .tid = tid,
                             .event = event,
                             .kind = kind,
                             .tag = taken ? intern_tag(c, &tag) : 0,
                             .source = taken ? intern_source(c, sample, event, state.comm) : 0,
                             .space = state.space,
                             .kernel_space = state.kernel_space,
                             .from_ns = state.from_ns,
                             .until_ns =
                                 state.until_ns < w->known_ns ? state.until_ns : w->known_ns };
    return recent;
}

/* The filters' last word on a sample. FLAME_OK or FLAME_NOMEM. */
static enum flame_status takes_sample(const struct flame_counting *c, struct worker *w,
                                      const struct flame_sample *sample,
                                      const struct recent_tag *tag, bool *taken)
{
    *taken = !tag->left_out;
    if (!*taken || !c->session->filter.by_leaf)
        return FLAME_OK;
    return flame_pipeline_takes_leaf(c->session, w->leaves, sample, tag->space, tag->kernel_space,
                                     taken);
}

/* No event happens as often between two samples, and no clock goes as far. With more, sums would
 * not fit 64 bits. */
#define MOST_PERIOD (UINT64_C(1) << 56)

static void impossible_period(struct worker *w, const struct flame_sample *sample, const char *path)
{
    struct flame_error error = FLAME_ERROR_INIT;
    flame_fail(&error, FLAME_CORRUPT, path, sample->offset,
               "sample: its period %" PRIu64 " is impossible", sample->period);
    flame_bad_note(&w->bad, sample->position, &error);
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

/* The stack as it was recorded. False: no memory. */
static bool recorded_chain(const struct flame_session *s, struct worker *w,
                           const struct flame_sample *sample, bool in_file,
                           struct flame_chain *chain)
{
    return flame_chain_of(s, sample, in_file, &w->room, chain) ||
           (flush(w) && flame_chain_of(s, sample, in_file, &w->room, chain));
}

/* The stack as it is found in its copy. False: no memory. */
static bool walked_chain(const struct flame_session *s, struct worker *w,
                         const struct flame_sample *sample, uint32_t space,
                         struct flame_chain *chain)
{
    if (!w->room.unwinder && !(w->room.unwinder = flame_unwinder_create()))
        return false;
    enum flame_status status = flame_chain_unwind(s, sample, space, &w->room, chain);
    if (status == FLAME_LIMIT && flush(w))
        status = flame_chain_unwind(s, sample, space, &w->room, chain);
    return status == FLAME_OK;
}

/* Note the sample whose stack was put into the batch last. False: no memory. */
static bool keep_sample(struct worker *w, const struct flame_sample *sample, uint64_t time_ns,
                        uint32_t source)
{
    const struct flame_count *raw = &w->batch.keys[w->batch.count - 1];
    int32_t cpu = sample->where.cpu;
    return flame_vec_push(
        &w->kept->rows, (struct flame_noted_sample){ .time_ns = time_ns,
                                                     .position = sample->position,
                                                     .period = sample->period,
                                                     .key = flame_noted_key(raw),
                                                     .source = source,
                                                     .cpu = cpu < 0 ? UINT32_MAX : (uint32_t)cpu });
}

static bool count_sample(struct flame_counting *c, struct worker *w,
                         const struct flame_sample *sample, const char *path, bool in_file)
{
    struct flame_session *s = c->session;
    uint32_t event = s->group_of_attr[sample->attr];
    struct flame_event_group *group = &w->groups[event];
    if (is_guest(sample)) {
        group->guests++;
        return true;
    }
    if (s->filter.by_where && !flame_filter_takes_where(&s->filter, &sample->where)) {
        group->filtered_out++;
        return true;
    }
    struct flame_moment when = flame_moment_of(&sample->where, sample->position, s->timeline.timed);
    struct flame_chain chain = { .kind = FLAME_CHAIN_UNWOUND };
    bool unwinds = flame_unwinds(s, sample), taken;
    if (!unwinds && !recorded_chain(s, w, sample, in_file, &chain))
        return false;
    const struct recent_tag *tag = find_tag(c, w, sample, when, event, chain.kind);
    if (tag->tag == FLAME_INTERN_NONE || tag->source == FLAME_INTERN_NONE ||
        takes_sample(c, w, sample, tag, &taken) != FLAME_OK)
        return false;
    if (!taken) {
        group->filtered_out++;
        return true;
    }
    if (sample->period > MOST_PERIOD) {
        impossible_period(w, sample, path);
        return true;
    }
    if (unwinds && !walked_chain(s, w, sample, tag->space, &chain))
        return false;
    if (w->branches &&
        !flame_branches_add_sample(s, w->branches, sample, event, tag->space, tag->kernel_space))
        return false;
    if (group->samples++ == 0 || flame_moment_before(when, group->first))
        group->first = when;
    group->weight = flame_sum(group->weight, sample->period);
    group->unmerged += chain.unmerged;
    flame_count_batch_push(&w->batch, w->counts, tag->tag, chain.words, chain.size, chain.borrowed,
                           sample->period);
    if (w->kept && !keep_sample(w, sample, when.time_ns, tag->source))
        return false;
    return w->batch.count < FLAME_COUNT_BATCH || flush(w);
}

static enum flame_status count_block(struct flame_counting *c, struct worker *w,
                                     const struct flame_perf_block *block)
{
    struct flame_perf_raw raw;
    struct flame_error error = FLAME_ERROR_INIT; /* clearing it for each sample would be felt */
    size_t at = 0;
    while (flame_perf_block_next(block, c->session->recording.perf.swap, &at, &raw)) {
        if (raw.type != FLAME_RECORD_SAMPLE)
            continue;
        struct flame_sample sample;
        if (flame_perf_sample_decode(&c->session->recording.perf, &raw, &sample, &error) !=
            FLAME_OK) {
            flame_bad_note(&w->bad, raw.position, &error);
            error = (struct flame_error)FLAME_ERROR_INIT;
        } else if (!count_sample(c, w, &sample, raw.path, block->borrowed)) {
            return FLAME_NOMEM;
        }
    }
    return flush(w) ? FLAME_OK : FLAME_NOMEM;
}

static void count_blocks(void *user, size_t worker)
{
    struct flame_counting *c = user;
    struct worker *w = &c->workers[worker];
    struct flame_perf_block block;
    while ((w->status = take_block(c, w, &block)) == FLAME_OK)
        if ((w->status = count_block(c, w, &block)) != FLAME_OK)
            return;
    if (w->status == FLAME_EMPTY)
        w->status = FLAME_OK;
}

enum flame_status flame_counting_block(struct flame_counting *c, size_t worker, uint64_t known_ns,
                                       const struct flame_perf_block *block)
{
    c->workers[worker].known_ns = known_ns;
    return count_block(c, &c->workers[worker], block);
}

/* The one worker of a recording whose samples read counters. They come in perf's order: a ring that
 * is overwritten gives the newest first. The sample's bytes do not wait for the batch. */
static enum flame_status count_in_order(void *user, const struct flame_sample *sample,
                                        const char *path)
{
    struct flame_counting *c = user;
    return count_sample(c, c->workers, sample, path, false) && flush(c->workers) ? FLAME_OK
                                                                                 : FLAME_NOMEM;
}

static void sum_workers(struct flame_counting *c)
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
            sum->weight = flame_sum(sum->weight, part->weight);
            sum->filtered_out += part->filtered_out;
            sum->guests += part->guests;
            sum->unmerged += part->unmerged;
        }
        flame_bad_add(&s->bad, &w->bad);
        flame_counts_seal(w->counts);
        if (w->branches)
            flame_branches_seal(w->branches);
    }
}

static void free_workers(struct flame_counting *c)
{
    for (size_t i = 0; i < c->worker_count; i++) {
        free(c->workers[i].groups);
        free(c->workers[i].leaves);
        flame_unwinder_free(c->workers[i].room.unwinder);
        flame_perf_buffer_free(&c->workers[i].buffer);
    }
    free(c->workers);
    flame_perf_stream_deinit(&c->stream);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static enum flame_status set_up(struct flame_counting *c, size_t count)
{
    struct flame_session *s = c->session;
    c->workers = calloc(count, sizeof *c->workers);
    s->raw = calloc(s->threads, sizeof *s->raw);
    if (!c->workers || !s->raw)
        return FLAME_NOMEM;
    if (flame_branches_wanted(s) && !(s->branches = calloc(s->threads, sizeof *s->branches)))
        return FLAME_NOMEM;
    c->worker_count = count;
    for (size_t i = 0; i < count; i++) {
        flame_counts_init(&s->raw[i]);
        c->workers[i].counts = &s->raw[i];
        c->workers[i].branches = s->branches ? &s->branches[i] : NULL;
        c->workers[i].kept = s->keeping ? &s->keeping->parts[i] : NULL;
        c->workers[i].known_ns = UINT64_MAX;
        c->workers[i].groups = calloc(s->groups.count, sizeof *c->workers[i].groups);
        if (s->filter.by_leaf)
            c->workers[i].leaves = calloc(1, sizeof *c->workers[i].leaves);
        if (!c->workers[i].groups || (s->filter.by_leaf && !c->workers[i].leaves))
            return FLAME_NOMEM;
    }
    return FLAME_OK;
}

enum flame_status flame_counting_begin(struct flame_session *s, size_t count,
                                       struct flame_counting **out)
{
    struct flame_counting *c = *out = calloc(1, sizeof *c);
    if (!c)
        return FLAME_NOMEM;
    c->session = s;
    pthread_mutex_init(&c->lock, NULL);
    flame_perf_stream_init(&c->stream, &s->recording.perf);
    flame_intern_init(&s->tags);
    enum flame_status status = flame_pipeline_group_events(s);
    if (status == FLAME_OK)
        status = flame_pipeline_prepare_leaves(s);
    if (status == FLAME_OK)
        status = flame_keeping_begin(s);
    if (status == FLAME_OK)
        status = set_up(c, count);
    if (status != FLAME_OK)
        flame_counting_cancel(c);
    return status;
}

void flame_counting_end(struct flame_counting *c)
{
    sum_workers(c);
    free_workers(c);
}

void flame_counting_cancel(struct flame_counting *c)
{
    struct flame_session *s = c->session;
    for (size_t i = 0; i < c->worker_count; i++)
        flame_counts_deinit(&s->raw[i]);
    free(s->raw);
    s->raw = NULL;
    flame_branches_free(s);
    flame_keeping_free(s);
    flame_vec_free(&s->groups);
    flame_intern_deinit(&s->tags);
    free_workers(c);
}

static enum flame_status count_all(struct flame_session *s)
{
    struct flame_counting *c;
    bool reading = flame_reads_needed(&s->recording.perf);
    enum flame_status status = flame_counting_begin(s, reading ? 1 : s->threads, &c);
    if (status != FLAME_OK)
        return status;
    if (reading)
        status = flame_pipeline_in_order(s, count_in_order, c);
    else
        flame_pool_run(c->worker_count, count_blocks, c);
    for (size_t i = 0; i < c->worker_count; i++)
        if (c->workers[i].status != FLAME_OK)
            status = c->workers[i].status;
    if (status == FLAME_OK)
        flame_counting_end(c);
    else
        flame_counting_cancel(c);
    return status;
}

enum flame_status flame_pipeline_count(struct flame_session *s, struct flame_error *error)
{
    enum flame_status status = s->counted ? FLAME_OK : count_all(s);
    flame_deferred_deinit(&s->deferred); /* nobody looks for a stack any more */
    if (status != FLAME_OK)
        return flame_fail(error, status, s->path, FLAME_NO_OFFSET, "out of memory");
    return flame_pipeline_choose_event(s, error);
}
