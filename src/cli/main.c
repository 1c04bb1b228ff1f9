/* main.c: the program. Picks the command; everything else is the commands' own. */
#include "options.h"

#ifdef __GLIBC__
#include <malloc.h>

/* Tables grow to tens of megabytes and are freed between the stages. Mapped one by one they go back
 * to the system at once, and growing moves no bytes; glibc would otherwise learn to keep them. */
static void keep_memory_low(void)
{
    mallopt(M_MMAP_THRESHOLD, 256 << 10);
}
#else
static void keep_memory_low(void)
{
}
#endif

int main(int argc, char **argv)
{
    const struct flame_cli_command *command = argc > 1 ? flame_cli_find_command(argv[1]) : NULL;
    int words = command ? 2 : 1;
    keep_memory_low();
    if (!command)
        command = &flame_cli_draw;
    return argc < words ? command->run(0, argv) : command->run(argc - words, argv + words);
}
