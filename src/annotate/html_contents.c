/* html_contents.c: the page's table of contents: functions, and the hottest lines, inlined
 * functions or instructions of each, with links to their rows; then what has no listing. */
#include "html.h"

#include "hash.h"
#include "numbers.h"
#include "short_name.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    MOST_HOT = 20,
    MOST_UNSHOWN = 50,
    /* columns of names: in a list, of a function, and where that tells them not apart */
    SIDE_NAME = 34,
    LEAST_NAME = 16,
    LINE_NUMBER = 5,
    NAV_NAME = 72,
    WHOLE_NAME = 200,
};

static void put(const struct flame_html *html, const char *text)
{
    flame_put_text(html->out, text);
}

static void put_text(const struct flame_html *html, struct flame_str s)
{
    flame_html_text(html->out, s);
}

/* Lines of source, or functions, or instructions: share, and a link to the hottest row. One that
 * only another event makes hot waits for the script to show it. */
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
    for (size_t i = 0; i < f->instruction_count; i++) {
        const struct flame_instruction *in = &f->instructions[i];
        bool belongs = of->source && in->source == of->source && in->line == of->line;
        for (size_t n = 0; !of->source && n < in->inlined_count && !belongs; n++)
            belongs = flame_str_equal(in->inlined[n].name, of->name);
        if (belongs && (!best || flame_html_compare(html, f, in->hits, best->hits) < 0))
            best = in;
    }
    if (best)
        flame_html_id(id, function, best->address);
    return best;
}

/* What is put in order. */
struct ranked {
    const struct flame_html *html;
    const struct flame_annotated *function;
    const struct flame_hits *hits;
    size_t index;
};

static int by_heat(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int order = flame_html_compare(x->html, x->function, x->hits, y->hits);
    return order ? order : x->index < y->index ? -1 : x->index > y->index;
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

/* "by cycles", where there are others. */
static void put_title(const struct flame_html *html, const struct flame_annotated *f,
                      const char *title)
{
    const struct flame_annotation *a = html->annotation;
    flame_putf(html->out, "<h3>%s", title);
    if (a->event_count > 1) {
        put(html, " <span class=by>by ");
        put_text(html, a->events[flame_html_event(html, f)].name);
        put(html, "</span>");
    }
    put(html, "</h3><ul class=hot>");
}

/* twice: there is another row of that line, or of a name that looks the same. */
static void put_hot_text(const struct flame_html *html, const struct flame_annotated *f,
                         const struct flame_hits_of *of, bool twice)
{
    const struct flame_source_file *file = of->source;
    if (!file) {
        flame_html_name(html->out, of->name, twice ? WHOLE_NAME : SIDE_NAME, !twice);
        return;
    }
    bool has_text = of->line && of->line <= file->line_count;
    bool maybe = of->line && file->newer && !html->look->no_source;
    put(html, "<span class=place>");
    put_text(html, flame_html_file(html, file));
    if (of->line)
        flame_putf(html->out, ":%" PRIu32, of->line);
    put(html, maybe ? "?</span> " : "</span> ");
    if (has_text)
        put_text(html, file->lines[of->line - 1]);
    if (has_text && twice)
        put(html, " <span class=place>in</span> ");
    size_t used = flame_html_columns(flame_html_file(html, file)) + LINE_NUMBER;
    if (twice || (!has_text && !flame_str_equal(of->name, f->symbol)))
        flame_html_name(html->out, of->name,
                        used + LEAST_NAME < SIDE_NAME ? SIDE_NAME - used : LEAST_NAME, true);
}

static bool look_alike(const struct flame_hits_of *a, const struct flame_hits_of *b)
{
    char x[FLAME_SHORT_NAME], y[FLAME_SHORT_NAME];
    if (a->source)
        return a->source == b->source && a->line == b->line;
    return flame_str_equal(flame_tail_name(a->name, SIDE_NAME, x),
                           flame_tail_name(b->name, SIDE_NAME, y));
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
            ranked[hot++] = (struct ranked){ html, f, of[i].hits, i };
    if (hot) {
        qsort(ranked, hot, sizeof *ranked, by_heat);
        put_title(html, f, title);
    }
    size_t shown = hot < MOST_HOT ? hot : MOST_HOT;
    for (size_t i = 0; i < shown; i++) {
        const struct flame_hits_of *one = &of[ranked[i].index];
        char id[FLAME_HTML_ID];
        bool found = find_row(html, function, one, id), twice = false;
        for (size_t k = 0; k < shown && !twice; k++)
            twice = k != i && look_alike(one, &of[ranked[k].index]);
        put_hot_item(html, f, one->hits, found ? id : NULL);
        put_hot_text(html, f, one, twice);
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
    size_t hot = 0;
    if (!ranked)
        return FLAME_NOMEM;
    for (size_t i = 0; i < f->instruction_count; i++)
        if (is_hot(html, f, f->instructions[i].hits))
            ranked[hot++] = (struct ranked){ html, f, f->instructions[i].hits, i };
    if (hot) {
        qsort(ranked, hot, sizeof *ranked, by_heat);
        put_title(html, f, f->has_code ? "Hottest instructions" : "Hottest addresses");
    }
    for (size_t i = 0; i < hot && i < MOST_HOT / 2; i++) {
        const struct flame_instruction *in = &f->instructions[ranked[i].index];
        char id[FLAME_HTML_ID];
        flame_html_id(id, function, in->address);
        put_hot_item(html, f, in->hits, id);
        flame_putf(html->out, "<span class=place>%" PRIx64 "</span> ", in->address);
        put_text(html, in->text);
        put(html, "</a>\n");
    }
    put(html, hot ? "</ul>" : "");
    free(ranked);
    return FLAME_OK;
}

enum flame_status flame_html_hottest_lists(const struct flame_html *html, size_t function)
{
    const struct flame_annotated *f = &html->annotation->functions[function];
    enum flame_status status = put_hot(html, function, "Hottest lines", f->lines, f->line_count);
    if (status == FLAME_OK)
        status = put_hot(html, function, "Inlined functions", f->inlined, f->inlined_count);
    if (status == FLAME_OK && f->line_count == 0)
        status = put_hot_instructions(html, function);
    return status;
}

/* Whether each function's name, shortened, is another's, too; to be freed. */
static bool *find_ambiguous(const struct flame_annotation *a)
{
    uint64_t *hashes = calloc(a->function_count + 1, sizeof *hashes);
    bool *ambiguous = calloc(a->function_count + 1, sizeof *ambiguous);
    for (size_t i = 0; hashes && ambiguous && i < a->function_count; i++) {
        char buffer[FLAME_SHORT_NAME];
        struct flame_str name = flame_short_name(a->functions[i].symbol, NAV_NAME, buffer);
        hashes[i] = flame_hash(name.ptr, name.len);
        for (size_t k = 0; k < i; k++)
            if (hashes[i] == hashes[k])
                ambiguous[i] = ambiguous[k] = true;
    }
    if (!hashes) {
        free(ambiguous);
        ambiguous = NULL;
    }
    free(hashes);
    return ambiguous;
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
        flame_html_put_share(html, "global", m->hits, flame_html_share(html, m->hits, 0));
        put(html, " ");
        flame_html_name(html->out, m->symbol, NAV_NAME, false);
        put(html, " <span class=place>");
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
    bool *ambiguous = find_ambiguous(a);
    if (!ambiguous)
        return FLAME_NOMEM;
    put(html, "<nav aria-label=\"Functions and hottest lines\">\n");
    for (size_t i = 0; i < a->function_count && status == FLAME_OK; i++) {
        const struct flame_annotated *f = &a->functions[i];
        flame_putf(html->out, "<details%s><summary>", i == 0 ? " open" : "");
        flame_html_put_share(html, "global", f->total, flame_html_share(html, f->total, 0));
        flame_putf(html->out, " <a href=#f%zu>", i);
        flame_html_name(html->out, f->symbol, ambiguous[i] ? WHOLE_NAME : NAV_NAME, false);
        put(html, "</a></summary>");
        status = flame_html_hottest_lists(html, i);
        put(html, "</details>\n");
    }
    put_unshown(html);
    put(html, "</nav>\n");
    free(ambiguous);
    return status;
}
