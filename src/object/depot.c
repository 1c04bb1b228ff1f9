/* depot.c: places, opened by the first question, under the lock, and only read from then on.
 *
 * Packed modules are not in the index and are found only where perf's cache has them by name. Two
 * files of one id are both candidates: one may have what the other lacks. What has more comes
 * first, so that no number of stripped copies hides the file with the symbols.
 * Source of the cache's layout: Linux tools/perf/util/build-id.c. */
#include "depot.h"

#include "archive_reader.h"
#include "archive_stream.h"
#include "depot_index.h"
#include "packed.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files of one id that have the same to offer, and are worth a look; an archive may have any
 * number. */
enum { SAME_ID_MAX = 16 };

/* archive  NULL: a folder, or an archive that could not be opened
 * lent     it is somebody else's, who closes it */
struct place {
    const char *path;
    bool folder, lent;
    struct flame_archive *archive;
};

struct flame_depot {
    pthread_mutex_t lock;
    struct flame_arena arena;
    FLAME_VEC(struct place) places;
    struct flame_depot_index index;
    FLAME_VEC(struct flame_depot_entry) files; /* added one by one */
    FLAME_VEC(struct flame_error *) errors;
    const struct flame_limits *limits;
    bool open, failed; /* failed: memory was exhausted */
};

struct flame_depot *flame_depot_create(void)
{
    struct flame_depot *depot = calloc(1, sizeof *depot);
    if (depot && pthread_mutex_init(&depot->lock, NULL) != 0) {
        free(depot);
        depot = NULL;
    }
    if (!depot)
        return NULL;
    flame_arena_init(&depot->arena, SIZE_MAX);
    flame_depot_index_init(&depot->index);
    return depot;
}

void flame_depot_within(struct flame_depot *depot, const struct flame_limits *limits)
{
    depot->limits = limits;
}

const struct flame_limits *flame_depot_limits(const struct flame_depot *depot)
{
    return depot ? depot->limits : NULL;
}

void flame_depot_free(struct flame_depot *depot)
{
    if (!depot)
        return;
    for (size_t i = 0; i < depot->places.count; i++)
        if (!depot->places.items[i].lent)
            flame_archive_close(depot->places.items[i].archive);
    flame_vec_free(&depot->places);
    flame_depot_index_deinit(&depot->index);
    flame_vec_free(&depot->files);
    flame_vec_free(&depot->errors);
    flame_arena_deinit(&depot->arena);
    pthread_mutex_destroy(&depot->lock);
    free(depot);
}

/* An error about a place, to be filled in; NULL when memory is exhausted. */
static struct flame_error *new_error(struct flame_depot *depot)
{
    struct flame_error *error = flame_arena_zalloc(&depot->arena, 1, sizeof *error);
    if (error && flame_vec_push(&depot->errors, error))
        return error;
    depot->failed = true;
    return NULL;
}

static bool add_place(struct flame_depot *depot, const char *path, bool folder)
{
    const char *copy = flame_arena_copy(&depot->arena, flame_str_from(path));
    return copy && flame_vec_push(&depot->places, (struct place){ .path = copy, .folder = folder });
}

/* Keep the error of a place that was not added. */
static bool not_there(struct flame_depot *depot, const char *path, const char *what)
{
    const char *copy = flame_arena_copy(&depot->arena, flame_str_from(path));
    struct flame_error *error = copy ? new_error(depot) : NULL;
    if (error)
        flame_fail(error, FLAME_IO, copy, FLAME_NO_OFFSET, "%s", what);
    return error != NULL;
}

bool flame_depot_add_archive(struct flame_depot *depot, const char *path)
{
    if (flame_file_is_folder(path))
        return not_there(depot, path, "is a folder, and no archive");
    if (access(path, F_OK) != 0)
        return not_there(depot, path, "there is no such archive");
    return add_place(depot, path, false);
}

bool flame_depot_lend_archive(struct flame_depot *depot, const char *path,
                              struct flame_archive *archive)
{
    const char *copy = flame_arena_copy(&depot->arena, flame_str_from(path));
    struct place place = { .path = copy, .lent = true, .archive = archive };
    return copy && flame_vec_push(&depot->places, place);
}

bool flame_depot_add_folder(struct flame_depot *depot, const char *path)
{
    if (!flame_file_is_folder(path))
        return not_there(depot, path, "there is no such folder");
    return add_place(depot, path, true);
}

/* Add an archive that lies beside a recording; what is none, by its beginning, is told, although
 * nobody named it. */
static bool add_lying(struct flame_depot *depot, const char *path)
{
    struct flame_error why = FLAME_ERROR_INIT;
    struct flame_archive_stream stream;
    struct flame_stream_member member;
    struct flame_file file;
    struct stat st;
    uint64_t unpacked = 0;
    if (stat(path, &st) != 0 || S_ISDIR(st.st_mode))
        return true;
    enum flame_status status = flame_file_open_plain(&file, path, &why);
    if (status == FLAME_OK) {
        status =
            flame_stream_open(&stream, file.bytes, file.size, path, &unpacked, UINT64_MAX, &why);
        if (status == FLAME_OK) {
            flame_stream_next(&stream, &member, &why);
            flame_stream_close(&stream);
        }
        flame_file_close(&file);
    }
    return why.status == FLAME_OK ? add_place(depot, path, false)
                                  : not_there(depot, path, why.text);
}

/* Add what lies beside exactly this path. */
static bool add_beside(struct flame_depot *depot, const char *recording)
{
    static const char *const endings[] = { "bz2", "gz", "xz", "zst" };
    size_t len = strlen(recording);
    while (len > 1 && recording[len - 1] == '/') /* a recording may be a folder */
        len--;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char path[PATH_MAX];
        int n = snprintf(path, sizeof path, "%.*s.tar.%s", (int)len, recording, endings[i]);
        if (n > 0 && (size_t)n < sizeof path && !add_lying(depot, path))
            return false;
    }
    return true;
}

bool flame_depot_add_beside(struct flame_depot *depot, const char *recording)
{
    size_t before = depot->places.count + depot->errors.count;
    bool ok = add_beside(depot, recording);
    bool looks_on = ok && depot->places.count + depot->errors.count == before;
    char *target = looks_on ? realpath(recording, NULL) : NULL;
    if (target)
        ok = add_beside(depot, target);
    else if (looks_on)
        ok = errno != ENOMEM;
    free(target);
    return ok;
}

bool flame_depot_add_file(struct flame_depot *depot, const struct flame_build_id *id,
                          const char *path)
{
    pthread_mutex_lock(&depot->lock);
    const char *copy = flame_arena_copy(&depot->arena, flame_str_from(path));
    bool added = copy && flame_vec_push(&depot->files, flame_depot_entry(id, copy, 0));
    pthread_mutex_unlock(&depot->lock);
    return added;
}

static enum flame_status open_archive(const struct flame_depot *depot, struct place *place,
                                      struct flame_error *why)
{
    enum flame_status status = FLAME_OK;
    if (!place->lent)
        status = flame_archive_open_within(&place->archive, place->path, depot->limits, why);
    if (status != FLAME_OK || !flame_packed_is(place->archive))
        return status;
    flame_archive_close(place->archive);
    place->archive = NULL;
    return flame_fail(why, FLAME_UNSUPPORTED, place->path, FLAME_NO_OFFSET,
                      "is a pack, whose files are for its own recording alone");
}

/* Open a place, and remember what is wrong with it. */
static void open_place(struct flame_depot *depot, size_t order)
{
    struct place *place = &depot->places.items[order];
    struct flame_error why = FLAME_ERROR_INIT;
    if (place->folder) {
        flame_depot_index_folder(&depot->index, order, place->path, &why);
    } else if (open_archive(depot, place, &why) == FLAME_OK) {
        flame_depot_index_archive(&depot->index, order, place->path, place->archive);
        if (flame_archive_damage(place->archive))
            why = *flame_archive_damage(place->archive);
    }
    struct flame_error *error = why.status == FLAME_OK ? NULL : new_error(depot);
    if (error) {
        *error = why;
        error->path = place->path;
    }
    depot->failed = depot->failed || depot->index.failed || why.status == FLAME_NOMEM;
}

/* Open all places, if they are not; the lock is held. */
static void open_all(struct flame_depot *depot)
{
    if (depot->open)
        return;
    depot->open = true;
    for (size_t i = 0; i < depot->places.count && !depot->failed; i++)
        open_place(depot, i);
    flame_depot_index_settle(&depot->index);
}

/* Add the file of a name, from the root of a place. */
static bool add_from_root(const struct place *place, const char *name, struct flame_paths *paths)
{
    struct flame_archived found;
    char path[PATH_MAX];
    if (place->archive && flame_archive_find(place->archive, flame_str_from(name), &found) &&
        flame_depot_virtual_path(place->path, found.name, path)) {
        flame_paths_add(paths, "%s", path);
        return true;
    }
    int n = place->folder ? snprintf(path, sizeof path, "%s%s", place->path, name) : 0;
    if (n <= 0 || (size_t)n >= sizeof path || !flame_file_is_plain(path))
        return false;
    flame_paths_add(paths, "%s", path);
    return true;
}

/* Where perf's cache has a file of that id, in each place. */
static void add_cached(const struct flame_depot *depot, const struct flame_build_id *id,
                       struct flame_paths *paths)
{
    static const char *const leaves[] = { "elf", "", "debug" };
    struct flame_paths names;
    flame_paths_init(&names);
    for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++)
        flame_paths_add_cached(&names, "", id, leaves[i]);
    for (size_t i = 0; i < depot->places.count; i++)
        for (size_t k = 0; k < names.list.count; k++)
            add_from_root(&depot->places.items[i], names.list.items[k], paths);
    paths->failed = paths->failed || names.failed;
    flame_paths_deinit(&names);
}

void flame_depot_add_by_id(struct flame_depot *depot, const struct flame_build_id *id,
                           struct flame_paths *paths)
{
    if (!depot || id->size == 0)
        return;
    struct flame_depot_entry want = flame_depot_entry(id, NULL, 0);
    size_t first;
    pthread_mutex_lock(&depot->lock);
    open_all(depot);
    size_t count = flame_depot_index_find(&depot->index, id, &first);
    for (size_t i = 0, alike = 0; i < count; i++) {
        const struct flame_depot_entry *entry = &depot->index.entries.items[first + i];
        alike = i && entry->has == entry[-1].has ? alike + 1 : 0;
        if (alike < SAME_ID_MAX)
            flame_paths_add(paths, "%s", entry->path);
    }
    if (count == 0)
        add_cached(depot, id, paths);
    for (size_t i = 0; i < depot->files.count; i++)
        if (memcmp(depot->files.items[i].id, want.id, sizeof want.id) == 0)
            flame_paths_add(paths, "%s", depot->files.items[i].path);
    paths->failed = paths->failed || depot->failed;
    pthread_mutex_unlock(&depot->lock);
}

/* Add the first member that has the name further down. */
static void add_from_below(const struct place *place, const char *name, struct flame_paths *paths)
{
    size_t count = place->archive ? flame_archive_count(place->archive) : 0;
    for (size_t i = 0; i < count; i++) {
        struct flame_archived member = flame_archive_get(place->archive, i);
        char path[PATH_MAX];
        if (flame_str_ends(member.name, name) &&
            flame_depot_virtual_path(place->path, member.name, path)) {
            flame_paths_add(paths, "%s", path);
            return;
        }
    }
}

void flame_depot_add_named(struct flame_depot *depot, const char *name, struct flame_paths *paths)
{
    if (!depot)
        return;
    pthread_mutex_lock(&depot->lock);
    open_all(depot);
    for (size_t i = 0; i < depot->places.count; i++)
        if (!add_from_root(&depot->places.items[i], name, paths))
            add_from_below(&depot->places.items[i], name, paths);
    paths->failed = paths->failed || depot->failed;
    pthread_mutex_unlock(&depot->lock);
}

/* The member that a virtual path names; false: it is none. */
static bool member_of(struct flame_depot *depot, const char *path, struct flame_archived *member)
{
    bool found = false;
    if (!depot || !strstr(path, "!/"))
        return false;
    pthread_mutex_lock(&depot->lock);
    open_all(depot);
    for (size_t i = 0; i < depot->places.count && !found; i++) {
        const struct place *place = &depot->places.items[i];
        size_t len = strlen(place->path);
        found = place->archive && strncmp(path, place->path, len) == 0 &&
                strncmp(path + len, "!/", 2) == 0 &&
                flame_archive_find(place->archive, flame_str_from(path + len + 2), member);
    }
    pthread_mutex_unlock(&depot->lock);
    return found;
}

enum flame_status flame_depot_open(struct flame_depot *depot, const char *path,
                                   struct flame_file *file, struct flame_error *error)
{
    struct flame_archived member;
    if (!member_of(depot, path, &member))
        return flame_file_open_plain(file, path, error);
    *file = (struct flame_file){ member.bytes, member.size, FLAME_FILE_BORROWED };
    return FLAME_OK;
}

uint64_t flame_depot_changed_ns(struct flame_depot *depot, const char *path)
{
    struct flame_archived member;
    return member_of(depot, path, &member) ? member.changed_ns : flame_file_changed_ns(path);
}

size_t flame_depot_error_count(struct flame_depot *depot)
{
    pthread_mutex_lock(&depot->lock);
    size_t count = depot->errors.count;
    pthread_mutex_unlock(&depot->lock);
    return count;
}

const struct flame_error *flame_depot_error(struct flame_depot *depot, size_t i)
{
    pthread_mutex_lock(&depot->lock);
    const struct flame_error *error = depot->errors.items[i];
    pthread_mutex_unlock(&depot->lock);
    return error;
}
