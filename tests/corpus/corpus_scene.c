/* corpus_scene.c: the process that most files of the corpus show. */
#include "corpus.h"

struct flame_event_attr corpus_attr(void)
{
    return (struct flame_event_attr){
        .type = 1,
        .sample_period = 1000000,
        .sample_type = FLAME_SAMPLE_IDENTIFIER | FLAME_SAMPLE_IP | FLAME_SAMPLE_TID |
                       FLAME_SAMPLE_TIME | FLAME_SAMPLE_CPU | FLAME_SAMPLE_PERIOD |
                       FLAME_SAMPLE_CALLCHAIN,
        .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all | UINT64_C(1) << FLAME_ATTR_exclude_guest,
    };
}

void corpus_event(struct perf_builder *b)
{
    struct flame_event_attr attr = corpus_attr();
    builder_attr(b, &attr, NULL, 1, (uint64_t[]){ ID });
}

void corpus_process(struct perf_builder *b)
{
    builder_comm(b, APP, APP, "app");
    builder_mmap2(b, APP, APP, 0x10000, 0x1000, 0, "//anon");
    builder_mmap2(b, APP, APP, LIBRARY, 0x3000, 0x1000, "/opt/app/libcalc.so");
    builder_comm(b, APP, WORKER, "worker");
}

void corpus_sample(struct perf_builder *b, uint64_t time, uint64_t count, const uint8_t *chain)
{
    builder_sample(b, &(struct flame_sample){ .where = { APP, APP, time, ID, 0, 0 },
                                              .misc = FLAME_MODE_USER,
                                              .ip = LEAF,
                                              .period = 1,
                                              .chain = chain,
                                              .chain_count = count });
}

void corpus_samples(struct perf_builder *b)
{
    builder_sample(b, &(struct flame_sample){ .where = { APP, APP, MS(1), ID, 0, 0 },
                                              .misc = FLAME_MODE_USER,
                                              .ip = LEAF,
                                              .period = 100,
                                              .chain = WORDS(FLAME_CONTEXT_USER, LEAF, WORK, MAIN),
                                              .chain_count = 4 });
    builder_sample(b,
                   &(struct flame_sample){ .where = { APP, WORKER, MS(2), ID, 0, 1 },
                                           .misc = FLAME_MODE_USER,
                                           .ip = LIBRARY + 0x10,
                                           .period = 200,
                                           .chain = WORDS(FLAME_CONTEXT_USER, LIBRARY + 0x10, WORK),
                                           .chain_count = 3 });
    builder_sample(b, &(struct flame_sample){ .where = { APP, APP, MS(3), ID, 0, 0 },
                                              .misc = FLAME_MODE_KERNEL,
                                              .ip = KERNEL,
                                              .period = 400,
                                              .chain = WORDS(FLAME_CONTEXT_KERNEL, KERNEL,
                                                             FLAME_CONTEXT_USER, WORK, MAIN),
                                              .chain_count = 5 });
}

void corpus_scene(struct perf_builder *b)
{
    corpus_event(b);
    corpus_process(b);
    corpus_samples(b);
}

void corpus_bare(struct perf_builder *b, uint32_t type)
{
    builder_begin(b, type, 0);
    builder_end(b);
}

void corpus_compressed_feature(struct perf_builder *b)
{
    static const uint32_t words[] = { 0, 1, 1, 1, 528384 }; /* version, zstd, level, ratio, mmap */
    builder_feature_begin(b, 27);
    for (size_t i = 0; i < 5; i++)
        builder_u32(b, words[i]);
    builder_feature_end(b);
}

/* Source: Linux tools/perf/util/trace-event-read.c. */
void corpus_tracing_data(struct perf_builder *b)
{
    enum { TRACING_DATA_SIZE = 104 };
    builder_begin(b, FLAME_RECORD_TRACING_DATA, 0);
    builder_u32(b, TRACING_DATA_SIZE);
    builder_end(b);
    size_t start = builder_data_size(b);
    builder_bytes(b, "\x17\x08\x44tracing0.6", 14); /* with its NUL */
    builder_u8(b, 0);                               /* little-endian */
    builder_u8(b, 8);                               /* bytes of a long */
    builder_u32(b, 4096);
    builder_bytes(b, "header_page", 12);
    builder_u64(b, 8);
    builder_bytes(b, "no page\n", 8);
    builder_bytes(b, "header_event", 13);
    builder_u64(b, 9);
    builder_bytes(b, "no event\n", 9);
    builder_u32(b, 0); /* formats of ftrace */
    builder_u32(b, 0); /* systems */
    builder_u32(b, 0); /* bytes of kallsyms */
    builder_u32(b, 0); /* of printk formats */
    builder_u64(b, 0); /* of thread names */
    while (builder_data_size(b) - start < TRACING_DATA_SIZE)
        builder_u8(b, 0);
}
