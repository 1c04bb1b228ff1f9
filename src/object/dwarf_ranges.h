/* dwarf_ranges.h: where the code of an entry of debug information lies, in every form. */
#ifndef FLAME_OBJECT_DWARF_RANGES_H
#define FLAME_OBJECT_DWARF_RANGES_H

#include "dwarf_unit.h"

/* Whether there can be code in [low, high). Functions that the linker left out stay in debug
 * information, at address 0 or at the last ones that address_size bytes can say. */
bool flame_range_is_real(uint64_t low, uint64_t high, uint8_t address_size);

/* Let as many more entries of lists be read as a section of lists that was opened may hold. */
void flame_dwarf_allow_ranges(struct flame_dwarf *dwarf, const struct flame_cursor *lists);

/* The next three take attributes of the unit's entries: of unit->die and what is below it, or of
 * unit->skeleton. */

/* An offset into a section, or a constant. False: it is none, or cannot be read. */
bool flame_dwarf_form_offset(const Dwarf_Attribute *attribute, uint8_t offset_size,
                             uint64_t *offset);

/* The index that an attribute of form DW_FORM_addrx.., DW_FORM_strx.. has in a table. False: it is
 * of none of these forms, or cannot be read. */
bool flame_dwarf_form_index(const Dwarf_Attribute *attribute, bool big_endian, uint64_t *index);

/* DW_AT_low_pc and DW_AT_high_pc, an address or a size; appends to out. */
enum flame_status flame_dwarf_pair_range(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                         const Dwarf_Attribute *low, const Dwarf_Attribute *high,
                                         struct flame_dwarf_ranges *out);

/* DW_AT_ranges; appends to out. What cannot be read ends the list. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_dwarf_list_ranges(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                          const Dwarf_Attribute *ranges,
                                          struct flame_dwarf_ranges *out);

/* The ranges of an entry, whichever it has; appends to out. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_dwarf_die_ranges(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                         Dwarf_Die *die, struct flame_dwarf_ranges *out);

#endif
