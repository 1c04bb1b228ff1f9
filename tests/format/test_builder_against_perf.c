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

/* What `perf script -D` prints of the file, or NULL where perf cannot be run. */
static char *perf_dump(struct flame_bytes file)
{
    if (system("perf --version >/dev/null 2>&1") != 0)
        return NULL;
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
        fail_msg("perf does not say \"%s\" in: %.2000s", words, *at);
    *at = found + strlen(words);
}

/* perf's words for one sample that we decoded. */
static void expect_sample(const char **at, const struct flame_sample *s, bool swap)
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

static void put_events(struct perf_builder *b)
{
    struct flame_event_attr attr = {
        .type = 1,
        .sample_period = 1000,
        .sample_type =
            FLAME_SAMPLE_KNOWN & ~(uint64_t)(FLAME_SAMPLE_WEIGHT_STRUCT | FLAME_SAMPLE_AUX |
                                             FLAME_SAMPLE_ID | FLAME_SAMPLE_STREAM_ID),
        .read_format = FLAME_READ_ID | FLAME_READ_TIME_ENABLED | FLAME_READ_TIME_RUNNING,
        .branch_sample_type = FLAME_BRANCH_HW_INDEX,
        .sample_regs_user = 0x0f,
        .sample_regs_intr = 0x81,
        .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all,
    };
    builder_attr(b, &attr, "cpu-clock", 1, (uint64_t[]){ 11 });
    attr.config = 1;
    builder_attr(b, &attr, "task-clock", 1, (uint64_t[]){ 22 });
    builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box");
    builder_feature_string(b, FLAME_PERF_FEATURE_ARCH, "x86_64");
    builder_feature_begin(b, FLAME_PERF_FEATURE_NRCPUS);
    builder_u32(b, 8);
    builder_u32(b, 8);
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

static void put_records(struct perf_builder *b)
{
    builder_comm(b, 41, 41, "main thread");
    builder_comm(b, 41, 42, "worker");
    builder_mmap2(b, 41, 41, 0x400000, 0x10000, 0x2000, "/nonexistent/prog");
    for (uint64_t i = 0; i < SAMPLES; i++)
        put_sample(b, i);
}

/* Build, let both read, compare. chunk: of compressed records, 0 for plain ones. */
static void check(struct builder_options options, size_t chunk)
{
    struct perf_builder *b = builder_new(options);
    put_events(b);
    if (chunk) {
        builder_feature_begin(b, FLAME_PERF_FEATURE_COMPRESSED);
        for (size_t i = 0; i < 5; i++)
            builder_u32(b, (uint32_t[]){ 1, 1, 1, 1, 528384 }[i]);
        builder_feature_end(b);
        builder_compressed_begin(b);
    }
    put_records(b);
    if (chunk)
        builder_compressed_end(b, chunk, FLAME_RECORD_COMPRESSED);
    struct flame_bytes file = builder_finish(b);
    char *dump = perf_dump(file);
    if (!dump) {
        print_message("perf is not installed: nothing to compare with\n");
        builder_free(b);
        skip();
    }
    struct perf_records r = perf_records_read(file);
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
        expect_sample(&at, &s, r.file.swap);
        samples++;
    }
    assert_int_equal(samples, SAMPLES);
    assert_null(strstr(at, "PERF_RECORD_SAMPLE"));
    free(dump);
    perf_records_free(&r);
    builder_free(b);
}

TEST(perf_reads_a_little_endian_file_as_we_do)
{
    check((struct builder_options){ 0 }, 0);
}

TEST(perf_reads_a_big_endian_file_as_we_do)
{
    check((struct builder_options){ .big_endian = true }, 0);
}

TEST(perf_reads_compressed_records_that_straddle_as_we_do)
{
    FOR_BOTH_ORDERS(big)
    {
        check((struct builder_options){ .big_endian = big }, 100);
        check((struct builder_options){ .big_endian = big }, 100000);
    }
}

TEST(perf_reads_a_small_attr_as_we_do)
{
    check((struct builder_options){ .attr_size = 104 }, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(perf_reads_a_little_endian_file_as_we_do),
        cmocka_unit_test(perf_reads_a_big_endian_file_as_we_do),
        cmocka_unit_test(perf_reads_compressed_records_that_straddle_as_we_do),
        cmocka_unit_test(perf_reads_a_small_attr_as_we_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
