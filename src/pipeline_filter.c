/* pipeline_filter.c: what the filters ask of a recording: whether its samples say what is asked
 * for, from when to when it goes, and what lies at the address of a sample.
 *
 * Filters decide before anything is counted, so that everything that follows knows nothing of
 * them. The address that dsos and symbols are about is the sample's own, as in perf script, not the
 * chain's first. */
#include "pipeline.h"

#include "hash.h"

#include <stdio.h>

enum { NAME_LIMIT = 1 << 16 };

static bool is_said(const struct flame_perf_file *file, enum flame_sample_bit bit)
{
    for (size_t i = 0; i < file->events.count; i++)
        if (file->events.items[i].attr.sample_type & bit)
            return true;
    return false;
}

static void widen(struct flame_span *span, const struct flame_perf_file *file,
                  const struct flame_perf_block *block)
{
    struct flame_perf_raw raw;
    size_t at = 0;
    while (flame_perf_block_next(block, file->swap, &at, &raw)) {
        struct flame_sample sample;
        if (raw.type != FLAME_RECORD_SAMPLE ||
            flame_perf_sample_decode(file, &raw, &sample, NULL) != FLAME_OK ||
            sample.where.time_ns >= FLAME_TIME_OFF_CPU)
            continue;
        if (sample.where.time_ns < span->first)
            span->first = sample.where.time_ns;
        if (sample.where.time_ns > span->last)
            span->last = sample.where.time_ns;
    }
}

/* The times of the first and the last sample: the header knows, or all are looked at. Times of
 * off-CPU samples are none: with them nearly every share would be empty. */
static enum flame_status find_span(const struct flame_perf_file *file, struct flame_span *span)
{
    const struct flame_perf_features *f = &file->features;
    *span = (struct flame_span){ f->first_sample_ns, f->last_sample_ns };
    if (span->last && span->first <= span->last && span->last < FLAME_TIME_OFF_CPU)
        return FLAME_OK;
    *span = (struct flame_span){ UINT64_MAX, 0 };
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    enum flame_status status;
    flame_perf_stream_init(&stream, file);
    while ((status = flame_perf_stream_next(&stream, &buffer, &block)) == FLAME_OK)
        widen(span, file, &block);
    flame_perf_stream_deinit(&stream);
    flame_perf_buffer_free(&buffer);
    if (span->first > span->last)
        *span = (struct flame_span){ 0, 0 };
    return status == FLAME_EMPTY ? FLAME_OK : status;
}

enum flame_status flame_pipeline_settle_filter(struct flame_filter *filter,
                                               const struct flame_perf_file *file,
                                               struct flame_error *error)
{
    bool by_time = filter->times.ranges.list.count || flame_filter_wants_span(filter);
    if (filter->cpus.list.count && !is_said(file, FLAME_SAMPLE_CPU))
        return flame_fail(error, FLAME_USAGE, file->path, FLAME_NO_OFFSET,
                          "its samples do not say their CPU; record with perf record "
                          "--sample-cpu");
    if (by_time && !is_said(file, FLAME_SAMPLE_TIME))
        return flame_fail(error, FLAME_USAGE, file->path, FLAME_NO_OFFSET,
                          "its samples do not say their time; record with perf record --timestamp");
    if (!flame_filter_wants_span(filter))
        return FLAME_OK;
    struct flame_span span;
    enum flame_status status = find_span(file, &span);
    if (status == FLAME_OK)
        status = flame_times_place(&filter->times, span.first, span.last);
    if (status != FLAME_OK)
        return flame_fail(error, status, file->path, FLAME_NO_OFFSET, "out of memory");
    return FLAME_OK;
}

bool flame_pipeline_takes_comm(const struct flame_session *s, uint32_t comm, int32_t tid)
{
    char text[16];
    if (!s->filter.comms)
        return true;
    if (comm != FLAME_COMM_NONE)
        return flame_filter_takes_comm(&s->filter, flame_intern_get(&s->timeline.comms, comm));
    snprintf(text, sizeof text, ":%d", tid);
    return flame_filter_takes_comm(&s->filter, flame_str_from(text));
}

/* perf's short name of a JIT's memory is not the file's. */
bool flame_pipeline_takes_dso(const struct flame_filter *filter, const struct flame_dso *dso)
{
    char jit[32];
    if (flame_filter_takes_dso(filter, dso->path, flame_str_basename(dso->path)) ||
        flame_filter_takes_dso(filter, dso->name, flame_str_basename(dso->name)))
        return true;
    snprintf(jit, sizeof jit, "[JIT] tid %d", dso->pid);
    return dso->kind == FLAME_DSO_JIT &&
           flame_filter_takes_dso(filter, flame_str_from(jit), flame_str_from(jit));
}

enum flame_status flame_pipeline_prepare_leaves(struct flame_session *s)
{
    size_t count = s->timeline.dsos.list.count;
    if (!s->filter.by_leaf)
        return FLAME_OK;
    flame_preload_finish(s);
    s->takes_dso = flame_arena_zalloc(&s->arena, count, sizeof *s->takes_dso);
    if (!s->takes_dso)
        return FLAME_NOMEM;
    for (size_t i = 0; i < count; i++)
        s->takes_dso[i] = flame_pipeline_takes_dso(&s->filter, &s->timeline.dsos.list.items[i]);
    return FLAME_OK;
}

/* The object at an address as flame_symbolize_place sees it, without loading one that has a map. */
static enum flame_status find_dso(const struct flame_session *s,
                                  const struct flame_symbol_query *query, uint32_t *dso)
{
    bool kernel = query->mode == FLAME_MODE_KERNEL;
    struct flame_symbol_place place;
    *dso = FLAME_DSO_NONE;
    if (!kernel && query->mode != FLAME_MODE_USER)
        return FLAME_OK;
    const struct flame_map *map = flame_space_find(
        &s->timeline.spaces, kernel ? query->kernel_space : query->space, query->pc);
    if (map || !kernel) {
        *dso = map ? map->dso : FLAME_DSO_NONE;
        return FLAME_OK;
    }
    enum flame_status status = flame_symbolize_place(s->symbolizer, query, &place);
    *dso = place.dso;
    return status;
}

/* Whether the filters take what lies at an address. */
static enum flame_status ask(const struct flame_session *s, const struct flame_symbol_query *query,
                             bool *taken)
{
    uint32_t dso;
    *taken = false;
    if (s->filter.dsos) {
        enum flame_status found = find_dso(s, query, &dso);
        if (found != FLAME_OK || dso == FLAME_DSO_NONE || !s->takes_dso[dso])
            return found;
    }
    *taken = true;
    if (!s->filter.symbols)
        return FLAME_OK;
    char *name = malloc(NAME_LIMIT);
    size_t length = 0;
    enum flame_status status =
        name ? flame_symbolize_text(s->symbolizer, query, name, NAME_LIMIT, &length) : FLAME_NOMEM;
    *taken = flame_filter_takes_symbol(&s->filter, (struct flame_str){ name, length });
    free(name);
    return status;
}

enum flame_status flame_pipeline_takes_leaf(const struct flame_session *s,
                                            struct flame_leaf_cache *cache,
                                            const struct flame_sample *sample, uint32_t space,
                                            uint32_t kernel_space, bool *taken)
{
    enum flame_cpumode mode = flame_cpumode(sample->misc);
    uint32_t where = mode == FLAME_MODE_KERNEL ? kernel_space : space;
    uint64_t hash = flame_hash_pair(sample->ip, (uint64_t)where << 8 | mode);
    struct flame_leaf *leaf = &cache->leaves[hash % FLAME_LEAF_SLOTS];
    enum flame_status status = FLAME_OK;
    if (!leaf->known || leaf->pc != sample->ip || leaf->space != where || leaf->mode != mode) {
        struct flame_symbol_query query = { sample->ip, mode, false, false, space, kernel_space };
        *leaf = (struct flame_leaf){ sample->ip, where, (uint8_t)mode, true, false };
        status = ask(s, &query, &leaf->taken);
    }
    *taken = leaf->taken;
    return status;
}
