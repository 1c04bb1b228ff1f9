/* line_header.c: read the header of a line program. Source: DWARF 5, 6.2.4. */
#include "line_header.h"

#include "dwarf_ranges.h"

#include <dwarf.h>

uint64_t flame_line_header_offset(struct flame_dwarf_unit *unit)
{
    Dwarf_Attribute a;
    uint64_t offset = UINT64_MAX;
    if (dwarf_attr(&unit->skeleton, DW_AT_stmt_list, &a) &&
        !flame_dwarf_form_offset(&a, unit->offset_size, &offset))
        offset = UINT64_MAX;
    return offset;
}

bool flame_line_affords(struct flame_dwarf *dwarf, const struct flame_cursor *part)
{
    uint64_t sum = dwarf->line_bytes + flame_cursor_left(part);
    if (sum > 4 * (uint64_t)flame_cursor_left(&dwarf->line))
        return false;
    dwarf->line_bytes = sum;
    return true;
}

bool flame_line_header_read(struct flame_line_header *header, const struct flame_dwarf *dwarf,
                            const struct flame_dwarf_unit *unit, uint64_t offset)
{
    struct flame_cursor c = dwarf->line;
    *header = (struct flame_line_header){ .offset = offset, .address_size = unit->address_size };
    if (!flame_cursor_seek(&c, offset, "line table"))
        return false;
    const uint8_t *start = c.at;
    uint64_t length = flame_cursor_u32(&c, "unit_length");
    header->offset_size = length == UINT32_MAX ? 8 : 4;
    if (header->offset_size == 8)
        length = flame_cursor_u64(&c, "unit_length");
    struct flame_cursor all = flame_cursor_sub(&c, length, "line table");
    header->version = flame_cursor_u16(&all, "version");
    if (header->version >= 5) {
        header->address_size = flame_cursor_u8(&all, "address_size");
        flame_cursor_u8(&all, "segment_selector_size");
    }
    length = header->offset_size == 8 ? flame_cursor_u64(&all, "header_length")
                                      : flame_cursor_u32(&all, "header_length");
    struct flame_cursor rest = flame_cursor_sub(&all, length, "header");
    header->minimum_instruction_length = flame_cursor_u8(&rest, "minimum_instruction_length");
    header->maximum_operations =
        header->version >= 4 ? flame_cursor_u8(&rest, "maximum_operations") : 1;
    flame_cursor_u8(&rest, "default_is_stmt");
    header->line_base = (int8_t)flame_cursor_u8(&rest, "line_base");
    header->line_range = flame_cursor_u8(&rest, "line_range");
    header->opcode_base = flame_cursor_u8(&rest, "opcode_base");
    for (unsigned i = 1; i < header->opcode_base; i++)
        header->operands[i] = flame_cursor_u8(&rest, "standard_opcode_lengths");
    header->files = rest;
    header->program = all;
    flame_touch(dwarf->touched, start, (size_t)(all.at - start));
    return !rest.failed && !all.failed && header->version >= 2 && header->version <= 5;
}
