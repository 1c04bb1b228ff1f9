/* pipeline.c: a session: open, index, count, name, judge. The one place that knows every stage. */
#include "pipeline.h"

#include "pipeline_branches.h"
#include "pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

enum { THREADS_LIMIT = 256 };

/* Name, kernel and architecture of the recorded machine are this one's. */
static bool is_same_machine(const struct flame_perf_features *f)
{
    struct utsname here;
    return uname(&here) == 0 && f->hostname.len && f->osrelease.len &&
           flame_str_is(f->hostname, here.nodename) && flame_str_is(f->osrelease, here.release) &&
           flame_str_is(f->arch, here.machine);
}

/* The folder that holds path, "." if it names none. */
static char *folder_of(struct flame_arena *arena, const char *path)
{
    struct flame_str all = flame_str_from(path), base = flame_str_basename(all);
    size_t length = all.len - base.len;
    if (length == 0)
        return flame_arena_copy(arena, flame_str_from("."));
    return flame_arena_copy(arena, (struct flame_str){ path, length > 1 ? length - 1 : 1 });
}

static const char *default_buildid_dir(struct flame_arena *arena)
{
    const char *from_env = getenv("PERF_BUILDID_DIR"), *home = getenv("HOME");
    if (from_env && *from_env)
        return from_env;
    if (!home || !*home)
        return NULL;
    size_t cap = strlen(home) + sizeof "/.debug";
    char *path = flame_arena_alloc(arena, cap);
    if (path)
        snprintf(path, cap, "%s/.debug", home);
    return path;
}

static enum flame_status find_places(struct flame_session *s)
{
    const struct flame_perf_features *f = &s->recording.perf.features;
    const char *named = s->options.buildid_dir;
    /* "$UNSET" in a command is no wish to look into the root. */
    s->places.buildid_dir = named && *named ? named : default_buildid_dir(&s->arena);
    s->places.beside = folder_of(&s->arena, s->path);
    s->places.recorded_ns = flame_file_changed_ns(s->path);
    s->places.os_release = f->osrelease.len ? flame_arena_copy(&s->arena, f->osrelease) : NULL;
    s->places.same_machine = is_same_machine(f);
    return s->places.beside ? FLAME_OK : FLAME_NOMEM;
}

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
    return FLAME_OK;
}

static enum flame_status begin(struct flame_session *s, struct flame_error *error)
{
    enum flame_status status = flame_filter_init(&s->filter, &s->options.filter, error);
    if (status == FLAME_OK)
        status = flame_recording_open(&s->recording, s->path, error);
    if (status == FLAME_OK)
        status = flame_pipeline_settle_filter(&s->filter, &s->recording.perf, error);
    if (status == FLAME_OK && find_places(s) != FLAME_OK)
        status = flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    if (status == FLAME_OK)
        status = flame_pipeline_index(s, error);
    if (status == FLAME_OK && flame_pipeline_symbolizer(s) != FLAME_OK)
        status = flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    return status;
}

static enum flame_status finish(struct flame_session *s, struct flame_error *error)
{
    enum flame_status status = flame_pipeline_count(s, error);
    if (status == FLAME_OK)
        status = flame_pipeline_name(s, error);
    if (status != FLAME_OK)
        return status;
    s->stacks.unit = s->drawn.unit;
    s->stacks.event_name = s->drawn.name;
    s->stacks.total_weight = s->drawn.weight;
    s->stacks.total_samples = s->drawn.samples;
    return flame_pipeline_verdict(s, error);
}

struct flame_session *flame_session_begin(const char *path,
                                          const struct flame_session_options *options,
                                          enum flame_counted counted_as, struct flame_error *error)
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
    s->bad.first = (struct flame_error)FLAME_ERROR_INIT;
    flame_arena_init(&s->arena, SIZE_MAX);
    flame_intern_init(&s->names);
    flame_intern_init(&s->id_names);
    flame_jitdumps_init(s);
    if (begin(s, error) == FLAME_OK)
        return s;
    flame_recording_detach(error, path);
    flame_session_close(s);
    return NULL;
}

struct flame_session *flame_session_open(const char *path,
                                         const struct flame_session_options *options,
                                         struct flame_error *error)
{
    struct flame_session *s = flame_session_begin(path, options, FLAME_COUNT_STACKS, error);
    if (!s || finish(s, error) == FLAME_OK)
        return s;
    flame_recording_detach(error, path);
    flame_session_close(s);
    return NULL;
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
    flame_walk_ends_deinit(&s->ends);
    flame_symbolizer_free(s->symbolizer);
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
