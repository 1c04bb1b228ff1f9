/* filter.c: the filters of a session as one predicate in parts.
 *
 * The parts differ in what they cost to ask: what stands in the sample, what the timeline knows of
 * its thread, and what the object knows of its address. Does not look anything up itself. */
#include "filter.h"

#include "fail.h"

/* A list of names that has none is a slip: it would take nothing. */
static enum flame_status check_names(const char *what, const char *list, struct flame_error *error)
{
    if (!list || *list)
        return FLAME_OK;
    return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                      "%s takes names with commas between them, not ''", what);
}

static enum flame_status read_numbers(struct flame_spans *ranges, const char *what,
                                      const char *text, struct flame_error *error)
{
    return text ? flame_spans_read(ranges, what, text, INT32_MAX, error) : FLAME_OK;
}

enum flame_status flame_filter_init(struct flame_filter *filter,
                                    const struct flame_filter_options *options,
                                    struct flame_error *error)
{
    *filter = (struct flame_filter){ .comms = options->comms,
                                     .dsos = options->dsos,
                                     .symbols = options->symbols,
                                     .max_stack = options->max_stack };
    filter->by_where = options->pids || options->tids || options->cpus || options->time;
    filter->by_leaf = options->dsos || options->symbols;
    enum flame_status status = check_names("comms", options->comms, error);
    if (status == FLAME_OK)
        status = check_names("dsos", options->dsos, error);
    if (status == FLAME_OK)
        status = check_names("symbols", options->symbols, error);
    if (status == FLAME_OK)
        status = read_numbers(&filter->pids, "pid", options->pids, error);
    if (status == FLAME_OK)
        status = read_numbers(&filter->tids, "tid", options->tids, error);
    if (status == FLAME_OK)
        status = read_numbers(&filter->cpus, "cpu", options->cpus, error);
    if (status == FLAME_OK && options->time)
        status = flame_times_read(&filter->times, options->time, error);
    return status;
}

void flame_filter_deinit(struct flame_filter *filter)
{
    flame_vec_free(&filter->pids.list);
    flame_vec_free(&filter->tids.list);
    flame_vec_free(&filter->cpus.list);
    flame_times_deinit(&filter->times);
}

/* -1, what a sample does not say, becomes a number that no list can hold. */
static bool takes_number(const struct flame_spans *ranges, int32_t number)
{
    return ranges->list.count == 0 || flame_spans_have(ranges, (uint64_t)number);
}

bool flame_filter_takes_where(const struct flame_filter *filter,
                              const struct flame_sample_id *where)
{
    return takes_number(&filter->pids, where->pid) && takes_number(&filter->tids, where->tid) &&
           takes_number(&filter->cpus, where->cpu) &&
           (filter->times.ranges.list.count == 0 ||
            flame_spans_have(&filter->times.ranges, where->time_ns));
}

bool flame_filter_takes_comm(const struct flame_filter *filter, struct flame_str comm)
{
    return !filter->comms || flame_list_has(filter->comms, comm);
}

bool flame_filter_takes_dso(const struct flame_filter *filter, struct flame_str path,
                            struct flame_str name)
{
    return !filter->dsos || flame_list_has(filter->dsos, path) ||
           flame_list_has(filter->dsos, name);
}

bool flame_filter_takes_symbol(const struct flame_filter *filter, struct flame_str symbol)
{
    return !filter->symbols || (symbol.len && flame_list_has(filter->symbols, symbol));
}
