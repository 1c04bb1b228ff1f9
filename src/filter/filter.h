/* filter.h: which samples count: what the options of a session say, read once and asked often.
 *
 * Every question is answered yes where nothing was asked for. Questions are thread-safe. Source:
 * perf-script(1); docs/commands/flamedata.md, Filters. */
#ifndef FLAME_FILTER_H
#define FLAME_FILTER_H

#include "time_range.h"

#include <flamedata/session.h>

/* comms, dsos, symbols  lists, borrowed from the options; NULL: all
 * by_where   flame_filter_takes_where may say no
 * by_leaf    flame_filter_takes_dso or _symbol may say no
 * max_stack  0: all frames */
struct flame_filter {
    const char *comms, *dsos, *symbols;
    struct flame_spans pids, tids, cpus;
    struct flame_times times;
    bool by_where, by_leaf;
    unsigned max_stack;
};

/* Read the options; their strings must outlive the filter. FLAME_OK, FLAME_NOMEM, or FLAME_USAGE
 * with a message that names the filter. The filter is to be deinited in any case; all zero, it
 * takes everything. */
enum flame_status flame_filter_init(struct flame_filter *filter,
                                    const struct flame_filter_options *options,
                                    struct flame_error *error);
void flame_filter_deinit(struct flame_filter *filter);

/* Whether shares of the recording were asked for, and flame_times_place has to be called. */
static inline bool flame_filter_wants_span(const struct flame_filter *filter)
{
    return filter->times.shares.count > 0;
}

/* By pid, tid, cpu and time. What a sample does not say is in no list; no time is later than all
 * others. */
bool flame_filter_takes_where(const struct flame_filter *filter,
                              const struct flame_sample_id *where);

/* By the thread's name. */
bool flame_filter_takes_comm(const struct flame_filter *filter, struct flame_str comm);

/* By the object that holds the sampled instruction: its path, or its short name. */
bool flame_filter_takes_dso(const struct flame_filter *filter, struct flame_str path,
                            struct flame_str name);

/* By the function that holds it; of length 0 where it has no name. */
bool flame_filter_takes_symbol(const struct flame_filter *filter, struct flame_str symbol);

#endif
