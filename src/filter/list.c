/* list.c: lists of names and of numbers, as a command line has them.
 *
 * Lists of names stay text: they are short, and asked once for each distinct name, not for each
 * sample. Numbers are asked for each sample, and become ranges in order. */
#include "list.h"

#include "fail.h"

#include <inttypes.h>
#include <string.h>

enum { DECIMALS = 9 };
#define ONE UINT64_C(1000000000)

static int by_first(const void *a, const void *b)
{
    const struct flame_span *x = a, *y = b;
    return x->first < y->first ? -1 : x->first > y->first;
}

void flame_spans_settle(struct flame_spans *ranges)
{
    struct flame_span *items = ranges->list.items;
    size_t kept = 0;
    if (ranges->list.count == 0)
        return;
    qsort(items, ranges->list.count, sizeof *items, by_first);
    for (size_t i = 1; i < ranges->list.count; i++) {
        if (items[i].first > items[kept].last)
            items[++kept] = items[i];
        else if (items[i].last > items[kept].last)
            items[kept].last = items[i].last;
    }
    ranges->list.count = kept + 1;
}

bool flame_spans_have(const struct flame_spans *ranges, uint64_t number)
{
    size_t low = 0, high = ranges->list.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges->list.items[middle].last < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < ranges->list.count && ranges->list.items[low].first <= number;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* *number * 10 + digit, unless that is beyond 64 bits. */
static bool append_digit(uint64_t *number, char digit)
{
    return !__builtin_mul_overflow(*number, 10, number) &&
           !__builtin_add_overflow(*number, (uint64_t)(digit - '0'), number);
}

static bool read_whole(const char **text, uint64_t *number)
{
    const char *at = *text;
    *number = 0;
    while (is_digit(*at))
        if (!append_digit(number, *at++))
            return false;
    bool any = at != *text;
    *text = at;
    return any;
}

bool flame_decimal_read(const char **text, uint64_t *billionths)
{
    const char *at = *text;
    uint64_t number, part = 0;
    int decimals = 0;
    if (!read_whole(&at, &number))
        return false;
    if (*at == '.')
        for (at++; is_digit(*at); at++, decimals++)
            if (decimals == DECIMALS || !append_digit(&part, *at))
                return false;
    for (; decimals < DECIMALS; decimals++)
        part *= 10;
    if (__builtin_mul_overflow(number, ONE, &number) ||
        __builtin_add_overflow(number, part, billionths))
        return false;
    *text = at;
    return true;
}

/* "7" or "0-3"; moves *text behind it. */
static bool read_range(const char **text, struct flame_span *range)
{
    if (!read_whole(text, &range->first))
        return false;
    range->last = range->first;
    if (**text != '-')
        return true;
    ++*text;
    return read_whole(text, &range->last);
}

enum flame_status flame_spans_read(struct flame_spans *ranges, const char *what, const char *text,
                                   uint64_t most, struct flame_error *error)
{
    const char *at = text;
    do {
        struct flame_span range;
        if (!read_range(&at, &range) || (*at && *at != ','))
            return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                              "%s takes numbers and ranges, as in 1,4-7, not '%.60s'", what, text);
        if (range.first > range.last)
            return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                              "%s '%.60s': the range %" PRIu64 "-%" PRIu64 " runs backwards", what,
                              text, range.first, range.last);
        if (range.last > most)
            return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                              "%s '%.60s': %" PRIu64 " is more than %" PRIu64, what, text,
                              range.last, most);
        if (!flame_vec_push(&ranges->list, range))
            return flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
    } while (*at++ == ',');
    flame_spans_settle(ranges);
    return FLAME_OK;
}

bool flame_list_has(const char *list, struct flame_str name)
{
    struct flame_str rest = flame_str_from(list);
    for (;;) {
        bool ends = rest.len == name.len || (rest.len > name.len && rest.ptr[name.len] == ',');
        if (ends && flame_str_equal((struct flame_str){ rest.ptr, name.len }, name))
            return true;
        const char *comma = memchr(rest.ptr, ',', rest.len);
        if (!comma)
            return false;
        rest = (struct flame_str){ comma + 1, rest.len - (size_t)(comma + 1 - rest.ptr) };
    }
}
