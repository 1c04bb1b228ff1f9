/* print_html.c: an annotation as one page that needs nothing else: no network, no other file.
 *
 * It is complete as it is written; its script (assets/annotate.js) adds what needs one: other
 * events and kinds of percentage, search, keys, the overview. The page allows that script alone, by
 * its hash, and no request, so that even text that escaped its place could do nothing. */
#include "html.h"

#include "lanes.h"
#include "numbers.h"
#include "page_assets.h"
#include "short_name.h"

#include <flamedata/version.h>
#include <inttypes.h>

/* Longer names are shortened in headings, and written out below. */
enum { FITS_HEADING = 80, FITS_TITLE = 40 };

static void put(const struct flame_html *html, const char *text)
{
    flame_put_text(html->out, text);
}

static void put_text(const struct flame_html *html, struct flame_str s)
{
    flame_html_text(html->out, s);
}

/* A class for each set of arrows that pass a row: its lanes get a colour (annotate.css). */
static void put_passing(const struct flame_html *html)
{
    for (unsigned mask = 1; mask < 1u << FLAME_LANES; mask++) {
        flame_putf(html->out, ".v%u{", mask);
        for (unsigned lane = 0; lane < FLAME_LANES; lane++)
            if (mask >> lane & 1)
                flame_putf(html->out, "--l%u:var(--arrow);", lane);
        put(html, "}");
    }
}

static void put_head(const struct flame_html *html)
{
    const struct flame_annotation *a = html->annotation;
    put(html, "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
              "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; "
              "style-src 'unsafe-inline'; script-src 'sha256-");
    put(html, flame_asset_annotate_script_sha256);
    put(html, "'; base-uri 'none'; form-action 'none'\">\n"
              "<meta name=viewport content=\"width=device-width\">\n"
              "<meta name=color-scheme content=\"light dark\">\n<meta name=generator "
              "content=\"flamedata " FLAMEDATA_VERSION "\">\n<title>");
    if (a->function_count) {
        char buffer[FLAME_SHORT_NAME];
        put_text(html, flame_short_name(a->functions[0].symbol, FITS_TITLE, buffer));
        put(html, " ");
        flame_html_percent(html->out, flame_html_share(html, a->functions[0].total, 0));
        put(html, "% - ");
    }
    put_text(html, flame_str_from(a->path));
    put(html, "</title>\n<style>");
    flame_put(html->out, flame_asset_annotate_style, flame_asset_annotate_style_size);
    put_passing(html);
    put(html, "</style>\n</head>\n");
}

/* Switches that work without the script: the style sheet shows what stands behind a switch that is
 * on. (Asked the other way round, by :has(), a browser would look at every row again for each
 * little change of the page.) */
struct page_switch {
    const char *id, *label, *key;
    bool of_use, on;
};

enum { SWITCHES = 3 };

static void find_switches(const struct flame_html *html, struct page_switch switches[SWITCHES])
{
    const struct flame_annotation *a = html->annotation;
    switches[0] = (struct page_switch){ "source", "Source", "s", false, true };
    switches[1] = (struct page_switch){ "inlined", "Inlined", "i", false, true };
    switches[2] = (struct page_switch){ "bytes", "Bytes", "b", false, html->look->raw };
    for (size_t i = 0; i < a->function_count; i++) {
        switches[0].of_use |= a->functions[i].has_source && !html->look->no_source;
        switches[1].of_use |= a->functions[i].inlined_count > 0;
        switches[2].of_use |= a->functions[i].has_code;
    }
}

static void put_switches(const struct flame_html *html)
{
    struct page_switch switches[SWITCHES];
    find_switches(html, switches);
    for (size_t i = 0; i < SWITCHES; i++)
        flame_putf(html->out, "<input type=checkbox class=switch id=show-%s%s%s>\n", switches[i].id,
                   switches[i].on ? " checked" : "", switches[i].of_use ? "" : " hidden");
}

/* What needs the script is not shown without it. */
static void put_controls(const struct flame_html *html)
{
    const struct flame_annotation *a = html->annotation;
    static const char *const percents[] = { "local period", "local hits", "global period",
                                            "global hits" };
    struct page_switch switches[SWITCHES];
    find_switches(html, switches);
    put(html, "<div class=controls>");
    for (size_t i = 0; i < SWITCHES; i++)
        if (switches[i].of_use)
            flame_putf(html->out, "<label for=show-%s>%s <kbd>%s</kbd></label>", switches[i].id,
                       switches[i].label, switches[i].key);
    if (a->event_count > 1) {
        put(html, "<label class=live hidden>Event <select id=event>");
        for (size_t e = 0; e < a->event_count; e++) {
            flame_putf(html->out, "<option value=%zu%s>", e, e == 0 ? " selected" : "");
            put_text(html, a->events[e].name);
            put(html, "</option>");
        }
        put(html, "</select></label>");
    }
    put(html, "<label class=live hidden>Percent of <select id=percent>");
    for (unsigned p = 0; p < sizeof percents / sizeof *percents; p++)
        flame_putf(html->out, "<option value=%u%s>%s</option>", p,
                   p == (unsigned)html->look->percent ? " selected" : "", percents[p]);
    put(html, "</select></label>"
              "<button type=button class=live id=next hidden>Next hottest <kbd>h</kbd></button>"
              "<label class=live hidden><input type=search id=search placeholder=\"Search\" "
              "aria-label=\"Search code and source\" autocomplete=off spellcheck=false> "
              "<kbd>/</kbd></label>"
              "<button type=button class=live id=keys hidden aria-label=\"Keys\">?</button>"
              "<output id=status></output></div>\n");
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
    if (flame_characters(f->symbol) > FITS_HEADING) {
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

static enum flame_status put_functions(const struct flame_html *html)
{
    const struct flame_annotation *a = html->annotation;
    enum flame_status status = FLAME_OK;
    flame_putf(html->out, "<main tabindex=-1 data-percent=%u data-least=%u",
               (unsigned)html->look->percent, (unsigned)(html->least * 100));
    put(html, " data-totals");
    put(html, "=\"");
    for (size_t e = 0; e < a->event_count; e++)
        flame_putf(html->out, "%s%" PRIu64 ",%" PRIu64, e ? " " : "", a->events[e].total.samples,
                   a->events[e].total.period);
    put(html, "\">\n");
    for (size_t i = 0; i < a->function_count && status == FLAME_OK; i++) {
        const struct flame_annotated *f = &a->functions[i];
        flame_putf(html->out, "<section id=f%zu", i);
        flame_html_hits(html, f->total);
        put(html, "><h2>");
        flame_html_put_share(html, "global", f->total, flame_html_share(html, f->total, 0));
        put(html, " ");
        flame_html_name(html->out, f->symbol, FITS_HEADING, false);
        put(html, " <span class=place>");
        put_text(html, f->dso);
        put(html, "</span></h2>\n");
        put_facts(html, i);
        status = flame_html_listing(html, i);
        put(html, "</section>\n");
    }
    put(html, "</main>\n");
    return status;
}

static void put_help(const struct flame_html *html)
{
    static const char *const keys[][2] = {
        { "h H", "next, previous hottest instruction" },
        { "/", "search code and source; Enter, Shift+Enter: next, previous; Esc ends it" },
        { "s i b", "show source, inlined functions, bytes" },
        { "p P", "another kind of percentage: of the function or of everything, by period or by "
                 "hits" },
        { "e", "another event" },
        { "Enter", "follow the jump of the row that is marked; Alt+Left goes back" },
        { "?", "this list" },
    };
    put(html, "<dialog id=help aria-label=Keys><h2>Keys</h2><dl>");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        flame_putf(html->out, "<dt><kbd>%s</kbd><dd>%s", keys[i][0], keys[i][1]);
    put(html, "</dl><p>Point at a jump, or at where one leads, to see its arrow; click an address "
              "to link to it.</p><form method=dialog><button>Close</button></form></dialog>\n");
}

enum flame_status flame_annotate_html(const struct flame_annotation *annotation,
                                      const struct flame_annotate_look *look,
                                      struct flame_output *output)
{
    static const struct flame_annotate_look plain = { 0 };
    const double least = 0.5;
    struct flame_html html = { .out = output, .annotation = annotation };
    html.look = look ? look : &plain;
    html.least = html.look->min_percent > 0 ? html.look->min_percent : least;
    put_head(&html);
    put(&html, "<body>\n");
    put_switches(&html);
    put(&html, "<header><h1>");
    flame_html_text(output, flame_str_basename(flame_str_from(annotation->path)));
    put(&html, "</h1>\n");
    put_controls(&html);
    flame_html_notes(&html);
    put(&html, "</header>\n");
    enum flame_status status = flame_html_contents(&html);
    if (status == FLAME_OK)
        status = put_functions(&html);
    put_help(&html);
    put(&html, "<script>");
    flame_put(output, flame_asset_annotate_script, flame_asset_annotate_script_size);
    put(&html, "</script>\n</body>\n</html>\n");
    return status;
}
