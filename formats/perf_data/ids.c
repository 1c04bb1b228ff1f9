/* ids.c: which event a record belongs to.
 *
 * Follows perf (tools/perf/util/evlist.c): one event takes all; otherwise the first event's
 * sample_type says where every record keeps its id. An id of zero, as in what perf synthesizes,
 * means the first event. */
#include "perf_data.h"

/* Word index of a SAMPLE's id, counted from behind the header; -1 when samples carry none. */
static int sample_id_word(uint64_t type)
{
    if (type & FLAME_SAMPLE_IDENTIFIER)
        return 0;
    if (!(type & FLAME_SAMPLE_ID))
        return -1;
    return __builtin_popcountll(
        type & (FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME | FLAME_SAMPLE_ADDR));
}

/* Word index of another record's id, counted from its end; 0 when it has none. */
static uint32_t trailer_id_word(uint64_t type)
{
    if (type & FLAME_SAMPLE_IDENTIFIER)
        return 1;
    if (!(type & FLAME_SAMPLE_ID))
        return 0;
    return 1u + !!(type & FLAME_SAMPLE_CPU) + !!(type & FLAME_SAMPLE_STREAM_ID);
}

bool flame_perf_find_id(const struct flame_perf_file *file, uint64_t id, uint32_t *event)
{
    size_t low = 0, high = file->ids.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (file->ids.items[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == file->ids.count || file->ids.items[low].id != id)
        return false;
    *event = file->ids.items[low].event;
    return true;
}

static bool same_layout(const struct flame_perf_file *file)
{
    const struct flame_event_attr *first = &file->events.items[0].attr;
    for (size_t i = 1; i < file->events.count; i++) {
        const struct flame_event_attr *attr = &file->events.items[i].attr;
        if (attr->sample_type != first->sample_type || attr->read_format != first->read_format)
            return false;
    }
    return true;
}

void flame_perf_place_ids(struct flame_perf_file *file)
{
    const struct flame_event_attr *first = &file->events.items[0].attr;
    file->id_place.sample = sample_id_word(first->sample_type);
    file->id_place.trailer =
        flame_attr_has(first, FLAME_ATTR_sample_id_all) ? trailer_id_word(first->sample_type) : 0;
    file->id_place.alike = same_layout(file);
}

bool flame_perf_event_of_id(const struct flame_perf_file *file, uint64_t id, uint32_t *event)
{
    *event = 0;
    return file->events.count == 1 || flame_perf_find_id(file, id, event);
}

bool flame_perf_event_of(const struct flame_perf_file *file, const struct flame_perf_raw *raw,
                         uint32_t *event)
{
    const struct flame_perf_id_place *place = &file->id_place;
    size_t words = (raw->size - 8u) / 8u;
    uint64_t id;
    *event = 0;
    if (file->events.count == 1)
        return true;
    if (raw->type == FLAME_RECORD_SAMPLE) {
        if (place->sample < 0)
            return place->alike;
        if ((size_t)place->sample >= words)
            return false;
        id = flame_load_u64(raw->bytes + 8, (uint64_t)place->sample, file->swap);
    } else {
        if (place->trailer == 0)
            return true;
        if (place->trailer > words)
            return false;
        id = flame_load_u64(raw->bytes + raw->size - place->trailer * 8u, 0, file->swap);
    }
    return id == 0 || flame_perf_find_id(file, id, event);
}
