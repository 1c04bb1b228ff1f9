/* print_json.c: tables as one JSON object. docs/formats/report-json.md is its schema.
 *
 * A member whose value is not known is left out. A row stands on one line, so that tools which know
 * lines, not JSON, get along. */
#include "table.h"
#include "verdict_json.h"

enum {
    SCHEMA = 1,
    PERCENT_DECIMALS = 6, /* of a table with a million samples each is told from the others */
};

struct writer {
    struct flame_json json;
    const struct flame_report *report;
    const struct flame_report_look *look;
};

static void put_hits(struct writer *w, const char *name, const struct flame_report_event *event,
                     struct flame_hits hits)
{
    struct flame_json *json = &w->json;
    flame_json_open(json, name, '{');
    flame_json_decimal(json, "percent", flame_report_percent(event, hits), PERCENT_DECIMALS);
    flame_json_u64(json, "samples", hits.samples);
    flame_json_u64(json, "period", hits.period);
    flame_json_close(json, '}');
}

/* Where in the code. */
static void put_place(struct writer *w, const struct flame_report_row *row)
{
    struct flame_json *json = &w->json;
    if (row->dso.len)
        flame_json_text(json, "dso", row->dso);
    if (flame_report_has(w->report, FLAME_REPORT_SYMBOL)) {
        if (!row->unnamed)
            flame_json_text(json, "symbol", row->symbol);
        flame_json_text(json, "kind", flame_str_from(flame_report_kind(row->kind)));
        if (row->start)
            flame_json_hex(json, "start", row->start);
        if (row->unnamed && w->report->addresses)
            flame_json_hex(json, "address", row->address);
    }
    if (row->file.len) {
        flame_json_text(json, "file", row->file);
        flame_json_u64(json, "line", row->line);
    }
    if (row->trusted)
        flame_json_bool(json, "trusted", true);
}

static void put_row(struct writer *w, const struct flame_report_event *event,
                    const struct flame_report_row *row)
{
    struct flame_json *json = &w->json;
    flame_json_open(json, NULL, '{');
    json->one_line = true;
    if (w->report->callers)
        put_hits(w, "total", event, row->total);
    put_hits(w, "self", event, row->self);
    if (flame_report_has(w->report, FLAME_REPORT_COMM))
        flame_json_text(json, "comm", row->comm);
    if (flame_report_has(w->report, FLAME_REPORT_PID))
        flame_json_signed(json, "pid", row->pid);
    if (flame_report_has(w->report, FLAME_REPORT_TID))
        flame_json_signed(json, "tid", row->tid);
    put_place(w, row);
    flame_json_close(json, '}');
    json->one_line = false;
}

static void put_event(struct writer *w, const struct flame_report_event *event)
{
    struct flame_json *json = &w->json;
    size_t shown = flame_report_shown(w->report, event, w->look);
    flame_json_open(json, NULL, '{');
    flame_json_text(json, "name", event->name);
    flame_json_text(json, "unit", flame_str_from(flame_json_unit(event->unit)));
    flame_json_u64(json, "samples", event->total.samples);
    flame_json_u64(json, "period", event->total.period);
    flame_json_u64(json, "rows_left_out", event->row_count - shown);
    flame_json_open(json, "rows", '[');
    for (size_t i = 0; i < shown; i++)
        put_row(w, event, &event->rows[i]);
    flame_json_close(json, ']');
    flame_json_close(json, '}');
}

enum flame_status flame_report_json(const struct flame_report *report,
                                    const struct flame_report_look *look,
                                    struct flame_output *output)
{
    static const struct flame_report_look usual = { 0 };
    struct writer w = { { .out = output }, report, look ? look : &usual };
    struct flame_json *json = &w.json;
    flame_json_open(json, NULL, '{');
    flame_json_u64(json, "schema", SCHEMA);
    flame_json_text(json, "recording", flame_str_from(report->path));
    flame_json_open(json, "sort", '[');
    for (size_t i = 0; i < report->key_count; i++)
        flame_json_text(json, NULL, flame_str_from(flame_report_word(report->keys[i])));
    flame_json_close(json, ']');
    flame_json_bool(json, "callers", report->callers);
    flame_json_open(json, "events", '[');
    for (size_t i = 0; i < report->event_count; i++)
        put_event(&w, &report->events[i]);
    flame_json_close(json, ']');
    if (report->verdict)
        flame_json_verdict(json, report->verdict, report->unit);
    flame_json_close(json, '}');
    flame_put_text(output, "\n");
    return FLAME_OK;
}
