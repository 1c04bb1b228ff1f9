/* bounds.c: which limits were reached. Rare, so that one lock does. */
#include "bounds.h"

#include <stdio.h>
#include <string.h>

void flame_bounds_init(struct flame_bounds *bounds, const struct flame_limits *limits)
{
    *bounds = (struct flame_bounds){ 0 };
    if (limits)
        bounds->limits = *limits;
    pthread_mutex_init(&bounds->lock, NULL);
}

void flame_bounds_deinit(struct flame_bounds *bounds)
{
    pthread_mutex_destroy(&bounds->lock);
}

void flame_bounds_reach(struct flame_bounds *bounds, enum flame_limit limit, const char *name,
                        const char *before, const char *behind)
{
    if (!bounds)
        return;
    pthread_mutex_lock(&bounds->lock);
    struct flame_limit_report *report = &bounds->reached[limit];
    char what[256];
    snprintf(what, sizeof what, "%.200s%s%s", name, *name ? ": " : "", before);
    /* Which comes first in time depends on the threads. */
    if (report->error.status == FLAME_OK || strncmp(what, report->error.text, strlen(what)) < 0) {
        report->limit = limit;
        report->error = (struct flame_error)FLAME_ERROR_INIT;
        flame_fail_limit(&report->error, limit, flame_bound(bounds, limit), NULL, FLAME_NO_OFFSET,
                         what, behind);
    }
    pthread_mutex_unlock(&bounds->lock);
}

size_t flame_bounds_report(struct flame_bounds *bounds, struct flame_limit_report *out)
{
    size_t count = 0;
    pthread_mutex_lock(&bounds->lock);
    for (size_t i = 0; i < FLAME_LIMIT_COUNT; i++)
        if (bounds->reached[i].error.status != FLAME_OK)
            out[count++] = bounds->reached[i];
    pthread_mutex_unlock(&bounds->lock);
    return count;
}
