/* contents.c: files for callers outside of the library. */
#include "file.h"

#include <flamedata/contents.h>
#include <stdlib.h>

enum flame_status flame_contents_open_within(struct flame_contents *contents, const char *path,
                                             size_t most, struct flame_error *error)
{
    *contents = (struct flame_contents){ 0 };
    struct flame_file *file = malloc(sizeof *file);
    if (!file)
        return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    enum flame_status status = flame_file_open_within(file, path, most, error);
    if (status == FLAME_OK)
        *contents = (struct flame_contents){ file->bytes, file->size, file };
    else
        free(file);
    return status;
}

enum flame_status flame_contents_open(struct flame_contents *contents, const char *path,
                                      struct flame_error *error)
{
    return flame_contents_open_within(contents, path, SIZE_MAX, error);
}

void flame_contents_close(struct flame_contents *contents)
{
    if (contents->handle)
        flame_file_close(contents->handle);
    free(contents->handle);
    *contents = (struct flame_contents){ 0 };
}
