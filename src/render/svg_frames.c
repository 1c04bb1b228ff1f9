/* svg_frames.c: the rows of frames.
 *
 * Most of a picture are these lines, so they hold nothing that a row, a class or the style sheet
 * can say: y stands in the row's group, and a frame without room for three characters has no
 * <text>. */
#include "svg.h"

#include "fail.h"
#include "label.h"
#include "numbers.h"

#include <math.h>
#include <stdlib.h>

/* A name longer than this is cut in its tooltip and its label: no compiler makes such names, and a
 * hostile file must not blow the picture up, nor the time that it takes to shorten it. */
enum { LONGEST_NAME = 4096 };

/* x and width in percent have three decimals: 0.006 px of the default width. */
enum { FULL_WIDTH = 100000 };

static const double bolder = 1.12;

enum flame_status flame_svg_sort(struct flame_svg *svg, struct flame_error *error)
{
    const struct flame_layout *layout = &svg->layout;
    size_t *next = calloc((size_t)layout->max_depth + 2, sizeof *next);
    svg->rows = malloc(layout->count * sizeof *svg->rows);
    if (!next || !svg->rows) {
        free(next);
        return flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
    }
    for (size_t i = 0; i < layout->count; i++)
        next[svg->tree->nodes[layout->boxes[i].node].depth + 1]++;
    for (size_t d = 1; d <= layout->max_depth; d++)
        next[d] += next[d - 1];
    for (size_t i = 0; i < layout->count; i++)
        svg->rows[next[svg->tree->nodes[layout->boxes[i].node].depth]++] = &layout->boxes[i];
    free(next);
    return FLAME_OK;
}

const char *flame_svg_kind_class(enum flame_frame_kind kind)
{
    return kind == FLAME_FRAME_KERNEL ? "k" : kind == FLAME_FRAME_PROCESS ? "c" : NULL;
}

struct flame_font flame_svg_font(const struct flame_svg *svg, const char *kind_class)
{
    struct flame_font font = svg->style.font;
    if (kind_class && *kind_class == 'c' && !font.fixed)
        font.size_px *= bolder;
    return font;
}

static const struct flame_frame *frame_of(const struct flame_svg *svg,
                                          const struct flame_node *node)
{
    return node->frame == FLAME_TREE_NONE ? NULL : &svg->tree->stacks->frames[node->frame];
}

/* "12.34%", of the whole. */
static void put_percent(const struct flame_svg *svg, double weight)
{
    uint64_t share = (uint64_t)llround(weight / (double)svg->layout.whole * 1e4);
    const char digits[] = { '.', (char)('0' + share / 10 % 10), (char)('0' + share % 10), '%' };
    flame_put_u64(svg->out, share / 100);
    flame_put(svg->out, digits, sizeof digits);
}

/* "WEIGHT, SHARE", of two profiles "WEIGHT, SHARE; CHANGE", in the words of FlameGraph's tooltips.
 * The change is that of the stacks which end at the frame, as is its colour, in the whole. */
static void put_numbers(const struct flame_svg *svg, const struct flame_box *box)
{
    const struct flame_node *node = &svg->tree->nodes[box->node];
    flame_put_weight(svg->out, &svg->style, node->total);
    flame_svg_put(svg, ", ");
    if (!node->depth) {
        flame_svg_put(svg, "100%");
        return;
    }
    put_percent(svg, (double)node->total);
    if (!svg->tree->deltas)
        return;
    double change = (double)svg->tree->deltas[box->node];
    if (svg->style.look->negate)
        change = -change;
    flame_svg_put(svg, change > 0 ? "; +" : change < 0 ? "; -" : "; ");
    put_percent(svg, fabs(change));
}

static uint64_t scaled(const struct flame_svg *svg, uint64_t weight)
{
    return (uint64_t)llround((double)weight / (double)svg->layout.whole * FULL_WIDTH);
}

static void put_share(const struct flame_svg *svg, const char *before, uint64_t share)
{
    flame_svg_put(svg, before);
    flame_put_fixed(svg->out, share, 3);
    flame_svg_put(svg, "%");
}

/* <g class="p3 k" ...>, with what --nameattr adds. */
static void put_group(const struct flame_svg *svg, uint32_t paint, const char *kind,
                      const struct flame_attribute_set *set)
{
    struct flame_str more = set ? set->class_name : (struct flame_str){ 0 };
    const char *apart = "";
    flame_svg_put(svg, "<g");
    if (svg->classes || kind || more.len)
        flame_svg_put(svg, " class=\"");
    if (svg->classes) {
        flame_svg_put(svg, "p");
        flame_put_u64(svg->out, paint);
        apart = " ";
    }
    if (kind) {
        flame_svg_put(svg, apart);
        flame_svg_put(svg, kind);
        apart = " ";
    }
    if (more.len) {
        flame_svg_put(svg, apart);
        flame_put_xml(svg->out, more);
    }
    if (svg->classes || kind || more.len)
        flame_svg_put(svg, "\"");
    if (set && set->id.len) {
        flame_svg_put(svg, " id=\"");
        flame_put_xml(svg->out, set->id);
        flame_svg_put(svg, "\"");
    }
    if (set && set->style.len) {
        flame_svg_put(svg, " style=\"");
        flame_put_xml(svg->out, set->style);
        flame_svg_put(svg, "\"");
    }
    if (set)
        flame_put_attributes(svg->out, set->group, set->group_count);
    flame_svg_put(svg, ">");
}

static void put_link(const struct flame_svg *svg, const struct flame_attribute_set *set)
{
    flame_svg_put(svg, "<a href=\"");
    flame_put_xml(svg->out, set->href);
    flame_svg_put(svg, "\" target=\"");
    flame_put_xml(svg->out, set->target);
    flame_svg_put(svg, "\"");
    flame_put_attributes(svg->out, set->link, set->link_count);
    flame_svg_put(svg, ">");
}

static void put_title(const struct flame_svg *svg, const struct flame_box *box,
                      struct flame_str name, const struct flame_attribute_set *set)
{
    flame_svg_put(svg, "<title>");
    if (set && set->title.len) {
        flame_put_xml(svg->out, set->title);
    } else {
        struct flame_str head = flame_str_head(name, LONGEST_NAME);
        flame_put_xml(svg->out, head);
        flame_svg_put(svg, head.len < name.len ? "\xe2\x80\xa6 (" : " (");
        put_numbers(svg, box);
        flame_svg_put(svg, ")");
    }
    flame_svg_put(svg, "</title>");
}

static void put_label(const struct flame_svg *svg, struct flame_str name, const char *kind,
                      uint64_t left, uint64_t right)
{
    struct flame_font font = flame_svg_font(svg, kind);
    const struct flame_style *style = &svg->style;
    char buffer[FLAME_LABEL];
    double size = style->font.size_px, inner = style->width - 2 * style->margin;
    double width = (double)(right - left) / FULL_WIDTH * inner - size / 2;
    if (style->frame_height < size || width < size)
        return;
    struct flame_str label = flame_label(name, width, &font, buffer);
    if (!label.len)
        return;
    put_share(svg, "<text x=\"", left + (uint64_t)llround(size / 4 / inner * FULL_WIDTH));
    flame_svg_px(svg, "\" y=\"", style->frame_height / 2 + size * 0.28);
    flame_svg_put(svg, "\">");
    flame_put_xml(svg->out, label);
    flame_svg_put(svg, "</text>");
}

static void put_frame(const struct flame_svg *svg, const struct flame_box *box)
{
    const struct flame_style *style = &svg->style;
    const struct flame_frame *frame = frame_of(svg, &svg->tree->nodes[box->node]);
    const struct flame_attribute_set *set =
        frame ? flame_attributes_of(style->attributes, frame->name) : NULL;
    struct flame_str name = frame ? flame_unmarked(frame->name) : flame_str_from("all");
    uint64_t left = scaled(svg, box->start), right = scaled(svg, box->start + box->width);
    uint32_t paint = flame_paint_of(&svg->paints, svg->tree, box->node);

    const char *kind = frame ? flame_svg_kind_class(frame->kind) : NULL;
    put_group(svg, paint, kind, set);
    put_title(svg, box, name, set);
    if (set && set->href.len)
        put_link(svg, set);
    put_share(svg, "<rect x=\"", left);
    put_share(svg, "\" width=\"", right - left);
    flame_svg_px(svg, "\" height=\"",
                 style->frame_height > 2 ? style->frame_height - 1 : style->frame_height);
    if (!svg->classes) {
        flame_svg_put(svg, "\" fill=\"");
        flame_put_colour(svg->out, svg->paints.list[paint].light);
    }
    flame_svg_put(svg, "\"/>");
    put_label(svg, flame_str_head(name, LONGEST_NAME), kind, left, right);
    flame_svg_put(svg, set && set->href.len ? "</a></g>\n" : "</g>\n");
}

void flame_svg_frames(const struct flame_svg *svg)
{
    const struct flame_layout *layout = &svg->layout;
    const struct flame_style *style = &svg->style;
    uint32_t depth = UINT32_MAX;
    flame_svg_px(svg, "<svg id=\"frames\" x=\"", style->margin);
    flame_svg_px(svg, "\" y=\"", svg->head);
    flame_svg_px(svg, "\" width=\"", style->width - 2 * style->margin);
    flame_svg_px(svg, "\" height=\"", svg->height - svg->head - svg->foot);
    flame_svg_put(svg, "\">\n");
    for (size_t i = 0; i < layout->count; i++) {
        uint32_t row = svg->tree->nodes[svg->rows[i]->node].depth;
        if (row != depth) {
            flame_svg_put(svg, i ? "</g>\n" : "");
            uint32_t below = style->look->inverted ? row : layout->max_depth - row;
            flame_svg_px(svg, "<g transform=\"translate(0 ", below * style->frame_height);
            flame_svg_put(svg, ")\">\n");
            depth = row;
        }
        put_frame(svg, svg->rows[i]);
    }
    flame_svg_put(svg, "</g>\n</svg>\n");
}
