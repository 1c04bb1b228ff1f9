/* corpus_forms.c: the same scene in every form that a recording may have. */
#include "corpus.h"

enum { HOSTNAME = 3, CPUDESC = 8 };

/* A big-endian map of features is read by where HOSTNAME is in it. */
static void put_hostname(struct perf_builder *b)
{
    builder_feature_string(b, HOSTNAME, "box");
    corpus_scene(b);
}

/* As old perf left a feature that it could not write: the bit, and a section of no bytes. */
static void put_empty_feature(struct perf_builder *b)
{
    builder_feature_begin(b, CPUDESC);
    builder_feature_end(b);
    put_hostname(b);
}

/* 20 bytes, as perf 4.16 wrote it: all that follows stands at odd multiples of 4. */
static void put_odd_record(struct perf_builder *b)
{
    corpus_event(b);
    builder_begin(b, FLAME_RECORD_CPU_MAP, 0);
    builder_u16(b, 0);
    builder_u16(b, 4);
    for (uint16_t cpu = 0; cpu < 4; cpu++)
        builder_u16(b, cpu);
    builder_end(b);
    corpus_process(b);
    corpus_samples(b);
}

static void put_unknown(struct perf_builder *b, uint32_t type)
{
    builder_begin(b, type, 0);
    builder_u64(b, type);
    builder_end(b);
}

/* Of the kernel's, of perf's, of simpleperf's and of nobody's range. */
static void put_unknown_types(struct perf_builder *b)
{
    corpus_event(b);
    put_unknown(b, 23);
    corpus_process(b);
    put_unknown(b, 87);
    put_unknown(b, 32800);
    put_unknown(b, 70000);
    corpus_samples(b);
}

/* perf before 3.x had no other place for the name of a raw event. */
static void put_event_types(struct perf_builder *b)
{
    struct flame_event_attr attr = corpus_attr();
    attr.type = 4;
    attr.config = 0x1a8;
    builder_attr(b, &attr, NULL, 1, (uint64_t[]){ ID });
    builder_event_type(b, 0x1a8, "lsd-uops");
    corpus_process(b);
    corpus_samples(b);
}

static void put_pipe(struct perf_builder *b)
{
    builder_feature_string(b, HOSTNAME, "box");
    corpus_event(b);
    builder_rename(b, ID, "a-clock");
    corpus_process(b);
    corpus_samples(b);
    corpus_bare(b, FLAME_RECORD_FINISHED_ROUND);
}

static void put_tracing_data(struct perf_builder *b)
{
    corpus_event(b);
    corpus_tracing_data(b);
    corpus_process(b);
    corpus_samples(b);
}

/* The text of perf record's standard error, redirected into the pipe's file as well. */
static void put_text_behind(struct perf_builder *b)
{
    static const char text[] = "[ perf record: Woken up 1 times to write data ]\n"
                               "[ perf record: Captured and wrote 0.002 MB - ]\n";
    corpus_scene(b);
    builder_bytes(b, text, sizeof text - 1);
}

static void put_packed(struct perf_builder *b, size_t chunk, uint32_t type)
{
    corpus_compressed_feature(b);
    corpus_event(b);
    corpus_process(b);
    for (int round = 0; round < 2; round++) {
        builder_compressed_begin(b);
        corpus_samples(b);
        builder_compressed_end(b, chunk, type);
        corpus_bare(b, FLAME_RECORD_FINISHED_ROUND);
    }
}

static void put_compressed(struct perf_builder *b)
{
    put_packed(b, 0, FLAME_RECORD_COMPRESSED);
}

static void put_compressed2(struct perf_builder *b)
{
    put_packed(b, 0, FLAME_RECORD_COMPRESSED2);
}

static void put_compressed_chunks(struct perf_builder *b)
{
    put_packed(b, 100, FLAME_RECORD_COMPRESSED);
}

const struct corpus_file corpus_forms[] = {
    { "good-file-le", corpus_scene, { 0 }, NULL },
    { "good-file-be", put_hostname, { .big_endian = true }, NULL },
    { "good-be-no-features", corpus_scene, { .big_endian = true }, NULL },
    { "good-be-32-bit", put_hostname, { .big_endian = true, .map_word = 4 }, NULL },
    { "good-header-72", corpus_scene, { .header_size = 72 }, NULL },
    { "good-v1-le", corpus_scene, { .form = BUILDER_V1, .attr_size = 96 }, NULL },
    { "good-v1-be",
      corpus_scene,
      { .form = BUILDER_V1, .attr_size = 96, .big_endian = true },
      NULL },
    { "good-attr-64", corpus_scene, { .attr_size = 64 }, NULL },
    { "good-attr-64-says-0", corpus_scene, { .attr_size = 64, .attr_claims = BUILDER_ZERO }, NULL },
    { "good-attr-112", corpus_scene, { .attr_size = 112 }, NULL },
    { "good-attr-144", corpus_scene, { .attr_size = 144 }, NULL },
    { "good-attr-200", corpus_scene, { .attr_size = 200 }, NULL },
    { "good-attrs-last", put_hostname, { .attrs_last = true }, NULL },
    { "good-gaps", put_empty_feature, { .gap = 40 }, NULL },
    { "good-unaligned", put_odd_record, { 0 }, NULL },
    { "good-unknown-types", put_unknown_types, { 0 }, NULL },
    { "good-event-types", put_event_types, { .form = BUILDER_V1, .attr_size = 80 }, NULL },
    { "good-pipe-le", put_pipe, { .form = BUILDER_PIPE }, NULL },
    { "good-pipe-be", put_pipe, { .form = BUILDER_PIPE, .big_endian = true }, NULL },
    { "good-pipe-attr-200", corpus_scene, { .form = BUILDER_PIPE, .attr_size = 200 }, NULL },
    { "good-pipe-tracing-data", put_tracing_data, { .form = BUILDER_PIPE }, NULL },
    { "good-compressed", put_compressed, { 0 }, NULL },
    { "good-compressed2", put_compressed2, { 0 }, NULL },
    { "good-compressed-straddling", put_compressed_chunks, { 0 }, NULL },
    { "good-compressed-pipe", put_compressed, { .form = BUILDER_PIPE }, NULL },
    { "bad-pipe-text-behind", put_text_behind, { .form = BUILDER_PIPE }, NULL },
    { .name = NULL },
};
