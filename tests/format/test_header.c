/* test_header.c: the file's head: kinds of file, positions, ids, the feature map, and what is done
 * about files that are cut short. */
#include "check.h"
#include "perf_records.h"

#include <stdlib.h>

enum { ATTRS_OFFSET = 24, DATA_OFFSET = 40, DATA_SIZE = 48, HEADER = 104 };

static const struct flame_event_attr cycles = { .sample_type = FLAME_SAMPLE_IP };

static struct perf_builder *one_event(struct builder_options options)
{
    struct perf_builder *b = builder_new(options);
    builder_attr(b, &cycles, NULL, 0, NULL);
    return b;
}

/* Change a number of a little-endian file. */
static void poke(struct flame_bytes file, size_t at, uint64_t value)
{
    for (size_t i = 0; i < 8; i++)
        ((uint8_t *)(uintptr_t)file.ptr)[at + i] = (uint8_t)(value >> 8 * i);
}

/* Open bytes, expecting a refusal; the message goes to error. */
static void check_refused(const void *bytes, size_t size, enum flame_status status, uint64_t offset,
                          const char *text)
{
    struct flame_perf_file file;
    struct flame_error error = FLAME_ERROR_INIT;
    /* A copy of its own lets the sanitizer see reads behind the end. */
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    assert_int_equal(flame_perf_open(&file, copy, size, "f", &error), status);
    assert_int_equal(error.status, status);
    assert_int_equal(error.offset, offset);
    if (!strstr(error.text, text))
        fail_msg("\"%s\" does not say \"%s\"", error.text, text);
    assert_string_equal(error.path, "f");
    free(copy);
}

TEST(files_that_are_something_else_are_told_so)
{
    check_refused("", 0, FLAME_FORMAT, FLAME_NO_OFFSET, "empty");
    check_refused("PERF", 4, FLAME_FORMAT, 0, "not a perf.data");
    check_refused("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0", 16, FLAME_FORMAT, 0, "not a perf.data");
    check_refused("PERFILE3\150\0\0\0\0\0\0\0", 16, FLAME_FORMAT, 0, "not a perf.data");
}

TEST(a_head_without_any_event_is_refused)
{
    check_refused("PERFILE2\20\0\0\0\0\0\0\0", 16, FLAME_CORRUPT, FLAME_NO_OFFSET, "no event");
    check_refused("2ELIFREP\0\0\0\0\0\0\0\20", 16, FLAME_CORRUPT, FLAME_NO_OFFSET, "no event");
    check_refused("PERFFILE\150\0\0\0\0\0\0\0", 16, FLAME_CORRUPT, 16, "attr_size");
}

TEST(probe_knows_the_three_magics)
{
    assert_true(flame_perf_probe("PERFILE2", 8));
    assert_true(flame_perf_probe("2ELIFREP", 8));
    assert_true(flame_perf_probe("PERFFILE", 8));
    assert_false(flame_perf_probe("PERFILE2", 7));
    assert_false(flame_perf_probe("PERFILE1", 8));
    assert_false(flame_perf_probe("", 0));
}

TEST(header_of_another_size_is_corrupt)
{
    struct perf_builder *b = one_event((struct builder_options){ 0 });
    struct flame_bytes file = builder_finish(b);
    poke(file, 8, 103);
    check_refused(file.ptr, file.size, FLAME_CORRUPT, 8, "103");
    builder_free(b);
}

TEST(header_cut_anywhere_is_refused)
{
    struct perf_builder *b = one_event((struct builder_options){ 0 });
    struct flame_bytes file = builder_finish(b);
    for (size_t size = 8; size < HEADER; size++) {
        uint64_t offset = size < 16 ? 8 : size < 72 ? size / 8 * 8 : 72;
        check_refused(file.ptr, size, FLAME_TRUNCATED, offset, "header.");
    }
    builder_free(b);
}

TEST(both_orders_read_the_same_and_no_features_are_none)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = one_event((struct builder_options){ .big_endian = big });
        builder_comm(b, 1, 2, "sh");
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.file.big_endian, big);
        assert_int_equal(r.file.events.count, 1);
        assert_int_equal(r.count, 1);
        assert_str(perf_records_record(&r, 0).comm.comm, "sh");
        assert_int_equal(r.file.losses.items[0].error.status, FLAME_OK);
        assert_int_equal(r.file.bad_features, 0);
        perf_records_free(&r);
        builder_free(b);
    }
}

TEST(header_of_72_bytes_has_no_features)
{
    struct perf_builder *b = one_event((struct builder_options){ .header_size = 72 });
    builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box");
    builder_comm(b, 1, 2, "sh");
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.count, 1);
    assert_str(r.file.features.hostname, "");
    assert_int_equal(r.file.bad_features, 0);
    perf_records_free(&r);
    builder_free(b);
}

TEST(attrs_may_stand_behind_everything)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b =
            builder_new((struct builder_options){ .big_endian = big, .attrs_last = true });
        builder_attr(b, &cycles, "cycles", 2, (uint64_t[]){ 3, 4 });
        builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box");
        builder_comm(b, 1, 2, "sh");
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.count, 1);
        assert_int_equal(r.file.ids.count, 2);
        assert_str(r.file.events.items[0].name, "cycles");
        assert_str(r.file.features.hostname, "box");
        perf_records_free(&r);
        builder_free(b);
    }
}

TEST(gaps_and_bytes_behind_the_end_mean_nothing)
{
    FOR_BOTH_ORDERS(big) for (int last = 0; last < 2; last++)
    {
        struct perf_builder *b = builder_new(
            (struct builder_options){ .big_endian = big, .attrs_last = last, .gap = 13 });
        builder_attr(b, &cycles, "cycles", 2, (uint64_t[]){ 3, 4 });
        builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box");
        builder_comm(b, 1, 2, "sh");
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.count, 1);
        assert_int_equal(r.file.ids.count, 2);
        assert_str(r.file.features.hostname, "box");
        assert_int_equal(r.file.bad_features + r.file.losses.count + r.losses.count, 0);
        perf_records_discard(b, &r);
    }
}

TEST(version_1_is_read_in_either_order_with_every_attr_it_had)
{
    static const uint32_t sizes[] = { 64, 72, 80, 96, 104 };
    FOR_BOTH_ORDERS(big) for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    {
        struct perf_builder *b = builder_new((struct builder_options){
            .form = BUILDER_V1, .big_endian = big, .attr_size = sizes[i] });
        builder_attr(b, &cycles, "cycles", 1, (uint64_t[]){ 3 });
        builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box");
        builder_comm(b, 1, 2, "sh");
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.file.form, FLAME_PERF_FORM_V1);
        assert_int_equal(r.file.big_endian, big);
        assert_str(perf_records_record(&r, 0).comm.comm, "sh");
        assert_str(r.file.features.hostname, "box");
        assert_str(r.file.events.items[0].name, "cycles");
        perf_records_discard(b, &r);
    }
}

/* Old perfs left the entry of a section that they could not write, wherever it points. */
TEST(empty_feature_is_no_error_wherever_it_points)
{
    struct perf_builder *b = one_event((struct builder_options){ 0 });
    builder_comm(b, 1, 2, "sh");
    builder_feature_begin(b, FLAME_PERF_FEATURE_CPUDESC);
    builder_feature_end(b);
    size_t data = builder_data_size(b);
    struct flame_bytes file = builder_finish(b);
    poke(file, HEADER + 144 + data, UINT64_MAX);
    struct perf_records r = perf_records_read(file);
    assert_int_equal(r.file.bad_features, 0);
    assert_str(r.file.features.cpudesc, "");
    perf_records_discard(b, &r);
}

TEST(ids_of_all_events_are_sorted)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = builder_new((struct builder_options){ .big_endian = big });
        builder_attr(b, &cycles, NULL, 3, (uint64_t[]){ 50, 10, 30 });
        builder_attr(b, &cycles, NULL, 0, NULL);
        builder_attr(b, &cycles, NULL, 2, (uint64_t[]){ 40, 20 });
        struct perf_records r = perf_records_read(builder_finish(b));
        static const struct flame_perf_id want[] = {
            { 10, 0 }, { 20, 2 }, { 30, 0 }, { 40, 2 }, { 50, 0 }
        };
        assert_int_equal(r.file.ids.count, 5);
        for (size_t i = 0; i < 5; i++) {
            assert_int_equal(r.file.ids.items[i].id, want[i].id);
            assert_int_equal(r.file.ids.items[i].event, want[i].event);
        }
        perf_records_free(&r);
        builder_free(b);
    }
}

TEST(ids_outside_of_the_file_cost_the_ids_alone)
{
    static const uint64_t ranges[][2] = {
        { 1 << 20, 8 }, { HEADER, UINT64_MAX - 7 }, { UINT64_MAX, 8 }, { HEADER, 12 }
    };
    for (size_t i = 0; i < 4; i++) {
        struct perf_builder *b = one_event((struct builder_options){ 0 });
        builder_comm(b, 1, 2, "sh");
        struct flame_bytes file = builder_finish(b);
        poke(file, HEADER + 128, ranges[i][0]);
        poke(file, HEADER + 136, ranges[i][1]);
        struct perf_records r = perf_records_read(file);
        assert_int_equal(r.file.ids.count, 0);
        assert_int_equal(r.file.bad_features, 1);
        assert_int_equal(r.file.bad_feature.status, FLAME_CORRUPT);
        assert_int_equal(r.count, 1);
        perf_records_free(&r);
        builder_free(b);
    }
}

/* 64 events that all claim the same large table of ids: each range is fine by itself. */
TEST(id_tables_that_overlap_take_no_more_memory_than_the_file_has_ids)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    uint64_t ids[512];
    for (size_t i = 0; i < 512; i++)
        ids[i] = i;
    builder_attr(b, &cycles, NULL, 512, ids);
    for (size_t i = 1; i < 64; i++)
        builder_attr(b, &cycles, NULL, 0, NULL);
    struct flame_bytes file = builder_finish(b);
    for (size_t i = 1; i < 64; i++) {
        poke(file, HEADER + 4096 + i * 144 + 128, HEADER);
        poke(file, HEADER + 4096 + i * 144 + 136, 4096);
    }
    struct perf_records r = perf_records_read(file);
    assert_true(r.file.ids.count >= 512);
    assert_true(r.file.ids.count <= file.size / 8);
    assert_true(r.file.bad_features > 0);
    perf_records_free(&r);
    builder_free(b);
}

TEST(no_event_is_corrupt)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct flame_bytes file = builder_finish(b);
    check_refused(file.ptr, file.size, FLAME_CORRUPT, 16, "no event");
    builder_free(b);
}

TEST(attr_size_of_zero_is_corrupt)
{
    struct perf_builder *b = one_event((struct builder_options){ 0 });
    struct flame_bytes file = builder_finish(b);
    poke(file, 16, 0);
    check_refused(file.ptr, file.size, FLAME_CORRUPT, 16, "attrs");
    builder_free(b);
}

TEST(attrs_outside_of_the_file_are_truncated)
{
    struct perf_builder *b = one_event((struct builder_options){ 0 });
    struct flame_bytes file = builder_finish(b);
    poke(file, ATTRS_OFFSET, 1 << 20);
    check_refused(file.ptr, file.size, FLAME_TRUNCATED, ATTRS_OFFSET, "1048576, beyond");
    builder_free(b);
}

TEST(too_many_events_are_a_limit)
{
    struct perf_builder *b = one_event((struct builder_options){ 0 });
    struct flame_bytes file = builder_finish(b);
    poke(file, ATTRS_OFFSET + 8, UINT64_MAX / 2);
    check_refused(file.ptr, file.size, FLAME_LIMIT, 24, "65536");
    builder_free(b);
}

TEST(killed_recorder_is_read_to_the_end)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b =
            one_event((struct builder_options){ .big_endian = big, .killed = true });
        builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "never written");
        builder_comm(b, 1, 2, "one");
        builder_comm(b, 1, 2, "two");
        struct flame_bytes file = builder_finish(b);
        file.size -= 3; /* inside the second */
        struct perf_records r = perf_records_read(file);
        assert_int_equal(r.count, 1);
        assert_str(perf_records_record(&r, 0).comm.comm, "one");
        assert_int_equal(r.file.losses.count, 1);
        assert_int_equal(r.file.losses.items[0].error.status, FLAME_TRUNCATED);
        assert_int_equal(r.file.losses.items[0].error.offset, DATA_SIZE);
        assert_int_equal(r.losses.count, 0); /* it is one loss, not two */
        assert_int_equal(r.lost_bytes, 24 - 3);
        assert_str(r.file.features.hostname, "");
        perf_records_free(&r);
        builder_free(b);
    }
}

TEST(file_cut_inside_its_data_keeps_the_records_before)
{
    struct perf_builder *b = one_event((struct builder_options){ 0 });
    builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box");
    for (int i = 0; i < 10; i++)
        builder_comm(b, i, i, "sh");
    size_t data = builder_data_size(b);
    struct flame_bytes file = builder_finish(b);
    struct flame_perf_file whole;
    assert_int_equal(flame_perf_open(&whole, file.ptr, file.size, "f", NULL), FLAME_OK);
    uint64_t start = whole.parts.items[0].offset;
    flame_perf_close(&whole);
    for (size_t keep = 0; keep < data; keep++) {
        struct perf_records r = perf_records_read((struct flame_bytes){ file.ptr, start + keep });
        assert_int_equal(r.count, keep / (data / 10));
        assert_int_equal(r.file.losses.items[0].error.status, FLAME_TRUNCATED);
        assert_int_equal(r.file.losses.items[0].error.offset, start + keep);
        assert_false(r.file.losses.early || r.losses.early);
        perf_records_free(&r);
    }
    builder_free(b);
}

TEST(file_cut_inside_its_features_keeps_all_records)
{
    struct perf_builder *b = one_event((struct builder_options){ 0 });
    builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box");
    builder_feature_string(b, FLAME_PERF_FEATURE_ARCH, "s390x");
    builder_comm(b, 1, 2, "sh");
    struct flame_bytes file = builder_finish(b);
    file.size -= 1;
    struct perf_records r = perf_records_read(file);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.file.losses.count, 1);
    assert_int_equal(r.file.losses.items[0].error.status, FLAME_TRUNCATED);
    assert_int_equal(r.file.losses.items[0].error.offset, file.size);
    assert_int_equal(r.file.bad_features, 1);
    assert_str(r.file.features.hostname, "box");
    assert_str(r.file.features.arch, "");
    assert_int_equal(r.file.features.sections[FLAME_PERF_FEATURE_HOSTNAME].status, FLAME_OK);
    assert_true(r.file.features.sections[FLAME_PERF_FEATURE_ARCH].present);
    assert_int_equal(r.file.features.sections[FLAME_PERF_FEATURE_ARCH].status, FLAME_TRUNCATED);
    assert_false(r.file.losses.early || r.losses.early);
    perf_records_free(&r);
    builder_free(b);
}

/* Another behind it, which begins where the rest of the features should be. */
TEST(file_cut_inside_its_features_with_another_behind_it_is_told_so)
{
    struct perf_builder *b = one_event((struct builder_options){ 0 });
    builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box");
    builder_feature_string(b, FLAME_PERF_FEATURE_ARCH, "s390x");
    for (int i = 0; i < 4; i++)
        builder_comm(b, 1, 2, "sh");
    struct flame_bytes file = builder_finish(b);
    struct flame_perf_file whole;
    assert_int_equal(flame_perf_open(&whole, file.ptr, file.size, "f", NULL), FLAME_OK);
    uint64_t table = whole.parts.items[0].offset + whole.parts.items[0].size;
    flame_perf_close(&whole);
    for (uint64_t end = table + 1; end <= file.size; end++) {
        uint8_t *both = malloc((size_t)(end + file.size));
        assert_non_null(both);
        memcpy(both, file.ptr, (size_t)end);
        memcpy(both + end, file.ptr, (size_t)file.size);
        struct perf_records r = perf_records_read((struct flame_bytes){ both, end + file.size });
        bool cut = end < file.size;
        assert_int_equal(r.count, 4);
        assert_int_equal(r.losses.count, 0);
        assert_int_equal(r.file.losses.count, 1 + cut);
        assert_int_equal(r.file.losses.items[0].error.offset, end);
        assert_int_equal(r.file.losses.items[cut].error.offset, end);
        assert_int_equal(r.file.losses.items[cut].bytes, file.size);
        assert_true(strstr(r.file.losses.items[cut].error.text, "another recording begins"));
        assert_true(!cut || strstr(r.file.losses.items[0].error.text, "bytes too early"));
        assert_int_equal(r.file.bad_features > 0, cut);
        perf_records_free(&r);
        free(both);
    }
    builder_free(b);
}

TEST(records_that_are_said_to_be_where_they_cannot_are_read_behind_the_attrs)
{
    static const uint64_t offsets[] = { 1 << 20, UINT64_MAX, UINT64_MAX - 64, 0, 48, HEADER - 1 };
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        struct perf_builder *b = one_event((struct builder_options){ 0 });
        builder_comm(b, 1, 2, "sh");
        struct flame_bytes file = builder_finish(b);
        poke(file, DATA_OFFSET, offsets[i]);
        struct perf_records r = perf_records_read(file);
        assert_int_equal(r.count, 1);
        assert_int_equal(r.file.losses.count, 1);
        assert_int_equal(r.file.losses.items[0].error.status, FLAME_CORRUPT);
        assert_int_equal(r.file.losses.items[0].error.offset, DATA_OFFSET);
        perf_records_free(&r);
        poke(file, DATA_SIZE, UINT64_MAX);
        r = perf_records_read(file);
        assert_int_equal(r.count, 1);
        assert_int_equal(r.file.losses.items[1].error.status, FLAME_CORRUPT);
        assert_int_equal(r.file.losses.items[1].error.offset, DATA_SIZE);
        perf_records_free(&r);
        builder_free(b);
    }
}

static struct perf_records with_features(struct perf_builder **builder,
                                         struct builder_options options, bool hostname)
{
    struct perf_builder *b = *builder = one_event(options);
    builder_comm(b, 1, 2, "sh"); /* without data it would be a killed recorder's file */
    if (hostname)
        builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box");
    builder_feature_begin(b, FLAME_PERF_FEATURE_CACHE); /* bit 20 */
    builder_u32(b, 1);
    builder_u32(b, 0);
    builder_feature_end(b);
    builder_feature_begin(b, FLAME_PERF_FEATURE_E_MACHINE); /* bit 33: the second u32 word */
    builder_u32(b, 22);
    builder_u32(b, 0);
    builder_feature_end(b);
    builder_feature_begin(b, 200); /* nobody knows */
    builder_bytes(b, "abc", 3);
    builder_feature_end(b);
    builder_feature_begin(b, 255);
    builder_feature_end(b);
    return perf_records_read(builder_finish(b));
}

TEST(feature_map_is_read_in_either_order_and_word_size)
{
    static const struct builder_options writers[] = { { 0 },
                                                      { .big_endian = true },
                                                      { .big_endian = true, .map_word = 4 } };
    for (size_t i = 0; i < 3; i++) {
        struct perf_builder *b;
        struct perf_records r = with_features(&b, writers[i], true);
        const struct flame_perf_features *f = &r.file.features;
        assert_int_equal(r.file.bad_features, 0);
        assert_str(f->hostname, "box");
        assert_true(f->sections[20].present);
        assert_int_equal(f->e_machine, 22);
        assert_true(f->sections[200].present);
        assert_int_equal(f->sections[200].size, 3);
        assert_memory_equal(r.file.bytes + f->sections[200].offset, "abc", 3);
        assert_true(f->sections[255].present);
        assert_int_equal(f->sections[255].size, 0);
        assert_false(f->sections[2].present);
        perf_records_free(&r);
        builder_free(b);
    }
}

/* perf's last guess, when neither word size shows a HOSTNAME. */
TEST(big_endian_map_without_hostname_means_build_ids)
{
    struct perf_builder *b;
    struct perf_records r =
        with_features(&b, (struct builder_options){ .big_endian = true }, false);
    assert_true(r.file.features.sections[FLAME_PERF_FEATURE_BUILD_ID].present);
    assert_false(r.file.features.sections[FLAME_PERF_FEATURE_E_MACHINE].present);
    perf_records_free(&r);
    builder_free(b);
}

TEST(names_come_from_event_desc_else_from_the_attr)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct flame_event_attr clock = { .type = 1, .config = 0 };
    builder_attr(b, &cycles, "cycles:u", 0, NULL);
    builder_attr(b, &clock, "", 0, NULL);
    builder_comm(b, 1, 2, "sh");
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_str(r.file.events.items[0].name, "cycles:u");
    assert_str(r.file.events.items[1].name, "cpu-clock");
    perf_records_free(&r);
    builder_free(b);
}

TEST(names_are_cut_to_256_bytes_between_characters)
{
    char name[400];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    memcpy(name + 254, "\xe2\x82\xac", 3);
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    builder_attr(b, &cycles, name, 0, NULL);
    name[256] = 'n';
    name[255] = 'n';
    name[254] = 'n';
    builder_attr(b, &cycles, name, 0, NULL);
    builder_comm(b, 1, 2, "sh");
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.file.events.items[0].name.len, 254);
    assert_int_equal(r.file.events.items[1].name.len, 256);
    perf_records_free(&r);
    builder_free(b);
}

TEST(of_listed_names_the_first_of_a_config_counts)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = builder_new((struct builder_options){ .big_endian = big });
        for (uint64_t i = 0; i < 3; i++) {
            struct flame_event_attr raw = { .type = 4, .config = 30 - 10 * i };
            builder_attr(b, &raw, NULL, 0, NULL);
        }
        builder_event_type(b, 30, "thirty");
        builder_event_type(b, 40, "forty");
        builder_event_type(b, 30, "again");
        builder_event_type(b, 10, "ten");
        builder_comm(b, 1, 2, "sh");
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_str(r.file.events.items[0].name, "thirty");
        assert_str(r.file.events.items[1].name, "raw 0x14");
        assert_str(r.file.events.items[2].name, "ten");
        perf_records_free(&r);
        builder_free(b);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_that_are_something_else_are_told_so),
        cmocka_unit_test(a_head_without_any_event_is_refused),
        cmocka_unit_test(probe_knows_the_three_magics),
        cmocka_unit_test(header_of_another_size_is_corrupt),
        cmocka_unit_test(header_cut_anywhere_is_refused),
        cmocka_unit_test(both_orders_read_the_same_and_no_features_are_none),
        cmocka_unit_test(header_of_72_bytes_has_no_features),
        cmocka_unit_test(attrs_may_stand_behind_everything),
        cmocka_unit_test(gaps_and_bytes_behind_the_end_mean_nothing),
        cmocka_unit_test(version_1_is_read_in_either_order_with_every_attr_it_had),
        cmocka_unit_test(empty_feature_is_no_error_wherever_it_points),
        cmocka_unit_test(ids_of_all_events_are_sorted),
        cmocka_unit_test(ids_outside_of_the_file_cost_the_ids_alone),
        cmocka_unit_test(id_tables_that_overlap_take_no_more_memory_than_the_file_has_ids),
        cmocka_unit_test(no_event_is_corrupt),
        cmocka_unit_test(attr_size_of_zero_is_corrupt),
        cmocka_unit_test(attrs_outside_of_the_file_are_truncated),
        cmocka_unit_test(too_many_events_are_a_limit),
        cmocka_unit_test(killed_recorder_is_read_to_the_end),
        cmocka_unit_test(file_cut_inside_its_data_keeps_the_records_before),
        cmocka_unit_test(file_cut_inside_its_features_keeps_all_records),
        cmocka_unit_test(file_cut_inside_its_features_with_another_behind_it_is_told_so),
        cmocka_unit_test(records_that_are_said_to_be_where_they_cannot_are_read_behind_the_attrs),
        cmocka_unit_test(feature_map_is_read_in_either_order_and_word_size),
        cmocka_unit_test(big_endian_map_without_hostname_means_build_ids),
        cmocka_unit_test(names_come_from_event_desc_else_from_the_attr),
        cmocka_unit_test(names_are_cut_to_256_bytes_between_characters),
        cmocka_unit_test(of_listed_names_the_first_of_a_config_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
