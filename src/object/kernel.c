/* kernel.c: find the recorded kernel's symbols.
 *
 * In order: the running kernel's own list if it is the recorded kernel, copies of such a list in
 * perf's cache, a vmlinux. Each boot may place a kernel elsewhere, so all addresses are moved by
 * the distance of the reference symbol; modules move independently, so they are dropped if that
 * distance is not zero.
 * Does not look at kcore. Source: Linux tools/perf/util/symbol.c. */
#include "kernel.h"

#include "build_id.h"
#include "debug_file.h"
#include "elf_symbols.h"
#include "hash.h"
#include "kallsyms.h"
#include "path_list.h"
#include "source.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

bool flame_kernel_running_id(struct flame_build_id *id)
{
    struct flame_file notes;
    *id = (struct flame_build_id){ 0 };
    if (flame_file_open(&notes, "/sys/kernel/notes", NULL) != FLAME_OK)
        return false;
    struct flame_cursor c = flame_cursor_make(notes.bytes, notes.size, 0, false, NULL, NULL);
    bool found = flame_build_id_from_notes(c, 4, id);
    flame_file_close(&notes);
    return found;
}

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

/* Load one kallsyms text. exact: use it only if nothing needs to be moved. State becomes NAMED, or
 * stays; UNREADABLE when all addresses are hidden. */
static enum flame_status load_list(struct flame_object *object, const char *path,
                                   const struct flame_object_request *request, bool exact)
{
    struct flame_file file;
    enum flame_status status = flame_file_open(&file, path, NULL);
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

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void flame_kernel_add_copies(struct flame_paths *paths, const char *dir,
                             const struct flame_build_id *id, const char *leaf)
{
    struct flame_paths folder;
    char hex[FLAME_BUILD_ID_HEX];
    size_t before = paths->list.count;
    flame_build_id_hex(id, hex);
    flame_paths_init(&folder);
    flame_paths_add(&folder, "%s/[kernel.kcore]/%s", dir, hex);
    DIR *d = folder.list.count ? opendir(folder.list.items[0]) : NULL;
    for (struct dirent *entry; d && (entry = readdir(d));)
        if (entry->d_name[0] != '.')
            flame_paths_add(paths, "%s/%s/%s", folder.list.items[0], entry->d_name, leaf);
    if (d)
        closedir(d);
    if (paths->list.count > before)
        qsort(paths->list.items + before, paths->list.count - before, sizeof *paths->list.items,
              by_name);
    paths->failed = paths->failed || folder.failed;
    flame_paths_deinit(&folder);
}

/* The copies that match without being moved come first: they are of the same boot. */
static enum flame_status load_cached_lists(struct flame_object *object,
                                           const struct flame_object_request *request,
                                           const char *dir)
{
    struct flame_paths paths;
    char hex[FLAME_BUILD_ID_HEX];
    if (!dir || request->build_id.size < 2)
        return FLAME_OK;
    flame_build_id_hex(&request->build_id, hex);
    flame_paths_init(&paths);
    flame_kernel_add_copies(&paths, dir, &request->build_id, "kallsyms");
    flame_paths_add(&paths, "%s/[kernel.kallsyms]/%s/kallsyms", dir, hex);
    flame_paths_add(&paths, "%s/[kernel.kallsyms]/%s", dir, hex);
    flame_paths_add_cached(&paths, dir, &request->build_id, "kallsyms");
    enum flame_status status = paths.failed ? FLAME_NOMEM : FLAME_OK;
    for (int exact = 1; exact >= 0; exact--)
        for (size_t i = 0;
             i < paths.list.count && status == FLAME_OK && object->state != FLAME_OBJECT_NAMED; i++)
            if (flame_file_is_plain(paths.list.items[i]))
                status = load_list(object, paths.list.items[i], request, exact);
    flame_paths_deinit(&paths);
    return status;
}

static enum flame_status load_vmlinux(struct flame_object *object,
                                      const struct flame_object_request *request, const char *path,
                                      const struct flame_build_id *want)
{
    struct flame_source source;
    enum flame_status status = flame_source_open(&source, path, want);
    const struct flame_elf_section *table = NULL;
    if (status == FLAME_OK && flame_source_usable(&source))
        table = flame_elf_section(&source.elf, ".symtab", SHT_SYMTAB);
    uint64_t reference = 0;
    if (table && request->text_start &&
        !flame_elf_symbol_value(&source.elf, request->reference, &reference))
        table = NULL;
    if (table) {
        struct flame_elf_symbols_from from = { .source = &source.elf,
                                               .runtime = &source.elf,
                                               .table = table,
                                               .addresses = FLAME_ELF_SVMAS };
        if (request->text_start)
            from.shift = request->text_start - reference;
        if (!flame_elf_symbols_add(&object->symbols, &from))
            status = FLAME_NOMEM;
    }
    if (status == FLAME_OK && object->symbols.list.count) {
        object->state = FLAME_OBJECT_NAMED;
        object->used = flame_arena_copy(&object->symbols.names, flame_str_from(path));
        if (object->used && flame_vec_push(&object->files, source.file))
            source.file = (struct flame_file){ 0 };
        else
            status = FLAME_NOMEM;
    }
    flame_source_close(&source);
    return status;
}

void flame_kernel_add_images(struct flame_paths *paths, const struct flame_symbol_places *places,
                             const struct flame_build_id *id)
{
    const char *release = places->os_release;
    flame_paths_add_cached(paths, places->buildid_dir, id, "elf");
    flame_paths_add_cached(paths, places->buildid_dir, id, "");
    flame_paths_add(paths, "/boot/vmlinux");
    if (release && *release && !strchr(release, '/')) {
        flame_paths_add(paths, "/boot/vmlinux-%s", release);
        flame_paths_add(paths, "/usr/lib/debug/boot/vmlinux-%s", release);
        flame_paths_add(paths, "/lib/modules/%s/build/vmlinux", release);
        flame_paths_add(paths, "/usr/lib/debug/lib/modules/%s/vmlinux", release);
        flame_paths_add(paths, "/usr/lib/debug/boot/vmlinux-%s.debug", release);
    }
}

static enum flame_status load_vmlinuxes(struct flame_object *object,
                                        const struct flame_object_request *request,
                                        const struct flame_symbol_places *places,
                                        const struct flame_build_id *want)
{
    struct flame_paths paths;
    flame_paths_init(&paths);
    flame_kernel_add_images(&paths, places, want);
    enum flame_status status = paths.failed ? FLAME_NOMEM : FLAME_OK;
    for (size_t i = 0;
         i < paths.list.count && status == FLAME_OK && object->state != FLAME_OBJECT_NAMED; i++)
        status = load_vmlinux(object, request, paths.list.items[i], want);
    flame_paths_deinit(&paths);
    return status;
}

enum flame_status flame_object_load_kernel(struct flame_object *object,
                                           const struct flame_object_request *request,
                                           const struct flame_symbol_places *places)
{
    struct flame_build_id running, want = request->build_id;
    bool known = flame_kernel_running_id(&running);
    enum flame_status status = FLAME_OK;
    object->state = FLAME_OBJECT_MISSING;
    if (want.size == 0 && !places->same_machine) {
        object->state = FLAME_OBJECT_UNVERIFIED;
        return FLAME_OK;
    }
    if (want.size && known && !flame_build_id_matches(&want, &running)) {
        object->state = FLAME_OBJECT_MISMATCH;
        object->found_id = running;
    } else if (known || want.size == 0) {
        /* Two machines may run one build of a kernel, each at an address of its own: there the
         * reference symbol is needed. */
        if (places->same_machine || request->text_start)
            status = load_list(object, FLAME_KERNEL_RUNNING_LIST, request, false);
        else
            object->state = FLAME_OBJECT_UNVERIFIED;
    }
    if (want.size == 0)
        want = running;
    if (status == FLAME_OK && object->state != FLAME_OBJECT_NAMED)
        status = load_cached_lists(object, request, places->buildid_dir);
    if (status == FLAME_OK && object->state != FLAME_OBJECT_NAMED && want.size)
        status = load_vmlinuxes(object, request, places, &want);
    return status;
}
