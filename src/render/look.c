/* look.c: judge a flame_look, and fill in what it leaves open.
 *
 * The defaults are FlameGraph's, but for the font and the colours: FlameGraph's Verdana is not on
 * every machine, so the system's own sans-serif face comes first. */
#include "look.h"

#include "fail.h"
#include "numbers.h"

#include <math.h>

enum { MARGIN = 10, DEFAULT_WIDTH = 1200, LEAST_WIDTH = 100, MOST_PX = 100000 };

static const char default_family[] =
    "system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif";

/* A length that is given (not 0) must be a number from least to most. */
static bool is_length(double value, double least, double most)
{
    return value == 0 || (value >= least && value <= most);
}

enum flame_status flame_look_check(const struct flame_look *look, struct flame_error *error)
{
    struct flame_rgb top, bottom;
    const struct flame_palette *palette = flame_palette_find(look->colors);
    if (!palette) {
        char names[160];
        flame_palette_names(names, sizeof names);
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "no colors named \"%.20s\"; there are %s", look->colors, names);
    }
    if (!flame_background(look->bg_colors, palette, &top, &bottom))
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "no background named \"%.40s\"; there are yellow, blue, green, grey and "
                          "#rrggbb",
                          look->bg_colors);
    if (!is_length(look->width_px, LEAST_WIDTH, MOST_PX))
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "the width must be %d to %d px", LEAST_WIDTH, MOST_PX);
    if (!is_length(look->height_px, 1, 1000))
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "the height of a frame must be 1 to 1000 px");
    if (!is_length(look->font_size, 1, 1000))
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "the font size must be 1 to 1000 px");
    if (look->has_min_width &&
        !is_length(look->min_width, 0, look->min_width_percent ? 100 : MOST_PX))
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "the least width must be 0 to 100 %%, or 0 to %d px", MOST_PX);
    return FLAME_OK;
}

static bool is_fixed_font(const char *family)
{
    static const char *const words[] = { "mono", "Mono", "Courier", "Consolas", "Menlo", "Code" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strstr(family, words[i]))
            return true;
    return false;
}

enum flame_status flame_style_make(struct flame_style *style, const struct flame_look *look,
                                   const struct flame_stacks *stacks, uint64_t whole,
                                   struct flame_error *error)
{
    enum flame_status status = flame_look_check(look, error);
    if (status != FLAME_OK)
        return status;
    double least = look->has_min_width ? look->min_width : 0.1;
    *style = (struct flame_style){
        .look = look,
        .palette = flame_palette_find(look->colors),
        .title = flame_str_from(look->title      ? look->title
                                : look->inverted ? "Icicle Graph"
                                                 : "Flame Graph"),
        .name_type = look->name_type ? look->name_type : "Function:",
        .font_family = look->font_type ? look->font_type : default_family,
        .font.size_px = look->font_size > 0 ? look->font_size : 12,
        .width = look->width_px > 0 ? look->width_px : (double)DEFAULT_WIDTH,
        .margin = MARGIN,
        .frame_height = look->height_px > 0 ? look->height_px : 16,
        .fluid = !(look->width_px > 0),
        .durations = !look->count_name && stacks->unit == FLAME_UNIT_NANOSECONDS,
        .count_samples = stacks->unit != FLAME_UNIT_SAMPLES && stacks->total_samples &&
                         stacks->total_samples != stacks->total_weight,
    };
    style->font.fixed = is_fixed_font(style->font_family);
    flame_background(look->bg_colors, style->palette, &style->top, &style->bottom);
    style->least =
        (double)whole * least /
        (look->min_width_percent && look->has_min_width ? 100 : style->width - 2 * MARGIN);
    if (look->count_name)
        style->quantity = flame_str_from(look->count_name);
    else if (stacks->unit == FLAME_UNIT_EVENTS && stacks->event_name.len)
        style->quantity = stacks->event_name;
    else if (!style->durations)
        style->quantity = flame_str_from(stacks->unit == FLAME_UNIT_EVENTS ? "events" : "samples");
    return FLAME_OK;
}

void flame_put_weight(struct flame_output *out, const struct flame_style *style, uint64_t weight)
{
    if (style->durations) {
        flame_put_duration(out, weight);
        return;
    }
    flame_put_grouped(out, weight);
    flame_put_text(out, " ");
    flame_put_xml(out, style->quantity);
}
