/* columns.c: see columns.h.
 *
 * Numbers that are alike stand together: depths, then names, then weights, each of all nodes, since
 * that is what deflate makes most of. Frames are numbered by how often they occur, so that most of
 * them are one byte, and weights are divided by what all of them have in common. Each such section
 * is a walk over all nodes, and needs no other: threads share them. */
#include "columns.h"

#include "pool.h"
#include "text.h"
#include "vec.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* FEW_NODES: not worth a thread */
enum { VERSION = 1, VARINT_MOST = 10, FEW_NODES = 10000 };

/* clean   texts as they were put, one behind the other
 * numbers what is put now is of a run of numbers, see deflation.h; runs are the ones before */
struct flame_columns {
    FLAME_VEC(uint8_t) bytes;
    FLAME_VEC(struct flame_deflation_run) runs;
    struct flame_output *clean;
    bool numbers, failed;
};

struct flame_columns *flame_columns_create(void)
{
    return calloc(1, sizeof(struct flame_columns));
}

static void empty(struct flame_columns *c)
{
    flame_vec_free(&c->bytes);
    flame_vec_free(&c->runs);
    flame_output_discard(c->clean);
    *c = (struct flame_columns){ 0 };
}

void flame_columns_free(struct flame_columns *c)
{
    if (c)
        empty(c);
    free(c);
}

/* What follows is numbers, or is not. */
static void turn(struct flame_columns *c, bool numbers)
{
    const struct flame_deflation_run run = { c->bytes.count, c->numbers };
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
    if (!flame_output_failed(c->clean) && flame_vec_reserve(&c->bytes, size)) {
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

struct flame_deflation *flame_columns_deflation(struct flame_columns *c)
{
    turn(c, false);
    return c->failed ? NULL
                     : flame_deflation_create(c->bytes.items, c->bytes.count, c->runs.items,
                                              c->runs.count);
}

enum flame_status flame_columns_write(struct flame_columns *c, struct flame_output *out)
{
    struct flame_deflation *deflation = flame_columns_deflation(c);
    enum flame_status status = deflation ? flame_put_deflation(out, deflation) : FLAME_NOMEM;
    flame_deflation_free(deflation);
    empty(c);
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

static void put_event(struct flame_columns *c, const struct flame_tree *tree,
                      const struct flame_columns_event *event)
{
    const struct flame_node *nodes = tree->nodes;
    uint64_t unit = 0;
    bool one_each = true; /* a sample is one unit */
    for (size_t i = 0; i < tree->node_count && unit != 1; i++)
        unit = flame_divisor(unit, event->self ? event->self[i] : nodes[i].self);
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

/* The sections of a tree, in order: the levels of its nodes, their frames, the weights of each
 * event, differences, and the frames themselves. */
enum { SECTION_DEPTHS, SECTION_FRAMES_OF_NODES, SECTION_EVENTS };

/* parts  [part_count] what each section is; SECTION_EVENTS is where the first event's stands
 * next   the section that nobody has begun with */
struct sections {
    const struct flame_tree *tree;
    const struct flame_columns_event *events;
    const struct flame_paints *paints;
    struct numbering numbering;
    struct flame_columns *parts;
    size_t event_count, part_count;
    atomic_size_t next;
};

static void put_section(struct sections *s, size_t i)
{
    const struct flame_node *nodes = s->tree->nodes;
    size_t count = s->tree->node_count, deltas = SECTION_EVENTS + s->event_count;
    struct flame_columns *part = &s->parts[i];
    part->numbers = i != SECTION_FRAMES_OF_NODES && i <= deltas;
    if (i == SECTION_DEPTHS) {
        for (size_t n = 1; n < count; n++)
            flame_columns_number(part, nodes[n - 1].depth + 1 - nodes[n].depth);
    } else if (i == SECTION_FRAMES_OF_NODES) {
        for (size_t n = 1; n < count; n++)
            flame_columns_number(part, s->numbering.number[nodes[n].frame]);
    } else if (i < deltas) {
        put_event(part, s->tree, &s->events[i - SECTION_EVENTS]);
    } else if (i == deltas) {
        for (size_t n = 0; s->tree->deltas && n < count; n++)
            flame_columns_signed(part, s->tree->deltas[n]);
    } else if (!put_frames(part, s->tree, &s->numbering, s->paints)) {
        part->failed = true;
    }
}

static void put_sections(void *user, size_t worker)
{
    struct sections *s = user;
    (void)worker;
    for (size_t i; (i = atomic_fetch_add(&s->next, 1)) < s->part_count;)
        put_section(s, i);
}

/* Put what part holds behind what c holds. */
static void append(struct flame_columns *c, const struct flame_columns *part)
{
    turn(c, part->numbers);
    if (part->failed || !flame_vec_reserve(&c->bytes, part->bytes.count)) {
        c->failed = true;
        return;
    }
    if (part->bytes.count)
        memcpy(c->bytes.items + c->bytes.count, part->bytes.items, part->bytes.count);
    c->bytes.count += part->bytes.count;
}

enum flame_status flame_columns_tree(struct flame_columns *c, const struct flame_tree *tree,
                                     const struct flame_columns_event *events, size_t event_count,
                                     const struct flame_paints *paints)
{
    struct sections s = { .tree = tree,
                          .events = events,
                          .paints = paints,
                          .event_count = event_count,
                          .part_count = SECTION_EVENTS + event_count + 2 };
    s.parts = calloc(s.part_count, sizeof *s.parts);
    bool ok = s.parts && number_frames(&s.numbering, tree);
    if (ok) {
        flame_columns_number(c, VERSION);
        flame_columns_number(c, tree->node_count);
        flame_columns_number(c, s.numbering.count);
        flame_columns_number(c, event_count);
        flame_columns_number(c, tree->deltas != NULL);
        size_t threads = tree->node_count < FEW_NODES ? 1 : flame_pool_size();
        flame_pool_run(threads < s.part_count ? threads : s.part_count, put_sections, &s);
        for (size_t i = 0; i < s.part_count; i++)
            append(c, &s.parts[i]);
    }
    for (size_t i = 0; s.parts && i < s.part_count; i++)
        empty(&s.parts[i]);
    free(s.parts);
    free(s.numbering.number);
    free(s.numbering.order);
    return ok && !c->failed ? FLAME_OK : FLAME_NOMEM;
}
