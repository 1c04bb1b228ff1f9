/* intake.c: read until it ends, until its first bytes are wrong, or until it is too much.
 *
 * What is read may never end, so nothing here goes on for longer than what the caller allows; what
 * is too much for memory goes to a nameless file meanwhile. */
#include "intake.h"

#include "bounds.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is read beyond SPOOL_AT leaves memory for a file. */
enum { FIRST_ROOM = 1 << 16, SPOOL_AT = 64 << 20 };

/* bytes[size] were read and are not written; ended: nothing follows that is wanted. */
struct reader {
    int fd;
    const struct flame_taking *taking;
    size_t most;
    uint8_t *bytes;
    size_t size, cap;
    bool ended;
};

static enum flame_status refuse(const struct reader *r, const char *what, struct flame_error *error)
{
    return flame_fail(error, FLAME_IO, r->taking->path, FLAME_NO_OFFSET, "%s: %s", what,
                      strerror(errno));
}

static enum flame_status no_memory(const struct reader *r, struct flame_error *error)
{
    return flame_fail(error, FLAME_NOMEM, r->taking->path, FLAME_NO_OFFSET,
                      "out of memory while reading");
}

static enum flame_status too_much(const struct reader *r, struct flame_error *error)
{
    if (r->taking->intake)
        return flame_fail_limit(error, FLAME_LIMIT_INPUT, r->most, r->taking->path, FLAME_NO_OFFSET,
                                "a pipe or device that gives", "");
    return flame_fail(error, FLAME_LIMIT, r->taking->path, FLAME_NO_OFFSET,
                      "is larger than %.6g MiB", (double)r->most / (1 << 20));
}

/* Some more bytes, where there is room. Who shares the pipe may have made it one that does not
 * wait. */
static enum flame_status fill(struct reader *r, struct flame_error *error)
{
    struct pollfd more = { r->fd, POLLIN, 0 };
    ssize_t n;
    do
        n = read(r->fd, r->bytes + r->size, r->cap - r->size);
    while (n < 0 &&
           (errno == EINTR || (errno == EAGAIN && (poll(&more, 1, -1) >= 0 || errno == EINTR))));
    r->ended = n == 0;
    r->size += n > 0 ? (size_t)n : 0;
    return n < 0 ? refuse(r, "cannot read", error) : FLAME_OK;
}

static bool grow(struct reader *r)
{
    size_t cap = r->cap ? r->cap * 2 : FIRST_ROOM;
    uint8_t *grown = realloc(r->bytes, cap);
    if (!grown)
        return false;
    r->bytes = grown;
    r->cap = cap;
    return true;
}

/* Up to room for the first bytes, in which the judge's word is the last. */
static enum flame_status begin(struct reader *r, int fd, const struct flame_taking *taking,
                               struct flame_error *error)
{
    const struct flame_intake *intake = taking->intake;
    uint64_t most =
        intake ? flame_limit_of(intake->limits, FLAME_LIMIT_INPUT) : (uint64_t)taking->most;
    *r = (struct reader){ .fd = fd, .taking = taking };
    r->most = most < SIZE_MAX ? (size_t)most : SIZE_MAX;
    if (!grow(r))
        return no_memory(r, error);
    enum flame_begin found = FLAME_BEGIN_OPEN;
    while (intake && intake->judge && found == FLAME_BEGIN_OPEN && !r->ended &&
           r->size < FLAME_BEGIN_MOST) {
        if (r->size == r->cap && !grow(r))
            return no_memory(r, error);
        if (fill(r, error) != FLAME_OK)
            return FLAME_IO;
        if (r->size)
            found = intake->judge(r->bytes, r->size);
    }
    if (found == FLAME_BEGIN_WRONG)
        r->ended = true;
    return FLAME_OK;
}

/* What was read, and what follows, to a descriptor; *total bytes. */
static enum flame_status spool(struct reader *r, int out, size_t *total, struct flame_error *error)
{
    enum flame_status status = FLAME_OK;
    *total = 0;
    if (!r->size && !r->ended)
        status = fill(r, error);
    while (status == FLAME_OK && r->size) {
        if (r->size > r->most - *total)
            return too_much(r, error);
        for (size_t done = 0; done < r->size;) {
            ssize_t n = write(out, r->bytes + done, r->size - done);
            if (n < 0 && errno != EINTR)
                return refuse(r, "cannot keep it in $TMPDIR or /tmp", error);
            done += n > 0 ? (size_t)n : 0;
        }
        *total += r->size;
        r->size = 0;
        if (!r->ended)
            status = fill(r, error);
    }
    return status;
}

static enum flame_status read_on(struct reader *r, struct flame_file *file,
                                 struct flame_error *error)
{
    enum flame_status status = FLAME_OK;
    while (status == FLAME_OK && !r->ended && r->size < SPOOL_AT && r->size <= r->most) {
        if (r->size == r->cap && !grow(r))
            return no_memory(r, error);
        status = fill(r, error);
    }
    if (status != FLAME_OK)
        return status;
    if (r->size > r->most)
        return too_much(r, error);
    if (r->ended) {
        *file = (struct flame_file){ r->bytes, r->size, FLAME_FILE_ALLOCATED };
        r->bytes = NULL;
        return FLAME_OK;
    }
    size_t total;
    int out = flame_file_nameless(r->taking->path, error);
    if (out < 0)
        return FLAME_IO;
    status = spool(r, out, &total, error);
    if (status == FLAME_OK && !flame_file_map(file, out, total))
        status = errno == ENOMEM ? no_memory(r, error) : refuse(r, "cannot map", error);
    close(out);
    return status;
}

enum flame_status flame_intake_read(struct flame_file *file, int fd,
                                    const struct flame_taking *taking, struct flame_error *error)
{
    struct reader r;
    enum flame_status status = begin(&r, fd, taking, error);
    if (status == FLAME_OK)
        status = read_on(&r, file, error);
    free(r.bytes);
    return status;
}

int flame_intake_keep(int fd, const struct flame_taking *taking, struct flame_error *error)
{
    struct reader r;
    size_t total;
    int out =
        begin(&r, fd, taking, error) == FLAME_OK ? flame_file_nameless(taking->path, error) : -1;
    if (out >= 0 && spool(&r, out, &total, error) != FLAME_OK) {
        close(out);
        out = -1;
    }
    free(r.bytes);
    return out;
}
