/* flamedata/contents.h: what a file holds, for readers that take bytes. */
#ifndef FLAMEDATA_CONTENTS_H
#define FLAMEDATA_CONTENTS_H

#include <flamedata/error.h>

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

/* Read path: a file is mapped, a pipe (/dev/stdin) read to its end. An empty one has size 0.
 * Returns FLAME_OK, FLAME_IO with the system's reason, FLAME_NOMEM. */
enum flame_status flame_contents_open(struct flame_contents *contents, const char *path,
                                      struct flame_error *error);
/* The same for what holds most bytes at most, else FLAME_LIMIT: no more than that is read of it. */
enum flame_status flame_contents_open_within(struct flame_contents *contents, const char *path,
                                             size_t most, struct flame_error *error);
void flame_contents_close(struct flame_contents *contents);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
