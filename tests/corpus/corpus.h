/* corpus.h: what the files of make_corpus share: the row of a file, and the scene that most of them
 * show.
 *
 * The scene is one process, 41, called app. Its main thread runs code without a file, named by
 * corpus/perf_data/perf-41.map; its thread 42, worker, runs in a library that no machine has. */
#ifndef FLAME_TESTS_CORPUS_H
#define FLAME_TESTS_CORPUS_H

#include "perf_builder.h"

enum { APP = 41, WORKER = 42, ID = 71 };

/* Addresses inside the functions of perf-41.map, the library and the kernel. */
#define MAIN UINT64_C(0x10050)
#define WORK UINT64_C(0x10150)
#define LEAF UINT64_C(0x10210)
#define LIBRARY UINT64_C(0x70000000)
#define KERNEL UINT64_C(0xffffffff81000010)

/* Moments: n milliseconds into the recording. */
#define MS(n) (UINT64_C(1000000000) + (n)*UINT64_C(1000000))

/* name     without .data
 * put      events, features, records
 * options  how the builder is to write them
 * spoil    change the finished file; NULL where it stays as it is */
struct corpus_file {
    const char *name;
    void (*put)(struct perf_builder *b);
    struct builder_options options;
    void (*spoil)(struct flame_bytes *file);
};

/* Each ends with a row without a name. */
extern const struct corpus_file corpus_forms[], corpus_records[], corpus_stacks[], corpus_damage[],
    corpus_simpleperf[];

/* cpu-clock as perf record -g asks for it: IDENTIFIER, IP, TID, TIME, CPU, PERIOD, CALLCHAIN. */
struct flame_event_attr corpus_attr(void);

/* The event above, id 71. */
void corpus_event(struct perf_builder *b);

/* The names and maps of process 41, as perf makes them up before a recording. */
void corpus_process(struct perf_builder *b);

/* Three samples: MS(1) leaf of the main thread, 100 ns; MS(2) the library, in worker, 200 ns;
 * MS(3) the kernel, called by work, 400 ns. */
void corpus_samples(struct perf_builder *b);

/* All three. */
void corpus_scene(struct perf_builder *b);

/* A sample of event 0 with this call chain; period 1. */
void corpus_sample(struct perf_builder *b, uint64_t time, uint64_t count, const uint8_t *chain);
#define CHAIN(...) sizeof((uint64_t[]){ __VA_ARGS__ }) / 8, WORDS(__VA_ARGS__)

/* A record of this type and nothing more. */
void corpus_bare(struct perf_builder *b, uint32_t type);

/* The feature of a recording that was made with -z. */
void corpus_compressed_feature(struct perf_builder *b);

/* TRACING_DATA with its shortest header, and 104 bytes behind it: a trace without a tracepoint. */
void corpus_tracing_data(struct perf_builder *b);

#endif
