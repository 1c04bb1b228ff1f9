/* unwind.c: from frame to frame, by rules; where code has none, by frame pointers.
 *
 * Invariant: a step either replaces pc and registers by the caller's or says why it cannot. Frames
 * go up the stack, so that the walk ends: but for a few that have no room on it, and a few signals,
 * as what one interrupted may be anywhere. Expressions take a bounded number of steps. Values of
 * registers that no rule mentions stay: those that a call may change are stale then, and no rule
 * asks for them. Does not guess beyond frame pointers: no scan of the stack, no look at the code.
 *
 * Source: DWARF 5, section 6.4; for what counts as a frame pointer, libunwind's fallback. */
#include "unwind.h"

#include "expression.h"
#include "stack_memory.h"

#include <flamedata/record.h>

/* A frame pointer is one only if the frame is not larger than this. */
enum { FRAME_REACH = 0x4000 };

/* Of one walk: how often it goes down, as where a handler has a stack of its own above the other;
 * how many frames behind the first may have the same lower end; the steps of all expressions. Real
 * walks need one or two, and ten steps for each frame that has an expression. */
enum { FALLS_MAX = 8, LEVEL_MAX = 8, STEPS_MAX = 1 << 16 };

/* registers  of the frame at pc
 * frame      its lower end: the stack pointer, later the CFA of the frame below
 * exact      pc is not a return address
 * steps      that expressions may take yet */
struct walk {
    const struct flame_unwind_world *world;
    struct flame_unwind_registers *registers;
    struct flame_stack_memory memory;
    uint64_t frame;
    uint32_t steps;
    bool exact;
};

static void learn(struct flame_unwind_registers *registers, unsigned column, uint64_t value)
{
    if (column >= FLAME_COLUMNS)
        return;
    registers->value[column] = value;
    registers->known[column / 64] |= UINT64_C(1) << column % 64;
}

static void forget(struct flame_unwind_registers *registers, unsigned column)
{
    if (column < FLAME_COLUMNS)
        registers->known[column / 64] &= ~(UINT64_C(1) << column % 64);
}

bool flame_unwind_registers_read(const struct flame_arch *arch, const uint8_t *words, uint64_t mask,
                                 bool swap, struct flame_unwind_registers *registers)
{
    if (!(mask >> arch->perf_ip & mask >> arch->perf_sp & 1))
        return false;
    uint64_t address_mask = flame_address_mask(arch);
    memset(registers->known, 0, sizeof registers->known);
    for (size_t i = 0; mask; i++, mask &= mask - 1) {
        unsigned number = (unsigned)__builtin_ctzll(mask);
        uint64_t value = flame_load_u64(words, i, swap) & address_mask;
        if (number == arch->perf_ip)
            registers->pc = value;
        if (number < arch->register_count)
            learn(registers, arch->columns[number], value);
    }
    uint64_t same;
    if (flame_register_get(registers, arch->alias_of, &same))
        learn(registers, arch->alias, same);
    return true;
}

static bool evaluate(struct walk *w, const struct flame_unwind_code *code, int32_t expression,
                     uint64_t cfa, uint64_t *value)
{
    const struct flame_expression_input input = { w->registers, &w->memory, cfa, code->bias,
                                                  &w->steps };
    return expression >= 0 && expression < code->rule->expression_count &&
           flame_expression_evaluate(&code->rule->expressions[expression], &input, value);
}

static uint64_t offset_of(const struct flame_rule_cell *cell)
{
    return (uint64_t)(int64_t)cell->value;
}

/* What a cell says, before it is cut to a word. column is the register that SAME is about. */
static bool apply(struct walk *w, const struct flame_unwind_code *code,
                  const struct flame_rule_cell *cell, unsigned column, uint64_t cfa,
                  uint64_t *value)
{
    uint64_t offset = offset_of(cell), address;
    switch ((enum flame_rule_kind)cell->kind) {
    case FLAME_RULE_SAVED:
        return flame_stack_memory_word(&w->memory, cfa + offset, value);
    case FLAME_RULE_CFA:
        *value = cfa + offset;
        return true;
    case FLAME_RULE_SAME:
        return flame_register_get(w->registers, column, value);
    case FLAME_RULE_REGISTER:
        if (!flame_register_get(w->registers, cell->other, value))
            return false;
        *value += offset;
        return true;
    case FLAME_RULE_SAVED_AT:
        return evaluate(w, code, cell->value, cfa, &address) &&
               flame_stack_memory_word(&w->memory, address, value);
    case FLAME_RULE_COMPUTED:
        return evaluate(w, code, cell->value, cfa, value);
    case FLAME_RULE_UNDEFINED:
        break;
    }
    return false;
}

static bool end(enum flame_stack_end why, enum flame_stack_end *out)
{
    *out = why;
    return false;
}

/* Something is not known: because the copy of the stack ends, if that has kept anything from being
 * known, and not expressions that do not end. */
static bool end_unknown(const struct walk *w, enum flame_stack_end *why)
{
    bool cut_off = w->memory.cut_off && w->steps > 0;
    return end(cut_off ? FLAME_END_DUMP : FLAME_END_BROKEN, why);
}

/* Whether a cell follows from the CFA alone, as nearly all do. */
static bool is_plain(const struct flame_rule_cell *cell)
{
    return cell->kind == FLAME_RULE_SAVED || cell->kind == FLAME_RULE_CFA;
}

/* Give the registers the caller's values. All are computed from the old ones. A register whose
 * place cannot be read is not known any more, which matters only if it is asked for. */
static void restore(struct walk *w, const struct flame_unwind_code *code, uint64_t cfa)
{
    const struct flame_rule *rule = code->rule;
    size_t count = rule->cell_count < FLAME_COLUMNS ? rule->cell_count : FLAME_COLUMNS;
    uint64_t odd[FLAME_COLUMNS], value;
    bool odd_known[FLAME_COLUMNS];
    for (size_t i = 0; i < count; i++) {
        const struct flame_rule_cell *cell = &rule->cells[i];
        if (!is_plain(cell))
            odd_known[i] = apply(w, code, cell, cell->column, cfa, &odd[i]);
    }
    for (size_t i = 0; i < count; i++) {
        const struct flame_rule_cell *cell = &rule->cells[i];
        bool known = true;
        if (cell->kind == FLAME_RULE_CFA)
            value = cfa + offset_of(cell);
        else if (cell->kind == FLAME_RULE_SAVED)
            known = flame_stack_memory_word(&w->memory, cfa + offset_of(cell), &value);
        else if ((known = odd_known[i]))
            value = odd[i];
        if (known)
            learn(w->registers, cell->column, value & w->memory.mask);
        else
            forget(w->registers, cell->column);
    }
}

/* Go to the caller by the rule. */
static bool step_by_rule(struct walk *w, const struct flame_unwind_code *code,
                         enum flame_stack_end *why)
{
    const struct flame_rule *rule = code->rule;
    const struct flame_arch *arch = w->world->arch;
    uint64_t mask = w->memory.mask, cfa, caller;
    if (!apply(w, code, &rule->cfa, FLAME_NO_COLUMN, 0, &cfa))
        return end_unknown(w, why);
    cfa &= mask;
    if (rule->return_address.kind == FLAME_RULE_UNDEFINED)
        return end(FLAME_END_ROOT, why);
    if (!apply(w, code, &rule->return_address, rule->return_column, cfa, &caller))
        return end_unknown(w, why);
    caller &= mask;
    uint64_t pc = caller & ~arch->strip;
    if (pc == 0)
        return end(FLAME_END_ROOT, why);
    if (cfa < w->frame && !rule->signal)
        return end(FLAME_END_CYCLE, why);

    restore(w, code, cfa);
    learn(w->registers, rule->return_column, caller);
    w->registers->pc = pc;
    w->frame = cfa;
    w->exact = rule->signal;
    if (rule->signal) /* perhaps on another stack */
        flame_register_get(w->registers, arch->sp, &w->frame);
    return true;
}

/* Whether something is mapped where a caller would be. */
static bool is_code(const struct walk *w, uint64_t pc, bool *is)
{
    struct flame_unwind_code code;
    if (!w->world->code(w->world->user, pc - 1, &code))
        return false;
    *is = code.rule || code.why != FLAME_END_UNMAPPED;
    return true;
}

/* Go to the caller by the frame pointer, if it looks like one: it lies above the frame, not far;
 * and what it leads to is code. What the caller had in it may be anything. */
static bool step_by_frame(struct walk *w, bool *found)
{
    const struct flame_arch *arch = w->world->arch;
    const struct flame_frame_layout *layout = &arch->frame;
    struct flame_unwind_registers *r = w->registers;
    uint64_t mask = w->memory.mask, frame, saved, caller;
    *found = false;
    if (layout->column == FLAME_NO_COLUMN || !flame_register_get(r, layout->column, &frame))
        return true;
    uint64_t lowest = (frame + (uint64_t)(int64_t)layout->saved_frame) & mask;
    if (frame % arch->word || lowest - w->frame > FRAME_REACH /* below wraps */ ||
        !flame_stack_memory_word(&w->memory, lowest, &saved) ||
        !flame_stack_memory_word(&w->memory, frame + (uint64_t)(int64_t)layout->saved_return,
                                 &caller))
        return true;
    uint64_t pc = caller & ~arch->strip;
    if (pc == 0)
        return true;
    if (!is_code(w, pc, found))
        return false;
    if (!*found)
        return true;
    uint64_t sp = layout->at_sp ? saved : (frame + (uint64_t)(int64_t)layout->sp) & mask;
    memset(r->known, 0, sizeof r->known);
    learn(r, layout->column, saved);
    learn(r, arch->sp, sp);
    r->pc = pc;
    w->frame = layout->at_sp ? lowest + 2u * arch->word : sp;
    w->exact = false;
    return true;
}

/* Whether the instruction begins what is known without call-frame information. */
static bool is_idiom(const struct walk *w, const struct flame_arch_idiom *idiom)
{
    const struct flame_unwind_world *world = w->world;
    uint64_t bytes;
    if (!world->word || !world->word(world->user, w->registers->pc, 8, &bytes) ||
        (bytes & idiom->mask) != idiom->bytes)
        return false;
    return w->exact || idiom->rule->signal; /* a call does not return to a stub */
}

/* What is known of the code of the frame: what the world knows, or an idiom's rule. Idioms know
 * more than a kernel's information about where handlers return to. False when memory is exhausted.
 */
static bool look_up(const struct walk *w, struct flame_unwind_code *code)
{
    const struct flame_unwind_world *world = w->world;
    if (!world->code(world->user, w->registers->pc - !w->exact, code))
        return false;
    if (code->rule ? !code->rule->signal : code->why != FLAME_END_NO_CFI)
        return true;
    const struct flame_arch *arch = world->arch;
    for (unsigned i = 0; i < arch->idiom_count; i++) {
        if (is_idiom(w, &arch->idioms[i])) {
            code->rule = arch->idioms[i].rule;
            break;
        }
    }
    return true;
}

/* Go to the caller. False when memory is exhausted. */
static bool step(struct walk *w, const struct flame_unwind_code *code, bool *stepped,
                 struct flame_unwound *unwound)
{
    *stepped = false;
    unwound->object = UINT32_MAX;
    if (code->rule) {
        *stepped = step_by_rule(w, code, &unwound->why);
        return true;
    }
    unwound->why = code->why;
    if (code->why != FLAME_END_UNMAPPED)
        unwound->object = code->object;
    return code->why != FLAME_END_NO_CFI || step_by_frame(w, stepped);
}

/* Whether a pc comes again: low is the index of the first of the frames with the same lower end as
 * the last one. As frames go up, it can come again only among those. */
static bool repeats(const uint64_t *pcs, size_t low, size_t count, uint64_t pc)
{
    for (size_t i = low; i < count; i++)
        if (pcs[i] == pc || (i > 0 && pcs[i] == pc + 1)) /* as an exact one is written */
            return true;
    return false;
}

/* End the walk behind the last frame that was found, for a reason that is about no object. */
static bool finish(struct flame_unwound *unwound, enum flame_stack_end why)
{
    unwound->why = why;
    unwound->object = UINT32_MAX;
    return true;
}

bool flame_unwind(const struct flame_unwind_world *world, struct flame_unwind_registers *registers,
                  uint64_t *pcs, size_t cap, struct flame_unwound *unwound)
{
    struct walk w = { .world = world, .registers = registers, .steps = STEPS_MAX, .exact = true };
    *unwound = (struct flame_unwound){ .count = 1 };
    pcs[0] = registers->pc;
    if (!flame_register_get(registers, world->arch->sp, &w.frame))
        return finish(unwound, FLAME_END_BROKEN);
    w.memory = flame_stack_memory_make(world, w.frame);
    unsigned falls = 0;
    for (size_t low = 0;;) {
        struct flame_unwind_code code;
        uint64_t frame = w.frame;
        bool stepped;
        if (!look_up(&w, &code))
            return false;
        if (code.rule && code.rule->signal && !w.exact)
            pcs[unwound->count - 1]++; /* a handler returns here: nobody's call */
        if (!step(&w, &code, &stepped, unwound))
            return false;
        if (!stepped)
            return true;
        if (w.frame != frame)
            low = unwound->count;
        falls += w.frame < frame;
        if (falls > FALLS_MAX || unwound->count - low > LEVEL_MAX ||
            repeats(pcs, low, unwound->count, registers->pc))
            return finish(unwound, FLAME_END_CYCLE);
        if (unwound->count == cap)
            return finish(unwound, FLAME_END_LIMIT);
        pcs[unwound->count++] = registers->pc + w.exact;
    }
}
