/* sound.c: whether a record holds what one of its type does.
 *
 * Headers alone are weak evidence: records that follow each other are laid out alike, so whatever
 * looks like a header in one of them does in the next, at the same distance. What a header claims
 * is believed where the fields end with the size, the id is an event's, and the time is near.
 *
 * The ids of simpleperf's events may be told by records that are yet to come, so in its files they
 * are not asked for. Source: docs/formats/perf_data.md, "damage". */
#include "sound.h"

#include "resync.h"
#include "simpleperf.h"
#include "user_record.h"

/* Longer than between two records that stand beside each other. */
#define WEEK_NS (UINT64_C(7) * 24 * 3600 * 1000000000)

enum { CPU_MODES = 6, CPUS = 1 << 16, FEATURES = 256 };

bool flame_perf_is_near(uint64_t time, uint64_t when)
{
    return (when > time ? when - time : time - when) < WEEK_NS;
}

static bool may_be_at(uint64_t time, uint64_t when)
{
    return time == 0 || when == FLAME_TIME_NONE || flame_perf_is_near(time, when);
}

static bool is_cpu(int32_t cpu)
{
    return cpu >= -1 && cpu < CPUS;
}

/* The event that a sample is of. False: none, or (*unsure) it cannot be told. */
static bool event_of(const struct flame_perf_file *file, const struct flame_perf_raw *raw,
                     uint32_t *event, bool *unsure)
{
    int word = file->id_place.sample;
    *event = 0;
    *unsure = false;
    if (flame_perf_is_simpleperf(file)) {
        *unsure = file->events.count > 1 && !file->id_place.alike;
        return !*unsure;
    }
    if (file->ids.count == 0 || word < 0)
        return flame_perf_event_of(file, raw, event);
    if ((size_t)word >= (raw->size - 8u) / 8u)
        return false;
    uint64_t id = flame_load_u64(raw->bytes + 8, (uint64_t)word, file->swap);
    return flame_perf_find_id(file, id, event);
}

/* BPF's off-CPU samples have times of their own, behind all others. */
static bool has_clock(const struct flame_perf_file *file, uint32_t event)
{
    return !flame_str_is(file->events.items[event].name, "offcpu-time");
}

static enum flame_perf_soundness judge_sample(const struct flame_perf_file *file,
                                              const struct flame_perf_raw *raw, uint64_t time,
                                              uint64_t *when)
{
    struct flame_sample sample;
    struct flame_cursor rest;
    uint32_t event;
    bool unsure;
    if (!event_of(file, raw, &event, &unsure))
        return unsure ? FLAME_PERF_PERHAPS : FLAME_PERF_UNSOUND;
    if (flame_perf_sample_measure(file, raw, event, &sample, &rest, NULL) != FLAME_OK)
        return FLAME_PERF_UNSOUND;
    bool clock = has_clock(file, event);
    if (!is_cpu(sample.where.cpu) || (clock && !may_be_at(time, sample.where.time_ns)))
        return FLAME_PERF_UNSOUND;
    if (file->events.items[event].attr.sample_type & ~(uint64_t)FLAME_SAMPLE_KNOWN)
        return FLAME_PERF_PERHAPS;
    *when = clock ? sample.where.time_ns : FLAME_TIME_NONE;
    return flame_cursor_left(&rest) < 8 ? FLAME_PERF_SOUND : FLAME_PERF_UNSOUND;
}

/* A name ends with a NUL, and nothing stands behind it. */
static bool is_name(struct flame_str name, const struct flame_cursor *rest)
{
    if (!name.ptr)
        return false;
    const uint8_t *at = (const uint8_t *)name.ptr + name.len;
    if (at >= rest->end)
        return false;
    while (at < rest->end && *at == 0)
        at++;
    return at == rest->end;
}

static bool has_sound_name(const struct flame_record *r, const struct flame_cursor *rest)
{
    switch (r->type) {
    case FLAME_RECORD_MMAP:
    case FLAME_RECORD_MMAP2:
        return is_name(r->map.filename, rest);
    case FLAME_RECORD_COMM:
        return is_name(r->comm.comm, rest);
    case FLAME_RECORD_KSYMBOL:
        return is_name(r->ksymbol.name, rest);
    case FLAME_RECORD_CGROUP:
        return is_name(r->cgroup.path, rest);
    default:
        return true;
    }
}

/* Records that perf makes up have a trailer of zeros. */
static enum flame_perf_soundness judge_kernel(const struct flame_perf_file *file,
                                              const struct flame_perf_raw *raw, uint64_t time,
                                              uint64_t *when)
{
    struct flame_record r;
    struct flame_cursor rest;
    if (flame_perf_record_measure(file, raw, &r, &rest, NULL) != FLAME_OK ||
        flame_cursor_left(&rest) >= 8 || !has_sound_name(&r, &rest))
        return FLAME_PERF_UNSOUND;
    if (!is_cpu(r.where.cpu) || (r.where.time_ns != 0 && !may_be_at(time, r.where.time_ns)))
        return FLAME_PERF_UNSOUND;
    *when = r.where.time_ns;
    return FLAME_PERF_SOUND;
}

static enum flame_perf_soundness judge_user(const struct flame_perf_file *file,
                                            const struct flame_perf_raw *raw)
{
    struct flame_perf_user_record r;
    enum flame_status status = flame_perf_user_decode(file, raw, &r, NULL);
    if (status == FLAME_UNSUPPORTED)
        return FLAME_PERF_PERHAPS;
    if (status != FLAME_OK)
        return FLAME_PERF_UNSOUND;
    switch (raw->type) {
    case FLAME_RECORD_FINISHED_ROUND:
    case FLAME_RECORD_FINISHED_INIT:
        return raw->size == 8 ? FLAME_PERF_SOUND : FLAME_PERF_UNSOUND;
    case FLAME_RECORD_EVENT_UPDATE:
        return r.event_update.kind <= FLAME_PERF_UPDATE_CPUS ? FLAME_PERF_PERHAPS
                                                             : FLAME_PERF_UNSOUND;
    case FLAME_RECORD_FEATURE:
        return r.feature.bit < FEATURES ? FLAME_PERF_PERHAPS : FLAME_PERF_UNSOUND;
    default:
        return FLAME_PERF_PERHAPS;
    }
}

static enum flame_perf_soundness judge(const struct flame_perf_file *file,
                                       const struct flame_perf_raw *raw, uint64_t time,
                                       uint64_t *when)
{
    *when = 0;
    if (!flame_perf_is_plausible(raw))
        return FLAME_PERF_UNSOUND;
    if (raw->type >= FLAME_RECORD_ATTR)
        return judge_user(file, raw);
    if ((raw->misc & FLAME_MISC_CPUMODE) >= CPU_MODES)
        return FLAME_PERF_UNSOUND;
    if (file->events.count == 0)
        return FLAME_PERF_PERHAPS;
    return raw->type == FLAME_RECORD_SAMPLE ? judge_sample(file, raw, time, when)
                                            : judge_kernel(file, raw, time, when);
}

enum flame_perf_soundness flame_perf_sound(const struct flame_perf_file *file,
                                           const struct flame_perf_raw *raw, uint64_t time)
{
    uint64_t when;
    return judge(file, raw, time, &when);
}

uint64_t flame_perf_time_of(const struct flame_perf_file *file, const struct flame_perf_raw *raw)
{
    uint64_t when;
    if (raw->type >= FLAME_RECORD_ATTR || judge(file, raw, 0, &when) != FLAME_PERF_SOUND)
        return 0;
    return when == FLAME_TIME_NONE ? 0 : when;
}
