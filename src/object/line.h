/* line.h: which source line an instruction comes from. */
#ifndef FLAME_OBJECT_LINE_H
#define FLAME_OBJECT_LINE_H

#include "dwarf_unit.h"

/* The line of an address in a unit. What is not known is left as it was. The first question to a
 * unit reads its line table. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_unit_line(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                  uint64_t svma, struct flame_line *line);

/* The path of a unit's file by its number in the line table, as DW_AT_call_file counts; NULL: there
 * is none. It is as full as the table and the folder of compilation make it. FLAME_OK or
 * FLAME_NOMEM. */
enum flame_status flame_unit_file(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                  uint64_t index, const char **path);

/* Free what the unit's table of files has outside of the arena. */
void flame_line_files_free(struct flame_dwarf_unit *unit);

#endif
