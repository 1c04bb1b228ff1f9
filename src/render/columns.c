/* columns.c: see columns.h.
 *
 * Numbers that are alike stand together: depths, then names, then weights, each of all nodes, since
 * that is what deflate makes most of. Frames are numbered by how often they occur, so that most of
 * them are one byte, and weights are divided by what all of them have in common. */
#include "columns.h"

#include "packed.h"
#include "text.h"
#include "vec.h"

#include <stdlib.h>
#include <string.h>

enum { VERSION = 1, VARINT_MOST = 10 };

/* clean   texts as they were put, one behind the other
 * numbers what is put now is of a run of numbers, see packed.h; runs are the ones before */
struct flame_columns {
    FLAME_VEC(uint8_t) bytes;
    FLAME_VEC(struct flame_packed_run) runs;
    struct flame_output *clean;
    bool numbers, failed;
};

struct flame_columns *flame_columns_create(void)
{
    return calloc(1, sizeof(struct flame_columns));
}

void flame_columns_free(struct flame_columns *c)
{
    if (!c)
        return;
    flame_vec_free(&c->bytes);
    flame_vec_free(&c->runs);
    flame_output_discard(c->clean);
    free(c);
}

/* What follows is numbers, or is not. */
static void turn(struct flame_columns *c, bool numbers)
{
    const struct flame_packed_run run = { c->bytes.count, c->numbers };
    if (numbers != c->numbers && !flame_vec_push(&c->runs, run))
        c->failed = true;
    c->numbers = numbers;
}

void flame_columns_number(struct flame_columns *c, uint64_t value)
{
    if (!flame_vec_reserve(&c->bytes, VARINT_MOST)) {
        c->failed = true;
        return;
    }
    uint8_t *to = c->bytes.items + c->bytes.count;
    for (; value >= 0x80; value >>= 7)
        *to++ = (uint8_t)(value | 0x80);
    *to++ = (uint8_t)value;
    c->bytes.count = (size_t)(to - c->bytes.items);
}

void flame_columns_signed(struct flame_columns *c, int64_t value)
{
    flame_columns_number(c, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

void flame_columns_text(struct flame_columns *c, struct flame_str text)
{
    if (!c->clean)
        c->clean = flame_output_memory();
    if (!c->clean) {
        c->failed = true;
        return;
    }
    size_t before = flame_output_bytes(c->clean).len;
    flame_put_clean(c->clean, text);
    flame_put(c->clean, "\n", 1);
    struct flame_str all = flame_output_bytes(c->clean);
    size_t size = all.len - before;
    if (size && flame_vec_reserve(&c->bytes, size)) {
        memcpy(c->bytes.items + c->bytes.count, all.ptr + before, size);
        c->bytes.count += size;
    } else {
        c->failed = true;
    }
}

size_t flame_columns_size(const struct flame_columns *c)
{
    return c->bytes.count;
}

enum flame_status flame_columns_write(struct flame_columns *c, struct flame_output *out)
{
    turn(c, false);
    enum flame_status status = c->failed
                                   ? FLAME_NOMEM
                                   : flame_put_packed_runs(out, c->bytes.items, c->bytes.count,
                                                           c->runs.items, c->runs.count);
    flame_vec_free(&c->bytes);
    flame_vec_free(&c->runs);
    flame_output_discard(c->clean);
    *c = (struct flame_columns){ 0 };
    return status;
}

/* A frame as it is numbered: by how often it occurs, the most frequent first. */
struct used {
    uint32_t frame, count;
};

/* number  by frame: where it is in order
 * order   [count] the frames that occur, numbered */
struct numbering {
    uint32_t *number;
    struct used *order;
    size_t count;
};

static int by_use(const void *a, const void *b)
{
    const struct used *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return x->frame < y->frame ? -1 : x->frame > y->frame;
}

static bool number_frames(struct numbering *n, const struct flame_tree *tree)
{
    size_t frames = tree->stacks->frame_count;
    n->number = malloc((frames + 1) * sizeof *n->number);
    n->order = calloc(frames + 1, sizeof *n->order);
    if (!n->number || !n->order)
        return false;
    for (size_t i = 0; i < frames; i++)
        n->order[i].frame = (uint32_t)i;
    for (size_t i = 1; i < tree->node_count; i++)
        n->order[tree->nodes[i].frame].count++;
    qsort(n->order, frames, sizeof *n->order, by_use);
    while (n->count < frames && n->order[n->count].count) {
        n->number[n->order[n->count].frame] = (uint32_t)n->count;
        n->count++;
    }
    return true;
}

static int by_text(const void *a, const void *b)
{
    return flame_str_compare(*(const struct flame_str *)a, *(const struct flame_str *)b);
}

static uint32_t rgb(struct flame_rgb colour)
{
    return (uint32_t)colour.r << 16 | (uint32_t)colour.g << 8 | colour.b;
}

static void put_paints(struct flame_columns *c, const struct numbering *n,
                       const struct flame_paints *paints)
{
    for (size_t i = 0; i < n->count; i++)
        flame_columns_number(c, paints->of_frame[n->order[i].frame]);
    flame_columns_number(c, paints->count);
    for (size_t i = 0; i < paints->count; i++) {
        flame_columns_number(c, rgb(paints->list[i].light));
        flame_columns_number(c, rgb(paints->list[i].dark));
    }
}

/* The objects of the numbered frames: each frame's, from 1 on in order of their names, 0 for none;
 * behind all other columns their names. */
static bool put_frames(struct flame_columns *c, const struct flame_tree *tree,
                       const struct numbering *n, const struct flame_paints *paints)
{
    const struct flame_frame *frames = tree->stacks->frames;
    struct flame_str *objects = malloc((n->count + 1) * sizeof *objects);
    size_t count = 0, distinct = 0;
    if (!objects)
        return false;
    for (size_t i = 0; i < n->count; i++)
        if (frames[n->order[i].frame].object.len)
            objects[count++] = frames[n->order[i].frame].object;
    qsort(objects, count, sizeof *objects, by_text);
    for (size_t i = 0; i < count; i++)
        if (distinct == 0 || flame_str_compare(objects[distinct - 1], objects[i]) != 0)
            objects[distinct++] = objects[i];
    for (size_t i = 0; i < n->count; i++)
        flame_columns_number(c, frames[n->order[i].frame].kind);
    flame_columns_number(c, distinct);
    for (size_t i = 0; i < n->count; i++) {
        const struct flame_str *object = &frames[n->order[i].frame].object;
        const struct flame_str *found =
            object->len ? bsearch(object, objects, distinct, sizeof *objects, by_text) : NULL;
        flame_columns_number(c, found ? (uint64_t)(found - objects) + 1 : 0);
    }
    put_paints(c, n, paints);
    for (size_t i = 0; i < n->count; i++)
        flame_columns_text(c, flame_unmarked(frames[n->order[i].frame].name));
    for (size_t i = 0; i < distinct; i++)
        flame_columns_text(c, objects[i]);
    free(objects);
    return true;
}

static uint64_t divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static void put_event(struct flame_columns *c, const struct flame_tree *tree,
                      const struct flame_columns_event *event)
{
    const struct flame_node *nodes = tree->nodes;
    uint64_t unit = 0;
    bool one_each = true; /* a sample is one unit */
    for (size_t i = 0; i < tree->node_count && unit != 1; i++)
        unit = divisor(unit, event->self ? event->self[i] : nodes[i].self);
    unit = unit ? unit : 1;
    flame_columns_number(c, unit);
    for (size_t i = 0; i < tree->node_count; i++) {
        uint64_t self = event->self ? event->self[i] : nodes[i].self;
        flame_columns_number(c, self / unit);
        one_each = one_each && nodes[i].self_samples == self / unit;
    }
    flame_columns_number(c, !event->samples ? 0 : one_each ? 1 : 2);
    for (size_t i = 0; event->samples && !one_each && i < tree->node_count; i++)
        flame_columns_number(c, nodes[i].self_samples);
}

enum flame_status flame_columns_tree(struct flame_columns *c, const struct flame_tree *tree,
                                     const struct flame_columns_event *events, size_t event_count,
                                     const struct flame_paints *paints)
{
    struct numbering n = { 0 };
    bool ok = number_frames(&n, tree);
    if (ok) {
        flame_columns_number(c, VERSION);
        flame_columns_number(c, tree->node_count);
        flame_columns_number(c, n.count);
        flame_columns_number(c, event_count);
        flame_columns_number(c, tree->deltas != NULL);
        turn(c, true);
        for (size_t i = 1; i < tree->node_count; i++)
            flame_columns_number(c, tree->nodes[i - 1].depth + 1 - tree->nodes[i].depth);
        turn(c, false);
        for (size_t i = 1; i < tree->node_count; i++)
            flame_columns_number(c, n.number[tree->nodes[i].frame]);
        turn(c, true);
        for (size_t e = 0; e < event_count; e++)
            put_event(c, tree, &events[e]);
        for (size_t i = 0; tree->deltas && i < tree->node_count; i++)
            flame_columns_signed(c, tree->deltas[i]);
        turn(c, false);
        ok = put_frames(c, tree, &n, paints);
    }
    free(n.number);
    free(n.order);
    return ok && !c->failed ? FLAME_OK : FLAME_NOMEM;
}
