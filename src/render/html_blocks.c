/* html_blocks.c: the data of a page, each block deflated by itself, so that what nobody looks at is
 * never inflated.
 *
 *     columns   the tree (docs/formats/columns.md)
 *     samples   each sample by itself; absent without samples
 *     verdict   page->verdict; absent without
 *     style, script   assets/html and assets/core, but for what loader.js has
 *     codeN     the markup of the function that is N-th in data.codes
 *     data      what the script begins with, as JSON:
 *
 *     title, subtitle, notes, codeNote, samplesNote   strings, "" where there is none
 *     view       that the page opens with: "flame", "icicle", "callers" or "chart"
 *     event      index of the event that it opens with
 *     events     [{name, durations, quantity, factor, samples}]: what weights are called, see
 *                numbers.js; samples: how many a frame is made of is told beside its weight
 *     lines      the verdict in words; doubts: those of them that tell of something wrong
 *     facts      [[label, value]]; a label alone is a heading
 *     codes      [{name, object}]
 *     keys       [{name, paint}]: the legend, paint an index into the columns' paints
 *     ramp, mostDelta   as in svg_script.c
 *
 * Blocks are base64: nothing that a name holds can end the element that they stand in. */
#include "html_page.h"

#include "assets.h"
#include "columns.h"
#include "columns_samples.h"
#include "deflation.h"
#include "fail.h"
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void open_block(const struct flame_html_page *html, const char *name)
{
    flame_putf(html->out, "<script type=\"application/octet-stream\" id=\"%s\">", name);
}

static void close_block(const struct flame_html_page *html)
{
    flame_put_text(html->out, "</script>\n");
}

static enum flame_status put_bytes(const struct flame_html_page *html, const char *name,
                                   struct flame_str bytes)
{
    open_block(html, name);
    enum flame_status status = flame_put_packed(html->out, bytes.ptr, bytes.len);
    close_block(html);
    return status;
}

static enum flame_status put_tree(const struct flame_html_page *html, struct flame_columns *columns)
{
    const struct flame_page *page = html->page;
    struct flame_columns_event *events = calloc(page->event_count, sizeof *events);
    if (!events)
        return FLAME_NOMEM;
    for (size_t e = 0; e < page->event_count; e++)
        events[e] = (struct flame_columns_event){ page->events[e].self, !page->events[e].self };
    enum flame_status status =
        flame_columns_tree(columns, page->tree, events, page->event_count, html->paints);
    free(events);
    if (status != FLAME_OK)
        return status;
    open_block(html, "columns");
    status = flame_columns_write(columns, html->out);
    close_block(html);
    return status;
}

static enum flame_status put_samples(const struct flame_html_page *html,
                                     struct flame_columns *columns)
{
    if (!html->page->samples)
        return FLAME_OK;
    enum flame_status status =
        flame_columns_samples(columns, html->page->samples, html->page->tree);
    if (status != FLAME_OK)
        return status;
    open_block(html, "samples");
    status = flame_columns_write(columns, html->out);
    close_block(html);
    return status;
}

static void put_words(struct flame_json *json, const char *name, const char *words)
{
    flame_json_text(json, name, flame_str_from(words ? words : ""));
}

static void put_event(const struct flame_html_page *html, struct flame_json *json,
                      const struct flame_page_event *event)
{
    const struct flame_look *look = html->style.look;
    bool durations = !look->count_name && event->unit == FLAME_UNIT_NANOSECONDS;
    struct flame_str quantity = flame_str_from("samples");
    if (look->count_name)
        quantity = flame_str_from(look->count_name);
    else if (event->unit == FLAME_UNIT_EVENTS)
        quantity = event->name.len ? event->name : flame_str_from("events");
    flame_json_open(json, NULL, '{');
    flame_json_text(json, "name", event->name.len ? event->name : quantity);
    flame_json_bool(json, "durations", durations);
    flame_json_text(json, "quantity", quantity);
    flame_json_decimal(json, "factor", html->style.factor, 6);
    flame_json_bool(json, "samples", html->style.count_samples && !event->self);
    flame_json_close(json, '}');
}

static void put_lines(struct flame_json *json, const char *name, struct flame_str lines)
{
    flame_json_open(json, name, '[');
    while (lines.len) {
        const char *end = memchr(lines.ptr, '\n', lines.len);
        size_t length = end ? (size_t)(end - lines.ptr) : lines.len;
        if (length)
            flame_json_text(json, NULL, (struct flame_str){ lines.ptr, length });
        length += end != NULL;
        lines = (struct flame_str){ lines.ptr + length, lines.len - length };
    }
    flame_json_close(json, ']');
}

/* What a node's paint follows from, where it is a step of a ramp. */
static void put_ramp(const struct flame_paints *paints, struct flame_json *json)
{
    static const double most = 0x1p62;
    double delta = paints->by == FLAME_PAINTS_BY_DELTA ? paints->most_delta : 0;
    flame_json_u64(json, "ramp", paints->by == FLAME_PAINTS_BY_FRAME ? 0 : FLAME_RAMP_STEPS);
    flame_json_signed(json, "mostDelta", (int64_t)fmax(-most, fmin(most, delta)));
}

static void put_data(const struct flame_html_page *html, struct flame_json *json)
{
    const struct flame_page *page = html->page;
    const struct flame_look *look = html->style.look;
    flame_json_open(json, NULL, '{');
    flame_json_text(json, "title", flame_output_bytes(html->title));
    put_words(json, "subtitle", look->subtitle);
    put_words(json, "notes", look->notes);
    flame_json_text(json, "codeNote", page->code_note);
    flame_json_text(json, "samplesNote", page->samples_note);
    put_words(json, "view",
              look->flamechart && page->samples ? "chart"
              : look->reversed                  ? "callers"
              : look->inverted                  ? "icicle"
                                                : "flame");
    flame_json_u64(json, "event", page->event);
    flame_json_open(json, "events", '[');
    for (size_t e = 0; e < page->event_count; e++)
        put_event(html, json, &page->events[e]);
    flame_json_close(json, ']');
    put_lines(json, "lines", look->metadata);
    put_lines(json, "doubts", page->doubts);
    flame_json_open(json, "facts", '[');
    for (size_t i = 0; i < page->fact_count; i++) {
        flame_json_open(json, NULL, '[');
        flame_json_text(json, NULL, page->facts[i].label);
        flame_json_text(json, NULL, page->facts[i].value);
        flame_json_close(json, ']');
    }
    flame_json_close(json, ']');
    flame_json_open(json, "codes", '[');
    for (size_t i = 0; i < page->code_count; i++) {
        flame_json_open(json, NULL, '{');
        flame_json_text(json, "name", page->codes[i].name);
        flame_json_text(json, "object", page->codes[i].object);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
    flame_json_open(json, "keys", '[');
    for (size_t i = 0; i < html->paints->key_count; i++) {
        flame_json_open(json, NULL, '{');
        flame_json_text(json, "name", html->paints->keys[i].name);
        flame_json_u64(json, "paint", html->paints->keys[i].paint);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
    put_ramp(html->paints, json);
    flame_json_close(json, '}');
}

static enum flame_status put_json(const struct flame_html_page *html)
{
    struct flame_output *text = flame_output_memory();
    if (!text)
        return FLAME_NOMEM;
    struct flame_json json = { .out = text };
    put_data(html, &json);
    enum flame_status status = put_bytes(html, "data", flame_output_bytes(text));
    enum flame_status written = flame_output_commit(text, NULL);
    return status == FLAME_OK ? written : status;
}

enum flame_status flame_html_page_blocks(const struct flame_html_page *html,
                                         struct flame_error *error)
{
    const struct flame_page *page = html->page;
    struct flame_columns *columns = flame_columns_create();
    enum flame_status status = columns ? put_tree(html, columns) : FLAME_NOMEM;
    if (status == FLAME_OK)
        status = put_samples(html, columns);
    flame_columns_free(columns);
    if (status == FLAME_OK && page->verdict.len)
        status = put_bytes(html, "verdict", page->verdict);
    for (size_t i = 0; status == FLAME_OK && i < page->code_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "code%zu", i);
        open_block(html, name);
        flame_put_str(html->out, page->codes[i].block);
        close_block(html);
    }
    if (status == FLAME_OK)
        status = put_json(html);
    const struct flame_str style = { flame_asset_page_style, flame_asset_page_style_size };
    const struct flame_str script = { flame_asset_page_script, flame_asset_page_script_size };
    if (status == FLAME_OK)
        status = put_bytes(html, "style", style);
    if (status == FLAME_OK)
        status = put_bytes(html, "script", script);
    return status == FLAME_OK
               ? status
               : flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
}
