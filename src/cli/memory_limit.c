/* memory_limit.c: the limit of memory in words. Allocates nothing. */
#include "memory_limit.h"

#include <flamedata/limits.h>
#include <stdio.h>

size_t flame_cli_memory_limit(char *out, size_t cap)
{
    bool given;
    uint64_t limit = flame_limit_process_memory(&given);
    char spelled[FLAME_LIMIT_SPELLED];
    *out = 0;
    if (limit == FLAME_UNLIMITED)
        return 0;
    bool whole = limit >> 30 << 30 == limit;
    unsigned long long twice = (whole ? limit >> 30 : (limit + 0xfffff) >> 20) * 2;
    flame_limit_spell(FLAME_LIMIT_MEMORY, limit, spelled);
    int n = given ? snprintf(out, cap, " (limit %s, by ulimit)", spelled)
                  : snprintf(out, cap, " (limit %s); --limit memory=%llu%c allows more", spelled,
                             twice, whole ? 'G' : 'M');
    return n < 0 ? 0 : (size_t)n;
}
