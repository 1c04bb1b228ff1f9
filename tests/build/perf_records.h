/* perf_records.h: read a built file back, whole, for tests of what is in it. */
#ifndef FLAME_TESTS_PERF_RECORDS_H
#define FLAME_TESTS_PERF_RECORDS_H

#include "perf_builder.h"
#include "perf_data.h"

/* Every record that the stream gave, in order, copied so that all live until perf_records_free.
 * damage is the first of the stream's losses. */
struct perf_records {
    struct flame_perf_file file;
    struct flame_perf_raw *items;
    size_t count, cap;
    struct flame_error damage;
    struct flame_perf_losses losses;
    uint64_t lost_bytes, headers;
    FLAME_VEC(uint8_t *) copies;
};

/* Open bytes, which must be a file that the reader accepts, and walk its records. The test fails
 * otherwise. */
struct perf_records perf_records_read(struct flame_bytes bytes);

/* The same within limits. */
struct perf_records perf_records_read_within(struct flame_bytes bytes,
                                             const struct flame_limits *limits);

/* As above, with more as data.0 beside it. */
struct perf_records perf_records_read_two(struct flame_bytes bytes, struct flame_bytes more);
void perf_records_free(struct perf_records *records);

/* A builder with one event whose samples hold an ip alone. */
struct perf_builder *perf_records_one_event(int big_endian);

/* Free records and the builder whose bytes they borrow. */
void perf_records_discard(struct perf_builder *builder, struct perf_records *records);

/* Decode record i, which must be one that can be. */
struct flame_record perf_records_record(const struct perf_records *records, size_t i);
struct flame_sample perf_records_sample(const struct perf_records *records, size_t i);

#endif
