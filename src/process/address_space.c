/* address_space.c: a persistent AVL tree of maps, built on split and join.
 *
 * Invariant: within a version maps do not overlap, and siblings' heights differ by at most one, so
 * recursion is as deep as the tree: below 64. A change only adds nodes; those that it made and did
 * not need in the end are taken back (compact), so that a version costs one path through the tree.
 *
 * A space of two layers is a node whose height is LAYERED and whose sides are the trees; no other
 * node leads to it. The last few maps on top are not in the tree yet: they are those that were
 * added last to the array of maps, from start on, as many as the node's map says. RECENT of them
 * are put into the tree at once, so that they have most of a path in common.
 * Source: Blelloch et al., "Just Join for Parallel Ordered Sets". */
#include "address_space.h"

#include <string.h>

struct flame_space_node {
    uint64_t start;
    uint32_t map, left, right;
    uint32_t height;
};

enum { RECENT = 16 };

/* Nothing is thrown on exhaustion: NONE spreads through every operation. */
#define NONE FLAME_SPACE_NONE

#define LAYERED UINT32_MAX

bool flame_spaces_init(struct flame_spaces *spaces)
{
    *spaces = (struct flame_spaces){ 0 };
    return flame_vec_push(&spaces->nodes, (struct flame_space_node){ 0 }); /* version 0: empty */
}

void flame_spaces_deinit(struct flame_spaces *spaces)
{
    flame_vec_free(&spaces->maps);
    flame_vec_free(&spaces->nodes);
}

static const struct flame_space_node *node(const struct flame_spaces *s, uint32_t id)
{
    return &s->nodes.items[id];
}

static uint32_t add_map(struct flame_spaces *s, struct flame_map map)
{
    if (s->maps.count >= NONE || !flame_vec_push(&s->maps, map))
        return NONE;
    return (uint32_t)s->maps.count - 1;
}

static uint32_t add_node(struct flame_spaces *s, uint32_t left, uint32_t map, uint32_t right)
{
    if (left == NONE || map == NONE || right == NONE || s->nodes.count >= NONE)
        return NONE;
    uint32_t l = node(s, left)->height, r = node(s, right)->height;
    struct flame_space_node n = { s->maps.items[map].start, map, left, right, (l > r ? l : r) + 1 };
    return flame_vec_push(&s->nodes, n) ? (uint32_t)s->nodes.count - 1 : NONE;
}

/* A balanced node where one side may be higher by two. */
static uint32_t balance(struct flame_spaces *s, uint32_t left, uint32_t map, uint32_t right)
{
    if (left == NONE || right == NONE)
        return NONE;
    struct flame_space_node l = *node(s, left), r = *node(s, right);
    if (l.height > r.height + 1) {
        struct flame_space_node lr = *node(s, l.right);
        if (node(s, l.left)->height >= lr.height)
            return add_node(s, l.left, l.map, add_node(s, l.right, map, right));
        return add_node(s, add_node(s, l.left, l.map, lr.left), lr.map,
                        add_node(s, lr.right, map, right));
    }
    if (r.height > l.height + 1) {
        struct flame_space_node rl = *node(s, r.left);
        if (node(s, r.right)->height >= rl.height)
            return add_node(s, add_node(s, left, map, r.left), r.map, r.right);
        return add_node(s, add_node(s, left, map, rl.left), rl.map,
                        add_node(s, rl.right, r.map, r.right));
    }
    return add_node(s, left, map, right);
}

/* Everything of left, then map, then everything of right. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as a tree of maps is high, which is balanced */
static uint32_t join(struct flame_spaces *s, uint32_t left, uint32_t map, uint32_t right)
{
    if (left == NONE || right == NONE)
        return NONE;
    struct flame_space_node l = *node(s, left), r = *node(s, right);
    if (l.height > r.height + 1)
        return balance(s, l.left, l.map, join(s, l.right, map, right));
    if (r.height > l.height + 1)
        return balance(s, join(s, left, map, r.left), r.map, r.right);
    return add_node(s, left, map, right);
}

/* Maps that start before key, and the others. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as a tree of maps is high, which is balanced */
static void split(struct flame_spaces *s, uint32_t id, uint64_t key, uint32_t *before,
                  uint32_t *from)
{
    if (id == FLAME_SPACE_EMPTY || id == NONE) {
        *before = *from = id;
        return;
    }
    struct flame_space_node n = *node(s, id);
    uint32_t part;
    if (n.start < key) {
        split(s, n.right, key, &part, from);
        *before = join(s, n.left, n.map, part);
    } else {
        split(s, n.left, key, before, &part);
        *from = join(s, part, n.map, n.right);
    }
}

/* id without its last map, which is *last; id is not empty. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as a tree of maps is high, which is balanced */
static uint32_t without_last(struct flame_spaces *s, uint32_t id, uint32_t *last)
{
    struct flame_space_node n = *node(s, id);
    if (n.right == FLAME_SPACE_EMPTY) {
        *last = n.map;
        return n.left;
    }
    return join(s, n.left, n.map, without_last(s, n.right, last));
}

static uint32_t last_map(const struct flame_spaces *s, uint32_t id)
{
    while (node(s, id)->right != FLAME_SPACE_EMPTY)
        id = node(s, id)->right;
    return node(s, id)->map;
}

static uint32_t tail_of(struct flame_spaces *s, uint32_t map, uint64_t from)
{
    struct flame_map m = s->maps.items[map];
    m.pgoff += from - m.start;
    m.start = from;
    return add_map(s, m);
}

/* Cut [start, end) out of space: what lies before it and what lies behind. */
static void cut(struct flame_spaces *s, uint32_t space, uint64_t start, uint64_t end,
                uint32_t *before, uint32_t *behind)
{
    uint32_t middle, last, tail = NONE;
    split(s, space, start, before, &middle);
    if (*before != FLAME_SPACE_EMPTY && *before != NONE) {
        struct flame_map m = s->maps.items[last = last_map(s, *before)];
        if (m.end > end)
            tail = tail_of(s, last, end);
        if (m.end > start) {
            m.end = start;
            *before = join(s, without_last(s, *before, &last), add_map(s, m), FLAME_SPACE_EMPTY);
        }
    }
    split(s, middle, end, &middle, behind);
    if (middle != FLAME_SPACE_EMPTY && middle != NONE) {
        last = last_map(s, middle);
        if (s->maps.items[last].end > end)
            tail = tail_of(s, last, end);
    }
    if (tail != NONE)
        *behind = join(s, FLAME_SPACE_EMPTY, tail, *behind);
}

static uint32_t insert(struct flame_spaces *s, uint32_t tree, uint32_t map)
{
    uint32_t before, behind;
    if (map == NONE)
        return NONE;
    cut(s, tree, s->maps.items[map].start, s->maps.items[map].end, &before, &behind);
    return join(s, before, map, behind);
}

static uint32_t take_out(struct flame_spaces *s, uint32_t tree, uint64_t start, uint64_t end)
{
    uint32_t before, behind, first;
    if (tree == FLAME_SPACE_EMPTY)
        return tree;
    cut(s, tree, start, end, &before, &behind);
    if (before == FLAME_SPACE_EMPTY || before == NONE || behind == NONE)
        return before == FLAME_SPACE_EMPTY ? behind : NONE;
    before = without_last(s, before, &first);
    return join(s, before, first, behind);
}

/* A copy of the part of a tree that was made since there were `old` nodes, behind all of them; each
 * node's number is less by shift than its place. NONE when memory is exhausted. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as a tree of maps is high, which is balanced */
static uint32_t copy_new(struct flame_spaces *s, uint32_t id, uint32_t old, uint32_t shift)
{
    if (id < old || id == NONE)
        return id;
    struct flame_space_node n = *node(s, id);
    n.left = copy_new(s, n.left, old, shift);
    n.right = copy_new(s, n.right, old, shift);
    if (n.left == NONE || n.right == NONE || s->nodes.count >= NONE ||
        !flame_vec_push(&s->nodes, n))
        return NONE;
    return (uint32_t)s->nodes.count - 1 - shift;
}

/* The tree, with all other nodes taken back that were made since there were `old`. */
static uint32_t compact(struct flame_spaces *s, uint32_t tree, uint32_t old)
{
    uint32_t end = (uint32_t)s->nodes.count;
    tree = copy_new(s, tree, old, end - old);
    if (tree == NONE)
        return NONE;
    memmove(&s->nodes.items[old], &s->nodes.items[end],
            (s->nodes.count - end) * sizeof *s->nodes.items);
    s->nodes.count -= end - old;
    return tree;
}

/* What a space is made of: trees, and of the top what is not in its tree yet, the maps
 * [first, first + count). top is empty, and count 0, where it has one layer. */
struct layers {
    uint32_t bottom, top, first, count;
};

static struct layers layers_of(const struct flame_spaces *s, uint32_t space)
{
    const struct flame_space_node *n = node(s, space);
    if (n->height != LAYERED)
        return (struct layers){ .bottom = space };
    return (struct layers){ n->left, n->right, (uint32_t)n->start, n->map };
}

static uint32_t space_of(struct flame_spaces *s, struct layers layers)
{
    if ((layers.top == FLAME_SPACE_EMPTY && layers.count == 0) || layers.bottom == NONE)
        return layers.bottom;
    struct flame_space_node n = { layers.first, layers.count, layers.bottom, layers.top, LAYERED };
    if (layers.top == NONE || s->nodes.count >= NONE || !flame_vec_push(&s->nodes, n))
        return NONE;
    return (uint32_t)s->nodes.count - 1;
}

static void put_beneath(struct flame_spaces *s, struct layers *layers, struct flame_map map)
{
    uint32_t old = (uint32_t)s->nodes.count;
    layers->bottom = compact(s, insert(s, layers->bottom, add_map(s, map)), old);
}

/* Put the recent maps into the tree. */
static void settle(struct flame_spaces *s, struct layers *layers)
{
    uint32_t old = (uint32_t)s->nodes.count;
    for (uint32_t i = 0; i < layers->count && layers->top != NONE; i++)
        layers->top = insert(s, layers->top, layers->first + i);
    layers->top = compact(s, layers->top, old);
    layers->count = 0;
}

static void take_off_top(struct flame_spaces *s, struct layers *layers, uint64_t start,
                         uint64_t end)
{
    settle(s, layers);
    uint32_t old = (uint32_t)s->nodes.count;
    if (layers->top != NONE)
        layers->top = compact(s, take_out(s, layers->top, start, end), old);
}

uint32_t flame_space_insert(struct flame_spaces *s, uint32_t space, struct flame_map map)
{
    if (map.start >= map.end)
        return space;
    struct layers layers = layers_of(s, space);
    take_off_top(s, &layers, map.start, map.end);
    put_beneath(s, &layers, map);
    return space_of(s, layers);
}

uint32_t flame_space_insert_beneath(struct flame_spaces *s, uint32_t space, struct flame_map map)
{
    if (map.start >= map.end)
        return space;
    struct layers layers = layers_of(s, space);
    put_beneath(s, &layers, map);
    return space_of(s, layers);
}

uint32_t flame_space_insert_on_top(struct flame_spaces *s, uint32_t space, struct flame_map map)
{
    if (map.start >= map.end)
        return space;
    struct layers layers = layers_of(s, space);
    /* Another version may have others behind these, or what is beneath. */
    if (layers.count == RECENT || layers.first + layers.count != s->maps.count)
        settle(s, &layers);
    uint32_t added = add_map(s, map);
    if (added == NONE)
        return NONE;
    layers.first = added - layers.count++;
    return space_of(s, layers);
}

uint32_t flame_space_remove(struct flame_spaces *s, uint32_t space, uint64_t start, uint64_t end)
{
    if (start >= end)
        return space;
    struct layers layers = layers_of(s, space);
    take_off_top(s, &layers, start, end);
    uint32_t old = (uint32_t)s->nodes.count;
    layers.bottom = compact(s, take_out(s, layers.bottom, start, end), old);
    return space_of(s, layers);
}

static const struct flame_map *find(const struct flame_spaces *s, uint32_t tree, uint64_t address)
{
    const struct flame_map *found = NULL;
    while (tree != FLAME_SPACE_EMPTY) {
        const struct flame_space_node *n = node(s, tree);
        if (n->start <= address) {
            found = &s->maps.items[n->map];
            tree = n->right;
        } else {
            tree = n->left;
        }
    }
    return found && address < found->end ? found : NULL;
}

const struct flame_map *flame_space_find(const struct flame_spaces *s, uint32_t space,
                                         uint64_t address)
{
    struct layers layers = layers_of(s, space);
    for (uint32_t i = layers.count; i > 0; i--) {
        const struct flame_map *map = &s->maps.items[layers.first + i - 1];
        if (address >= map->start && address < map->end)
            return map;
    }
    const struct flame_map *found = find(s, layers.top, address);
    return found ? found : find(s, layers.bottom, address);
}
