/* What a session makes of a jitdump beside the recording: code that comes, goes and moves in time,
 * and dumps that are not to be believed. */
#include "jitdump_builder.h"
#include "pipeline.h"
#include "scene.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>

enum { X86_64 = 62, AARCH64 = 183, ARCH_FEATURE = 6, JIT = 0x1020 };

static const char dump_path[] = "/app/jit-5.dump";

static void dump_file(const struct scene *s, char out[80])
{
    snprintf(out, 80, "%s/jit-%d.dump", s->folder, PID);
}

static int tear_down_dump(void **state)
{
    char path[80];
    dump_file(*state, path);
    unlink(path);
    return tear_down(state);
}

static void write_dump(const struct scene *s, struct jitdump_builder *d)
{
    char path[80];
    dump_file(s, path);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(d->bytes, 1, d->size, out), d->size);
    fclose(out);
    jitdump_free(d);
}

/* A recording by CLOCK_MONOTONIC, or by another clock. */
static void begin_by(struct scene *s, struct builder_options options, int32_t clock)
{
    struct flame_event_attr attr = cycles;
    forget(s);
    attr.flags |= UINT64_C(1) << FLAME_ATTR_use_clockid;
    attr.clockid = clock;
    s->b = builder_new(options);
    builder_attr(s->b, &attr, "cycles", 1, (uint64_t[]){ 71 });
    builder_feature_string(s->b, ARCH_FEATURE, "x86_64");
    process(s);
    builder_mmap2(s->b, PID, PID, 0x70000, 0x1000, 0, dump_path);
}

static void begin_jit(struct scene *s)
{
    begin_by(s, (struct builder_options){ 0 }, 1);
}

static void hit(struct scene *s, uint64_t time, uint64_t pc)
{
    sample(s, time, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, pc));
}

static void map_at(struct scene *s, uint64_t time, uint64_t start, uint64_t size, const char *name)
{
    struct flame_record map = { .type = FLAME_RECORD_MMAP2,
                                .where = { PID, PID, time, 71, 0, 0 },
                                .misc = FLAME_MODE_USER,
                                .map = { .pid = PID,
                                         .tid = PID,
                                         .start = start,
                                         .len = size,
                                         .prot = 5,
                                         .filename = flame_str_from(name) } };
    builder_record(s->b, &map);
}

static void code_has_the_name_that_it_had_at_the_time(void **state)
{
    struct scene *s = *state;
    FOR_BOTH_ORDERS(big)
    {
        struct jitdump_builder d = { .big_endian = big };
        jitdump_header(&d, X86_64, PID, 0);
        jitdump_load(&d, 300, PID, JIT, 2, "third", "0123456789abcdef", 16); /* not in order */
        jitdump_load(&d, 100, PID, JIT, 0, "first", "0123456789abcdef", 16);
        jitdump_load(&d, 200, PID, JIT + 8, 1, "_Z6secondv", "01234567", 8);
        write_dump(s, &d);
        begin_jit(s);
        for (uint64_t time = 50; time < 400; time += 100) {
            hit(s, time, JIT + 4);
            hit(s, time, JIT + 12);
        }
        hit(s, 350, 0x1015);
        write_file(s, 0);
        expect(s, plain, "app;first 3\napp;inner 1\napp;leaf 2\napp;second 1\napp;third 2\n");
    }
}

static void code_that_moved_keeps_its_name_and_the_old_place(void **state)
{
    struct scene *s = *state;
    struct jitdump_builder d = { 0 };
    jitdump_header(&d, X86_64, PID, 0);
    jitdump_move(&d, 10, PID, 0x1800, 0x1a00, 16, 7); /* of what is not known */
    jitdump_load(&d, 90, PID, 0x1800, 7, "earlier", "0123456789abcdef", 16);
    jitdump_load(&d, 100, PID, 0x1800, 8, "covered", "0123456789abcdef", 16);
    jitdump_load(&d, 100, PID, 0x1800, 7, "mover", "0123456789abcdef", 16);
    jitdump_move(&d, 200, PID, 0x1800, 0x1900, 99, 7); /* code does not grow */
    jitdump_begin(&d, 3, 300);
    jitdump_end(&d);
    write_dump(s, &d);
    begin_jit(s);
    hit(s, 150, 0x1805);
    hit(s, 150, 0x1905);
    hit(s, 250, 0x1805);
    hit(s, 250, 0x1905);
    hit(s, 250, 0x1910);
    hit(s, 350, 0x1905);
    write_file(s, 0);
    expect(s, plain, "app;[perf-5.map] 2\napp;mover 4\n");
}

static void memory_that_is_mapped_anew_keeps_the_code_but_a_file_does_not(void **state)
{
    struct scene *s = *state;
    struct jitdump_builder d = { 0 };
    jitdump_header(&d, X86_64, PID, 0);
    jitdump_load(&d, 100, PID, JIT, 0, "method", "0123456789abcdef", 16);
    write_dump(s, &d);
    begin_jit(s);
    map_at(s, 200, CODE, 0x800, "//anon");
    map_at(s, 210, CODE, 0x800, "/memfd:code (deleted)");
    map_at(s, 220, CODE, 0x1000, "//anon");
    hit(s, 250, JIT);
    hit(s, 250, 0x1015);
    map_at(s, 300, JIT + 8, 0x100, "/no/such");
    hit(s, 350, JIT + 7);
    hit(s, 350, JIT + 8);
    write_file(s, 0);
    expect(s, plain, "app;[such] 1\napp;inner 1\napp;method 2\n");
}

static void a_child_has_the_code_that_was_there_when_it_began(void **state)
{
    struct scene *s = *state;
    struct jitdump_builder d = { 0 };
    jitdump_header(&d, X86_64, PID, 0);
    jitdump_load(&d, 100, PID, JIT, 0, "before", "0123456789abcdef", 16);
    jitdump_load(&d, 300, PID, JIT, 1, "after", "0123456789abcdef", 16);
    write_dump(s, &d);
    begin_jit(s);
    builder_record(s->b, &(struct flame_record){ .type = FLAME_RECORD_FORK,
                                                 .where = { PID, PID, 200, 71, 0, 0 },
                                                 .task = { 9, PID, 9, PID, 200 } });
    struct flame_sample of_child = { .where = { 9, 9, 400, 71, 0, 0 },
                                     .misc = FLAME_MODE_USER,
                                     .ip = JIT,
                                     .period = 1,
                                     .chain = WORDS(FLAME_CONTEXT_USER, JIT),
                                     .chain_count = 2 };
    builder_sample(s->b, &of_child);
    hit(s, 400, JIT);
    write_file(s, 0);
    expect(s, plain, "app;after 1\napp;before 1\n");
}

static void methods_of_one_number_are_two(void **state)
{
    struct scene *s = *state;
    struct jitdump_builder d = { 0 };
    jitdump_header(&d, X86_64, PID, 0);
    jitdump_load(&d, 100, PID, 0x1800, 0, "one", "0123456789abcdef", 16);
    jitdump_load(&d, 100, PID, 0x1900, 0, "other", "0123456789abcdef", 16);
    jitdump_load(&d, 100, PID, 0x1a00, 0, "", "0123456789abcdef", 16);
    jitdump_load(&d, 100, PID, UINT64_MAX - 3, 0, "end", "0123456789abcdef", 16);
    write_dump(s, &d);
    begin_jit(s);
    hit(s, 200, 0x1801);
    hit(s, 200, 0x1901);
    hit(s, 200, 0x1a01);
    write_file(s, 0);
    expect(s, plain, "app;[jitted-5-0.so] 1\napp;one 1\napp;other 1\n");
}

/* V8's builtins lie in the program, and their addresses are put on the stack. */
static void a_frame_may_return_to_the_first_byte_of_a_method(void **state)
{
    struct scene *s = *state;
    struct jitdump_builder d = { 0 };
    jitdump_header(&d, X86_64, PID, 0);
    jitdump_load(&d, 100, PID, 0x1020, 0, "one", "0123456789abcdef", 16);
    jitdump_load(&d, 100, PID, 0x1030, 1, "other", "0123456789abcdef", 16);
    write_dump(s, &d);
    begin_jit(s);
    sample(s, 200, PID, 1, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1020));
    sample(s, 200, PID, 1, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1030)); /* behind a call */
    sample(s, 200, PID, 1, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1040));
    write_file(s, 0);
    expect(s, plain, "app;one;one 2\napp;other;one 1\n");
}

static void frames_and_files_of_the_dump_are_marked_as_jit_code(void **state)
{
    struct scene *s = *state;
    struct jitdump_builder d = { 0 };
    jitdump_header(&d, X86_64, PID, 0);
    jitdump_load(&d, 100, PID, JIT, 3, "method", "0123456789abcdef", 16);
    write_dump(s, &d);
    begin_jit(s);
    map_at(s, 10, 0x9000, 0x1000, "/app/jitted-5-9.so");
    hit(s, 200, JIT);
    hit(s, 200, 0x9000);
    write_file(s, 0);
    struct flame_session *session = open_with(s, plain);
    const struct flame_stacks *stacks = flame_session_stacks(session);
    size_t jit = 0;
    for (uint32_t i = 0; i < stacks->frame_count; i++)
        jit += stacks->frames[i].kind == FLAME_FRAME_JIT;
    assert_int_equal(jit, 2);
    const struct flame_dso *dso = NULL;
    for (size_t i = 0; i < session->timeline.dsos.list.count; i++)
        if (session->timeline.dsos.list.items[i].kind == FLAME_DSO_JITTED)
            dso = &session->timeline.dsos.list.items[i];
    assert_non_null(dso);
    assert_str(dso->name, "/app/jitted-5-3.so");
    flame_session_close(session);
}

/* A dump with one method, and a sample in it. The advice for what stays unnamed begins so. */
static void assert_refused(struct scene *s, int32_t clock, struct jitdump_builder *d,
                           const char *advice)
{
    if (d)
        write_dump(s, d);
    begin_by(s, (struct builder_options){ 0 }, clock);
    hit(s, 200, 0x1800);
    write_file(s, 0);
    struct flame_session *session = open_with(s, plain);
    const struct flame_verdict *v = flame_session_verdict(session);
    assert_folded(session, "app;[perf-5.map] 1\n");
    assert_int_equal(v->object_count, 1);
    if (!flame_str_starts(v->objects[0].advice, advice))
        fail_msg("%.*s", (int)v->objects[0].advice.len, v->objects[0].advice.ptr);
    flame_session_close(session);
}

static struct jitdump_builder one_method(uint32_t machine, uint32_t pid, uint64_t flags)
{
    struct jitdump_builder d = { 0 };
    jitdump_header(&d, machine, pid, flags);
    jitdump_load(&d, 100, PID, 0x1800, 0, "method", "0123456789abcdef", 16);
    return d;
}

static void a_dump_that_is_not_the_processs_is_not_used(void **state)
{
    struct scene *s = *state;
    struct jitdump_builder d = one_method(X86_64, PID, 0);
    assert_refused(s, 1, NULL, "is JIT code; put jit-5.dump, which the process wrote into /app,");
    assert_refused(s, 4, &d,
                   "is JIT code, and jit-5.dump has times of another clock than the "
                   "recording; record with perf record -k mono");
    d = one_method(X86_64, PID, 1);
    assert_refused(s, 1, &d, "is JIT code, and jit-5.dump has times of the processor");
    d = one_method(X86_64, PID + 1, 0);
    assert_refused(s, 1, &d, "is JIT code, and /tmp/flame-test-");
    d = one_method(AARCH64, PID, 0);
    assert_refused(s, 1, &d, "is JIT code, and /tmp/flame-test-");
    d = one_method(X86_64, PID, 0);
    jitdump_patch(&d, 0, 1, 'x');
    assert_refused(s, 1, &d, "is JIT code, and /tmp/flame-test-");
    d = one_method(X86_64, PID, 0);
    jitdump_patch(&d, 40 + 16 + 16, 8, 0x1900); /* the method is elsewhere */
    assert_refused(s, 1, &d, "is JIT code that jit-5.dump does not tell of");
}

/* A recording of the host that lies in the folder where the process wrote its dump. */
static void begin_there(struct scene *s, const char *host, const char *arch)
{
    char path[80];
    struct flame_event_attr attr = cycles;
    dump_file(s, path);
    forget(s);
    attr.flags |= UINT64_C(1) << FLAME_ATTR_use_clockid;
    attr.clockid = 1;
    s->b = builder_new((struct builder_options){ 0 });
    builder_attr(s->b, &attr, "cycles", 1, (uint64_t[]){ 71 });
    builder_feature_string(s->b, 3, host);
    builder_feature_string(s->b, ARCH_FEATURE, arch);
    process(s);
    builder_mmap2(s->b, PID, PID, 0x70000, 0x1000, 0, path);
    hit(s, 200, 0x1800);
    write_file(s, 0);
}

/* In another boot a process may have had that number, and have written into the same file. */
static void a_dump_that_lies_where_it_was_written_is_the_recorded_one(void **state)
{
    struct scene *s = *state;
    struct utsname here;
    char path[80];
    struct stat st;
    assert_int_equal(uname(&here), 0);
    if (strcmp(here.machine, "x86_64") != 0)
        skip();
    struct jitdump_builder d = one_method(X86_64, PID, 0);
    write_dump(s, &d);
    dump_file(s, path);
    begin_there(s, here.nodename, here.machine);
    expect(s, plain, "app;method 1\n");
    assert_int_equal(stat(s->file, &st), 0);
    struct timespec later[2] = { st.st_mtim, { st.st_mtim.tv_sec + 10, 0 } };
    assert_int_equal(utimensat(AT_FDCWD, path, later, 0), 0);
    expect(s, plain, "app;[perf-5.map] 1\n");
    /* Of another machine: somebody put it there. */
    begin_there(s, "elsewhere", here.machine);
    assert_int_equal(utimensat(AT_FDCWD, path, later, 0), 0);
    expect(s, plain, "app;method 1\n");
}

static void a_name_that_is_not_of_the_process_is_no_dump(void **state)
{
    struct scene *s = *state;
    const char *const names[] = { "/app/jit-6.dump", "/app/jit-5.dumps", "/app/xjit-5.dump",
                                  "/app/jit-5.dump/x", "/app/jit-05.dump" };
    struct jitdump_builder d = one_method(X86_64, PID, 0);
    write_dump(s, &d);
    begin(s, (struct builder_options){ 0 });
    process(s);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        builder_mmap2(s->b, PID, PID, 0x70000, 0x1000, 0, names[i]);
    hit(s, 200, 0x1800);
    write_file(s, 0);
    struct flame_session *session = open_with(s, plain);
    assert_int_equal(session->jitdumps.markers.count, 0);
    flame_session_close(session);
}

static void what_cannot_be_of_a_dump_is_counted_and_the_rest_used(void **state)
{
    struct scene *s = *state;
    struct jitdump_builder d = { 0 };
    jitdump_header(&d, X86_64, PID, 0);
    jitdump_load(&d, 90, PID, 0x1900, 9, "wrong", "0123456789abcdef", 16);
    jitdump_patch(&d, 40 + 16 + 24, 8, 1000); /* its size of code */
    jitdump_load(&d, 100, PID, 0x1800, 1, "method", "0123456789abcdef", 16);
    jitdump_load(&d, 100, PID, 0x1810, 1, "cut off", "0123456789abcdef", 16);
    d.size -= 3;
    write_dump(s, &d);
    begin_jit(s);
    hit(s, 200, 0x1801);
    write_file(s, 0);
    struct flame_session *session = open_with(s, plain);
    const struct flame_verdict *v = flame_session_verdict(session);
    assert_folded(session, "app;method 1\n");
    assert_int_equal(v->bad_records, 1);
    assert_int_equal(v->first_bad.offset, 40 + 16);
    assert_non_null(strstr(v->first_bad.path, "jit-5.dump"));
    flame_session_close(session);
}

/* Compressed recordings are counted early; the dump says that it was too early. */
static void the_number_of_threads_does_not_matter(void **state)
{
    struct scene *s = *state;
    struct jitdump_builder d = { 0 };
    jitdump_header(&d, X86_64, PID, 0);
    for (uint64_t i = 0; i < 40; i++) {
        char name[16];
        snprintf(name, sizeof name, "at%d", (int)i);
        jitdump_load(&d, 1000 * i, PID, JIT, i, name, "0123456789abcdef", 16);
    }
    write_dump(s, &d);
    forget(s);
    struct flame_event_attr attr = cycles;
    attr.flags |= UINT64_C(1) << FLAME_ATTR_use_clockid;
    attr.clockid = 1;
    s->b = builder_new((struct builder_options){ 0 });
    builder_attr(s->b, &attr, "cycles", 1, (uint64_t[]){ 71 });
    builder_feature_begin(s->b, FLAME_PERF_FEATURE_COMPRESSED);
    for (int i = 0; i < 5; i++)
        builder_u32(s->b, (const uint32_t[]){ 1, 1, 1, 5, 0 }[i]);
    builder_feature_end(s->b);
    process(s);
    for (uint64_t round = 0; round < 40; round++) {
        builder_compressed_begin(s->b);
        hit(s, 1000 * round + 500, JIT);
        if (round == 30) /* the process begins late to map it */
            map_at(s, 30600, 0x70000, 0x1000, dump_path);
        builder_compressed_end(s->b, 100, FLAME_RECORD_COMPRESSED);
        builder_begin(s->b, FLAME_RECORD_FINISHED_ROUND, 0);
        builder_end(s->b);
    }
    write_file(s, 0);
    const unsigned threads[] = { 1, 2, 7 };
    for (size_t i = 0; i < 3; i++) {
        struct flame_session_options options = plain;
        options.threads = threads[i];
        struct flame_session *session = open_with(s, options);
        assert_int_equal(flame_session_stacks(session)->stack_count, 40);
        assert_false(session->counted);
        flame_session_close(session);
    }
}

/* Each of so many methods has one byte of code, and a name of one letter. */
static size_t write_many(const struct scene *s, uint64_t count)
{
    char path[80];
    size_t size = 0;
    dump_file(s, path);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    for (uint64_t i = 0; i < count; i++) {
        struct jitdump_builder d = { 0 };
        if (i == 0)
            jitdump_header(&d, X86_64, PID, 0);
        jitdump_load(&d, 100 + i, PID, 0x100000 + 4 * i, i, "f", "\xc3", 1);
        assert_int_equal(fwrite(d.bytes, 1, d.size, out), d.size);
        size += d.size;
        jitdump_free(&d);
    }
    fclose(out);
    return size;
}

static size_t most_memory(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return (size_t)usage.ru_maxrss << 10;
}

/* A sanitizer takes memory of its own: there it is only a test that all goes well. */
static void a_dump_of_tiny_methods_takes_memory_in_proportion(void **state)
{
    struct scene *s = *state;
    size_t size = write_many(s, 300000);
    begin_jit(s);
    hit(s, 500000, 0x100000);
    hit(s, 500000, 0x100000 + 4 * 299999);
    write_file(s, 0);
    size_t before = most_memory();
    struct flame_session *session = open_with(s, plain);
    size_t taken = most_memory() - before;
    assert_folded(session, "app;f 2\n");
    flame_session_close(session);
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    size = taken;
#endif
    if (taken > 10 * size)
        fail_msg("%zu bytes for a dump of %zu", taken, size);
}

/* Each method's name would have it. */
static void a_very_long_folder_is_left_out_of_names(void **state)
{
    struct scene *s = *state;
    for (size_t length = 255; length < 257; length++) {
        char folder[300] = "/", path[320], want[320];
        memset(folder + 1, 'x', length - 1);
        snprintf(path, sizeof path, "%s/jit-5.dump", folder);
        snprintf(want, sizeof want, "%s%sjitted-5-3.so", length < 256 ? folder : "",
                 length < 256 ? "/" : "");
        struct jitdump_builder d = { 0 };
        jitdump_header(&d, X86_64, PID, 0);
        jitdump_load(&d, 100, PID, JIT, 3, "method", "0123456789abcdef", 16);
        write_dump(s, &d);
        begin_jit(s);
        map_at(s, 10, 0x9000, 0x1000, path);
        hit(s, 200, JIT);
        write_file(s, 0);
        struct flame_session *session = open_with(s, plain);
        size_t found = 0;
        for (size_t i = 0; i < session->timeline.dsos.list.count; i++)
            found += flame_str_is(session->timeline.dsos.list.items[i].name, want);
        assert_int_equal(found, 1);
        flame_session_close(session);
    }
}

#define DUMP_SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down_dump)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        DUMP_SCENE(code_has_the_name_that_it_had_at_the_time),
        DUMP_SCENE(code_that_moved_keeps_its_name_and_the_old_place),
        DUMP_SCENE(memory_that_is_mapped_anew_keeps_the_code_but_a_file_does_not),
        DUMP_SCENE(a_child_has_the_code_that_was_there_when_it_began),
        DUMP_SCENE(methods_of_one_number_are_two),
        DUMP_SCENE(a_frame_may_return_to_the_first_byte_of_a_method),
        DUMP_SCENE(frames_and_files_of_the_dump_are_marked_as_jit_code),
        DUMP_SCENE(a_dump_that_is_not_the_processs_is_not_used),
        DUMP_SCENE(a_dump_that_lies_where_it_was_written_is_the_recorded_one),
        DUMP_SCENE(a_name_that_is_not_of_the_process_is_no_dump),
        DUMP_SCENE(what_cannot_be_of_a_dump_is_counted_and_the_rest_used),
        DUMP_SCENE(the_number_of_threads_does_not_matter),
        DUMP_SCENE(a_dump_of_tiny_methods_takes_memory_in_proportion),
        DUMP_SCENE(a_very_long_folder_is_left_out_of_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
