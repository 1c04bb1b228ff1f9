/* timeline.h: what each thread was called, and what was mapped where, at any moment.
 *
 * Records are applied in order (order.h), once; then any number of threads may look up. Follows
 * perf's machine.c and thread.c, except that EXIT removes nothing: samples that arrive after it
 * still belong to the thread. */
#ifndef FLAME_PROCESS_TIMELINE_H
#define FLAME_PROCESS_TIMELINE_H

#include "address_space.h"
#include "dso.h"
#include "order.h"

#include <flamedata/error.h>

#define FLAME_COMM_NONE UINT32_MAX

/* A thread's state from one moment on. comm is FLAME_COMM_NONE until it was named; process is an
 * index into processes. */
struct flame_thread_span {
    struct flame_moment from;
    uint32_t comm, process;
    int32_t pid;
};

struct flame_thread {
    int32_t tid;
    FLAME_VEC(struct flame_thread_span) spans;
};

/* Address-space versions of one process, or of the kernel, over time. */
struct flame_space_span {
    struct flame_moment from;
    uint32_t space;
};

struct flame_space_line {
    FLAME_VEC(struct flame_space_span) spans;
};

struct flame_timeline {
    bool timed;
    struct flame_dsos dsos;
    struct flame_intern comms;
    struct flame_spaces spaces;
    FLAME_VEC(struct flame_thread) threads;
    FLAME_VEC(struct flame_space_line) processes;
    struct flame_space_line kernel;
    uint32_t *slots; /* threads by tid */
    size_t slot_count;
};

/* timed as in flame_moment_of. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_timeline_init(struct flame_timeline *timeline, bool timed);
void flame_timeline_deinit(struct flame_timeline *timeline);

/* Whether records of this type have an effect. */
bool flame_timeline_wants(uint32_t type);

/* Take a record's effect; types without one are ignored. The record's strings are copied.
 * FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_timeline_apply(struct flame_timeline *timeline,
                                       const struct flame_record *record);

/* From that moment on the code of dso is what is in map (whose dso it becomes), in a process that
 * noted it itself. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_timeline_code_made(struct flame_timeline *timeline, int32_t pid,
                                           const struct flame_dso *dso, struct flame_map map,
                                           struct flame_moment when);

/* A thread at a moment. [from, until) is the span of time in which the answer stays the same,
 * exclusive at both ends where positions decide.
 *
 * comm   id in timeline->comms, or FLAME_COMM_NONE: show ":TID"
 * space  version in timeline->spaces of the process; kernel_space that of the kernel */
struct flame_thread_state {
    uint32_t comm, space, kernel_space;
    uint64_t from_ns, until_ns;
};

struct flame_thread_state flame_timeline_at(const struct flame_timeline *timeline, int32_t pid,
                                            int32_t tid, struct flame_moment when);

/* Used by the files of this folder. */
struct flame_thread *flame_thread_find(const struct flame_timeline *timeline, int32_t tid);
struct flame_thread_span *flame_thread_get(struct flame_timeline *timeline, int32_t pid,
                                           int32_t tid, struct flame_moment when);
enum flame_status flame_thread_named(struct flame_timeline *timeline,
                                     const struct flame_comm_record *comm,
                                     struct flame_moment when);
enum flame_status flame_thread_forked(struct flame_timeline *timeline,
                                      const struct flame_task_record *fork, bool copy_maps,
                                      struct flame_moment when);
uint32_t flame_space_now(const struct flame_space_line *line);
bool flame_space_became(struct flame_space_line *line, uint32_t space, struct flame_moment when);
enum flame_status flame_kernel_mapped(struct flame_timeline *timeline,
                                      const struct flame_map_record *map, struct flame_moment when);
enum flame_status flame_kernel_symbol(struct flame_timeline *timeline,
                                      const struct flame_ksymbol_record *symbol,
                                      struct flame_moment when);

#endif
