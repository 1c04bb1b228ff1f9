/* perf_mutate_layout.c: find header, tables and records, and keep them right when bytes are added.
 *
 * Believes nothing that does not lie inside of the bytes, and gives up ("known" is false) where the
 * header does not: a mutant may be mutated again. Source: docs/formats/perf_data.md. */
#include "perf_mutate_layout.h"

#include <string.h>

enum {
    HEADER = 104,
    ATTR_SIZE = 16,
    ATTRS = 24,
    DATA = 40,
    EVENT_TYPES = 56,
    FEATURES = 72,
    TRACING_DATA = 66,
    AUXTRACE = 71,
    SIMPLEPERF = 32768,
};

uint64_t flame_layout_get(const struct perf_layout *l, size_t at, unsigned width)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < width; i++)
        v |= (uint64_t)l->bytes[at + (l->big ? width - 1 - i : i)] << (8 * i);
    return v;
}

void flame_layout_put(struct perf_layout *l, size_t at, unsigned width, uint64_t v)
{
    for (unsigned i = 0; i < width; i++)
        l->bytes[at + (l->big ? width - 1 - i : i)] = (uint8_t)(v >> (8 * i));
}

bool flame_layout_next(const struct perf_layout *l, size_t next, struct perf_place *place)
{
    if (next >= l->records_end || l->records_end - next < 8)
        return false;
    *place = (struct perf_place){ .at = next, .type = (uint32_t)flame_layout_get(l, next, 4) };
    place->size = (size_t)(place->type >= SIMPLEPERF ? flame_layout_get(l, next + 4, 4)
                                                     : flame_layout_get(l, next + 6, 2));
    size_t rest = l->records_end - next;
    if (place->size < 8 || place->size > rest)
        return false;
    uint64_t outside = 0;
    if (place->type == AUXTRACE && place->size >= 16)
        outside = flame_layout_get(l, next + 8, 8);
    else if (place->type == TRACING_DATA && place->size >= 12)
        outside = flame_layout_get(l, next + 8, 4);
    if (outside > rest - place->size)
        return false;
    place->next = next + place->size + (size_t)outside;
    return true;
}

struct perf_place flame_layout_record(const struct perf_layout *l, size_t nth)
{
    struct perf_place place = { .next = l->records };
    for (size_t i = 0; i <= nth && flame_layout_next(l, place.next, &place); i++)
        ;
    return place;
}

static void count_records(struct perf_layout *l)
{
    struct perf_place place = { .next = l->records };
    l->count = 0;
    while (flame_layout_next(l, place.next, &place))
        l->count++;
}

static void read_file_header(struct perf_layout *l)
{
    uint64_t at = flame_layout_get(l, DATA, 8), size = flame_layout_get(l, DATA + 8, 8);
    if (at < FEATURES || at > l->size)
        return;
    bool all = size != 0 && size <= l->size - at;
    l->records = (size_t)at;
    l->records_end = all ? (size_t)(at + size) : l->size;
    l->known = true;
    if (!all || flame_layout_get(l, 8, 8) != HEADER)
        return;
    size_t bits = 0;
    for (size_t i = FEATURES; i < HEADER; i++)
        bits += (size_t)__builtin_popcount(l->bytes[i]);
    if (bits <= (l->size - l->records_end) / 16) {
        l->table = l->records_end;
        l->table_count = bits;
    }
}

void flame_layout_read(struct perf_layout *l, uint8_t *bytes, size_t size, size_t cap)
{
    *l = (struct perf_layout){ .bytes = bytes, .size = size, .cap = cap };
    if (size < 16)
        return;
    bool v1 = memcmp(bytes, "PERFFILE", 8) == 0;
    if (memcmp(bytes, "2ELIFREP", 8) == 0)
        l->big = true;
    else if (memcmp(bytes, "PERFILE2", 8) != 0 && !v1)
        return;
    if (flame_layout_get(l, 8, 8) == 16) {
        *l = (struct perf_layout){ .bytes = bytes,
                                   .size = size,
                                   .cap = cap,
                                   .known = true,
                                   .pipe = true,
                                   .big = l->big,
                                   .records = 16,
                                   .records_end = size };
    } else if (size >= HEADER) {
        if (v1)
            l->big = flame_layout_get(l, ATTR_SIZE, 8) > 1 << 16;
        read_file_header(l);
    }
    if (l->known)
        count_records(l);
}

/* An offset in the header or a table that lies behind the change moves with it. */
static void move_offset(struct perf_layout *l, size_t place, size_t at, size_t more, size_t less)
{
    uint64_t offset = flame_layout_get(l, place, 8);
    if (offset >= at + less && offset <= l->size)
        flame_layout_put(l, place, 8, offset + more - less);
}

/* Called before the bytes move, while the tables stand where the header says. */
static void move_offsets(struct perf_layout *l, size_t at, size_t more, size_t less)
{
    if (l->pipe)
        return;
    for (size_t i = 0; i < l->table_count; i++)
        move_offset(l, l->table + 16 * i, at, more, less);
    uint64_t stride = flame_layout_get(l, ATTR_SIZE, 8), attrs = flame_layout_get(l, ATTRS, 8),
             size = flame_layout_get(l, ATTRS + 8, 8);
    if (stride >= 16 && attrs <= l->size && size <= l->size - attrs) {
        for (uint64_t i = stride; i <= size; i += stride)
            move_offset(l, (size_t)(attrs + i - 16), at, more, less);
    }
    move_offset(l, ATTRS, at, more, less);
    move_offset(l, EVENT_TYPES, at, more, less);
    uint64_t data = flame_layout_get(l, DATA + 8, 8);
    if (data)
        flame_layout_put(l, DATA + 8, 8, data + more - less);
}

bool flame_layout_insert(struct perf_layout *l, size_t at, size_t size)
{
    if (size > l->cap - l->size)
        return false;
    move_offsets(l, at, size, 0);
    memmove(l->bytes + at + size, l->bytes + at, l->size - at);
    l->size += size;
    l->records_end += size;
    return true;
}

void flame_layout_drop(struct perf_layout *l, size_t at, size_t size)
{
    move_offsets(l, at, 0, size);
    memmove(l->bytes + at, l->bytes + at + size, l->size - at - size);
    l->size -= size;
    l->records_end -= size;
}
