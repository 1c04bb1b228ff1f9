/* dwarf_info.h: debug information of a loaded object: what was inlined where, and source lines. */
#ifndef FLAME_OBJECT_DWARF_INFO_H
#define FLAME_OBJECT_DWARF_INFO_H

#include "object.h"

/* A function whose code was inlined.
 *
 * name        its linkage name, else its source name, as it stands in the debug information
 * call_file   where it was inlined: in the function around it; NULL: not said, or lines are not
 *             wanted
 * call_line   0: not said */
struct flame_inlined {
    const char *name, *call_file;
    uint32_t call_line;
};

/* The name of such a function as it is shown, demangled: written to out[cap], NUL-terminated, cut
 * if need be; returns its length. */
size_t flame_inlined_show(const char *name, char *out, size_t cap);

/* file is NULL where nothing is known; line 0: no line of it in particular. */
struct flame_line {
    const char *file;
    uint32_t line;
};

struct flame_dwarf;
struct flame_touched;

/* Find the debug information of an object that was loaded for the dso at path: in its own files, or
 * where they say that it is (split DWARF, dwz). lines: files and lines will be asked for; else
 * their tables are left alone. *out is NULL when there is none. The object must outlive it.
 * FLAME_OK or FLAME_NOMEM: what cannot be read is not there. */
enum flame_status flame_dwarf_open(struct flame_dwarf **out, const struct flame_object *object,
                                   struct flame_str path, const struct flame_symbol_places *places,
                                   bool lines);
void flame_dwarf_close(struct flame_dwarf *dwarf);

/* The same, lines wanted; what is read from now on is noted in touched, which must outlive it. */
struct flame_touched;
enum flame_status flame_dwarf_watch(struct flame_dwarf **out, const struct flame_object *object,
                                    struct flame_str path, const struct flame_symbol_places *places,
                                    struct flame_touched *touched);

/* The next two take an offset of the mapped file, as symbols are addressed. What they give lives as
 * long as dwarf, which may be NULL. Not for several threads at once. FLAME_OK or FLAME_NOMEM. */

/* The functions inlined at an instruction, innermost first: chain[*count]. One whose name is not
 * there is left out. */
enum flame_status flame_dwarf_inlined(struct flame_dwarf *dwarf, uint64_t offset,
                                      const struct flame_inlined **chain, size_t *count);

/* The source line of an instruction; nothing if lines are not wanted. */
enum flame_status flame_dwarf_line(struct flame_dwarf *dwarf, uint64_t offset,
                                   struct flame_line *line);

#endif
