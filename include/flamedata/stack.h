/* flamedata/stack.h: named stacks with weights, what every exporter and the tree consume. */
#ifndef FLAMEDATA_STACK_H
#define FLAMEDATA_STACK_H

#include <flamedata/error.h>
#include <flamedata/str.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(KIND, mark, name): where a frame's code lives. mark is the suffix of annotated folded output
 * (FlameGraph's _[k], _[j], _[i]); name is for legends. */
#define FLAME_FRAME_KINDS(X)                                                                       \
    X(PROCESS, "", "process") /* the thread's name, at the root */                                 \
    X(USER, "", "user")                                                                            \
    X(KERNEL, "_[k]", "kernel")                                                                    \
    X(JIT, "_[j]", "JIT")                                                                          \
    X(INLINED, "_[i]", "inlined")                                                                  \
    X(UNKNOWN, "", "unknown") /* no symbol: the name is the object's, in brackets */

enum flame_frame_kind {
#define X(kind, mark, name) FLAME_FRAME_##kind,
    FLAME_FRAME_KINDS(X)
#undef X
};

/* A frame as it is shown. Two frames of one flame_stacks never have the same name and kind.
 *
 * object  the last part of the path of the object (dso) that its code is in; of several one, always
 *         the same; empty: not known */
struct flame_frame {
    struct flame_str name;
    enum flame_frame_kind kind;
    struct flame_str object;
};

/* Frames ids[first .. first+depth), root first. weight is in the unit of the stacks; samples is how
 * many samples make it up. */
struct flame_stack {
    uint32_t first, depth;
    uint64_t weight, samples;
};

/* What a weight counts. */
enum flame_unit {
    FLAME_UNIT_SAMPLES,     /* nothing is known but that each sample weighs its period */
    FLAME_UNIT_NANOSECONDS, /* cpu-clock, task-clock */
    FLAME_UNIT_EVENTS,      /* occurrences of the event that event_name names */
};

/* How many samples, and the sum of their periods, in the event's unit. */
struct flame_hits {
    uint64_t samples, period;
};

/* frames      sorted by name, then kind; an id is an index into it, so ids order as names do
 * stacks      distinct, in any order; a session's are sorted by their ids. Where the order is one
 * of time (flamechart), a stack may be there several times before      before[stack_count]: what
 * the stacks weighed in a profile that this one is compared with; NULL: there is none Everything is
 * owned by whoever made the stacks (a session, a reader) and lives as long. */
struct flame_stacks {
    const struct flame_frame *frames;
    size_t frame_count;
    const uint32_t *ids;
    size_t id_count;
    const struct flame_stack *stacks;
    size_t stack_count;
    enum flame_unit unit;
    struct flame_str event_name;
    uint64_t total_weight, total_samples;
    const uint64_t *before;
};

#ifdef __cplusplus
}
#endif

#endif
