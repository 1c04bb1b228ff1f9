/* look.c: judge a flame_look, and fill in what it leaves open.
 *
 * The defaults are FlameGraph's, but for the font and the colours: FlameGraph's Verdana is not on
 * every machine, so the system's own sans-serif face comes first. */
#include "look.h"

#include "fail.h"
#include "numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MARGIN = 10, DEFAULT_WIDTH = 1200, LEAST_WIDTH = 100, MOST_PX = 100000 };

/* What is narrower is only seen when zoomed; then it comes from the table of all frames. */
#define DEFAULT_LEAST 0.5

static const char default_family[] =
    "system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif";

/* A length that is given (not 0) must be a number from least to most. */
static bool is_length(double value, double least, double most)
{
    return value == 0 || (value >= least && value <= most);
}

static bool is_none(const char *colour)
{
    return !colour || strcmp(colour, "none") == 0;
}

static enum flame_status check_words_and_numbers(const struct flame_look *look,
                                                 struct flame_error *error)
{
    struct flame_rgb top, bottom;
    const struct flame_palette *palette = flame_palette_find(look->colors);
    if (!palette) {
        char names[200];
        flame_palette_names(names, sizeof names);
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "no colors named \"%.20s\"; there are %s", look->colors, names);
    }
    if (!flame_background(look->bg_colors, palette, &top, &bottom))
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "no background named \"%.40s\"; there are yellow, blue, green, grey and "
                          "#rrggbb",
                          look->bg_colors);
    const struct {
        const char *name, *text;
    } colours[] = { { "user interface", look->ui_color },
                    { "search", look->search_color },
                    { "stroke", is_none(look->stroke_color) ? NULL : look->stroke_color } };
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++)
        if (colours[i].text && !flame_parse_colour(colours[i].text, &top))
            return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                              "the %s colour must be #rgb, #rrggbb or a name that CSS knows, not "
                              "\"%.40s\"",
                              colours[i].name, colours[i].text);
    if (!is_length(look->width_px, LEAST_WIDTH, MOST_PX))
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "the width must be %d to %d px", LEAST_WIDTH, MOST_PX);
    if (!is_length(look->height_px, 1, 1000))
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "the height of a frame must be 1 to 1000 px");
    if (!is_length(look->font_size, 1, 1000))
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "the font size must be 1 to 1000 px");
    if (!is_length(look->font_width, 0.01, 10))
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "the width of a character must be 0.01 to 10 times the font's size");
    if (!is_length(look->factor, 1e-12, 1e12))
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "the factor must be more than 0, and 1e12 at most");
    if (look->has_min_width &&
        !is_length(look->min_width, 0, look->min_width_percent ? 100 : MOST_PX))
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "the least width must be 0 to 100 %%, or 0 to %d px", MOST_PX);
    return FLAME_OK;
}

/* Read what is text with lines. */
static enum flame_status read_lists(struct flame_style *style, const struct flame_look *look,
                                    struct flame_error *error)
{
    enum flame_status status = flame_palette_map_make(&style->map, look->palette_map, error);
    if (status == FLAME_OK)
        status = flame_attributes_make(&style->attributes, look->name_attributes, error);
    return status;
}

enum flame_status flame_look_check(const struct flame_look *look, struct flame_error *error)
{
    struct flame_style style = { 0 };
    enum flame_status status = check_words_and_numbers(look, error);
    if (status == FLAME_OK)
        status = read_lists(&style, look, error);
    flame_style_free(&style);
    return status;
}

static bool is_fixed_font(const char *family)
{
    static const char *const words[] = { "mono", "Mono", "Courier", "Consolas", "Menlo", "Code" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strstr(family, words[i]))
            return true;
    return false;
}

/* A font that was named need not be on the reader's machine. A list says itself what comes then. To
 * be freed. */
static char *make_font_family(const char *font_type, bool fixed)
{
    static const char *const last[] = { "sans-serif", "monospace" };
    const char *first = font_type ? font_type : default_family;
    bool whole = strchr(first, ',') || strcmp(first, last[0]) == 0 || strcmp(first, last[1]) == 0;
    size_t size = strlen(first) + sizeof ", sans-serif";
    char *family = malloc(size);
    if (family)
        snprintf(family, size, "%s%s%s", first, whole ? "" : ", ", whole ? "" : last[fixed]);
    return family;
}

enum flame_status flame_style_make(struct flame_style *style, const struct flame_look *look,
                                   const struct flame_stacks *stacks, uint64_t whole,
                                   struct flame_error *error)
{
    *style = (struct flame_style){ 0 };
    enum flame_status status = check_words_and_numbers(look, error);
    if (status != FLAME_OK)
        return status;
    double least = look->has_min_width ? look->min_width : DEFAULT_LEAST;
    *style = (struct flame_style){
        .look = look,
        .palette = flame_palette_find(look->colors),
        .chance = { look->random ? FLAME_VALUES_RANDOM
                    : look->hash ? FLAME_VALUES_ENDS
                                 : FLAME_VALUES_WHOLE,
                    look->seed },
        .search = { 0xe6, 0, 0xe6 },
        .has_ui = look->ui_color != NULL,
        .has_stroke = !is_none(look->stroke_color),
        .title = flame_str_from(look->title        ? look->title
                                : look->inverted   ? "Icicle Graph"
                                : look->flamechart ? "Flame Chart"
                                                   : "Flame Graph"),
        .name_type = look->name_type ? look->name_type : "Function:",
        .font.size_px = look->font_size > 0 ? look->font_size : 12,
        .font_width = look->font_width,
        .factor = look->factor > 0 ? look->factor : 1,
        .width = look->width_px > 0 ? look->width_px : (double)DEFAULT_WIDTH,
        .margin = MARGIN,
        .frame_height = look->height_px > 0 ? look->height_px : 16,
        .fluid = !(look->width_px > 0),
        .durations = !look->count_name && stacks->unit == FLAME_UNIT_NANOSECONDS,
        .count_samples = stacks->unit != FLAME_UNIT_SAMPLES && stacks->total_samples &&
                         stacks->total_samples != stacks->total_weight,
    };
    if (style->has_ui)
        flame_parse_colour(look->ui_color, &style->ui);
    if (style->has_stroke)
        flame_parse_colour(look->stroke_color, &style->stroke);
    if (look->search_color)
        flame_parse_colour(look->search_color, &style->search);
    style->font.fixed = is_fixed_font(look->font_type ? look->font_type : default_family);
    style->font_family = make_font_family(look->font_type, style->font.fixed);
    if (!style->font_family) {
        flame_style_free(style);
        return flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
    }
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
    status = read_lists(style, look, error);
    if (status != FLAME_OK)
        flame_style_free(style);
    return status;
}

void flame_style_free(struct flame_style *style)
{
    flame_palette_map_free(&style->map);
    flame_attributes_free(style->attributes);
    free(style->font_family);
    *style = (struct flame_style){ 0 };
}

static uint64_t multiplied(uint64_t weight, double factor)
{
    double product = (double)weight * factor;
    return factor == 1 ? weight : product < 0x1p63 ? (uint64_t)llround(product) : UINT64_MAX;
}

void flame_put_weight(struct flame_output *out, const struct flame_style *style, uint64_t weight)
{
    weight = multiplied(weight, style->factor);
    if (style->durations) {
        flame_put_duration(out, weight);
        return;
    }
    flame_put_grouped(out, weight);
    flame_put_text(out, " ");
    flame_put_xml(out, style->quantity);
}
