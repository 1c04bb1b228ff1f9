/* test_record.c: the kernel's records other than SAMPLE, and their sample_id trailers, in both byte
 * orders. */
#include "check.h"
#include "perf_records.h"

#define TRAILER_BITS                                                                               \
    (FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME | FLAME_SAMPLE_ID | FLAME_SAMPLE_STREAM_ID |             \
     FLAME_SAMPLE_CPU | FLAME_SAMPLE_IDENTIFIER)

static const struct flame_sample_id here = { 51, 52, 5000000001, 77, 78, 6 };

struct one {
    struct perf_builder *builder;
    struct perf_records records;
    struct flame_record got;
    bool swap;
};

static struct flame_event_attr attr_of(uint64_t sample_type)
{
    return (struct flame_event_attr){ .sample_type = sample_type,
                                      .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all };
}

static struct one read_back(struct perf_builder *b)
{
    struct one one = { .builder = b };
    one.records = perf_records_read(builder_finish(b));
    assert_int_equal(one.records.count, 1);
    one.got = perf_records_record(&one.records, 0);
    one.swap = one.records.file.swap;
    return one;
}

/* Write r with a whole trailer and read it back; what all records share is checked here. */
static struct one round_trip(int big, struct flame_record r)
{
    struct perf_builder *b = builder_new((struct builder_options){ .big_endian = big });
    struct flame_event_attr attr = attr_of(TRAILER_BITS);
    attr.read_format = FLAME_READ_GROUP | FLAME_READ_ID;
    builder_attr(b, &attr, NULL, 1, (uint64_t[]){ 77 });
    r.where = here;
    builder_record(b, &r);
    struct one one = read_back(b);
    assert_int_equal(one.got.type, r.type);
    assert_int_equal(one.got.misc, r.misc);
    assert_int_equal(one.got.attr, 0);
    assert_int_equal(one.got.where.pid, 51);
    assert_int_equal(one.got.where.tid, 52);
    assert_int_equal(one.got.where.time_ns, 5000000001);
    assert_int_equal(one.got.where.id, 77);
    assert_int_equal(one.got.where.stream_id, 78);
    assert_int_equal(one.got.where.cpu, 6);
    return one;
}

static void discard(struct one *one)
{
    perf_records_free(&one->records);
    builder_free(one->builder);
}

TEST(mmap_is_executable_unless_it_says_data)
{
    FOR_BOTH_ORDERS(big) for (int data = 0; data < 2; data++)
    {
        struct one one = round_trip(
            big, (struct flame_record){ .type = FLAME_RECORD_MMAP,
                                        .misc = data ? FLAME_MISC_MMAP_DATA : 0,
                                        .map = { .pid = -1,
                                                 .tid = 7,
                                                 .start = 0x7f0000001000,
                                                 .len = 0x2000,
                                                 .pgoff = 0x3000,
                                                 .filename = flame_str_from("/lib/libc.so.6") } });
        const struct flame_map_record *m = &one.got.map;
        assert_int_equal(m->pid, -1);
        assert_int_equal(m->tid, 7);
        assert_int_equal(m->start, 0x7f0000001000);
        assert_int_equal(m->len, 0x2000);
        assert_int_equal(m->pgoff, 0x3000);
        assert_int_equal(m->prot & 4, data ? 0 : 4);
        assert_str(m->filename, "/lib/libc.so.6");
        discard(&one);
    }
}

TEST(mmap2_carries_its_inode)
{
    FOR_BOTH_ORDERS(big)
    {
        struct one one =
            round_trip(big, (struct flame_record){ .type = FLAME_RECORD_MMAP2,
                                                   .map = { .pid = 5,
                                                            .tid = 6,
                                                            .start = 1,
                                                            .len = 2,
                                                            .pgoff = 3,
                                                            .major = 8,
                                                            .minor = 1,
                                                            .inode = 0x123456789,
                                                            .inode_generation = 0xabcdef012,
                                                            .prot = 5,
                                                            .flags = 0x40002,
                                                            .filename = flame_str_from("a") } });
        const struct flame_map_record *m = &one.got.map;
        assert_int_equal(m->major, 8);
        assert_int_equal(m->minor, 1);
        assert_int_equal(m->inode, 0x123456789);
        assert_int_equal(m->inode_generation, 0xabcdef012);
        assert_int_equal(m->build_id.size, 0);
        assert_int_equal(m->prot, 5);
        assert_int_equal(m->flags, 0x40002);
        assert_str(m->filename, "a");
        discard(&one);
    }
}

TEST(mmap2_with_bit_14_carries_a_build_id_instead)
{
    FOR_BOTH_ORDERS(big)
    {
        struct one one = round_trip(
            big,
            (struct flame_record){ .type = FLAME_RECORD_MMAP2,
                                   .misc = (unsigned)FLAME_MODE_USER | FLAME_MISC_MMAP_BUILD_ID,
                                   .map = { .build_id = { 16, "0123456789abcdef" },
                                            .prot = 5,
                                            .flags = 2,
                                            .filename = flame_str_from("/usr/bin/true") } });
        const struct flame_map_record *m = &one.got.map;
        assert_int_equal(m->build_id.size, 16);
        assert_memory_equal(m->build_id.bytes, "0123456789abcdef\0\0\0\0", 20);
        assert_int_equal(m->inode, 0);
        assert_int_equal(m->prot, 5);
        assert_int_equal(m->flags, 2);
        assert_str(m->filename, "/usr/bin/true");
        discard(&one);
    }
}

TEST(build_id_of_an_impossible_size_is_cut_to_20)
{
    struct one one = round_trip(0, (struct flame_record){ .type = FLAME_RECORD_MMAP2,
                                                          .misc = FLAME_MISC_MMAP_BUILD_ID,
                                                          .map = { .build_id = { .size = 255 } } });
    assert_int_equal(one.got.map.build_id.size, 20);
    discard(&one);
}

/* A record has room for 64 KiB, and every sample shows these. */
TEST(names_are_no_longer_than_they_can_be)
{
    static char longest[9000];
    memset(longest, 'n', sizeof longest - 1);
    struct one one =
        round_trip(0, (struct flame_record){ .type = FLAME_RECORD_COMM,
                                             .comm = { 9, 10, flame_str_from(longest) } });
    assert_int_equal(one.got.comm.comm.len, 256);
    discard(&one);
    one = round_trip(0, (struct flame_record){ .type = FLAME_RECORD_MMAP,
                                               .map = { .filename = flame_str_from(longest) } });
    assert_int_equal(one.got.map.filename.len, 4096);
    discard(&one);
    one = round_trip(0, (struct flame_record){ .type = FLAME_RECORD_KSYMBOL,
                                               .ksymbol = { .name = flame_str_from(longest) } });
    assert_int_equal(one.got.ksymbol.name.len, 512);
    discard(&one);
}

TEST(comm_keeps_its_spaces)
{
    FOR_BOTH_ORDERS(big)
    {
        struct one one = round_trip(
            big, (struct flame_record){ .type = FLAME_RECORD_COMM,
                                        .misc = FLAME_MISC_COMM_EXEC,
                                        .comm = { 9, 10, flame_str_from("Thread 5 pool") } });
        assert_int_equal(one.got.comm.pid, 9);
        assert_int_equal(one.got.comm.tid, 10);
        assert_str(one.got.comm.comm, "Thread 5 pool");
        discard(&one);
    }
}

TEST(fork_and_exit_carry_both_parents)
{
    FOR_BOTH_ORDERS(big) for (int exit = 0; exit < 2; exit++)
    {
        struct one one = round_trip(
            big, (struct flame_record){ .type = exit ? FLAME_RECORD_EXIT : FLAME_RECORD_FORK,
                                        .task = { 1, 2, 3, 4, 5000000000 } });
        assert_int_equal(one.got.task.pid, 1);
        assert_int_equal(one.got.task.ppid, 2);
        assert_int_equal(one.got.task.tid, 3);
        assert_int_equal(one.got.task.ptid, 4);
        assert_int_equal(one.got.task.time_ns, 5000000000);
        discard(&one);
    }
}

TEST(losses_and_throttling_come_back)
{
    FOR_BOTH_ORDERS(big)
    {
        struct one one = round_trip(
            big, (struct flame_record){ .type = FLAME_RECORD_LOST, .lost = { 77, 1234567 } });
        assert_int_equal(one.got.lost.id, 77);
        assert_int_equal(one.got.lost.lost, 1234567);
        discard(&one);

        one = round_trip(
            big, (struct flame_record){ .type = FLAME_RECORD_LOST_SAMPLES, .lost = { 0, 99 } });
        assert_int_equal(one.got.lost.id, FLAME_ID_NONE);
        assert_int_equal(one.got.lost.lost, 99);
        discard(&one);

        for (uint32_t type = FLAME_RECORD_THROTTLE; type <= FLAME_RECORD_UNTHROTTLE; type++) {
            one =
                round_trip(big, (struct flame_record){ .type = type, .throttle = { 10, 11, 12 } });
            assert_int_equal(one.got.throttle.time_ns, 10);
            assert_int_equal(one.got.throttle.id, 11);
            assert_int_equal(one.got.throttle.stream_id, 12);
            discard(&one);
        }
    }
}

TEST(read_record_carries_the_group)
{
    FOR_BOTH_ORDERS(big)
    {
        struct one one =
            round_trip(big, (struct flame_record){ .type = FLAME_RECORD_READ,
                                                   .read = { 3,
                                                             4,
                                                             { .bytes = WORDS(100, 77, 200, 78),
                                                               .value_count = 2,
                                                               .value_stride = 2 } } });
        assert_int_equal(one.got.read.pid, 3);
        assert_int_equal(one.got.read.tid, 4);
        assert_int_equal(one.got.read.values.value_count, 2);
        assert_int_equal(one.got.read.values.value_stride, 2);
        assert_int_equal(flame_load_u64(one.got.read.values.bytes, 2, one.swap), 200);
        assert_int_equal(flame_load_u64(one.got.read.values.bytes, 3, one.swap), 78);
        discard(&one);
    }
}

TEST(aux_itrace_and_switches_come_back)
{
    FOR_BOTH_ORDERS(big)
    {
        struct one one = round_trip(
            big, (struct flame_record){ .type = FLAME_RECORD_AUX, .aux = { 4096, 8192, 5 } });
        assert_int_equal(one.got.aux.offset, 4096);
        assert_int_equal(one.got.aux.size, 8192);
        assert_int_equal(one.got.aux.flags, 5);
        discard(&one);

        static const uint32_t threads[] = { FLAME_RECORD_ITRACE_START,
                                            FLAME_RECORD_SWITCH_CPU_WIDE };
        for (size_t i = 0; i < 2; i++) {
            one = round_trip(big, (struct flame_record){ .type = threads[i],
                                                         .misc = FLAME_MISC_SWITCH_OUT,
                                                         .thread = { 21, 22 } });
            assert_int_equal(one.got.thread.pid, 21);
            assert_int_equal(one.got.thread.tid, 22);
            discard(&one);
        }
        one = round_trip(big, (struct flame_record){ .type = FLAME_RECORD_SWITCH });
        discard(&one);
        one = round_trip(
            big, (struct flame_record){ .type = FLAME_RECORD_AUX_OUTPUT_HW_ID, .hw_id = 1u << 31 });
        assert_int_equal(one.got.hw_id, 1u << 31);
        discard(&one);
    }
}

TEST(namespaces_come_back_in_pairs)
{
    FOR_BOTH_ORDERS(big)
    {
        struct one one = round_trip(
            big, (struct flame_record){ .type = FLAME_RECORD_NAMESPACES,
                                        .namespaces = { 5, 6, 2, WORDS(3, 0xf0000001, 3, 9) } });
        assert_int_equal(one.got.namespaces.pid, 5);
        assert_int_equal(one.got.namespaces.tid, 6);
        assert_int_equal(one.got.namespaces.count, 2);
        assert_int_equal(flame_load_u64(one.got.namespaces.bytes, 1, one.swap), 0xf0000001);
        assert_int_equal(flame_load_u64(one.got.namespaces.bytes, 3, one.swap), 9);
        discard(&one);
    }
}

TEST(ksymbol_bpf_and_cgroup_come_back)
{
    FOR_BOTH_ORDERS(big)
    {
        struct one one =
            round_trip(big, (struct flame_record){ .type = FLAME_RECORD_KSYMBOL,
                                                   .ksymbol = { 0xffffffffc0000000, 321, 1, 1,
                                                                flame_str_from("bpf_prog_a_b") } });
        assert_int_equal(one.got.ksymbol.addr, 0xffffffffc0000000);
        assert_int_equal(one.got.ksymbol.len, 321);
        assert_int_equal(one.got.ksymbol.ksym_type, 1);
        assert_int_equal(one.got.ksymbol.flags, 1);
        assert_str(one.got.ksymbol.name, "bpf_prog_a_b");
        discard(&one);

        one = round_trip(big, (struct flame_record){ .type = FLAME_RECORD_BPF_EVENT,
                                                     .bpf = { 1, 2, 300, "\1\2\3\4\5\6\7" } });
        assert_int_equal(one.got.bpf.event_type, 1);
        assert_int_equal(one.got.bpf.flags, 2);
        assert_int_equal(one.got.bpf.id, 300);
        assert_memory_equal(one.got.bpf.tag, "\1\2\3\4\5\6\7\0", 8);
        discard(&one);

        one =
            round_trip(big, (struct flame_record){ .type = FLAME_RECORD_CGROUP,
                                                   .cgroup = { 42, flame_str_from("/a.slice") } });
        assert_int_equal(one.got.cgroup.id, 42);
        assert_str(one.got.cgroup.path, "/a.slice");
        discard(&one);
    }
}

TEST(text_poke_bytes_start_unaligned)
{
    FOR_BOTH_ORDERS(big)
    {
        struct one one = round_trip(
            big, (struct flame_record){
                     .type = FLAME_RECORD_TEXT_POKE,
                     .text_poke = { 0xffffffff81000000, 5, 6, (const uint8_t *)"oldiinewjmp" } });
        assert_int_equal(one.got.text_poke.addr, 0xffffffff81000000);
        assert_int_equal(one.got.text_poke.old_len, 5);
        assert_int_equal(one.got.text_poke.new_len, 6);
        assert_memory_equal(one.got.text_poke.bytes, "oldiinewjmp", 11);
        discard(&one);
    }
}

TEST(deferred_callchain_comes_back)
{
    FOR_BOTH_ORDERS(big)
    {
        struct one one =
            round_trip(big, (struct flame_record){ .type = FLAME_RECORD_CALLCHAIN_DEFERRED,
                                                   .chain = { 0xc00c1e, 3, WORDS(10, 20, 30) } });
        assert_int_equal(one.got.chain.cookie, 0xc00c1e);
        assert_int_equal(one.got.chain.count, 3);
        assert_int_equal(flame_load_u64(one.got.chain.ips, 2, one.swap), 30);
        discard(&one);
    }
}

TEST(trailer_is_read_from_the_end_for_every_set_of_bits)
{
    static const uint64_t bits[] = { FLAME_SAMPLE_TID,       FLAME_SAMPLE_TIME,
                                     FLAME_SAMPLE_ID,        FLAME_SAMPLE_CPU,
                                     FLAME_SAMPLE_STREAM_ID, FLAME_SAMPLE_IDENTIFIER };
    FOR_BOTH_ORDERS(big) for (unsigned set = 0; set < 64; set++)
    {
        uint64_t type = FLAME_SAMPLE_IP | FLAME_SAMPLE_PERIOD; /* not in trailers */
        for (unsigned i = 0; i < 6; i++)
            type |= set >> i & 1 ? bits[i] : 0;
        struct perf_builder *b = builder_new((struct builder_options){ .big_endian = big });
        struct flame_event_attr attr = attr_of(type);
        builder_attr(b, &attr, NULL, 1, (uint64_t[]){ 77 });
        builder_record(b, &(struct flame_record){ .type = FLAME_RECORD_COMM,
                                                  .where = here,
                                                  .comm = { 1, 2, flame_str_from("sh") } });
        struct one one = read_back(b);
        const struct flame_sample_id *w = &one.got.where;
        bool id = type & (FLAME_SAMPLE_ID | FLAME_SAMPLE_IDENTIFIER);
        assert_int_equal(w->pid, type & FLAME_SAMPLE_TID ? 51 : -1);
        assert_int_equal(w->tid, type & FLAME_SAMPLE_TID ? 52 : -1);
        assert_int_equal(w->time_ns, type & FLAME_SAMPLE_TIME ? 5000000001 : FLAME_TIME_NONE);
        assert_int_equal(w->id, id ? 77 : FLAME_ID_NONE);
        assert_int_equal(w->stream_id, type & FLAME_SAMPLE_STREAM_ID ? 78 : FLAME_ID_NONE);
        assert_int_equal(w->cpu, type & FLAME_SAMPLE_CPU ? 6 : -1);
        assert_str(one.got.comm.comm, "sh");
        discard(&one);
    }
}

TEST(record_without_sample_id_all_has_no_trailer)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct flame_event_attr attr = { .sample_type = TRAILER_BITS };
    builder_attr(b, &attr, NULL, 0, NULL);
    builder_comm(b, 1, 2, "fifteen letters");
    struct one one = read_back(b);
    assert_str(one.got.comm.comm, "fifteen letters");
    assert_int_equal(one.got.where.time_ns, FLAME_TIME_NONE);
    discard(&one);
}

TEST(record_too_short_for_its_trailer_has_none)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct flame_event_attr attr = attr_of(TRAILER_BITS);
    builder_attr(b, &attr, NULL, 0, NULL);
    builder_begin(b, FLAME_RECORD_LOST_SAMPLES, 0);
    builder_u64(b, 12);
    builder_end(b);
    struct one one = read_back(b);
    assert_int_equal(one.got.lost.lost, 12);
    assert_int_equal(one.got.where.time_ns, FLAME_TIME_NONE);
    discard(&one);
}

static struct perf_builder *two_events(void)
{
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct flame_event_attr first = attr_of(FLAME_SAMPLE_ID | FLAME_SAMPLE_CPU | FLAME_SAMPLE_TID);
    struct flame_event_attr second = first;
    second.config = 1;
    builder_attr(b, &first, NULL, 1, (uint64_t[]){ 10 });
    builder_attr(b, &second, NULL, 1, (uint64_t[]){ 20 });
    return b;
}

TEST(trailer_id_says_which_event_a_record_is_of)
{
    struct perf_builder *b = two_events();
    builder_record(b, &(struct flame_record){
                          .type = FLAME_RECORD_LOST_SAMPLES, .attr = 1, .where = { .id = 20 } });
    struct one one = read_back(b);
    assert_int_equal(one.got.attr, 1);
    discard(&one);
}

TEST(zero_and_unknown_ids_mean_the_first_event)
{
    for (uint64_t id = 0; id < 16; id += 15) {
        struct perf_builder *b = two_events();
        builder_record(b, &(struct flame_record){ .type = FLAME_RECORD_COMM,
                                                  .where = { .id = id },
                                                  .comm = { 1, 2, flame_str_from("x") } });
        struct one one = read_back(b);
        assert_int_equal(one.got.attr, 0);
        assert_str(one.got.comm.comm, "x");
        discard(&one);
    }
}

/* Records that are made by hand, of an event without trailers. */
static struct perf_records hand_made(struct perf_builder **builder, uint32_t type, uint16_t misc,
                                     const void *body, size_t size)
{
    struct perf_builder *b = *builder = builder_new((struct builder_options){ 0 });
    struct flame_event_attr attr = { .sample_type = FLAME_SAMPLE_IP };
    builder_attr(b, &attr, NULL, 0, NULL);
    builder_begin(b, type, misc);
    builder_bytes(b, body, size);
    builder_end(b);
    return perf_records_read(builder_finish(b));
}

TEST(comm_cut_inside_tid_names_the_field_and_its_offset)
{
    struct perf_builder *b;
    struct perf_records r = hand_made(&b, FLAME_RECORD_COMM, 0, (uint8_t[]){ 7, 0, 0, 0, 9, 0 }, 6);
    struct flame_record out = { .type = 1234 };
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_perf_record_decode(&r.file, &r.items[0], &out, &error), FLAME_TRUNCATED);
    assert_int_equal(error.offset, r.items[0].offset + 12);
    assert_non_null(strstr(error.text, "comm.tid"));
    assert_int_equal(out.type, 1234);
    perf_records_free(&r);
    builder_free(b);
}

TEST(name_without_its_nul_ends_with_the_record)
{
    struct perf_builder *b;
    struct perf_records r =
        hand_made(&b, FLAME_RECORD_COMM, 0, "\1\0\0\0\2\0\0\0sixteen letters!", 24);
    assert_str(perf_records_record(&r, 0).comm.comm, "sixteen letters!");
    perf_records_free(&r);
    builder_free(b);
}

TEST(counts_that_do_not_fit_refuse_the_record)
{
    static const uint32_t types[] = { FLAME_RECORD_NAMESPACES, FLAME_RECORD_CALLCHAIN_DEFERRED };
    static const uint64_t counts[] = { 1, UINT64_C(1) << 60, UINT64_C(1) << 61, UINT64_MAX };
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < 4; i++) {
            struct perf_builder *b;
            struct perf_records r = hand_made(&b, types[t], 0, (uint64_t[]){ 5, counts[i] }, 16);
            struct flame_record out;
            assert_int_equal(flame_perf_record_decode(&r.file, &r.items[0], &out, NULL),
                             FLAME_TRUNCATED);
            perf_records_free(&r);
            builder_free(b);
        }
}

TEST(text_poke_longer_than_its_record_is_refused)
{
    struct perf_builder *b;
    struct perf_records r =
        hand_made(&b, FLAME_RECORD_TEXT_POKE, 0, "\0\0\0\0\0\0\0\0\5\0\4\0abcdefgh", 20);
    struct flame_record out;
    assert_int_equal(flame_perf_record_decode(&r.file, &r.items[0], &out, NULL), FLAME_TRUNCATED);
    perf_records_free(&r);
    builder_free(b);
}

TEST(every_kernel_record_of_no_bytes_is_refused_but_for_switch)
{
    for (uint32_t type = FLAME_RECORD_MMAP; type <= FLAME_RECORD_CALLCHAIN_DEFERRED; type++) {
        if (type == FLAME_RECORD_SAMPLE)
            continue;
        struct perf_builder *b;
        struct perf_records r = hand_made(&b, type, 0, "", 0);
        struct flame_record out;
        assert_int_equal(flame_perf_record_decode(&r.file, &r.items[0], &out, NULL),
                         type == FLAME_RECORD_SWITCH ? FLAME_OK : FLAME_TRUNCATED);
        perf_records_free(&r);
        builder_free(b);
    }
}

TEST(record_types_that_are_not_the_kernels_are_unsupported)
{
    static const uint32_t types[] = { 0, 23, 63, 64, 68, 86, 87, 32769 };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct perf_builder *b;
        struct perf_records r = hand_made(&b, types[i], 0, "12345678", 8);
        struct flame_record out;
        assert_int_equal(flame_perf_record_decode(&r.file, &r.items[0], &out, NULL),
                         FLAME_UNSUPPORTED);
        perf_records_free(&r);
        builder_free(b);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(mmap_is_executable_unless_it_says_data),
        cmocka_unit_test(mmap2_carries_its_inode),
        cmocka_unit_test(mmap2_with_bit_14_carries_a_build_id_instead),
        cmocka_unit_test(build_id_of_an_impossible_size_is_cut_to_20),
        cmocka_unit_test(names_are_no_longer_than_they_can_be),
        cmocka_unit_test(comm_keeps_its_spaces),
        cmocka_unit_test(fork_and_exit_carry_both_parents),
        cmocka_unit_test(losses_and_throttling_come_back),
        cmocka_unit_test(read_record_carries_the_group),
        cmocka_unit_test(aux_itrace_and_switches_come_back),
        cmocka_unit_test(namespaces_come_back_in_pairs),
        cmocka_unit_test(ksymbol_bpf_and_cgroup_come_back),
        cmocka_unit_test(text_poke_bytes_start_unaligned),
        cmocka_unit_test(deferred_callchain_comes_back),
        cmocka_unit_test(trailer_is_read_from_the_end_for_every_set_of_bits),
        cmocka_unit_test(record_without_sample_id_all_has_no_trailer),
        cmocka_unit_test(record_too_short_for_its_trailer_has_none),
        cmocka_unit_test(trailer_id_says_which_event_a_record_is_of),
        cmocka_unit_test(zero_and_unknown_ids_mean_the_first_event),
        cmocka_unit_test(comm_cut_inside_tid_names_the_field_and_its_offset),
        cmocka_unit_test(name_without_its_nul_ends_with_the_record),
        cmocka_unit_test(counts_that_do_not_fit_refuse_the_record),
        cmocka_unit_test(text_poke_longer_than_its_record_is_refused),
        cmocka_unit_test(every_kernel_record_of_no_bytes_is_refused_but_for_switch),
        cmocka_unit_test(record_types_that_are_not_the_kernels_are_unsupported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
