/* timeline.c: apply records in order; look up by thread and moment. */
#include "timeline.h"

#include <stdlib.h>

enum flame_status flame_timeline_init(struct flame_timeline *t, bool timed)
{
    *t = (struct flame_timeline){ .timed = timed };
    flame_dsos_init(&t->dsos);
    flame_intern_init(&t->comms);
    uint32_t swapper = flame_intern_add(&t->comms, flame_str_from("swapper"));
    if (swapper == FLAME_INTERN_NONE || !flame_spaces_init(&t->spaces))
        return FLAME_NOMEM;
    struct flame_thread_span *idle = flame_thread_get(t, 0, 0, (struct flame_moment){ 0, 0 });
    if (!idle)
        return FLAME_NOMEM;
    idle->comm = swapper;
    return FLAME_OK;
}

void flame_timeline_deinit(struct flame_timeline *t)
{
    for (size_t i = 0; i < t->threads.count; i++)
        flame_vec_free(&t->threads.items[i].spans);
    for (size_t i = 0; i < t->processes.count; i++)
        flame_vec_free(&t->processes.items[i].spans);
    flame_vec_free(&t->threads);
    flame_vec_free(&t->processes);
    flame_vec_free(&t->kernel.spans);
    flame_spaces_deinit(&t->spaces);
    flame_intern_deinit(&t->comms);
    flame_dsos_deinit(&t->dsos);
    free(t->slots);
    t->slots = NULL;
}

uint32_t flame_space_now(const struct flame_space_line *line)
{
    return line->spans.count ? line->spans.items[line->spans.count - 1].space : FLAME_SPACE_EMPTY;
}

bool flame_space_became(struct flame_space_line *line, uint32_t space, struct flame_moment when)
{
    return flame_vec_push(&line->spans, (struct flame_space_span){ when, space });
}

static enum flame_status user_mapped(struct flame_timeline *t, const struct flame_map_record *map,
                                     struct flame_moment when)
{
    struct flame_thread_span *span = flame_thread_get(t, map->pid, map->tid, when);
    if (!span)
        return FLAME_NOMEM;
    int32_t pid = span->pid != -1 ? span->pid : map->pid;
    struct flame_space_line *line = &t->processes.items[span->process];
    struct flame_map m = { .start = map->start, .pgoff = map->pgoff };
    m.end = map->start + map->len >= map->start ? map->start + map->len : UINT64_MAX;
    m.dso = flame_dsos_of_map(&t->dsos, map, pid);
    if (m.dso == FLAME_DSO_NONE)
        return FLAME_NOMEM;
    uint32_t space = flame_space_now(line);
    space = flame_map_is_code_memory(map->filename)
                ? flame_space_insert_beneath(&t->spaces, space, m)
                : flame_space_insert(&t->spaces, space, m);
    if (space == FLAME_SPACE_NONE || !flame_space_became(line, space, when))
        return FLAME_NOMEM;
    return FLAME_OK;
}

enum flame_status flame_timeline_code_made(struct flame_timeline *t, int32_t pid,
                                           const struct flame_dso *dso, struct flame_map map,
                                           struct flame_moment when)
{
    struct flame_thread_span *span = flame_thread_get(t, pid, pid, when);
    if (!span)
        return FLAME_NOMEM;
    struct flame_space_line *line = &t->processes.items[span->process];
    map.dso = flame_dsos_add(&t->dsos, dso);
    if (map.dso == FLAME_DSO_NONE)
        return FLAME_NOMEM;
    uint32_t space = flame_space_insert_on_top(&t->spaces, flame_space_now(line), map);
    if (space == FLAME_SPACE_NONE || !flame_space_became(line, space, when))
        return FLAME_NOMEM;
    return FLAME_OK;
}

bool flame_timeline_wants(uint32_t type)
{
    return type == FLAME_RECORD_MMAP || type == FLAME_RECORD_MMAP2 || type == FLAME_RECORD_COMM ||
           type == FLAME_RECORD_FORK || type == FLAME_RECORD_KSYMBOL;
}

/* What has a case here is what flame_timeline_wants. */
enum flame_status flame_timeline_apply(struct flame_timeline *t, const struct flame_record *r)
{
    struct flame_moment when = flame_moment_of(&r->where, r->position, t->timed);
    enum flame_cpumode mode = flame_cpumode(r->misc);
    switch (r->type) {
    case FLAME_RECORD_MMAP:
    case FLAME_RECORD_MMAP2:
        if (mode == FLAME_MODE_KERNEL)
            return flame_kernel_mapped(t, &r->map, when);
        if (mode == FLAME_MODE_GUEST_KERNEL || mode == FLAME_MODE_GUEST_USER)
            return FLAME_OK; /* another machine's memory */
        return user_mapped(t, &r->map, when);
    case FLAME_RECORD_COMM:
        return flame_thread_named(t, &r->comm, when);
    case FLAME_RECORD_FORK:
        return flame_thread_forked(t, &r->task, !(r->misc & FLAME_MISC_FORK_EXEC), when);
    case FLAME_RECORD_KSYMBOL:
        return flame_kernel_symbol(t, &r->ksymbol, when);
    default:
        return FLAME_OK;
    }
}

/* Index of the last span that begins at or before when; -1 when all begin later. Works on any array
 * of structs that begin with their moment. */
static ptrdiff_t last_span(const void *spans, size_t count, size_t size, struct flame_moment when)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct flame_moment *from =
            (const struct flame_moment *)((const char *)spans + middle * size);
        if (flame_moment_before(when, *from))
            high = middle;
        else
            low = middle + 1;
    }
    return (ptrdiff_t)low - 1;
}

static void narrow(struct flame_thread_state *state, struct flame_moment from, bool begins,
                   struct flame_moment until, bool ends)
{
    if (begins && from.time_ns > state->from_ns)
        state->from_ns = from.time_ns;
    if (ends && until.time_ns < state->until_ns)
        state->until_ns = until.time_ns;
}

static uint32_t space_at(const struct flame_space_line *line, struct flame_moment when,
                         struct flame_thread_state *state)
{
    const struct flame_space_span *spans = line->spans.items;
    ptrdiff_t i = last_span(spans, line->spans.count, sizeof *spans, when);
    bool ends = (size_t)(i + 1) < line->spans.count, begins = i >= 0;
    struct flame_moment none = { 0, 0 };
    narrow(state, begins ? spans[i].from : none, begins, ends ? spans[i + 1].from : none, ends);
    return begins ? spans[i].space : FLAME_SPACE_EMPTY;
}

/* The thread's span at a moment, or NULL before its first. */
static const struct flame_thread_span *span_at(const struct flame_timeline *t, int32_t tid,
                                               struct flame_moment when,
                                               struct flame_thread_state *state)
{
    const struct flame_thread *thread = flame_thread_find(t, tid);
    if (!thread || thread->spans.count == 0)
        return NULL;
    const struct flame_thread_span *spans = thread->spans.items;
    ptrdiff_t i = last_span(spans, thread->spans.count, sizeof *spans, when);
    bool ends = (size_t)(i + 1) < thread->spans.count, begins = i >= 0;
    struct flame_moment none = { 0, 0 };
    narrow(state, begins ? spans[i].from : none, begins, ends ? spans[i + 1].from : none, ends);
    return begins ? &spans[i] : NULL;
}

struct flame_thread_state flame_timeline_at(const struct flame_timeline *t, int32_t pid,
                                            int32_t tid, struct flame_moment when)
{
    struct flame_thread_state state = {
        .comm = FLAME_COMM_NONE, .space = FLAME_SPACE_EMPTY, .from_ns = 0, .until_ns = UINT64_MAX
    };
    const struct flame_thread_span *span = span_at(t, tid, when, &state);
    if (span)
        state.comm = span->comm;
    else if (pid != tid && pid != -1)
        span = span_at(t, pid, when, &state); /* a thread not yet seen shares its leader's maps */
    if (span)
        state.space = space_at(&t->processes.items[span->process], when, &state);
    state.kernel_space = space_at(&t->kernel, when, &state);
    return state;
}
