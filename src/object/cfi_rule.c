/* cfi_rule.c: rules from rows.
 *
 * A register of which nothing was said keeps its value, as compilers mean it; the stack pointer
 * then is the CFA, except on s390, where the CFA lies above it. A row of which anything cannot be
 * kept makes no rule, for a register that is silently wrong is worse than a stack that ends.
 * Source: DWARF 5, section 6.4; the processors' ABI supplements. */
#include "cfi_rule.h"

#include "cfi_expression.h"

#include <dwarf.h>
#include <string.h>

enum { EXPRESSIONS_MAX = 32 };

struct maker {
    struct flame_arena *arena;
    const struct flame_elf *program;
    const struct flame_cfi_section *section;
    struct flame_rule rule;
    struct flame_rule_cell cells[FLAME_COLUMNS];
    struct flame_expression expressions[EXPRESSIONS_MAX];
    bool no_memory;
};

/* The stack pointer's column; FLAME_COLUMNS where it is not known. */
static unsigned stack_pointer(unsigned machine)
{
    static const struct {
        uint16_t machine, column;
    } rows[] = {
        { EM_X86_64, 7 }, { EM_386, 4 },   { EM_AARCH64, 31 }, { EM_ARM, 13 },
        { EM_RISCV, 2 },  { EM_S390, 15 }, { EM_PPC64, 1 },    { EM_PPC, 1 },
        { EM_MIPS, 29 },  { EM_CSKY, 14 }, { 258, 3 }, /* EM_LOONGARCH, which older headers do not
                                                          have */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].machine == machine)
            return rows[i].column;
    return FLAME_COLUMNS;
}

static bool fits(uint64_t value, int32_t *out)
{
    *out = (int32_t)value;
    return (uint64_t)(int64_t)*out == value;
}

/* An expression that is bregN offset, or bregx N offset: a register plus a number. */
static bool is_sum(const struct flame_rule_op *ops, size_t count, struct flame_rule_cell *cell)
{
    bool direct = ops[0].code >= DW_OP_breg0 && ops[0].code <= DW_OP_breg31;
    if (count != 1 || (!direct && ops[0].code != DW_OP_bregx))
        return false;
    cell->kind = FLAME_RULE_REGISTER;
    cell->other = direct ? (uint16_t)(ops[0].code - DW_OP_breg0) : (uint16_t)ops[0].a;
    return fits(direct ? ops[0].a : ops[0].b, &cell->value);
}

static struct flame_cursor bytes_of(const struct maker *m, const struct flame_cfi_place *place)
{
    struct flame_cursor c = m->section->bytes;
    flame_cursor_seek(&c, place->number, "expression");
    return flame_cursor_sub(&c, place->size, "expression");
}

/* kind is what the expression is for. A value that is a mere sum is kept as one. */
static bool keep_expression(struct maker *m, const struct flame_cfi_place *place,
                            enum flame_rule_kind kind, bool cfa_first, struct flame_rule_cell *cell)
{
    struct flame_rule_op ops[FLAME_EXPRESSION_MAX];
    size_t count;
    if (!flame_expression_read(bytes_of(m, place), m->program, ops, &count))
        return false;
    if (kind == FLAME_RULE_COMPUTED && is_sum(ops, count, cell))
        return true;
    if (m->rule.expression_count == EXPRESSIONS_MAX)
        return false;
    struct flame_rule_op *copy = flame_arena_alloc(m->arena, count * sizeof *copy);
    m->no_memory = !copy;
    if (!copy)
        return false;
    memcpy(copy, ops, count * sizeof *copy);
    cell->kind = (uint8_t)kind;
    cell->value = m->rule.expression_count;
    m->expressions[m->rule.expression_count++] =
        (struct flame_expression){ copy, (uint32_t)count, cfa_first };
    return true;
}

static bool make_cell(struct maker *m, const struct flame_cfi_place *place,
                      struct flame_rule_cell *cell)
{
    switch (place->said) {
    case FLAME_CFI_UNDEFINED:
        cell->kind = FLAME_RULE_UNDEFINED;
        return true;
    case FLAME_CFI_OFFSET:
        cell->kind = FLAME_RULE_SAVED;
        return fits(place->number, &cell->value);
    case FLAME_CFI_VAL_OFFSET:
        cell->kind = FLAME_RULE_CFA;
        return fits(place->number, &cell->value);
    case FLAME_CFI_REGISTER:
        cell->kind = FLAME_RULE_REGISTER;
        cell->other = (uint16_t)place->number;
        return place->number < FLAME_COLUMNS;
    case FLAME_CFI_EXPRESSION:
        return keep_expression(m, place, FLAME_RULE_SAVED_AT, true, cell);
    case FLAME_CFI_VAL_EXPRESSION:
        return keep_expression(m, place, FLAME_RULE_COMPUTED, true, cell);
    default:
        cell->kind = FLAME_RULE_SAME;
        return true;
    }
}

static bool make_cfa(struct maker *m, const struct flame_cfi_row *row)
{
    struct flame_rule_cell *cfa = &m->rule.cfa;
    if (row->cfa.said == FLAME_CFI_EXPRESSION)
        return keep_expression(m, &row->cfa, FLAME_RULE_COMPUTED, false, cfa);
    cfa->kind = FLAME_RULE_REGISTER;
    cfa->other = (uint16_t)row->cfa_register;
    return row->cfa_register < FLAME_COLUMNS && fits(row->cfa.number, &cfa->value);
}

/* The stack pointer where the row gives it no value. */
static void default_stack_pointer(unsigned machine, struct flame_rule_cell *cell)
{
    cell->kind = machine == EM_S390 ? FLAME_RULE_REGISTER : FLAME_RULE_CFA;
    cell->other = cell->column;
}

static bool make_cells(struct maker *m, const struct flame_cfi_row *row, unsigned return_column)
{
    unsigned machine = m->program->header.e_machine, sp = stack_pointer(machine);
    for (unsigned column = 0; column < FLAME_COLUMNS; column++) {
        static const struct flame_cfi_place nothing = { .said = FLAME_CFI_NOTHING };
        const struct flame_cfi_place *place =
            column < row->count ? &row->registers[column] : &nothing;
        struct flame_rule_cell cell = { .column = (uint8_t)column };
        if (place == &nothing && column != sp && column != return_column)
            continue;
        if (!make_cell(m, place, &cell))
            return false;
        bool given = cell.kind != FLAME_RULE_UNDEFINED && cell.kind != FLAME_RULE_SAME;
        if (column == sp && !given)
            default_stack_pointer(machine, &cell);
        if (column == return_column)
            m->rule.return_address = cell;
        else if (given || column == sp)
            m->cells[m->rule.cell_count++] = cell;
    }
    return true;
}

static bool publish(struct maker *m, struct flame_rule **out)
{
    size_t cells = m->rule.cell_count * sizeof *m->cells;
    size_t expressions = m->rule.expression_count * sizeof *m->expressions;
    /* One piece: the rule, then what needs the same alignment, then the cells, which need less. */
    uint8_t *piece = flame_arena_alloc(m->arena, sizeof m->rule + expressions + cells);
    if (!piece)
        return false;
    struct flame_rule *rule = (struct flame_rule *)(void *)piece;
    struct flame_expression *es = (struct flame_expression *)(void *)(piece + sizeof *rule);
    struct flame_rule_cell *cs =
        (struct flame_rule_cell *)(void *)(piece + sizeof *rule + expressions);
    memcpy(es, m->expressions, expressions);
    memcpy(cs, m->cells, cells);
    m->rule.expressions = es;
    m->rule.cells = cs;
    *rule = m->rule;
    *out = rule;
    return true;
}

enum flame_status flame_rule_make(struct flame_arena *arena, const struct flame_elf *program,
                                  const struct flame_cfi_section *section,
                                  const struct flame_cfi_entry *entry,
                                  const struct flame_cfi_row *row, struct flame_rule **rule)
{
    struct maker m = { .arena = arena, .program = program, .section = section };
    uint64_t column = entry->common.return_column;
    *rule = NULL;
    if (column >= FLAME_COLUMNS)
        return FLAME_OK;
    m.rule.return_column = (uint8_t)column;
    m.rule.signal = entry->common.signal;
    if (make_cfa(&m, row) && make_cells(&m, row, (unsigned)column))
        m.no_memory = !publish(&m, rule);
    return m.no_memory ? FLAME_NOMEM : FLAME_OK;
}
