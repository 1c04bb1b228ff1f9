/* folded.c: stacks as lines of text, "root;...;leaf weight".
 *
 * Stacks are put in order by a merge sort that remembers, for each stack, how many frames it shares
 * with the one before (its prefix). Two stacks that share different prefixes with the last one
 * taken are thereby ordered without looking at a frame, so the whole sort reads each frame about
 * once; and a line is made from the line before by replacing what follows the prefix. Worst case:
 * stacks * log(stacks) + frames, whatever the input.
 *
 * Lines are ordered by their frames' names, frame by frame; frames are sorted, so ids compare as
 * names do. Names are cleaned once per frame, not per line.
 * Source of the sort: Ng and Kakehi, "Merging string sequences by longest common prefixes", 2008.
 */
#include "arena.h"
#include "fail.h"

#include <flamedata/format.h>
#include <stdlib.h>

/* prefix  frames shared with the stack before this one in its run; 0 for the first of a run */
struct line {
    const uint32_t *ids;
    uint32_t depth, prefix;
    uint64_t weight;
};

/* Merge two sorted runs into out. */
static void merge(const struct line *a, const struct line *a_end, const struct line *b,
                  const struct line *b_end, struct line *out)
{
    /* Frames that a and b each share with the last line that was put out. */
    uint32_t in_a = 0, in_b = 0;
    while (a < a_end && b < b_end) {
        bool take_a = in_a > in_b;
        if (in_a == in_b) {
            uint32_t least = a->depth < b->depth ? a->depth : b->depth;
            uint32_t same = in_a;
            while (same < least && a->ids[same] == b->ids[same])
                same++;
            take_a = same == a->depth || (same < b->depth && a->ids[same] < b->ids[same]);
            *out = take_a ? *a : *b;
            out->prefix = in_a;
            in_a = in_b = same;
        } else {
            *out = take_a ? *a : *b;
            out->prefix = take_a ? in_a : in_b;
        }
        out++;
        if (take_a)
            in_a = ++a < a_end ? a->prefix : 0;
        else
            in_b = ++b < b_end ? b->prefix : 0;
    }
    for (; a < a_end; a++, out++, in_a = a < a_end ? a->prefix : 0) {
        *out = *a;
        out->prefix = in_a;
    }
    for (; b < b_end; b++, out++, in_b = b < b_end ? b->prefix : 0) {
        *out = *b;
        out->prefix = in_b;
    }
}

/* Sort lines[count] with the help of spare[count]; returns the one of the two that is sorted. */
static struct line *sort(struct line *lines, struct line *spare, size_t count)
{
    for (size_t run = 1; run<count; run = run> count / 2 ? count : run * 2) {
        for (size_t at = 0; at < count;) {
            size_t middle = count - at > run ? at + run : count;
            size_t end = count - middle > run ? middle + run : count;
            merge(lines + at, lines + middle, lines + middle, lines + end, spare + at);
            at = end;
        }
        struct line *sorted = spare;
        spare = lines;
        lines = sorted;
    }
    return lines;
}

/* What stands for c in a frame's name, so that it ends no frame and no line; in a thread's, no word
 * either. */
static char instead_of(char c, bool thread)
{
    if (c == '\n' || c == '\r' || c == 0)
        c = ' ';
    return c == ';' ? ':' : c == ' ' && thread ? '_' : c;
}

/* The name as it may stand in a line; copied only where it must be. NULL ptr: no memory. */
static struct flame_str clean(struct flame_str name, bool thread, struct flame_arena *arena)
{
    size_t i = 0;
    while (i < name.len && instead_of(name.ptr[i], thread) == name.ptr[i])
        i++;
    if (i == name.len)
        return name;
    char *copy = flame_arena_copy(arena, name);
    for (; copy && i < name.len; i++)
        copy[i] = instead_of(copy[i], thread);
    return (struct flame_str){ copy, name.len };
}

/* names     how a frame is written
 * threads   how it is written as the first of a line
 * text      the frames of the line before: "root;...;leaf"
 * ends      how much of text the first n frames take, with the ';' behind them */
static void write_lines(const struct line *lines, size_t count, const struct flame_str *names,
                        const struct flame_str *threads, char *text, size_t *ends,
                        struct flame_output *output)
{
    for (size_t i = 0; i < count; i++) {
        const struct line *line = &lines[i];
        size_t size = ends[line->prefix];
        for (uint32_t k = line->prefix; k < line->depth; k++) {
            struct flame_str name = (k ? names : threads)[line->ids[k]];
            if (name.len)
                memcpy(text + size, name.ptr, name.len);
            size += name.len;
            text[size++] = ';';
            ends[k + 1] = size;
        }
        flame_put(output, text, size ? size - 1 : 0);
        flame_put(output, " ", 1);
        flame_put_u64(output, line->weight);
        flame_put(output, "\n", 1);
    }
}

enum flame_status flame_write_folded(const struct flame_stacks *stacks, struct flame_output *output,
                                     struct flame_error *error)
{
    struct flame_arena arena;
    flame_arena_init(&arena, SIZE_MAX);
    size_t count = stacks->stack_count;
    /* One more of each than needed: an arena has no empty allocation. */
    struct flame_str *names = flame_arena_zalloc(&arena, stacks->frame_count + 1, sizeof *names);
    struct flame_str *threads =
        flame_arena_zalloc(&arena, stacks->frame_count + 1, sizeof *threads);
    struct line *lines = flame_arena_zalloc(&arena, count + 1, sizeof *lines);
    struct line *spare = flame_arena_zalloc(&arena, count + 1, sizeof *spare);
    bool ok = names && threads && lines && spare;
    for (size_t i = 0; ok && i < stacks->frame_count; i++) {
        struct flame_str name = stacks->frames[i].name;
        names[i] = clean(name, false, &arena);
        ok = !name.len || names[i].ptr;
    }
    uint32_t deepest = 0;
    size_t longest = 0;
    for (size_t i = 0; ok && i < count; i++) {
        const struct flame_stack *stack = &stacks->stacks[i];
        lines[i] = (struct line){ stacks->ids + stack->first, stack->depth, 0, stack->weight };
        size_t length = 0;
        for (uint32_t k = 0; k < stack->depth; k++)
            length += names[lines[i].ids[k]].len + 1;
        if (ok && stack->depth && !threads[lines[i].ids[0]].ptr) {
            struct flame_str *thread = &threads[lines[i].ids[0]];
            *thread = clean(stacks->frames[lines[i].ids[0]].name, true, &arena);
            ok = !thread->len || thread->ptr;
        }
        deepest = stack->depth > deepest ? stack->depth : deepest;
        longest = length > longest ? length : longest;
    }
    char *text = ok ? flame_arena_alloc(&arena, longest + 1) : NULL;
    size_t *ends = ok ? flame_arena_zalloc(&arena, (size_t)deepest + 1, sizeof *ends) : NULL;
    ok = text && ends;
    if (ok)
        write_lines(sort(lines, spare, count), count, names, threads, text, ends, output);
    flame_arena_deinit(&arena);
    return ok ? FLAME_OK
              : flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET,
                           "out of memory while sorting %zu stacks", count);
}
