/* folded_stacks.h: stacks for tests, from folded text that is visible in the test.
 *
 * "comm;f;g 3\n": frames of one name are one frame, as everywhere; kinds follow the marks of
 * annotated folded text, the first frame of a line is a process, "[x]" is unknown. Each sample
 * weighs weight_per_sample. */
#ifndef FOLDED_STACKS_H
#define FOLDED_STACKS_H

#include <flamedata/stack.h>
#include <stdlib.h>

enum { FOLDED_MOST = 64 };

struct folded {
    struct flame_stacks stacks;
    struct flame_frame frames[FOLDED_MOST];
    struct flame_stack stack[FOLDED_MOST];
    uint32_t ids[8 * FOLDED_MOST];
};

static inline int folded_order(const void *a, const void *b)
{
    return flame_str_compare(((const struct flame_frame *)a)->name,
                             ((const struct flame_frame *)b)->name);
}

static inline uint32_t folded_find(const struct folded *f, struct flame_str name)
{
    for (uint32_t i = 0; i < f->stacks.frame_count; i++)
        if (flame_str_equal(f->frames[i].name, name))
            return i;
    return UINT32_MAX;
}

/* Call with each frame of text: pass 0 collects names, pass 1 ids. */
static inline void folded_pass(struct folded *f, const char *text, uint64_t weight, int pass)
{
    for (const char *line = text, *end; *line; line = end + 1) {
        end = line + strcspn(line, "\n");
        const char *space = end;
        while (*space != ' ')
            space--;
        struct flame_stack stack = { (uint32_t)f->stacks.id_count, 0, 0,
                                     strtoull(space, NULL, 10) };
        stack.weight = stack.samples * weight;
        for (const char *at = line, *next; at < space; at = next + 1) {
            for (next = at; next < space && *next != ';';)
                next++;
            struct flame_str name = { at, (size_t)(next - at) };
            if (pass) {
                f->ids[f->stacks.id_count++] = folded_find(f, name);
                stack.depth++;
            } else if (folded_find(f, name) == UINT32_MAX) {
                enum flame_frame_kind kind = at == line                     ? FLAME_FRAME_PROCESS
                                             : flame_str_ends(name, "_[k]") ? FLAME_FRAME_KERNEL
                                             : flame_str_ends(name, "_[j]") ? FLAME_FRAME_JIT
                                             : flame_str_ends(name, "_[i]") ? FLAME_FRAME_INLINED
                                             : name.ptr[0] == '['           ? FLAME_FRAME_UNKNOWN
                                                                            : FLAME_FRAME_USER;
                f->frames[f->stacks.frame_count++] = (struct flame_frame){ name, kind, { 0 } };
            }
        }
        if (pass) {
            f->stack[f->stacks.stack_count++] = stack;
            f->stacks.total_weight += stack.weight;
            f->stacks.total_samples += stack.samples;
        }
        if (!*end)
            break;
    }
}

/* f borrows from text, and the stacks from f. */
static inline const struct flame_stacks *folded_make(struct folded *f, const char *text,
                                                     uint64_t weight_per_sample)
{
    memset(f, 0, sizeof *f);
    f->stacks.frames = f->frames;
    f->stacks.stacks = f->stack;
    f->stacks.ids = f->ids;
    folded_pass(f, text, weight_per_sample, 0);
    qsort(f->frames, f->stacks.frame_count, sizeof f->frames[0], folded_order);
    folded_pass(f, text, weight_per_sample, 1);
    return &f->stacks;
}

#endif
