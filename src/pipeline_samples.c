/* pipeline_samples.c: each sample by itself, for who asks for them.
 *
 * While samples are counted, each is noted in 40 bytes: when, where, who, what it weighs, and 64
 * bits that stand for its raw stack. When raw stacks have become stacks, those bits are looked up,
 * and each worker's notes are put in order; then they are merged into what is handed out, from the
 * last one back, so that the notes' memory can be given back on the way.
 *
 * Invariant: notes of one sample's place in the file are one worker's, so that the order of all is
 * that of time and place, whoever took what. */
#include "pipeline.h"

#include "pool.h"

#include <stdio.h>

enum { GIVE_BACK = 1 << 14 };

enum flame_status flame_keeping_begin(struct flame_session *s)
{
    if (!s->options.keep_samples || s->counted_as != FLAME_COUNT_STACKS)
        return FLAME_OK;
    struct flame_keeping *k = s->keeping = calloc(1, sizeof *k);
    if (!k)
        return FLAME_NOMEM;
    flame_intern_init(&k->sources);
    k->parts = calloc(s->threads, sizeof *k->parts);
    return k->parts ? FLAME_OK : FLAME_NOMEM;
}

static void free_part(struct flame_noted_part *part)
{
    flame_vec_free(&part->rows);
    flame_vec_free(&part->stacks);
}

void flame_keeping_free(struct flame_session *s)
{
    struct flame_keeping *k = s->keeping;
    if (!k)
        return;
    for (size_t i = 0; k->parts && i < s->threads; i++)
        free_part(&k->parts[i]);
    free(k->parts);
    free(k->rows);
    flame_intern_deinit(&k->sources);
    free(k);
    s->keeping = NULL;
}

static struct flame_noted_source source_of(const struct flame_keeping *k, uint32_t id)
{
    struct flame_noted_source source;
    memcpy(&source, flame_intern_get(&k->sources, id).ptr, sizeof source);
    return source;
}

/* Stacks by the keys of their raw ones: open addressing. */
struct place {
    uint64_t key;
    uint32_t stack;
    bool used;
};

struct placing {
    struct flame_keeping *keeping;
    struct place *places;
    size_t mask;
};

static bool list_places(struct placing *p, const struct flame_session *s, const uint32_t *stack_of)
{
    size_t count = 1, slots = 2;
    for (size_t i = 0; i < s->threads; i++)
        count += p->keeping->parts[i].stacks.count;
    while (slots < 2 * count)
        slots *= 2;
    p->mask = slots - 1;
    p->places = calloc(slots, sizeof *p->places);
    for (size_t t = 0; p->places && t < s->threads; t++) {
        struct flame_noted_part *part = &p->keeping->parts[t];
        for (size_t i = 0; i < part->stacks.count; i++) {
            const struct flame_noted_stack *named = &part->stacks.items[i];
            size_t at = named->key & p->mask;
            while (p->places[at].used && p->places[at].key != named->key)
                at = (at + 1) & p->mask;
            p->places[at] = (struct place){ named->key, stack_of[named->node], true };
        }
        flame_vec_free(&part->stacks);
    }
    return p->places;
}

/* Every raw stack was listed, so that a place is found. */
static uint32_t stack_at(const struct placing *p, uint64_t key)
{
    size_t at = key & p->mask;
    while (p->places[at].used && p->places[at].key != key)
        at = (at + 1) & p->mask;
    return p->places[at].stack;
}

static int compare(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/* A sample that reads several counters is several, in one place. */
static int by_time(const void *a, const void *b)
{
    const struct flame_noted_sample *x = a, *y = b;
    int order = compare(x->time_ns, y->time_ns);
    if (order == 0)
        order = compare(x->position, y->position);
    if (order == 0)
        order = compare(x->source, y->source);
    return order ? order : compare(x->period, y->period);
}

static void place_part(void *user, size_t worker)
{
    const struct placing *p = user;
    struct flame_noted_part *part = &p->keeping->parts[worker];
    for (size_t i = 0; i < part->rows.count; i++)
        part->rows.items[i].key = stack_at(p, part->rows.items[i].key);
    if (part->rows.count)
        qsort(part->rows.items, part->rows.count, sizeof *part->rows.items, by_time);
}

enum flame_status flame_keeping_place(struct flame_session *s, const uint32_t *stack_of)
{
    struct placing p = { .keeping = s->keeping };
    if (!list_places(&p, s, stack_of))
        return FLAME_NOMEM;
    flame_pool_run(s->threads, place_part, &p);
    free(p.places);
    return FLAME_OK;
}

/* What the sources stand for, as it is handed out; UINT32_MAX: no sample is of it. */
struct numbers {
    uint32_t *thread, *event;
};

struct named_source {
    struct flame_sample_thread thread;
    uint32_t source;
};

static int by_thread(const void *a, const void *b)
{
    const struct flame_sample_thread *x = a, *y = b;
    int order = flame_str_compare(x->name, y->name);
    if (order == 0)
        order = x->pid < y->pid ? -1 : x->pid > y->pid;
    return order ? order : x->tid < y->tid ? -1 : x->tid > y->tid;
}

static int by_named_thread(const void *a, const void *b)
{
    const struct named_source *x = a, *y = b;
    return by_thread(&x->thread, &y->thread);
}

/* As perf calls it. ptr NULL: no memory. */
static struct flame_str name_of(struct flame_session *s, const struct flame_noted_source *source)
{
    char text[16];
    if (source->comm != FLAME_COMM_NONE)
        return flame_intern_get(&s->timeline.comms, source->comm);
    int length = snprintf(text, sizeof text, ":%d", source->tid);
    struct flame_str name = { text, (size_t)length };
    name.ptr = flame_arena_copy(&s->arena, name);
    return name;
}

/* Put the sources that samples are of in order, and their threads into the table. */
static bool number_threads(struct flame_session *s, struct numbers *n, struct named_source *named)
{
    struct flame_keeping *k = s->keeping;
    size_t count = 0;
    for (uint32_t i = 0; i < k->sources.strings.count; i++) {
        struct flame_noted_source source = source_of(k, i);
        if (n->thread[i] == UINT32_MAX)
            continue;
        struct flame_str name = name_of(s, &source);
        if (!name.ptr)
            return false;
        named[count++] = (struct named_source){ { name, source.pid, source.tid }, i };
    }
    struct flame_sample_thread *threads = flame_arena_zalloc(&s->arena, count + 1, sizeof *threads);
    if (!threads)
        return false;
    qsort(named, count, sizeof *named, by_named_thread);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || by_named_thread(&named[i - 1], &named[i]) != 0)
            threads[k->samples.thread_count++] = named[i].thread;
        n->thread[named[i].source] = (uint32_t)k->samples.thread_count - 1;
    }
    k->samples.threads = threads;
    return true;
}

/* Events as the verdict has them: those that have samples. */
static bool number_events(struct flame_session *s, struct numbers *n)
{
    struct flame_keeping *k = s->keeping;
    enum flame_unit *units = flame_arena_zalloc(&s->arena, s->groups.count, sizeof *units);
    uint32_t *number = flame_arena_zalloc(&s->arena, s->groups.count, sizeof *number);
    if (!units || !number)
        return false;
    for (size_t i = 0; i < s->groups.count; i++) {
        if (s->groups.items[i].samples == 0)
            continue;
        units[k->samples.event_count] = s->groups.items[i].unit;
        number[i] = (uint32_t)k->samples.event_count++;
    }
    for (uint32_t i = 0; i < k->sources.strings.count; i++)
        n->event[i] = number[source_of(k, i).event];
    k->samples.units = units;
    k->samples.events = s->verdict.events;
    k->samples.event = s->verdict.event;
    return true;
}

static bool number(struct flame_session *s, struct numbers *n)
{
    struct flame_keeping *k = s->keeping;
    size_t count = k->sources.strings.count + 1;
    n->thread = malloc(count * sizeof *n->thread);
    n->event = malloc(count * sizeof *n->event);
    struct named_source *named = malloc(count * sizeof *named);
    bool ok = n->thread && n->event && named;
    for (size_t i = 0; ok && i < count; i++)
        n->thread[i] = UINT32_MAX;
    for (size_t t = 0; ok && t < s->threads; t++)
        for (size_t i = 0; i < k->parts[t].rows.count; i++)
            n->thread[k->parts[t].rows.items[i].source] = 0;
    ok = ok && number_threads(s, n, named) && number_events(s, n);
    free(named);
    return ok;
}

/* The part with the last note of all; NULL: there are no more. */
static struct flame_noted_part *last_part(const struct flame_session *s)
{
    struct flame_noted_part *last = NULL;
    for (size_t t = 0; t < s->threads; t++) {
        struct flame_noted_part *part = &s->keeping->parts[t];
        if (part->rows.count && (!last || by_time(&part->rows.items[part->rows.count - 1],
                                                  &last->rows.items[last->rows.count - 1]) > 0))
            last = part;
    }
    return last;
}

static bool merge(struct flame_session *s, const struct numbers *n)
{
    struct flame_keeping *k = s->keeping;
    size_t count = 0;
    for (size_t t = 0; t < s->threads; t++)
        count += k->parts[t].rows.count;
    k->rows = malloc((count ? count : 1) * sizeof *k->rows);
    if (!k->rows)
        return false;
    k->samples.rows = k->rows;
    k->samples.row_count = count;
    while (count > 0) {
        struct flame_noted_part *part = last_part(s);
        const struct flame_noted_sample kept = part->rows.items[--part->rows.count];
        if (part->rows.count % GIVE_BACK == 0)
            flame_vec_fit(&part->rows);
        k->samples.has_cpu |= kept.cpu != UINT32_MAX;
        k->rows[--count] = (struct flame_sample_row){ .time_ns = kept.time_ns,
                                                      .period = kept.period,
                                                      .stack = (uint32_t)kept.key,
                                                      .thread = n->thread[kept.source],
                                                      .event = n->event[kept.source],
                                                      .cpu = kept.cpu };
    }
    return true;
}

enum flame_status flame_keeping_finish(struct flame_session *s)
{
    struct numbers n = { 0 };
    if (!s->keeping)
        return FLAME_OK;
    s->keeping->samples.has_time = s->timeline.timed;
    bool ok = number(s, &n) && merge(s, &n);
    for (size_t t = 0; t < s->threads; t++)
        free_part(&s->keeping->parts[t]);
    free(n.thread);
    free(n.event);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

const struct flame_samples *flame_session_samples(const struct flame_session *s)
{
    return s->keeping ? &s->keeping->samples : NULL;
}
