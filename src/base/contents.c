/* contents.c: files for callers outside of the library. */
#include "intake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STDIN_PATH "/dev/stdin"

/* Hand over what was opened, in memory of its own. */
static enum flame_status hand_over(struct flame_contents *contents, struct flame_file *opened,
                                   const char *path, struct flame_error *error)
{
    struct flame_file *file = malloc(sizeof *file);
    if (!file) {
        flame_file_close(opened);
        return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    }
    *file = *opened;
    contents->bytes = file->bytes;
    contents->size = file->size;
    contents->handle = file;
    return FLAME_OK;
}

enum flame_status flame_contents_open_within(struct flame_contents *contents, const char *path,
                                             size_t most, struct flame_error *error)
{
    struct flame_file file;
    *contents = (struct flame_contents){ 0 };
    enum flame_status status = flame_file_open_within(&file, path, most, error);
    return status == FLAME_OK ? hand_over(contents, &file, path, error) : status;
}

enum flame_status flame_contents_open(struct flame_contents *contents, const char *path,
                                      const struct flame_intake *intake, struct flame_error *error)
{
    static const struct flame_intake any = { 0 };
    struct flame_file file;
    *contents = (struct flame_contents){ 0 };
    enum flame_status status = flame_file_open_named(&file, path, intake ? intake : &any, error);
    return status == FLAME_OK ? hand_over(contents, &file, path, error) : status;
}

enum flame_status flame_contents_open_regular(struct flame_contents *contents, const char *path,
                                              size_t most, struct flame_error *error)
{
    struct flame_file file;
    *contents = (struct flame_contents){ 0 };
    enum flame_status status = flame_file_open_regular(&file, path, error);
    if (status != FLAME_OK)
        return status;
    if (file.size <= most)
        return hand_over(contents, &file, path, error);
    flame_file_close(&file);
    return flame_fail(error, FLAME_LIMIT, path, FLAME_NO_OFFSET, "is larger than %.6g MiB",
                      (double)most / (1 << 20));
}

enum flame_status flame_contents_keep_stdin(const struct flame_intake *intake,
                                            struct flame_error *error)
{
    static const struct flame_intake any = { 0 };
    const struct flame_taking taking = { STDIN_PATH, SIZE_MAX, intake ? intake : &any };
    struct flame_error own = FLAME_ERROR_INIT;
    struct stat st;
    if (fstat(STDIN_FILENO, &st) != 0 || S_ISREG(st.st_mode))
        return FLAME_OK; /* where it is closed, whoever opens it says so */
    error = error ? error : &own;
    int fd = flame_intake_keep(STDIN_FILENO, &taking, error);
    if (fd < 0)
        return error->status;
    enum flame_status status = FLAME_OK;
    if (dup2(fd, STDIN_FILENO) < 0)
        status = flame_fail(error, FLAME_IO, STDIN_PATH, FLAME_NO_OFFSET, "cannot replace it: %s",
                            strerror(errno));
    close(fd);
    return status;
}

int flame_contents_descriptor(const char *path)
{
    static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
    if (strcmp(path, STDIN_PATH) == 0)
        return STDIN_FILENO;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t length = strlen(folders[i]);
        const char *number = path + length;
        if (strncmp(path, folders[i], length) == 0 && *number && strlen(number) < 8 &&
            number[strspn(number, "0123456789")] == 0)
            return (int)strtol(number, NULL, 10);
    }
    return -1;
}

void flame_contents_close(struct flame_contents *contents)
{
    if (contents->handle)
        flame_file_close(contents->handle);
    free(contents->handle);
    *contents = (struct flame_contents){ 0 };
}
