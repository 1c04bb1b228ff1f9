/* print_html.c: an annotation as one page that needs nothing else: no network, no other file.
 *
 * It is complete as it is written; its script (assets/annotate.js) adds what needs one: other
 * events and kinds of percentage, search, keys, the overview. The page allows that script alone, by
 * its hash, and no request, so that even text that escaped its place could do nothing. */
#include "html.h"

#include "numbers.h"
#include "page_assets.h"
#include "short_name.h"

#include <flamedata/version.h>
#include <inttypes.h>

enum { FITS_TITLE = 40 };

static void put(const struct flame_html *html, const char *text)
{
    flame_put_text(html->out, text);
}

static void put_text(const struct flame_html *html, struct flame_str s)
{
    flame_html_text(html->out, s);
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

static enum flame_status put_functions(const struct flame_html *html)
{
    const struct flame_annotation *a = html->annotation;
    enum flame_status status = FLAME_OK;
    put(html, "<main tabindex=-1");
    flame_html_measures(html);
    put(html, ">\n");
    for (size_t i = 0; i < a->function_count && status == FLAME_OK; i++)
        status = flame_html_section(html, i, false);
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
    struct flame_html html = flame_html_of(annotation, look, output);
    html.style = "style";
    html.bytes = true;
    put_head(&html);
    put(&html, "<body class=listing>\n");
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
