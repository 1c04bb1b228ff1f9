/* test_attr.c: perf_event_attr in every size that perf has had, both byte orders. */
#include "check.h"
#include "perf_records.h"

/* Every field different, every flag set but the reserved ones. */
static const struct flame_event_attr full = {
    .type = 4,
    .config = 0x1111222233334444,
    .sample_period = 0x0102030405060708,
    .sample_type = 0x1ffffff,
    .read_format = 0x1f,
    .flags = 0xffffffffff,
    .wakeup = 0x21222324,
    .bp_type = 0x31323334,
    .config1 = 0x4142434445464748,
    .config2 = 0x5152535455565758,
    .branch_sample_type = 0x6162636465666768,
    .sample_regs_user = 0x7172737475767778,
    .sample_stack_user = 0x81828384,
    .clockid = -7,
    .sample_regs_intr = 0x9192939495969798,
    .aux_watermark = 0xa1a2a3a4,
    .sample_max_stack = 0xb1b2,
    .aux_sample_size = 0xc1c2c3c4,
    .aux_action = 0xd1d2d3d4,
    .sig_data = 0xe1e2e3e4e5e6e7e8,
    .config3 = 0xf1f2f3f4f5f6f7f8,
    .config4 = 0x0a0b0c0d0e0f0001,
};

static struct flame_event_attr round_trip(struct builder_options options,
                                          const struct flame_event_attr *attr)
{
    struct perf_builder *b = builder_new(options);
    builder_attr(b, attr, NULL, 0, NULL);
    struct perf_records r = perf_records_read(builder_finish(b));
    struct flame_event_attr got = r.file.events.items[0].attr;
    perf_records_free(&r);
    builder_free(b);
    return got;
}

/* got has the fields that lie within size bytes, and zeros behind. */
static void check_fields(const struct flame_event_attr *got, uint32_t size)
{
#define FIELD(name, end) assert_int_equal(got->name, size >= (end) ? full.name : 0)
    FIELD(type, 4);
    FIELD(config, 16);
    FIELD(sample_period, 24);
    FIELD(sample_type, 32);
    FIELD(read_format, 40);
    FIELD(flags, 48);
    FIELD(wakeup, 52);
    FIELD(bp_type, 56);
    FIELD(config1, 64);
    FIELD(config2, 72);
    FIELD(branch_sample_type, 80);
    FIELD(sample_regs_user, 88);
    FIELD(sample_stack_user, 92);
    FIELD(clockid, 96);
    FIELD(sample_regs_intr, 104);
    FIELD(aux_watermark, 108);
    FIELD(sample_max_stack, 110);
    FIELD(aux_sample_size, 116);
    FIELD(aux_action, 120);
    FIELD(sig_data, 128);
    FIELD(config3, 136);
    FIELD(config4, 144);
#undef FIELD
}

TEST(every_size_keeps_its_fields_and_zeroes_the_rest)
{
    FOR_BOTH_ORDERS(big) for (uint32_t size = 64; size <= 144; size += 8)
    {
        struct flame_event_attr got =
            round_trip((struct builder_options){ .big_endian = big, .attr_size = size }, &full);
        assert_int_equal(got.size, size);
        check_fields(&got, size);
    }
}

TEST(attr_of_the_future_is_read_as_far_as_it_is_known)
{
    FOR_BOTH_ORDERS(big)
    {
        struct flame_event_attr got =
            round_trip((struct builder_options){ .big_endian = big, .attr_size = 200 }, &full);
        assert_int_equal(got.size, 200);
        check_fields(&got, 200);
    }
}

TEST(size_zero_means_64)
{
    struct flame_event_attr got = round_trip(
        (struct builder_options){ .attr_size = 128, .attr_claims = BUILDER_ZERO }, &full);
    assert_int_equal(got.size, 0);
    check_fields(&got, 64);
}

TEST(own_size_below_the_stride_hides_the_rest)
{
    struct flame_event_attr got =
        round_trip((struct builder_options){ .attr_size = 128, .attr_claims = 96 }, &full);
    check_fields(&got, 96);
}

TEST(own_size_beyond_the_stride_is_cut_to_it)
{
    struct flame_event_attr got =
        round_trip((struct builder_options){ .attr_size = 96, .attr_claims = 136 }, &full);
    check_fields(&got, 96);
}

/* Each entry stands at a multiple of the header's stride, whatever the attrs say of themselves. */
TEST(second_attr_stands_one_stride_on)
{
    struct perf_builder *b =
        builder_new((struct builder_options){ .attr_size = 136, .attr_claims = 112 });
    struct flame_event_attr second = full;
    second.config = 99;
    builder_attr(b, &full, NULL, 1, (uint64_t[]){ 5 });
    builder_attr(b, &second, NULL, 1, (uint64_t[]){ 6 });
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.file.events.count, 2);
    assert_int_equal(r.file.events.items[1].attr.config, 99);
    assert_int_equal(r.file.ids.items[1].id, 6);
    assert_int_equal(r.file.ids.items[1].event, 1);
    perf_records_free(&r);
    builder_free(b);
}

TEST(size_below_64_is_refused)
{
    struct perf_builder *b = builder_new((struct builder_options){ .attr_claims = 63 });
    builder_attr(b, &full, NULL, 0, NULL);
    struct flame_bytes bytes = builder_finish(b);
    struct flame_perf_file file;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_perf_open(&file, bytes.ptr, bytes.size, "f", &error), FLAME_CORRUPT);
    assert_int_equal(error.offset, 104);
    assert_non_null(strstr(error.text, "63"));
    builder_free(b);
}

TEST(each_flag_alone_comes_back_from_either_order)
{
    FOR_BOTH_ORDERS(big) for (int bit = 0; bit < 40; bit++)
    {
        struct flame_event_attr attr = { .flags = UINT64_C(1) << bit };
        struct flame_event_attr got =
            round_trip((struct builder_options){ .big_endian = big }, &attr);
        assert_int_equal(got.flags, attr.flags);
    }
}

TEST(precise_ip_keeps_its_value_in_either_order)
{
    FOR_BOTH_ORDERS(big) for (uint64_t precise = 0; precise < 4; precise++)
    {
        struct flame_event_attr attr = { .flags = precise << FLAME_ATTR_PRECISE_SHIFT };
        struct flame_event_attr got =
            round_trip((struct builder_options){ .big_endian = big }, &attr);
        assert_int_equal(got.flags >> FLAME_ATTR_PRECISE_SHIFT, precise);
    }
}

/* A word as a big-endian gcc lays it out: disabled is the highest bit, inherit the next. */
TEST(big_endian_flag_word_starts_at_the_top)
{
    uint8_t bytes[64] = { [7] = 64, [40] = 0xc0 };
    struct flame_cursor c = flame_cursor_make(
        bytes, sizeof bytes, 0, __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, NULL, NULL);
    struct flame_event_attr got;
    assert_true(flame_perf_attr_decode(&c, sizeof bytes, true, &got));
    assert_true(flame_attr_has(&got, FLAME_ATTR_disabled));
    assert_true(flame_attr_has(&got, FLAME_ATTR_inherit));
    assert_int_equal(got.flags, 3);
}

TEST(attr_is_named_after_its_type_and_config)
{
    static const struct {
        struct flame_event_attr attr;
        const char *name;
    } rows[] = {
        { { .type = 0, .config = 0 }, "cycles" },
        { { .type = 0, .config = 0x400000001 }, "instructions" }, /* hybrid: PMU 4 */
        { { .type = 1, .config = 0 }, "cpu-clock" },
        { { .type = 1, .config = 1 }, "task-clock" },
        { { .type = 1, .config = 9 }, "dummy" },
        { { .type = 3, .config = 0x10002 }, "LLC-load-misses" },
        { { .type = 3, .config = 0x00100 }, "L1-dcache-stores" },
        { { .type = 4, .config = 0x3c }, "raw 0x3c" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[80];
        flame_perf_attr_name(&rows[i].attr, name, sizeof name);
        assert_string_equal(name, rows[i].name);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_keeps_its_fields_and_zeroes_the_rest),
        cmocka_unit_test(attr_of_the_future_is_read_as_far_as_it_is_known),
        cmocka_unit_test(size_zero_means_64),
        cmocka_unit_test(own_size_below_the_stride_hides_the_rest),
        cmocka_unit_test(own_size_beyond_the_stride_is_cut_to_it),
        cmocka_unit_test(second_attr_stands_one_stride_on),
        cmocka_unit_test(size_below_64_is_refused),
        cmocka_unit_test(each_flag_alone_comes_back_from_either_order),
        cmocka_unit_test(precise_ip_keeps_its_value_in_either_order),
        cmocka_unit_test(big_endian_flag_word_starts_at_the_top),
        cmocka_unit_test(attr_is_named_after_its_type_and_config),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
