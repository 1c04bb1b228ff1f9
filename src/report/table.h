/* table.h: what the files that make and write tables share, and the pipeline's way to them. */
#ifndef FLAME_REPORT_TABLE_H
#define FLAME_REPORT_TABLE_H

#include <flamedata/report.h>

/* The keys that sort asks for, into the report. FLAME_OK or FLAME_USAGE. */
enum flame_status flame_report_parse_keys(const char *sort, struct flame_report *report,
                                          struct flame_error *error);

bool flame_report_has(const struct flame_report *report, enum flame_report_key key);

/* Put rows into the order that struct flame_report_event says. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_report_order(const struct flame_report *report,
                                     struct flame_report_row *rows, size_t count);

/* Share of all of the event's samples, by period; in percent. */
double flame_report_percent(const struct flame_report_event *event, struct flame_hits part);

/* How many rows are written, from the first one on. */
size_t flame_report_shown(const struct flame_report *report, const struct flame_report_event *event,
                          const struct flame_report_look *look);

const char *flame_report_heading(enum flame_report_key key);
const char *flame_report_word(enum flame_report_key key);

/* What a row has in a column of the text, safe for a terminal. */
void flame_report_put_cell(struct flame_output *out, const struct flame_report *report,
                           const struct flame_report_row *row, enum flame_report_key key,
                           bool full_paths);

/* "user", "kernel", "JIT", "inlined", "unknown" */
const char *flame_report_kind(enum flame_frame_kind kind);

#endif
