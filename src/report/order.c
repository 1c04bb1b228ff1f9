/* order.c: rows from the hottest down.
 *
 * Where weights are equal, perf's order: by the columns from left to right, what has a symbol
 * before what has none, and functions of one name, or addresses, ascending. The comparison is a
 * function of what rows say alone, so that no thread's turn shows. */
#include "table.h"

#include <stdlib.h>

struct ordered {
    const struct flame_report *report;
    struct flame_report_row row;
};

static int by_u64(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int by_i32(int32_t a, int32_t b)
{
    return a < b ? -1 : a > b;
}

/* What lies in no object comes last. */
static int by_dso(const struct flame_report_row *a, const struct flame_report_row *b)
{
    bool lost_a = flame_str_is(a->dso, "[unknown]"), lost_b = flame_str_is(b->dso, "[unknown]");
    if (lost_a != lost_b)
        return lost_a ? 1 : -1;
    int order = flame_str_compare(a->dso_name, b->dso_name);
    return order ? order : flame_str_compare(a->dso, b->dso);
}

static int by_symbol(const struct flame_report_row *a, const struct flame_report_row *b)
{
    if (a->unnamed != b->unnamed)
        return a->unnamed ? 1 : -1;
    if (a->unnamed && a->address != b->address)
        return by_u64(a->address, b->address);
    int order = flame_str_compare(a->symbol, b->symbol);
    if (order == 0)
        order = by_dso(a, b);
    if (order == 0)
        order = by_u64(a->start, b->start);
    return order ? order : by_i32((int32_t)a->kind, (int32_t)b->kind);
}

static int by_line(const struct flame_report_row *a, const struct flame_report_row *b)
{
    int order = flame_str_compare(a->file, b->file);
    if (order == 0)
        order = by_u64(a->line, b->line);
    return order ? order : by_dso(a, b);
}

static int by_key(const struct flame_report_row *a, const struct flame_report_row *b,
                  enum flame_report_key key)
{
    switch (key) {
    case FLAME_REPORT_COMM:
        return flame_str_compare(a->comm, b->comm);
    case FLAME_REPORT_PID:
        return by_i32(a->pid, b->pid);
    case FLAME_REPORT_TID:
        return by_i32(a->tid, b->tid);
    case FLAME_REPORT_DSO:
        return by_dso(a, b);
    case FLAME_REPORT_SYMBOL:
        return by_symbol(a, b);
    case FLAME_REPORT_SRCLINE:
        return by_line(a, b);
    case FLAME_REPORT_KEY_COUNT:
        break;
    }
    return 0;
}

static int by_heat(const void *left, const void *right)
{
    const struct ordered *x = left, *y = right;
    const struct flame_report_row *a = &x->row, *b = &y->row;
    if (x->report->callers && a->total.period != b->total.period)
        return by_u64(b->total.period, a->total.period);
    if (a->self.period != b->self.period)
        return by_u64(b->self.period, a->self.period);
    for (size_t i = 0; i < x->report->key_count; i++) {
        int order = by_key(a, b, x->report->keys[i]);
        if (order)
            return order;
    }
    return 0;
}

enum flame_status flame_report_order(const struct flame_report *report,
                                     struct flame_report_row *rows, size_t count)
{
    struct ordered *order = calloc(count ? count : 1, sizeof *order);
    if (!order)
        return FLAME_NOMEM;
    for (size_t i = 0; i < count; i++)
        order[i] = (struct ordered){ report, rows[i] };
    qsort(order, count, sizeof *order, by_heat);
    for (size_t i = 0; i < count; i++)
        rows[i] = order[i].row;
    free(order);
    return FLAME_OK;
}
