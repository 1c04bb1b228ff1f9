/* pipeline.h: what the stages of a session hand to each other. Private to src/pipeline*.c.
 *
 *     index   walk the file once: blocks, side-band records             (pipeline_index.c)
 *             and the kernel's symbols meanwhile                        (pipeline_preload.c)
 *     count   every sample to a key; distinct keys with weights         (pipeline_count.c)
 *             whose words are its stack, before anything is named       (pipeline_chain.c)
 *     name    distinct addresses to frames, raw stacks to tries of them (pipeline_name.c)
 *     stacks  frames to names, tries to the stacks handed out           (pipeline_stacks.c)
 *     verdict what the result rests on                                  (pipeline_verdict.c) */
#ifndef FLAME_PIPELINE_H
#define FLAME_PIPELINE_H

#include "callchain.h"
#include "counts.h"
#include "intern.h"
#include "recording.h"
#include "symbolize.h"
#include "timeline.h"
#include "trie.h"

#include <flamedata/session.h>

/* What the words of a raw stack are: a callchain; or, from FLAME_CHAIN_LEAF on, one instruction
 * pointer, and what is above is its cpumode. */
enum { FLAME_CHAIN_FRAMES, FLAME_CHAIN_LEAF };

/* A stack as it was recorded, in the file's byte order. borrowed: the words stand in the file. */
struct flame_chain {
    const void *words;
    uint32_t size, kind;
    bool borrowed;
};

/* Room for stacks whose words stand nowhere in the file. */
struct flame_chain_room {
    uint64_t words[1 << 15];
    size_t used;
};

/* The stack of a sample. in_file: the sample's bytes live as long as the file. What has to be put
 * together is put into room; false when it is full: empty it and ask again. */
bool flame_chain_of(const struct flame_session *s, const struct flame_sample *sample, bool in_file,
                    struct flame_chain_room *room, struct flame_chain *out);

enum { FLAME_CHAIN_LIMIT = 65536 / 8 }; /* a record holds fewer words */

/* The program counters of a stack, innermost first, at most FLAME_CHAIN_LIMIT; returns how many. */
size_t flame_chain_pcs(const struct flame_session *s, const struct flame_chain *chain,
                       struct flame_pc *out);

/* The circumstances that tell one raw stack from another of the same addresses. Members are zero
 * where the options make no difference of them.
 *
 * event  index into session->groups
 * kind   of the stack's words */
struct flame_tag {
    uint32_t event, comm;
    int32_t pid, tid;
    uint32_t space, kernel_space;
    uint32_t kind;
};

/* Events of the same name count as one. first is the moment of the earliest sample. */
struct flame_event_group {
    struct flame_str name;
    uint64_t samples, weight;
    struct flame_moment first;
};

struct flame_session {
    const char *path;
    struct flame_session_options options;
    size_t threads;
    struct flame_arena arena;

    struct flame_recording recording;
    struct flame_timeline timeline;

    /* index */
    FLAME_VEC(struct flame_perf_block) blocks; /* all of them, unless streamed */
    bool streamed;                             /* blocks must be decompressed again */
    FLAME_VEC(struct flame_pending) pending;
    uint64_t lost_records, lost_samples, kept_bytes;
    struct flame_perf_losses losses;              /* of the header and of the walk */
    struct flame_intern id_names;                 /* file names that build-ids were listed for */
    FLAME_VEC(struct flame_build_id) ids_by_name; /* by id in id_names; of several the first */

    /* count */
    FLAME_VEC(struct flame_event_group) groups;
    uint32_t *group_of_attr;
    uint32_t group;           /* the one that is drawn */
    struct flame_intern tags; /* struct flame_tag as bytes */
    struct flame_counts *raw; /* [threads]: each worker's own; a key may be in several */

    /* name */
    struct flame_preload *preload; /* the kernel's symbols on their way; NULL: not */
    struct flame_symbol_places places;
    struct flame_symbolizer *symbolizer;
    uint64_t *unnamed_of_dso; /* weight of samples with an unnamed frame in it */
    uint64_t unmapped;        /* weight of samples with an address that no map covers */
    struct flame_intern names;
    struct flame_stacks stacks;
    struct flame_verdict verdict;
};

static inline struct flame_tag flame_session_tag(const struct flame_session *s, uint32_t id)
{
    struct flame_tag tag;
    memcpy(&tag, flame_intern_get(&s->tags, id).ptr, sizeof tag);
    return tag;
}

/* Begin to load the kernel that a kernel mmap record tells of; of several calls the first counts.
 * Failing to is no failure: the symbols are then loaded when they are asked for. */
void flame_preload_start(struct flame_session *s, const struct flame_map_record *map);

/* Wait for it, and give it to the symbolizer if there is one that wants it. */
void flame_preload_finish(struct flame_session *s);

/* Each returns FLAME_OK or fills error. */
enum flame_status flame_pipeline_index(struct flame_session *s, struct flame_error *error);
enum flame_status flame_pipeline_count(struct flame_session *s, struct flame_error *error);
enum flame_status flame_pipeline_name(struct flame_session *s, struct flame_error *error);

/* The last part of naming. tries[count] hold the workers' stacks: children of the root are ids in
 * threads, the nodes below them frames. They are emptied. */
enum flame_status flame_pipeline_stacks(struct flame_session *s, struct flame_trie *tries,
                                        size_t count, const struct flame_intern *threads);
enum flame_status flame_pipeline_verdict(struct flame_session *s, struct flame_error *error);

#endif
