/* cut.c: stacks from a function on, without what called it.
 *
 * Frames and ids are shared with the stacks that were cut; only what says where a stack begins is
 * new. */
#include <flamedata/tree.h>

#include "fail.h"
#include "sum.h"

#include <stdlib.h>

/* stacks first, so that a pointer to it is one to this. */
struct cut {
    struct flame_stacks stacks;
    struct flame_stack *kept;
    uint64_t *before;
};

/* Whether a frame is called name, with or without a mark behind that. */
static bool is_called(const struct flame_frame *frame, struct flame_str name)
{
    static const char *const marks[] = {
#define X(kind, mark, word) mark,
        FLAME_FRAME_KINDS(X)
#undef X
    };
    struct flame_str own = frame->name;
    const char *mark = marks[frame->kind];
    if (flame_str_equal(own, name))
        return true;
    if (!*mark || !flame_str_ends(own, mark))
        return false;
    own.len -= strlen(mark);
    return flame_str_equal(own, name);
}

/* How many frames stand before the innermost one that is wanted; depth: none is. */
static uint32_t callers(const struct flame_stacks *stacks, const struct flame_stack *stack,
                        const bool *wanted)
{
    for (uint32_t d = stack->depth; d > 0; d--)
        if (wanted[stacks->ids[stack->first + d - 1]])
            return d - 1;
    return stack->depth;
}

static void keep(struct cut *cut, const struct flame_stacks *stacks, const bool *wanted)
{
    size_t kept = 0;
    cut->stacks.total_weight = cut->stacks.total_samples = 0;
    for (size_t i = 0; i < stacks->stack_count; i++) {
        struct flame_stack stack = stacks->stacks[i];
        uint32_t outer = callers(stacks, &stack, wanted);
        if (outer == stack.depth)
            continue;
        stack.first += outer;
        stack.depth -= outer;
        if (stacks->before)
            cut->before[kept] = stacks->before[i];
        cut->kept[kept++] = stack;
        cut->stacks.total_weight = flame_sum(cut->stacks.total_weight, stack.weight);
        cut->stacks.total_samples = flame_sum(cut->stacks.total_samples, stack.samples);
    }
    cut->stacks.stacks = cut->kept;
    cut->stacks.stack_count = kept;
    cut->stacks.before = stacks->before ? cut->before : NULL;
}

struct flame_stacks *flame_stacks_cut(const struct flame_stacks *stacks, const char *const *names,
                                      size_t count, struct flame_error *error)
{
    struct cut *cut = calloc(1, sizeof *cut);
    bool *wanted = calloc(stacks->frame_count + 1, sizeof *wanted);
    if (cut) {
        cut->stacks = *stacks;
        cut->kept = malloc((stacks->stack_count + 1) * sizeof *cut->kept);
        cut->before = malloc((stacks->before ? stacks->stack_count + 1 : 1) * sizeof *cut->before);
    }
    if (!cut || !wanted || !cut->kept || !cut->before) {
        free(wanted);
        flame_stacks_cut_free(cut ? &cut->stacks : NULL);
        flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
        return NULL;
    }
    for (size_t i = 0; i < stacks->frame_count; i++)
        for (size_t k = 0; k < count && !wanted[i]; k++)
            wanted[i] = is_called(&stacks->frames[i], flame_str_from(names[k]));
    keep(cut, stacks, wanted);
    free(wanted);
    return &cut->stacks;
}

void flame_stacks_cut_free(struct flame_stacks *stacks)
{
    struct cut *cut = (struct cut *)stacks;
    if (!cut)
        return;
    free(cut->kept);
    free(cut->before);
    free(cut);
}
