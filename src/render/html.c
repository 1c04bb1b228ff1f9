/* html.c: a page that needs nothing else.
 *
 *     <head> policy, title, style
 *     <div id="still">     the still picture and the facts: what is seen without JavaScript
 *     <div id="page">      assets/html/body.html: what the script fills, not shown before it runs
 *     <script type="application/octet-stream" id="...">   blocks of data, see html_blocks.c
 *     <script>             assets/html/loader.js: unpacks style sheet and script, which are blocks
 *
 * The policy allows these two scripts, by their hashes, and no request, so that even text that
 * escaped its place could do nothing. Style sheets are not told apart by it: the still picture's
 * has the colours of its frames. */
#include "html_page.h"

#include "assets.h"
#include "fail.h"
#include "svg.h"

#include <flamedata/version.h>

static void put(const struct flame_html_page *html, const char *text)
{
    flame_put_text(html->out, text);
}

/* The title that was asked for, else what it is, of which machine, and when, as far as the facts
 * say so. */
static void put_title(const struct flame_html_page *html)
{
    static const char *const labels[] = { "host", "begun" };
    const struct flame_page *page = html->page;
    flame_put_str(html->title, html->style.title);
    for (size_t l = 0; l < 2 && !html->style.look->title; l++) {
        for (size_t i = 0; i < page->fact_count; i++) {
            if (!flame_str_is(page->facts[i].label, labels[l]) || !page->facts[i].value.len)
                continue;
            flame_put_text(html->title, " \xe2\x80\x93 ");
            flame_put_str(html->title, page->facts[i].value);
            break;
        }
    }
}

static void put_head(const struct flame_html_page *html)
{
    put(html, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
              "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
              "style-src 'unsafe-inline'; script-src 'sha256-");
    put(html, flame_asset_page_loader_sha256);
    put(html, "' 'sha256-");
    put(html, flame_asset_page_script_sha256);
    put(html, "'; base-uri 'none'; form-action 'none'\">\n"
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
              "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" "
              "content=\"flamedata " FLAMEDATA_VERSION "\">\n<title>");
    flame_put_xml(html->out, flame_output_bytes(html->title));
    put(html, "</title>\n<style>");
    flame_put(html->out, flame_asset_page_still, flame_asset_page_still_size);
    put(html, "</style>\n</head>\n<body>\n");
}

/* A fact without a value is the heading of those that follow. */
static void put_facts(const struct flame_html_page *html)
{
    const struct flame_page *page = html->page;
    const struct flame_look *look = html->style.look;
    if (look->metadata.len) {
        put(html, "<pre>");
        flame_put_lines(html->out, look->metadata);
        put(html, "</pre>\n");
    }
    if (page->fact_count)
        put(html, "<dl>");
    for (size_t i = 0; i < page->fact_count; i++) {
        put(html, page->facts[i].value.len ? "<dt>" : "<dt><b>");
        flame_put_xml(html->out, page->facts[i].label);
        put(html, page->facts[i].value.len ? "</dt><dd>" : "</b></dt><dd>");
        flame_put_xml(html->out, page->facts[i].value);
        put(html, "</dd>\n");
    }
    if (page->fact_count)
        put(html, "</dl>\n");
}

/* Who sees it has no script to look closer with: without a wish of their own, frames from one
 * percent on, so that it does not take more room than the table of all. */
static enum flame_status put_still(const struct flame_html_page *html, struct flame_error *error)
{
    struct flame_look look = *html->style.look;
    if (!look.has_min_width) {
        look.has_min_width = look.min_width_percent = true;
        look.min_width = 1;
    }
    return flame_svg_still(html->page->tree, &look, html->out, error);
}

static enum flame_status put_page(struct flame_html_page *html, struct flame_error *error)
{
    put_head(html);
    put(html, "<div id=\"still\">\n");
    enum flame_status status = put_still(html, error);
    if (status != FLAME_OK)
        return status;
    put_facts(html);
    put(html, "</div>\n");
    flame_put(html->out, flame_asset_page_body, flame_asset_page_body_size);
    status = flame_html_page_blocks(html, error);
    put(html, "<script>");
    flame_put(html->out, flame_asset_page_loader, flame_asset_page_loader_size);
    put(html, "</script>\n</body>\n</html>\n");
    return status;
}

enum flame_status flame_render_html(const struct flame_page *page, struct flame_output *output,
                                    struct flame_error *error)
{
    const struct flame_tree *tree = page->tree;
    struct flame_html_page html = { .page = page, .out = output, .title = flame_output_memory() };
    struct flame_paints paints = { 0 };
    uint64_t whole = tree->node_count ? tree->nodes[0].total : 0;
    enum flame_status status =
        flame_style_make(&html.style, page->look, tree->stacks, whole, error);
    if (status != FLAME_OK) {
        flame_output_discard(html.title);
        return status;
    }
    if (html.title)
        put_title(&html);
    if (!html.title || flame_output_failed(html.title))
        status = flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
    if (status == FLAME_OK)
        status = flame_paints_make(&paints, &html.style, tree, error);
    html.paints = &paints;
    if (status == FLAME_OK)
        status = put_page(&html, error);
    flame_paints_free(&paints);
    flame_output_discard(html.title);
    flame_style_free(&html.style);
    return status;
}
