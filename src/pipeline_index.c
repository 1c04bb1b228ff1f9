/* pipeline_index.c: one walk over the file: where its blocks are, and the records that are not
 * samples, applied to the timeline in order. */
#include "pipeline.h"

#include "pipeline_early.h"

static bool is_known(uint32_t type)
{
    switch (type) {
#define X(number, name) case number:
        FLAME_RECORDS(X)
#undef X
        return true;
    default:
        return false;
    }
}

/* Keep the record's bytes beyond the block's life. */
static const uint8_t *keep(struct flame_session *s, const struct flame_perf_block *block,
                           const struct flame_perf_raw *raw)
{
    if (block->borrowed)
        return raw->bytes;
    uint8_t *copy = flame_arena_alloc(&s->arena, raw->size);
    return copy ? memcpy(copy, raw->bytes, raw->size) : NULL;
}

/* The kernel's entry may name its text symbol behind the brackets; the kernel is one. */
static struct flame_str id_name(struct flame_str filename)
{
    static const char kernel[] = "[kernel.kallsyms]";
    return flame_str_starts(filename, kernel) ? flame_str_from(kernel) : filename;
}

static enum flame_status note_build_id(struct flame_session *s,
                                       const struct flame_perf_build_id *known)
{
    uint32_t id = flame_intern_add(&s->id_names, id_name(known->filename));
    if (id == FLAME_INTERN_NONE)
        return FLAME_NOMEM;
    if (id == s->ids_by_name.count &&
        !flame_vec_push(&s->ids_by_name, (struct flame_listed_id){ .id = known->build_id }))
        return FLAME_NOMEM;
    return FLAME_OK;
}

static enum flame_status list_build_ids(struct flame_session *s)
{
    enum flame_status status = FLAME_OK;
    const struct flame_perf_features *f = &s->recording.perf.features;
    for (size_t i = 0; i < f->build_ids.count && status == FLAME_OK; i++)
        status = note_build_id(s, &f->build_ids.items[i]);
    return status;
}

/* In a pipe build-ids are records, which come late; they hold for the whole recording. */
static enum flame_status index_build_id(struct flame_session *s, const struct flame_perf_raw *raw)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_perf_build_id known;
    struct flame_cursor c = flame_cursor_make(raw->bytes, raw->size, raw->offset,
                                              s->recording.perf.swap, raw->path, &error);
    if (flame_perf_build_id_decode(&c, false, &known))
        return note_build_id(s, &known);
    flame_bad_note(&s->bad, raw->position, &error);
    return FLAME_OK;
}

/* The id that the header's table has for a map whose record has none; NULL: none. */
static struct flame_listed_id *listed_id(struct flame_session *s,
                                         const struct flame_map_record *map)
{
    uint32_t id = map->build_id.size ? FLAME_INTERN_NONE
                                     : flame_intern_find(&s->id_names, id_name(map->filename));
    return id == FLAME_INTERN_NONE ? NULL : &s->ids_by_name.items[id];
}

static void add_build_id(struct flame_session *s, struct flame_map_record *map)
{
    const struct flame_listed_id *listed = listed_id(s, map);
    if (listed && !listed->disputed)
        map->build_id = listed->id;
}

/* perf lists an id by the path alone, as it found it in the end. Where several files were mapped
 * from that path, it may be any one's. */
static void compare_files(struct flame_session *s, const struct flame_map_record *map)
{
    const struct flame_inode mapped = { map->major, map->minor, map->inode };
    struct flame_listed_id *listed = listed_id(s, map);
    if (!listed || listed->disputed || !mapped.number)
        return;
    if (!listed->file.number)
        listed->file = mapped;
    listed->disputed = !flame_inode_same(&listed->file, &mapped);
    if (listed->disputed)
        flame_early_give_up(s);
}

static enum flame_status index_deferred(struct flame_session *s,
                                        const struct flame_perf_block *block,
                                        const struct flame_record *record, const char *path)
{
    struct flame_error error = FLAME_ERROR_INIT;
    enum flame_status status =
        flame_deferred_add(&s->deferred, record, path, block->borrowed, s->timeline.timed, &error);
    if (status != FLAME_LIMIT)
        return status;
    flame_bad_note(&s->bad, record->position, &error);
    return FLAME_OK;
}

static enum flame_status index_simpleperf(struct flame_session *s,
                                          const struct flame_perf_block *block,
                                          const struct flame_perf_raw *raw)
{
    struct flame_error error = FLAME_ERROR_INIT;
    s->verdict.unknown_records += !is_known(raw->type);
    enum flame_status status =
        flame_simpleperf_take(&s->simpleperf, &s->recording.perf, raw, block->borrowed, &error);
    if (status == FLAME_OK || status == FLAME_NOMEM)
        return status;
    flame_bad_note(&s->bad, raw->position, &error);
    return FLAME_OK;
}

/* What simpleperf told of symbols and ids, once all of it is known. */
static enum flame_status settle_simpleperf(struct flame_session *s)
{
    struct flame_error error = FLAME_ERROR_INIT;
    enum flame_status status = flame_simpleperf_finish(&s->simpleperf, &s->recording.perf, &error);
    if (status != FLAME_OK && status != FLAME_NOMEM) {
        flame_bad_note(&s->bad, UINT64_MAX, &error);
        status = FLAME_OK;
    }
    s->embedded.kallsyms = s->simpleperf.kallsyms;
    if (status == FLAME_OK)
        status = flame_embedded_add(&s->embedded, &s->recording.perf.features.symbol_files);
    if (status == FLAME_OK)
        status = flame_embedded_add(&s->embedded, &s->simpleperf.files);
    s->places.embedded = &s->embedded;
    return status;
}

static enum flame_status index_record(struct flame_session *s, const struct flame_perf_block *block,
                                      const struct flame_perf_raw *raw)
{
    if (raw->type == FLAME_RECORD_SAMPLE)
        return FLAME_OK;
    if (raw->type >= FLAME_RECORD_SIMPLEPERF)
        return index_simpleperf(s, block, raw);
    if (raw->type == FLAME_RECORD_BUILD_ID) {
        flame_early_give_up(s);
        return index_build_id(s, raw);
    }
    bool lost = raw->type == FLAME_RECORD_LOST || raw->type == FLAME_RECORD_LOST_SAMPLES;
    bool deferred = raw->type == FLAME_RECORD_CALLCHAIN_DEFERRED;
    if (!lost && !deferred && !flame_timeline_wants(raw->type)) {
        s->verdict.unknown_records += !is_known(raw->type);
        return FLAME_OK;
    }
    struct flame_record record;
    struct flame_error error = FLAME_ERROR_INIT;
    if (flame_perf_record_decode(&s->recording.perf, raw, &record, &error) != FLAME_OK) {
        flame_bad_note(&s->bad, raw->position, &error);
        return FLAME_OK;
    }
    if (lost) {
        if (raw->type == FLAME_RECORD_LOST)
            s->lost_records += record.lost.lost;
        else
            s->lost_samples += record.lost.lost;
        return FLAME_OK;
    }
    if (deferred) {
        flame_early_give_up(s);
        return index_deferred(s, block, &record, raw->path);
    }
    if (raw->type == FLAME_RECORD_MMAP || raw->type == FLAME_RECORD_MMAP2) {
        compare_files(s, &record.map);
        add_build_id(s, &record.map);
        if (flame_cpumode(raw->misc) == FLAME_MODE_KERNEL)
            flame_preload_start(s, &record.map);
        else if (flame_jitdump_mapped(s, &record.map, record.position) != FLAME_OK)
            return FLAME_NOMEM;
    }
    /* A compressed file expands a thousandfold; what must be kept of it is bounded. */
    uint64_t most = flame_bound(&s->bounds, FLAME_LIMIT_NAMES);
    if (!block->borrowed && (s->kept_bytes += raw->size) > most) {
        flame_fail_limit(&error, FLAME_LIMIT_NAMES, most, raw->path, raw->offset, "",
                         "of maps and names in compressed records");
        flame_bad_note(&s->bad, raw->position, &error);
        return FLAME_OK;
    }
    struct flame_pending pending = {
        .when = flame_moment_of(&record.where, record.position, s->timeline.timed),
        .bytes = keep(s, block, raw),
        .path = raw->path,
        .offset = raw->offset,
    };
    if (!pending.bytes || !flame_vec_push(&s->pending, pending))
        return FLAME_NOMEM;
    return flame_early_record(s, &pending);
}

static enum flame_status index_block(struct flame_session *s, const struct flame_perf_block *block)
{
    struct flame_perf_raw raw;
    size_t at = 0;
    while (flame_perf_block_next(block, s->recording.perf.swap, &at, &raw)) {
        enum flame_status status = index_record(s, block, &raw);
        if (status != FLAME_OK)
            return status;
    }
    if (!block->borrowed)
        s->streamed = true;
    return flame_vec_push(&s->blocks, *block) ? FLAME_OK : FLAME_NOMEM;
}

static enum flame_status walk(struct flame_session *s)
{
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    enum flame_status status;
    flame_perf_stream_init(&stream, &s->recording.perf);
    while ((status = flame_perf_stream_next(&stream, &buffer, &block)) == FLAME_OK) {
        status = index_block(s, &block);
        if (status == FLAME_OK)
            status = flame_early_block(s, &block, &buffer);
        if (status != FLAME_OK)
            break;
    }
    s->losses = s->recording.perf.losses;
    flame_perf_losses_add(&s->losses, &stream.losses);
    flame_perf_stream_deinit(&stream);
    flame_perf_buffer_free(&buffer);
    return status == FLAME_EMPTY ? FLAME_OK : status;
}

enum flame_status flame_pipeline_apply(struct flame_session *s, const struct flame_pending *pending)
{
    struct flame_perf_block one = { .bytes = pending->bytes,
                                    .size = UINT16_MAX,
                                    .offset = pending->offset,
                                    .position = pending->when.position };
    struct flame_perf_raw raw;
    struct flame_record record;
    size_t at = 0;
    if (!flame_perf_block_next(&one, s->recording.perf.swap, &at, &raw) ||
        flame_perf_record_decode(&s->recording.perf, &raw, &record, NULL) != FLAME_OK)
        return FLAME_OK;
    if (raw.type == FLAME_RECORD_MMAP || raw.type == FLAME_RECORD_MMAP2)
        add_build_id(s, &record.map);
    return flame_timeline_apply(&s->timeline, &record);
}

static enum flame_status apply(struct flame_session *s)
{
    enum flame_status status = flame_jitdump_order(s);
    flame_order(s->pending.items, s->pending.count);
    for (size_t i = 0; i < s->pending.count && status == FLAME_OK; i++) {
        status = flame_jitdump_apply(s, &s->pending.items[i].when);
        if (status == FLAME_OK)
            status = flame_pipeline_apply(s, &s->pending.items[i]);
    }
    return status == FLAME_OK ? flame_jitdump_apply(s, NULL) : status;
}

/* perf takes records in time order only if both samples and the others carry times. */
static bool is_timed(const struct flame_perf_file *file)
{
    const struct flame_event_attr *first = &file->events.items[0].attr;
    return (first->sample_type & FLAME_SAMPLE_TIME) &&
           flame_attr_has(first, FLAME_ATTR_sample_id_all);
}

enum flame_status flame_pipeline_timeline(struct flame_session *s)
{
    return flame_timeline_init(&s->timeline, is_timed(&s->recording.perf));
}

enum flame_status flame_pipeline_index(struct flame_session *s, struct flame_error *error)
{
    bool counting = s->counted_as != FLAME_COUNT_NOTHING;
    flame_deferred_init(&s->deferred, &s->options.limits);
    flame_embedded_init(&s->embedded, s->recording.perf.path);
    s->simpleperf.arena = &s->arena;
    enum flame_status status = flame_pipeline_timeline(s);
    if (status == FLAME_OK)
        status = list_build_ids(s);
    if (status == FLAME_OK)
        status = counting && flame_early_fits(s) ? flame_early_run(s, walk) : walk(s);
    if (status == FLAME_OK)
        status = settle_simpleperf(s);
    if (status == FLAME_OK && !s->counted)
        status = apply(s);
    flame_vec_free(&s->pending);
    flame_deferred_sort(&s->deferred);
    if (status != FLAME_OK)
        flame_fail(error, status, s->path, FLAME_NO_OFFSET, "out of memory");
    return status;
}
