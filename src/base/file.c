/* file.c: map what can be mapped, read the rest. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static enum flame_status read_all(struct flame_file *file, int fd, const char *path,
                                  struct flame_error *error)
{
    size_t size = 0, cap = 1 << 16;
    uint8_t *bytes = malloc(cap);
    while (bytes) {
        if (size == cap) {
            uint8_t *grown = cap <= SIZE_MAX / 2 ? realloc(bytes, cap * 2) : NULL;
            if (!grown)
                break;
            bytes = grown;
            cap *= 2;
        }
        ssize_t n = read(fd, bytes + size, cap - size);
        if (n == 0) {
            file->bytes = bytes;
            file->size = size;
            return FLAME_OK;
        }
        if (n > 0) {
            size += (size_t)n;
        } else if (errno != EINTR) {
            int why = errno;
            free(bytes);
            return flame_fail(error, FLAME_IO, path, FLAME_NO_OFFSET, "cannot read: %s",
                              strerror(why));
        }
    }
    free(bytes);
    return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory while reading");
}

enum flame_status flame_file_open(struct flame_file *file, const char *path,
                                  struct flame_error *error)
{
    *file = (struct flame_file){ 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        int why = errno;
        if (fd >= 0)
            close(fd);
        return flame_fail(error, FLAME_IO, path, FLAME_NO_OFFSET, "cannot open: %s", strerror(why));
    }
    enum flame_status status = FLAME_OK;
    if (S_ISREG(st.st_mode) && st.st_size > 0) {
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (p != MAP_FAILED) {
            file->bytes = p;
            file->size = (size_t)st.st_size;
            file->mapped = true;
        }
    }
    if (!file->mapped)
        status = read_all(file, fd, path, error);
    close(fd);
    return status;
}

void flame_file_close(struct flame_file *file)
{
    if (file->mapped)
        munmap((void *)(uintptr_t)file->bytes, file->size);
    else
        free((void *)(uintptr_t)file->bytes);
    *file = (struct flame_file){ 0 };
}

bool flame_file_is(const char *path, uint32_t dev_major, uint32_t dev_minor, uint64_t inode)
{
    struct stat st;
    return stat(path, &st) == 0 && (uint64_t)st.st_ino == inode && major(st.st_dev) == dev_major &&
           minor(st.st_dev) == dev_minor;
}
