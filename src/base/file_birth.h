/* file_birth.h: when a file was made, and whether two paths are one folder. */
#ifndef FLAME_BASE_FILE_BIRTH_H
#define FLAME_BASE_FILE_BIRTH_H

#include <stdbool.h>
#include <stdint.h>

/* When the file at path was made, in ns since 1970, however often it was written since; 0: the file
 * system or the kernel does not say. */
uint64_t flame_file_born_ns(const char *path);

/* Whether both are there, and are one file or folder. */
bool flame_file_is_one(const char *a, const char *b);

#endif
