/* bounds.h: limits where they are applied: their messages, and which of them were reached. */
#ifndef FLAME_BASE_BOUNDS_H
#define FLAME_BASE_BOUNDS_H

#include "fail.h"

#include <flamedata/limits.h>
#include <pthread.h>

/* Fail with FLAME_LIMIT: "BEFORE more than 64 MiB BEHIND; --limit record=256M allows more"; before
 * and behind may be "". As flame_fail. */
enum flame_status flame_fail_limit(struct flame_error *error, enum flame_limit limit,
                                   uint64_t value, const char *path, uint64_t offset,
                                   const char *before, const char *behind) __attribute__((cold));

/* How many bytes so many packed ones may unpack to: the limit; where nobody set it, no more than 64
 * times their size and 64 MiB. Symbols and debug information pack to a third or an eighth; a few
 * bytes that stand for much more are not believed. */
uint64_t flame_limit_unpacking(const struct flame_limits *limits, enum flame_limit limit,
                               uint64_t packed);

/* Write "; --limit record=256M allows more", or nothing where no more can be had. */
enum { FLAME_LIMIT_REMEDY = 80 };
void flame_limit_remedy(enum flame_limit limit, uint64_t value, char out[FLAME_LIMIT_REMEDY]);

/* The limits of a session, and which of those were reached that cost no records, but names or
 * frames. Functions take NULL for the defaults, of which nothing is noted. */
struct flame_bounds {
    struct flame_limits limits;
    pthread_mutex_t lock;
    struct flame_limit_report reached[FLAME_LIMIT_COUNT];
};

/* limits may be NULL. */
void flame_bounds_init(struct flame_bounds *bounds, const struct flame_limits *limits);
void flame_bounds_deinit(struct flame_bounds *bounds);

static inline uint64_t flame_bound(const struct flame_bounds *bounds, enum flame_limit limit)
{
    return flame_limit_of(bounds ? &bounds->limits : NULL, limit);
}

static inline const struct flame_limits *flame_bounds_limits(const struct flame_bounds *bounds)
{
    return bounds ? &bounds->limits : NULL;
}

/* Note that a limit was reached: "NAME: BEFORE more than VALUE BEHIND ..."; name (may be "") is
 * what it happened to, and copied. Thread-safe. */
void flame_bounds_reach(struct flame_bounds *bounds, enum flame_limit limit, const char *name,
                        const char *before, const char *behind);

/* What was noted, copied to out[FLAME_LIMIT_COUNT]; returns how many. */
size_t flame_bounds_report(struct flame_bounds *bounds, struct flame_limit_report *out);

#endif
