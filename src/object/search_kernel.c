/* search_kernel.c: where a kernel's image, its lists of symbols and its vDSO may be, and what is
 * found by a build-id alone. Source: Linux tools/perf/util/{symbol,build-id}.c. */
#include "search_path.h"

#include "build_id.h"
#include "depot.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The recorded release as a part of paths; NULL: not known, or it is none. */
static const char *release_of(const struct flame_symbol_places *places)
{
    const char *release = places->os_release;
    return release && *release && !strchr(release, '/') ? release : NULL;
}

static void add_by_release(struct flame_paths *paths, const struct flame_symbol_places *places)
{
    const char *release = release_of(places);
    if (!release)
        return;
    flame_search_add(paths, places, "/boot/vmlinux-%s", release);
    flame_search_add_debug(paths, places, "/boot/vmlinux-%s", release);
    flame_search_add(paths, places, "/lib/modules/%s/build/vmlinux", release);
    flame_search_add_debug(paths, places, "/lib/modules/%s/vmlinux", release);
    flame_search_add_debug(paths, places, "/boot/vmlinux-%s.debug", release);
}

void flame_search_add_images(struct flame_paths *paths, const struct flame_symbol_places *places,
                             const struct flame_build_id *id)
{
    if (places->vmlinux)
        flame_paths_add(paths, "%s", places->vmlinux);
    flame_search_add_cached(paths, places, id, "elf");
    flame_search_add_cached(paths, places, id, "");
    flame_search_add(paths, places, "/boot/vmlinux");
    add_by_release(paths, places);
    flame_search_add_debug_id(paths, places, id);
}

void flame_search_add_named_images(struct flame_paths *paths,
                                   const struct flame_symbol_places *places)
{
    if (places->vmlinux)
        flame_paths_add(paths, "%s", places->vmlinux);
    add_by_release(paths, places);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void flame_search_add_copies(struct flame_paths *paths, const struct flame_symbol_places *places,
                             const struct flame_build_id *id, const char *leaf)
{
    struct flame_paths folder;
    char hex[FLAME_BUILD_ID_HEX];
    size_t before = paths->list.count;
    flame_build_id_hex(id, hex);
    flame_paths_init(&folder);
    flame_search_add_from(&folder, places, flame_str_from(places->buildid_dir),
                          "/[kernel.kcore]/%s", hex);
    DIR *d = folder.list.count ? opendir(folder.list.items[0]) : NULL;
    for (struct dirent *entry; d && (entry = readdir(d));)
        if (entry->d_name[0] != '.')
            flame_search_add_from(paths, places, flame_str_from(folder.list.items[0]), "/%s/%s",
                                  entry->d_name, leaf);
    if (d)
        closedir(d);
    if (paths->list.count > before)
        qsort(paths->list.items + before, paths->list.count - before, sizeof *paths->list.items,
              by_name);
    paths->failed = paths->failed || folder.failed;
    flame_paths_deinit(&folder);
}

void flame_search_add_lists(struct flame_paths *paths, const struct flame_symbol_places *places,
                            const struct flame_build_id *id)
{
    const char *dir = places->buildid_dir;
    char hex[FLAME_BUILD_ID_HEX];
    if (!dir || id->size < 2)
        return;
    flame_build_id_hex(id, hex);
    flame_search_add_copies(paths, places, id, "kallsyms");
    struct flame_str cache = flame_str_from(dir);
    flame_search_add_from(paths, places, cache, "/[kernel.kallsyms]/%s/kallsyms", hex);
    flame_search_add_from(paths, places, cache, "/[kernel.kallsyms]/%s", hex);
    flame_search_add_cached(paths, places, id, "kallsyms");
}

void flame_search_add_vdsos(struct flame_paths *paths, const struct flame_symbol_places *places,
                            const struct flame_build_id *id)
{
    flame_search_add_cached(paths, places, id, "vdso");
    flame_search_add_cached(paths, places, id, "elf");
    flame_search_add_cached(paths, places, id, "");
}

void flame_search_add_depot(struct flame_paths *paths, const struct flame_symbol_places *places,
                            const struct flame_build_id *id)
{
    if (id->size)
        flame_depot_add_by_id(places->depot, id, paths);
}

void flame_search_add_depot_lists(struct flame_paths *paths,
                                  const struct flame_symbol_places *places,
                                  const struct flame_build_id *id)
{
    const struct flame_build_id ids[] = { *id, flame_build_id_trimmed(id) };
    size_t spellings = ids[0].size == ids[1].size ? 1 : 2;
    for (size_t i = 0; i < spellings; i++) {
        char hex[FLAME_BUILD_ID_HEX], name[FLAME_BUILD_ID_HEX + 64];
        if (ids[i].size < 2)
            continue;
        flame_build_id_hex(&ids[i], hex);
        snprintf(name, sizeof name, "/[kernel.kallsyms]/%s/kallsyms", hex);
        flame_depot_add_named(places->depot, name, paths);
    }
}
