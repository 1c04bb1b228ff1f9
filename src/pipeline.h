/* pipeline.h: what the stages of a session hand to each other. Private to src/pipeline*.c.
 *
 *     places  where names may come from                                (pipeline_places.c)
 *             and whether this is the recorded machine                  (pipeline_host.c)
 *     index   walk the file once: blocks, side-band records             (pipeline_index.c)
 *             and the kernel's symbols meanwhile                        (pipeline_preload.c)
 *             and the user call chains that come later                  (pipeline_deferred.c)
 *             and the code that JIT compilers noted                     (pipeline_jitdump.c)
 *             of a compressed recording all at once with the next       (pipeline_early.c)
 *             whose registers it holds                                  (pipeline_machine.c)
 *     count   every sample to a key; distinct keys with weights         (pipeline_count.c)
 *             whose words are its stack, before anything is named       (pipeline_chain.c)
 *             walked in the copy of the stack, if there is one          (pipeline_unwind.c)
 *             with the branches that it recorded                        (pipeline_branches.c)
 *             of each counter that the sample read                      (pipeline_read.c)
 *             in perf's order then                                      (pipeline_order.c)
 *             noted one by one, if they are to be kept                  (pipeline_samples.c)
 *             of the samples that the filters take                      (pipeline_filter.c)
 *             and which event is drawn                                  (pipeline_event.c)
 *     name    distinct addresses to frames, raw stacks to tries of them (pipeline_name.c)
 *     stacks  frames to names, tries to the stacks handed out           (pipeline_stacks.c,
 *                                                                        pipeline_join.c)
 *     verdict what the result rests on                                  (pipeline_verdict.c,
 *                                                                        pipeline_objects.c)
 *     samples each by itself, with its stack; in order of threads       (pipeline_samples.c,
 *                                                                        pipeline_chart.c)
 *     fetch   files that it lacks, and all once more                    (pipeline_fetch.c) */
#ifndef FLAME_PIPELINE_H
#define FLAME_PIPELINE_H

#include "bounds.h"
#include "callchain.h"
#include "counts.h"
#include "embedded.h"
#include "filter.h"
#include "intern.h"
#include "pipeline_deferred.h"
#include "pipeline_ends.h"
#include "pipeline_fetch.h"
#include "pipeline_jitdump.h"
#include "pipeline_objects.h"
#include "pipeline_samples.h"
#include "recording.h"
#include "simpleperf.h"
#include "sum.h"
#include "symbolize.h"
#include "timeline.h"
#include "trie.h"

#include <flamedata/session.h>

/* What the words of a raw stack are: a callchain; one whose user part are branch records; one that
 * is followed by the link register; one whose user part was walked in a copy of the stack; or, from
 * FLAME_CHAIN_LEAF on, one instruction pointer, and what is above is its cpumode. */
enum {
    FLAME_CHAIN_FRAMES,
    FLAME_CHAIN_LBR,
    FLAME_CHAIN_LINK,
    FLAME_CHAIN_UNWOUND,
    FLAME_CHAIN_LEAF
};

/* A stack as it was recorded, in the file's byte order. borrowed: the words stand in the file.
 * unmerged: its user part was to follow in a record that is missing. space: the version of the
 * process's maps, for flame_chain_pcs. */
struct flame_chain {
    const void *words;
    uint32_t size, kind, space;
    bool borrowed, unmerged;
};

/* Room for stacks whose words stand nowhere in the file. unwinder is for FLAME_CHAIN_UNWOUND. */
struct flame_chain_room {
    struct flame_unwinder *unwinder;
    uint64_t words[1 << 15];
    size_t used;
};

/* The stack of a sample as the session counts it, unless flame_unwinds says that it is to be
 * walked. in_file: the sample's bytes live as long as the file. What has to be put together is put
 * into room; false when it is full: empty it and ask again. */
bool flame_chain_of(const struct flame_session *s, const struct flame_sample *sample, bool in_file,
                    struct flame_chain_room *room, struct flame_chain *out);

enum { FLAME_CHAIN_LIMIT = 65536 / 8 }; /* a record holds fewer words */

/* What has to stand before a stack that begins with first so that it begins with the sampled
 * instruction: words of a chain, in the file's byte order. Returns how many; 0: nothing, or the
 * session does not want it. They differ where the processor knows the instruction better than the
 * kernel when it follows the stack, or where chains are of the program or the kernel alone. */
enum { FLAME_CHAIN_LEAD = 3 };
size_t flame_chain_lead(const struct flame_session *s, const struct flame_sample *sample,
                        const struct flame_pc *first, uint64_t out[FLAME_CHAIN_LEAD]);

/* What walks the copies of stacks, one for each thread: it remembers what it learned of code. NULL
 * when memory is exhausted; free takes NULL. */
struct flame_unwinder *flame_unwinder_create(void);
void flame_unwinder_free(struct flame_unwinder *unwinder);

/* Whether a sample has a copy of the user's stack, and registers to begin with, and the session
 * wants its stack. */
bool flame_unwinds(const struct flame_session *s, const struct flame_sample *sample);

/* The stack of a sample that flame_unwinds: its chain in the kernel, and the user's callers. space
 * is the version of the process's maps. FLAME_OK; FLAME_LIMIT when room is full: empty it and ask
 * again; FLAME_NOMEM. */
enum flame_status flame_chain_unwind(const struct flame_session *s,
                                     const struct flame_sample *sample, uint32_t space,
                                     struct flame_chain_room *room, struct flame_chain *out);

/* How the walk ended that made a chain of kind FLAME_CHAIN_UNWOUND; object is a dso's number, or
 * UINT32_MAX. why is FLAME_END_COUNT where the recorded chain was taken after all. */
struct flame_walk_end {
    enum flame_stack_end why;
    uint32_t object;
};
struct flame_walk_end flame_chain_end(const struct flame_chain *chain);

/* flame_chain_pcs for such a chain: callers have the address of their call's last byte, as perf
 * shows them. */
size_t flame_chain_unwound_pcs(const struct flame_session *s, const struct flame_chain *chain,
                               struct flame_pc *out);

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

/* Events of the same name count as one, where they add up.
 *
 * name             as it is shown, and asked for
 * attr             index of the first of them
 * samples, weight  of those that the filters took; a weight that does not fit is UINT64_MAX; first
 *                  is the moment of the earliest
 * filtered_out     samples that they did not take
 * guests           samples of guest machines, which are in none of these
 * unmerged         of samples, those with an unmerged chain */
struct flame_event_group {
    struct flame_str name;
    uint32_t attr;
    enum flame_unit unit;
    uint64_t samples, weight, filtered_out, guests, unmerged;
    struct flame_moment first;
};

/* Instead of the index of a group: all of them are drawn. */
#define FLAME_GROUP_ALL UINT32_MAX

/* Records that could not be used: how many, and which of them comes first in the stream. */
struct flame_bad_records {
    uint64_t count, position;
    struct flame_error first;
};

static inline void flame_bad_add(struct flame_bad_records *sum,
                                 const struct flame_bad_records *part)
{
    if (part->count && (sum->count == 0 || part->position < sum->position)) {
        sum->position = part->position;
        sum->first = part->first;
    }
    sum->count += part->count;
}

static inline void flame_bad_note(struct flame_bad_records *bad, uint64_t position,
                                  const struct flame_error *error)
{
    flame_bad_add(bad, &(struct flame_bad_records){ 1, position, *error });
}

/* An address of a sample that the filters were asked about. */
struct flame_leaf {
    uint64_t pc;
    uint32_t space;
    uint8_t mode;
    bool known, taken;
};

enum { FLAME_LEAF_SLOTS = 4096 };

/* What a worker asked lately; all zero to begin with. */
struct flame_leaf_cache {
    struct flame_leaf leaves[FLAME_LEAF_SLOTS];
};

/* What is known of a stack's outer end when it is named. The name of its outermost frame decides
 * where the recording does not say. */
enum flame_ending {
    FLAME_ENDING_BY_NAME,
    FLAME_ENDING_ROOTED,
    FLAME_ENDING_CUT, /* unless the name is a root's */
    FLAME_ENDING_SHORTENED,
    FLAME_ENDINGS
};

/* What samples are counted as: not at all; by their stacks; by these, put behind the sampled
 * instruction where they do not begin with it; by their instruction alone; by that, or their
 * stacks, and their branches; or by these, and it is noted what of files that took. */
enum flame_counted {
    FLAME_COUNT_NOTHING,
    FLAME_COUNT_STACKS,
    FLAME_COUNT_TOTALS,
    FLAME_COUNT_SELF,
    FLAME_COUNT_LEAVES,
    FLAME_COUNT_CALLERS,
    FLAME_COUNT_TO_PACK
};

/* A build-id from the header's table, and the file whose maps it is for; disputed: they are of more
 * than one, so that it counts for none. */
struct flame_listed_id {
    struct flame_build_id id;
    struct flame_inode file;
    bool disputed;
};

struct flame_session {
    const char *path;
    struct flame_session_options options;
    struct flame_bounds bounds;
    enum flame_counted counted_as;
    size_t threads;
    struct flame_arena arena;

    struct flame_filter filter;
    struct flame_recording recording;
    struct flame_timeline timeline;
    bool *takes_dso; /* by index into the timeline's dsos, where filters ask for it */

    /* index */
    FLAME_VEC(struct flame_perf_block) blocks; /* all of them, unless streamed */
    bool streamed;                             /* blocks must be decompressed again */
    struct flame_early *early;                 /* who counts meanwhile, or NULL */
    FLAME_VEC(struct flame_pending) pending;
    struct flame_deferred deferred;
    uint64_t lost_records, lost_samples, kept_bytes;
    struct flame_perf_losses losses;               /* of the header and of the walk */
    struct flame_bad_records bad;                  /* of all stages */
    struct flame_simpleperf simpleperf;            /* its own records */
    struct flame_embedded embedded;                /* symbols that the recording carries */
    struct flame_jitdumps jitdumps;                /* code that processes noted themselves */
    struct flame_intern id_names;                  /* file names that build-ids were listed for */
    FLAME_VEC(struct flame_listed_id) ids_by_name; /* by id in id_names; of several the first */

    /* count */
    bool counted; /* while the file was indexed */
    FLAME_VEC(struct flame_event_group) groups;
    uint32_t *group_of_attr;
    uint32_t group;                  /* the one that is drawn, or FLAME_GROUP_ALL */
    struct flame_event_group drawn;  /* that one, or the sum of all */
    struct flame_intern tags;        /* struct flame_tag as bytes */
    struct flame_counts *raw;        /* [threads]: each worker's own; a key may be in several */
    struct flame_branches *branches; /* [threads], as well; NULL: none, or not wanted */
    struct flame_keeping *keeping;   /* samples one by one; NULL: not wanted */

    /* name */
    struct flame_preload *preload; /* the kernel's symbols on their way; NULL: not */
    struct flame_symbol_places places;
    struct flame_symbolizer *symbolizer;
    struct flame_object_sums objects;
    struct flame_used_files used_files;
    struct flame_walk_ends ends;
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

/* What the recorded machine is, as uname -m says it, or what its files say; "": neither. */
static inline struct flame_str flame_session_machine(const struct flame_session *s)
{
    struct flame_str said = s->recording.perf.features.arch;
    return said.len ? said : s->verdict.machine;
}

/* How many of a stack's addresses count, innermost first: those that the filter keeps, and of them
 * no more than the limit, which is then noted. */
static inline size_t flame_session_depth(const struct flame_session *s, size_t depth)
{
    uint64_t most = flame_bound(s->places.bounds, FLAME_LIMIT_FRAMES);
    if (s->filter.max_stack && depth > s->filter.max_stack)
        depth = s->filter.max_stack;
    if (__builtin_expect(depth <= most, 1))
        return depth;
    flame_bounds_reach(s->places.bounds, FLAME_LIMIT_FRAMES, "", "a stack has", "frames");
    return (size_t)most;
}

/* Whether stacks are not looked at. */
static inline bool flame_session_counts_leaves(const struct flame_session *s)
{
    return s->counted_as == FLAME_COUNT_LEAVES || s->counted_as == FLAME_COUNT_SELF;
}

/* Number the events that tables and listings show, those that have samples, or the one that was
 * asked for: (*numbers)[group], in the arena, is UINT32_MAX of one that is not shown. FLAME_OK or
 * FLAME_NOMEM. */
enum flame_status flame_session_number_shown(struct flame_session *s, uint32_t **numbers,
                                             size_t *count);

static inline bool flame_session_draws(const struct flame_session *s, uint32_t group)
{
    return s->group == group || s->group == FLAME_GROUP_ALL;
}

/* The stages that do not look at samples: the recording is open, the timeline complete, the
 * symbolizer there. Unless counted_as is FLAME_COUNT_NOTHING, samples are to be counted next, and
 * may have been already. fetch, which may be NULL, has files that were fetched, and nothing is
 * fetched here. As flame_session_open. */
struct flame_session *flame_session_begin(const char *path,
                                          const struct flame_session_options *options,
                                          enum flame_counted counted_as,
                                          const struct flame_fetch *fetch,
                                          struct flame_error *error);

/* Name the stacks that were counted, and judge. FLAME_OK or fills error. */
enum flame_status flame_session_finish(struct flame_session *s, struct flame_error *error);

/* As flame_session_open, but nothing is fetched beyond what fetch (or NULL) has. */
struct flame_session *flame_session_open_with(const char *path,
                                              const struct flame_session_options *options,
                                              const struct flame_fetch *fetch,
                                              struct flame_error *error);

/* Begin to load the kernel that a kernel mmap record tells of; of several calls the first counts.
 * Failing to is no failure: the symbols are then loaded when they are asked for. */
void flame_preload_start(struct flame_session *s, const struct flame_map_record *map);

/* Do not wait for it: who is hurried does without it until flame_preload_finish. */
void flame_preload_expect(struct flame_session *s);

/* Wait for it, and give it to the symbolizer if there is one that wants it. */
void flame_preload_finish(struct flame_session *s);

/* Begin the timeline, empty. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_pipeline_timeline(struct flame_session *s);

/* Take the effect of a side-band record on the timeline. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_pipeline_apply(struct flame_session *s,
                                       const struct flame_pending *pending);

/* Find out where symbols may come from, once the recording is open. Errors: FLAME_IO or
 * FLAME_FORMAT where what the user named cannot be used, FLAME_NOMEM. */
enum flame_status flame_pipeline_places(struct flame_session *s, struct flame_error *error);
void flame_pipeline_places_free(struct flame_session *s);

/* The part of it that compares machines: fills of the places, whose symfs is there, recorded_ns,
 * unchanged_ns, and whether the recorded host and boot are these, or users are told so. */
void flame_pipeline_host(struct flame_session *s);

/* Get the symbolizer, unless it is there. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_pipeline_symbolizer(struct flame_session *s);

/* perf's mask of arm64's link register, which is recorded alone. */
#define FLAME_LINK_REGISTER (UINT64_C(1) << 30)

/* Whether the samples hold registers, and the recording does not say whose. */
bool flame_pipeline_wants_machine(const struct flame_session *s);

/* Then find it out, once the symbolizer is there. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_pipeline_machine(struct flame_session *s);

/* Each returns FLAME_OK or fills error. */
enum flame_status flame_pipeline_index(struct flame_session *s, struct flame_error *error);
enum flame_status flame_pipeline_count(struct flame_session *s, struct flame_error *error);
enum flame_status flame_pipeline_name(struct flame_session *s, struct flame_error *error);

/* Get a filter ready for a recording: shares of its time become times, which may take a walk over
 * its samples. FLAME_USAGE where no sample of it says what the filter asks for; FLAME_NOMEM. */
enum flame_status flame_pipeline_settle_filter(struct flame_filter *filter,
                                               const struct flame_perf_file *file,
                                               struct flame_error *error);

/* Whether the filters take a thread under the name that it has: an id of the timeline's comms, or
 * FLAME_COMM_NONE, which is ":TID". Thread-safe. */
bool flame_pipeline_takes_comm(const struct flame_session *s, uint32_t comm, int32_t tid);

/* Whether a filter takes an object, by its path, or a name that it has. */
bool flame_pipeline_takes_dso(const struct flame_filter *filter, const struct flame_dso *dso);

/* Get ready for flame_pipeline_takes_leaf, once the timeline is complete and there is a
 * symbolizer. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_pipeline_prepare_leaves(struct flame_session *s);

/* Whether the filters take the address of a sample, under these versions of the maps; to be asked
 * where filter.by_leaf is set. Thread-safe with a cache of one's own. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_pipeline_takes_leaf(const struct flame_session *s,
                                            struct flame_leaf_cache *cache,
                                            const struct flame_sample *sample, uint32_t space,
                                            uint32_t kernel_space, bool *taken);

/* Give every attr its group. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_pipeline_group_events(struct flame_session *s);

/* The group that is wanted, by its name with or without modifiers ("cpu-clock" means cpu-clock:u,
 * too), or FLAME_GROUP_ALL for "all". FLAME_OK, or FLAME_USAGE where there is none. */
enum flame_status flame_pipeline_find_event(const struct flame_session *s, const char *wanted,
                                            uint32_t *group, struct flame_error *error);

/* Decide which group is drawn, once they have been counted. */
enum flame_status flame_pipeline_choose_event(struct flame_session *s, struct flame_error *error);

/* The last part of naming. tries[count] hold the workers' stacks: children of the root are ids in
 * threads times FLAME_ENDINGS, plus an enum flame_ending; the nodes below them are frames. They are
 * emptied. */
enum flame_status flame_pipeline_stacks(struct flame_session *s, struct flame_trie *tries,
                                        size_t count, const struct flame_intern *threads);
/* Of the verdict what was lost and could not be read. */
void flame_pipeline_note_losses(struct flame_session *s);
enum flame_status flame_pipeline_verdict(struct flame_session *s, struct flame_error *error);

#endif
