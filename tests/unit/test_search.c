/* test_search.c: where files of the recorded machine are looked for when the user says it, and what
 * is trusted. Each place has a function of its own name, so that the name tells where it came from.
 */
#include "build_id.h"
#include "check.h"
#include "depot.h"
#include "layers.h"
#include "library_files.h"
#include "object.h"
#include "search_path.h"

#include <limits.h>
#include <unistd.h>

/* Paths that no machine has. */
#define PROGRAM "/opt/flame-nowhere/bin/program"
#define KERNEL_AT UINT64_C(0xffffffff9a000000)

static struct flame_path_list list_of(const char *a, const char *b)
{
    return (struct flame_path_list){ { a, b }, (size_t)(a != NULL) + (b != NULL) };
}

static char *kept(const char *name)
{
    static char paths[8][PATH_MAX];
    static size_t next;
    char *path = paths[next++ % 8];
    snprintf(path, PATH_MAX, "%s", in_folder(name));
    return path;
}

/* Load a program, and check how it ends and the first symbol's name ("" for none). */
static void check_program(const struct flame_symbol_places *places, const char *path,
                          const uint8_t *id, enum flame_object_state state, const char *symbol)
{
    struct flame_object object;
    struct flame_object_request request = { .kind = FLAME_OBJECT_ELF,
                                            .name = flame_str_from(path) };
    if (id)
        request.build_id = id_of(id);
    assert_int_equal(flame_object_load(&object, &request, places), FLAME_OK);
    assert_int_equal(object.state, state);
    assert_int_equal(object.symbols.list.count, *symbol ? 1 : 0);
    if (*symbol)
        assert_string_equal(object.symbols.list.items[0].name, symbol);
    assert_false(object.trusted);
    flame_object_deinit(&object);
}

TEST(with_symfs_paths_are_below_it_and_nowhere_else)
{
    struct flame_symbol_places here = { 0 }, there = { .symfs = kept("root") };
    write_library("lib", id_a, "local");
    write_library("root" PROGRAM, id_a, "below");
    check_program(&here, kept("lib"), id_a, FLAME_OBJECT_NAMED, "local");
    check_program(&there, kept("lib"), id_a, FLAME_OBJECT_MISSING, "");
    check_program(&there, PROGRAM, id_a, FLAME_OBJECT_NAMED, "below");
    check_program(&there, PROGRAM, id_b, FLAME_OBJECT_MISMATCH, "");
    check_program(&there, PROGRAM, NULL, FLAME_OBJECT_UNVERIFIED, "");
}

/* Links as the recorded machine had them: this machine has a file under the same name. */
TEST(with_symfs_links_do_not_lead_out_of_it)
{
    struct flame_symbol_places there = { .symfs = kept("root5"), .trust_paths = true };
    write_library("outside", id_a, "of_this_machine");
    write_library("root5/opt/real", id_a, "of_that_machine");
    assert_int_equal(symlink("/opt/real", in_folder("root5/opt/link")), 0);
    assert_int_equal(symlink(in_folder("outside"), in_folder("root5/opt/absolute")), 0);
    assert_int_equal(symlink("../../outside", in_folder("root5/opt/relative")), 0);
    check_program(&there, "/opt/link", id_a, FLAME_OBJECT_NAMED, "of_that_machine");
    check_program(&there, "/opt/absolute", id_a, FLAME_OBJECT_MISSING, "");
    check_program(&there, "/opt/absolute", NULL, FLAME_OBJECT_MISSING, "");
    check_program(&there, "/opt/relative", NULL, FLAME_OBJECT_MISSING, "");
    check_program(&there, "/opt/../../outside", NULL, FLAME_OBJECT_MISSING, "");
    there.flat = true;
    there.symfs = kept("root5/opt");
    check_program(&there, "/x/absolute", NULL, FLAME_OBJECT_MISSING, "");
}

/* Its cache of build-ids is full of links; somebody else made them. */
TEST(with_symfs_links_of_its_cache_do_not_lead_out_of_it)
{
    struct flame_symbol_places there = { .symfs = kept("root6"),
                                         .buildid_dir = kept("root6/.debug") };
    struct flame_symbol_places named = { .symfs = kept("root6"), .buildid_dir = kept("cache6") };
    write_library("outside6/elf", id_a, "of_this_machine");
    write_library("root6/.debug/.build-id/bb/x", id_b, "unused");
    write_library("cache6/.build-id/bb/x", id_b, "unused");
    write_library("root6/.debug/.build-id/aa/x", id_b, "unused");
    write_library("cache6/.build-id/aa/x", id_b, "unused");
    assert_int_equal(
        symlink(in_folder("outside6"), in_folder("root6/.debug/.build-id/aa/" HEX_A_TAIL)), 0);
    assert_int_equal(symlink("../../../outside6", in_folder("cache6/.build-id/aa/" HEX_A_TAIL)), 0);
    check_program(&there, PROGRAM, id_a, FLAME_OBJECT_MISSING, "");
    unlink(in_folder("root6/.debug/.build-id/aa/" HEX_A_TAIL));
    assert_int_equal(symlink("../../kept", in_folder("root6/.debug/.build-id/aa/" HEX_A_TAIL)), 0);
    write_library("root6/.debug/kept/elf", id_a, "of_that_machine");
    check_program(&there, PROGRAM, id_a, FLAME_OBJECT_NAMED, "of_that_machine");
    check_program(&named, PROGRAM, id_a, FLAME_OBJECT_NAMED, "of_this_machine");
}

/* What was found leads to what belongs to it. */
TEST(with_symfs_names_that_files_have_do_not_lead_out_of_it)
{
    struct flame_symbol_places there = { .symfs = kept("root7") };
    struct flame_symbol_places here = { 0 };
    const struct flame_str debug = flame_str_from("/usr/lib/debug");
    char expected[PATH_MAX];
    struct flame_paths paths;
    flame_paths_init(&paths);
    snprintf(expected, sizeof expected, "%s/other", there.symfs);
    write_library("root7/lib/a", id_a, "unused");
    flame_search_add_from(&paths, &there, flame_str_from(there.symfs), "/lib/../../../../other");
    assert_int_equal(paths.list.count, 1);
    assert_string_equal(paths.list.items[0], expected);
    flame_search_add_from(&paths, &there, flame_str_from(there.symfs), "-elsewhere/../secret");
    flame_search_add_from(&paths, &there, debug, "/../../secret");
    flame_search_add_from(&paths, &there, debug, "/..");
    flame_search_add_from(&paths, &there, (struct flame_str){ "", 0 }, "../secret");
    assert_int_equal(paths.list.count, 1);
    flame_search_add_from(&paths, &there, debug, "/..a/b");
    flame_search_add_from(&paths, &there, flame_str_from("/x/../usr/lib/debug"), "/b"); /* named */
    assert_int_equal(paths.list.count, 3);
    flame_search_add_from(&paths, &here, debug, "/../../b");
    assert_int_equal(paths.list.count, 4);
    flame_paths_deinit(&paths);
}

TEST(with_symfs_folders_of_debug_files_are_not_left)
{
    struct flame_path_list dirs = list_of(kept("d7/inner"), NULL);
    struct flame_symbol_places there = { .symfs = kept("root7"), .debug_dirs = &dirs };
    write_library("d7/program.debug", id_a, "outside");
    check_program(&there, "/../program", id_a, FLAME_OBJECT_MISSING, "");
    write_library("d7/inner/program.debug", id_a, "inside");
    check_program(&there, "/program", id_a, FLAME_OBJECT_NAMED, "inside");
}

TEST(with_symfs_debug_files_are_below_it_too)
{
    struct flame_symbol_places there = { .symfs = kept("root2") };
    write_library("root2/usr/lib/debug" PROGRAM ".debug", id_a, "debug_file");
    check_program(&there, PROGRAM, id_a, FLAME_OBJECT_NAMED, "debug_file");
    unlink(in_folder("root2/usr/lib/debug" PROGRAM ".debug"));
    write_library("root2/usr/lib/debug/.build-id/aa/" HEX_A_TAIL ".debug", id_a, "by_id");
    check_program(&there, PROGRAM, id_a, FLAME_OBJECT_NAMED, "by_id");
}

TEST(a_flat_symfs_has_all_files_in_itself)
{
    struct flame_symbol_places flat = { .symfs = kept("flat"), .flat = true };
    write_library("flat/program", id_a, "flat");
    check_program(&flat, PROGRAM, id_a, FLAME_OBJECT_NAMED, "flat");
    check_program(&flat, "/program", id_a, FLAME_OBJECT_NAMED, "flat");
    check_program(&flat, "/bin/other", id_a, FLAME_OBJECT_MISSING, "");
    unlink(in_folder("flat/program"));
    write_library("flat/program.debug", id_a, "flat_debug");
    check_program(&flat, PROGRAM, id_a, FLAME_OBJECT_NAMED, "flat_debug");
}

TEST(debug_dirs_are_looked_into_in_order_and_by_three_names)
{
    struct flame_path_list dirs = list_of(kept("d1"), kept("d2"));
    struct flame_symbol_places places = { .debug_dirs = &dirs };
    write_library("d2/.build-id/aa/" HEX_A_TAIL ".debug", id_a, "by_id");
    check_program(&places, PROGRAM, id_a, FLAME_OBJECT_NAMED, "by_id");
    write_library("d2" PROGRAM, id_a, "by_path");
    check_program(&places, PROGRAM, id_a, FLAME_OBJECT_NAMED, "by_path");
    write_library("d2" PROGRAM ".debug", id_a, "by_suffix");
    check_program(&places, PROGRAM, id_a, FLAME_OBJECT_NAMED, "by_suffix");
    write_library("d1" PROGRAM ".debug", id_a, "first");
    check_program(&places, PROGRAM, id_a, FLAME_OBJECT_NAMED, "first");
    write_library("d1" PROGRAM ".debug", id_b, "another");
    check_program(&places, PROGRAM, id_a, FLAME_OBJECT_NAMED, "by_suffix");
    check_program(&places, PROGRAM, NULL, FLAME_OBJECT_MISSING, "");
}

TEST(a_binary_is_known_by_its_id_whatever_it_is_called)
{
    struct flame_symbol_places places = { .depot = flame_depot_create() };
    write_library("binaries/sub/whatever", id_a, "renamed");
    write_library("binaries/program", id_b, "rebuilt");
    assert_true(flame_depot_add_folder(places.depot, in_folder("binaries")));
    check_program(&places, PROGRAM, id_a, FLAME_OBJECT_NAMED, "renamed");
    check_program(&places, PROGRAM, NULL, FLAME_OBJECT_MISSING, "");
    flame_depot_free(places.depot);
}

/* A debug file as objcopy makes it, alone, may not say where in its program the code was: only a
 * map that agrees with the usual place, at its beginning and its end, is named by it. */
TEST(a_debug_file_alone_names_the_map_that_it_fits)
{
    static const struct {
        uint64_t pgoff, size;
        bool fits;
    } maps[] = { { 0x1000, 0x2000, true }, { 0x1000, 0x1000, false }, { 0x1000, 0x3000, false },
                 { 0, 0x2000, false },     { 0, 0x4000, true }, /* pages of 16 KiB */
                 { 0, 0, false } };
    struct flame_path_list dirs = list_of(kept("alone"), NULL);
    struct flame_symbol_places places = { .debug_dirs = &dirs };
    struct elf_builder *b = image_new((struct image_options){ .wide = true, .type = ET_DYN });
    image_build_id(b, id_a, 20);
    image_load(b, 0x10000, 0, 64);
    size_t text = image_section(b, &(struct image_section){ .name = ".text",
                                                            .type = SHT_NOBITS,
                                                            .flags = SHF_ALLOC | SHF_EXECINSTR,
                                                            .addr = 0x11000,
                                                            .size = 0x1100 });
    image_zero_fill(b, 0x11000, image_offset(b), 0x1100);
    image_symbol(b, (struct image_symbol){ "f", 0x11000, 16, text, STT_FUNC, STB_GLOBAL, 0 });
    struct flame_bytes file = image_finish(b);
    write_file("alone/.build-id/aa/" HEX_A_TAIL ".debug", file.ptr, file.size);
    image_free(b);
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        struct flame_object object;
        struct flame_object_request request = { .kind = FLAME_OBJECT_ELF,
                                                .name = flame_str_from(PROGRAM),
                                                .build_id = id_of(id_a),
                                                .pgoff = maps[i].pgoff,
                                                .map_size = maps[i].size };
        assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
        assert_int_equal(object.state, maps[i].fits ? FLAME_OBJECT_NAMED : FLAME_OBJECT_MISSING);
        assert_int_equal(object.symbols.list.count, maps[i].fits);
        flame_object_deinit(&object);
    }
}

/* --- trust --- */

/* Load a program where paths are trusted. */
static void check_trusted(const struct flame_symbol_places *places, const char *path,
                          const uint8_t *id, bool trusted, const char *symbol)
{
    struct flame_object object;
    struct flame_symbol_places trusting = *places;
    struct flame_object_request request = { .kind = FLAME_OBJECT_ELF,
                                            .name = flame_str_from(path) };
    trusting.trust_paths = true;
    if (id)
        request.build_id = id_of(id);
    assert_int_equal(flame_object_load(&object, &request, &trusting), FLAME_OK);
    assert_int_equal(object.trusted, trusted);
    assert_string_equal(object.symbols.list.count ? object.symbols.list.items[0].name : "", symbol);
    flame_object_deinit(&object);
}

TEST(only_where_paths_are_trusted_a_rebuilt_program_names_anything)
{
    struct flame_symbol_places places = { .buildid_dir = kept("cache"),
                                          .same_host = true,
                                          .same_boot = true };
    write_library("rebuilt", id_b, "rebuilt");
    check_program(&places, kept("rebuilt"), id_a, FLAME_OBJECT_MISMATCH, "");
    check_trusted(&places, kept("rebuilt"), id_a, true, "rebuilt");
    places.same_boot = places.same_host = false;
    check_program(&places, kept("rebuilt"), NULL, FLAME_OBJECT_UNVERIFIED, "");
    check_trusted(&places, kept("rebuilt"), NULL, true, "rebuilt");
    check_trusted(&places, kept("rebuilt"), id_b, false, "rebuilt");
    check_trusted(&places, PROGRAM, id_a, false, "");
    /* The right one is found elsewhere. */
    write_library("cache/.build-id/aa/" HEX_A_TAIL "/elf", id_a, "from_cache");
    check_trusted(&places, kept("rebuilt"), id_a, false, "from_cache");
    unlink(in_folder("cache/.build-id/aa/" HEX_A_TAIL "/elf"));
}

TEST(what_belongs_to_the_recorded_file_does_not_name_a_trusted_one)
{
    struct flame_path_list dirs = list_of(kept("d3"), NULL);
    struct flame_symbol_places places = { .debug_dirs = &dirs };
    write_library("trusted", id_a, "own");
    check_trusted(&places, kept("trusted"), id_b, true, "own");
    write_library("d3/.build-id/aa/" HEX_A_TAIL ".debug", id_a, "its_debug");
    check_trusted(&places, kept("trusted"), id_b, true, "its_debug");
    check_trusted(&places, kept("trusted"), NULL, true, "its_debug");
    write_library("trusted", NULL, "own");
    check_trusted(&places, kept("trusted"), id_a, false, "its_debug");
}

/* By a link to another file, a cache entry with other contents, an inode that was used again. */
TEST(a_rebuilt_program_names_nothing_on_any_detour)
{
    struct stat st;
    struct flame_object object;
    struct flame_symbol_places places = { .buildid_dir = kept("cache2"),
                                          .same_host = true,
                                          .same_boot = true };
    write_library("target", id_b, "wrong");
    assert_int_equal(symlink(in_folder("target"), in_folder("link")), 0);
    check_program(&places, kept("link"), id_a, FLAME_OBJECT_MISMATCH, "");
    write_library("cache2/.build-id/aa/" HEX_A_TAIL "/elf", id_b, "wrong");
    write_library("cache2/.build-id/aa/" HEX_A_TAIL "/debug", id_b, "wrong");
    check_program(&places, kept("link"), id_a, FLAME_OBJECT_MISMATCH, "");
    check_program(&places, PROGRAM, id_a, FLAME_OBJECT_MISSING, "");
    assert_int_equal(stat(in_folder("target"), &st), 0);
    struct flame_object_request request = { .kind = FLAME_OBJECT_ELF,
                                            .name = flame_str_from(kept("target")),
                                            .build_id = id_of(id_a),
                                            .inode = st.st_ino };
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, FLAME_OBJECT_MISMATCH);
    flame_object_deinit(&object);
    /* Without an id: written anew since the recording, in the same place. */
    places.unchanged_ns = 1;
    struct flame_inode inode = inode_of(kept("target"));
    request.major = inode.major;
    request.minor = inode.minor;
    request.inode = inode.number;
    request.build_id.size = 0;
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, FLAME_OBJECT_UNVERIFIED);
    assert_int_equal(object.symbols.list.count, 0);
    flame_object_deinit(&object);
}

TEST(a_jit_map_in_tmp_is_trusted_or_of_this_boot)
{
    struct flame_object object;
    struct flame_symbol_places places = { .symfs = kept("root3") };
    struct flame_object_request request = { .kind = FLAME_OBJECT_JIT, .pid = 99999998 };
    write_file("root3/tmp/perf-99999998.map", "7000 10 jitted\n", 15);
    for (int trust = 0; trust < 2; trust++) {
        places.trust_paths = trust;
        assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
        assert_int_equal(object.state, trust ? FLAME_OBJECT_NAMED : FLAME_OBJECT_NO_MAP);
        assert_int_equal(object.trusted, trust);
        flame_object_deinit(&object);
    }
}

/* --- kernels --- */

static void write_vmlinux(const char *name, const uint8_t *id, const char *function)
{
    size_t text;
    struct elf_builder *b =
        library((struct image_options){ .wide = true, .type = ET_EXEC }, id, &text);
    image_symbol(b, (struct image_symbol){ "_text", 0x10000, 0, text, STT_NOTYPE, STB_GLOBAL, 0 });
    image_symbol(b, (struct image_symbol){ function, 0x10020, 16, text, STT_FUNC, STB_GLOBAL, 0 });
    struct flame_bytes file = image_finish(b);
    write_file(name, file.ptr, file.size);
    image_free(b);
}

/* Load a kernel with an id that no machine's has, or without. */
static void check_kernel(const struct flame_symbol_places *places, const uint8_t *id, bool trusted,
                         enum flame_object_state state, const char *symbol)
{
    struct flame_object object;
    struct flame_object_request request = { .kind = FLAME_OBJECT_KERNEL,
                                            .name = flame_str_from("[kernel.kallsyms]"),
                                            .reference = flame_str_from("_text"),
                                            .text_start = KERNEL_AT };
    if (id)
        request.build_id = id_of(id);
    assert_int_equal(flame_object_load(&object, &request, places), FLAME_OK);
    assert_int_equal(object.state, state);
    assert_int_equal(object.trusted, trusted);
    const struct flame_symbol *found = flame_symbols_find(&object.symbols, KERNEL_AT + 0x2f);
    assert_string_equal(found ? found->name : "", symbol);
    flame_object_deinit(&object);
}

/* Not with symfs, so that the running kernel is there to be mistaken for the recorded one. */
TEST(a_vmlinux_that_was_named_has_to_be_the_recorded_one)
{
    struct flame_symbol_places places = { .vmlinux = kept("vmlinux") };
    write_vmlinux("vmlinux", id_a, "named");
    check_kernel(&places, id_a, false, FLAME_OBJECT_NAMED, "named");
    check_kernel(&places, NULL, false, FLAME_OBJECT_UNVERIFIED, "");
    check_kernel(&places, id_b, false, FLAME_OBJECT_MISMATCH, "");
    places.trust_paths = true;
    check_kernel(&places, id_a, false, FLAME_OBJECT_NAMED, "named");
    check_kernel(&places, NULL, true, FLAME_OBJECT_NAMED, "named");
    check_kernel(&places, id_b, true, FLAME_OBJECT_NAMED, "named");
}

TEST(the_id_of_a_vmlinux_that_was_not_used_is_told)
{
    struct flame_object object;
    struct flame_build_id a = id_of(id_a);
    struct flame_symbol_places places = { .vmlinux = kept("vmlinux"), .symfs = kept("root") };
    struct flame_object_request request = { .kind = FLAME_OBJECT_KERNEL,
                                            .name = flame_str_from("[kernel.kallsyms]"),
                                            .reference = flame_str_from("_text"),
                                            .text_start = KERNEL_AT,
                                            .build_id = id_of(id_b) };
    write_vmlinux("vmlinux", id_a, "named");
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, FLAME_OBJECT_MISMATCH);
    assert_true(flame_build_id_matches(&a, &object.found_id));
    flame_object_deinit(&object);
}

TEST(a_list_that_was_named_needs_trust_and_is_moved)
{
    static const char text[] = "ffffffff81000000 T _text\n"
                               "ffffffff81000020 T listed\n"
                               "ffffffff81000100 T next\n";
    struct flame_symbol_places places = { .kallsyms = kept("kallsyms"), .symfs = kept("root") };
    write_file("kallsyms", text, sizeof text - 1);
    check_kernel(&places, id_a, false, FLAME_OBJECT_UNVERIFIED, "");
    check_kernel(&places, NULL, false, FLAME_OBJECT_UNVERIFIED, "");
    places.trust_paths = true;
    check_kernel(&places, id_a, true, FLAME_OBJECT_NAMED, "listed");
    check_kernel(&places, NULL, true, FLAME_OBJECT_NAMED, "listed");
    /* What is known to be right comes first. */
    places.vmlinux = kept("vmlinux");
    write_vmlinux("vmlinux", id_a, "named");
    check_kernel(&places, id_a, false, FLAME_OBJECT_NAMED, "named");
}

TEST(a_kernel_of_the_recorded_release_is_taken_on_trust_alone)
{
    struct flame_symbol_places places = { .symfs = kept("root4"), .os_release = "9.9.9-flame" };
    write_vmlinux("root4/boot/vmlinux-9.9.9-flame", id_b, "of_release");
    check_kernel(&places, id_b, false, FLAME_OBJECT_NAMED, "of_release");
    check_kernel(&places, id_a, false, FLAME_OBJECT_MISSING, "");
    places.trust_paths = true;
    check_kernel(&places, id_a, true, FLAME_OBJECT_NAMED, "of_release");
}

/* Its addresses were hidden when it was recorded: each boot has others. */
TEST(a_kernel_that_is_nobody_knows_where_is_taken_on_trust_alone)
{
    struct flame_object object;
    struct flame_symbol_places places = { .symfs = kept("root"), .vmlinux = kept("vmlinux") };
    struct flame_object_request request = { .kind = FLAME_OBJECT_KERNEL,
                                            .name = flame_str_from("[kernel.kallsyms]"),
                                            .reference = flame_str_from("_text"),
                                            .build_id = id_of(id_a) };
    write_vmlinux("vmlinux", id_a, "named");
    for (int trust = 0; trust < 2; trust++) {
        places.trust_paths = trust;
        assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
        assert_int_equal(object.state, trust ? FLAME_OBJECT_NAMED : FLAME_OBJECT_UNVERIFIED);
        assert_int_equal(object.trusted, trust);
        flame_object_deinit(&object);
    }
}

/* The running kernel's list is at hand, and says nothing of another. */
TEST(no_trust_has_the_running_kernel_name_another)
{
    struct flame_symbol_places places = { .trust_paths = true };
    struct flame_object object;
    for (int known = 0; known < 2; known++) {
        struct flame_object_request request = { .kind = FLAME_OBJECT_KERNEL,
                                                .name = flame_str_from("[kernel.kallsyms]"),
                                                .reference = flame_str_from("_text"),
                                                .text_start = KERNEL_AT };
        if (known)
            request.build_id = id_of(id_a);
        assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
        assert_int_equal(object.symbols.list.count, 0);
        flame_object_deinit(&object);
    }
}

TEST(with_symfs_the_vdso_is_not_this_process_s)
{
    struct flame_object object;
    struct flame_symbol_places places = { .symfs = kept("root"), .buildid_dir = kept("cache3") };
    struct flame_object_request request = { .kind = FLAME_OBJECT_VDSO,
                                            .name = flame_str_from("[vdso]"),
                                            .build_id = id_of(id_a) };
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, FLAME_OBJECT_MISSING);
    flame_object_deinit(&object);
    write_library("cache3/.build-id/aa/" HEX_A_TAIL "/vdso", id_a, "of_cache");
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, FLAME_OBJECT_NAMED);
    flame_object_deinit(&object);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_symfs_paths_are_below_it_and_nowhere_else),
        cmocka_unit_test(with_symfs_links_do_not_lead_out_of_it),
        cmocka_unit_test(with_symfs_links_of_its_cache_do_not_lead_out_of_it),
        cmocka_unit_test(with_symfs_names_that_files_have_do_not_lead_out_of_it),
        cmocka_unit_test(with_symfs_folders_of_debug_files_are_not_left),
        cmocka_unit_test(with_symfs_debug_files_are_below_it_too),
        cmocka_unit_test(a_flat_symfs_has_all_files_in_itself),
        cmocka_unit_test(debug_dirs_are_looked_into_in_order_and_by_three_names),
        cmocka_unit_test(a_binary_is_known_by_its_id_whatever_it_is_called),
        cmocka_unit_test(a_debug_file_alone_names_the_map_that_it_fits),
        cmocka_unit_test(only_where_paths_are_trusted_a_rebuilt_program_names_anything),
        cmocka_unit_test(what_belongs_to_the_recorded_file_does_not_name_a_trusted_one),
        cmocka_unit_test(a_rebuilt_program_names_nothing_on_any_detour),
        cmocka_unit_test(a_jit_map_in_tmp_is_trusted_or_of_this_boot),
        cmocka_unit_test(a_vmlinux_that_was_named_has_to_be_the_recorded_one),
        cmocka_unit_test(the_id_of_a_vmlinux_that_was_not_used_is_told),
        cmocka_unit_test(a_list_that_was_named_needs_trust_and_is_moved),
        cmocka_unit_test(a_kernel_of_the_recorded_release_is_taken_on_trust_alone),
        cmocka_unit_test(a_kernel_that_is_nobody_knows_where_is_taken_on_trust_alone),
        cmocka_unit_test(no_trust_has_the_running_kernel_name_another),
        cmocka_unit_test(with_symfs_the_vdso_is_not_this_process_s),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
