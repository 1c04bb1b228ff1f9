/* run_pool.c: processes that run at once, each in a process group and a folder of its own. One that
 * takes too long is killed with all that it started. */
#include "run_mutants.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = 64, CLOCK = 12 }; /* how much longer than the processor the clock may take */

struct slot {
    pid_t pid; /* 0: free */
    struct run run;
    long begun_ms;
    bool late;
    char folder[RUN_PATH];
};

struct run_pool {
    const struct run_options *options;
    char scratch[32];
    struct slot slots[RUN_JOBS];
};

static void bad(const char *what)
{
    fprintf(stderr, "run_mutants: %s: %s\n", what, strerror(errno));
    exit(2);
}

static long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct run_pool *run_pool_begin(const struct run_options *o)
{
    struct run_pool *pool = calloc(1, sizeof *pool);
    sigset_t child;
    if (!pool)
        bad("memory");
    pool->options = o;
    strcpy(pool->scratch, "/tmp/flame-mutants-XXXXXX");
    if (!mkdtemp(pool->scratch))
        bad("a folder in /tmp");
    for (size_t i = 0; i < RUN_JOBS; i++)
        snprintf(pool->slots[i].folder, RUN_PATH, "%s/%zu", pool->scratch, i);
    /* The end of a process is waited for together with the clock (sigtimedwait). */
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    return pool;
}

void run_pool_end(struct run_pool *pool)
{
    for (size_t i = 0; i < RUN_JOBS; i++)
        rmdir(pool->slots[i].folder);
    rmdir(pool->scratch);
    free(pool);
}

/* The words of a command, with {} and {out} filled in. */
static void split(const char *command, const char *entry, const char *out, char **words)
{
    size_t count = 0;
    for (const char *at = command; *at && count + 1 < WORDS;) {
        char word[2 * RUN_PATH];
        size_t used = 0;
        while (*at == ' ')
            at++;
        while (*at && *at != ' ' && used + RUN_PATH < sizeof word) {
            const char *fill = strncmp(at, "{}", 2) == 0      ? entry
                               : strncmp(at, "{out}", 5) == 0 ? out
                                                              : NULL;
            if (fill)
                used += (size_t)snprintf(word + used, RUN_PATH, "%s", fill);
            else
                word[used++] = *at;
            at += !fill ? 1 : fill == entry ? 2 : 5;
        }
        if (used > 0)
            words[count++] = strndup(word, used);
    }
    words[count] = NULL;
}

static void redirect(int fd, const char *folder, const char *name)
{
    char path[RUN_PATH + 8];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (to < 0 || dup2(to, fd) < 0)
        _exit(126);
    close(to);
}

static void run_child(const struct slot *slot, const struct run_options *o, const char *command)
{
    const rlim_t seconds = (rlim_t)o->most_ms / 1000 + 1;
    const struct rlimit processor = { seconds, seconds };
    const struct rlimit no_core = { 0, 0 }, files = { (rlim_t)1 << 31, (rlim_t)1 << 31 };
    char entry[RUN_PATH], out[RUN_PATH + 8], *words[WORDS];
    sigset_t none;
    snprintf(entry, sizeof entry, "%s/%s", o->folder, slot->run.name);
    snprintf(out, sizeof out, "%s/out", slot->folder);
    split(command, entry, out, words);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_CPU, &processor);
    setrlimit(RLIMIT_FSIZE, &files);
    int null = open("/dev/null", O_RDONLY);
    dup2(null, 0);
    redirect(1, slot->folder, "1");
    redirect(2, slot->folder, "2");
    execvp(words[0], words);
    fprintf(stderr, "cannot run %s\n", words[0]);
    _exit(126);
}

void run_pool_start(struct run_pool *pool, const char *name, const char *command, size_t number)
{
    struct slot *slot = pool->slots;
    while (slot->pid != 0)
        slot++;
    if (mkdir(slot->folder, 0777) != 0 && errno != EEXIST)
        bad(slot->folder);
    slot->run = (struct run){ .name = name, .command = number };
    slot->late = false;
    slot->begun_ms = now_ms();
    slot->pid = fork();
    if (slot->pid < 0)
        bad("fork");
    if (slot->pid == 0)
        run_child(slot, pool->options, command);
    setpgid(slot->pid, slot->pid); /* whoever is first */
}

/* Kill what is late; returns the time until the next one will be. */
static long kill_late(struct run_pool *pool)
{
    long now = now_ms(), most = CLOCK * pool->options->most_ms, next = most;
    for (size_t i = 0; i < RUN_JOBS; i++) {
        struct slot *slot = &pool->slots[i];
        long left = slot->begun_ms + most - now;
        if (slot->pid == 0 || slot->late)
            continue;
        if (left <= 0) {
            slot->late = true;
            kill(-slot->pid, SIGKILL);
        } else if (left < next) {
            next = left;
        }
    }
    return next;
}

static long ms_of(struct timeval t)
{
    return t.tv_sec * 1000 + t.tv_usec / 1000;
}

static void finish(struct run_pool *pool, struct slot *slot, int status, const struct rusage *usage,
                   struct run *out)
{
    struct run *r = &slot->run;
    r->ms = ms_of(usage->ru_utime) + ms_of(usage->ru_stime);
    r->kib = usage->ru_maxrss;
    r->status = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    kill(-slot->pid, SIGKILL); /* what it may have left behind */
    slot->pid = 0;
    run_look(pool->options, slot->folder, r);
    if (slot->late || r->ms > pool->options->most_ms)
        r->end = RUN_HANG;
    else if (WIFSIGNALED(status))
        r->end = RUN_CRASH;
    else if (r->status > 1)
        r->end = RUN_OTHER;
    if (r->status == 126 && !WIFSIGNALED(status)) {
        fprintf(stderr, "run_mutants: %s\n", r->said);
        exit(2);
    }
    if (r->end < RUN_CRASH && pool->options->memory_mib &&
        r->kib >> 10 >= pool->options->memory_mib)
        r->end = RUN_MEMORY;
    *out = *r;
}

void run_pool_wait(struct run_pool *pool, struct run *out)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    for (;;) {
        struct rusage usage;
        int status;
        pid_t pid = wait4(-1, &status, WNOHANG, &usage);
        if (pid < 0)
            bad("wait");
        for (size_t i = 0; pid > 0 && i < RUN_JOBS; i++) {
            if (pool->slots[i].pid == pid) {
                finish(pool, &pool->slots[i], status, &usage, out);
                return;
            }
        }
        long ms = kill_late(pool);
        const struct timespec wait = { ms / 1000, ms % 1000 * 1000000 };
        sigtimedwait(&child, NULL, &wait);
    }
}
