/* brackets.h: where the brackets of a function's name end.
 *
 * Names are whatever a binary or a perf-PID.map holds: brackets are counted, never trusted, and
 * what is not closed ends with the name. */
#ifndef FLAME_BASE_BRACKETS_H
#define FLAME_BASE_BRACKETS_H

#include <flamedata/str.h>

/* Whether an identifier may hold it. */
bool flame_is_word(char c);

/* Behind the bracket that closes the one at i, or s.len. Between round, square and curly ones,
 * angles may be signs of comparison; "->" closes nothing. */
size_t flame_closing(struct flame_str s, size_t i);

/* The length of "operator<<" at the start of s, or 0; of a conversion, "operator std::string", that
 * is all. */
size_t flame_operator_at(struct flame_str s);

#endif
