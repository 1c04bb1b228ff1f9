/* layers.c: what was recorded in a container is, seen from here, in one of the layers that its root
 * is made of.
 *
 * The mounts tell of those that run; container engines keep layers in folders that are known, those
 * of stopped containers, too. Which layer a recorded path was in, a recording does not say: all
 * that have the path are looked at, and the build-id decides. Invariant: not more than ROOTS_MAX
 * layers, each once. Does not enter namespaces, and does not ask any engine. Source: Linux
 * Documentation/filesystems/overlayfs.rst, proc_pid_mountinfo(5); the storage drivers of Docker,
 * containerd and containers/storage. */
#include "layers.h"

#include "file.h"

#include <glob.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROOTS_MAX = 4096 };

/* known: roots are there */
struct flame_layers {
    struct flame_layer_stores stores;
    struct flame_paths own, roots;
    pthread_mutex_t lock;
    bool known;
};

/* --- mounts --- */

/* The next field of a line, cut off it. */
static struct flame_str next_field(struct flame_str *line)
{
    size_t n = 0;
    while (n < line->len && line->ptr[n] != ' ')
        n++;
    struct flame_str field = { line->ptr, n };
    n += n < line->len;
    *line = (struct flame_str){ line->ptr + n, line->len - n };
    return field;
}

/* The character at text[*i], which may be spelled as \ and three octal digits. */
static char next_character(struct flame_str text, size_t *i)
{
    const char *p = text.ptr + *i;
    bool octal = p[0] == '\\' && text.len - *i >= 4 && p[1] >= '0' && p[1] <= '3';
    for (int k = 2; octal && k < 4; k++)
        octal = p[k] >= '0' && p[k] <= '7';
    *i += octal ? 4 : 1;
    return octal ? (char)((p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0')) : p[0];
}

static void add_root(struct flame_paths *roots, const char *root)
{
    if (root[0] != '/' || !root[1] || roots->list.count >= ROOTS_MAX)
        return;
    for (size_t i = 0; i < roots->list.count; i++)
        if (strcmp(roots->list.items[i], root) == 0)
            return;
    flame_paths_add(roots, "%s", root);
}

/* Folders with colons between them; a colon that is part of a name has a backslash in front. */
static void add_folders(struct flame_paths *roots, struct flame_str folders)
{
    char root[PATH_MAX];
    size_t n = 0;
    bool quoted = false;
    for (size_t i = 0; i < folders.len;) {
        char c = next_character(folders, &i);
        if (!quoted && c == '\\') {
            quoted = true;
            continue;
        }
        bool ends = c == ':' && !quoted;
        quoted = false;
        if (!ends && n < sizeof root) /* one that is too long stays too long */
            root[n++] = c;
        if (!ends && i < folders.len)
            continue;
        if (n < sizeof root) {
            root[n] = 0;
            add_root(roots, root);
        }
        n = 0;
    }
}

static void add_options(struct flame_paths *roots, struct flame_str options)
{
    static const char *const names[] = { "upperdir=", "lowerdir=", "lowerdir+=", "datadir+=" };
    while (options.len) {
        size_t n = 0;
        while (n < options.len && options.ptr[n] != ',') /* in a name it is spelled \054 */
            n++;
        struct flame_str option = { options.ptr, n };
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            size_t length = strlen(names[k]);
            if (flame_str_starts(option, names[k]))
                add_folders(roots, (struct flame_str){ option.ptr + length, option.len - length });
        }
        n = option.len + (option.len < options.len);
        options = (struct flame_str){ options.ptr + n, options.len - n };
    }
}

void flame_layers_of_mounts(struct flame_str text, struct flame_paths *roots)
{
    while (text.len) {
        const char *end = memchr(text.ptr, '\n', text.len);
        struct flame_str line = { text.ptr, end ? (size_t)(end - text.ptr) : text.len };
        text.ptr += line.len + (end != NULL);
        text.len -= line.len + (end != NULL);
        /* Behind a "-" come the type of the file system, its source, and its own options. */
        while (line.len && !flame_str_is(next_field(&line), "-")) {
        }
        if (!flame_str_is(next_field(&line), "overlay"))
            continue;
        next_field(&line);
        add_options(roots, line);
    }
}

/* --- all layers --- */

static void add_mounts(struct flame_layers *layers)
{
    struct flame_file file;
    if (!layers->stores.mounts)
        return;
    enum flame_status status = flame_file_open(&file, layers->stores.mounts, NULL);
    layers->roots.failed = layers->roots.failed || status == FLAME_NOMEM;
    if (status != FLAME_OK)
        return;
    flame_layers_of_mounts((struct flame_str){ (const char *)file.bytes, file.size },
                           &layers->roots);
    flame_file_close(&file);
}

static void add_store(struct flame_layers *layers, const char *pattern)
{
    glob_t found;
    int result = glob(pattern, GLOB_ONLYDIR, NULL, &found);
    layers->roots.failed = layers->roots.failed || result == GLOB_NOSPACE;
    if (result != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        add_root(&layers->roots, found.gl_pathv[i]);
    globfree(&found);
}

static const struct flame_paths *roots_of(struct flame_layers *layers)
{
    pthread_mutex_lock(&layers->lock);
    if (!layers->known) {
        add_mounts(layers);
        for (size_t i = 0; i < layers->stores.store_count; i++)
            add_store(layers, layers->stores.stores[i]);
        layers->known = true;
    }
    pthread_mutex_unlock(&layers->lock);
    return &layers->roots;
}

void flame_layers_add(struct flame_layers *layers, struct flame_paths *paths, const char *path)
{
    const struct flame_paths *roots = roots_of(layers);
    char file[PATH_MAX];
    paths->failed = paths->failed || roots->failed;
    for (size_t i = 0; i < roots->list.count; i++) {
        int n = snprintf(file, sizeof file, "%s%s", roots->list.items[i], path);
        if (n > 0 && n < PATH_MAX && access(file, F_OK) == 0)
            flame_paths_add(paths, "%s", file);
    }
}

struct flame_layers *flame_layers_create_of(const struct flame_layer_stores *stores)
{
    struct flame_layers *layers = calloc(1, sizeof *layers);
    if (!layers)
        return NULL;
    if (pthread_mutex_init(&layers->lock, NULL) != 0) {
        free(layers);
        return NULL;
    }
    if (stores)
        layers->stores = *stores;
    flame_paths_init(&layers->own);
    flame_paths_init(&layers->roots);
    return layers;
}

struct flame_layers *flame_layers_create(void)
{
    static const char *const kept[] = {
        "/var/lib/docker/overlay2/*/diff",
        "/var/lib/containers/storage/overlay/*/diff",
        "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/*/fs",
    };
    struct flame_layers *layers = flame_layers_create_of(NULL);
    const char *home = getenv("HOME");
    if (!layers)
        return NULL;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        flame_paths_add(&layers->own, "%s", kept[i]);
    if (home && *home)
        flame_paths_add(&layers->own, "%s/.local/share/containers/storage/overlay/*/diff", home);
    layers->stores = (struct flame_layer_stores){ "/proc/self/mountinfo",
                                                  (const char *const *)layers->own.list.items,
                                                  layers->own.list.count };
    if (layers->own.failed) {
        flame_layers_free(layers);
        return NULL;
    }
    return layers;
}

void flame_layers_free(struct flame_layers *layers)
{
    if (!layers)
        return;
    flame_paths_deinit(&layers->own);
    flame_paths_deinit(&layers->roots);
    pthread_mutex_destroy(&layers->lock);
    free(layers);
}
