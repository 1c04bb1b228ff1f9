/* debuginfod_child.c: the process in which libdebuginfod works, for as long as somebody asks.
 *
 * libdebuginfod is told of servers by the environment, and says how far it is by a callback, which
 * is also the only moment when it can be stopped; that comes once a second at least. Does not look
 * into what it gets. Source: debuginfod_find_debuginfo(3), elfutils 0.179 and later. */
#define _GNU_SOURCE /* RTLD_DEFAULT */
#include "debuginfod_child.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIBRARY "libdebuginfod.so.1"

struct client; /* the library's */
typedef int find_function(struct client *, const unsigned char *id, int id_size, char **path);
typedef int progress_function(struct client *, long a, long b);

/* X(type, name): what is used of the library, by its documented prototypes */
#define FUNCTIONS(X)                                                                               \
    X(struct client *(*)(void), begin)                                                             \
    X(find_function *, find_executable)                                                            \
    X(find_function *, find_debuginfo)                                                             \
    X(void (*)(struct client *, progress_function *), set_progressfn)                              \
    X(void (*)(struct client *, void *), set_user_data)                                            \
    X(void *(*)(struct client *), get_user_data)                                                   \
    X(const char *(*)(struct client *), get_url)

struct library {
#define X(type, name) __typeof__(type) name;
    FUNCTIONS(X)
#undef X
};

struct server {
    int fd;
    struct library library;
    struct client *client;
    char why[256]; /* there is none */
};

/* RTLD_GLOBAL: progress() looks a function up again. */
static bool load(struct server *s)
{
    struct library *library = &s->library;
    void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_GLOBAL);
    bool found = handle != NULL;
#define X(type, name)                                                                              \
    if (found) {                                                                                   \
        void *symbol = dlsym(handle, "debuginfod_" #name);                                         \
        found = symbol != NULL;                                                                    \
        memcpy(&library->name, &symbol, sizeof symbol);                                            \
    }
    FUNCTIONS(X)
#undef X
    const char *why = found ? NULL : dlerror();
    snprintf(s->why, sizeof s->why, "%s", why ? why : LIBRARY);
    return found;
}

/* Whether nobody waits for the file any more. */
static bool is_cancelled(int fd)
{
    struct flame_debuginfod_ask ask;
    ssize_t n = recv(fd, &ask, sizeof ask, MSG_DONTWAIT);
    return n >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

/* a of b bytes are there; as long as no server has sent anything, a counts something else. */
static int tell(struct server *s, long a, long b)
{
    struct flame_debuginfod_answer answer = { 0 };
    if (s->library.get_url(s->client))
        answer.done = a > 0 ? (uint64_t)a : 0;
    answer.total = b > 0 ? (uint64_t)b : 0;
    send(s->fd, &answer, sizeof answer, MSG_DONTWAIT | MSG_NOSIGNAL);
    return is_cancelled(s->fd);
}

/* The callback is given nothing but the client. */
static int progress(struct client *client, long a, long b)
{
    void *(*get)(struct client *) = NULL;
    void *symbol = dlsym(RTLD_DEFAULT, "debuginfod_get_user_data");
    memcpy(&get, &symbol, sizeof symbol);
    return get ? tell(get(client), a, b) : 1;
}

static void find(struct server *s, const struct flame_debuginfod_ask *ask)
{
    struct flame_debuginfod_answer answer = { .final = true, .loaded = s->client != NULL };
    char *path = NULL;
    int found = -ENOSYS;
    if (s->client) {
        find_function *look =
            ask->debuginfo ? s->library.find_debuginfo : s->library.find_executable;
        found = look(s->client, ask->id.bytes, (int)ask->id.size, &path);
        answer.transferred = s->library.get_url(s->client) != NULL;
    }
    if (found >= 0)
        close(found);
    else
        answer.error = -found;
    if (found >= 0 && (!path || strlen(path) >= sizeof answer.path))
        answer.error = ENAMETOOLONG;
    else if (found >= 0)
        memcpy(answer.path, path, strlen(path) + 1);
    if (!s->client)
        snprintf(answer.path, sizeof answer.path, "%s", s->why);
    free(path);
    send(s->fd, &answer, sizeof answer, MSG_NOSIGNAL);
}

void flame_debuginfod_serve(int fd)
{
    struct server s = { .fd = fd };
    struct flame_debuginfod_ask ask;
    if (load(&s))
        s.client = s.library.begin();
    if (s.client) {
        s.library.set_user_data(s.client, &s);
        s.library.set_progressfn(s.client, progress);
    }
    for (;;) {
        ssize_t n = recv(fd, &ask, sizeof ask, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n != (ssize_t)sizeof ask)
            return;
        if (!ask.cancel) /* else too late: that file has its answer */
            find(&s, &ask);
    }
}
