/* perf_builder_pipe.c: the records by which a pipe says what a file says in its header. */
#include "perf_builder_bytes.h"

enum { KIND_NAME = 2, TERMINATOR = 32 };

static void put_attr_record(struct perf_builder *b, const struct builder_event *event)
{
    builder_begin(b, FLAME_RECORD_ATTR, 0);
    builder_put_attr(b, &event->attr);
    for (size_t i = 0; i < event->id_count; i++)
        builder_u64(b, event->ids[i]);
    builder_end(b);
}

static void put_feature_record(struct perf_builder *b, size_t bit,
                               const struct builder_buffer *payload)
{
    builder_begin(b, FLAME_RECORD_FEATURE, 0);
    builder_u64(b, bit);
    builder_bytes(b, payload->bytes, payload->size);
    builder_end(b);
}

/* One per row of the table. */
static void put_event_type_records(struct perf_builder *b)
{
    for (size_t at = 0; at < b->types.size; at += 72) {
        builder_begin(b, FLAME_RECORD_EVENT_TYPE, 0);
        builder_bytes(b, b->types.bytes + at, 8);
        builder_text(b, (const char *)b->types.bytes + at + 8, 8);
        builder_end(b);
    }
}

void builder_pipe_head(struct perf_builder *b)
{
    bool any = false;
    for (size_t i = 0; i < b->event_count; i++)
        put_attr_record(b, &b->events[i]);
    put_event_type_records(b);
    for (size_t bit = 0; bit < BUILDER_FEATURES; bit++) {
        if (!b->has_feature[bit])
            continue;
        put_feature_record(b, bit, &b->features[bit]);
        any = true;
    }
    /* perf ends the features with an empty one, whose bit is the number of those it knows. */
    if (any)
        put_feature_record(b, TERMINATOR, &(struct builder_buffer){ 0 });
}

void builder_rename(struct perf_builder *b, uint64_t id, const char *name)
{
    builder_begin(b, FLAME_RECORD_EVENT_UPDATE, 0);
    builder_u64(b, KIND_NAME);
    builder_u64(b, id);
    builder_text(b, name, 8);
    builder_end(b);
}
