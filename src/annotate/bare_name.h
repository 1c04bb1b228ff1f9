/* bare_name.h: a function's name as people say it. */
#ifndef FLAME_ANNOTATE_BARE_NAME_H
#define FLAME_ANNOTATE_BARE_NAME_H

#include <flamedata/str.h>

enum { FLAME_BARE_NAME = 1024 };

/* name without the compiler's marks of a copy (".constprop.0", " [clone .cold]"), without Rust's
 * hash ("::h0123456789abcdef") and without parameters; borrows from name. */
struct flame_str flame_bare_name(struct flame_str name);

/* The same with instead in place of template arguments, "std::sort" for "std::sort<int*>(int*)"
 * where that is ""; written to out[FLAME_BARE_NAME]. Empty when it is longer than that. */
struct flame_str flame_bare_template(struct flame_str name, const char *instead, char *out);

#endif
