/* html_columns.c: how wide a table's columns are, in characters of a font of fixed width.
 *
 * Rows are boxes of their own, so nothing but these widths puts their cells below each other. */
#include "html_table.h"

enum {
    SOURCE_BYTES = 300,
    FEW_EVENTS = 3, /* so many have room for their names */
    PERCENT = 9,
    MOST_PERCENT = 20,
    COUNT = 10,
    PERIOD = 16,
    LABEL = 24,
    LONG_LABEL = 48,
    INLINED = 180, /* longer rows of inlined functions are cut off; annotate.css knows it, too */
};

struct flame_str flame_html_source(const struct flame_instruction *in, bool *cut)
{
    const struct flame_source_file *file = in->source;
    *cut = false;
    if (!file || in->line == 0 || in->line > file->line_count)
        return (struct flame_str){ 0 };
    struct flame_str s = file->lines[in->line - 1];
    if (s.len > SOURCE_BYTES) {
        for (s.len = SOURCE_BYTES; s.len > 0 && (s.ptr[s.len] & 0xc0) == 0x80;)
            s.len--;
        *cut = true;
    }
    return s;
}

static size_t digits(uint64_t value, unsigned base)
{
    size_t n = 1;
    while (value /= base)
        n++;
    return n;
}

size_t flame_html_label(const struct flame_html *html, const struct flame_source_file *file,
                        uint32_t line)
{
    return file ? flame_html_columns(flame_html_file(html, file)) + 1 + digits(line, 10) : 0;
}

static void widen(size_t *columns, size_t needed)
{
    if (*columns < needed)
        *columns = needed;
}

/* The width of the columns before the address, without the events' percentages. */
static size_t other_columns(const struct flame_html_table *t)
{
    const struct flame_annotate_look *look = t->html->look;
    size_t each = (look->samples ? (size_t)COUNT : 0) + (look->period ? (size_t)PERIOD : 0);
    return each * t->html->annotation->event_count + (t->function->has_branches ? 3 * COUNT : 0);
}

/* Of a row of inlined functions, at most. */
static size_t chain_columns(const struct flame_instruction *in, const struct flame_mark *mark)
{
    enum { MARK = 16, ARROW = 3 };
    struct flame_str names[FLAME_MARK_NAMES];
    size_t count = flame_mark_names(mark, in, names), columns = MARK;
    for (size_t n = 0; n < count; n++) {
        size_t name = flame_html_columns(names[n]);
        columns += ARROW + (name < FLAME_HTML_CHAIN_NAME ? name : FLAME_HTML_CHAIN_NAME);
    }
    return columns < INLINED ? columns : INLINED;
}

static void measure_row(struct flame_html_table *t, size_t i)
{
    const struct flame_instruction *in = &t->function->instructions[i];
    size_t indent = 2 * in->inlined_count, place = flame_html_label(t->html, in->source, in->line);
    double percent = flame_html_local(t->html, t->function, in->hits);
    bool cut;
    if (t->hottest < percent)
        t->hottest = percent;
    widen(&t->bytes, in->size * (size_t)3 + 1);
    widen(&t->text, indent + flame_html_columns(flame_html_shown_code(in)) + 2 + place);
    if (t->marks[i].line)
        widen(&t->text, indent + flame_html_columns(flame_html_source(in, &cut)) + 2);
    if (t->marks[i].begins)
        widen(&t->text, indent + chain_columns(in, &t->marks[i]));
}

void flame_html_measure(struct flame_html_table *t)
{
    const struct flame_annotated *f = t->function;
    const struct flame_annotation *a = t->html->annotation;
    size_t label = 0, most_label = t->html->look->full_paths ? LONG_LABEL : LABEL;
    t->percent = PERCENT;
    for (size_t e = 0; e < a->event_count && a->event_count <= FEW_EVENTS; e++)
        widen(&t->percent, flame_html_columns(a->events[e].name) + 2);
    if (t->percent > MOST_PERCENT)
        t->percent = MOST_PERCENT;
    t->address = digits(f->end, 16) + 2;
    widen(&t->address, sizeof "address" + 1);
    for (size_t i = 0; i < f->instruction_count; i++) {
        measure_row(t, i);
        widen(&label,
              flame_html_label(t->html, f->instructions[i].source, f->instructions[i].line));
    }
    /* Source lines have their label left of the code, where instructions have numbers. */
    size_t wanted = (label < most_label ? label : most_label) + 2;
    size_t fixed = other_columns(t) + t->address;
    if (wanted > fixed + t->percent * a->event_count)
        t->percent = (wanted - fixed + a->event_count - 1) / a->event_count;
    t->lead = other_columns(t) + t->percent * a->event_count;
}
