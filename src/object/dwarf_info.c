/* dwarf_info.c: open the debug information of an object, and find the unit of an address.
 *
 * A table of all units' ranges is made once, from the units' own entries: .debug_aranges, meant for
 * that, is not written by all compilers. What a unit says beyond that is read when the first
 * address falls into it. Does not read unlinked objects (modules of the kernel), which libdw would
 * not relocate. Source: DWARF 5, 3.1 and 7.5; elfutils libdw.h. */
#include "dwarf_unit.h"

#include "bounds.h"
#include "demangled.h"
#include "die_walk.h"
#include "dwarf_ranges.h"
#include "dwarf_section.h"
#include "dwarf_split.h"
#include "inline.h"
#include "line.h"
#include "reserve.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

/* Bytes, what libdw takes for a file at first: it ends the process, or reads what it did not get,
 * when memory ends while it takes units and abbreviations apart (0.188; docs/robustness.md). */
enum { RESERVE = 1 << 20 };

enum {
    TEXT_MAX = 1 << 16,  /* of one name or path; names are shown no longer */
    TEXTS_MAX = 1 << 28, /* of all, in bytes */
};

const char *flame_dwarf_string(struct flame_dwarf *dwarf, const char *text)
{
    struct flame_str s = { text, strnlen(text, TEXT_MAX) };
    size_t known = dwarf->strings.strings.count;
    if (dwarf->text_bytes + s.len > TEXTS_MAX)
        return "";
    uint32_t id = flame_intern_add(&dwarf->strings, s);
    if (id == known)
        dwarf->text_bytes += s.len;
    return id == FLAME_INTERN_NONE ? NULL : flame_intern_get(&dwarf->strings, id).ptr;
}

const char *flame_dwarf_text(const struct flame_dwarf *dwarf, Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute a;
    const char *text = dwarf_attr(die, name, &a) ? dwarf_formstring(&a) : NULL;
    flame_touch_string(dwarf->touched, &a, text);
    return text;
}

struct flame_unit_sections flame_unit_sections_of(Dwarf *dwarf)
{
    return (struct flame_unit_sections){ flame_dwarf_section(dwarf, "debug_info"),
                                         flame_dwarf_section(dwarf, "debug_abbrev") };
}

static void pass_abbreviation(struct flame_cursor *c)
{
    uint64_t name, form;
    flame_cursor_uleb(c, "tag");
    flame_cursor_u8(c, "children");
    do {
        name = flame_cursor_uleb(c, "attribute");
        form = flame_cursor_uleb(c, "form");
        if (form == DW_FORM_implicit_const)
            flame_cursor_sleb(c, "constant");
    } while (!c->failed && (name || form));
}

bool flame_dwarf_abbreviations(Dwarf_Die *die, const struct flame_unit_sections *sections,
                               bool whole, struct flame_cursor *out)
{
    struct flame_cursor c = sections->abbreviations, at = sections->info;
    Dwarf_Off header = dwarf_cuoffset(die), start = dwarf_dieoffset(die) - header, next, table;
    if (dwarf_nextcu(dwarf_cu_getdwarf(die->cu), start, &next, NULL, &table, NULL, NULL) != 0 ||
        !flame_cursor_seek(&at, start + header, "unit") || !flame_cursor_seek(&c, table, "table"))
        return false;
    struct flame_cursor all = c;
    size_t before = flame_cursor_left(&c);
    uint64_t code = flame_cursor_uleb(&at, "code"), found;
    do {
        found = flame_cursor_uleb(&c, "code");
        if (found)
            pass_abbreviation(&c);
    } while (!c.failed && found && (whole || found != code));
    *out = flame_cursor_sub(&all, before - flame_cursor_left(&c), "table");
    return true;
}

/* dwz lets units share tables, so that bytes count several times. */
uint64_t flame_abbreviations_limit(const struct flame_unit_sections *sections)
{
    return 4 * (flame_cursor_left(&sections->abbreviations) + flame_cursor_left(&sections->info)) +
           (1 << 24);
}

bool flame_dwarf_affords(struct flame_dwarf *dwarf, Dwarf_Die *unit,
                         const struct flame_unit_sections *sections, bool whole)
{
    struct flame_cursor table;
    if (!flame_dwarf_abbreviations(unit, sections, whole, &table))
        return true; /* libdw cannot read it either */
    dwarf->abbreviation_bytes += flame_cursor_left(&table);
    return dwarf->abbreviation_bytes <= flame_abbreviations_limit(sections);
}

/* The unit of an address; NULL where no unit has code. */
static struct flame_dwarf_unit *unit_at(const struct flame_dwarf *dwarf, uint64_t svma)
{
    uint32_t unit = flame_segments_find(&dwarf->spans, svma);
    return unit == FLAME_INTERVAL_NONE ? NULL : &dwarf->units.items[unit];
}

static void find_sections(struct flame_dwarf *dwarf)
{
    dwarf->sections = flame_unit_sections_of(dwarf->dwarf);
    dwarf->addresses = flame_dwarf_section(dwarf->dwarf, "debug_addr");
    dwarf->ranges = flame_dwarf_section(dwarf->dwarf, "debug_ranges");
    dwarf->rnglists = flame_dwarf_section(dwarf->dwarf, "debug_rnglists");
    dwarf->line = flame_dwarf_section(dwarf->dwarf, "debug_line");
    dwarf->strs = flame_dwarf_section(dwarf->dwarf, "debug_str");
    dwarf->line_strs = flame_dwarf_section(dwarf->dwarf, "debug_line_str");
    flame_dwarf_allow_ranges(dwarf, &dwarf->ranges);
    flame_dwarf_allow_ranges(dwarf, &dwarf->rnglists);
}

static void note_file(struct flame_dwarf *dwarf, const struct flame_file *file)
{
    struct flame_touched_file noted = {
        .bytes = file->bytes, .copy = dwarf->file.copy, .size = file->size, .handle = dwarf->dwarf
    };
    flame_touch_file(dwarf->touched, &noted);
    flame_touch_units(dwarf->touched, dwarf->dwarf);
}

/* Open the first of the object's files that has debug information, and the mapped one. *holder is
 * where that first one lies: the file that gave the symbols is in front, unless none did. */
static enum flame_status open_files(struct flame_dwarf *dwarf, const struct flame_object *object,
                                    const char **holder)
{
    bool found = false;
    const struct flame_file *file = NULL;
    for (size_t i = 0; i < object->files.count && !found; i++) {
        file = &object->files.items[i];
        struct flame_elf elf;
        enum flame_status status = flame_elf_open(&elf, file->bytes, file->size);
        found =
            status == FLAME_OK && elf.header.e_type != ET_REL && flame_dwarf_file_has(&elf, "info");
        flame_elf_close(&elf);
        if (found) {
            status = flame_dwarf_file_open(&dwarf->file, file->bytes, file->size,
                                           dwarf->wants_lines, flame_bounds_limits(dwarf->bounds));
            bool named = i == 0 && object->used && *object->used;
            if (dwarf->file.too_large)
                flame_bounds_reach(
                    dwarf->bounds, FLAME_LIMIT_DEBUGINFO, dwarf->path,
                    "debug information unpacks to",
                    dwarf->bounds && dwarf->bounds->limits.debuginfo ? "" : "or 64 times its size");
            *holder = named ? object->used : object->program ? object->program : dwarf->path;
        }
        if (status == FLAME_NOMEM)
            return status;
    }
    dwarf->dwarf = dwarf->file.handle;
    if (!dwarf->dwarf || !file)
        return FLAME_OK;
    note_file(dwarf, file);
    find_sections(dwarf);
    const struct flame_file *mapped = &object->files.items[object->files.count - 1];
    enum flame_status status = flame_elf_open(&dwarf->program, mapped->bytes, mapped->size);
    return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
}

/* Add the ranges of an entry of the last unit. */
static enum flame_status add_ranges(struct flame_dwarf *dwarf, struct flame_intervals *intervals,
                                    Dwarf_Die *die)
{
    uint32_t unit = (uint32_t)dwarf->units.count - 1;
    struct flame_dwarf_ranges ranges = { 0 };
    enum flame_status status =
        flame_dwarf_die_ranges(dwarf, &dwarf->units.items[unit], die, &ranges);
    for (size_t i = 0; i < ranges.list.count && status == FLAME_OK; i++) {
        const struct flame_dwarf_range *r = &ranges.list.items[i];
        struct flame_interval interval = { r->low, r->high, unit };
        if (!flame_vec_push(&intervals->list, interval))
            status = FLAME_NOMEM;
    }
    flame_vec_free(&ranges.list);
    return status;
}

/* Note all that was read of a unit if one of the intervals from first on is asked for, or it is the
 * first unit: without any, there would seem to be no debug information. */
static void touch_unit(struct flame_dwarf *dwarf, const struct flame_die_walk *walk,
                       Dwarf_Die *unit, const struct flame_intervals *intervals, size_t first)
{
    struct flame_cursor table;
    bool wanted = dwarf->touched && dwarf->units.count == 1 && first < intervals->list.count;
    for (size_t i = first; i < intervals->list.count && !wanted; i++)
        wanted = flame_touch_wants(dwarf->touched, intervals->list.items[i].low,
                                   intervals->list.items[i].high);
    if (!wanted)
        return;
    flame_touch(dwarf->touched, walk->unit_start, (size_t)(walk->at.end - walk->unit_start));
    if (flame_dwarf_abbreviations(unit, &dwarf->sections, true, &table))
        flame_touch_rest(dwarf->touched, &table);
}

/* The ranges of a unit whose own entry has none: those of its functions. */
static enum flame_status add_functions(struct flame_dwarf *dwarf, struct flame_intervals *intervals,
                                       Dwarf_Die *unit)
{
    struct flame_die_walk walk;
    struct flame_die die;
    enum flame_status status = FLAME_OK;
    size_t before = intervals->list.count;
    if (!flame_dwarf_affords(dwarf, unit, &dwarf->sections, true))
        return FLAME_OK;
    flame_die_walk_init(&walk, unit, &dwarf->sections.info);
    while (status == FLAME_OK && flame_die_next(&walk, &die)) {
        if (die.tag != DW_TAG_subprogram)
            continue;
        Dwarf_Die function = { .addr = (void *)(uintptr_t)die.at, .cu = unit->cu };
        status = add_ranges(dwarf, intervals, &function);
        flame_die_skip_children(&walk, &die);
    }
    touch_unit(dwarf, &walk, unit, intervals, before);
    if (walk.no_memory)
        status = FLAME_NOMEM;
    flame_die_walk_deinit(&walk);
    return status;
}

static enum flame_status add_unit(struct flame_dwarf *dwarf, struct flame_intervals *intervals,
                                  Dwarf_Die *die)
{
    struct flame_dwarf_unit unit = {
        .dwarf = dwarf->dwarf, .sections = &dwarf->sections, .die = *die, .skeleton = *die
    };
    if (dwarf_cu_info(die->cu, &unit.version, NULL, NULL, NULL, NULL, &unit.address_size,
                      &unit.offset_size) != 0)
        return FLAME_OK;
    uint32_t index = (uint32_t)dwarf->units.count;
    size_t before = intervals->list.count;
    if (index == FLAME_INTERVAL_NONE || !flame_vec_push(&dwarf->units, unit))
        return FLAME_NOMEM;
    enum flame_status status = add_ranges(dwarf, intervals, die);
    if (status == FLAME_OK && intervals->list.count == before)
        status = add_functions(dwarf, intervals, die);
    if (intervals->list.count == before) /* no code */
        dwarf->units.count--;
    return status;
}

static enum flame_status read_units(struct flame_dwarf *dwarf)
{
    struct flame_intervals intervals = { 0 };
    enum flame_status status = FLAME_OK;
    Dwarf_CU *cu = NULL;
    Dwarf_Die die;
    uint8_t type;
    while (status == FLAME_OK &&
           dwarf_get_units(dwarf->dwarf, cu, &cu, NULL, &type, &die, NULL) == 0) {
        if (type != DW_UT_compile && type != DW_UT_skeleton)
            continue;
        if (die.addr && !flame_dwarf_affords(dwarf, &die, &dwarf->sections, false))
            break;
        int tag = die.addr ? dwarf_tag(&die) : DW_TAG_invalid;
        if (tag == DW_TAG_compile_unit || tag == DW_TAG_skeleton_unit)
            status = add_unit(dwarf, &intervals, &die);
    }
    if (status == FLAME_OK)
        status = flame_intervals_flatten(&intervals, &dwarf->spans);
    flame_vec_free(&intervals.list);
    return status;
}

static void note_alt(struct flame_dwarf *dwarf)
{
    const struct flame_dwarf_alt *alt = &dwarf->alt;
    struct flame_touched_file noted = { .path = alt->path,
                                        .bytes = alt->source.file.bytes,
                                        .copy = alt->file.copy,
                                        .size = alt->source.file.size,
                                        .handle = alt->file.handle };
    if (!noted.handle)
        return;
    flame_touch_file(dwarf->touched, &noted);
    flame_touch_units(dwarf->touched, noted.handle);
}

static enum flame_status open_dwarf(struct flame_dwarf **out, const struct flame_object *object,
                                    struct flame_str path, const struct flame_symbol_places *places,
                                    bool lines, struct flame_touched *touched)
{
    struct flame_dwarf *dwarf = calloc(1, sizeof *dwarf);
    const char *holder = NULL;
    *out = NULL;
    if (!dwarf || !flame_has_reserve(RESERVE)) {
        free(dwarf);
        return FLAME_NOMEM;
    }
    dwarf->places = places;
    dwarf->bounds = places->bounds;
    dwarf->used = object->used;
    flame_arena_init(&dwarf->arena, SIZE_MAX);
    flame_intern_init(&dwarf->strings);
    dwarf->wants_lines = lines;
    dwarf->touched = touched;
    dwarf->path = flame_arena_copy(&dwarf->arena, path);
    enum flame_status status = dwarf->path ? open_files(dwarf, object, &holder) : FLAME_NOMEM;
    if (status == FLAME_OK && dwarf->dwarf && dwarf->program.handle) {
        status = flame_dwarf_alt_open(&dwarf->alt, dwarf->dwarf, &dwarf->file.elf, holder,
                                      dwarf->path, dwarf->places);
        note_alt(dwarf);
        if (status == FLAME_OK)
            status = read_units(dwarf);
    }
    if (status == FLAME_OK && dwarf->units.count)
        *out = dwarf;
    else
        flame_dwarf_close(dwarf);
    return status;
}

enum flame_status flame_dwarf_open(struct flame_dwarf **out, const struct flame_object *object,
                                   struct flame_str path, const struct flame_symbol_places *places,
                                   bool lines)
{
    return open_dwarf(out, object, path, places, lines, NULL);
}

enum flame_status flame_dwarf_watch(struct flame_dwarf **out, const struct flame_object *object,
                                    struct flame_str path, const struct flame_symbol_places *places,
                                    struct flame_touched *touched)
{
    return open_dwarf(out, object, path, places, true, touched);
}

void flame_dwarf_close(struct flame_dwarf *dwarf)
{
    if (!dwarf)
        return;
    flame_splits_close(dwarf->splits);
    flame_dwarf_file_close(&dwarf->file);
    flame_dwarf_alt_close(&dwarf->alt);
    flame_elf_close(&dwarf->program);
    for (size_t i = 0; i < dwarf->units.count; i++) {
        flame_unit_inlines_free(&dwarf->units.items[i]);
        flame_line_files_free(&dwarf->units.items[i]);
    }
    flame_vec_free(&dwarf->units);
    flame_vec_free(&dwarf->spans.list);
    flame_arena_deinit(&dwarf->arena);
    flame_intern_deinit(&dwarf->strings);
    free(dwarf);
}

enum flame_status flame_dwarf_inlined(struct flame_dwarf *dwarf, uint64_t offset,
                                      const struct flame_inlined **chain, size_t *count)
{
    uint64_t svma;
    *chain = NULL;
    *count = 0;
    if (!dwarf || !flame_elf_svma(&dwarf->program, offset, &svma))
        return FLAME_OK;
    struct flame_dwarf_unit *unit = unit_at(dwarf, svma);
    enum flame_status status = unit ? flame_dwarf_find_split(dwarf, unit) : FLAME_OK;
    if (unit && status == FLAME_OK)
        status = flame_unit_inlined(dwarf, unit, svma, chain, count);
    return status;
}

enum flame_status flame_dwarf_line(struct flame_dwarf *dwarf, uint64_t offset,
                                   struct flame_line *line)
{
    uint64_t svma;
    *line = (struct flame_line){ 0 };
    if (!dwarf || !dwarf->wants_lines || !flame_elf_svma(&dwarf->program, offset, &svma))
        return FLAME_OK;
    struct flame_dwarf_unit *unit = unit_at(dwarf, svma);
    return unit ? flame_unit_line(dwarf, unit, svma, line) : FLAME_OK;
}

size_t flame_inlined_show(const char *name, char *out, size_t cap)
{
    size_t length = flame_demangle(name, out, cap);
    if (length || cap == 0)
        return length;
    length = strnlen(name, cap - 1);
    memcpy(out, name, length);
    out[length] = 0;
    return length;
}
