/* test_kernel.c: which lists of a kernel's symbols are believed, and of them which symbols: a
 * kernel's own lie together and can be moved, modules and BPF programs are of one boot. */
#include "kernel.h"

#include "build_id.h"
#include "check.h"
#include "library_files.h"
#include "perf_builder.h"

#include <flamedata/format.h>

#define AT UINT64_C(0xffffffff81000000)
#define FOO_AT UINT64_C(0xffffffffc0000000)
#define CACHED "cache/[kernel.kallsyms]/aa" HEX_A_TAIL "/kallsyms"
#define COPY "cache/[kernel.kcore]/aa" HEX_A_TAIL "/2026112200000000/"

static const char with_modules[] = "ffffffff81000000 T _text\n"
                                   "ffffffff81000020 T own\n"
                                   "ffffffffc0000000 t in_foo\t[foo]\n"
                                   "ffffffffc0001000 t in_bar\t[bar]\n"
                                   "ffffffffc0002000 t in_foo_too\t[foo]\n"
                                   "ffffffffc0003000 t program\t[bpf]\n";

static void write_text(const char *name, const char *text)
{
    write_file(name, text, strlen(text));
}

static int remove_cache(void **state)
{
    char command[80];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s/cache", folder);
    return system(command);
}

/* Load a kernel whose id no machine's has from perf's cache below the folder. */
static void load_at(struct flame_object *object, uint64_t text_start)
{
    struct flame_symbol_places places = { .buildid_dir = in_folder("cache") };
    struct flame_object_request request = { .kind = FLAME_OBJECT_KERNEL,
                                            .name = flame_str_from("[kernel.kallsyms]"),
                                            .build_id = id_of(id_a),
                                            .reference = flame_str_from("_text"),
                                            .text_start = text_start };
    assert_int_equal(flame_object_load(object, &request, &places), FLAME_OK);
}

/* The name of the code at an address where that module was mapped from start on; "": of none. */
static const char *name_at(const struct flame_object *object, uint64_t address, const char *module,
                           uint64_t start)
{
    const struct flame_symbol *s = flame_symbols_find(&object->symbols, address);
    bool counts = s && flame_kernel_symbol_counts(object, s, flame_str_from(module), start);
    return counts ? s->name : "";
}

TEST(a_kept_list_names_the_kernel_itself_and_no_module)
{
    struct flame_object object;
    write_text(CACHED, with_modules);
    for (uint64_t moved = 0; moved < 0x200000; moved += 0x100000) {
        load_at(&object, AT + moved);
        assert_int_equal(object.state, FLAME_OBJECT_NAMED);
        assert_string_equal(name_at(&object, AT + moved + 0x20, "", 0), "own");
        assert_int_equal(object.symbols.list.count, 2);
        flame_object_deinit(&object);
    }
}

TEST(a_copy_that_tells_where_modules_lay_names_those_that_lie_there)
{
    struct flame_object object;
    write_text(COPY "kallsyms", with_modules);
    write_text(COPY "modules", "foo 16384 0 - Live 0xffffffffc0000000 (O)\n"
                               "baz 4096 0 - Live 0xffffffffc0004000\n"
                               "bar 4096 1 foo, Live 0x0000000000000000\n"
                               "damaged\n");
    load_at(&object, AT);
    assert_string_equal(name_at(&object, FOO_AT, "[foo]", FOO_AT), "in_foo");
    assert_string_equal(name_at(&object, FOO_AT + 0x2000, "[foo]", FOO_AT), "in_foo_too");
    assert_string_equal(name_at(&object, FOO_AT, "[foo]", FOO_AT - 0x1000), "");
    assert_string_equal(name_at(&object, FOO_AT, "[bar]", FOO_AT), "");
    assert_string_equal(name_at(&object, FOO_AT, "[fo]", FOO_AT), "");
    assert_string_equal(name_at(&object, FOO_AT, "foo", FOO_AT), "");
    assert_string_equal(name_at(&object, FOO_AT, "", 0), "");
    assert_string_equal(name_at(&object, FOO_AT + 0x1000, "[bar]", FOO_AT + 0x1000), "");
    assert_string_equal(name_at(&object, FOO_AT + 0x3000, "", 0), "");
    assert_string_equal(name_at(&object, AT + 0x20, "", 0), "own");
    assert_string_equal(name_at(&object, AT + 0x20, "[foo]", AT), "");
    flame_object_deinit(&object);
    /* Of another boot, which had the kernel elsewhere. */
    load_at(&object, AT + 0x100000);
    assert_int_equal(object.symbols.list.count, 2);
    flame_object_deinit(&object);
}

TEST(of_the_recorded_boot_s_list_all_names_count_but_another_module_s)
{
    struct flame_object object = { 0 };
    bool usable;
    flame_symbols_init(&object.symbols);
    assert_int_equal(flame_kernel_add_list(&object, flame_str_from(with_modules), &usable),
                     FLAME_OK);
    assert_true(usable);
    assert_string_equal(name_at(&object, FOO_AT, "[foo]", FOO_AT), "in_foo");
    assert_string_equal(name_at(&object, FOO_AT + 0x1000, "[foo]", FOO_AT), "");
    assert_string_equal(name_at(&object, FOO_AT + 0x1000, "", 0), "in_bar");
    assert_string_equal(name_at(&object, FOO_AT + 0x3000, "", 0), "program");
    flame_object_deinit(&object);
}

/* Where it lay cannot be told. */
TEST(a_list_without_the_reference_symbol_is_not_used)
{
    struct flame_object object;
    struct flame_symbol_places places = { .kallsyms = in_folder("list"), .trust_paths = true };
    struct flame_object_request request = { .kind = FLAME_OBJECT_KERNEL,
                                            .name = flame_str_from("[kernel.kallsyms]"),
                                            .build_id = id_of(id_a),
                                            .reference = flame_str_from("_text"),
                                            .text_start = AT };
    char list[256];
    snprintf(list, sizeof list, "%s", in_folder("list"));
    places.kallsyms = list;
    write_text(CACHED, "ffffffff81001000 T _stext\nffffffff81001020 T own\n");
    write_text("list", "ffffffff81001000 T _stext\nffffffff81001020 T own\n");
    load_at(&object, AT);
    assert_int_equal(object.symbols.list.count, 0);
    flame_object_deinit(&object);
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.symbols.list.count, 0);
    flame_object_deinit(&object);
    request.reference = flame_str_from("_stext");
    request.text_start += 0x1000;
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_string_equal(name_at(&object, AT + 0x1020, "", 0), "own");
    flame_object_deinit(&object);
}

/* Its own list is at hand, but where the recorded boot had it the recording does not say. */
TEST(the_running_kernel_of_another_boot_is_not_used_without_a_place)
{
    struct flame_object object;
    struct flame_symbol_places places = { .buildid_dir = in_folder("cache") };
    struct flame_object_request request = { .kind = FLAME_OBJECT_KERNEL,
                                            .name = flame_str_from("[kernel.kallsyms]"),
                                            .reference = flame_str_from("_text") };
    if (!flame_kernel_running_id(&request.build_id))
        skip();
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, FLAME_OBJECT_UNVERIFIED);
    assert_int_equal(object.symbols.list.count, 0);
    flame_object_deinit(&object);
    request.text_start = AT; /* an address of nothing */
    request.reference = flame_str_from("");
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.symbols.list.count, 0);
    flame_object_deinit(&object);
}

/* --- from end to end --- */

static void add_map(struct perf_builder *b, uint64_t start, uint64_t size, const char *name)
{
    bool module = start >= FOO_AT;
    struct flame_record map = { .type = module ? FLAME_RECORD_MMAP : FLAME_RECORD_MMAP2,
                                .misc = FLAME_MODE_KERNEL,
                                .map = { .pid = -1,
                                         .start = start,
                                         .len = size,
                                         .pgoff = start,
                                         .filename = flame_str_from(name) } };
    if (!module) {
        map.misc |= FLAME_MISC_MMAP_BUILD_ID;
        map.map.build_id = id_of(id_a);
    }
    builder_record(b, &map);
}

/* A recording of the kernel's own function, of [foo], of [bar] and of what nothing is mapped at. */
static void write_recording(void)
{
    static const struct flame_event_attr attr = {
        .sample_type =
            FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_PERIOD | FLAME_SAMPLE_IDENTIFIER,
    };
    static const uint64_t pcs[] = { AT + 0x20, FOO_AT, FOO_AT + 0x1000, FOO_AT + 0x2000 };
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    builder_attr(b, &attr, "cycles", 1, (uint64_t[]){ 71 });
    add_map(b, AT, 0x1000000, "[kernel.kallsyms]_text");
    add_map(b, FOO_AT, 0x1000, "[foo]");
    add_map(b, FOO_AT + 0x1000, 0x1000, "[bar]");
    builder_comm(b, 5, 5, "app");
    for (size_t i = 0; i < 4; i++) {
        struct flame_sample sample = { .where = { 5, 5, 0, 71, 0, 0 },
                                       .misc = FLAME_MODE_KERNEL,
                                       .ip = pcs[i],
                                       .period = UINT64_C(1) << i };
        builder_sample(b, &sample);
    }
    struct flame_bytes bytes = builder_finish(b);
    write_file("perf.data", bytes.ptr, (size_t)bytes.size);
    builder_free(b);
}

static void expect_folded(const char *want)
{
    struct flame_session_options options = { .threads = 1,
                                             .symbols.buildid_dir = in_folder("cache") };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_session *session = flame_session_open(in_folder("perf.data"), &options, &error);
    struct flame_output *out = flame_output_memory();
    assert_non_null(session);
    assert_int_equal(flame_write_folded(flame_session_stacks(session), out, NULL), FLAME_OK);
    assert_str(flame_output_bytes(out), want);
    flame_output_discard(out);
    flame_session_close(session);
}

TEST(no_module_is_named_from_a_list_that_may_be_another_boot_s)
{
    write_recording();
    write_text(CACHED, with_modules);
    expect_folded("app;[[bar]] 4\napp;[[foo]] 2\napp;[unknown] 8\napp;own 1\n");
    write_text(COPY "kallsyms", with_modules);
    write_text(COPY "modules", "foo 16384 0 - Live 0xffffffffc0000000\n"
                               "bar 4096 1 foo, Live 0xffffffffc0001800\n");
    expect_folded("app;[[bar]] 4\napp;[unknown] 8\napp;in_foo 2\napp;own 1\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_kept_list_names_the_kernel_itself_and_no_module, remove_cache),
        cmocka_unit_test_setup(a_copy_that_tells_where_modules_lay_names_those_that_lie_there,
                               remove_cache),
        cmocka_unit_test(of_the_recorded_boot_s_list_all_names_count_but_another_module_s),
        cmocka_unit_test_setup(a_list_without_the_reference_symbol_is_not_used, remove_cache),
        cmocka_unit_test_setup(the_running_kernel_of_another_boot_is_not_used_without_a_place,
                               remove_cache),
        cmocka_unit_test_setup(no_module_is_named_from_a_list_that_may_be_another_boot_s,
                               remove_cache),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
