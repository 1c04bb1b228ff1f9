/* test_intake.c: what comes out of pipes, which may be anything and may never end. */
#define _GNU_SOURCE /* memfd_create, pipe2 */
#include "check.h"
#include "intake.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* size bytes, or until nobody reads any more; which are counted in written. */
struct feeder {
    int fd;
    size_t size, written;
    pthread_t thread;
};

/* Differs between any two places that a wrong offset would exchange. */
static uint8_t byte_at(size_t at)
{
    return (uint8_t)(at ^ at >> 8 ^ at >> 16);
}

static void *feed(void *user)
{
    struct feeder *f = user;
    uint8_t bytes[4096];
    while (f->written < f->size) {
        size_t left = f->size - f->written, n = left < sizeof bytes ? left : sizeof bytes;
        for (size_t i = 0; i < n; i++)
            bytes[i] = byte_at(f->written + i);
        ssize_t done = write(f->fd, bytes, n);
        if (done <= 0)
            break;
        f->written += (size_t)done;
    }
    close(f->fd);
    return NULL;
}

/* The end of a pipe from which so many bytes come. */
static int begin_feed(struct feeder *f, size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    *f = (struct feeder){ .fd = ends[1], .size = size };
    assert_int_equal(pthread_create(&f->thread, NULL, feed, f), 0);
    return ends[0];
}

static void end_feed(struct feeder *f, int fd)
{
    close(fd);
    pthread_join(f->thread, NULL);
}

static void check_bytes(const struct flame_file *file, size_t size)
{
    size_t wrong = 0;
    assert_int_equal(file->size, size);
    for (size_t i = 0; i < size; i++)
        wrong += file->bytes[i] != byte_at(i);
    assert_int_equal(wrong, 0);
}

static void reads_whole(size_t size)
{
    struct feeder f;
    struct flame_file file = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_intake any = { 0 };
    struct flame_taking taking = { "a pipe", 0, &any };
    int fd = begin_feed(&f, size);
    assert_int_equal(flame_intake_read(&file, fd, &taking, &error), FLAME_OK);
    end_feed(&f, fd);
    check_bytes(&file, size);
    flame_file_close(&file);
}

TEST(all_of_it_is_read_in_memory_or_from_a_nameless_file)
{
    reads_whole(0);
    reads_whole(1);
    reads_whole((64 << 10) + 1);
    reads_whole((65 << 20) + 3); /* more than is kept in memory */
}

static struct {
    size_t asked_of, right_from;
    enum flame_begin answer;
} judged;

static enum flame_begin judge(const void *bytes, size_t size)
{
    assert_non_null(bytes);
    judged.asked_of = size;
    return size < judged.right_from ? FLAME_BEGIN_OPEN : judged.answer;
}

TEST(wrong_first_bytes_are_all_that_is_read)
{
    struct feeder f;
    struct flame_file file = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_intake intake = { .judge = judge };
    struct flame_taking taking = { "a pipe", 0, &intake };
    judged.right_from = 5000;
    judged.answer = FLAME_BEGIN_WRONG;
    int fd = begin_feed(&f, SIZE_MAX);
    assert_int_equal(flame_intake_read(&file, fd, &taking, &error), FLAME_OK);
    end_feed(&f, fd);
    assert_in_range(file.size, 5000, 2 << 16);
    check_bytes(&file, file.size);
    flame_file_close(&file);
}

TEST(a_judge_that_never_knows_is_not_asked_for_ever)
{
    struct feeder f;
    struct flame_file file = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_intake intake = { .judge = judge };
    struct flame_taking taking = { "a pipe", 0, &intake };
    judged.right_from = SIZE_MAX;
    int fd = begin_feed(&f, 3 * FLAME_BEGIN_MOST);
    assert_int_equal(flame_intake_read(&file, fd, &taking, &error), FLAME_OK);
    end_feed(&f, fd);
    check_bytes(&file, 3 * FLAME_BEGIN_MOST);
    assert_in_range(judged.asked_of, FLAME_BEGIN_MOST - (1 << 16), 2 * FLAME_BEGIN_MOST);
    flame_file_close(&file);
}

static void is_too_much(const struct flame_taking *taking, size_t least, const char *text)
{
    struct feeder f;
    struct flame_file file = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    int fd = begin_feed(&f, SIZE_MAX);
    assert_int_equal(flame_intake_read(&file, fd, taking, &error), FLAME_LIMIT);
    end_feed(&f, fd);
    assert_string_equal(error.path, "a pipe");
    assert_string_equal(error.text, text);
    assert_in_range(f.written, least, 2 * least + (1 << 20));

    error = (struct flame_error)FLAME_ERROR_INIT;
    fd = begin_feed(&f, SIZE_MAX);
    assert_int_equal(flame_intake_keep(fd, taking, &error), -1);
    end_feed(&f, fd);
    assert_int_equal(error.status, FLAME_LIMIT);
}

TEST(what_never_ends_ends_at_the_limit)
{
    struct flame_limits small = { .input = 1 << 20 }, large = { .input = 65 << 20 };
    struct flame_intake intake = { .limits = &small };
    struct flame_taking taking = { "a pipe", 0, &intake };
    is_too_much(&taking, 1 << 20,
                "a pipe or device that gives more than 1 MiB; --limit input=4M allows more");
    intake.limits = &large;
    is_too_much(&taking, 65 << 20,
                "a pipe or device that gives more than 65 MiB; --limit input=260M allows more");
    taking = (struct flame_taking){ "a pipe", 1 << 20, NULL };
    is_too_much(&taking, 1 << 20, "is larger than 1 MiB");
}

TEST(the_limit_itself_is_not_too_much)
{
    struct feeder f;
    struct flame_file file = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_taking taking = { "a pipe", 100000, NULL };
    int fd = begin_feed(&f, 100000);
    assert_int_equal(flame_intake_read(&file, fd, &taking, &error), FLAME_OK);
    end_feed(&f, fd);
    check_bytes(&file, 100000);
    flame_file_close(&file);
}

TEST(what_is_kept_can_be_read_from_its_beginning)
{
    struct feeder f;
    struct flame_file file = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_intake any = { 0 };
    struct flame_taking taking = { "a pipe", 0, &any };
    struct stat st;
    int fd = begin_feed(&f, 200000), kept = flame_intake_keep(fd, &taking, &error);
    end_feed(&f, fd);
    assert_true(kept >= 0);
    assert_int_equal(fstat(kept, &st), 0);
    assert_int_equal(st.st_nlink, 0);
    assert_true(flame_file_map(&file, kept, (size_t)st.st_size));
    check_bytes(&file, 200000);
    flame_file_close(&file);
    close(kept);
}

TEST(a_pipe_that_does_not_wait_is_waited_for)
{
    struct feeder f;
    struct flame_file file = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_taking taking = { "a pipe", 1 << 20, NULL };
    int ends[2];
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    f = (struct feeder){ .fd = ends[1], .size = 200000 };
    assert_int_equal(fcntl(ends[1], F_SETFL, 0), 0);
    assert_int_equal(pthread_create(&f.thread, NULL, feed, &f), 0);
    assert_int_equal(flame_intake_read(&file, ends[0], &taking, &error), FLAME_OK);
    end_feed(&f, ends[0]);
    check_bytes(&file, 200000);
    flame_file_close(&file);
}

TEST(a_socket_is_as_good_as_a_pipe)
{
    struct flame_file file = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_intake any = { 0 };
    struct flame_taking taking = { "a socket", 0, &any };
    struct feeder f = { .size = 70000 };
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    f.fd = ends[1];
    assert_int_equal(pthread_create(&f.thread, NULL, feed, &f), 0);
    assert_int_equal(flame_intake_read(&file, ends[0], &taking, &error), FLAME_OK);
    end_feed(&f, ends[0]);
    check_bytes(&file, 70000);
    flame_file_close(&file);
}

TEST(what_cannot_be_read_is_an_error_with_the_reason)
{
    struct flame_file file = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_taking taking = { "a folder", 100, NULL };
    int fd = open("/", O_RDONLY);
    assert_int_equal(flame_intake_read(&file, fd, &taking, &error), FLAME_IO);
    assert_string_equal(error.text, "cannot read: Is a directory");
    close(fd);
}

/* A file is mapped; what there is no room for is not copied first. */
TEST(a_file_that_no_memory_can_hold_is_out_of_memory_at_once)
{
    const struct flame_limits limits = { .input = 1 << 20 };
    const struct flame_intake intake = { .limits = &limits };
    struct flame_file file = { 0 };
    struct flame_error error = FLAME_ERROR_INIT;
    char path[32];
    int fd = memfd_create("huge", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, (off_t)1 << 60) != 0)
        skip();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    assert_int_equal(flame_file_open_named(&file, path, &intake, &error), FLAME_NOMEM);
    close(fd);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_it_is_read_in_memory_or_from_a_nameless_file),
        cmocka_unit_test(wrong_first_bytes_are_all_that_is_read),
        cmocka_unit_test(a_judge_that_never_knows_is_not_asked_for_ever),
        cmocka_unit_test(what_never_ends_ends_at_the_limit),
        cmocka_unit_test(the_limit_itself_is_not_too_much),
        cmocka_unit_test(what_is_kept_can_be_read_from_its_beginning),
        cmocka_unit_test(a_pipe_that_does_not_wait_is_waited_for),
        cmocka_unit_test(a_socket_is_as_good_as_a_pipe),
        cmocka_unit_test(what_cannot_be_read_is_an_error_with_the_reason),
        cmocka_unit_test(a_file_that_no_memory_can_hold_is_out_of_memory_at_once),
    };
    signal(SIGPIPE, SIG_IGN); /* a feeder is to see that nobody reads */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
