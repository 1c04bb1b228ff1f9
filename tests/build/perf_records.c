/* perf_records.c: the reader's three loops, once for all tests. */
#include "perf_records.h"

#include "check.h"

#include <stdlib.h>

static void keep(struct perf_records *records, struct flame_perf_block block)
{
    uint8_t *copy = malloc(block.size + 1);
    assert_non_null(copy);
    assert_true(flame_vec_push(&records->copies, copy));
    memcpy(copy, block.bytes, block.size);
    block.bytes = copy;

    size_t at = 0;
    struct flame_perf_raw raw;
    while (flame_perf_block_next(&block, records->file.swap, &at, &raw))
        assert_true(flame_vec_push(records, raw));
    assert_int_equal(at, block.size);
}

static struct perf_records read_all(struct flame_bytes bytes, struct flame_bytes more,
                                    const struct flame_limits *limits)
{
    struct perf_records records = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    enum flame_status status = flame_perf_open_within(&records.file, bytes.ptr, (size_t)bytes.size,
                                                      "built", limits, &error);
    if (status != FLAME_OK)
        fail_msg("not opened: %s", error.text);

    if (more.size)
        assert_int_equal(flame_perf_add_part(&records.file, more.ptr, (size_t)more.size, "more"),
                         FLAME_OK);
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    flame_perf_stream_init(&stream, &records.file);
    while ((status = flame_perf_stream_next(&stream, &buffer, &block)) == FLAME_OK)
        keep(&records, block);
    assert_int_equal(status, FLAME_EMPTY);
    records.damage = stream.losses.items[0].error;
    records.losses = stream.losses;
    records.lost_bytes = stream.losses.bytes;
    records.headers = stream.search.headers;
    flame_perf_buffer_free(&buffer);
    flame_perf_stream_deinit(&stream);
    return records;
}

struct perf_records perf_records_read(struct flame_bytes bytes)
{
    return read_all(bytes, (struct flame_bytes){ 0 }, NULL);
}

struct perf_records perf_records_read_within(struct flame_bytes bytes,
                                             const struct flame_limits *limits)
{
    return read_all(bytes, (struct flame_bytes){ 0 }, limits);
}

struct perf_records perf_records_read_two(struct flame_bytes bytes, struct flame_bytes more)
{
    return read_all(bytes, more, NULL);
}

void perf_records_free(struct perf_records *records)
{
    for (size_t i = 0; i < records->copies.count; i++)
        free(records->copies.items[i]);
    flame_vec_free(&records->copies);
    flame_vec_free(records);
    flame_perf_close(&records->file);
}

struct perf_builder *perf_records_one_event(int big_endian)
{
    static const struct flame_event_attr attr = { .sample_type = FLAME_SAMPLE_IP };
    struct perf_builder *b = builder_new((struct builder_options){ .big_endian = big_endian });
    builder_attr(b, &attr, NULL, 0, NULL);
    return b;
}

void perf_records_discard(struct perf_builder *builder, struct perf_records *records)
{
    perf_records_free(records);
    builder_free(builder);
}

struct flame_record perf_records_record(const struct perf_records *records, size_t i)
{
    struct flame_record record;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_true(i < records->count);
    if (flame_perf_record_decode(&records->file, &records->items[i], &record, &error) != FLAME_OK)
        fail_msg("record %zu: %s", i, error.text);
    return record;
}

struct flame_sample perf_records_sample(const struct perf_records *records, size_t i)
{
    struct flame_sample sample;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_true(i < records->count);
    if (flame_perf_sample_decode(&records->file, &records->items[i], &sample, &error) != FLAME_OK)
        fail_msg("sample %zu: %s", i, error.text);
    return sample;
}
