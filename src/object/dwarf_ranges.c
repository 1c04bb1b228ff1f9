/* dwarf_ranges.c: addresses and lists of ranges, read from their sections.
 *
 * libdw reads them too, but those of a split unit only when it has opened the split file by itself,
 * at a path that the debug information names; we open files elsewhere. So one reader serves all
 * units: it is told where the unit's table of addresses and its lists begin, which the skeleton
 * says. Source: DWARF 4, 2.17; DWARF 5, 2.17.3, 7.3.2, 7.27, 7.28; GCC's DebugFission. */
#include "dwarf_ranges.h"

#include "dwarf_section.h"

#include <dwarf.h>

/* Entries of lists that are read of one object. Compilers let a few functions have a list in
 * common, but an entry takes three bytes at least, so that there are as many as there are bytes,
 * and some for short sections. Many functions could point at one long list otherwise. */
enum { ENTRIES_MORE = 1 << 18, ENTRIES_MAX = 1 << 23 };

void flame_dwarf_allow_ranges(struct flame_dwarf *dwarf, const struct flame_cursor *lists)
{
    uint64_t limit = dwarf->range_limit ? dwarf->range_limit : ENTRIES_MORE;
    limit += flame_cursor_left(lists);
    dwarf->range_limit = limit < ENTRIES_MAX ? limit : ENTRIES_MAX;
}

/* Where the entries of a unit, or of its skeleton, find what they mean.
 *
 * addresses  the program's table, from the unit's part on
 * lists      the whole section
 * lists_base  what indices of lists count from; before DWARF 5, what is added to offsets
 * low        the unit's base address
 * touched    as flame_dwarf's
 * address_size  4 or 8 */
struct flame_range_source {
    struct flame_cursor addresses, lists;
    uint64_t lists_base, low;
    struct flame_touched *touched;
    uint8_t address_size;
};

bool flame_range_is_real(uint64_t low, uint64_t high, uint8_t address_size)
{
    uint64_t last = address_size == 4 ? UINT32_MAX : UINT64_MAX;
    return low > 0 && low < high && low < last - 1;
}

/* What libdw reads when it takes the value for a plain constant of that form: it checks that the
 * value lies in the unit, and looks at no other section. */
static bool constant(const Dwarf_Attribute *attribute, unsigned form, size_t skip, uint64_t *value)
{
    Dwarf_Attribute a = *attribute;
    Dwarf_Word v;
    a.code = DW_AT_byte_size;
    a.form = form;
    a.valp += skip;
    if (dwarf_formudata(&a, &v) != 0)
        return false;
    *value = v;
    return true;
}

bool flame_dwarf_form_offset(const Dwarf_Attribute *attribute, uint8_t offset_size,
                             uint64_t *offset)
{
    unsigned form = attribute->form;
    if (form == DW_FORM_sec_offset)
        form = offset_size == 8 ? DW_FORM_data8 : DW_FORM_data4;
    return constant(attribute, form, 0, offset);
}

static bool unit_offset(Dwarf_Die *die, unsigned name, uint8_t offset_size, uint64_t *offset)
{
    Dwarf_Attribute a;
    return dwarf_attr(die, name, &a) && flame_dwarf_form_offset(&a, offset_size, offset);
}

/* Three bytes of the file's order. */
static bool constant_of_three(const Dwarf_Attribute *attribute, bool big_endian, uint64_t *value)
{
    uint64_t bytes[3];
    for (size_t i = 0; i < 3; i++)
        if (!constant(attribute, DW_FORM_data1, i, &bytes[i]))
            return false;
    *value = big_endian ? bytes[0] << 16 | bytes[1] << 8 | bytes[2]
                        : bytes[2] << 16 | bytes[1] << 8 | bytes[0];
    return true;
}

static bool is_big_endian(const struct flame_cursor *c)
{
    return (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) != c->swap;
}

static uint64_t read_address(struct flame_cursor *c, uint8_t size)
{
    return size == 4 ? flame_cursor_u32(c, "address") : flame_cursor_u64(c, "address");
}

static bool address_at(const struct flame_range_source *source, uint64_t index, uint64_t *svma)
{
    uint8_t size = source->address_size;
    struct flame_cursor c = source->addresses;
    if (index >= flame_cursor_left(&c) / size)
        return false;
    flame_cursor_take(&c, index * size, "addresses");
    flame_touch(source->touched, c.at, size);
    *svma = read_address(&c, size);
    return true;
}

static bool is_address(unsigned form)
{
    return form == DW_FORM_addr || form == DW_FORM_addrx || form == DW_FORM_GNU_addr_index ||
           (form >= DW_FORM_addrx1 && form <= DW_FORM_addrx4);
}

bool flame_dwarf_form_index(const Dwarf_Attribute *attribute, bool big_endian, uint64_t *index)
{
    switch (attribute->form) {
    case DW_FORM_addrx:
    case DW_FORM_strx:
    case DW_FORM_GNU_addr_index:
    case DW_FORM_GNU_str_index:
        return constant(attribute, DW_FORM_udata, 0, index);
    case DW_FORM_addrx1:
    case DW_FORM_strx1:
        return constant(attribute, DW_FORM_data1, 0, index);
    case DW_FORM_addrx2:
    case DW_FORM_strx2:
        return constant(attribute, DW_FORM_data2, 0, index);
    case DW_FORM_addrx3:
    case DW_FORM_strx3:
        return constant_of_three(attribute, big_endian, index);
    case DW_FORM_addrx4:
    case DW_FORM_strx4:
        return constant(attribute, DW_FORM_data4, 0, index);
    default:
        return false;
    }
}

static bool address_of(const struct flame_range_source *source, const Dwarf_Attribute *attribute,
                       uint64_t *svma)
{
    uint64_t index;
    Dwarf_Attribute a = *attribute;
    if (a.form == DW_FORM_addr)
        return dwarf_formaddr(&a, svma) == 0;
    return is_address(a.form) &&
           flame_dwarf_form_index(&a, is_big_endian(&source->addresses), &index) &&
           address_at(source, index, svma);
}

static void find_lists(struct flame_range_source *source, const struct flame_dwarf *dwarf,
                       struct flame_dwarf_unit *unit, bool split)
{
    if (unit->version < 5) {
        source->lists = dwarf->ranges;
        if (split)
            unit_offset(&unit->skeleton, DW_AT_GNU_ranges_base, unit->offset_size,
                        &source->lists_base);
        return;
    }
    source->lists_base = unit->offset_size == 8 ? 20 : 12; /* behind the first header */
    source->lists = split ? flame_dwarf_section(unit->dwarf, "debug_rnglists") : dwarf->rnglists;
    if (split && flame_cursor_left(&source->lists))
        return;
    source->lists = dwarf->rnglists;
    unit_offset(&unit->skeleton, DW_AT_rnglists_base, unit->offset_size, &source->lists_base);
}

/* The source of an attribute that was found in cu; NULL when memory is exhausted. */
static const struct flame_range_source *source_of(struct flame_dwarf *dwarf,
                                                  struct flame_dwarf_unit *unit, const Dwarf_CU *cu)
{
    bool split = cu != unit->skeleton.cu;
    struct flame_range_source *source = split ? unit->split_ranges : unit->ranges;
    if (source)
        return source;
    source = flame_arena_zalloc(&dwarf->arena, 1, sizeof *source);
    if (!source)
        return NULL;
    source->address_size = unit->address_size == 4 ? 4 : 8;
    source->touched = dwarf->touched;
    uint64_t base = unit->version >= 5 ? 8 : 0;
    unsigned name = unit->version >= 5 ? DW_AT_addr_base : DW_AT_GNU_addr_base;
    unit_offset(&unit->skeleton, name, unit->offset_size, &base);
    source->addresses = dwarf->addresses;
    flame_cursor_take(&source->addresses, base, "address base");
    find_lists(source, dwarf, unit, split);
    Dwarf_Attribute low;
    if (dwarf_attr(&unit->skeleton, DW_AT_low_pc, &low))
        address_of(source, &low, &source->low);
    *(split ? &unit->split_ranges : &unit->ranges) = source;
    return source;
}

/* What is being read of one list. */
struct list {
    struct flame_dwarf *dwarf;
    const struct flame_range_source *source;
    struct flame_dwarf_ranges *out;
    struct flame_cursor at;
    uint64_t base;
    uint8_t address_size;
    bool failed; /* memory */
};

static void add(struct list *l, uint64_t low, uint64_t high)
{
    struct flame_dwarf_range range = { low, high };
    if (flame_range_is_real(low, high, l->address_size))
        l->failed = l->failed || !flame_vec_push(&l->out->list, range);
}

static void add_offsets(struct list *l, uint64_t low, uint64_t high)
{
    uint64_t mask = l->address_size == 4 ? UINT32_MAX : UINT64_MAX;
    if (l->base < mask - 1) /* else the whole unit was left out */
        add(l, (l->base + low) & mask, (l->base + high) & mask);
}

static bool within_limits(struct list *l)
{
    return !l->at.failed && !l->failed && l->dwarf->range_entries++ < l->dwarf->range_limit;
}

/* .debug_ranges */
static void read_pairs(struct list *l)
{
    const uint64_t change_base = l->address_size == 4 ? UINT32_MAX : UINT64_MAX;
    while (within_limits(l)) {
        uint64_t low = read_address(&l->at, l->address_size);
        uint64_t high = read_address(&l->at, l->address_size);
        if (l->at.failed || (low == 0 && high == 0))
            return;
        if (low == change_base)
            l->base = high;
        else
            add_offsets(l, low, high);
    }
}

static bool indexed(struct list *l, uint64_t *svma)
{
    uint64_t index = flame_cursor_uleb(&l->at, "index");
    return !l->at.failed && address_at(l->source, index, svma);
}

/* One entry of .debug_rnglists; false at the end. */
static bool read_entry(struct list *l)
{
    uint64_t low = 0, high = 0;
    switch (flame_cursor_u8(&l->at, "entry")) {
    case DW_RLE_base_addressx:
        return indexed(l, &l->base);
    case DW_RLE_startx_endx:
        if (!indexed(l, &low) || !indexed(l, &high))
            return false;
        break;
    case DW_RLE_startx_length:
        if (!indexed(l, &low))
            return false;
        high = low + flame_cursor_uleb(&l->at, "length");
        break;
    case DW_RLE_offset_pair:
        low = flame_cursor_uleb(&l->at, "offset");
        high = flame_cursor_uleb(&l->at, "offset");
        if (!l->at.failed)
            add_offsets(l, low, high);
        return !l->at.failed;
    case DW_RLE_base_address:
        l->base = read_address(&l->at, l->address_size);
        return !l->at.failed;
    case DW_RLE_start_end:
        low = read_address(&l->at, l->address_size);
        high = read_address(&l->at, l->address_size);
        break;
    case DW_RLE_start_length:
        low = read_address(&l->at, l->address_size);
        high = low + flame_cursor_uleb(&l->at, "length");
        break;
    default: /* DW_RLE_end_of_list, or unknown */
        return false;
    }
    if (!l->at.failed)
        add(l, low, high);
    return !l->at.failed;
}

/* Where a list of .debug_rnglists begins that is known by its index. */
static bool offset_of_list(const struct flame_range_source *source, uint8_t offset_size,
                           uint64_t index, uint64_t *offset)
{
    struct flame_cursor c = source->lists;
    flame_cursor_take(&c, source->lists_base, "lists");
    if (index >= flame_cursor_left(&c) / offset_size)
        return false;
    flame_cursor_take(&c, index * offset_size, "lists");
    flame_touch(source->touched, c.at, offset_size);
    uint64_t from_base =
        offset_size == 8 ? flame_cursor_u64(&c, "list") : flame_cursor_u32(&c, "list");
    *offset = source->lists_base + from_base;
    return !c.failed && *offset >= from_base;
}

/* Whether one of the ranges from first on is asked for. Those of the first unit always are: without
 * any, there would seem to be no debug information. */
static bool has_wanted(const struct flame_dwarf *dwarf, const struct flame_dwarf_ranges *ranges,
                       size_t first)
{
    if (dwarf->units.count == 1 && !dwarf->spans.list.count)
        return true;
    for (size_t i = first; i < ranges->list.count; i++)
        if (flame_touch_wants(dwarf->touched, ranges->list.items[i].low,
                              ranges->list.items[i].high))
            return true;
    return false;
}

enum flame_status flame_dwarf_list_ranges(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                          const Dwarf_Attribute *ranges,
                                          struct flame_dwarf_ranges *out)
{
    uint64_t index = 0, offset = 0;
    const struct flame_range_source *source = source_of(dwarf, unit, ranges->cu);
    if (!source)
        return FLAME_NOMEM;
    bool found;
    if (ranges->form == DW_FORM_rnglistx)
        found = constant(ranges, DW_FORM_udata, 0, &index) &&
                offset_of_list(source, unit->offset_size, index, &offset);
    else
        found = flame_dwarf_form_offset(ranges, unit->offset_size, &offset);
    if (unit->version < 5)
        offset += source->lists_base;
    struct list l = { .dwarf = dwarf,
                      .source = source,
                      .out = out,
                      .at = source->lists,
                      .base = source->low,
                      .address_size = source->address_size };
    if (!found || !flame_cursor_seek(&l.at, offset, "list"))
        return FLAME_OK;
    const uint8_t *start = l.at.at;
    size_t before = out->list.count;
    if (unit->version < 5)
        read_pairs(&l);
    else
        while (within_limits(&l) && read_entry(&l))
            continue;
    if (dwarf->touched && has_wanted(dwarf, out, before))
        flame_touch(dwarf->touched, start, (size_t)(l.at.at - start));
    return l.failed ? FLAME_NOMEM : FLAME_OK;
}

enum flame_status flame_dwarf_pair_range(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                         const Dwarf_Attribute *low, const Dwarf_Attribute *high,
                                         struct flame_dwarf_ranges *out)
{
    const struct flame_range_source *source = source_of(dwarf, unit, low->cu);
    struct flame_dwarf_range range;
    if (!source)
        return FLAME_NOMEM;
    if (!address_of(source, low, &range.low))
        return FLAME_OK;
    if (is_address(high->form)) {
        if (!address_of(source, high, &range.high))
            return FLAME_OK;
    } else {
        uint64_t size;
        if (!flame_dwarf_form_offset(high, unit->offset_size, &size))
            return FLAME_OK;
        range.high = range.low + size;
    }
    if (!flame_range_is_real(range.low, range.high, source->address_size))
        return FLAME_OK;
    return flame_vec_push(&out->list, range) ? FLAME_OK : FLAME_NOMEM;
}

enum flame_status flame_dwarf_die_ranges(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                         Dwarf_Die *die, struct flame_dwarf_ranges *out)
{
    Dwarf_Attribute low, high;
    if (dwarf_attr(die, DW_AT_ranges, &low))
        return flame_dwarf_list_ranges(dwarf, unit, &low, out);
    if (dwarf_attr(die, DW_AT_low_pc, &low) && dwarf_attr(die, DW_AT_high_pc, &high))
        return flame_dwarf_pair_range(dwarf, unit, &low, &high, out);
    return FLAME_OK;
}
