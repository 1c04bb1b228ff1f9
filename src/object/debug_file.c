/* debug_file.c: find the symbol source and the runtime image of a mapped file.
 *
 * The first candidate with a .symtab gives the names, the first with a .dynsym (or .opd) says where
 * they lie in the mapped file; often they are one. Where candidates are, and in which order, says
 * search_path.h. Every candidate must have the recorded build-id. Without one, the file at the path
 * counts where it is known to be the recorded one, and its own id is what its debug files must
 * have. Only when all that leads nowhere, and paths are trusted, the file at the path is taken for
 * what it is: with what belongs to it, and nothing that belongs to the recorded one. A program that
 * was packed without a table of symbols stays what ran; only its names are looked for. Does not
 * look into the namespaces of live processes, nor into the working directory. Source: Linux
 * tools/perf/util/{dso,symbol}.c; GDB manual, separate debug files. */
#include "debug_file.h"

#include "bounds.h"
#include "build_id.h"
#include "elf_symbols.h"
#include "minidebug.h"
#include "plt.h"
#include "search_path.h"
#include "source.h"

#include <limits.h>
#include <lzma.h>
#include <string.h>

enum { SOURCES_MAX = 4 }; /* the original, names, runtime, and the one being looked at */

/* names and runtime point into sources; original, the file at the path, is sources[0], at here.
 * paths[looked...] are still to be looked at. */
struct search {
    struct flame_object *object;
    const struct flame_symbol_places *places;
    struct flame_search_target target;
    const char *here;
    struct flame_paths paths;
    size_t looked;
    struct flame_source sources[SOURCES_MAX];
    size_t count;
    struct flame_source *names, *runtime;
    const char *names_path, *runtime_path;
    uint64_t pgoff, map_size; /* as requested */
    bool mini;                /* names came from .gnu_debugdata */
};

static const struct flame_elf_section *symtab(const struct flame_source *s)
{
    return flame_elf_section(&s->elf, ".symtab", SHT_SYMTAB);
}

static const struct flame_elf_section *dynsym(const struct flame_source *s)
{
    return flame_elf_section(&s->elf, ".dynsym", SHT_DYNSYM);
}

static bool may_have_run(const struct flame_source *s)
{
    return dynsym(s) || flame_elf_section(&s->elf, ".opd", SHT_PROGBITS);
}

/* The name and checksum in .gnu_debuglink; empty when there is none. A name with a slash in it is
 * nobody's debug file. */
static struct flame_str debug_link(const struct flame_source *original, uint32_t *crc)
{
    struct flame_str none = { 0 };
    if (!flame_source_usable(original))
        return none;
    const struct flame_elf_section *s =
        flame_elf_section(&original->elf, ".gnu_debuglink", SHT_NULL);
    if (!s || s->header.sh_size < 8)
        return none;
    struct flame_cursor c = flame_elf_bytes(&original->elf, s);
    struct flame_str name = flame_cursor_text(&c, s->header.sh_size - 4, "debuglink");
    *crc = flame_cursor_u32(&c, "debuglink crc");
    if (c.failed || name.len == 0 || memchr(name.ptr, '/', name.len))
        return none;
    return name;
}

static bool complete(const struct search *s)
{
    return s->names && s->runtime;
}

/* Take what a source has and is still missing; false when it has nothing. */
static bool consider(struct search *s, struct flame_source *source, const char *path)
{
    bool used = false;
    if (!s->names && symtab(source)) {
        s->names = source;
        s->names_path = path;
        used = true;
    }
    if (!s->runtime && may_have_run(source)) {
        s->runtime = source;
        s->runtime_path = path;
        used = true;
    }
    return used;
}

/* Look at a group of candidates until both roles are filled. Without an id a file's bytes must have
 * the checksum instead. */
static enum flame_status look(struct search *s, enum flame_search_group group, uint32_t crc)
{
    const struct flame_build_id *want = &s->target.id;
    if (complete(s))
        return FLAME_OK;
    flame_search_add_group(&s->paths, s->places, group, &s->target);
    if (s->paths.failed)
        return FLAME_NOMEM;
    for (; s->looked < s->paths.list.count && !complete(s) && s->count < SOURCES_MAX; s->looked++) {
        struct flame_source *source = &s->sources[s->count];
        const char *path = s->paths.list.items[s->looked];
        enum flame_status status = flame_source_open(source, s->places->depot, path, want);
        if (status != FLAME_OK)
            return status;
        bool right = flame_source_usable(source) &&
                     (want->size || lzma_crc32(source->file.bytes, source->file.size, 0) == crc);
        if (right && consider(s, source, path))
            s->count++;
        else
            flame_source_close(source);
    }
    return FLAME_OK;
}

/* Look for a symbol table packed inside the mapped file, or a copy of it. */
static enum flame_status look_inside(struct search *s, const struct flame_source *image,
                                     const char *path)
{
    struct flame_source *source = &s->sources[s->count];
    if (s->names || symtab(image) || s->count == SOURCES_MAX)
        return FLAME_OK;
    const struct flame_elf_section *packed =
        flame_elf_section(&image->elf, ".gnu_debugdata", SHT_PROGBITS);
    if (!packed)
        return FLAME_OK;
    struct flame_cursor c = flame_elf_bytes(&image->elf, packed);
    struct flame_file file;
    struct flame_bounds *bounds = s->places ? s->places->bounds : NULL;
    size_t size = flame_cursor_left(&c);
    enum flame_status status = flame_xz_unpack(&file, flame_cursor_take(&c, size, "debugdata"),
                                               size, flame_bounds_limits(bounds));
    if (status == FLAME_LIMIT)
        flame_bounds_reach(bounds, FLAME_LIMIT_UNPACKED, path, ".gnu_debugdata unpacks to",
                           bounds && bounds->limits.unpacked ? "" : "or 64 times its size");
    if (status == FLAME_OK) /* no id of its own: it is part of a file that was verified */
        status = flame_source_take(source, file, NULL);
    if (status != FLAME_OK)
        return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
    if (flame_source_usable(source) && symtab(source)) {
        s->mini = true;
        s->names = source;
        s->names_path = path;
        s->count++;
    } else {
        flame_source_close(source);
    }
    return FLAME_OK;
}

static bool add_table(struct search *s, const struct flame_source *source,
                      const struct flame_elf_section *table)
{
    bool module = source->elf.header.e_type == ET_REL;
    struct flame_elf_symbols_from from = {
        .source = &source->elf,
        .runtime = &s->runtime->elf,
        .table = table,
        .addresses = module ? FLAME_ELF_FROM_TEXT : FLAME_ELF_FILE_OFFSETS,
    };
    return !table || flame_elf_symbols_add(&s->object->symbols, &from);
}

/* Load from names and runtime, and keep the files that they borrow from. */
static enum flame_status use(struct search *s)
{
    struct flame_object *object = s->object;
    const struct flame_source *second = s->mini ? s->runtime : s->names;
    if (!add_table(s, s->names, symtab(s->names)) || !add_table(s, second, dynsym(second)))
        return FLAME_NOMEM;
    bool named = object->symbols.list.count > 0;
    if (named && dynsym(s->runtime) && !flame_plt_add(&object->symbols, &s->runtime->elf))
        return FLAME_NOMEM;
    object->state = named ? FLAME_OBJECT_NAMED : FLAME_OBJECT_STRIPPED;
    object->used =
        flame_arena_copy(&object->symbols.names, flame_str_from(named ? s->names_path : ""));
    object->program = flame_arena_copy(&object->symbols.names, flame_str_from(s->runtime_path));
    /* The program last; it has unwind tables even where it has no names. */
    struct flame_source *used[] = { s->names, s->runtime };
    for (size_t i = named ? 0 : 1; i < 2; i++) {
        if (!used[i]->file.bytes)
            continue;
        if (!flame_vec_push(&object->files, used[i]->file))
            return FLAME_NOMEM;
        used[i]->file = (struct flame_file){ 0 };
    }
    return object->used && object->program ? FLAME_OK : FLAME_NOMEM;
}

enum flame_status flame_object_use(struct flame_object *object, struct flame_source *source,
                                   const char *path)
{
    struct search s = { .object = object,
                        .names = source,
                        .runtime = source,
                        .names_path = path,
                        .runtime_path = path };
    return use(&s);
}

/* Whether the code lies where the recorded map says. */
static bool fits_map(const struct flame_elf *elf, uint64_t pgoff, uint64_t map_size)
{
    for (uint64_t page = 1 << 12; page <= 1 << 16; page <<= 2)
        for (size_t i = 0; i < elf->load_count; i++) {
            const GElf_Phdr *p = &elf->loads[i];
            uint64_t begin = p->p_vaddr & -page, end = (p->p_vaddr + p->p_memsz + page - 1) & -page;
            if ((p->p_flags & PF_X) && (p->p_offset & -page) == pgoff && end - begin == map_size)
                return true;
        }
    return false;
}

/* Settle for what there is, where one of the two was not found. A debug file alone may not say
 * where in its program the code is: rather no names than those of other addresses. */
static enum flame_status settle(struct search *s)
{
    struct flame_source *original = &s->sources[0];
    bool usable = flame_source_usable(original);
    if (!s->names) {
        s->names = s->runtime ? s->runtime : usable ? original : NULL;
        s->names_path = s->runtime ? s->runtime_path : s->here;
    }
    if (!s->names)
        return FLAME_OK;
    if (!s->runtime) {
        s->runtime = usable ? original : s->names;
        s->runtime_path = usable ? s->here : s->names_path;
    }
    if (s->runtime->elf.assumed && !fits_map(&s->runtime->elf, s->pgoff, s->map_size)) {
        if (s->object->state != FLAME_OBJECT_MISMATCH)
            s->object->state = FLAME_OBJECT_MISSING;
        return FLAME_OK;
    }
    return use(s);
}

/* Look everywhere for what is missing of both. */
static enum flame_status look_around(struct search *s)
{
    static const enum flame_search_group behind[] = { FLAME_SEARCH_LAST, FLAME_SEARCH_LAYERS,
                                                      FLAME_SEARCH_DEPOT };
    struct flame_source *original = &s->sources[0];
    bool usable = flame_source_usable(original);
    uint32_t crc = 0;
    s->target.link = debug_link(usable || !s->runtime ? original : s->runtime, &crc);
    enum flame_status status = look(s, FLAME_SEARCH_LINKED, crc);
    if (status == FLAME_OK)
        status = look(s, FLAME_SEARCH_BY_ID, 0);
    const struct flame_source *image = usable ? original : s->runtime;
    if (status == FLAME_OK && image)
        status = look_inside(s, image, usable ? s->here : s->runtime_path);
    if (status == FLAME_OK && usable)
        consider(s, original, s->here);
    for (size_t i = 0; i < sizeof behind / sizeof *behind && status == FLAME_OK; i++)
        if (!usable || behind[i] != FLAME_SEARCH_LAYERS)
            status = look(s, behind[i], 0);
    if (status == FLAME_OK && !image && s->runtime)
        status = look_inside(s, s->runtime, s->runtime_path);
    return status;
}

static enum flame_status search(struct search *s)
{
    enum flame_status status = look_around(s);
    return status == FLAME_OK ? settle(s) : status;
}

static void begin(struct search *s, struct flame_object *object,
                  const struct flame_symbol_places *places)
{
    *s = (struct search){ .object = object, .places = places, .count = 1 };
    flame_paths_init(&s->paths);
}

static void end(struct search *s)
{
    for (size_t i = 0; i < s->count; i++)
        flame_source_close(&s->sources[i]);
    flame_paths_deinit(&s->paths);
}

static bool is_path(struct flame_str name)
{
    return name.len && name.ptr[0] == '/' && name.len < PATH_MAX && !memchr(name.ptr, 0, name.len);
}

/* Names for a program that has none: those of a file here that has its build-id. Where that is the
 * same program at the same path, but whole, it is both. */
static enum flame_status look_for_names(struct search *s, struct flame_str name)
{
    struct flame_source *original = &s->sources[0];
    if (s->runtime->id.size == 0 || !is_path(name))
        return FLAME_OK;
    s->target.path = flame_arena_copy(&s->object->symbols.names, name);
    if (!s->target.path)
        return FLAME_NOMEM;
    s->target.id = s->runtime->id;
    flame_search_add(&s->paths, s->places, "%s", s->target.path);
    if (s->paths.failed || s->paths.list.count == 0)
        return s->paths.failed ? FLAME_NOMEM : FLAME_OK;
    s->here = s->paths.list.items[s->looked++];
    enum flame_status status =
        flame_source_open(original, s->places->depot, s->here, &s->target.id);
    if (status == FLAME_OK)
        status = look_around(s);
    if (s->names && may_have_run(s->names) && strcmp(s->names_path, s->runtime_path) == 0)
        s->runtime = s->names;
    return status;
}

enum flame_status flame_object_use_files(struct flame_object *object,
                                         const struct flame_object_files *files)
{
    struct search s;
    begin(&s, object, files->places);
    s.names = files->names;
    s.names_path = files->names_path;
    s.runtime = files->runtime;
    s.runtime_path = files->runtime_path;
    enum flame_status status = look_inside(&s, s.runtime, s.runtime_path);
    if (status == FLAME_OK && !s.names && !symtab(s.runtime) && files->places)
        status = look_for_names(&s, files->name);
    if (!s.names) {
        s.names = s.runtime;
        s.names_path = s.runtime_path;
    }
    if (status == FLAME_OK)
        status = use(&s);
    end(&s);
    return status;
}

/* Whether the file at the path, which was recorded without a build-id, is known to be the recorded
 * one: even on the recorded machine it may have been built anew since, also into the same inode.
 * What packages install keeps its bytes for as long as it is the same file, whatever else of it
 * changes: perf itself links files into its cache. */
static bool is_recorded_file(const struct flame_object_request *request,
                             const struct flame_symbol_places *places, const char *path)
{
    struct flame_inode inode = { request->major, request->minor, request->inode };
    if (!places->same_boot || (inode.number && !flame_file_is(path, &inode)))
        return false;
    bool installed = inode.number && flame_file_is_installed(path);
    uint64_t changed = installed ? flame_file_changed_ns(path) : flame_file_settled_ns(path);
    return changed && changed <= places->unchanged_ns;
}

/* Load what is known to be the recorded file, or belongs to it. */
static enum flame_status load_verified(struct search *s, const struct flame_object_request *request)
{
    struct flame_object *object = s->object;
    struct flame_source *original = &s->sources[0];
    s->target.id = request->build_id;
    enum flame_status status =
        flame_source_open(original, s->places->depot, s->here, &s->target.id);
    object->state = original->state;
    if (original->state == FLAME_OBJECT_MISMATCH)
        object->found_id = original->id;
    if (status != FLAME_OK || request->build_id.size)
        return status == FLAME_OK ? search(s) : status;
    if (original->state != FLAME_OBJECT_NAMED)
        return FLAME_OK;
    if (!is_recorded_file(request, s->places, s->here)) {
        object->state = FLAME_OBJECT_UNVERIFIED;
        return FLAME_OK;
    }
    s->target.id = original->id;
    return search(s);
}

/* Load the file at the path, whatever it is. */
static enum flame_status load_trusted(struct search *s)
{
    struct flame_source *original = &s->sources[0];
    enum flame_status status = flame_source_open(original, s->places->depot, s->here, NULL);
    s->target.id = original->id;
    if (status == FLAME_OK && flame_source_usable(original))
        status = search(s);
    s->object->trusted = s->object->program != NULL;
    return status;
}

enum flame_status flame_object_load_path(struct flame_object *object,
                                         const struct flame_object_request *request,
                                         const struct flame_symbol_places *places)
{
    struct search s;
    struct flame_paths here;
    object->state = FLAME_OBJECT_MISSING;
    if (!is_path(request->name))
        return FLAME_OK;
    const char *path = flame_arena_copy(&object->symbols.names, request->name);
    if (!path)
        return FLAME_NOMEM;
    flame_paths_init(&here);
    flame_search_add(&here, places, "%s", path);
    enum flame_status status = here.failed ? FLAME_NOMEM : FLAME_OK;
    for (int trusted = 0; trusted < 2 && status == FLAME_OK && here.list.count; trusted++) {
        bool unknown =
            object->state == FLAME_OBJECT_MISMATCH || object->state == FLAME_OBJECT_UNVERIFIED;
        if (trusted && !(places->trust_paths && unknown))
            continue;
        begin(&s, object, places);
        s.target.path = path;
        s.here = here.list.items[0];
        s.pgoff = request->pgoff;
        s.map_size = request->map_size;
        status = trusted ? load_trusted(&s) : load_verified(&s, request);
        end(&s);
    }
    flame_paths_deinit(&here);
    return status;
}
