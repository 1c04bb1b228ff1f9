/* output.c: a buffer before a file that appears only when it is whole (output_place.h). */
#include <errno.h>
#include <fcntl.h>
#include <flamedata/output.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bounds.h"
#include "fail.h"
#include "output_place.h"
#include "output_stage.h"

enum { FLUSH_AT = 1 << 16 };

struct flame_output {
    const char *path;
    struct flame_output_place place; /* of a file; else all zero */
    int fd;                          /* its own; -1: memory, or a relay */
    void (*take)(void *user, struct flame_str bytes);
    void (*end)(void *user, bool whole); /* may be NULL */
    void *user;
    int why;            /* first errno */
    uint64_t most, put; /* bytes, in all; more is EFBIG */
    bool over;
    size_t size, cap;
    char *bytes;
};

struct flame_output *flame_output_memory(void)
{
    struct flame_output *o = calloc(1, sizeof *o);
    if (o) {
        o->fd = -1;
        o->most = flame_limit_of(NULL, FLAME_LIMIT_OUTPUT);
    }
    return o;
}

void flame_output_limit(struct flame_output *o, const struct flame_limits *limits)
{
    o->most = flame_limit_of(limits, FLAME_LIMIT_OUTPUT);
}

struct flame_output *flame_output_stage(void (*take)(void *user, struct flame_str bytes),
                                        void (*end)(void *user, bool whole), void *user)
{
    struct flame_output *o = flame_output_memory();
    if (o) {
        o->take = take;
        o->end = end;
        o->user = user;
    }
    return o;
}

struct flame_output *flame_output_relay(void (*take)(void *user, struct flame_str bytes),
                                        void *user)
{
    return flame_output_stage(take, NULL, user);
}

/* A descriptor of its own for what is open already; -1 with errno. What cannot be written to says
 * so now, not when all is computed. */
static int share(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY) {
        errno = EBADF;
        return -1;
    }
    return flags < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

struct flame_output *flame_output_open(const char *path, struct flame_error *error)
{
    struct flame_output *o = flame_output_memory();
    if (!o) {
        flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
        return NULL;
    }
    o->path = path;
    struct stat st;
    bool there = stat(path, &st) == 0;
    int named = flame_output_descriptor(path);
    if (strcmp(path, "-") == 0)
        o->path = "standard output";
    if (named >= 0) {
        o->fd = share(named);
    } else if (there && !S_ISREG(st.st_mode)) {
        o->fd = open(path, O_WRONLY | O_CLOEXEC);
    } else if (*path == 0 || (there && access(path, W_OK) != 0)) {
        /* A file that its owner protected is not replaced behind its back. */
    } else {
        o->fd = flame_output_place_open(&o->place, path, there ? &st : NULL);
    }
    if (o->fd < 0) {
        int why = errno;
        flame_fail(error, FLAME_IO, *path ? o->path : NULL, FLAME_NO_OFFSET, "cannot write: %s",
                   *path == 0      ? "the output has no name"
                   : why != ENOENT ? strerror(why)
                   : there         ? "it has no name in a folder"
                                   : "its folder does not exist");
        free(o);
        return NULL;
    }
    return o;
}

/* Who shares a pipe may have made it one that does not wait. */
static void flush(struct flame_output *o)
{
    struct pollfd room = { o->fd, POLLOUT, 0 };
    size_t done = 0;
    while (done < o->size && !o->why) {
        ssize_t n = write(o->fd, o->bytes + done, o->size - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR &&
                 !(errno == EAGAIN && (poll(&room, 1, -1) >= 0 || errno == EINTR)))
            o->why = errno;
    }
    o->size = 0;
}

/* Hand on what ends with a line, or all of it where there is no line or nothing more will come. */
static void relay(struct flame_output *o, bool all)
{
    size_t size = o->size;
    while (!all && size > 0 && o->bytes[size - 1] != '\n')
        size--;
    if (size == 0)
        size = o->size;
    if (size)
        o->take(o->user, (struct flame_str){ o->bytes, size });
    memmove(o->bytes, o->bytes + size, o->size - size);
    o->size -= size;
}

/* Room for need more bytes, or false with the failure kept. */
static bool make_room(struct flame_output *o, size_t need)
{
    if (o->why)
        return false;
    if (o->put > o->most || need > o->most - o->put) {
        o->why = EFBIG;
        o->over = true;
        return false;
    }
    if (need <= o->cap - o->size)
        return true;
    if (o->fd >= 0)
        flush(o);
    else if (o->take && o->size)
        relay(o, false);
    size_t wanted = o->cap ? o->cap : FLUSH_AT;
    while (wanted - o->size < need) {
        if (wanted > SIZE_MAX / 2) {
            o->why = ENOMEM;
            return false;
        }
        wanted *= 2;
    }
    if (wanted > o->cap) {
        char *grown = realloc(o->bytes, wanted);
        if (!grown) {
            o->why = ENOMEM;
            return false;
        }
        o->bytes = grown;
        o->cap = wanted;
    }
    return !o->why;
}

void flame_put(struct flame_output *o, const void *bytes, size_t size)
{
    if (size && make_room(o, size)) {
        memcpy(o->bytes + o->size, bytes, size);
        o->size += size;
        o->put += size;
    }
}

void flame_put_str(struct flame_output *o, struct flame_str s)
{
    flame_put(o, s.ptr, s.len);
}

void flame_put_text(struct flame_output *o, const char *text)
{
    flame_put(o, text, strlen(text));
}

void flame_put_u64(struct flame_output *o, uint64_t value)
{
    char digits[20], *p = digits + sizeof digits;
    do
        *--p = (char)('0' + value % 10);
    while (value /= 10);
    flame_put(o, p, (size_t)(digits + sizeof digits - p));
}

void flame_putf(struct flame_output *o, const char *format, ...)
{
    char small[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof small)
        flame_put(o, small, (size_t)n);
    else if (n >= 0 && make_room(o, (size_t)n + 1)) {
        vsnprintf(o->bytes + o->size, (size_t)n + 1, format, again);
        o->size += (size_t)n;
        o->put += (size_t)n;
    }
    va_end(again);
}

bool flame_output_failed(const struct flame_output *o)
{
    return o->why != 0;
}

struct flame_str flame_output_bytes(const struct flame_output *o)
{
    return (struct flame_str){ o->size ? o->bytes : "", o->size };
}

enum flame_status flame_output_commit(struct flame_output *o, struct flame_error *error)
{
    const char *path = o->path;
    if (o->fd >= 0)
        flush(o);
    else if (o->take)
        relay(o, true);
    if (o->end) {
        o->end(o->user, true);
        o->end = NULL;
    }
    if (o->place.target && !o->why && !flame_output_place_settle(&o->place, o->fd))
        o->why = errno;
    int why = o->why;
    uint64_t over = o->over ? o->most : 0;
    flame_output_discard(o);
    if (over)
        return flame_fail_limit(error, FLAME_LIMIT_OUTPUT, over, path, FLAME_NO_OFFSET,
                                "would have", "");
    if (why == ENOMEM)
        return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    if (why)
        return flame_fail(error, FLAME_IO, path, FLAME_NO_OFFSET, "cannot write: %s",
                          strerror(why));
    return FLAME_OK;
}

void flame_output_discard(struct flame_output *o)
{
    if (!o)
        return;
    if (o->end)
        o->end(o->user, false);
    if (o->fd >= 0)
        close(o->fd);
    flame_output_place_clear(&o->place);
    free(o->bytes);
    free(o);
}
