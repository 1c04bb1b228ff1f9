/* print_text.c: tables as text, laid out as perf report --stdio does.
 *
 * Columns are as wide as what they hold, within reason: what is longer sticks out, nothing is cut.
 * The last column has no padding. Lines that are no rows begin with "#". */
#include "numbers.h"
#include "table.h"

#include <inttypes.h>

enum { PERCENT_WIDTH = 8, SAMPLES_WIDTH = 12, PERIOD_WIDTH = 14, MOST_WIDTH = 48 };

struct printer {
    struct flame_output *out;
    const struct flame_report *report;
    const struct flame_report_event *event;
    const struct flame_report_look *look;
    size_t shown, widths[FLAME_REPORT_KEY_COUNT];
};

static const char dots[] = "................................................";

/* Characters, not bytes, of a text that is UTF-8. */
static size_t width_of(struct flame_str text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.len; i++)
        width += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return width;
}

/* How wide a row's cell is; it is written to scratch, which grows. */
static size_t measure(const struct printer *p, struct flame_output *scratch,
                      const struct flame_report_row *row, enum flame_report_key key)
{
    size_t before = flame_output_bytes(scratch).len;
    flame_report_put_cell(scratch, p->report, row, key, p->look->full_paths);
    struct flame_str all = flame_output_bytes(scratch);
    return width_of((struct flame_str){ all.ptr + before, all.len - before });
}

static bool find_widths(struct printer *p)
{
    for (size_t k = 0; k < p->report->key_count; k++) {
        struct flame_output *scratch = flame_output_memory();
        enum flame_report_key key = p->report->keys[k];
        p->widths[k] = strlen(flame_report_heading(key));
        if (!scratch)
            return false;
        for (size_t i = 0; k + 1 < p->report->key_count && i < p->shown; i++) {
            size_t width = measure(p, scratch, &p->event->rows[i], key);
            if (width > p->widths[k])
                p->widths[k] = width < MOST_WIDTH ? width : MOST_WIDTH;
        }
        bool whole = !flame_output_failed(scratch);
        flame_output_discard(scratch);
        if (!whole)
            return false;
    }
    return true;
}

/* "# Samples: 843 of event 'cycles'", and what their periods add up to. */
static void put_head(const struct printer *p)
{
    const struct flame_report_event *event = p->event;
    flame_put_text(p->out, "# Samples: ");
    flame_put_grouped(p->out, event->total.samples);
    flame_put_text(p->out, " of event '");
    flame_put_safe(p->out, event->name, "");
    flame_put_text(p->out, "'\n");
    if (event->unit == FLAME_UNIT_NANOSECONDS) {
        flame_put_text(p->out, "# Time: ");
        flame_put_duration(p->out, event->total.period);
    } else {
        flame_put_text(p->out, "# Event count: ");
        flame_put_grouped(p->out, event->total.period);
    }
    flame_put_text(p->out, "\n#\n");
}

/* "# Unverified names: libfoo.so, libbar.so (--trust-paths)" */
static void put_unverified(struct flame_output *out, const struct flame_verdict *v)
{
    bool any = false;
    for (size_t i = 0; v && i < v->object_count; i++) {
        if (!v->objects[i].trusted)
            continue;
        flame_put_text(out, any ? ", " : "# Unverified names: ");
        flame_put_safe(out, flame_str_basename(v->objects[i].name), "");
        any = true;
    }
    flame_put_text(out, any ? " (--trust-paths)\n#\n" : "");
}

static bool is_number(enum flame_report_key key)
{
    return key == FLAME_REPORT_PID || key == FLAME_REPORT_TID;
}

/* One of the two lines above the rows: what columns are called, or dots below that. */
static void put_columns(const struct printer *p, bool dotted)
{
    struct flame_output *out = p->out;
    flame_put_text(out, "#");
    if (p->report->callers)
        flame_putf(out, " %*s ", PERCENT_WIDTH, dotted ? "........" : "Children");
    flame_putf(out, " %*s", PERCENT_WIDTH,
               dotted               ? "........"
               : p->report->callers ? "Self"
                                    : "Overhead");
    if (p->look->samples)
        flame_putf(out, "  %*s", SAMPLES_WIDTH, dotted ? "............" : "Samples");
    if (p->look->period)
        flame_putf(out, "  %*s", PERIOD_WIDTH, dotted ? ".............." : "Period");
    for (size_t k = 0; k < p->report->key_count; k++) {
        enum flame_report_key key = p->report->keys[k];
        int width = (int)p->widths[k], room = k + 1 < p->report->key_count ? width : 0;
        if (dotted)
            flame_putf(out, "  %.*s", width, dots);
        else
            flame_putf(out, "  %*s", is_number(key) ? width : -room, flame_report_heading(key));
    }
    flame_put_text(out, "\n");
}

/* perf's: from 5 percent on red, from 0.5 on green. */
static void put_percent(const struct printer *p, struct flame_hits part)
{
    double percent = flame_report_percent(p->event, part);
    const char *on = percent >= 5 ? "\033[31m" : percent >= 0.5 ? "\033[32m" : "";
    bool colour = p->look->colour && *on;
    flame_putf(p->out, "%s%*.2f%%%s", colour ? on : "", PERCENT_WIDTH, percent,
               colour ? "\033[m" : "");
}

static void put_row(const struct printer *p, const struct flame_report_row *row)
{
    struct flame_output *out = p->out;
    flame_put_text(out, " ");
    if (p->report->callers) {
        put_percent(p, row->total);
        flame_put_text(out, " ");
    }
    put_percent(p, row->self);
    if (p->look->samples)
        flame_putf(out, "  %*" PRIu64, SAMPLES_WIDTH, row->self.samples);
    if (p->look->period)
        flame_putf(out, "  %*" PRIu64, PERIOD_WIDTH, row->self.period);
}

static enum flame_status put_rows(const struct printer *p)
{
    struct flame_output *scratch = flame_output_memory();
    if (!scratch)
        return FLAME_NOMEM;
    for (size_t i = 0; i < p->shown; i++) {
        const struct flame_report_row *row = &p->event->rows[i];
        put_row(p, row);
        for (size_t k = 0; k < p->report->key_count; k++) {
            enum flame_report_key key = p->report->keys[k];
            bool last = k + 1 == p->report->key_count;
            size_t width = last && !is_number(key) ? 0 : measure(p, scratch, row, key);
            int pad = width < p->widths[k] ? (int)(p->widths[k] - width) : 0;
            flame_putf(p->out, "  %*s", is_number(key) ? pad : 0, "");
            flame_report_put_cell(p->out, p->report, row, key, p->look->full_paths);
            flame_putf(p->out, "%*s", is_number(key) || last ? 0 : pad, "");
        }
        flame_put_text(p->out, "\n");
    }
    bool whole = !flame_output_failed(scratch);
    flame_output_discard(scratch);
    return whole ? FLAME_OK : FLAME_NOMEM;
}

static void put_rest(const struct printer *p)
{
    if (p->shown == p->event->row_count)
        return;
    flame_put_text(p->out, "# ");
    flame_put_grouped(p->out, p->event->row_count - p->shown);
    flame_put_text(p->out, p->event->row_count - p->shown == 1 ? " more row\n" : " more rows\n");
}

enum flame_status flame_report_text(const struct flame_report *report,
                                    const struct flame_report_look *look,
                                    struct flame_output *output)
{
    static const struct flame_report_look usual = { 0 };
    put_unverified(output, report->verdict);
    for (size_t i = 0; i < report->event_count; i++) {
        struct printer p = { output, report, &report->events[i], look ? look : &usual, 0, { 0 } };
        p.shown = flame_report_shown(report, p.event, p.look);
        if (!find_widths(&p))
            return FLAME_NOMEM;
        flame_put_text(output, i ? "\n" : "");
        put_head(&p);
        put_columns(&p, false);
        put_columns(&p, true);
        flame_put_text(output, "#\n");
        if (put_rows(&p) != FLAME_OK)
            return FLAME_NOMEM;
        put_rest(&p);
    }
    return FLAME_OK;
}
