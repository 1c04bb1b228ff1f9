/* fuzz_perf_data.c: a perf.data of any form from its bytes: header, features, every record of the
 * stream, each decoded and dumped.
 *
 * Holds of any bytes: what is decoded lies inside of its record, and that inside of its block;
 * blocks and records come in the order of their positions; streams with and without holders give
 * the same records; no bytes are lost twice. */
#include "check.h"
#include "contents.h"
#include "dump.h"
#include "perf_mutator.h"
#include "simpleperf.h"
#include "spans.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t cap, unsigned seed);

/* What a walk has seen.
 *
 * end       of the last borrowed block, in its part
 * position  of the next byte of the uncompressed stream
 * digest    of all records: their positions, sizes and first bytes
 * plain     bytes of records that stand in the file as they are; expanded: of the others */
struct walk {
    const struct flame_perf_file *file;
    struct flame_output *out;
    struct flame_simpleperf simpleperf;
    const char *path;
    uint64_t end, position, digest, plain, expanded, records;
};

static void decode_sample(struct walk *w, const struct flame_perf_raw *raw)
{
    struct flame_sample sample;
    if (flame_perf_sample_decode(w->file, raw, &sample, NULL) != FLAME_OK)
        return;
    CHECK(sample.attr < w->file->events.count);
    flame_fuzz_sample_is_inside(raw, &sample);
    if (w->out)
        flame_dump_sample(w->out, w->file, &sample);
}

static void decode(struct walk *w, const struct flame_perf_raw *raw, bool borrowed)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_record record;
    struct flame_perf_user_record user;
    uint32_t event = UINT32_MAX;
    if (flame_perf_event_of(w->file, raw, &event))
        CHECK(event < w->file->events.count);
    if (raw->type == FLAME_RECORD_SAMPLE) {
        decode_sample(w, raw);
    } else if (flame_perf_record_decode(w->file, raw, &record, &error) == FLAME_OK) {
        flame_fuzz_record_is_inside(raw, &record);
        if (w->out)
            flame_dump_kernel(w->out, w->file, &record);
    } else if (error.status == FLAME_UNSUPPORTED) {
        error = (struct flame_error)FLAME_ERROR_INIT;
        if (flame_perf_user_decode(w->file, raw, &user, &error) == FLAME_OK && w->out)
            flame_dump_user(w->out, w->file, &user);
    }
    error = (struct flame_error)FLAME_ERROR_INIT;
    if (w->out && raw->type >= FLAME_RECORD_SIMPLEPERF)
        CHECK(flame_simpleperf_take(&w->simpleperf, w->file, raw, borrowed, &error) != FLAME_NOMEM);
}

/* What stands in the file as such is handed out only as the holder of others. */
static bool is_compressed(const struct flame_perf_raw *raw)
{
    return raw->type == FLAME_RECORD_COMPRESSED || raw->type == FLAME_RECORD_COMPRESSED2;
}

static void take_block(struct walk *w, const struct flame_perf_block *block)
{
    struct flame_perf_raw raw;
    size_t at = 0, sum = 0;
    bool holder = false;
    CHECK(block->size > 0 && block->position == w->position);
    if (block->borrowed) {
        CHECK(!block->compressed && block->bytes >= w->file->bytes);
        CHECK(block->bytes + block->size <= w->file->bytes + w->file->size);
        CHECK(block->bytes == w->file->bytes + block->offset);
        CHECK(block->offset >= w->end);
        w->end = block->offset + block->size;
    }
    while (flame_perf_block_next(block, w->file->swap, &at, &raw)) {
        CHECK(raw.size >= 8 && raw.bytes == block->bytes + sum);
        sum += raw.size;
        CHECK(sum == at && at <= block->size);
        holder = block->borrowed && is_compressed(&raw);
        if (holder)
            continue;
        w->digest = (w->digest ^ raw.position) * 0x9e3779b97f4a7c15 + raw.type;
        w->digest = (w->digest ^ raw.size) * 0x9e3779b97f4a7c15 + raw.bytes[raw.size - 1];
        w->records++;
        decode(w, &raw, block->borrowed);
    }
    CHECK(sum == block->size);
    if (holder)
        return;
    w->position += block->size;
    if (block->borrowed)
        w->plain += block->size;
    else
        w->expanded += block->size;
}

/* What the kept losses come to. */
static uint64_t sum_of(const struct flame_perf_losses *losses)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < losses->count && i < FLAME_PERF_LOSSES; i++)
        sum += losses->items[i].bytes;
    return sum;
}

static void take_nothing(void *user, struct flame_str bytes)
{
    (void)user;
    flame_fuzz_touch(bytes.ptr, bytes.len);
}

static struct walk read_stream(const struct flame_perf_file *file, bool holders)
{
    struct walk w = { .file = file };
    struct flame_arena arena;
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    enum flame_status status;
    flame_arena_init(&arena, SIZE_MAX);
    w.simpleperf.arena = &arena;
    w.out = holders ? flame_output_relay(take_nothing, NULL) : NULL;
    flame_perf_stream_init(&stream, file);
    stream.holders = holders;
    while ((status = flame_perf_stream_next(&stream, &buffer, &block)) == FLAME_OK)
        take_block(&w, &block);
    CHECK(status == FLAME_EMPTY);
    flame_perf_stream_deinit(&stream);
    CHECK(sum_of(&stream.losses) <= stream.losses.bytes);
    CHECK(w.plain <= file->size);
    CHECK(w.expanded <= stream.expanded);
    CHECK(w.plain + w.expanded + stream.losses.bytes <= file->size + stream.expanded);
    if (w.out) {
        struct flame_error error = FLAME_ERROR_INIT;
        flame_simpleperf_finish(&w.simpleperf, file, &error);
        flame_output_discard(w.out);
    }
    flame_simpleperf_deinit(&w.simpleperf);
    flame_arena_deinit(&arena);
    flame_perf_buffer_free(&buffer);
    return w;
}

static void check_tables(const struct flame_perf_file *file)
{
    CHECK(file->events.count > 0 && file->parts.count == 1);
    for (size_t i = 0; i < file->ids.count; i++) {
        CHECK(file->ids.items[i].event < file->events.count);
        CHECK(i == 0 || file->ids.items[i - 1].id <= file->ids.items[i].id);
    }
    for (size_t i = 1; i < file->event_types.count; i++)
        CHECK(file->event_types.items[i - 1].config <= file->event_types.items[i].config);
    for (size_t i = 0; i < file->events.count; i++) {
        CHECK(file->events.items[i].name.len <= 256);
        flame_fuzz_touch(file->events.items[i].name.ptr, file->events.items[i].name.len);
    }
    for (size_t i = 0; i < file->parts.count; i++) {
        const struct flame_perf_part *part = &file->parts.items[i];
        CHECK(part->offset <= file->size && part->size <= file->size - part->offset);
    }
    for (size_t i = 0; i < FLAME_PERF_FEATURE_LIMIT; i++) {
        const struct flame_perf_section *section = &file->features.sections[i];
        CHECK(section->present || section->size == 0);
    }
    const struct flame_perf_symbol_files *symbols = &file->features.symbol_files;
    for (size_t i = 0; i < symbols->count; i++) {
        flame_fuzz_touch(symbols->items[i].path.ptr, symbols->items[i].path.len);
        for (size_t k = 0; k < symbols->items[i].count; k++)
            flame_fuzz_touch(symbols->items[i].symbols[k].name.ptr,
                             symbols->items[i].symbols[k].name.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct flame_perf_file file;
    struct flame_contents contents;
    struct flame_error error = FLAME_ERROR_INIT;
    const struct flame_damage_report silent = { 0 };
    bool probed = flame_perf_probe(bytes, size);
    /* What a bomb costs in full is for other tests; here it would only take time. */
    const struct flame_limits limits = { .decompressed = 1 << 18 };
    if (flame_perf_open_within(&file, bytes, size, "fuzz.data", &limits, &error) != FLAME_OK) {
        CHECK(error.status != FLAME_OK && error.text[0] != '\0');
        return 0;
    }
    CHECK(probed);
    check_tables(&file);
    struct walk bare = read_stream(&file, false), held = read_stream(&file, true);
    CHECK(bare.records == held.records && bare.digest == held.digest);
    CHECK(bare.position == held.position);

    CHECK(flame_contents_read(&contents, &file, file.path, &silent, &error) == FLAME_OK);
    flame_contents_free(&contents);
    flame_perf_close(&file);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t cap, unsigned seed)
{
    return flame_fuzz_mutate_perf(bytes, size, cap, seed);
}
