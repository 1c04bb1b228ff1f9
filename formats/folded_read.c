/* folded_read.c: folded text to stacks.
 *
 * Each distinct name is kept once, in the order of appearance, and a stack is a row of their
 * numbers; at the end the names are sorted and numbered anew. Lines are often sorted, so that what
 * a line shares with the one before is not looked up again. Equal stacks are one, unless their
 * order matters. Memory grows with the distinct names and stacks; of the text nothing is kept.
 *
 * A line that is no folded stack is passed over and counted, and the first one is told with its
 * number. Does not decide what is drawn of the stacks. What a line is: folded_line.h. */
#include "fail.h"
#include "folded_line.h"
#include "hash.h"
#include "intern.h"
#include "sum.h"
#include "text_scan.h"

#include <flamedata/format.h>
#include <inttypes.h>

enum { SHOWN = 60 };

/* last, ends  the frames of the line before, and where each of them ends in it
 * path        their numbers
 * slots       by the hash of their frames: index into stacks + 1; 0: free */
struct flame_folded {
    struct flame_folded_options options;
    struct flame_intern names;
    FLAME_VEC(uint32_t) ids;
    FLAME_VEC(struct flame_stack) stacks;
    FLAME_VEC(uint64_t) before;
    struct flame_frame *frames;
    struct flame_str last;
    FLAME_VEC(size_t) ends;
    FLAME_VEC(uint32_t) path;
    uint32_t *slots;
    size_t slot_count;
    bool compared;
    struct flame_stacks result;
    struct flame_folded_report report;
};

static enum flame_status no_memory(struct flame_error *error)
{
    return flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET,
                      "out of memory while reading folded stacks");
}

/* How many bytes at the front of two texts are the same. */
static size_t shared_bytes(struct flame_str a, struct flame_str b)
{
    size_t least = a.len < b.len ? a.len : b.len, n = 0;
    for (uint64_t x, y; n + sizeof x <= least; n += sizeof x) {
        memcpy(&x, a.ptr + n, sizeof x);
        memcpy(&y, b.ptr + n, sizeof y);
        if (x != y)
            break;
    }
    while (n < least && a.ptr[n] == b.ptr[n])
        n++;
    return n;
}

/* Set path to the numbers of a stack's frames. False: no memory. */
static bool find_frames(struct flame_folded *f, struct flame_str stack)
{
    size_t shared = f->path.count ? shared_bytes(f->last, stack) : 0, kept = 0;
    while (kept < f->path.count && f->ends.items[kept] < shared) /* with the ';' behind it */
        kept++;
    f->path.count = f->ends.count = kept;
    size_t at = kept ? f->ends.items[kept - 1] + 1 : 0;
    struct flame_str rest = { stack.ptr + at, stack.len - at };
    for (bool more = true; more;) {
        const char *stop = memchr(rest.ptr, ';', rest.len);
        struct flame_str name = { rest.ptr, stop ? (size_t)(stop - rest.ptr) : rest.len };
        uint32_t id = flame_intern_add(&f->names, name);
        at += name.len;
        if (id == FLAME_INTERN_NONE || !flame_vec_push(&f->path, id) ||
            !flame_vec_push(&f->ends, at))
            return false;
        more = stop != NULL;
        flame_text_skip(&rest, name.len + more);
        at += more;
    }
    f->last = stack;
    return true;
}

static size_t slot_of(const struct flame_folded *f, const uint32_t *ids, size_t depth)
{
    size_t at = flame_hash(ids, depth * sizeof *ids) & (f->slot_count - 1);
    for (; f->slots[at]; at = (at + 1) & (f->slot_count - 1)) {
        const struct flame_stack *stack = &f->stacks.items[f->slots[at] - 1];
        if (stack->depth == depth &&
            memcmp(f->ids.items + stack->first, ids, depth * sizeof *ids) == 0)
            break;
    }
    return at;
}

static bool grow_slots(struct flame_folded *f)
{
    free(f->slots);
    f->slot_count = f->slot_count ? 2 * f->slot_count : 1024;
    f->slots = calloc(f->slot_count, sizeof *f->slots);
    for (size_t i = 0; f->slots && i < f->stacks.count; i++) {
        const struct flame_stack *stack = &f->stacks.items[i];
        f->slots[slot_of(f, f->ids.items + stack->first, stack->depth)] = (uint32_t)i + 1;
    }
    return f->slots != NULL;
}

static enum flame_status add_stack(struct flame_folded *f, const struct flame_folded_line *line,
                                   const char *path, struct flame_error *error)
{
    if (!find_frames(f, line->stack))
        return no_memory(error);
    size_t depth = f->path.count, slot = 0;
    bool merged = !f->options.in_order;
    if (merged && f->stacks.count >= f->slot_count / 2 && !grow_slots(f))
        return no_memory(error);
    if (merged)
        slot = slot_of(f, f->path.items, depth);
    if (merged && f->slots[slot]) {
        struct flame_stack *stack = &f->stacks.items[f->slots[slot] - 1];
        uint64_t *before = &f->before.items[f->slots[slot] - 1];
        stack->weight = stack->samples = flame_sum(stack->weight, line->weight);
        *before = flame_sum(*before, line->before);
        return FLAME_OK;
    }
    if (f->ids.count + depth > UINT32_MAX || f->stacks.count >= UINT32_MAX - 1)
        return flame_fail(error, FLAME_LIMIT, path, FLAME_NO_OFFSET,
                          "more than 2^32 frames in the distinct stacks");
    struct flame_stack stack = { (uint32_t)f->ids.count, (uint32_t)depth, line->weight,
                                 line->weight };
    if (!flame_vec_reserve(&f->ids, depth) || !flame_vec_push(&f->before, line->before) ||
        !flame_vec_push(&f->stacks, stack))
        return no_memory(error);
    memcpy(f->ids.items + f->ids.count, f->path.items, depth * sizeof *f->path.items);
    f->ids.count += depth;
    if (merged)
        f->slots[slot] = (uint32_t)f->stacks.count;
    return FLAME_OK;
}

/* Count a line that is no stack; the first one is remembered with its place. */
static void pass_over(struct flame_folded *f, struct flame_str line, uint64_t number,
                      enum flame_folded_verdict why, const char *path)
{
    if (f->report.passed_over++)
        return;
    size_t shown = line.len;
    while (shown && (line.ptr[shown - 1] == '\r' || line.ptr[shown - 1] == ' '))
        shown--;
    bool whole = shown <= SHOWN;
    flame_fail(&f->report.first_passed_over, FLAME_FORMAT, path, FLAME_NO_OFFSET,
               "line %" PRIu64 ": '%.*s%s' %s", number, (int)(whole ? shown : SHOWN), line.ptr,
               whole ? "" : "...",
               why == FLAME_FOLDED_TOO_LARGE
                   ? "ends in a number that is larger than 2^64"
                   : "does not end in a weight, as \"caller;callee 12\" does");
}

static enum flame_status read_text(struct flame_folded *f, const struct flame_text *text,
                                   struct flame_error *error)
{
    struct flame_str rest = { text->bytes, text->size };
    enum flame_status status = FLAME_OK;
    f->path.count = 0; /* the text that last is in may be gone */
    for (uint64_t number = 1; rest.len && status == FLAME_OK; number++) {
        struct flame_str bytes = flame_text_until(&rest, '\n');
        struct flame_folded_line line;
        enum flame_folded_verdict verdict = flame_folded_parse(bytes, &line);
        if (verdict == FLAME_FOLDED_BLANK)
            continue;
        if (verdict != FLAME_FOLDED_STACK) {
            pass_over(f, bytes, number, verdict, text->path);
            continue;
        }
        f->report.lines++;
        f->report.cut += line.cut;
        f->compared |= line.compared;
        status = add_stack(f, &line, text->path, error);
    }
    return status;
}

static enum flame_frame_kind kind_of(struct flame_str name)
{
#define X(kind, mark, word)                                                                        \
    if (*(mark) && flame_str_ends(name, mark))                                                     \
        return FLAME_FRAME_##kind;
    FLAME_FRAME_KINDS(X)
#undef X
    bool unknown = !name.len || (*name.ptr == '[' && name.ptr[name.len - 1] == ']');
    return unknown ? FLAME_FRAME_UNKNOWN : FLAME_FRAME_USER;
}

/* head  the first bytes, which decide most comparisons, as a number */
struct named {
    uint64_t head;
    struct flame_str name;
    uint32_t id;
};

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return x->head != y->head ? (x->head < y->head ? -1 : 1) : flame_str_compare(x->name, y->name);
}

/* Make frames of the names, sorted, and number the stacks' frames like them. */
static bool sort_frames(struct flame_folded *f)
{
    size_t count = f->names.strings.count;
    struct named *named = malloc((count + 1) * sizeof *named);
    uint32_t *rank = malloc((count + 1) * sizeof *rank);
    f->frames = calloc(count + 1, sizeof *f->frames);
    bool ok = named && rank && f->frames;
    for (size_t i = 0; ok && i < count; i++) {
        struct flame_str name = flame_intern_get(&f->names, (uint32_t)i);
        named[i] = (struct named){ 0, name, (uint32_t)i };
        for (size_t k = 0; k < sizeof named->head; k++)
            named[i].head = named[i].head << 8 | (k < name.len ? (unsigned char)name.ptr[k] : 0u);
    }
    if (ok)
        qsort(named, count, sizeof *named, by_name);
    for (size_t i = 0; ok && i < count; i++) {
        f->frames[i] = (struct flame_frame){ named[i].name, kind_of(named[i].name), { 0 } };
        rank[named[i].id] = (uint32_t)i;
    }
    for (size_t i = 0; ok && i < f->ids.count; i++)
        f->ids.items[i] = rank[f->ids.items[i]];
    free(named);
    free(rank);
    return ok;
}

static void turn_round(struct flame_folded *f)
{
    for (size_t a = 0, b = f->stacks.count; a + 1 < b; a++) {
        struct flame_stack stack = f->stacks.items[--b];
        uint64_t before = f->before.items[b];
        f->stacks.items[b] = f->stacks.items[a];
        f->before.items[b] = f->before.items[a];
        f->stacks.items[a] = stack;
        f->before.items[a] = before;
    }
}

static enum flame_status complete(struct flame_folded *f, const char *path,
                                  struct flame_error *error)
{
    if (!f->stacks.count && f->report.passed_over) {
        if (error)
            *error = f->report.first_passed_over;
        return FLAME_FORMAT;
    }
    uint64_t total = 0;
    for (size_t i = 0; i < f->stacks.count; i++)
        total = flame_sum(total, f->stacks.items[i].weight);
    if (!total)
        return flame_fail(error, FLAME_EMPTY, path, FLAME_NO_OFFSET, "%s",
                          !f->stacks.count ? "no stacks in it"
                          : f->report.cut  ? "all weights are less than 1; multiply them, and draw "
                                             "with --factor"
                                           : "all weights are 0");
    if (f->options.in_order && f->options.last_first)
        turn_round(f);
    if (!sort_frames(f))
        return no_memory(error);
    f->result = (struct flame_stacks){
        .frames = f->frames,
        .frame_count = f->names.strings.count,
        .ids = f->ids.items,
        .id_count = f->ids.count,
        .stacks = f->stacks.items,
        .stack_count = f->stacks.count,
        .unit = FLAME_UNIT_SAMPLES,
        .total_weight = total,
        .total_samples = total,
        .before = f->compared ? f->before.items : NULL,
    };
    return FLAME_OK;
}

struct flame_folded *flame_folded_read(const struct flame_text *texts, size_t count,
                                       const struct flame_folded_options *options,
                                       struct flame_error *error)
{
    struct flame_folded *f = calloc(1, sizeof *f);
    if (!f) {
        no_memory(error);
        return NULL;
    }
    f->options = *options;
    f->report.first_passed_over = (struct flame_error)FLAME_ERROR_INIT;
    flame_intern_init(&f->names);
    enum flame_status status = FLAME_OK;
    for (size_t i = 0; i < count && status == FLAME_OK; i++)
        status = read_text(f, &texts[i], error);
    if (status == FLAME_OK)
        status = complete(f, count ? texts[0].path : NULL, error);
    f->last = (struct flame_str){ 0 };
    flame_vec_free(&f->ends);
    flame_vec_free(&f->path);
    free(f->slots);
    f->slots = NULL;
    if (status == FLAME_OK)
        return f;
    flame_folded_free(f);
    return NULL;
}

const struct flame_stacks *flame_folded_stacks(const struct flame_folded *folded)
{
    return &folded->result;
}

const struct flame_folded_report *flame_folded_report(const struct flame_folded *folded)
{
    return &folded->report;
}

void flame_folded_free(struct flame_folded *f)
{
    if (!f)
        return;
    flame_intern_deinit(&f->names);
    flame_vec_free(&f->ids);
    flame_vec_free(&f->stacks);
    flame_vec_free(&f->before);
    flame_vec_free(&f->ends);
    flame_vec_free(&f->path);
    free(f->frames);
    free(f->slots);
    free(f);
}
