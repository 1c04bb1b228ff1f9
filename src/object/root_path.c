/* root_path.c: one component after the other, as the kernel would do it in a chroot.
 *
 * By hand, and not by openat2, whose paths are descriptors: what is found is opened later, and its
 * path is shown. Invariant: out[0..floor) is the root, and what is behind it was looked at.
 * Source: path_resolution(7). */
#include "root_path.h"

#include "file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINKS_MAX = 40 }; /* as the kernel has it */

/* rest[at...]  what is still to be walked */
struct walk {
    char *out;
    size_t floor, len, at;
    unsigned links;
    char rest[PATH_MAX];
};

static void stop(struct walk *w)
{
    w->rest[w->at] = 0;
}

static bool append(struct walk *w, const char *name)
{
    size_t n = strlen(name);
    if (n + 2 > PATH_MAX - w->len)
        return false;
    w->out[w->len] = '/';
    memcpy(w->out + w->len + 1, name, n + 1);
    w->len += n + 1;
    return true;
}

/* Back to the folder that holds the last component. */
static void leave(struct walk *w)
{
    while (w->len > w->floor && w->out[--w->len] != '/') {
    }
    w->out[w->len] = 0;
}

/* "..": the root's is the root itself. What is no folder has none, and so the path leads nowhere.
 */
static bool go_up(struct walk *w)
{
    if (w->len == w->floor || flame_file_is_folder(w->out)) {
        leave(w);
        return true;
    }
    stop(w);
    return append(w, "..");
}

/* Put what a link leads to in front of the rest. */
static bool follow(struct walk *w, const char *target)
{
    char rest[PATH_MAX];
    int n = snprintf(rest, sizeof rest, "%s/%s", target, w->rest + w->at);
    if (n < 0 || n >= PATH_MAX)
        return false;
    leave(w);
    if (target[0] == '/')
        w->out[w->len = w->floor] = 0;
    memcpy(w->rest, rest, (size_t)n + 1);
    w->at = 0;
    if (++w->links > LINKS_MAX)
        stop(w);
    return true;
}

static bool step(struct walk *w, const char *name)
{
    char target[PATH_MAX];
    if (!*name || strcmp(name, ".") == 0)
        return true;
    if (strcmp(name, "..") == 0)
        return go_up(w);
    if (!append(w, name))
        return false;
    ssize_t size = readlink(w->out, target, sizeof target - 1);
    if (size < 0) /* no link, or not there */
        return true;
    target[size] = 0;
    return follow(w, target);
}

bool flame_root_path(const char *root, const char *path, char out[PATH_MAX])
{
    struct walk w = { .out = out, .len = strlen(root) };
    char name[PATH_MAX];
    if (w.len >= PATH_MAX || strlen(path) >= PATH_MAX)
        return false;
    memcpy(w.rest, path, strlen(path) + 1);
    while (w.len && root[w.len - 1] == '/')
        w.len--;
    memcpy(out, root, w.len);
    out[w.floor = w.len] = 0;
    while (w.rest[w.at]) {
        size_t n = strcspn(w.rest + w.at, "/");
        memcpy(name, w.rest + w.at, n);
        name[n] = 0;
        w.at += n + (w.rest[w.at + n] == '/');
        if (!step(&w, name))
            return false;
    }
    if (w.len == 0) /* of the root "/" */
        memcpy(out, "/", 2);
    return true;
}
