/* html_table.h: a function's table on the page: what is known of it before its rows are written.
 *
 * A browser lays out only those of the table's parts that are near the window; so every row has the
 * same height, and every part says how many it has of which kind. */
#ifndef FLAME_ANNOTATE_HTML_TABLE_H
#define FLAME_ANNOTATE_HTML_TABLE_H

#include "html.h"
#include "lanes.h"
#include "marks.h"

enum {
    FLAME_HTML_LANE_PX = 7,
    FLAME_HTML_ARROW_PX = 16,
    FLAME_HTML_CHAIN_NAME = 36, /* columns of a name in a row of inlined functions */
};

/* rows, marks  of the instructions
 * event        the one whose column is marked: the first with hits of the function
 * percent      columns of text: of one event's percentages
 * lead         of all columns before the address; address, bytes: of these
 * text         of the longest code or source
 * hottest      percentage of the hottest instruction, of event */
struct flame_html_table {
    const struct flame_html *html;
    const struct flame_annotated *function;
    size_t index;
    struct flame_lane_row *rows;
    struct flame_mark *marks;
    unsigned lanes;
    size_t event, percent, lead, address, bytes, text;
    double hottest;
};

/* Work out the columns' widths and hottest from the rest. */
void flame_html_measure(struct flame_html_table *table);

/* Columns of "scan.c:7". */
size_t flame_html_label(const struct flame_html *html, const struct flame_source_file *file,
                        uint32_t line);

/* The text of an instruction's line as far as it is shown; empty: it is not here. *cut: there is
 * more of it. */
struct flame_str flame_html_source(const struct flame_instruction *in, bool *cut);

#endif
