/* pipeline_script.c: the samples one by one, in the order in which perf prints them.
 *
 * After the stages that do not look at samples there is one walk over the records; each sample
 * waits for its turn (rounds.h) and is printed (pipeline_script_print.c). One thread: the order is
 * what matters here. Text is made by formats/perf_script.c. */
#include "pipeline_script.h"

#include "fail.h"

#include <stdlib.h>

enum { FIRST_USER_TYPE = 64 };

/* Records wait for their turn only if others, too, say when they were made; in a pipe perf does not
 * know that in time. */
static bool is_ordered(const struct flame_perf_file *file)
{
    return file->form == FLAME_PERF_FORM_PIPE ||
           flame_attr_has(&file->events.items[0].attr, FLAME_ATTR_sample_id_all);
}

static void bad_record(struct flame_script *p, const struct flame_error *error)
{
    struct flame_verdict *v = &p->session->verdict;
    if (v->bad_records++ == 0)
        v->first_bad = *error;
}

/* A sample whose turn it is, or what it stands for. */
static enum flame_status take_sample(struct flame_script *p, struct flame_sample *sample,
                                     const char *path)
{
    if (!p->reading)
        return flame_script_print(p, sample);
    struct flame_error error = FLAME_ERROR_INIT;
    enum flame_status status =
        flame_reads_of(&p->reads, &p->session->recording.perf, sample, path, &error);
    if (status == FLAME_NOMEM)
        return status;
    if (status != FLAME_OK)
        bad_record(p, &error);
    status = FLAME_OK;
    for (size_t i = 0; i < p->reads.readings.count && status == FLAME_OK; i++) {
        const struct flame_reading *reading = &p->reads.readings.items[i];
        sample->attr = reading->event;
        sample->where.id = reading->id;
        sample->period = reading->period;
        status = flame_script_print(p, sample);
    }
    return status;
}

/* A record whose turn it is; those that are not samples only keep the order. */
static enum flame_status take_waiting(void *user, const struct flame_pending *record)
{
    struct flame_script *p = user;
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
    if (!flame_perf_block_next(&one, p->session->recording.perf.swap, &at, &raw) ||
        flame_perf_sample_decode(&p->session->recording.perf, &raw, &sample, NULL) != FLAME_OK)
        return FLAME_OK;
    return take_sample(p, &sample, raw.path);
}

static enum flame_status wait_for_turn(struct flame_script *p, const struct flame_perf_raw *raw,
                                       uint64_t time_ns, bool with_bytes, bool borrowed)
{
    struct flame_pending record = { .when = { time_ns, raw->position },
                                    .bytes = with_bytes ? raw->bytes : NULL,
                                    .path = raw->path,
                                    .offset = raw->offset };
    return flame_rounds_put(&p->rounds, &record, raw->size, with_bytes && !borrowed);
}

static enum flame_status read_sample(struct flame_script *p, const struct flame_perf_raw *raw,
                                     bool ordered, bool borrowed)
{
    struct flame_sample sample;
    struct flame_error error = FLAME_ERROR_INIT;
    if (flame_perf_sample_decode(&p->session->recording.perf, raw, &sample, &error) != FLAME_OK) {
        bad_record(p, &error);
        return FLAME_OK;
    }
    if (ordered && flame_rounds_hold(sample.where.time_ns))
        return wait_for_turn(p, raw, sample.where.time_ns, true, borrowed);
    return take_sample(p, &sample, raw->path);
}

/* Kernel records that are not samples take part in the rounds. */
static enum flame_status read_other(struct flame_script *p, const struct flame_perf_raw *raw)
{
    struct flame_record record;
    if (flame_perf_record_decode(&p->session->recording.perf, raw, &record, NULL) != FLAME_OK ||
        !flame_rounds_hold(record.where.time_ns))
        return FLAME_OK;
    return wait_for_turn(p, raw, record.where.time_ns, false, true);
}

static enum flame_status read_block(struct flame_script *p, const struct flame_perf_block *block)
{
    const struct flame_perf_file *file = &p->session->recording.perf;
    bool ordered = is_ordered(file);
    struct flame_perf_raw raw;
    size_t at = 0;
    enum flame_status status = FLAME_OK;
    while (status == FLAME_OK && flame_perf_block_next(block, file->swap, &at, &raw)) {
        if (raw.type == FLAME_RECORD_SAMPLE)
            status = read_sample(p, &raw, ordered, block->borrowed);
        else if (raw.type < FIRST_USER_TYPE && ordered)
            status = read_other(p, &raw);
        /* The streams of a folder are read one behind the other, so rounds do not hold there. */
        else if (raw.type == FLAME_RECORD_FINISHED_ROUND && file->parts.count == 1)
            status = flame_rounds_turn(&p->rounds, take_waiting, p);
    }
    return status;
}

static enum flame_status walk(struct flame_script *p)
{
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    enum flame_status status;
    flame_perf_stream_init(&stream, &p->session->recording.perf);
    while ((status = flame_perf_stream_next(&stream, &buffer, &block)) == FLAME_OK)
        if ((status = read_block(p, &block)) != FLAME_OK)
            break;
    if (status == FLAME_EMPTY)
        status = flame_rounds_end(&p->rounds, take_waiting, p);
    flame_perf_stream_deinit(&stream);
    flame_perf_buffer_free(&buffer);
    return status;
}

/* Whether a field that was asked for must be in the samples. Decoders of hardware traces make
 * samples of their own, so perf does not insist where there are any; and nobody samples a dummy. */
static bool needs_values(const struct flame_perf_file *file, const struct flame_event_attr *attr)
{
    enum { SOFTWARE = 1, DUMMY = 9 };
    bool dummy = attr->type == SOFTWARE && attr->config == DUMMY;
    return !dummy && !file->features.sections[FLAME_PERF_FEATURE_AUXTRACE].present;
}

/* The fields of each event, and the width of the column that their names form. */
static enum flame_status choose_fields(struct flame_script *p, const char *wanted,
                                       struct flame_error *error)
{
    struct flame_script_choice choice;
    const struct flame_perf_file *file = &p->session->recording.perf;
    p->fields = flame_arena_zalloc(&p->session->arena, file->events.count, sizeof *p->fields);
    if (!p->fields)
        return FLAME_NOMEM;
    enum flame_status status = flame_script_choose(&choice, wanted, error);
    for (size_t i = 0; i < file->events.count && status == FLAME_OK; i++) {
        const struct flame_perf_event *event = &file->events.items[i];
        const char *missing = NULL;
        p->fields[i] = flame_script_fields_of(&event->attr, &choice, &missing);
        if (event->name.len > (size_t)p->style.event_width)
            p->style.event_width = (int)event->name.len;
        if (missing && needs_values(file, &event->attr))
            status = flame_fail(error, FLAME_USAGE, file->path, FLAME_NO_OFFSET,
                                "fields: the samples of %.*s have no %s",
                                (int)(event->name.len < 40 ? event->name.len : 40), event->name.ptr,
                                missing);
    }
    return status;
}

static enum flame_status set_up(struct flame_script *p, const struct flame_script_options *options,
                                struct flame_error *error)
{
    struct flame_session *s = p->session;
    enum flame_status status = choose_fields(p, options->fields, error);
    if (status == FLAME_OK)
        status = flame_pipeline_group_events(s);
    s->group = FLAME_GROUP_ALL;
    if (status == FLAME_OK && s->options.event)
        status = flame_pipeline_find_event(s, s->options.event, &s->group, error);
    if (status == FLAME_OK)
        status = flame_pipeline_prepare_leaves(s);
    if (status == FLAME_OK)
        status = flame_script_print_init(p);
    if (status == FLAME_NOMEM)
        flame_fail(error, status, s->path, FLAME_NO_OFFSET, "out of memory");
    flame_preload_finish(s);
    return status;
}

struct flame_script *flame_script_open(const char *path, const struct flame_script_options *options,
                                       struct flame_error *error)
{
    static const struct flame_script_options usual = { 0 };
    if (!options)
        options = &usual;
    struct flame_script *p = calloc(1, sizeof *p);
    if (!p) {
        flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
        return NULL;
    }
    p->style.nanoseconds = options->nanoseconds;
    p->no_chains = options->no_chains;
    flame_rounds_init(&p->rounds);
    flame_reads_init(&p->reads);
    p->session = flame_session_begin(path, &options->session, error);
    if (p->session && set_up(p, options, error) == FLAME_OK) {
        p->reading = flame_reads_needed(&p->session->recording.perf);
        return p;
    }
    flame_script_close(p);
    return NULL;
}

enum flame_status flame_script_write(struct flame_script *p, struct flame_output *output,
                                     struct flame_error *error)
{
    struct flame_session *s = p->session;
    p->out = output;
    enum flame_status status = walk(p);
    flame_pipeline_note_losses(s);
    if (status != FLAME_OK)
        return flame_fail(error, status, s->path, FLAME_NO_OFFSET, "out of memory");
    if (s->verdict.samples + s->verdict.filtered_out + s->verdict.guest_samples == 0)
        return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET, "holds no samples%s",
                          s->options.event ? " of this event" : "");
    return FLAME_OK;
}

const struct flame_verdict *flame_script_verdict(const struct flame_script *p)
{
    return &p->session->verdict;
}

void flame_script_close(struct flame_script *p)
{
    if (!p)
        return;
    if (p->session)
        flame_script_print_deinit(p);
    flame_rounds_deinit(&p->rounds);
    flame_reads_deinit(&p->reads);
    flame_session_close(p->session);
    free(p);
}
