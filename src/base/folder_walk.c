/* folder_walk.c: depth first, by open folders, so that what is renamed meanwhile leads nowhere
 * else. */
#include "folder_walk.h"

#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 64, ENTRIES_MAX = 1 << 20 };

/* path[len]  of the folder that we are in
 * stop       take has enough, or there is too much */
struct walk {
    const char *top;
    bool (*take)(void *user, const char *path);
    void *user;
    struct flame_error why;
    size_t entries, len;
    bool stop;
    char path[PATH_MAX];
};

static void refuse(struct walk *w)
{
    flame_fail(&w->why, FLAME_IO, w->top, FLAME_NO_OFFSET, "cannot look through %s: %s", w->path,
               strerror(errno));
}

/* Put "/name" behind the path; false when it does not fit. */
static bool enter(struct walk *w, const char *name)
{
    size_t n = strlen(name);
    if (n + 2 > sizeof w->path - w->len)
        return false;
    if (w->len == 0 || w->path[w->len - 1] != '/')
        w->path[w->len++] = '/';
    memcpy(w->path + w->len, name, n + 1);
    w->len += n;
    return true;
}

static void walk_folder(struct walk *w, int fd, int depth);

/* One entry of the folder dir; w->path is its path. */
/* NOLINTNEXTLINE(misc-no-recursion): DEPTH_MAX ends it */
static void visit(struct walk *w, int dir, const struct dirent *entry, int depth)
{
    struct stat st;
    int type = entry->d_type;
    /* Most file systems tell by themselves; to ask for each file would read its inode. */
    if (type == DT_UNKNOWN && fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        type = S_ISREG(st.st_mode)   ? DT_REG
               : S_ISDIR(st.st_mode) ? DT_DIR
               : S_ISLNK(st.st_mode) ? DT_LNK
                                     : DT_UNKNOWN;
    /* What a link leads to counts where it is a file; it may be on another file system. */
    if (type == DT_REG || (type == DT_LNK && flame_file_is_plain(w->path)))
        w->stop = !w->take(w->user, w->path);
    if (type != DT_DIR)
        return;
    int fd = openat(dir, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        refuse(w);
    else if (depth == DEPTH_MAX)
        flame_fail(&w->why, FLAME_LIMIT, w->top, FLAME_NO_OFFSET,
                   "folders are nested more than %d deep", DEPTH_MAX);
    if (fd >= 0 && depth < DEPTH_MAX)
        walk_folder(w, fd, depth + 1);
    else if (fd >= 0)
        close(fd);
}

/* fd is closed. */
/* NOLINTNEXTLINE(misc-no-recursion): DEPTH_MAX ends it */
static void walk_folder(struct walk *w, int fd, int depth)
{
    DIR *dir = flame_file_is_kept(fd) ? fdopendir(fd) : NULL;
    if (!dir) {
        close(fd);
        return;
    }
    size_t len = w->len;
    for (struct dirent *entry; !w->stop && (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (++w->entries > ENTRIES_MAX) {
            flame_fail(&w->why, FLAME_LIMIT, w->top, FLAME_NO_OFFSET,
                       "has more than %d files: name a smaller folder", ENTRIES_MAX);
            w->stop = true;
        } else if (enter(w, entry->d_name)) {
            visit(w, dirfd(dir), entry, depth);
        }
        w->len = len;
        w->path[len] = 0;
    }
    closedir(dir);
}

enum flame_status flame_walk_files(const char *folder, bool (*take)(void *user, const char *path),
                                   void *user, struct flame_error *error)
{
    struct walk w = { .top = folder, .take = take, .user = user, .why = FLAME_ERROR_INIT };
    int n = snprintf(w.path, sizeof w.path, "%s", folder);
    int fd =
        n > 0 && (size_t)n < sizeof w.path ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0)
        return flame_fail(error, FLAME_IO, folder, FLAME_NO_OFFSET, "cannot look through it: %s",
                          n > 0 ? strerror(errno) : "it has no name");
    w.len = (size_t)n;
    walk_folder(&w, fd, 1);
    if (w.why.status == FLAME_OK)
        return FLAME_OK;
    return flame_fail(error, w.why.status, folder, FLAME_NO_OFFSET, "%s", w.why.text);
}
