/* fuzz_perf_data.c: a perf.data of any form from its bytes: header, features, every record of the
 * stream, each decoded. */
#include "perf_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void decode(const struct flame_perf_file *file, const struct flame_perf_raw *raw)
{
    static struct flame_sample sample;
    struct flame_record record;
    struct flame_error error = FLAME_ERROR_INIT;
    uint32_t event;
    if (raw->type == FLAME_RECORD_SAMPLE)
        flame_perf_sample_decode(file, raw, &sample, &error);
    else
        flame_perf_record_decode(file, raw, &record, &error);
    flame_perf_event_of(file, raw, &event);
}

static void read_stream(const struct flame_perf_file *file, bool holders)
{
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    flame_perf_stream_init(&stream, file);
    stream.holders = holders;
    while (flame_perf_stream_next(&stream, &buffer, &block) == FLAME_OK) {
        struct flame_perf_raw raw;
        size_t at = 0;
        while (flame_perf_block_next(&block, file->swap, &at, &raw))
            decode(file, &raw);
    }
    flame_perf_stream_deinit(&stream);
    flame_perf_buffer_free(&buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct flame_perf_file file;
    struct flame_error error = FLAME_ERROR_INIT;
    if (flame_perf_open(&file, bytes, size, "fuzz.data", &error) != FLAME_OK)
        return 0;
    read_stream(&file, false);
    read_stream(&file, true);
    flame_perf_close(&file);
    return 0;
}
