/* memory_limit.h: what is said of the limit when memory is exhausted. */
#ifndef FLAME_CLI_MEMORY_LIMIT_H
#define FLAME_CLI_MEMORY_LIMIT_H

#include <stddef.h>

/* Write " (limit 4 GiB); --limit memory=8G allows more", or " (limit 1 GiB, by ulimit)" where no
 * option allows more, which belongs behind what is said of exhausted memory, or nothing where there
 * is no such limit. Returns its length. */
size_t flame_cli_memory_limit(char *out, size_t cap);

#endif
