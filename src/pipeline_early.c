/* pipeline_early.c: compressed records are decompressed once: counted while the walk that indexes
 * them goes on.
 *
 * The walk is one worker; it hands its blocks to the others as soon as the timeline is settled for
 * their samples. That follows from the rounds of perf record (rounds.h): at the end of one, all
 * that is older than the newest sample of the round before should have come. So much of the
 * side-band records is applied, while nobody counts, and the blocks of the rounds before are set
 * free. Some records do come a little later than they should; so ROUNDS are waited for, not one, as
 * long as there is less than MUCH_WAITING.
 *
 * Invariant: every record before limit_ns was applied, in order; every sample that was counted is
 * no later. A record that would break that shows that the rounds can't be trusted. Then, and where
 * anything else comes too late, or more than MOST_WAITING would have to wait, what was counted is
 * thrown away, and the recording is counted in a walk of its own, as if nothing had been tried.
 * The result does not depend on it: the same records are applied in the same order. */
#include "pipeline_early.h"

#include "pipeline_count.h"
#include "pipeline_read.h"
#include "pool.h"
#include "rounds.h"

#include <pthread.h>

/* Bytes of memory, and how many rounds. */
enum { MOST_WAITING = 64 << 20, MUCH_WAITING = MOST_WAITING / 2, ROUNDS = 8 };

/* The end of a round: how many blocks there were, with how many bytes of memory, and when the
 * newest sample was made. */
struct mark {
    size_t blocks;
    uint64_t queued, newest_ns;
};

/* A block, and the memory that it lies in, if that isn't the file's. */
struct waiting_block {
    struct flame_perf_block block;
    struct flame_perf_buffer buffer;
};

/* lock       guards what follows it up to done; work is for who waits for blocks, done for the walk
 * next       the block that is counted next; those before ready may be
 * busy       how many are being counted
 * held       bytes of all buffers of blocks that wait or are being counted
 * spare      buffers for what is decompressed next
 * applying   no block may be taken, although some are ready
 * ended      no more blocks will come
 * limit_ns   see above
 * records    that wait for their turn
 * newest_ns  of all samples so far
 * queued     bytes of all buffers so far; of those of settled blocks settled
 * marks      the ends of the last rounds, the earliest first */
struct flame_early {
    struct flame_session *session;
    struct flame_counting *counting;
    enum flame_status (*walk)(struct flame_session *s);
    enum flame_status status;

    pthread_mutex_t lock;
    pthread_cond_t work, done;
    FLAME_VEC(struct waiting_block) blocks;
    FLAME_VEC(struct flame_perf_buffer) spare;
    size_t next, ready, busy;
    uint64_t held, limit_ns;
    bool applying, ended, given_up;

    struct flame_rounds records;
    uint64_t newest_ns, queued, settled;
    struct mark marks[ROUNDS];
    size_t mark_count;
};

bool flame_early_fits(const struct flame_session *s)
{
    const struct flame_perf_file *file = &s->recording.perf;
    return file->features.compressed.type && file->parts.count == 1 &&
           !flame_perf_is_simpleperf(file) && file->features.symbol_files.count == 0 &&
           !flame_reads_needed(file) && !s->filter.by_leaf && !flame_pipeline_wants_machine(s);
}

/* Free all memory for blocks but that of those that are being counted. */
static void free_buffers(struct flame_early *e)
{
    while (e->next < e->blocks.count)
        flame_perf_buffer_free(&e->blocks.items[e->next++].buffer);
    while (e->spare.count)
        flame_perf_buffer_free(&e->spare.items[--e->spare.count]);
}

/* The next four are to be called under the lock. */

/* What is not counted will not be. */
static void stop(struct flame_early *e)
{
    e->given_up = true;
    free_buffers(e);
    e->ready = e->next;
    pthread_cond_broadcast(&e->work);
}

static void wait_for_workers(struct flame_early *e)
{
    while (e->busy)
        pthread_cond_wait(&e->done, &e->lock);
}

/* Keep the memory of a block that was counted; there is never more than once waited. */
static void put_by(struct flame_early *e, struct flame_perf_buffer buffer)
{
    e->held -= buffer.cap;
    if (buffer.cap == 0)
        return;
    if (e->given_up || !flame_vec_push(&e->spare, buffer))
        flame_perf_buffer_free(&buffer);
}

/* Count the next block, which is ready, without the lock. */
static void count_next(struct flame_early *e, size_t worker)
{
    struct waiting_block w = e->blocks.items[e->next++];
    uint64_t known_ns = e->limit_ns;
    e->busy++;
    pthread_mutex_unlock(&e->lock);
    enum flame_status status = flame_counting_block(e->counting, worker, known_ns, &w.block);
    pthread_mutex_lock(&e->lock);
    e->busy--;
    put_by(e, w.buffer);
    if (status != FLAME_OK)
        stop(e);
    pthread_cond_signal(&e->done);
}

/* Count until no more blocks will come. */
static void serve(struct flame_early *e, size_t worker)
{
    pthread_mutex_lock(&e->lock);
    for (;;) {
        if (e->next < e->ready && !e->applying)
            count_next(e, worker);
        else if (e->given_up || e->ended)
            break;
        else
            pthread_cond_wait(&e->work, &e->lock);
    }
    pthread_mutex_unlock(&e->lock);
}

/* Whether it is still worth while. */
static bool goes_on(struct flame_early *e)
{
    if (!e)
        return false;
    pthread_mutex_lock(&e->lock);
    bool on = !e->given_up;
    pthread_mutex_unlock(&e->lock);
    return on;
}

void flame_early_give_up(struct flame_session *s)
{
    struct flame_early *e = s->early;
    if (!e)
        return;
    pthread_mutex_lock(&e->lock);
    stop(e);
    wait_for_workers(e);
    pthread_mutex_unlock(&e->lock);
}

enum flame_status flame_early_record(struct flame_session *s, const struct flame_pending *pending)
{
    struct flame_early *e = s->early;
    if (!goes_on(e))
        return FLAME_OK;
    if (pending->when.time_ns < e->limit_ns) {
        flame_early_give_up(s);
        return FLAME_OK;
    }
    return flame_rounds_put(&e->records, pending, 0, false);
}

static enum flame_status apply_one(void *user, const struct flame_pending *pending)
{
    return flame_pipeline_apply(user, pending);
}

/* Apply the records up to limit_ns, and let the first `ready` blocks be counted. */
static enum flame_status settle(struct flame_early *e, uint64_t limit_ns, size_t ready)
{
    struct flame_session *s = e->session;
    enum flame_status status = FLAME_OK;
    pthread_mutex_lock(&e->lock);
    if (!e->given_up && flame_rounds_any(&e->records, limit_ns)) {
        e->applying = true;
        wait_for_workers(e);
        status = flame_rounds_until(&e->records, limit_ns, apply_one, s);
        if (status == FLAME_OK)
            status = flame_symbolizer_extend(s->symbolizer);
        e->applying = false;
    }
    if (!e->given_up) {
        e->limit_ns = limit_ns;
        e->ready = ready;
        pthread_cond_broadcast(&e->work);
    }
    pthread_mutex_unlock(&e->lock);
    return status;
}

/* Look through a block: when its newest sample was made, unless *newest_ns is later, and whether
 * it has the end of a round. */
static bool look_through(const struct flame_early *e, const struct flame_perf_block *block,
                         uint64_t *newest_ns)
{
    const struct flame_perf_file *file = &e->session->recording.perf;
    struct flame_perf_raw raw;
    struct flame_sample sample;
    bool ends = false;
    size_t at = 0;
    while (flame_perf_block_next(block, file->swap, &at, &raw)) {
        ends |= raw.type == FLAME_RECORD_FINISHED_ROUND;
        if (raw.type != FLAME_RECORD_SAMPLE ||
            flame_perf_sample_decode(file, &raw, &sample, NULL) != FLAME_OK)
            continue;
        struct flame_moment when =
            flame_moment_of(&sample.where, raw.position, e->session->timeline.timed);
        if (when.time_ns > *newest_ns)
            *newest_ns = when.time_ns;
    }
    return ends;
}

/* What has come up to mark i is settled. */
static enum flame_status settle_mark(struct flame_early *e, size_t i)
{
    struct mark mark = e->marks[i];
    e->settled = mark.queued;
    e->mark_count -= i + 1;
    memmove(e->marks, &e->marks[i + 1], e->mark_count * sizeof *e->marks);
    return settle(e, mark.newest_ns, mark.blocks);
}

/* A round has ended. */
static enum flame_status turn(struct flame_early *e)
{
    enum flame_status status = e->mark_count == ROUNDS ? settle_mark(e, 0) : FLAME_OK;
    e->marks[e->mark_count++] = (struct mark){ e->blocks.count, e->queued, e->newest_ns };
    return status;
}

/* Have the block wait, and leave memory for the next one. */
static enum flame_status queue(struct flame_early *e, const struct flame_perf_block *block,
                               struct flame_perf_buffer *buffer)
{
    struct waiting_block waiting = { .block = *block };
    if (!block->borrowed)
        waiting.buffer = *buffer;
    e->queued += waiting.buffer.cap;
    pthread_mutex_lock(&e->lock);
    bool ok = flame_vec_push(&e->blocks, waiting);
    if (ok && !block->borrowed) {
        e->held += buffer->cap;
        *buffer =
            e->spare.count ? e->spare.items[--e->spare.count] : (struct flame_perf_buffer){ 0 };
    }
    pthread_mutex_unlock(&e->lock);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

/* Count rather than have too much wait, or, without other workers, anything. */
static enum flame_status make_room(struct flame_early *e)
{
    uint64_t most = e->session->threads > 1 ? MOST_WAITING : 0;
    enum flame_status status = FLAME_OK;
    if (e->mark_count > 1 && e->queued - e->settled > MUCH_WAITING)
        status = settle_mark(e, e->mark_count - 2);
    pthread_mutex_lock(&e->lock);
    while (e->held > most && e->next < e->ready)
        count_next(e, 0);
    while (e->held > MOST_WAITING && e->busy)
        pthread_cond_wait(&e->done, &e->lock);
    if (e->held > MOST_WAITING)
        stop(e);
    pthread_mutex_unlock(&e->lock);
    return status;
}

/* What follows the end of a round in its block belongs to the next one, and so does all of it. */
enum flame_status flame_early_block(struct flame_session *s, const struct flame_perf_block *block,
                                    struct flame_perf_buffer *buffer)
{
    struct flame_early *e = s->early;
    if (!goes_on(e))
        return FLAME_OK;
    enum flame_status status = FLAME_OK;
    uint64_t newest_ns = e->newest_ns;
    if (look_through(e, block, &newest_ns))
        status = turn(e);
    e->newest_ns = newest_ns;
    if (status == FLAME_OK)
        status = queue(e, block, buffer);
    if (status == FLAME_OK && !block->borrowed)
        status = make_room(e);
    return status;
}

static void take_part(void *user, size_t worker)
{
    struct flame_early *e = user;
    if (worker == 0) {
        e->status = e->walk(e->session);
        if (e->status == FLAME_OK)
            e->status = settle(e, UINT64_MAX, e->blocks.count);
        pthread_mutex_lock(&e->lock);
        if (e->status != FLAME_OK)
            stop(e);
        e->ended = true;
        pthread_cond_broadcast(&e->work);
        pthread_mutex_unlock(&e->lock);
    }
    serve(e, worker);
}

/* Begin anew. */
static enum flame_status forget(struct flame_session *s)
{
    flame_symbolizer_free(s->symbolizer);
    s->symbolizer = NULL;
    flame_timeline_deinit(&s->timeline);
    return flame_pipeline_timeline(s);
}

enum flame_status flame_early_run(struct flame_session *s,
                                  enum flame_status (*walk)(struct flame_session *s))
{
    struct flame_early e = { .session = s, .walk = walk };
    enum flame_status status = flame_pipeline_symbolizer(s);
    if (status == FLAME_OK)
        status = flame_counting_begin(s, s->threads, &e.counting);
    if (status != FLAME_OK)
        return status;
    pthread_mutex_init(&e.lock, NULL);
    pthread_cond_init(&e.work, NULL);
    pthread_cond_init(&e.done, NULL);
    flame_rounds_init(&e.records);
    s->early = &e;
    flame_pool_run(s->threads, take_part, &e);
    s->early = NULL;
    s->counted = e.status == FLAME_OK && !e.given_up;
    if (s->counted) {
        flame_counting_end(e.counting);
    } else {
        flame_counting_cancel(e.counting);
        status = forget(s);
    }
    flame_rounds_deinit(&e.records);
    free_buffers(&e);
    flame_vec_free(&e.spare);
    flame_vec_free(&e.blocks);
    pthread_cond_destroy(&e.done);
    pthread_cond_destroy(&e.work);
    pthread_mutex_destroy(&e.lock);
    return e.status != FLAME_OK ? e.status : status;
}
