/* debug_file.c: find the symbol source and the runtime image of a mapped file.
 *
 * The first candidate with a .symtab gives the names, the first with a .dynsym (or .opd) says where
 * they lie in the mapped file; often they are one. Every candidate must have the recorded build-id.
 * Without one, the file at the path counts on the machine of the recording only, and its own id is
 * what its debug files must have. Does not look into the namespaces of live processes, nor into the
 * working directory. Source: Linux tools/perf/util/{dso,symbol}.c; GDB manual, separate debug
 * files.
 */
#include "debug_file.h"

#include "build_id.h"
#include "elf_symbols.h"
#include "minidebug.h"
#include "path_list.h"
#include "plt.h"
#include "source.h"

#include <lzma.h>
#include <string.h>

enum { SOURCES_MAX = 4 }; /* the original, names, runtime, and the one being looked at */

/* names and runtime point into sources; original is sources[0]. */
struct search {
    struct flame_object *object;
    struct flame_source sources[SOURCES_MAX];
    size_t count;
    struct flame_source *names, *runtime;
    const char *names_path, *runtime_path;
    bool mini; /* names came from .gnu_debugdata */
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

/* Where the path's folder ends: the folder is path[0..n), without the slash. */
static int folder_length(const char *path)
{
    return (int)(strrchr(path, '/') - path);
}

/* Candidates in front of the original: those that only a debuglink names, by its checksum where no
 * id is known. */
static void add_linked(struct flame_paths *paths, const char *path, struct flame_str link)
{
    int folder = folder_length(path), n = (int)link.len;
    if (n == 0 || link.len > 255)
        return;
    flame_paths_add(paths, "%.*s/%.*s", folder, path, n, link.ptr);
    flame_paths_add(paths, "%.*s/.debug/%.*s", folder, path, n, link.ptr);
    flame_paths_add(paths, "/usr/lib/debug%.*s/%.*s", folder, path, n, link.ptr);
}

static void add_by_id(struct flame_paths *paths, const char *path, const struct flame_build_id *id,
                      const char *buildid_dir)
{
    flame_paths_add_cached(paths, buildid_dir, id, "elf");
    flame_paths_add_cached(paths, buildid_dir, id, "");
    flame_paths_add_cached(paths, buildid_dir, id, "debug");
    flame_paths_add(paths, "/usr/lib/debug%s.debug", path);
    flame_paths_add(paths, "/usr/lib/debug%s", path);
    struct flame_build_id trimmed = flame_build_id_trimmed(id);
    char hex[FLAME_BUILD_ID_HEX];
    flame_build_id_hex(&trimmed, hex);
    if (trimmed.size >= 2)
        flame_paths_add(paths, "/usr/lib/debug/.build-id/%.2s/%s.debug", hex, hex + 2);
}

static void add_last(struct flame_paths *paths, const char *path)
{
    flame_paths_add(paths, "%.*s/.debug%s", folder_length(path), path, path + folder_length(path));
    if (strncmp(path, "/usr/lib/", 9) == 0)
        flame_paths_add(paths, "/usr/lib/debug%s", path + 4);
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

/* Look at candidates until both roles are filled. crc, unless NULL, is what the file's bytes must
 * have in place of an id. */
static enum flame_status look(struct search *s, const struct flame_paths *paths,
                              const struct flame_build_id *want, const uint32_t *crc)
{
    for (size_t i = 0; i < paths->list.count && !complete(s) && s->count < SOURCES_MAX; i++) {
        struct flame_source *source = &s->sources[s->count];
        const char *path = paths->list.items[i];
        enum flame_status status = flame_source_open(source, path, want);
        if (status != FLAME_OK)
            return status;
        bool right = flame_source_usable(source) &&
                     (!crc || lzma_crc32(source->file.bytes, source->file.size, 0) == *crc);
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
    size_t size = flame_cursor_left(&c);
    enum flame_status status =
        flame_xz_unpack(&file, flame_cursor_take(&c, size, "debugdata"), size);
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

static enum flame_status search(struct search *s, const char *path,
                                const struct flame_build_id *want, const char *buildid_dir)
{
    struct flame_source *original = &s->sources[0];
    struct flame_paths linked, by_id, last;
    uint32_t crc = 0;
    struct flame_str link = debug_link(original, &crc);
    flame_paths_init(&linked);
    flame_paths_init(&by_id);
    flame_paths_init(&last);
    add_linked(&linked, path, link);
    if (want->size) {
        add_by_id(&by_id, path, want, buildid_dir);
        add_last(&last, path);
    }
    bool failed = linked.failed || by_id.failed || last.failed;
    enum flame_status status = failed ? FLAME_NOMEM : FLAME_OK;
    if (status == FLAME_OK)
        status = look(s, &linked, want, want->size ? NULL : &crc);
    if (status == FLAME_OK)
        status = look(s, &by_id, want, NULL);
    const struct flame_source *image = flame_source_usable(original) ? original : s->runtime;
    if (status == FLAME_OK && image)
        status = look_inside(s, image, path);
    if (status == FLAME_OK && image == original)
        consider(s, original, path);
    if (status == FLAME_OK)
        status = look(s, &last, want, NULL);
    if (status == FLAME_OK && !s->names)
        s->names = s->runtime ? s->runtime : flame_source_usable(original) ? original : NULL;
    if (status == FLAME_OK && s->names) {
        if (!s->names_path)
            s->names_path = path;
        if (!s->runtime) {
            bool usable = flame_source_usable(original);
            s->runtime = usable ? original : s->names;
            s->runtime_path = usable ? path : s->names_path;
        }
        status = use(s);
    }
    flame_paths_deinit(&linked);
    flame_paths_deinit(&by_id);
    flame_paths_deinit(&last);
    return status;
}

enum flame_status flame_object_load_path(struct flame_object *object,
                                         const struct flame_object_request *request,
                                         const struct flame_symbol_places *places)
{
    struct search s = { .object = object, .count = 1 };
    struct flame_build_id want = request->build_id;
    object->state = FLAME_OBJECT_MISSING;
    if (request->name.len == 0 || request->name.ptr[0] != '/' ||
        memchr(request->name.ptr, 0, request->name.len))
        return FLAME_OK;
    const char *path = flame_arena_copy(&object->symbols.names, request->name);
    if (!path)
        return FLAME_NOMEM;
    struct flame_source *original = &s.sources[0];
    enum flame_status status = flame_source_open(original, path, &want);
    object->state = original->state;
    if (original->state == FLAME_OBJECT_MISMATCH)
        object->found_id = original->id;
    bool same_file =
        request->inode && flame_file_is(path, request->major, request->minor, request->inode);
    /* On the recorded machine the file may have been built anew since, even into the same inode. */
    bool replaced = request->inode && !flame_file_has_inode(path, request->inode);
    bool newer = places->recorded_ns && flame_file_changed_ns(path) > places->recorded_ns;
    if (want.size == 0 && !newer && ((places->same_machine && !replaced) || same_file))
        want = original->id;
    else if (want.size == 0 && original->state == FLAME_OBJECT_NAMED)
        object->state = FLAME_OBJECT_UNVERIFIED;
    bool believed = request->build_id.size || original->state == FLAME_OBJECT_NAMED;
    if (status == FLAME_OK && believed && object->state != FLAME_OBJECT_UNVERIFIED)
        status = search(&s, path, &want, places->buildid_dir);
    for (size_t i = 0; i < s.count; i++)
        flame_source_close(&s.sources[i]);
    return status;
}
