/* short_name.h: a function's name in little room. */
#ifndef FLAME_ANNOTATE_SHORT_NAME_H
#define FLAME_ANNOTATE_SHORT_NAME_H

#include <flamedata/str.h>

enum { FLAME_SHORT_NAME = 1024 };

/* name in at most width characters (8 to 200). What tells functions apart stands at the end, so
 * that is kept: first parameters and what compilers add go, then template arguments, then what
 * stands in front:
 *
 *     "std::sort<...>", "<Map<...> as Iterator>::fold", "...::Iterator::max_by"
 *
 * Borrows from name or from out. */
struct flame_str flame_short_name(struct flame_str name, size_t width, char out[FLAME_SHORT_NAME]);

/* The same, but of a longer name the last two parts alone, and no mark that there were others:
 * "Iterator::max_by". */
struct flame_str flame_tail_name(struct flame_str name, size_t width, char out[FLAME_SHORT_NAME]);

/* The characters that s has. */
size_t flame_characters(struct flame_str s);

/* The bytes that the first most characters of s take; at most s.len. */
size_t flame_character_bytes(struct flame_str s, size_t most);

#endif
