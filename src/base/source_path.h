/* source_path.h: which files may be shown or packed as source text.
 *
 * Debug information may name any file of the machine where it is read, and what is shown is passed
 * on. So text counts as source by what its file is called and where it is, whoever asks. */
#ifndef FLAME_BASE_SOURCE_PATH_H
#define FLAME_BASE_SOURCE_PATH_H

#include <flamedata/str.h>
#include <stdbool.h>

/* Whether the file at path, which is NUL-terminated, is called as source text is, of a language
 * whose compilers write debug information. */
bool flame_source_path_is_named_so(struct flame_str path);

/* Whether path has no hidden part, but for folders in which tools keep source text. */
bool flame_source_path_is_visible(const char *path);

/* Both, of a path from the root without links, and that it is not where the system keeps what is
 * nobody's business: /etc, say. */
bool flame_source_path_is_public(const char *path);

#endif
