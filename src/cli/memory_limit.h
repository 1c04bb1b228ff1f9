/* memory_limit.h: the limit of memory: set, and what is said of it when memory is exhausted. */
#ifndef FLAME_CLI_MEMORY_LIMIT_H
#define FLAME_CLI_MEMORY_LIMIT_H

#include <flamedata/limits.h>
#include <stddef.h>

/* flame_limit_process, and remember whether the limit is ours from then on. */
enum flame_status flame_cli_limit_memory(const struct flame_limits *limits,
                                         struct flame_error *error);

/* Write " (limit 4 GiB); --limit memory=8G allows more", or " (limit 1 GiB, by ulimit)" where no
 * option allows more, which belongs behind what is said of exhausted memory, or nothing where there
 * is no such limit. Returns its length. */
size_t flame_cli_memory_limit(char *out, size_t cap);

#endif
