/* html_contents.c: the page's table of contents: functions, and the hottest lines, inlined
 * functions or instructions of each, with links to their rows; then what has no listing. */
#include "html.h"

#include "numbers.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MOST_HOT = 20, MOST_UNSHOWN = 50 };

static void put(const struct flame_html *html, const char *text)
{
    flame_put_text(html->out, text);
}

static void put_text(const struct flame_html *html, struct flame_str s)
{
    flame_html_text(html->out, s);
}

/* Lines of source, or functions, or instructions: name, share, and a link to the hottest row. One
 * that only another event makes hot waits for the script to show it. */
static void put_hot_item(const struct flame_html *html, const struct flame_annotated *f,
                         const struct flame_hits *hits, const char *id)
{
    put(html, flame_html_local(html, f, hits) < html->least ? "<li hidden>" : "<li>");
    if (id)
        flame_putf(html->out, "<a href=#%s>", id);
    flame_html_put_share(html, "local", hits, flame_html_local(html, f, hits));
    put(html, " ");
}

/* The row of the hottest instruction of a line, or of code of an inlined function. */
static bool find_row(const struct flame_html *html, size_t function, const struct flame_hits_of *of,
                     char id[FLAME_HTML_ID])
{
    const struct flame_annotated *f = &html->annotation->functions[function];
    const struct flame_instruction *best = NULL;
    double most = -1;
    for (size_t i = 0; i < f->instruction_count; i++) {
        const struct flame_instruction *in = &f->instructions[i];
        bool belongs = of->source && in->source == of->source && in->line == of->line;
        for (size_t n = 0; !of->source && n < in->inlined_count && !belongs; n++)
            belongs = flame_str_equal(in->inlined[n].name, of->name);
        double percent = belongs ? flame_html_local(html, f, in->hits) : -1;
        if (percent > most) {
            most = percent;
            best = in;
        }
    }
    if (best)
        flame_html_id(id, function, best->address);
    return best;
}

struct ranked {
    double percent;
    size_t index;
};

static int by_percent(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->percent < y->percent || x->percent > y->percent)
        return x->percent < y->percent ? 1 : -1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Whether any event has that much of it: the script can rank by each. */
static bool is_hot(const struct flame_html *html, const struct flame_annotated *f,
                   const struct flame_hits *hits)
{
    const struct flame_annotation *a = html->annotation;
    for (size_t e = 0; e < a->event_count; e++)
        if (flame_percent(html->look->percent, hits[e], f->total[e], a->events[e].total) >=
            html->least)
            return true;
    return false;
}

static void put_place(const struct flame_html *html, const struct flame_hits_of *of)
{
    const struct flame_source_file *file = of->source;
    if (file) {
        put(html, "<span class=place>");
        put_text(html, flame_html_file(html, file));
        flame_putf(html->out, of->line ? ":%" PRIu32 "</span> " : "</span> ", of->line);
    }
    bool has_text = file && of->line && of->line <= file->line_count;
    put_text(html, has_text ? file->lines[of->line - 1] : of->name);
}

static enum flame_status put_hot(const struct flame_html *html, size_t function, const char *title,
                                 const struct flame_hits_of *of, size_t count)
{
    const struct flame_annotated *f = &html->annotation->functions[function];
    struct ranked *ranked = calloc(count + 1, sizeof *ranked);
    size_t hot = 0;
    if (!ranked)
        return FLAME_NOMEM;
    for (size_t i = 0; i < count; i++)
        if (is_hot(html, f, of[i].hits))
            ranked[hot++] = (struct ranked){ flame_html_local(html, f, of[i].hits), i };
    if (hot)
        qsort(ranked, hot, sizeof *ranked, by_percent);
    if (hot)
        flame_putf(html->out, "<h3>%s</h3><ul class=hot>", title);
    for (size_t i = 0; i < hot && i < MOST_HOT; i++) {
        const struct flame_hits_of *one = &of[ranked[i].index];
        char id[FLAME_HTML_ID];
        bool found = find_row(html, function, one, id);
        put_hot_item(html, f, one->hits, found ? id : NULL);
        put_place(html, one);
        put(html, found ? "</a>\n" : "\n");
    }
    put(html, hot ? "</ul>" : "");
    free(ranked);
    return FLAME_OK;
}

static enum flame_status put_hot_instructions(const struct flame_html *html, size_t function)
{
    const struct flame_annotated *f = &html->annotation->functions[function];
    struct ranked *ranked = calloc(f->instruction_count + 1, sizeof *ranked);
    if (!ranked)
        return FLAME_NOMEM;
    for (size_t i = 0; i < f->instruction_count; i++)
        ranked[i] = (struct ranked){ flame_html_local(html, f, f->instructions[i].hits), i };
    if (f->instruction_count)
        qsort(ranked, f->instruction_count, sizeof *ranked, by_percent);
    put(html, f->has_code ? "<h3>Hottest instructions</h3><ul class=hot>"
                          : "<h3>Hottest addresses</h3><ul class=hot>");
    for (size_t i = 0; i < f->instruction_count && i < MOST_HOT / 2; i++) {
        const struct flame_instruction *in = &f->instructions[ranked[i].index];
        char id[FLAME_HTML_ID];
        if (ranked[i].percent < html->least)
            break;
        flame_html_id(id, function, in->address);
        put_hot_item(html, f, in->hits, id);
        flame_putf(html->out, "<span class=place>%" PRIx64 "</span> ", in->address);
        put_text(html, in->text);
        put(html, "</a>\n");
    }
    put(html, "</ul>");
    free(ranked);
    return FLAME_OK;
}

/* Matches that have no listing: what failed first, as it was wanted. */
static void put_unshown(const struct flame_html *html)
{
    const struct flame_annotation *a = html->annotation;
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < a->match_count; i++) {
        const struct flame_annotated_match *m = &a->matches[i];
        if (m->shown != SIZE_MAX)
            continue;
        if (shown == MOST_UNSHOWN) {
            left++;
            continue;
        }
        if (shown++ == 0)
            put(html, "<h2>Not shown</h2><ul class=hot>");
        put(html, "<li>");
        flame_html_put_share(html, "global", m->hits,
                             flame_html_share(html, m->hits, a->ranked_by));
        put(html, " <bdi>");
        put_text(html, m->symbol);
        put(html, "</bdi> <span class=place>");
        put_text(html, flame_str_basename(m->dso));
        put(html, "</span>");
        if (m->error.status != FLAME_OK) {
            put(html, " <em class=warning>");
            put_text(html, flame_str_from(m->error.text));
            put(html, "</em>");
        }
    }
    if (left) {
        put(html, "<li>and ");
        flame_put_grouped(html->out, left);
        put(html, " more");
    }
    put(html, shown ? "</ul>" : "");
}

enum flame_status flame_html_contents(const struct flame_html *html)
{
    const struct flame_annotation *a = html->annotation;
    enum flame_status status = FLAME_OK;
    put(html, "<nav aria-label=\"Functions and hottest lines\">\n");
    for (size_t i = 0; i < a->function_count && status == FLAME_OK; i++) {
        const struct flame_annotated *f = &a->functions[i];
        flame_putf(html->out, "<details%s><summary>", i == 0 ? " open" : "");
        flame_html_put_share(html, "global", f->total,
                             flame_html_share(html, f->total, a->ranked_by));
        flame_putf(html->out, " <a href=#f%zu><bdi>", i);
        put_text(html, f->symbol);
        put(html, "</bdi></a></summary>");
        status = put_hot(html, i, "Hottest lines", f->lines, f->line_count);
        if (status == FLAME_OK)
            status = put_hot(html, i, "Inlined functions", f->inlined, f->inlined_count);
        if (status == FLAME_OK && f->line_count == 0)
            status = put_hot_instructions(html, i);
        put(html, "</details>\n");
    }
    put_unshown(html);
    put(html, "</nav>\n");
    return status;
}
