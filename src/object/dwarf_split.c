/* dwarf_split.c: find the file of a split unit.
 *
 * A package beside the program comes first, then the .dwo where it was compiled, then one beside
 * the program. A unit counts only if it has the id that the skeleton asks for, so it does not
 * matter who put it there. libdw must open none of these files by itself; it is never asked for a
 * skeleton's other half. Source: DWARF 5, 3.1.2, 3.1.3, 7.3.2; GCC's DebugFission; GDB manual,
 * "Debug Fission".
 */
#include "dwarf_split.h"

#include "bounds.h"
#include "dwarf_package.h"
#include "dwarf_ranges.h"
#include "dwarf_section.h"
#include "packed.h"
#include "search_path.h"

#include <dwarf.h>
#include <string.h>

enum { FILES_MAX = 1 << 14 }; /* the system limits how many can be mapped */

/* One .dwo file, or one unit of the package.
 *
 * path    of the file, whether it could be read or not; NULL: of the package
 * source  the file's bytes; file reads them
 * elf     of the package's unit; a file's is in file
 * dwarf   NULL: it cannot be read; sections are its */
struct split {
    const char *path;
    struct flame_source source;
    struct flame_dwarf_file file;
    Elf *elf;
    Dwarf *dwarf;
    struct flame_unit_sections sections;
};

struct flame_splits {
    struct flame_package package;
    FLAME_VEC(struct split *) list;
};

static void close_split(struct split *split)
{
    if (split->elf && split->dwarf)
        dwarf_end(split->dwarf);
    elf_end(split->elf);
    flame_dwarf_file_close(&split->file);
    flame_source_close(&split->source);
    free(split);
}

void flame_splits_close(struct flame_splits *splits)
{
    if (!splits)
        return;
    for (size_t i = 0; i < splits->list.count; i++)
        close_split(splits->list.items[i]);
    flame_vec_free(&splits->list);
    flame_package_close(&splits->package);
    free(splits);
}

/* Add a file or unit that holds nothing yet; NULL when memory is exhausted. */
static struct split *add_split(struct flame_splits *splits)
{
    struct split *split = calloc(1, sizeof *split);
    if (split && flame_vec_push(&splits->list, split))
        return split;
    free(split);
    return NULL;
}

/* Where the folder of path ends, with the slash; 0: it names none. */
static int folder_length(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? (int)(slash + 1 - path) : 0;
}

/* packed: it came with the recording; NULL: it did not. */
static enum flame_status open_package_at(struct flame_dwarf *dwarf, const char *path,
                                         const struct flame_packed_file *packed)
{
    struct flame_package *package = &dwarf->splits->package;
    enum flame_status status = packed ? flame_package_take(package, flame_packed_lend(packed))
                                      : flame_package_open(package, dwarf->places->depot, path);
    struct flame_touched_file noted = { .path = flame_dwarf_string(dwarf, path),
                                        .bytes = package->source.file.bytes,
                                        .size = package->source.file.size };
    if (status == FLAME_OK && package->source.elf.handle)
        flame_touch_file(dwarf->touched, &noted);
    return noted.path ? status : FLAME_NOMEM;
}

static enum flame_status open_package(struct flame_dwarf *dwarf)
{
    struct flame_package *package = &dwarf->splits->package;
    struct flame_paths paths;
    flame_paths_init(&paths);
    flame_search_add(&paths, dwarf->places, "%s.dwp", dwarf->path);
    if (folder_length(dwarf->used))
        flame_search_add_from(&paths, dwarf->places, flame_str_from(dwarf->used), ".dwp");
    enum flame_status status = paths.failed ? FLAME_NOMEM : FLAME_OK;
    for (size_t i = 0; i < paths.list.count && status == FLAME_OK; i++) {
        struct flame_str name = flame_str_basename(flame_str_from(paths.list.items[i]));
        const struct flame_packed_file *packed;
        for (uint32_t at = 0; status == FLAME_OK && !package->source.elf.handle &&
                              (packed = flame_packed_called(dwarf->places->packed, name, &at));)
            status = open_package_at(dwarf, packed->path.ptr, packed);
    }
    for (size_t i = 0; i < paths.list.count && status == FLAME_OK; i++)
        if (!package->source.elf.handle)
            status = open_package_at(dwarf, paths.list.items[i], NULL);
    flame_paths_deinit(&paths);
    return status;
}

/* Get a handle, or its absence, ready for use. */
static void settle(struct flame_dwarf *dwarf, struct split *split, Dwarf *handle)
{
    split->dwarf = handle;
    if (!handle)
        return;
    if (split->path) {
        struct flame_touched_file noted = { .path = split->path,
                                            .bytes = split->source.file.bytes,
                                            .copy = split->file.copy,
                                            .size = split->source.file.size,
                                            .handle = handle };
        flame_touch_file(dwarf->touched, &noted);
    }
    flame_touch_units(dwarf->touched, handle);
    dwarf_setalt(handle, dwarf->alt.nothing.handle);
    split->sections = flame_unit_sections_of(handle);
    struct flame_cursor lists = flame_dwarf_section(handle, "debug_rnglists");
    flame_dwarf_allow_ranges(dwarf, &lists);
}

/* Use the unit of that id in split, if it is there. */
static bool use_unit(struct flame_dwarf_unit *unit, const struct split *split, uint64_t id)
{
    Dwarf_CU *cu = NULL;
    Dwarf_Die die;
    uint8_t type;
    while (split->dwarf && dwarf_get_units(split->dwarf, cu, &cu, NULL, &type, &die, NULL) == 0) {
        Dwarf_Half version;
        uint64_t found;
        uint8_t address_size, offset_size;
        if (type != DW_UT_split_compile || !die.addr ||
            dwarf_cu_info(cu, &version, NULL, NULL, NULL, &found, &address_size, &offset_size) !=
                0 ||
            found != id || version != unit->version || address_size != unit->address_size ||
            offset_size != unit->offset_size)
            continue;
        unit->dwarf = split->dwarf;
        unit->sections = &split->sections;
        unit->die = die;
        return unit->is_split = true;
    }
    return false;
}

static enum flame_status look_in_package(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                         uint64_t id)
{
    struct flame_package *package = &dwarf->splits->package;
    Elf *elf = package->source.elf.handle ? flame_package_unit(package, id) : NULL;
    struct split *split = elf ? add_split(dwarf->splits) : NULL;
    if (!split) {
        elf_end(elf);
        return elf ? FLAME_NOMEM : FLAME_OK;
    }
    split->elf = elf;
    settle(dwarf, split, dwarf_begin_elf(elf, DWARF_C_READ, NULL));
    use_unit(unit, split, id);
    return FLAME_OK;
}

/* The file at path, opened unless it was before. packed: it came with the recording; NULL: it did
 * not. *out is NULL when there are too many. */
static enum flame_status open_file(struct flame_dwarf *dwarf, const char *path,
                                   const struct flame_packed_file *packed, struct split **out)
{
    struct flame_splits *splits = dwarf->splits;
    for (size_t i = 0; i < splits->list.count; i++) {
        *out = splits->list.items[i];
        if ((*out)->path && strcmp((*out)->path, path) == 0)
            return FLAME_OK;
    }
    *out = NULL;
    if (splits->list.count == FILES_MAX || (!packed && !flame_file_is_plain(path)))
        return FLAME_OK;
    struct split *split = *out = add_split(splits);
    if (!split)
        return FLAME_NOMEM;
    split->path = flame_dwarf_string(dwarf, path);
    enum flame_status status = FLAME_NOMEM;
    if (split->path && packed)
        status = flame_source_take(&split->source, flame_packed_lend(packed), NULL);
    else if (split->path)
        status = flame_source_open(&split->source, dwarf->places->depot, path, NULL);
    if (status == FLAME_OK && flame_source_usable(&split->source))
        status =
            flame_dwarf_file_open(&split->file, split->source.file.bytes, split->source.file.size,
                                  false, flame_bounds_limits(dwarf->bounds));
    settle(dwarf, split, split->file.handle);
    return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
}

/* Where the .dwo may be. Not in the working directory, which is another one than the compiler's. */
static void add_places(struct flame_paths *paths, const struct flame_dwarf *dwarf,
                       struct flame_dwarf_unit *unit, const char *name)
{
    const struct flame_symbol_places *places = dwarf->places;
    const char *folder = flame_dwarf_text(dwarf, &unit->skeleton, DW_AT_comp_dir);
    const char *leaf = name + folder_length(name);
    bool nested = name[0] != '/' && leaf != name;
    int length = folder_length(dwarf->path);
    if (name[0] == '/')
        flame_search_add(paths, places, "%s", name);
    else if (folder && folder[0] == '/')
        flame_search_add(paths, places, "%s/%s", folder, name);
    if (length && nested)
        flame_search_add(paths, places, "%.*s%s", length, dwarf->path, name);
    if (length)
        flame_search_add(paths, places, "%.*s%s", length, dwarf->path, leaf);
    struct flame_str beside = { dwarf->used, (size_t)folder_length(dwarf->used) };
    if (beside.len && nested)
        flame_search_add_from(paths, places, beside, "%s", name);
    if (beside.len)
        flame_search_add_from(paths, places, beside, "%s", leaf);
}

static enum flame_status look_in_packed(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                        const char *name, uint64_t id)
{
    const struct flame_packed_file *packed;
    struct flame_str leaf = flame_str_basename(flame_str_from(name));
    enum flame_status status = FLAME_OK;
    for (uint32_t at = 0; status == FLAME_OK && !unit->is_split &&
                          (packed = flame_packed_called(dwarf->places->packed, leaf, &at));) {
        struct split *split;
        status = open_file(dwarf, packed->path.ptr, packed, &split);
        if (status == FLAME_OK && split)
            use_unit(unit, split, id);
    }
    return status;
}

static enum flame_status look_in_files(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                       const char *name, uint64_t id)
{
    struct flame_paths paths;
    flame_paths_init(&paths);
    add_places(&paths, dwarf, unit, name);
    enum flame_status status = paths.failed ? FLAME_NOMEM : FLAME_OK;
    for (size_t i = 0; i < paths.list.count && status == FLAME_OK && !unit->is_split; i++) {
        struct split *split;
        status = open_file(dwarf, paths.list.items[i], NULL, &split);
        if (status == FLAME_OK && split)
            use_unit(unit, split, id);
    }
    flame_paths_deinit(&paths);
    return status;
}

enum flame_status flame_dwarf_find_split(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit)
{
    uint64_t id = 0;
    if (unit->split_looked_for)
        return FLAME_OK;
    unit->split_looked_for = true;
    const char *name = flame_dwarf_text(dwarf, &unit->skeleton, DW_AT_dwo_name);
    if (!name)
        name = flame_dwarf_text(dwarf, &unit->skeleton, DW_AT_GNU_dwo_name);
    if (!name || dwarf_cu_info(unit->skeleton.cu, NULL, NULL, NULL, NULL, &id, NULL, NULL) != 0)
        return FLAME_OK;
    enum flame_status status = FLAME_OK;
    if (!dwarf->splits) {
        dwarf->splits = calloc(1, sizeof *dwarf->splits);
        status = dwarf->splits ? open_package(dwarf) : FLAME_NOMEM;
    }
    if (status == FLAME_OK)
        status = look_in_package(dwarf, unit, id);
    if (status == FLAME_OK && !unit->is_split)
        status = look_in_packed(dwarf, unit, name, id);
    if (status == FLAME_OK && !unit->is_split)
        status = look_in_files(dwarf, unit, name, id);
    return status;
}
