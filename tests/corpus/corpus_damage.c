/* corpus_damage.c: the usual scene with something wrong: what a reader must say, and go on. */
#include "corpus.h"

enum { DATA_SIZE = 48 }; /* where the header says how many bytes of records there are */

static uint8_t *byte(struct flame_bytes *file, size_t offset)
{
    return (uint8_t *)(uintptr_t)file->ptr + offset;
}

static void cut(struct flame_bytes *file)
{
    file->size -= 60;
}

/* 4096 more than there are; the size is less than 64 KiB. */
static void claim_more(struct flame_bytes *file)
{
    *byte(file, DATA_SIZE + 1) += 4096 >> 8;
}

/* No perf has written such a header yet. */
static void enlarge_header(struct flame_bytes *file)
{
    *byte(file, 8) = 120;
}

static void blank_magic(struct flame_bytes *file)
{
    memcpy(byte(file, 0), "PERFILE3", 8);
}

/* 24 bytes of zeros where a record should be. */
static void put_zeros(struct perf_builder *b)
{
    corpus_scene(b);
    for (int i = 0; i < 3; i++)
        builder_u64(b, 0);
    corpus_samples(b);
}

static void put_words(struct perf_builder *b, size_t count, const uint64_t *words)
{
    for (size_t i = 0; i < count; i++)
        builder_u64(b, words[i]);
}

static void put_thread(struct perf_builder *b)
{
    builder_u32(b, APP);
    builder_u32(b, APP);
}

/* A sample that promises 1000 addresses and has none. */
static void put_long_chain(struct perf_builder *b)
{
    corpus_scene(b);
    builder_begin(b, FLAME_RECORD_SAMPLE, FLAME_MODE_USER);
    put_words(b, 2, (uint64_t[]){ ID, LEAF });
    put_thread(b);
    put_words(b, 4, (uint64_t[]){ MS(4), 0, 1, 1000 }); /* time, cpu, period, length */
    builder_end(b);
    corpus_sample(b, MS(5), CHAIN(FLAME_CONTEXT_USER, WORK, MAIN));
}

static void put_unknown_id(struct perf_builder *b)
{
    struct flame_event_attr attr = corpus_attr();
    corpus_event(b);
    attr.config = 1;
    builder_attr(b, &attr, NULL, 1, (uint64_t[]){ 72 });
    corpus_process(b);
    corpus_samples(b);
    builder_sample(b, &(struct flame_sample){ .where = { APP, APP, MS(4), 99, 0, 0 },
                                              .misc = FLAME_MODE_USER,
                                              .ip = LEAF,
                                              .period = 1 });
    corpus_sample(b, MS(5), CHAIN(FLAME_CONTEXT_USER, WORK, MAIN));
}

static void put_chunk(struct perf_builder *b, uint64_t time)
{
    builder_compressed_begin(b);
    corpus_sample(b, time, CHAIN(FLAME_CONTEXT_USER, LEAF, WORK, MAIN));
    corpus_sample(b, time, CHAIN(FLAME_CONTEXT_USER, WORK, MAIN));
    builder_compressed_end(b, 0, FLAME_RECORD_COMPRESSED);
}

/* Of four compressed records the second is noise: the third builds on it, and is lost; the fourth
 * begins a new frame. Plain records stand between them. */
static void put_broken_frame(struct perf_builder *b)
{
    corpus_compressed_feature(b);
    corpus_event(b);
    corpus_process(b);
    put_chunk(b, MS(1));
    builder_begin(b, FLAME_RECORD_COMPRESSED, 0);
    builder_u64(b, UINT64_MAX);
    builder_end(b);
    corpus_sample(b, MS(2), CHAIN(FLAME_CONTEXT_USER, LIBRARY));
    put_chunk(b, MS(3));
    builder_compressed_anew(b);
    put_chunk(b, MS(4));
}

/* HOSTNAME claims 4096 characters and has 8; ARCH behind it is sound. */
static void put_long_string(struct perf_builder *b)
{
    builder_feature_begin(b, 3);
    builder_u32(b, 4096);
    builder_bytes(b, "longname", 8);
    builder_feature_end(b);
    builder_feature_string(b, 6, "x86_64");
    corpus_scene(b);
}

/* A trace that is said to be longer than the file. */
static void put_long_trace(struct perf_builder *b)
{
    corpus_event(b);
    corpus_process(b);
    builder_begin(b, FLAME_RECORD_AUXTRACE, 0);
    builder_u64(b, 1 << 20);
    for (int i = 0; i < 4; i++)
        builder_u64(b, 0);
    builder_end(b);
    corpus_samples(b);
}

/* The samples have a part that is not known: bit 40. It stands behind all others. */
static void put_unknown_part(struct perf_builder *b)
{
    struct flame_event_attr attr = corpus_attr();
    attr.sample_type |= UINT64_C(1) << 40;
    builder_attr(b, &attr, NULL, 1, (uint64_t[]){ ID });
    corpus_process(b);
    builder_begin(b, FLAME_RECORD_SAMPLE, FLAME_MODE_USER);
    put_words(b, 2, (uint64_t[]){ ID, LEAF });
    put_thread(b);
    put_words(b, 3, (uint64_t[]){ MS(1), 0, 100 }); /* time, cpu, period */
    put_words(b, 4, (uint64_t[]){ 3, FLAME_CONTEXT_USER, LEAF, MAIN });
    builder_u64(b, 12345);
    builder_end(b);
}

const struct corpus_file corpus_damage[] = {
    { "bad-killed", corpus_scene, { .killed = true }, NULL },
    { "bad-data-size", corpus_scene, { 0 }, claim_more },
    { "bad-cut", corpus_scene, { 0 }, cut },
    { "bad-record", put_zeros, { 0 }, NULL },
    { "bad-record-be", put_zeros, { .big_endian = true }, NULL },
    { "bad-chain", put_long_chain, { 0 }, NULL },
    { "bad-event-id", put_unknown_id, { 0 }, NULL },
    { "bad-compressed-block", put_broken_frame, { 0 }, NULL },
    { "bad-feature", put_long_string, { 0 }, NULL },
    { "bad-auxtrace-size", put_long_trace, { 0 }, NULL },
    { "good-unknown-part", put_unknown_part, { 0 }, NULL },
    { "unsupported-header-size", corpus_scene, { 0 }, enlarge_header },
    { "unsupported-version", corpus_scene, { 0 }, blank_magic },
    { .name = NULL },
};
