/* pipeline_places.c: where a recording's symbols may come from.
 *
 * What was named is looked at here, so that a slip is told at once and not taken for a place that
 * has nothing; archives and folders of binaries are opened when something is missing. "" is a
 * variable that was not set, and no wish. */
#include "pipeline.h"

#include "archive_stream.h"
#include "depot.h"
#include "kallsyms.h"
#include "kernel.h"
#include "layers.h"
#include "pack_reader.h"
#include "packed.h"
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder that holds path, "." if it names none. */
static char *folder_of(struct flame_arena *arena, const char *path)
{
    struct flame_str all = flame_str_from(path), base = flame_str_basename(all);
    size_t length = all.len - base.len;
    if (length == 0)
        return flame_arena_copy(arena, flame_str_from("."));
    return flame_arena_copy(arena, (struct flame_str){ path, length > 1 ? length - 1 : 1 });
}

/* folder/name, or NULL when memory is exhausted. */
static char *path_in(struct flame_arena *arena, const char *folder, const char *name)
{
    size_t length = strlen(folder), cap = length + 1 + strlen(name) + 1;
    char *path = flame_arena_alloc(arena, cap);
    if (path)
        snprintf(path, cap, "%s%s%s", folder, length && folder[length - 1] == '/' ? "" : "/", name);
    return path;
}

/* Where perf's cache is, if anywhere. False: out of memory. */
static bool find_buildid_dir(struct flame_session *s)
{
    const char *from_env = getenv("PERF_BUILDID_DIR"), *home = getenv("HOME");
    const char *folder = s->places.symfs ? s->places.symfs : home && *home ? home : NULL;
    if (!s->places.symfs && from_env && *from_env) {
        s->places.buildid_dir = from_env;
        return true;
    }
    s->places.buildid_dir = folder ? path_in(&s->arena, folder, ".debug") : NULL;
    return !folder || s->places.buildid_dir;
}

/* "DIR" or "DIR,flat"; "" is no wish to look elsewhere. */
static enum flame_status find_symfs(struct flame_session *s, const char *named)
{
    static const char flat[] = ",flat", by_path[] = ",hierarchy";
    if (!named || !*named)
        return FLAME_OK;
    struct flame_str dir = flame_str_from(named);
    s->places.flat = flame_str_ends(dir, flat);
    if (s->places.flat)
        dir.len -= sizeof flat - 1;
    else if (flame_str_ends(dir, by_path))
        dir.len -= sizeof by_path - 1;
    while (dir.len > 1 && dir.ptr[dir.len - 1] == '/')
        dir.len--;
    s->places.symfs = flame_arena_copy(&s->arena, dir);
    return s->places.symfs ? FLAME_OK : FLAME_NOMEM;
}

static enum flame_status no_memory(const struct flame_session *s, struct flame_error *error)
{
    return flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
}

/* Of what an option named: its name is what tells the user where to look. */
static enum flame_status refuse(struct flame_error *error, const char *option, const char *path,
                                enum flame_status status, const char *why)
{
    return flame_fail(error, status, NULL, FLAME_NO_OFFSET, "%s %.300s: %s", option, path, why);
}

static enum flame_status check_folder(const char *option, const char *path,
                                      struct flame_error *error)
{
    if (flame_file_is_folder(path))
        return FLAME_OK;
    const char *why = access(path, F_OK) == 0 ? "is not a folder" : strerror(errno);
    return refuse(error, option, path, FLAME_IO, why);
}

/* Why a path is not that of a plain file. */
static const char *say_not_plain(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return strerror(errno);
    switch (st.st_mode & S_IFMT) {
    case S_IFDIR:
        return "is a folder, and has to be a file";
    case S_IFIFO:
    case S_IFSOCK:
        return "is a pipe, and has to be a file: it is read more than once";
    case S_IFCHR:
    case S_IFBLK:
        return "is a device, and has to be a file";
    default:
        return "is not a file with something in it";
    }
}

/* Open what an option named. */
static enum flame_status open_named(struct flame_file *file, const char *option, const char *path,
                                    struct flame_error *error)
{
    struct flame_error own = FLAME_ERROR_INIT;
    bool made_up = strcmp(path, FLAME_KERNEL_RUNNING_LIST) == 0;
    if (access(path, R_OK) != 0)
        return refuse(error, option, path, FLAME_IO, strerror(errno));
    if (!made_up && !flame_file_is_plain(path))
        return refuse(error, option, path, FLAME_IO, say_not_plain(path));
    enum flame_status status =
        made_up ? flame_file_open(file, path, &own) : flame_file_open_plain(file, path, &own);
    return status == FLAME_OK ? FLAME_OK : refuse(error, option, path, status, own.text);
}

static enum flame_status check_vmlinux(const char *path, struct flame_error *error)
{
    static const char option[] = "--vmlinux";
    struct flame_source source;
    struct flame_file file = { 0 };
    enum flame_status status = open_named(&file, option, path, error);
    if (status != FLAME_OK)
        return status;
    status = flame_source_take(&source, file, NULL);
    bool usable = status == FLAME_OK && flame_source_usable(&source);
    bool named = usable && flame_elf_section(&source.elf, ".symtab", SHT_SYMTAB);
    flame_source_close(&source);
    if (status != FLAME_OK)
        return refuse(error, option, path, status, "out of memory");
    if (!usable)
        return refuse(error, option, path, FLAME_FORMAT,
                      "is not an ELF file, as a kernel's vmlinux is");
    return named ? FLAME_OK : refuse(error, option, path, FLAME_FORMAT, "has no table of symbols");
}

static bool is_hidden(void *user, const struct flame_kallsyms_line *line)
{
    *(bool *)user = line->address != 0;
    return line->address == 0;
}

static enum flame_status check_kallsyms(const char *path, struct flame_error *error)
{
    static const char option[] = "--kallsyms";
    struct flame_file file = { 0 };
    bool visible = false;
    enum flame_status status = open_named(&file, option, path, error);
    if (status != FLAME_OK)
        return status;
    flame_kallsyms_read((const char *)file.bytes, file.size, is_hidden, &visible);
    flame_file_close(&file);
    return visible ? FLAME_OK
                   : refuse(error, option, path, FLAME_FORMAT,
                            "has no addresses of symbols, as /proc/kallsyms has them for root");
}

/* Whether the first member is a pack's. */
static bool is_pack(struct flame_archive_stream *stream, const struct flame_stream_member *member)
{
    struct flame_error own = FLAME_ERROR_INIT;
    const uint8_t *bytes;
    size_t size;
    uint64_t offset;
    return member->kind == FLAME_MEMBER_FILE && flame_str_is(member->name, FLAME_PACKED_MANIFEST) &&
           flame_stream_piece(stream, &bytes, &size, &offset, &own) == FLAME_STREAM_ONE &&
           offset == 0 &&
           flame_str_starts((struct flame_str){ (const char *)bytes, size }, FLAME_PACKED_MAGIC);
}

/* Its beginning: to unpack it all takes as long as it takes. */
static enum flame_status check_archive(const char *path, struct flame_error *error)
{
    static const char option[] = "--archive";
    struct flame_error own = FLAME_ERROR_INIT;
    struct flame_archive_stream stream;
    struct flame_stream_member member;
    struct flame_file file = { 0 };
    uint64_t unpacked = 0;
    enum flame_status status = open_named(&file, option, path, error);
    if (status != FLAME_OK)
        return status;
    status = flame_stream_open(&stream, file.bytes, file.size, path, &unpacked, UINT64_MAX, &own);
    if (status == FLAME_OK) {
        enum flame_stream_step step = flame_stream_next(&stream, &member, &own);
        if (step == FLAME_STREAM_BROKEN)
            status = own.status;
        else if (step == FLAME_STREAM_ONE && is_pack(&stream, &member))
            status = flame_fail(&own, FLAME_UNSUPPORTED, path, FLAME_NO_OFFSET,
                                "is a pack, whose files are for its own recording alone; name it "
                                "in the recording's place");
        flame_stream_close(&stream);
    }
    flame_file_close(&file);
    return status == FLAME_OK ? FLAME_OK : refuse(error, option, path, status, own.text);
}

/* What was named has to be what it is named as. */
static enum flame_status check(const struct flame_symbol_places *p,
                               const struct flame_symbol_options *o, struct flame_error *error)
{
    enum flame_status status = p->symfs ? check_folder("--symfs", p->symfs, error) : FLAME_OK;
    for (size_t i = 0; i < o->debug_dirs.count && status == FLAME_OK; i++)
        status = check_folder("--debug-dir", o->debug_dirs.items[i], error);
    for (size_t i = 0; i < o->binaries.count && status == FLAME_OK; i++)
        status = check_folder("--binaries", o->binaries.items[i], error);
    for (size_t i = 0; i < o->archives.count && status == FLAME_OK; i++)
        status = check_archive(o->archives.items[i], error);
    if (status == FLAME_OK && p->vmlinux)
        status = check_vmlinux(p->vmlinux, error);
    if (status == FLAME_OK && p->kallsyms)
        status = check_kallsyms(p->kallsyms, error);
    return status;
}

/* Where files are found by their build-ids. */
static enum flame_status fill_depot(struct flame_session *s, struct flame_error *error)
{
    const struct flame_symbol_options *o = &s->options.symbols;
    struct flame_depot *depot = s->places.depot = flame_depot_create();
    bool ok = depot != NULL;
    if (ok)
        flame_depot_within(depot, &s->options.limits);
    for (size_t i = 0; i < o->binaries.count && ok; i++)
        ok = flame_depot_add_folder(depot, o->binaries.items[i]);
    for (size_t i = 0; i < o->archives.count && ok; i++)
        ok = flame_depot_add_archive(depot, o->archives.items[i]);
    if (ok && s->recording.archive && !s->recording.pack)
        ok = flame_depot_lend_archive(depot, s->path, s->recording.archive);
    if (ok && !o->no_archive && strcmp(s->path, "-") != 0)
        ok = flame_depot_add_beside(depot, s->path);
    s->places.layers = ok ? flame_layers_create() : NULL;
    return s->places.layers ? FLAME_OK : no_memory(s, error);
}

static const char *unless_empty(const char *text)
{
    return text && *text ? text : NULL;
}

enum flame_status flame_pipeline_places(struct flame_session *s, struct flame_error *error)
{
    const struct flame_perf_features *f = &s->recording.perf.features;
    const struct flame_symbol_options *o = &s->options.symbols;
    struct flame_symbol_places *p = &s->places;
    p->bounds = &s->bounds;
    if (find_symfs(s, o->symfs) != FLAME_OK)
        return no_memory(s, error);
    p->buildid_dir = unless_empty(o->buildid_dir);
    if (!p->buildid_dir && !find_buildid_dir(s))
        return no_memory(s, error);
    p->vmlinux = unless_empty(o->vmlinux);
    p->kallsyms = unless_empty(o->kallsyms);
    p->debug_dirs = &o->debug_dirs;
    p->trust_paths = o->trust_paths;
    p->beside = folder_of(&s->arena, s->path);
    if (s->recording.pack)
        p->packed = &s->recording.pack->manifest.packed;
    p->os_release = f->osrelease.len ? flame_arena_copy(&s->arena, f->osrelease) : NULL;
    if (!p->beside || (!p->os_release && f->osrelease.len))
        return no_memory(s, error);
    flame_pipeline_host(s);
    enum flame_status status = check(p, o, error);
    return status == FLAME_OK ? fill_depot(s, error) : status;
}

void flame_pipeline_places_free(struct flame_session *s)
{
    flame_layers_free(s->places.layers);
    flame_depot_free(s->places.depot);
}
