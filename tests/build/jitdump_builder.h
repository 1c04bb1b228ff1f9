/* jitdump_builder.h: build a jitdump in memory, for tests.
 *
 *     struct jitdump_builder d = { .big_endian = true };
 *     jitdump_header(&d, 62, 5, 0);
 *     jitdump_load(&d, 100, 5, 0x1000, 7, "f", "\x90\xc3", 2);
 *     ... d.bytes, d.size ...
 *     jitdump_free(&d);
 *
 * Shares no code with the reader, and writes what it is told, right or wrong. Source:
 * docs/formats/jitdump.md. */
#ifndef FLAME_TESTS_JITDUMP_BUILDER_H
#define FLAME_TESTS_JITDUMP_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* record: where the last record begins. */
struct jitdump_builder {
    bool big_endian;
    uint8_t *bytes;
    size_t size, record;
};

void jitdump_free(struct jitdump_builder *d);

/* Primitives: append, in the file's byte order. */
void jitdump_u32(struct jitdump_builder *d, uint32_t v);
void jitdump_u64(struct jitdump_builder *d, uint64_t v);
void jitdump_bytes(struct jitdump_builder *d, const void *bytes, size_t size);
/* Write over what is there. */
void jitdump_patch(struct jitdump_builder *d, size_t at, size_t width, uint64_t v);

/* The file's header, of 40 bytes and version 1. */
void jitdump_header(struct jitdump_builder *d, uint32_t machine, uint32_t pid, uint64_t flags);

/* A record around primitives. */
void jitdump_begin(struct jitdump_builder *d, uint32_t type, uint64_t time);
void jitdump_end(struct jitdump_builder *d);

/* Whole records. Of several lines each has the address, number and file name; count of them. */
void jitdump_load(struct jitdump_builder *d, uint64_t time, uint32_t pid, uint64_t address,
                  uint64_t index, const char *name, const void *code, size_t size);
void jitdump_move(struct jitdump_builder *d, uint64_t time, uint32_t pid, uint64_t from,
                  uint64_t to, uint64_t size, uint64_t index);

struct jitdump_line {
    uint64_t address;
    uint32_t line;
    const char *file;
};

void jitdump_lines(struct jitdump_builder *d, uint64_t time, uint64_t address,
                   const struct jitdump_line *lines, size_t count);

#endif
