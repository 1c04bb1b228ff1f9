/* file.c: map what can be mapped, read the rest. */
#include "file.h"

#include "intake.h"
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

static enum flame_status refuse(const char *path, const char *what, struct flame_error *error)
{
    return flame_fail(error, FLAME_IO, path, FLAME_NO_OFFSET, "%s: %s", what, strerror(errno));
}

static enum flame_status no_memory(const char *path, struct flame_error *error)
{
    return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory while reading");
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

bool flame_file_map(struct flame_file *file, int fd, size_t size)
{
    void *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return false;
    *file = (struct flame_file){ p, size, FLAME_FILE_MAPPED };
    return true;
}

/* The bytes of what is open; it is closed. */
static enum flame_status take(struct flame_file *file, int fd, const struct stat *st,
                              const struct flame_taking *taking, struct flame_error *error)
{
    enum flame_status status = FLAME_OK;
    bool sized = S_ISREG(st->st_mode) && st->st_size > 0;
    if (sized && !taking->intake && (uintmax_t)st->st_size > taking->most)
        status = flame_fail(error, FLAME_LIMIT, taking->path, FLAME_NO_OFFSET,
                            "is larger than %.6g MiB", (double)taking->most / (1 << 20));
    else if (!sized)
        status = flame_intake_read(file, fd, taking, error);
    else if (!flame_file_map(file, fd, (size_t)st->st_size)) /* a copy would need as much room */
        status = errno == ENOMEM ? no_memory(taking->path, error)
                                 : flame_intake_read(file, fd, taking, error);
    close(fd);
    return status;
}

/* A descriptor is not opened anew: that would wait for another writer to a pipe, and cannot be done
 * to a socket. A file is, where it can be, so that it is read from its start. */
static int open_any(const char *path)
{
    struct stat st;
    int own = flame_contents_descriptor(path);
    bool known = own >= 0 && fstat(own, &st) == 0, anew = !known || S_ISREG(st.st_mode);
    int fd = anew ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    return fd < 0 && known ? fcntl(own, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : fd;
}

static enum flame_status open_taking(struct flame_file *file, const struct flame_taking *taking,
                                     struct flame_error *error)
{
    *file = (struct flame_file){ 0 };
    int fd = open_any(taking->path);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        int why = errno;
        if (fd >= 0)
            close(fd);
        return flame_fail(error, FLAME_IO, taking->path, FLAME_NO_OFFSET, "cannot open: %s",
                          strerror(why));
    }
    return take(file, fd, &st, taking, error);
}

enum flame_status flame_file_open_within(struct flame_file *file, const char *path, size_t most,
                                         struct flame_error *error)
{
    return open_taking(file, &(struct flame_taking){ path, most, NULL }, error);
}

enum flame_status flame_file_open_named(struct flame_file *file, const char *path,
                                        const struct flame_intake *intake,
                                        struct flame_error *error)
{
    static const struct flame_intake any = { 0 };
    return open_taking(file, &(struct flame_taking){ path, SIZE_MAX, intake ? intake : &any },
                       error);
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

/* least is 0 where the file may be empty. */
static bool is_plain(const struct stat *st, const struct statfs *fs, off_t least)
{
    const int64_t largest = (int64_t)1 << 40;
    return is_kept(fs) && S_ISREG(st->st_mode) && st->st_size >= least && st->st_size < largest;
}

static bool leads_to_plain(const char *path, off_t least)
{
    struct stat st;
    struct statfs fs;
    return stat(path, &st) == 0 && statfs(path, &fs) == 0 && is_plain(&st, &fs, least);
}

bool flame_file_is_plain(const char *path)
{
    return leads_to_plain(path, 1);
}

/* To open what is no plain file may do something. So it is asked before, too; and if it is replaced
 * by a pipe in between, opening that does not wait for who writes to it. */
static enum flame_status open_plain(struct flame_file *file, const char *path, off_t least,
                                    struct flame_error *error)
{
    *file = (struct flame_file){ 0 };
    struct stat st;
    struct statfs fs;
    errno = 0;
    int fd = leads_to_plain(path, least) ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (fd >= 0 && fstat(fd, &st) == 0 && fstatfs(fd, &fs) == 0 && is_plain(&st, &fs, least))
        return take(file, fd, &st, &(struct flame_taking){ path, SIZE_MAX, NULL }, error);
    if (fd < 0 && errno != 0)
        return refuse(path, "cannot open", error);
    if (fd >= 0)
        close(fd);
    bool empty = stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0;
    return flame_fail(error, FLAME_IO, path, FLAME_NO_OFFSET,
                      "cannot open as a plain file: it is %s",
                      empty ? "empty" : "a pipe, a device or the like");
}

enum flame_status flame_file_open_plain(struct flame_file *file, const char *path,
                                        struct flame_error *error)
{
    return open_plain(file, path, 1, error);
}

enum flame_status flame_file_open_regular(struct flame_file *file, const char *path,
                                          struct flame_error *error)
{
    return open_plain(file, path, 0, error);
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
        /* NOLINTNEXTLINE(cert-err34-c): the kernel writes no number that does not fit */
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
