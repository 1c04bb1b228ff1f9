/* folded.c: stacks as lines of text, "root;...;leaf weight".
 *
 * Stacks are put in order by a merge sort that remembers, for each stack, how many frames it shares
 * with the one before (its prefix). Two stacks that share different prefixes with the last one
 * taken are thereby ordered without looking at a frame, so the whole sort reads each frame about
 * once; and a line is made from the line before by replacing what follows the prefix. Worst case:
 * stacks * log(stacks) + frames, whatever the input.
 *
 * Lines are ordered by their frames' names, frame by frame; frames are sorted, so ids compare as
 * names do. Names are cleaned once per frame, not per line. Frames that are spelled the same, as a
 * function that is inlined here and called there, take the id of the first of them; so stacks that
 * differ in nothing else become neighbours, and one line.
 * Source of the sort: Ng and Kakehi, "Merging string sequences by longest common prefixes", 2008.
 */
#include "fail.h"
#include "intern.h"
#include "sum.h"

#include <flamedata/format.h>
#include <stdlib.h>

/* prefix  frames shared with the stack before this one in its run; 0 for the first of a run */
struct line {
    const uint32_t *ids;
    uint32_t depth, prefix;
    uint64_t weight, before;
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

static bool is_blank(char c)
{
    return c == ' ' || c == 0 || (c >= '\t' && c <= '\r');
}

/* The blank before a number that the name ends in, which would be read as a weight, or the first of
 * a name of nothing but blanks, which would be no frame; name.len: there is none. */
static size_t find_weight(struct flame_str name)
{
    size_t at = name.len;
    while (at && is_blank(name.ptr[at - 1]))
        at--;
    if (at == 0)
        return 0;
    size_t end = at;
    while (at && (name.ptr[at - 1] == '.' || (name.ptr[at - 1] >= '0' && name.ptr[at - 1] <= '9')))
        at--;
    return at && at < end && is_blank(name.ptr[at - 1]) ? at - 1 : name.len;
}

/* The name as it may stand in a line; copied only where it must be. NULL ptr: no memory. */
static struct flame_str clean(struct flame_str name, bool thread, struct flame_arena *arena)
{
    size_t i = 0, weight = find_weight(name);
    if (!name.len)
        return (struct flame_str){ "", 0 };
    while (i < weight && instead_of(name.ptr[i], thread) == name.ptr[i])
        i++;
    if (i == name.len)
        return name;
    char *copy = flame_arena_copy(arena, name);
    for (; copy && i < name.len; i++)
        copy[i] = i == weight ? '_' : instead_of(name.ptr[i], thread);
    return (struct flame_str){ copy, name.len };
}

/* What the lines are made of.
 *
 * names, threads   [frames] how a frame is written; how it is as the first of a line, where it is
 * compared  lines carry what their stacks weighed before
 * deepest, longest  most frames of a line; most bytes, with a ';' for each frame */
struct folding {
    struct flame_arena arena;
    struct flame_str *names, *threads;
    size_t frames;
    struct line *lines;
    size_t count;
    uint32_t deepest;
    size_t longest;
    bool compared;
};

/* For each of names[count] the first that is equal to it, into first[count]; those without a ptr
 * are passed over. *differ: some are not the first. False: no memory. */
static bool find_equals(const struct flame_str *names, size_t count, uint32_t *first, bool *differ)
{
    struct flame_intern table;
    FLAME_VEC(uint32_t) firsts = { 0 };
    bool ok = true;
    flame_intern_init(&table);
    for (size_t i = 0; ok && i < count; i++) {
        if (!names[i].ptr)
            continue;
        uint32_t id = flame_intern_add(&table, names[i]);
        ok = id != FLAME_INTERN_NONE && (id < firsts.count || flame_vec_push(&firsts, (uint32_t)i));
        first[i] = ok ? firsts.items[id] : 0;
        *differ |= first[i] != i;
    }
    flame_vec_free(&firsts);
    flame_intern_deinit(&table);
    return ok;
}

/* Where frames are spelled the same, give the lines ids of their own, by which these are one.
 * False: no memory. */
static bool unite(struct folding *f)
{
    uint32_t *first = flame_arena_zalloc(&f->arena, f->frames + 1, sizeof *first);
    uint32_t *root = flame_arena_zalloc(&f->arena, f->frames + 1, sizeof *root);
    bool differ = false;
    size_t all = 0;
    if (!first || !root || !find_equals(f->names, f->frames, first, &differ) ||
        !find_equals(f->threads, f->frames, root, &differ))
        return false;
    if (!differ)
        return true;
    for (size_t i = 0; i < f->count; i++)
        all += f->lines[i].depth;
    uint32_t *ids = flame_arena_zalloc(&f->arena, all + 1, sizeof *ids);
    if (!ids)
        return false;
    for (size_t i = 0; i < f->count; i++) {
        struct line *line = &f->lines[i];
        for (uint32_t k = 0; k < line->depth; k++)
            ids[k] = (k ? first : root)[line->ids[k]];
        line->ids = ids;
        ids += line->depth;
    }
    return true;
}

static bool prepare(struct folding *f, const struct flame_stacks *stacks)
{
    f->frames = stacks->frame_count;
    f->count = stacks->stack_count;
    f->compared = stacks->before != NULL;
    /* One more of each than needed: an arena has no empty allocation. */
    f->names = flame_arena_zalloc(&f->arena, f->frames + 1, sizeof *f->names);
    f->threads = flame_arena_zalloc(&f->arena, f->frames + 1, sizeof *f->threads);
    f->lines = flame_arena_zalloc(&f->arena, f->count + 1, sizeof *f->lines);
    bool ok = f->names && f->threads && f->lines;
    for (size_t i = 0; ok && i < f->frames; i++) {
        f->names[i] = clean(stacks->frames[i].name, false, &f->arena);
        ok = f->names[i].ptr;
    }
    for (size_t i = 0; ok && i < f->count; i++) {
        const struct flame_stack *stack = &stacks->stacks[i];
        const uint32_t *ids = stacks->ids + stack->first;
        size_t length = 0;
        uint64_t before = stacks->before ? stacks->before[i] : 0;
        f->lines[i] = (struct line){ ids, stack->depth, 0, stack->weight, before };
        for (uint32_t k = 0; k < stack->depth; k++)
            length += f->names[ids[k]].len + 1;
        if (stack->depth && !f->threads[*ids].ptr) {
            bool thread = stacks->frames[*ids].kind == FLAME_FRAME_PROCESS;
            f->threads[*ids] = clean(stacks->frames[*ids].name, thread, &f->arena);
            ok = f->threads[*ids].ptr;
        }
        f->deepest = stack->depth > f->deepest ? stack->depth : f->deepest;
        f->longest = length > f->longest ? length : f->longest;
    }
    return ok && unite(f);
}

/* Lines that are equal stand together, and are written as one. False: no memory. */
static bool write_lines(struct folding *f, struct flame_output *output)
{
    struct line *spare = flame_arena_zalloc(&f->arena, f->count + 1, sizeof *spare);
    /* The frames of the line before, "root;...;leaf;", and how much of it the first n take. */
    char *text = flame_arena_alloc(&f->arena, f->longest + 1);
    size_t *ends = flame_arena_zalloc(&f->arena, (size_t)f->deepest + 1, sizeof *ends);
    if (!spare || !text || !ends)
        return false;
    const struct line *line = sort(f->lines, spare, f->count), *end = line + f->count;
    while (line < end) {
        uint64_t weight = line->weight, before = line->before;
        uint32_t depth = line->depth;
        size_t size = ends[line->prefix];
        for (uint32_t k = line->prefix; k < depth; k++) {
            struct flame_str name = (k ? f->names : f->threads)[line->ids[k]];
            memcpy(text + size, name.ptr, name.len);
            size += name.len;
            text[size++] = ';';
            ends[k + 1] = size;
        }
        for (line++; line < end && line->depth == depth && line->prefix == depth; line++)
            weight = flame_sum(weight, line->weight), before = flame_sum(before, line->before);
        flame_put(output, text, size ? size - 1 : 0);
        flame_put(output, " ", 1);
        if (f->compared) {
            flame_put_u64(output, before);
            flame_put(output, " ", 1);
        }
        flame_put_u64(output, weight);
        flame_put(output, "\n", 1);
    }
    return true;
}

enum flame_status flame_write_folded(const struct flame_stacks *stacks, struct flame_output *output,
                                     struct flame_error *error)
{
    struct folding f = { 0 };
    flame_arena_init(&f.arena, SIZE_MAX);
    bool ok = prepare(&f, stacks) && write_lines(&f, output);
    flame_arena_deinit(&f.arena);
    return ok ? FLAME_OK
              : flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET,
                           "out of memory while sorting %zu stacks", stacks->stack_count);
}
