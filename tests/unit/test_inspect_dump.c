/* The dump: one line for each record, with what it says, in its place. */
#include "inspect_scene.h"

static const struct flame_event_attr event = {
    .sample_type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME | FLAME_SAMPLE_IDENTIFIER,
    .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all,
};

static struct perf_builder *begin_with(int big_endian, const struct flame_event_attr *attr)
{
    struct perf_builder *b = builder_new((struct builder_options){ .big_endian = big_endian });
    builder_attr(b, attr, "cycles", 1, (uint64_t[]){ 71 });
    return b;
}

static struct perf_builder *begin(int big_endian)
{
    return begin_with(big_endian, &event);
}

#define WHERE .where = { 5, 6, 1500000000, 71, FLAME_ID_NONE, -1 }
#define TRAILER " | pid=5 tid=6 time=1.500000000 id=71\n"

static void record(struct perf_builder *b, struct flame_record r)
{
    builder_record(b, &r);
}

TEST(tasks_and_maps_show_what_they_say)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = begin(big);
        record(b, (struct flame_record){ .type = FLAME_RECORD_MMAP,
                                         .misc = FLAME_MODE_KERNEL,
                                         WHERE,
                                         .map = { .pid = -1,
                                                  .start = 0x1000,
                                                  .len = 0x20,
                                                  .pgoff = 3,
                                                  .filename = flame_str_from("[k]") } });
        record(b, (struct flame_record){ .type = FLAME_RECORD_MMAP2,
                                         .misc = FLAME_MODE_USER | FLAME_MISC_MMAP_BUILD_ID,
                                         WHERE,
                                         .map = { .pid = 5,
                                                  .tid = 6,
                                                  .start = 0x1000,
                                                  .len = 0x20,
                                                  .build_id = { 4, { 0xde, 0xad, 0xbe, 0xef } },
                                                  .prot = 5,
                                                  .flags = 2,
                                                  .filename = flame_str_from("/bin/x") } });
        record(b, (struct flame_record){ .type = FLAME_RECORD_COMM,
                                         .misc = FLAME_MISC_COMM_EXEC,
                                         WHERE,
                                         .comm = { 5, 6, flame_str_from("sh") } });
        record(b, (struct flame_record){
                      .type = FLAME_RECORD_FORK, WHERE, .task = { 7, 5, 8, 6, 1400000000 } });
        record(b, (struct flame_record){
                      .type = FLAME_RECORD_EXIT, WHERE, .task = { 7, 5, 8, 6, 1400000000 } });
        record(b, (struct flame_record){
                      .type = FLAME_RECORD_SWITCH, .misc = FLAME_MISC_SWITCH_OUT, WHERE });
        record(b, (struct flame_record){
                      .type = FLAME_RECORD_SWITCH_CPU_WIDE, WHERE, .thread = { 9, 10 } });
        assert_dump(
            b, "MMAP 72 cpumode=kernel pid=-1 tid=0 start=0x1000 len=0x20 pgoff=0x3 "
               "filename=\"[k]\"" TRAILER
               "MMAP2 104 cpumode=user misc=0x4002 pid=5 tid=6 start=0x1000 len=0x20 pgoff=0x0 "
               "build_id=deadbeef prot=0x5 flags=0x2 filename=\"/bin/x\"" TRAILER
               "COMM 48 cpumode=unknown misc=0x2000 pid=5 tid=6 comm=\"sh\"" TRAILER
               "FORK 56 cpumode=unknown pid=7 ppid=5 tid=8 ptid=6 at=1.400000000" TRAILER
               "EXIT 56 cpumode=unknown pid=7 ppid=5 tid=8 ptid=6 at=1.400000000" TRAILER
               "SWITCH 32 cpumode=unknown misc=0x2000" TRAILER
               "SWITCH_CPU_WIDE 40 cpumode=unknown pid=9 tid=10" TRAILER);
    }
}

TEST(the_other_records_of_the_kernel_show_what_they_say)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = begin(big);
        record(b, (struct flame_record){ .type = FLAME_RECORD_LOST, WHERE, .lost = { 71, 9 } });
        record(b, (struct flame_record){
                      .type = FLAME_RECORD_THROTTLE, WHERE, .throttle = { 1000000001, 71, 72 } });
        record(b, (struct flame_record){ .type = FLAME_RECORD_AUX, WHERE, .aux = { 0x10, 32, 1 } });
        record(b, (struct flame_record){
                      .type = FLAME_RECORD_NAMESPACES,
                      WHERE,
                      .namespaces = { 5, 6, 2, WORDS(4, 0xf0000000, 4, 0xf0000001) } });
        record(b, (struct flame_record){
                      .type = FLAME_RECORD_KSYMBOL,
                      WHERE,
                      .ksymbol = { 0x4000, 64, 1, 0, flame_str_from("bpf_prog_1") } });
        record(b, (struct flame_record){ .type = FLAME_RECORD_BPF_EVENT,
                                         WHERE,
                                         .bpf = { 1, 0, 33, { 1, 2, 3, 4, 5, 6, 7, 255 } } });
        record(b, (struct flame_record){ .type = FLAME_RECORD_CGROUP,
                                         WHERE,
                                         .cgroup = { 12, flame_str_from("/user.slice") } });
        record(b, (struct flame_record){
                      .type = FLAME_RECORD_TEXT_POKE,
                      WHERE,
                      .text_poke = { 0x4000, 1, 2, (const uint8_t[]){ 0xe8, 0x0f, 0x1f } } });
        record(b, (struct flame_record){
                      .type = FLAME_RECORD_CALLCHAIN_DEFERRED,
                      WHERE,
                      .chain = { 0xc00c1e, 2, WORDS(FLAME_CONTEXT_USER, 0x1234) } });
        assert_dump(
            b, "LOST 48 cpumode=unknown id=71 lost=9" TRAILER
               "THROTTLE 56 cpumode=unknown at=1.000000001 id=71 stream_id=72" TRAILER
               "AUX 56 cpumode=unknown offset=0x10 size=32 flags=0x1" TRAILER
               "NAMESPACES 80 cpumode=unknown pid=5 tid=6 namespaces=[4/4026531840 "
               "4/4026531841]" TRAILER
               "KSYMBOL 64 cpumode=unknown addr=0x4000 len=64 type=1 flags=0x0 "
               "name=\"bpf_prog_1\"" TRAILER
               "BPF_EVENT 48 cpumode=unknown type=1 flags=0x0 id=33 tag=01020304050607ff" TRAILER
               "CGROUP 56 cpumode=unknown id=12 path=\"/user.slice\"" TRAILER
               "TEXT_POKE 48 cpumode=unknown addr=0x4000 old=e8 new=0f1f" TRAILER
               "CALLCHAIN_DEFERRED 64 cpumode=unknown cookie=0xc00c1e chain=[USER 0x1234]" TRAILER);
    }
}

TEST(a_sample_shows_all_that_its_event_records)
{
    struct flame_event_attr attr = {
        .sample_type = FLAME_SAMPLE_KNOWN & ~(uint64_t)(FLAME_SAMPLE_WEIGHT | FLAME_SAMPLE_ID),
        .read_format = FLAME_READ_GROUP | FLAME_READ_ID | FLAME_READ_LOST | FLAME_READ_TIME_ENABLED,
        .branch_sample_type = FLAME_BRANCH_HW_INDEX,
        .sample_regs_user = 1 << 8 | 1 << 7,
        .sample_regs_intr = 1,
        .sample_stack_user = 16,
    };
    FOR_BOTH_ORDERS(big)
    {
        /* mispredicted, 3 cycles, as each kind of machine numbers its bits */
        uint64_t flags =
            big ? UINT64_C(1) << 63 | UINT64_C(3) << 44 : UINT64_C(1) | UINT64_C(3) << 4;
        struct perf_builder *b = begin_with(big, &attr);
        builder_sample(b, &(struct flame_sample){
                              .misc = FLAME_MODE_USER | FLAME_MISC_EXACT_IP,
                              .where = { 5, 6, 1500000000, 71, 72, 3 },
                              .ip = 0x1234,
                              .addr = 0x99,
                              .period = 1000,
                              .read = { .enabled = 50,
                                        .bytes = WORDS(100, 71, 0, 200, 73, 4),
                                        .value_count = 2,
                                        .value_stride = 3 },
                              .chain = WORDS(FLAME_CONTEXT_KERNEL, 0xffff, FLAME_CONTEXT_USER,
                                             0x1234, FLAME_CONTEXT_MAX),
                              .chain_count = 5,
                              .raw = { (const uint8_t *)"abcdefghijklmnopqrst", 20 },
                              .branches = WORDS(0x10, 0x20, flags),
                              .branch_count = 1,
                              .branch_hw_index = 9,
                              .regs_user_abi = 2,
                              .regs_user = WORDS(0x7fff0000, 0x1234),
                              .regs_intr_abi = 0,
                              .stack = { (const uint8_t *)"stackstack", 10 },
                              .stack_room = 16,
                              .weight = 7 | UINT64_C(8) << 32 | UINT64_C(9) << 48,
                              .data_src = 0x68100142,
                              .transaction = 1,
                              .phys_addr = 0x55,
                              .cgroup = 12,
                              .data_page_size = 4096,
                              .code_page_size = 8192,
                              .aux = { (const uint8_t *)"auxaux..", 8 },
                          });
        char *text = dump_of(b, 0, NULL);
        drop_offsets(text);
        assert_string_equal(
            strchr(strchr(text, ' ') + 1, ' '),
            " cpumode=user misc=0x4002 event=\"cycles\" id=71 ip=0x1234 pid=5 tid=6 "
            "time=1.500000000 addr=0x99 stream_id=72 cpu=3 period=1000 "
            "read={100 id=71 lost=0, 200 id=73 lost=4 enabled=50} "
            "chain=[KERNEL 0xffff USER 0x1234 0xfffffffffffff001] "
            "raw={size=20 6162636465666768696a6b6c6d6e6f70..} "
            "hw_idx=0x9 branches=[0x10>0x20:M:cycles3] "
            "regs_user={abi=2 7:0x7fff0000 8:0x1234} stack={size=16 dyn_size=10} weight=7,8,9 "
            "data_src=0x68100142 transaction=0x1 regs_intr={abi=0} phys_addr=0x55 cgroup=12 "
            "data_page_size=4096 code_page_size=8192 aux={size=8 6175786175782e2e}\n");
        free(text);
    }
}

TEST(text_from_the_file_is_safe_and_quoted)
{
    struct perf_builder *b = begin(0);
    record(b, (struct flame_record){
                  .type = FLAME_RECORD_COMM,
                  WHERE,
                  .comm = { 5, 6, flame_str_from("a\"\\\033[31m\xff\xe2\x80\xae\xc3\xa4") } });
    assert_dump(b, "COMM 56 cpumode=unknown pid=5 tid=6 "
                   "comm=\"a\\\"\\\\\\x1b[31m\\xff\\xe2\\x80\\xae\xc3\xa4\"" TRAILER);
}

TEST(an_unknown_record_shows_its_first_bytes)
{
    struct perf_builder *b = begin(0);
    builder_begin(b, 99, 1);
    for (uint8_t i = 0; i < 24; i++)
        builder_u8(b, i);
    builder_end(b);
    assert_dump(b, "UNKNOWN(99) 32 misc=0x1 bytes=000102030405060708090a0b0c0d0e0f..\n");
}

static void count(void *user, const struct flame_loss *loss)
{
    uint64_t *bytes = user;
    *bytes += loss->bytes;
}

TEST(a_broken_record_says_what_is_wrong_and_the_next_one_is_read)
{
    uint64_t bytes = 0;
    struct flame_dump_options options = { .damage = { count, &bytes } };
    struct perf_builder *b = begin(0);
    builder_begin(b, FLAME_RECORD_COMM, 0);
    builder_u32(b, 5);
    builder_end(b);
    builder_begin(b, FLAME_RECORD_FINISHED_ROUND, 0);
    builder_end(b);
    char *text = dump_of(b, 0, &options);
    drop_offsets(text);
    assert_string_equal(text, "COMM 12 cpumode=unknown broken: comm.tid: needs 4 bytes, 0 left\n"
                              "FINISHED_ROUND 8\n");
    assert_int_equal(bytes, 12);
    free(text);
}

TEST(what_is_no_record_has_a_line_in_its_place)
{
    static const char garbage[24] = { 9, 0, 0, 0, 0, 0, 3, 0 };
    uint64_t bytes = 0;
    struct flame_dump_options options = { .damage = { count, &bytes } };
    struct perf_builder *b = begin(0);
    for (int i = 0; i < 3; i++)
        builder_comm(b, 5, 5, "before");
    builder_bytes(b, garbage, sizeof garbage);
    for (int i = 0; i < 3; i++)
        builder_comm(b, 5, 5, "behind");
    char *text = dump_of(b, 0, &options);
    char *before = strstr(text, "before"), *lost = strstr(text, " LOST 24 bytes: "),
         *behind = strstr(text, "behind");
    assert_true(before && lost && behind && before < lost && lost < behind);
    assert_int_equal(bytes, 24);
    free(text);
}

/* The offset that line i begins with. */
static unsigned long offset_of(const char *text, int i)
{
    for (; i; i--)
        text = strchr(text, '\n') + 1;
    return strtoul(text, NULL, 16);
}

TEST(a_line_begins_with_where_its_record_stands)
{
    struct perf_builder *b = begin(0);
    builder_comm(b, 5, 5, "x");
    builder_comm(b, 5, 5, "y");
    char *text = dump_of(b, 0, NULL);
    assert_int_equal(offset_of(text, 1) - offset_of(text, 0), 48);
    assert_true(offset_of(text, 0) > 104);
    free(text);
}

TEST(compressed_records_stand_before_what_they_hold)
{
    struct perf_builder *b = begin(0);
    builder_compressed_begin(b);
    builder_comm(b, 5, 5, "x");
    builder_comm(b, 5, 5, "y");
    builder_compressed_end(b, 0, FLAME_RECORD_COMPRESSED);
    char *text = dump_of(b, 0, NULL);
    char *x = strstr(text, "+0x0 COMM"), *y = strstr(text, "+0x30 COMM");
    assert_non_null(strstr(text, " COMPRESSED "));
    assert_true(x && y && strstr(text, " COMPRESSED ") < x && x < y);
    assert_int_equal(offset_of(text, 0), offset_of(text, 1));
    free(text);
}

TEST(compressed_records_that_follow_a_broken_one_are_one_loss)
{
    uint64_t bytes = 0;
    struct flame_dump_options options = { .damage = { count, &bytes } };
    struct perf_builder *b = begin(0);
    for (int i = 0; i < 3; i++) {
        builder_begin(b, FLAME_RECORD_COMPRESSED, 0);
        builder_bytes(b, "no zstd at all..", 16);
        builder_end(b);
    }
    char *text = dump_of(b, 0, &options);
    int lines = 0;
    for (const char *at = text; (at = strstr(at, " LOST 72 bytes: ")); at++)
        lines++;
    assert_int_equal(lines, 1);
    assert_int_equal(bytes, 3 * 24);
    free(text);
}

/* More damages in one compressed record than are kept one by one. */
TEST(each_damage_inside_a_compressed_record_is_told)
{
    enum { DAMAGES = 30 };
    uint64_t bytes = 0;
    struct flame_dump_options options = { .damage = { count, &bytes } };
    struct perf_builder *b = begin(0);
    builder_compressed_begin(b);
    for (int i = 0; i < DAMAGES; i++) {
        for (int k = 0; k < 4; k++)
            builder_comm(b, 5, 5, "x");
        builder_u64(b, 0);
    }
    builder_comm(b, 5, 5, "x");
    builder_compressed_end(b, 0, FLAME_RECORD_COMPRESSED);
    char *text = dump_of(b, 0, &options);
    int lines = 0;
    for (const char *at = text; (at = strstr(at, " LOST 8 bytes: ")); at++)
        lines++;
    assert_int_equal(lines, DAMAGES);
    assert_int_equal(bytes, DAMAGES * 8);
    free(text);
}

TEST(types_and_a_limit_choose_what_is_shown)
{
    struct flame_dump_options options = { .types = "PERF_RECORD_COMM,finished_round", .limit = 2 };
    struct perf_builder *b = begin(0);
    builder_mmap2(b, 5, 5, 0x1000, 0x1000, 0, "/bin/x");
    builder_begin(b, FLAME_RECORD_FINISHED_ROUND, 0);
    builder_end(b);
    builder_comm(b, 5, 5, "x");
    builder_comm(b, 5, 5, "y");
    char *text = dump_of(b, 0, &options);
    drop_offsets(text);
    assert_string_equal(text, "FINISHED_ROUND 8\nCOMM 48 cpumode=user pid=5 tid=5 comm=\"x\" | "
                              "pid=0 tid=0 time=0.000000000 id=0\n");
    free(text);
}

TEST(a_type_that_does_not_exist_is_wrong_usage)
{
    struct flame_dump_options options = { .types = "COMM,BOGUS" };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_output *out = flame_output_memory();
    assert_int_equal(flame_write_dump("/nonexistent", &options, out, &error), FLAME_USAGE);
    assert_string_equal(error.text, "there is no record type 'BOGUS'");
    flame_output_discard(out);
}

TEST(counts_are_sorted_by_the_number_of_the_type)
{
    struct perf_builder *b = begin(0);
    for (uint32_t type = 200; type >= 199; type--) {
        builder_begin(b, type, 0);
        builder_u64(b, 0);
        builder_end(b);
    }
    builder_compressed_begin(b);
    builder_comm(b, 5, 5, "x");
    builder_comm(b, 5, 5, "y");
    builder_compressed_end(b, 0, FLAME_RECORD_COMPRESSED);
    builder_mmap2(b, 5, 5, 0x1000, 0x1000, 0, "/bin/x");
    char *text = inspected(b, 0, write_counts, NULL);
    assert_string_equal(text,
                        "COMM\t2\nMMAP2\t1\nCOMPRESSED\t1\nUNKNOWN(199)\t1\nUNKNOWN(200)\t1\n");
    free(text);
}

TEST(a_file_of_nonsense_has_its_other_types_counted_as_one)
{
    struct perf_builder *b = begin(0);
    for (uint32_t type = 1000; type < 2000; type++) {
        builder_begin(b, type, 0);
        builder_u64(b, 0);
        builder_end(b);
        builder_begin(b, FLAME_RECORD_FINISHED_ROUND, 0); /* what is unknown is followed by what is
                                                             known, or it is no record */
        builder_end(b);
    }
    char *text = inspected(b, 0, write_counts, NULL);
    assert_non_null(strstr(text, "UNKNOWN(1255)\t1\nUNKNOWN\t744\n"));
    free(text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_and_maps_show_what_they_say),
        cmocka_unit_test(the_other_records_of_the_kernel_show_what_they_say),
        cmocka_unit_test(a_sample_shows_all_that_its_event_records),
        cmocka_unit_test(text_from_the_file_is_safe_and_quoted),
        cmocka_unit_test(an_unknown_record_shows_its_first_bytes),
        cmocka_unit_test(a_broken_record_says_what_is_wrong_and_the_next_one_is_read),
        cmocka_unit_test(what_is_no_record_has_a_line_in_its_place),
        cmocka_unit_test(a_line_begins_with_where_its_record_stands),
        cmocka_unit_test(compressed_records_stand_before_what_they_hold),
        cmocka_unit_test(compressed_records_that_follow_a_broken_one_are_one_loss),
        cmocka_unit_test(each_damage_inside_a_compressed_record_is_told),
        cmocka_unit_test(types_and_a_limit_choose_what_is_shown),
        cmocka_unit_test(a_type_that_does_not_exist_is_wrong_usage),
        cmocka_unit_test(counts_are_sorted_by_the_number_of_the_type),
        cmocka_unit_test(a_file_of_nonsense_has_its_other_types_counted_as_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
