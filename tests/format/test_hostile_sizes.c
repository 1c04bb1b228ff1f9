/* test_hostile_sizes.c: counts, sizes and lengths of 2^31, 2^61, 2^63 and the like, wherever a
 * perf.data has one: each is an error or a loss with an offset in the file, and takes no memory. */
#include "check.h"
#include "perf_records.h"

#include <stdlib.h>

/* Where the head has the sections, and the first event its ids. */
enum { HEADER = 104, ATTRS = 24, DATA = 40, IDS = 16, ENTRY_IDS = HEADER + IDS + 128 };

/* What no file has so many of; times 8, 16 or 24 some of them are small numbers modulo 2^64. */
static const uint64_t monsters[] = {
    UINT64_C(1) << 31, UINT64_C(1) << 32,       UINT64_C(1) << 60,
    UINT64_C(1) << 61, (UINT64_C(1) << 61) + 1, UINT64_C(0x0aaaaaaaaaaaaaab),
    UINT64_C(1) << 63, UINT64_MAX - 7,          UINT64_MAX
};

#define FOR_MONSTERS(huge)                                                                         \
    for (const uint64_t *huge = monsters; huge < monsters + sizeof monsters / sizeof *monsters;    \
         huge++)

static const struct flame_event_attr cycles = { .sample_type = FLAME_SAMPLE_IP };

/* Change a number of a little-endian file. */
static void poke(struct flame_bytes file, size_t at, uint64_t value)
{
    for (size_t i = 0; i < 8; i++)
        ((uint8_t *)(uintptr_t)file.ptr)[at + i] = (uint8_t)(value >> 8 * i);
}

/* One event with two ids, which come first, a host's name, a COMM. */
static struct perf_builder *small(void)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    builder_attr(b, &cycles, NULL, 2, (uint64_t[]){ 71, 72 });
    builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box");
    builder_comm(b, 1, 2, "sh");
    return b;
}

/* Open the file and walk through its records: it is refused, or has lost something, at an offset
 * that it has, or that it claims. Returns how many records there are; SIZE_MAX if it is refused. */
static size_t survive(struct flame_bytes bytes, uint64_t claimed)
{
    struct flame_perf_file file;
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    struct flame_error error = FLAME_ERROR_INIT;
    uint8_t *copy = malloc(bytes.size);
    assert_non_null(copy);
    memcpy(copy, bytes.ptr, bytes.size);
    if (flame_perf_open(&file, copy, bytes.size, "f", &error) != FLAME_OK) {
        assert_true(error.offset <= bytes.size || error.offset == claimed);
        free(copy);
        return SIZE_MAX;
    }
    size_t count = 0;
    assert_true(file.arena.used <= 64 << 10);
    assert_true(file.ids.cap <= 4096);
    flame_perf_stream_init(&stream, &file);
    while (flame_perf_stream_next(&stream, &buffer, &block) == FLAME_OK) {
        struct flame_perf_raw raw;
        for (size_t at = 0; flame_perf_block_next(&block, file.swap, &at, &raw);)
            count++;
    }
    const struct flame_error *why = stream.losses.count ? &stream.losses.items[0].error
                                    : file.losses.count ? &file.losses.items[0].error
                                                        : &file.bad_feature;
    assert_int_not_equal(why->status, FLAME_OK);
    assert_true(why->offset <= bytes.size || why->offset == claimed);
    flame_perf_buffer_free(&buffer);
    flame_perf_stream_deinit(&stream);
    flame_perf_close(&file);
    free(copy);
    return count;
}

/* The file with a number of its head changed. */
static size_t poked(size_t at, uint64_t huge)
{
    struct perf_builder *b = small();
    struct flame_bytes file = builder_finish(b);
    poke(file, at, huge);
    size_t count = survive(file, huge);
    builder_free(b);
    return count;
}

TEST(what_a_head_claims_beyond_the_file_is_refused_or_lost)
{
    FOR_MONSTERS(huge)
    {
        assert_int_equal(poked(8, *huge), SIZE_MAX);         /* its own size */
        assert_int_equal(poked(16, *huge), SIZE_MAX);        /* an attr's */
        assert_int_equal(poked(ATTRS, *huge), SIZE_MAX);     /* where attrs are */
        assert_int_equal(poked(ATTRS + 8, *huge), SIZE_MAX); /* their size */
        assert_int_equal(poked(DATA + 8, *huge), 1);         /* the records' */
        assert_int_equal(poked(ENTRY_IDS, *huge), 1);        /* where ids are */
        assert_int_equal(poked(ENTRY_IDS + 8, *huge), 1);    /* their size */
    }
}

TEST(where_and_how_large_a_feature_is_costs_that_feature)
{
    FOR_MONSTERS(huge)
    for (size_t word = 0; word < 2; word++) {
        struct perf_builder *b = small();
        size_t records = builder_data_size(b);
        struct flame_bytes file = builder_finish(b);
        poke(file, HEADER + IDS + 144 + records + 8 * word, *huge);
        assert_int_equal(survive(file, *huge), 1);
        builder_free(b);
    }
}

/* Each of them is a list, or a text, that begins with a count or a length of 32 bits. */
TEST(counts_in_a_feature_cost_what_is_behind_them)
{
    static const uint32_t bits[] = {
        FLAME_PERF_FEATURE_HOSTNAME,     FLAME_PERF_FEATURE_CMDLINE,
        FLAME_PERF_FEATURE_EVENT_DESC,   FLAME_PERF_FEATURE_PMU_MAPPINGS,
        FLAME_PERF_FEATURE_CPU_TOPOLOGY, FLAME_PERF_FEATURE_NUMA_TOPOLOGY,
        FLAME_PERF_FEATURE_GROUP_DESC,   FLAME_PERF_FEATURE_CACHE
    };
    static const uint32_t counts[] = { 1u << 20, 1u << 31, UINT32_MAX };
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        for (size_t k = 0; k < 3; k++) {
            struct perf_builder *b = builder_new((struct builder_options){ 0 });
            builder_attr(b, &cycles, NULL, 0, NULL);
            builder_feature_begin(b, bits[i]);
            builder_u32(b, counts[k]);
            for (int n = 0; n < 4; n++)
                builder_u32(b, counts[k]);
            builder_feature_end(b);
            builder_comm(b, 1, 2, "sh");
            assert_int_equal(survive(builder_finish(b), 0), 1);
            builder_free(b);
        }
}

/* Of events with names: how many, how large an attr is, how many ids each has, how long a name is.
 */
TEST(every_count_of_the_event_descriptions_is_bounded)
{
    for (size_t field = 0; field < 4; field++)
        for (uint32_t huge = 1u << 20; huge; huge <<= 1) {
            static const uint8_t attr[128] = { 0, 0, 0, 0, 128 };
            struct perf_builder *b = builder_new((struct builder_options){ 0 });
            builder_attr(b, &cycles, NULL, 0, NULL);
            builder_feature_begin(b, FLAME_PERF_FEATURE_EVENT_DESC);
            builder_u32(b, field == 0 ? huge : 1);
            builder_u32(b, field == 1 ? huge : sizeof attr);
            builder_bytes(b, attr, sizeof attr);
            builder_u32(b, field == 2 ? huge : 1);
            builder_u32(b, field == 3 ? huge : 8);
            builder_bytes(b, "cycles\0", 8);
            builder_u64(b, 71);
            builder_feature_end(b);
            builder_comm(b, 1, 2, "sh");
            assert_int_equal(survive(builder_finish(b), 0), 1);
            builder_free(b);
        }
}

/* A sample of these words: it is refused, with an offset in it, and names the field. */
static void check_refused(const struct flame_event_attr *attr, const char *field, size_t count,
                          const uint64_t *words)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct flame_sample sample;
    struct flame_error error = FLAME_ERROR_INIT;
    builder_attr(b, attr, NULL, 0, NULL);
    builder_begin(b, FLAME_RECORD_SAMPLE, 0);
    for (size_t i = 0; i < count; i++)
        builder_u64(b, words[i]);
    builder_end(b);
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.count, 1);
    assert_int_equal(flame_perf_sample_decode(&r.file, &r.items[0], &sample, &error),
                     FLAME_TRUNCATED);
    assert_true(error.offset >= r.items[0].offset + 8);
    assert_true(error.offset <= r.items[0].offset + r.items[0].size);
    if (!strstr(error.text, field))
        fail_msg("\"%s\" does not say \"%s\"", error.text, field);
    perf_records_discard(b, &r);
}

TEST(no_count_in_a_sample_is_believed)
{
    FOR_MONSTERS(huge)
    {
        const uint64_t words[] = { *huge, 1, 2, 3, 4, 5 };
        const uint32_t low = (uint32_t)*huge | 1u << 31;
        const uint64_t halves[] = { low, 0, 0 };
        const uint64_t group = FLAME_READ_GROUP;
        check_refused(&(struct flame_event_attr){ .sample_type = FLAME_SAMPLE_CALLCHAIN },
                      "callchain", 6, words);
        check_refused(&(struct flame_event_attr){ .sample_type = FLAME_SAMPLE_BRANCH_STACK },
                      "branch", 6, words);
        check_refused(&(struct flame_event_attr){ .sample_type = FLAME_SAMPLE_STACK_USER }, "stack",
                      6, words);
        check_refused(&(struct flame_event_attr){ .sample_type = FLAME_SAMPLE_AUX }, "aux", 6,
                      words);
        check_refused(&(struct flame_event_attr){ .sample_type = FLAME_SAMPLE_RAW }, "raw", 3,
                      halves);
        for (uint64_t more = 0; more < 32; more++)
            if (more & group)
                check_refused(&(struct flame_event_attr){ .sample_type = FLAME_SAMPLE_READ,
                                                          .read_format = more },
                              "read", 6, words);
    }
}

/* Registers are as many as the attr's mask has bits: here none of the sample's bytes are left. */
TEST(more_registers_than_a_sample_has_are_refused)
{
    check_refused(&(struct flame_event_attr){ .sample_type = FLAME_SAMPLE_REGS_USER,
                                              .sample_regs_user = UINT64_MAX },
                  "regs", 4, (uint64_t[]){ 2, 1, 2, 3 });
    check_refused(&(struct flame_event_attr){ .sample_type = FLAME_SAMPLE_REGS_INTR,
                                              .sample_regs_intr = UINT64_MAX },
                  "regs", 4, (uint64_t[]){ 2, 1, 2, 3 });
}

/* But for a map to the very last address, and for the kernel's, which old perf wrote so. */
TEST(a_map_that_wraps_around_is_refused)
{
    static const struct {
        uint64_t start, len;
        uint16_t misc;
        bool refused;
    } maps[] = {
        { 0x1000, UINT64_MAX - 0xfff, FLAME_MODE_USER, false },
        { 0x1000, UINT64_MAX - 0xffe, FLAME_MODE_USER, true },
        { 0x1000, UINT64_MAX, FLAME_MODE_USER, true },
        { UINT64_MAX, 1, FLAME_MODE_USER, false },
        { UINT64_MAX, 2, FLAME_MODE_USER, true },
        { UINT64_C(1) << 63, UINT64_C(1) << 63, FLAME_MODE_USER, false },
        { (UINT64_C(1) << 63) + 1, UINT64_C(1) << 63, FLAME_MODE_USER, true },
        { UINT64_MAX, 0, FLAME_MODE_USER, false },
        { 0, UINT64_MAX, FLAME_MODE_USER, false },
        { UINT64_MAX - 0xfff, UINT64_MAX, FLAME_MODE_KERNEL, false },
    };
    for (size_t i = 0; i < 2 * (sizeof maps / sizeof *maps); i++) {
        struct perf_builder *b = small();
        uint32_t type = i % 2 ? FLAME_RECORD_MMAP2 : FLAME_RECORD_MMAP;
        struct flame_record map = { .type = type, .misc = maps[i / 2].misc }, out;
        struct flame_error error = FLAME_ERROR_INIT;
        map.map = (struct flame_map_record){ .pid = 5,
                                             .tid = 5,
                                             .start = maps[i / 2].start,
                                             .len = maps[i / 2].len,
                                             .filename = flame_str_from("/lib") };
        builder_record(b, &map);
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.count, 2);
        assert_int_equal(flame_perf_record_decode(&r.file, &r.items[1], &out, &error),
                         maps[i / 2].refused ? FLAME_CORRUPT : FLAME_OK);
        if (maps[i / 2].refused) {
            assert_int_equal(error.offset, r.items[1].offset + 24);
            assert_non_null(strstr(error.text, "mmap.len"));
        }
        perf_records_discard(b, &r);
    }
}

/* One compressed record that expands to 63 MiB, and so stays within its limit. */
static struct flame_bytes charge(struct perf_builder *b)
{
    static const uint8_t zeros[65000];
    builder_attr(b, &cycles, NULL, 0, NULL);
    builder_compressed_begin(b);
    for (size_t size = 0; size < 63u << 20; size += 65008) {
        builder_begin(b, 87, 0);
        builder_bytes(b, zeros, sizeof zeros);
        builder_end(b);
    }
    builder_compressed_end(b, 64u << 20, FLAME_RECORD_COMPRESSED);
    size_t size = builder_data_size(b);
    struct flame_bytes file = builder_finish(b);
    return (struct flame_bytes){ file.ptr + HEADER + 144, size };
}

/* A few KB that want to be 2 GiB, with the limits as they are: 1 GiB in all. */
TEST(a_bomb_of_many_records_is_stopped_at_a_gibibyte)
{
    struct perf_builder *one = builder_new((struct builder_options){ 0 });
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct flame_bytes bomb = charge(one);
    builder_attr(b, &cycles, NULL, 0, NULL);
    for (int i = 0; i < 32; i++)
        builder_bytes(b, bomb.ptr, bomb.size);
    builder_comm(b, 1, 2, "behind");
    struct flame_bytes bytes = builder_finish(b);
    struct flame_perf_file file;
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    uint64_t expanded = 0, plain = 0;
    assert_true(bytes.size < 1 << 20);
    assert_int_equal(flame_perf_open(&file, bytes.ptr, bytes.size, "bomb", NULL), FLAME_OK);
    flame_perf_stream_init(&stream, &file);
    while (flame_perf_stream_next(&stream, &buffer, &block) == FLAME_OK) {
        assert_true(buffer.cap <= 80u << 20);
        expanded += block.compressed ? block.size : 0;
        plain += !block.compressed;
    }
    assert_true(expanded > UINT64_C(1) << 29 && expanded <= UINT64_C(1) << 30);
    assert_int_equal(plain, 1); /* what is behind is read */
    assert_int_equal(stream.losses.items[0].error.status, FLAME_LIMIT);
    assert_true(stream.losses.items[0].error.offset < bytes.size);
    assert_non_null(strstr(stream.losses.items[0].error.text, "1 GiB in all"));
    flame_perf_buffer_free(&buffer);
    flame_perf_stream_deinit(&stream);
    flame_perf_close(&file);
    builder_free(b);
    builder_free(one);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_head_claims_beyond_the_file_is_refused_or_lost),
        cmocka_unit_test(where_and_how_large_a_feature_is_costs_that_feature),
        cmocka_unit_test(counts_in_a_feature_cost_what_is_behind_them),
        cmocka_unit_test(every_count_of_the_event_descriptions_is_bounded),
        cmocka_unit_test(no_count_in_a_sample_is_believed),
        cmocka_unit_test(more_registers_than_a_sample_has_are_refused),
        cmocka_unit_test(a_map_that_wraps_around_is_refused),
        cmocka_unit_test(a_bomb_of_many_records_is_stopped_at_a_gibibyte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
