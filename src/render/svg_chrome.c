/* svg_chrome.c: what stands around the frames: title, notes, the line of details, the legend.
 *
 * Room for the script's controls is left beside the title. */
#include "svg.h"

#include "label.h"
#include "numbers.h"

#include <math.h>

/* In font sizes: where lines of the head stand, how high a line of the foot is, and the widest
 * entry of the legend. */
static const double title_line = 2, first_note_line = 3.6, note_step = 1.3, head_rest = 1.2;
static const double details_line = 1.4, legend_top = 1.9, legend_step = 1.7, widest_key = 22;

/* An entry of the legend: a box of that paint. */
struct key {
    struct flame_str name;
    uint32_t paint;
    const char *kind;
};

/* Of kinds the name says which one it is; only with the default palette are there such. */
static const char *kind_class_of(const struct flame_svg *svg, struct flame_str name)
{
    static const char *const names[] = {
#define X(kind, mark, name) name,
        FLAME_FRAME_KINDS(X)
#undef X
    };
    bool by_kind = flame_palette_by(svg->style.palette) == FLAME_PALETTE_BY_KIND;
    for (unsigned k = 0; by_kind && k < FLAME_KIND_ROOT; k++)
        if (flame_str_is(name, names[k]))
            return flame_svg_kind_class((enum flame_frame_kind)k);
    return NULL;
}

static struct key key_at(const struct flame_svg *svg, size_t i)
{
    const struct flame_paint_key *key = &svg->paints.keys[i];
    return (struct key){ key->name, key->paint, kind_class_of(svg, key->name) };
}

/* Where entry i of the legend goes: x from the left, in a row of so many; call in order, with *x
 * and *row 0 at first. Returns its label, and its width in *width. */
static struct flame_str place_key(const struct flame_svg *svg, const struct key *key, double *x,
                                  unsigned *row, double *width, char buffer[FLAME_LABEL])
{
    double size = svg->style.font.size_px;
    struct flame_font font = flame_svg_font(svg, key->kind);
    struct flame_str label = flame_label(key->name, widest_key * size, &font, buffer);
    *width = flame_text_width(label, &font) + size;
    if (*x > 0 && *x + *width > svg->style.width - 2 * svg->style.margin) {
        *x = 0;
        ++*row;
    }
    return label;
}

static void put_legend(const struct flame_svg *svg)
{
    double size = svg->style.font.size_px, x = 0, width;
    char buffer[FLAME_LABEL];
    unsigned row = 0;
    flame_svg_put(svg, "<g id=\"legend\">");
    for (size_t i = 0; i < svg->paints.key_count; i++) {
        struct key key = key_at(svg, i);
        struct flame_str label = place_key(svg, &key, &x, &row, &width, buffer);
        double top = (legend_top + row * legend_step) * size;
        flame_svg_put(svg, "<g");
        if (svg->classes || key.kind)
            flame_svg_put(svg, " class=\"");
        if (svg->classes)
            flame_putf(svg->out, key.kind ? "p%u " : "p%u", key.paint);
        flame_svg_put(svg, key.kind ? key.kind : "");
        flame_svg_put(svg, svg->classes || key.kind ? "\">" : ">");
        flame_svg_px(svg, "<rect x=\"", svg->style.margin + x);
        flame_svg_px(svg, "\" y=\"", top);
        flame_svg_px(svg, "\" width=\"", width);
        flame_svg_px(svg, "\" height=\"", 1.3 * size);
        if (!svg->classes) {
            flame_svg_put(svg, "\" fill=\"");
            flame_put_colour(svg->out, svg->paints.list[key.paint].light);
        }
        flame_svg_px(svg, "\"/><text x=\"", svg->style.margin + x + size / 2);
        flame_svg_px(svg, "\" y=\"", top + 0.95 * size);
        flame_svg_put(svg, "\">");
        flame_put_xml(svg->out, label);
        flame_svg_put(svg, "</text></g>");
        x += width + size / 2;
    }
    flame_svg_put(svg, "</g>");
}

void flame_svg_note(const struct flame_svg *svg)
{
    if (svg->left_out) {
        flame_svg_put(svg, "Drawn are the ");
        flame_put_grouped(svg->out, svg->layout.count);
        flame_svg_put(svg, " widest frames; ");
        flame_put_grouped(svg->out, svg->left_out);
        flame_svg_put(svg, svg->left_out == 1 ? " other is too many for a picture"
                                              : " others are too many for a picture");
    }
    if (svg->opaque) {
        flame_svg_put(svg, svg->left_out ? ". All " : "All ");
        flame_put_grouped(svg->out, svg->tree->node_count);
        flame_svg_put(svg, " frames are too many to be carried along: this picture cannot be "
                           "zoomed or searched");
    }
}

static bool has_note(const struct flame_svg *svg)
{
    return svg->left_out || svg->opaque;
}

void flame_svg_measure(struct flame_svg *svg)
{
    double size = svg->style.font.size_px, x = 0, width;
    char buffer[FLAME_LABEL];
    unsigned row = 0, lines = (svg->style.look->subtitle ? 1U : 0) + (has_note(svg) ? 1U : 0);
    for (size_t i = 0; i < svg->paints.key_count; i++) {
        struct key key = key_at(svg, i);
        place_key(svg, &key, &x, &row, &width, buffer);
        x += width + size / 2;
    }
    double last = lines ? first_note_line + (lines - 1) * note_step : title_line;
    svg->head = ceil(size * (last + head_rest));
    svg->foot = ceil(size * (legend_top + (svg->paints.key_count ? (row + 1) * legend_step : 0.2)));
    svg->height =
        ceil(svg->head + (svg->layout.max_depth + 1.0) * svg->style.frame_height + svg->foot);
}

static void put_line(const struct flame_svg *svg, const char *id, double line,
                     struct flame_str text)
{
    bool cut;
    struct flame_str head =
        flame_label_fit(text, svg->style.width - 2 * svg->style.margin, &svg->style.font, &cut);
    flame_putf(svg->out, "<text id=\"%s\" x=\"50%%\"", id);
    flame_svg_px(svg, " y=\"", line * svg->style.font.size_px);
    flame_svg_put(svg, "\">");
    flame_put_xml(svg->out, head);
    flame_svg_put(svg, cut ? "\xe2\x80\xa6</text>" : "</text>");
}

void flame_svg_head(const struct flame_svg *svg)
{
    const struct flame_style *style = &svg->style;
    double size = style->font.size_px, line = first_note_line;
    bool cut;
    struct flame_font font = style->font;
    font.size_px = size + 5;
    struct flame_str title = flame_label_fit(style->title, style->width - 20 * size, &font, &cut);
    flame_svg_put(svg, "<g id=\"head\"><rect class=\"band\" fill=\"");
    flame_put_colour(svg->out, style->top);
    flame_svg_px(svg, "\" width=\"100%\" height=\"", svg->head - 3);
    flame_svg_px(svg, "\"/><text id=\"title\" x=\"50%\" y=\"", title_line * size);
    flame_svg_px(svg, "\" font-size=\"", size + 5);
    flame_svg_put(svg, "\">");
    flame_put_xml(svg->out, title);
    flame_svg_put(svg, cut ? "\xe2\x80\xa6</text>" : "</text>");
    if (style->look->subtitle) {
        put_line(svg, "subtitle", line, flame_str_from(style->look->subtitle));
        line += note_step;
    }
    if (has_note(svg)) {
        flame_svg_px(svg, "<text id=\"note\" x=\"50%\" y=\"", line * size);
        flame_svg_put(svg, "\">");
        flame_svg_note(svg);
        flame_svg_put(svg, "</text>");
    }
    flame_svg_put(svg, "</g>\n");
}

void flame_svg_foot(const struct flame_svg *svg)
{
    double size = svg->style.font.size_px;
    flame_svg_px(svg, "<g id=\"foot\" transform=\"translate(0 ", svg->height - svg->foot);
    flame_svg_put(svg, ")\"><rect class=\"band\" fill=\"");
    flame_put_colour(svg->out, svg->style.bottom);
    flame_svg_px(svg, "\" width=\"100%\" height=\"", svg->foot);
    flame_svg_px(svg, "\"/><text id=\"details\" x=\"", svg->style.margin);
    flame_svg_px(svg, "\" y=\"", details_line * size);
    flame_svg_put(svg, "\"> </text>");
    if (svg->paints.key_count)
        put_legend(svg);
    flame_svg_put(svg, "</g>\n");
}
