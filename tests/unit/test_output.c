/* test_output.c: an output appears whole or not at all, and leaves nothing else behind. */
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <flamedata/output.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* Every test runs in an empty folder of its own. */
static int enter_empty_folder(void **state)
{
    static char folder[64];
    strcpy(folder, "/tmp/flame-output-XXXXXX");
    *state = mkdtemp(folder);
    return *state && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
    DIR *folder = opendir(".");
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && unlink(entry->d_name) != 0)
            rmdir(entry->d_name);
    if (folder)
        closedir(folder);
    return chdir("/") == 0 && rmdir(*state) == 0 ? 0 : -1;
}

static int file_count(void)
{
    DIR *folder = opendir(".");
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void assert_file(const char *path, const char *expected)
{
    char text[256] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    assert_string_equal(text, expected);
}

TEST(commit_replaces_the_file_at_once)
{
    struct flame_error error = FLAME_ERROR_INIT;
    write_file("out", "before");
    struct flame_output *output = flame_output_open("out", &error);
    assert_non_null(output);
    flame_put_text(output, "after");
    assert_file("out", "before");
    assert_int_equal(flame_output_commit(output, &error), FLAME_OK);
    assert_file("out", "after");
    assert_int_equal(file_count(), 1);
}

TEST(commit_keeps_the_mode_of_the_file)
{
    struct flame_error error = FLAME_ERROR_INIT;
    write_file("out", "before");
    chmod("out", 0600);
    assert_int_equal(flame_output_commit(flame_output_open("out", &error), &error), FLAME_OK);
    struct stat st;
    assert_int_equal(stat("out", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

TEST(discard_leaves_what_was_there)
{
    struct flame_error error = FLAME_ERROR_INIT;
    write_file("out", "before");
    struct flame_output *output = flame_output_open("out", &error);
    flame_put_text(output, "after");
    flame_output_discard(output);
    assert_file("out", "before");
    flame_output_discard(flame_output_open("new", &error));
    assert_int_equal(file_count(), 1);
    flame_output_discard(NULL);
}

TEST(two_outputs_to_one_file_do_not_meet)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_output *first = flame_output_open("out", &error);
    struct flame_output *second = flame_output_open("out", &error);
    assert_non_null(first);
    assert_non_null(second);
    flame_put_text(first, "first");
    flame_put_text(second, "second");
    assert_int_equal(flame_output_commit(first, &error), FLAME_OK);
    assert_int_equal(flame_output_commit(second, &error), FLAME_OK);
    assert_file("out", "second");
    assert_int_equal(file_count(), 1);
}

TEST(a_missing_folder_is_refused_with_its_name)
{
    struct flame_error error = FLAME_ERROR_INIT;
    assert_null(flame_output_open("missing/out", &error));
    char text[100];
    flame_error_format(&error, text, sizeof text);
    assert_int_equal(error.status, FLAME_IO);
    assert_string_equal(text, "missing/out: cannot write: its folder does not exist");
}

TEST(no_name_is_refused)
{
    struct flame_error error = FLAME_ERROR_INIT;
    assert_null(flame_output_open("", &error));
    assert_int_equal(error.status, FLAME_IO);
    assert_string_equal(error.text, "cannot write: the output has no name");
}

TEST(a_folder_is_refused)
{
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(mkdir("folder", 0777), 0);
    assert_null(flame_output_open("folder", &error));
    assert_int_equal(error.status, FLAME_IO);
    assert_int_equal(file_count(), 1);
}

TEST(a_protected_file_is_not_replaced)
{
    if (geteuid() == 0)
        skip(); /* nothing is protected from root */
    struct flame_error error = FLAME_ERROR_INIT;
    write_file("out", "before");
    chmod("out", 0444);
    assert_null(flame_output_open("out", &error));
    assert_int_equal(error.status, FLAME_IO);
    assert_file("out", "before");
}

TEST(a_link_stays_a_link_also_where_its_file_is_not_there_yet)
{
    struct flame_error error = FLAME_ERROR_INIT;
    char absolute[256];
    struct stat st;
    assert_int_equal(mkdir("folder", 0777), 0);
    assert_non_null(getcwd(absolute, sizeof absolute - 16));
    strcat(absolute, "/folder/inner");
    assert_int_equal(symlink("folder/inner", "first"), 0);
    assert_int_equal(symlink("first", "second"), 0);
    assert_int_equal(symlink(absolute, "third"), 0);
    assert_int_equal(symlink("file", "folder/inner"), 0);
    static const char *const links[] = { "second", "second", "third", "folder/inner" };
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (i != 1) /* the second time it is there */
            unlink("folder/file");
        struct flame_output *output = flame_output_open(links[i], &error);
        assert_non_null(output);
        flame_put_text(output, links[i]);
        assert_int_equal(flame_output_commit(output, &error), FLAME_OK);
        assert_file("folder/file", links[i]);
        assert_int_equal(lstat("folder/file", &st), 0);
        assert_true(S_ISREG(st.st_mode));
        assert_int_equal(lstat(links[i], &st), 0);
        assert_true(S_ISLNK(st.st_mode));
    }
    assert_int_equal(file_count(), 4);
    assert_int_equal(symlink("missing/file", "fourth"), 0);
    assert_null(flame_output_open("fourth", &error));
    assert_string_equal(error.text, "cannot write: its folder does not exist");
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_null(flame_output_open("loop", &error));
    assert_int_equal(error.status, FLAME_IO);
    assert_int_equal(lstat("loop", &st), 0);
    assert_int_equal(unlink("folder/file") + unlink("folder/inner"), 0);
}

TEST(a_full_device_is_reported)
{
    if (access("/dev/full", W_OK) != 0)
        skip();
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_output *output = flame_output_open("/dev/full", &error);
    assert_non_null(output);
    for (int i = 0; i < 100000; i++)
        flame_put_text(output, "more than a buffer holds\n");
    assert_int_equal(flame_output_commit(output, &error), FLAME_IO);
    assert_string_equal(error.text, "cannot write: No space left on device");
}

TEST(a_pipe_is_written_to_directly)
{
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(mkfifo("pipe", 0666), 0);
    int reader = open("pipe", O_RDONLY | O_NONBLOCK);
    struct flame_output *output = flame_output_open("pipe", &error);
    assert_non_null(output);
    flame_put_text(output, "through");
    assert_int_equal(flame_output_commit(output, &error), FLAME_OK);
    char text[16] = "";
    assert_int_equal(read(reader, text, sizeof text), 7);
    assert_string_equal(text, "through");
    close(reader);
}

TEST(a_dash_is_standard_output_and_stays_open)
{
    struct flame_error error = FLAME_ERROR_INIT;
    fflush(stdout);
    int kept = dup(STDOUT_FILENO);
    int file = open("caught", O_WRONLY | O_CREAT, 0666);
    dup2(file, STDOUT_FILENO);
    close(file);
    enum flame_status status[2];
    for (int i = 0; i < 2; i++) {
        struct flame_output *output = flame_output_open("-", &error);
        flame_put_text(output, i ? "two" : "one ");
        status[i] = flame_output_commit(output, &error);
    }
    dup2(kept, STDOUT_FILENO);
    close(kept);
    assert_int_equal(status[0], FLAME_OK);
    assert_int_equal(status[1], FLAME_OK);
    assert_file("caught", "one two");
    assert_int_equal(file_count(), 1);
}

TEST(memory_keeps_every_byte)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_output *output = flame_output_memory();
    assert_non_null(flame_output_bytes(output).ptr);
    assert_int_equal(flame_output_bytes(output).len, 0);
    flame_put(output, NULL, 0);
    flame_put_str(output, (struct flame_str){ 0 });
    flame_put_u64(output, 0);
    flame_put(output, " ", 1);
    flame_put_u64(output, UINT64_MAX);
    flame_put(output, " ", 1);
    flame_put_str(output, flame_str_from("text"));
    flame_putf(output, " %d", 7);
    assert_true(flame_str_is(flame_output_bytes(output), "0 18446744073709551615 text 7"));
    size_t before = flame_output_bytes(output).len;
    for (int i = 0; i < 1000; i++)
        flame_putf(output, "%0400d", i);
    assert_int_equal(flame_output_bytes(output).len, before + 400000);
    assert_memory_equal(flame_output_bytes(output).ptr + before + 400000 - 3, "999", 3);
    assert_int_equal(flame_output_commit(output, &error), FLAME_OK);
}

TEST(memory_that_ran_out_is_told_before_the_commit)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_output *output = flame_output_memory();
    flame_output_limit(output, &(struct flame_limits){ .output = FLAME_UNLIMITED });
    flame_put_text(output, "kept");
    assert_false(flame_output_failed(output));
    flame_put(output, "", SIZE_MAX - 5); /* refused before a byte is looked at */
    assert_true(flame_output_failed(output));
    flame_put_text(output, "not any more");
    assert_true(flame_str_is(flame_output_bytes(output), "kept"));
    assert_true(flame_output_failed(output));
    assert_int_equal(flame_output_commit(output, &error), FLAME_NOMEM);
}

TEST(more_than_the_limit_is_no_output)
{
    static const struct flame_limits ten = { .output = 10 };
    for (size_t size = 9; size < 13; size++) {
        struct flame_error error = FLAME_ERROR_INIT;
        struct flame_output *output = flame_output_open("limited", &error);
        assert_non_null(output);
        flame_output_limit(output, &ten);
        for (size_t i = 0; i < size; i++)
            flame_put_text(output, "x");
        assert_int_equal(flame_output_failed(output), size > 10);
        assert_int_equal(flame_output_commit(output, &error), size > 10 ? FLAME_LIMIT : FLAME_OK);
        assert_int_equal(file_count(), size > 10 ? 0 : 1);
        if (size > 10)
            assert_string_equal(error.text,
                                "would have more than 10 bytes; --limit output=40 allows more");
        unlink("limited");
    }
}

#define IN_FOLDER(name) cmocka_unit_test_setup_teardown(name, enter_empty_folder, leave_folder)

struct taken {
    size_t calls, bytes, whole_lines, largest;
    char last;
};

static void take(void *user, struct flame_str bytes)
{
    struct taken *t = user;
    assert_true(bytes.len > 0);
    t->calls++;
    t->bytes += bytes.len;
    t->last = bytes.ptr[bytes.len - 1];
    t->whole_lines += t->last == '\n';
    t->largest = bytes.len > t->largest ? bytes.len : t->largest;
}

TEST(a_relay_hands_on_whole_lines_and_keeps_little)
{
    struct taken t = { 0 };
    struct flame_output *output = flame_output_relay(take, &t);
    for (int i = 0; i < 100000; i++)
        flame_putf(output, "line %d of many\n", i % 1000);
    flame_put_text(output, "the last has no end");
    assert_int_equal(flame_output_commit(output, NULL), FLAME_OK);
    assert_int_equal(t.bytes, 100 * (10 * 15 + 90 * 16 + 900 * 17) + 19);
    assert_true(t.calls > 10);
    assert_int_equal(t.whole_lines, t.calls - 1);
    assert_true(t.largest <= 1 << 17);
}

TEST(a_line_longer_than_the_relay_is_handed_on_in_pieces)
{
    static const char piece[1000] = { 'x' };
    struct taken t = { 0 };
    struct flame_output *output = flame_output_relay(take, &t);
    for (int i = 0; i < 1000; i++)
        flame_put(output, piece, sizeof piece);
    assert_int_equal(flame_output_commit(output, NULL), FLAME_OK);
    assert_int_equal(t.bytes, 1000000);
    assert_true(t.largest <= 1 << 17);
}

TEST(what_is_discarded_is_not_handed_on)
{
    struct taken t = { 0 };
    struct flame_output *output = flame_output_relay(take, &t);
    flame_put_text(output, "nobody sees this\n");
    flame_output_discard(output);
    assert_int_equal(t.calls, 0);
}

/* The control is zlib's own reader of gzip. */
TEST(gzip_hands_on_the_same_bytes_compressed_and_always_alike)
{
    enum { LINES = 30000 };
    static char back[LINES * 16];
    struct flame_str first = { 0 };
    struct flame_output *files[2];
    for (int round = 0; round < 2; round++) {
        files[round] = flame_output_memory();
        struct flame_output *gzip = flame_output_gzip(files[round]);
        for (int i = 0; i < LINES; i++)
            flame_putf(gzip, "line %08d\n", i * 7919 % LINES);
        assert_int_equal(flame_output_commit(gzip, NULL), FLAME_OK);
        struct flame_str bytes = flame_output_bytes(files[round]);
        if (round)
            assert_true(flame_str_equal(first, bytes));
        first = bytes;
    }
    assert_true(first.len > 18 && first.len < LINES * 5);
    assert_memory_equal(first.ptr, "\x1f\x8b\x08\0\0\0\0\0", 8); /* no name, no time */
    z_stream stream = { .next_in = (Bytef *)(uintptr_t)first.ptr,
                        .avail_in = (uInt)first.len,
                        .next_out = (Bytef *)back,
                        .avail_out = sizeof back };
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.total_out, LINES * 14);
    assert_memory_equal(back, "line 00000000\nline 00007919\n", 28);
    inflateEnd(&stream);
    flame_output_discard(files[0]);
    flame_output_discard(files[1]);
}

TEST(a_discarded_gzip_leaves_the_other_as_it_was)
{
    struct flame_output *file = flame_output_memory();
    struct flame_output *gzip = flame_output_gzip(file);
    flame_put_text(gzip, "nobody sees this\n");
    flame_output_discard(gzip);
    assert_int_equal(flame_output_bytes(file).len, 0);
    flame_output_discard(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(commit_replaces_the_file_at_once),
        IN_FOLDER(commit_keeps_the_mode_of_the_file),
        IN_FOLDER(discard_leaves_what_was_there),
        IN_FOLDER(two_outputs_to_one_file_do_not_meet),
        IN_FOLDER(a_missing_folder_is_refused_with_its_name),
        IN_FOLDER(no_name_is_refused),
        IN_FOLDER(a_folder_is_refused),
        IN_FOLDER(a_protected_file_is_not_replaced),
        IN_FOLDER(a_link_stays_a_link_also_where_its_file_is_not_there_yet),
        IN_FOLDER(a_full_device_is_reported),
        IN_FOLDER(a_pipe_is_written_to_directly),
        IN_FOLDER(a_dash_is_standard_output_and_stays_open),
        IN_FOLDER(memory_keeps_every_byte),
        IN_FOLDER(memory_that_ran_out_is_told_before_the_commit),
        IN_FOLDER(more_than_the_limit_is_no_output),
        cmocka_unit_test(a_relay_hands_on_whole_lines_and_keeps_little),
        cmocka_unit_test(a_line_longer_than_the_relay_is_handed_on_in_pieces),
        cmocka_unit_test(what_is_discarded_is_not_handed_on),
        cmocka_unit_test(gzip_hands_on_the_same_bytes_compressed_and_always_alike),
        cmocka_unit_test(a_discarded_gzip_leaves_the_other_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
