/* root_path.h: where a path of another machine is, whose root is a folder here. */
#ifndef FLAME_OBJECT_ROOT_PATH_H
#define FLAME_OBJECT_ROOT_PATH_H

#include <limits.h>
#include <stdbool.h>

/* Spell path, from the root of that machine, as one of this machine, below the folder root: links
 * and ".." lead where they led there, and never out of root. Behind root there is no link in out,
 * as long as nobody makes one meanwhile. What is not there has a path that is not there; where
 * links lead in circles, out is a folder. False when it is too long. */
bool flame_root_path(const char *root, const char *path, char out[PATH_MAX]);

#endif
