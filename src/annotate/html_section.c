/* html_section.c: one function: its heading, what is known of it as a whole, and its table.
 *
 * A section stands in the annotation's own page, or alone, for a page that somebody else writes:
 * that one gets what a whole page has elsewhere, the function's hottest lines, and the totals. */
#include "html.h"

#include "numbers.h"
#include "short_name.h"

#include <inttypes.h>

static void put(const struct flame_html *html, const char *text)
{
    flame_put_text(html->out, text);
}

static void put_text(const struct flame_html *html, struct flame_str s)
{
    flame_html_text(html->out, s);
}

/* Source files whose text may not be what was compiled. */
static void put_newer(const struct flame_html *html, const struct flame_annotated *f)
{
    for (size_t i = 0; i < f->instruction_count; i++) {
        const struct flame_source_file *file = f->instructions[i].source;
        bool said = !file || !file->newer;
        for (size_t n = i; !said && n-- > 0;)
            said = f->instructions[n].source == file;
        if (said)
            continue;
        put(html, "<li class=warning>");
        put_text(html, file->path);
        put(html, " was changed after the code was built: its lines, marked ?, may be others; "
                  "--source-dir names a folder with the old one");
    }
}

static void put_facts(const struct flame_html *html, size_t function)
{
    const struct flame_annotation *a = html->annotation;
    const struct flame_annotated *f = &a->functions[function];
    size_t hottest = flame_html_hottest(html, f);
    put(html, "<ul class=notes>");
    if (hottest != SIZE_MAX) {
        char id[FLAME_HTML_ID];
        flame_html_id(id, function, f->instructions[hottest].address);
        flame_putf(html->out, "<li><a href=#%s>hottest %s</a>", id,
                   f->has_code ? "instruction" : "address");
    }
    if (flame_characters(f->symbol) > FLAME_HTML_HEADING) {
        put(html, "<li class=whole>");
        put_text(html, f->symbol);
    }
    for (size_t e = 0; e < a->event_count; e++) {
        put(html, "<li>");
        flame_put_grouped(html->out, f->total[e].samples);
        put(html, f->total[e].samples == 1 ? " sample of <b>" : " samples of <b>");
        put_text(html, a->events[e].name);
        put(html, "</b>, ");
        flame_html_percent(html->out, flame_html_share(html, f->total, e));
        put(html, "% of all");
    }
    flame_putf(html->out, "<li>%" PRIx64 " to %" PRIx64, f->start, f->end);
    if (f->file.len) {
        put(html, "<li>code from ");
        put_text(html, f->file);
    }
    if (f->build_id.size) {
        put(html, "<li>build-id ");
        flame_put_hex_bytes(html->out, f->build_id.bytes, f->build_id.size, f->build_id.size);
    }
    if (f->has_branches) {
        put(html, "<li>recorded branches went through ");
        flame_html_percent(html->out, 100 * f->coverage);
        put(html, "% of the instructions");
    }
    put(html, f->has_code ? "" : "<li class=warning>without code: the addresses that were hit");
    put_newer(html, f);
    put(html, "</ul>\n");
}

static enum flame_status put_lists(const struct flame_html *html, size_t function)
{
    put(html, "<div class=lists>");
    enum flame_status status = flame_html_hottest_lists(html, function);
    put(html, "</div>\n");
    return status;
}

enum flame_status flame_html_section(const struct flame_html *html, size_t function, bool lists)
{
    const struct flame_annotated *f = &html->annotation->functions[function];
    flame_putf(html->out, "<section id=f%zu", function);
    flame_html_hits(html, f->total);
    if (lists)
        flame_html_measures(html);
    put(html, "><h2>");
    flame_html_put_share(html, "global", f->total, flame_html_share(html, f->total, 0));
    put(html, " ");
    flame_html_name(html->out, f->symbol, FLAME_HTML_HEADING, false);
    put(html, " <span class=place>");
    put_text(html, f->dso);
    put(html, "</span></h2>\n");
    put_facts(html, function);
    enum flame_status status = lists ? put_lists(html, function) : FLAME_OK;
    if (status == FLAME_OK)
        status = flame_html_listing(html, function);
    put(html, "</section>\n");
    return status;
}

enum flame_status flame_annotate_section(const struct flame_annotation *annotation, size_t index,
                                         const struct flame_annotate_look *look,
                                         struct flame_output *output)
{
    struct flame_html html = flame_html_of(annotation, look, output);
    html.style = "data-style";
    html.bytes = html.look->raw;
    return flame_html_section(&html, index, true);
}
