/* perf_builder_bytes.h: what the files of the builder share. */
#ifndef FLAME_TESTS_PERF_BUILDER_BYTES_H
#define FLAME_TESTS_PERF_BUILDER_BYTES_H

#include "perf_builder.h"

#include <zstd.h>

struct builder_buffer {
    uint8_t *bytes;
    size_t size, cap;
};

struct builder_event {
    struct flame_event_attr attr;
    char *name;
    uint64_t *ids;
    size_t id_count, ids_offset;
};

enum { BUILDER_EVENTS = 64, BUILDER_FEATURES = 256 };

/* sink is where primitives go: data, plain (to be compressed), a feature or the file. */
struct perf_builder {
    struct builder_options options;
    struct builder_event events[BUILDER_EVENTS];
    size_t event_count;
    struct builder_buffer data, plain, file, types, features[BUILDER_FEATURES];
    bool has_feature[BUILDER_FEATURES];
    struct builder_buffer *sink;
    size_t record; /* where the record being written starts in sink */
    uint32_t record_type;
    ZSTD_CCtx *zstd;
};

/* Abort with a message unless it holds. */
void builder_require(bool holds, const char *message);

/* The attr as the options want it: all fields, then cut or filled to attr_size. */
void builder_put_attr(struct perf_builder *b, const struct flame_event_attr *attr);

/* What a pipe begins with: attrs, features and names of events as records. */
void builder_pipe_head(struct perf_builder *b);

/* Store v at an earlier place of a buffer. */
void builder_patch(struct perf_builder *b, struct builder_buffer *buffer, size_t at, size_t size,
                   uint64_t v);

#endif
