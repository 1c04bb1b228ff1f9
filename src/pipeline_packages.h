/* pipeline_packages.h: what a distribution calls the packages that symbols come in. Private to
 * src/pipeline*.c. */
#ifndef FLAME_PIPELINE_PACKAGES_H
#define FLAME_PIPELINE_PACKAGES_H

#include <flamedata/record.h>

/* What to type to have the debug symbols of a file: written to out[cap], NUL-terminated. release is
 * that of the recorded kernel, or NULL, id may be empty. False: nothing can be installed there. */
bool flame_package_of_file(const char *release, struct flame_str path,
                           const struct flame_build_id *id, char *out, size_t cap);

/* The same for the kernel's; false also where the release does not tell whose kernel it is. */
bool flame_package_of_kernel(const char *release, char *out, size_t cap);

#endif
