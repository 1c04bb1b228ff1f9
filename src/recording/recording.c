/* recording.c: open all the files that one recording is made of.
 *
 * A folder holds `data`, a whole perf.data, and streams of records `data.0`, `data.1`, ... The
 * order in which these are read decides nothing but which of two records of one moment is first, so
 * it is that of their numbers. Source: tools/perf/util/data.c. */
#include "recording.h"

#include <stdio.h>
#include <stdlib.h>

static enum flame_status no_memory(const char *path, struct flame_error *error)
{
    return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
}

/* folder/name, owned by the recording; NULL when memory is exhausted. */
static const char *path_in(struct flame_recording *r, const char *folder, const char *name)
{
    size_t cap = strlen(folder) + 1 + strlen(name) + 1;
    char *path = flame_arena_alloc(&r->names, cap);
    if (path)
        snprintf(path, cap, "%s/%s", folder, name);
    return path;
}

static enum flame_status open_file(struct flame_recording *r, const char *path,
                                   struct flame_error *error)
{
    struct flame_file file;
    enum flame_status status = flame_file_open(&file, path, error);
    if (status != FLAME_OK)
        return status;
    if (flame_vec_push(&r->files, file))
        return FLAME_OK;
    flame_file_close(&file);
    return no_memory(path, error);
}

static enum flame_status open_main(struct flame_recording *r, const char *path,
                                   struct flame_error *error)
{
    enum flame_status status = open_file(r, path, error);
    if (status != FLAME_OK)
        return status;
    return flame_perf_open(&r->perf, r->files.items[0].bytes, r->files.items[0].size, path, error);
}

/* The next data.N of the folder. One that cannot be opened is a loss, not a failure. */
static enum flame_status add_stream(struct flame_recording *r, const char *path)
{
    struct flame_error error = FLAME_ERROR_INIT;
    enum flame_status status = open_file(r, path, &error);
    if (status == FLAME_NOMEM)
        return status;
    if (status != FLAME_OK) {
        flame_perf_lose(&r->perf.losses)->error = error;
        return FLAME_OK;
    }
    const struct flame_file *file = &r->files.items[r->files.count - 1];
    return flame_perf_add_part(&r->perf, file->bytes, file->size, path);
}

/* data.2 before data.10 */
static int by_number(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    size_t nx = strlen(x), ny = strlen(y);
    return nx != ny ? (nx < ny ? -1 : 1) : strcmp(x, y);
}

static enum flame_status open_folder(struct flame_recording *r, const char *path,
                                     struct flame_error *error)
{
    const char *main_path = path_in(r, path, "data");
    struct flame_file_names names;
    if (!main_path)
        return no_memory(path, error);
    enum flame_status status = open_main(r, main_path, error);
    if (status == FLAME_IO) {
        *error = (struct flame_error)FLAME_ERROR_INIT;
        flame_fail(error, status, path, FLAME_NO_OFFSET,
                   "a folder, but not one that perf record --threads wrote: it has no file data");
    }
    if (status == FLAME_OK)
        status = flame_file_list(path, "data.", &names, error);
    if (status != FLAME_OK)
        return status;
    if (names.count)
        qsort(names.items, names.count, sizeof *names.items, by_number);
    for (size_t i = 0; i < names.count && status == FLAME_OK; i++) {
        const char *stream_path = path_in(r, path, names.items[i]);
        status = stream_path ? add_stream(r, stream_path) : FLAME_NOMEM;
    }
    flame_file_names_free(&names);
    return status == FLAME_OK ? FLAME_OK : no_memory(path, error);
}

void flame_recording_detach(struct flame_error *error, const char *path)
{
    char text[sizeof error->text];
    if (!error || !error->path || error->path == path)
        return;
    int n = snprintf(text, sizeof text, "%s: %s",
                     flame_str_basename(flame_str_from(error->path)).ptr, error->text);
    if (n > 0)
        memcpy(error->text, text, sizeof text);
    error->path = path;
}

enum flame_status flame_recording_open(struct flame_recording *r, const char *path,
                                       struct flame_error *error)
{
    struct flame_error own = FLAME_ERROR_INIT;
    error = error ? error : &own;
    *r = (struct flame_recording){ 0 };
    flame_arena_init(&r->names, SIZE_MAX);
    enum flame_status status =
        flame_file_is_folder(path) ? open_folder(r, path, error) : open_main(r, path, error);
    if (status != FLAME_OK) {
        flame_recording_detach(error, path);
        flame_recording_close(r);
    }
    return status;
}

void flame_recording_close(struct flame_recording *r)
{
    flame_perf_close(&r->perf);
    for (size_t i = 0; i < r->files.count; i++)
        flame_file_close(&r->files.items[i]);
    flame_vec_free(&r->files);
    flame_arena_deinit(&r->names);
}
