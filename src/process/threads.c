/* threads.c: threads by tid, their names and processes over time.
 *
 * A thread is known by its tid alone; the pid only tells whose maps it shares. Spans are appended
 * in order, so the last one is the present. Source: tools/perf/util/machine.c, thread.c. */
#include "hash.h"
#include "timeline.h"

#include <stdlib.h>

static size_t slot_of(const struct flame_timeline *t, int32_t tid)
{
    size_t at = flame_hash_pair((uint32_t)tid, 1) & (t->slot_count - 1);
    while (t->slots[at] && t->threads.items[t->slots[at] - 1].tid != tid)
        at = (at + 1) & (t->slot_count - 1);
    return at;
}

struct flame_thread *flame_thread_find(const struct flame_timeline *t, int32_t tid)
{
    if (t->slot_count == 0)
        return NULL;
    uint32_t id = t->slots[slot_of(t, tid)];
    return id ? &t->threads.items[id - 1] : NULL;
}

static bool grow(struct flame_timeline *t)
{
    size_t count = t->slot_count ? t->slot_count * 2 : 256;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    free(t->slots);
    t->slots = slots;
    t->slot_count = count;
    for (size_t i = 0; i < t->threads.count; i++)
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no thread was found, not no items */
        slots[slot_of(t, t->threads.items[i].tid)] = (uint32_t)i + 1;
    return true;
}

static struct flame_thread *thread_add(struct flame_timeline *t, int32_t tid)
{
    if (t->threads.count >= t->slot_count / 2 && !grow(t))
        return NULL;
    if (t->threads.count >= UINT32_MAX - 1 ||
        !flame_vec_push(&t->threads, (struct flame_thread){ .tid = tid }))
        return NULL;
    t->slots[slot_of(t, tid)] = (uint32_t)t->threads.count;
    return &t->threads.items[t->threads.count - 1];
}

static struct flame_thread_span *now(struct flame_thread *thread)
{
    return thread && thread->spans.count ? &thread->spans.items[thread->spans.count - 1] : NULL;
}

static struct flame_thread_span *span_add(struct flame_timeline *t, int32_t tid,
                                          struct flame_thread_span span)
{
    struct flame_thread *thread = flame_thread_find(t, tid);
    if (!thread)
        thread = thread_add(t, tid);
    if (!thread || !flame_vec_push(&thread->spans, span))
        return NULL;
    return now(thread);
}

static uint32_t process_add(struct flame_timeline *t)
{
    if (t->processes.count >= UINT32_MAX - 1 ||
        !flame_vec_push(&t->processes, (struct flame_space_line){ 0 }))
        return UINT32_MAX;
    return (uint32_t)t->processes.count - 1;
}

/* Begin a thread: a leader with maps of its own, or a member that shares its leader's. */
/* NOLINTNEXTLINE(misc-no-recursion): once: of a leader */
static struct flame_thread_span *thread_begin(struct flame_timeline *t, int32_t pid, int32_t tid,
                                              struct flame_moment when)
{
    struct flame_thread_span span = { when, FLAME_COMM_NONE, 0, pid };
    if (pid == tid || pid == -1) {
        span.process = process_add(t);
        if (span.process == UINT32_MAX)
            return NULL;
    } else {
        struct flame_thread_span *leader = flame_thread_get(t, pid, pid, when);
        if (!leader)
            return NULL;
        span.process = leader->process;
    }
    return span_add(t, tid, span);
}

/* NOLINTNEXTLINE(misc-no-recursion): see thread_begin */
struct flame_thread_span *flame_thread_get(struct flame_timeline *t, int32_t pid, int32_t tid,
                                           struct flame_moment when)
{
    struct flame_thread_span *span = now(flame_thread_find(t, tid));
    if (!span)
        return thread_begin(t, pid, tid, when);
    if (span->pid == -1 && pid == tid) {
        span->pid = pid; /* a leader keeps the maps that it has */
    } else if (span->pid == -1 && pid != -1) {
        /* First seen without its process: it now joins the leader's maps. */
        uint32_t comm = span->comm;
        span = thread_begin(t, pid, tid, when);
        if (span)
            span->comm = comm;
    }
    return span;
}

enum flame_status flame_thread_named(struct flame_timeline *t, const struct flame_comm_record *comm,
                                     struct flame_moment when)
{
    uint32_t name = flame_intern_add(&t->comms, comm->comm);
    struct flame_thread_span *span = flame_thread_get(t, comm->pid, comm->tid, when);
    if (name == FLAME_INTERN_NONE || !span)
        return FLAME_NOMEM;
    if (span->comm == name)
        return FLAME_OK;
    struct flame_thread_span named = *span;
    named.from = when;
    named.comm = name;
    return span_add(t, comm->tid, named) ? FLAME_OK : FLAME_NOMEM;
}

enum flame_status flame_thread_forked(struct flame_timeline *t,
                                      const struct flame_task_record *fork, bool copy_maps,
                                      struct flame_moment when)
{
    struct flame_thread_span *found = flame_thread_get(t, fork->ppid, fork->ptid, when);
    /* The tid was used again and the fork that said so was lost: begin the parent anew. */
    if (found && found->pid != fork->ppid)
        found = thread_begin(t, fork->ppid, fork->ptid, when);
    if (!found)
        return FLAME_NOMEM;
    struct flame_thread_span parent = *found;
    struct flame_thread_span *child = thread_begin(t, fork->pid, fork->tid, when);
    if (!child)
        return FLAME_NOMEM;
    child->comm = parent.comm;
    if (fork->pid == parent.pid || child->process == parent.process || !copy_maps)
        return FLAME_OK;
    uint32_t space = flame_space_now(&t->processes.items[parent.process]);
    return flame_space_became(&t->processes.items[child->process], space, when) ? FLAME_OK
                                                                                : FLAME_NOMEM;
}
