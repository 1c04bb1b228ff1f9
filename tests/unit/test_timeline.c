/* Who a thread was and what it had mapped, at the moment of a sample. */
#include "timeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Records in order; position counts up by itself. */
struct story {
    struct flame_timeline t;
    uint64_t position;
};

static int begin(void **state)
{
    static struct story story;
    story = (struct story){ .position = 1 };
    *state = &story;
    return flame_timeline_init(&story.t, true) == FLAME_OK ? 0 : -1;
}

static int end(void **state)
{
    flame_timeline_deinit(&((struct story *)*state)->t);
    return 0;
}

static void apply(struct story *s, struct flame_record r, uint64_t time)
{
    r.where.time_ns = time;
    r.position = s->position++;
    assert_int_equal(flame_timeline_apply(&s->t, &r), FLAME_OK);
}

static void comm(struct story *s, uint64_t time, int32_t pid, int32_t tid, const char *name)
{
    struct flame_record r = { .type = FLAME_RECORD_COMM };
    r.comm = (struct flame_comm_record){ pid, tid, flame_str_from(name) };
    apply(s, r, time);
}

static void task(struct story *s, uint32_t type, uint64_t time, int32_t pid, int32_t tid,
                 int32_t ppid, int32_t ptid, uint16_t misc)
{
    struct flame_record r = { .type = type, .misc = misc };
    r.task = (struct flame_task_record){ .pid = pid, .ppid = ppid, .tid = tid, .ptid = ptid };
    apply(s, r, time);
}

static void mmap_named(struct story *s, uint64_t time, int32_t pid, uint64_t start, uint64_t len,
                       const char *name, uint16_t misc)
{
    struct flame_record r = { .type = FLAME_RECORD_MMAP2, .misc = misc };
    r.map = (struct flame_map_record){ .pid = pid,
                                       .tid = pid,
                                       .start = start,
                                       .len = len,
                                       .prot = 5,
                                       .filename = flame_str_from(name) };
    apply(s, r, time);
}

static void mmap_file(struct story *s, uint64_t time, int32_t pid, uint64_t start, const char *name)
{
    mmap_named(s, time, pid, start, 0x1000, name, FLAME_MODE_USER);
}

static const char *comm_at(struct story *s, uint64_t time, int32_t pid, int32_t tid)
{
    struct flame_thread_state at =
        flame_timeline_at(&s->t, pid, tid, (struct flame_moment){ time, UINT64_MAX });
    return at.comm == FLAME_COMM_NONE ? "" : flame_intern_get(&s->t.comms, at.comm).ptr;
}

static const char *file_at(struct story *s, uint64_t time, int32_t pid, int32_t tid, uint64_t pc)
{
    struct flame_thread_state at =
        flame_timeline_at(&s->t, pid, tid, (struct flame_moment){ time, UINT64_MAX });
    const struct flame_map *map = flame_space_find(&s->t.spaces, at.space, pc);
    return map ? s->t.dsos.list.items[map->dso].name.ptr : "";
}

static void a_sample_gets_the_name_that_held_when_it_was_taken(void **state)
{
    struct story *s = *state;
    comm(s, 100, 7, 7, "bash");
    comm(s, 200, 7, 7, "ls");
    assert_string_equal(comm_at(s, 99, 7, 7), "");
    assert_string_equal(comm_at(s, 150, 7, 7), "bash");
    assert_string_equal(comm_at(s, 200, 7, 7), "ls");
    assert_string_equal(comm_at(s, 999, 7, 7), "ls");
}

static void records_of_one_time_take_effect_in_stream_order(void **state)
{
    struct story *s = *state;
    comm(s, 100, 7, 7, "one"); /* position 1 */
    comm(s, 100, 7, 7, "two"); /* position 2 */
    struct flame_thread_state between =
        flame_timeline_at(&s->t, 7, 7, (struct flame_moment){ 100, 1 });
    assert_string_equal(flame_intern_get(&s->t.comms, between.comm).ptr, "one");
    assert_string_equal(comm_at(s, 100, 7, 7), "two");
}

static void swapper_is_there_from_the_start(void **state)
{
    assert_string_equal(comm_at(*state, 1, 0, 0), "swapper");
}

static void maps_before_an_exec_stay_until_they_are_covered(void **state)
{
    struct story *s = *state;
    comm(s, 10, 7, 7, "sh");
    mmap_file(s, 20, 7, 0x1000, "/bin/sh");
    mmap_file(s, 30, 7, 0x5000, "/lib/libc.so");
    struct flame_record exec = { .type = FLAME_RECORD_COMM, .misc = FLAME_MISC_COMM_EXEC };
    exec.comm = (struct flame_comm_record){ 7, 7, flame_str_from("ls") };
    apply(s, exec, 40);
    mmap_file(s, 50, 7, 0x1000, "/bin/ls");
    assert_string_equal(file_at(s, 45, 7, 7, 0x1000), "/bin/sh");
    assert_string_equal(file_at(s, 50, 7, 7, 0x1000), "/bin/ls");
    assert_string_equal(file_at(s, 50, 7, 7, 0x5000), "/lib/libc.so");
}

static void a_forked_process_has_a_copy_of_its_parents_maps(void **state)
{
    struct story *s = *state;
    comm(s, 10, 7, 7, "sh");
    mmap_file(s, 20, 7, 0x1000, "/bin/sh");
    task(s, FLAME_RECORD_FORK, 30, 8, 8, 7, 7, 0);
    mmap_file(s, 40, 7, 0x1000, "/parent/later");
    mmap_file(s, 50, 8, 0x2000, "/child/later");
    assert_string_equal(comm_at(s, 30, 8, 8), "sh");
    assert_string_equal(file_at(s, 60, 8, 8, 0x1000), "/bin/sh");
    assert_string_equal(file_at(s, 60, 7, 7, 0x1000), "/parent/later");
    assert_string_equal(file_at(s, 60, 7, 7, 0x2000), "");
}

static void a_synthesized_fork_copies_no_maps(void **state)
{
    struct story *s = *state;
    mmap_file(s, 20, 7, 0x1000, "/bin/sh");
    task(s, FLAME_RECORD_FORK, 0, 8, 8, 7, 7, FLAME_MISC_FORK_EXEC);
    assert_string_equal(file_at(s, 60, 8, 8, 0x1000), "");
}

static void threads_share_maps_that_come_later(void **state)
{
    struct story *s = *state;
    comm(s, 10, 7, 7, "java");
    task(s, FLAME_RECORD_FORK, 20, 7, 9, 7, 7, 0);
    comm(s, 25, 7, 9, "GC");
    mmap_file(s, 30, 7, 0x1000, "/lib/libjvm.so");
    assert_string_equal(file_at(s, 40, 7, 9, 0x1000), "/lib/libjvm.so");
    assert_string_equal(comm_at(s, 40, 7, 9), "GC");
    assert_string_equal(comm_at(s, 40, 7, 7), "java");
}

static void a_thread_nobody_announced_shares_its_leaders_maps(void **state)
{
    struct story *s = *state;
    mmap_file(s, 30, 7, 0x1000, "/bin/x");
    assert_string_equal(file_at(s, 40, 7, 12, 0x1000), "/bin/x");
    assert_string_equal(comm_at(s, 40, 7, 12), "");
}

static void a_leader_that_was_first_seen_without_its_process_keeps_its_maps(void **state)
{
    struct story *s = *state;
    struct flame_record r = { .type = FLAME_RECORD_MMAP2, .misc = FLAME_MODE_USER };
    r.map = (struct flame_map_record){ .pid = -1,
                                       .tid = 7,
                                       .start = 0x1000,
                                       .len = 0x1000,
                                       .prot = 5,
                                       .filename = flame_str_from("/bin/x") };
    apply(s, r, 10);
    comm(s, 20, 7, 7, "x");
    assert_string_equal(file_at(s, 30, 7, 7, 0x1000), "/bin/x");
}

static void a_thread_keeps_its_name_and_maps_after_its_exit(void **state)
{
    struct story *s = *state;
    comm(s, 10, 7, 7, "cc1");
    mmap_file(s, 20, 7, 0x1000, "/usr/bin/cc1");
    task(s, FLAME_RECORD_EXIT, 30, 7, 7, 7, 7, 0);
    assert_string_equal(comm_at(s, 31, 7, 7), "cc1");
    assert_string_equal(file_at(s, 31, 7, 7, 0x1000), "/usr/bin/cc1");
}

static void a_reused_tid_begins_anew(void **state)
{
    struct story *s = *state;
    comm(s, 10, 7, 7, "old");
    mmap_file(s, 20, 7, 0x1000, "/bin/old");
    comm(s, 25, 3, 3, "init");
    task(s, FLAME_RECORD_FORK, 30, 7, 7, 3, 3, 0);
    assert_string_equal(comm_at(s, 40, 7, 7), "init");
    assert_string_equal(file_at(s, 40, 7, 7, 0x1000), "");
    assert_string_equal(file_at(s, 29, 7, 7, 0x1000), "/bin/old");
}

static void anonymous_executable_memory_is_the_processs_jit_map(void **state)
{
    struct story *s = *state;
    mmap_file(s, 10, 7, 0x1000, "//anon");
    mmap_file(s, 10, 7, 0x3000, "[heap]");
    mmap_file(s, 10, 7, 0x5000, "/memfd:jit (deleted)");
    assert_string_equal(file_at(s, 20, 7, 7, 0x1000), "/tmp/perf-7.map");
    assert_string_equal(file_at(s, 20, 7, 7, 0x3000), "/tmp/perf-7.map");
    assert_string_equal(file_at(s, 20, 7, 7, 0x5000), "/memfd:jit (deleted)");
}

static const struct flame_dso *kernel_at(struct story *s, uint64_t time, uint64_t pc)
{
    struct flame_thread_state at =
        flame_timeline_at(&s->t, 0, 0, (struct flame_moment){ time, UINT64_MAX });
    const struct flame_map *map = flame_space_find(&s->t.spaces, at.kernel_space, pc);
    return map ? &s->t.dsos.list.items[map->dso] : NULL;
}

static void kernel_modules_and_bpf_programs_come_and_go(void **state)
{
    struct story *s = *state;
    mmap_named(s, 0, -1, 0xffffffff81000000, 0x1000000, "[kernel.kallsyms]_text",
               FLAME_MODE_KERNEL);
    mmap_named(s, 0, -1, 0xffffffffc0100000, 0x1000, "/lib/modules/6.1/kernel/snd-hda.ko.xz",
               FLAME_MODE_KERNEL);
    struct flame_record bpf = { .type = FLAME_RECORD_KSYMBOL, .misc = FLAME_MODE_KERNEL };
    bpf.ksymbol = (struct flame_ksymbol_record){ .addr = 0xffffffffc0200000,
                                                 .len = 0x100,
                                                 .ksym_type = 1,
                                                 .name = flame_str_from("bpf_prog_1234_x") };
    apply(s, bpf, 50);
    bpf.ksymbol.flags = 1;
    apply(s, bpf, 70);
    assert_string_equal(kernel_at(s, 10, 0xffffffff81000010)->name.ptr, "[kernel.kallsyms]");
    assert_string_equal(kernel_at(s, 10, 0xffffffff81000010)->reference.ptr, "_text");
    assert_string_equal(kernel_at(s, 10, 0xffffffffc0100010)->name.ptr, "[snd_hda]");
    assert_null(kernel_at(s, 49, 0xffffffffc0200010));
    assert_string_equal(kernel_at(s, 50, 0xffffffffc0200010)->name.ptr, "bpf_prog_1234_x");
    assert_null(kernel_at(s, 70, 0xffffffffc0200010));
}

static void an_untimed_file_goes_by_its_own_order(void **state)
{
    struct story *s = *state;
    s->t.timed = false;
    comm(s, 500, 7, 7, "first");
    comm(s, 100, 7, 7, "second");
    struct flame_thread_state at = flame_timeline_at(&s->t, 7, 7, (struct flame_moment){ 0, 1 });
    assert_string_equal(flame_intern_get(&s->t.comms, at.comm).ptr, "first");
    at = flame_timeline_at(&s->t, 7, 7, (struct flame_moment){ 0, 9 });
    assert_string_equal(flame_intern_get(&s->t.comms, at.comm).ptr, "second");
}

static void pending_records_sort_by_time_then_position(void **state)
{
    (void)state;
    struct flame_pending p[] = {
        { .when = { 30, 1 } }, { .when = { 10, 3 } }, { .when = { 10, 2 } }, { .when = { 0, 9 } }
    };
    flame_order(p, 4);
    assert_int_equal(p[0].when.position, 9);
    assert_int_equal(p[1].when.position, 2);
    assert_int_equal(p[2].when.position, 3);
    assert_int_equal(p[3].when.position, 1);
}

#define STORY(test) cmocka_unit_test_setup_teardown(test, begin, end)

/* One path in two mounts, or built anew meanwhile: without build-ids, these are two files. */
static void files_of_one_path_are_told_apart_by_device_and_inode(void **state)
{
    struct story *s = *state;
    struct flame_map_record map = { .start = 0x1000,
                                    .len = 0x1000,
                                    .prot = 5,
                                    .filename = flame_str_from("/bin/app"),
                                    .major = 8,
                                    .minor = 1,
                                    .inode = 77 };
    struct flame_map_record same = map, inode = map, minor = map, major = map, unknown = map;
    struct flame_map_record listed = map, again = map, anonymous = map, zero = map;
    uint32_t first = flame_dsos_of_map(&s->t.dsos, &map, 7);
    same.start = 0x9000;
    assert_int_equal(flame_dsos_of_map(&s->t.dsos, &same, 8), first);
    inode.inode++;
    minor.minor++;
    major.major = 0;
    unknown.inode = unknown.major = unknown.minor = 0;
    assert_int_equal(flame_dsos_of_map(&s->t.dsos, &inode, 7), first + 1);
    assert_int_equal(flame_dsos_of_map(&s->t.dsos, &minor, 7), first + 2);
    assert_int_equal(flame_dsos_of_map(&s->t.dsos, &major, 7), first + 3);
    assert_int_equal(flame_dsos_of_map(&s->t.dsos, &unknown, 7), first + 4);
    assert_true(s->t.dsos.list.items[first + 1].inode == 78);
    /* A build-id says it all. */
    listed.build_id = (struct flame_build_id){ .bytes = { 1 }, .size = 20 };
    again = listed;
    again.inode++;
    assert_int_equal(flame_dsos_of_map(&s->t.dsos, &listed, 7), first + 5);
    assert_int_equal(flame_dsos_of_map(&s->t.dsos, &again, 7), first + 5);
    /* Memory that was shared has an inode, too, and is one process's code. */
    anonymous.filename = zero.filename = flame_str_from("/dev/zero");
    zero.inode++;
    uint32_t code = flame_dsos_of_map(&s->t.dsos, &anonymous, 7);
    assert_int_equal(flame_dsos_of_map(&s->t.dsos, &zero, 7), code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_sample_gets_the_name_that_held_when_it_was_taken),
        STORY(records_of_one_time_take_effect_in_stream_order),
        STORY(swapper_is_there_from_the_start),
        STORY(files_of_one_path_are_told_apart_by_device_and_inode),
        STORY(maps_before_an_exec_stay_until_they_are_covered),
        STORY(a_forked_process_has_a_copy_of_its_parents_maps),
        STORY(a_synthesized_fork_copies_no_maps),
        STORY(threads_share_maps_that_come_later),
        STORY(a_thread_nobody_announced_shares_its_leaders_maps),
        STORY(a_leader_that_was_first_seen_without_its_process_keeps_its_maps),
        STORY(a_thread_keeps_its_name_and_maps_after_its_exit),
        STORY(a_reused_tid_begins_anew),
        STORY(anonymous_executable_memory_is_the_processs_jit_map),
        STORY(kernel_modules_and_bpf_programs_come_and_go),
        STORY(an_untimed_file_goes_by_its_own_order),
        STORY(pending_records_sort_by_time_then_position),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
