/* jitdump_builder.c: records of a jitdump, byte by byte. */
#include "jitdump_builder.h"

#include <stdlib.h>
#include <string.h>

void jitdump_free(struct jitdump_builder *d)
{
    free(d->bytes);
    *d = (struct jitdump_builder){ .big_endian = d->big_endian };
}

void jitdump_bytes(struct jitdump_builder *d, const void *bytes, size_t size)
{
    if (size == 0)
        return;
    uint8_t *grown = realloc(d->bytes, d->size + size);
    if (!grown)
        abort();
    memcpy(grown + d->size, bytes, size);
    d->bytes = grown;
    d->size += size;
}

void jitdump_patch(struct jitdump_builder *d, size_t at, size_t width, uint64_t v)
{
    for (size_t i = 0; i < width; i++)
        d->bytes[at + (d->big_endian ? width - 1 - i : i)] = (uint8_t)(v >> 8 * i);
}

static void number(struct jitdump_builder *d, size_t width, uint64_t v)
{
    size_t at = d->size;
    jitdump_bytes(d, (const uint8_t[8]){ 0 }, width);
    jitdump_patch(d, at, width, v);
}

void jitdump_u32(struct jitdump_builder *d, uint32_t v)
{
    number(d, 4, v);
}

void jitdump_u64(struct jitdump_builder *d, uint64_t v)
{
    number(d, 8, v);
}

void jitdump_header(struct jitdump_builder *d, uint32_t machine, uint32_t pid, uint64_t flags)
{
    const uint32_t words[] = { 0x4a695444, 1, 40, machine, 0, pid };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        jitdump_u32(d, words[i]);
    jitdump_u64(d, 1);
    jitdump_u64(d, flags);
}

void jitdump_begin(struct jitdump_builder *d, uint32_t type, uint64_t time)
{
    d->record = d->size;
    jitdump_u32(d, type);
    jitdump_u32(d, 0);
    jitdump_u64(d, time);
}

void jitdump_end(struct jitdump_builder *d)
{
    jitdump_patch(d, d->record + 4, 4, d->size - d->record);
}

void jitdump_load(struct jitdump_builder *d, uint64_t time, uint32_t pid, uint64_t address,
                  uint64_t index, const char *name, const void *code, size_t size)
{
    jitdump_begin(d, 0, time);
    jitdump_u32(d, pid);
    jitdump_u32(d, pid + 1);
    jitdump_u64(d, address + 0x100); /* vma, which nothing reads */
    jitdump_u64(d, address);
    jitdump_u64(d, size);
    jitdump_u64(d, index);
    jitdump_bytes(d, name, strlen(name) + 1);
    jitdump_bytes(d, code, size);
    jitdump_end(d);
}

void jitdump_move(struct jitdump_builder *d, uint64_t time, uint32_t pid, uint64_t from,
                  uint64_t to, uint64_t size, uint64_t index)
{
    jitdump_begin(d, 1, time);
    jitdump_u32(d, pid);
    jitdump_u32(d, pid + 1);
    jitdump_u64(d, to + 0x100);
    jitdump_u64(d, from);
    jitdump_u64(d, to);
    jitdump_u64(d, size);
    jitdump_u64(d, index);
    jitdump_end(d);
}

void jitdump_lines(struct jitdump_builder *d, uint64_t time, uint64_t address,
                   const struct jitdump_line *lines, size_t count)
{
    jitdump_begin(d, 2, time);
    jitdump_u64(d, address);
    jitdump_u64(d, count);
    for (size_t i = 0; i < count; i++) {
        jitdump_u64(d, lines[i].address);
        jitdump_u32(d, lines[i].line);
        jitdump_u32(d, (uint32_t)i);
        jitdump_bytes(d, lines[i].file, strlen(lines[i].file) + 1);
    }
    jitdump_end(d);
}
