/* inline.h: the inlined functions of one unit. */
#ifndef FLAME_OBJECT_INLINE_H
#define FLAME_OBJECT_INLINE_H

#include "dwarf_unit.h"

/* As flame_dwarf_inlined, for an address of the unit. */
enum flame_status flame_unit_inlined(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                     uint64_t svma, const struct flame_inlined **chain,
                                     size_t *count);

/* Free what the unit's table has outside of the arena. */
void flame_unit_inlines_free(struct flame_dwarf_unit *unit);

#endif
