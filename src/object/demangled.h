/* demangled.h: source names from symbol names. */
#ifndef FLAME_OBJECT_DEMANGLED_H
#define FLAME_OBJECT_DEMANGLED_H

#include <stddef.h>

/* Write the demangled form of name to out[cap], cut at cap-1 bytes and NUL-terminated. Rust (v0 and
 * legacy, without hash), C++ without parameters and return type, D, OCaml, Java. Returns the
 * length, or 0 (out is then "") if name is not mangled. Thread-safe. The work is bounded by cap,
 * whatever name is. */
size_t flame_demangle(const char *name, char *out, size_t cap);

#endif
