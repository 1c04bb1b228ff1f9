/* rounds.c: a heap of waiting records, and pages for the bytes of those that would not last.
 *
 * A page is used again when the last record in it was handed out, so the memory is that of what
 * waits. */
#include "rounds.h"

#include <flamedata/limits.h>
#include <string.h>

enum { PAGE_SIZE = 1 << 20 };

/* waiting  how many records lie in it */
struct flame_round_page {
    struct flame_round_page *next;
    size_t cap, used, waiting;
    uint8_t bytes[];
};

void flame_rounds_init(struct flame_rounds *r)
{
    *r = (struct flame_rounds){ .most_bytes = (size_t)flame_limit_of(NULL, FLAME_LIMIT_WAITING) };
}

static void free_pages(struct flame_round_page *page)
{
    while (page) {
        struct flame_round_page *next = page->next;
        free(page);
        page = next;
    }
}

static void put_by(struct flame_rounds *r, struct flame_round_page *page)
{
    r->paged -= page->cap;
    page->next = r->spare;
    r->spare = page;
}

/* A record was handed out: its page may be empty now. */
static void let_go(struct flame_rounds *r, struct flame_round_page *page)
{
    if (!page)
        return;
    r->copies--;
    if (--page->waiting)
        return;
    page->used = 0;
    if (page != r->filling)
        put_by(r, page);
}

/* The page for size more bytes; one that is full is known to its records alone. */
static struct flame_round_page *page_for(struct flame_rounds *r, size_t size)
{
    struct flame_round_page *page = r->filling;
    if (page && size <= page->cap - page->used)
        return page;
    if (page && page->waiting == 0)
        put_by(r, page);
    page = r->spare;
    if (page && size <= page->cap) {
        r->spare = page->next;
    } else {
        size_t cap = size > PAGE_SIZE ? size : PAGE_SIZE;
        page = malloc(sizeof *page + cap);
        if (page)
            *page = (struct flame_round_page){ .cap = cap };
    }
    r->filling = page;
    r->paged += page ? page->cap : 0;
    return page;
}

static bool before(const struct flame_waiting *a, const struct flame_waiting *b)
{
    return flame_moment_before(a->record.when, b->record.when);
}

static void rise(struct flame_waiting *heap, size_t at)
{
    struct flame_waiting moved = heap[at];
    while (at && before(&moved, &heap[(at - 1) / 2])) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = moved;
}

/* Put last where the first was taken away; count is that of the others. */
static void sink(struct flame_waiting *heap, size_t count, struct flame_waiting last)
{
    size_t at = 0, child;
    while ((child = 2 * at + 1) < count) {
        if (child + 1 < count && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
}

enum flame_status flame_rounds_put(struct flame_rounds *r, const struct flame_pending *record,
                                   size_t size, bool copy)
{
    struct flame_waiting waiting = { *record, NULL };
    if (!flame_vec_reserve(&r->heap, 1) || (copy && !(waiting.page = page_for(r, size))))
        return FLAME_NOMEM;
    if (copy && record->bytes) {
        uint8_t *to = waiting.page->bytes + waiting.page->used;
        waiting.record.bytes = memcpy(to, record->bytes, size);
        waiting.page->used += size;
    }
    if (copy) {
        waiting.page->waiting++;
        r->copies++;
    }
    r->late += record->bytes && record->when.time_ns < r->early_ns;
    /* Into an empty queue a late record brings its own, earlier time: perf's list has no memory. */
    if (r->heap.count == 0 || record->when.time_ns > r->newest_ns)
        r->newest_ns = record->when.time_ns;
    flame_vec_push(&r->heap, waiting);
    rise(r->heap.items, r->heap.count - 1);
    return FLAME_OK;
}

static enum flame_status hand_out_first(struct flame_rounds *r, flame_round_taker *take, void *user)
{
    struct flame_waiting first = r->heap.items[0];
    if (--r->heap.count)
        sink(r->heap.items, r->heap.count, r->heap.items[r->heap.count]);
    enum flame_status status = take(user, &first.record);
    let_go(r, first.page);
    return status;
}

static enum flame_status hand_out(struct flame_rounds *r, flame_round_taker *take, void *user)
{
    enum flame_status status = FLAME_OK;
    while (status == FLAME_OK && r->heap.count &&
           r->heap.items[0].record.when.time_ns <= r->limit_ns)
        status = hand_out_first(r, take, user);
    return status;
}

enum flame_status flame_rounds_relieve(struct flame_rounds *r, flame_round_taker *take, void *user)
{
    enum flame_status status = FLAME_OK;
    while (status == FLAME_OK && r->heap.count &&
           r->paged + r->copies * sizeof *r->heap.items > r->most_bytes) {
        uint64_t time = r->heap.items[0].record.when.time_ns;
        r->early_ns = time > r->early_ns ? time : r->early_ns;
        status = hand_out_first(r, take, user);
    }
    return status;
}

enum flame_status flame_rounds_turn(struct flame_rounds *r, flame_round_taker *take, void *user)
{
    if (r->heap.count == 0)
        return FLAME_OK;
    enum flame_status status = hand_out(r, take, user);
    r->limit_ns = r->newest_ns;
    return status;
}

enum flame_status flame_rounds_until(struct flame_rounds *r, uint64_t time_ns,
                                     flame_round_taker *take, void *user)
{
    r->limit_ns = time_ns;
    return hand_out(r, take, user);
}

enum flame_status flame_rounds_end(struct flame_rounds *r, flame_round_taker *take, void *user)
{
    return flame_rounds_until(r, UINT64_MAX, take, user);
}

void flame_rounds_deinit(struct flame_rounds *r)
{
    for (size_t i = 0; i < r->heap.count; i++)
        let_go(r, r->heap.items[i].page);
    free_pages(r->spare);
    free(r->filling);
    flame_vec_free(&r->heap);
}
