/* simpleperf_builder.c: see simpleperf_builder.h. */
#include "simpleperf_builder.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void put(struct proto *p, const void *bytes, size_t size)
{
    if (size > sizeof p->bytes - p->size)
        abort();
    if (size)
        memcpy(p->bytes + p->size, bytes, size);
    p->size += size;
}

void proto_varint(struct proto *p, uint64_t value)
{
    uint8_t byte;
    do {
        byte = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        put(p, &byte, 1);
    } while (value >>= 7);
}

void proto_number(struct proto *p, uint32_t field, uint64_t value)
{
    proto_varint(p, (uint64_t)field << 3);
    proto_varint(p, value);
}

void proto_bytes(struct proto *p, uint32_t field, const void *bytes, size_t size)
{
    proto_varint(p, (uint64_t)field << 3 | 2);
    proto_varint(p, size);
    put(p, bytes, size);
}

void proto_text(struct proto *p, uint32_t field, const char *text)
{
    proto_bytes(p, field, text, strlen(text));
}

void builder_message(struct perf_builder *b, const struct proto *p)
{
    builder_u32(b, (uint32_t)p->size);
    builder_bytes(b, p->bytes, p->size);
}

void builder_symbol_file(struct perf_builder *b, const struct built_symbol_file *file)
{
    struct proto p = { .size = 0 };
    proto_text(&p, 1, file->path);
    proto_number(&p, 2, file->kind);
    proto_number(&p, 3, file->min_vaddr);
    for (size_t i = 0; i < file->count; i++) {
        struct proto symbol = { .size = 0 };
        proto_number(&symbol, 1, file->symbols[i].vaddr);
        proto_number(&symbol, 2, file->symbols[i].size);
        proto_text(&symbol, 3, file->symbols[i].name);
        proto_bytes(&p, 4, symbol.bytes, symbol.size);
    }
    struct proto more = { .size = 0 };
    if (file->kind == 3)
        proto_number(&more, 1, 0x100);
    else
        proto_number(&more, 1, file->offset);
    if (file->kind == 3 || ((file->kind == 1 || file->kind == 2) && file->offset != UINT64_MAX))
        proto_bytes(&p, file->kind == 3 ? 5 : file->kind == 2 ? 6 : 7, more.bytes, more.size);
    builder_message(b, &p);
}

void builder_symbol_file_v1(struct perf_builder *b, const struct built_symbol_file *file)
{
    bool has_offset = (file->kind == 1 || file->kind == 2) && file->offset != UINT64_MAX;
    size_t size = strlen(file->path) + 1 + 4 + 8 + 4 + (has_offset ? 8 : 0);
    for (size_t i = 0; i < file->count; i++)
        size += 12 + strlen(file->symbols[i].name) + 1;
    builder_u32(b, (uint32_t)size + (file->kind == 3 ? 12 : 0));
    builder_bytes(b, file->path, strlen(file->path) + 1);
    builder_u32(b, file->kind);
    builder_u64(b, file->min_vaddr);
    builder_u32(b, (uint32_t)file->count);
    for (size_t i = 0; i < file->count; i++) {
        builder_u64(b, file->symbols[i].vaddr);
        builder_u32(b, file->symbols[i].size);
        builder_bytes(b, file->symbols[i].name, strlen(file->symbols[i].name) + 1);
    }
    if (file->kind == 3) {
        builder_u32(b, 1);
        builder_u64(b, 0x100);
    }
    if (has_offset)
        builder_u64(b, file->offset);
}

void builder_meta_info(struct perf_builder *b, ...)
{
    va_list texts;
    va_start(texts, b);
    builder_feature_begin(b, 129);
    for (const char *text; (text = va_arg(texts, const char *));)
        builder_bytes(b, text, strlen(text) + 1);
    builder_feature_end(b);
    va_end(texts);
}

void builder_split(struct perf_builder *b, const void *record, size_t size, size_t piece)
{
    const uint8_t *at = record;
    for (size_t n; size; at += n, size -= n) {
        n = size < piece ? size : piece;
        builder_begin(b, 32772, 0);
        builder_bytes(b, at, n);
        builder_end(b);
    }
    builder_begin(b, 32773, 0);
    builder_end(b);
}
