/* svg.c: a layout as an SVG.
 *
 * The picture stands by itself: title, frames with labels and tooltips, legend. The script that
 * follows only moves what is there. Frame by frame the file holds
 *
 *     <g class="KIND SHADE"><title>NAME (WEIGHT, SHARE;
 * SAMPLES)</title><rect/><text>LABEL</text></g>
 *
 * and, once for all of them, a table with their exact weights, from which the script zooms, sums
 * and links. Positions are percentages of the inner width, so that a fluid picture follows the
 * window without being rewritten.
 *
 * Vertical layout: head (title, subtitle, controls), the frames, foot (details, legend). */
#include "assets.h"
#include "fail.h"
#include "layout.h"
#include "look.h"
#include "numbers.h"

#include <flamedata/render.h>
#include <math.h>

/* A name longer than this is cut in its tooltip: no compiler makes such names, and a hostile file
 * must not blow the picture up. */
enum { LONGEST_NAME = 4096 };

/* One letter per kind, the first of a frame's class. */
static const char kind_letters[] = "pukjinr";

struct drawing {
    const struct flame_tree *tree;
    const struct flame_layout *layout;
    struct flame_style style;
    struct flame_output *out;
    double head, foot, height; /* px */
    bool by_kind;
};

static void put(const struct drawing *d, const char *text)
{
    flame_put_text(d->out, text);
}

static void put_px(const struct drawing *d, const char *before, double px)
{
    put(d, before);
    if (px < 0)
        put(d, "-");
    flame_put_fixed(d->out, (uint64_t)llround(fabs(px) * 100), 2);
}

/* A share in percent with four decimals, less than 0.002 px of the default width. */
static void put_share(const struct drawing *d, const char *before, uint64_t parts_per_million)
{
    put(d, before);
    flame_put_fixed(d->out, parts_per_million, 4);
    put(d, "%");
}

static uint64_t per_million(const struct drawing *d, uint64_t weight)
{
    return (uint64_t)llround((double)weight / (double)d->layout->whole * 1e6);
}

static double frame_y(const struct drawing *d, uint32_t depth)
{
    uint32_t row = d->style.look->inverted ? depth : d->layout->max_depth - depth;
    return d->head + row * d->style.frame_height;
}

/* The name as it is shown: FlameGraph's marks of kind are data for colours, not for readers. */
static struct flame_str shown_name(const struct drawing *d, const struct flame_node *node)
{
    if (node->frame == FLAME_TREE_NONE)
        return flame_str_from("all");
    struct flame_str name = d->tree->stacks->frames[node->frame].name;
    static const char *const marks[] = { "_[k]", "_[j]", "_[i]", "_[w]" };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (name.len > 4 && flame_str_ends(name, marks[i]))
            name.len -= 4;
    return name;
}

static enum flame_frame_kind kind_of(const struct drawing *d, const struct flame_node *node)
{
    return node->frame == FLAME_TREE_NONE ? FLAME_KIND_ROOT
                                          : d->tree->stacks->frames[node->frame].kind;
}

/* "WEIGHT, SHARE; SAMPLES", in the words of FlameGraph's tooltips. */
static void put_numbers(const struct drawing *d, const struct flame_node *node)
{
    flame_put_weight(d->out, &d->style, node->total);
    uint64_t share = (uint64_t)llround((double)node->total / (double)d->layout->whole * 1e4);
    const char digits[] = { (char)('0' + share / 10 % 10), (char)('0' + share % 10) };
    put(d, ", ");
    flame_put_u64(d->out, share / 100);
    if (node->depth) {
        put(d, ".");
        flame_put(d->out, digits, sizeof digits);
    }
    put(d, "%");
    if (d->style.count_samples) {
        put(d, "; ");
        flame_put_grouped(d->out, node->total_samples);
        put(d, node->total_samples == 1 ? " sample" : " samples");
    }
}

static void put_fill(const struct drawing *d, const struct flame_node *node)
{
    struct flame_rgb colour =
        node->frame == FLAME_TREE_NONE
            ? flame_kind_colour(FLAME_KIND_ROOT, 0)
            : flame_colour_of(d->style.palette, &d->tree->stacks->frames[node->frame],
                              d->style.look->hash);
    put(d, "\" fill=\"");
    flame_put_colour(d->out, colour);
}

static void put_frame(const struct drawing *d, const struct flame_box *box)
{
    const struct flame_node *node = &d->tree->nodes[box->node];
    struct flame_str name = shown_name(d, node), head = flame_str_head(name, LONGEST_NAME);
    double y = frame_y(d, node->depth), size = d->style.font.size_px;
    double inner = d->style.width - 2 * d->style.margin;
    uint64_t left = per_million(d, box->start), right = per_million(d, box->start + box->width);

    put(d, "<g");
    if (d->by_kind) {
        enum flame_frame_kind kind = kind_of(d, node);
        unsigned shade = kind == FLAME_KIND_ROOT ? 0 : flame_shade_of(name, d->style.look->hash);
        const char value[] = { kind_letters[kind], (char)('0' + shade) };
        put(d, " class=\"");
        flame_put(d->out, value, sizeof value);
        put(d, "\"");
    }
    put(d, "><title>");
    flame_put_xml(d->out, head);
    put(d, head.len < name.len ? "\xe2\x80\xa6 (" : " (");
    put_numbers(d, node);
    put(d, ")</title><rect");
    put_share(d, " x=\"", left);
    put_px(d, "\" y=\"", y);
    put_share(d, "\" width=\"", right - left);
    put_px(d, "\" height=\"",
           d->style.frame_height > 2 ? d->style.frame_height - 1 : d->style.frame_height);
    if (!d->by_kind)
        put_fill(d, node);
    put(d, "\"/>");

    double width = (double)(right - left) / 1e6 * inner;
    bool cut;
    struct flame_str label = { 0 };
    if (d->style.frame_height >= size)
        label = flame_label_fit(name, width - size / 2, &d->style.font, &cut);
    if (label.len) {
        put_share(d, "<text x=\"", left + (uint64_t)llround(size / 4 / inner * 1e6));
        put_px(d, "\" y=\"", y + d->style.frame_height / 2 + size * 0.28);
        put(d, "\">");
        flame_put_xml(d->out, label);
        put(d, cut ? "\xe2\x80\xa6</text>" : "</text>");
    }
    put(d, "</g>\n");
}

static uint64_t divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Frame by frame "pop,step,total,self" in base 36, zeros left out: how many levels lie between the
 * frame before and this one's parent, how far its start is from that of the frame before, and its
 * weights, all divided by what all weights have in common. */
static void put_table(const struct drawing *d)
{
    const struct flame_stacks *stacks = d->tree->stacks;
    uint64_t unit = 0, start = 0;
    uint32_t depth = 0;
    for (size_t i = 0; i < stacks->stack_count && unit != 1; i++)
        unit = divisor(unit, stacks->stacks[i].weight);
    for (size_t i = 0; i < d->layout->count; i++) {
        const struct flame_box *box = &d->layout->boxes[i];
        const struct flame_node *node = &d->tree->nodes[box->node];
        uint64_t self = node->self < box->width ? node->self : box->width;
        const uint64_t values[] = { i ? depth + 1 - node->depth : 0, (box->start - start) / unit,
                                    box->width / unit, self / unit };
        for (size_t v = 0; v < (self ? 4 : 3); v++) {
            put(d, v ? "," : i ? " " : "");
            if (values[v])
                flame_put_base36(d->out, values[v]);
        }
        start = box->start;
        depth = node->depth;
    }
}

/* What the script needs to know. parens: how often " (" stands in the numbers of a tooltip, so
 * that its name can be told from them. */
static void put_data(const struct drawing *d)
{
    unsigned parens = 1;
    for (size_t i = 0; i + 1 < d->style.quantity.len; i++)
        parens += d->style.quantity.ptr[i] == ' ' && d->style.quantity.ptr[i + 1] == '(';
    put(d, "{nameType:");
    flame_put_js_string(d->out, flame_str_from(d->style.name_type));
    put(d, ",kinds:{");
    for (size_t k = 0; d->by_kind && k < FLAME_KIND_ROOT; k++) {
        static const char *const names[] = {
#define X(kind, mark, name) name,
            FLAME_FRAME_KINDS(X)
#undef X
        };
        flame_putf(d->out, "%s%c:\"%s\"", k ? "," : "", kind_letters[k], names[k]);
    }
    flame_putf(d->out, "},parens:%u,fluid:%d,inverted:%d,labels:%d", parens, d->style.fluid,
               d->style.look->inverted, d->style.frame_height >= d->style.font.size_px);
    put_px(d, ",margin:", d->style.margin);
    put_px(d, ",width:", d->style.width);
    put_px(d, ",height:", d->height);
    put_px(d, ",frameHeight:", d->style.frame_height);
    put_px(d, ",fontSize:", d->style.font.size_px);
    put_px(d, ",foot:", d->height - d->foot);
    put(d, ",frames:\"");
    put_table(d);
    put(d, "\"}");
}

static void put_metadata(const struct drawing *d)
{
    const struct flame_look *look = d->style.look;
    if (!look->metadata.len && !look->notes)
        return;
    struct flame_str lines = look->metadata;
    while (lines.len && lines.ptr[lines.len - 1] == '\n')
        lines.len--;
    put(d, "<metadata>\n");
    flame_put_lines(d->out, lines);
    if (look->notes) {
        put(d, lines.len ? "\nNotes: " : "Notes: ");
        flame_put_lines(d->out, flame_str_from(look->notes));
    }
    put(d, "\n</metadata>\n");
}

static void put_style(const struct drawing *d)
{
    put(d, "<style>");
    flame_put(d->out, flame_asset_style, flame_asset_style_size);
    for (unsigned k = 0; d->by_kind && k < FLAME_KIND_COUNT; k++)
        for (unsigned s = 0; s < (k == FLAME_KIND_ROOT ? 1 : FLAME_SHADES); s++) {
            flame_putf(d->out, ".%c%u{fill:", kind_letters[k], s);
            flame_put_colour(d->out, flame_kind_colour((enum flame_frame_kind)k, s));
            put(d, "}");
        }
    /* A window higher than the picture goes on in the colour that the picture ends with. */
    put(d, "\nsvg{background:");
    flame_put_colour(d->out, d->style.bottom);
    put(d, "}</style>\n");
}

static void put_head(const struct drawing *d)
{
    double size = d->style.font.size_px;
    bool cut;
    struct flame_font font = { size + 5, d->style.font.fixed };
    /* The controls stand to both sides of the title. */
    struct flame_str title =
        flame_label_fit(d->style.title, d->style.width - 20 * size, &font, &cut);
    put(d, "<g id=\"head\">");
    put_px(d, "<rect class=\"band\" width=\"100%\" height=\"", d->head - 3);
    put(d, "\" fill=\"");
    flame_put_colour(d->out, d->style.top);
    put_px(d, "\"/><text id=\"title\" x=\"50%\" y=\"", 2 * size);
    put_px(d, "\" font-size=\"", size + 5);
    put(d, "\">");
    flame_put_xml(d->out, title);
    put(d, cut ? "\xe2\x80\xa6</text>" : "</text>");
    if (d->style.look->subtitle) {
        struct flame_str text = flame_str_from(d->style.look->subtitle);
        text = flame_label_fit(text, d->style.width - 2 * d->style.margin, &d->style.font, &cut);
        put_px(d, "<text id=\"subtitle\" x=\"50%\" y=\"", 3.6 * size);
        put(d, "\">");
        flame_put_xml(d->out, text);
        put(d, cut ? "\xe2\x80\xa6</text>" : "</text>");
    }
    put(d, "</g>\n");
}

/* The legend shows the kinds that occur, each as a little frame of its kind. */
static void put_foot(const struct drawing *d)
{
    static const char *const names[] = {
#define X(kind, mark, name) name,
        FLAME_FRAME_KINDS(X)
#undef X
    };
    bool seen[FLAME_KIND_COUNT] = { false };
    double size = d->style.font.size_px, x = d->style.margin;
    for (size_t i = 0; i < d->layout->count; i++)
        seen[kind_of(d, &d->tree->nodes[d->layout->boxes[i].node])] = true;
    put_px(d, "<g id=\"foot\" transform=\"translate(0 ", d->height - d->foot);
    put_px(d, ")\"><rect class=\"band\" width=\"100%\" height=\"", d->foot);
    put(d, "\" fill=\"");
    flame_put_colour(d->out, d->style.bottom);
    put_px(d, "\"/><text id=\"details\" x=\"", d->style.margin);
    put_px(d, "\" y=\"", size + 5);
    put(d, "\"> </text>");
    for (unsigned k = 0; d->by_kind && k < FLAME_KIND_ROOT; k++) {
        if (!seen[k])
            continue;
        double width = ((double)strlen(names[k]) * 0.6 + 1) * size;
        flame_putf(d->out, "<g class=\"%c4\">", kind_letters[k]);
        put_px(d, "<rect x=\"", x);
        put_px(d, "\" y=\"", 1.9 * size);
        put_px(d, "\" width=\"", width);
        put_px(d, "\" height=\"", 1.25 * size);
        put_px(d, "\"/><text x=\"", x + width / 2);
        put_px(d, "\" y=\"", 2.85 * size);
        put(d, "\" text-anchor=\"middle\">");
        put(d, names[k]);
        put(d, "</text></g>");
        x += width + size / 2;
    }
    put(d, "</g>\n");
}

static void put_background(const struct drawing *d)
{
    bool flat = memcmp(&d->style.top, &d->style.bottom, sizeof d->style.top) == 0;
    if (!flat) {
        put(d, "<defs><linearGradient id=\"back\" x2=\"0\" y2=\"1\"><stop offset=\"5%\" "
               "stop-color=\"");
        flame_put_colour(d->out, d->style.top);
        put(d, "\"/><stop offset=\"95%\" stop-color=\"");
        flame_put_colour(d->out, d->style.bottom);
        put(d, "\"/></linearGradient></defs>\n");
    }
    put(d, "<rect width=\"100%\" height=\"100%\" fill=\"");
    if (flat)
        flame_put_colour(d->out, d->style.top);
    else
        put(d, "url(#back)");
    put(d, "\"/>\n");
}

static void put_picture(const struct drawing *d)
{
    const struct flame_look *look = d->style.look;
    put_px(d, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", d->style.width);
    put_px(d, "\" height=\"", d->height);
    put_px(d, "\" viewBox=\"0 0 ", d->style.width);
    put_px(d, " ", d->height);
    put(d, "\" font-family=\"");
    flame_put_xml(d->out, flame_str_from(d->style.font_family));
    put_px(d, "\" font-size=\"", d->style.font.size_px);
    put(d, "\">\n<title>");
    flame_put_xml(d->out, d->style.title);
    put(d, "</title>\n<desc>Each box is a function, as wide as its share of ");
    flame_put_weight(d->out, &d->style, d->layout->whole);
    put(d, look->reversed ? ". What called it stands " : ". What it called stands ");
    put(d, look->inverted ? "below it.</desc>\n" : "above it.</desc>\n");
    put_metadata(d);
    put_style(d);
    put_background(d);
    put_px(d, "<svg id=\"frames\" x=\"", d->style.margin);
    put_px(d, "\" width=\"", d->style.width - 2 * d->style.margin);
    put(d, "\">\n");
    for (size_t i = 0; i < d->layout->count; i++)
        put_frame(d, &d->layout->boxes[i]);
    put(d, "</svg>\n");
    put_head(d);
    put_foot(d);
    put(d, "<script><![CDATA[(function(data){\"use strict\";");
    flame_put(d->out, flame_asset_script, flame_asset_script_size);
    put(d, "})(");
    put_data(d);
    put(d, ");]]></script>\n</svg>\n");
}

enum flame_status flame_render_svg(const struct flame_tree *tree, const struct flame_look *look,
                                   struct flame_output *output, struct flame_error *error)
{
    struct flame_layout layout;
    struct drawing d = { .tree = tree, .layout = &layout, .out = output };
    uint64_t whole = tree->node_count ? tree->nodes[0].total : 0;
    enum flame_status status = flame_style_make(&d.style, look, tree->stacks, whole, error);
    if (status != FLAME_OK)
        return status;
    status = flame_layout_make(&layout, tree, d.style.least, error);
    if (status != FLAME_OK)
        return status;
    double size = d.style.font.size_px;
    d.by_kind = flame_palette_by_kind(d.style.palette);
    d.head = size * (look->subtitle ? 4.8 : 3.4);
    d.foot = size * (d.by_kind ? 3.6 : 2.2);
    d.height = ceil(d.head + (layout.max_depth + 1.0) * d.style.frame_height + d.foot);
    put_picture(&d);
    flame_layout_free(&layout);
    return FLAME_OK;
}
