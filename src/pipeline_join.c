/* pipeline_join.c: the workers' tries become one.
 *
 * On the way each stack is weighed: whether it reaches a root, and which objects leave it without
 * names. Stacks that do not reach one get a frame more at their root, where that is asked for. */
#include "pipeline_stacks.h"

#include <stdlib.h>

enum { AHEAD = 8 };

/* Unnamed frames around a node. here is the innermost unnamed node from this one outwards, other
 * the innermost one beyond that of another object; 0: none. */
struct unnamed {
    uint32_t here, other;
};

/* Weight is counted once for each object, at its outermost unnamed frame. So many objects without
 * symbols, one inside the other, are looked through; beyond, weight may count twice. */
enum { OBJECTS_DEEP = 16 };

static uint32_t dso_of(const struct flame_showing *p, const struct flame_trie *trie, uint32_t node)
{
    return flame_shown_of(p, &trie->nodes.items[node])->facts.dso;
}

static struct unnamed unnamed_at(const struct flame_showing *p, const struct flame_trie *trie,
                                 const struct unnamed *unnamed, uint32_t i)
{
    const struct flame_trie_node *node = &trie->nodes.items[i];
    struct unnamed outer = unnamed[node->parent];
    if (flame_is_thread(node) || !flame_shown_of(p, node)->facts.unnamed)
        return outer;
    bool same = outer.here && dso_of(p, trie, outer.here) == dso_of(p, trie, i);
    return (struct unnamed){ i, same ? outer.other : outer.here };
}

/* Whether a frame outside of unnamed node i is unnamed, in the same object. */
static bool has_unnamed_outside(const struct flame_showing *p, const struct flame_trie *trie,
                                const struct unnamed *unnamed, uint32_t i)
{
    uint32_t dso = dso_of(p, trie, i), outer = unnamed[trie->nodes.items[i].parent].here;
    for (int n = 0; outer && n < OBJECTS_DEEP; n++) {
        if (dso_of(p, trie, outer) == dso)
            return true;
        outer = unnamed[outer].other;
    }
    return false;
}

/* The innermost frame of the stacks that end at a node lies in an object. */
static void weigh_object(const struct flame_showing *p, const struct flame_trie *trie, uint32_t i)
{
    const struct flame_trie_node *node = &trie->nodes.items[i];
    if (node->weight == 0 || flame_is_thread(node))
        return;
    struct flame_object_sum *sum = flame_object_sum_of(&p->session->objects, dso_of(p, trie, i));
    sum->weight = flame_sum(sum->weight, node->weight);
}

/* Weight by what has no name: the innermost frame for the whole, every object once a stack. */
static enum flame_status weigh_unnamed(const struct flame_showing *p, const struct flame_trie *trie)
{
    struct flame_session *s = p->session;
    size_t count = trie->nodes.count;
    uint64_t *total = calloc(count ? count : 1, sizeof *total);
    struct unnamed *unnamed = calloc(count ? count : 1, sizeof *unnamed);
    bool ok = total && unnamed;
    for (uint32_t i = 1; ok && i < count; i++)
        unnamed[i] = unnamed_at(p, trie, unnamed, i);
    for (size_t n = count; ok && n-- > 1;) {
        const uint32_t i = (uint32_t)n;
        const struct flame_trie_node *node = &trie->nodes.items[i];
        total[i] += node->weight;
        total[node->parent] += total[i];
        weigh_object(p, trie, i);
        if (unnamed[i].here != i)
            continue;
        s->verdict.unnamed += node->weight;
        if (has_unnamed_outside(p, trie, unnamed, i))
            continue;
        flame_object_sum_of(&s->objects, dso_of(p, trie, i))->unnamed += total[i];
    }
    free(total);
    free(unnamed);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

/* How stacks end whose outermost frame this is, of which thread is what is known without it. */
static enum flame_ending ending_at(const struct flame_shown *outermost, enum flame_ending thread)
{
    if (thread == FLAME_ENDING_ROOTED || thread == FLAME_ENDING_SHORTENED)
        return thread;
    if (outermost->root)
        return FLAME_ENDING_ROOTED;
    /* An object without symbols may well have its start there; an address in no object is debris of
     * a broken chain. */
    bool unknown = outermost->facts.unnamed && outermost->facts.dso != FLAME_DSO_NONE;
    return thread == FLAME_ENDING_BY_NAME && unknown ? FLAME_ENDING_BY_NAME : FLAME_ENDING_CUT;
}

/* Where a node of a worker's trie is in the trie of all: the frame's rank, the stack's hash there,
 * and, once it is added, the node. ending is that of the stacks through it, of a thread what is
 * known without their names. */
struct moved {
    uint32_t rank, hash, node;
    enum flame_ending ending;
};

/* Whether a node is the outermost frame of stacks that are to be seen as truncated. */
static bool is_truncated(const struct flame_showing *p, const struct flame_trie *trie,
                         const struct flame_trie_node *node, enum flame_ending ending)
{
    return p->session->options.show_truncated && ending == FLAME_ENDING_CUT &&
           !flame_is_thread(node) && flame_is_thread(&trie->nodes.items[node->parent]);
}

static void place(const struct flame_showing *p, const struct flame_trie *trie, struct moved *to,
                  size_t i)
{
    const struct flame_trie_node *node = &trie->nodes.items[i];
    const struct moved *above = &to[node->parent];
    uint32_t hash = above->hash;
    if (flame_is_thread(node)) {
        to[i].rank = p->thread_rank[node->frame / FLAME_ENDINGS];
        to[i].ending = (enum flame_ending)(node->frame % FLAME_ENDINGS);
    } else {
        to[i].rank = flame_shown_of(p, node)->name;
        to[i].ending = flame_is_thread(&trie->nodes.items[node->parent])
                           ? ending_at(flame_shown_of(p, node), above->ending)
                           : above->ending;
        if (is_truncated(p, trie, node, to[i].ending))
            hash = flame_trie_hash(hash, p->truncated_rank);
    }
    to[i].hash = flame_trie_hash(hash, to[i].rank);
}

/* The node below which node i of a worker's trie belongs in the trie of all. */
static uint32_t parent_of(const struct flame_showing *p, const struct flame_trie *trie,
                          const struct moved *to, size_t i, struct flame_trie *all)
{
    const struct flame_trie_node *node = &trie->nodes.items[i];
    const struct moved *above = &to[node->parent];
    if (!is_truncated(p, trie, node, to[i].ending))
        return above->node;
    return flame_trie_child(all, above->node, p->truncated_rank,
                            flame_trie_hash(above->hash, p->truncated_rank));
}

static void weigh_ending(struct flame_verdict *v, const struct flame_trie_node *node,
                         enum flame_ending ending)
{
    v->rooted += ending == FLAME_ENDING_ROOTED ? node->weight : 0;
    v->shortened += ending == FLAME_ENDING_SHORTENED ? node->weight : 0;
    /* A thread alone has lost its stack. */
    bool cut =
        ending == FLAME_ENDING_CUT || (ending == FLAME_ENDING_BY_NAME && flame_is_thread(node));
    v->cut_off += cut ? node->weight : 0;
}

static enum flame_status merge_trie(const struct flame_showing *p, const struct flame_trie *trie,
                                    struct flame_noted_part *kept, struct flame_trie *all)
{
    size_t count = trie->nodes.count;
    struct moved *to = calloc(count ? count : 1, sizeof *to);
    if (!to)
        return FLAME_NOMEM;
    for (size_t i = 1; i < count; i++)
        place(p, trie, to, i);
    enum flame_status status = FLAME_OK;
    for (size_t i = 1; i < count && status == FLAME_OK; i++) {
        const struct flame_trie_node *node = &trie->nodes.items[i];
        if (i + AHEAD < count)
            flame_trie_prefetch(all, to[i + AHEAD].hash);
        uint32_t parent = parent_of(p, trie, to, i, all);
        if (parent != FLAME_TRIE_NONE)
            to[i].node = flame_trie_child(all, parent, to[i].rank, to[i].hash);
        if (parent == FLAME_TRIE_NONE || to[i].node == FLAME_TRIE_NONE) {
            status = FLAME_NOMEM;
        } else {
            all->nodes.items[to[i].node].weight += node->weight;
            all->nodes.items[to[i].node].samples += node->samples;
            weigh_ending(&p->session->verdict, node, to[i].ending);
        }
    }
    for (size_t i = 0; kept && i < kept->stacks.count; i++)
        kept->stacks.items[i].node = to[kept->stacks.items[i].node].node;
    free(to);
    return status;
}

enum flame_status flame_join_trie(const struct flame_showing *p, const struct flame_trie *trie,
                                  struct flame_noted_part *kept, struct flame_trie *all)
{
    enum flame_status status = weigh_unnamed(p, trie);
    return status == FLAME_OK ? merge_trie(p, trie, kept, all) : status;
}
