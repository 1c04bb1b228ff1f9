/* dwarf_section.h: sections of debug information as bytes. */
#ifndef FLAME_OBJECT_DWARF_SECTION_H
#define FLAME_OBJECT_DWARF_SECTION_H

#include "cursor.h"

#include <elfutils/libdw.h>

/* The bytes of a section of the file that dwarf was opened from, in the file's order, unpacked;
 * empty when there is none. name is without the dot, as "debug_addr": the section may be called
 * .debug_addr, .zdebug_addr, or the same with .dwo behind it. They last as long as the handle. */
struct flame_cursor flame_dwarf_section(Dwarf *dwarf, const char *name);

#endif
