/* lanes.c: see lanes.h. */
#include "lanes.h"

#include <stdlib.h>

struct span {
    size_t from, first, last; /* the jump; the rows that its arrow touches */
};

static int by_length(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    size_t p = x->last - x->first, q = y->last - y->first;
    if (p != q)
        return p < q ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Lanes that any row of the span has in use. */
static unsigned taken(const struct flame_lane_row *rows, const struct span *span)
{
    unsigned mask = 0;
    for (size_t i = span->first; i <= span->last && mask != (1u << FLAME_LANES) - 1; i++)
        mask |= rows[i].up | rows[i].down | rows[i].ends;
    return mask;
}

static void place(struct flame_lane_row *rows, const struct span *span, unsigned lane)
{
    uint8_t bit = (uint8_t)(1u << lane);
    for (size_t i = span->first; i <= span->last; i++) {
        rows[i].up |= i > span->first ? bit : 0;
        rows[i].down |= i < span->last ? bit : 0;
    }
    size_t to = span->from == span->first ? span->last : span->first;
    rows[span->from].ends |= bit;
    rows[to].ends |= bit;
    rows[to].heads |= bit;
    rows[span->from].lane = (uint8_t)lane;
}

struct flame_lane_row *flame_lanes_make(const struct flame_instruction *instructions, size_t count,
                                        unsigned *used)
{
    struct flame_lane_row *rows = calloc(count + 1, sizeof *rows);
    struct span *spans = calloc(count + 1, sizeof *spans);
    size_t span_count = 0;
    *used = 0;
    for (size_t i = 0; rows && spans && i < count; i++) {
        size_t to = instructions[i].jump;
        rows[i].lane = FLAME_NO_LANE;
        if (to >= count || to == i || (to > i ? to - i : i - to) > FLAME_LANE_REACH)
            continue;
        spans[span_count++] = (struct span){ i, to > i ? i : to, to > i ? to : i };
    }
    if (span_count)
        qsort(spans, span_count, sizeof *spans, by_length);
    for (size_t s = 0; s < span_count; s++) {
        unsigned lane = 0, mask = taken(rows, &spans[s]);
        while (mask >> lane & 1)
            lane++;
        if (lane == FLAME_LANES)
            continue;
        place(rows, &spans[s], lane);
        if (*used <= lane)
            *used = lane + 1;
    }
    if (!spans) {
        free(rows);
        rows = NULL;
    }
    free(spans);
    return rows;
}
