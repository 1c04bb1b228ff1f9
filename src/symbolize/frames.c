/* frames.c: frame numbers, and what they stand for.
 *
 * Each loaded object takes a run of numbers: base for "somewhere in it", base + 1 + i for its
 * symbol i. So a number costs no table, and both directions are arithmetic. Inlined functions and
 * places with a source line get numbers one by one, each distinct one once. Several frames that
 * stand at one address are one number above all these, the index of a row.
 *
 * Numbers depend on which thread came first; nothing that leaves the library does. */
#include "symbolizer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEVERAL (UINT32_C(1) << 31)

void flame_frames_init(struct flame_symbolizer *s)
{
    struct flame_frame_numbers *n = &s->frames;
    atomic_init(&n->next, FLAME_FRAME_UNMAPPED + 1);
    pthread_mutex_init(&n->lock, NULL);
    flame_intern_init(&n->specials);
    flame_intern_init(&n->several);
    flame_arena_init(&n->rows, SIZE_MAX);
}

void flame_frames_deinit(struct flame_symbolizer *s)
{
    struct flame_frame_numbers *n = &s->frames;
    for (size_t i = 0; i < FLAME_FRAMES_CHUNKS; i++)
        free(n->chunks[i]);
    flame_intern_deinit(&n->specials);
    flame_intern_deinit(&n->several);
    flame_arena_deinit(&n->rows);
    flame_vec_free(&n->number_of);
    flame_vec_free(&n->runs);
    pthread_mutex_destroy(&n->lock);
}

enum flame_status flame_frames_reserve(struct flame_symbolizer *s, uint64_t count, uint32_t *base)
{
    uint64_t first = atomic_fetch_add(&s->frames.next, count);
    if (first + count > SEVERAL)
        return FLAME_NOMEM;
    *base = (uint32_t)first;
    return FLAME_OK;
}

/* The number of a special frame, a new one if need be. Under the lock. */
static enum flame_status number_special(struct flame_symbolizer *s,
                                        const struct flame_frame_special *special, uint32_t *frame)
{
    struct flame_frame_numbers *n = &s->frames;
    struct flame_str bytes = { (const char *)special, sizeof *special };
    uint32_t id = flame_intern_add(&n->specials, bytes);
    if (id == FLAME_INTERN_NONE)
        return FLAME_NOMEM;
    if (id == n->number_of.count) {
        uint32_t number;
        enum flame_status status = flame_frames_reserve(s, 1, &number);
        if (status != FLAME_OK || !flame_vec_push(&n->number_of, number))
            return FLAME_NOMEM;
    }
    *frame = n->number_of.items[id];
    return FLAME_OK;
}

/* Row ids[count] as one number. Under the lock. */
static enum flame_status number_row(struct flame_symbolizer *s, const uint32_t *ids, size_t count,
                                    uint32_t *number)
{
    struct flame_frame_numbers *n = &s->frames;
    struct flame_str bytes = { (const char *)ids, count * sizeof *ids };
    uint32_t known = (uint32_t)n->several.strings.count;
    uint32_t id = flame_intern_add(&n->several, bytes);
    if (id == FLAME_INTERN_NONE || id / FLAME_FRAMES_CHUNK >= FLAME_FRAMES_CHUNKS)
        return FLAME_NOMEM;
    *number = SEVERAL | id;
    if (id < known)
        return FLAME_OK;
    struct flame_frames **chunk = &n->chunks[id / FLAME_FRAMES_CHUNK];
    if (!*chunk && !(*chunk = calloc(FLAME_FRAMES_CHUNK, sizeof **chunk)))
        return FLAME_NOMEM;
    uint32_t *row = flame_arena_alloc(&n->rows, bytes.len);
    if (!row)
        return FLAME_NOMEM;
    (*chunk)[id % FLAME_FRAMES_CHUNK] = (struct flame_frames){ memcpy(row, ids, bytes.len), count };
    return FLAME_OK;
}

struct flame_frames flame_frames_of(const struct flame_symbolizer *s, const uint32_t *frames)
{
    if (!(*frames & SEVERAL))
        return (struct flame_frames){ frames, 1 };
    uint32_t id = *frames & ~SEVERAL;
    return s->frames.chunks[id / FLAME_FRAMES_CHUNK][id % FLAME_FRAMES_CHUNK];
}

/* More are never inlined into each other: what the limit of them can be set to. */
enum { INLINED_MOST = 4095 };

/* The frame of the i-th function at a place, 0 being the innermost; the last is the symbol's own.
 * Where it stands in its source is where the one inside it was inlined. Under the lock. */
static enum flame_status number_frame(struct flame_symbolizer *s,
                                      const struct flame_symbol_place *place,
                                      const struct flame_place_detail *detail, size_t i,
                                      uint32_t *frame)
{
    bool inlined = i < detail->inlined_count;
    struct flame_frame_special special = { .dso = place->dso, .symbol = place->frame };
    struct flame_line at = detail->line;
    if (i > 0)
        at = (struct flame_line){ detail->inlined[i - 1].call_file,
                                  detail->inlined[i - 1].call_line };
    if (!s->detail.lines || !at.file || !at.line)
        at = (struct flame_line){ 0 };
    if (!inlined && !at.file) {
        *frame = place->frame;
        return FLAME_OK;
    }
    if (inlined) {
        special.symbol = FLAME_FRAME_UNMAPPED;
        special.name = detail->inlined[i].name;
    }
    special.file = at.file;
    special.line = at.line;
    return number_special(s, &special, frame);
}

enum flame_status flame_symbolize(struct flame_symbolizer *s, const struct flame_symbol_query *q,
                                  uint32_t *frames)
{
    struct flame_symbol_place place;
    struct flame_place_detail detail = { 0 };
    enum flame_status status = flame_symbolize_place(s, q, &place);
    if (status == FLAME_OK)
        status = flame_symbolize_detail(s, &place, q->hurried, &detail);
    *frames = place.frame;
    if (status != FLAME_OK || (detail.inlined_count == 0 && !detail.line.file))
        return status;
    uint32_t ids[INLINED_MOST + 1];
    size_t count = 0;
    /* The outermost ones stay: they are what the others are parts of. */
    size_t first = detail.inlined_count > INLINED_MOST ? detail.inlined_count - INLINED_MOST : 0;
    pthread_mutex_lock(&s->frames.lock);
    for (size_t i = first; i <= detail.inlined_count && status == FLAME_OK; i++)
        status = number_frame(s, &place, &detail, i, &ids[count++]);
    if (status == FLAME_OK && count == 1)
        *frames = ids[0];
    else if (status == FLAME_OK)
        status = number_row(s, ids, count, frames);
    pthread_mutex_unlock(&s->frames.lock);
    return status;
}

static int by_base(const void *a, const void *b)
{
    const struct flame_frame_run *x = a, *y = b;
    return x->base < y->base ? -1 : x->base > y->base;
}

static struct flame_frame_special special_at(const struct flame_frame_numbers *n, uint32_t id)
{
    struct flame_frame_special special;
    memcpy(&special, flame_intern_get(&n->specials, id).ptr, sizeof special);
    return special;
}

enum flame_status flame_symbolizer_seal(struct flame_symbolizer *s)
{
    struct flame_frame_numbers *n = &s->frames;
    n->runs.count = 0;
    for (uint32_t i = 0; i < s->entries.count; i++) {
        const struct flame_symbol_entry *e = atomic_load(&s->entries.items[i]);
        if (e && atomic_load(&e->loaded) &&
            !flame_vec_push(&n->runs, (struct flame_frame_run){ e->base, i, FLAME_INTERN_NONE }))
            return FLAME_NOMEM;
    }
    for (uint32_t i = 0; i < n->number_of.count; i++)
        if (!flame_vec_push(&n->runs, (struct flame_frame_run){ n->number_of.items[i],
                                                                special_at(n, i).dso, i }))
            return FLAME_NOMEM;
    if (n->runs.count)
        qsort(n->runs.items, n->runs.count, sizeof *n->runs.items, by_base);
    return FLAME_OK;
}

/* The run that a frame belongs to; NULL for FLAME_FRAME_UNMAPPED. */
static const struct flame_frame_run *run_of(const struct flame_symbolizer *s, uint32_t frame)
{
    size_t low = 0, high = s->frames.runs.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->frames.runs.items[middle].base <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &s->frames.runs.items[low - 1] : NULL;
}

static const struct flame_symbol *symbol_at(const struct flame_symbolizer *s,
                                            const struct flame_frame_run *run, uint32_t frame)
{
    const struct flame_symbol_entry *e = atomic_load(&s->entries.items[run->dso]);
    const struct flame_symbols *symbols = flame_object_symbols(&e->object);
    return &symbols->list.items[frame - run->base - 1];
}

/* NOLINTNEXTLINE(misc-no-recursion): once: the frame of a special one is none */
struct flame_frame_facts flame_frame_describe(const struct flame_symbolizer *s, uint32_t frame)
{
    const struct flame_frame_run *run = run_of(s, frame);
    if (!run)
        return (struct flame_frame_facts){ FLAME_DSO_NONE, FLAME_FRAME_UNKNOWN, true, NULL };
    if (run->special != FLAME_INTERN_NONE) {
        uint32_t symbol = special_at(&s->frames, run->special).symbol;
        if (symbol != FLAME_FRAME_UNMAPPED)
            return flame_frame_describe(s, symbol);
        return (struct flame_frame_facts){ run->dso, FLAME_FRAME_INLINED, false, NULL };
    }
    const struct flame_dso *dso = flame_dso_at(s, run->dso);
    struct flame_frame_facts facts = { run->dso, FLAME_FRAME_USER, frame == run->base, NULL };
    if (!facts.unnamed)
        facts.symbol = symbol_at(s, run, frame)->name;
    if (flame_dso_is_kernel(dso))
        facts.kind = FLAME_FRAME_KERNEL;
    else if (dso->kind == FLAME_DSO_JIT || dso->kind == FLAME_DSO_JIT_COPY ||
             flame_dso_is_method(dso))
        facts.kind = FLAME_FRAME_JIT;
    else if (facts.unnamed)
        facts.kind = FLAME_FRAME_UNKNOWN;
    return facts;
}

/* What snprintf wrote of at most cap bytes. */
static size_t written(int n, size_t cap)
{
    return n < 0 ? 0 : (size_t)n < cap ? (size_t)n : cap - 1;
}

/* NOLINTNEXTLINE(misc-no-recursion): once: its frame is no special one */
static size_t show_special(const struct flame_symbolizer *s, uint32_t id, char *out, size_t cap)
{
    struct flame_frame_special special = special_at(&s->frames, id);
    size_t length = special.symbol == FLAME_FRAME_UNMAPPED
                        ? flame_inlined_show(special.name, out, cap)
                        : flame_frame_show(s, special.symbol, out, cap);
    if (!special.file)
        return length;
    struct flame_str file = flame_str_basename(flame_str_from(special.file));
    return length +
           written(snprintf(out + length, cap - length, " %.*s:%u",
                            (int)(file.len < 4096 ? file.len : 4096), file.ptr, special.line),
                   cap - length);
}

/* NOLINTNEXTLINE(misc-no-recursion): see show_special */
size_t flame_frame_show(const struct flame_symbolizer *s, uint32_t frame, char *out, size_t cap)
{
    const struct flame_frame_run *run = run_of(s, frame);
    if (run && run->special != FLAME_INTERN_NONE)
        return show_special(s, run->special, out, cap);
    if (run && frame != run->base)
        return flame_symbol_show(symbol_at(s, run, frame), out, cap);
    return flame_dso_show(run ? flame_dso_at(s, run->dso) : NULL, out, cap);
}

uint32_t flame_symbolizer_frames(const struct flame_symbolizer *s)
{
    return (uint32_t)atomic_load(&s->frames.next);
}
