/* percent.c: hits as perf annotate's four kinds of percentage. */
#include <flamedata/annotate.h>

double flame_percent(enum flame_percent_type type, struct flame_hits hits, struct flame_hits local,
                     struct flame_hits global)
{
    bool whole = type == FLAME_PERCENT_GLOBAL_PERIOD || type == FLAME_PERCENT_GLOBAL_HITS;
    bool samples = type == FLAME_PERCENT_LOCAL_HITS || type == FLAME_PERCENT_GLOBAL_HITS;
    struct flame_hits of = whole ? global : local;
    uint64_t part = samples ? hits.samples : hits.period, all = samples ? of.samples : of.period;
    return all ? 100.0 * (double)part / (double)all : 0;
}
