/* test_simpleperf_session.c: recordings of Android's simpleperf, from the bytes to named stacks. No
 * file of theirs is on this machine: all names come from the recording. */
#include "scene.h"
#include "simpleperf_builder.h"

enum { EXECUTE = 4, JIT_SYMFILE = 0x4000 };

#define KERNEL_TEXT UINT64_C(0xffffffc008000000)
#define MODULE_START UINT64_C(0xffffffc001000000)

static const struct flame_event_attr raw_event = {
    .type = 9,
    .config = 17,
    .sample_type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME | FLAME_SAMPLE_PERIOD |
                   FLAME_SAMPLE_CALLCHAIN | FLAME_SAMPLE_IDENTIFIER,
    .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all,
};

static void begin_phone(struct scene *s)
{
    s->b = builder_new((struct builder_options){ 0 });
    builder_attr(s->b, &raw_event, NULL, 1, (uint64_t[]){ 71 });
    builder_comm(s->b, PID, PID, "app");
}

static void map(struct scene *s, uint16_t misc, uint64_t start, uint64_t len, uint64_t pgoff,
                uint32_t prot, const char *name)
{
    struct flame_record r = { .type = FLAME_RECORD_MMAP2,
                              .misc = misc,
                              .map = { .pid = misc == FLAME_MODE_KERNEL ? -1 : PID,
                                       .tid = PID,
                                       .start = start,
                                       .len = len,
                                       .pgoff = pgoff,
                                       .prot = prot,
                                       .filename = flame_str_from(name) } };
    builder_record(s->b, &r);
}

static void map_user(struct scene *s, uint64_t start, uint64_t pgoff, const char *name)
{
    map(s, FLAME_MODE_USER, start, 0x1000, pgoff, EXECUTE, name);
}

static void map_kernel(struct scene *s)
{
    map(s, FLAME_MODE_KERNEL, 0, UINT64_MAX, 0, EXECUTE, "[kernel.kallsyms]");
}

static void end_phone(struct scene *s)
{
    builder_meta_info(s->b, "simpleperf_version", "1.build.1", "event_type_info",
                      "raw-l1d,9,17\ncpu-clock,1,0", NULL);
    write_file(s, 0);
}

/* FILE2 with one file. */
static void one_file(struct scene *s, const struct built_symbol_file *file)
{
    builder_feature_begin(s->b, 132);
    builder_symbol_file(s->b, file);
    builder_feature_end(s->b);
}

static const char lib_path[] = "/data/app/base.apk!/lib/arm64/libapp.so";
static const struct built_symbol lib_code[] = {
    { 0x2000, 0x10, "_ZN3app4leafEv" },
    { 0x2010, 0x10, "_ZN3app5innerEi" },
    { 0x2020, 0x10, "main" },
    { 0x3000, 0x10, "far" },
};
/* vaddr = offset in the file + 0x1000 */
static const struct built_symbol_file lib = { lib_path, 2, 0x2000, 0x1000, lib_code, 4 };

static void elf_addresses_go_by_the_files_offset(void **state)
{
    struct scene *s = *state;
    begin_phone(s);
    map_user(s, 0x70000000, 0x1000, lib_path);
    /* An app may split its code: the second map begins further in. */
    map_user(s, 0x70005000, 0x2000, lib_path);
    sample(s, 10, PID, 1, 4, WORDS(FLAME_CONTEXT_USER, 0x70000004, 0x70000018, 0x70000024));
    sample(s, 20, PID, 2, 3, WORDS(FLAME_CONTEXT_USER, 0x7000500f, 0x70000024));
    one_file(s, &lib);
    end_phone(s);
    struct flame_session_options options = plain;
    options.event = "raw-l1d";
    struct flame_verdict v =
        expect(s, options, "app;main;app::inner;app::leaf 1\napp;main;far 2\n");
    assert_int_equal(v.bad_features, 0);
}

static void an_address_that_no_symbol_covers_has_no_name(void **state)
{
    struct scene *s = *state;
    begin_phone(s);
    map_user(s, 0x70000000, 0x1000, lib_path);
    sample(s, 10, PID, 1, 3, WORDS(FLAME_CONTEXT_USER, 0x70000030, 0x70000ff0));
    one_file(s, &lib);
    end_phone(s);
    struct flame_verdict v = expect(s, plain, "app;[libapp.so];[libapp.so] 1\n");
    assert_int_equal(v.unnamed, 1);
}

static void callers_are_looked_up_as_they_stand(void **state)
{
    struct scene *s = *state;
    begin_phone(s);
    map_user(s, 0x70000000, 0x1000, lib_path);
    map_kernel(s);
    static const struct built_symbol text[] = { { KERNEL_TEXT, 0x10, "schedule" },
                                                { KERNEL_TEXT + 0x10, 0x10, "do_idle" } };
    /* Both callers' calls are the first instruction of their function. */
    sample(s, 10, PID, 1, 6,
           WORDS(FLAME_CONTEXT_KERNEL, KERNEL_TEXT + 4, KERNEL_TEXT + 0x10, FLAME_CONTEXT_USER,
                 0x70000010, 0x70000020));
    builder_feature_begin(s->b, 132);
    builder_symbol_file(s->b, &lib);
    builder_symbol_file(s->b, &(struct built_symbol_file){ "[kernel.kallsyms]", 0, 0, 0, text, 2 });
    builder_feature_end(s->b);
    end_phone(s);
    expect(s, plain, "app;main;app::inner;do_idle;schedule 1\n");
}

static void a_thread_of_bionic_begins_in_start_thread(void **state)
{
    struct scene *s = *state;
    static const struct built_symbol code[] = { { 0x100, 0x10, "__start_thread" },
                                                { 0x200, 0x10, "_ZL15__pthread_startPv" } };
    begin_phone(s);
    map_user(s, 0x70000000, 0, "/system/lib64/libc.so");
    sample(s, 10, PID, 1, 3, WORDS(FLAME_CONTEXT_USER, 0x70000204, 0x70000104));
    one_file(s, &(struct built_symbol_file){ "/system/lib64/libc.so", 2, 0, 0, code, 2 });
    end_phone(s);
    struct flame_verdict v = expect(s, plain, "app;__start_thread;__pthread_start 1\n");
    assert_int_equal(v.rooted, 1);
}

static void java_code_is_named_from_dex_files_and_the_jits_cache(void **state)
{
    struct scene *s = *state;
    static const struct built_symbol dex_code[] = { { 0x5010, 0x10, "org.app.Main.run" } };
    static const struct built_symbol memory_code[] = { { 0x110, 0x10, "org.app.Loaded.call" } };
    static const struct built_symbol first[] = { { 0x60000000, 0x80, "org.app.Hot.loop" } };
    static const struct built_symbol second[] = { { 0x60000080, 0x40, "org.app.Hot.step" } };
    begin_phone(s);
    map_user(s, 0x50000000, 0x5000, "/data/app/base.apk");
    map_user(s, 0x58000000, 0x100, "dexfile_in_memory_7");
    /* The memory that the JIT writes to, and what simpleperf put over it. */
    map_user(s, 0x60000000, 0, "/dev/ashmem/dalvik-jit-code-cache (deleted)");
    map(s, FLAME_MODE_USER, 0x60000000, 0x80, 0, JIT_SYMFILE, "/data/TMP_jit_app_cache:0-900");
    map(s, FLAME_MODE_USER, 0x60000080, 0x80, 900, JIT_SYMFILE, "/data/TMP_jit_app_cache:900-70");
    sample(s, 10, PID, 1, 6,
           WORDS(FLAME_CONTEXT_USER, 0x600000c0, 0x60000084, 0x60000044, 0x58000010, 0x50000018));
    builder_feature_begin(s->b, 132);
    builder_symbol_file(s->b, &(struct built_symbol_file){ "/data/app/base.apk", 3,
                                                           .symbols = dex_code, .count = 1 });
    builder_symbol_file(s->b, &(struct built_symbol_file){ "dexfile_in_memory_7", 3,
                                                           .symbols = memory_code, .count = 1 });
    builder_symbol_file(s->b, &(struct built_symbol_file){ "/data/TMP_jit_app_cache:0-900", 2,
                                                           .symbols = first, .count = 1 });
    builder_symbol_file(s->b, &(struct built_symbol_file){ "/data/TMP_jit_app_cache:900-70", 2,
                                                           .symbols = second, .count = 1 });
    builder_feature_end(s->b);
    end_phone(s);
    struct flame_session_options options = plain;
    options.annotate_jit = true;
    expect(s, options,
           "app;org.app.Main.run;org.app.Loaded.call;org.app.Hot.loop_[j];org.app.Hot.step_[j];"
           "[[JIT app cache]]_[j] 1\n");
}

static void symbol_maps_come_before_those_beside_the_file(void **state)
{
    struct scene *s = *state;
    static const struct built_symbol jitted[] = { { 0x1020, 8, "in_the_recording" } };
    begin_phone(s);
    map_user(s, CODE, 0, "//anon");
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1024));
    sample(s, 20, PID, 2, 2, WORDS(FLAME_CONTEXT_USER, 0x1005)); /* the file beside has a name */
    one_file(s, &(struct built_symbol_file){ "perf-5.map", 4, .symbols = jitted, .count = 1 });
    end_phone(s);
    expect(s, plain, "app;[perf-5.map] 2\napp;in_the_recording 1\n");
}

static void modules_have_symbols_of_their_own_or_the_kernels(void **state)
{
    struct scene *s = *state;
    static const struct built_symbol code[] = { { 0x48, 0x10, "wlan_rx" } };
    static const struct built_symbol text[] = { { MODULE_START + 0x2000, 0x10, "late [wlan]" } };
    begin_phone(s);
    map_kernel(s);
    map(s, FLAME_MODE_KERNEL, MODULE_START, 0x4000, 0, EXECUTE, "/vendor/lib/modules/wlan.ko");
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_KERNEL, MODULE_START + 0x1008));
    sample(s, 20, PID, 2, 2, WORDS(FLAME_CONTEXT_KERNEL, MODULE_START + 0x2008));
    sample(s, 30, PID, 4, 2, WORDS(FLAME_CONTEXT_KERNEL, MODULE_START + 0x3000));
    builder_feature_begin(s->b, 132);
    builder_symbol_file(s->b, &(struct built_symbol_file){ "/vendor/lib/modules/wlan.ko", 1, 0x40,
                                                           0x1000, code, 1 });
    builder_symbol_file(s->b, &(struct built_symbol_file){ "[kernel.kallsyms]", 0, 0, 0, text, 1 });
    builder_feature_end(s->b);
    end_phone(s);
    expect(s, plain, "app;[[wlan]] 4\napp;late [wlan] 2\napp;wlan_rx 1\n");
}

static void a_table_of_another_kind_is_not_used(void **state)
{
    struct scene *s = *state;
    begin_phone(s);
    map_user(s, 0x70000000, 0x1000, lib_path);
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x70000004));
    struct built_symbol_file other = lib;
    other.kind = 1;
    one_file(s, &other);
    end_phone(s);
    expect(s, plain, "app;[libapp.so] 1\n");
}

static void a_broken_entry_leaves_the_others(void **state)
{
    struct scene *s = *state;
    begin_phone(s);
    map_user(s, 0x70000000, 0x1000, lib_path);
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x70000004));
    builder_feature_begin(s->b, 132);
    builder_u32(s->b, 3);
    builder_bytes(s->b, "\x22\xff\xff", 3);
    builder_symbol_file(s->b, &lib);
    builder_feature_end(s->b);
    end_phone(s);
    struct flame_verdict v = expect(s, plain, "app;app::leaf 1\n");
    assert_int_equal(v.bad_features, 1);
}

/* What the first versions wrote: no meta information, symbols as records. */
static const char list_text[] = "0000000000000000 A fixed\nffffffc008000000 T schedule\n"
                                "ffffffc008000010 t do_idle\nffffffc008000020 D data\n"
                                "ffffffc001000000 t wlan_rx\t[wlan]\n";

static void put_symbol_records(struct scene *s)
{
    builder_begin(s->b, 32770, 0);
    builder_u64(s->b, 2);
    builder_u64(s->b, 31);
    builder_u64(s->b, 0x2000);
    builder_text(s->b, "/system/lib/libold.so", 8);
    builder_end(s->b);
    for (size_t i = 0; i < 3; i++) {
        builder_begin(s->b, 32771, 0);
        builder_u64(s->b, lib_code[i].vaddr);
        builder_u64(s->b, lib_code[i].size);
        builder_u64(s->b, 31);
        builder_text(s->b, lib_code[i].name, 8);
        builder_end(s->b);
    }
}

static void put_split_kallsyms(struct scene *s)
{
    uint8_t record[400];
    uint32_t type = 32769, length = sizeof list_text - 1, size = 12 + length;
    uint16_t halves[2] = { (uint16_t)(size >> 16), (uint16_t)size };
    memcpy(record, &type, 4);
    memcpy(record + 4, halves, 4);
    memcpy(record + 8, &length, 4);
    memcpy(record + 12, list_text, length);
    builder_split(s->b, record, size, 50);
}

static void put_old(struct scene *s)
{
    put_split_kallsyms(s);
    builder_comm(s->b, PID, PID, "app");
    map_kernel(s);
    map_user(s, 0x70000000, 0x1000, "/system/lib/libold.so");
    map_user(s, 0x71000000, 0x1000, lib_path);
    put_symbol_records(s);
    /* The kernel's chain: callers return to what follows their calls. */
    sample(s, 10, PID, 1, 6,
           WORDS(FLAME_CONTEXT_KERNEL, KERNEL_TEXT + 4, KERNEL_TEXT + 0x20, FLAME_CONTEXT_USER,
                 0x70000014, 0x71000030));
}

static const char old_stacks[] = "app;main;app::inner;do_idle;schedule 1\n";

static void old_recordings_carry_symbols_in_records_and_file(void **state)
{
    struct scene *s = *state;
    s->b = builder_new((struct builder_options){ 0 });
    builder_attr(s->b, &raw_event, NULL, 1, (uint64_t[]){ 71 });
    put_old(s);
    builder_feature_begin(s->b, 128);
    builder_symbol_file_v1(s->b, &lib);
    builder_feature_end(s->b);
    write_file(s, 0);
    struct flame_verdict v = expect(s, plain, old_stacks);
    assert_int_equal(v.bad_records, 0);
    assert_int_equal(v.unknown_records, 0);
    struct flame_session_options options = plain;
    options.threads = 4;
    expect(s, options, old_stacks);
}

static void records_inside_compressed_ones_are_kept(void **state)
{
    struct scene *s = *state;
    s->b = builder_new((struct builder_options){ 0 });
    builder_attr(s->b, &raw_event, NULL, 1, (uint64_t[]){ 71 });
    builder_compressed_begin(s->b);
    put_old(s);
    builder_compressed_end(s->b, 100, FLAME_RECORD_COMPRESSED);
    builder_feature_begin(s->b, 128);
    builder_symbol_file_v1(s->b, &lib);
    builder_feature_end(s->b);
    write_file(s, 0);
    struct flame_verdict v = expect(s, plain, old_stacks);
    assert_int_equal(v.bad_records, 0);
}

static void hidden_kallsyms_give_way_to_the_symbols_of_the_file(void **state)
{
    struct scene *s = *state;
    static const char hidden[] = "0000000000000000 T schedule\n";
    static const struct built_symbol text[] = { { KERNEL_TEXT, 0x10, "schedule" } };
    begin_phone(s);
    builder_begin(s->b, 32769, 0);
    builder_u32(s->b, sizeof hidden - 1);
    builder_text(s->b, hidden, 8);
    builder_end(s->b);
    map_kernel(s);
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_KERNEL, KERNEL_TEXT + 4));
    one_file(s, &(struct built_symbol_file){ "[kernel.kallsyms]", 0, 0, 0, text, 1 });
    end_phone(s);
    expect(s, plain, "app;schedule 1\n");
}

static void ids_of_events_that_were_opened_later_are_known(void **state)
{
    struct scene *s = *state;
    begin_phone(s);
    struct flame_event_attr other = raw_event;
    other.type = 1;
    other.config = 0;
    builder_attr(s->b, &other, NULL, 1, (uint64_t[]){ 72 });
    map_user(s, 0x70000000, 0x1000, lib_path);
    builder_begin(s->b, 32774, 0);
    builder_u64(s->b, 1);
    builder_u64(s->b, 0);
    builder_u64(s->b, 500);
    builder_end(s->b);
    struct flame_sample hot = { .where = { PID, PID, 10, 500, 0, 0 },
                                .misc = FLAME_MODE_USER,
                                .period = 3,
                                .chain = WORDS(FLAME_CONTEXT_USER, 0x70000004),
                                .chain_count = 2 };
    builder_sample(s->b, &hot);
    one_file(s, &lib);
    end_phone(s);
    struct flame_session_options options = plain;
    options.event = "raw-l1d";
    struct flame_verdict v = expect(s, options, "app;app::leaf 3\n");
    assert_int_equal(v.bad_records, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCENE(elf_addresses_go_by_the_files_offset),
        SCENE(an_address_that_no_symbol_covers_has_no_name),
        SCENE(callers_are_looked_up_as_they_stand),
        SCENE(a_thread_of_bionic_begins_in_start_thread),
        SCENE(java_code_is_named_from_dex_files_and_the_jits_cache),
        SCENE(symbol_maps_come_before_those_beside_the_file),
        SCENE(modules_have_symbols_of_their_own_or_the_kernels),
        SCENE(a_table_of_another_kind_is_not_used),
        SCENE(a_broken_entry_leaves_the_others),
        SCENE(old_recordings_carry_symbols_in_records_and_file),
        SCENE(records_inside_compressed_ones_are_kept),
        SCENE(hidden_kallsyms_give_way_to_the_symbols_of_the_file),
        SCENE(ids_of_events_that_were_opened_later_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
