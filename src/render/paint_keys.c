/* paint_keys.c: the legend of a picture: what its colours tell apart, as far as it occurs.
 *
 * FlameGraph's palettes by name have none: their colours are shades of one hue, or guesses. */
#include "paint.h"

#include "vec.h"

/* Of what is in the middle of its shades. */
static uint32_t find_paint(const struct flame_paints *paints, struct flame_paint wanted)
{
    for (size_t i = 0; i < paints->count; i++)
        if (memcmp(&paints->list[i], &wanted, sizeof wanted) == 0)
            return (uint32_t)i;
    return UINT32_MAX;
}

/* The frames' own weights, by what index says; each index's paint is the one of its heaviest frame.
 */
struct tally {
    uint64_t weight, heaviest;
    uint32_t paint;
    struct flame_str name;
    bool occurs;
};

static void count(struct tally *tally, struct flame_str name, uint64_t weight, uint32_t paint)
{
    if (!tally->occurs || weight > tally->heaviest) {
        tally->heaviest = weight;
        tally->paint = paint;
    }
    tally->name = name;
    tally->weight += weight;
    tally->occurs = true;
}

static bool keep(struct flame_paints *paints, const struct tally *tallies, size_t n)
{
    paints->keys = calloc(n + 1, sizeof *paints->keys);
    for (size_t i = 0; paints->keys && i < n; i++)
        if (tallies[i].occurs)
            paints->keys[paints->key_count++] =
                (struct flame_paint_key){ tallies[i].name, tallies[i].paint, tallies[i].weight };
    return paints->keys != NULL;
}

static bool put_kinds(struct flame_paints *paints, const struct flame_tree *tree,
                      const uint64_t *self, const bool *occurs)
{
    static const char *const names[] = {
#define X(kind, mark, name) name,
        FLAME_FRAME_KINDS(X)
#undef X
    };
    struct tally tallies[FLAME_KIND_ROOT] = { 0 };
    for (size_t f = 0; f < tree->stacks->frame_count; f++)
        if (occurs[f]) {
            enum flame_frame_kind kind = tree->stacks->frames[f].kind;
            uint32_t middle = find_paint(paints, flame_kind_paint(kind, FLAME_SHADES / 2));
            count(&tallies[kind], flame_str_from(names[kind]), self[f],
                  middle != UINT32_MAX ? middle : paints->of_frame[f]);
        }
    return keep(paints, tallies, FLAME_KIND_ROOT);
}

static int by_weight(const void *a, const void *b)
{
    const struct flame_paint_key *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return flame_str_compare(x->name, y->name);
}

struct owned {
    struct flame_str object;
    uint32_t frame;
};

static int by_object(const void *a, const void *b)
{
    const struct owned *x = a, *y = b;
    int order = flame_str_compare(x->object, y->object);
    return order ? order : x->frame < y->frame ? -1 : 1;
}

static bool put_objects(struct flame_paints *paints, const struct flame_tree *tree,
                        const uint64_t *self, const bool *occurs)
{
    const struct flame_stacks *stacks = tree->stacks;
    struct owned *owned = malloc((stacks->frame_count + 1) * sizeof *owned);
    struct tally *tallies = calloc(stacks->frame_count + 1, sizeof *tallies);
    size_t frames = 0, objects = 0;
    bool ok = owned && tallies;
    for (size_t f = 0; ok && f < stacks->frame_count; f++)
        if (occurs[f])
            owned[frames++] = (struct owned){ stacks->frames[f].object, (uint32_t)f };
    if (ok)
        qsort(owned, frames, sizeof *owned, by_object);
    for (size_t i = 0; i < frames; i++) {
        objects += i > 0 && !flame_str_equal(owned[i].object, owned[i - 1].object);
        struct flame_str name = owned[i].object.len ? owned[i].object : flame_str_from("unknown");
        count(&tallies[objects], name, self[owned[i].frame], paints->of_frame[owned[i].frame]);
    }
    ok = ok && keep(paints, tallies, frames ? objects + 1 : 0);
    if (ok)
        qsort(paints->keys, paints->key_count, sizeof *paints->keys, by_weight);
    free(owned);
    free(tallies);
    return ok;
}

/* A step near an end of the ramp, but not at it: what few frames ever reach. */
static bool put_changes(struct flame_paints *paints)
{
    const uint32_t low = FLAME_RAMP_STEPS / 4, high = 7 * FLAME_RAMP_STEPS / 4;
    bool turned = paints->most_delta < 0; /* the change is that to the first profile */
    const char *less = turned ? "less in the first profile" : "less than before",
               *more = turned ? "more in the first profile" : "more than before";
    const struct tally changes[] = {
        { .name = flame_str_from(less), .paint = low, .occurs = true },
        { .name = flame_str_from(more), .paint = high, .occurs = true },
    };
    return keep(paints, changes, 2);
}

bool flame_paint_keys_make(struct flame_paints *paints, const struct flame_style *style,
                           const struct flame_tree *tree)
{
    enum flame_palette_by by = flame_palette_by(style->palette);
    if (paints->by == FLAME_PAINTS_BY_DELTA)
        return put_changes(paints);
    if (paints->by != FLAME_PAINTS_BY_FRAME || by == FLAME_PALETTE_BY_NAME)
        return true;
    uint64_t *self = calloc(tree->stacks->frame_count + 1, sizeof *self);
    bool *occurs = calloc(tree->stacks->frame_count + 1, sizeof *occurs), ok = self && occurs;
    for (size_t i = 1; ok && i < tree->node_count; i++) {
        self[tree->nodes[i].frame] += tree->nodes[i].self;
        occurs[tree->nodes[i].frame] = true;
    }
    ok = ok && (by == FLAME_PALETTE_BY_KIND ? put_kinds : put_objects)(paints, tree, self, occurs);
    free(self);
    free(occurs);
    return ok;
}
