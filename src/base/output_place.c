/* output_place.c: see output_place.h.
 *
 * A file without a name (O_TMPFILE) gets its final one by a link. Where something has that name
 * already, only a file with a name can take its place (rename): it gets one for that moment, in
 * which this thread takes no signals. Whether links can be made here is tried beforehand, with
 * another such file: a recording that took minutes to read is not to be lost for it. Source:
 * open(2), O_TMPFILE; link(2); proc(5), /proc/pid/fd. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "output_place.h"

#include <errno.h>
#include <fcntl.h>
#include <flamedata/contents.h>
#include <flamedata/output.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEMPORARY_TRIES = 100, MOST_LINKS = 40, SUFFIX = 32 /* .PID-N.tmp */ };

/* What the link at path names, as seen from here, to be freed; NULL with errno: EINVAL, it is none.
 */
static char *read_link(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
    char name[PATH_MAX];
    ssize_t size = readlink(path, name, sizeof name);
    if (size < 0)
        return NULL;
    if (size > 0 && name[0] == '/')
        folder = 0;
    char *target = malloc(folder + (size_t)size + 1);
    if (!target)
        return NULL;
    memcpy(target, path, folder);
    memcpy(target + folder, name, (size_t)size);
    target[folder + (size_t)size] = 0;
    return target;
}

char *flame_output_target(const char *path)
{
    char *target = realpath(path, NULL);
    if (target || errno != ENOENT)
        return target;
    target = strdup(path);
    for (int links = 0; target && links < MOST_LINKS; links++) {
        char *next = read_link(target);
        if (!next && (errno == EINVAL || errno == ENOENT))
            return target;
        free(target);
        target = next;
    }
    if (target)
        errno = ELOOP;
    free(target);
    return NULL;
}

int flame_output_descriptor(const char *path)
{
    if (strcmp(path, "-") == 0)
        return STDOUT_FILENO;
    int named = flame_contents_descriptor(path);
    char *target = named < 0 ? read_link(path) : NULL;
    for (int links = 1; target && links < MOST_LINKS; links++) {
        named = flame_contents_descriptor(target);
        char *next = named < 0 ? read_link(target) : NULL;
        free(target);
        target = next;
    }
    free(target);
    return named;
}

/* This thread's signals wait until they are let through again. */
static sigset_t hold_signals(void)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    return before;
}

static void release_signals(const sigset_t *before)
{
    int why = errno;
    pthread_sigmask(SIG_SETMASK, before, NULL);
    errno = why;
}

/* What give_name does with a name; -1 with errno. */
typedef int give_to(const char *name, int fd, mode_t mode);

static int create_as(const char *name, int fd, mode_t mode)
{
    (void)fd;
    return open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
}

static int link_as(const char *name, int fd, mode_t mode)
{
    char open_file[40];
    (void)mode;
    snprintf(open_file, sizeof open_file, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, open_file, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

/* How much of a path can be kept before a suffix: names in folders end somewhere. A character is
 * not cut in two, since some file systems take only whole ones. */
static size_t kept_before_suffix(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t length = strlen(name), most = NAME_MAX - SUFFIX;
    if (length > most)
        for (length = most; length > 0 && ((unsigned char)name[length] & 0xc0) == 0x80;)
            length--;
    return (size_t)(name - path) + length;
}

/* Give the first of TARGET.PID-N.tmp that is free, which is then temporary. Returns what give did;
 * -1 with errno, and there is no temporary. */
static int give_name(struct flame_output_place *place, give_to *give, int fd, mode_t mode)
{
    size_t kept = kept_before_suffix(place->target), cap = kept + SUFFIX;
    int result = -1;
    char *name = malloc(cap);
    if (!name)
        errno = ENOMEM;
    for (int n = 0; name && result < 0 && n < TEMPORARY_TRIES; n++) {
        snprintf(name, cap, "%.*s.%ld-%d.tmp", (int)kept, place->target, (long)getpid(), n);
        result = give(name, fd, mode);
        if (result < 0 && errno != EEXIST)
            break;
    }
    if (result >= 0)
        place->temporary = name;
    else
        free(name);
    return result;
}

static void remove_temporary(struct flame_output_place *place)
{
    int why = errno;
    if (place->temporary)
        unlink(place->temporary);
    free(place->temporary);
    place->temporary = NULL;
    errno = why;
}

/* A file without a name in the folder of target; -1: there is no such thing here. */
static int open_nameless(const struct flame_output_place *place, mode_t mode)
{
    const char *slash = strrchr(place->target, '/');
    size_t length = slash ? (size_t)(slash - place->target) + 1 : 0;
    char folder[PATH_MAX] = ".";
    if (length >= sizeof folder)
        return -1;
    if (length) {
        memcpy(folder, place->target, length);
        folder[length] = 0;
    }
    return open(folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, mode);
}

/* Whether such a file can get a name. */
static bool can_be_named(struct flame_output_place *place)
{
    int fd = open_nameless(place, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return false;
    sigset_t before = hold_signals();
    bool can = give_name(place, link_as, fd, 0) >= 0;
    remove_temporary(place);
    release_signals(&before);
    close(fd);
    return can;
}

static int create(struct flame_output_place *place, mode_t mode)
{
    int fd = can_be_named(place) ? open_nameless(place, mode) : -1;
    return fd >= 0 ? fd : give_name(place, create_as, -1, mode);
}

/* Give what was created the mode that the umask took from it. In a process that has given up to
 * change modes (the program's sandbox), it is created anew without a umask: files that other
 * threads create at that moment would lack it too, so that is not the first choice. Returns the
 * descriptor, or another one, or -1 with errno. */
static int restore_mode(struct flame_output_place *place, int fd, mode_t mode)
{
    struct stat st;
    bool right = fstat(fd, &st) == 0 && (st.st_mode & 0777) == mode;
    if (right || fchmod(fd, mode) == 0 || errno != EPERM)
        return fd;
    close(fd);
    remove_temporary(place);
    mode_t mask = umask(0);
    fd = create(place, mode);
    umask(mask);
    return fd;
}

/* Whether a name is still the one of that file: the kernel invents one for what has none. */
static bool is_name_of(const char *name, const struct stat *file)
{
    struct stat st;
    return stat(name, &st) == 0 && st.st_dev == file->st_dev && st.st_ino == file->st_ino;
}

int flame_output_place_open(struct flame_output_place *place, const char *path,
                            const struct stat *there)
{
    *place = (struct flame_output_place){ .target = flame_output_target(path) };
    if (!place->target)
        return -1;
    mode_t mode = there ? there->st_mode & 0777 : 0666;
    int fd = -1;
    if (there && !is_name_of(place->target, there))
        errno = ENOENT;
    else
        fd = create(place, mode);
    if (fd >= 0 && there)
        fd = restore_mode(place, fd, mode);
    if (fd < 0) {
        int why = errno;
        flame_output_place_clear(place);
        errno = why;
    }
    return fd;
}

static bool replace(struct flame_output_place *place, int fd)
{
    sigset_t before = hold_signals();
    bool replaced = (place->temporary || give_name(place, link_as, fd, 0) >= 0) &&
                    rename(place->temporary, place->target) == 0;
    if (replaced) {
        free(place->temporary);
        place->temporary = NULL;
    } else {
        remove_temporary(place);
    }
    release_signals(&before);
    return replaced;
}

bool flame_output_place_settle(struct flame_output_place *place, int fd)
{
    /* Some file systems tell of a failed write when a descriptor is closed, whichever it is. */
    int last = dup(fd);
    if (last < 0 || close(last) != 0)
        return false;
    if (!place->temporary && link_as(place->target, fd, 0) == 0)
        return true;
    return (place->temporary || errno == EEXIST) && replace(place, fd);
}

void flame_output_place_clear(struct flame_output_place *place)
{
    remove_temporary(place);
    free(place->target);
    *place = (struct flame_output_place){ 0 };
}
