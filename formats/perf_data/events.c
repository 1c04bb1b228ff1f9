/* events.c: the list of events: their ids in order, their names.
 *
 * A name comes from EVENT_DESC, whose entry i describes attr i; else from an EVENT_UPDATE record;
 * else from simpleperf's meta information; else from the table of names that perf before 3.x wrote;
 * else it is derived from type and config. Every sample is printed with its event's name, so that a
 * name is cut to a length that no recorder reaches.
 * Source: tools/perf/util/header.c, perf_header__set_tracepoint..., process_event_desc(). */
#include "events.h"

#include "bounds.h"
#include "simpleperf.h"

#include <stdlib.h>

enum { NAME_LIMIT = 256 };

bool flame_perf_events_have_room(const struct flame_perf_file *file, uint64_t count,
                                 uint64_t offset, struct flame_error *error)
{
    uint64_t most = flame_limit_of(&file->limits, FLAME_LIMIT_EVENTS);
    if (count <= most && file->events.count <= most - count)
        return true;
    flame_fail_limit(error, FLAME_LIMIT_EVENTS, most, file->path, offset, "attrs:", "events");
    return false;
}

enum flame_status flame_perf_events_identify(struct flame_perf_file *file, const uint8_t *words,
                                             uint64_t count, uint32_t event)
{
    for (uint64_t i = 0; i < count; i++) {
        uint64_t id = flame_load_u64(words, i, file->swap);
        if (!flame_vec_push(&file->ids, (struct flame_perf_id){ id, event }))
            return FLAME_NOMEM;
    }
    return FLAME_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct flame_perf_id *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->event < y->event ? -1 : x->event > y->event;
}

/* Events whose config means nothing by itself, so that a table is the only source of names. */
static bool is_numbered(const struct flame_event_attr *attr)
{
    enum { TRACEPOINT = 2, RAW = 4 };
    return attr->type == TRACEPOINT || attr->type >= RAW;
}

/* Of rows with one config the first counts: names lie in the file in the order of the rows. */
static int by_config(const void *a, const void *b)
{
    const struct flame_perf_event_type *x = a, *y = b;
    if (x->config != y->config)
        return x->config < y->config ? -1 : 1;
    uintptr_t p = (uintptr_t)x->name.ptr, q = (uintptr_t)y->name.ptr;
    return p < q ? -1 : p > q;
}

static struct flame_str listed_name(const struct flame_perf_file *file,
                                    const struct flame_event_attr *attr)
{
    const struct flame_perf_event_type *types = file->event_types.items;
    size_t low = 0, high = is_numbered(attr) ? file->event_types.count : 0, count = high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (types[middle].config < attr->config)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && types[low].config == attr->config ? types[low].name
                                                            : (struct flame_str){ 0 };
}

/* At most NAME_LIMIT bytes, and no part of a character of UTF-8. */
static struct flame_str cut_name(struct flame_str name)
{
    if (name.len <= NAME_LIMIT)
        return name;
    name.len = NAME_LIMIT;
    for (int i = 0; i < 3 && ((unsigned char)name.ptr[name.len] & 0xc0) == 0x80; i++)
        name.len--;
    return name;
}

static enum flame_status name_event(struct flame_perf_file *file, size_t i)
{
    struct flame_perf_event *event = &file->events.items[i];
    if (i < file->features.event_desc.count && file->features.event_desc.items[i].name.len)
        event->name = file->features.event_desc.items[i].name;
    if (event->name.len == 0)
        event->name = listed_name(file, &event->attr);
    event->name = cut_name(event->name);
    if (event->name.len)
        return FLAME_OK;
    char text[80];
    flame_perf_attr_name(&event->attr, text, sizeof text);
    event->name = flame_str_from(flame_arena_copy(&file->arena, flame_str_from(text)));
    return event->name.ptr ? FLAME_OK : FLAME_NOMEM;
}

void flame_perf_events_order(struct flame_perf_file *file)
{
    if (file->ids.count)
        qsort(file->ids.items, file->ids.count, sizeof *file->ids.items, by_id);
}

enum flame_status flame_perf_events_settle(struct flame_perf_file *file, struct flame_error *error)
{
    if (file->events.count == 0)
        return flame_fail(error, FLAME_CORRUPT, file->path, FLAME_NO_OFFSET,
                          "describes no event: there is no attr in it");
    flame_perf_events_order(file);
    flame_perf_place_ids(file);
    if (file->event_types.count)
        qsort(file->event_types.items, file->event_types.count, sizeof *file->event_types.items,
              by_config);
    enum flame_status status = flame_simpleperf_name_events(file);
    for (size_t i = 0; i < file->events.count && status == FLAME_OK; i++)
        status = name_event(file, i);
    if (status != FLAME_OK)
        flame_fail(error, status, file->path, FLAME_NO_OFFSET, "out of memory");
    return status;
}
