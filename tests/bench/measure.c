/* measure.c: run a command and print "seconds private_kb user_seconds": wall time, the peak of
 * memory that is its own, and the time that it and its children computed for themselves.
 *
 * Usage: measure COMMAND [ARG...]; its standard output goes to /dev/null. Own memory is RssAnon of
 * the command and its children, summed, read every 2 ms: unlike the maximum RSS it leaves out the
 * pages of mapped files, which the system may take back. Peaks shorter than that are missed;
 * children of threads other than the first are not seen. Exits as the command does. Source:
 * proc_pid_status(5), proc_pid_task(5), getrusage(2). */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { POLL_NS = 2000000, DEEPEST = 8 };

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* RssAnon of a process and its descendants, in kB; 0 for one that has gone. */
static long own_kb(long pid, int depth)
{
    char path[64], line[4096];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "RssAnon:", 8) == 0)
            kb = strtol(line + 8, NULL, 10);
    if (f)
        fclose(f);
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", pid, pid);
    f = depth < DEEPEST ? fopen(path, "r") : NULL;
    if (f && fgets(line, sizeof line, f)) {
        char *at = line, *end;
        for (long child; (child = strtol(at, &end, 10)) > 0 && end != at; at = end)
            kb += own_kb(child, depth + 1);
    }
    if (f)
        fclose(f);
    return kb;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: measure COMMAND [ARG...]\n");
        return 2;
    }
    double start = now_s();
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        if (null >= 0)
            dup2(null, 1);
        execvp(argv[1], argv + 1);
        fprintf(stderr, "measure: %s: %s\n", argv[1], strerror(errno));
        _exit(127);
    }
    if (child < 0)
        return 1;
    long peak_kb = 0;
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
        long kb = own_kb(child, 0);
        if (kb > peak_kb)
            peak_kb = kb;
        nanosleep(&(struct timespec){ 0, POLL_NS }, NULL);
    }
    struct rusage used = { 0 };
    getrusage(RUSAGE_CHILDREN, &used);
    printf("%.4f %ld %.4f\n", now_s() - start, peak_kb,
           (double)used.ru_utime.tv_sec + (double)used.ru_utime.tv_usec / 1e6);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
