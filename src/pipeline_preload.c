/* pipeline_preload.c: load the kernel's symbols while the file is still being walked.
 *
 * Producing /proc/kallsyms takes the kernel longer than anything else that one thread does here,
 * the walk keeps one processor busy, and almost every recording needs it. What is loaded is used
 * only if the timeline ends up asking for the very same. */
#include "pipeline.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct flame_preload {
    pthread_t thread;
    atomic_bool done;
    struct flame_dsos dsos; /* holds the one dso, and its strings */
    struct flame_symbol_places places;
    struct flame_object object;
    enum flame_status status;
};

static void *load_kernel(void *user)
{
    struct flame_preload *p = user;
    struct flame_object_request request = flame_symbol_request(&p->dsos.list.items[0]);
    p->status = flame_object_load(&p->object, &request, &p->places);
    atomic_store(&p->done, true);
    return NULL;
}

/* A phone's kernel is not the one that runs here. */
static bool wants_kernel(const struct flame_session *s)
{
    if (flame_perf_is_simpleperf(&s->recording.perf))
        return false;
    for (size_t i = 0; i < s->recording.perf.events.count; i++)
        if (!flame_attr_has(&s->recording.perf.events.items[i].attr, FLAME_ATTR_exclude_kernel))
            return true;
    return false;
}

void flame_preload_start(struct flame_session *s, const struct flame_map_record *map)
{
    if (s->preload || s->threads < 2 || !wants_kernel(s))
        return;
    struct flame_preload *p = calloc(1, sizeof *p);
    if (!p)
        return;
    flame_dsos_init(&p->dsos);
    p->places = s->places;
    bool kernel = flame_dsos_of_kernel_map(&p->dsos, map) != FLAME_DSO_NONE &&
                  p->dsos.list.items[0].kind == FLAME_DSO_KERNEL;
    if (!kernel || pthread_create(&p->thread, NULL, load_kernel, p) != 0) {
        flame_dsos_deinit(&p->dsos);
        free(p);
        return;
    }
    s->preload = p;
}

/* Whether loading a gives what loading b would: they are equal, and pinned to the same place. */
static bool loads_alike(const struct flame_dso *a, const struct flame_dso *b)
{
    return flame_dso_equal(a, b) && a->reference_address == b->reference_address &&
           flame_str_equal(a->reference, b->reference);
}

/* The dso of the timeline that the preloaded object is for, or FLAME_DSO_NONE. */
static uint32_t wanted_for(const struct flame_session *s, const struct flame_preload *p)
{
    const struct flame_dsos *dsos = &s->timeline.dsos;
    struct flame_object_request request = flame_symbol_request(&p->dsos.list.items[0]);
    if (!s->symbolizer || flame_embedded_has(&s->embedded, &request))
        return FLAME_DSO_NONE;
    for (uint32_t i = 0; i < dsos->list.count; i++)
        if (loads_alike(&dsos->list.items[i], &p->dsos.list.items[0]))
            return i;
    return FLAME_DSO_NONE;
}

void flame_preload_expect(struct flame_session *s)
{
    if (!s->preload || atomic_load(&s->preload->done)) {
        flame_preload_finish(s);
        return;
    }
    uint32_t dso = wanted_for(s, s->preload);
    if (dso == FLAME_DSO_NONE || !flame_symbolizer_expect(s->symbolizer, dso))
        flame_preload_finish(s);
}

void flame_preload_finish(struct flame_session *s)
{
    struct flame_preload *p = s->preload;
    if (!p)
        return;
    s->preload = NULL;
    pthread_join(p->thread, NULL);
    uint32_t dso = wanted_for(s, p);
    bool taken = dso != FLAME_DSO_NONE && p->status == FLAME_OK &&
                 flame_symbolizer_adopt(s->symbolizer, dso, &p->object);
    if (dso != FLAME_DSO_NONE)
        flame_symbolizer_expect_no_more(s->symbolizer, dso);
    if (!taken && p->status == FLAME_OK)
        flame_object_deinit(&p->object);
    flame_dsos_deinit(&p->dsos);
    free(p);
}
