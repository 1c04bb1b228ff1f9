/* svg_script.c: the script of a picture, a block that a small one, the loader, unpacks, and what
 * both are told: data, an object of
 *
 *     title, nameType       strings ("Function:")
 *     durations             true: weights are nanoseconds ("1.234 s"), and quantity is ""
 *     quantity, factor      else they are shown multiplied by factor, and "samples" behind them
 *     samples               true: how many samples it is made of is told beside a weight
 *     inverted, reversed, flamechart, fluid, classes   booleans
 *     dark                  false: the picture stays light on a dark ground
 *     width, height, margin, head, foot, frameHeight, fontSize, minWidth   px as drawn
 *     fontWidth   average width of a character, as a share of fontSize; 0: to be measured
 *     depth       of the deepest row that is drawn, 0 for the root's
 *     labels      false: frames are too low for text
 *     rootPaint   of the root, an index as paintOf
 *     ramp        0: paints are those of the frames (paintOf); else the first 2 * ramp + 1 are
 *                 the steps of a ramp, see paint.h
 *     mostDelta   a node's step follows from delta / mostDelta (units of weight; negative with
 *                 --negate); 0: from the square root of its share of the whole
 *     searchColor a CSS colour, or "" for the style sheet's
 *     attributes  what --nameattr adds, see name_attributes.h; {} where that is nothing
 */
#include "assets.h"
#include "deflation.h"
#include "svg.h"

static void put_switch(const struct flame_svg *svg, const char *name, bool value)
{
    flame_putf(svg->out, ",%s:%s", name, value ? "true" : "false");
}

static void put_data(const struct flame_svg *svg)
{
    const struct flame_style *style = &svg->style;
    const struct flame_paints *paints = &svg->paints;
    double inner = style->width - 2 * style->margin;
    flame_svg_put(svg, "{title:");
    flame_put_js_string(svg->out, style->title);
    flame_svg_put(svg, ",nameType:");
    flame_put_js_string(svg->out, flame_str_from(style->name_type));
    put_switch(svg, "durations", style->durations);
    flame_svg_put(svg, ",quantity:");
    flame_put_js_string(svg->out, style->quantity);
    flame_putf(svg->out, ",factor:%.17g", style->factor);
    put_switch(svg, "samples", style->count_samples);
    put_switch(svg, "inverted", style->look->inverted);
    put_switch(svg, "reversed", style->look->reversed);
    put_switch(svg, "flamechart", style->look->flamechart);
    put_switch(svg, "fluid", style->fluid);
    put_switch(svg, "classes", svg->classes);
    put_switch(svg, "dark", svg->dark);
    put_switch(svg, "labels", style->frame_height >= style->font.size_px);
    flame_svg_px(svg, ",width:", style->width);
    flame_svg_px(svg, ",height:", svg->height);
    flame_svg_px(svg, ",margin:", style->margin);
    flame_svg_px(svg, ",head:", svg->head);
    flame_svg_px(svg, ",foot:", svg->foot);
    flame_svg_px(svg, ",frameHeight:", style->frame_height);
    flame_svg_px(svg, ",fontSize:", style->font.size_px);
    flame_putf(svg->out, ",fontWidth:%.9g", style->font_width);
    flame_putf(svg->out, ",minWidth:%.9g", style->least / (double)svg->layout.whole * inner);
    flame_putf(svg->out, ",depth:%u,rootPaint:%u", svg->layout.max_depth, paints->root);
    bool ramp = paints->by != FLAME_PAINTS_BY_FRAME;
    flame_putf(svg->out, ",ramp:%d,mostDelta:%.17g", ramp ? FLAME_RAMP_STEPS : 0,
               paints->by == FLAME_PAINTS_BY_DELTA ? paints->most_delta : 0.0);
    flame_svg_put(svg, ",searchColor:\"");
    if (style->look->search_color)
        flame_put_colour(svg->out, style->search);
    flame_svg_put(svg, "\",attributes:");
    flame_attributes_put_js(svg->out, style->attributes);
    flame_svg_put(svg, "}");
}

enum flame_status flame_svg_script(const struct flame_svg *svg)
{
    const struct flame_str style = { flame_asset_style, flame_asset_style_size };
    struct flame_output *script = flame_output_memory();
    if (!script)
        return FLAME_NOMEM;
    flame_put_text(script, "(function(){\"use strict\";const STYLE=");
    flame_put_js_string(script, style);
    flame_put_text(script, ";");
    flame_put(script, flame_asset_script, flame_asset_script_size);
    flame_put_text(script, "})();");
    struct flame_str text = flame_output_bytes(script);
    flame_svg_put(svg, "<script type=\"application/octet-stream\" id=\"script\">");
    enum flame_status status = flame_put_packed(svg->out, text.ptr, text.len);
    enum flame_status written = flame_output_commit(script, NULL);
    flame_svg_put(svg, "</script>\n<script><![CDATA[(function(data){\"use strict\";");
    flame_put(svg->out, flame_asset_loader, flame_asset_loader_size);
    flame_svg_put(svg, "})(");
    put_data(svg);
    flame_svg_put(svg, ");]]></script>\n");
    return status == FLAME_OK ? written : status;
}
