/* flamedata/error.h: how every call of the library says what went wrong.
 *
 * A status says what the caller can do about it; a message says where. The first failure is kept,
 * later ones are its consequences. */
#ifndef FLAMEDATA_ERROR_H
#define FLAMEDATA_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* X(name, what it means for the caller) */
#define FLAME_STATUSES(X)                                                                          \
    X(OK, "done")                                                                                  \
    X(NOMEM, "out of memory")                                                                      \
    X(IO, "the system refused: a file is missing, unreadable or cannot be written")                \
    X(FORMAT, "not a file of this format: try another reader")                                     \
    X(UNSUPPORTED, "a known format, but a part of it that flamedata cannot read")                  \
    X(CORRUPT, "the bytes contradict themselves")                                                  \
    X(TRUNCATED, "the bytes end before they should")                                               \
    X(LIMIT, "a limit was reached")                                                                \
    X(EMPTY, "read without fault, but there is nothing to show")                                   \
    X(USAGE, "the call itself is wrong")

enum flame_status {
#define X(name, text) FLAME_##name,
    FLAME_STATUSES(X)
#undef X
};

#define FLAME_NO_OFFSET UINT64_MAX

/* path    borrowed from whoever named the file; NULL where no file is meant
 * offset  bytes from the start of path, or FLAME_NO_OFFSET
 * text    what was expected and what was found, without path and offset; NUL-terminated */
struct flame_error {
    enum flame_status status;
    uint64_t offset;
    const char *path;
    char text[512];
};

#define FLAME_ERROR_INIT                                                                           \
    {                                                                                              \
        FLAME_OK, FLAME_NO_OFFSET, NULL,                                                           \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/* A stretch of the input that could not be read, and why. bytes is its length in the file, or in
 * what was decompressed; 0 where that cannot be known (a file that ends early). */
struct flame_loss {
    struct flame_error error;
    uint64_t bytes;
};

/* Write "path+0xoffset: text" (or less, where there is less) into out[cap]; always NUL-terminated
 * when cap > 0. Returns the length that the whole message has, as snprintf does. */
size_t flame_error_format(const struct flame_error *error, char *out, size_t cap);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
