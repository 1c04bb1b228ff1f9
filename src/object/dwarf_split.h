/* dwarf_split.h: the part of a unit that the compiler put into a file of its own (split DWARF). */
#ifndef FLAME_OBJECT_DWARF_SPLIT_H
#define FLAME_OBJECT_DWARF_SPLIT_H

#include "dwarf_unit.h"

/* Where a unit says that the rest of it is elsewhere, find it: in the program's package (.dwp), or
 * in a .dwo file. Sets the unit's dwarf, die and is_split; without success it stays as it was. It
 * is looked for once. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_dwarf_find_split(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit);

/* Close what was opened for split units; may be NULL. */
void flame_splits_close(struct flame_splits *splits);

#endif
