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
    struct builder_buffer data, plain, file, features[BUILDER_FEATURES];
    bool has_feature[BUILDER_FEATURES];
    struct builder_buffer *sink;
    size_t record; /* where the record being written starts in sink */
    ZSTD_CCtx *zstd;
};

/* Abort with a message unless it holds. */
void builder_require(bool holds, const char *message);

/* Store v at an earlier place of a buffer. */
void builder_patch(struct perf_builder *b, struct builder_buffer *buffer, size_t at, size_t size,
                   uint64_t v);

#endif
