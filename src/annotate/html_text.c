/* html_text.c: foreign text and numbers as HTML. */
#include "html.h"

#include "entity.h"
#include "lanes.h"
#include "safe.h"
#include "short_name.h"

#include <inttypes.h>
#include <stdio.h>

struct flame_html flame_html_of(const struct flame_annotation *annotation,
                                const struct flame_annotate_look *look, struct flame_output *out)
{
    static const struct flame_annotate_look plain = { 0 };
    const double least = 0.5;
    struct flame_html html = { .out = out, .annotation = annotation, .look = look ? look : &plain };
    html.least = html.look->min_percent > 0 ? html.look->min_percent : least;
    return html;
}

/* A tab is four columns here and in the style sheet. */
void flame_html_text(struct flame_output *out, struct flame_str s)
{
    size_t done = 0;
    for (size_t i = 0; i <= s.len; i++) {
        const char *instead = i < s.len ? flame_entity((unsigned char)s.ptr[i]) : "";
        if (!instead)
            continue;
        if (i > done)
            flame_put_safe(out, (struct flame_str){ s.ptr + done, i - done }, "\t");
        flame_put_text(out, instead);
        done = i + 1;
    }
}

void flame_html_name(struct flame_output *out, struct flame_str name, size_t width, bool tail)
{
    char buffer[FLAME_SHORT_NAME];
    struct flame_str shown =
        tail ? flame_tail_name(name, width, buffer) : flame_short_name(name, width, buffer);
    flame_put_text(out, "<bdi");
    if (shown.ptr != name.ptr || shown.len != name.len) {
        flame_put_text(out, " title=\"");
        flame_html_text(out, name);
        flame_put_text(out, "\"");
    }
    flame_put_text(out, ">");
    flame_html_text(out, shown);
    flame_put_text(out, "</bdi>");
}

size_t flame_html_columns(struct flame_str s)
{
    enum { TAB = 4, ESCAPE = 4, FIRST_WIDE = 0x1100 };
    size_t columns = 0;
    for (size_t i = 0; i < s.len;) {
        uint32_t point = 0;
        size_t n = flame_utf8((struct flame_str){ s.ptr + i, s.len - i }, &point);
        if (point == '\t')
            columns += TAB;
        else if (n == 0 || flame_steers(point))
            columns += ESCAPE * (n ? n : 1);
        else
            columns += point < FIRST_WIDE ? 1 : 2;
        i += n ? n : 1;
    }
    return columns;
}

static void put_part(struct flame_output *out, const char *element, const char *from,
                     const char *to)
{
    if (from == to)
        return;
    flame_putf(out, "<%s>", element);
    flame_html_text(out, (struct flame_str){ from, (size_t)(to - from) });
    flame_putf(out, "</%s>", element);
}

/* Where mark begins in [from, end), or end. */
static const char *find(const char *from, const char *end, const char *mark)
{
    size_t n = strlen(mark);
    for (; (size_t)(end - from) >= n; from++)
        if (memcmp(from, mark, n) == 0)
            return from;
    return end;
}

struct flame_str flame_html_shown_code(const struct flame_instruction *in)
{
    struct flame_str s = in->text;
    if (in->jump != FLAME_NO_INSTRUCTION && s.len)
        s.len = (size_t)(find(s.ptr, s.ptr + s.len, " <") - s.ptr);
    return s;
}

void flame_html_code(struct flame_output *out, const struct flame_instruction *in,
                     const char *target, unsigned lane)
{
    static const char *const mnemonic[] = { [FLAME_INSTRUCTION_PLAIN] = "b",
                                            [FLAME_INSTRUCTION_JUMP] = "b class=j",
                                            [FLAME_INSTRUCTION_CALL] = "b class=c",
                                            [FLAME_INSTRUCTION_RETURN] = "b class=c",
                                            [FLAME_INSTRUCTION_DATA] = "b class=d" };
    struct flame_str text = flame_html_shown_code(in);
    if (text.len == 0)
        return;
    const char *at = text.ptr, *end = at + text.len;
    const char *operands = find(at, end, " ");
    const char *comment = find(operands, end, "  #");
    const char *name = find(operands, comment, " <");
    flame_putf(out, "<%s>", mnemonic[in->kind]);
    flame_html_text(out, (struct flame_str){ at, (size_t)(operands - at) });
    flame_put_text(out, "</b>");
    if (operands < end) {
        flame_put_text(out, " ");
        operands++;
    }
    if (target)
        flame_putf(out, "<a href=#%s", target);
    if (target && lane != FLAME_NO_LANE)
        flame_putf(out, " data-l=%u", lane);
    if (target)
        flame_put_text(out, ">");
    if (name > operands)
        flame_html_text(out, (struct flame_str){ operands, (size_t)(name - operands) });
    put_part(out, "i", name, comment);
    if (target)
        flame_put_text(out, "</a>");
    put_part(out, "em", comment, end);
}

void flame_html_percent(struct flame_output *out, double percent)
{
    unsigned hundredths = (unsigned)(percent * 100 + 0.5);
    flame_putf(out, "%u.%02u", hundredths / 100, hundredths % 100);
}

void flame_html_hits(const struct flame_html *html, const struct flame_hits *hits)
{
    flame_put_text(html->out, " data-h=\"");
    for (size_t e = 0; e < html->annotation->event_count; e++)
        flame_putf(html->out, "%s%" PRIu64 ",%" PRIu64, e ? " " : "", hits[e].samples,
                   hits[e].period);
    flame_put_text(html->out, "\"");
}

void flame_html_measures(const struct flame_html *html)
{
    const struct flame_annotation *a = html->annotation;
    flame_putf(html->out, " data-percent=%u data-least=%u data-totals=\"",
               (unsigned)html->look->percent, (unsigned)(html->least * 100));
    for (size_t e = 0; e < a->event_count; e++)
        flame_putf(html->out, "%s%" PRIu64 ",%" PRIu64, e ? " " : "", a->events[e].total.samples,
                   a->events[e].total.period);
    flame_put_text(html->out, "\"");
}

double flame_html_share(const struct flame_html *html, const struct flame_hits *hits, size_t event)
{
    bool samples = html->look->percent == FLAME_PERCENT_LOCAL_HITS ||
                   html->look->percent == FLAME_PERCENT_GLOBAL_HITS;
    return flame_percent(samples ? FLAME_PERCENT_GLOBAL_HITS : FLAME_PERCENT_GLOBAL_PERIOD,
                         hits[event], hits[event], html->annotation->events[event].total);
}

void flame_html_put_share(const struct flame_html *html, const char *kind,
                          const struct flame_hits *hits, double percent)
{
    flame_putf(html->out, "<span class=share data-of=%s", kind);
    flame_html_hits(html, hits);
    flame_put_text(html->out, ">");
    flame_html_percent(html->out, percent);
    flame_put_text(html->out, "</span>");
}

bool flame_html_is_hit(const struct flame_html *html, const struct flame_hits *hits)
{
    bool hit = false;
    for (size_t e = 0; e < html->annotation->event_count && !hit; e++)
        hit = hits[e].samples || hits[e].period;
    return hit;
}

size_t flame_html_event(const struct flame_html *html, const struct flame_annotated *f)
{
    size_t e = 0;
    while (e + 1 < html->annotation->event_count && f->total[e].samples == 0)
        e++;
    return e;
}

int flame_html_compare(const struct flame_html *html, const struct flame_annotated *f,
                       const struct flame_hits *a, const struct flame_hits *b)
{
    const struct flame_annotation *all = html->annotation;
    for (size_t e = 0; e < all->event_count; e++) {
        enum flame_percent_type type = html->look->percent;
        double x = flame_percent(type, a[e], f->total[e], all->events[e].total);
        double y = flame_percent(type, b[e], f->total[e], all->events[e].total);
        if (x < y || x > y)
            return x > y ? -1 : 1;
    }
    return 0;
}

size_t flame_html_hottest(const struct flame_html *html, const struct flame_annotated *f)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < f->instruction_count; i++)
        if (best == SIZE_MAX ? flame_html_is_hit(html, f->instructions[i].hits)
                             : flame_html_compare(html, f, f->instructions[i].hits,
                                                  f->instructions[best].hits) < 0)
            best = i;
    return best;
}

double flame_html_local(const struct flame_html *html, const struct flame_annotated *f,
                        const struct flame_hits *hits)
{
    size_t e = flame_html_event(html, f);
    return flame_percent(html->look->percent, hits[e], f->total[e],
                         html->annotation->events[e].total);
}

struct flame_str flame_html_file(const struct flame_html *html,
                                 const struct flame_source_file *file)
{
    return html->look->full_paths ? file->name : flame_str_basename(file->name);
}

void flame_html_id(char id[FLAME_HTML_ID], size_t function, uint64_t address)
{
    snprintf(id, FLAME_HTML_ID, "f%zu-%" PRIx64, function, address);
}
