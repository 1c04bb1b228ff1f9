/* fail.h: fill in a flame_error. The first failure wins. */
#ifndef FLAME_BASE_FAIL_H
#define FLAME_BASE_FAIL_H

#include <flamedata/error.h>

/* Record a failure in error unless one is there already (error may be NULL), and return the
 * status. path must outlive error; offset may be FLAME_NO_OFFSET. */
enum flame_status flame_fail(struct flame_error *error, enum flame_status status, const char *path,
                             uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 5, 6), cold));

#endif
