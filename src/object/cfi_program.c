/* cfi_program.c: call-frame instructions.
 *
 * Instructions change a row; one that moves the location begins the next. They are run until the
 * next would begin behind the address in question. Knows nothing of what registers mean. Source:
 * DWARF 5, section 6.4.2; Linux Standard Base 5, Core, 10.5; DWARF for the Arm 64-bit Architecture;
 * GNU binutils include/dwarf2.def (the numbers of extensions). */
#include "cfi_program.h"

#include <dwarf.h>
#include <string.h>

/* Compilers remember one row at a time; hand-written code a few. */
enum { REMEMBERED_MAX = 16, PRIMARY = 0xc0, ARM64_NEGATE_RA_STATE_WITH_PC = 0x2c };

struct machine {
    const struct flame_cfi_section *section;
    const struct flame_cfi_common *common;
    struct flame_cursor at;
    uint64_t address, location, *budget;
    struct flame_cfi_row *row;
    const struct flame_cfi_row *initial; /* NULL: these are the initial instructions */
    struct flame_cfi_row remembered[REMEMBERED_MAX];
    size_t depth;
    bool aarch64, done, failed;
};

static void copy_row(struct flame_cfi_row *to, const struct flame_cfi_row *from)
{
    memcpy(to, from, offsetof(struct flame_cfi_row, registers));
    memcpy(to->registers, from->registers, from->count * sizeof *from->registers);
}

static void spend(struct machine *m, uint64_t amount)
{
    m->failed = m->failed || amount > *m->budget;
    *m->budget -= m->failed ? 0 : amount;
}

static uint64_t number(struct machine *m)
{
    return flame_cursor_uleb(&m->at, "operand");
}

/* A signed or an unsigned operand, in units of the data alignment. */
static uint64_t factored(struct machine *m, bool is_signed)
{
    uint64_t n = is_signed ? (uint64_t)flame_cursor_sleb(&m->at, "operand") : number(m);
    return n * (uint64_t)m->common->data_align;
}

static void say(struct machine *m, uint64_t column, enum flame_cfi_said said, uint64_t value)
{
    struct flame_cfi_row *row = m->row;
    if (column >= FLAME_COLUMNS)
        return;
    while (row->count <= column)
        row->registers[row->count++] = (struct flame_cfi_place){ 0 };
    row->registers[column] = (struct flame_cfi_place){ .said = said, .number = value };
}

static struct flame_cfi_place expression(struct machine *m, enum flame_cfi_said said)
{
    struct flame_cursor c = flame_cursor_sub(&m->at, number(m), "expression");
    size_t size = flame_cursor_left(&c);
    m->failed = m->failed || size > UINT32_MAX;
    return (struct flame_cfi_place){ said, (uint32_t)size, flame_cursor_offset(&c) };
}

static void say_expression(struct machine *m, enum flame_cfi_said said)
{
    uint64_t column = number(m);
    struct flame_cfi_place place = expression(m, said);
    say(m, column, said, 0);
    if (column < FLAME_COLUMNS)
        m->row->registers[column] = place;
}

static void restore(struct machine *m, uint64_t column)
{
    struct flame_cfi_place place = { 0 };
    if (!m->initial) {
        m->failed = true;
        return;
    }
    if (column < m->initial->count)
        place = m->initial->registers[column];
    say(m, column, place.said, place.number);
    if (column < FLAME_COLUMNS)
        m->row->registers[column] = place;
}

static void remember(struct machine *m)
{
    if (m->depth == REMEMBERED_MAX)
        m->failed = true;
    else
        copy_row(&m->remembered[m->depth++], m->row);
    spend(m, m->row->count);
}

/* The location is no part of what is remembered. */
static void recall(struct machine *m)
{
    uint64_t start = m->row->start, end = m->row->end;
    if (m->depth == 0) {
        m->failed = true;
        return;
    }
    copy_row(m->row, &m->remembered[--m->depth]);
    m->row->start = start;
    m->row->end = end;
    spend(m, m->row->count);
}

static void move(struct machine *m, uint64_t location)
{
    if (!m->initial) {
        m->failed = true;
        return;
    }
    m->location = location;
    m->done = location > m->address;
    if (m->done)
        m->row->end = location < m->row->end ? location : m->row->end;
    else
        m->row->start = location;
}

static void advance(struct machine *m, uint64_t delta)
{
    move(m, m->location + delta * m->common->code_align);
}

static void set_cfa(struct machine *m, uint64_t column, uint64_t offset)
{
    m->row->cfa = (struct flame_cfi_place){ .said = FLAME_CFI_VAL_OFFSET, .number = offset };
    m->row->cfa_register = column;
}

/* Change one of the two, which is no expression then. RISC-V's assembler begins with a register
 * alone, and means an offset of 0. */
static void change_cfa(struct machine *m, uint64_t column, uint64_t offset)
{
    m->failed = m->failed || m->row->cfa.said == FLAME_CFI_EXPRESSION;
    set_cfa(m, column, offset);
}

static void step_cfa(struct machine *m, uint8_t code)
{
    uint64_t column = m->row->cfa_register, offset = m->row->cfa.number;
    switch (code) {
    case DW_CFA_def_cfa:
        column = number(m);
        set_cfa(m, column, number(m));
        break;
    case DW_CFA_def_cfa_sf:
        column = number(m);
        set_cfa(m, column, factored(m, true));
        break;
    case DW_CFA_def_cfa_register:
        change_cfa(m, number(m), offset);
        break;
    case DW_CFA_def_cfa_offset:
        change_cfa(m, column, number(m));
        break;
    case DW_CFA_def_cfa_offset_sf:
        change_cfa(m, column, factored(m, true));
        break;
    case DW_CFA_def_cfa_expression:
        m->row->cfa = expression(m, FLAME_CFI_EXPRESSION);
        break;
    default:
        m->failed = true;
    }
}

static void step_extension(struct machine *m, uint8_t code)
{
    uint64_t column;
    switch (code) {
    case DW_CFA_MIPS_advance_loc8:
        advance(m, flame_cursor_u64(&m->at, "delta"));
        break;
    case DW_CFA_GNU_args_size:
        number(m); /* for those who land in the frame, not for those who leave it */
        break;
    case DW_CFA_GNU_negative_offset_extended:
        column = number(m);
        say(m, column, FLAME_CFI_OFFSET, -factored(m, false));
        break;
    case DW_CFA_GNU_window_save: /* of AArch64: whether the return address is signed from here on */
    case ARM64_NEGATE_RA_STATE_WITH_PC:
        m->failed = m->failed || !m->aarch64;
        break;
    default:
        step_cfa(m, code);
    }
}

static void step_register(struct machine *m, uint8_t code)
{
    uint64_t column;
    switch (code) {
    case DW_CFA_offset_extended:
        column = number(m);
        say(m, column, FLAME_CFI_OFFSET, factored(m, false));
        break;
    case DW_CFA_offset_extended_sf:
        column = number(m);
        say(m, column, FLAME_CFI_OFFSET, factored(m, true));
        break;
    case DW_CFA_val_offset:
        column = number(m);
        say(m, column, FLAME_CFI_VAL_OFFSET, factored(m, false));
        break;
    case DW_CFA_val_offset_sf:
        column = number(m);
        say(m, column, FLAME_CFI_VAL_OFFSET, factored(m, true));
        break;
    case DW_CFA_register:
        column = number(m);
        say(m, column, FLAME_CFI_REGISTER, number(m));
        break;
    case DW_CFA_undefined:
        say(m, number(m), FLAME_CFI_UNDEFINED, 0);
        break;
    case DW_CFA_same_value:
        say(m, number(m), FLAME_CFI_SAME, 0);
        break;
    case DW_CFA_expression:
        say_expression(m, FLAME_CFI_EXPRESSION);
        break;
    case DW_CFA_val_expression:
        say_expression(m, FLAME_CFI_VAL_EXPRESSION);
        break;
    case DW_CFA_restore_extended:
        restore(m, number(m));
        break;
    default:
        step_extension(m, code);
    }
}

static void step(struct machine *m)
{
    uint8_t code = flame_cursor_u8(&m->at, "instruction"), low = code & (uint8_t)~PRIMARY;
    switch (code & PRIMARY ? code & PRIMARY : code) {
    case DW_CFA_advance_loc:
        advance(m, low);
        break;
    case DW_CFA_offset:
        say(m, low, FLAME_CFI_OFFSET, factored(m, false));
        break;
    case DW_CFA_restore:
        restore(m, low);
        break;
    case DW_CFA_nop:
        break;
    case DW_CFA_advance_loc1:
        advance(m, flame_cursor_u8(&m->at, "delta"));
        break;
    case DW_CFA_advance_loc2:
        advance(m, flame_cursor_u16(&m->at, "delta"));
        break;
    case DW_CFA_advance_loc4:
        advance(m, flame_cursor_u32(&m->at, "delta"));
        break;
    case DW_CFA_set_loc:
        move(m, flame_cfi_address(m->section, &m->at, m->common->encoding));
        break;
    case DW_CFA_remember_state:
        remember(m);
        break;
    case DW_CFA_restore_state:
        recall(m);
        break;
    default:
        step_register(m, code);
    }
}

static bool run(struct machine *m, struct flame_cursor program)
{
    m->at = program;
    while (!m->done && !m->failed && flame_cursor_left(&m->at)) {
        spend(m, 1);
        step(m);
    }
    return !m->failed && !m->at.failed;
}

bool flame_cfi_run(const struct flame_cfi_section *section, const struct flame_cfi_entry *entry,
                   uint64_t address, bool aarch64, uint64_t *budget, struct flame_cfi_row *row)
{
    struct flame_cfi_row initial;
    struct machine m; /* not cleared: it is large, and remembered rows are written before read */
    m.section = section;
    m.common = &entry->common;
    m.address = address;
    m.location = entry->start;
    m.budget = budget;
    m.row = row;
    m.initial = NULL;
    m.depth = 0;
    m.aarch64 = aarch64;
    m.done = m.failed = false;
    memset(row, 0, offsetof(struct flame_cfi_row, registers));
    row->start = entry->start;
    row->end = entry->end;
    if (!run(&m, entry->common.initial))
        return false;
    copy_row(&initial, row);
    m.initial = &initial;
    m.depth = 0;
    return run(&m, entry->program) && row->cfa.said != FLAME_CFI_NOTHING;
}
