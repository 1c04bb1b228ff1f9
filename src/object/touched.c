/* touched.c: note what was read.
 *
 * What libdw reads by itself follows from what it was asked: of an entry, its bytes and the
 * abbreviations up to its own; to get to a unit, the headers of those before it. Where it cannot be
 * told how much that is, all that it may be is noted. Source: elfutils libdw. */
#include "touched.h"

#include "die_walk.h"
#include "dwarf_ranges.h"
#include "dwarf_section.h"
#include "dwarf_unit.h"

#include <dwarf.h>
#include <string.h>

void flame_touched_deinit(struct flame_touched *touched)
{
    flame_ranges_free(&touched->bytes);
    flame_vec_free(&touched->files);
}

void flame_touch(struct flame_touched *touched, const void *at, size_t size)
{
    uint64_t start = (uintptr_t)at;
    if (touched && !flame_ranges_add(&touched->bytes, start, start + size))
        touched->failed = true;
}

void flame_touch_rest(struct flame_touched *touched, const struct flame_cursor *c)
{
    flame_touch(touched, c->at, flame_cursor_left(c));
}

void flame_touch_text(struct flame_touched *touched, const char *text)
{
    if (touched && text)
        flame_touch(touched, text, strlen(text) + 1);
}

bool flame_touch_wants(const struct flame_touched *touched, uint64_t low, uint64_t high)
{
    return touched && flame_ranges_meet(touched->wanted, low, high);
}

void flame_touch_file(struct flame_touched *touched, const struct flame_touched_file *file)
{
    if (touched && !flame_vec_push(&touched->files, *file))
        touched->failed = true;
}

/* The entry of a unit's table of texts; all tables, where the unit does not say where its own is.
 */
static void touch_index(struct flame_touched *touched, const Dwarf_Attribute *attribute)
{
    struct flame_cursor c =
        flame_dwarf_section(dwarf_cu_getdwarf(attribute->cu), "debug_str_offsets");
    const bool big = (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) != c.swap;
    uint64_t index, base;
    uint8_t offset_size;
    Dwarf_Attribute a;
    Dwarf_Die unit;
    if (!flame_dwarf_form_index(attribute, big, &index))
        return; /* it has none */
    if (dwarf_cu_info(attribute->cu, NULL, NULL, &unit, NULL, NULL, NULL, &offset_size) != 0 ||
        !dwarf_attr(&unit, DW_AT_str_offsets_base, &a) ||
        !flame_dwarf_form_offset(&a, offset_size, &base)) {
        flame_touch_rest(touched, &c);
        return;
    }
    flame_cursor_take(&c, base, "texts");
    if (index < flame_cursor_left(&c) / offset_size)
        flame_touch(touched, c.at + index * offset_size, offset_size);
}

void flame_touch_string(struct flame_touched *touched, const Dwarf_Attribute *attribute,
                        const char *text)
{
    if (!touched || !text)
        return;
    flame_touch_text(touched, text);
    touch_index(touched, attribute);
}

static bool has(const struct flame_cursor *c, const uint8_t *at)
{
    return at >= c->at && at < c->end;
}

/* To know which part of a table of abbreviations an entry needs, the table is gone over anew for
 * each. When that has been so many bytes, whole tables are noted. */
#define WALKED_MAX (UINT64_C(1) << 28)

static void touch_die(struct flame_touched *touched, Dwarf_Die *die,
                      const struct flame_unit_sections *sections)
{
    const uint8_t *at = die->addr, *end = flame_die_end(die, &sections->info);
    struct flame_cursor table = sections->abbreviations;
    flame_touch(touched, at, (size_t)((end ? end : sections->info.end) - at));
    if (touched->walked <= WALKED_MAX)
        flame_dwarf_abbreviations(die, sections, false, &table);
    touched->walked += flame_cursor_left(&table);
    flame_touch_rest(touched, &table);
}

void flame_touch_die(struct flame_touched *touched, Dwarf_Die *die)
{
    Dwarf *dwarf = touched ? dwarf_cu_getdwarf(die->cu) : NULL;
    if (!dwarf)
        return;
    struct flame_unit_sections sections = flame_unit_sections_of(dwarf);
    if (has(&sections.info, die->addr)) {
        touch_die(touched, die, &sections);
        return;
    }
    struct flame_cursor types = flame_dwarf_section(dwarf, "debug_types");
    flame_touch_rest(touched, &types);
    flame_touch_rest(touched, &sections.abbreviations);
}

/* Units of types have a section of their own before DWARF 5. Of these only headers are read. Where
 * readers would not go on, for what there is to read of abbreviations, entries are not noted. */
static void touch_units(struct flame_touched *touched, Dwarf *dwarf, bool types)
{
    struct flame_unit_sections sections = flame_unit_sections_of(dwarf);
    const uint64_t most = touched->walked + flame_abbreviations_limit(&sections);
    struct flame_cursor all = types ? flame_dwarf_section(dwarf, "debug_types") : sections.info;
    Dwarf_Off at = 0, next, type;
    uint64_t signature;
    size_t header;
    Dwarf_Die die;
    for (; dwarf_next_unit(dwarf, at, &next, &header, NULL, NULL, NULL, NULL,
                           types ? &signature : NULL, types ? &type : NULL) == 0 &&
           next > at;
         at = next) {
        struct flame_cursor c = all;
        flame_cursor_take(&c, at, "unit");
        size_t left = flame_cursor_left(&c);
        flame_touch(touched, c.at, header < left ? header : left);
        if (!types && touched->walked <= most && dwarf_offdie(dwarf, at + header, &die) &&
            has(&all, die.addr))
            touch_die(touched, &die, &sections);
    }
}

void flame_touch_units(struct flame_touched *touched, Dwarf *dwarf)
{
    if (!touched)
        return;
    touch_units(touched, dwarf, false);
    touch_units(touched, dwarf, true);
}
