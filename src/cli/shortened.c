/* shortened.c: files are mapped, and what is no longer there of them is a SIGBUS.
 *
 * It may come wherever bytes of a file are looked at, in any thread and library, so that nothing
 * can go on from it. What can be done is to say which file it is, and end as for any other error.
 * The signal's handler asks /proc/self/maps for the name; it allocates nothing, and calls what may
 * be called in one. Source: mmap(2), "SIGBUS"; sigaction(2), si_addr; proc(5), /proc/pid/maps;
 * signal-safety(7). */
#include "shortened.h"

#include "command.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 4096 + 128 }; /* of maps: addresses and numbers, then a path */

/* The digits of a hexadecimal number, and what ended it. */
static uintptr_t read_hex(const char **text)
{
    uintptr_t value = 0;
    for (;; ++*text) {
        char c = **text;
        if (c >= '0' && c <= '9')
            value = value << 4 | (uintptr_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value << 4 | (uintptr_t)(c - 'a' + 10);
        else
            return value;
    }
}

/* The path in a line of maps, if the address is in its range; else NULL. */
static const char *path_at(const char *line, uintptr_t address)
{
    uintptr_t start = read_hex(&line), end;
    if (*line++ != '-')
        return NULL;
    end = read_hex(&line);
    return address >= start && address < end ? strchr(line, '/') : NULL;
}

/* One line, without its end; false: there is none. What is longer than room is cut. */
static bool next_line(int fd, char *line, size_t room)
{
    size_t length = 0;
    char c = 0;
    while (read(fd, &c, 1) == 1 && c != '\n')
        if (length + 1 < room)
            line[length++] = c;
    line[length] = 0;
    return length > 0;
}

static void say(const char *text, size_t length)
{
    if (write(STDERR_FILENO, text, length) < 0)
        _exit(FLAME_CLI_FAILED); /* nobody listens */
}

/* Bytes that could steer a terminal are not a name's. */
static void say_path(char *path)
{
    for (char *p = path; *p; p++)
        if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
            *p = '?';
    say(path, strlen(path));
}

static void tell(int number, siginfo_t *info, void *context)
{
    static const char ours[] = "flamedata: ", words[] = "became shorter while it was read, or its "
                                                        "disk failed; try again\n";
    static atomic_flag told = ATOMIC_FLAG_INIT;
    static char line[LINE];
    const char *path = NULL;
    (void)number;
    (void)context;
    if (info->si_code != BUS_ADRERR) { /* nothing of a file: as if there were no handler */
        signal(SIGBUS, SIG_DFL);
        raise(SIGBUS);
        return;
    }
    while (atomic_flag_test_and_set(&told))
        pause(); /* another thread ends the process */
    int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && !path && next_line(fd, line, sizeof line))
        path = path_at(line, (uintptr_t)info->si_addr);
    say(ours, sizeof ours - 1);
    if (path) {
        say_path(line + (path - line));
        say(": ", 2);
    } else {
        say("a file ", 7);
    }
    say(words, sizeof words - 1);
    _exit(FLAME_CLI_FAILED);
}

void flame_cli_watch_files(void)
{
    struct sigaction action = { .sa_sigaction = tell, .sa_flags = SA_SIGINFO };
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}
