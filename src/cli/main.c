/* main.c: the program. Picks the command; everything else is the commands' own. */
#include "command.h"
#include "options.h"
#include "shortened.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>

/* Workers allocate rarely and much: one heap for all of them wastes less than one for each. Tables
 * come and go between the stages: kept in the heap they need not be mapped, cleared and unmapped
 * again, which all processors would have to be told of; only the largest are worth giving back. */
static void set_up_memory(void)
{
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 8 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, 1 << 20);
}
#else
static void set_up_memory(void)
{
}
#endif

/* Beyond a limit on file sizes a write is to fail, not to end the program with half a file left. */
static void fail_on_size_limit(void)
{
    signal(SIGXFSZ, SIG_IGN);
}

/* Where a standard stream is closed, the next file to be opened would become it, and get what is
 * said. What is put in its place fails, too: it is open for the other direction, or, where there is
 * no such device, a folder. False: there is nothing to put there. */
static bool occupy_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd &&
            open("/", O_RDONLY) != fd)
            return false;
    return true;
}

int main(int argc, char **argv)
{
    const struct flame_cli_command *command = argc > 1 ? flame_cli_find_command(argv[1]) : NULL;
    int words = command ? 2 : 1;
    if (!occupy_standard_streams())
        return FLAME_CLI_FAILED; /* nothing can be said without spoiling a file */
    set_up_memory();
    fail_on_size_limit();
    flame_cli_watch_files();
    if (!command)
        command = &flame_cli_draw;
    return argc < words ? command->run(0, argv) : command->run(argc - words, argv + words);
}
