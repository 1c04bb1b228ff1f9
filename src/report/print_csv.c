/* print_csv.c: tables as comma-separated values, one line a row, of all events one below the other.
 *
 * Source: RFC 4180, but lines end as elsewhere on Linux. Names stand as they were recorded, but for
 * an apostrophe before those that a spreadsheet would take for a formula; where the output is a
 * terminal, its writer has to make them safe. */
#include "numbers.h"
#include "table.h"

#include <inttypes.h>

enum { PERCENT_DECIMALS = 6 };

/* Whether spreadsheets compute what begins so, also in full width; or it begins as what is said
 * below to be none. Source: OWASP, CSV injection. */
static bool is_formula(struct flame_str text)
{
    static const char first[] = "=+-@\t\r\n'";
    static const char *const wide[] = { "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
                                        "\xef\xbc\xa0" };
    if (text.len && memchr(first, text.ptr[0], sizeof first - 1))
        return true;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (flame_str_starts(text, wide[i]))
            return true;
    return false;
}

/* In quotes where it has to be. What could be a formula gets an apostrophe, and so does what begins
 * with one: who takes the first one away has the name. */
static void put_text(struct flame_output *out, struct flame_str text)
{
    bool quoted = false;
    const char *mark = is_formula(text) ? "'" : "";
    for (size_t i = 0; i < text.len && !quoted; i++)
        quoted = memchr("\",\r\n", text.ptr[i], 4) != NULL;
    if (!quoted) {
        flame_put_text(out, mark);
        flame_put_str(out, text);
        return;
    }
    flame_put_text(out, "\"");
    flame_put_text(out, mark);
    for (size_t i = 0; i < text.len; i++)
        flame_put(out, text.ptr[i] == '"' ? "\"\"" : &text.ptr[i], text.ptr[i] == '"' ? 2 : 1);
    flame_put_text(out, "\"");
}

static void put_hits(struct flame_output *out, const struct flame_report_event *event,
                     struct flame_hits hits)
{
    flame_put_text(out, ",");
    flame_put_decimal(out, flame_report_percent(event, hits), PERCENT_DECIMALS);
    flame_putf(out, ",%" PRIu64 ",%" PRIu64, hits.samples, hits.period);
}

static void put_header(struct flame_output *out, const struct flame_report *report)
{
    flame_put_text(out, "event");
    if (report->callers)
        flame_put_text(out, ",total_percent,total_samples,total_period");
    flame_put_text(out, ",self_percent,self_samples,self_period");
    flame_put_text(out, ",comm,pid,tid,dso,symbol,kind,start,address,file,line,trusted\n");
}

static void put_place(struct flame_output *out, const struct flame_report *report,
                      const struct flame_report_row *row)
{
    bool symbol = flame_report_has(report, FLAME_REPORT_SYMBOL);
    flame_put_text(out, ",");
    put_text(out, row->dso);
    flame_put_text(out, ",");
    if (symbol && !row->unnamed)
        put_text(out, row->symbol);
    flame_put_text(out, ",");
    if (symbol)
        flame_put_text(out, flame_report_kind(row->kind));
    flame_put_text(out, ",");
    if (row->start)
        flame_put_hex(out, row->start);
    flame_put_text(out, ",");
    if (row->unnamed && report->addresses)
        flame_put_hex(out, row->address);
    flame_put_text(out, ",");
    put_text(out, row->file);
    flame_put_text(out, ",");
    if (row->line)
        flame_putf(out, "%" PRIu32, row->line);
    flame_put_text(out, row->trusted ? ",true\n" : ",\n");
}

static void put_row(struct flame_output *out, const struct flame_report *report,
                    const struct flame_report_event *event, const struct flame_report_row *row)
{
    put_text(out, event->name);
    if (report->callers)
        put_hits(out, event, row->total);
    put_hits(out, event, row->self);
    flame_put_text(out, ",");
    put_text(out, row->comm);
    flame_put_text(out, ",");
    if (flame_report_has(report, FLAME_REPORT_PID))
        flame_putf(out, "%" PRId32, row->pid);
    flame_put_text(out, ",");
    if (flame_report_has(report, FLAME_REPORT_TID))
        flame_putf(out, "%" PRId32, row->tid);
    put_place(out, report, row);
}

enum flame_status flame_report_csv(const struct flame_report *report,
                                   const struct flame_report_look *look,
                                   struct flame_output *output)
{
    static const struct flame_report_look usual = { 0 };
    put_header(output, report);
    for (size_t i = 0; i < report->event_count; i++) {
        const struct flame_report_event *event = &report->events[i];
        size_t shown = flame_report_shown(report, event, look ? look : &usual);
        for (size_t r = 0; r < shown; r++)
            put_row(output, report, event, &event->rows[r]);
    }
    return FLAME_OK;
}
