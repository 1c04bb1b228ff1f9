/* minidebug.h: unpack xz data that ELF files carry (.gnu_debugdata) or come in (.ko.xz). */
#ifndef FLAME_OBJECT_MINIDEBUG_H
#define FLAME_OBJECT_MINIDEBUG_H

#include "file.h"

#include <flamedata/limits.h>

/* Unpack packed[size] into a file in memory, to be closed with flame_file_close. Returns FLAME_OK,
 * FLAME_FORMAT (not xz), FLAME_CORRUPT, FLAME_LIMIT (it would pass the limit `unpacked`, or take as
 * much to unpack), FLAME_NOMEM; unless FLAME_OK, out is closed. limits: NULL for the defaults. */
enum flame_status flame_xz_unpack(struct flame_file *out, const uint8_t *packed, size_t size,
                                  const struct flame_limits *limits);

#endif
