/* test_sample.c: SAMPLE records, every sample_type bit, both byte orders. The builder is the
 * control: what it wrote must come back. */
#include "check.h"
#include "perf_records.h"

enum { REGS_MASK = 0x0f, INTR_MASK = 0x81 };

static const uint8_t stack_bytes[16] = "stack of 13 by";
static const uint8_t raw_bytes[12] = "tracepoint!";
static const uint8_t aux_bytes[8] = "aux end";

/* A sample that has everything, each value different. */
static const struct flame_sample everything = {
    .where = { 41, 42, 1000000007, 77, 78, 3 },
    .misc = (unsigned)FLAME_MODE_USER | FLAME_MISC_EXACT_IP,
    .ip = 0x401234,
    .addr = 0x7fff00001111,
    .period = 250000,
    .read = { .enabled = 31,
              .running = 32,
              .id = 33,
              .lost = 34,
              .bytes = WORDS(30),
              .value_count = 1,
              .value_stride = 1 },
    .chain = WORDS(FLAME_CONTEXT_KERNEL, 0xffffffff81000010, FLAME_CONTEXT_USER, 0x401234),
    .chain_count = 4,
    .raw = { raw_bytes, sizeof raw_bytes },
    .branches = WORDS(0x10, 0x20, 0x1, 0x30, 0x40, 0x22),
    .branch_counters = WORDS(5, 6),
    .branch_count = 2,
    .branch_hw_index = 9,
    .regs_user_abi = 2,
    .regs_user = WORDS(101, 102, 103, 104),
    .regs_intr_abi = 2,
    .regs_intr = WORDS(201, 202),
    .stack = { stack_bytes, 13 },
    .weight = 0x000300020000000b,
    .data_src = 0x1122334455667788,
    .transaction = 0x51,
    .phys_addr = 0x52,
    .cgroup = 0x53,
    .data_page_size = 4096,
    .code_page_size = 2097152,
    .aux = { aux_bytes, sizeof aux_bytes },
};

static struct flame_event_attr attr_with(uint64_t sample_type)
{
    return (struct flame_event_attr){ .sample_type = sample_type,
                                      .sample_period = 4000,
                                      .branch_sample_type = FLAME_BRANCH_HW_INDEX,
                                      .sample_regs_user = REGS_MASK,
                                      .sample_regs_intr = INTR_MASK };
}

/* Write one sample of attr and read it back. records is to be freed by the caller. */
static struct flame_sample round_trip(int big, const struct flame_event_attr *attr,
                                      const struct flame_sample *sample,
                                      struct perf_builder **builder, struct perf_records *records)
{
    *builder = builder_new((struct builder_options){ .big_endian = big });
    builder_attr(*builder, attr, NULL, 0, NULL);
    builder_sample(*builder, sample);
    *records = perf_records_read(builder_finish(*builder));
    assert_int_equal(records->count, 1);
    return perf_records_sample(records, 0);
}

static void check_words(const uint8_t *got, bool swap, const uint8_t *want, uint64_t count)
{
    assert_non_null(got);
    for (uint64_t i = 0; i < count; i++)
        assert_int_equal(flame_load_u64(got, i, swap), flame_load_u64(want, i, false));
}

static void check_bytes(struct flame_bytes got, const void *want, uint64_t size)
{
    assert_int_equal(got.size, size);
    assert_memory_equal(got.ptr, want, (size_t)size);
}

/* Every part of got is as in want if its bit is set, else perf's default. */
static void check_parts(const struct flame_sample *got, const struct flame_sample *want,
                        uint64_t type, bool swap)
{
    bool id = type & (FLAME_SAMPLE_ID | FLAME_SAMPLE_IDENTIFIER);
    assert_int_equal(got->misc, want->misc);
    assert_int_equal(got->where.id, id ? want->where.id : FLAME_ID_NONE);
    assert_int_equal(got->where.pid, type & FLAME_SAMPLE_TID ? want->where.pid : -1);
    assert_int_equal(got->where.tid, type & FLAME_SAMPLE_TID ? want->where.tid : -1);
    assert_int_equal(got->where.time_ns,
                     type & FLAME_SAMPLE_TIME ? want->where.time_ns : FLAME_TIME_NONE);
    assert_int_equal(got->where.stream_id,
                     type & FLAME_SAMPLE_STREAM_ID ? want->where.stream_id : FLAME_ID_NONE);
    assert_int_equal(got->where.cpu, type & FLAME_SAMPLE_CPU ? want->where.cpu : -1);
    assert_int_equal(got->ip, type & FLAME_SAMPLE_IP ? want->ip : 0);
    assert_int_equal(got->addr, type & FLAME_SAMPLE_ADDR ? want->addr : 0);
    assert_int_equal(got->period, type & FLAME_SAMPLE_PERIOD ? want->period : 4000);
    assert_int_equal(got->chain_count, type & FLAME_SAMPLE_CALLCHAIN ? want->chain_count : 0);
    check_words(got->chain ? got->chain : want->chain, got->chain && swap, want->chain,
                got->chain_count);
    if (type & FLAME_SAMPLE_READ)
        check_words(got->read.bytes, swap, want->read.bytes, 1);
    if (type & FLAME_SAMPLE_RAW)
        check_bytes(got->raw, raw_bytes, sizeof raw_bytes);
    else
        assert_null(got->raw.ptr);
    assert_int_equal(got->branch_count, type & FLAME_SAMPLE_BRANCH_STACK ? want->branch_count : 0);
    if (type & FLAME_SAMPLE_BRANCH_STACK) {
        assert_int_equal(got->branch_hw_index, want->branch_hw_index);
        check_words(got->branches, swap, want->branches, want->branch_count * 3);
    }
    assert_int_equal(got->regs_user_abi, type & FLAME_SAMPLE_REGS_USER ? 2 : 0);
    if (type & FLAME_SAMPLE_REGS_USER)
        check_words(got->regs_user, swap, want->regs_user, 4);
    assert_int_equal(got->regs_intr_abi, type & FLAME_SAMPLE_REGS_INTR ? 2 : 0);
    if (type & FLAME_SAMPLE_REGS_INTR)
        check_words(got->regs_intr, swap, want->regs_intr, 2);
    if (type & FLAME_SAMPLE_STACK_USER)
        check_bytes(got->stack, stack_bytes, 13);
    else
        assert_null(got->stack.ptr);
    bool weight = type & (FLAME_SAMPLE_WEIGHT | FLAME_SAMPLE_WEIGHT_STRUCT);
    assert_int_equal(got->weight, weight ? want->weight : 0);
    assert_int_equal(got->data_src, type & FLAME_SAMPLE_DATA_SRC ? want->data_src : 0);
    assert_int_equal(got->transaction, type & FLAME_SAMPLE_TRANSACTION ? want->transaction : 0);
    assert_int_equal(got->phys_addr, type & FLAME_SAMPLE_PHYS_ADDR ? want->phys_addr : 0);
    assert_int_equal(got->cgroup, type & FLAME_SAMPLE_CGROUP ? want->cgroup : 0);
    assert_int_equal(got->data_page_size,
                     type & FLAME_SAMPLE_DATA_PAGE_SIZE ? want->data_page_size : 0);
    assert_int_equal(got->code_page_size,
                     type & FLAME_SAMPLE_CODE_PAGE_SIZE ? want->code_page_size : 0);
    if (type & FLAME_SAMPLE_AUX)
        check_bytes(got->aux, aux_bytes, sizeof aux_bytes);
    else
        assert_null(got->aux.ptr);
}

static void check_type(uint64_t type)
{
    FOR_BOTH_ORDERS(big)
    {
        struct flame_event_attr attr = attr_with(type);
        struct flame_sample want = everything;
        struct perf_builder *builder;
        struct perf_records records;
        struct flame_sample got = round_trip(big, &attr, &want, &builder, &records);
        check_parts(&got, &want, type, records.file.swap);
        perf_records_discard(builder, &records);
    }
}

TEST(each_bit_alone_comes_back)
{
    for (int bit = 0; bit < 25; bit++)
        check_type(UINT64_C(1) << bit);
}

TEST(each_bit_leaves_the_part_behind_it_in_place)
{
    for (int bit = 0; bit < 25; bit++)
        check_type(UINT64_C(1) << bit | FLAME_SAMPLE_AUX);
}

TEST(all_bits_together_come_back_and_aux_is_last)
{
    check_type(FLAME_SAMPLE_KNOWN & ~(uint64_t)FLAME_SAMPLE_WEIGHT);
}

TEST(any_subset_of_bits_comes_back)
{
    uint64_t random = 20261122;
    for (int i = 0; i < 400; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        check_type(random >> 20 & FLAME_SAMPLE_KNOWN & ~(uint64_t)FLAME_SAMPLE_WEIGHT);
    }
}

TEST(every_read_format_of_one_counter_comes_back)
{
    FOR_BOTH_ORDERS(big) for (uint64_t format = 0; format < 32; format++)
    {
        if (format & FLAME_READ_GROUP)
            continue;
        struct flame_event_attr attr = attr_with(FLAME_SAMPLE_READ | FLAME_SAMPLE_AUX);
        attr.read_format = format;
        struct flame_sample want = everything;
        struct perf_builder *builder;
        struct perf_records records;
        struct flame_sample got = round_trip(big, &attr, &want, &builder, &records);
        check_words(got.read.bytes, records.file.swap, WORDS(30), 1);
        assert_int_equal(got.read.value_count, 1);
        assert_int_equal(got.read.enabled, format & FLAME_READ_TIME_ENABLED ? 31 : 0);
        assert_int_equal(got.read.running, format & FLAME_READ_TIME_RUNNING ? 32 : 0);
        assert_int_equal(got.read.id, format & FLAME_READ_ID ? 33 : 0);
        assert_int_equal(got.read.lost, format & FLAME_READ_LOST ? 34 : 0);
        check_bytes(got.aux, aux_bytes, sizeof aux_bytes);
        perf_records_discard(builder, &records);
    }
}

TEST(every_read_format_of_a_group_comes_back)
{
    FOR_BOTH_ORDERS(big) for (uint64_t format = 0; format < 32; format++)
    {
        if (!(format & FLAME_READ_GROUP))
            continue;
        struct flame_event_attr attr = attr_with(FLAME_SAMPLE_READ | FLAME_SAMPLE_AUX);
        attr.read_format = format;
        uint8_t stride = (uint8_t)(1 + !!(format & FLAME_READ_ID) + !!(format & FLAME_READ_LOST));
        const uint8_t *words = WORDS(1, 2, 3, 4, 5, 6, 7, 8, 9);
        struct flame_sample want = everything;
        want.read = (struct flame_read_values){
            .enabled = 31, .running = 32, .bytes = words, .value_count = 3, .value_stride = stride
        };
        struct perf_builder *builder;
        struct perf_records records;
        struct flame_sample got = round_trip(big, &attr, &want, &builder, &records);
        assert_int_equal(got.read.value_count, 3);
        assert_int_equal(got.read.value_stride, stride);
        check_words(got.read.bytes, records.file.swap, words, 3u * stride);
        assert_int_equal(got.read.enabled, format & FLAME_READ_TIME_ENABLED ? 31 : 0);
        assert_int_equal(got.read.running, format & FLAME_READ_TIME_RUNNING ? 32 : 0);
        check_bytes(got.aux, aux_bytes, sizeof aux_bytes);
        perf_records_discard(builder, &records);
    }
}

TEST(branch_stack_without_hw_index_has_no_such_word)
{
    FOR_BOTH_ORDERS(big)
    {
        struct flame_event_attr attr = attr_with(FLAME_SAMPLE_BRANCH_STACK | FLAME_SAMPLE_AUX);
        attr.branch_sample_type = 0;
        struct flame_sample want = everything;
        struct perf_builder *builder;
        struct perf_records records;
        struct flame_sample got = round_trip(big, &attr, &want, &builder, &records);
        assert_int_equal(got.branch_count, 2);
        check_words(got.branches, records.file.swap, want.branches, 6);
        assert_null(got.branch_counters);
        check_bytes(got.aux, aux_bytes, sizeof aux_bytes);
        perf_records_discard(builder, &records);
    }
}

TEST(branch_counters_stand_behind_all_entries)
{
    FOR_BOTH_ORDERS(big)
    {
        struct flame_event_attr attr = attr_with(FLAME_SAMPLE_BRANCH_STACK | FLAME_SAMPLE_AUX);
        attr.branch_sample_type = FLAME_BRANCH_HW_INDEX | FLAME_BRANCH_COUNTERS;
        struct flame_sample want = everything;
        struct perf_builder *builder;
        struct perf_records records;
        struct flame_sample got = round_trip(big, &attr, &want, &builder, &records);
        check_words(got.branch_counters, records.file.swap, want.branch_counters, 2);
        check_bytes(got.aux, aux_bytes, sizeof aux_bytes);
        perf_records_discard(builder, &records);
    }
}

/* The kernel leaves hw_idx out where the PMU gave no stack, whatever was asked for. */
TEST(empty_branch_stack_is_read_with_and_without_hw_index)
{
    FOR_BOTH_ORDERS(big) for (int with = 0; with < 2; with++)
    {
        struct flame_event_attr attr =
            attr_with(FLAME_SAMPLE_BRANCH_STACK | FLAME_SAMPLE_REGS_USER | FLAME_SAMPLE_STACK_USER);
        struct flame_sample want = everything;
        want.branch_count = 0;
        want.branch_hw_index = with ? 9 : FLAME_ID_NONE;
        struct perf_builder *builder;
        struct perf_records records;
        struct flame_sample got = round_trip(big, &attr, &want, &builder, &records);
        assert_int_equal(got.branch_count, 0);
        assert_int_equal(got.regs_user_abi, 2);
        check_words(got.regs_user, records.file.swap, want.regs_user, 4);
        check_bytes(got.stack, stack_bytes, 13);
        perf_records_discard(builder, &records);
    }
}

TEST(registers_are_absent_when_abi_is_zero)
{
    struct flame_event_attr attr =
        attr_with(FLAME_SAMPLE_REGS_USER | FLAME_SAMPLE_REGS_INTR | FLAME_SAMPLE_AUX);
    struct flame_sample want = everything;
    want.regs_user_abi = want.regs_intr_abi = 0;
    struct perf_builder *builder;
    struct perf_records records;
    struct flame_sample got = round_trip(0, &attr, &want, &builder, &records);
    assert_null(got.regs_user);
    assert_null(got.regs_intr);
    check_bytes(got.aux, aux_bytes, sizeof aux_bytes);
    perf_records_discard(builder, &records);
}

TEST(empty_stack_dump_has_no_dyn_size)
{
    struct flame_event_attr attr = attr_with(FLAME_SAMPLE_STACK_USER | FLAME_SAMPLE_AUX);
    struct flame_sample want = everything;
    want.stack.size = 0;
    struct perf_builder *builder;
    struct perf_records records;
    struct flame_sample got = round_trip(0, &attr, &want, &builder, &records);
    assert_int_equal(got.stack.size, 0);
    check_bytes(got.aux, aux_bytes, sizeof aux_bytes);
    perf_records_discard(builder, &records);
}

/* The rest build their sample word by word. */
static struct perf_records words_as_sample(struct perf_builder *b, uint64_t sample_type,
                                           size_t count, const uint64_t *words)
{
    struct flame_event_attr attr = attr_with(sample_type);
    builder_attr(b, &attr, NULL, 0, NULL);
    builder_begin(b, FLAME_RECORD_SAMPLE, FLAME_MODE_USER);
    for (size_t i = 0; i < count; i++)
        builder_u64(b, words[i]);
    builder_end(b);
    return perf_records_read(builder_finish(b));
}

TEST(dyn_size_beyond_the_dump_is_cut_to_it)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct perf_records r =
        words_as_sample(b, FLAME_SAMPLE_STACK_USER, 4, (uint64_t[]){ 16, 1, 2, 4096 });
    assert_int_equal(perf_records_sample(&r, 0).stack.size, 16);
    perf_records_discard(b, &r);
}

TEST(unknown_sample_type_bit_keeps_what_stands_before_it)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct perf_records r =
        words_as_sample(b, FLAME_SAMPLE_IP | FLAME_SAMPLE_CODE_PAGE_SIZE | UINT64_C(1) << 40, 3,
                        (uint64_t[]){ 0x401234, 4096, 0xbadbad });
    struct flame_sample got = perf_records_sample(&r, 0);
    assert_int_equal(got.ip, 0x401234);
    assert_int_equal(got.code_page_size, 4096);
    perf_records_discard(b, &r);
}

/* Whatever count is impossible: the sample is refused with its offset. */
static void check_refused(uint64_t sample_type, const char *field, size_t count,
                          const uint64_t *words)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct perf_records r = words_as_sample(b, sample_type, count, words);
    struct flame_sample out;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_perf_sample_decode(&r.file, &r.items[0], &out, &error), FLAME_TRUNCATED);
    assert_int_equal(error.offset, r.items[0].offset + 8 + 8);
    assert_non_null(strstr(error.text, field));
    perf_records_discard(b, &r);
}

TEST(counts_that_do_not_fit_refuse_the_sample)
{
    /* The third would wrap to 0 bytes if it were multiplied by 8 first. */
    static const uint64_t counts[] = { 3, 1u << 20, UINT64_C(1) << 61, UINT64_MAX };
    for (size_t i = 0; i < 4; i++)
        check_refused(FLAME_SAMPLE_CALLCHAIN, "callchain", 3, (uint64_t[]){ counts[i], 1, 2 });
    check_refused(FLAME_SAMPLE_AUX, "aux", 3, (uint64_t[]){ 17, 1, 2 });
    check_refused(FLAME_SAMPLE_AUX, "aux", 3, (uint64_t[]){ UINT64_MAX - 7, 1, 2 });
    check_refused(FLAME_SAMPLE_STACK_USER, "stack", 2, (uint64_t[]){ 65528, 1 });
}

TEST(branch_count_that_wraps_refuses_the_sample)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    /* 24 * this is 8 modulo 2^64 */
    struct perf_records r = words_as_sample(b, FLAME_SAMPLE_BRANCH_STACK, 3,
                                            (uint64_t[]){ UINT64_C(0x0aaaaaaaaaaaaaab), 1, 2 });
    struct flame_sample out;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_perf_sample_decode(&r.file, &r.items[0], &out, &error), FLAME_TRUNCATED);
    perf_records_discard(b, &r);
}

TEST(raw_size_that_does_not_fit_refuses_the_sample)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct perf_records r = words_as_sample(b, FLAME_SAMPLE_RAW, 2, (uint64_t[]){ 0xfffffffc, 0 });
    struct flame_sample out;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_perf_sample_decode(&r.file, &r.items[0], &out, &error), FLAME_TRUNCATED);
    assert_non_null(strstr(error.text, "raw"));
    perf_records_discard(b, &r);
}

/* One whose size is that of several: it would hide the others. */
TEST(sample_that_covers_others_is_refused)
{
    FOR_BOTH_ORDERS(big)
    for (uint32_t type = FLAME_RECORD_COMM; type < 300; type += 249) {
        struct perf_builder *b = perf_records_one_event(big);
        builder_begin(b, FLAME_RECORD_SAMPLE, 0);
        builder_u64(b, 0x401000);
        builder_u32(b, type);
        builder_u16(b, 0);
        builder_u16(b, 24);
        builder_u64(b, 0x401000);
        builder_u64(b, 0);
        builder_end(b);
        struct perf_records r = perf_records_read(builder_finish(b));
        struct flame_error error = FLAME_ERROR_INIT;
        struct flame_sample s;
        enum flame_status status = flame_perf_sample_decode(&r.file, &r.items[0], &s, &error);
        /* What is no header is what a later version may have put there. */
        assert_int_equal(status, type == FLAME_RECORD_COMM ? FLAME_CORRUPT : FLAME_OK);
        if (status == FLAME_OK)
            assert_int_equal(s.ip, 0x401000);
        perf_records_discard(b, &r);
    }
}

TEST(sample_cut_at_any_byte_is_refused)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct flame_event_attr attr = attr_with(FLAME_SAMPLE_KNOWN & ~(uint64_t)FLAME_SAMPLE_WEIGHT);
    struct flame_sample want = everything;
    builder_attr(b, &attr, NULL, 0, NULL);
    builder_sample(b, &want);
    struct perf_records r = perf_records_read(builder_finish(b));
    for (uint16_t size = 8; size < r.items[0].size; size++) {
        struct flame_perf_raw cut = r.items[0];
        struct flame_sample out;
        cut.size = size;
        assert_int_not_equal(flame_perf_sample_decode(&r.file, &cut, &out, NULL), FLAME_OK);
    }
    perf_records_discard(b, &r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_bit_alone_comes_back),
        cmocka_unit_test(each_bit_leaves_the_part_behind_it_in_place),
        cmocka_unit_test(all_bits_together_come_back_and_aux_is_last),
        cmocka_unit_test(any_subset_of_bits_comes_back),
        cmocka_unit_test(every_read_format_of_one_counter_comes_back),
        cmocka_unit_test(every_read_format_of_a_group_comes_back),
        cmocka_unit_test(branch_stack_without_hw_index_has_no_such_word),
        cmocka_unit_test(branch_counters_stand_behind_all_entries),
        cmocka_unit_test(empty_branch_stack_is_read_with_and_without_hw_index),
        cmocka_unit_test(registers_are_absent_when_abi_is_zero),
        cmocka_unit_test(empty_stack_dump_has_no_dyn_size),
        cmocka_unit_test(dyn_size_beyond_the_dump_is_cut_to_it),
        cmocka_unit_test(unknown_sample_type_bit_keeps_what_stands_before_it),
        cmocka_unit_test(counts_that_do_not_fit_refuse_the_sample),
        cmocka_unit_test(branch_count_that_wraps_refuses_the_sample),
        cmocka_unit_test(raw_size_that_does_not_fit_refuses_the_sample),
        cmocka_unit_test(sample_that_covers_others_is_refused),
        cmocka_unit_test(sample_cut_at_any_byte_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
