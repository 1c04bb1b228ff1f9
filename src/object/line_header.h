/* line_header.h: what stands in front of a unit's line program. */
#ifndef FLAME_OBJECT_LINE_HEADER_H
#define FLAME_OBJECT_LINE_HEADER_H

#include "dwarf_unit.h"

/* Names of fields are the standard's.
 *
 * offset    of the header in .debug_line; UINT64_MAX: the unit has none
 * files     the rest of the header: tables of folders and files
 * program   behind the header, to the end of the unit's part
 * operands  how many each standard opcode has */
struct flame_line_header {
    uint64_t offset;
    struct flame_cursor files, program;
    uint16_t version;
    uint8_t address_size, offset_size;
    uint8_t minimum_instruction_length, maximum_operations, line_range, opcode_base;
    int8_t line_base;
    uint8_t operands[256];
};

/* The offset of a unit's header, UINT64_MAX if it has none. */
uint64_t flame_line_header_offset(struct flame_dwarf_unit *unit);

/* Read the header at offset; false: there is none that can be read. */
bool flame_line_header_read(struct flame_line_header *header, const struct flame_dwarf *dwarf,
                            const struct flame_dwarf_unit *unit, uint64_t offset);

/* Whether a part of .debug_line may be read, which is then counted: tables may lie over each other,
 * or belong to several units that each read them, so that there is a limit: four times the
 * section's size in all. */
bool flame_line_affords(struct flame_dwarf *dwarf, const struct flame_cursor *part);

#endif
