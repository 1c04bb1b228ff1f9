/* pipeline.c: a session: open, index, count, name, judge. The one place that knows every stage. */
#include "pipeline.h"

#include "pipeline_branches.h"
#include "pool.h"

#include <stdlib.h>

enum { THREADS_LIMIT = 256 };

enum flame_status flame_pipeline_symbolizer(struct flame_session *s)
{
    struct flame_frame_detail detail = { .inlined = !s->options.no_inline,
                                         .lines = s->options.srcline };
    if (s->symbolizer)
        return FLAME_OK;
    s->symbolizer = flame_symbolizer_create(&s->timeline, &s->places);
    if (!s->symbolizer)
        return FLAME_NOMEM;
    flame_symbolizer_tell(s->symbolizer, detail);
    if (s->counted_as == FLAME_COUNT_TO_PACK)
        flame_symbolizer_note_words(s->symbolizer);
    return FLAME_OK;
}

static enum flame_status begin(struct flame_session *s, const struct flame_fetch *fetch,
                               struct flame_error *error)
{
    enum flame_status status = flame_filter_init(&s->filter, &s->options.filter, error);
    if (status == FLAME_OK)
        status = flame_recording_open(&s->recording, s->path, &s->options.limits, error);
    if (status == FLAME_OK)
        status = flame_pipeline_settle_filter(&s->filter, &s->recording.perf, error);
    if (status == FLAME_OK)
        status = flame_pipeline_places(s, error);
    if (status == FLAME_OK && flame_fetch_supply(fetch, s->places.depot) != FLAME_OK)
        status = flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    if (status == FLAME_OK)
        status = flame_pipeline_index(s, error);
    if (status == FLAME_OK &&
        (flame_pipeline_symbolizer(s) != FLAME_OK || flame_pipeline_machine(s) != FLAME_OK))
        status = flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    return status;
}

enum flame_status flame_session_finish(struct flame_session *s, struct flame_error *error)
{
    enum flame_status status = flame_pipeline_name(s, error);
    if (status != FLAME_OK)
        return status;
    s->stacks.unit = s->drawn.unit;
    s->stacks.event_name = s->drawn.name;
    s->stacks.total_weight = s->drawn.weight;
    s->stacks.total_samples = s->drawn.samples;
    status = flame_pipeline_verdict(s, error);
    if (status == FLAME_OK && flame_keeping_finish(s) != FLAME_OK)
        status = flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    return status;
}

struct flame_session *flame_session_begin(const char *path,
                                          const struct flame_session_options *options,
                                          enum flame_counted counted_as,
                                          const struct flame_fetch *fetch,
                                          struct flame_error *error)
{
    struct flame_session *s = calloc(1, sizeof *s);
    if (!s) {
        flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
        return NULL;
    }
    s->path = path;
    s->counted_as = counted_as;
    if (options)
        s->options = *options;
    s->threads = s->options.threads ? s->options.threads : flame_pool_size();
    if (s->threads > THREADS_LIMIT)
        s->threads = THREADS_LIMIT;
    flame_bounds_init(&s->bounds, &s->options.limits);
    s->bad.first = (struct flame_error)FLAME_ERROR_INIT;
    flame_arena_init(&s->arena, SIZE_MAX);
    flame_intern_init(&s->names);
    flame_intern_init(&s->id_names);
    flame_jitdumps_init(s);
    if (begin(s, fetch, error) == FLAME_OK)
        return s;
    flame_recording_detach(error, path);
    flame_session_close(s);
    return NULL;
}

struct flame_session *flame_session_open_with(const char *path,
                                              const struct flame_session_options *options,
                                              const struct flame_fetch *fetch,
                                              struct flame_error *error)
{
    struct flame_session *s = flame_session_begin(path, options, FLAME_COUNT_STACKS, fetch, error);
    if (!s ||
        (flame_pipeline_count(s, error) == FLAME_OK && flame_session_finish(s, error) == FLAME_OK))
        return s;
    flame_recording_detach(error, path);
    flame_session_close(s);
    return NULL;
}

struct flame_session *flame_session_open(const char *path,
                                         const struct flame_session_options *options,
                                         struct flame_error *error)
{
    struct flame_fetch *fetch;
    if (flame_fetch_begin(&fetch, path, options ? &options->symbols : NULL, error) != FLAME_OK)
        return NULL;
    struct flame_session *s = flame_session_open_with(path, options, fetch, error);
    while (s && flame_fetch_more(fetch, s)) {
        flame_session_close(s);
        s = flame_session_open_with(path, options, fetch, error);
    }
    flame_fetch_end(fetch);
    return s;
}

void flame_session_close(struct flame_session *s)
{
    if (!s)
        return;
    flame_preload_finish(s);
    for (size_t i = 0; s->raw && i < s->threads; i++)
        flame_counts_deinit(&s->raw[i]);
    free(s->raw);
    flame_branches_free(s);
    flame_keeping_free(s);
    flame_walk_ends_deinit(&s->ends);
    flame_object_sums_deinit(&s->objects);
    flame_vec_free(&s->used_files.list);
    flame_symbolizer_free(s->symbolizer);
    flame_pipeline_places_free(s);
    flame_timeline_deinit(&s->timeline);
    flame_recording_close(&s->recording);
    flame_intern_deinit(&s->tags);
    flame_intern_deinit(&s->id_names);
    flame_deferred_deinit(&s->deferred);
    flame_simpleperf_deinit(&s->simpleperf);
    flame_embedded_deinit(&s->embedded);
    flame_jitdumps_deinit(s);
    flame_vec_free(&s->ids_by_name);
    flame_intern_deinit(&s->names);
    flame_vec_free(&s->blocks);
    flame_vec_free(&s->pending);
    flame_vec_free(&s->groups);
    flame_filter_deinit(&s->filter);
    flame_arena_deinit(&s->arena);
    flame_bounds_deinit(&s->bounds);
    free(s);
}

const struct flame_stacks *flame_session_stacks(const struct flame_session *s)
{
    return &s->stacks;
}

const struct flame_verdict *flame_session_verdict(const struct flame_session *s)
{
    return &s->verdict;
}
