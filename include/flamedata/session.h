/* flamedata/session.h: from a perf.data to named stacks and a verdict, in one call. */
#ifndef FLAMEDATA_SESSION_H
#define FLAMEDATA_SESSION_H

#include <flamedata/limits.h>
#include <flamedata/places.h>
#include <flamedata/record.h>
#include <flamedata/stack.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Which samples count, in perf script's spelling; NULL takes all. A sample has to pass every filter
 * that is given.
 *
 * comms      names of threads at the time of the sample, "a,b"; ":TID" where one has no name
 * pids, tids, cpus  numbers and ranges, "0-3,7"
 * dsos       where the sampled instruction lies, "a,b": an object's path, the last part of it, or a
 *            name that perf has for it ("[kernel.kallsyms]", "[JIT] tid 12")
 * symbols    the function that it lies in, "a,b", by the name that is shown
 * time       "START,STOP" in seconds as perf script prints them, both included; either may be left
 *            out; several with spaces. Or shares of the time from the first to the last sample,
 *            "10%-30%", "10%/2" (the second tenth), several with commas
 * max_stack  frames of a stack that are kept, innermost first; 0: all. Leaves out no sample
 *
 * What cannot be read, and what no sample of the recording says (its CPU, its time), is
 * FLAME_USAGE; when no sample passes, FLAME_EMPTY. */
struct flame_filter_options {
    const char *comms, *pids, *tids, *cpus, *dsos, *symbols, *time;
    unsigned max_stack;
};

/* All zero is the default.
 *
 * threads          workers; 0 means one per processor
 * symbols          where names may come from
 * event            name of the event to count; NULL: that of the earliest sample that passes the
 *                  filters; "all", if none is called that, adds up every event, which is
 *                  FLAME_USAGE unless all are times, or all count the same thing
 * annotate_kernel, annotate_jit, annotate_inlined   mark frames _[k], _[j], _[i]
 * no_inline        leave out the functions that debug information knows to be inlined
 * srcline          frames carry the source line, " file:line", where debug information has it
 * show_truncated   stacks that do not reach a root stand under a frame "[truncated stack]"
 * with_pid, with_tid  thread names carry -PID, or -PID/TID
 * keep_samples     each sample by itself, of every event, for flame_session_samples; the stacks are
 *                  then those of all events, and weigh nothing where the counted one has none
 * filter           which samples count
 * limits           how much is read, kept and named at most; memory and output are for
 *                  flame_limit_process and flame_output_limit */
struct flame_session_options {
    unsigned threads;
    struct flame_symbol_options symbols;
    const char *event;
    bool annotate_kernel, annotate_jit, annotate_inlined, with_pid, with_tid;
    bool no_inline, srcline, show_truncated, keep_samples;
    struct flame_filter_options filter;
    struct flame_limits limits;
};

/* X(WHY, text): why the symbols of an object are not, or only partly, there */
#define FLAME_OBJECT_STATES(X)                                                                     \
    X(NAMED, "symbols found")                                                                      \
    X(MISSING, "file not found")                                                                   \
    X(MISMATCH, "the file here has another build-id")                                              \
    X(UNVERIFIED, "no build-id was recorded, and this is not the machine of the recording")        \
    X(STRIPPED, "no symbols for these addresses")                                                  \
    X(NO_MAP, "JIT code without a perf-PID.map")                                                   \
    X(UNREADABLE, "the file cannot be read")

enum flame_object_state {
#define X(name, text) FLAME_OBJECT_##name,
    FLAME_OBJECT_STATES(X)
#undef X
};

/* X(GRADE, word, meaning): how an object's names are to be taken, in a word */
#define FLAME_OBJECT_GRADES(X)                                                                     \
    X(FOUND, "found", "every frame in it has a name, from the recorded file")                      \
    X(TRUSTED, "trusted", "names come from a file that is not known to be the recorded one")       \
    X(PARTIAL, "partial", "the kernel's symbols, or a JIT's map, lack some of its addresses")      \
    X(STRIPPED, "stripped", "the file is here, without symbols for some or all of its addresses")  \
    X(MISSING, "missing", "the file is not here")                                                  \
    X(MISMATCHED, "mismatched", "the file here is another build, and was not used")                \
    X(UNVERIFIED, "unverified", "nothing shows that the file here is the recorded one: not used")  \
    X(UNREADABLE, "unreadable", "the file cannot be read")                                         \
    X(NO_MAP, "no map", "JIT code, of which no map or dump tells")                                 \
    X(NO_FILE, "no file", "code that no file has")                                                 \
    X(UNMAPPED, "unmapped", "addresses where nothing was mapped")

enum flame_object_grade {
#define X(name, word, meaning) FLAME_GRADE_##name,
    FLAME_OBJECT_GRADES(X)
#undef X
};

/* The word of a grade; "unknown" for what is none of them. */
const char *flame_object_grade_word(enum flame_object_grade grade);

/* One object (dso) that frames lie in. The methods of a jitdump are one object, called as the dump
 * is. The name of addresses that no map covers is "[unknown]".
 *
 * state     how loading its symbols went
 * grade     what came of it
 * weight    of the samples whose innermost frame lies in it
 * unnamed   of the samples with at least one unnamed frame in it
 * used      where its names, or with trusted the file, came from; "" where there are none
 * trusted   used is not known to be the recorded file (trust_paths)
 * found_id  build-id of the file that was found: with FLAME_OBJECT_MISMATCH the one that was not
 *           used, with trusted that of used; size 0: it has none
 * kernel, jit   what it is
 * advice    one sentence: what is the matter, and behind "; " what to do; "" where all is named
 * caution   one sentence: what is not known of the file that was used; "" unless trusted */
struct flame_object_report {
    struct flame_str name, advice, caution, used;
    struct flame_build_id build_id, found_id;
    enum flame_object_state state;
    enum flame_object_grade grade;
    uint64_t weight, unnamed;
    bool trusted, kernel, jit;
};

/* X(WHY, text): why the walk of a copied stack (--call-graph dwarf) ended */
#define FLAME_STACK_ENDS(X)                                                                        \
    X(ROOT, "reached a root")                                                                      \
    X(DUMP, "the copy of the stack ends")                                                          \
    X(SHORT_DUMP, "the copy of the stack ends, before it had the size that was asked for")         \
    X(NO_CFI, "no call-frame information")                                                         \
    X(NO_OBJECT, "file not found")                                                                 \
    X(MISMATCH, "the file here has another build-id")                                              \
    X(UNMAPPED, "an address where there is no code")                                               \
    X(BROKEN, "a register or word that is not known")                                              \
    X(CYCLE, "the stack leads back to itself")                                                     \
    X(LIMIT, "more frames than are followed")                                                      \
    X(UNKNOWN_ARCH, "registers of an architecture that is not known")

enum flame_stack_end {
#define X(name, text) FLAME_END_##name,
    FLAME_STACK_ENDS(X)
#undef X
        FLAME_END_COUNT
};

/* Walks that ended short of a root, for one reason and in one object.
 *
 * object  "" where the reason is not about one
 * advice  one sentence: what to do; "" if nothing helps */
struct flame_end_report {
    enum flame_stack_end why;
    struct flame_str object, advice;
    uint64_t weight;
};

/* X(OUTCOME, text): what came of asking debuginfod's servers for a file */
#define FLAME_FETCH_OUTCOMES(X)                                                                    \
    X(FETCHED, "fetched")                                                                          \
    X(CACHED, "fetched before")                                                                    \
    X(ABSENT, "not on the servers")                                                                \
    X(WRONG, "the servers have another file in its place")                                         \
    X(TOO_LARGE, "larger than what may still be fetched")                                          \
    X(TOO_LATE, "time was over")                                                                   \
    X(SILENT, "the servers did not answer in time")                                                \
    X(UNREACHABLE, "the servers cannot be reached")                                                \
    X(FAILED, "fetching failed")                                                                   \
    X(GIVEN_UP, "given up")                                                                        \
    X(NO_CLIENT, "libdebuginfod cannot be used")

enum flame_fetch_outcome {
#define X(name, text) FLAME_FETCH_##name,
    FLAME_FETCH_OUTCOMES(X)
#undef X
};

/* The words above; "" for what is none of them. */
const char *flame_fetch_outcome_text(enum flame_fetch_outcome outcome);

/* A file that debuginfod's servers were, or would have been, asked for.
 *
 * name       the object's
 * debuginfo  not the object itself, but its debug file
 * bytes      FETCHED, CACHED, WRONG: its size; else what had come of it
 * detail     WRONG: where the file is kept; FAILED, NO_CLIENT: what the system says; else "" */
struct flame_fetch_entry {
    struct flame_str name, detail;
    struct flame_build_id build_id;
    bool debuginfo;
    enum flame_fetch_outcome outcome;
    uint64_t bytes;
};

struct flame_event_report {
    struct flame_str name;
    uint64_t samples, weight;
};

/* What the picture rests on. Weights are in the unit of the stacks.
 *
 * samples, weight   of the event that was counted
 * lost_samples      reported lost by the kernel (LOST, LOST_SAMPLES)
 * without_stack     samples with no callchain: their stack is the instruction alone
 * rooted            weight of the stacks that reach a root (_start, a thread's entry, the kernel's)
 * cut_off           weight of the stacks that end elsewhere: at another function, or in no object;
 *                   those that end in an object without symbols are in neither
 * shortened         weight of the stacks that max_stack, or the limit of frames, may have cut, in
 *                   neither of the two
 * unnamed           weight of the samples whose innermost frame has no name
 * unwound           weight of the samples whose user part was walked in a copy of the stack
 *                   (--call-graph dwarf); dump_bytes is how much of it was asked to be copied
 * machine           where the samples hold registers, and the recording does not say of which
 *                   machine: what it is, as uname -m says it, by the code in machine_object, a file
 *                   that ran; both "": it says so, it does not matter, or there is no such file
 * ends              where those walks ended that reached no root, largest weight first
 * branch_stacks     the program's part of the stacks comes from the processor's branch records
 *                   (--call-graph lbr), which are few
 * bad_records       records that could not be used; first_bad is the first one's message
 * bad_features      parts of the header that could not be read; first_bad_feature is the first
 *                   one's message
 * losses            what could not be read, the first few of all_losses; lost_bytes is their sum
 * lost_early        records were read behind what could not be, and are among all that is counted:
 *                   what was mapped where may be lost
 * reached           limits that cost frames or names, and no records: those are among losses and
 *                   bad_records
 * places            archives and folders of files (--archive, --binaries, the archive beside the
 *                   recording) that were searched for what is nowhere else, and not to their end:
 *                   files that are in them may be called missing
 * filtered_out      samples of the drawn event that the filters left out
 * guest_samples     samples of guest machines, which are in no stack
 * unmerged_chains   samples whose user part was to follow in a record (CALLCHAIN_DEFERRED) that is
 *                   missing
 * out_of_order      samples that were taken behind later ones, because too many had to wait for
 *                   their turn: where they are listed, or read counters
 * events            every event with samples that pass the filters
 * event             index of the one that was counted; event_count: all of them
 * objects           every object that was hit; sorted by unnamed, then weight, largest first
 * fetches           with debuginfod: every file that was missing and has a build-id, in the order
 *                   in which they were asked for */
struct flame_verdict {
    uint64_t samples, weight, lost_samples, without_stack, rooted, cut_off, shortened, unnamed;
    uint64_t bad_records, unknown_records, bad_features;
    struct flame_error first_bad, first_bad_feature;
    const struct flame_loss *losses;
    size_t loss_count;
    uint64_t all_losses, lost_bytes;
    bool lost_early;
    const struct flame_limit_report *reached;
    size_t reached_count;
    const struct flame_error *places;
    size_t place_count;
    uint64_t filtered_out, guest_samples, unmerged_chains, out_of_order;
    uint64_t unwound;
    uint32_t dump_bytes;
    struct flame_str machine, machine_object;
    const struct flame_end_report *ends;
    size_t end_count;
    bool branch_stacks;
    const struct flame_event_report *events;
    size_t event_count, event;
    const struct flame_object_report *objects;
    size_t object_count;
    const struct flame_fetch_entry *fetches;
    size_t fetch_count;
};

struct flame_session;

/* Read path (a file, or a folder of perf record --threads) whole, name it, count it. path and the
 * options' strings are borrowed until the session is closed. On failure NULL, and error says why:
 * FLAME_IO, FLAME_FORMAT, FLAME_TRUNCATED, FLAME_CORRUPT, FLAME_UNSUPPORTED, FLAME_LIMIT,
 * FLAME_EMPTY (no samples), FLAME_USAGE (no such event), FLAME_NOMEM. Sessions share nothing: any
 * number may run at once. */
struct flame_session *flame_session_open(const char *path,
                                         const struct flame_session_options *options,
                                         struct flame_error *error);
void flame_session_close(struct flame_session *session);

/* Both live until the session is closed. */
const struct flame_stacks *flame_session_stacks(const struct flame_session *session);
const struct flame_verdict *flame_session_verdict(const struct flame_session *session);

/* Write a verdict as JSON, an object whose member "verdict" is as docs/commands/flamedata-info.md
 * has it; unit: that of its weights. Errors of writing are the output's. */
struct flame_output;
void flame_verdict_json(const struct flame_verdict *verdict, enum flame_unit unit,
                        struct flame_output *output);

/* A sample.
 *
 * time_ns  by the recording's clock, from FLAME_TIME_OFF_CPU on not a time of it; 0: not recorded
 * period   what it weighs, in the unit of its event
 * stack    index into the session's stacks
 * thread, event  indices into threads and events
 * cpu      UINT32_MAX: not recorded */
struct flame_sample_row {
    uint64_t time_ns, period;
    uint32_t stack, thread, event, cpu;
};

/* A thread under one name; that of a thread that was never named is ":TID". */
struct flame_sample_thread {
    struct flame_str name;
    int32_t pid, tid;
};

/* All samples that the filters took.
 *
 * rows     in order of time, those of one time in the file's order
 * threads  in order of name, pid, tid
 * events   every event with samples, as in the verdict; units[event_count]
 * event    the counted one, which the stacks' weights are of; event_count: all of them
 * has_time, has_cpu  whether the samples say when, and where */
struct flame_samples {
    const struct flame_sample_row *rows;
    size_t row_count;
    const struct flame_sample_thread *threads;
    size_t thread_count;
    const struct flame_event_report *events;
    const enum flame_unit *units;
    size_t event_count, event;
    bool has_time, has_cpu;
};

/* NULL unless keep_samples was asked for. Lives until the session is closed. */
const struct flame_samples *flame_session_samples(const struct flame_session *session);

struct flame_tree;

/* What the samples of an event (event_count: of all) weigh by the node of the tree that their stack
 * ends at: self[node_count]. The tree is of the samples' session. Sums stay at UINT64_MAX. */
void flame_samples_weigh(const struct flame_samples *samples, const struct flame_tree *tree,
                         size_t event, uint64_t *self);

/* The samples of the counted event one after the other, for FLAME_TREE_IN_ORDER: thread by thread,
 * in the order of threads, each in order of time; neighbours of one stack are one. Where several
 * threads have one name, their frame at the root is name-PID/TID. stacks are those of the samples'
 * session, which has to stay open. To be freed; NULL, and error says why: FLAME_NOMEM, or
 * FLAME_LIMIT when there are more than 2^32 frames. */
struct flame_stacks *flame_samples_chart(const struct flame_samples *samples,
                                         const struct flame_stacks *stacks,
                                         struct flame_error *error);
/* chart may be NULL. */
void flame_samples_chart_free(struct flame_stacks *chart);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
