/* pipeline_order.c: one walk over the records, in which each sample waits for its turn (rounds.h).
 *
 * One thread: the order is what matters here. It is needed where samples are shown one by one, and
 * where a sample is worth the difference to the one before. */
#include "pipeline_order.h"

#include "pipeline_read.h"
#include "rounds.h"

enum { FIRST_USER_TYPE = 64 };

/* ordered  records wait for their turn
 * reading  samples read counters */
struct walk {
    struct flame_session *session;
    flame_sample_taker *take;
    void *user;
    bool ordered, reading;
    struct flame_rounds rounds;
    struct flame_reads reads;
};

/* Records wait for their turn only if others, too, say when they were made; in a pipe perf does not
 * know that in time. */
static bool is_ordered(const struct flame_perf_file *file)
{
    return file->form == FLAME_PERF_FORM_PIPE ||
           flame_attr_has(&file->events.items[0].attr, FLAME_ATTR_sample_id_all);
}

/* A sample whose turn it is, or what it stands for. */
static enum flame_status take_sample(struct walk *w, struct flame_sample *sample, const char *path)
{
    if (!w->reading)
        return w->take(w->user, sample, path);
    struct flame_error error = FLAME_ERROR_INIT;
    enum flame_status status =
        flame_reads_of(&w->reads, &w->session->recording.perf, sample, path, &error);
    if (status == FLAME_NOMEM)
        return status;
    if (status != FLAME_OK)
        flame_bad_note(&w->session->bad, sample->position, &error);
    status = FLAME_OK;
    for (size_t i = 0; i < w->reads.readings.count && status == FLAME_OK; i++) {
        const struct flame_reading *reading = &w->reads.readings.items[i];
        sample->attr = reading->event;
        sample->where.id = reading->id;
        sample->period = reading->period;
        status = w->take(w->user, sample, path);
    }
    return status;
}

/* A record whose turn it is; those that are not samples only keep the order. */
static enum flame_status take_waiting(void *user, const struct flame_pending *record)
{
    struct walk *w = user;
    struct flame_perf_raw raw;
    struct flame_sample sample;
    size_t at = 0;
    if (!record->bytes)
        return FLAME_OK;
    struct flame_perf_block one = { .bytes = record->bytes,
                                    .size = UINT16_MAX,
                                    .path = record->path,
                                    .offset = record->offset,
                                    .position = record->when.position };
    if (!flame_perf_block_next(&one, w->session->recording.perf.swap, &at, &raw) ||
        flame_perf_sample_decode(&w->session->recording.perf, &raw, &sample, NULL) != FLAME_OK)
        return FLAME_OK;
    return take_sample(w, &sample, raw.path);
}

static enum flame_status wait_for_turn(struct walk *w, const struct flame_perf_raw *raw,
                                       uint64_t time_ns, bool with_bytes, bool borrowed)
{
    struct flame_pending record = { .when = { time_ns, raw->position },
                                    .bytes = with_bytes ? raw->bytes : NULL,
                                    .path = raw->path,
                                    .offset = raw->offset };
    enum flame_status status =
        flame_rounds_put(&w->rounds, &record, with_bytes ? raw->size : 0, !borrowed);
    return status == FLAME_OK ? flame_rounds_relieve(&w->rounds, take_waiting, w) : status;
}

static enum flame_status read_sample(struct walk *w, const struct flame_perf_raw *raw,
                                     bool borrowed)
{
    struct flame_sample sample;
    struct flame_error error = FLAME_ERROR_INIT;
    if (flame_perf_sample_decode(&w->session->recording.perf, raw, &sample, &error) != FLAME_OK) {
        flame_bad_note(&w->session->bad, raw->position, &error);
        return FLAME_OK;
    }
    if (w->ordered && flame_rounds_hold(sample.where.time_ns))
        return wait_for_turn(w, raw, sample.where.time_ns, true, borrowed);
    return take_sample(w, &sample, raw->path);
}

/* Kernel records that are not samples take part in the rounds. */
static enum flame_status read_other(struct walk *w, const struct flame_perf_raw *raw, bool borrowed)
{
    struct flame_record record;
    if (flame_perf_record_decode(&w->session->recording.perf, raw, &record, NULL) != FLAME_OK ||
        !flame_rounds_hold(record.where.time_ns))
        return FLAME_OK;
    return wait_for_turn(w, raw, record.where.time_ns, false, borrowed);
}

static enum flame_status read_block(struct walk *w, const struct flame_perf_block *block)
{
    const struct flame_perf_file *file = &w->session->recording.perf;
    struct flame_perf_raw raw;
    size_t at = 0;
    enum flame_status status = FLAME_OK;
    while (status == FLAME_OK && flame_perf_block_next(block, file->swap, &at, &raw)) {
        if (raw.type == FLAME_RECORD_SAMPLE)
            status = read_sample(w, &raw, block->borrowed);
        else if (raw.type < FIRST_USER_TYPE && w->ordered)
            status = read_other(w, &raw, block->borrowed);
        /* The streams of a folder are read one behind the other, so rounds do not hold there. */
        else if (raw.type == FLAME_RECORD_FINISHED_ROUND && file->parts.count == 1)
            status = flame_rounds_turn(&w->rounds, take_waiting, w);
    }
    return status;
}

enum flame_status flame_pipeline_in_order(struct flame_session *s, flame_sample_taker *take,
                                          void *user)
{
    const struct flame_perf_file *file = &s->recording.perf;
    struct walk w = { .session = s,
                      .take = take,
                      .user = user,
                      .ordered = is_ordered(file),
                      .reading = flame_reads_needed(file) };
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    enum flame_status status;
    flame_rounds_init(&w.rounds);
    w.rounds.most_bytes = (size_t)flame_bound(s->places.bounds, FLAME_LIMIT_WAITING);
    flame_reads_init(&w.reads);
    flame_perf_stream_init(&stream, file);
    while ((status = flame_perf_stream_next(&stream, &buffer, &block)) == FLAME_OK)
        if ((status = read_block(&w, &block)) != FLAME_OK)
            break;
    if (status == FLAME_EMPTY)
        status = flame_rounds_end(&w.rounds, take_waiting, &w);
    s->verdict.out_of_order = w.rounds.late;
    flame_perf_stream_deinit(&stream);
    flame_perf_buffer_free(&buffer);
    flame_reads_deinit(&w.reads);
    flame_rounds_deinit(&w.rounds);
    return status;
}
