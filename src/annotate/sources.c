/* sources.c: find source files, and cut their text into lines.
 *
 * Names come from debug information and may be anything: relative, with "..", from Windows, of a
 * folder that a compiler had somewhere else. Where the user says in which folders to look, a name
 * is tried from its longest end to its shortest, and the longest that is there wins, in whatever
 * folder. Text is copied: whoever edits a source file may cut it off at any time, and a mapped file
 * would then be gone under our eyes.
 *
 * A listing is passed on, and debug information may name any file of this machine: text is read
 * only of what is called as source text is, and is not hidden (source_path.h). Where nobody said in
 * which folder to look, a name means a file below symfs, or else one that is there with its links
 * followed; and for a pack, which is somebody else's, one that everybody may read.
 *
 * Does not read what is no plain file, nor files and sums of files beyond the limits below: these
 * are there, without text, which is noted. */
#include "sources.h"

#include "bounds.h"
#include "file.h"
#include "object.h"
#include "packed.h"
#include "root_path.h"
#include "source_path.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    FILE_SHARE = 8,   /* of the limit that all files have together, for one */
    LINE_LEAST = 32,  /* of the limit's bytes, for a line */
    PARTS_MOST = 256, /* of a name */
};

/* One file, as it is for code that was built after its last change, and before. */
struct flame_source_entry {
    struct flame_source_file file, newer;
    uint64_t changed_ns;
};

void flame_sources_init(struct flame_sources *sources, const struct flame_annotate_options *options)
{
    *sources = (struct flame_sources){ .options = options };
    flame_arena_init(&sources->arena, SIZE_MAX);
    flame_intern_init(&sources->names);
}

void flame_sources_deinit(struct flame_sources *sources)
{
    flame_arena_deinit(&sources->arena);
    flame_intern_deinit(&sources->names);
    flame_vec_free(&sources->entries);
}

/* Cut text into lines[], or only count them (NULL). A last line without an end is one. */
static size_t cut(struct flame_str text, struct flame_str *lines)
{
    size_t count = 0;
    for (const char *at = text.ptr, *end = text.ptr + text.len; at < end; count++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop ? stop : end) - at);
        const char *next = stop ? stop + 1 : end;
        if (stop && length && at[length - 1] == '\r')
            length--;
        if (lines)
            lines[count] = (struct flame_str){ at, length };
        at = next;
    }
    return count;
}

/* A file has no text because there would be too much of it. */
static void say_left_out(const struct flame_sources *sources, const char *path)
{
    if (sources->places)
        flame_bounds_reach(sources->places->bounds, FLAME_LIMIT_SOURCES, path, "source text has",
                           "in all, or an eighth of that in this file");
}

/* Take over the text of a file that was changed at changed_ns. */
static enum flame_status keep(struct flame_sources *sources, struct flame_source_entry *entry,
                              const char *path, const struct flame_file *from, uint64_t changed_ns)
{
    struct flame_str text = { (const char *)from->bytes, from->size };
    uint64_t most = flame_limit_of(&sources->options->session.limits, FLAME_LIMIT_SOURCES);
    if (text.len > most / FILE_SHARE || sources->bytes > most || text.len > most - sources->bytes) {
        say_left_out(sources, path);
        return FLAME_OK;
    }
    text.ptr = flame_arena_copy(&sources->arena, text);
    char *copied = flame_arena_copy(&sources->arena, flame_str_from(path));
    if (!text.ptr || !copied)
        return FLAME_NOMEM;
    size_t count = cut(text, NULL);
    if (count > most / LINE_LEAST - sources->line_count) {
        say_left_out(sources, path);
        count = 0;
    }
    struct flame_str *lines = flame_arena_zalloc(&sources->arena, count, sizeof *lines);
    if (!lines)
        return FLAME_NOMEM;
    sources->bytes += text.len;
    if (count == 0)
        return FLAME_OK;
    cut(text, lines);
    sources->line_count += count;
    entry->file.path = (struct flame_str){ copied, strlen(copied) };
    entry->file.lines = lines;
    entry->file.line_count = count;
    entry->changed_ns = changed_ns;
    return FLAME_OK;
}

/* The text that came with the recording under that name. *found says whether there is one. */
static enum flame_status take_packed(struct flame_sources *sources,
                                     struct flame_source_entry *entry, const char *path,
                                     bool *found)
{
    const struct flame_packed *files = sources->places ? sources->places->packed : NULL;
    const struct flame_packed_file *packed = flame_packed_at(files, flame_str_from(path));
    if (!packed)
        return FLAME_OK;
    *found = true;
    struct flame_file from = flame_packed_lend(packed);
    return keep(sources, entry, path, &from, packed->changed_ns);
}

/* Read path, if it is a file. *found says so. */
static enum flame_status try_path(struct flame_sources *sources, struct flame_source_entry *entry,
                                  const char *path, bool *found)
{
    struct flame_file from;
    enum flame_status status = flame_file_open_plain(&from, path, NULL);
    *found = status == FLAME_OK;
    if (status != FLAME_OK)
        return status == FLAME_NOMEM ? status : FLAME_OK;
    status = keep(sources, entry, path, &from, flame_file_changed_ns(path));
    flame_file_close(&from);
    return status;
}

static bool is_windows(const char *name)
{
    bool drive = (((unsigned char)name[0] | 32) >= 'a' && ((unsigned char)name[0] | 32) <= 'z') &&
                 name[1] == ':' && (name[2] == '\\' || name[2] == '/');
    return drive || (strchr(name, '\\') && !strchr(name, '/'));
}

/* The parts of a name between its slashes, with "." and ".." worked off; how many, the last ones if
 * there are too many. Nothing of them leads out of a folder. */
static size_t split(const char *name, struct flame_str parts[PARTS_MOST])
{
    const char *slashes = is_windows(name) ? "/\\" : "/";
    size_t count = 0;
    for (const char *at = name; *at;) {
        struct flame_str part = { at, strcspn(at, slashes) };
        at += part.len;
        at += strspn(at, slashes);
        if (flame_str_is(part, "..")) {
            count -= count > 0;
        } else if (part.len && !flame_str_is(part, ".")) {
            if (count == PARTS_MOST)
                memmove(parts, parts + 1, --count * sizeof *parts);
            parts[count++] = part;
        }
    }
    return count;
}

/* "folder/part/part"; false: longer than paths can be. */
static bool join(char path[PATH_MAX], struct flame_str folder, const struct flame_str *parts,
                 size_t count)
{
    size_t length = folder.len;
    if (length >= PATH_MAX)
        return false;
    if (length)
        memcpy(path, folder.ptr, length);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len + 2 > PATH_MAX - length)
            return false;
        path[length++] = '/';
        memcpy(path + length, parts[i].ptr, parts[i].len);
        length += parts[i].len;
    }
    path[length] = 0;
    return true;
}

static bool may_be_shown(const char *path)
{
    return flame_source_path_is_named_so(flame_str_from(path)) &&
           flame_source_path_is_visible(path);
}

/* Look for parts below folder, which the user named: links in it lead where they lead. */
static enum flame_status try_below(struct flame_sources *sources, struct flame_source_entry *entry,
                                   struct flame_str folder, const struct flame_str *parts,
                                   size_t count, bool *found)
{
    char path[PATH_MAX];
    if (!join(path, (struct flame_str){ 0 }, parts, count) || !may_be_shown(path) ||
        !join(path, folder, parts, count))
        return FLAME_OK;
    return try_path(sources, entry, path, found);
}

static enum flame_status search(struct flame_sources *sources, struct flame_source_entry *entry,
                                const struct flame_str *parts, size_t count, bool *found)
{
    for (size_t first = 0; first < count; first++)
        for (const char *at = sources->options->source_dirs; *at;) {
            struct flame_str folder = { at, strcspn(at, ":") };
            at += folder.len;
            at += *at == ':';
            if (!folder.len)
                continue;
            enum flame_status status =
                try_below(sources, entry, folder, parts + first, count - first, found);
            if (*found || status != FLAME_OK)
                return status;
        }
    return FLAME_OK;
}

/* Below the prefix, without as many leading parts as are to be stripped: but the last one stays. */
static enum flame_status try_prefixed(struct flame_sources *sources,
                                      struct flame_source_entry *entry,
                                      const struct flame_str *parts, size_t count, bool *found)
{
    const struct flame_annotate_options *options = sources->options;
    size_t first = options->prefix_strip < count ? options->prefix_strip : count - (count > 0);
    return try_below(sources, entry, flame_str_from(options->prefix), parts + first, count - first,
                     found);
}

/* On the recorded machine's root, as it is here. */
static enum flame_status try_below_root(struct flame_sources *sources,
                                        struct flame_source_entry *entry, const char *name,
                                        bool *found)
{
    const struct flame_symbol_places *places = sources->places;
    const char *leaf = strrchr(name, '/');
    size_t floor = strcmp(places->symfs, "/") == 0 ? 0 : strlen(places->symfs);
    char path[PATH_MAX];
    if (name[0] != '/' || !may_be_shown(name) ||
        !flame_root_path(places->symfs, places->flat ? leaf : name, path) ||
        !flame_source_path_is_public(path + floor))
        return FLAME_OK;
    return try_path(sources, entry, path, found);
}

/* Where its name says that it is, on this machine. */
static enum flame_status try_here(struct flame_sources *sources, struct flame_source_entry *entry,
                                  const char *name, bool *found)
{
    bool foreign = sources->places && sources->places->packed;
    enum flame_status status = FLAME_OK;
    struct stat st;
    char *real = strlen(name) < PATH_MAX ? realpath(name, NULL) : NULL;
    if (real && may_be_shown(name) && flame_source_path_is_public(real) && stat(real, &st) == 0 &&
        (!foreign || (st.st_mode & S_IROTH)))
        status = try_path(sources, entry, name, found);
    free(real);
    return status;
}

static enum flame_status read_text(struct flame_sources *sources, struct flame_source_entry *entry)
{
    const struct flame_annotate_options *options = sources->options;
    const char *name = entry->file.name.ptr;
    bool prefixed = options->prefix && *options->prefix && name[0] == '/';
    struct flame_str parts[PARTS_MOST];
    bool found = false;
    enum flame_status status = FLAME_OK;
    if (options->no_source)
        return FLAME_OK;
    size_t count = split(name, parts);
    if (options->source_dirs)
        status = search(sources, entry, parts, count, &found);
    if (status == FLAME_OK && !found && prefixed)
        status = try_prefixed(sources, entry, parts, count, &found);
    if (status != FLAME_OK || found || prefixed)
        return status;
    status = take_packed(sources, entry, name, &found);
    if (status != FLAME_OK || found)
        return status;
    return sources->places && sources->places->symfs ? try_below_root(sources, entry, name, &found)
                                                     : try_here(sources, entry, name, &found);
}

enum flame_status flame_sources_get(struct flame_sources *sources, const char *name,
                                    uint64_t built_ns, const struct flame_source_file **out)
{
    uint32_t id = flame_intern_add(&sources->names, flame_str_from(name));
    if (id == FLAME_INTERN_NONE)
        return FLAME_NOMEM;
    if (id == sources->entries.count) {
        struct flame_source_entry *entry = flame_arena_zalloc(&sources->arena, 1, sizeof *entry);
        if (!entry || !flame_vec_push(&sources->entries, entry))
            return FLAME_NOMEM;
        entry->file.name = flame_intern_get(&sources->names, id);
        enum flame_status status = read_text(sources, entry);
        if (status != FLAME_OK)
            return status;
        entry->newer = entry->file;
        entry->newer.newer = true;
    }
    const struct flame_source_entry *entry = sources->entries.items[id];
    bool newer = (built_ns && entry->changed_ns > built_ns) ||
                 (sources->recorded_ns && entry->changed_ns > sources->recorded_ns);
    *out = newer ? &entry->newer : &entry->file;
    return FLAME_OK;
}
