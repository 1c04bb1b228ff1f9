/* test_depot.c: files found by their build-id in archives and folders, whatever they are called. */
#include "archive_builder.h"
#include "check.h"
#include "depot.h"
#include "elf_builder.h"
#include "folder.h"
#include "source.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct flame_build_id id_a = { 20, { 0xaa, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 } };
static const struct flame_build_id id_b = { 20, { 0xbb, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 } };

/* An ELF file with an id; free it. */
static struct elf_builder *program(const struct flame_build_id *id)
{
    struct elf_builder *b = image_new((struct image_options){ .wide = true, .type = ET_DYN });
    image_build_id(b, id->bytes, id->size);
    return b;
}

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    fclose(f);
}

static void write_program(const char *path, const struct flame_build_id *id)
{
    struct elf_builder *b = program(id);
    struct flame_bytes file = image_finish(b);
    write_file(path, file.ptr, file.size);
    image_free(b);
}

static void add_program(struct archive_builder *archive, const char *name,
                        const struct flame_build_id *id)
{
    struct elf_builder *b = program(id);
    struct flame_bytes file = image_finish(b);
    archive_builder_file(archive, name, file.ptr, file.size);
    image_free(b);
}

static void write_archive(const char *path, struct archive_builder *archive)
{
    archive_builder_end(archive);
    write_file(path, archive->bytes, archive->size);
    free(archive->bytes);
}

/* Where the id is, "path path", in a static text, without the test's folder. */
static const char *where(struct flame_depot *depot, const struct flame_build_id *id)
{
    static char text[1000];
    struct flame_paths paths;
    flame_paths_init(&paths);
    flame_depot_add_by_id(depot, id, &paths);
    assert_false(paths.failed);
    text[0] = 0;
    for (size_t i = 0; i < paths.list.count; i++) {
        const char *path = paths.list.items[i];
        assert_int_equal(strncmp(path, folder, strlen(folder)), 0);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "",
                 path + strlen(folder) + 1);
    }
    flame_paths_deinit(&paths);
    return text;
}

TEST(an_archive_is_searched_by_id_and_its_members_opened)
{
    struct archive_builder b;
    archive_builder_begin(&b, "gnutar", "bzip2");
    archive_builder_symlink(&b, ".build-id/aa/0102", "../../usr/bin/a/aa0102");
    add_program(&b, "usr/bin/a/aa0102/elf", &id_a);
    archive_builder_text(&b, "usr/bin/a/aa0102/probes", "not a program");
    add_program(&b, "other", &id_b);
    write_archive(in_folder("x.tar.bz2"), &b);
    struct flame_depot *depot = flame_depot_create();
    assert_true(flame_depot_add_archive(depot, in_folder("x.tar.bz2")));
    assert_string_equal(where(depot, &id_a), "x.tar.bz2!/usr/bin/a/aa0102/elf");
    assert_string_equal(where(depot, &id_b), "x.tar.bz2!/other");
    assert_int_equal(flame_depot_error_count(depot), 0);
    const char *path = in_folder("x.tar.bz2!/usr/bin/a/aa0102/elf");
    struct flame_source source;
    assert_int_equal(flame_source_open(&source, depot, path, &id_a), FLAME_OK);
    assert_int_equal(source.state, FLAME_OBJECT_NAMED);
    flame_source_close(&source);
    assert_int_equal(flame_source_open(&source, depot, path, &id_b), FLAME_OK);
    assert_int_equal(source.state, FLAME_OBJECT_MISMATCH);
    flame_source_close(&source);
    assert_int_equal(flame_source_open(&source, depot, in_folder("x.tar.bz2!/no"), NULL), FLAME_OK);
    assert_int_equal(source.state, FLAME_OBJECT_MISSING);
    assert_true(flame_depot_changed_ns(depot, path) == ARCHIVE_BUILDER_NS);
    flame_depot_free(depot);
}

TEST(without_a_depot_paths_are_paths)
{
    struct flame_file file;
    struct flame_paths paths;
    write_file(in_folder("odd!"), "x", 1);
    mkdir(in_folder("a!"), 0777);
    write_file(in_folder("a!/b"), "real", 4);
    flame_paths_init(&paths);
    flame_depot_add_by_id(NULL, &id_a, &paths);
    flame_depot_add_named(NULL, "/x", &paths);
    assert_int_equal(paths.list.count, 0);
    flame_paths_deinit(&paths);
    assert_int_equal(flame_depot_open(NULL, in_folder("a!/b"), &file, NULL), FLAME_OK);
    assert_memory_equal(file.bytes, "real", 4);
    flame_file_close(&file);
    struct flame_depot *depot = flame_depot_create();
    assert_int_equal(flame_depot_open(depot, in_folder("a!/b"), &file, NULL), FLAME_OK);
    flame_file_close(&file);
    assert_int_equal(flame_depot_open(depot, in_folder("a!/c"), &file, NULL), FLAME_IO);
    flame_depot_free(depot);
}

TEST(a_folder_is_searched_by_id_whatever_files_are_called)
{
    char path[300];
    mkdir(in_folder("bin"), 0777);
    mkdir(in_folder("bin/deep"), 0777);
    write_program(in_folder("bin/deep/renamed.txt"), &id_a);
    write_program(in_folder("bin/copy"), &id_a);
    write_file(in_folder("bin/text"), "no program, but long enough", 27);
    write_file(in_folder("bin/cut"), "\177ELF\2\1\1", 7);
    write_file(in_folder("bin/empty"), "", 0);
    write_program(in_folder("outside"), &id_b);
    assert_int_equal(symlink("../outside", in_folder("bin/link")), 0);
    assert_int_equal(symlink("..", in_folder("bin/loop")), 0);
    assert_int_equal(symlink("/proc/self/exe", in_folder("bin/proc")), 0);
    assert_int_equal(mkfifo(in_folder("bin/pipe"), 0666), 0);
    struct flame_depot *depot = flame_depot_create();
    snprintf(path, sizeof path, "%s", in_folder("bin"));
    assert_true(flame_depot_add_folder(depot, path));
    assert_string_equal(where(depot, &id_a), "bin/copy bin/deep/renamed.txt");
    assert_string_equal(where(depot, &id_b), "bin/link");
    assert_int_equal(flame_depot_error_count(depot), 0);
    flame_depot_free(depot);
}

/* An ELF file of id_a: what may run, which has code, or a debug file; with symbols or without. */
static void write_kind(const char *path, bool code, bool symbols, bool debug_info)
{
    static const uint8_t bytes[16];
    struct elf_builder *b = program(&id_a);
    size_t text =
        image_section(b, &(struct image_section){ .name = ".text",
                                                  .type = code ? SHT_PROGBITS : SHT_NOBITS,
                                                  .flags = SHF_ALLOC | SHF_EXECINSTR,
                                                  .addr = 0x1000,
                                                  .size = sizeof bytes,
                                                  .bytes = code ? bytes : NULL });
    if (debug_info)
        image_section(b, &(struct image_section){ .name = ".debug_info",
                                                  .type = SHT_PROGBITS,
                                                  .size = sizeof bytes,
                                                  .bytes = bytes });
    if (symbols)
        image_symbol(b, (struct image_symbol){ "f", 0x1000, 16, text, STT_FUNC, STB_GLOBAL, 0 });
    struct flame_bytes file = image_finish(b);
    write_file(path, file.ptr, file.size);
    image_free(b);
}

TEST(what_has_more_comes_first_however_many_copies_there_are)
{
    char name[40], expected[1000] = "kinds/z kinds/y kinds/x kinds/b";
    mkdir(in_folder("kinds"), 0777);
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "kinds/copy-%02d", i);
        write_kind(in_folder(name), true, false, false);
        if (i < 16) /* of the same kind not more */
            snprintf(expected + strlen(expected), sizeof expected - strlen(expected), " %s", name);
    }
    write_kind(in_folder("kinds/a"), false, false, false);
    write_kind(in_folder("kinds/b"), false, false, true);
    write_kind(in_folder("kinds/x"), true, true, false);
    write_kind(in_folder("kinds/y"), false, true, true);
    write_kind(in_folder("kinds/z"), true, true, true);
    snprintf(expected + strlen(expected), sizeof expected - strlen(expected), " kinds/a");
    struct flame_depot *depot = flame_depot_create();
    assert_true(flame_depot_add_folder(depot, in_folder("kinds")));
    assert_string_equal(where(depot, &id_a), expected);
    flame_depot_free(depot);
}

TEST(places_are_searched_in_the_order_in_which_they_were_added)
{
    struct archive_builder b;
    struct flame_depot *depot = flame_depot_create();
    mkdir(in_folder("order-z"), 0777);
    mkdir(in_folder("order-a"), 0777);
    write_program(in_folder("order-z/z"), &id_a);
    write_program(in_folder("order-a/a"), &id_a);
    archive_builder_begin(&b, "gnutar", "none");
    add_program(&b, "b", &id_a);
    write_archive(in_folder("order-b.tar"), &b);
    assert_true(flame_depot_add_folder(depot, in_folder("order-z")));
    assert_true(flame_depot_add_archive(depot, in_folder("order-b.tar")));
    assert_true(flame_depot_add_folder(depot, in_folder("order-a")));
    assert_string_equal(where(depot, &id_a), "order-z/z order-b.tar!/b order-a/a");
    flame_depot_free(depot);
}

TEST(a_pack_is_for_its_own_recording_alone)
{
    struct archive_builder b;
    archive_builder_begin(&b, "gnutar", "zstd");
    archive_builder_text(&b, "manifest", "flamedata pack\t1\n");
    add_program(&b, "cache/a", &id_a);
    write_archive(in_folder("x.fdpack"), &b);
    struct flame_depot *depot = flame_depot_create();
    assert_true(flame_depot_add_archive(depot, in_folder("x.fdpack")));
    assert_string_equal(where(depot, &id_a), "");
    assert_int_equal(flame_depot_error_count(depot), 1);
    assert_int_equal(flame_depot_error(depot, 0)->status, FLAME_UNSUPPORTED);
    flame_depot_free(depot);
}

/* Old perf recorded ids of 16 bytes, or less, padded with zeros. */
TEST(a_padded_id_finds_the_shorter_one_and_no_other)
{
    struct flame_build_id shorter = { 8, { 1, 2, 3, 4, 5, 6, 7, 8 } }, padded = shorter;
    struct flame_build_id longer = { 9, { 1, 2, 3, 4, 5, 6, 7, 8, 9 } };
    padded.size = 20;
    mkdir(in_folder("short"), 0777);
    write_program(in_folder("short/a"), &shorter);
    struct flame_depot *depot = flame_depot_create();
    flame_depot_add_folder(depot, in_folder("short"));
    assert_string_equal(where(depot, &padded), "short/a");
    assert_string_equal(where(depot, &shorter), "short/a");
    assert_string_equal(where(depot, &longer), "");
    assert_string_equal(where(depot, &(struct flame_build_id){ 0 }), "");
    flame_depot_free(depot);
}

TEST(what_is_packed_is_found_where_perfs_cache_has_it)
{
    struct archive_builder b;
    static const char hex[] = "0102030405060708090a0b0c00000000000000";
    char name[100];
    snprintf(name, sizeof name, ".build-id/aa/%s", hex);
    archive_builder_begin(&b, "gnutar", "none");
    archive_builder_symlink(&b, name, "../../lib/m.ko.xz/id");
    archive_builder_text(&b, "lib/m.ko.xz/id/elf",
                         "\xfd"
                         "7zXZ...");
    write_archive(in_folder("m.tar"), &b);
    struct flame_depot *depot = flame_depot_create();
    flame_depot_add_archive(depot, in_folder("m.tar"));
    assert_string_equal(where(depot, &id_a), "m.tar!/lib/m.ko.xz/id/elf");
    assert_string_equal(where(depot, &id_b), "");
    flame_depot_free(depot);
}

TEST(lists_of_symbols_are_found_by_name)
{
    struct archive_builder b;
    struct flame_paths paths;
    archive_builder_begin(&b, "gnutar", "none");
    archive_builder_text(&b, "cache/[kernel.kallsyms]/id/kallsyms", "0 T _text");
    write_archive(in_folder("k.tar"), &b);
    archive_builder_begin(&b, "gnutar", "none");
    archive_builder_text(&b, "[kernel.kallsyms]/id/kallsyms", "0 T _text");
    write_archive(in_folder("l.tar"), &b);
    struct flame_depot *depot = flame_depot_create();
    flame_depot_add_archive(depot, in_folder("k.tar"));
    flame_depot_add_archive(depot, in_folder("l.tar"));
    flame_paths_init(&paths);
    flame_depot_add_named(depot, "/[kernel.kallsyms]/id/kallsyms", &paths);
    flame_depot_add_named(depot, "/[kernel.kallsyms]/id/other", &paths);
    assert_int_equal(paths.list.count, 2);
    assert_string_equal(paths.list.items[0],
                        in_folder("k.tar!/cache/[kernel.kallsyms]/id/kallsyms"));
    assert_string_equal(paths.list.items[1], in_folder("l.tar!/[kernel.kallsyms]/id/kallsyms"));
    flame_paths_deinit(&paths);
    flame_depot_free(depot);
}

TEST(the_archive_beside_a_recording_counts_if_it_is_there)
{
    struct archive_builder b;
    archive_builder_begin(&b, "gnutar", "bzip2");
    add_program(&b, "a", &id_a);
    write_archive(in_folder("perf.data.tar.bz2"), &b);
    struct flame_depot *depot = flame_depot_create();
    assert_true(flame_depot_add_beside(depot, in_folder("perf.data/")));
    assert_true(flame_depot_add_beside(depot, in_folder("none.data")));
    assert_string_equal(where(depot, &id_a), "perf.data.tar.bz2!/a");
    assert_int_equal(flame_depot_error_count(depot), 0);
    flame_depot_free(depot);
}

TEST(what_is_no_archive_beside_a_recording_is_told)
{
    struct flame_depot *depot = flame_depot_create();
    assert_non_null(depot);
    assert_int_equal(mkfifo(in_folder("odd.data.tar.gz"), 0600), 0);
    assert_true(flame_depot_add_beside(depot, in_folder("odd.data")));
    unlink(in_folder("odd.data.tar.gz"));
    assert_int_equal(flame_depot_error_count(depot), 1);
    assert_non_null(strstr(flame_depot_error(depot, 0)->text, "it is a pipe"));
    flame_depot_free(depot);
}

TEST(what_is_no_plain_file_when_it_is_opened_is_not_read)
{
    struct archive_builder b;
    archive_builder_begin(&b, "gnutar", "gzip");
    add_program(&b, "a", &id_a);
    write_archive(in_folder("swap.data.tar.gz"), &b);
    struct flame_depot *depot = flame_depot_create();
    assert_true(flame_depot_add_beside(depot, in_folder("swap.data")));
    assert_int_equal(flame_depot_error_count(depot), 0);
    unlink(in_folder("swap.data.tar.gz"));
    assert_int_equal(symlink("/dev/null", in_folder("swap.data.tar.gz")), 0);
    assert_string_equal(where(depot, &id_a), "");
    assert_int_equal(flame_depot_error_count(depot), 1);
    assert_int_equal(flame_depot_error(depot, 0)->status, FLAME_IO);
    assert_non_null(strstr(flame_depot_error(depot, 0)->text, "a device"));
    flame_depot_free(depot);
}

TEST(beside_a_link_comes_before_beside_what_it_leads_to)
{
    struct archive_builder b;
    mkdir(in_folder("far"), 0777);
    write_file(in_folder("far/real.data"), "x", 1);
    assert_int_equal(symlink("far/real.data", in_folder("link.data")), 0);
    archive_builder_begin(&b, "gnutar", "gzip");
    add_program(&b, "a", &id_a);
    write_archive(in_folder("far/real.data.tar.gz"), &b);
    struct flame_depot *depot = flame_depot_create();
    assert_true(flame_depot_add_beside(depot, in_folder("link.data")));
    assert_string_equal(where(depot, &id_a), "far/real.data.tar.gz!/a");
    flame_depot_free(depot);
    archive_builder_begin(&b, "gnutar", "gzip");
    add_program(&b, "a", &id_a);
    write_archive(in_folder("link.data.tar.gz"), &b);
    depot = flame_depot_create();
    assert_true(flame_depot_add_beside(depot, in_folder("link.data")));
    assert_string_equal(where(depot, &id_a), "link.data.tar.gz!/a");
    flame_depot_free(depot);
}

TEST(a_fetched_file_is_found_from_then_on)
{
    struct flame_depot *depot = flame_depot_create();
    assert_string_equal(where(depot, &id_a), "");
    assert_true(flame_depot_add_file(depot, &id_a, in_folder("fetched")));
    assert_string_equal(where(depot, &id_a), "fetched");
    flame_depot_free(depot);
}

TEST(what_cannot_be_opened_is_told)
{
    struct archive_builder b;
    struct flame_depot *depot = flame_depot_create();
    archive_builder_begin(&b, "gnutar", "none");
    add_program(&b, "a", &id_a);
    archive_builder_text(&b, "behind", "cut off");
    archive_builder_end(&b);
    write_file(in_folder("cut.tar"), b.bytes, b.size - 3 * 512 - 100);
    free(b.bytes);
    write_file(in_folder("text.tar"), "this is no archive", 18);
    flame_depot_add_archive(depot, in_folder("missing.tar"));
    flame_depot_add_folder(depot, in_folder("missing"));
    assert_int_equal(flame_depot_error_count(depot), 2);
    flame_depot_add_archive(depot, in_folder("text.tar"));
    flame_depot_add_archive(depot, in_folder("cut.tar"));
    assert_string_equal(where(depot, &id_a), "cut.tar!/a");
    assert_int_equal(flame_depot_error_count(depot), 4);
    assert_string_equal(flame_depot_error(depot, 0)->path, in_folder("missing.tar"));
    assert_int_equal(flame_depot_error(depot, 1)->status, FLAME_IO);
    assert_int_equal(flame_depot_error(depot, 2)->status, FLAME_FORMAT);
    assert_string_equal(flame_depot_error(depot, 2)->path, in_folder("text.tar"));
    assert_int_equal(flame_depot_error(depot, 3)->status, FLAME_CORRUPT);
    flame_depot_free(depot);
}

static void *ask(void *user)
{
    struct flame_depot *depot = user;
    for (int i = 0; i < 200; i++) {
        struct flame_paths paths;
        struct flame_file file;
        flame_paths_init(&paths);
        flame_depot_add_by_id(depot, &id_a, &paths);
        if (paths.list.count < 1 ||
            flame_depot_open(depot, paths.list.items[0], &file, NULL) != FLAME_OK)
            abort();
        flame_file_close(&file);
        flame_depot_add_file(depot, &id_b, "/fetched");
        flame_paths_deinit(&paths);
    }
    return NULL;
}

TEST(threads_may_ask_at_once)
{
    struct archive_builder b;
    pthread_t threads[4];
    archive_builder_begin(&b, "pax", "zstd");
    add_program(&b, "a", &id_a);
    write_archive(in_folder("t.tar"), &b);
    struct flame_depot *depot = flame_depot_create();
    flame_depot_add_archive(depot, in_folder("t.tar"));
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, depot), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    flame_depot_free(depot);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_archive_is_searched_by_id_and_its_members_opened),
        cmocka_unit_test(without_a_depot_paths_are_paths),
        cmocka_unit_test(a_folder_is_searched_by_id_whatever_files_are_called),
        cmocka_unit_test(what_has_more_comes_first_however_many_copies_there_are),
        cmocka_unit_test(places_are_searched_in_the_order_in_which_they_were_added),
        cmocka_unit_test(a_pack_is_for_its_own_recording_alone),
        cmocka_unit_test(a_padded_id_finds_the_shorter_one_and_no_other),
        cmocka_unit_test(what_is_packed_is_found_where_perfs_cache_has_it),
        cmocka_unit_test(lists_of_symbols_are_found_by_name),
        cmocka_unit_test(the_archive_beside_a_recording_counts_if_it_is_there),
        cmocka_unit_test(what_is_no_archive_beside_a_recording_is_told),
        cmocka_unit_test(what_is_no_plain_file_when_it_is_opened_is_not_read),
        cmocka_unit_test(beside_a_link_comes_before_beside_what_it_leads_to),
        cmocka_unit_test(a_fetched_file_is_found_from_then_on),
        cmocka_unit_test(what_cannot_be_opened_is_told),
        cmocka_unit_test(threads_may_ask_at_once),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
