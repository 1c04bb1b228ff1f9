/* What sessions advise for objects that are not what was recorded, and for copies of the stack that
 * end: this test's own program stands for the recorded one, under whatever identity it is given. */
#include "scene.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <time.h>

enum {
    BUILD_ID = 2,
    HOSTNAME = 3,
    OSRELEASE = 4,
    ARCH = 6,
    BP = 6,
    SP = 7,
    IP = 8,
    STACK = 0x7000,
    X86_64 = 2
};

static const char nowhere[] = "/nonexistent/program";

static struct flame_map_record map_of(const char *path)
{
    return (struct flame_map_record){ .pid = PID,
                                      .tid = PID,
                                      .start = CODE,
                                      .len = 0x1000,
                                      .prot = 5,
                                      .flags = 2,
                                      .filename = flame_str_from(path) };
}

static void put_map(struct scene *s, struct flame_map_record map)
{
    int id = map.build_id.size ? FLAME_MISC_MMAP_BUILD_ID : 0;
    uint16_t misc = (uint16_t)(FLAME_MODE_USER | id);
    builder_comm(s->b, PID, PID, "app");
    builder_record(s->b,
                   &(struct flame_record){ .type = FLAME_RECORD_MMAP2, .misc = misc, .map = map });
}

static void put_this_machine(struct scene *s)
{
    struct utsname here;
    assert_int_equal(uname(&here), 0);
    builder_feature_string(s->b, HOSTNAME, here.nodename);
    builder_feature_string(s->b, OSRELEASE, here.release);
    builder_feature_string(s->b, ARCH, here.machine);
}

/* What perf takes for the time, right now: since the boot. */
static uint64_t now(void)
{
    struct timespec t;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &t), 0);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* One sample in the map; the advice for its object has to begin and to end with these. */
static void assert_advice(struct scene *s, struct flame_map_record map, bool here,
                          const char *begins, const char *ends)
{
    begin(s, (struct builder_options){ 0 });
    put_map(s, map);
    sample(s, here ? now() : 10, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    if (here)
        put_this_machine(s);
    write_file(s, 0);
    struct flame_session_options options = { .threads = 1, .symbols.buildid_dir = "" };
    struct flame_session *session = open_with(s, options);
    const struct flame_verdict *v = flame_session_verdict(session);
    assert_int_equal(v->object_count, 1);
    struct flame_str advice = v->objects[0].advice;
    size_t n = strlen(ends);
    if (!flame_str_starts(advice, begins) || advice.len < n ||
        memcmp(advice.ptr + advice.len - n, ends, n) != 0)
        fail_msg("%.*s", (int)advice.len, advice.ptr);
    flame_session_close(session);
    forget(s);
}

static const char *this_program(void)
{
    static char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    assert_true(n > 0);
    path[n] = 0;
    return path;
}

static void a_file_without_a_build_id_is_only_itself(void **state)
{
    static const char back[] =
        "; record with perf record --buildid-all, and link with -Wl,--build-id what has no "
        "build-id, or, if you have the very same file, put it back and pass --trust-paths";
    static const char unverified[] = "-Wl,--build-id what has no build-id, or pass --trust-paths "
                                     "if you know better";
    struct scene *s = *state;
    struct flame_map_record gone = map_of(nowhere), other = map_of(this_program());
    assert_advice(s, gone, true,
                  "is no longer on this machine, and was recorded without a build-id, so that no "
                  "copy of it could be verified; record",
                  back);
    assert_advice(s, gone, false,
                  "is not on this machine, and was recorded without a build-id, so that no copy of "
                  "it could be verified; run flamedata pack perf.data (by the name that it has "
                  "there) on the recorded machine and open the pack here, or record with perf",
                  ", or, if you have the very same file, put it under its path below a folder DIR "
                  "and pass --symfs DIR --trust-paths");
    setenv("PERF_BUILDID_DIR", s->folder, 1); /* --symfs takes its place */
    char with_cache[128];
    snprintf(with_cache, sizeof with_cache, " --trust-paths --buildid-dir %s", s->folder);
    assert_advice(s, gone, false, "is not on this machine", with_cache);
    setenv("PERF_BUILDID_DIR", "/nonexistent/cache", 1);
    gone.inode = 77;
    assert_advice(s, gone, true, "is no longer on this machine, and was recorded without", back);
    other.inode = 1; /* a folder's */
    assert_advice(s, other, true,
                  "was recorded without a build-id, and has been changed, moved or linked since, "
                  "so the file here was not used; record",
                  unverified);
    assert_advice(s, other, false,
                  "was recorded without a build-id, and nothing shows that the file here is the "
                  "same, so it was not used; run flamedata pack",
                  unverified);
}

/* The header's list of build-ids, of one. */
static void put_listed_id(struct scene *s, const struct flame_build_id *id, const char *path)
{
    char name[64] = "";
    builder_feature_begin(s->b, BUILD_ID);
    builder_u32(s->b, 0);
    builder_u16(s->b, FLAME_MODE_USER);
    builder_u16(s->b, 8 + 4 + 24 + sizeof name);
    builder_u32(s->b, UINT32_MAX); /* the host */
    builder_bytes(s->b, id->bytes, 20);
    builder_u32(s->b, 0);
    memcpy(name, path, strlen(path));
    builder_bytes(s->b, name, sizeof name);
    builder_feature_end(s->b);
}

/* Two objects at their addresses, a vDSO among them if the path says so; the first is sampled, the
 * second calls it. ids: the header lists one for the first. */
static struct flame_session *open_two(struct scene *s, const char *second, bool ids, bool mmapped)
{
    struct flame_map_record map = map_of(nowhere), other = map_of(second);
    const struct flame_build_id id = { .bytes = { 0xab, 0xcd, 0xef }, .size = 20 };
    begin(s, (struct builder_options){ 0 });
    if (mmapped)
        map.build_id = id;
    put_map(s, map);
    other.start = 0x5000;
    put_map(s, other);
    sample(s, 10, PID, 1, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x5010));
    if (ids)
        put_listed_id(s, &id, nowhere);
    write_file(s, 0);
    return open_with(s, (struct flame_session_options){ .threads = 1, .symbols.buildid_dir = "" });
}

static void assert_second(struct scene *s, const char *second, bool ids, bool mmapped,
                          const char *part, const char *not_part)
{
    struct flame_session *session = open_two(s, second, ids, mmapped);
    const struct flame_verdict *v = flame_session_verdict(session);
    assert_int_equal(v->object_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const char *advice = v->objects[i].advice.ptr;
        if (flame_str_is(v->objects[i].name, second) &&
            (!strstr(advice, part) || strstr(advice, not_part)))
            fail_msg("%s", advice);
        if (flame_str_is(v->objects[i].name, nowhere))
            assert_int_equal(strstr(advice, "run perf archive there") != NULL, ids);
    }
    flame_session_close(session);
    forget(s);
}

/* perf notes the ids of sampled files at the end, and packs what it cached of them; the kernel
 * notes those of all files, but of no vDSO, and nothing is cached. */
static void what_would_have_recorded_an_id_is_advised(void **state)
{
    static const char caller[] = "/nonexistent/caller", vdso[] = "[vdso]";
    struct scene *s = *state;
    assert_second(s, caller, true, false,
                  "record with perf record --buildid-all: without it perf notes no build-ids of "
                  "files that hold but callers",
                  "-Wl,--build-id");
    assert_second(s, caller, false, true, "or link it with -Wl,--build-id, and record it anew",
                  "perf record --buildid");
    assert_second(s, caller, false, false,
                  "or record with perf record --buildid-all, and link with -Wl,--build-id",
                  "--buildid-mmap");
    assert_second(s, vdso, false, true,
                  "record with perf record --buildid-all, into a file, without -z and "
                  "--buildid-mmap",
                  "-Wl,--build-id");
    assert_second(s, vdso, false, false, "record with perf record --buildid-all", "--buildid-mmap");
}

static void an_empty_buildid_dir_is_the_usual_one(void **state)
{
    struct scene *s = *state;
    struct flame_map_record map = map_of(nowhere);
    map.build_id = (struct flame_build_id){ .bytes = { 0xab, 0xcd, 0xef }, .size = 3 };
    assert_advice(
        s, map, false,
        "is not on this machine, nor in /nonexistent/cache; run flamedata pack perf.data (by the "
        "name that it has there) on the recorded machine and open the pack here, or copy the",
        "recorded file into a folder DIR and pass --binaries DIR");
}

/* A kernel of another machine, that only its build-id tells. never, unless NULL, is not said. */
static void assert_kernel_told(struct scene *s, struct flame_symbol_options places,
                               const char *release, const char *advice, const char *never)
{
    struct flame_session_options options = { .threads = 1, .symbols = places };
    begin(s, (struct builder_options){ 0 });
    struct flame_record kernel = {
        .type = FLAME_RECORD_MMAP2,
        .misc = FLAME_MODE_KERNEL | FLAME_MISC_MMAP_BUILD_ID,
        .map = { .pid = -1,
                 .start = 0xffffffff81000000,
                 .len = 0x1000000,
                 .pgoff = 0xffffffff81000000,
                 .build_id = { .bytes = { 0xab, 0xcd, 0xef }, .size = 20 },
                 .filename = flame_str_from("[kernel.kallsyms]_text") },
    };
    builder_record(s->b, &kernel);
    builder_feature_string(s->b, HOSTNAME, "elsewhere");
    builder_feature_string(s->b, OSRELEASE, release);
    process(s);
    sample(s, 10, PID, 5, 2, WORDS(FLAME_CONTEXT_KERNEL, 0xffffffff81000010));
    write_file(s, 0);
    struct flame_session *session = open_with(s, options);
    const struct flame_verdict *v = flame_session_verdict(session);
    assert_int_equal(v->object_count, 1);
    assert_int_equal(v->objects[0].weight, 5);
    if (!strstr(v->objects[0].advice.ptr, advice) ||
        (never && strstr(v->objects[0].advice.ptr, never)))
        fail_msg("%.*s", (int)v->objects[0].advice.len, v->objects[0].advice.ptr);
    flame_session_close(session);
    forget(s);
}

static void assert_kernel_advice(struct scene *s, const char *cache, const char *release,
                                 const char *advice, const char *never)
{
    assert_kernel_told(s, (struct flame_symbol_options){ .buildid_dir = cache }, release, advice,
                       never);
}

/* What was named, and does not help, is what the advice is about. */
static void what_was_named_for_the_kernel_is_told_of(void **state)
{
    struct scene *s = *state;
    char list[64], want[256];
    snprintf(list, sizeof list, "%s/list", s->folder);
    FILE *out = fopen(list, "w");
    assert_non_null(out);
    fputs("ffffffff81000000 T _text\n", out);
    fclose(out);
    snprintf(want, sizeof want, "has no names from %s: a list has no build-id, so that --kallsyms",
             list);
    assert_kernel_told(s, (struct flame_symbol_options){ .kallsyms = list }, "3.2.1", want,
                       "hidden");
    snprintf(want, sizeof want, "is not below %s, nor in %s/.debug; run", s->folder, s->folder);
    assert_kernel_told(s, (struct flame_symbol_options){ .symfs = s->folder }, "3.2.1", want,
                       "this machine");
    unlink(list);
}

static void a_list_where_the_advice_has_it_names_the_kernel(void **state)
{
    struct scene *s = *state;
    struct flame_session_options options = { .threads = 1, .symbols.buildid_dir = s->folder };
    char shelf[64], folder[128], list[160];
    snprintf(shelf, sizeof shelf, "%s/[kernel.kallsyms]", s->folder);
    snprintf(folder, sizeof folder, "%s/abcdef0000000000000000000000000000000000", shelf);
    snprintf(list, sizeof list, "%s/kallsyms", folder);
    assert_kernel_advice(s, s->folder, "3.2.1",
                         "/[kernel.kallsyms]/abcdef0000000000000000000000000000000000/kallsyms",
                         NULL);
    assert_int_equal(mkdir(shelf, 0700), 0);
    assert_int_equal(mkdir(folder, 0700), 0);
    FILE *out = fopen(list, "w");
    assert_non_null(out);
    fputs("0000000000000000 T _text\n0000000000000000 T do_it\n", out);
    fclose(out);
    assert_kernel_advice(s, s->folder, "3.2.1",
                         "/kallsyms hides the addresses; copy it again as root on the recorded "
                         "machine",
                         "kptr_restrict");
    out = fopen(list, "w");
    assert_non_null(out);
    fputs("ffffffff81000000 T _text\nffffffff81000008 T do_it\nffffffff81000100 T _end\n", out);
    fclose(out);
    struct flame_session *session = open_with(s, options);
    assert_folded(session, "app;do_it 5\n");
    assert_int_equal(flame_session_verdict(session)->objects[0].grade, FLAME_GRADE_FOUND);
    assert_str(flame_session_verdict(session)->objects[0].used, list);
    flame_session_close(session);
    unlink(list);
    rmdir(folder);
    rmdir(shelf);
}

static void a_kernel_comes_with_its_package_and_place(void **state)
{
    struct scene *s = *state;
    assert_kernel_advice(s, s->folder, "6.1.0-18-amd64",
                         "; run flamedata pack perf.data (by the name that it has there) on the "
                         "recorded machine and open the pack here, or copy the recorded file into "
                         "a folder DIR and pass --binaries DIR, or install "
                         "linux-image-6.1.0-18-amd64-dbg, or name its vmlinux with --vmlinux, or "
                         "copy its /proc/kallsyms, read as root while it runs, to /",
                         "no such folder");
    assert_kernel_advice(s, s->folder, "5.14.0-427.el9.x86_64",
                         "or install kernel-debuginfo-5.14.0-427.el9.x86_64, or name", NULL);
    assert_kernel_advice(s, s->folder, "3.2.1", "--binaries DIR, or name its vmlinux", NULL);
    /* What was named, and is not there, is no place to put files. */
    assert_kernel_advice(s, "/nonexistent", "3.2.1",
                         ", nor in /nonexistent (no such folder); run flamedata pack",
                         "/proc/kallsyms");
}

/* What was hit is there with its weight, named or not. */
static void every_object_that_was_hit_is_weighed(void **state)
{
    struct scene *s = *state;
    struct flame_map_record library = map_of(nowhere);
    library.start = 0x5000;
    begin(s, (struct builder_options){ 0 });
    process(s);
    put_map(s, library);
    sample(s, 10, PID, 100, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x5010));
    sample(s, 20, PID, 20, 3, WORDS(FLAME_CONTEXT_USER, 0x5010, 0x1015));
    sample(s, 30, PID, 3, 2, WORDS(FLAME_CONTEXT_USER, 0x9000000));
    write_file(s, 0);
    struct flame_session *session = open_with(s, plain);
    const struct flame_verdict *v = flame_session_verdict(session);
    assert_int_equal(v->object_count, 3);
    assert_str(v->objects[0].name, nowhere);
    assert_int_equal(v->objects[0].weight, 20);
    assert_int_equal(v->objects[0].unnamed, 120);
    assert_int_equal(v->objects[0].grade, FLAME_GRADE_MISSING);
    assert_str(v->objects[0].used, "");
    assert_str(v->objects[1].name, "[unknown]");
    assert_int_equal(v->objects[1].weight, 3);
    assert_int_equal(v->objects[1].unnamed, 3);
    assert_int_equal(v->objects[1].grade, FLAME_GRADE_UNMAPPED);
    assert_true(v->objects[2].jit);
    assert_int_equal(v->objects[2].weight, 100);
    assert_int_equal(v->objects[2].unnamed, 0);
    assert_int_equal(v->objects[2].grade, FLAME_GRADE_FOUND);
    assert_str(v->objects[2].advice, "");
    assert_str(v->objects[2].used, s->map);
    assert_false(v->objects[2].trusted);
    assert_int_equal(v->unnamed, 23);
    flame_session_close(session);
}

/* Compiled with call-frame information; in its first instruction the return address is the lowest
 * word of the stack. */
__attribute__((noinline)) static int code(int x)
{
    static volatile int sum;
    sum += x;
    return sum;
}

/* The mapping of this program that code is in. */
static struct flame_map_record map_of_code(void)
{
    struct flame_map_record map = map_of(this_program());
    uint64_t at = (uintptr_t)code;
    unsigned long first = 0, last = 0, offset = 0;
    char line[4096];
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while ((at < first || at >= last) && fgets(line, sizeof line, maps))
        sscanf(line, "%lx-%lx %*s %lx %x:%x %lu", &first, &last, &offset, &map.major, &map.minor,
               &map.inode);
    fclose(maps);
    assert_true(at >= first && at < last);
    map.start = first;
    map.len = last - first;
    map.pgoff = offset;
    return map;
}

/* The JIT's leaf has callers that follow the frame pointer to the end of the copy; there the last
 * one was called from code, and that from code, whose caller is no longer in it. */
static void assert_dump_advice(struct scene *s, uint32_t size, const char *advice)
{
    const struct flame_event_attr attr = {
        .sample_type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME |
                       FLAME_SAMPLE_PERIOD | FLAME_SAMPLE_CALLCHAIN | FLAME_SAMPLE_IDENTIFIER |
                       FLAME_SAMPLE_REGS_USER | FLAME_SAMPLE_STACK_USER,
        .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all,
        .sample_regs_user = UINT64_C(1) << BP | UINT64_C(1) << SP | UINT64_C(1) << IP,
        .sample_stack_user = size,
    };
    uint64_t *words = calloc(size / 8, 8);
    assert_non_null(words);
    uint32_t last = size - 24;
    for (uint32_t at = 0, next; at < last; at = next) {
        next = at + 4096 < last ? at + 4096 : last;
        words[at / 8] = STACK + next;
        words[at / 8 + 1] = 0x1015;
    }
    words[size / 8 - 2] = words[size / 8 - 1] = (uintptr_t)code + 1;
    struct flame_sample sample = { .where = { PID, PID, now(), 71, 0, 0 },
                                   .misc = FLAME_MODE_USER,
                                   .ip = 0x1025,
                                   .period = 1,
                                   .regs_user_abi = X86_64,
                                   .regs_user = WORDS(STACK, STACK, 0x1025),
                                   .stack = { (const uint8_t *)words, size },
                                   .stack_room = size };
    s->b = builder_new((struct builder_options){ 0 });
    builder_attr(s->b, &attr, "cycles", 1, (uint64_t[]){ 71 });
    put_this_machine(s);
    process(s);
    put_map(s, map_of_code());
    builder_sample(s->b, &sample);
    write_file(s, 0);
    struct flame_session *session = open_with(s, plain);
    const struct flame_verdict *v = flame_session_verdict(session);
    assert_int_equal(v->end_count, 1);
    assert_int_equal(v->ends[0].why, FLAME_END_DUMP);
    if (!flame_str_starts(v->ends[0].advice, advice))
        fail_msg("%.*s", (int)v->ends[0].advice.len, v->ends[0].advice.ptr);
    flame_session_close(session);
    free(words);
    forget(s);
}

static void larger_copies_of_the_stack_are_proposed(void **state)
{
#ifdef __x86_64__
    struct scene *s = *state;
    code(1);
    assert_dump_advice(s, 512, "record with --call-graph dwarf,8192");
    assert_dump_advice(s, 8184, "record with --call-graph dwarf,8192");
    assert_dump_advice(s, 8192, "record with --call-graph dwarf,16384");
    assert_dump_advice(s, 32768, "record with --call-graph dwarf,65528");
    assert_dump_advice(s, 40960, "record with --call-graph dwarf,65528");
#else
    (void)state;
    (void)assert_dump_advice;
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_file_without_a_build_id_is_only_itself),
        SCENE(what_would_have_recorded_an_id_is_advised),
        SCENE(an_empty_buildid_dir_is_the_usual_one),
        SCENE(what_was_named_for_the_kernel_is_told_of),
        SCENE(a_list_where_the_advice_has_it_names_the_kernel),
        SCENE(a_kernel_comes_with_its_package_and_place),
        SCENE(every_object_that_was_hit_is_weighed),
        SCENE(larger_copies_of_the_stack_are_proposed),
    };
    setenv("PERF_BUILDID_DIR", "/nonexistent/cache", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
