/* html_listing.c: a function as a table: instructions, source lines between them, bands where code
 * was inlined, arrows.
 *
 * Closing tags that HTML does without are left out: there may be a hundred thousand rows. */
#include "html_table.h"

#include "numbers.h"
#include "short_name.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    PART = 256,  /* instructions in a part of the table */
    DEEPEST = 8, /* functions inlined into each other that are told apart */
    ROW_PX = 20,
};

static void put(const struct flame_html_table *l, const char *text)
{
    flame_put_text(l->html->out, text);
}

static bool has_line(const struct flame_html_table *l, size_t i)
{
    return l->marks[i].line && !l->html->look->no_source;
}

/* The gutter's cell: lanes of arrows that pass by as classes, those that begin or end here as a
 * drawing. */
static void put_gutter(const struct flame_html_table *l, const struct flame_lane_row *row,
                       unsigned passing)
{
    put(l, passing ? "<td class=\"g" : "<td class=g>");
    for (unsigned lane = 0; lane < FLAME_LANES; lane++)
        if (passing >> lane & 1)
            flame_putf(l->html->out, " v%u", lane);
    put(l, passing ? "\">" : "");
    if (!row || !row->ends)
        return;
    unsigned width = l->lanes * FLAME_HTML_LANE_PX + FLAME_HTML_ARROW_PX, tip = width - 3;
    flame_putf(l->html->out, "<svg width=%u height=%d><path d=\"", width, ROW_PX);
    for (unsigned lane = 0; lane < l->lanes; lane++) {
        unsigned bit = 1u << lane, x = width - FLAME_HTML_ARROW_PX - lane * FLAME_HTML_LANE_PX;
        if (!(row->ends & bit))
            continue;
        if (row->up & row->down & bit) /* in the midst of an arrow with several tails */
            flame_putf(l->html->out, "M%u.5 0V%dM%u.5 %dH%u", x, ROW_PX, x, ROW_PX / 2, tip);
        else
            flame_putf(l->html->out, "M%u.5 %dV%dq0 %s 3 %sH%u", x, row->up & bit ? 0 : ROW_PX,
                       row->up & bit ? ROW_PX / 2 - 3 : ROW_PX / 2 + 3, row->up & bit ? "3" : "-3",
                       row->up & bit ? "3" : "-3", tip);
        if (row->heads & bit)
            flame_putf(l->html->out, "m-5-3 5 3-5 3");
    }
    put(l, "\"/></svg>");
}

/* Left cell, no bytes, gutter and the text's cell of a row that is no instruction, before i. */
static void put_side(const struct flame_html_table *l, const char *kind,
                     const struct flame_source_file *file, uint32_t line, size_t i, size_t depth)
{
    struct flame_output *out = l->html->out;
    flame_putf(out, "<tr class=%s><td class=w", kind);
    if (file && flame_html_label(l->html, file, line) > l->lead + l->address - 2) {
        put(l, " title=\"");
        flame_html_text(out, file->name);
        put(l, "\"");
    }
    put(l, ">");
    if (file) {
        flame_html_text(out, flame_html_file(l->html, file));
        if (line)
            flame_putf(out, ":%" PRIu32, line);
    }
    put(l, "<td class=x>");
    put_gutter(l, NULL, l->rows[i].up);
    flame_putf(out, "<td class=\"t d%zu\">", depth < DEEPEST ? depth : DEEPEST);
}

static void put_chain(const struct flame_html_table *l, size_t i)
{
    const struct flame_instruction *in = &l->function->instructions[i];
    const struct flame_mark *mark = &l->marks[i];
    const struct flame_inlined_at *outer = &in->inlined[mark->begins - 1];
    struct flame_str names[FLAME_MARK_NAMES];
    size_t count = flame_mark_names(mark, in, names);
    put_side(l, "n", outer->call, outer->call_line, i, in->inlined_count - mark->begins + 1);
    put(l, "<span>inlined</span>");
    for (size_t n = 0; n < count; n++) {
        put(l, n ? " \xe2\x86\x92 " : " ");
        if (names[n].len)
            flame_html_name(l->html->out, names[n], FLAME_HTML_CHAIN_NAME, true);
        else
            put(l, "\xe2\x80\xa6");
    }
    put(l, "\n");
}

static void put_origin(const struct flame_html_table *l, size_t i)
{
    const struct flame_instruction *in = &l->function->instructions[i];
    bool cut;
    if (l->marks[i].begins)
        put_chain(l, i);
    if (!has_line(l, i))
        return;
    put_side(l, "s", in->source, in->line, i, in->inlined_count);
    flame_html_text(l->html->out, flame_html_source(in, &cut));
    put(l, cut ? "\xe2\x80\xa6\n" : "\n");
}

/* Behind the code: where it comes from, if that is asked for, or no row says it. */
static void put_place(const struct flame_html_table *l, size_t i)
{
    const struct flame_instruction *in = &l->function->instructions[i];
    const struct flame_annotate_look *look = l->html->look;
    if (!in->source || in->line == 0)
        return;
    if (look->print_line && flame_html_is_hit(l->html, in->hits))
        put(l, "<em class=l>  ");
    else if (l->marks[i].place && !look->no_source)
        put(l, "<em class=\"l o\">  ");
    else
        return;
    flame_html_text(l->html->out, flame_html_file(l->html, in->source));
    flame_putf(l->html->out, ":%" PRIu32 "</em>", in->line);
}

static void put_numbers(const struct flame_html_table *l, const struct flame_instruction *in)
{
    const struct flame_html *html = l->html;
    const struct flame_annotation *a = html->annotation;
    for (size_t e = 0; e < a->event_count; e++) {
        bool hit = in->hits[e].samples || in->hits[e].period;
        put(l, e == l->event ? "<td class=\"p on\">" : "<td class=p>");
        if (hit)
            flame_html_percent(html->out, flame_percent(html->look->percent, in->hits[e],
                                                        l->function->total[e], a->events[e].total));
        put(l, html->look->samples ? "<td class=m>" : "");
        if (html->look->samples && hit)
            flame_put_grouped(html->out, in->hits[e].samples);
        put(l, html->look->period ? "<td class=\"m wide\">" : "");
        if (html->look->period && hit)
            flame_put_grouped(html->out, in->hits[e].period);
    }
    if (!l->function->has_branches)
        return;
    put(l, "<td class=m");
    if (in->mispredicted) {
        put(l, " title=\"");
        flame_put_grouped(html->out, in->mispredicted);
        put(l, " not foreseen\"");
    }
    put(l, ">");
    if (in->taken)
        flame_put_grouped(html->out, in->taken);
    put(l, "<td class=m");
    if (in->cycles)
        flame_putf(html->out, " title=\"%" PRIu64 " to %" PRIu64 "\"", in->least_cycles,
                   in->most_cycles);
    put(l, ">");
    if (in->cycles)
        flame_put_grouped(html->out, in->cycles);
    put(l, "<td class=m>");
    if (in->ipc > 0)
        flame_html_percent(html->out, in->ipc);
}

/* How hot: from 5 and 0.5 percent on, as perf annotate colours its lines. */
static void put_heat(const struct flame_html_table *l, const struct flame_instruction *in)
{
    if (!flame_html_is_hit(l->html, in->hits))
        return;
    double percent = flame_html_local(l->html, l->function, in->hits);
    flame_putf(l->html->out, " class=h%d %s=--b:%u",
               percent >= 5     ? 3
               : percent >= 0.5 ? 2
                                : 1,
               l->html->style, l->hottest > 0 ? (unsigned)(100 * percent / l->hottest + 0.5) : 0);
    flame_html_hits(l->html, in->hits);
}

static void put_instruction(const struct flame_html_table *l, size_t i)
{
    const struct flame_html *html = l->html;
    const struct flame_instruction *in = &l->function->instructions[i];
    const struct flame_lane_row *row = &l->rows[i];
    char id[FLAME_HTML_ID];
    flame_html_id(id, l->index, in->address);
    flame_putf(html->out, "<tr id=%s", id);
    put_heat(l, in);
    put(l, ">");
    put_numbers(l, in);
    flame_putf(html->out, "<td class=a>%" PRIx64 "<td class=x>", in->address);
    for (uint32_t n = 0; n < in->size && html->bytes; n++)
        flame_putf(html->out, n ? " %02x" : "%02x", in->bytes[n]);
    put_gutter(l, row, row->up & row->down & ~(unsigned)row->ends);
    flame_putf(html->out, "<td class=\"t d%zu\">",
               in->inlined_count < DEEPEST ? in->inlined_count : DEEPEST);
    bool jumps = in->jump < l->function->instruction_count;
    if (jumps)
        flame_html_id(id, l->index, l->function->instructions[in->jump].address);
    flame_html_code(html->out, in, jumps ? id : NULL, row->lane);
    put_place(l, i);
    put(l, "\n");
}

static void put_heads(const struct flame_html_table *l)
{
    const struct flame_html *html = l->html;
    put(l, "<thead><tr>");
    for (size_t e = 0; e < html->annotation->event_count; e++) {
        struct flame_str name = html->annotation->events[e].name;
        put(l, e == l->event ? "<th scope=col class=\"p on\" title=\""
                             : "<th scope=col class=p title=\"");
        flame_html_text(html->out, name);
        put(l, "\">");
        flame_html_text(html->out, name);
        put(l, html->look->samples ? "<th scope=col class=m>Samples" : "");
        put(l, html->look->period ? "<th scope=col class=\"m wide\">Period" : "");
    }
    if (l->function->has_branches)
        put(l, "<th scope=col class=m title=\"times that the branch was taken\">Taken"
               "<th scope=col class=m title=\"of the run of code that ends in this branch, on "
               "average\">Cycles"
               "<th scope=col class=m title=\"instructions per cycle\">IPC");
    put(l, "<th scope=col class=a>Address<th scope=col class=x>Bytes"
           "<th scope=col class=g><span class=unseen>Jumps</span>"
           "<th scope=col class=\"t d0\">");
    put(l, l->function->has_code ? "Instruction\n" : "\n");
}

static void put_parts(const struct flame_html_table *l)
{
    size_t count = l->function->instruction_count;
    for (size_t from = 0; from < count; from += PART) {
        size_t to = from + PART < count ? from + PART : count, lines = 0, inlined = 0;
        for (size_t i = from; i < to; i++) {
            lines += has_line(l, i);
            inlined += l->marks[i].begins > 0;
        }
        flame_putf(l->html->out, "<tbody %s=\"--i:%zu;--s:%zu;--n:%zu\">\n", l->html->style,
                   to - from, lines, inlined);
        for (size_t i = from; i < to; i++) {
            put_origin(l, i);
            put_instruction(l, i);
        }
    }
}

enum flame_status flame_html_listing(const struct flame_html *html, size_t function)
{
    const struct flame_annotated *f = &html->annotation->functions[function];
    struct flame_html_table l = { .html = html, .function = f, .index = function };
    l.event = flame_html_event(html, f);
    l.rows = flame_lanes_make(f->instructions, f->instruction_count, &l.lanes);
    l.marks = flame_marks_make(f->instructions, f->instruction_count);
    bool ok = l.rows && l.marks;
    if (ok) {
        flame_html_measure(&l);
        flame_putf(html->out,
                   "<table %s=\"--pw:%zu;--lead:%zu;--ac:%zu;--bc:%zu;--gw:%upx;--tc:%zu\">\n",
                   html->style, l.percent, l.lead, l.address, l.bytes,
                   l.lanes * FLAME_HTML_LANE_PX + FLAME_HTML_ARROW_PX, l.text);
        put_heads(&l);
        put_parts(&l);
        put(&l, "</table>\n");
    }
    free(l.rows);
    free(l.marks);
    return ok ? FLAME_OK : FLAME_NOMEM;
}
