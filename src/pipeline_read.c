/* pipeline_read.c: counter values to periods.
 *
 * A period is the difference between two values of one counter. The kernel counts per id; if the
 * event is inherited by the threads of a process, per id and thread. The order of the stream is not
 * theirs: a ring that is overwritten (perf record --overwrite) is read from its newest sample back.
 * Source: tools/perf/util/session.c, deliver_sample_value(). */
#include "pipeline_read.h"

#include "fail.h"

#include <inttypes.h>

/* One counter; compared as bytes, so without gaps. tid is 0 unless it counts by thread. */
struct counter {
    uint64_t id;
    int64_t tid;
};

bool flame_reads_needed(const struct flame_perf_file *file)
{
    for (size_t i = 0; i < file->events.count; i++)
        if (file->events.items[i].attr.sample_type & FLAME_SAMPLE_READ)
            return true;
    return false;
}

void flame_reads_init(struct flame_reads *reads)
{
    *reads = (struct flame_reads){ 0 };
    flame_intern_init(&reads->counters);
}

void flame_reads_deinit(struct flame_reads *reads)
{
    flame_intern_deinit(&reads->counters);
    flame_vec_free(&reads->last);
    flame_vec_free(&reads->readings);
}

/* What was counted since the last value. A value that is less than the last one is of a counter
 * that began again: perf takes the difference all the same, which is close to 2^64. */
static enum flame_status advance(struct flame_reads *reads, struct counter counter, uint64_t value,
                                 uint64_t *period)
{
    uint32_t at = flame_intern_add(&reads->counters,
                                   (struct flame_str){ (const char *)&counter, sizeof counter });
    if (at == FLAME_INTERN_NONE || (at == reads->last.count && !flame_vec_push(&reads->last, 0)))
        return FLAME_NOMEM;
    uint64_t last = reads->last.items[at];
    *period = value < last ? value : value - last;
    reads->last.items[at] = value;
    return FLAME_OK;
}

/* Value i of a sample. Without ids the first one is the sample's own event. */
static bool event_of_value(const struct flame_perf_file *file, const struct flame_sample *sample,
                           uint64_t i, struct flame_reading *reading)
{
    uint64_t format = file->events.items[sample->attr].attr.read_format;
    const struct flame_read_values *read = &sample->read;
    reading->event = sample->attr;
    reading->id = sample->where.id;
    if (!(format & FLAME_READ_ID))
        return i == 0;
    reading->id = format & FLAME_READ_GROUP
                      ? flame_load_u64(read->bytes, i * read->value_stride + 1, file->swap)
                      : read->id;
    return flame_perf_event_of_id(file, reading->id, &reading->event);
}

enum flame_status flame_reads_of(struct flame_reads *reads, const struct flame_perf_file *file,
                                 const struct flame_sample *sample, const char *path,
                                 struct flame_error *error)
{
    const struct flame_event_attr *attr = &file->events.items[sample->attr].attr;
    struct flame_reading reading = { sample->attr, sample->where.id, sample->period };
    enum flame_status status = FLAME_OK;
    reads->readings.count = 0;
    if (!(attr->sample_type & FLAME_SAMPLE_READ))
        return flame_vec_push(&reads->readings, reading) ? FLAME_OK : FLAME_NOMEM;
    bool by_thread =
        (attr->sample_type & FLAME_SAMPLE_TID) && flame_attr_has(attr, FLAME_ATTR_inherit);
    for (uint64_t i = 0; i < sample->read.value_count; i++) {
        if (!event_of_value(file, sample, i, &reading)) {
            status = flame_fail(error, FLAME_CORRUPT, path, sample->offset,
                                "sample: the id %" PRIu64 " of its value %" PRIu64
                                " belongs to no event of this file",
                                reading.id, i + 1);
            continue;
        }
        struct counter counter = { reading.id, by_thread ? sample->where.tid : 0 };
        uint64_t value =
            flame_load_u64(sample->read.bytes, i * sample->read.value_stride, file->swap);
        if (advance(reads, counter, value, &reading.period) != FLAME_OK ||
            (reading.period && !flame_vec_push(&reads->readings, reading)))
            return FLAME_NOMEM;
    }
    return status;
}
