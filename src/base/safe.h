/* safe.h: what of a foreign text may be written as it is. flame_put_safe itself is public. */
#ifndef FLAME_BASE_SAFE_H
#define FLAME_BASE_SAFE_H

#include <flamedata/output.h>

/* The length of the UTF-8 character that s (not empty) begins with, and its code point; 0 when it
 * begins with none. */
size_t flame_utf8(struct flame_str s, uint32_t *point);

/* Whether a character could steer a terminal or mislead its reader: control characters, line
 * separators, what turns the direction of text, and what shows as nothing. */
bool flame_steers(uint32_t point);

#endif
