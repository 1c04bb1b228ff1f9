/* The records that perf writes itself, and simpleperf's: built field by field, shown in a line. */
#include "inspect_scene.h"

static struct perf_builder *begin(int big_endian)
{
    struct perf_builder *b = builder_new((struct builder_options){ .big_endian = big_endian });
    static const struct flame_event_attr event = { .sample_type = FLAME_SAMPLE_IP };
    builder_attr(b, &event, "cycles", 0, NULL);
    return b;
}

static void words(struct perf_builder *b, size_t count, const uint64_t *words)
{
    for (size_t i = 0; i < count; i++)
        builder_u64(b, words[i]);
}

#define U64S(b, ...) words(b, sizeof((uint64_t[]){ __VA_ARGS__ }) / 8, (uint64_t[]){ __VA_ARGS__ })

/* Bytes of a fixed size, NUL-padded. */
static void padded(struct perf_builder *b, const char *text, size_t size)
{
    char bytes[512] = { 0 };
    strcpy(bytes, text);
    builder_bytes(b, bytes, size);
}

/* A record of 64-bit words alone. */
#define RECORD(b, type, ...)                                                                       \
    do {                                                                                           \
        builder_begin(b, type, 0);                                                                 \
        U64S(b, __VA_ARGS__);                                                                      \
        builder_end(b);                                                                            \
    } while (0)

TEST(descriptions_of_events)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = begin(big);
        builder_begin(b, FLAME_RECORD_ATTR, 0);
        builder_u32(b, 1);
        builder_u32(b, 64);
        U64S(b, 2, 999, FLAME_SAMPLE_IP | UINT64_C(1) << 40, FLAME_READ_ID, 0, 0, 0);
        U64S(b, 71, 72);
        builder_end(b);
        builder_begin(b, FLAME_RECORD_EVENT_TYPE, 0);
        builder_u64(b, 0x1f);
        padded(b, "branches", 16);
        builder_end(b);
        builder_begin(b, FLAME_RECORD_EVENT_UPDATE, 0);
        U64S(b, 1, 71, UINT64_C(0x3fe0000000000000)); /* 0.5 */
        builder_end(b);
        builder_begin(b, FLAME_RECORD_EVENT_UPDATE, 0);
        U64S(b, 2, 71);
        padded(b, "name", 8);
        builder_end(b);
        RECORD(b, FLAME_RECORD_ID_INDEX, 2, 71, 0, UINT64_MAX, 5, 72, 1, 3, 6);
        RECORD(b, FLAME_RECORD_ID_INDEX, 1, 71, 0, 0, 5, 77, 1);
        builder_begin(b, FLAME_RECORD_FEATURE, 0);
        builder_u64(b, 3);
        builder_string(b, "host");
        builder_end(b);
        assert_dump(b, "ATTR 88 type=1 size=64 config=0x2 period=999 sample_type=IP|0x10000000000 "
                       "read_format=ID flags=0x0 ids=[71 72]\n"
                       "EVENT_TYPE 32 config=0x1f name=\"branches\"\n"
                       "EVENT_UPDATE 32 id=71 scale=0.5\n"
                       "EVENT_UPDATE 32 id=71 name=\"name\"\n"
                       "ID_INDEX 80 ids=[71,0,-1,5 72,1,3,6]\n"
                       "ID_INDEX 64 ids=[71,0,0,5] machines=[77,1]\n"
                       "FEATURE 84 bit=3 name=HOSTNAME payload=68\n");
    }
}

TEST(maps_of_threads_and_cpus)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = begin(big);
        builder_begin(b, FLAME_RECORD_THREAD_MAP, 0);
        U64S(b, 2, 5);
        padded(b, "sh", 16);
        builder_u64(b, UINT64_MAX);
        padded(b, "a name of sixtee", 16);
        builder_end(b);
        builder_begin(b, FLAME_RECORD_CPU_MAP, 0);
        for (size_t i = 0; i < 4; i++)
            builder_u16(b, (uint16_t[]){ 0, 2, 3, 0xffff }[i]);
        builder_end(b);
        builder_begin(b, FLAME_RECORD_CPU_MAP, 0);
        for (size_t i = 0; i < 3; i++)
            builder_u16(b, (uint16_t[]){ 1, 2, 4 }[i]);
        builder_u32(b, 5);
        builder_u32(b, 1);
        builder_end(b);
        builder_begin(b, FLAME_RECORD_CPU_MAP, 0);
        for (size_t i = 0; i < 5; i++)
            builder_u16(b, (uint16_t[]){ 1, 1, 8, 0, 0 }[i]);
        builder_u64(b, UINT64_C(1) << 63);
        builder_end(b);
        builder_begin(b, FLAME_RECORD_CPU_MAP, 0);
        builder_u16(b, 2);
        builder_u8(b, 1);
        builder_u8(b, 0);
        builder_u16(b, 3);
        builder_u16(b, 9);
        builder_end(b);
        assert_dump(b, "THREAD_MAP 64 threads=[5:\"sh\" -1:\"a name of sixtee\"]\n"
                       "CPU_MAP 16 cpus=[3 -1]\n"
                       "CPU_MAP 22 cpus=[0 2 32]\n"
                       "CPU_MAP 26 cpus=[63]\n"
                       "CPU_MAP 16 cpus=[-1 3-9]\n");
    }
}

TEST(traces_with_bytes_behind_them)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = begin(big);
        builder_begin(b, FLAME_RECORD_AUXTRACE_INFO, 0);
        builder_u32(b, 1);
        builder_u32(b, 0);
        U64S(b, 7, 0xff);
        builder_end(b);
        builder_begin(b, FLAME_RECORD_AUXTRACE, 0);
        U64S(b, 16, 0x10, 0x99);
        for (size_t i = 0; i < 4; i++)
            builder_u32(b, (uint32_t[]){ 1, UINT32_MAX, 3, 0 }[i]);
        builder_end(b);
        U64S(b, 1, 2);
        builder_begin(b, FLAME_RECORD_TRACING_DATA, 0);
        builder_u32(b, 8);
        builder_end(b);
        U64S(b, 3);
        builder_begin(b, FLAME_RECORD_AUXTRACE_ERROR, 0);
        for (size_t i = 0; i < 6; i++)
            builder_u32(b, (uint32_t[]){ 1, 2, 3, 5, 6, 1 }[i]);
        U64S(b, 0x1234, 1500000000);
        padded(b, "overflow", 64);
        builder_end(b);
        assert_dump(b, "AUXTRACE_INFO 32 type=1 priv=[0x7 0xff]\n"
                       "AUXTRACE 48 follows=16 offset=0x10 reference=0x99 idx=1 tid=-1 cpu=3\n"
                       "TRACING_DATA 12 follows=8\n"
                       "AUXTRACE_ERROR 112 type=1 code=2 cpu=3 pid=5 tid=6 ip=0x1234 "
                       "time=1.500000000 message=\"overflow\"\n");
    }
}

TEST(statistics_and_clocks)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = begin(big);
        RECORD(b, FLAME_RECORD_STAT_CONFIG, 2, 0, 3, 1, 1000);
        builder_begin(b, FLAME_RECORD_STAT, 0);
        builder_u64(b, 71);
        builder_u32(b, 2);
        builder_u32(b, UINT32_MAX);
        U64S(b, 100, 50, 40);
        builder_end(b);
        RECORD(b, FLAME_RECORD_STAT_ROUND, 1, 2000000001);
        RECORD(b, FLAME_RECORD_TIME_CONV, 10, 20, 30);
        RECORD(b, FLAME_RECORD_TIME_CONV, 10, 20, 30, 40, 0xff, 0);
        builder_begin(b, FLAME_RECORD_SCHEDSTAT_DOMAIN, 0);
        builder_u64(b, 1500000000);
        builder_u32(b, 3);
        builder_u16(b, 17);
        builder_u16(b, 1);
        builder_bytes(b, "\1\2\3\4\5\6\7", 8);
        builder_end(b);
        builder_begin(b, FLAME_RECORD_BPF_METADATA, 0);
        padded(b, "prog", 512);
        builder_u64(b, 1);
        padded(b, "key", 64);
        padded(b, "value", 256);
        builder_end(b);
        assert_dump(b, "STAT_CONFIG 48 config=[0,3 1,1000]\n"
                       "STAT 48 id=71 cpu=2 thread=-1 value=100 enabled=50 running=40\n"
                       "STAT_ROUND 24 type=1 time=2.000000001\n"
                       "TIME_CONV 32 shift=10 mult=20 zero=30\n"
                       "TIME_CONV 56 shift=10 mult=20 zero=30 cycles=40 mask=0xff cap_zero=0 "
                       "cap_short=0\n"
                       "SCHEDSTAT_DOMAIN 32 time=1.500000000 cpu=3 version=17 domain=1 "
                       "counters=0102030405060700\n"
                       "BPF_METADATA 848 program=\"prog\" entries=[\"key\":\"value\"]\n");
    }
}

TEST(build_ids_with_their_sizes)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = begin(big);
        builder_begin(b, FLAME_RECORD_BUILD_ID, FLAME_MODE_USER | FLAME_MISC_BUILD_ID_SIZE);
        builder_u32(b, UINT32_MAX);
        padded(b, "\x12\x34\x56\x78", 20);
        builder_bytes(b, "\4\0\0", 4);
        padded(b, "/bin/x", 8);
        builder_end(b);
        assert_dump(b, "BUILD_ID 44 cpumode=user misc=0x8002 pid=-1 build_id=12345678 "
                       "filename=\"/bin/x\"\n");
    }
}

TEST(records_of_simpleperf)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = begin(big);
        builder_begin(b, FLAME_RECORD_SIMPLEPERF_DSO, 0);
        U64S(b, 2, 1, 0x1000);
        padded(b, "/lib/x", 8);
        builder_end(b);
        builder_begin(b, FLAME_RECORD_SIMPLEPERF_SYMBOL, 0);
        U64S(b, 0x1010, 0x20, 1);
        padded(b, "f", 8);
        builder_end(b);
        RECORD(b, FLAME_RECORD_SIMPLEPERF_EVENT_ID, 1, 0, 71);
        builder_begin(b, FLAME_RECORD_SIMPLEPERF_CALLCHAIN, 0);
        builder_u32(b, 5);
        builder_u32(b, 6);
        U64S(b, 1, 1500000000, 2, 0x10, 0x20, 0x7f10, 0x7f20);
        builder_end(b);
        assert_dump(b, "SIMPLEPERF_DSO 40 type=2 id=1 min_vaddr=0x1000 name=\"/lib/x\"\n"
                       "SIMPLEPERF_SYMBOL 40 addr=0x1010 len=0x20 dso=1 name=\"f\"\n"
                       "SIMPLEPERF_EVENT_ID 32 ids=[0,71]\n"
                       "SIMPLEPERF_CALLCHAIN 72 pid=5 tid=6 type=1 time=1.500000000 "
                       "chain=[0x10 0x20] sps=[0x7f10 0x7f20]\n");
    }
}

TEST(counts_that_do_not_fit_are_said)
{
    struct perf_builder *b = begin(0);
    RECORD(b, FLAME_RECORD_THREAD_MAP, 2, 5, 0, 0);
    RECORD(b, FLAME_RECORD_ID_INDEX, UINT64_MAX);
    builder_begin(b, FLAME_RECORD_CPU_MAP, 0);
    for (size_t i = 0; i < 4; i++)
        builder_u16(b, (uint16_t[]){ 1, 1, 3, 0 }[i]);
    builder_end(b);
    builder_begin(b, FLAME_RECORD_CPU_MAP, 0);
    builder_u64(b, 9);
    builder_end(b);
    assert_dump(b, "THREAD_MAP 40 broken: thread_map.entries: needs 48 bytes, 24 left\n"
                   "ID_INDEX 16 broken: id_index.entries: a count that cannot be, "
                   "0 bytes left\n"
                   "CPU_MAP 16 broken: cpu_map.long_size: 3 is neither 4 nor 8\n"
                   "CPU_MAP 16 broken: cpu_map.type: 9 is unknown\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptions_of_events),
        cmocka_unit_test(maps_of_threads_and_cpus),
        cmocka_unit_test(traces_with_bytes_behind_them),
        cmocka_unit_test(statistics_and_clocks),
        cmocka_unit_test(build_ids_with_their_sizes),
        cmocka_unit_test(records_of_simpleperf),
        cmocka_unit_test(counts_that_do_not_fit_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
