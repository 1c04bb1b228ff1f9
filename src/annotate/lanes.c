/* lanes.c: see lanes.h.
 *
 * Looking for a place costs an eighth of an arrow's length, because eight rows are looked at at
 * once, and each attempt that fails loses a jump: time is bounded by jumps * FLAME_LANE_REACH / 4.
 * Filling in costs no more than the rows that there are, times lanes. */
#include "lanes.h"

#include <stdlib.h>

struct jump {
    size_t from, to;
};

/* Jumps to one target, by address: jumps[first] to jumps[last]. */
struct arrow {
    const struct jump *first, *last;
};

/* busy: of each row, lanes that have something in it. */
struct lanes {
    struct flame_lane_row *rows;
    uint8_t *busy;
    struct jump *jumps;
    struct arrow *arrows;
    size_t jump_count, arrow_count;
};

static size_t top_of(const struct arrow *a)
{
    return a->first->from < a->first->to ? a->first->from : a->first->to;
}

static size_t bottom_of(const struct arrow *a)
{
    return a->last->from > a->last->to ? a->last->from : a->last->to;
}

static int by_target(const void *a, const void *b)
{
    const struct jump *x = a, *y = b;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

static int by_length(const void *a, const void *b)
{
    const struct arrow *x = a, *y = b;
    size_t p = bottom_of(x) - top_of(x), q = bottom_of(y) - top_of(y);
    if (p != q)
        return p < q ? -1 : 1;
    return x->first->to < y->first->to ? -1 : x->first->to > y->first->to;
}

/* Lanes that any row of the arrow has in use. */
static unsigned taken(const struct lanes *l, const struct arrow *arrow)
{
    const unsigned all = (1u << FLAME_LANES) - 1;
    size_t i = top_of(arrow), end = bottom_of(arrow) + 1;
    unsigned mask = 0;
    for (uint64_t eight; end - i >= sizeof eight && mask != all; i += sizeof eight) {
        memcpy(&eight, l->busy + i, sizeof eight);
        eight |= eight >> 32;
        eight |= eight >> 16;
        mask |= (unsigned)(eight | eight >> 8) & all;
    }
    for (; i < end && mask != all; i++)
        mask |= l->busy[i];
    return mask;
}

static void place(struct lanes *l, const struct arrow *arrow, unsigned lane)
{
    uint8_t bit = (uint8_t)(1u << lane);
    size_t top = top_of(arrow), bottom = bottom_of(arrow), to = arrow->first->to;
    for (size_t i = top; i <= bottom; i++) {
        l->busy[i] |= bit;
        l->rows[i].up |= i > top ? bit : 0;
        l->rows[i].down |= i < bottom ? bit : 0;
    }
    l->rows[to].ends |= bit;
    l->rows[to].heads |= bit;
    for (const struct jump *jump = arrow->first; jump <= arrow->last; jump++) {
        l->rows[jump->from].ends |= bit;
        l->rows[jump->from].lane = (uint8_t)lane;
    }
}

/* The arrow, or as much of it as finds a place. The lane, or FLAME_NO_LANE. */
static unsigned place_somewhere(struct lanes *l, struct arrow arrow)
{
    for (;;) {
        unsigned lane = 0, mask = taken(l, &arrow);
        while (mask >> lane & 1)
            lane++;
        if (lane < FLAME_LANES) {
            place(l, &arrow, lane);
            return lane;
        }
        if (arrow.first == arrow.last)
            return FLAME_NO_LANE;
        size_t to = arrow.first->to, top = top_of(&arrow), bottom = bottom_of(&arrow);
        if (to - top > bottom - to)
            arrow.first++;
        else
            arrow.last--;
    }
}

static void collect(struct lanes *l, const struct flame_instruction *instructions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t to = instructions[i].jump;
        l->rows[i].lane = FLAME_NO_LANE;
        if (to < count && to != i && (to > i ? to - i : i - to) <= FLAME_LANE_REACH)
            l->jumps[l->jump_count++] = (struct jump){ i, to };
    }
    if (l->jump_count)
        qsort(l->jumps, l->jump_count, sizeof *l->jumps, by_target);
    for (size_t i = 0; i < l->jump_count; i++) {
        if (i == 0 || l->jumps[i].to != l->jumps[i - 1].to)
            l->arrows[l->arrow_count++].first = &l->jumps[i];
        l->arrows[l->arrow_count - 1].last = &l->jumps[i];
    }
    if (l->arrow_count)
        qsort(l->arrows, l->arrow_count, sizeof *l->arrows, by_length);
}

struct flame_lane_row *flame_lanes_make(const struct flame_instruction *instructions, size_t count,
                                        unsigned *used)
{
    struct lanes l = { .rows = calloc(count + 1, sizeof *l.rows),
                       .busy = calloc(count + 1, sizeof *l.busy),
                       .jumps = calloc(count + 1, sizeof *l.jumps),
                       .arrows = calloc(count + 1, sizeof *l.arrows) };
    *used = 0;
    if (l.rows && l.busy && l.jumps && l.arrows) {
        collect(&l, instructions, count);
        for (size_t i = 0; i < l.arrow_count; i++) {
            unsigned lane = place_somewhere(&l, l.arrows[i]);
            if (lane != FLAME_NO_LANE && *used <= lane)
                *used = lane + 1;
        }
    } else {
        free(l.rows);
        l.rows = NULL;
    }
    free(l.busy);
    free(l.jumps);
    free(l.arrows);
    return l.rows;
}
