/* corpus_records.c: every type of record once, between the samples of the usual scene. */
#include "corpus.h"

#include <string.h>

enum { HOSTNAME = 3 };

/* A moment in thread 41, on processor 0. */
static struct flame_sample_id at(uint64_t time)
{
    return (struct flame_sample_id){ APP, APP, time, ID, 0, 0 };
}

static void put(struct perf_builder *b, struct flame_record r)
{
    builder_record(b, &r);
}

/* Tasks and maps: thread 43 begins, is called helper, maps a file in either form, and ends. */
static void put_tasks(struct perf_builder *b)
{
    put(b, (struct flame_record){ .type = FLAME_RECORD_FORK,
                                  .where = at(MS(10)),
                                  .task = { APP, APP, 43, APP, MS(10) } });
    put(b, (struct flame_record){ .type = FLAME_RECORD_COMM,
                                  .misc = FLAME_MODE_USER,
                                  .where = at(MS(11)),
                                  .comm = { APP, 43, flame_str_from("helper") } });
    put(b, (struct flame_record){ .type = FLAME_RECORD_MMAP,
                                  .misc = FLAME_MODE_USER,
                                  .where = at(MS(12)),
                                  .map = { .pid = APP,
                                           .tid = APP,
                                           .start = 0x71000000,
                                           .len = 0x1000,
                                           .filename = flame_str_from("/opt/app/old.so") } });
    put(b, (struct flame_record){ .type = FLAME_RECORD_MMAP2,
                                  .misc = FLAME_MODE_USER | FLAME_MISC_MMAP_BUILD_ID,
                                  .where = at(MS(13)),
                                  .map = { .pid = APP,
                                           .tid = APP,
                                           .start = 0x72000000,
                                           .len = 0x1000,
                                           .build_id = { 20, { 0xde, 0xad, 0xbe, 0xef } },
                                           .prot = 5,
                                           .flags = 2,
                                           .filename = flame_str_from("/opt/app/new.so") } });
    builder_sample(
        b, &(struct flame_sample){ .where = { APP, 43, MS(14), ID, 0, 0 },
                                   .misc = FLAME_MODE_USER,
                                   .period = 10,
                                   .chain = WORDS(FLAME_CONTEXT_USER, 0x71000010, 0x72000010),
                                   .chain_count = 3 });
    put(b, (struct flame_record){ .type = FLAME_RECORD_EXIT,
                                  .where = at(MS(15)),
                                  .task = { APP, APP, 43, APP, MS(15) } });
}

/* What the kernel says of itself. */
static void put_kernel(struct perf_builder *b)
{
    put(b,
        (struct flame_record){ .type = FLAME_RECORD_KSYMBOL,
                               .where = at(MS(20)),
                               .ksymbol = { 0xffffffffc0000000, 64, 1, 0,
                                            flame_str_from("bpf_prog_0102030405060708_probe") } });
    put(b, (struct flame_record){ .type = FLAME_RECORD_BPF_EVENT,
                                  .where = at(MS(21)),
                                  .bpf = { 1, 0, 9, { 1, 2, 3, 4, 5, 6, 7, 8 } } });
    put(b, (struct flame_record){ .type = FLAME_RECORD_CGROUP,
                                  .where = at(MS(22)),
                                  .cgroup = { 3, flame_str_from("/app.slice") } });
    put(b,
        (struct flame_record){
            .type = FLAME_RECORD_TEXT_POKE,
            .misc = FLAME_MODE_KERNEL,
            .where = at(MS(23)),
            .text_poke = { KERNEL, 5, 5, (const uint8_t *)"\x90\x90\x90\x90\x90\xe8\1\2\3\4" } });
    put(b, (struct flame_record){
               .type = FLAME_RECORD_NAMESPACES,
               .where = at(MS(24)),
               .namespaces = { APP, APP, 2, WORDS(4, 0xf0000001, 4, 0xf0000002) } });
    corpus_sample(b, MS(25),
                  CHAIN(FLAME_CONTEXT_KERNEL, 0xffffffffc0000010, FLAME_CONTEXT_USER, WORK, MAIN));
}

/* What the kernel says of the recording. */
static void put_recording(struct perf_builder *b)
{
    static const uint32_t throttles[] = { FLAME_RECORD_THROTTLE, FLAME_RECORD_UNTHROTTLE };
    for (uint64_t i = 0; i < 2; i++)
        put(b, (struct flame_record){ .type = throttles[i],
                                      .where = at(MS(30 + i)),
                                      .throttle = { MS(30 + i), ID, ID } });
    put(b,
        (struct flame_record){
            .type = FLAME_RECORD_READ,
            .where = at(MS(32)),
            .read = { APP,
                      APP,
                      { .id = ID, .bytes = WORDS(12345), .value_count = 1, .value_stride = 1 } } });
    put(b, (struct flame_record){
               .type = FLAME_RECORD_SWITCH, .misc = FLAME_MISC_SWITCH_OUT, .where = at(MS(33)) });
    put(b, (struct flame_record){ .type = FLAME_RECORD_SWITCH_CPU_WIDE,
                                  .where = at(MS(34)),
                                  .thread = { APP, WORKER } });
}

static void put_kernel_records(struct perf_builder *b)
{
    struct flame_event_attr attr = corpus_attr();
    attr.read_format = FLAME_READ_ID;
    builder_feature_string(b, HOSTNAME, "box");
    builder_attr(b, &attr, NULL, 1, (uint64_t[]){ ID });
    corpus_process(b);
    corpus_samples(b);
    put_tasks(b);
    put_kernel(b);
    put_recording(b);
}

/* The kernel tells twice what was lost, by event and by file. */
static void put_lost(struct perf_builder *b)
{
    corpus_scene(b);
    put(b,
        (struct flame_record){ .type = FLAME_RECORD_LOST, .where = at(MS(4)), .lost = { ID, 7 } });
    put(b, (struct flame_record){
               .type = FLAME_RECORD_LOST_SAMPLES, .where = at(MS(5)), .lost = { .lost = 7 } });
}

static void put_words(struct perf_builder *b, uint32_t type, size_t count, const uint64_t *words)
{
    builder_begin(b, type, 0);
    for (size_t i = 0; i < count; i++)
        builder_u64(b, words[i]);
    builder_end(b);
}
#define USER_RECORD(b, type, ...)                                                                  \
    put_words(b, type, sizeof((uint64_t[]){ __VA_ARGS__ }) / 8, (uint64_t[]){ __VA_ARGS__ })

/* shift, factor, zero: the short form */
static void put_time_conv(struct perf_builder *b)
{
    USER_RECORD(b, FLAME_RECORD_TIME_CONV, 1, 2, 3);
}

static void put_auxtrace_info(struct perf_builder *b)
{
    enum { ARM_SPE = 4 };
    builder_begin(b, FLAME_RECORD_AUXTRACE_INFO, 0);
    builder_u32(b, ARM_SPE);
    builder_u32(b, 0);
    builder_u64(b, 8); /* the PMU's type */
    builder_u64(b, 1); /* one buffer per processor */
    builder_end(b);
}

/* size bytes stand behind the record, and are no records. Zeros are padding for the decoder. */
static void put_auxtrace(struct perf_builder *b, uint64_t size)
{
    builder_begin(b, FLAME_RECORD_AUXTRACE, 0);
    builder_u64(b, size);
    builder_u64(b, 0); /* offset */
    builder_u64(b, 0); /* reference */
    builder_u32(b, 0); /* index of the buffer */
    builder_u32(b, APP);
    builder_u32(b, 0); /* cpu */
    builder_u32(b, 0);
    builder_end(b);
    for (uint64_t i = 0; i < size; i++)
        builder_u8(b, 0);
}

static void put_auxtrace_error(struct perf_builder *b)
{
    builder_begin(b, FLAME_RECORD_AUXTRACE_ERROR, 0);
    for (uint32_t i = 0; i < 6; i++)
        builder_u32(b, (uint32_t[]){ 1, 2, 0, APP, APP, 1 }[i]); /* type code cpu pid tid fmt */
    builder_u64(b, LEAF);
    builder_u64(b, MS(1));
    builder_text(b, "no trace", 64);
    builder_end(b);
}

static void put_trace(struct perf_builder *b)
{
    corpus_event(b);
    put_time_conv(b);
    put_auxtrace_info(b);
    corpus_process(b);
    put(b, (struct flame_record){
               .type = FLAME_RECORD_ITRACE_START, .where = at(MS(0)), .thread = { APP, APP } });
    put(b, (struct flame_record){
               .type = FLAME_RECORD_AUX_OUTPUT_HW_ID, .where = at(MS(0)), .hw_id = 5 });
    put(b,
        (struct flame_record){ .type = FLAME_RECORD_AUX, .where = at(MS(1)), .aux = { 0, 72, 0 } });
    put_auxtrace(b, 72);
    put_auxtrace_error(b);
    corpus_samples(b);
}

static void put_build_id(struct perf_builder *b)
{
    enum { MISC = FLAME_MODE_USER | FLAME_MISC_BUILD_ID_SIZE };
    builder_begin(b, FLAME_RECORD_BUILD_ID, MISC);
    builder_u32(b, UINT32_MAX);
    builder_bytes(b, "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24", 20);
    builder_u8(b, 20);
    builder_bytes(b, "\0\0", 3);
    builder_text(b, "/opt/app/libcalc.so", 8);
    builder_end(b);
}

static void put_thread_map(struct perf_builder *b)
{
    static const char name[16] = "app";
    builder_begin(b, FLAME_RECORD_THREAD_MAP, 0);
    builder_u64(b, 1);
    builder_u64(b, APP);
    builder_bytes(b, name, sizeof name);
    builder_end(b);
}

static void put_cpu_map(struct perf_builder *b)
{
    builder_begin(b, FLAME_RECORD_CPU_MAP, 0);
    for (uint16_t i = 0; i < 4; i++)
        builder_u16(b, (uint16_t[]){ 0, 2, 0, 1 }[i]); /* a list of 2: 0 and 1 */
    builder_end(b);
}

static void put_stat(struct perf_builder *b)
{
    USER_RECORD(b, FLAME_RECORD_STAT_CONFIG, 1, 0, 0); /* one setting: aggregation, 0 */
    builder_begin(b, FLAME_RECORD_STAT, 0);
    builder_u64(b, ID);
    builder_u32(b, 0); /* cpu */
    builder_u32(b, 0); /* thread */
    for (uint64_t i = 1; i <= 3; i++)
        builder_u64(b, i * 1000); /* value, enabled, running */
    builder_end(b);
    USER_RECORD(b, FLAME_RECORD_STAT_ROUND, 1, MS(9));
}

/* All but AUXTRACE's three, and those that perf 6.1 does not know. */
static void put_user_records(struct perf_builder *b)
{
    builder_event_type(b, 0, "cpu-clock");
    builder_feature_string(b, HOSTNAME, "box");
    corpus_compressed_feature(b);
    corpus_event(b);
    builder_rename(b, ID, "a-clock");
    corpus_tracing_data(b);
    put_build_id(b);
    USER_RECORD(b, FLAME_RECORD_ID_INDEX, 1, ID, 0, 0, APP); /* one: id, index, cpu, tid */
    put_thread_map(b);
    put_cpu_map(b);
    put_time_conv(b);
    corpus_process(b);
    corpus_bare(b, FLAME_RECORD_FINISHED_INIT);
    builder_compressed_begin(b);
    corpus_samples(b);
    builder_compressed_end(b, 0, FLAME_RECORD_COMPRESSED);
    put_stat(b);
    corpus_bare(b, FLAME_RECORD_FINISHED_ROUND);
}

/* Since perf 6.16: what a BPF program says of itself, and /proc/schedstat (version 15). */
static void put_new_user_records(struct perf_builder *b)
{
    char text[512] = "probe";
    corpus_event(b);
    corpus_process(b);
    builder_begin(b, FLAME_RECORD_BPF_METADATA, 0);
    builder_bytes(b, text, 512);
    builder_u64(b, 1);
    memset(text, 0, sizeof text);
    memcpy(text, "version", 8);
    memcpy(text + 64, "1.2", 4);
    builder_bytes(b, text, 64 + 256);
    builder_end(b);
    builder_begin(b, FLAME_RECORD_SCHEDSTAT_CPU, 0);
    builder_u64(b, MS(0));
    builder_u32(b, 0);
    builder_u16(b, 15);
    builder_u16(b, 0);
    for (uint64_t i = 0; i < 6; i++)
        builder_u64(b, i); /* six u32 counters, three u64 */
    builder_end(b);
    builder_begin(b, FLAME_RECORD_SCHEDSTAT_DOMAIN, 0);
    builder_u64(b, MS(0));
    builder_u32(b, 0);
    builder_u16(b, 15);
    builder_u16(b, 0);
    for (uint32_t i = 0; i < 36; i++)
        builder_u32(b, i);
    builder_end(b);
    corpus_samples(b);
}

const struct corpus_file corpus_records[] = {
    { "good-kernel-records", put_kernel_records, { 0 }, NULL },
    { "good-kernel-records-be", put_kernel_records, { .big_endian = true }, NULL },
    { "good-lost", put_lost, { 0 }, NULL },
    { "good-auxtrace", put_trace, { 0 }, NULL },
    { "good-compressed-user-records", put_user_records, { .form = BUILDER_PIPE }, NULL },
    { "good-user-records-new", put_new_user_records, { .form = BUILDER_PIPE }, NULL },
    { .name = NULL },
};
