/* contents.c: one walk over the records, for the sums.
 *
 * Samples are decoded to see whether they can be. Memory is for the threads that were sampled, and
 * otherwise the same for every file. */
#include "contents.h"

#include "walk.h"

struct summing {
    const struct flame_perf_file *file;
    struct flame_contents *contents;
    const struct flame_damage_report *damage;
    struct flame_intern pids, tids;
    int32_t last_tid; /* most samples are of the thread before */
    bool any, no_memory;
};

static bool note_number(struct flame_intern *table, int32_t number)
{
    struct flame_str key = { (const char *)&number, sizeof number };
    return flame_intern_add(table, key) != FLAME_INTERN_NONE;
}

static void note_thread(struct summing *s, const struct flame_sample_id *where)
{
    if (s->any && where->tid == s->last_tid)
        return;
    s->any = true;
    s->last_tid = where->tid;
    if (!note_number(&s->pids, where->pid) || !note_number(&s->tids, where->tid))
        s->no_memory = true;
}

static void note_sample(struct summing *s, const struct flame_sample *sample)
{
    struct flame_contents *c = s->contents;
    uint64_t time = sample->where.time_ns;
    c->samples[sample->attr]++;
    if (s->file->events.items[sample->attr].attr.sample_type & FLAME_SAMPLE_TID)
        note_thread(s, &sample->where);
    if (time >= FLAME_TIME_OFF_CPU)
        return;
    if (c->first_ns == FLAME_TIME_NONE || time < c->first_ns)
        c->first_ns = time;
    if (c->last_ns == FLAME_TIME_NONE || time > c->last_ns)
        c->last_ns = time;
}

static void tell(const struct summing *s, const struct flame_loss *loss)
{
    if (s->damage->tell)
        s->damage->tell(s->damage->user, loss);
}

static enum flame_status decode(struct summing *s, const struct flame_perf_raw *raw,
                                struct flame_error *error)
{
    union {
        struct flame_sample sample;
        struct flame_record record;
    } u;
    uint32_t event;
    enum flame_status status = FLAME_OK;
    if (raw->type == FLAME_RECORD_SAMPLE) {
        status = flame_perf_sample_decode(s->file, raw, &u.sample, error);
        if (status == FLAME_OK)
            note_sample(s, &u.sample);
        else if (!flame_perf_event_of(s->file, raw, &event))
            s->contents->no_event++;
        return status;
    }
    if (raw->type < FLAME_RECORD_ATTR)
        status = flame_perf_record_decode(s->file, raw, &u.record, error);
    if (status == FLAME_OK && raw->type == FLAME_RECORD_LOST)
        s->contents->lost_records += u.record.lost.lost;
    if (status == FLAME_OK && raw->type == FLAME_RECORD_LOST_SAMPLES)
        s->contents->lost_samples += u.record.lost.lost;
    return status == FLAME_UNSUPPORTED ? FLAME_OK : status;
}

static bool take_record(void *user, const struct flame_perf_raw *raw, bool compressed,
                        uint64_t inside)
{
    struct summing *s = user;
    struct flame_loss loss = { .error = FLAME_ERROR_INIT, .bytes = raw->size };
    (void)compressed;
    (void)inside;
    flame_count_type(&s->contents->types, raw->type);
    if (decode(s, raw, &loss.error) != FLAME_OK) {
        if (s->contents->bad_records++ == 0)
            s->contents->first_bad = loss.error;
        tell(s, &loss);
    }
    return !s->no_memory;
}

static bool take_loss(void *user, const struct flame_loss *loss)
{
    struct summing *s = user;
    struct flame_contents *c = s->contents;
    if (c->loss_count < FLAME_PERF_LOSSES)
        c->losses[c->loss_count] = *loss;
    c->loss_count++;
    c->lost_bytes += loss->bytes;
    tell(s, loss);
    return true;
}

enum flame_status flame_contents_read(struct flame_contents *contents,
                                      const struct flame_perf_file *file, const char *path,
                                      const struct flame_damage_report *damage,
                                      struct flame_error *error)
{
    *contents = (struct flame_contents){ .first_ns = FLAME_TIME_NONE,
                                         .last_ns = FLAME_TIME_NONE,
                                         .first_bad = FLAME_ERROR_INIT };
    struct summing s = { .file = file, .contents = contents, .damage = damage };
    struct flame_walker walker = { take_record, take_loss, &s };
    flame_intern_init(&s.pids);
    flame_intern_init(&s.tids);
    contents->samples = calloc(file->events.count, sizeof *contents->samples);
    contents->ids = calloc(file->events.count, sizeof *contents->ids);
    s.no_memory = !contents->samples || !contents->ids;
    for (size_t i = 0; i < file->ids.count && !s.no_memory; i++)
        contents->ids[file->ids.items[i].event]++;
    enum flame_status status = s.no_memory ? FLAME_OK : flame_walk(file, &walker, path, error);
    contents->processes = s.pids.strings.count;
    contents->threads = s.tids.strings.count;
    flame_intern_deinit(&s.pids);
    flame_intern_deinit(&s.tids);
    if (s.no_memory)
        return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    return status;
}

void flame_contents_free(struct flame_contents *contents)
{
    free(contents->samples);
    free(contents->ids);
    contents->samples = contents->ids = NULL;
}

const char *flame_recording_form(const struct flame_perf_file *file)
{
    if (file->parts.count > 1 || file->features.dir_version)
        return "directory";
    switch (file->form) {
    case FLAME_PERF_FORM_FILE:
        break;
    case FLAME_PERF_FORM_V1:
        return "v1";
    case FLAME_PERF_FORM_PIPE:
        return "pipe";
    }
    return "file";
}

const char *flame_feature_state(const struct flame_perf_section *section)
{
    if (!section->present)
        return NULL;
    if (section->status != FLAME_OK)
        return "broken";
    return section->size ? "present" : "empty";
}

const char *flame_clock_name(uint32_t clockid)
{
    static const char *const names[] = {
        [0] = "realtime", [1] = "monotonic", [4] = "monotonic_raw", [7] = "boottime", [11] = "tai",
    };
    return clockid < sizeof names / sizeof *names ? names[clockid] : NULL;
}

uint64_t flame_wall_time_ns(const struct flame_perf_file *file,
                            const struct flame_contents *contents)
{
    uint64_t wall = file->features.clock_data.wall_ns, clock = file->features.clock_data.clock_ns;
    if (wall == 0 || contents->first_ns == FLAME_TIME_NONE || wall + contents->first_ns < clock)
        return 0;
    return wall + contents->first_ns - clock;
}
