/* test_object.c: which file names an object, and the states that tell of it. */
#include "bounds.h"
#include "build_id.h"
#include "check.h"
#include "embedded.h"
#include "library_files.h"
#include "minidebug.h"
#include "object.h"

#include <fcntl.h>
#include <lzma.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void load(struct flame_object *object, const char *name, const uint8_t *id, bool same_boot)
{
    struct flame_symbol_places places = { .buildid_dir = in_folder("cache"),
                                          .beside = folder,
                                          .unchanged_ns = UINT64_MAX,
                                          .same_boot = same_boot };
    struct flame_object_request request = { .kind = FLAME_OBJECT_ELF,
                                            .name = flame_str_from(name) };
    if (id)
        request.build_id = id_of(id);
    assert_int_equal(flame_object_load(object, &request, &places), FLAME_OK);
}

/* Load and check the state and the first symbol's name ("" for none). */
static void check_load(const char *name, const uint8_t *id, bool same_boot,
                       enum flame_object_state state, const char *symbol)
{
    struct flame_object object;
    load(&object, name, id, same_boot);
    assert_int_equal(object.state, state);
    assert_int_equal(object.symbols.list.count, *symbol ? 1 : 0);
    if (*symbol)
        assert_string_equal(object.symbols.list.items[0].name, symbol);
    assert_true((*object.used != 0) == (*symbol != 0));
    flame_object_deinit(&object);
}

TEST(a_file_with_the_recorded_id_names_on_any_machine)
{
    write_library("lib", id_a, "f");
    check_load(in_folder("lib"), id_a, false, FLAME_OBJECT_NAMED, "f");
    check_load(in_folder("lib"), id_a, true, FLAME_OBJECT_NAMED, "f");
}

TEST(a_file_with_another_id_or_none_is_never_used)
{
    struct flame_object object;
    struct flame_build_id b = id_of(id_b);
    write_library("other", id_b, "f");
    load(&object, in_folder("other"), id_a, true);
    assert_int_equal(object.state, FLAME_OBJECT_MISMATCH);
    assert_true(flame_build_id_matches(&b, &object.found_id));
    assert_int_equal(object.symbols.list.count, 0);
    flame_object_deinit(&object);
    write_library("none", NULL, "f");
    check_load(in_folder("none"), id_a, true, FLAME_OBJECT_MISMATCH, "");
}

TEST(without_a_recorded_id_files_count_in_the_same_boot_only)
{
    write_library("plain", NULL, "f");
    check_load(in_folder("plain"), NULL, true, FLAME_OBJECT_NAMED, "f");
    check_load(in_folder("plain"), NULL, false, FLAME_OBJECT_UNVERIFIED, "");
}

static struct flame_object_request request_of(const char *path)
{
    struct flame_object_request request = { .kind = FLAME_OBJECT_ELF,
                                            .name = flame_str_from(path) };
    struct flame_inode inode = inode_of(path);
    request.major = inode.major;
    request.minor = inode.minor;
    request.inode = inode.number;
    return request;
}

static enum flame_object_state state_of(const struct flame_object_request *request,
                                        const struct flame_symbol_places *places)
{
    struct flame_object object;
    assert_int_equal(flame_object_load(&object, request, places), FLAME_OK);
    enum flame_object_state state = object.state;
    assert_true(state != FLAME_OBJECT_UNVERIFIED || object.symbols.list.count == 0);
    flame_object_deinit(&object);
    return state;
}

TEST(without_a_recorded_id_a_file_counts_by_boot_device_inode_and_time)
{
    write_library("plain", NULL, "f");
    const char *path = in_folder("plain");
    uint64_t settled = flame_file_settled_ns(path);
    struct flame_object_request request = request_of(path), other = request;
    struct flame_symbol_places places = { .unchanged_ns = settled, .same_boot = true };
    assert_int_equal(state_of(&request, &places), FLAME_OBJECT_NAMED);
    other.inode++;
    assert_int_equal(state_of(&other, &places), FLAME_OBJECT_UNVERIFIED);
    other = request;
    other.minor++; /* all mounts of a kind may count from one */
    assert_int_equal(state_of(&other, &places), FLAME_OBJECT_UNVERIFIED);
    other = request;
    other.major = other.major ? other.major + 1 : 0;
    other.minor += other.major == 0;
    assert_int_equal(state_of(&other, &places), FLAME_OBJECT_UNVERIFIED);
    other.inode = 0; /* not recorded */
    assert_int_equal(state_of(&other, &places), FLAME_OBJECT_NAMED);
    places.unchanged_ns--;
    assert_int_equal(state_of(&other, &places), FLAME_OBJECT_UNVERIFIED);
    assert_int_equal(state_of(&request, &places), FLAME_OBJECT_UNVERIFIED);
    places.unchanged_ns = 0; /* not known */
    assert_int_equal(state_of(&request, &places), FLAME_OBJECT_UNVERIFIED);
    places = (struct flame_symbol_places){ .unchanged_ns = UINT64_MAX, .same_host = true };
    assert_int_equal(state_of(&request, &places), FLAME_OBJECT_UNVERIFIED);
    places.unchanged_ns = 0;
    assert_int_equal(state_of(&request, &places), FLAME_OBJECT_UNVERIFIED);
}

/* A file may be given any time; what the system notes down is when. */
TEST(a_file_that_was_given_an_old_time_is_changed_nevertheless)
{
    write_library("plain", NULL, "f");
    const char *path = in_folder("plain");
    struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    assert_true(flame_file_changed_ns(path) == UINT64_C(1000000000000));
    struct flame_object_request request = request_of(path);
    struct flame_symbol_places places = { .unchanged_ns = UINT64_C(2000000000000),
                                          .same_boot = true };
    assert_int_equal(state_of(&request, &places), FLAME_OBJECT_UNVERIFIED);
}

/* Where perf links it into its cache, the system notes that down, too. */
TEST(what_a_package_installed_is_unchanged_although_it_was_linked)
{
    static const char *const paths[] = { "/usr/bin/env", "/usr/bin/ls", "/usr/bin/cat" };
    bool tried = false;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        uint64_t changed = flame_file_changed_ns(paths[i]);
        struct stat st;
        if (!changed || lstat(paths[i], &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != 0 ||
            flame_file_settled_ns(paths[i]) == changed)
            continue;
        tried = true;
        struct flame_object_request request = request_of(paths[i]), other = request;
        struct flame_symbol_places places = { .unchanged_ns = changed, .same_boot = true };
        assert_true(state_of(&request, &places) != FLAME_OBJECT_UNVERIFIED);
        other.inode++;
        assert_int_equal(state_of(&other, &places), FLAME_OBJECT_UNVERIFIED);
        other.inode = 0;
        assert_int_equal(state_of(&other, &places), FLAME_OBJECT_UNVERIFIED);
        places.unchanged_ns--;
        assert_int_equal(state_of(&request, &places), FLAME_OBJECT_UNVERIFIED);
    }
    if (!tried)
        skip();
}

TEST(packages_own_what_is_in_folders_of_the_system_s_but_not_in_usr_local)
{
    static const char *const packaged[] = { "/usr/bin/perf", "/lib/modules/6.1.0/kernel/fs/xfs.ko",
                                            "/lib64/ld-linux-x86-64.so.2", "/bin/sh",
                                            "/sbin/init" };
    static const char *const own[] = {
        "/usr/local/lib/liba.so", "/opt/a", "/home/me/a", "/libraries/a", "bin/a", "[vdso]", ""
    };
    for (size_t i = 0; i < sizeof packaged / sizeof *packaged; i++)
        assert_true(flame_path_is_packaged(flame_str_from(packaged[i])));
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        assert_false(flame_path_is_packaged(flame_str_from(own[i])));
}

TEST(what_is_installed_is_in_folders_of_the_system_s)
{
    assert_false(flame_file_is_installed(in_folder("plain")));
    assert_false(flame_file_is_installed("/usr/local/bin"));
    assert_false(flame_file_is_installed("/usr/../tmp"));
    assert_false(flame_file_is_installed("/usr/nonexistent"));
    assert_false(flame_file_is_installed("/etc/passwd"));
}

TEST(a_file_in_an_overlay_has_two_devices)
{
    struct flame_inode disk = { 8, 1, 77 }, overlay = { 0, 30, 77 }, other = { 8, 2, 77 };
    struct flame_inode memory = { 0, 31, 77 }, next = { 8, 1, 78 };
    assert_true(flame_inode_same(&disk, &disk));
    assert_true(flame_inode_same(&disk, &overlay));
    assert_true(flame_inode_same(&overlay, &disk));
    assert_false(flame_inode_same(&disk, &other));
    assert_false(flame_inode_same(&overlay, &memory));
    assert_false(flame_inode_same(&disk, &next));
}

TEST(missing_stripped_and_unreadable_files_are_told_apart)
{
    write_library("stripped", id_a, NULL);
    write_file("text", "hello\n", 6);
    check_load(in_folder("absent"), id_a, true, FLAME_OBJECT_MISSING, "");
    check_load("relative", id_a, true, FLAME_OBJECT_MISSING, "");
    check_load("", id_a, true, FLAME_OBJECT_MISSING, "");
    check_load("//anon", NULL, true, FLAME_OBJECT_MISSING, "");
    check_load(in_folder("stripped"), id_a, true, FLAME_OBJECT_STRIPPED, "");
    check_load(in_folder("text"), id_a, true, FLAME_OBJECT_UNREADABLE, "");
    check_load("/dev/zero", NULL, true, FLAME_OBJECT_UNREADABLE, "");
    check_load(folder, NULL, true, FLAME_OBJECT_UNREADABLE, "");
}

TEST(perfs_cache_names_files_that_are_gone)
{
    write_library("cache/.build-id/aa/" HEX_A_TAIL "/elf", id_a, "from_cache");
    check_load("/gone/lib", id_a, false, FLAME_OBJECT_NAMED, "from_cache");
    check_load("/gone/lib", NULL, true, FLAME_OBJECT_MISSING, "");
    unlink(in_folder("cache/.build-id/aa/" HEX_A_TAIL "/elf"));
    rmdir(in_folder("cache/.build-id/aa/" HEX_A_TAIL));
    write_library("cache/.build-id/aa/" HEX_A_TAIL, id_a, "old_style");
    check_load("/gone/lib", id_a, false, FLAME_OBJECT_NAMED, "old_style");
    write_library("cache/.build-id/aa/" HEX_A_TAIL, id_b, "another");
    check_load("/gone/lib", id_a, false, FLAME_OBJECT_MISSING, "");
    unlink(in_folder("cache/.build-id/aa/" HEX_A_TAIL));
}

/* A stripped program whose debuglink says "prog.debug", checksum crc. */
static void write_linked(const char *name, const uint8_t *id, uint32_t crc)
{
    size_t text;
    uint8_t link[16] = "prog.debug";
    struct elf_builder *b = library((struct image_options){ .wide = true }, id, &text);
    image_word(b, link + 12, crc, 4);
    struct image_section s = {
        .name = ".gnu_debuglink", .type = SHT_PROGBITS, .size = sizeof link, .bytes = link
    };
    image_section(b, &s);
    struct flame_bytes file = image_finish(b);
    write_file(name, file.ptr, file.size);
    image_free(b);
}

TEST(a_debuglink_is_followed_and_checked)
{
    write_linked("prog", id_a, 0);
    write_library(".debug/prog.debug", id_a, "linked");
    check_load(in_folder("prog"), id_a, false, FLAME_OBJECT_NAMED, "linked");
    check_load(in_folder("prog"), NULL, true, FLAME_OBJECT_NAMED, "linked");
    write_library(".debug/prog.debug", id_b, "linked");
    check_load(in_folder("prog"), id_a, true, FLAME_OBJECT_STRIPPED, "");
}

TEST(without_ids_a_debuglink_is_checked_by_its_checksum)
{
    uint8_t bytes[8192];
    write_library(".debug/prog.debug", NULL, "linked");
    FILE *f = fopen(in_folder(".debug/prog.debug"), "rb");
    assert_non_null(f);
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    write_linked("prog", NULL, lzma_crc32(bytes, size, 0));
    check_load(in_folder("prog"), NULL, true, FLAME_OBJECT_NAMED, "linked");
    write_linked("prog", NULL, 1);
    check_load(in_folder("prog"), NULL, true, FLAME_OBJECT_STRIPPED, "");
}

TEST(symbols_of_a_debug_file_are_placed_by_the_file_that_ran)
{
    size_t text;
    struct elf_builder *b = library((struct image_options){ .wide = true }, id_a, &text);
    uint64_t start = image_offset(b);
    image_free(b);
    write_linked("prog", id_a, 0);
    b = image_new((struct image_options){ .wide = true, .type = ET_DYN });
    struct image_section gap = { .name = ".note.gap", .type = SHT_NOBITS, .flags = SHF_ALLOC };
    image_section(b, &gap);
    struct image_section s = { .name = ".text",
                               .type = SHT_NOBITS,
                               .flags = SHF_ALLOC | SHF_EXECINSTR,
                               .addr = 0x10000,
                               .size = 256 };
    text = image_section(b, &s);
    image_build_id(b, id_a, 20);
    image_symbol(b, (struct image_symbol){ "f", 0x10020, 16, text, STT_FUNC, STB_GLOBAL, 0 });
    struct flame_bytes file = image_finish(b);
    write_file(".debug/prog.debug", file.ptr, file.size);
    image_free(b);
    struct flame_object object;
    load(&object, in_folder("prog"), id_a, false);
    assert_int_equal(object.state, FLAME_OBJECT_NAMED);
    assert_int_equal(object.symbols.list.items[0].start, start + 0x20);
    flame_object_deinit(&object);
}

TEST(a_symbol_table_packed_inside_the_file_is_used)
{
    size_t text, size = 0;
    static uint8_t packed[8192];
    struct elf_builder *b = library((struct image_options){ .wide = true }, NULL, &text);
    image_symbol(b, (struct image_symbol){ "packed", 0x10000, 8, text, STT_FUNC, STB_LOCAL, 0 });
    struct flame_bytes file = image_finish(b);
    assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL, file.ptr, file.size, packed,
                                             &size, sizeof packed),
                     LZMA_OK);
    image_free(b);
    for (int damaged = 0; damaged < 2; damaged++) {
        b = library((struct image_options){ .wide = true }, id_a, &text);
        struct image_section s = {
            .name = ".gnu_debugdata", .type = SHT_PROGBITS, .size = size, .bytes = packed
        };
        packed[size / 2] ^= (uint8_t)damaged;
        image_section(b, &s);
        file = image_finish(b);
        write_file("mini", file.ptr, file.size);
        image_free(b);
        check_load(in_folder("mini"), id_a, false,
                   damaged ? FLAME_OBJECT_STRIPPED : FLAME_OBJECT_NAMED, damaged ? "" : "packed");
    }
}

/* 192 MiB of zeros are 28 KB of xz: more than such a file may be, unless somebody says so. */
TEST(a_packed_symbol_table_that_expands_beyond_belief_is_not_unpacked)
{
    enum { CHUNK = 1 << 20, CHUNKS = 192 };
    static uint8_t packed[64 << 10], zeros[CHUNK];
    const struct flame_limits limits[] = { { 0 }, { .unpacked = 256 << 20 } };
    lzma_stream xz = LZMA_STREAM_INIT;
    assert_int_equal(lzma_easy_encoder(&xz, 0, LZMA_CHECK_NONE), LZMA_OK);
    xz.next_out = packed;
    xz.avail_out = sizeof packed;
    for (int i = 0; i < CHUNKS; i++) {
        xz.next_in = zeros;
        xz.avail_in = CHUNK;
        assert_int_equal(lzma_code(&xz, LZMA_RUN), LZMA_OK);
    }
    assert_int_equal(lzma_code(&xz, LZMA_FINISH), LZMA_STREAM_END);
    size_t size = sizeof packed - xz.avail_out;
    lzma_end(&xz);
    for (size_t i = 0; i < 2; i++) {
        struct flame_file file;
        assert_int_equal(flame_xz_unpack(&file, packed, size, &limits[i]),
                         i ? FLAME_OK : FLAME_LIMIT);
        assert_int_equal(file.size, i ? (size_t)CHUNK * CHUNKS : 0);
        flame_file_close(&file);
    }
}

/* The library, but with its table of symbols moved to the end, of so many entries: the file has a
 * hole there, as what a stranger sends may have. */
static void write_huge_table(const char *name, uint64_t entries)
{
    size_t text;
    struct elf_builder *b = library((struct image_options){ .wide = true }, id_a, &text);
    image_symbol(b, (struct image_symbol){ "f", 0x10000, 16, text, STT_FUNC, STB_GLOBAL, 0 });
    struct flame_bytes file = image_finish(b);
    uint8_t *bytes = (uint8_t *)(uintptr_t)file.ptr;
    Elf64_Ehdr header;
    Elf64_Shdr table = { 0 };
    memcpy(&header, bytes, sizeof header);
    uint8_t *at = bytes + header.e_shoff;
    for (int i = 0; i < header.e_shnum && table.sh_type != SHT_SYMTAB; i++, at += sizeof table)
        memcpy(&table, at, sizeof table);
    assert_int_equal(table.sh_type, SHT_SYMTAB);
    const uint8_t *symbols = bytes + table.sh_offset;
    size_t size = (size_t)table.sh_size;
    table.sh_offset = 1 << 16;
    table.sh_size = entries * sizeof(Elf64_Sym);
    memcpy(at - sizeof table, &table, sizeof table);
    write_file(name, bytes, file.size);
    int fd = open(in_folder(name), O_WRONLY);
    assert_int_equal(pwrite(fd, symbols, size, (off_t)table.sh_offset), size);
    assert_int_equal(ftruncate(fd, (off_t)(table.sh_offset + table.sh_size)), 0);
    close(fd);
    image_free(b);
}

TEST(of_a_billion_symbols_those_up_to_the_limit_are_read)
{
    enum { MOST = 1 << 16 };
    const struct flame_limits limits = { .symbols = MOST };
    struct flame_limit_report reached[FLAME_LIMIT_COUNT];
    struct flame_bounds bounds;
    struct rusage before, after;
    flame_bounds_init(&bounds, &limits);
    struct flame_symbol_places places = { .beside = folder, .bounds = &bounds };
    write_huge_table("huge", UINT64_C(1) << 30);
    struct flame_object_request request = { .kind = FLAME_OBJECT_ELF,
                                            .name = flame_str_from(in_folder("huge")),
                                            .build_id = id_of(id_a) };
    struct flame_object object;
    getrusage(RUSAGE_SELF, &before);
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    getrusage(RUSAGE_SELF, &after);
    assert_int_equal(object.state, FLAME_OBJECT_NAMED);
    assert_int_equal(object.symbols.list.count, 1);
    assert_string_equal(object.symbols.list.items[0].name, "f");
    assert_true(object.symbols.left_out == (UINT64_C(1) << 30) - MOST);
    assert_true(after.ru_maxrss - before.ru_maxrss < 64 << 10); /* KiB */
    assert_int_equal(flame_bounds_report(&bounds, reached), 1);
    assert_int_equal(reached[0].limit, FLAME_LIMIT_SYMBOLS);
    assert_non_null(strstr(reached[0].error.text, "has more than 65536 symbols"));
    flame_object_deinit(&object);
    flame_bounds_deinit(&bounds);
    unlink(in_folder("huge"));
}

TEST(jit_maps_are_looked_for_beside_the_recording)
{
    struct flame_object object;
    struct flame_symbol_places places = { .beside = folder };
    struct flame_object_request request = { .kind = FLAME_OBJECT_JIT, .pid = 99999999 };
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, FLAME_OBJECT_NO_MAP);
    flame_object_deinit(&object);
    write_file("perf-99999999.map", "7000 10 js function\n", 20);
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, FLAME_OBJECT_NAMED);
    assert_string_equal(flame_symbols_find(&object.symbols, 0x700f)->name, "js function");
    assert_null(flame_symbols_find(&object.symbols, 0x7010));
    flame_object_deinit(&object);
}

/* A kernel with an id that no machine's has, from kallsyms in perf's cache. */
static void load_kernel(struct flame_object *object, uint64_t text_start)
{
    struct flame_symbol_places places = { .buildid_dir = in_folder("cache") };
    struct flame_object_request request = { .kind = FLAME_OBJECT_KERNEL,
                                            .name = flame_str_from("[kernel.kallsyms]"),
                                            .build_id = id_of(id_a),
                                            .reference = flame_str_from("_text"),
                                            .text_start = text_start };
    assert_int_equal(flame_object_load(object, &request, &places), FLAME_OK);
}

#define KALLSYMS "cache/[kernel.kallsyms]/aa" HEX_A_TAIL "/kallsyms"

TEST(a_foreign_kernel_is_never_named_from_the_running_one)
{
    struct flame_object object;
    unlink(in_folder(KALLSYMS));
    load_kernel(&object, 0xffffffff81000000);
    assert_true(object.state == FLAME_OBJECT_MISMATCH || object.state == FLAME_OBJECT_MISSING);
    assert_int_equal(object.symbols.list.count, 0);
    flame_object_deinit(&object);
}

TEST(cached_kallsyms_are_moved_to_where_the_kernel_was_recorded)
{
    static const char text[] = "ffffffff81000000 T _text\n"
                               "ffffffff81000100 t earlier_alias\n" /* left without a size */
                               "ffffffff81000100 T do_work\n"
                               "ffffffff81000200 r read_only\n"
                               "ffffffff81000300 D _edata\n"
                               "ffffffffc0000000 t in_module\t[mod]\n";
    struct flame_object object;
    write_file(KALLSYMS, text, sizeof text - 1);
    load_kernel(&object, 0xffffffff81000000);
    assert_int_equal(object.state, FLAME_OBJECT_NAMED);
    assert_string_equal(flame_symbols_find(&object.symbols, 0xffffffff81000150)->name, "do_work");
    assert_string_equal(flame_symbols_find(&object.symbols, 0xffffffff81000250)->name, "do_work");
    assert_null(flame_symbols_find(&object.symbols, 0xffffffffc0000000)); /* of which boot? */
    flame_object_deinit(&object);
    load_kernel(&object, 0xffffffff9a000000);
    assert_string_equal(flame_symbols_find(&object.symbols, 0xffffffff9a000150)->name, "do_work");
    assert_null(flame_symbols_find(&object.symbols, 0xffffffff81000150));
    assert_null(flame_symbols_find(&object.symbols, 0xffffffffc0000000));
    flame_object_deinit(&object);
}

TEST(kallsyms_with_hidden_addresses_are_called_unreadable)
{
    static const char text[] = "0000000000000000 T _text\n0000000000000000 T do_work\n";
    struct flame_object object;
    write_file(KALLSYMS, text, sizeof text - 1);
    load_kernel(&object, 0xffffffff81000000);
    assert_int_equal(object.state, FLAME_OBJECT_UNREADABLE);
    assert_int_equal(object.symbols.list.count, 0);
    flame_object_deinit(&object);
}

TEST(a_vmlinux_with_the_recorded_id_is_moved_likewise)
{
    size_t text;
    struct flame_object object;
    struct elf_builder *b =
        library((struct image_options){ .wide = true, .type = ET_EXEC }, id_a, &text);
    image_symbol(b, (struct image_symbol){ "_text", 0x10000, 0, text, STT_NOTYPE, STB_GLOBAL, 0 });
    image_symbol(b, (struct image_symbol){ "do_work", 0x10020, 16, text, STT_FUNC, STB_GLOBAL, 0 });
    struct flame_bytes file = image_finish(b);
    unlink(in_folder(KALLSYMS));
    write_file("cache/.build-id/aa/" HEX_A_TAIL "/elf", file.ptr, file.size);
    image_free(b);
    load_kernel(&object, 0xffffffff9a000000);
    assert_int_equal(object.state, FLAME_OBJECT_NAMED);
    assert_string_equal(flame_symbols_find(&object.symbols, 0xffffffff9a00002f)->name, "do_work");
    assert_string_equal(flame_symbols_find(&object.symbols, 0xffffffff9a000010)->name, "_text");
    flame_object_deinit(&object);
    unlink(in_folder("cache/.build-id/aa/" HEX_A_TAIL "/elf"));
}

TEST(the_vdso_is_this_process_s_own_only_if_it_is_the_recorded_one)
{
    struct flame_object object;
    struct flame_symbol_places places = { .same_boot = true };
    struct flame_object_request request = { .kind = FLAME_OBJECT_VDSO,
                                            .name = flame_str_from("[vdso]") };
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    bool has_vdso = object.state == FLAME_OBJECT_NAMED;
    assert_int_equal(object.symbols.list.count > 0, has_vdso);
    flame_object_deinit(&object);
    request.narrow = sizeof(void *) == 8; /* another width's */
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, FLAME_OBJECT_MISSING);
    flame_object_deinit(&object);
    request.narrow = sizeof(void *) == 4;
    places.same_boot = false;
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, FLAME_OBJECT_UNVERIFIED);
    flame_object_deinit(&object);
    request.build_id = id_of(id_a);
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, has_vdso ? FLAME_OBJECT_MISMATCH : FLAME_OBJECT_MISSING);
    flame_object_deinit(&object);
}

/* A file that was mapped with 400 build-ids is 400 objects. */
TEST(objects_share_the_table_that_the_recording_carries)
{
    static const struct flame_perf_symbol symbols[] = {
        { 0x3000, 0x10, { "later", 5 } },
        { 0x2000, 0x10, { "sooner", 6 } },
    };
    static const struct flame_perf_symbol_file file = { .kind = FLAME_SYMBOL_FILE_ELF,
                                                        .path = { "/lib/a.so", 9 },
                                                        .min_vaddr = 0x2000,
                                                        .offset = 0x1000,
                                                        .symbols = symbols,
                                                        .count = 2 };
    const struct flame_perf_symbol_files files = { &file, 1 };
    struct flame_embedded embedded;
    flame_embedded_init(&embedded, "perf.data");
    assert_int_equal(flame_embedded_add(&embedded, &files), FLAME_OK);
    struct flame_symbol_places places = { .embedded = &embedded };
    struct flame_object_request request = { .kind = FLAME_OBJECT_ELF, .name = file.path };
    struct flame_object objects[3];
    for (uint8_t i = 0; i < 3; i++) {
        request.build_id = (struct flame_build_id){ .size = 1, .bytes = { i } };
        if (i == 2)
            request.kind = FLAME_OBJECT_JIT_COPY; /* addressed otherwise, by the same table */
        assert_int_equal(flame_object_load(&objects[i], &request, &places), FLAME_OK);
        assert_int_equal(objects[i].state, FLAME_OBJECT_NAMED);
        assert_ptr_equal(objects[i].shared, objects[0].shared);
        assert_int_equal(objects[i].base, i == 2 ? 0 : UINT64_C(0x1000) - 0x2000);
        assert_int_equal(objects[i].symbols.list.count, 0);
    }
    const struct flame_symbols *shared = flame_object_symbols(&objects[0]);
    flame_object_deinit(&objects[0]);
    assert_string_equal(flame_symbols_find(shared, 0x2008)->name, "sooner");
    assert_string_equal(flame_symbols_find(shared, 0x300f)->name, "later");
    flame_object_deinit(&objects[1]);
    flame_object_deinit(&objects[2]);
    flame_embedded_deinit(&embedded);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_with_the_recorded_id_names_on_any_machine),
        cmocka_unit_test(a_file_with_another_id_or_none_is_never_used),
        cmocka_unit_test(without_a_recorded_id_files_count_in_the_same_boot_only),
        cmocka_unit_test(without_a_recorded_id_a_file_counts_by_boot_device_inode_and_time),
        cmocka_unit_test(a_file_that_was_given_an_old_time_is_changed_nevertheless),
        cmocka_unit_test(what_a_package_installed_is_unchanged_although_it_was_linked),
        cmocka_unit_test(packages_own_what_is_in_folders_of_the_system_s_but_not_in_usr_local),
        cmocka_unit_test(what_is_installed_is_in_folders_of_the_system_s),
        cmocka_unit_test(a_file_in_an_overlay_has_two_devices),
        cmocka_unit_test(missing_stripped_and_unreadable_files_are_told_apart),
        cmocka_unit_test(perfs_cache_names_files_that_are_gone),
        cmocka_unit_test(a_debuglink_is_followed_and_checked),
        cmocka_unit_test(without_ids_a_debuglink_is_checked_by_its_checksum),
        cmocka_unit_test(symbols_of_a_debug_file_are_placed_by_the_file_that_ran),
        cmocka_unit_test(a_symbol_table_packed_inside_the_file_is_used),
        cmocka_unit_test(a_packed_symbol_table_that_expands_beyond_belief_is_not_unpacked),
        cmocka_unit_test(of_a_billion_symbols_those_up_to_the_limit_are_read),
        cmocka_unit_test(jit_maps_are_looked_for_beside_the_recording),
        cmocka_unit_test(a_foreign_kernel_is_never_named_from_the_running_one),
        cmocka_unit_test(cached_kallsyms_are_moved_to_where_the_kernel_was_recorded),
        cmocka_unit_test(kallsyms_with_hidden_addresses_are_called_unreadable),
        cmocka_unit_test(a_vmlinux_with_the_recorded_id_is_moved_likewise),
        cmocka_unit_test(objects_share_the_table_that_the_recording_carries),
        cmocka_unit_test(the_vdso_is_this_process_s_own_only_if_it_is_the_recorded_one),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
