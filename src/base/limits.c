/* limits.c: the table of limits, how their values are told, and the one that the system keeps. */
#include <flamedata/limits.h>

#include "bounds.h"
#include "pool.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* What threads without a stack size of their own get where the system sets none. */
#define THREAD_STACK (UINT64_C(8) << 20)

static const struct limit {
    const char *name;
    size_t field;
    uint64_t usual, most;
    enum flame_limit_unit unit;
} table[] = {
#define X(NAME, member, usual, most, unit, what)                                                   \
    { #member, offsetof(struct flame_limits, member), usual, most, FLAME_LIMIT_##unit },
    FLAME_LIMITS(X)
#undef X
};

const char *flame_limit_name(enum flame_limit limit)
{
    return (size_t)limit < FLAME_LIMIT_COUNT ? table[limit].name : NULL;
}

/* What was set; 0: nothing. */
static uint64_t set_value(const struct flame_limits *limits, const struct limit *limit)
{
    uint64_t value = 0;
    if (limits)
        memcpy(&value, (const char *)limits + limit->field, sizeof value);
    return value;
}

uint64_t flame_limit_of(const struct flame_limits *limits, enum flame_limit limit)
{
    const struct limit *l = &table[limit];
    uint64_t value = set_value(limits, l);
    value = value ? value : l->usual;
    return value < l->most ? value : l->most;
}

uint64_t flame_limit_unpacking(const struct flame_limits *limits, enum flame_limit limit,
                               uint64_t packed)
{
    const uint64_t ratio = 64, spare = UINT64_C(64) << 20;
    uint64_t most = flame_limit_of(limits, limit);
    uint64_t likely = packed < UINT64_MAX / ratio / 2 ? packed * ratio + spare : UINT64_MAX;
    return set_value(limits, &table[limit]) || likely > most ? most : likely;
}

uint64_t *flame_limit_find(struct flame_limits *limits, const char *name, size_t length,
                           uint64_t *most)
{
    for (size_t i = 0; i < FLAME_LIMIT_COUNT; i++) {
        if (strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0) {
            *most = table[i].most;
            return (uint64_t *)(void *)((char *)limits + table[i].field);
        }
    }
    return NULL;
}

/* The largest unit that the value is a whole number of: 0 for one, 1 for 1024, ... */
static unsigned unit_of(uint64_t value)
{
    unsigned unit = 0;
    while (unit < 4 && value && value % 1024 == 0) {
        value /= 1024;
        unit++;
    }
    return unit;
}

void flame_limit_spell(enum flame_limit limit, uint64_t value, char out[FLAME_LIMIT_SPELLED])
{
    static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
    unsigned unit = unit_of(value);
    if (value == FLAME_UNLIMITED)
        snprintf(out, FLAME_LIMIT_SPELLED, "no limit");
    else if (table[limit].unit == FLAME_LIMIT_NUMBER)
        snprintf(out, FLAME_LIMIT_SPELLED, "%" PRIu64, value);
    else
        snprintf(out, FLAME_LIMIT_SPELLED, "%" PRIu64 " %s", value >> (10 * unit), units[unit]);
}

/* The value as the command line takes it. */
static void spell_option(uint64_t value, char out[FLAME_LIMIT_SPELLED])
{
    static const char *const suffixes[] = { "", "K", "M", "G", "T" };
    unsigned unit = unit_of(value);
    snprintf(out, FLAME_LIMIT_SPELLED, "%" PRIu64 "%s", value >> (10 * unit), suffixes[unit]);
}

/* Four times as much, which costs what it says and may well be enough. */
static uint64_t more_than(enum flame_limit limit, uint64_t value)
{
    uint64_t most = table[limit].most;
    return value < most / 4 ? value * 4 : most;
}

void flame_limit_remedy(enum flame_limit limit, uint64_t value, char out[FLAME_LIMIT_REMEDY])
{
    char more[FLAME_LIMIT_SPELLED];
    uint64_t next = more_than(limit, value ? value : 1);
    *out = 0;
    if (value >= table[limit].most)
        return;
    spell_option(next, more);
    snprintf(out, FLAME_LIMIT_REMEDY, "; --limit %s=%s allows more", table[limit].name,
             next == table[limit].most ? "none" : more);
}

enum flame_status flame_fail_limit(struct flame_error *error, enum flame_limit limit,
                                   uint64_t value, const char *path, uint64_t offset,
                                   const char *before, const char *behind)
{
    char spelled[FLAME_LIMIT_SPELLED], remedy[FLAME_LIMIT_REMEDY];
    flame_limit_spell(limit, value, spelled);
    flame_limit_remedy(limit, value, remedy);
    return flame_fail(error, FLAME_LIMIT, path, offset, "%s%smore than %s%s%s%s", before,
                      *before ? " " : "", spelled, *behind ? " " : "", behind, remedy);
}

#if defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#endif

#ifndef SANITIZED
/* Room for the stacks of threads, which are private memory, too, and for what a program has before
 * it does anything. */
static uint64_t stacks_room(void)
{
    struct rlimit stack;
    uint64_t size = THREAD_STACK;
    if (getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur != RLIM_INFINITY)
        size = stack.rlim_cur;
    return size * (flame_pool_size() + 1);
}
#endif

enum flame_status flame_limit_process(const struct flame_limits *limits, struct flame_error *error)
{
#ifdef SANITIZED
    (void)limits;
    (void)error;
#else
    uint64_t wanted = flame_limit_of(limits, FLAME_LIMIT_MEMORY), room = stacks_room();
    struct rlimit data;
    if (wanted >= RLIM_INFINITY - room)
        return FLAME_OK;
    if (getrlimit(RLIMIT_DATA, &data) != 0)
        return flame_fail(error, FLAME_IO, NULL, FLAME_NO_OFFSET, "cannot limit memory: %s",
                          strerror(errno));
    if (data.rlim_cur <= wanted + room)
        return FLAME_OK; /* whoever started this wants less */
    data.rlim_cur = wanted + room;
    if (setrlimit(RLIMIT_DATA, &data) != 0)
        return flame_fail(error, FLAME_IO, NULL, FLAME_NO_OFFSET, "cannot limit memory: %s",
                          strerror(errno));
#endif
    return FLAME_OK;
}

uint64_t flame_limit_process_memory(void)
{
    static const int kinds[] = { RLIMIT_DATA, RLIMIT_AS };
    uint64_t least = FLAME_UNLIMITED;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct rlimit limit;
        if (getrlimit(kinds[i], &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
            limit.rlim_cur < least)
            least = limit.rlim_cur;
    }
    return least;
}
