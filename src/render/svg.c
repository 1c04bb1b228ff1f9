/* svg.c: a layout as an SVG: the document around the frames.
 *
 * The picture stands by itself, without its script: head, frames with labels and tooltips, legend.
 *
 *     <svg id="picture" width="1200" height="H" viewBox="0 0 1200 H">
 *       <title/><desc/><metadata/><style/>
 *       <rect id="back"/>
 *       <svg id="frames" x="MARGIN" y="HEAD" width="1180" height="...">       svg_frames.c
 *         <g transform="translate(0 Y)">                         one per row, from the root on
 *           <g class="p3 k"><title>NAME (WEIGHT, SHARE)</title>
 *             <rect x="12.345%" width="3.21%" height="15"/><text x="..%" y="11">LABEL</text></g>
 *       <g id="head"><text id="title"/><text id="subtitle"/><text id="note"/></g>  svg_chrome.c
 *       <g id="foot" transform="translate(0 HEAD + rows)"><text id="details"/><g id="legend"/></g>
 *       <script type="application/octet-stream" id="columns">BASE64</script>
 *       <script type="application/octet-stream" id="script">BASE64</script>
 *       <script>(function(data){...})({...})</script>          the loader: assets/svg/loader.js
 *     </svg>
 *
 * Rows stand in order of depth, the frames of a row from left to right. A frame's classes: pN, N
 * the index of its paint in the columns, where data.classes is set (else <rect fill>); k of kernel
 * frames (slanted) and c of processes (bold), so that no kind is told by hue alone. x and width are
 * percentages of the inner width, so that a picture that is fluid needs no rewriting but of its
 * labels. The ids are one of each in a document; a script that is one of several pictures in a page
 * looks for them below its own <svg>.
 *
 * svg_script.c has what data holds. There is no #columns where the frames would be too many (see
 * MOST_COLUMNS): the picture is then still, and says so. docs/formats/columns.md has their layout.
 */
#include "svg.h"

#include "assets.h"
#include "columns.h"
#include "fail.h"
#include "numbers.h"
#include "pool.h"

#include <math.h>
#include <stdlib.h>

/* What one picture may hold. MOST_FRAMES: what a browser still shows, drawn without the script.
 * MOST_COLUMNS: bytes before they are deflated, some 15 million frames. MOST_CLASSES: paints that
 * are worth a rule each. */
enum { MOST_FRAMES = 200000, MOST_COLUMNS = 64 << 20, MOST_CLASSES = 256 };

/* The ground where the reader's system is dark; FLAME_INK_DARK reads well on it. */
static const char dark_ground[] = "#17191d", dark_ink[] = "#d8d8d4", dark_quiet[] = "#a0a09c";

/* Of frames that are as light as the ground is; it can be seen on either ground. */
static const struct flame_rgb outline = { 140, 140, 140 };

void flame_svg_put(const struct flame_svg *svg, const char *text)
{
    flame_put_text(svg->out, text);
}

void flame_svg_px(const struct flame_svg *svg, const char *before, double px)
{
    flame_svg_put(svg, before);
    if (px < 0)
        flame_svg_put(svg, "-");
    flame_put_fixed(svg->out, (uint64_t)llround(fabs(px) * 100), 2);
}

static void put_colour(const struct flame_svg *svg, const char *before, struct flame_rgb colour,
                       const char *behind)
{
    flame_svg_put(svg, before);
    flame_put_colour(svg->out, colour);
    flame_svg_put(svg, behind);
}

static void put_metadata(const struct flame_svg *svg)
{
    const struct flame_look *look = svg->style.look;
    struct flame_str lines = look->metadata;
    bool more = svg->left_out || svg->opaque;
    if (!lines.len && !look->notes && !more)
        return;
    while (lines.len && lines.ptr[lines.len - 1] == '\n')
        lines.len--;
    flame_svg_put(svg, "<metadata>\n");
    flame_put_lines(svg->out, lines);
    if (more) {
        flame_svg_put(svg, lines.len ? "\n" : "");
        flame_svg_note(svg);
    }
    if (look->notes) {
        flame_svg_put(svg, lines.len || more ? "\nNotes: " : "Notes: ");
        flame_put_lines(svg->out, flame_str_from(look->notes));
    }
    flame_svg_put(svg, "\n</metadata>\n");
}

/* Frames, and what stands for them in the legend, on a light or on a dark ground. */
static void put_paints(const struct flame_svg *svg, bool dark)
{
    for (size_t i = 0; svg->classes && i < svg->paints.count; i++) {
        const struct flame_paint *paint = &svg->paints.list[i];
        flame_putf(svg->out, ".p%zu{fill:", i);
        put_colour(svg, "", dark ? paint->dark : paint->light, "}");
    }
}

/* On a ramp of paints the middle one is hardly told from the ground. */
static bool has_white(const struct flame_svg *svg)
{
    return svg->paints.by != FLAME_PAINTS_BY_FRAME;
}

static void put_dark(const struct flame_svg *svg)
{
    flame_svg_put(svg, "\n@media screen and (prefers-color-scheme:dark){");
    flame_putf(svg->out, "#picture{background:%s}#back,.band{fill:%s}", dark_ground, dark_ground);
    flame_putf(svg->out, "text{fill:%s}#subtitle,#note,#details{fill:%s}", dark_ink, dark_quiet);
    if (!svg->style.look->stroke_color && !has_white(svg))
        flame_putf(svg->out, "#frames,#legend{stroke:%s}", dark_ground);
    if (svg->classes)
        put_colour(svg, "#frames text,#legend text{fill:", FLAME_INK_DARK, "}");
    put_paints(svg, true);
    flame_svg_put(svg, "}");
}

static void put_style(const struct flame_svg *svg)
{
    const struct flame_style *style = &svg->style;
    flame_svg_put(svg, "<style><![CDATA[");
    flame_put(svg->out, flame_asset_picture, flame_asset_picture_size);
    /* A window higher than the picture goes on in the colour that the picture ends with. */
    put_colour(svg, "#picture{background:", style->bottom, "}");
    if (!style->look->stroke_color)
        put_colour(svg, "#frames,#legend{stroke:", has_white(svg) ? outline : style->bottom, "}");
    else if (style->has_stroke)
        put_colour(svg, "#frames,#legend{stroke:", style->stroke, "}");
    flame_svg_put(svg, "#frames text,#legend text{stroke:none}");
    put_paints(svg, false);
    if (svg->dark)
        put_dark(svg);
    if (style->has_ui)
        put_colour(svg, "#head text,#details{fill:", style->ui, "}");
    flame_svg_put(svg, "]]></style>\n");
}

static void put_background(const struct flame_svg *svg)
{
    const struct flame_style *style = &svg->style;
    bool flat = memcmp(&style->top, &style->bottom, sizeof style->top) == 0;
    if (flat) {
        put_colour(svg, "<rect id=\"back\" width=\"100%\" height=\"100%\" fill=\"", style->top,
                   "\"/>\n");
        return;
    }
    put_colour(svg,
               "<defs><linearGradient id=\"ground\" x2=\"0\" y2=\"1\"><stop offset=\"5%\" "
               "stop-color=\"",
               style->top, "\"/>");
    put_colour(svg, "<stop offset=\"95%\" stop-color=\"", style->bottom,
               "\"/></linearGradient></defs>\n<rect id=\"back\" width=\"100%\" height=\"100%\" "
               "fill=\"url(#ground)\"/>\n");
}

/* Everything but the script and what it reads; the element stays open. */
static void put_still(const struct flame_svg *svg)
{
    const struct flame_look *look = svg->style.look;
    flame_svg_px(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"picture\" width=\"",
                 svg->style.width);
    flame_svg_px(svg, "\" height=\"", svg->height);
    flame_svg_px(svg, "\" viewBox=\"0 0 ", svg->style.width);
    flame_svg_px(svg, " ", svg->height);
    flame_svg_put(svg, "\" font-family=\"");
    flame_put_xml(svg->out, flame_str_from(svg->style.font_family));
    flame_svg_px(svg, "\" font-size=\"", svg->style.font.size_px);
    flame_svg_put(svg, "\">\n<title>");
    flame_put_xml(svg->out, svg->style.title);
    flame_svg_put(svg, "</title>\n<desc>Each box is a function, as wide as its share of ");
    flame_put_weight(svg->out, &svg->style, svg->layout.whole);
    flame_svg_put(svg, look->reversed ? ". What called it stands " : ". What it called stands ");
    flame_svg_put(svg, look->inverted ? "below it.</desc>\n" : "above it.</desc>\n");
    put_metadata(svg);
    put_style(svg);
    put_background(svg);
    flame_svg_frames(svg);
    flame_svg_head(svg);
    flame_svg_foot(svg);
}

static int by_width(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* Keep MOST_FRAMES boxes, the widest; of those that are as wide as the narrowest of them, the ones
 * nearest to the root. So what a box stands on is kept, too. False: out of memory. */
static bool keep_widest(struct flame_svg *svg)
{
    struct flame_layout *layout = &svg->layout;
    size_t wanted = layout->count, room = MOST_FRAMES, depths = (size_t)layout->max_depth + 1;
    uint64_t *widths = malloc(wanted * sizeof *widths);
    size_t *ties = calloc(depths, sizeof *ties); /* by depth */
    if (!widths || !ties) {
        free(widths);
        free(ties);
        return false;
    }
    for (size_t i = 0; i < wanted; i++)
        widths[i] = layout->boxes[i].width;
    qsort(widths, wanted, sizeof *widths, by_width);
    uint64_t narrowest = widths[MOST_FRAMES - 1];
    for (size_t i = 0; i < wanted; i++) {
        const struct flame_box *box = &layout->boxes[i];
        room -= box->width > narrowest;
        ties[svg->tree->nodes[box->node].depth] += box->width == narrowest;
    }
    for (size_t d = 0; d < depths; d++) {
        ties[d] = ties[d] < room ? ties[d] : room;
        room -= ties[d];
    }
    layout->count = layout->max_depth = 0;
    for (size_t i = 0; i < wanted; i++) {
        struct flame_box box = layout->boxes[i];
        uint32_t depth = svg->tree->nodes[box.node].depth;
        if (box.width < narrowest || (box.width == narrowest && !ties[depth]))
            continue;
        ties[depth] -= box.width == narrowest;
        layout->boxes[layout->count++] = box;
        layout->max_depth = depth > layout->max_depth ? depth : layout->max_depth;
    }
    svg->left_out = wanted - layout->count;
    svg->style.least = (double)narrowest;
    free(widths);
    free(ties);
    return true;
}

/* Lay out what may be drawn; of too many frames the widest. */
static enum flame_status lay_out(struct flame_svg *svg, struct flame_error *error)
{
    enum flame_status status = flame_layout_make(&svg->layout, svg->tree, svg->style.least, error);
    if (status == FLAME_OK && svg->layout.count > MOST_FRAMES && !keep_widest(svg))
        status = flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
    return status;
}

static enum flame_status make(struct flame_svg *svg, const struct flame_look *look,
                              struct flame_error *error)
{
    const struct flame_tree *tree = svg->tree;
    uint64_t whole = tree->node_count ? tree->nodes[0].total : 0;
    enum flame_status status = flame_style_make(&svg->style, look, tree->stacks, whole, error);
    if (status == FLAME_OK)
        status = lay_out(svg, error);
    if (status == FLAME_OK)
        status = flame_paints_make(&svg->paints, &svg->style, tree, error);
    if (status == FLAME_OK)
        status = flame_svg_sort(svg, error);
    svg->style.font.share = svg->style.font_width;
    svg->classes = svg->paints.count <= MOST_CLASSES;
    svg->dark = !look->bg_colors;
    return status;
}

static void unmake(struct flame_svg *svg)
{
    free(svg->rows);
    flame_paints_free(&svg->paints);
    flame_layout_free(&svg->layout);
    flame_style_free(&svg->style);
}

enum flame_status flame_svg_still(const struct flame_tree *tree, const struct flame_look *look,
                                  struct flame_output *out, struct flame_error *error)
{
    struct flame_svg svg = { .tree = tree, .out = out };
    enum flame_status status = make(&svg, look, error);
    if (status == FLAME_OK) {
        flame_svg_measure(&svg);
        put_still(&svg);
        flame_svg_put(&svg, "</svg>\n");
    }
    unmake(&svg);
    return status;
}

/* A picture, and the columns that are packed while it is drawn. */
struct drawing {
    const struct flame_svg *svg;
    struct flame_deflation *deflation;
};

static void work(void *user, size_t worker)
{
    const struct drawing *drawing = user;
    if (worker == 0)
        put_still(drawing->svg);
    if (drawing->deflation)
        flame_deflation_work(drawing->deflation);
}

/* The still drawing, then the columns, if there are not too many. */
static enum flame_status put_drawing(const struct flame_svg *svg, struct flame_columns *columns)
{
    struct drawing drawing = { svg, svg->opaque ? NULL : flame_columns_deflation(columns) };
    if (!drawing.deflation && !svg->opaque)
        return FLAME_NOMEM;
    size_t most = svg->opaque ? 1 : flame_deflation_pieces(drawing.deflation),
           all = flame_pool_size();
    flame_pool_run(most < all ? most : all, work, &drawing);
    if (svg->opaque)
        return FLAME_OK;
    flame_svg_put(svg, "<script type=\"application/octet-stream\" id=\"columns\">");
    enum flame_status status = flame_deflation_write(drawing.deflation, svg->out);
    flame_svg_put(svg, "</script>\n");
    flame_deflation_free(drawing.deflation);
    return status;
}

enum flame_status flame_render_svg(const struct flame_tree *tree, const struct flame_look *look,
                                   struct flame_output *output, struct flame_error *error)
{
    if (look->still)
        return flame_svg_still(tree, look, output, error);
    struct flame_svg svg = { .tree = tree, .out = output };
    struct flame_columns *columns = flame_columns_create();
    enum flame_status status = make(&svg, look, error);
    if (status == FLAME_OK) {
        const struct flame_columns_event event = { NULL, svg.style.count_samples };
        status = columns ? flame_columns_tree(columns, tree, &event, 1, &svg.paints) : FLAME_NOMEM;
    }
    if (status == FLAME_OK) {
        svg.opaque = flame_columns_size(columns) > MOST_COLUMNS;
        flame_svg_measure(&svg);
        status = put_drawing(&svg, columns);
        if (status == FLAME_OK)
            status = flame_svg_script(&svg);
        flame_svg_put(&svg, "</svg>\n");
    }
    if (status == FLAME_NOMEM)
        flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
    flame_columns_free(columns);
    unmake(&svg);
    return status;
}
