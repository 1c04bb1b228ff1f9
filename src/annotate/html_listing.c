/* html_listing.c: a function as a table: instructions, source lines between them, bands where code
 * was inlined, arrows.
 *
 * A browser lays out only those of the table's parts that are near the window; so every row has the
 * same height, and every part says how many it has of which kind. Closing tags that HTML does
 * without are left out: there may be a hundred thousand rows. */
#include "html.h"

#include "lanes.h"
#include "numbers.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    PART = 256, /* instructions in a part of the table */
    SOURCE_BYTES = 300,
    FEW_EVENTS = 3, /* so many have room for their names */
    DEEPEST = 8,    /* functions inlined into each other that are told apart */
    /* columns of text */
    PERCENT = 9,
    MOST_PERCENT = 20,
    COUNT = 10,
    PERIOD = 16,
    LABEL = 24,
    LONG_LABEL = 48,
    INLINED = 136, /* longer names of inlined functions are cut off; annotate.css knows it, too */
    LANE_PX = 7,
    ARROW_PX = 16,
    ROW_PX = 20,
};

/* What is known of a table before its rows are written. Widths in columns: event: of one event's
 * numbers; lead: of all columns before the address; text: of the longest code or source. */
struct listing {
    const struct flame_html *html;
    const struct flame_annotated *function;
    size_t index;
    struct flame_lane_row *rows;
    unsigned lanes;
    size_t percent, lead, address, bytes, text;
    double hottest; /* percentage of the hottest instruction */
};

static void put(const struct listing *l, const char *text)
{
    flame_put_text(l->html->out, text);
}

static bool same_call(const struct flame_inlined_at *a, const struct flame_inlined_at *b)
{
    return a->call == b->call && a->call_line == b->call_line && flame_str_equal(a->name, b->name);
}

/* How many functions begin to be inlined at instruction i: those that the one before is not in. */
static size_t new_inlined(const struct listing *l, size_t i)
{
    const struct flame_instruction *in = &l->function->instructions[i], *before = in - 1;
    size_t depth = in->inlined_count, common = 0;
    size_t most = i == 0 ? 0 : before->inlined_count < depth ? before->inlined_count : depth;
    while (common < most && same_call(&in->inlined[depth - 1 - common],
                                      &before->inlined[before->inlined_count - 1 - common]))
        common++;
    return depth - common;
}

/* Whether instruction i begins another line of source. */
static bool new_line(const struct listing *l, size_t i)
{
    const struct flame_instruction *in = &l->function->instructions[i];
    if (!in->source || in->line == 0 || l->html->look->no_source)
        return false;
    return i == 0 || in[-1].source != in->source || in[-1].line != in->line ||
           new_inlined(l, i) > 0;
}

static struct flame_str source_text(const struct flame_instruction *in)
{
    const struct flame_source_file *file = in->source;
    if (in->line == 0 || in->line > file->line_count)
        return (struct flame_str){ 0 };
    struct flame_str s = file->lines[in->line - 1];
    if (s.len > SOURCE_BYTES)
        for (s.len = SOURCE_BYTES; s.len > 0 && (s.ptr[s.len] & 0xc0) == 0x80;)
            s.len--;
    return s;
}

static size_t digits(uint64_t value, unsigned base)
{
    size_t n = 1;
    while (value /= base)
        n++;
    return n;
}

static size_t label_columns(const struct listing *l, const struct flame_source_file *file,
                            uint32_t line)
{
    return file ? flame_html_columns(flame_html_file(l->html, file)) + 1 + digits(line, 10) : 0;
}

static void widen(size_t *columns, size_t needed)
{
    if (*columns < needed)
        *columns = needed;
}

/* The width of the columns before the address, without the events' percentages. */
static size_t other_columns(const struct listing *l)
{
    const struct flame_annotate_look *look = l->html->look;
    size_t each = (look->samples ? (size_t)COUNT : 0) + (look->period ? (size_t)PERIOD : 0);
    return each * l->html->annotation->event_count + (l->function->has_branches ? 3 * COUNT : 0);
}

static void measure(struct listing *l)
{
    enum { INLINED_LABEL = 16 };
    const struct flame_annotated *f = l->function;
    const struct flame_annotation *a = l->html->annotation;
    size_t label = 0, most_label = l->html->look->full_paths ? LONG_LABEL : LABEL;
    l->percent = PERCENT;
    for (size_t e = 0; e < a->event_count && a->event_count <= FEW_EVENTS; e++)
        widen(&l->percent, flame_html_columns(a->events[e].name) + 2);
    if (l->percent > MOST_PERCENT)
        l->percent = MOST_PERCENT;
    l->address = digits(f->end, 16) + 2;
    widen(&l->address, sizeof "address" + 1);
    for (size_t i = 0; i < f->instruction_count; i++) {
        const struct flame_instruction *in = &f->instructions[i];
        size_t indent = 2 * in->inlined_count, at = label_columns(l, in->source, in->line);
        double percent = flame_html_local(l->html, f, in->hits);
        if (l->hottest < percent)
            l->hottest = percent;
        widen(&label, at);
        widen(&l->bytes, in->size * (size_t)3 + 1);
        widen(&l->text, indent + flame_html_columns(flame_html_shown_code(in)) + 2 + at);
        if (in->source)
            widen(&l->text, indent + flame_html_columns(source_text(in)) + 2);
        for (size_t n = 0; n < in->inlined_count; n++) {
            size_t name = indent + flame_html_columns(in->inlined[n].name) + INLINED_LABEL;
            widen(&l->text, name < INLINED ? name : INLINED);
        }
    }
    /* Source lines have their label left of the code, where instructions have numbers. */
    size_t wanted = (label < most_label ? label : most_label) + 2;
    size_t fixed = other_columns(l) + l->address;
    if (wanted > fixed + l->percent * a->event_count)
        l->percent = (wanted - fixed + a->event_count - 1) / a->event_count;
    l->lead = other_columns(l) + l->percent * a->event_count;
}

/* The gutter's cell: arrows that pass by as a class (see put_passing in print_html.c), those that
 * begin or end here as a drawing. */
static void put_gutter(const struct listing *l, const struct flame_lane_row *row, unsigned passing)
{
    if (passing)
        flame_putf(l->html->out, "<td class=\"g v%u\">", passing);
    else
        put(l, "<td class=g>");
    if (!row || !row->ends)
        return;
    unsigned width = l->lanes * LANE_PX + ARROW_PX, tip = width - 3;
    flame_putf(l->html->out, "<svg width=%u height=%d><path d=\"", width, ROW_PX);
    for (unsigned lane = 0; lane < l->lanes; lane++) {
        unsigned bit = 1u << lane, x = width - ARROW_PX - lane * LANE_PX;
        if (!(row->ends & bit))
            continue;
        flame_putf(l->html->out, "M%u.5 %dV%dq0 %s 3 %sH%u", x, row->up & bit ? 0 : ROW_PX,
                   row->up & bit ? ROW_PX / 2 - 3 : ROW_PX / 2 + 3, row->up & bit ? "3" : "-3",
                   row->up & bit ? "3" : "-3", tip);
        if (row->heads & bit)
            flame_putf(l->html->out, "m-5-3 5 3-5 3");
    }
    put(l, "\"/></svg>");
}

/* Left cell, no bytes, gutter and the text's cell of a row that is no instruction, before i. */
static void put_side(const struct listing *l, const char *kind,
                     const struct flame_source_file *file, uint32_t line, size_t i, size_t depth)
{
    struct flame_output *out = l->html->out;
    flame_putf(out, "<tr class=%s><td class=w", kind);
    if (file && label_columns(l, file, line) > l->lead + l->address - 2) {
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

static void put_origin(const struct listing *l, size_t i)
{
    const struct flame_instruction *in = &l->function->instructions[i];
    for (size_t n = new_inlined(l, i); n-- > 0;) {
        const struct flame_inlined_at *at = &in->inlined[n];
        put_side(l, "n", at->call, at->call_line, i, in->inlined_count - n);
        put(l, "<span>inlined</span> <bdi");
        if (flame_html_columns(at->name) > INLINED / 2) {
            put(l, " title=\"");
            flame_html_text(l->html->out, at->name);
            put(l, "\"");
        }
        put(l, ">");
        flame_html_text(l->html->out, at->name);
        put(l, "</bdi>\n");
    }
    struct flame_str text = source_text(in);
    if (!new_line(l, i) || text.len == 0)
        return;
    put_side(l, "s", in->source, in->line, i, in->inlined_count);
    flame_html_text(l->html->out, text);
    put(l, text.len == SOURCE_BYTES ? "\xe2\x80\xa6\n" : "\n");
}

/* Behind the code: where it comes from, if that is asked for, or begins here and has no text. */
static void put_place(const struct listing *l, size_t i)
{
    const struct flame_instruction *in = &l->function->instructions[i];
    const struct flame_hits *hits = &in->hits[l->html->annotation->ranked_by];
    if (!in->source || in->line == 0)
        return;
    if (l->html->look->print_line && (hits->samples || hits->period))
        put(l, "<em class=l>  ");
    else if (new_line(l, i) && source_text(in).len == 0)
        put(l, "<em class=\"l o\">  ");
    else
        return;
    flame_html_text(l->html->out, flame_html_file(l->html, in->source));
    flame_putf(l->html->out, ":%" PRIu32 "</em>", in->line);
}

static void put_numbers(const struct listing *l, const struct flame_instruction *in)
{
    const struct flame_html *html = l->html;
    const struct flame_annotation *a = html->annotation;
    for (size_t e = 0; e < a->event_count; e++) {
        bool hit = in->hits[e].samples || in->hits[e].period;
        put(l, e == a->ranked_by ? "<td class=\"p on\">" : "<td class=p>");
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
static void put_heat(const struct listing *l, const struct flame_instruction *in)
{
    const struct flame_annotation *a = l->html->annotation;
    bool hit = false;
    for (size_t e = 0; e < a->event_count; e++)
        hit |= in->hits[e].samples || in->hits[e].period;
    if (!hit)
        return;
    double percent = flame_html_local(l->html, l->function, in->hits);
    flame_putf(l->html->out, " class=h%d style=--b:%u",
               percent >= 5     ? 3
               : percent >= 0.5 ? 2
                                : 1,
               l->hottest > 0 ? (unsigned)(100 * percent / l->hottest + 0.5) : 0);
    flame_html_hits(l->html, in->hits);
}

static void put_instruction(const struct listing *l, size_t i)
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
    for (uint32_t n = 0; n < in->size; n++)
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

static void put_heads(const struct listing *l)
{
    const struct flame_html *html = l->html;
    put(l, "<thead><tr>");
    for (size_t e = 0; e < html->annotation->event_count; e++) {
        struct flame_str name = html->annotation->events[e].name;
        put(l, e == html->annotation->ranked_by ? "<th scope=col class=\"p on\" title=\""
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

enum flame_status flame_html_listing(const struct flame_html *html, size_t function)
{
    const struct flame_annotated *f = &html->annotation->functions[function];
    struct listing l = { .html = html, .function = f, .index = function };
    l.rows = flame_lanes_make(f->instructions, f->instruction_count, &l.lanes);
    if (!l.rows)
        return FLAME_NOMEM;
    measure(&l);
    flame_putf(html->out,
               "<table style=\"--pw:%zu;--lead:%zu;--ac:%zu;--bc:%zu;--gw:%upx;--tc:%zu\">\n",
               l.percent, l.lead, l.address, l.bytes,
               l.lanes ? l.lanes * LANE_PX + ARROW_PX : ARROW_PX, l.text);
    put_heads(&l);
    for (size_t from = 0; from < f->instruction_count; from += PART) {
        size_t to = from + PART < f->instruction_count ? from + PART : f->instruction_count;
        size_t lines = 0, inlined = 0;
        for (size_t i = from; i < to; i++) {
            lines += new_line(&l, i) && source_text(&f->instructions[i]).len > 0;
            inlined += new_inlined(&l, i);
        }
        flame_putf(html->out, "<tbody style=\"--i:%zu;--s:%zu;--n:%zu\">\n", to - from, lines,
                   inlined);
        for (size_t i = from; i < to; i++) {
            put_origin(&l, i);
            put_instruction(&l, i);
        }
    }
    put(&l, "</table>\n");
    free(l.rows);
    return FLAME_OK;
}
