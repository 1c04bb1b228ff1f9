/* bare_name.h: a function's name as people say it. */
#ifndef FLAME_ANNOTATE_BARE_NAME_H
#define FLAME_ANNOTATE_BARE_NAME_H

#include <flamedata/str.h>

enum { FLAME_BARE_NAME = 1024 };

/* name without its version ("@@GLIBC_2.34"), without the compiler's marks of a copy
 * (".constprop.0", " [clone .cold]"), without Rust's hash ("::h0123456789abcdef"), without
 * parameters, and without the place that V8 and Python put behind it ("JS:*fib" for "JS:*fib
 * /hot.js:1:13", "py::fib" for "py::fib:/hot.py"); borrows from name. */
struct flame_str flame_bare_name(struct flame_str name);

/* The same as the source calls it: "fib" for "JS:*fib /hot.js:1:13", and "T::call" for Rust's
 * "<T as Trait>::call" and "<T>::call"; of_trait: "Trait::call". Borrows from name, or is written
 * to out[FLAME_BARE_NAME]. Empty when it is longer than that, and of_trait where there is none. */
struct flame_str flame_spoken_name(struct flame_str name, bool of_trait, char *out);

/* The same with instead in place of template arguments, "std::sort" for "std::sort<int*>(int*)"
 * where that is ""; written to out[FLAME_BARE_NAME]. Empty when it is longer than that. */
struct flame_str flame_bare_template(struct flame_str name, const char *instead, char *out);

#endif
