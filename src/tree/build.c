/* build.c: merge stacks into a tree.
 *
 * The stacks are sorted by frame ids; then the tree in pre-order is what one finds by walking down
 * the sorted list and sharing with each stack what it has in common with the one before. The sort
 * goes two frames at a time: a group of stacks that agree so far is sorted by its next two, and
 * splits into smaller groups, until each stack stands alone or has ended. After the first split the
 * stacks are copied to stand in that order, since all that this costs is cache misses. No step
 * recurses: a stack may be as deep as memory allows. Nothing depends on the order of the stacks,
 * unless that is asked for: then only neighbours share, and nothing is sorted.
 *
 * Sums saturate, so that absurd weights cannot wrap round to small ones. */
#include <flamedata/tree.h>

#include "fail.h"
#include "vec.h"

#include <stdlib.h>

/* FEW: so many are sorted by insertion. AHEAD: how many stacks ahead of their use memory is asked
 * for; one stack is two or three cache lines. */
enum { FEW = 12, AHEAD = 8, LINE_IDS = 16 };

/* A stack, from the end that the tree grows from. */
struct span {
    const uint32_t *ids;
    uint32_t depth, stack;
};

/* key     the span's next two frames (id + 1, the nearer one on top; 0 behind its end)
 * shared  of the place, not of the span: how many frames are those of the item before it, once
 *         both are where they belong */
struct item {
    uint64_t key;
    uint32_t span, shared;
};

/* items[first .. first + count) agree in depth frames. */
struct group {
    size_t first, count;
    uint32_t depth;
};

struct builder {
    const struct flame_stacks *stacks;
    bool leaf_first, in_order;
    uint32_t *ends; /* per stack: its node */
    int64_t *deltas;
    struct item *items, *spare; /* one per stack */
    struct span *spans;
    uint32_t *ids;
    uint32_t max_depth;
    FLAME_VEC(struct group) groups;
    FLAME_VEC(struct flame_node) nodes;
    FLAME_VEC(uint32_t) path; /* path[d]: the latest node of depth d */
};

static uint64_t add(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static uint64_t make_key(const uint32_t *ids, uint32_t left)
{
    return (left > 0 ? ((uint64_t)ids[0] + 1) << 32 : 0) | (left > 1 ? (uint64_t)ids[1] + 1 : 0);
}

static void sort_few(struct item *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct item item = items[i];
        size_t at = i;
        for (; at && items[at - 1].key > item.key; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

/* Merge sort, from runs of FEW upwards. Groups are often in order already: long runs of frames
 * that all stacks of the group share. */
static void sort_items(struct item *items, struct item *spare, size_t count)
{
    size_t sorted = 1;
    while (sorted < count && items[sorted - 1].key <= items[sorted].key)
        sorted++;
    if (sorted == count)
        return;
    for (size_t i = 0; i < count; i += FEW)
        sort_few(items + i, count - i < FEW ? count - i : FEW);
    struct item *from = items, *to = spare;
    for (size_t run = FEW; run < count; run *= 2) {
        for (size_t start = 0; start < count; start += 2 * run) {
            size_t a = start, a_end = count - start < run ? count : start + run;
            size_t c = a_end, c_end = count - a_end < run ? count : a_end + run;
            size_t out = start;
            while (a < a_end && c < c_end) { /* without a branch that nobody can predict */
                bool left = from[a].key <= from[c].key;
                to[out++] = from[left ? a : c];
                a += left;
                c += !left;
            }
            memcpy(to + out, from + a, (a_end - a) * sizeof *to);
            memcpy(to + out + (a_end - a), from + c, (c_end - c) * sizeof *to);
        }
        struct item *swap = from;
        from = to;
        to = swap;
    }
    if (from != items)
        memcpy(items, from, count * sizeof *items);
}

/* Fill items and spans, in order of the first two frames. */
static bool copy_stacks(struct builder *b)
{
    const struct flame_stacks *stacks = b->stacks;
    size_t count = stacks->stack_count, total = 0;
    b->items = calloc(count + 1, sizeof *b->items);
    b->spare = calloc(count + 1, sizeof *b->spare);
    b->spans = calloc(count + 1, sizeof *b->spans);
    if (!b->items || !b->spare || !b->spans)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct flame_stack *stack = &stacks->stacks[i];
        const uint32_t *ids = stacks->ids + stack->first;
        uint32_t ends[2] = { 0 };
        for (uint32_t d = 0; d < 2 && d < stack->depth; d++)
            ends[d] = ids[b->leaf_first ? stack->depth - 1 - d : d];
        b->items[i] = (struct item){ make_key(ends, stack->depth), (uint32_t)i, 0 };
        total += stack->depth;
    }
    sort_items(b->items, b->spare, count);
    b->ids = malloc((total + 1) * sizeof *b->ids);
    if (!b->ids)
        return false;
    uint32_t *to = b->ids;
    for (size_t i = 0; i < count; i++) {
        if (i + 2 * AHEAD < count)
            __builtin_prefetch(&stacks->stacks[b->items[i + 2 * AHEAD].span]);
        if (i + AHEAD < count) {
            const uint32_t *next = stacks->ids + stacks->stacks[b->items[i + AHEAD].span].first;
            __builtin_prefetch(next);
            __builtin_prefetch(next + LINE_IDS);
        }
        const struct flame_stack *stack = &stacks->stacks[b->items[i].span];
        const uint32_t *ids = stacks->ids + stack->first;
        b->spans[i] = (struct span){ to, stack->depth, b->items[i].span };
        b->items[i].span = (uint32_t)i;
        if (b->leaf_first)
            for (uint32_t d = stack->depth; d-- > 0;)
                *to++ = ids[d];
        else
            for (uint32_t d = 0; d < stack->depth; d++)
                *to++ = ids[d];
    }
    return true;
}

/* Ask for the memory of spans that items[i] will soon be followed by, from depth on. */
static void look_ahead(const struct builder *b, const struct item *items, size_t i, size_t count,
                       uint32_t depth)
{
    if (i + 2 * AHEAD < count)
        __builtin_prefetch(&b->spans[items[i + 2 * AHEAD].span]);
    if (i + AHEAD < count)
        __builtin_prefetch(b->spans[items[i + AHEAD].span].ids + depth);
}

static void sort_group(struct builder *b, const struct group *group)
{
    struct item *items = b->items + group->first;
    uint32_t shared = items->shared;
    for (size_t i = 0; i < group->count; i++) {
        const struct span *span = &b->spans[items[i].span];
        look_ahead(b, items, i, group->count, group->depth);
        items[i].key = make_key(span->ids + group->depth, span->depth - group->depth);
    }
    sort_items(items, b->spare, group->count);
    items->shared = shared;
}

static bool sort_stacks(struct builder *b)
{
    size_t count = b->stacks->stack_count;
    if (count && !flame_vec_push(&b->groups, (struct group){ 0, count, 0 }))
        return false;
    while (b->groups.count) {
        struct group group = b->groups.items[--b->groups.count];
        struct item *items = b->items + group.first;
        if (group.depth) /* copy_stacks did the first */
            sort_group(b, &group);
        for (size_t i = 0, end; i < group.count; i = end) {
            bool ended = (uint32_t)items[i].key == 0;
            if (i)
                items[i].shared =
                    group.depth + (items[i].key >> 32 == items[i - 1].key >> 32 ? 1 : 0);
            for (end = i + 1; end < group.count && items[end].key == items[i].key; end++)
                if (ended)
                    items[end].shared = b->spans[items[end].span].depth;
            if (end - i > 1 && !ended &&
                !flame_vec_push(&b->groups,
                                (struct group){ group.first + i, end - i, group.depth + 2 }))
                return false;
        }
    }
    return true;
}

/* Stacks that come sorted, as a session's do, or are not to be, need no copy: items and spans in
 * their own order. False when they don't, or memory is exhausted; items and spans are then as they
 * were. */
static bool take_sorted(struct builder *b)
{
    const struct flame_stacks *stacks = b->stacks;
    size_t count = stacks->stack_count;
    struct item *items = calloc(count + 1, sizeof *items);
    struct span *spans = calloc(count + 1, sizeof *spans);
    bool sorted = items && spans && !b->leaf_first;
    size_t nodes = 1; /* each stack adds what it does not share with the one before */
    for (size_t i = 0; i < count && sorted; i++) {
        const struct flame_stack *stack = &stacks->stacks[i];
        spans[i] = (struct span){ stacks->ids + stack->first, stack->depth, (uint32_t)i };
        items[i].span = (uint32_t)i;
        nodes += stack->depth;
        if (i == 0)
            continue;
        const struct span *before = &spans[i - 1], *now = &spans[i];
        uint32_t shared = 0;
        while (shared < before->depth && shared < now->depth &&
               before->ids[shared] == now->ids[shared])
            shared++;
        /* A node's own weight lies before its children: what comes behind them starts it anew. */
        if (b->in_order && shared && shared == now->depth && shared < before->depth &&
            stack->weight)
            shared--;
        items[i].shared = shared;
        nodes -= shared;
        sorted = b->in_order || shared == before->depth ||
                 (shared < now->depth && before->ids[shared] < now->ids[shared]);
    }
    if (!sorted || !flame_vec_reserve(&b->nodes, nodes)) {
        free(items);
        free(spans);
        return false;
    }
    b->items = items;
    b->spans = spans;
    return true;
}

/* Make a node for frame at the end of the path. */
static bool push_node(struct builder *b, uint32_t frame)
{
    uint32_t depth = (uint32_t)b->path.count, index = (uint32_t)b->nodes.count;
    if (b->nodes.count >= FLAME_TREE_NONE - 1)
        return false;
    struct flame_node node = { .frame = frame, .depth = depth, .subtree = 1 };
    node.parent = depth ? b->path.items[depth - 1] : FLAME_TREE_NONE;
    return flame_vec_push(&b->nodes, node) && flame_vec_push(&b->path, index);
}

/* Shorten the path to count nodes. What is cut off is complete, and adds to its parent. */
static void cut_path(struct builder *b, size_t count)
{
    while (b->path.count > count) {
        const struct flame_node *node = &b->nodes.items[b->path.items[--b->path.count]];
        if (node->depth > b->max_depth)
            b->max_depth = node->depth;
        if (!node->depth)
            continue;
        struct flame_node *parent = &b->nodes.items[node->parent];
        parent->subtree += node->subtree;
        parent->total = add(parent->total, node->total);
        parent->total_samples = add(parent->total_samples, node->total_samples);
    }
}

static bool merge_stacks(struct builder *b)
{
    size_t count = b->stacks->stack_count;
    if (!push_node(b, FLAME_TREE_NONE))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct span *span = &b->spans[b->items[i].span];
        uint32_t shared = b->items[i].shared;
        look_ahead(b, b->items, i, count, shared);
        cut_path(b, (size_t)shared + 1);
        for (uint32_t d = shared; d < span->depth; d++)
            if (!push_node(b, span->ids[d]))
                return false;
        const struct flame_stack *stack = &b->stacks->stacks[span->stack];
        struct flame_node *end = &b->nodes.items[b->path.items[span->depth]];
        end->self = add(end->self, stack->weight);
        end->total = add(end->total, stack->weight);
        end->self_samples = add(end->self_samples, stack->samples);
        end->total_samples = add(end->total_samples, stack->samples);
        b->ends[span->stack] = b->path.items[span->depth];
    }
    cut_path(b, 0);
    return true;
}

/* As far as 64 bits go. */
static int64_t difference(uint64_t now, uint64_t before)
{
    uint64_t size = now > before ? now - before : before - now;
    int64_t cut = size > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)size;
    return now > before ? cut : -cut;
}

static bool compare(struct builder *b)
{
    const struct flame_stacks *stacks = b->stacks;
    if (!stacks->before)
        return true;
    b->deltas = calloc(b->nodes.count, sizeof *b->deltas);
    for (size_t i = 0; b->deltas && i < stacks->stack_count; i++) {
        int64_t *sum = &b->deltas[b->ends[i]],
                delta = difference(stacks->stacks[i].weight, stacks->before[i]);
        if (__builtin_add_overflow(*sum, delta, sum))
            *sum = delta < 0 ? INT64_MIN / 2 : INT64_MAX / 2;
    }
    return b->deltas != NULL;
}

static bool place_stacks(struct builder *b)
{
    return take_sorted(b) || (!b->in_order && copy_stacks(b) && sort_stacks(b));
}

enum flame_status flame_tree_build(struct flame_tree *tree, const struct flame_stacks *stacks,
                                   enum flame_tree_order order, struct flame_error *error)
{
    struct builder b = { .stacks = stacks,
                         .leaf_first = order == FLAME_TREE_LEAF_FIRST,
                         .in_order = order == FLAME_TREE_IN_ORDER,
                         .ends = malloc((stacks->stack_count + 1) * sizeof *b.ends) };
    enum flame_status status = FLAME_OK;
    *tree = (struct flame_tree){ 0 };
    if (stacks->stack_count < UINT32_MAX && b.ends && place_stacks(&b) && merge_stacks(&b) &&
        compare(&b)) {
        *tree = (struct flame_tree){ b.nodes.items, b.nodes.count, b.max_depth,
                                     stacks,        b.ends,        b.deltas };
    } else {
        bool full = stacks->stack_count >= UINT32_MAX || b.nodes.count >= FLAME_TREE_NONE - 1;
        status = flame_fail(error, full ? FLAME_LIMIT : FLAME_NOMEM, NULL, FLAME_NO_OFFSET,
                            full ? "more than 2^32 - 2 frames in the tree" : "out of memory");
        flame_vec_free(&b.nodes);
        free(b.ends);
        free(b.deltas);
    }
    free(b.items);
    free(b.spare);
    free(b.spans);
    free(b.ids);
    flame_vec_free(&b.groups);
    flame_vec_free(&b.path);
    return status;
}

void flame_tree_free(struct flame_tree *tree)
{
    free(tree->nodes);
    free(tree->ends);
    free(tree->deltas);
    *tree = (struct flame_tree){ 0 };
}
