/* search_path.c: where programs, libraries and modules, and their debug files, may be.
 *
 * Invariant: with symfs no path of the recorded machine is taken for one of this machine, nor does
 * a link below it lead to one. Source: Linux tools/perf/util/dso.c, and its man pages on --symfs;
 * GDB manual, separate debug files. */
#include "search_path.h"

#include "build_id.h"
#include "layers.h"
#include "root_path.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int flame_search_folder(const char *path)
{
    return (int)(strrchr(path, '/') - path);
}

/* Flat makes one path of many, and so do links. */
static void add_once(struct flame_paths *paths, const char *path)
{
    size_t before = paths->list.count;
    flame_paths_add(paths, "%s", path);
    if (paths->list.count == before)
        return;
    for (size_t i = 0; i < before; i++) {
        if (strcmp(paths->list.items[i], paths->list.items[before]) == 0) {
            paths->list.count = before;
            return;
        }
    }
}

static bool goes_up(const char *path)
{
    size_t n = strlen(path);
    return strncmp(path, "../", 3) == 0 || strcmp(path, "..") == 0 || strstr(path, "/../") ||
           (n >= 3 && strcmp(path + n - 3, "/..") == 0);
}

void flame_search_add_from(struct flame_paths *paths, const struct flame_symbol_places *places,
                           struct flame_str folder, const char *format, ...)
{
    char path[PATH_MAX], below[PATH_MAX];
    if (folder.len >= PATH_MAX)
        return;
    memcpy(path, folder.ptr, folder.len);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(path + folder.len, sizeof path - folder.len, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof path - folder.len)
        return;
    const char *root = places->symfs;
    size_t floor = root && strcmp(root, "/") != 0 ? strlen(root) : 0;
    bool inside = root && strncmp(path, root, floor) == 0 && path[floor] == '/';
    if (inside && flame_root_path(root, path + floor, below))
        add_once(paths, below);
    else if (!root || (!inside && !goes_up(path + folder.len)))
        flame_paths_add(paths, "%s", path);
}

void flame_search_add_cached(struct flame_paths *paths, const struct flame_symbol_places *places,
                             const struct flame_build_id *id, const char *leaf)
{
    struct flame_paths cached;
    flame_paths_init(&cached);
    if (places->buildid_dir)
        flame_paths_add_cached(&cached, "", id, leaf);
    for (size_t i = 0; i < cached.list.count; i++)
        flame_search_add_from(paths, places, flame_str_from(places->buildid_dir), "%s",
                              cached.list.items[i]);
    paths->failed = paths->failed || cached.failed;
    flame_paths_deinit(&cached);
}

static void add_here(struct flame_paths *paths, const struct flame_symbol_places *places,
                     const char *path)
{
    char below[PATH_MAX];
    if (!places->symfs)
        flame_paths_add(paths, "%s", path);
    else if (flame_root_path(places->symfs, places->flat ? path + flame_search_folder(path) : path,
                             below))
        add_once(paths, below);
}

void flame_search_add(struct flame_paths *paths, const struct flame_symbol_places *places,
                      const char *format, ...)
{
    char path[PATH_MAX];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(path, sizeof path, format, args);
    va_end(args);
    if (n > 0 && n < PATH_MAX && path[0] == '/')
        add_here(paths, places, path);
}

void flame_search_add_debug(struct flame_paths *paths, const struct flame_symbol_places *places,
                            const char *format, ...)
{
    char path[PATH_MAX];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(path, sizeof path, format, args);
    va_end(args);
    if (n <= 0 || n >= PATH_MAX)
        return;
    for (size_t i = 0; places->debug_dirs && i < places->debug_dirs->count; i++)
        flame_search_add_from(paths, places, flame_str_from(places->debug_dirs->items[i]), "%s",
                              path);
    flame_search_add(paths, places, "/usr/lib/debug%s", path);
}

void flame_search_add_debug_id(struct flame_paths *paths, const struct flame_symbol_places *places,
                               const struct flame_build_id *id)
{
    struct flame_build_id trimmed = flame_build_id_trimmed(id);
    char hex[FLAME_BUILD_ID_HEX];
    flame_build_id_hex(&trimmed, hex);
    if (trimmed.size >= 2)
        flame_search_add_debug(paths, places, "/.build-id/%.2s/%s.debug", hex, hex + 2);
}

static void add_linked(struct flame_paths *paths, const struct flame_symbol_places *places,
                       const char *path, struct flame_str link)
{
    int folder = flame_search_folder(path), n = (int)link.len;
    if (n == 0 || link.len > NAME_MAX)
        return;
    flame_search_add(paths, places, "%.*s/%.*s", folder, path, n, link.ptr);
    flame_search_add(paths, places, "%.*s/.debug/%.*s", folder, path, n, link.ptr);
    flame_search_add_debug(paths, places, "%.*s/%.*s", folder, path, n, link.ptr);
}

static void add_by_id(struct flame_paths *paths, const struct flame_symbol_places *places,
                      const char *path, const struct flame_build_id *id)
{
    flame_search_add_cached(paths, places, id, "elf");
    flame_search_add_cached(paths, places, id, "");
    flame_search_add_cached(paths, places, id, "debug");
    flame_search_add_debug(paths, places, "%s.debug", path);
    flame_search_add_debug(paths, places, "%s", path);
    flame_search_add_debug_id(paths, places, id);
}

/* As OpenEmbedded has it, and a system on which /lib and /usr/lib were two folders once. */
static void add_last(struct flame_paths *paths, const struct flame_symbol_places *places,
                     const char *path)
{
    int folder = flame_search_folder(path);
    flame_search_add(paths, places, "%.*s/.debug%s", folder, path, path + folder);
    if (strncmp(path, "/usr/lib/", 9) == 0)
        flame_search_add_debug(paths, places, "%s", path + 4);
}

void flame_search_add_group(struct flame_paths *paths, const struct flame_symbol_places *places,
                            enum flame_search_group group, const struct flame_search_target *target)
{
    if (group == FLAME_SEARCH_LINKED)
        add_linked(paths, places, target->path, target->link);
    if (target->id.size == 0)
        return;
    switch (group) {
    case FLAME_SEARCH_LINKED:
        break;
    case FLAME_SEARCH_BY_ID:
        add_by_id(paths, places, target->path, &target->id);
        break;
    case FLAME_SEARCH_LAST:
        add_last(paths, places, target->path);
        break;
    case FLAME_SEARCH_LAYERS:
        if (places->layers && !places->symfs)
            flame_layers_add(places->layers, paths, target->path);
        break;
    case FLAME_SEARCH_DEPOT:
        flame_search_add_depot(paths, places, &target->id);
        break;
    }
}
