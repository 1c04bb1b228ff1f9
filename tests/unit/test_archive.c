/* test_archive.c: archives of every kind, links in them, damaged ones and hostile ones; and that
 * what the writer writes is read. */
#include "archive_builder.h"
#include "archive_reader.h"
#include "archive_writer.h"
#include "check.h"
#include "folder.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A sanitizer's malloc ends the process where there is no more. */
#if defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LIMITED false
#endif
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define LIMITED false
#endif
#ifndef LIMITED
#define LIMITED true
#endif

static struct flame_archive *read_bytes(const uint8_t *bytes, size_t size)
{
    struct flame_archive *archive;
    struct flame_error error = FLAME_ERROR_INIT;
    if (flame_archive_read(&archive, bytes, size, "a.tar", &error) != FLAME_OK)
        print_message("%s\n", error.text);
    assert_non_null(archive);
    return archive;
}

/* Ends the builder. */
static struct flame_archive *read_built(struct archive_builder *b)
{
    archive_builder_end(b);
    struct flame_archive *archive = read_bytes(b->bytes, b->size);
    free(b->bytes);
    return archive;
}

static bool find(const struct flame_archive *archive, const char *name,
                 struct flame_archived *found)
{
    return flame_archive_find(archive, flame_str_from(name), found);
}

static void assert_holds(const struct flame_archive *archive, const char *name, const char *text)
{
    struct flame_archived found;
    if (!find(archive, name, &found))
        fail_msg("%s is not there", name);
    assert_int_equal(found.size, strlen(text));
    assert_memory_equal(found.bytes, text, found.size);
}

static void assert_none(const struct flame_archive *archive, const char *name)
{
    struct flame_archived found;
    assert_false(find(archive, name, &found));
}

static void assert_damage(const struct flame_archive *archive, enum flame_status status,
                          const char *part)
{
    const struct flame_error *damage = flame_archive_damage(archive);
    assert_non_null(damage);
    assert_int_equal(damage->status, status);
    assert_string_equal(damage->path, "a.tar");
    if (!strstr(damage->text, part))
        fail_msg("'%s' is not in '%s'", part, damage->text);
}

static void fill(uint8_t *bytes, size_t size)
{
    uint32_t x = 1;
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
}

TEST(every_format_and_compression_is_read)
{
    static const char *const formats[] = { "ustar", "pax", "gnutar", "zip" };
    static const char *const filters[] = { "none", "gzip", "bzip2", "xz", "zstd" };
    static uint8_t noise[100000];
    fill(noise, sizeof noise);
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < (i == 3 ? 1 : 5); k++) {
            struct archive_builder b;
            archive_builder_begin(&b, formats[i], filters[k]);
            archive_builder_text(&b, "first", "one");
            archive_builder_folder(&b, "folder/");
            archive_builder_file(&b, "folder/noise", noise, sizeof noise);
            archive_builder_text(&b, "empty", "");
            struct flame_archive *archive = read_built(&b);
            struct flame_archived found;
            assert_null(flame_archive_damage(archive));
            assert_int_equal(flame_archive_count(archive), 3);
            assert_holds(archive, "first", "one");
            assert_holds(archive, "empty", "");
            assert_true(find(archive, "folder/noise", &found));
            assert_int_equal(found.size, sizeof noise);
            assert_memory_equal(found.bytes, noise, sizeof noise);
            assert_int_equal((uintptr_t)found.bytes % 4096, 0);
            assert_true(found.changed_ns == ARCHIVE_BUILDER_NS);
            assert_none(archive, "folder");
            assert_str(flame_archive_get(archive, 1).name, "folder/noise");
            flame_archive_close(archive);
        }
    }
}

TEST(a_name_is_found_however_it_is_spelled)
{
    struct archive_builder b;
    archive_builder_begin(&b, "gnutar", "none");
    archive_builder_text(&b, "./a//b/./c", "1");
    archive_builder_text(&b, "/absolute", "2");
    archive_builder_text(&b, "m\xc3\xbcller", "3");
    archive_builder_text(&b, "no\xffutf", "4");
    struct flame_archive *archive = read_built(&b);
    assert_null(flame_archive_damage(archive));
    assert_holds(archive, "a/b/c", "1");
    assert_holds(archive, "/a/b/c", "1");
    assert_holds(archive, "./a/b/../b/c", "1");
    assert_holds(archive, "absolute", "2");
    assert_holds(archive, "m\xc3\xbcller", "3");
    assert_holds(archive, "no\xffutf", "4");
    assert_none(archive, "");
    assert_none(archive, "/");
    assert_none(archive, "../a/b/c");
    assert_none(archive, "a/b");
    flame_archive_close(archive);
}

TEST(names_that_point_out_of_the_archive_are_ignored)
{
    struct archive_builder b;
    archive_builder_begin(&b, "ustar", "none");
    archive_builder_text(&b, "../up", "1");
    archive_builder_text(&b, "a/../../up", "2");
    archive_builder_text(&b, "stays", "3");
    struct flame_archive *archive = read_built(&b);
    assert_int_equal(flame_archive_count(archive), 1);
    assert_holds(archive, "stays", "3");
    assert_null(flame_archive_damage(archive));
    flame_archive_close(archive);
}

TEST(of_members_with_one_name_the_last_counts)
{
    struct archive_builder b;
    archive_builder_begin(&b, "pax", "none");
    archive_builder_text(&b, "twice", "old");
    archive_builder_text(&b, "gone", "was a file");
    archive_builder_hardlink(&b, "hard", "./twice");
    archive_builder_text(&b, "./twice", "new");
    archive_builder_folder(&b, "gone");
    struct flame_archive *archive = read_built(&b);
    assert_int_equal(flame_archive_count(archive), 2);
    assert_holds(archive, "twice", "new");
    assert_holds(archive, "hard", "old");
    assert_none(archive, "gone");
    flame_archive_close(archive);
}

TEST(links_are_followed_within_the_archive)
{
    struct archive_builder b;
    archive_builder_begin(&b, "pax", "none");
    /* As perf archive has it: a link to a folder. */
    archive_builder_symlink(&b, ".build-id/ab/cdef", "../../usr/lib/libc.so.6/abcdef");
    archive_builder_text(&b, "usr/lib/libc.so.6/abcdef/elf", "libc");
    archive_builder_symlink(&b, "file", "usr/lib/libc.so.6/abcdef/elf");
    archive_builder_symlink(&b, "root", "/usr/lib");
    archive_builder_symlink(&b, "chain", "./root/");
    archive_builder_symlink(&b, "self", "self");
    archive_builder_symlink(&b, "x", "y/z");
    archive_builder_symlink(&b, "y", "x");
    archive_builder_symlink(&b, "out", "../../etc/passwd");
    archive_builder_symlink(&b, "a/b/up", "../../../usr");
    archive_builder_hardlink(&b, "hard", ".build-id/ab/cdef");
    archive_builder_hardlink(&b, "nothing", "not-there");
    struct flame_archive *archive = read_built(&b);
    struct flame_archived found;
    assert_null(flame_archive_damage(archive));
    assert_holds(archive, ".build-id/ab/cdef/elf", "libc");
    assert_true(find(archive, ".build-id/ab/cdef/elf", &found));
    assert_str(found.name, "usr/lib/libc.so.6/abcdef/elf");
    assert_holds(archive, "file", "libc");
    assert_holds(archive, "chain/libc.so.6/abcdef/elf", "libc");
    assert_none(archive, "self");
    assert_none(archive, "x");
    assert_none(archive, "y/z");
    assert_none(archive, "out");
    assert_none(archive, "a/b/up/lib/libc.so.6/abcdef/elf");
    assert_none(archive, "hard/elf"); /* the link, from another folder */
    assert_none(archive, "nothing");
    assert_int_equal(flame_archive_count(archive), 1);
    flame_archive_close(archive);
}

TEST(the_archive_in_perf_archives_all_is_part_of_it)
{
    struct archive_builder inner, outer;
    archive_builder_begin(&inner, "gnutar", "bzip2");
    archive_builder_text(&inner, ".build-id/ab/cdef/elf", "libc");
    archive_builder_text(&inner, "perf.symbols.tar.gz", "not an archive, and not looked into");
    archive_builder_end(&inner);
    archive_builder_begin(&outer, "gnutar", "bzip2");
    archive_builder_text(&outer, "perf.data", "PERFILE2");
    archive_builder_file(&outer, "perf.symbols.tar.bz2", inner.bytes, inner.size);
    struct flame_archive *archive = read_built(&outer);
    free(inner.bytes);
    assert_null(flame_archive_damage(archive));
    assert_holds(archive, "perf.data", "PERFILE2");
    assert_holds(archive, ".build-id/ab/cdef/elf", "libc");
    assert_int_equal(flame_archive_count(archive), 4);
    flame_archive_close(archive);
}

TEST(what_is_no_archive_is_said_to_be_none)
{
    static const char *const texts[] = { "", "PK", "PK\3\4 but no more",
                                         "just a text, and longer than nothing",
                                         "\177ELF\2\1\1 and no program either" };
    static uint8_t noise[20000];
    struct flame_archive *archive;
    fill(noise, sizeof noise);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct flame_error error = FLAME_ERROR_INIT;
        assert_int_equal(flame_archive_read(&archive, (const uint8_t *)texts[i], strlen(texts[i]),
                                            "a.tar", &error),
                         FLAME_FORMAT);
        assert_null(archive);
        assert_string_equal(error.path, "a.tar");
        assert_true(strlen(error.text) > 5);
    }
    assert_int_equal(flame_archive_read(&archive, noise, sizeof noise, "a.tar", NULL),
                     FLAME_FORMAT);
    assert_int_equal(flame_archive_open(&archive, "/no/such/file", NULL), FLAME_IO);
    assert_null(archive);
}

TEST(an_archive_without_members_is_empty)
{
    struct archive_builder b;
    archive_builder_begin(&b, "ustar", "gzip");
    struct flame_archive *archive = read_built(&b);
    assert_int_equal(flame_archive_count(archive), 0);
    assert_null(flame_archive_damage(archive));
    assert_none(archive, "a");
    flame_archive_close(archive);
}

TEST(a_cut_archive_has_what_came_before)
{
    static const char *const filters[] = { "none", "gzip", "bzip2", "xz", "zstd" };
    static uint8_t noise[1500000];
    fill(noise, sizeof noise);
    for (size_t i = 0; i < 5; i++) {
        struct archive_builder b;
        archive_builder_begin(&b, "gnutar", filters[i]);
        archive_builder_file(&b, "one", noise, 1000000);
        archive_builder_file(&b, "two", noise, sizeof noise);
        archive_builder_text(&b, "three", "lost");
        archive_builder_end(&b);
        struct flame_archive *archive = read_bytes(b.bytes, b.size * 7 / 8);
        assert_non_null(flame_archive_damage(archive));
        assert_int_equal(flame_archive_damage(archive)->status, FLAME_CORRUPT);
        struct flame_archived found;
        assert_true(find(archive, "one", &found));
        assert_memory_equal(found.bytes, noise, 1000000);
        assert_none(archive, "two");
        assert_none(archive, "three");
        flame_archive_close(archive);
        free(b.bytes);
    }
}

/* Cut before its first block of compressed bytes ends, so that nothing comes out. */
TEST(an_archive_cut_at_its_begin_is_said_to_be_cut_and_not_behind_which_byte)
{
    static uint8_t noise[100000];
    struct archive_builder b;
    struct flame_archive *archive;
    fill(noise, sizeof noise);
    archive_builder_begin(&b, "pax", "zstd");
    archive_builder_file(&b, "one", noise, sizeof noise);
    archive_builder_end(&b);
    for (size_t size = 20; size < b.size / 2; size = size * 3 / 2) {
        struct flame_error error = FLAME_ERROR_INIT;
        assert_int_not_equal(flame_archive_read(&archive, b.bytes, size, "a.tar", &error),
                             FLAME_OK);
        assert_null(archive);
        assert_non_null(strstr(error.text, "the file is damaged or cut"));
        assert_null(strstr(error.text, "byte"));
    }
    free(b.bytes);
}

TEST(only_a_plain_file_is_opened)
{
    struct flame_archive *archive;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_archive_open(&archive, "/dev/null", &error), FLAME_IO);
    assert_null(archive);
    assert_non_null(strstr(error.text, "a device"));
}

TEST(a_damaged_member_does_not_leave_bytes_in_the_next_one)
{
    static uint8_t noise[200000];
    fill(noise, sizeof noise);
    struct archive_builder b;
    archive_builder_begin(&b, "zip", "none");
    archive_builder_text(&b, "one", "1");
    archive_builder_file(&b, "bad", noise, sizeof noise);
    archive_builder_zeros(&b, "zeros", 500000, false);
    archive_builder_end(&b);
    b.bytes[b.size / 2] ^= 0xff;
    struct flame_archive *archive = read_bytes(b.bytes, b.size);
    struct flame_archived found;
    assert_non_null(flame_archive_damage(archive));
    assert_holds(archive, "one", "1");
    assert_none(archive, "bad");
    if (find(archive, "zeros", &found)) {
        assert_memory_equal(found.bytes, "head", 4);
        for (size_t i = 4; i < found.size; i++)
            assert_int_equal(found.bytes[i], 0);
    }
    flame_archive_close(archive);
    free(b.bytes);
}

TEST(no_damage_of_a_byte_or_the_end_is_more_than_damage)
{
    static const char *const formats[] = { "pax", "gnutar", "zip" };
    for (size_t i = 0; i < 3; i++) {
        struct archive_builder b;
        archive_builder_begin(&b, formats[i], "none");
        archive_builder_text(&b, "some/name/m\xc3\xbcller", "text");
        archive_builder_symlink(&b, "link", "some/name");
        if (i < 2)
            archive_builder_zeros(&b, "holes", 100000, true);
        archive_builder_end(&b);
        for (size_t at = 0; at < b.size; at += at < 4096 ? 5 : 97) {
            struct flame_archive *archive;
            struct flame_archived found;
            uint8_t before = b.bytes[at];
            flame_archive_read(&archive, b.bytes, at, "a.tar", NULL);
            flame_archive_close(archive);
            b.bytes[at] = (uint8_t)(before ^ (1 << at % 8));
            if (flame_archive_read(&archive, b.bytes, b.size, "a.tar", NULL) == FLAME_OK)
                find(archive, "link/m\xc3\xbcller", &found);
            flame_archive_close(archive);
            b.bytes[at] = before;
        }
        free(b.bytes);
    }
}

TEST(zeros_without_end_are_a_limit)
{
    struct archive_builder b;
    archive_builder_begin(&b, "pax", "zstd");
    archive_builder_text(&b, "one", "1");
    archive_builder_zeros(&b, "bomb", UINT64_C(1200) << 20, false);
    archive_builder_text(&b, "two", "2");
    struct flame_archive *archive = read_built(&b);
    assert_damage(archive, FLAME_LIMIT, "out of proportion");
    assert_holds(archive, "one", "1");
    assert_none(archive, "bomb");
    flame_archive_close(archive);
}

TEST(names_without_end_are_a_limit)
{
    char name[4000];
    struct archive_builder b;
    memset(name, 'n', sizeof name);
    archive_builder_begin(&b, "gnutar", "zstd");
    for (unsigned i = 0; i < 34000; i++) {
        snprintf(name + sizeof name - 6, 6, "%05u", i % 100000);
        archive_builder_text(&b, name, "");
    }
    struct flame_archive *archive = read_built(&b);
    assert_damage(archive, FLAME_LIMIT, "names");
    assert_true(flame_archive_count(archive) > 33000);
    flame_archive_close(archive);
}

TEST(a_sparse_member_costs_what_it_holds)
{
    struct archive_builder b;
    struct flame_archived found;
    archive_builder_begin(&b, "pax", "none");
    archive_builder_zeros(&b, "large", UINT64_C(20) << 30, true);
    struct flame_archive *archive = read_built(&b);
    assert_null(flame_archive_damage(archive));
    assert_true(find(archive, "large", &found));
    assert_true(found.size == UINT64_C(20) << 30);
    assert_memory_equal(found.bytes, "head", 4);
    assert_int_equal(found.bytes[found.size - 1], 0);
    flame_archive_close(archive);
}

TEST(a_sparse_member_of_exabytes_is_a_limit)
{
    struct archive_builder b;
    archive_builder_begin(&b, "pax", "none");
    archive_builder_text(&b, "one", "1");
    archive_builder_zeros(&b, "huge", UINT64_C(7) << 60, true);
    struct flame_archive *archive = read_built(&b);
    assert_damage(archive, FLAME_LIMIT, "longer than 64 GiB");
    assert_holds(archive, "one", "1");
    assert_none(archive, "huge");
    flame_archive_close(archive);
}

/* A ustar header at out[512], for what a writer would not write. */
static void ustar_header(uint8_t *out, const char *name, char type, uint64_t size)
{
    unsigned sum = 8 * ' ';
    memset(out, 0, 512);
    snprintf((char *)out, 100, "%s", name);
    snprintf((char *)out + 100, 8, "%07o", 0644);
    snprintf((char *)out + 124, 12, "%011llo", (unsigned long long)size);
    out[156] = (uint8_t)type;
    memcpy(out + 257,
           "ustar\0"
           "00",
           8);
    for (int i = 0; i < 512; i++)
        sum += i < 148 || i >= 156 ? out[i] : 0;
    snprintf((char *)out + 148, 8, "%06o", sum);
    out[155] = ' ';
}

TEST(members_without_end_are_a_limit)
{
    enum { HEADERS = 2048 };
    static uint8_t headers[HEADERS * 512];
    struct archive_builder b;
    for (size_t i = 0; i < HEADERS; i++)
        ustar_header(headers + i * 512, "same", '0', 0);
    archive_builder_begin(&b, "raw", "zstd");
    archive_builder_repeat(&b, headers, sizeof headers, (1 << 20) / HEADERS + 1);
    struct flame_archive *archive = read_built(&b);
    assert_damage(archive, FLAME_LIMIT, "more than 1048576 members");
    assert_int_equal(flame_archive_count(archive), 1);
    flame_archive_close(archive);
}

/* GNU tar's sparse format 1.0 has a map of holes in front of a member's bytes. */
TEST(a_map_of_holes_without_end_is_a_limit)
{
    static const char pax[] = "22 GNU.sparse.major=1\n"
                              "22 GNU.sparse.minor=0\n"
                              "27 GNU.sparse.name=sparse\n"
                              "28 GNU.sparse.realsize=1000\n";
    size_t map_size = 40 << 20, size = 4 * 512 + map_size;
    uint8_t *tar = calloc(1, size + 1024);
    assert_non_null(tar);
    ustar_header(tar, "x", 'x', sizeof pax - 1);
    memcpy(tar + 512, pax, sizeof pax - 1);
    ustar_header(tar + 1024, "sparse", '0', map_size);
    memcpy(tar + 1536, "20000000\n", 9);
    for (size_t at = 1536 + 9; at + 4 < size; at += 4)
        memcpy(tar + at, "9\n0\n", 4);
    struct flame_archive *archive;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_archive_read(&archive, tar, size + 1024, "a.tar", &error), FLAME_LIMIT);
    assert_non_null(strstr(error.text, "16 MiB"));
    assert_null(archive);
    free(tar);
}

TEST(compression_of_compression_is_not_taken_off)
{
    struct archive_builder b, again;
    struct flame_archive *archive;
    archive_builder_begin(&b, "pax", "gzip");
    archive_builder_text(&b, "one", "1");
    archive_builder_end(&b);
    archive_builder_begin(&again, "raw", "zstd");
    archive_builder_file(&again, "x", b.bytes, b.size);
    archive_builder_end(&again);
    assert_int_equal(flame_archive_read(&archive, again.bytes, again.size, "a.tar", NULL),
                     FLAME_UNSUPPORTED);
    free(b.bytes);
    free(again.bytes);
}

/* What is written with these ranges kept, into out. */
static void write_archive(struct flame_output *out, const uint8_t *bytes, size_t size,
                          const struct flame_ranges *kept)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_archive_writer *w = flame_archive_writer_begin(out, "out", &error);
    assert_non_null(w);
    flame_archive_writer_add(w, "README", 1700000000123456789u, (const uint8_t *)"read me", 7,
                             NULL);
    flame_archive_writer_add(w, "cache/m\xc3\xbcller/elf", 5, bytes, size, kept);
    flame_archive_writer_add(w, "empty", 0, bytes, 0, kept);
    flame_archive_writer_add(w, "files/no\xffutf", 0, bytes, 3, NULL);
    assert_int_equal(flame_archive_writer_end(w, &error), FLAME_OK);
}

TEST(what_the_writer_wrote_is_read_and_holes_are_zeros)
{
    static uint8_t noise[1000000], want[sizeof noise];
    struct flame_ranges kept = { 0 };
    fill(noise, sizeof noise);
    flame_ranges_add(&kept, 0, 64);
    flame_ranges_add(&kept, 5001, 5002);
    flame_ranges_add(&kept, 700000, 2000000); /* beyond the end */
    flame_ranges_settle(&kept);
    for (size_t i = 0; i < sizeof noise; i++)
        want[i] = flame_ranges_contain(&kept, i) ? noise[i] : 0;
    struct flame_output *out = flame_output_memory(), *again = flame_output_memory();
    write_archive(out, noise, sizeof noise, &kept);
    struct flame_str bytes = flame_output_bytes(out);
    assert_in_range(bytes.len, 300000, 310000);
    struct flame_archive *archive = read_bytes((const uint8_t *)bytes.ptr, bytes.len);
    struct flame_archived found;
    assert_null(flame_archive_damage(archive));
    assert_true(find(archive, "README", &found));
    assert_true(found.changed_ns == 1700000000123456789u);
    assert_holds(archive, "empty", "");
    assert_true(find(archive, "files/no\xffutf", &found));
    assert_true(find(archive, "cache/m\xc3\xbcller/elf", &found));
    assert_int_equal(found.size, sizeof want);
    assert_memory_equal(found.bytes, want, sizeof want);
    flame_archive_close(archive);
    write_archive(again, noise, sizeof noise, &kept);
    struct flame_str second = flame_output_bytes(again);
    assert_int_equal(second.len, bytes.len);
    assert_memory_equal(second.ptr, bytes.ptr, bytes.len);
    flame_output_discard(out);
    flame_output_discard(again);
    flame_ranges_free(&kept);
}

TEST(a_file_of_which_nothing_is_kept_keeps_its_size)
{
    static uint8_t noise[1000000];
    struct flame_ranges none = { 0 };
    fill(noise, sizeof noise);
    struct flame_output *out = flame_output_memory();
    write_archive(out, noise, sizeof noise, &none);
    struct flame_str bytes = flame_output_bytes(out);
    assert_in_range(bytes.len, 100, 2000);
    struct flame_archive *archive = read_bytes((const uint8_t *)bytes.ptr, bytes.len);
    struct flame_archived found;
    assert_true(find(archive, "cache/m\xc3\xbcller/elf", &found));
    assert_int_equal(found.size, sizeof noise);
    for (size_t i = 0; i < found.size; i++)
        assert_int_equal(found.bytes[i], 0);
    flame_archive_close(archive);
    flame_output_discard(out);
}

/* The control: GNU tar extracts what we write, byte for byte and as long. */
TEST(tar_reads_what_the_writer_wrote)
{
    static uint8_t noise[1000000], got[sizeof noise + 1], want[sizeof noise];
    struct flame_ranges kept = { 0 };
    char command[512];
    if (system("tar --zstd --version >/dev/null 2>&1 && zstd --version >/dev/null 2>&1") != 0)
        skip();
    fill(noise, sizeof noise);
    /* No piece but the last one may end within a block. */
    flame_ranges_add(&kept, 0, 64);
    flame_ranges_add(&kept, 4000, 9000);
    flame_ranges_add(&kept, 9010, 9020);
    flame_ranges_add(&kept, sizeof noise - 5, sizeof noise);
    flame_ranges_settle(&kept);
    for (size_t i = 0; i < sizeof noise; i++)
        want[i] = flame_ranges_contain(&kept, i) ? noise[i] : 0;
    struct flame_output *out = flame_output_open(in_folder("out.tar"), NULL);
    assert_non_null(out);
    write_archive(out, noise, sizeof noise, &kept);
    assert_int_equal(flame_output_commit(out, NULL), FLAME_OK);
    snprintf(command, sizeof command, "cd %s && tar --zstd -xf out.tar 2>&1 && zstd -qt out.tar",
             folder);
    assert_int_equal(system(command), 0);
    FILE *f = fopen(in_folder("cache/m\xc3\xbcller/elf"), "rb");
    assert_non_null(f);
    assert_int_equal(fread(got, 1, sizeof got, f), sizeof want);
    assert_memory_equal(got, want, sizeof want);
    fclose(f);
    flame_ranges_free(&kept);
}

/* Write an archive, with so many bytes more than this process has now. */
static enum flame_status write_within(size_t more)
{
    static uint8_t noise[3000000];
    struct rlimit limit;
    size_t data = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    fill(noise, sizeof noise);
    struct flame_output *out = flame_output_memory();
    if (!statm || !out || fscanf(statm, "%*s %*s %*s %*s %*s %zu", &data) != 1 ||
        getrlimit(RLIMIT_DATA, &limit) != 0)
        return FLAME_UNSUPPORTED;
    limit.rlim_cur = data * (size_t)sysconf(_SC_PAGESIZE) + more;
    setrlimit(RLIMIT_DATA, &limit);
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_archive_writer *w = flame_archive_writer_begin(out, "out", &error);
    if (!w)
        return error.status;
    for (int i = 0; i < 3; i++)
        flame_archive_writer_add(w, "noise", 0, noise, sizeof noise, NULL);
    return flame_archive_writer_end(w, &error);
}

/* Also where zstd is who gets none. */
TEST(a_writer_without_memory_says_so_whoever_lacks_it)
{
    size_t failed = 0;
    if (!LIMITED)
        skip();
    for (size_t more = 0; more < (size_t)12 << 20; more += 256 << 10) {
        pid_t child = fork();
        if (child == 0)
            _exit((int)write_within(more));
        int status = -1;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        if (WEXITSTATUS(status) != FLAME_OK)
            assert_int_equal(WEXITSTATUS(status), FLAME_NOMEM);
        failed += WEXITSTATUS(status) == FLAME_NOMEM;
    }
    assert_true(failed > 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_and_compression_is_read),
        cmocka_unit_test(a_name_is_found_however_it_is_spelled),
        cmocka_unit_test(names_that_point_out_of_the_archive_are_ignored),
        cmocka_unit_test(of_members_with_one_name_the_last_counts),
        cmocka_unit_test(links_are_followed_within_the_archive),
        cmocka_unit_test(the_archive_in_perf_archives_all_is_part_of_it),
        cmocka_unit_test(what_is_no_archive_is_said_to_be_none),
        cmocka_unit_test(an_archive_without_members_is_empty),
        cmocka_unit_test(a_cut_archive_has_what_came_before),
        cmocka_unit_test(an_archive_cut_at_its_begin_is_said_to_be_cut_and_not_behind_which_byte),
        cmocka_unit_test(only_a_plain_file_is_opened),
        cmocka_unit_test(a_damaged_member_does_not_leave_bytes_in_the_next_one),
        cmocka_unit_test(no_damage_of_a_byte_or_the_end_is_more_than_damage),
        cmocka_unit_test(zeros_without_end_are_a_limit),
        cmocka_unit_test(members_without_end_are_a_limit),
        cmocka_unit_test(names_without_end_are_a_limit),
        cmocka_unit_test(a_sparse_member_costs_what_it_holds),
        cmocka_unit_test(a_sparse_member_of_exabytes_is_a_limit),
        cmocka_unit_test(a_map_of_holes_without_end_is_a_limit),
        cmocka_unit_test(compression_of_compression_is_not_taken_off),
        cmocka_unit_test(what_the_writer_wrote_is_read_and_holes_are_zeros),
        cmocka_unit_test(a_file_of_which_nothing_is_kept_keeps_its_size),
        cmocka_unit_test(tar_reads_what_the_writer_wrote),
        cmocka_unit_test(a_writer_without_memory_says_so_whoever_lacks_it),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
