/* code_stub.c: in place of src/object: code, names, debug information and the text of sources that
 * a scenario tells. */
#include "packed.h"
#include "scenario.h"

#include <stdio.h>

enum flame_status flame_code_of(struct flame_code_file *file, const struct flame_symbol *symbol,
                                struct flame_code *code, struct flame_error *error)
{
    (void)symbol;
    (void)error;
    *code = file->code;
    return FLAME_OK;
}

const char *flame_code_path(const struct flame_code_file *file)
{
    return file->path;
}

struct flame_bounds *flame_code_bounds(const struct flame_code_file *file)
{
    (void)file;
    return NULL;
}

struct flame_build_id flame_code_build_id(const struct flame_code_file *file)
{
    (void)file;
    return (struct flame_build_id){ .size = 3, .bytes = { 1, 2, 3 } };
}

uint64_t flame_code_built_ns(const struct flame_code_file *file)
{
    (void)file;
    return 1;
}

size_t flame_code_name(struct flame_code_file *file, uint64_t address, char *out, size_t cap)
{
    if (address % 3 == 0)
        return 0;
    int length = snprintf(out, cap, "%s", file->names[address % SCENARIO_NAMES]);
    return length < 0 ? 0 : (size_t)length < cap ? (size_t)length : cap - 1;
}

enum flame_status flame_code_dwarf(struct flame_code_file *file, struct flame_dwarf **dwarf)
{
    *dwarf = file->dwarf;
    return FLAME_OK;
}

static const struct scenario_origin *origin_at(const struct flame_dwarf *d, uint64_t offset)
{
    const struct scenario_origin *found = NULL;
    for (size_t i = 0; i < d->count && d->origins[i].offset <= offset; i++)
        found = &d->origins[i];
    return found;
}

enum flame_status flame_dwarf_line(struct flame_dwarf *dwarf, uint64_t offset,
                                   struct flame_line *line)
{
    const struct scenario_origin *origin = origin_at(dwarf, offset);
    *line = origin ? origin->line : (struct flame_line){ 0 };
    return FLAME_OK;
}

enum flame_status flame_dwarf_inlined(struct flame_dwarf *dwarf, uint64_t offset,
                                      const struct flame_inlined **chain, size_t *count)
{
    const struct scenario_origin *origin = origin_at(dwarf, offset);
    *chain = origin ? origin->chain : NULL;
    *count = origin ? origin->chain_count : 0;
    return FLAME_OK;
}

size_t flame_inlined_show(const char *name, char *out, size_t cap)
{
    int length = snprintf(out, cap, "%s", name);
    return length < 0 ? 0 : (size_t)length < cap ? (size_t)length : cap - 1;
}

const struct flame_packed_file *flame_packed_at(const struct flame_packed *packed,
                                                struct flame_str path)
{
    (void)path;
    return &packed->files.items[0];
}
