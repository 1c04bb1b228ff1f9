/* colour.c: our own palettes, and arithmetic on colours.
 *
 * The default palette was searched for by computer: user code spans the warm range of a flame; the
 * other kinds lie where they are furthest from it and from each other to eyes that lack one of the
 * three cones, too (tests/unit/test_colour.c has the least distances), and where a label is easy to
 * read. Source: WCAG 2.2 for luminance. */
#include "colour.h"

#include <math.h>

static uint8_t between(uint8_t from, uint8_t to, unsigned part, unsigned whole)
{
    return (uint8_t)(from + ((int)to - from) * (int)part / (int)whole);
}

static struct flame_rgb mix(struct flame_rgb from, struct flame_rgb to, unsigned part,
                            unsigned whole)
{
    return (struct flame_rgb){ between(from.r, to.r, part, whole),
                               between(from.g, to.g, part, whole),
                               between(from.b, to.b, part, whole) };
}

struct flame_paint flame_kind_paint(enum flame_frame_kind kind, unsigned shade)
{
    /* First and last shade, on a light ground and on a dark one. */
    static const struct flame_paint ramps[FLAME_KIND_COUNT][2] = {
        [FLAME_FRAME_PROCESS] = { { { 236, 232, 220 }, { 121, 100, 83 } },
                                  { { 224, 219, 204 }, { 114, 89, 70 } } },
        [FLAME_FRAME_USER] = { { { 255, 220, 112 }, { 146, 98, 14 } },
                               { { 244, 140, 84 }, { 140, 44, 30 } } },
        [FLAME_FRAME_KERNEL] = { { { 102, 137, 224 }, { 48, 98, 127 } },
                                 { { 82, 124, 215 }, { 21, 89, 121 } } },
        [FLAME_FRAME_JIT] = { { { 131, 210, 159 }, { 26, 59, 42 } },
                              { { 105, 192, 138 }, { 10, 51, 31 } } },
        [FLAME_FRAME_INLINED] = { { { 199, 145, 199 }, { 127, 87, 173 } },
                                  { { 188, 130, 188 }, { 117, 76, 166 } } },
        [FLAME_FRAME_UNKNOWN] = { { { 150, 148, 145 }, { 88, 89, 92 } },
                                  { { 138, 136, 132 }, { 79, 80, 82 } } },
        [FLAME_KIND_ROOT] = { { { 226, 226, 224 }, { 64, 64, 62 } },
                              { { 226, 226, 224 }, { 64, 64, 62 } } },
    };
    const struct flame_paint *ends = ramps[kind];
    return (struct flame_paint){ mix(ends[0].light, ends[1].light, shade, FLAME_SHADES - 1),
                                 mix(ends[0].dark, ends[1].dark, shade, FLAME_SHADES - 1) };
}

enum { HUES = 24, SIXTH = HUES / 6 };

/* A hue, 0 to HUES - 1 around the circle from red, between its weakest and its strongest channel.
 */
static struct flame_rgb hue_colour(unsigned hue, uint8_t least, uint8_t most)
{
    unsigned part = hue % SIXTH;
    uint8_t up = between(least, most, part, SIXTH), down = between(most, least, part, SIXTH);
    const struct flame_rgb sixths[] = { { most, up, least }, { down, most, least },
                                        { least, most, up }, { least, down, most },
                                        { up, least, most }, { most, least, down } };
    return sixths[hue / SIXTH];
}

struct flame_paint flame_object_paint(struct flame_str object, unsigned shade)
{
    if (!object.len)
        return flame_kind_paint(FLAME_FRAME_UNKNOWN, shade);
    float v[3];
    flame_name_values(v, object, &(struct flame_chance){ FLAME_VALUES_WHOLE, 0 });
    unsigned hue = (unsigned)(v[0] * (float)HUES) % HUES;
    bool pale = v[1] < 0.5f;
    return flame_paint_from(
        hue_colour(hue, (uint8_t)((pale ? 180 : 135) - 5 * shade), (uint8_t)(250 - 5 * shade)));
}

struct flame_paint flame_change_paint(double share)
{
    static const struct flame_rgb dark_none = { 62, 62, 62 }, dark_more = { 176, 40, 40 },
                                  dark_less = { 48, 72, 196 };
    unsigned strength = (unsigned)(fabs(share) * 150 + 0.5);
    uint8_t others = (uint8_t)(250 - strength);
    struct flame_rgb light = { share > 0 ? 255 : others, others, share < 0 ? 255 : others };
    return (struct flame_paint){ light,
                                 mix(dark_none, share < 0 ? dark_less : dark_more, strength, 150) };
}

/* What a channel emits, of 1. */
static double linear(uint8_t channel)
{
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

double flame_luminance(struct flame_rgb colour)
{
    return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b);
}

double flame_contrast(struct flame_rgb a, struct flame_rgb b)
{
    double x = flame_luminance(a), y = flame_luminance(b);
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

struct flame_paint flame_paint_from(struct flame_rgb light)
{
    /* As much darker as it takes to have light text on it; what is lighter stays lighter. */
    double most = 0.06 + 0.09 * flame_luminance(light);
    unsigned least = 0, above = 257; /* least is dark enough, above is not */
    static const struct flame_rgb black = { 0, 0, 0 };
    while (above - least > 1) {
        unsigned middle = (least + above) / 2;
        if (flame_luminance(mix(black, light, middle, 256)) <= most)
            least = middle;
        else
            above = middle;
    }
    return (struct flame_paint){ light, mix(black, light, least, 256) };
}

struct flame_str flame_unmarked(struct flame_str name)
{
    static const char *const marks[] = { "_[k]", "_[j]", "_[i]", "_[w]" };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (name.len > 4 && flame_str_ends(name, marks[i]))
            return (struct flame_str){ name.ptr, name.len - 4 };
    return name;
}

void flame_put_colour(struct flame_output *out, struct flame_rgb colour)
{
    static const char hex[] = "0123456789abcdef";
    const uint8_t rgb[] = { colour.r, colour.g, colour.b };
    bool brief = colour.r % 17 == 0 && colour.g % 17 == 0 && colour.b % 17 == 0;
    char text[7] = "#";
    size_t n = 1;
    for (size_t i = 0; i < 3; i++) {
        text[n++] = hex[rgb[i] >> 4];
        if (!brief)
            text[n++] = hex[rgb[i] & 15];
    }
    flame_put(out, text, n);
}
