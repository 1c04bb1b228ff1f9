/* test_output.c: an output appears whole or not at all, and leaves nothing else behind. */
#define _GNU_SOURCE /* pipe2 */
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <flamedata/output.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

TEST(the_umask_is_for_new_files)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct stat st;
    write_file("out", "before");
    chmod("out", 0664);
    mode_t mask = umask(077);
    enum flame_status there = flame_output_commit(flame_output_open("out", &error), &error);
    enum flame_status fresh = flame_output_commit(flame_output_open("new", &error), &error);
    assert_int_equal(umask(mask), 077);
    assert_int_equal(there, FLAME_OK);
    assert_int_equal(fresh, FLAME_OK);
    assert_int_equal(stat("out", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0664);
    assert_int_equal(stat("new", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

/* The name that it has meanwhile is longer than the file's, unless that is as long as can be. */
TEST(a_name_may_be_as_long_as_the_system_lets_it)
{
    for (int accented = 0; accented < 2; accented++) {
        struct flame_error error = FLAME_ERROR_INIT;
        char name[NAME_MAX + 1] = "x";
        for (size_t length = 1; length < NAME_MAX; length += 2)
            memcpy(name + length, accented ? "\xc3\xa9" : "xx", 3);
        assert_int_equal(strlen(name), NAME_MAX);
        for (int round = 0; round < 2; round++) {
            struct flame_output *output = flame_output_open(name, &error);
            assert_non_null(output);
            flame_putf(output, "%d", round);
            assert_int_equal(flame_output_commit(output, &error), FLAME_OK);
            assert_file(name, round ? "1" : "0");
            assert_int_equal(file_count(), 1);
        }
        unlink(name);
    }
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

/* An open file that nobody finds in a folder. */
static int open_removed(int flags)
{
    int fd = open("removed", flags | O_CREAT, 0666);
    assert_true(fd > STDERR_FILENO);
    assert_int_equal(unlink("removed"), 0);
    return fd;
}

static void assert_holds(int fd, const char *expected)
{
    char text[256] = "";
    assert_true(pread(fd, text, sizeof text - 1, 0) >= 0);
    assert_string_equal(text, expected);
}

TEST(a_descriptor_is_written_to_whatever_it_is)
{
    static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
    struct flame_error error = FLAME_ERROR_INIT;
    char path[64];
    int fd = open_removed(O_RDWR);
    assert_int_equal(write(fd, "kept", 4), 4);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%d", folders[i % 2], fd);
        if (i == 2) { /* by links */
            assert_int_equal(symlink(path, "first"), 0);
            assert_int_equal(symlink("first", "second"), 0);
            strcpy(path, "second");
        }
        assert_int_equal(flame_output_descriptor(path), fd);
        struct flame_output *output = flame_output_open(path, &error);
        assert_non_null(output);
        flame_putf(output, " %zu", i);
        assert_int_equal(flame_output_commit(output, &error), FLAME_OK);
    }
    assert_holds(fd, "kept 0 1 2");
    assert_int_equal(file_count(), 2);
    close(fd);
}

TEST(a_descriptor_is_not_what_its_name_leads_to)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct stat before, after;
    char path[64];
    write_file("log", "kept ");
    int fd = open("log", O_WRONLY | O_APPEND);
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    struct flame_output *output = flame_output_open(path, &error);
    flame_put_text(output, "added");
    assert_int_equal(flame_output_commit(output, &error), FLAME_OK);
    assert_file("log", "kept added");
    assert_int_equal(fstat(fd, &before), 0);
    assert_int_equal(stat("log", &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    close(fd);
    assert_int_equal(flame_output_descriptor("-"), STDOUT_FILENO);
    assert_int_equal(flame_output_descriptor("/dev/stdout"), STDOUT_FILENO);
    assert_int_equal(flame_output_descriptor("/dev/stderr"), STDERR_FILENO);
    assert_int_equal(flame_output_descriptor("log"), -1);
    assert_int_equal(flame_output_descriptor("nothing"), -1);
    assert_int_equal(flame_output_descriptor("/dev/fd"), -1);
}

TEST(a_descriptor_that_takes_nothing_is_refused_at_once)
{
    struct flame_error error = FLAME_ERROR_INIT;
    char path[64];
    int fd = open_removed(O_RDONLY);
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    assert_null(flame_output_open(path, &error));
    assert_string_equal(error.text, "cannot write: Bad file descriptor");
    close(fd);
    assert_null(flame_output_open(path, &error));
    assert_string_equal(error.text, "cannot write: Bad file descriptor");
    assert_int_equal(file_count(), 0);
}

/* Another process's descriptor is no descriptor of ours, and what the kernel calls "removed
 * (deleted)" is not to be made under that name. */
TEST(a_file_without_a_name_is_not_replaced_under_one)
{
    struct flame_error error = FLAME_ERROR_INIT;
    char path[64];
    int fd = open_removed(O_RDWR);
    snprintf(path, sizeof path, "/proc/%ld/fd/%d", (long)getpid(), fd);
    assert_null(flame_output_open(path, &error));
    assert_string_equal(error.text, "cannot write: it has no name in a folder");
    assert_int_equal(file_count(), 0);
    close(fd);
}

TEST(a_pipe_that_does_not_wait_is_waited_for)
{
    enum { LINES = 40000, LINE = 10 };
    struct flame_error error = FLAME_ERROR_INIT;
    char path[64], bytes[4096];
    int ends[2];
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    pid_t reader = fork();
    if (reader == 0) {
        struct pollfd more = { ends[0], POLLIN, 0 };
        size_t total = 0;
        close(ends[1]);
        for (ssize_t n = 1; n > 0;) {
            poll(&more, 1, -1);
            n = read(ends[0], bytes, sizeof bytes);
            total += n > 0 ? (size_t)n : 0;
        }
        _exit(total == LINES * LINE ? 0 : 1);
    }
    close(ends[0]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    struct flame_output *output = flame_output_open(path, &error);
    for (int i = 0; i < LINES; i++)
        flame_putf(output, "%0*d\n", LINE - 1, i);
    assert_int_equal(flame_output_commit(output, &error), FLAME_OK);
    close(ends[1]);
    int status = -1;
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
}

/* Whoever has closed standard input gets the output's file there. */
TEST(a_file_that_is_standard_input_is_closed)
{
    struct flame_error error = FLAME_ERROR_INIT;
    int kept = dup(STDIN_FILENO);
    close(STDIN_FILENO);
    struct flame_output *output = flame_output_open("out", &error);
    flame_put_text(output, "text");
    enum flame_status status = flame_output_commit(output, &error);
    bool closed = fcntl(STDIN_FILENO, F_GETFD) < 0;
    if (kept >= 0) {
        dup2(kept, STDIN_FILENO);
        close(kept);
    }
    assert_int_equal(status, FLAME_OK);
    assert_true(closed);
    assert_file("out", "text");
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
        IN_FOLDER(the_umask_is_for_new_files),
        IN_FOLDER(a_name_may_be_as_long_as_the_system_lets_it),
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
        IN_FOLDER(a_descriptor_is_written_to_whatever_it_is),
        IN_FOLDER(a_descriptor_is_not_what_its_name_leads_to),
        IN_FOLDER(a_descriptor_that_takes_nothing_is_refused_at_once),
        IN_FOLDER(a_file_without_a_name_is_not_replaced_under_one),
        IN_FOLDER(a_pipe_that_does_not_wait_is_waited_for),
        IN_FOLDER(a_file_that_is_standard_input_is_closed),
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
