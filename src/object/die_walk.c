/* die_walk.c: a forward reader of .debug_info.
 *
 * libdw finds an entry's next sibling, child and attributes by reading the entry again each time.
 * Here each abbreviation becomes a shape first: a row of steps, of which most pass over several
 * attributes of fixed size at once. libdw reads the abbreviations, finds units and sections, and
 * makes sense of the attributes that are kept. Does not follow references.
 * Source: DWARF 5, 7.5; the GNU extensions as in elfutils dwarf.h. */
#include "die_walk.h"

#include <dwarf.h>
#include <string.h>

enum {
    /* linkers don't join tables of abbreviations; dwz does */
    CODES_MAX = FLAME_DIE_PAGE * FLAME_DIE_PAGE,
    ATTRIBUTES_MAX = 256, /* of one entry: compilers write at most 30 or so */
    NOT_FIXED = UINT32_MAX,
};

/* One attribute, or several of fixed size that are not kept.
 *
 * size   bytes; NOT_FIXED: they say themselves
 * field  FLAME_DIE_FIELDS: stepped over
 * constant  where libdw has the value of DW_FORM_implicit_const; else NULL */
struct step {
    uint32_t size;
    uint16_t code, form;
    uint8_t field;
    unsigned char *constant;
};

struct flame_die_shape {
    unsigned tag;
    bool children;
    size_t count;
    struct step steps[];
};

void flame_die_walk_init(struct flame_die_walk *walk, Dwarf_Die *unit,
                         const struct flame_cursor *info)
{
    Dwarf *dwarf = dwarf_cu_getdwarf(unit->cu);
    Dwarf_Half version = 0;
    Dwarf_Off header = dwarf_cuoffset(unit), start = dwarf_dieoffset(unit) - header, next = 0;
    *walk = (struct flame_die_walk){ .cu = unit->cu };
    flame_arena_init(&walk->arena, SIZE_MAX);
    walk->at = flame_cursor_make(unit->addr, 0, 0, false, NULL, NULL);
    if (dwarf_cu_info(unit->cu, &version, NULL, NULL, NULL, NULL, &walk->address_size,
                      &walk->offset_size) != 0 ||
        dwarf_nextcu(dwarf, start, &next, NULL, NULL, NULL, NULL) != 0 || next <= start + header)
        return;
    walk->version = (uint8_t)version;
    walk->unit_start = (const uint8_t *)unit->addr - header;
    struct flame_cursor c = *info;
    if (!flame_cursor_seek(&c, start, "unit") || c.at != walk->unit_start)
        return;
    uint64_t left = flame_cursor_left(&c), size = next - start;
    walk->at = flame_cursor_sub(&c, size < left ? size : left, "unit");
    flame_cursor_take(&walk->at, header, "unit header");
}

void flame_die_walk_deinit(struct flame_die_walk *walk)
{
    flame_arena_deinit(&walk->arena);
}

static enum flame_die_field field_of(unsigned tag, unsigned code)
{
    bool code_in_it = tag == DW_TAG_inlined_subroutine || tag == DW_TAG_subprogram;
    switch (code) {
    case DW_AT_sibling:
        return FLAME_DIE_SIBLING;
    case DW_AT_low_pc:
        return code_in_it ? FLAME_DIE_LOW_PC : FLAME_DIE_FIELDS;
    case DW_AT_high_pc:
        return code_in_it ? FLAME_DIE_HIGH_PC : FLAME_DIE_FIELDS;
    case DW_AT_ranges:
        return code_in_it ? FLAME_DIE_RANGES : FLAME_DIE_FIELDS;
    case DW_AT_abstract_origin:
        return tag == DW_TAG_inlined_subroutine ? FLAME_DIE_ORIGIN : FLAME_DIE_FIELDS;
    case DW_AT_call_file:
        return tag == DW_TAG_inlined_subroutine ? FLAME_DIE_CALL_FILE : FLAME_DIE_FIELDS;
    case DW_AT_call_line:
        return tag == DW_TAG_inlined_subroutine ? FLAME_DIE_CALL_LINE : FLAME_DIE_FIELDS;
    default:
        return FLAME_DIE_FIELDS;
    }
}

static uint32_t size_of(const struct flame_die_walk *walk, unsigned form)
{
    switch (form) {
    case DW_FORM_flag_present:
    case DW_FORM_implicit_const:
        return 0;
    case DW_FORM_data1:
    case DW_FORM_ref1:
    case DW_FORM_flag:
    case DW_FORM_strx1:
    case DW_FORM_addrx1:
        return 1;
    case DW_FORM_data2:
    case DW_FORM_ref2:
    case DW_FORM_strx2:
    case DW_FORM_addrx2:
        return 2;
    case DW_FORM_strx3:
    case DW_FORM_addrx3:
        return 3;
    case DW_FORM_data4:
    case DW_FORM_ref4:
    case DW_FORM_strx4:
    case DW_FORM_addrx4:
    case DW_FORM_ref_sup4:
        return 4;
    case DW_FORM_data8:
    case DW_FORM_ref8:
    case DW_FORM_ref_sig8:
    case DW_FORM_ref_sup8:
        return 8;
    case DW_FORM_data16:
        return 16;
    case DW_FORM_addr:
        return walk->address_size;
    case DW_FORM_ref_addr:
        return walk->version < 3 ? walk->address_size : walk->offset_size;
    case DW_FORM_sec_offset:
    case DW_FORM_strp:
    case DW_FORM_line_strp:
    case DW_FORM_strp_sup:
    case DW_FORM_GNU_ref_alt:
    case DW_FORM_GNU_strp_alt:
        return walk->offset_size;
    default:
        return NOT_FIXED;
    }
}

/* Pass over a value whose form says how long it is. An unknown form is the end. */
static void pass(const struct flame_die_walk *walk, struct flame_cursor *c, unsigned form)
{
    uint32_t fixed;
    switch (form) {
    case DW_FORM_udata:
    case DW_FORM_sdata:
    case DW_FORM_ref_udata:
    case DW_FORM_strx:
    case DW_FORM_addrx:
    case DW_FORM_loclistx:
    case DW_FORM_rnglistx:
    case DW_FORM_GNU_addr_index:
    case DW_FORM_GNU_str_index:
        flame_cursor_uleb(c, "number");
        return;
    case DW_FORM_string: {
        size_t left = flame_cursor_left(c);
        const uint8_t *end = left ? memchr(c->at, 0, left) : NULL;
        flame_cursor_take(c, end ? (size_t)(end - c->at) + 1 : left + 1, "string");
        return;
    }
    case DW_FORM_block:
    case DW_FORM_exprloc:
        flame_cursor_take(c, flame_cursor_uleb(c, "block"), "block");
        return;
    case DW_FORM_block1:
        flame_cursor_take(c, flame_cursor_u8(c, "block"), "block");
        return;
    case DW_FORM_block2:
        flame_cursor_take(c, flame_cursor_u16(c, "block"), "block");
        return;
    case DW_FORM_block4:
        flame_cursor_take(c, flame_cursor_u32(c, "block"), "block");
        return;
    default:
        fixed = size_of(walk, form);
        flame_cursor_take(c, fixed == NOT_FIXED ? UINT64_MAX : fixed, "attribute");
        return;
    }
}

/* A shape that is being made, from an entry that is read at the same time. seen: attributes. */
struct making {
    const struct flame_die_walk *walk;
    struct flame_cursor at;
    unsigned tag;
    size_t seen, count;
    struct step steps[ATTRIBUTES_MAX];
};

static int add_step(Dwarf_Attribute *attribute, void *context)
{
    struct making *m = context;
    unsigned form = attribute->form;
    if (m->seen++ == ATTRIBUTES_MAX || form > UINT16_MAX)
        return DWARF_CB_ABORT;
    /* libdw gives the form that DW_FORM_indirect leads to, and where the value begins behind it */
    bool indirect = form != DW_FORM_implicit_const && attribute->valp != m->at.at;
    if (indirect && (flame_cursor_uleb(&m->at, "form") != form || attribute->valp != m->at.at))
        return DWARF_CB_ABORT;
    pass(m->walk, &m->at, form);
    form = indirect ? DW_FORM_indirect : form;
    uint32_t size = size_of(m->walk, form);
    enum flame_die_field field = field_of(m->tag, attribute->code);
    struct step *last = m->count ? &m->steps[m->count - 1] : NULL;
    if (field == FLAME_DIE_FIELDS && size != NOT_FIXED && last && last->field == FLAME_DIE_FIELDS &&
        last->size != NOT_FIXED) {
        last->size += size;
        return DWARF_CB_OK;
    }
    bool constant = field != FLAME_DIE_FIELDS && form == DW_FORM_implicit_const;
    m->steps[m->count++] = (struct step){
        .size = size,
        .code = (uint16_t)attribute->code,
        .form = (uint16_t)form,
        .field = (uint8_t)field,
        .constant = constant ? attribute->valp : NULL,
    };
    return DWARF_CB_OK;
}

/* The shape of the entry at, whose abbreviation is met for the first time and has been read; NULL
 * if it cannot be read. */
static const struct flame_die_shape *make_shape(struct flame_die_walk *walk, const uint8_t *at)
{
    Dwarf_Die die = { .addr = (void *)(uintptr_t)at, .cu = walk->cu };
    struct making m = { .walk = walk, .at = walk->at };
    int tag = dwarf_tag(&die);
    if (tag == DW_TAG_invalid)
        return NULL;
    m.tag = (unsigned)tag;
    /* It is not asked for their number first: libdw 0.188 miscounts where DW_FORM_implicit_const
     * is among them. */
    if (dwarf_getattrs(&die, add_step, &m, 0) != 1)
        return NULL;
    struct flame_die_shape *shape =
        flame_arena_alloc(&walk->arena, sizeof *shape + m.count * sizeof shape->steps[0]);
    if (!shape) {
        walk->no_memory = true;
        return NULL;
    }
    *shape = (struct flame_die_shape){ m.tag, dwarf_haschildren(&die) == 1, m.count };
    memcpy(shape->steps, m.steps, m.count * sizeof shape->steps[0]);
    return shape;
}

static const struct flame_die_shape *shape_of(struct flame_die_walk *walk, uint64_t code,
                                              const uint8_t *at)
{
    if (code >= CODES_MAX)
        return NULL;
    const struct flame_die_shape ***page = &walk->shapes[code / FLAME_DIE_PAGE];
    size_t index = code % FLAME_DIE_PAGE;
    if (*page && (*page)[index])
        return (*page)[index];
    if (!*page)
        *page = flame_arena_zalloc(&walk->arena, FLAME_DIE_PAGE, sizeof **page);
    if (!*page) {
        walk->no_memory = true;
        return NULL;
    }
    return (*page)[index] = make_shape(walk, at);
}

/* Keep the attribute that is next. */
static void keep(struct flame_die_walk *walk, struct flame_die *die, const struct step *step)
{
    unsigned form = step->form;
    if (form == DW_FORM_indirect)
        form = (unsigned)flame_cursor_uleb(&walk->at, "form");
    unsigned char *value =
        step->constant ? step->constant : (unsigned char *)(uintptr_t)walk->at.at;
    pass(walk, &walk->at, form);
    die->fields[step->field] = (Dwarf_Attribute){ step->code, form, value, walk->cu };
    die->has |= 1u << step->field;
}

/* Padding at the end, or, in the middle, what was left out of a copy (src/pack): that may be
 * megabytes. */
static void pass_zeros(struct flame_cursor *c)
{
    size_t left = flame_cursor_left(c), zeros = 0;
    while (zeros < left && c->at[zeros] == 0)
        zeros++;
    flame_cursor_take(c, zeros, "padding");
}

bool flame_die_next(struct flame_die_walk *walk, struct flame_die *die)
{
    struct flame_cursor *c = &walk->at;
    const uint8_t *at = NULL;
    uint64_t code = 0;
    while (code == 0) {
        if (flame_cursor_left(c) == 0)
            return false;
        at = c->at;
        code = flame_cursor_uleb(c, "abbreviation");
        if (code == 0 && walk->depth == 0)
            return false;
        if (code == 0 && walk->depth == 1)
            pass_zeros(c);
        walk->depth -= code == 0 && walk->depth > 1;
    }
    if (c->failed)
        return false;
    const struct flame_die_shape *shape = shape_of(walk, code, at);
    if (!shape)
        return false;
    die->at = at;
    die->tag = shape->tag;
    die->depth = walk->depth + 1;
    die->has = 0;
    die->children = shape->children;
    for (size_t i = 0; i < shape->count; i++) {
        const struct step *step = &shape->steps[i];
        if (step->field != FLAME_DIE_FIELDS)
            keep(walk, die, step);
        else if (step->size != NOT_FIXED)
            flame_cursor_take(c, step->size, "attributes");
        else if (step->form == DW_FORM_indirect)
            pass(walk, c, (unsigned)flame_cursor_uleb(c, "form"));
        else
            pass(walk, c, step->form);
    }
    walk->depth += shape->children;
    return !c->failed;
}

void flame_die_skip_children(struct flame_die_walk *walk, const struct flame_die *die)
{
    struct flame_cursor *c = &walk->at;
    Dwarf_Die sibling;
    Dwarf_Attribute field = die->fields[FLAME_DIE_SIBLING];
    if (!die->children || !(die->has & 1u << FLAME_DIE_SIBLING) ||
        !dwarf_formref_die(&field, &sibling))
        return;
    const uint8_t *to = sibling.addr;
    if (sibling.cu != walk->cu || to <= c->at || to > c->end)
        return;
    flame_cursor_take(c, (uint64_t)(to - c->at), "children");
    walk->depth = die->depth - 1;
}

const uint8_t *flame_die_end(Dwarf_Die *die, const struct flame_cursor *info)
{
    struct flame_die_walk walk;
    struct flame_die found;
    Dwarf_Die unit;
    const uint8_t *at = die->addr, *end = NULL;
    if (dwarf_cu_info(die->cu, NULL, NULL, &unit, NULL, NULL, NULL, NULL) != 0)
        return NULL;
    flame_die_walk_init(&walk, &unit, info);
    if (at >= walk.at.at && at < walk.at.end) {
        flame_cursor_take(&walk.at, (uint64_t)(at - walk.at.at), "entry");
        if (flame_die_next(&walk, &found) && found.at == at)
            end = walk.at.at;
    }
    flame_die_walk_deinit(&walk);
    return end;
}
