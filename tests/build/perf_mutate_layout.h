/* perf_mutate_layout.h: where things stand in a perf.data, as far as a mutation needs to know. */
#ifndef FLAME_TESTS_PERF_MUTATE_LAYOUT_H
#define FLAME_TESTS_PERF_MUTATE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that are mutated. big: their order.
 *
 * records, records_end  the run of records; empty where the bytes show none
 * count                 how many there are; the last one ends at records_end or earlier
 * table, table_count    the entries of the feature table, 16 bytes each; 0 of a pipe */
struct perf_layout {
    uint8_t *bytes;
    size_t size, cap;
    bool known, pipe, big;
    size_t records, records_end, count;
    size_t table, table_count;
};

/* Where a record is: [at, at + size); next: where the next one is. */
struct perf_place {
    size_t at, size, next;
    uint32_t type;
};

void flame_layout_read(struct perf_layout *layout, uint8_t *bytes, size_t size, size_t cap);

uint64_t flame_layout_get(const struct perf_layout *layout, size_t at, unsigned width);
void flame_layout_put(struct perf_layout *layout, size_t at, unsigned width, uint64_t v);

/* Step to the record at *next (begin with layout->records). False behind the last one. */
bool flame_layout_next(const struct perf_layout *layout, size_t next, struct perf_place *place);

/* The nth record; there must be one. */
struct perf_place flame_layout_record(const struct perf_layout *layout, size_t nth);

/* Make room for size bytes at an offset among the records, or (drop) take them out: what the header
 * and its tables say of sizes and offsets stays right. False if there is no room. */
bool flame_layout_insert(struct perf_layout *layout, size_t at, size_t size);
void flame_layout_drop(struct perf_layout *layout, size_t at, size_t size);

/* Make a record that expands to too much, or change the bytes of a compressed one. False: no. */
bool flame_layout_explode(struct perf_layout *layout, uint64_t *state);
bool flame_layout_corrupt(struct perf_layout *layout, uint64_t *state);

#endif
