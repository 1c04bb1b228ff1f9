/* flamedata/contents.h: what a file holds, for readers that take bytes. */
#ifndef FLAMEDATA_CONTENTS_H
#define FLAMEDATA_CONTENTS_H

#include <flamedata/limits.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Valid until flame_contents_close; the all-zero value is closed. handle is the library's. */
struct flame_contents {
    const void *bytes;
    size_t size;
    void *handle;
};

/* What the first bytes say of the rest: it is wanted, it is not, or more of them are needed. */
enum flame_begin { FLAME_BEGIN_OPEN, FLAME_BEGIN_RIGHT, FLAME_BEGIN_WRONG };
enum { FLAME_BEGIN_MOST = 1 << 20 };

/* A judge: whether they are those of a recording, or of an archive, which one can be in. */
enum flame_begin flame_begins_recording(const void *bytes, size_t size);

/* How much is taken of what is no file (a pipe, a socket, a device), for that may never end. All
 * zero: what there is, within the default limit.
 *
 * limits  more than their `input` is FLAME_LIMIT; NULL: the defaults
 * judge   is asked about the first bytes as they come, until it knows or FLAME_BEGIN_MOST (or some
 *         more) are there. Where they are wrong the rest is not read: they are then all that there
 *         is, and the reader that they are given to says what is wrong. NULL: none */
struct flame_intake {
    const struct flame_limits *limits;
    enum flame_begin (*judge)(const void *bytes, size_t size);
};

/* Read path: a file is mapped (and must not become shorter while it is: the system would then send
 * SIGBUS to who looks at what is gone), anything else read to its end; /dev/stdin and /dev/fd/N are
 * the descriptors that they name. An empty one has size 0. intake may be NULL. Returns FLAME_OK,
 * FLAME_IO with the system's reason, FLAME_NOMEM, FLAME_LIMIT. */
enum flame_status flame_contents_open(struct flame_contents *contents, const char *path,
                                      const struct flame_intake *intake, struct flame_error *error);
/* The same for what holds most bytes at most, else FLAME_LIMIT: no more than that is read of it. */
enum flame_status flame_contents_open_within(struct flame_contents *contents, const char *path,
                                             size_t most, struct flame_error *error);
/* The same for a path that nobody named: it must be a regular file, which may be empty. Anything
 * else (a pipe, a device, what /proc makes up) is FLAME_IO, and is not waited for. */
enum flame_status flame_contents_open_regular(struct flame_contents *contents, const char *path,
                                              size_t most, struct flame_error *error);
void flame_contents_close(struct flame_contents *contents);

/* Put what comes out of standard input, unless it is a file, into a nameless file in its place
 * ($TMPDIR, or /tmp), so that /dev/stdin can be opened more than once. Errors are those of
 * flame_contents_open; what was read is then gone. */
enum flame_status flame_contents_keep_stdin(const struct flame_intake *intake,
                                            struct flame_error *error);

/* The descriptor that a path names: /dev/stdin, /dev/fd/N, /proc/self/fd/N. Else -1. */
int flame_contents_descriptor(const char *path);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
