/* keep.h: which bytes of its files an object needs, for its functions that were hit to be named,
 * left by their callers, and annotated from copies of these files.
 *
 * A copy is as long as its file, and zero where nothing is kept. Offsets, headers and build-ids
 * stay, so that whoever read the file reads the copy in its place, and gets the same answers about
 * these functions: their symbols, the functions inlined in them, their lines, their rules, their
 * code, and the names of what that refers to. The one thing that is changed: compressed sections
 * are packed anew, and then are shorter. What is not an ELF file, or has no section headers, is
 * kept whole. A copy does not have the checksum that a .gnu_debuglink asks for: a debug file that
 * only that is known by must be copied whole. */
#ifndef FLAME_PACK_KEEP_H
#define FLAME_PACK_KEEP_H

#include "dwarf_info.h"
#include "object.h"
#include "touched.h"

/* path       of the dso, as it was mapped; places: those that the object was loaded with
 * reference  the symbol that a kernel is pinned to; else ""
 * functions  what was hit: [start, end) of each function, as offsets of the mapped file; an address
 *            that no symbol covers is one byte. Settled
 * words      of the mapped file, what walks read of its constants; settled; may be NULL
 * unwinds    rules are wanted, too */
struct flame_keep_request {
    struct flame_str path, reference;
    const struct flame_symbol_places *places;
    const struct flame_ranges *functions, *words;
    bool unwinds;
};

/* One file.
 *
 * path   where it was found, as the object and its debug information know it
 * bytes  bytes[size], to be written where they are kept: those of the file, unpacked where it was
 *        packed as a whole (.ko.xz); or changed
 * changed  the same if they are not the file's own; else NULL
 * kept   offsets, settled, within size
 * original, packed  the file's own bytes, and where its sections lie in them that were packed anew:
 *        what was read of a section differs from object to object */
struct flame_kept_file {
    const char *path;
    const uint8_t *bytes;
    uint8_t *changed;
    size_t size;
    struct flame_ranges kept;
    const uint8_t *original;
    struct flame_ranges packed;
};

/* The object's own files first, then those that its debug information lies in elsewhere (split
 * DWARF, dwz). All that files point to lives as long as this and the object. */
struct flame_kept {
    FLAME_VEC(struct flame_kept_file) files;
    struct flame_ranges wanted;
    struct flame_touched touched;
    struct flame_dwarf *dwarf;
};

/* Find what to keep of all files of an object that was loaded, and of what they lead to. An object
 * without files gives none. FLAME_OK, or FLAME_NOMEM: then kept is all-zero. */
enum flame_status flame_keep_object(struct flame_kept *kept, const struct flame_object *object,
                                    const struct flame_keep_request *request);
void flame_kept_deinit(struct flame_kept *kept);

#endif
