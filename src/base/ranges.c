/* ranges.c: append while collecting, sort once. */
#include "ranges.h"

bool flame_ranges_add(struct flame_ranges *ranges, uint64_t start, uint64_t end)
{
    if (end <= start)
        return true;
    /* What is added in order, as most is, joins the one before at once. */
    if (ranges->count) {
        struct flame_range *last = &ranges->items[ranges->count - 1];
        if (start >= last->start && start <= last->end) {
            if (end > last->end)
                last->end = end;
            return true;
        }
    }
    return flame_vec_push(ranges, (struct flame_range){ start, end });
}

static int by_start(const void *a, const void *b)
{
    const struct flame_range *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

void flame_ranges_settle(struct flame_ranges *ranges)
{
    if (ranges->count == 0)
        return;
    qsort(ranges->items, ranges->count, sizeof *ranges->items, by_start);
    size_t kept = 0;
    for (size_t i = 1; i < ranges->count; i++) {
        struct flame_range *last = &ranges->items[kept], *next = &ranges->items[i];
        if (next->start > last->end)
            ranges->items[++kept] = *next;
        else if (next->end > last->end)
            last->end = next->end;
    }
    ranges->count = kept + 1;
}

/* The first range that ends behind at; count: none does. */
static size_t first_behind(const struct flame_ranges *ranges, uint64_t at)
{
    size_t low = 0, high = ranges->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges->items[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool flame_ranges_contain(const struct flame_ranges *ranges, uint64_t at)
{
    size_t i = first_behind(ranges, at);
    return i < ranges->count && ranges->items[i].start <= at;
}

bool flame_ranges_meet(const struct flame_ranges *ranges, uint64_t start, uint64_t end)
{
    size_t i = first_behind(ranges, start);
    return start < end && i < ranges->count && ranges->items[i].start < end;
}

uint64_t flame_ranges_total(const struct flame_ranges *ranges)
{
    uint64_t total = 0;
    for (size_t i = 0; i < ranges->count; i++)
        total += ranges->items[i].end - ranges->items[i].start;
    return total;
}

void flame_ranges_free(struct flame_ranges *ranges)
{
    flame_vec_free(ranges);
}
