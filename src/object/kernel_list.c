/* kernel_list.c: a kernel's symbols from a text like /proc/kallsyms.
 *
 * All are moved by the distance of the reference symbol. A list of the recorded build-id has the
 * kernel's own symbols, but modules and BPF programs are those of its moment: loaded again, and
 * even without address randomization, others lie there. So these stay only if the list is of the
 * recorded boot, or a file beside it says where each module lay; which then has to be where the
 * recording has it. Source: Linux tools/perf/util/symbol.c. */
#include "kernel.h"

#include "depot.h"
#include "intern.h"
#include "kallsyms.h"

#include <stdio.h>
#include <string.h>

/* reference is looked for on the way; visible: some address is not zero; modules: the names of the
 * groups, group 1 is its first */
struct collect {
    struct flame_symbols *symbols;
    struct flame_intern modules;
    struct flame_str reference;
    uint64_t reference_address;
    bool found, visible, failed;
};

/* The module's number; 0: there are too many, it is no name, or memory is exhausted. */
static uint16_t group_of(struct collect *c, struct flame_str module)
{
    if (memchr(module.ptr, 0, module.len))
        return 0;
    uint32_t id = flame_intern_add(&c->modules, module);
    c->failed = c->failed || id == FLAME_INTERN_NONE;
    if (id >= FLAME_SYMBOL_GROUPS)
        return 0;
    if (id == c->symbols->groups.count) {
        struct flame_symbol_group group = { flame_arena_copy(&c->symbols->names, module), 0 };
        c->failed = !group.name || !flame_vec_push(&c->symbols->groups, group);
    }
    return c->failed ? 0 : (uint16_t)(id + 1);
}

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
    uint16_t group = line->module.len ? group_of(c, line->module) : 0;
    if (!c->failed && line->module.len && !group)
        return true;
    bool full = flame_symbols_full(c->symbols);
    if (c->failed || !flame_symbols_add(c->symbols, line->address, 0, line->name, binding, true)) {
        c->failed = true;
        return false;
    }
    if (!full)
        c->symbols->list.items[c->symbols->list.count - 1].group = group;
    return true;
}

static void collect(struct collect *c, const char *text, size_t size)
{
    flame_intern_init(&c->modules);
    flame_kallsyms_read(text, size, collect_line, c);
    flame_intern_deinit(&c->modules);
}

static void drop_groups(struct flame_symbols *symbols)
{
    size_t kept = 0;
    for (size_t i = 0; i < symbols->list.count; i++)
        if (!symbols->list.items[i].group)
            symbols->list.items[kept++] = symbols->list.items[i];
    symbols->list.count = kept;
    symbols->settled = 0;
}

/* Move the kernel's symbols back to where they were when it was recorded. */
static void relocate(struct flame_symbols *symbols, uint64_t distance)
{
    for (size_t i = 0; i < symbols->list.count; i++) {
        struct flame_symbol *s = &symbols->list.items[i];
        s->start -= distance;
        s->end = s->start < s->end - distance ? s->end - distance : s->start;
    }
    symbols->settled = 0;
}

/* names: of the symbols' groups, in their order */
struct placing {
    struct flame_symbols *symbols;
    struct flame_intern names;
    bool known;
};

static bool place_module(void *user, const struct flame_modules_line *line)
{
    struct placing *p = user;
    uint32_t id = flame_intern_find(&p->names, line->name);
    if (id < p->symbols->groups.count) {
        p->symbols->groups.items[id].start = line->address;
        p->known = p->known || line->address;
    }
    return true;
}

static enum flame_status read_modules(struct placing *p, const struct flame_file *file)
{
    const struct flame_symbols *symbols = p->symbols;
    bool ok = true;
    flame_intern_init(&p->names);
    for (size_t i = 0; i < symbols->groups.count && ok; i++)
        ok = flame_intern_add(&p->names, flame_str_from(symbols->groups.items[i].name)) == i;
    if (ok)
        flame_modules_read((const char *)file->bytes, file->size, place_module, p);
    flame_intern_deinit(&p->names);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

/* Open a list, or what lies beside it: the running kernel's own, or a file, also in an archive. */
static enum flame_status open_text(struct flame_file *file, const char *path,
                                   const struct flame_symbol_places *places)
{
    bool made_up =
        strcmp(path, FLAME_KERNEL_RUNNING_LIST) == 0 || strcmp(path, "/proc/modules") == 0;
    return made_up ? flame_file_open(file, path, NULL)
                   : flame_depot_open(places->depot, path, file, NULL);
}

/* Find out where the list's modules lay: as perf keeps it, and the kernel itself has it, "modules"
 * lies in the list's folder. *known: it tells of some. */
static enum flame_status place_modules(struct flame_symbols *symbols, const char *list,
                                       const struct flame_symbol_places *places, bool *known)
{
    struct placing placing = { .symbols = symbols };
    struct flame_paths paths;
    struct flame_file file;
    const char *leaf = strrchr(list, '/');
    *known = false;
    if (!leaf || strcmp(leaf, "/kallsyms") != 0 || symbols->groups.count == 0)
        return FLAME_OK;
    flame_paths_init(&paths);
    flame_paths_add(&paths, "%.*s/modules", (int)(leaf - list), list);
    enum flame_status status = paths.failed ? FLAME_NOMEM : FLAME_EMPTY;
    if (paths.list.count)
        status = open_text(&file, paths.list.items[0], places);
    if (status == FLAME_OK) {
        status = read_modules(&placing, &file);
        flame_file_close(&file);
    }
    *known = placing.known;
    flame_paths_deinit(&paths);
    return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
}

bool flame_kernel_symbol_counts(const struct flame_object *kernel,
                                const struct flame_symbol *symbol, struct flame_str module,
                                uint64_t start)
{
    const struct flame_symbols *symbols = flame_object_symbols(kernel);
    if (symbol->group == 0 || symbol->group > symbols->groups.count)
        return module.len == 0 || kernel->shared;
    if (module.len == 0)
        return kernel->same_boot;
    const struct flame_symbol_group *group = &symbols->groups.items[symbol->group - 1];
    size_t length = strlen(group->name);
    bool named = module.len == length + 2 && module.ptr[0] == '[' &&
                 memcmp(module.ptr + 1, group->name, length) == 0;
    return named && (group->start ? group->start == start : kernel->same_boot);
}

static void clear(struct flame_symbols *symbols)
{
    uint64_t most = symbols->most;
    flame_symbols_deinit(symbols);
    flame_symbols_init(symbols);
    symbols->most = most;
}

enum flame_status flame_kernel_add_list(struct flame_object *object, struct flame_str text,
                                        bool *usable)
{
    struct collect c = { .symbols = &object->symbols };
    collect(&c, text.ptr, text.len);
    *usable = c.visible && !c.failed;
    object->same_boot = *usable;
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

/* Put the collected symbols to where the recording has them. */
static enum flame_status place(struct flame_object *object, const char *path, uint64_t distance,
                               const struct flame_symbol_places *places)
{
    struct flame_symbols *symbols = &object->symbols;
    bool known = false;
    if (!flame_symbols_settle(symbols, FLAME_SIZES_KALLSYMS))
        return FLAME_NOMEM;
    enum flame_status status = distance ? FLAME_OK : place_modules(symbols, path, places, &known);
    if (!known && !object->same_boot)
        drop_groups(symbols);
    if (distance)
        relocate(symbols, distance);
    object->state = FLAME_OBJECT_NAMED;
    object->used = flame_arena_copy(&symbols->names, flame_str_from(path));
    bool ok = object->used && flame_symbols_settle(symbols, FLAME_SIZES_KALLSYMS);
    return ok ? status : FLAME_NOMEM;
}

enum flame_status flame_kernel_load_list(struct flame_object *object, const char *path,
                                         const struct flame_object_request *request,
                                         const struct flame_symbol_places *places,
                                         enum flame_kernel_list kind)
{
    struct flame_file file;
    enum flame_status status = open_text(&file, path, places);
    if (status != FLAME_OK)
        return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
    struct collect c = { .symbols = &object->symbols, .reference = request->reference };
    collect(&c, (const char *)file.bytes, file.size);
    flame_file_close(&file);
    bool placed = flame_kernel_is_placed(request);
    uint64_t distance = placed ? c.reference_address - request->text_start : 0;
    bool usable = c.visible && object->symbols.list.count > 0 && (c.found || !placed);
    if (!c.failed && usable && (kind != FLAME_KERNEL_LIST_UNMOVED || distance == 0)) {
        object->same_boot = kind == FLAME_KERNEL_LIST_OF_BOOT && distance == 0;
        return place(object, path, distance, places);
    }
    if (object->symbols.list.count > 0 && !c.visible)
        object->state = FLAME_OBJECT_UNREADABLE;
    clear(&object->symbols);
    return c.failed ? FLAME_NOMEM : FLAME_OK;
}
