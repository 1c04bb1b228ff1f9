/* test_simpleperf.c: what simpleperf adds to a perf.data: its features, its records. */
#include "check.h"
#include "perf_records.h"
#include "simpleperf.h"
#include "simpleperf_builder.h"

#include <stdlib.h>

static const struct built_symbol code[] = { { 0x1010, 0x20, "_Z3foov" }, { 0x1040, 0x10, "bar" } };
static const struct built_symbol_file library = { "/lib/liba.so", 2, 0x1000, 0x400, code, 2 };
static const struct built_symbol_file module = { "/lib/mod.ko", 1, 0x10, 0x2000, code, 1 };
static const struct built_symbol_file dex = { "/app/base.apk!/classes.dex", 3, 0, 0, code + 1, 1 };
static const struct built_symbol_file kernel = { "[kernel.kallsyms]", 0, 0, 0, code, 2 };

static const struct flame_event_attr clock_attr = { .type = 1, .sample_type = FLAME_SAMPLE_IP };

static struct perf_builder *begin(int big)
{
    struct perf_builder *b = builder_new((struct builder_options){ .big_endian = big });
    builder_attr(b, &clock_attr, NULL, 1, (uint64_t[]){ 7 });
    builder_comm(b, 1, 1, "app"); /* a file without records counts as unfinished */
    return b;
}

static void check_file(const struct flame_perf_symbol_file *got,
                       const struct built_symbol_file *want)
{
    bool has_offset = want->kind == 1 || want->kind == 2;
    assert_str(got->path, want->path);
    assert_int_equal(got->kind, want->kind);
    assert_int_equal(got->min_vaddr, want->min_vaddr);
    assert_int_equal(got->offset, has_offset ? want->offset : FLAME_SYMBOL_FILE_NO_OFFSET);
    assert_int_equal(got->count, want->count);
    for (size_t i = 0; i < want->count; i++) {
        assert_int_equal(got->symbols[i].vaddr, want->symbols[i].vaddr);
        assert_int_equal(got->symbols[i].size, want->symbols[i].size);
        assert_str(got->symbols[i].name, want->symbols[i].name);
    }
}

static struct flame_perf_file open_built(struct perf_builder *b)
{
    struct flame_perf_file file;
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_bytes bytes = builder_finish(b);
    assert_int_equal(flame_perf_open(&file, bytes.ptr, (size_t)bytes.size, "built", &error),
                     FLAME_OK);
    return file;
}

static void close_built(struct perf_builder *b, struct flame_perf_file *file)
{
    flame_perf_close(file);
    builder_free(b);
}

TEST(meta_info_is_kept_as_pairs)
{
    struct perf_builder *b = begin(0);
    builder_meta_info(b, "simpleperf_version", "1.build.7848450", "android_version", "",
                      (char *)NULL);
    struct flame_perf_file file = open_built(b);
    assert_int_equal(file.bad_features, 0);
    assert_true(flame_perf_is_simpleperf(&file));
    assert_int_equal(file.features.meta_info.count, 2);
    assert_str(file.features.meta_info.items[0].name, "simpleperf_version");
    assert_str(file.features.meta_info.items[0].value, "1.build.7848450");
    assert_str(file.features.meta_info.items[1].name, "android_version");
    assert_str(file.features.meta_info.items[1].value, "");
    close_built(b, &file);
}

TEST(meta_info_that_is_cut_keeps_the_pairs_before)
{
    struct perf_builder *b = begin(0);
    builder_feature_begin(b, 129);
    builder_bytes(b, "key\0value\0other\0cut", 19);
    builder_feature_end(b);
    struct flame_perf_file file = open_built(b);
    assert_int_equal(file.bad_features, 1);
    assert_int_equal(file.features.meta_info.count, 1);
    assert_str(file.features.meta_info.items[0].value, "value");
    close_built(b, &file);
}

TEST(events_are_named_by_their_type_and_config)
{
    static const struct flame_event_attr attrs[] = {
        { .type = 1, .config = 0, .sample_type = FLAME_SAMPLE_IDENTIFIER },
        { .type = 2, .config = 45, .sample_type = FLAME_SAMPLE_IDENTIFIER },
        { .type = 9, .config = UINT64_MAX, .sample_type = FLAME_SAMPLE_IDENTIFIER },
        { .type = 1, .config = 1, .sample_type = FLAME_SAMPLE_IDENTIFIER },
    };
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    for (size_t i = 0; i < 4; i++)
        builder_attr(b, &attrs[i], NULL, 1, (uint64_t[]){ i + 1 });
    builder_comm(b, 1, 1, "app");
    builder_meta_info(b, "event_type_info",
                      "sched:sched_switch,2,45\npmu/a=1,b=2/,9,18446744073709551615\n"
                      "no numbers\nbad,1,1x\n,1,1\ntoo,1,18446744073709551617\nmy-clock,1,0",
                      (char *)NULL);
    struct flame_perf_file file = open_built(b);
    assert_str(file.events.items[0].name, "my-clock");
    assert_str(file.events.items[1].name, "sched:sched_switch");
    assert_str(file.events.items[2].name, "pmu/a=1,b=2/");
    assert_str(file.events.items[3].name, "task-clock"); /* not in the list: from its numbers */
    close_built(b, &file);
}

TEST(file_gives_symbols_in_either_byte_order)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = begin(big);
        struct built_symbol_file old = library;
        old.offset = UINT64_MAX;
        if (big) /* or a big-endian feature map is not believed */
            builder_feature_string(b, 3, "host");
        builder_feature_begin(b, 128);
        builder_symbol_file_v1(b, &library);
        builder_symbol_file_v1(b, &dex);
        builder_symbol_file_v1(b, &old);
        builder_symbol_file_v1(b, &kernel);
        builder_feature_end(b);
        struct flame_perf_file file = open_built(b);
        assert_int_equal(file.bad_features, 0);
        assert_int_equal(file.features.symbol_files.count, 4);
        check_file(&file.features.symbol_files.items[0], &library);
        check_file(&file.features.symbol_files.items[1], &dex);
        check_file(&file.features.symbol_files.items[2], &old);
        check_file(&file.features.symbol_files.items[3], &kernel);
        close_built(b, &file);
    }
}

TEST(file2_gives_symbols)
{
    struct perf_builder *b = begin(0);
    builder_feature_begin(b, 132);
    builder_symbol_file(b, &library);
    builder_symbol_file(b, &module);
    builder_symbol_file(b, &dex);
    builder_symbol_file(b, &kernel);
    builder_feature_end(b);
    struct flame_perf_file file = open_built(b);
    assert_int_equal(file.bad_features, 0);
    assert_int_equal(file.features.symbol_files.count, 4);
    check_file(&file.features.symbol_files.items[0], &library);
    check_file(&file.features.symbol_files.items[1], &module);
    check_file(&file.features.symbol_files.items[2], &dex);
    check_file(&file.features.symbol_files.items[3], &kernel);
    close_built(b, &file);
}

TEST(where_there_are_both_file_counts)
{
    struct perf_builder *b = begin(0);
    builder_feature_begin(b, 128);
    builder_symbol_file_v1(b, &library);
    builder_feature_end(b);
    builder_feature_begin(b, 132);
    builder_symbol_file(b, &module);
    builder_feature_end(b);
    struct flame_perf_file file = open_built(b);
    assert_int_equal(file.features.symbol_files.count, 1);
    check_file(&file.features.symbol_files.items[0], &library);
    close_built(b, &file);
}

TEST(fields_that_are_not_known_are_passed_over)
{
    struct proto p = { .size = 0 };
    proto_varint(&p, 100 << 3 | 1); /* fixed64: eight bytes follow */
    for (int i = 0; i < 8; i++)
        proto_varint(&p, 1);
    proto_varint(&p, 101 << 3 | 5); /* fixed32: four */
    for (int i = 0; i < 4; i++)
        proto_varint(&p, 1);
    proto_text(&p, 1, "/lib/x.so");
    proto_bytes(&p, 102, "\x0a\x80\x80", 3); /* broken inside, but nobody looks */
    struct perf_builder *b = begin(0);
    builder_feature_begin(b, 132);
    builder_message(b, &p);
    builder_feature_end(b);
    struct flame_perf_file file = open_built(b);
    assert_int_equal(file.bad_features, 0);
    assert_int_equal(file.features.symbol_files.count, 1);
    assert_str(file.features.symbol_files.items[0].path, "/lib/x.so");
    close_built(b, &file);
}

/* Messages that are wrong, each in its own way. */
static const struct {
    const char *what, *bytes;
    size_t size;
} broken[] = {
    { "a varint without an end", "\x18\xff\xff", 3 },
    { "a varint of 11 bytes", "\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12 },
    { "a varint of 65 bits", "\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11 },
    { "a key without a value", "\x18", 1 },
    { "a path beyond the end", "\x0a\x10/lib", 6 },
    { "a path of 2^63 bytes", "\x0a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01/", 12 },
    { "a field of number 0", "\x00\x01", 2 },
    { "a group", "\x0b\x0c", 2 },
    { "wire type 7", "\x0f\x01", 2 },
    { "a path that is a number", "\x08\x01", 2 },
    { "an address that is bytes", "\x22\x02\x0a\x00", 4 },
    { "a symbol that is a number", "\x20\x01", 2 },
    { "a symbol beyond the end", "\x22\x7f\x08\x01", 4 },
    { "a broken symbol", "\x22\x02\x08\x80", 4 },
    { "a symbol's name beyond it", "\x22\x03\x1a\x09x", 5 },
    { "an offset that is bytes", "\x32\x02\x0a\x00", 4 },
    { "an unknown kind", "\x10\x06", 2 },
    { "a fixed64 that is cut", "\xa1\x06\x01\x02", 4 },
};

TEST(a_broken_message_costs_itself_alone)
{
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct perf_builder *b = begin(0);
        builder_feature_begin(b, 132);
        builder_symbol_file(b, &library);
        builder_u32(b, (uint32_t)broken[i].size);
        builder_bytes(b, broken[i].bytes, broken[i].size);
        builder_symbol_file(b, &module);
        builder_feature_end(b);
        struct flame_perf_file file = open_built(b);
        if (file.bad_features != 1 || file.features.symbol_files.count != 2)
            fail_msg("%s: %d files, %d bad features", broken[i].what,
                     (int)file.features.symbol_files.count, (int)file.bad_features);
        assert_true(file.bad_feature.text[0]);
        check_file(&file.features.symbol_files.items[0], &library);
        check_file(&file.features.symbol_files.items[1], &module);
        close_built(b, &file);
    }
}

TEST(a_message_of_no_bytes_is_a_file_without_a_name)
{
    struct perf_builder *b = begin(0);
    builder_feature_begin(b, 132);
    builder_u32(b, 0);
    builder_symbol_file(b, &module);
    builder_feature_end(b);
    struct flame_perf_file file = open_built(b);
    assert_int_equal(file.bad_features, 0);
    assert_int_equal(file.features.symbol_files.count, 2);
    assert_int_equal(file.features.symbol_files.items[0].path.len, 0);
    check_file(&file.features.symbol_files.items[1], &module);
    close_built(b, &file);
}

/* Open with FILE or FILE2 cut to size bytes, or (size 0) with one byte changed. */
static void survive(uint32_t bit, const uint8_t *section, size_t size, size_t change)
{
    struct perf_builder *b = begin(0);
    uint8_t *copy = malloc(size); /* its end is where a reader that goes too far is caught */
    memcpy(copy, section, size);
    if (change < size)
        copy[change] ^= 0x81;
    builder_feature_begin(b, bit);
    builder_bytes(b, copy, size);
    builder_feature_end(b);
    struct flame_perf_file file = open_built(b);
    assert_true(file.features.symbol_files.count <= 2);
    for (size_t i = 0; i < file.features.symbol_files.count; i++)
        for (size_t k = 0; k < file.features.symbol_files.items[i].count; k++)
            assert_true(file.features.symbol_files.items[i].symbols[k].name.len < 64);
    close_built(b, &file);
    free(copy);
}

TEST(sections_that_are_cut_or_changed_anywhere_do_no_harm)
{
    for (uint32_t bit = 128; bit <= 132; bit += 4) {
        struct perf_builder *b = begin(0);
        void (*put)(struct perf_builder *, const struct built_symbol_file *) =
            bit == 128 ? builder_symbol_file_v1 : builder_symbol_file;
        builder_feature_begin(b, bit);
        put(b, &library);
        put(b, &dex);
        builder_feature_end(b);
        struct flame_perf_file file = open_built(b);
        struct flame_perf_section s = file.features.sections[bit];
        assert_int_equal(file.features.symbol_files.count, 2);
        for (size_t at = 0; at < s.size; at++) {
            survive(bit, file.bytes + s.offset, at + 1, SIZE_MAX);
            survive(bit, file.bytes + s.offset, s.size, at);
        }
        close_built(b, &file);
    }
}

struct gathered {
    struct perf_builder *b;
    struct perf_records records;
    struct flame_arena arena;
    struct flame_simpleperf s;
    size_t bad;
    enum flame_status status, first;
};

/* Give all records of the file that b has finished to simpleperf's gatherer. */
static struct gathered gather_from(struct perf_builder *b, struct flame_bytes file)
{
    struct gathered g = { .b = b, .records = perf_records_read(file) };
    flame_arena_init(&g.arena, SIZE_MAX);
    g.s.arena = &g.arena;
    for (size_t i = 0; i < g.records.count; i++) {
        struct flame_error error = FLAME_ERROR_INIT;
        if (g.records.items[i].type < FLAME_RECORD_SIMPLEPERF)
            continue;
        enum flame_status status =
            flame_simpleperf_take(&g.s, &g.records.file, &g.records.items[i], true, &error);
        assert_int_equal(status == FLAME_OK, error.status == FLAME_OK);
        if (status != FLAME_OK && g.bad++ == 0)
            g.first = status;
    }
    g.status = flame_simpleperf_finish(&g.s, &g.records.file, NULL);
    return g;
}

static struct gathered gather(struct perf_builder *b)
{
    return gather_from(b, builder_finish(b));
}

static void let_go(struct gathered *g)
{
    flame_simpleperf_deinit(&g->s);
    flame_arena_deinit(&g->arena);
    perf_records_discard(g->b, &g->records);
}

static const char list_text[] = "ffffffff81000000 T _text\nffffffff81000010 t inner\n";

static void put_kernel_symbols(struct perf_builder *b, const char *text)
{
    builder_begin(b, 32769, 0);
    builder_u32(b, (uint32_t)strlen(text));
    builder_text(b, text, 8);
    builder_end(b);
}

TEST(kernel_symbol_carries_kallsyms)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = begin(big);
        put_kernel_symbols(b, list_text);
        struct gathered g = gather(b);
        assert_int_equal(g.bad, 0);
        assert_str(g.s.kallsyms, list_text);
        let_go(&g);
    }
}

static size_t make_record(uint8_t *out)
{
    uint32_t type = 32769, length = sizeof list_text - 1;
    uint32_t size = 8 + 4 + length;
    uint16_t halves[2] = { (uint16_t)(size >> 16), (uint16_t)size };
    memcpy(out, &type, 4);
    memcpy(out + 4, halves, 4);
    memcpy(out + 8, &length, 4);
    memcpy(out + 12, list_text, length);
    return size;
}

TEST(pieces_of_a_split_record_are_one_again)
{
    uint8_t record[200];
    size_t size = make_record(record);
    for (size_t piece = 1; piece <= size; piece += 6) {
        struct perf_builder *b = begin(0);
        builder_split(b, record, size, piece);
        struct gathered g = gather(b);
        assert_int_equal(g.bad, 0);
        assert_int_equal(g.status, FLAME_OK);
        assert_str(g.s.kallsyms, list_text);
        let_go(&g);
    }
}

TEST(pieces_that_do_not_make_a_record_are_counted)
{
    uint8_t record[200];
    size_t size = make_record(record);
    for (size_t cut = 0; cut <= size + 1; cut++) {
        if (cut == size)
            continue;
        struct perf_builder *b = begin(0);
        builder_split(b, record, cut, 50);
        struct gathered g = gather(b);
        assert_int_equal(g.bad, 1);
        assert_int_equal(g.first, FLAME_CORRUPT);
        assert_int_equal(g.s.kallsyms.len, 0);
        let_go(&g);
    }
}

TEST(pieces_without_an_end_are_counted)
{
    struct perf_builder *b = begin(0);
    builder_begin(b, 32772, 0);
    builder_bytes(b, "piece", 5);
    builder_end(b);
    put_kernel_symbols(b, list_text);
    builder_begin(b, 32772, 0);
    builder_bytes(b, "piece", 5);
    builder_end(b);
    struct gathered g = gather(b);
    assert_int_equal(g.bad, 1);
    assert_int_equal(g.status, FLAME_CORRUPT);
    assert_str(g.s.kallsyms, list_text);
    let_go(&g);
}

static void put_dso(struct perf_builder *b, uint64_t kind, uint64_t id, const char *name)
{
    builder_begin(b, 32770, 0);
    builder_u64(b, kind);
    builder_u64(b, id);
    builder_u64(b, 0x1000);
    builder_text(b, name, 8);
    builder_end(b);
}

static void put_symbol(struct perf_builder *b, uint64_t addr, uint64_t dso, const char *name)
{
    builder_begin(b, 32771, 0);
    builder_u64(b, addr);
    builder_u64(b, 0x10);
    builder_u64(b, dso);
    builder_text(b, name, 8);
    builder_end(b);
}

TEST(symbol_records_go_to_their_dso_whatever_the_order)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = begin(big);
        put_symbol(b, 0x1010, 9, "early");
        put_dso(b, 2, 9, "/lib/liba.so");
        put_dso(b, 0, 3, "[kernel.kallsyms]");
        put_symbol(b, 0x2000, 3, "in_kernel");
        put_symbol(b, 0x1020, 9, "late");
        struct gathered g = gather(b);
        assert_int_equal(g.bad, 0);
        assert_int_equal(g.status, FLAME_OK);
        assert_int_equal(g.s.files.count, 2);
        assert_str(g.s.files.items[0].path, "[kernel.kallsyms]");
        assert_int_equal(g.s.files.items[0].count, 1);
        assert_str(g.s.files.items[1].path, "/lib/liba.so");
        assert_int_equal(g.s.files.items[1].min_vaddr, 0x1000);
        assert_int_equal(g.s.files.items[1].offset, FLAME_SYMBOL_FILE_NO_OFFSET);
        assert_int_equal(g.s.files.items[1].count, 2);
        assert_str(g.s.files.items[1].symbols[0].name, "early");
        assert_str(g.s.files.items[1].symbols[1].name, "late");
        let_go(&g);
    }
}

TEST(symbols_of_no_dso_and_dsos_of_no_kind_are_counted)
{
    struct perf_builder *b = begin(0);
    put_dso(b, 2, 1, "/lib/liba.so");
    put_dso(b, 77, 2, "/lib/libb.so");
    put_symbol(b, 0x1010, 2, "orphan");
    put_symbol(b, 0x1010, 1, "child");
    struct gathered g = gather(b);
    assert_int_equal(g.bad, 1);
    assert_int_equal(g.status, FLAME_CORRUPT);
    assert_int_equal(g.s.files.count, 1);
    assert_int_equal(g.s.files.items[0].count, 1);
    let_go(&g);
}

static void check_late_ids(bool killed)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    builder_attr(b, &clock_attr, NULL, 1, (uint64_t[]){ 50 });
    builder_attr(b, &clock_attr, NULL, 1, (uint64_t[]){ 60 });
    builder_sample(b, &(struct flame_sample){ .ip = 1 });
    builder_begin(b, 32774, 0);
    builder_u64(b, 2);
    builder_u64(b, 1);
    builder_u64(b, 40);
    builder_u64(b, 0);
    builder_u64(b, 70);
    builder_end(b);
    uint64_t split[] = { UINT64_C(32) << 48 | 32774, 1, 1, 90 };
    builder_split(b, split, sizeof split, 10);
    builder_begin(b, 32774, 0);
    builder_u64(b, 1);
    builder_u64(b, 2);
    builder_u64(b, 80);
    builder_end(b);
    builder_begin(b, 32774, 0);
    builder_u64(b, UINT64_C(1) << 63);
    builder_end(b);
    if (!killed)
        builder_meta_info(b, "simpleperf_version", "1", (char *)NULL);
    struct flame_bytes bytes = builder_finish(b);
    if (killed)
        memset((uint8_t *)(uintptr_t)bytes.ptr + 48, 0, 8); /* the size of the data */
    struct gathered g = gather_from(b, bytes);
    uint32_t event = 9;
    assert_int_equal(g.bad, 0);
    assert_int_equal(g.records.file.bad_features, 2); /* there is no event 2 */
    assert_int_equal(g.records.file.bad_feature.status, FLAME_CORRUPT);
    assert_true(flame_perf_event_of_id(&g.records.file, 40, &event));
    assert_int_equal(event, 1);
    assert_true(flame_perf_event_of_id(&g.records.file, 70, &event));
    assert_int_equal(event, 0);
    assert_true(flame_perf_event_of_id(&g.records.file, 90, &event));
    assert_int_equal(event, 1);
    assert_false(flame_perf_event_of_id(&g.records.file, 80, &event));
    let_go(&g);
}

TEST(event_id_adds_ids_to_events)
{
    check_late_ids(false);
}

TEST(a_killed_recorder_s_ids_are_found_as_well)
{
    check_late_ids(true);
}

TEST(counts_that_cannot_be_true_are_bad_records)
{
    struct perf_builder *b = begin(0);
    builder_begin(b, 32769, 0);
    builder_u32(b, UINT32_MAX);
    builder_end(b);
    builder_begin(b, 32770, 0);
    builder_end(b);
    struct gathered g = gather(b);
    assert_int_equal(g.bad, 2);
    let_go(&g);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(meta_info_is_kept_as_pairs),
        cmocka_unit_test(meta_info_that_is_cut_keeps_the_pairs_before),
        cmocka_unit_test(events_are_named_by_their_type_and_config),
        cmocka_unit_test(file_gives_symbols_in_either_byte_order),
        cmocka_unit_test(file2_gives_symbols),
        cmocka_unit_test(where_there_are_both_file_counts),
        cmocka_unit_test(fields_that_are_not_known_are_passed_over),
        cmocka_unit_test(a_broken_message_costs_itself_alone),
        cmocka_unit_test(a_message_of_no_bytes_is_a_file_without_a_name),
        cmocka_unit_test(sections_that_are_cut_or_changed_anywhere_do_no_harm),
        cmocka_unit_test(kernel_symbol_carries_kallsyms),
        cmocka_unit_test(pieces_of_a_split_record_are_one_again),
        cmocka_unit_test(pieces_that_do_not_make_a_record_are_counted),
        cmocka_unit_test(pieces_without_an_end_are_counted),
        cmocka_unit_test(symbol_records_go_to_their_dso_whatever_the_order),
        cmocka_unit_test(symbols_of_no_dso_and_dsos_of_no_kind_are_counted),
        cmocka_unit_test(event_id_adds_ids_to_events),
        cmocka_unit_test(a_killed_recorder_s_ids_are_found_as_well),
        cmocka_unit_test(counts_that_cannot_be_true_are_bad_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
