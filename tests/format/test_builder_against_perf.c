/* test_builder_against_perf.c: perf itself reads what the builder writes, and sees in it what our
 * reader sees. That makes the builder a control for the reader that perf vouches for. Skipped where
 * perf isn't installed.
 *
 * `perf script -D` prints every field of every sample; we print ours in its words and look for them
 * there, in order. */
#include "check.h"
#include "perf_records.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SAMPLES = 12 };

static bool have_perf(void)
{
    return system("perf --version >/dev/null 2>&1") == 0;
}

/* What `perf script -D` prints of the file. */
static char *perf_dump(struct flame_bytes file)
{
    const char *folder = getenv("TMPDIR");
    char path[4096], command[4200];
    snprintf(path, sizeof path, "%s/flamedata-builder-XXXXXX", folder ? folder : "/tmp");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, file.ptr, (size_t)file.size), file.size);
    close(fd);
    snprintf(command, sizeof command, "perf script -D -i '%s' 2>&1", path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t size = 0, cap = 4u << 20;
    char *text = malloc(cap);
    assert_non_null(text);
    for (size_t n; size < cap - 1 && (n = fread(text + size, 1, cap - 1 - size, pipe)) > 0;)
        size += n;
    text[size] = 0;
    pclose(pipe);
    unlink(path);
    return text;
}

/* What is being compared, for messages. */
static const char *now;

/* Find the words behind *at and move there. */
__attribute__((format(printf, 2, 3))) static void expect(const char **at, const char *format, ...)
{
    char words[200];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    const char *found = strstr(*at, words);
    if (!found)
        fail_msg("%s: perf does not say \"%s\" in: %.2000s", now, words, *at);
    *at = found + strlen(words);
}

/* perf's words for one sample that we decoded. */
static void expect_sample(const char **at, const struct flame_sample *s, uint64_t type, bool swap)
{
    expect(at, "\n%d %" PRIu64 " 0x", s->where.cpu, s->where.time_ns);
    expect(at,
           "PERF_RECORD_SAMPLE(IP, 0x%x): %d/%d: %#" PRIx64 " period: %" PRIu64 " addr: %#" PRIx64
           "\n",
           (unsigned)s->misc, s->where.pid, s->where.tid, s->ip, s->period, s->addr);
    expect(at, "chain: nr:%" PRIu64 "\n", s->chain_count);
    for (uint64_t i = 0; i < s->chain_count; i++)
        /* Newer perf has a context marker's name behind it: no line break is asked for. */
        expect(at, ".....%3" PRIu64 ": %016" PRIx64, i, flame_load_u64(s->chain, i, swap));
    if (!(type & FLAME_SAMPLE_REGS_USER))
        return;
    expect(at, "branch stack: nr:%" PRIu64 "\n", s->branch_count);
    for (uint64_t i = 0; i < s->branch_count; i++)
        expect(at, "%016" PRIx64 " -> %016" PRIx64, flame_load_u64(s->branches, i * 3, swap),
               flame_load_u64(s->branches, i * 3 + 1, swap));
    for (uint64_t i = 0; i < 4; i++)
        expect(at, " 0x%016" PRIx64 "\n", flame_load_u64(s->regs_user, i, swap));
    for (uint64_t i = 0; i < 2; i++)
        expect(at, " 0x%016" PRIx64 "\n", flame_load_u64(s->regs_intr, i, swap));
    expect(at, "ustack: size %" PRIu64 ",", s->stack.size);
    expect(at, "weight: %" PRIu64, s->weight);
    expect(at, "data_src: 0x%" PRIx64, s->data_src);
    expect(at, "phys_addr: 0x%" PRIx64, s->phys_addr);
    expect(at, "data page size: %" PRIu64 "K", s->data_page_size >> 10);
    expect(at, "code page size: %" PRIu64 "K", s->code_page_size >> 10);
    expect(at, "transaction: %" PRIx64, s->transaction);
    expect(at, "time enabled %016" PRIx64, s->read.enabled);
    expect(at, "time running %016" PRIx64, s->read.running);
    expect(at, "id %016" PRIx64 ", value %016" PRIx64, s->read.id,
           flame_load_u64(s->read.bytes, 0, swap));
}

/* One shape of a recording that both are to read alike.
 *
 * chunk  bytes per compressed record; 0: none
 * small  samples hold no more than the first attrs could describe
 * put    what stands between the records, or NULL
 * tail   text behind everything */
struct shape {
    const char *name;
    struct builder_options options;
    size_t chunk;
    bool small;
    void (*put)(struct perf_builder *b);
    const char *tail;
};

enum {
    SMALL = FLAME_SAMPLE_IDENTIFIER | FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME |
            FLAME_SAMPLE_ADDR | FLAME_SAMPLE_CPU | FLAME_SAMPLE_PERIOD | FLAME_SAMPLE_CALLCHAIN,
};

static void put_events(struct perf_builder *b, const struct shape *shape)
{
    struct flame_event_attr attr = {
        .type = 1,
        .sample_period = 1000,
        .sample_type = SMALL,
        .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all,
    };
    if (!shape->small) {
        attr.sample_type =
            FLAME_SAMPLE_KNOWN & ~(uint64_t)(FLAME_SAMPLE_WEIGHT_STRUCT | FLAME_SAMPLE_AUX |
                                             FLAME_SAMPLE_ID | FLAME_SAMPLE_STREAM_ID);
        attr.read_format = FLAME_READ_ID | FLAME_READ_TIME_ENABLED | FLAME_READ_TIME_RUNNING;
        attr.branch_sample_type = FLAME_BRANCH_HW_INDEX;
        attr.sample_regs_user = 0x0f;
        attr.sample_regs_intr = 0x81;
    }
    builder_attr(b, &attr, "cpu-clock", 1, (uint64_t[]){ 11 });
    attr.config = 1;
    builder_attr(b, &attr, "task-clock", 1, (uint64_t[]){ 22 });
    builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box");
    builder_feature_string(b, FLAME_PERF_FEATURE_ARCH, "x86_64");
    builder_feature_begin(b, FLAME_PERF_FEATURE_NRCPUS);
    builder_u32(b, 8);
    builder_u32(b, 8);
    builder_feature_end(b);
    if (!shape->chunk)
        return;
    builder_feature_begin(b, FLAME_PERF_FEATURE_COMPRESSED);
    for (size_t i = 0; i < 5; i++)
        builder_u32(b, (uint32_t[]){ 1, 1, 1, 1, 528384 }[i]);
    builder_feature_end(b);
}

static void put_sample(struct perf_builder *b, uint64_t i)
{
    uint64_t id = i % 2 ? 22 : 11;
    builder_sample(b, &(struct flame_sample){
                          .attr = (uint32_t)(i % 2),
                          .misc = FLAME_MODE_USER,
                          .where = { 41, (int32_t)(41 + i % 2), 1000000000 + i * 1000, id, 0,
                                     (int32_t)(i % 4) },
                          .ip = 0x401000 + i,
                          .addr = 0x5000 + i,
                          .period = 100 + i,
                          .read = { .enabled = 5 + i,
                                    .running = 6 + i,
                                    .id = id,
                                    .bytes = WORDS(1000 * (i + 1)),
                                    .value_count = 1,
                                    .value_stride = 1 },
                          .chain = WORDS(FLAME_CONTEXT_USER, 0x401000 + i, 0x402000, 0x403000),
                          .chain_count = 4 - i % 3,
                          .raw = { (const uint8_t *)"raw bytes..", 12 },
                          .branches = WORDS(0x10 + i, 0x20, 0, 0x30, 0x40, 0),
                          .branch_count = 1 + i % 2,
                          .branch_hw_index = 9,
                          .regs_user_abi = 2,
                          .regs_user = WORDS(0x1234567800000001 + i, 2, 3, 4),
                          .regs_intr_abi = 2,
                          .regs_intr = WORDS(5, 6 + i),
                          .stack = { (const uint8_t *)"a stack of so many bytes", 8 + i },
                          .weight = 77 + i,
                          .data_src = 0x68100142,
                          .transaction = 1 + i,
                          .phys_addr = 0x99000 + i,
                          .cgroup = 3,
                          .data_page_size = 4096,
                          .code_page_size = 65536,
                      });
}

static void put_records(struct perf_builder *b, const struct shape *shape)
{
    if (shape->chunk)
        builder_compressed_begin(b);
    builder_comm(b, 41, 41, "main thread");
    if (shape->put)
        shape->put(b);
    builder_comm(b, 41, 42, "worker");
    builder_mmap2(b, 41, 41, 0x400000, 0x10000, 0x2000, "/nonexistent/prog");
    for (uint64_t i = 0; i < SAMPLES; i++)
        put_sample(b, i);
    if (shape->chunk)
        builder_compressed_end(b, shape->chunk, FLAME_RECORD_COMPRESSED);
}

/* Build, let both read, compare. */
static void check(const struct shape *shape)
{
    struct perf_builder *b = builder_new(shape->options);
    put_events(b, shape);
    put_records(b, shape);
    struct flame_bytes built = builder_finish(b);
    size_t tail = shape->tail ? strlen(shape->tail) : 0, size = (size_t)built.size + tail;
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    memcpy(bytes, built.ptr, (size_t)built.size);
    if (tail)
        memcpy(bytes + built.size, shape->tail, tail);
    char *dump = perf_dump((struct flame_bytes){ bytes, size });
    struct perf_records r = perf_records_read((struct flame_bytes){ bytes, size });
    const char *at = dump;
    expect(&at, "PERF_RECORD_COMM: main thread:41/41");
    expect(&at, "PERF_RECORD_COMM: worker:41/42");
    expect(&at, "PERF_RECORD_MMAP2 41/41: [0x400000(0x10000) @ 0x2000 ");
    expect(&at, "/nonexistent/prog");
    size_t samples = 0;
    for (size_t i = 0; i < r.count; i++) {
        if (r.items[i].type != FLAME_RECORD_SAMPLE)
            continue;
        struct flame_sample s = perf_records_sample(&r, i);
        expect_sample(&at, &s, r.file.events.items[0].attr.sample_type, r.file.swap);
        samples++;
    }
    assert_int_equal(samples, SAMPLES);
    assert_null(strstr(at, "PERF_RECORD_SAMPLE"));
    free(dump);
    perf_records_free(&r);
    builder_free(b);
    free(bytes);
}

static void check_all(const struct shape *shapes, size_t count)
{
    if (!have_perf()) {
        print_message("perf is not installed: nothing to compare with\n");
        skip();
    }
    for (size_t i = 0; i < count; i++) {
        now = shapes[i].name;
        check(&shapes[i]);
    }
}

#define CHECK_ALL(shapes) check_all(shapes, sizeof(shapes) / sizeof *(shapes))

TEST(perf_reads_either_byte_order_as_we_do)
{
    static const struct shape shapes[] = {
        { .name = "little-endian" },
        { .name = "big-endian", .options = { .big_endian = true } },
        { .name = "big-endian, 32 bits", .options = { .big_endian = true, .map_word = 4 } },
    };
    CHECK_ALL(shapes);
}

TEST(perf_reads_compressed_records_that_straddle_as_we_do)
{
    static const struct shape shapes[] = {
        { .name = "little-endian, small chunks", .chunk = 100 },
        { .name = "little-endian, one chunk", .chunk = 100000 },
        { .name = "big-endian, small chunks", .options = { .big_endian = true }, .chunk = 100 },
        { .name = "pipe, small chunks", .options = { .form = BUILDER_PIPE }, .chunk = 100 },
    };
    CHECK_ALL(shapes);
}

TEST(perf_reads_headers_and_sections_as_we_do)
{
    static const struct shape shapes[] = {
        { .name = "header of 72 bytes", .options = { .header_size = 72 } },
        { .name = "attrs behind everything", .options = { .attrs_last = true } },
        { .name = "gaps", .options = { .gap = 104 } },
        { .name = "odd gaps, attrs last", .options = { .gap = 13, .attrs_last = true } },
        { .name = "bytes behind the end", .tail = "what somebody appended to the file\n" },
        { .name = "version 1", .options = { .form = BUILDER_V1, .attr_size = 104 } },
    };
    CHECK_ALL(shapes);
}

TEST(perf_reads_attrs_of_every_size_as_we_do)
{
    static const uint32_t sizes[] = { 64, 72, 80, 96, 104, 112, 120, 128, 136, 144, 200 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct shape shapes[] = {
            { .name = "pipe", .options = { .form = BUILDER_PIPE, .attr_size = sizes[i] } },
            { .name = "file", .options = { .attr_size = sizes[i] } },
            { .name = "big-endian file", .options = { .attr_size = sizes[i], .big_endian = true } },
        };
        for (size_t k = 0; k < 3; k++)
            shapes[k].small = sizes[i] < 104;
        /* perf refuses files whose attrs are larger than its own. */
        check_all(shapes, sizes[i] > 128 ? 1 : 3);
    }
}

TEST(perf_reads_version_1_of_every_attr_size_as_we_do)
{
    static const uint32_t sizes[] = { 64, 72, 80, 96, 104 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct shape shapes[] = {
            { .name = "little-endian",
              .options = { .form = BUILDER_V1, .attr_size = sizes[i] },
              .small = true },
            { .name = "big-endian",
              .options = { .form = BUILDER_V1, .attr_size = sizes[i], .big_endian = true },
              .small = true },
        };
        CHECK_ALL(shapes);
    }
}

static void put_event_types(struct perf_builder *b)
{
    builder_event_type(b, 0, "cpu-clock");
    builder_event_type(b, 1, "task-clock");
}

static void put_empty_feature(struct perf_builder *b)
{
    builder_feature_begin(b, FLAME_PERF_FEATURE_CPUDESC);
    builder_feature_end(b);
}

/* 20 bytes, as perf 4.16 wrote it. */
static void put_odd_cpu_map(struct perf_builder *b)
{
    builder_begin(b, FLAME_RECORD_CPU_MAP, 0);
    builder_u16(b, 0);
    builder_u16(b, 4);
    for (uint16_t cpu = 0; cpu < 4; cpu++)
        builder_u16(b, cpu);
    builder_end(b);
}

static void put_short_time_conv(struct perf_builder *b)
{
    builder_begin(b, FLAME_RECORD_TIME_CONV, 0);
    for (uint64_t i = 1; i < 4; i++)
        builder_u64(b, i);
    builder_end(b);
}

static void put_rounds(struct perf_builder *b)
{
    static const uint32_t types[] = { FLAME_RECORD_FINISHED_INIT, FLAME_RECORD_FINISHED_ROUND,
                                      FLAME_RECORD_FINISHED_ROUND };
    for (size_t i = 0; i < 3; i++) {
        builder_begin(b, types[i], 0);
        builder_end(b);
    }
}

static void put_update(struct perf_builder *b)
{
    builder_rename(b, 22, "another name");
}

TEST(perf_reads_what_stands_between_as_we_do)
{
    static const struct shape shapes[] = {
        { .name = "table of event names", .put = put_event_types },
        { .name = "empty feature", .put = put_empty_feature },
        { .name = "record of 20 bytes", .put = put_odd_cpu_map },
        { .name = "short TIME_CONV", .put = put_short_time_conv },
        { .name = "rounds", .put = put_rounds },
        { .name = "EVENT_UPDATE", .put = put_update },
    };
    CHECK_ALL(shapes);
}

/* In foreign order perf 6.1 takes the pid of a pipe's sample for the tid: no control there. */
TEST(perf_reads_pipes_as_we_do)
{
    const struct builder_options pipe = { .form = BUILDER_PIPE };
    const struct shape shapes[] = {
        { .name = "little-endian", .options = pipe },
        { .name = "record of 20 bytes", .options = pipe, .put = put_odd_cpu_map },
        { .name = "EVENT_UPDATE", .options = pipe, .put = put_update },
        { .name = "event types", .options = pipe, .put = put_event_types },
        { .name = "text at the end", .options = pipe, .tail = "[ perf record: Woken up 1 times" },
    };
    CHECK_ALL(shapes);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(perf_reads_either_byte_order_as_we_do),
        cmocka_unit_test(perf_reads_compressed_records_that_straddle_as_we_do),
        cmocka_unit_test(perf_reads_headers_and_sections_as_we_do),
        cmocka_unit_test(perf_reads_attrs_of_every_size_as_we_do),
        cmocka_unit_test(perf_reads_version_1_of_every_attr_size_as_we_do),
        cmocka_unit_test(perf_reads_what_stands_between_as_we_do),
        cmocka_unit_test(perf_reads_pipes_as_we_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
