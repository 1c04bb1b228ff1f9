/* pipe.c: a recording that went through a pipe: attrs, names and features are records of their own.
 *
 * They come before what needs them, so reading ends at the first sample. One that is broken costs
 * itself alone. Source: tools/perf/util/header.c, perf_event__process_attr() and the others;
 * docs/formats/perf_data.md, "pipe mode". */
#include "pipe.h"

#include "events.h"
#include "user_record.h"

#include <inttypes.h>

/* The name that an EVENT_UPDATE record gives to the event with this id. */
struct update {
    uint64_t id;
    struct flame_str name;
};

/* error  what ends the reading */
struct reading {
    struct flame_perf_file *file;
    struct flame_error *error;
    FLAME_VEC(struct update) updates;
};

static enum flame_status take_attr(struct reading *r, const struct flame_perf_user_record *record,
                                   uint64_t offset)
{
    struct flame_perf_file *file = r->file;
    struct flame_perf_event event = { .attr = record->attr.attr };
    if (!flame_perf_events_have_room(file, 1, offset, r->error))
        return FLAME_LIMIT;
    if (!flame_vec_push(&file->events, event))
        return FLAME_NOMEM;
    return flame_perf_events_identify(file, record->attr.ids.bytes, record->attr.ids.count,
                                      (uint32_t)file->events.count - 1);
}

/* A record without a payload ends the list; its bit is the number of features the writer knows. */
static enum flame_status take_feature(struct reading *r,
                                      const struct flame_perf_user_record *record,
                                      const struct flame_perf_raw *raw, struct flame_error *error)
{
    struct flame_bytes payload = record->feature.payload;
    if (payload.size == 0)
        return FLAME_OK;
    if (record->feature.bit >= FLAME_PERF_FEATURE_LIMIT)
        return flame_fail(error, FLAME_CORRUPT, raw->path, raw->offset, "feature %" PRIu64,
                          record->feature.bit);
    struct flame_cursor c = flame_cursor_make(payload.ptr, (size_t)payload.size,
                                              raw->offset + (uint64_t)(payload.ptr - raw->bytes),
                                              r->file->swap, raw->path, error);
    return flame_perf_feature_parse(&r->file->features, (uint32_t)record->feature.bit, c,
                                    &r->file->arena);
}

static enum flame_status take_update(struct reading *r, const struct flame_perf_user_record *record)
{
    if (record->event_update.kind != FLAME_PERF_UPDATE_NAME)
        return FLAME_OK;
    struct update update = { record->event_update.id, record->event_update.text };
    return flame_vec_push(&r->updates, update) ? FLAME_OK : FLAME_NOMEM;
}

/* All ids are known now. */
static void apply_updates(struct reading *r)
{
    struct flame_perf_file *file = r->file;
    uint32_t event;
    flame_perf_events_order(file);
    for (size_t i = 0; file->events.count && i < r->updates.count; i++)
        if (flame_perf_event_of_id(file, r->updates.items[i].id, &event))
            file->events.items[event].name = r->updates.items[i].name;
    flame_vec_free(&r->updates);
}

static bool describes(uint32_t type)
{
    return type == FLAME_RECORD_ATTR || type == FLAME_RECORD_EVENT_TYPE ||
           type == FLAME_RECORD_FEATURE || type == FLAME_RECORD_EVENT_UPDATE;
}

static enum flame_status take_record(struct reading *r, const struct flame_perf_raw *raw,
                                     struct flame_error *error)
{
    struct flame_perf_user_record record;
    enum flame_status status = flame_perf_user_decode(r->file, raw, &record, error);
    if (status != FLAME_OK)
        return status;
    struct flame_perf_event_type type;
    switch (raw->type) {
    case FLAME_RECORD_ATTR:
        return take_attr(r, &record, raw->offset);
    case FLAME_RECORD_EVENT_TYPE:
        type = (struct flame_perf_event_type){ record.event_type.config, record.event_type.name };
        return flame_vec_push(&r->file->event_types, type) ? FLAME_OK : FLAME_NOMEM;
    case FLAME_RECORD_FEATURE:
        return take_feature(r, &record, raw, error);
    default:
        return take_update(r, &record);
    }
}

/* Take what raw tells of events and features; other records are not for here. */
static enum flame_status read_record(struct reading *r, const struct flame_perf_raw *raw)
{
    struct flame_error error = FLAME_ERROR_INIT;
    if (!describes(raw->type))
        return FLAME_OK;
    enum flame_status status = take_record(r, raw, &error);
    if (status == FLAME_OK || status == FLAME_NOMEM || status == FLAME_LIMIT)
        return status;
    r->file->bad_features++;
    flame_fail(&r->file->bad_feature, status, raw->path, raw->offset, "%s",
               error.text[0] ? error.text : "a record that describes the recording is broken");
    return FLAME_OK;
}

static bool ends_the_head(const struct flame_perf_file *file, uint32_t type)
{
    return type == FLAME_RECORD_SAMPLE && file->events.count > 0;
}

enum flame_status flame_perf_pipe_read(struct flame_perf_file *file, uint64_t header_size,
                                       struct flame_error *error)
{
    struct reading r = { .file = file, .error = error };
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    struct flame_perf_part part = { file->bytes, file->path, header_size, file->size - header_size,
                                    false };
    file->form = FLAME_PERF_FORM_PIPE;
    if (!flame_vec_push(&file->parts, part))
        return flame_fail(error, FLAME_NOMEM, file->path, FLAME_NO_OFFSET, "out of memory");
    flame_perf_stream_init(&stream, file);
    enum flame_status status;
    bool done = false;
    while (!done && (status = flame_perf_stream_next(&stream, &buffer, &block)) == FLAME_OK) {
        struct flame_perf_raw raw;
        size_t at = 0;
        while (!done && status == FLAME_OK &&
               flame_perf_block_next(&block, file->swap, &at, &raw)) {
            done = ends_the_head(file, raw.type);
            /* What is kept borrows from the file's bytes; perf compresses none of these. */
            if (!done && block.borrowed)
                status = read_record(&r, &raw);
        }
        done = done || status != FLAME_OK;
    }
    flame_perf_stream_deinit(&stream);
    flame_perf_buffer_free(&buffer);
    apply_updates(&r);
    if (status == FLAME_OK || status == FLAME_EMPTY)
        return FLAME_OK;
    return flame_fail(error, status, file->path, FLAME_NO_OFFSET, "out of memory");
}
