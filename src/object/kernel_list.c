/* kernel_list.c: a kernel's symbols from a text like /proc/kallsyms.
 *
 * All are moved by the distance of the reference symbol; modules move independently, so they are
 * dropped if that distance is not zero. Source: Linux tools/perf/util/symbol.c. */
#include "kernel.h"

#include "depot.h"
#include "hash.h"
#include "kallsyms.h"

#include <string.h>

/* reference is looked for on the way; visible: some address is not zero */
struct collect {
    struct flame_symbols *symbols;
    struct flame_str reference;
    uint64_t reference_address;
    bool found, visible, failed;
};

static bool collect_line(void *user, const struct flame_kallsyms_line *line)
{
    struct collect *c = user;
    enum flame_binding binding = FLAME_BINDING_LOCAL;
    switch (line->type) {
    case 'T':
    case 'D':
    case 'B':
        binding = FLAME_BINDING_GLOBAL;
        break;
    case 'W':
    case 'w':
        binding = FLAME_BINDING_WEAK;
        break;
    case 't':
    case 'd':
    case 'b':
        break;
    default:
        return true;
    }
    c->visible = c->visible || line->address != 0;
    if (!c->found && line->module.len == 0 && flame_str_equal(line->name, c->reference)) {
        c->found = true;
        c->reference_address = line->address;
    }
    if (!flame_symbols_add(c->symbols, line->address, 0, line->name, binding, true)) {
        c->failed = true;
        return false;
    }
    if (line->module.len) { /* any number will do that differs from the neighbours' */
        uint64_t hash = flame_hash(line->module.ptr, line->module.len);
        c->symbols->list.items[c->symbols->list.count - 1].group = (uint16_t)(hash | 1);
    }
    return true;
}

/* Move the kernel's symbols back to where they were when it was recorded. */
static void relocate(struct flame_symbols *symbols, uint64_t distance)
{
    size_t kept = 0;
    for (size_t i = 0; i < symbols->list.count && distance; i++) {
        struct flame_symbol s = symbols->list.items[i];
        if (s.group)
            continue;
        s.start -= distance;
        s.end = s.start < s.end - distance ? s.end - distance : s.start;
        symbols->list.items[kept++] = s;
    }
    if (distance) {
        symbols->list.count = kept;
        symbols->settled = 0;
    }
}

static void clear(struct flame_symbols *symbols)
{
    flame_symbols_deinit(symbols);
    flame_symbols_init(symbols);
}

enum flame_status flame_kernel_add_list(struct flame_object *object, struct flame_str text,
                                        bool *usable)
{
    struct collect c = { .symbols = &object->symbols };
    flame_kallsyms_read(text.ptr, text.len, collect_line, &c);
    *usable = c.visible && !c.failed;
    if (*usable)
        return flame_symbols_settle(&object->symbols, FLAME_SIZES_KALLSYMS) ? FLAME_OK
                                                                            : FLAME_NOMEM;
    clear(&object->symbols);
    return c.failed ? FLAME_NOMEM : FLAME_OK;
}

struct reference {
    struct flame_str name;
    uint64_t address;
};

static bool is_not_reference(void *user, const struct flame_kallsyms_line *line)
{
    struct reference *r = user;
    bool found = line->module.len == 0 && flame_str_equal(line->name, r->name);
    if (found)
        r->address = line->address;
    return !found;
}

enum flame_status flame_kernel_address(const char *path, struct flame_str name, uint64_t *address)
{
    struct flame_file file;
    struct reference r = { .name = name };
    enum flame_status status = flame_file_open(&file, path, NULL);
    if (status == FLAME_OK)
        flame_kallsyms_read((const char *)file.bytes, file.size, is_not_reference, &r);
    flame_file_close(&file);
    *address = r.address;
    return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
}

enum flame_status flame_kernel_load_list(struct flame_object *object, const char *path,
                                         const struct flame_object_request *request,
                                         const struct flame_symbol_places *places, bool exact)
{
    struct flame_file file;
    enum flame_status status = strcmp(path, FLAME_KERNEL_RUNNING_LIST) == 0
                                   ? flame_file_open(&file, path, NULL)
                                   : flame_depot_open(places->depot, path, &file, NULL);
    if (status != FLAME_OK)
        return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
    struct collect c = { .symbols = &object->symbols, .reference = request->reference };
    flame_kallsyms_read((const char *)file.bytes, file.size, collect_line, &c);
    flame_file_close(&file);
    uint64_t distance = 0;
    if (c.found && request->text_start)
        distance = c.reference_address - request->text_start;
    bool usable = c.visible && object->symbols.list.count > 0;
    if (!c.failed && usable && (!exact || distance == 0)) {
        if (!flame_symbols_settle(&object->symbols, FLAME_SIZES_KALLSYMS))
            return FLAME_NOMEM;
        relocate(&object->symbols, distance);
        object->state = FLAME_OBJECT_NAMED;
        object->used = flame_arena_copy(&object->symbols.names, flame_str_from(path));
        bool ok = object->used && flame_symbols_settle(&object->symbols, FLAME_SIZES_KALLSYMS);
        return ok ? FLAME_OK : FLAME_NOMEM;
    }
    if (object->symbols.list.count > 0 && !c.visible)
        object->state = FLAME_OBJECT_UNREADABLE;
    clear(&object->symbols);
    return c.failed ? FLAME_NOMEM : FLAME_OK;
}
