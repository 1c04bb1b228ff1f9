/* memory_limit.c: the limit of memory, ours or another's, and that in words. These allocate
 * nothing. */
#include "memory_limit.h"

#include <stdio.h>

/* What was asked for and is the process's limit now; 0: that is another's. */
static uint64_t ours;

enum flame_status flame_cli_limit_memory(const struct flame_limits *limits,
                                         struct flame_error *error)
{
    uint64_t before = flame_limit_process_memory();
    enum flame_status status = flame_limit_process(limits, error);
    ours = flame_limit_process_memory() < before ? flame_limit_of(limits, FLAME_LIMIT_MEMORY) : 0;
    return status;
}

size_t flame_cli_memory_limit(char *out, size_t cap)
{
    uint64_t limit = ours ? ours : flame_limit_process_memory();
    char spelled[FLAME_LIMIT_SPELLED];
    *out = 0;
    if (limit == FLAME_UNLIMITED)
        return 0;
    bool whole = limit >> 30 << 30 == limit;
    unsigned long long twice = (whole ? limit >> 30 : (limit + 0xfffff) >> 20) * 2;
    flame_limit_spell(FLAME_LIMIT_MEMORY, limit, spelled);
    int n = ours ? snprintf(out, cap, " (limit %s); --limit memory=%llu%c allows more", spelled,
                            twice, whole ? 'G' : 'M')
                 : snprintf(out, cap, " (limit %s, by ulimit)", spelled);
    return n < 0 ? 0 : (size_t)n;
}
