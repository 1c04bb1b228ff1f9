/* inline.c: a unit's inlined functions as a table by address.
 *
 * One walk over the unit's entries gives the tree of inlined calls and their ranges. Sorted and cut
 * into disjoint segments, those say which call is the innermost one at an address; the functions
 * around it are its parents. Names and files are looked up once for each call that is asked for;
 * most never are. Source: DWARF 5, 3.3.8. */
#include "inline.h"

#include "bounds.h"
#include "die_walk.h"
#include "dwarf_ranges.h"
#include "line.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHAIN_MAX = 16,       /* of references from an entry to the one that has its name */
    ATTRIBUTES_MAX = 256, /* of an entry, looked at; compilers write at most 30 or so */
};

#define NO_FILE UINT32_MAX

/* parent  index of the call around it, or FLAME_INTERVAL_NONE
 * origin  the attribute that refers to the function
 * file    as DW_AT_call_file counts, or NO_FILE
 * chain   this call and those around it, once asked for */
struct call {
    Dwarf_Attribute origin;
    uint32_t parent, file, line, chain_count;
    struct flame_inlined *chain;
};

struct flame_inline_table {
    FLAME_VEC(struct call) calls;
    struct flame_segments segments;
};

/* A subroutine that the walk is inside of; call is FLAME_INTERVAL_NONE if it is not inlined. */
struct open {
    unsigned depth;
    uint32_t call;
};

/* ranges   of the entry that is being read
 * most     calls in each other; open has room for one more, the function around them
 * outmost  the first byte of open[0]; wanted: code in it is asked for, which touched wants */
struct builder {
    struct flame_dwarf *dwarf;
    struct flame_dwarf_unit *unit;
    struct flame_inline_table *table;
    struct flame_dwarf_ranges ranges;
    struct flame_intervals intervals;
    struct flame_die_walk walk;
    const uint8_t *outmost;
    bool wanted;
    size_t most, open_count;
    struct open open[];
};

static bool has(const struct flame_die *die, enum flame_die_field field)
{
    return die->has & 1u << field;
}

static uint32_t number(struct flame_die *die, enum flame_die_field field, uint32_t unless)
{
    Dwarf_Word value;
    if (!has(die, field) || dwarf_formudata(&die->fields[field], &value) != 0 || value > UINT32_MAX)
        return unless;
    return (uint32_t)value;
}

static bool add_ranges(struct builder *b, struct flame_die *die, uint32_t call)
{
    const Dwarf_Attribute *fields = die->fields;
    enum flame_status status = FLAME_OK;
    b->ranges.list.count = 0;
    if (has(die, FLAME_DIE_RANGES))
        status = flame_dwarf_list_ranges(b->dwarf, b->unit, &fields[FLAME_DIE_RANGES], &b->ranges);
    else if (has(die, FLAME_DIE_LOW_PC) && has(die, FLAME_DIE_HIGH_PC))
        status = flame_dwarf_pair_range(b->dwarf, b->unit, &fields[FLAME_DIE_LOW_PC],
                                        &fields[FLAME_DIE_HIGH_PC], &b->ranges);
    for (size_t i = 0; i < b->ranges.list.count && status == FLAME_OK; i++) {
        const struct flame_dwarf_range *r = &b->ranges.list.items[i];
        struct flame_interval interval = { r->low, r->high, call };
        b->wanted = b->wanted || flame_touch_wants(b->dwarf->touched, r->low, r->high);
        if (!flame_vec_push(&b->intervals.list, interval))
            status = FLAME_NOMEM;
    }
    return status == FLAME_OK;
}

/* Go into a subroutine. */
static void enter(struct builder *b, const struct flame_die *die, uint32_t call)
{
    if (b->open_count == 0)
        b->outmost = die->at;
    b->open[b->open_count++] = (struct open){ die->depth, call };
}

/* Leave all subroutines that are at that depth or deeper; at is where the last of them ends. */
static void leave(struct builder *b, unsigned depth, const uint8_t *at)
{
    if (b->open_count == 0)
        return;
    while (b->open_count && b->open[b->open_count - 1].depth >= depth)
        b->open_count--;
    if (b->open_count)
        return;
    if (b->wanted)
        flame_touch(b->dwarf->touched, b->outmost, (size_t)(at - b->outmost));
    b->wanted = false;
}

/* False: out of memory. */
static bool add_call(struct builder *b, struct flame_die *die)
{
    uint32_t index = (uint32_t)b->table->calls.count;
    struct call call = {
        .parent = b->open_count ? b->open[b->open_count - 1].call : FLAME_INTERVAL_NONE,
        .file = number(die, FLAME_DIE_CALL_FILE, NO_FILE),
        .line = number(die, FLAME_DIE_CALL_LINE, 0),
    };
    if (has(die, FLAME_DIE_ORIGIN))
        call.origin = die->fields[FLAME_DIE_ORIGIN];
    if (index == FLAME_INTERVAL_NONE || !flame_vec_push(&b->table->calls, call))
        return false;
    enter(b, die, index);
    return add_ranges(b, die, index);
}

/* Whether there may be code in an entry's children. */
static bool may_hold_code(unsigned tag)
{
    switch (tag) {
    case DW_TAG_array_type:
    case DW_TAG_enumeration_type:
    case DW_TAG_subroutine_type:
    case DW_TAG_call_site:
    case DW_TAG_GNU_call_site:
    case DW_TAG_formal_parameter:
    case DW_TAG_variable:
        return false;
    default:
        return true;
    }
}

static bool is_full(const struct builder *b)
{
    bool inside = b->open_count && b->open[0].call == FLAME_INTERVAL_NONE;
    return b->open_count >= b->most + inside;
}

/* A call that is too deep, and those in it. */
static void leave_out(struct builder *b, const struct flame_die *die)
{
    flame_die_skip_children(&b->walk, die);
    flame_bounds_reach(b->dwarf->bounds, FLAME_LIMIT_INLINED, b->dwarf->path, "has",
                       "functions inlined into each other");
}

static bool walk(struct builder *b)
{
    struct flame_die die;
    while (flame_die_next(&b->walk, &die)) {
        leave(b, die.depth, die.at);
        bool subroutine = die.tag == DW_TAG_inlined_subroutine || die.tag == DW_TAG_subprogram;
        if (subroutine && is_full(b))
            leave_out(b, &die);
        else if (die.tag == DW_TAG_inlined_subroutine && !add_call(b, &die))
            return false;
        else if (die.tag == DW_TAG_subprogram && (b->open_count || b->dwarf->touched))
            enter(b, &die, FLAME_INTERVAL_NONE);
        else if (!may_hold_code(die.tag))
            flame_die_skip_children(&b->walk, &die);
    }
    leave(b, 0, b->walk.at.at);
    return !b->walk.no_memory;
}

static void touch_abbreviations(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit)
{
    struct flame_cursor table;
    if (dwarf->touched && flame_dwarf_abbreviations(&unit->die, unit->sections, true, &table))
        flame_touch_rest(dwarf->touched, &table);
}

static enum flame_status build(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit)
{
    size_t most = (size_t)flame_bound(dwarf->bounds, FLAME_LIMIT_INLINED);
    struct builder *b = calloc(1, sizeof *b + (most + 1) * sizeof *b->open);
    struct flame_inline_table *table = flame_arena_zalloc(&dwarf->arena, 1, sizeof *table);
    if (!b || !table) {
        free(b);
        return FLAME_NOMEM;
    }
    b->dwarf = dwarf;
    b->unit = unit;
    b->most = most;
    unit->inlines = b->table = table;
    flame_die_walk_init(&b->walk, &unit->die, &unit->sections->info);
    enum flame_status status = FLAME_OK;
    if (flame_dwarf_affords(dwarf, &unit->die, unit->sections, true))
        status = walk(b) ? FLAME_OK : FLAME_NOMEM;
    if (status == FLAME_OK)
        status = flame_intervals_flatten(&b->intervals, &table->segments);
    flame_vec_fit(&table->calls);
    touch_abbreviations(dwarf, unit);
    flame_die_walk_deinit(&b->walk);
    flame_vec_free(&b->intervals.list);
    flame_vec_free(&b->ranges.list);
    free(b);
    return status;
}

void flame_unit_inlines_free(struct flame_dwarf_unit *unit)
{
    if (!unit->inlines)
        return;
    flame_vec_free(&unit->inlines->calls);
    flame_vec_free(&unit->inlines->segments.list);
}

/* What an entry says of its function's name. */
struct naming {
    Dwarf_Attribute linkage, plain, origin, specification;
    size_t attributes;
};

static int take_naming(Dwarf_Attribute *attribute, void *context)
{
    struct naming *naming = context;
    switch (attribute->code) {
    case DW_AT_linkage_name:
    case DW_AT_MIPS_linkage_name:
        naming->linkage = *attribute;
        break;
    case DW_AT_name:
        naming->plain = *attribute;
        break;
    case DW_AT_abstract_origin:
        naming->origin = *attribute;
        break;
    case DW_AT_specification:
        naming->specification = *attribute;
        break;
    default:
        break;
    }
    return ++naming->attributes < ATTRIBUTES_MAX ? DWARF_CB_OK : DWARF_CB_ABORT;
}

static const char *text_of(const struct flame_dwarf *dwarf, Dwarf_Attribute *attribute)
{
    const char *text = attribute->valp ? dwarf_formstring(attribute) : NULL;
    flame_touch_string(dwarf->touched, attribute, text);
    return text;
}

/* The name of the function that an attribute refers to; NULL: there is none, or it is in a file
 * that is not there. */
static const char *function_name(const struct flame_dwarf *dwarf, const Dwarf_Attribute *origin)
{
    Dwarf_Die die;
    const char *plain = NULL;
    Dwarf_Attribute reference = *origin;
    for (int i = 0; i < CHAIN_MAX && reference.valp && dwarf_formref_die(&reference, &die); i++) {
        struct naming naming = { .attributes = 0 };
        flame_touch_die(dwarf->touched, &die);
        if (dwarf_getattrs(&die, take_naming, &naming, 0) < 0)
            break;
        const char *linkage = text_of(dwarf, &naming.linkage);
        if (linkage)
            return linkage;
        if (!plain)
            plain = text_of(dwarf, &naming.plain);
        reference = naming.origin.valp ? naming.origin : naming.specification;
    }
    return plain;
}

/* Say what is known of a call; without the name of its function that is nothing. False: out of
 * memory. */
static bool fill(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit, const struct call *call,
                 struct flame_inlined *out)
{
    const char *name = function_name(dwarf, &call->origin);
    *out = (struct flame_inlined){ .call_line = call->line };
    if (!name || !*name)
        return true;
    out->name = flame_dwarf_string(dwarf, name);
    return out->name && (call->file == NO_FILE || !dwarf->wants_lines ||
                         flame_unit_file(dwarf, unit, call->file, &out->call_file) == FLAME_OK);
}

/* The call, unless it has no name, then its parent's chain: calls are as deep as the limit lets.
 * False: out of memory. */
/* NOLINTNEXTLINE(misc-no-recursion): see above */
static bool make_chain(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit, struct call *call)
{
    struct call *parent = NULL;
    struct flame_inlined self;
    uint32_t count = 0, around = 0;
    if (call->parent != FLAME_INTERVAL_NONE) {
        parent = &unit->inlines->calls.items[call->parent];
        if (!parent->chain && !make_chain(dwarf, unit, parent))
            return false;
        around = parent->chain_count;
    }
    struct flame_inlined *chain = flame_arena_zalloc(&dwarf->arena, around + 1, sizeof *chain);
    if (!chain || !fill(dwarf, unit, call, &self))
        return false;
    if (self.name && *self.name)
        chain[count++] = self;
    if (around)
        memcpy(chain + count, parent->chain, around * sizeof *chain);
    call->chain = chain;
    call->chain_count = count + around;
    return true;
}

enum flame_status flame_unit_inlined(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                     uint64_t svma, const struct flame_inlined **chain,
                                     size_t *count)
{
    enum flame_status status = unit->inlines ? FLAME_OK : build(dwarf, unit);
    if (status != FLAME_OK)
        return status;
    uint32_t id = flame_segments_find(&unit->inlines->segments, svma);
    if (id == FLAME_INTERVAL_NONE)
        return FLAME_OK;
    struct call *call = &unit->inlines->calls.items[id];
    if (!call->chain && !make_chain(dwarf, unit, call))
        return FLAME_NOMEM;
    *chain = call->chain;
    *count = call->chain_count;
    return FLAME_OK;
}
