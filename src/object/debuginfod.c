/* debuginfod.c: the process that asks servers, watched from outside.
 *
 * Invariant: whatever libdebuginfod or a server does, a question ends soon after the time or the
 * bytes that are left for it. First the other process is told to stop; if it does not, it is
 * killed. A file is handed out only with the build-id that was asked for. Source:
 * debuginfod_find_debuginfo(3). */
#include "debuginfod.h"

#include "build_id.h"
#include "debuginfod_child.h"
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ; /* POSIX leaves it to programs to declare it */

#define SECOND UINT64_C(1000000000)
#define URLS "DEBUGINFOD_URLS="

enum {
    TICK_MS = 100,      /* between two looks at the time */
    GRACE_S = 2,        /* libdebuginfod listens once a second */
    STALL_SHARE = 3,    /* who is silent for this part of all the time does not answer */
    FDS_CLOSED = 65536, /* that the process may have had from its parent */
    PADDING = 4         /* zeros at the end of an id that are none of it */
};

/* fd        to the process; -1: not started
 * bytes, ns what is left of both
 * over      why nobody is asked any more; FLAME_FETCH_FETCHED: somebody is */
struct flame_debuginfod {
    struct flame_debuginfod_options options;
    int fd;
    pid_t pid;
    uint64_t bytes, ns;
    enum flame_fetch_outcome over;
    struct flame_debuginfod_answer last;
    char reason[256];
};

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

struct flame_debuginfod *flame_debuginfod_create(const struct flame_debuginfod_options *options)
{
    struct flame_debuginfod *client = calloc(1, sizeof *client);
    if (!client)
        return NULL;
    client->options = *options;
    client->fd = -1;
    client->bytes = options->bytes;
    client->ns = options->seconds * SECOND;
    client->over = FLAME_FETCH_FETCHED;
    return client;
}

static void stop(struct flame_debuginfod *client)
{
    if (client->fd < 0)
        return;
    close(client->fd);
    client->fd = -1;
    kill(client->pid, SIGKILL);
    while (waitpid(client->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

void flame_debuginfod_free(struct flame_debuginfod *client)
{
    if (client)
        stop(client);
    free(client);
}

/* The environment with other servers in it; NULL when memory is exhausted. */
static char **environment(const char *urls, char **strings)
{
    size_t count = 0, kept = 0;
    while (environ && environ[count])
        count++;
    char **all = calloc(count + 2, sizeof *all);
    size_t size = sizeof URLS + strlen(urls);
    *strings = malloc(size);
    if (!all || !*strings) {
        free(all);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        if (!*urls || strncmp(environ[i], URLS, sizeof URLS - 1) != 0)
            all[kept++] = environ[i];
    snprintf(*strings, size, "%s%s", URLS, urls);
    if (*urls)
        all[kept] = *strings;
    return all;
}

/* What the new process is not to have in common with this one: what its signals do, and open files,
 * but for fd and standard error. */
static void let_go(int fd)
{
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int i = 0; i < FDS_CLOSED; i++)
        if (i != fd && i != STDERR_FILENO)
            close(i);
    while (open("/dev/null", O_RDWR) == STDIN_FILENO)
        ;
}

static enum flame_status start(struct flame_debuginfod *client)
{
    int ends[2];
    char *strings = NULL, **variables = environment(client->options.urls, &strings);
    sigset_t all, before;
    enum flame_status status = FLAME_NOMEM;
    sigfillset(&all);
    if (variables && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0) {
        /* No signal is handled in the new process as this one does. */
        pthread_sigmask(SIG_SETMASK, &all, &before);
        client->pid = fork();
        if (client->pid == 0) {
            environ = variables;
            let_go(ends[1]);
            flame_debuginfod_serve(ends[1]);
            _exit(0);
        }
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        close(ends[1]);
        client->fd = ends[0];
        status = FLAME_OK;
        if (client->pid < 0) {
            close(ends[0]);
            client->fd = -1;
            status = FLAME_NOMEM;
        }
    }
    free(variables);
    free(strings);
    return status;
}

/* Wait for a message at most until a time; false: there is none. An end of the other process is
 * one, too, with over set. */
static bool receive(struct flame_debuginfod *client, uint64_t until)
{
    uint64_t now = now_ns(), ms = until > now ? (until - now) / 1000000 : 0;
    struct pollfd p = { .fd = client->fd, .events = POLLIN };
    if (poll(&p, 1, ms < TICK_MS ? (int)ms : TICK_MS) <= 0)
        return false;
    ssize_t n = recv(client->fd, &client->last, sizeof client->last, MSG_DONTWAIT);
    if (n == (ssize_t)sizeof client->last)
        return true;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return false;
    client->over = FLAME_FETCH_FAILED;
    return true;
}

/* Times in ns: when it ends, and when there last was something new. */
struct wait {
    uint64_t end, heard, bytes, total;
    const char *name;
};

/* Why a file is not waited for any longer; FLAME_FETCH_FETCHED: it is. */
static enum flame_fetch_outcome judge(const struct flame_debuginfod *client, const struct wait *w)
{
    const struct flame_fetch_report *report = &client->options.report;
    uint64_t now = now_ns();
    if (report->tell && !report->tell(report->user, w->name, w->bytes, w->total))
        return FLAME_FETCH_GIVEN_UP;
    if (w->bytes > client->bytes || w->total > client->bytes)
        return FLAME_FETCH_TOO_LARGE;
    if (now >= w->end)
        return FLAME_FETCH_TOO_LATE;
    if (now - w->heard >= client->options.seconds * SECOND / STALL_SHARE)
        return FLAME_FETCH_SILENT;
    return FLAME_FETCH_FETCHED;
}

/* Wait for the answer, and stop it where it takes too much. FLAME_FETCH_FETCHED: it is in last. */
static enum flame_fetch_outcome await(struct flame_debuginfod *client, struct wait *w)
{
    const struct flame_debuginfod_ask cancel = { .cancel = true };
    enum flame_fetch_outcome outcome = FLAME_FETCH_FETCHED;
    uint64_t end = w->end;
    for (;;) {
        if (receive(client, end)) {
            if (client->over != FLAME_FETCH_FETCHED)
                return client->over;
            if (client->last.final)
                return client->last.error == 0 ? FLAME_FETCH_FETCHED : outcome;
            if (client->last.done != w->bytes)
                w->heard = now_ns();
            w->bytes = client->last.done;
            w->total = client->last.total;
        }
        if (outcome != FLAME_FETCH_FETCHED && now_ns() >= end) {
            stop(client);
            return outcome;
        }
        if (outcome == FLAME_FETCH_FETCHED && (outcome = judge(client, w)) != FLAME_FETCH_FETCHED) {
            send(client->fd, &cancel, sizeof cancel, MSG_NOSIGNAL);
            end = now_ns() + GRACE_S * SECOND;
        }
    }
}

/* What an error of libdebuginfod's means. Its numbers are those of errno. */
static enum flame_fetch_outcome outcome_of(int error)
{
    switch (error) {
    case ENOENT:
        return FLAME_FETCH_ABSENT;
    case EFBIG: /* $DEBUGINFOD_MAXSIZE */
    case E2BIG:
        return FLAME_FETCH_TOO_LARGE;
    case ETIME: /* $DEBUGINFOD_TIMEOUT, $DEBUGINFOD_MAXTIME */
        return FLAME_FETCH_SILENT;
    case EHOSTUNREACH:
    case ECONNREFUSED:
    case ENETUNREACH:
        return FLAME_FETCH_UNREACHABLE;
    default:
        return FLAME_FETCH_FAILED;
    }
}

/* Look at what came. FLAME_OK or FLAME_NOMEM. */
static enum flame_status verify(struct flame_debuginfod *client, const struct flame_build_id *id,
                                struct flame_debuginfod_file *file)
{
    struct flame_source source;
    enum flame_status status = flame_source_open(&source, NULL, client->last.path, id);
    if (status != FLAME_OK)
        return status;
    bool right = flame_source_usable(&source);
    file->outcome = !right                     ? FLAME_FETCH_WRONG
                    : client->last.transferred ? FLAME_FETCH_FETCHED
                                               : FLAME_FETCH_CACHED;
    file->named = right && flame_elf_section(&source.elf, ".symtab", SHT_SYMTAB);
    file->bytes = source.file.size;
    flame_source_close(&source);
    return FLAME_OK;
}

/* Whether after this the others need not be asked for. */
static bool is_final(enum flame_fetch_outcome outcome)
{
    return outcome == FLAME_FETCH_TOO_LATE || outcome == FLAME_FETCH_SILENT ||
           outcome == FLAME_FETCH_UNREACHABLE || outcome == FLAME_FETCH_NO_CLIENT;
}

/* Ask, and wait. */
static enum flame_status ask(struct flame_debuginfod *client,
                             const struct flame_debuginfod_ask *question, const char *name,
                             struct flame_debuginfod_file *file)
{
    uint64_t begin = now_ns();
    struct wait w = { .end = begin + client->ns, .heard = begin, .name = name };
    if (client->fd < 0 && start(client) != FLAME_OK)
        return FLAME_NOMEM;
    client->last = (struct flame_debuginfod_answer){ 0 };
    send(client->fd, question, sizeof *question, MSG_NOSIGNAL);
    file->outcome = await(client, &w);
    file->bytes = w.bytes;
    enum flame_status status = FLAME_OK;
    const struct flame_debuginfod_answer *answer = &client->last;
    if (answer->final && !answer->loaded) {
        file->outcome = FLAME_FETCH_NO_CLIENT;
        snprintf(client->reason, sizeof client->reason, "%.*s", (int)sizeof client->reason - 1,
                 answer->path);
        file->reason = client->reason;
    } else if (answer->final && answer->error && file->outcome == FLAME_FETCH_FETCHED) {
        file->outcome = outcome_of(answer->error);
        if (file->outcome == FLAME_FETCH_FAILED &&
            strerror_r(answer->error, client->reason, sizeof client->reason) == 0)
            file->reason = client->reason;
    } else if (file->outcome == FLAME_FETCH_FETCHED) {
        file->path = answer->path;
        status = verify(client, &question->id, file);
    }
    uint64_t took = now_ns() - begin, came = file->outcome == FLAME_FETCH_CACHED ? 0 : file->bytes;
    client->ns -= took < client->ns ? took : client->ns;
    client->bytes -= came < client->bytes ? came : client->bytes;
    if (is_final(file->outcome))
        client->over = file->outcome;
    return status;
}

/* Without what old perf added to ids that are shorter than SHA-1. */
static struct flame_build_id as_asked(const struct flame_build_id *id)
{
    static const uint8_t zeros[PADDING];
    bool padded = id->size == FLAME_BUILD_ID_MAX &&
                  memcmp(id->bytes + id->size - PADDING, zeros, PADDING) == 0;
    return padded ? flame_build_id_trimmed(id) : *id;
}

enum flame_status flame_debuginfod_find(struct flame_debuginfod *client,
                                        const struct flame_build_id *id, bool debuginfo,
                                        const char *name, struct flame_debuginfod_file *file)
{
    const struct flame_debuginfod_ask question = { .debuginfo = debuginfo, .id = as_asked(id) };
    *file = (struct flame_debuginfod_file){ .path = "", .reason = "" };
    if (client->over == FLAME_FETCH_FETCHED && client->ns == 0)
        client->over = FLAME_FETCH_TOO_LATE;
    if (client->over == FLAME_FETCH_FETCHED)
        return ask(client, &question, name, file);
    file->outcome = client->over;
    return FLAME_OK;
}
