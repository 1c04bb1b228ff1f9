/* pool.c: threads are started per stage; a run has a handful of stages, so no queue is needed. */
#define _GNU_SOURCE
#include "pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct share {
    void (*run)(void *, size_t);
    void *user;
    size_t worker;
    pthread_t thread;
    bool started;
};

static void *enter(void *p)
{
    struct share *s = p;
    s->run(s->user, s->worker);
    return NULL;
}

void flame_pool_run(size_t threads, void (*run)(void *, size_t), void *user)
{
    struct share *shares = threads > 1 ? calloc(threads, sizeof *shares) : NULL;
    for (size_t i = 1; shares && i < threads; i++) {
        shares[i] = (struct share){ .run = run, .user = user, .worker = i };
        shares[i].started = pthread_create(&shares[i].thread, NULL, enter, &shares[i]) == 0;
    }
    run(user, 0);
    for (size_t i = 1; i < threads; i++) {
        if (shares && shares[i].started)
            pthread_join(shares[i].thread, NULL);
        else
            run(user, i);
    }
    free(shares);
}

size_t flame_pool_size(void)
{
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (size_t)CPU_COUNT(&set);
#endif
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (size_t)n : 1;
}
