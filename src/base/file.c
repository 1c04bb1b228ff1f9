/* file.c: map what can be mapped, read the rest. */
#include "file.h"

#include "vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* What is read beyond this leaves memory for a file. */
enum { SPOOL_AT = 64 << 20 };

static enum flame_status refuse(const char *path, const char *what, struct flame_error *error)
{
    return flame_fail(error, FLAME_IO, path, FLAME_NO_OFFSET, "%s: %s", what, strerror(errno));
}

static enum flame_status no_memory(const char *path, struct flame_error *error)
{
    return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory while reading");
}

static enum flame_status too_large(const char *path, size_t most, struct flame_error *error)
{
    return flame_fail(error, FLAME_LIMIT, path, FLAME_NO_OFFSET, "is larger than %.6g MiB",
                      (double)most / (1 << 20));
}

/* As many bytes as there are, up to size; less than 0 on failure. */
static ssize_t read_some(int fd, uint8_t *bytes, size_t size)
{
    ssize_t n;
    do
        n = read(fd, bytes, size);
    while (n < 0 && errno == EINTR);
    return n;
}

static bool write_all(int fd, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno != EINTR)
            return false;
        bytes += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

int flame_file_nameless(const char *path, struct flame_error *error)
{
    const char *folder = getenv("TMPDIR");
    char name[4096];
    snprintf(name, sizeof name, "%s/flamedata-XXXXXX", folder && *folder ? folder : "/tmp");
    int fd = mkstemp(name);
    if (fd < 0) {
        refuse(path, "cannot make a file for it in $TMPDIR or /tmp", error);
        return -1;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    unlink(name);
    return fd;
}

static bool map(struct flame_file *file, int fd, size_t size)
{
    void *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return false;
    *file = (struct flame_file){ p, size, FLAME_FILE_MAPPED };
    return true;
}

/* bytes[size] and what else fd gives, most bytes in all, through a file without a name. */
static enum flame_status spool(struct flame_file *file, int fd, uint8_t *bytes, size_t size,
                               size_t most, const char *path, struct flame_error *error)
{
    int out = flame_file_nameless(path, error);
    if (out < 0)
        return FLAME_IO;
    size_t total = 0, part = size;
    ssize_t n = 1;
    bool written = true;
    while (n > 0 && part <= most - total && (written = write_all(out, bytes, part))) {
        total += part;
        n = read_some(fd, bytes, size);
        part = n > 0 ? (size_t)n : 0;
    }
    enum flame_status status = FLAME_OK;
    if (!written)
        status = refuse(path, "cannot keep it in $TMPDIR or /tmp", error);
    else if (n < 0)
        status = refuse(path, "cannot read", error);
    else if (n > 0)
        status = too_large(path, most, error);
    else if (!map(file, out, total))
        status = refuse(path, "cannot map", error);
    close(out);
    return status;
}

static enum flame_status read_all(struct flame_file *file, int fd, size_t most, const char *path,
                                  struct flame_error *error)
{
    size_t size = 0, cap = 1 << 16;
    uint8_t *bytes = malloc(cap);
    ssize_t n = 1;
    while (bytes && size < SPOOL_AT && size <= most && n > 0) {
        if (size == cap) {
            uint8_t *grown = realloc(bytes, cap *= 2);
            if (!grown)
                break;
            bytes = grown;
        }
        n = read_some(fd, bytes + size, cap - size);
        size += n > 0 ? (size_t)n : 0;
    }
    enum flame_status status = FLAME_OK;
    if (n == 0 && size <= most) {
        *file = (struct flame_file){ bytes, size, FLAME_FILE_ALLOCATED };
        return FLAME_OK;
    }
    if (n < 0)
        status = refuse(path, "cannot read", error);
    else if (size > most)
        status = too_large(path, most, error);
    else if (size >= SPOOL_AT)
        status = spool(file, fd, bytes, size, most, path, error);
    else
        status = no_memory(path, error);
    free(bytes);
    return status;
}

/* The bytes of what is open, most of them at most; it is closed. */
static enum flame_status take(struct flame_file *file, int fd, const struct stat *st, size_t most,
                              const char *path, struct flame_error *error)
{
    enum flame_status status = FLAME_OK;
    bool sized = S_ISREG(st->st_mode) && st->st_size > 0;
    if (sized && (uintmax_t)st->st_size > most)
        status = too_large(path, most, error);
    else if (!sized || !map(file, fd, (size_t)st->st_size))
        status = read_all(file, fd, most, path, error);
    close(fd);
    return status;
}

enum flame_status flame_file_open_within(struct flame_file *file, const char *path, size_t most,
                                         struct flame_error *error)
{
    *file = (struct flame_file){ 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 && strcmp(path, "/dev/stdin") == 0) /* there is no /dev, or it is a socket */
        fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int why = errno;
        if (fd >= 0)
            close(fd);
        return flame_fail(error, FLAME_IO, path, FLAME_NO_OFFSET, "cannot open: %s", strerror(why));
    }
    return take(file, fd, &st, most, path, error);
}

enum flame_status flame_file_open(struct flame_file *file, const char *path,
                                  struct flame_error *error)
{
    return flame_file_open_within(file, path, SIZE_MAX, error);
}

/* File systems whose files the kernel makes up. */
static const uint32_t made_up[] = {
    BPF_FS_MAGIC,   CGROUP2_SUPER_MAGIC, CGROUP_SUPER_MAGIC, DEBUGFS_MAGIC,    EFIVARFS_MAGIC,
    NSFS_MAGIC,     PROC_SUPER_MAGIC,    PSTOREFS_MAGIC,     SECURITYFS_MAGIC, SELINUX_MAGIC,
    SMACK_MAGIC,    SYSFS_MAGIC,         TRACEFS_MAGIC,      0x62656570, /* configfs */
    BINFMTFS_MAGIC,
};

static bool is_kept(const struct statfs *fs)
{
    for (size_t i = 0; i < sizeof made_up / sizeof *made_up; i++)
        if ((uint32_t)fs->f_type == made_up[i])
            return false;
    return true;
}

bool flame_file_is_kept(int fd)
{
    struct statfs fs;
    return fstatfs(fd, &fs) == 0 && is_kept(&fs);
}

static bool is_plain(const struct stat *st, const struct statfs *fs)
{
    const int64_t largest = (int64_t)1 << 40;
    return is_kept(fs) && S_ISREG(st->st_mode) && st->st_size > 0 && st->st_size < largest;
}

bool flame_file_is_plain(const char *path)
{
    struct stat st;
    struct statfs fs;
    return stat(path, &st) == 0 && statfs(path, &fs) == 0 && is_plain(&st, &fs);
}

/* To open what is no plain file may do something. So it is asked before, too; and if it is replaced
 * by a pipe in between, opening that does not wait for who writes to it. */
enum flame_status flame_file_open_plain(struct flame_file *file, const char *path,
                                        struct flame_error *error)
{
    *file = (struct flame_file){ 0 };
    struct stat st;
    struct statfs fs;
    int fd = flame_file_is_plain(path) ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (fd >= 0 && fstat(fd, &st) == 0 && fstatfs(fd, &fs) == 0 && is_plain(&st, &fs))
        return take(file, fd, &st, SIZE_MAX, path, error);
    if (fd >= 0)
        close(fd);
    return flame_fail(error, FLAME_IO, path, FLAME_NO_OFFSET, "cannot open as a plain file");
}

enum flame_status flame_file_read_at(const char *path, uint64_t offset, uint8_t *bytes, size_t size,
                                     size_t *count, struct flame_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *count = 0;
    if (fd < 0)
        return refuse(path, "cannot open", error);
    ssize_t n = 1;
    while (*count < size && n > 0) {
        n = pread(fd, bytes + *count, size - *count, (off_t)(offset + *count));
        if (n < 0 && errno == EINTR)
            n = 1;
        else
            *count += n > 0 ? (size_t)n : 0;
    }
    enum flame_status status = n < 0 ? refuse(path, "cannot read", error) : FLAME_OK;
    close(fd);
    return status;
}

void flame_file_close(struct flame_file *file)
{
    if (file->kind == FLAME_FILE_MAPPED)
        munmap((void *)(uintptr_t)file->bytes, file->size);
    else if (file->kind == FLAME_FILE_ALLOCATED)
        free((void *)(uintptr_t)file->bytes);
    *file = (struct flame_file){ 0 };
}

bool flame_file_is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static uint64_t in_ns(const struct timespec *t)
{
    return t->tv_sec < 0 ? 0 : (uint64_t)t->tv_sec * 1000000000u + (uint64_t)t->tv_nsec;
}

uint64_t flame_file_changed_ns(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? in_ns(&st.st_mtim) : 0;
}

uint64_t flame_file_settled_ns(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return 0;
    uint64_t changed = in_ns(&st.st_mtim), settled = in_ns(&st.st_ctim);
    return settled > changed ? settled : changed;
}

/* What cannot be looked at counts: opening it will say why. */
static bool may_be_file(DIR *dir, const char *name)
{
    struct stat st;
    return fstatat(dirfd(dir), name, &st, 0) != 0 || S_ISREG(st.st_mode);
}

enum flame_status flame_file_list(const char *folder, const char *prefix,
                                  struct flame_file_names *names, struct flame_error *error)
{
    *names = (struct flame_file_names){ 0 };
    DIR *dir = opendir(folder);
    if (!dir)
        return refuse(folder, "cannot open", error);
    enum flame_status status = FLAME_OK;
    for (struct dirent *entry; status == FLAME_OK && (entry = readdir(dir));) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0 || !may_be_file(dir, entry->d_name))
            continue;
        char *name = strdup(entry->d_name);
        if (!name || !flame_vec_push(names, name)) {
            free(name);
            status = no_memory(folder, error);
        }
    }
    closedir(dir);
    if (status != FLAME_OK)
        flame_file_names_free(names);
    return status;
}

void flame_file_names_free(struct flame_file_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    flame_vec_free(names);
}

bool flame_inode_same(const struct flame_inode *a, const struct flame_inode *b)
{
    bool same_device = a->major == b->major && a->minor == b->minor;
    return a->number == b->number && (same_device || (a->major == 0) != (b->major == 0));
}

/* How the kernel knows the file that is mapped at an address; false: nothing is known of any. */
static bool find_mapped(const void *address, struct flame_inode *inode)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    uint64_t at = (uintptr_t)address, first = 0, last = 0;
    char *line = NULL;
    size_t cap = 0;
    *inode = (struct flame_inode){ 0 };
    if (!maps)
        return false;
    while ((at < first || at >= last) && getline(&line, &cap, maps) > 0)
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*s %" SCNx32 ":%" SCNx32 " %" SCNu64, &first,
                   &last, &inode->major, &inode->minor, &inode->number) != 5)
            first = last = 0;
    free(line);
    fclose(maps);
    return at >= first && at < last;
}

bool flame_file_is(const char *path, const struct flame_inode *inode)
{
    struct stat st;
    struct flame_inode found;
    struct flame_file file;
    if (stat(path, &st) != 0 || flame_file_open_plain(&file, path, NULL) != FLAME_OK)
        return false;
    if (file.kind != FLAME_FILE_MAPPED || !find_mapped(file.bytes, &found))
        found = (struct flame_inode){ major(st.st_dev), minor(st.st_dev), (uint64_t)st.st_ino };
    flame_file_close(&file);
    return flame_inode_same(&found, inode);
}

/* The folders of libraries are those of the Filesystem Hierarchy Standard and of Debian's
 * multilib. */
bool flame_path_is_packaged(struct flame_str path)
{
    static const char *const folders[] = { "/usr/",      "/lib/",    "/lib32/",
                                           "/lib64/",    "/libx32/", "/libo32/",
                                           "/libilp32/", "/bin/",    "/sbin/" };
    bool inside = false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        inside |= flame_str_starts(path, folders[i]);
    return inside && !flame_str_starts(path, "/usr/local/");
}

bool flame_file_is_installed(const char *path)
{
    struct stat st;
    return flame_path_is_packaged(flame_str_from(path)) && !strstr(path, "/../") &&
           stat(path, &st) == 0 && st.st_uid == 0;
}
