/* dwarf_unit.h: what the readers of debug information share: open files, and the units of code.
 *
 * Addresses here are svma: as the program's own headers count, which a debug file shares. Sections
 * lie in libdw's memory as long as the handle is open. Not for several threads at once. */
#ifndef FLAME_OBJECT_DWARF_UNIT_H
#define FLAME_OBJECT_DWARF_UNIT_H

#include "arena.h"
#include "dwarf_alt.h"
#include "dwarf_file.h"
#include "dwarf_info.h"
#include "intern.h"
#include "intervals.h"
#include "touched.h"

#include <elfutils/libdw.h>

/* [low, high) */
struct flame_dwarf_range {
    uint64_t low, high;
};

struct flame_dwarf_ranges {
    FLAME_VEC(struct flame_dwarf_range) list;
};

/* Sections of one handle, for what libdw does not tell or would look for again for each unit. */
struct flame_unit_sections {
    struct flame_cursor info, abbreviations;
};

struct flame_inline_table;
struct flame_line_files;
struct flame_line_table;
struct flame_range_source;
struct flame_splits;

/* A compilation unit that has code.
 *
 * dwarf     the handle that die belongs to: the debug file's, or that of a split file
 * sections  of that handle
 * die       the unit's DIE that has the children: the split unit's where it was found
 * skeleton  the unit's DIE in the debug file itself: it has the ranges, the base of addresses, the
 *           line table and the folder of compilation; the same as die if the unit is not split
 * version, address_size, offset_size  of the skeleton's header (address_size in bytes)
 * is_split  die was found in another file than skeleton
 * inlines, lines, files  built when first asked for; NULL before; in flame_dwarf's arena
 * ranges, split_ranges   the same: where the skeleton's ranges are read, and a split unit's */
struct flame_dwarf_unit {
    Dwarf *dwarf;
    const struct flame_unit_sections *sections;
    Dwarf_Die die, skeleton;
    Dwarf_Half version;
    uint8_t address_size, offset_size;
    bool is_split;
    bool split_looked_for; /* dwarf_split.c: by a query, so that unused units cost no files */
    struct flame_inline_table *inlines;
    struct flame_line_table *lines;
    struct flame_line_files *files;
    struct flame_range_source *ranges, *split_ranges;
};

/* file       the one that has .debug_info; dwarf is its handle
 * path       of the dso as it was mapped, on the recorded machine
 * used       the file that gave the symbols; split files may be beside either
 * program    the mapped file, whose headers say where its bytes are in memory
 * units      in order of the file
 * spans      which unit is where, by index
 * arena      what lives as long as this
 * strings    names and paths, each once; text_bytes: their size
 * splits     files that dwarf_split.c opened; NULL: none yet
 * sections, addresses, ranges, rnglists, line, strs, line_strs  of file
 * range_entries  how many entries of lists have been read; at most range_limit are
 * abbreviation_bytes, line_bytes  how much of these sections has been read, in all
 * touched        where it is noted what was read; NULL: nowhere
 * wants_lines    files and lines are asked for, else they are not known
 *
 * What is counted is what many units may have in common: a short file could have it read over and
 * over. */
struct flame_dwarf {
    struct flame_dwarf_file file;
    Dwarf *dwarf;
    struct flame_elf program;
    const char *path, *used;
    const struct flame_symbol_places *places;
    struct flame_bounds *bounds;
    FLAME_VEC(struct flame_dwarf_unit) units;
    struct flame_segments spans;
    struct flame_arena arena;
    struct flame_intern strings;
    struct flame_dwarf_alt alt;
    struct flame_splits *splits;
    struct flame_unit_sections sections;
    struct flame_cursor addresses, ranges, rnglists, line, strs, line_strs;
    uint64_t range_entries, range_limit, abbreviation_bytes, line_bytes, text_bytes;
    struct flame_touched *touched;
    bool wants_lines;
};

/* text, kept once in dwarf->strings; NULL when memory is exhausted. What is longer than 64 KiB is
 * cut, and "" is given when all texts together would be larger than any program's. */
const char *flame_dwarf_string(struct flame_dwarf *dwarf, const char *text);

/* The text of an attribute of an entry; NULL: there is none. */
const char *flame_dwarf_text(const struct flame_dwarf *dwarf, Dwarf_Die *die, unsigned name);

/* The sections of a handle. */
struct flame_unit_sections flame_unit_sections_of(Dwarf *dwarf);

/* The bytes of the unit's table of abbreviations that are read for an entry: up to its own; all of
 * them, if whole. False: libdw cannot read it. */
bool flame_dwarf_abbreviations(Dwarf_Die *die, const struct flame_unit_sections *sections,
                               bool whole, struct flame_cursor *out);

/* How many bytes of abbreviations may be read of these sections, in all. */
uint64_t flame_abbreviations_limit(const struct flame_unit_sections *sections);

/* Whether libdw may look up the abbreviations of a unit. It reads a table from its start to the one
 * that is wanted, for each unit anew, and whatever has an entry's attributes looked for reads the
 * abbreviation again. So the bytes of the unit's own one and those before it are counted; of all,
 * if whole. False: they were too many; all that follows is to be left alone. */
bool flame_dwarf_affords(struct flame_dwarf *dwarf, Dwarf_Die *unit,
                         const struct flame_unit_sections *sections, bool whole);

#endif
