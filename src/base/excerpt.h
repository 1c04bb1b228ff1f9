/* excerpt.h: a name or a path where there is not room for all of it. */
#ifndef FLAME_BASE_EXCERPT_H
#define FLAME_BASE_EXCERPT_H

#include <flamedata/str.h>

/* s as a string in out[cap], cap at least 16; where it is longer, "..." stands for its middle. Of a
 * path the whole file name stays if there is room, and in front of it whole folders. Returns out.
 */
char *flame_excerpt(struct flame_str s, char *out, size_t cap);

#endif
