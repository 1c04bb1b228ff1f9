/* simpleperf_events.c: names of events from simpleperf's meta information.
 *
 * It writes no EVENT_DESC; the value of event_type_info has a line "name,type,config" for each
 * event. Source: simpleperf's event_type.cpp, ScopedEventTypes::BuildString(). */
#include "simpleperf.h"

#include <stdlib.h>

struct named {
    uint64_t type, config;
    struct flame_str name;
};

/* Cut ",number" off the end of line. */
static bool cut_number(struct flame_str *line, uint64_t *number)
{
    uint64_t place = 1, value = 0;
    size_t digits = 0;
    while (digits < line->len) {
        char c = line->ptr[line->len - 1 - digits];
        if (c < '0' || c > '9')
            break;
        uint64_t more;
        if (__builtin_mul_overflow(place, (uint64_t)(c - '0'), &more) ||
            __builtin_add_overflow(value, more, &value))
            return false;
        place *= 10; /* beyond 2^64 only with more digits than a number of 64 bits has */
        if (++digits > 20)
            return false;
    }
    if (digits == 0 || digits == line->len || line->ptr[line->len - 1 - digits] != ',')
        return false;
    line->len -= digits + 1;
    *number = value;
    return true;
}

static int by_event(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    if (x->type != y->type)
        return x->type < y->type ? -1 : 1;
    if (x->config != y->config)
        return x->config < y->config ? -1 : 1;
    return flame_str_compare(x->name, y->name);
}

static struct flame_str info_of(const struct flame_perf_file *file)
{
    const struct flame_perf_pairs *pairs = &file->features.meta_info;
    for (size_t i = 0; i < pairs->count; i++)
        if (flame_str_is(pairs->items[i].name, "event_type_info"))
            return pairs->items[i].value;
    return (struct flame_str){ 0 };
}

static const struct named *find(const struct named *items, size_t count, uint64_t type,
                                uint64_t config)
{
    struct named key = { type, config, { 0 } }; /* before all of its type and config */
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_event(&items[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && items[low].type == type && items[low].config == config ? &items[low]
                                                                                 : NULL;
}

enum flame_status flame_simpleperf_name_events(struct flame_perf_file *file)
{
    struct flame_str left = info_of(file);
    FLAME_VEC(struct named) names = { 0 };
    while (left.len) {
        const char *end = memchr(left.ptr, '\n', left.len);
        struct named line = { .name = { left.ptr, end ? (size_t)(end - left.ptr) : left.len } };
        size_t step = line.name.len + (end != NULL);
        left.ptr += step;
        left.len -= step;
        if (cut_number(&line.name, &line.config) && cut_number(&line.name, &line.type) &&
            line.name.len && !flame_vec_push(&names, line)) {
            flame_vec_free(&names);
            return FLAME_NOMEM;
        }
    }
    if (names.count)
        qsort(names.items, names.count, sizeof *names.items, by_event);
    for (size_t i = 0; i < file->events.count; i++) {
        struct flame_perf_event *event = &file->events.items[i];
        const struct named *named =
            event->name.len ? NULL
                            : find(names.items, names.count, event->attr.type, event->attr.config);
        if (named)
            event->name = named->name;
    }
    flame_vec_free(&names);
    return FLAME_OK;
}
