/* path_list.c: spell paths. Source of the cache's layout: Linux tools/perf/util/build-id.c. */
#include "path_list.h"

#include "build_id.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

void flame_paths_init(struct flame_paths *paths)
{
    *paths = (struct flame_paths){ 0 };
    flame_arena_init(&paths->arena, SIZE_MAX);
}

void flame_paths_deinit(struct flame_paths *paths)
{
    flame_vec_free(&paths->list);
    flame_arena_deinit(&paths->arena);
}

void flame_paths_add(struct flame_paths *paths, const char *format, ...)
{
    char text[PATH_MAX];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0 || n >= PATH_MAX)
        return;
    char *copy = flame_arena_copy(&paths->arena, flame_str_from(text));
    if (!copy || !flame_vec_push(&paths->list, copy))
        paths->failed = true;
}

void flame_paths_add_cached(struct flame_paths *paths, const char *dir,
                            const struct flame_build_id *id, const char *leaf)
{
    const struct flame_build_id ids[] = { *id, flame_build_id_trimmed(id) };
    size_t spellings = ids[0].size == ids[1].size ? 1 : 2;
    for (size_t i = 0; dir && i < spellings; i++) {
        char hex[FLAME_BUILD_ID_HEX];
        if (ids[i].size < 2)
            continue;
        flame_build_id_hex(&ids[i], hex);
        flame_paths_add(paths, "%s/.build-id/%.2s/%s%s%s", dir, hex, hex + 2, *leaf ? "/" : "",
                        leaf);
    }
}
