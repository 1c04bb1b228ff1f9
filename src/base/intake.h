/* intake.h: the bytes of what cannot be mapped: a pipe, a socket, a device, what /proc makes up. */
#ifndef FLAME_BASE_INTAKE_H
#define FLAME_BASE_INTAKE_H

#include "file.h"

#include <flamedata/contents.h>

/* most    bytes at most, where intake is NULL; else its limit counts
 * intake  borrowed; not NULL where somebody else may have made what is read */
struct flame_taking {
    const char *path;
    size_t most;
    const struct flame_intake *intake;
};

/* All that a descriptor gives, in memory, or mapped from a nameless file where it is much.
 * FLAME_OK, FLAME_IO, FLAME_NOMEM, FLAME_LIMIT. */
enum flame_status flame_intake_read(struct flame_file *file, int fd,
                                    const struct flame_taking *taking, struct flame_error *error);

/* All that a descriptor gives, in a nameless file: its descriptor, which the caller closes, or -1
 * with error set. */
int flame_intake_keep(int fd, const struct flame_taking *taking, struct flame_error *error);

#endif
