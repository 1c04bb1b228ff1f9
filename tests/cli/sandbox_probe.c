/* sandbox_probe.c: enter the program's sandbox, and try one thing there that a recording might.
 *
 * sandbox_probe [--symfs DIR] [--output OUT] [--debuginfod] ACTION [ARGUMENT] prints "done", or the
 * system's reason why not. The actions "landlock" and "seccomp" say, without entering, whether this
 * system and this build have them. */
#define _GNU_SOURCE /* unshare */
#include "sandbox.h"
#include "sandbox_calls.h"
#include "sandbox_files.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int answer(bool done)
{
    printf("%s\n", done ? "done" : strerror(errno));
    return EXIT_SUCCESS;
}

static bool try_exec(const char *path)
{
    char *argv[] = { (char *)(uintptr_t)path, NULL };
    execv(path, argv);
    return false;
}

static bool try_fork(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return child > 0 && waitpid(child, NULL, 0) == child;
}

static bool try_connect(const char *port)
{
    struct sockaddr_in to = { .sin_family = AF_INET };
    to.sin_port = htons((uint16_t)atoi(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) == 0;
}

static bool try_open(const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    return fd >= 0 && close(fd) == 0;
}

static void *nothing(void *user)
{
    return user;
}

static bool try_thread(void)
{
    pthread_t thread;
    errno = pthread_create(&thread, NULL, nothing, NULL);
    return errno == 0 && pthread_join(thread, NULL) == 0;
}

static bool act(const char *action, const char *argument)
{
    struct rlimit limit;
    if (strcmp(action, "exec") == 0)
        return try_exec(argument);
    if (strcmp(action, "fork") == 0)
        return try_fork();
    if (strcmp(action, "thread") == 0)
        return try_thread();
    if (strcmp(action, "socket") == 0)
        return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
    if (strcmp(action, "connect") == 0)
        return try_connect(argument);
    if (strcmp(action, "read") == 0)
        return try_open(argument, O_RDONLY);
    if (strcmp(action, "write") == 0)
        return try_open(argument, O_WRONLY);
    if (strcmp(action, "make") == 0)
        return try_open(argument, O_WRONLY | O_CREAT | O_EXCL) && unlink(argument) == 0;
    if (strcmp(action, "remove") == 0)
        return unlink(argument) == 0;
    if (strcmp(action, "chmod") == 0)
        return chmod(argument, 0777) == 0;
    if (strcmp(action, "kill") == 0)
        return kill((pid_t)atoi(argument), 0) == 0;
    if (strcmp(action, "prlimit") == 0)
        return prlimit((pid_t)atoi(argument), RLIMIT_CPU, NULL, &limit) == 0;
    if (strcmp(action, "own-prlimit") == 0)
        return prlimit(0, RLIMIT_CPU, NULL, &limit) == 0;
    if (strcmp(action, "own-file") == 0)
        return fcntl(STDOUT_FILENO, F_SETOWN, atoi(argument)) == 0;
    if (strcmp(action, "priority") == 0)
        return setpriority(PRIO_PROCESS, (id_t)atoi(argument), 1) == 0;
    if (strcmp(action, "shared-memory") == 0)
        return shmget(IPC_PRIVATE, 1, 0600) >= 0;
    if (strcmp(action, "raise") == 0)
        return signal(SIGTERM, SIG_IGN) != SIG_ERR && raise(SIGTERM) == 0;
    if (strcmp(action, "trace") == 0)
        return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
    if (strcmp(action, "unshare") == 0)
        return unshare(CLONE_NEWUSER) == 0;
    if (strcmp(action, "type") == 0)
        return ioctl(STDIN_FILENO, TIOCSTI, "x") == 0;
    fprintf(stderr, "there is no action %s\n", action);
    exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
    struct flame_symbol_options symbols = { 0 };
    struct flame_cli_needs needs = { .symbols = &symbols };
    int at = 1;
    for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at++) {
        if (strcmp(argv[at], "--symfs") == 0)
            symbols.symfs = argv[++at];
        else if (strcmp(argv[at], "--output") == 0)
            needs.output = argv[++at];
        else if (strcmp(argv[at], "--input") == 0)
            needs.input = argv[++at];
        else if (strcmp(argv[at], "--debuginfod") == 0)
            symbols.debuginfod = "";
        else if (strcmp(argv[at], "--no-sandbox") == 0)
            needs.off = true;
    }
    const char *action = at < argc ? argv[at] : "";
    errno = ENOSYS;
    if (strcmp(action, "landlock") == 0)
        return answer(flame_cli_landlock() > 0);
    if (strcmp(action, "seccomp") == 0)
        return answer(flame_cli_has_seccomp());
    flame_cli_enter_sandbox(&needs);
    return answer(act(action, at + 1 < argc ? argv[at + 1] : ""));
}
