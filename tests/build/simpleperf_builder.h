/* simpleperf_builder.h: the sections that simpleperf adds to a perf.data, for tests.
 *
 *     struct built_symbol symbols[] = { { 0x1010, 0x20, "_Z3foov" } };
 *     builder_feature_begin(b, 132);
 *     builder_symbol_file(b, &(struct built_symbol_file){ .path = "/lib/a.so", .kind = 2, ... });
 *     builder_feature_end(b);
 *
 * Protocol buffers that are to be broken are put together with proto_*. Source:
 * docs/formats/simpleperf.md. */
#ifndef FLAME_TESTS_SIMPLEPERF_BUILDER_H
#define FLAME_TESTS_SIMPLEPERF_BUILDER_H

#include "perf_builder.h"

/* A message being written. */
struct proto {
    uint8_t bytes[2048];
    size_t size;
};

void proto_varint(struct proto *p, uint64_t value);
void proto_number(struct proto *p, uint32_t field, uint64_t value);
void proto_bytes(struct proto *p, uint32_t field, const void *bytes, size_t size);
void proto_text(struct proto *p, uint32_t field, const char *text);

struct built_symbol {
    uint64_t vaddr;
    uint32_t size;
    const char *name;
};

/* kind: 0 kernel, 1 module, 2 ELF, 3 dex, 4 map. offset is written for kinds 1 and 2, unless it is
 * UINT64_MAX. */
struct built_symbol_file {
    const char *path;
    uint32_t kind;
    uint64_t min_vaddr, offset;
    const struct built_symbol *symbols;
    size_t count;
};

/* One entry of FILE2 (132), its size before it; the same for FILE (128). */
void builder_symbol_file(struct perf_builder *b, const struct built_symbol_file *file);
void builder_symbol_file_v1(struct perf_builder *b, const struct built_symbol_file *file);

/* An entry of FILE2 whose message is p, as it is. */
void builder_message(struct perf_builder *b, const struct proto *p);

/* META_INFO: key, value, ..., NULL. */
void builder_meta_info(struct perf_builder *b, ...) __attribute__((sentinel));

/* A record of simpleperf's in pieces of at most `piece` bytes each: SPLIT ... SPLIT_END. */
void builder_split(struct perf_builder *b, const void *record, size_t size, size_t piece);

#endif
