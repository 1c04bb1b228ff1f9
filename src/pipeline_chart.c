/* pipeline_chart.c: samples summed by the nodes of a tree, and laid out one after the other.
 *
 * A chart is stacks in the order of time. Threads run at the same time, and their stacks would tear
 * each other into slivers; so each thread is a stretch of its own. Stacks' frames are shared with
 * the session, unless threads of one name have to be told apart. */
#include "fail.h"
#include "sum.h"
#include "vec.h"

#include <flamedata/session.h>
#include <flamedata/tree.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void flame_samples_weigh(const struct flame_samples *samples, const struct flame_tree *tree,
                         size_t event, uint64_t *self)
{
    for (size_t i = 0; i < tree->node_count; i++)
        self[i] = 0;
    for (size_t i = 0; i < samples->row_count; i++) {
        const struct flame_sample_row *row = &samples->rows[i];
        if (event != row->event && event != samples->event_count)
            continue;
        uint64_t *sum = &self[tree->ends[row->stack]];
        *sum = flame_sum(*sum, row->period);
    }
}

/* What is handed out, and the memory behind it. */
struct chart {
    struct flame_stacks stacks; /* first, so that a pointer to it is one to the chart */
    struct flame_frame *frames;
    char *names;
    uint32_t *ids;
    struct flame_stack *list;
};

/* A thread's own frame at the root: its name is at this place in names, and its number in the
 * chart. */
struct root {
    struct flame_frame frame;
    size_t at;
    uint32_t thread, number;
};

/* rows      of the counted event, by thread, those of one thread in order of time
 * ends      [threads]: where each thread's rows end
 * root_of   [threads]: the frame at the root of its stacks, UINT32_MAX if it has none
 * moved     by frame of the session: the chart's
 * first_of  by stack: where its frames are in ids, if it was put there for seen_by's thread */
struct charting {
    const struct flame_samples *samples;
    const struct flame_stacks *stacks;
    struct chart *chart;
    uint32_t *rows, *root_of, *moved, *first_of, *seen_by;
    size_t *ends, row_count;
    FLAME_VEC(struct root) roots;
    FLAME_VEC(char) names;
    FLAME_VEC(uint32_t) ids;
    FLAME_VEC(struct flame_stack) list;
};

static bool is_counted(const struct flame_samples *samples, const struct flame_sample_row *row)
{
    return samples->event == samples->event_count || samples->event == row->event;
}

static bool sort_rows(struct charting *c)
{
    const struct flame_samples *samples = c->samples;
    c->rows = malloc((samples->row_count + 1) * sizeof *c->rows);
    c->ends = calloc(samples->thread_count + 1, sizeof *c->ends);
    if (!c->rows || !c->ends)
        return false;
    for (size_t i = 0; i < samples->row_count; i++)
        if (is_counted(samples, &samples->rows[i]))
            c->ends[samples->rows[i].thread + 1]++;
    for (size_t t = 0; t < samples->thread_count; t++)
        c->ends[t + 1] += c->ends[t];
    /* Where a thread begins becomes where it ends, as its rows are put there. */
    for (size_t i = 0; i < samples->row_count; i++)
        if (is_counted(samples, &samples->rows[i]))
            c->rows[c->ends[samples->rows[i].thread]++] = (uint32_t)i;
    return true;
}

static size_t begin_of(const struct charting *c, size_t thread)
{
    return thread ? c->ends[thread - 1] : 0;
}

static const struct flame_stack *stack_of(const struct charting *c, size_t row)
{
    return &c->stacks->stacks[c->samples->rows[c->rows[row]].stack];
}

/* Give the thread a frame of its own: NAME-PID/TID. */
static bool put_root(struct charting *c, uint32_t thread)
{
    const struct flame_sample_thread *t = &c->samples->threads[thread];
    char ids[32];
    size_t length = (size_t)snprintf(ids, sizeof ids, "-%" PRId32 "/%" PRId32, t->pid, t->tid);
    struct root root = {
        { { NULL, t->name.len + length }, FLAME_FRAME_PROCESS, { 0 } }, c->names.count, thread, 0
    };
    if (!flame_vec_reserve(&c->names, root.frame.name.len) || !flame_vec_push(&c->roots, root))
        return false;
    if (t->name.len)
        memcpy(c->names.items + root.at, t->name.ptr, t->name.len);
    memcpy(c->names.items + root.at + t->name.len, ids, length);
    c->names.count += root.frame.name.len;
    return true;
}

/* Find the threads whose frame at the root is another's, too. */
static bool tell_apart(struct charting *c)
{
    size_t threads = c->samples->thread_count;
    uint32_t *uses = calloc(c->stacks->frame_count + 1, sizeof *uses);
    c->root_of = malloc((threads + 1) * sizeof *c->root_of);
    bool ok = uses && c->root_of;
    for (size_t t = 0; ok && t < threads; t++) {
        size_t begin = begin_of(c, t);
        bool any = begin < c->ends[t];
        c->root_of[t] = any ? c->stacks->ids[stack_of(c, begin)->first] : UINT32_MAX;
        if (any)
            uses[c->root_of[t]]++;
    }
    for (size_t t = 0; ok && t < threads; t++)
        if (c->root_of[t] != UINT32_MAX && uses[c->root_of[t]] > 1)
            ok = put_root(c, (uint32_t)t);
    free(uses);
    return ok;
}

static int compare_frames(const struct flame_frame *a, const struct flame_frame *b)
{
    int order = flame_str_compare(a->name, b->name);
    return order ? order : (int)a->kind - (int)b->kind;
}

static int by_frame(const void *a, const void *b)
{
    const struct root *x = a, *y = b;
    return compare_frames(&x->frame, &y->frame);
}

/* The session's frames and the new ones, in order; root_of becomes the chart's. */
static bool merge_frames(struct charting *c)
{
    size_t old = c->stacks->frame_count, count = 0;
    struct flame_frame *frames = c->chart->frames =
        malloc((old + c->roots.count + 1) * sizeof *frames);
    c->moved = malloc((old + 1) * sizeof *c->moved);
    if (!frames || !c->moved)
        return false;
    for (size_t i = 0; i < c->roots.count; i++)
        c->roots.items[i].frame.name.ptr = c->names.items + c->roots.items[i].at;
    if (c->roots.count)
        qsort(c->roots.items, c->roots.count, sizeof *c->roots.items, by_frame);
    for (size_t i = 0, r = 0; i < old || r < c->roots.count; count++) {
        const struct root *root = r < c->roots.count ? &c->roots.items[r] : NULL;
        int order = i == old ? 1 : root ? compare_frames(&c->stacks->frames[i], &root->frame) : -1;
        frames[count] = order <= 0 ? c->stacks->frames[i] : root->frame;
        if (order >= 0)
            c->roots.items[r++].number = (uint32_t)count;
        if (order <= 0)
            c->moved[i++] = (uint32_t)count;
    }
    for (size_t t = 0; t < c->samples->thread_count; t++)
        if (c->root_of[t] != UINT32_MAX)
            c->root_of[t] = c->moved[c->root_of[t]];
    for (size_t i = 0; i < c->roots.count; i++)
        c->root_of[c->roots.items[i].thread] = c->roots.items[i].number;
    c->chart->stacks.frames = frames;
    c->chart->stacks.frame_count = count;
    return true;
}

/* The frames of a stack, below the thread's. */
static bool put_ids(struct charting *c, const struct flame_stack *stack, uint32_t root)
{
    if (!flame_vec_reserve(&c->ids, stack->depth))
        return false;
    for (uint32_t i = 0; i < stack->depth; i++)
        c->ids.items[c->ids.count++] = i ? c->moved[c->stacks->ids[stack->first + i]] : root;
    return true;
}

static bool put_row(struct charting *c, const struct flame_sample_row *row, uint32_t root,
                    bool first)
{
    const struct flame_stack *stack = &c->stacks->stacks[row->stack];
    if (c->seen_by[row->stack] != row->thread + 1) {
        c->seen_by[row->stack] = row->thread + 1;
        c->first_of[row->stack] = (uint32_t)c->ids.count;
        if (!put_ids(c, stack, root))
            return false;
    }
    uint32_t at = c->first_of[row->stack];
    struct flame_stack *last = first ? NULL : &c->list.items[c->list.count - 1];
    if (last && last->first == at) {
        last->weight = flame_sum(last->weight, row->period);
        last->samples++;
        return true;
    }
    return flame_vec_push(&c->list, (struct flame_stack){ at, stack->depth, row->period, 1 });
}

/* Every thread's rows; FLAME_LIMIT when ids do not fit their numbers. */
static enum flame_status put_rows(struct charting *c)
{
    c->first_of = malloc((c->stacks->stack_count + 1) * sizeof *c->first_of);
    c->seen_by = calloc(c->stacks->stack_count + 1, sizeof *c->seen_by);
    if (!c->first_of || !c->seen_by)
        return FLAME_NOMEM;
    for (size_t t = 0; t < c->samples->thread_count; t++) {
        uint32_t root = c->root_of[t];
        for (size_t i = begin_of(c, t); i < c->ends[t]; i++) {
            if (c->ids.count > UINT32_MAX)
                return FLAME_LIMIT;
            if (!put_row(c, &c->samples->rows[c->rows[i]], root, i == begin_of(c, t)))
                return FLAME_NOMEM;
        }
    }
    return FLAME_OK;
}

static enum flame_status make(struct charting *c)
{
    enum flame_status status =
        sort_rows(c) && tell_apart(c) && merge_frames(c) ? put_rows(c) : FLAME_NOMEM;
    struct chart *chart = c->chart;
    chart->names = c->names.items;
    chart->ids = c->ids.items;
    chart->list = c->list.items;
    struct flame_stacks *out = &chart->stacks;
    out->ids = chart->ids;
    out->id_count = c->ids.count;
    out->stacks = chart->list;
    out->stack_count = c->list.count;
    out->unit = c->stacks->unit;
    out->event_name = c->stacks->event_name;
    out->total_weight = c->stacks->total_weight;
    out->total_samples = c->stacks->total_samples;
    free(c->rows);
    free(c->ends);
    free(c->root_of);
    free(c->moved);
    free(c->first_of);
    free(c->seen_by);
    flame_vec_free(&c->roots);
    return status;
}

struct flame_stacks *flame_samples_chart(const struct flame_samples *samples,
                                         const struct flame_stacks *stacks,
                                         struct flame_error *error)
{
    struct charting c = { .samples = samples, .stacks = stacks };
    c.chart = calloc(1, sizeof *c.chart);
    enum flame_status status = c.chart ? make(&c) : FLAME_NOMEM;
    if (status == FLAME_OK)
        return &c.chart->stacks;
    flame_fail(error, status, NULL, FLAME_NO_OFFSET,
               status == FLAME_LIMIT ? "more than 2^32 frames in the chart" : "out of memory");
    if (c.chart)
        flame_samples_chart_free(&c.chart->stacks);
    return NULL;
}

void flame_samples_chart_free(struct flame_stacks *stacks)
{
    struct chart *chart = (struct chart *)stacks;
    if (!chart)
        return;
    free(chart->frames);
    free(chart->names);
    free(chart->ids);
    free(chart->list);
    free(chart);
}
