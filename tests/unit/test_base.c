/* test_base.c: the small parts that all others stand on: cursor, errors, arena, vec, intern, file,
 * pool. */
#include "arena.h"
#include "check.h"
#include "cursor.h"
#include "file.h"
#include "intern.h"
#include "pool.h"
#include "vec.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

TEST(cursor_reads_both_byte_orders)
{
    static const uint8_t bytes[] = { 1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4 };
    const uint16_t probe = 1;
    bool big = *(const uint8_t *)&probe == 0; /* bytes are little-endian */
    struct flame_cursor c = flame_cursor_make(bytes, sizeof bytes, 0, big, "f", NULL);
    assert_int_equal(flame_cursor_u16(&c, "a"), 1);
    assert_int_equal(flame_cursor_u32(&c, "b"), 2);
    assert_int_equal(flame_cursor_u64(&c, "c"), 3);
    assert_int_equal(flame_cursor_u8(&c, "d"), 4);
    assert_int_equal(flame_cursor_left(&c), 0);
    assert_false(c.failed);
    c = flame_cursor_make(bytes, sizeof bytes, 0, !big, "f", NULL);
    assert_int_equal(flame_cursor_u16(&c, "a"), 0x0100);
    assert_int_equal(flame_cursor_u32(&c, "b"), 0x02000000);
    assert_true(flame_cursor_u64(&c, "c") == UINT64_C(3) << 56);
}

TEST(a_short_read_names_field_and_offset_and_sticks)
{
    static const uint8_t bytes[] = { 7, 0, 0, 0, 9, 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_cursor c =
        flame_cursor_make(bytes, sizeof bytes, 0x68, false, "perf.data", &error);
    flame_cursor_u32(&c, "comm.pid");
    assert_int_equal(flame_cursor_u32(&c, "comm.tid"), 0);
    assert_int_equal(flame_cursor_u8(&c, "comm.next"), 0);
    assert_true(c.failed);
    char text[80];
    flame_error_format(&error, text, sizeof text);
    assert_int_equal(error.status, FLAME_TRUNCATED);
    assert_string_equal(text, "perf.data+0x6c: comm.tid: needs 4 bytes, 2 left");
}

TEST(a_huge_size_does_not_wrap)
{
    static const uint8_t bytes[4];
    struct flame_cursor c = flame_cursor_make(bytes, sizeof bytes, 0, false, "f", NULL);
    flame_cursor_u8(&c, "first");
    assert_null(flame_cursor_take(&c, UINT64_MAX, "rest"));
    assert_true(c.failed);
}

/* Under clang's UBSan: nothing is added to NULL. */
TEST(a_cursor_without_bytes_has_none)
{
    struct flame_cursor zero = { 0 };
    struct flame_cursor none = flame_cursor_make(NULL, 0, 0, false, NULL, NULL);
    flame_cursor_take(&zero, 0, "nothing");
    assert_true(flame_cursor_seek(&none, 0, "nothing"));
    struct flame_cursor sub = flame_cursor_sub(&none, 0, "nothing");
    assert_int_equal(flame_cursor_left(&sub), 0);
    assert_false(zero.failed || none.failed || sub.failed);
    assert_false(flame_cursor_seek(&none, 1, "something"));
}

TEST(a_sub_cursor_ends_at_its_size)
{
    static const uint8_t bytes[] = { 1, 2, 3, 4 };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_cursor c = flame_cursor_make(bytes, sizeof bytes, 100, false, "f", &error);
    flame_cursor_u8(&c, "one");
    struct flame_cursor sub = flame_cursor_sub(&c, 2, "sub");
    assert_int_equal(flame_cursor_u8(&c, "four"), 4);
    assert_int_equal(flame_cursor_offset(&sub), 101);
    assert_int_equal(flame_cursor_u8(&sub, "two"), 2);
    assert_int_equal(flame_cursor_u16(&sub, "three"), 0);
    assert_true(sub.failed);
    assert_int_equal(error.offset, 102);
    assert_false(c.failed);
    sub = flame_cursor_sub(&c, 1, "more");
    assert_true(sub.failed && c.failed);
    assert_int_equal(flame_cursor_left(&sub), 0);
}

TEST(text_stops_at_nul_or_at_its_field)
{
    struct flame_cursor c = flame_cursor_make("ab\0\0full", 8, 0, false, "f", NULL);
    assert_true(flame_str_is(flame_cursor_text(&c, 4, "a"), "ab"));
    assert_true(flame_str_is(flame_cursor_text(&c, 4, "b"), "full"));
    assert_int_equal(flame_cursor_text(&c, 1, "c").len, 0);
    assert_true(c.failed);
}

TEST(seek_stays_inside)
{
    static const uint8_t bytes[] = { 1, 2, 3, 4 };
    struct flame_cursor c = flame_cursor_make(bytes, sizeof bytes, 100, false, "f", NULL);
    assert_true(flame_cursor_seek(&c, 102, "x"));
    assert_int_equal(flame_cursor_u8(&c, "x"), 3);
    assert_true(flame_cursor_seek(&c, 104, "end"));
    assert_false(flame_cursor_seek(&c, 99, "before"));
    assert_true(c.failed);
    c.failed = false;
    assert_false(flame_cursor_seek(&c, UINT64_MAX, "after"));
}

TEST(the_first_failure_is_kept)
{
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_fail(&error, FLAME_CORRUPT, "f", 16, "first"), FLAME_CORRUPT);
    assert_int_equal(flame_fail(&error, FLAME_IO, "g", 17, "second"), FLAME_IO);
    assert_int_equal(flame_fail(NULL, FLAME_IO, "g", 17, "nowhere"), FLAME_IO);
    char text[8];
    assert_int_equal(flame_error_format(&error, text, sizeof text), strlen("f+0x10: first"));
    assert_string_equal(text, "f+0x10:");
    struct flame_error bare = { .status = FLAME_NOMEM, .offset = FLAME_NO_OFFSET };
    char whole[40];
    flame_error_format(&bare, whole, sizeof whole);
    assert_string_equal(whole, "out of memory");
}

TEST(arena_gives_aligned_memory_up_to_its_capacity)
{
    struct flame_arena arena;
    flame_arena_init(&arena, 1 << 20);
    size_t given = 0;
    for (void *p; (p = flame_arena_alloc(&arena, 1000)); given += 1000) {
        assert_int_equal((uintptr_t)p % 16, 0);
        memset(p, 0xff, 1000);
    }
    assert_true(given >= (1 << 20) / 4 && given <= 1 << 20);
    flame_arena_deinit(&arena);
}

TEST(arena_refuses_what_would_wrap)
{
    struct flame_arena arena;
    flame_arena_init(&arena, 1 << 20);
    assert_null(flame_arena_alloc(&arena, SIZE_MAX));
    assert_null(flame_arena_alloc(&arena, SIZE_MAX - 32));
    assert_null(flame_arena_zalloc(&arena, SIZE_MAX / 2, 3));
    static const uint64_t zero[100];
    uint64_t *cleared = flame_arena_zalloc(&arena, 100, 8);
    assert_memory_equal(cleared, zero, sizeof zero);
    assert_string_equal(flame_arena_copy(&arena, (struct flame_str){ "abcdef", 3 }), "abc");
    assert_string_equal(flame_arena_copy(&arena, (struct flame_str){ 0 }), "");
    flame_arena_deinit(&arena);
}

TEST(vec_keeps_what_is_pushed)
{
    FLAME_VEC(uint32_t) v = { 0 };
    for (uint32_t i = 0; i < 1000; i++)
        assert_true(flame_vec_push(&v, i * 3));
    assert_int_equal(v.count, 1000);
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(v.items[i], i * 3);
    assert_true(flame_vec_reserve(&v, 5000));
    assert_true(v.cap >= 6000);
    const uint32_t *items = v.items;
    assert_false(flame_vec_reserve(&v, SIZE_MAX - 10));
    assert_false(flame_vec_reserve(&v, SIZE_MAX / 2));
    assert_ptr_equal(v.items, items);
    flame_vec_free(&v);
    assert_null(v.items);
}

TEST(intern_gives_equal_strings_one_id)
{
    struct flame_intern table;
    flame_intern_init(&table);
    char text[16];
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 3000; i++) {
            snprintf(text, sizeof text, "name%u", i);
            assert_int_equal(flame_intern_add(&table, flame_str_from(text)), i);
        }
    assert_int_equal(flame_intern_add(&table, (struct flame_str){ 0 }), 3000);
    assert_int_equal(flame_intern_add(&table, flame_str_from("")), 3000);
    assert_int_equal(flame_intern_add(&table, (struct flame_str){ "a\0b", 3 }), 3001);
    assert_int_equal(flame_intern_add(&table, flame_str_from("a")), 3002);
    assert_string_equal(flame_intern_get(&table, 2999).ptr, "name2999");
    flame_intern_deinit(&table);
}

TEST(a_file_is_read_whole_and_a_folder_is_refused)
{
    char path[] = "/tmp/flame-file-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_file file;
    assert_int_equal(flame_file_open(&file, path, &error), FLAME_OK);
    assert_int_equal(file.size, 0);
    flame_file_close(&file);
    FILE *stream = fdopen(fd, "w");
    fputs("bytes", stream);
    fclose(stream);
    assert_int_equal(flame_file_open(&file, path, &error), FLAME_OK);
    assert_int_equal(file.size, 5);
    assert_memory_equal(file.bytes, "bytes", 5);
    flame_file_close(&file);
    remove(path);
    assert_int_equal(flame_file_open(&file, path, &error), FLAME_IO);
    assert_string_equal(error.text, "cannot open: No such file or directory");
    error = (struct flame_error)FLAME_ERROR_INIT;
    assert_int_equal(flame_file_open(&file, "/", &error), FLAME_IO);
    assert_string_equal(error.text, "cannot read: Is a directory");
}

TEST(of_what_never_ends_no_more_is_read_than_asked_for)
{
    struct flame_file file;
    struct flame_error error = FLAME_ERROR_INIT;
    if (access("/dev/zero", R_OK) != 0)
        skip();
    assert_int_equal(flame_file_open_within(&file, "/dev/zero", 3 << 19, &error), FLAME_LIMIT);
    assert_string_equal(error.text, "is larger than 1.5 MiB");
    /* beyond what is kept in memory */
    error = (struct flame_error)FLAME_ERROR_INIT;
    assert_int_equal(flame_file_open_within(&file, "/dev/zero", 65 << 20, &error), FLAME_LIMIT);
    assert_string_equal(error.text, "is larger than 65 MiB");
}

TEST(a_file_may_be_as_large_as_asked_for)
{
    char path[] = "/tmp/flame-within-XXXXXX";
    static const char bytes[70000] = { 'x' };
    struct flame_file file;
    int fd = mkstemp(path), ends[2];
    assert_int_equal(write(fd, bytes, sizeof bytes), sizeof bytes);
    close(fd);
    assert_int_equal(flame_file_open_within(&file, path, sizeof bytes - 1, NULL), FLAME_LIMIT);
    assert_int_equal(flame_file_open_within(&file, path, sizeof bytes, NULL), FLAME_OK);
    assert_int_equal(file.size, sizeof bytes);
    flame_file_close(&file);
    unlink(path);
    for (size_t most = 999; most <= 1000; most++) {
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], bytes, 1000), 1000);
        close(ends[1]);
        char name[32];
        snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
        assert_int_equal(flame_file_open_within(&file, name, most, NULL),
                         most < 1000 ? FLAME_LIMIT : FLAME_OK);
        flame_file_close(&file);
        close(ends[0]);
    }
}

TEST(a_plain_file_is_kept_somewhere)
{
    char folder[] = "/tmp/flame-plain-XXXXXX", path[64];
    struct flame_file file;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/f", folder);
    assert_int_equal(mkfifo(path, 0600), 0); /* to open it would wait */
    assert_int_equal(flame_file_open_plain(&file, path, NULL), FLAME_IO);
    unlink(path);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_false(flame_file_is_plain(path));
    fputs("bytes", stream);
    fclose(stream);
    assert_true(flame_file_is_plain(path));
    assert_int_equal(flame_file_open_plain(&file, path, NULL), FLAME_OK);
    assert_int_equal(file.size, 5);
    flame_file_close(&file);
    assert_false(flame_file_is_plain(folder));
    assert_false(flame_file_is_plain("/dev/zero"));
    unlink(path);
    rmdir(folder);
}

/* To stat() it is a regular file with bytes in it. */
TEST(what_the_kernel_makes_up_is_not_plain_by_whatever_name)
{
    char link[] = "/tmp/flame-link-XXXXXX";
    struct stat st;
    struct flame_file file;
    static const char name[] = "/sys/devices/system/cpu/online";
    if (stat(name, &st) != 0 || st.st_size == 0)
        skip();
    int fd = mkstemp(link);
    assert_true(fd >= 0);
    close(fd);
    unlink(link);
    assert_int_equal(symlink(name, link), 0);
    assert_false(flame_file_is_plain(link));
    assert_int_equal(flame_file_open_plain(&file, link, NULL), FLAME_IO);
    unlink(link);
    char around[80];
    snprintf(around, sizeof around, "/tmp/..%s", name);
    assert_false(flame_file_is_plain(around));
}

struct tally {
    atomic_int calls[16];
};

static void tally(void *user, size_t worker)
{
    struct tally *t = user;
    atomic_fetch_add(&t->calls[worker], 1);
}

TEST(pool_runs_every_share_once)
{
    for (size_t threads = 1; threads <= 16; threads++) {
        struct tally t = { 0 };
        flame_pool_run(threads, tally, &t);
        for (size_t i = 0; i < 16; i++)
            assert_int_equal(t.calls[i], i < threads);
    }
    assert_true(flame_pool_size() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cursor_reads_both_byte_orders),
        cmocka_unit_test(a_short_read_names_field_and_offset_and_sticks),
        cmocka_unit_test(a_huge_size_does_not_wrap),
        cmocka_unit_test(a_cursor_without_bytes_has_none),
        cmocka_unit_test(a_sub_cursor_ends_at_its_size),
        cmocka_unit_test(text_stops_at_nul_or_at_its_field),
        cmocka_unit_test(seek_stays_inside),
        cmocka_unit_test(the_first_failure_is_kept),
        cmocka_unit_test(arena_gives_aligned_memory_up_to_its_capacity),
        cmocka_unit_test(arena_refuses_what_would_wrap),
        cmocka_unit_test(vec_keeps_what_is_pushed),
        cmocka_unit_test(intern_gives_equal_strings_one_id),
        cmocka_unit_test(a_file_is_read_whole_and_a_folder_is_refused),
        cmocka_unit_test(of_what_never_ends_no_more_is_read_than_asked_for),
        cmocka_unit_test(a_file_may_be_as_large_as_asked_for),
        cmocka_unit_test(a_plain_file_is_kept_somewhere),
        cmocka_unit_test(what_the_kernel_makes_up_is_not_plain_by_whatever_name),
        cmocka_unit_test(pool_runs_every_share_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
