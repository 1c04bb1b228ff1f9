/* events.c: the list of events: their ids in order, their names.
 *
 * A name comes from EVENT_DESC, whose entry i describes attr i; else from an EVENT_UPDATE record;
 * else from simpleperf's meta information; else from the table of names that perf before 3.x wrote;
 * else it is derived from type and config.
 * Source: tools/perf/util/header.c, perf_header__set_tracepoint..., process_event_desc(). */
#include "events.h"

#include "simpleperf.h"

#include <stdlib.h>

enum { EVENT_LIMIT = 65536 };

bool flame_perf_events_have_room(const struct flame_perf_file *file, uint64_t count,
                                 uint64_t offset, struct flame_error *error)
{
    if (count <= EVENT_LIMIT - file->events.count)
        return true;
    flame_fail(error, FLAME_LIMIT, file->path, offset, "attrs: more than %d events", EVENT_LIMIT);
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

static struct flame_str listed_name(const struct flame_perf_file *file,
                                    const struct flame_event_attr *attr)
{
    for (size_t i = 0; is_numbered(attr) && i < file->event_types.count; i++)
        if (file->event_types.items[i].config == attr->config)
            return file->event_types.items[i].name;
    return (struct flame_str){ 0 };
}

static enum flame_status name_event(struct flame_perf_file *file, size_t i)
{
    struct flame_perf_event *event = &file->events.items[i];
    if (i < file->features.event_desc.count && file->features.event_desc.items[i].name.len)
        event->name = file->features.event_desc.items[i].name;
    if (event->name.len == 0)
        event->name = listed_name(file, &event->attr);
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
    enum flame_status status = flame_simpleperf_name_events(file);
    for (size_t i = 0; i < file->events.count && status == FLAME_OK; i++)
        status = name_event(file, i);
    if (status != FLAME_OK)
        flame_fail(error, status, file->path, FLAME_NO_OFFSET, "out of memory");
    return status;
}
