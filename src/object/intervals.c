/* intervals.c: a sweep from low to high, with a stack of the intervals that are open. */
#include "intervals.h"

#include <stdlib.h>

static size_t digit(const struct flame_interval *interval, unsigned byte)
{
    return interval->low >> 8 * byte & 0xff;
}

/* Put items[count] into other[count], by one byte of low; what is equal keeps its order. */
static void sort_by(unsigned byte, const struct flame_interval *items, size_t count,
                    struct flame_interval *other)
{
    size_t at[256] = { 0 }, sum = 0;
    for (size_t i = 0; i < count; i++)
        at[digit(&items[i], byte)]++;
    for (size_t d = 0; d < 256; d++) {
        size_t here = at[d];
        at[d] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++)
        other[at[digit(&items[i], byte)]++] = items[i];
}

/* By low, byte for byte from the last one: tables are large, and their addresses are near each
 * other, so that few bytes differ. False: out of memory. */
static bool sort(struct flame_intervals *intervals)
{
    struct flame_interval *items = intervals->list.items;
    size_t count = intervals->list.count;
    uint64_t differ = 0;
    bool sorted = true;
    for (size_t i = 1; i < count; i++) {
        sorted = sorted && items[i - 1].low <= items[i].low;
        differ |= items[i - 1].low ^ items[i].low;
    }
    if (sorted)
        return true;
    struct flame_interval *other = malloc(count * sizeof *other);
    if (!other)
        return false;
    for (unsigned byte = 0; byte < 8; byte++) {
        if ((differ >> 8 * byte & 0xff) == 0)
            continue;
        sort_by(byte, items, count, other);
        struct flame_interval *sorted_items = other;
        other = items;
        items = sorted_items;
    }
    free(other);
    intervals->list.items = items;
    intervals->list.cap = count;
    return true;
}

/* From low on it is id. There is room. */
static void begin(struct flame_segments *segments, uint64_t low, uint32_t id)
{
    size_t count = segments->list.count;
    struct flame_segment *next = segments->list.items + count;
    if (count && next[-1].low == low)
        next[-1].id = id;
    else if (count == 0 || next[-1].id != id)
        segments->list.items[segments->list.count++] = (struct flame_segment){ low, id };
}

/* Close what ends at or before low. */
static size_t close_until(struct flame_segments *segments, const struct flame_interval *items,
                          const uint32_t *open, size_t depth, uint64_t low)
{
    while (depth > 0 && items[open[depth - 1]].high <= low) {
        uint64_t end = items[open[depth - 1]].high;
        while (depth > 0 && items[open[depth - 1]].high <= end)
            depth--;
        begin(segments, end, depth ? items[open[depth - 1]].id : FLAME_INTERVAL_NONE);
    }
    return depth;
}

enum flame_status flame_intervals_flatten(struct flame_intervals *intervals,
                                          struct flame_segments *segments)
{
    size_t count = intervals->list.count, depth = 0;
    if (count == 0)
        return FLAME_OK;
    if (!sort(intervals))
        return FLAME_NOMEM;
    const struct flame_interval *items = intervals->list.items;
    uint32_t *open = count < UINT32_MAX ? calloc(count, sizeof *open) : NULL;
    /* Each interval begins a segment, and so may what follows its end. */
    if (!open || !flame_vec_reserve(&segments->list, 2 * count)) {
        free(open);
        return FLAME_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        depth = close_until(segments, items, open, depth, items[i].low);
        open[depth++] = (uint32_t)i;
        begin(segments, items[i].low, items[i].id);
    }
    close_until(segments, items, open, depth, UINT64_MAX);
    free(open);
    flame_vec_fit(&segments->list);
    return FLAME_OK;
}

uint32_t flame_segments_find(const struct flame_segments *segments, uint64_t address)
{
    size_t low = 0, high = segments->list.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (segments->list.items[middle].low <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? segments->list.items[low - 1].id : FLAME_INTERVAL_NONE;
}
