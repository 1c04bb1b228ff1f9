/* load.c: small workloads for live recordings. Usage: load threads | forks | plugin FILE.so
 *
 *   threads  four threads that name themselves, each with its own depth of calls; one ends early
 *   forks    children that rename themselves, that exec this program, and that end at once
 *   plugin   code that is loaded, run, unloaded, and loaded again elsewhere
 *
 * With -DPLUGIN the same file is the plugin. Each runs for about 0.3 s of CPU time. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define FRAME __attribute__((noinline))

static volatile unsigned sink;

static FRAME unsigned spin(unsigned rounds)
{
    unsigned h = rounds;
    for (unsigned i = 0; i < rounds * 1000; i++)
        h = h * 31 + (h >> 3);
    sink += h;
    return h;
}

static FRAME unsigned descend(unsigned depth, unsigned rounds)
{
    return depth ? descend(depth - 1, rounds) + 1 : spin(rounds);
}

#ifdef PLUGIN

unsigned plugin_run(unsigned rounds)
{
    return descend(3, rounds) + sink;
}

#else

static int compare(const void *a, const void *b)
{
    const unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    return (x > y) - (x < y);
}

static FRAME void sort_some(void)
{
    enum { COUNT = 200000 };
    unsigned *values = malloc(COUNT * sizeof *values);
    if (!values)
        return;
    for (unsigned i = 0; i < COUNT; i++)
        values[i] = i * 2654435761u;
    qsort(values, COUNT, sizeof *values, compare);
    sink += values[7];
    free(values);
}

static void *work(void *number)
{
    unsigned n = *(unsigned *)number;
    char name[16];
    snprintf(name, sizeof name, "worker %c", (char)('a' + n));
    prctl(PR_SET_NAME, name, 0, 0, 0);
    descend(n * 5, n == 0 ? 1000 : 20000);
    if (n == 3)
        sort_some();
    return NULL;
}

static void threads(void)
{
    pthread_t thread[4];
    unsigned number[4] = { 0, 1, 2, 3 };
    for (int i = 0; i < 4; i++)
        if (pthread_create(&thread[i], NULL, work, &number[i]) != 0)
            exit(1);
    sort_some();
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
}

static void forks(char *self)
{
    for (unsigned i = 0; i < 12; i++) {
        pid_t child = fork();
        if (child == 0) {
            if (i % 3 == 0)
                execl(self, "load", "threads", (char *)NULL);
            if (i % 3 == 1)
                prctl(PR_SET_NAME, "renamed child", 0, 0, 0);
            descend(i, 5000);
            _exit(0);
        }
        if (i % 4 == 0)
            waitpid(child, NULL, 0);
    }
    while (wait(NULL) > 0)
        descend(2, 500);
}

static void plugin(const char *path)
{
    for (unsigned i = 0; i < 5; i++) {
        void *handle = dlopen(path, RTLD_NOW);
        if (!handle) {
            fprintf(stderr, "%s\n", dlerror());
            exit(1);
        }
        unsigned (*run)(unsigned);
        *(void **)&run = dlsym(handle, "plugin_run");
        sink += run(15000);
        dlclose(handle);
        /* Something else takes the place, so that the plugin moves. */
        if (i % 2)
            sink += strlen(strdup(path)) + (unsigned)(malloc(300000 + i) != NULL);
    }
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "threads") == 0)
        threads();
    else if (strcmp(what, "forks") == 0)
        forks(argv[0]);
    else if (strcmp(what, "plugin") == 0 && argc > 2)
        plugin(argv[2]);
    else
        return 2;
    return 0;
}

#endif
