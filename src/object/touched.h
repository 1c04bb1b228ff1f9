/* touched.h: which bytes the readers of debug information have looked at.
 *
 * For who makes copies of files that have only the bytes that answer certain questions (src/pack):
 * the questions are asked once, and the readers note what they read, or have libdw read. Bytes are
 * noted by where they lie in memory: in the mapping of their file, or where it was unpacked. In
 * other runs there is nobody to note it, and nothing is. */
#ifndef FLAME_OBJECT_TOUCHED_H
#define FLAME_OBJECT_TOUCHED_H

#include "cursor.h"
#include "ranges.h"

#include <elfutils/libdw.h>

/* A file that debug information was read from; all is borrowed from the reader.
 *
 * path    where it was found; NULL: it is one of the object's own files
 * bytes   bytes[size], as it was opened
 * copy    what libdw was given in place of bytes, as long; NULL: bytes themselves
 * handle  libdw's; NULL: there are several, and none of the sections was packed */
struct flame_touched_file {
    const char *path;
    const uint8_t *bytes, *copy;
    size_t size;
    Dwarf *handle;
};

/* wanted  the addresses (svma) that are asked for, settled: tables of other code that are only
 *         passed on the way to those are not noted
 * bytes   noted so far, as numbers of this process's memory
 * walked  bytes of abbreviations that were gone over for that
 * failed  memory was exhausted: something may be missing */
struct flame_touched {
    const struct flame_ranges *wanted;
    struct flame_ranges bytes;
    FLAME_VEC(struct flame_touched_file) files;
    uint64_t walked;
    bool failed;
};

void flame_touched_deinit(struct flame_touched *touched);

/* In all of these touched may be NULL, and nothing happens. */

/* Note bytes: at[size]; what a cursor has left; a text, which may be NULL, with its NUL. */
void flame_touch(struct flame_touched *touched, const void *at, size_t size);
void flame_touch_rest(struct flame_touched *touched, const struct flame_cursor *c);
void flame_touch_text(struct flame_touched *touched, const char *text);

/* Whether something in [low, high) is asked for. */
bool flame_touch_wants(const struct flame_touched *touched, uint64_t low, uint64_t high);

/* Note that there is a file. */
void flame_touch_file(struct flame_touched *touched, const struct flame_touched_file *file);

/* Note the text of an attribute, and how it was found by a number. */
void flame_touch_string(struct flame_touched *touched, const Dwarf_Attribute *attribute,
                        const char *text);

/* Note an entry, and the part of its unit's table of abbreviations that is read for it. */
void flame_touch_die(struct flame_touched *touched, Dwarf_Die *die);

/* Note what it takes to go over all units of a handle: their headers and own entries. */
void flame_touch_units(struct flame_touched *touched, Dwarf *dwarf);

#endif
