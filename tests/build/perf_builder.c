/* perf_builder.c: the container: header, attrs, ids, feature sections.
 *
 * Invariant: every number goes through put(), which alone knows the byte order. */
#include "perf_builder_bytes.h"

#include <stdio.h>
#include <stdlib.h>

enum { ATTR_KNOWN = 144, HEADER_SIZE = 104, EVENT_DESC = 12 };

void builder_require(bool holds, const char *message)
{
    if (holds)
        return;
    fprintf(stderr, "perf_builder: %s\n", message);
    abort();
}

static void append(struct builder_buffer *buffer, const void *bytes, size_t size)
{
    if (buffer->cap - buffer->size < size) {
        size_t cap = (buffer->cap + size) * 2;
        buffer->bytes = realloc(buffer->bytes, cap);
        builder_require(buffer->bytes, "out of memory");
        buffer->cap = cap;
    }
    if (size)
        memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
}

static void store(const struct perf_builder *b, uint8_t *out, size_t size, uint64_t v)
{
    for (size_t i = 0; i < size; i++)
        out[b->options.big_endian ? size - 1 - i : i] = (uint8_t)(v >> (8 * i));
}

static void put(struct perf_builder *b, size_t size, uint64_t v)
{
    uint8_t bytes[8];
    store(b, bytes, size, v);
    append(b->sink, bytes, size);
}

void builder_patch(struct perf_builder *b, struct builder_buffer *buffer, size_t at, size_t size,
                   uint64_t v)
{
    store(b, buffer->bytes + at, size, v);
}

void builder_u8(struct perf_builder *b, uint8_t v)
{
    put(b, 1, v);
}

void builder_u16(struct perf_builder *b, uint16_t v)
{
    put(b, 2, v);
}

void builder_u32(struct perf_builder *b, uint32_t v)
{
    put(b, 4, v);
}

void builder_u64(struct perf_builder *b, uint64_t v)
{
    put(b, 8, v);
}

void builder_bytes(struct perf_builder *b, const void *bytes, size_t size)
{
    append(b->sink, bytes, size);
}

void builder_text(struct perf_builder *b, const char *s, size_t multiple)
{
    builder_bytes(b, s, strlen(s) + 1);
    while ((b->sink->size - b->record) % multiple)
        builder_u8(b, 0);
}

void builder_string(struct perf_builder *b, const char *s)
{
    size_t size = (strlen(s) + 1 + 63) / 64 * 64;
    builder_u32(b, (uint32_t)size);
    builder_bytes(b, s, strlen(s));
    for (size_t i = strlen(s); i < size; i++)
        builder_u8(b, 0);
}

struct perf_builder *builder_new(struct builder_options options)
{
    struct perf_builder *b = calloc(1, sizeof *b);
    builder_require(b, "out of memory");
    b->options = options;
    if (!b->options.attr_size)
        b->options.attr_size = 128;
    if (!b->options.attr_claims)
        b->options.attr_claims = b->options.attr_size;
    if (b->options.attr_claims == BUILDER_ZERO)
        b->options.attr_claims = 0;
    if (!b->options.header_size)
        b->options.header_size = HEADER_SIZE;
    if (!b->options.map_word)
        b->options.map_word = 8;
    b->sink = &b->data;
    return b;
}

void builder_free(struct perf_builder *b)
{
    for (size_t i = 0; i < b->event_count; i++) {
        free(b->events[i].name);
        free(b->events[i].ids);
    }
    for (size_t i = 0; i < BUILDER_FEATURES; i++)
        free(b->features[i].bytes);
    free(b->data.bytes);
    free(b->plain.bytes);
    free(b->types.bytes);
    free(b->file.bytes);
    ZSTD_freeCCtx(b->zstd);
    free(b);
}

uint32_t builder_attr(struct perf_builder *b, const struct flame_event_attr *attr, const char *name,
                      size_t id_count, const uint64_t *ids)
{
    builder_require(b->event_count < BUILDER_EVENTS, "too many events");
    struct builder_event *event = &b->events[b->event_count];
    event->attr = *attr;
    event->name = name ? strdup(name) : NULL;
    event->ids = calloc(id_count + 1, sizeof *ids);
    builder_require(event->ids && (event->name || !name), "out of memory");
    if (id_count)
        memcpy(event->ids, ids, id_count * sizeof *ids);
    event->id_count = id_count;
    return (uint32_t)b->event_count++;
}

void builder_event_type(struct perf_builder *b, uint64_t config, const char *name)
{
    struct builder_buffer *before = b->sink;
    builder_require(strlen(name) < 64, "an event's name is too long");
    b->sink = &b->types;
    builder_u64(b, config);
    builder_bytes(b, name, strlen(name));
    while (b->sink->size % 72)
        builder_u8(b, 0);
    b->sink = before;
}

void builder_feature_begin(struct perf_builder *b, uint32_t bit)
{
    builder_require(b->sink == &b->data && bit < BUILDER_FEATURES, "not the place for a feature");
    b->has_feature[bit] = true;
    b->sink = &b->features[bit];
    b->sink->size = 0;
    b->record = 0;
}

void builder_feature_end(struct perf_builder *b)
{
    b->sink = &b->data;
}

void builder_feature_string(struct perf_builder *b, uint32_t bit, const char *s)
{
    builder_feature_begin(b, bit);
    builder_string(b, s);
    builder_feature_end(b);
}

size_t builder_data_size(const struct perf_builder *b)
{
    return b->data.size;
}

/* Big-endian compilers hand out bit-fields from the top; precise_ip (bits 15 and 16) keeps the
 * order of its two bits. */
static uint64_t writer_flags(const struct perf_builder *b, uint64_t flags)
{
    if (!b->options.big_endian)
        return flags;
    uint64_t out = 0;
    for (int bit = 0; bit < 64; bit++)
        if (flags >> bit & 1)
            out |= UINT64_C(1) << (bit == 15 ? 47 : bit == 16 ? 48 : 63 - bit);
    return out;
}

void builder_put_attr(struct perf_builder *b, const struct flame_event_attr *a)
{
    size_t start = b->sink->size;
    builder_u32(b, a->type);
    builder_u32(b, b->options.attr_claims);
    builder_u64(b, a->config);
    builder_u64(b, a->sample_period);
    builder_u64(b, a->sample_type);
    builder_u64(b, a->read_format);
    builder_u64(b, writer_flags(b, a->flags));
    builder_u32(b, a->wakeup);
    builder_u32(b, a->bp_type);
    builder_u64(b, a->config1);
    builder_u64(b, a->config2);
    builder_u64(b, a->branch_sample_type);
    builder_u64(b, a->sample_regs_user);
    builder_u32(b, a->sample_stack_user);
    builder_u32(b, (uint32_t)a->clockid);
    builder_u64(b, a->sample_regs_intr);
    builder_u32(b, a->aux_watermark);
    builder_u16(b, a->sample_max_stack);
    builder_u16(b, 0);
    builder_u32(b, a->aux_sample_size);
    builder_u32(b, a->aux_action);
    builder_u64(b, a->sig_data);
    builder_u64(b, a->config3);
    builder_u64(b, a->config4);
    builder_require(b->sink->size - start == ATTR_KNOWN, "an attr field is missing");
    while (b->sink->size - start < b->options.attr_size)
        builder_u8(b, 0xee);
    b->sink->size = start + b->options.attr_size;
}

static void put_event_desc(struct perf_builder *b)
{
    bool named = false;
    for (size_t i = 0; i < b->event_count; i++)
        named |= b->events[i].name != NULL;
    if (!named || b->has_feature[EVENT_DESC])
        return;
    builder_feature_begin(b, EVENT_DESC);
    builder_u32(b, (uint32_t)b->event_count);
    builder_u32(b, b->options.attr_size);
    for (size_t i = 0; i < b->event_count; i++) {
        const struct builder_event *event = &b->events[i];
        builder_put_attr(b, &event->attr);
        builder_u32(b, (uint32_t)event->id_count);
        builder_string(b, event->name ? event->name : "");
        for (size_t k = 0; k < event->id_count; k++)
            builder_u64(b, event->ids[k]);
    }
    builder_feature_end(b);
}

static void put_ids_and_attrs(struct perf_builder *b)
{
    for (size_t i = 0; i < b->event_count; i++) {
        b->events[i].ids_offset = b->file.size;
        for (size_t k = 0; k < b->events[i].id_count; k++)
            builder_u64(b, b->events[i].ids[k]);
    }
    uint64_t attrs = b->file.size;
    for (size_t i = 0; i < b->event_count; i++) {
        builder_put_attr(b, &b->events[i].attr);
        builder_u64(b, b->events[i].ids_offset);
        builder_u64(b, b->events[i].id_count * 8);
    }
    builder_patch(b, &b->file, 24, 8, attrs);
    builder_patch(b, &b->file, 32, 8, b->file.size - attrs);
}

static void put_feature_map(struct perf_builder *b)
{
    size_t word = b->options.map_word;
    for (size_t bit = 0; bit < BUILDER_FEATURES; bit++) {
        size_t byte = bit / 8;
        if (b->options.big_endian)
            byte = byte / word * word + (word - 1 - byte % word);
        if (b->has_feature[bit])
            b->file.bytes[72 + byte] |= (uint8_t)(1 << bit % 8);
    }
}

static void put_gap(struct perf_builder *b)
{
    for (uint32_t i = 0; i < b->options.gap; i++)
        builder_u8(b, 0xee);
}

static void put_features(struct perf_builder *b)
{
    size_t slot = b->file.size;
    for (size_t bit = 0; bit < BUILDER_FEATURES; bit++)
        if (b->has_feature[bit])
            builder_bytes(b, (uint8_t[16]){ 0 }, 16);
    put_gap(b);
    for (size_t bit = 0; bit < BUILDER_FEATURES; bit++) {
        if (!b->has_feature[bit])
            continue;
        builder_patch(b, &b->file, slot, 8, b->file.size);
        builder_patch(b, &b->file, slot + 8, 8, b->features[bit].size);
        builder_bytes(b, b->features[bit].bytes, b->features[bit].size);
        slot += 16;
    }
}

static void put_event_types(struct perf_builder *b)
{
    if (b->types.size == 0)
        return;
    builder_patch(b, &b->file, 56, 8, b->file.size);
    builder_patch(b, &b->file, 64, 8, b->types.size);
    builder_bytes(b, b->types.bytes, b->types.size);
}

/* As a number, the magic is the same in both orders. */
static void put_magic(struct perf_builder *b)
{
    if (b->options.form == BUILDER_V1)
        builder_bytes(b, "PERFFILE", 8);
    else
        builder_u64(b, UINT64_C(0x32454c4946524550));
}

static void put_sections(struct perf_builder *b)
{
    builder_require(b->options.header_size == 72 || b->options.header_size == HEADER_SIZE,
                    "no such header");
    builder_u64(b, b->options.header_size);
    builder_u64(b, b->options.attr_size + 16u);
    while (b->file.size < b->options.header_size)
        builder_u8(b, 0);
    put_gap(b);
    if (!b->options.attrs_last)
        put_ids_and_attrs(b);
    put_event_types(b);
    put_gap(b);
    builder_patch(b, &b->file, 40, 8, b->file.size);
    builder_patch(b, &b->file, 48, 8, b->options.killed ? 0 : b->data.size);
    builder_bytes(b, b->data.bytes, b->data.size);
    if (b->options.header_size == HEADER_SIZE && !b->options.killed) {
        put_feature_map(b);
        put_features(b);
    }
    put_gap(b);
    if (b->options.attrs_last)
        put_ids_and_attrs(b);
}

static void put_pipe(struct perf_builder *b)
{
    builder_u64(b, 16);
    builder_pipe_head(b);
    builder_bytes(b, b->data.bytes, b->data.size);
}

struct flame_bytes builder_finish(struct perf_builder *b)
{
    builder_require(b->sink == &b->data, "something is still being written");
    if (b->options.form == BUILDER_STREAM)
        return (struct flame_bytes){ b->data.bytes, b->data.size };
    put_event_desc(b);
    b->sink = &b->file;
    put_magic(b);
    if (b->options.form == BUILDER_PIPE)
        put_pipe(b);
    else
        put_sections(b);
    return (struct flame_bytes){ b->file.bytes, b->file.size };
}
