/* line.c: line tables, read once per unit.
 *
 * The line program is run here and not by libdw, which joins the rows of all its sequences into one
 * order: functions that the linker left out stay in the table with addresses near 0, and their rows
 * would get between those of functions that are really there. Sequences stay apart here, and such
 * ones are dropped. A split unit's table is its skeleton's.
 * Does not tell apart what only a debugger needs: columns, statements, blocks.
 * Source: DWARF 5, 6.2 and F.2.2. */
#include "line.h"

#include "dwarf_ranges.h"
#include "line_header.h"

#include <dwarf.h>
#include <string.h>

/* The line from address up to the next row's, or to the end of the sequence. */
struct row {
    uint64_t address;
    uint32_t file, line;
};

/* [low, high): rows[first] has the address low. */
struct sequence {
    uint64_t low, high;
    size_t first, count;
};

/* offset     of the program in .debug_line: units may share one
 * sequences  by low, then high
 * segments   which sequence is where; where they overlap, that which begins last; in arena */
struct flame_line_table {
    uint64_t offset;
    struct row *rows;
    struct sequence *sequences;
    struct flame_segments segments;
};

/* A line program while it runs. Names of fields are the standard's. */
struct program {
    struct flame_line_header header;
    struct flame_cursor at;
    uint64_t address, op_index, file;
    uint32_t line;
    FLAME_VEC(struct row) rows;
    FLAME_VEC(struct sequence) sequences;
    size_t first;         /* row of the sequence that is being read */
    const uint8_t *start; /* of its instructions */
    const uint8_t *noted; /* where what was noted last ends */
    struct flame_touched *touched;
    bool failed; /* memory */
};

/* Read the header up to where the program begins. False: it cannot be run. */
static bool read_header(struct program *p, struct flame_dwarf *dwarf,
                        const struct flame_dwarf_unit *unit, uint64_t offset)
{
    const struct flame_line_header *h = &p->header;
    bool read = flame_line_header_read(&p->header, dwarf, unit, offset);
    p->at = h->program;
    return read && h->line_range && h->maximum_operations &&
           (h->address_size == 4 || h->address_size == 8) && flame_line_affords(dwarf, &h->program);
}

static void begin_sequence(struct program *p)
{
    p->address = p->op_index = 0;
    p->file = p->line = 1;
    p->first = p->rows.count;
    p->start = p->at.at;
}

static void advance(struct program *p, uint64_t operations)
{
    uint64_t sum = p->op_index + operations;
    p->address += p->header.minimum_instruction_length * (sum / p->header.maximum_operations);
    p->op_index = sum % p->header.maximum_operations;
}

/* Of rows at one address the last one counts: the others have no instruction. */
static void add_row(struct program *p)
{
    struct row row = { p->address, p->file <= UINT32_MAX ? (uint32_t)p->file : 0, p->line };
    struct row *last = p->rows.count > p->first ? &p->rows.items[p->rows.count - 1] : NULL;
    if (last && row.address < last->address)
        return;
    if (last && row.address == last->address) {
        *last = row;
        return;
    }
    if (last && row.file == last->file && row.line == last->line)
        return;
    p->failed = p->failed || !flame_vec_push(&p->rows, row);
}

/* Note the instructions of the sequence that ends here, if it is asked for.
 *
 * Of others zeros may be left. Two zeros are an extended opcode of no length, which does nothing;
 * where they are odd in number, the end of the sequence before stays, which ends nothing then. */
static void touch_sequence(struct program *p, uint64_t low, uint64_t high)
{
    static const uint8_t end[] = { 0, 1, DW_LNE_end_sequence };
    const uint8_t *start = p->start;
    if (!flame_touch_wants(p->touched, low, high))
        return;
    size_t gap = (size_t)(start - p->noted);
    if (gap % 2 && gap >= sizeof end && memcmp(start - sizeof end, end, sizeof end) == 0)
        start -= sizeof end;
    else if (gap % 2 || p->header.opcode_base == 0)
        start = p->noted;
    flame_touch(p->touched, start, (size_t)(p->at.at - start));
    p->noted = p->at.at;
}

static void end_sequence(struct program *p)
{
    size_t count = p->rows.count - p->first;
    uint64_t low = count ? p->rows.items[p->first].address : 0;
    struct sequence sequence = { low, p->address, p->first, count };
    touch_sequence(p, low, p->address);
    if (!flame_range_is_real(low, p->address, p->header.address_size))
        p->rows.count = p->first;
    else
        p->failed = p->failed || !flame_vec_push(&p->sequences, sequence);
    begin_sequence(p);
}

static void run_extended(struct program *p)
{
    uint64_t length = flame_cursor_uleb(&p->at, "length");
    struct flame_cursor c = flame_cursor_sub(&p->at, length, "extended opcode");
    uint8_t code = flame_cursor_u8(&c, "extended opcode");
    if (code == DW_LNE_end_sequence) {
        end_sequence(p);
    } else if (code == DW_LNE_set_address) {
        p->address = flame_cursor_left(&c) == 8 ? flame_cursor_u64(&c, "address")
                                                : flame_cursor_u32(&c, "address");
        p->op_index = 0;
    }
}

static void run_standard(struct program *p, uint8_t code)
{
    struct flame_cursor *c = &p->at;
    switch (code) {
    case DW_LNS_copy:
        add_row(p);
        return;
    case DW_LNS_advance_pc:
        advance(p, flame_cursor_uleb(c, "advance_pc"));
        return;
    case DW_LNS_advance_line:
        p->line += (uint32_t)flame_cursor_sleb(c, "advance_line");
        return;
    case DW_LNS_set_file:
        p->file = flame_cursor_uleb(c, "set_file");
        return;
    case DW_LNS_const_add_pc:
        advance(p, (uint64_t)(255 - p->header.opcode_base) / p->header.line_range);
        return;
    case DW_LNS_fixed_advance_pc:
        p->address += flame_cursor_u16(c, "fixed_advance_pc");
        p->op_index = 0;
        return;
    default: /* nothing that matters here, or unknown */
        for (unsigned i = 0; i < p->header.operands[code]; i++)
            flame_cursor_uleb(c, "operand");
        return;
    }
}

static void run(struct program *p)
{
    p->noted = p->at.at;
    begin_sequence(p);
    while (!p->failed && flame_cursor_left(&p->at)) {
        uint8_t code = flame_cursor_u8(&p->at, "opcode");
        if (code >= p->header.opcode_base) {
            unsigned special = code - p->header.opcode_base;
            advance(p, special / p->header.line_range);
            p->line += (uint32_t)(p->header.line_base + (int)(special % p->header.line_range));
            add_row(p);
        } else if (code == 0) {
            run_extended(p);
        } else {
            run_standard(p, code);
        }
    }
}

static int by_address(const void *a, const void *b)
{
    const struct sequence *x = a, *y = b;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    return x->high != y->high ? (x->high < y->high ? -1 : 1) : 0;
}

static bool keep_segments(struct flame_dwarf *dwarf, struct flame_line_table *table, size_t count)
{
    struct flame_intervals intervals = { 0 };
    struct flame_segments found = { 0 };
    bool kept = count < FLAME_INTERVAL_NONE;
    for (size_t i = 0; i < count && kept; i++) {
        const struct sequence *s = &table->sequences[i];
        struct flame_interval interval = { s->low, s->high, (uint32_t)i };
        kept = flame_vec_push(&intervals.list, interval);
    }
    kept = kept && flame_intervals_flatten(&intervals, &found) == FLAME_OK;
    if (kept) {
        struct flame_segment *items =
            flame_arena_zalloc(&dwarf->arena, found.list.count, sizeof *items);
        kept = items != NULL;
        if (kept)
            memcpy(items, found.list.items, found.list.count * sizeof *items);
        table->segments.list.items = items;
        table->segments.list.count = kept ? found.list.count : 0;
    }
    flame_vec_free(&intervals.list);
    flame_vec_free(&found.list);
    return kept;
}

/* Keep what the program gave, in as little memory as it needs. */
static bool keep(struct flame_dwarf *dwarf, struct flame_line_table *table, struct program *p)
{
    size_t count = p->sequences.count;
    table->rows = flame_arena_zalloc(&dwarf->arena, p->rows.count + 1, sizeof *table->rows);
    table->sequences = flame_arena_zalloc(&dwarf->arena, count + 1, sizeof *table->sequences);
    if (!table->rows || !table->sequences)
        return false;
    if (count == 0)
        return true;
    qsort(p->sequences.items, count, sizeof *p->sequences.items, by_address);
    memcpy(table->rows, p->rows.items, p->rows.count * sizeof *table->rows);
    memcpy(table->sequences, p->sequences.items, count * sizeof *table->sequences);
    return keep_segments(dwarf, table, count);
}

/* The table that another unit read from there, or NULL. */
static struct flame_line_table *find_shared(const struct flame_dwarf *dwarf, uint64_t offset)
{
    for (size_t i = 0; i < dwarf->units.count; i++) {
        struct flame_line_table *table = dwarf->units.items[i].lines;
        if (table && table->offset == offset)
            return table;
    }
    return NULL;
}

static enum flame_status read_table(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit)
{
    uint64_t offset = flame_line_header_offset(unit);
    unit->lines = find_shared(dwarf, offset);
    if (unit->lines)
        return FLAME_OK;
    struct program p = { .touched = dwarf->touched };
    struct flame_line_table *table = flame_arena_zalloc(&dwarf->arena, 1, sizeof *table);
    bool kept = table != NULL;
    if (kept && read_header(&p, dwarf, unit, offset))
        run(&p);
    if (kept) {
        table->offset = offset;
        kept = !p.failed && keep(dwarf, table, &p);
    }
    if (kept)
        unit->lines = table;
    flame_vec_free(&p.rows);
    flame_vec_free(&p.sequences);
    return kept ? FLAME_OK : FLAME_NOMEM;
}

/* The row of an address. */
static const struct row *find_row(const struct flame_line_table *table, uint64_t svma)
{
    uint32_t id = flame_segments_find(&table->segments, svma);
    if (id == FLAME_INTERVAL_NONE)
        return NULL;
    const struct sequence *sequence = &table->sequences[id];
    const struct row *rows = table->rows + sequence->first;
    size_t first = 0, end = sequence->count;
    while (first + 1 < end) {
        size_t middle = first + (end - first) / 2;
        if (rows[middle].address <= svma)
            first = middle;
        else
            end = middle;
    }
    return &rows[first];
}

enum flame_status flame_unit_line(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                  uint64_t svma, struct flame_line *line)
{
    enum flame_status status = unit->lines ? FLAME_OK : read_table(dwarf, unit);
    const struct row *row = status == FLAME_OK ? find_row(unit->lines, svma) : NULL;
    if (!row)
        return status;
    line->line = row->line;
    return flame_unit_file(dwarf, unit, row->file, &line->file);
}
