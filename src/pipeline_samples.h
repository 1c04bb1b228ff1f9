/* pipeline_samples.h: each sample by itself, from counting to what a session hands out. Private to
 * src/pipeline*.c. */
#ifndef FLAME_PIPELINE_SAMPLES_H
#define FLAME_PIPELINE_SAMPLES_H

#include "counts.h"
#include "intern.h"
#include "vec.h"

#include <flamedata/session.h>

/* A sample on its way. key stands for the raw stack that it was counted under; source is an id of
 * the keeping's sources; cpu UINT32_MAX: not recorded. */
struct flame_noted_sample {
    uint64_t time_ns, position, period, key;
    uint32_t source, cpu;
};

/* Who made samples, and of which group of events. */
struct flame_noted_source {
    uint32_t comm;
    int32_t pid, tid;
    uint32_t event;
};

/* Where a raw stack was named: the node of the worker's trie, and then of the trie of all. */
struct flame_noted_stack {
    uint64_t key;
    uint32_t node;
};

/* What one worker kept. */
struct flame_noted_part {
    FLAME_VEC(struct flame_noted_sample) rows;
    FLAME_VEC(struct flame_noted_stack) stacks;
};

/* parts    [threads]: each worker's own
 * sources  struct flame_noted_source as bytes
 * rows     of samples, which is complete when the session is */
struct flame_keeping {
    struct flame_noted_part *parts;
    struct flame_intern sources;
    struct flame_sample_row *rows;
    struct flame_samples samples;
};

/* Get ready to keep samples, if the session wants that: session->keeping is NULL else. FLAME_OK or
 * FLAME_NOMEM. */
enum flame_status flame_keeping_begin(struct flame_session *s);
void flame_keeping_free(struct flame_session *s);

/* A raw stack's key, of all that tells it from others: hashes alone may agree, where tags and
 * addresses differ in the same few bits. */
static inline uint64_t flame_noted_key(const struct flame_count *raw)
{
    return flame_hash_pair(flame_hash_pair(raw->hash.low, raw->hash.high),
                           (uint64_t)raw->tag << 32 | raw->size);
}

/* All raw stacks are named, the nodes are of the trie of all, and stack_of[node] is the index of
 * each stack: put it in the place of the samples' keys. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_keeping_place(struct flame_session *s, const uint32_t *stack_of);

/* Hand the samples out, once there is a verdict. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_keeping_finish(struct flame_session *s);

#endif
