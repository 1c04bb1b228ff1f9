/* pipe.c: a recording that went through a pipe: attrs, names and features are records of their own.
 *
 * They come before what needs them, so reading ends at the first sample. One that is broken costs
 * itself alone. Source: tools/perf/util/header.c, perf_event__process_attr() and the others;
 * docs/formats/perf_data.md, "pipe mode". */
#include "pipe.h"

#include "events.h"

enum { UPDATE_NAME = 2 };

struct reading {
    struct flame_perf_file *file;
    struct flame_error *error; /* what ends the reading */
};

/* attr[its own size], then ids to the record's end. */
static enum flame_status read_attr(struct reading *r, struct flame_cursor *c)
{
    struct flame_perf_file *file = r->file;
    struct flame_perf_event event = { 0 };
    struct flame_cursor peek = *c;
    flame_cursor_u32(&peek, "attr.type");
    uint32_t size = flame_cursor_u32(&peek, "attr.size");
    if (!flame_perf_attr_decode(c, size ? size : 64, file->big_endian, &event.attr))
        return FLAME_CORRUPT;
    if (!flame_perf_events_have_room(file, flame_cursor_offset(c), r->error))
        return FLAME_LIMIT;
    uint64_t ids = flame_cursor_left(c) / 8;
    if (!flame_vec_push(&file->events, event))
        return FLAME_NOMEM;
    return flame_perf_events_identify(file, flame_cursor_take(c, ids * 8, "attr.ids"), ids,
                                      (uint32_t)file->events.count - 1);
}

static enum flame_status read_event_type(struct reading *r, struct flame_cursor *c)
{
    struct flame_perf_event_type type = { .config = flame_cursor_u64(c, "event_type.id") };
    type.name = flame_cursor_text(c, flame_cursor_left(c), "event_type.name");
    if (c->failed)
        return FLAME_CORRUPT;
    return flame_vec_push(&r->file->event_types, type) ? FLAME_OK : FLAME_NOMEM;
}

/* A record without a payload ends the list; its id is the number of features the writer knows. */
static enum flame_status read_feature(struct reading *r, struct flame_cursor *c)
{
    uint64_t bit = flame_cursor_u64(c, "feature.id");
    if (c->failed || bit >= FLAME_PERF_FEATURE_LIMIT)
        return FLAME_CORRUPT;
    if (flame_cursor_left(c) == 0)
        return FLAME_OK;
    return flame_perf_feature_parse(&r->file->features, (uint32_t)bit, *c, &r->file->arena);
}

static enum flame_status read_update(struct reading *r, struct flame_cursor *c)
{
    uint64_t kind = flame_cursor_u64(c, "event_update.type");
    uint64_t id = flame_cursor_u64(c, "event_update.id");
    if (c->failed)
        return FLAME_CORRUPT;
    struct flame_perf_file *file = r->file;
    for (size_t i = 0; kind == UPDATE_NAME && i < file->ids.count; i++)
        if (file->ids.items[i].id == id)
            file->events.items[file->ids.items[i].event].name =
                flame_cursor_text(c, flame_cursor_left(c), "event_update.name");
    return FLAME_OK;
}

/* Take what raw tells of events and features; other records are not for here. */
static enum flame_status read_record(struct reading *r, const struct flame_perf_raw *raw)
{
    struct flame_perf_file *file = r->file;
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_cursor c = flame_cursor_make(raw->bytes + 8, raw->size - 8u, raw->offset + 8,
                                              file->swap, file->path, &error);
    enum flame_status status = FLAME_OK;
    switch (raw->type) {
    case FLAME_RECORD_ATTR:
        status = read_attr(r, &c);
        break;
    case FLAME_RECORD_EVENT_TYPE:
        status = read_event_type(r, &c);
        break;
    case FLAME_RECORD_FEATURE:
        status = read_feature(r, &c);
        break;
    case FLAME_RECORD_EVENT_UPDATE:
        status = read_update(r, &c);
        break;
    default:
        break;
    }
    if (status == FLAME_NOMEM || status == FLAME_LIMIT)
        return status;
    if (status != FLAME_OK) {
        file->bad_features++;
        flame_fail(&file->bad_feature, status, file->path, raw->offset, "%s",
                   error.text[0] ? error.text : "a record that describes the recording is broken");
    }
    return FLAME_OK;
}

static bool ends_the_head(const struct flame_perf_file *file, uint32_t type)
{
    return type == FLAME_RECORD_SAMPLE && file->events.count > 0;
}

enum flame_status flame_perf_pipe_read(struct flame_perf_file *file, uint64_t header_size,
                                       struct flame_error *error)
{
    struct reading r = { file, error };
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    struct flame_perf_part part = { file->bytes, file->path, header_size,
                                    file->size - header_size };
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
    if (status == FLAME_OK || status == FLAME_EMPTY)
        return FLAME_OK;
    return flame_fail(error, status, file->path, FLAME_NO_OFFSET, "out of memory");
}
