/* dwarf_package.h: a .dwp file: the split units of a program, joined. */
#ifndef FLAME_OBJECT_DWARF_PACKAGE_H
#define FLAME_OBJECT_DWARF_PACKAGE_H

#include "source.h"

/* The sections that matter here. Each unit has a part of the first four, and they share the
 * strings.
 */
enum flame_package_section {
    FLAME_PACKAGE_INFO,
    FLAME_PACKAGE_ABBREV,
    FLAME_PACKAGE_STR_OFFSETS,
    FLAME_PACKAGE_RNGLISTS,
    FLAME_PACKAGE_STR,
    FLAME_PACKAGE_SECTIONS,
};

/* An ELF file that has these sections, empty as yet, in the package's byte order. The last section
 * header is that of names. */
struct flame_package_image {
    Elf64_Ehdr header;
    Elf64_Shdr sections[FLAME_PACKAGE_SECTIONS + 2];
    char names[128];
};

/* source is usable if the package is; the rest is the index of units, .debug_cu_index.
 *
 * slots    hash table of ids: 8 bytes each; a power of two of them
 * rows     [slot_count]: 4 bytes each: row of the unit + 1, or 0
 * offsets, sizes  [row_count][column_count]: 4 bytes each
 * column   of a section, or UINT32_MAX
 * sections their bytes, empty where there are none
 * image    must stay where it is while there are units */
struct flame_package {
    struct flame_source source;
    struct flame_package_image image;
    struct flame_cursor sections[FLAME_PACKAGE_SECTIONS];
    struct flame_cursor slots, rows, offsets, sizes;
    uint32_t slot_count, row_count, column_count;
    uint32_t column[FLAME_PACKAGE_SECTIONS];
};

/* Open the package at path. One that is not there or cannot be used is closed again: then
 * source.elf.handle is NULL. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_package_open(struct flame_package *package, struct flame_depot *depot,
                                     const char *path);

/* The same from bytes that are already there; file is taken over, whatever happens. */
enum flame_status flame_package_take(struct flame_package *package, struct flame_file file);
void flame_package_close(struct flame_package *package);

/* The unit of an id as an ELF file of its own, which dwarf_begin_elf reads like a .dwo; NULL if
 * there is none. It borrows from package; the caller ends it. */
Elf *flame_package_unit(struct flame_package *package, uint64_t id);

#endif
