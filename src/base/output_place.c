/* output_place.c: see output_place.h.
 *
 * A file without a name (O_TMPFILE) gets its final one by a link. Where something has that name
 * already, only a file with a name can take its place (rename): it gets one for that moment, in
 * which this thread takes no signals. Whether links can be made here is tried beforehand, with
 * another such file: a recording that took minutes to read is not to be lost for it. Source:
 * open(2), O_TMPFILE; link(2). */
#define _GNU_SOURCE /* O_TMPFILE */
#include "output_place.h"

#include <errno.h>
#include <fcntl.h>
#include <flamedata/output.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEMPORARY_TRIES = 100, MOST_LINKS = 40 };

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

/* Give the first of TARGET.PID-N.tmp that is free, which is then temporary. Returns what give did;
 * -1 with errno, and there is no temporary. */
static int give_name(struct flame_output_place *place, give_to *give, int fd, mode_t mode)
{
    size_t cap = strlen(place->target) + 40;
    int result = -1;
    char *name = malloc(cap);
    if (!name)
        errno = ENOMEM;
    for (int n = 0; name && result < 0 && n < TEMPORARY_TRIES; n++) {
        snprintf(name, cap, "%s.%ld-%d.tmp", place->target, (long)getpid(), n);
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

int flame_output_place_open(struct flame_output_place *place, const char *path, mode_t mode)
{
    *place = (struct flame_output_place){ .target = flame_output_target(path) };
    if (!place->target)
        return -1;
    int fd = can_be_named(place) ? open_nameless(place, mode) : -1;
    if (fd < 0)
        fd = give_name(place, create_as, -1, mode);
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
