/* colour.c: palettes as tables.
 *
 * A hue is three ramps, one per channel: base + span * v, where v is one of three numbers in 0..1
 * that a name yields. The hues, and which names take which in the language palettes, are
 * FlameGraph's and inferno's, so that --colors means here what it means there; where they judge
 * by a suffix such as _[k], a frame's kind counts as well, since names carry marks only when asked
 * to. The default palette is ours. Source: the documentation and output of flamegraph.pl and
 * inferno-flamegraph 0.12. */
#include "colour.h"

#include "hash.h"

#include <stdio.h>

struct ramp {
    uint8_t base, span, v; /* v: which of the three numbers */
};

struct hue {
    struct ramp r, g, b;
};

/* X(NAME, r, g, b) */
#define HUES(X)                                                                                    \
    X(HOT, { 205, 50, 2 }, { 0, 230, 0 }, { 0, 55, 1 })                                            \
    X(MEM, { 0, 0, 2 }, { 190, 50, 1 }, { 0, 210, 0 })                                             \
    X(IO, { 80, 60, 0 }, { 80, 60, 0 }, { 190, 55, 1 })                                            \
    X(RED, { 200, 55, 0 }, { 50, 80, 0 }, { 50, 80, 0 })                                           \
    X(GREEN, { 50, 60, 0 }, { 200, 55, 0 }, { 50, 60, 0 })                                         \
    X(BLUE, { 80, 60, 0 }, { 80, 60, 0 }, { 205, 50, 0 })                                          \
    X(AQUA, { 50, 60, 0 }, { 165, 55, 0 }, { 165, 55, 0 })                                         \
    X(YELLOW, { 175, 55, 0 }, { 175, 55, 0 }, { 50, 20, 0 })                                       \
    X(PURPLE, { 190, 65, 0 }, { 80, 60, 0 }, { 190, 65, 0 })                                       \
    X(ORANGE, { 190, 65, 0 }, { 90, 65, 0 }, { 0, 0, 0 })

enum hue_id {
#define X(name, ...) HUE_##name,
    HUES(X)
#undef X
};

static const struct hue hues[] = {
#define X(name, ...) { __VA_ARGS__ },
    HUES(X)
#undef X
};

/* X(NAME, top, bottom) */
#define BACKGROUNDS(X)                                                                             \
    X(yellow, { 0xee, 0xee, 0xee }, { 0xee, 0xee, 0xb0 })                                          \
    X(blue, { 0xee, 0xee, 0xee }, { 0xe0, 0xe0, 0xff })                                            \
    X(green, { 0xee, 0xf2, 0xee }, { 0xe0, 0xff, 0xe0 })                                           \
    X(grey, { 0xf8, 0xf8, 0xf8 }, { 0xe8, 0xe8, 0xe8 })                                            \
    X(plain, { 0xfb, 0xfb, 0xf9 }, { 0xfb, 0xfb, 0xf9 }) /* the default palette's; has no name */

enum background_id {
#define X(name, ...) BACKGROUND_##name,
    BACKGROUNDS(X)
#undef X
};

static const struct {
    const char *name;
    struct flame_rgb top, bottom;
} backgrounds[] = {
#define X(name, ...) { #name, __VA_ARGS__ },
    BACKGROUNDS(X)
#undef X
};

static bool has(struct flame_str s, const char *part)
{
    size_t n = strlen(part);
    for (size_t i = 0; i + n <= s.len; i++)
        if (memcmp(s.ptr + i, part, n) == 0)
            return true;
    return false;
}

static bool is_kind(const struct flame_frame *frame, enum flame_frame_kind kind, const char *mark)
{
    return frame->kind == kind || flame_str_ends(frame->name, mark);
}

static enum hue_id pick_java(const struct flame_frame *frame)
{
    struct flame_str name = frame->name;
    if (is_kind(frame, FLAME_FRAME_KERNEL, "_[k]"))
        return HUE_ORANGE;
    if (is_kind(frame, FLAME_FRAME_INLINED, "_[i]"))
        return HUE_AQUA;
    if (is_kind(frame, FLAME_FRAME_JIT, "_[j]"))
        return HUE_GREEN;
    if (has(name, "::") || flame_str_starts(name, "-[") || flame_str_starts(name, "+["))
        return HUE_YELLOW;
    if (flame_str_starts(name, "L"))
        name = (struct flame_str){ name.ptr + 1, name.len - 1 };
    if (has(name, "/") || (has(name, ".") && !flame_str_starts(name, "[")) ||
        (name.len && name.ptr[0] >= 'A' && name.ptr[0] <= 'Z'))
        return HUE_GREEN;
    return HUE_RED;
}

static enum hue_id pick_js(const struct flame_frame *frame)
{
    struct flame_str name = frame->name;
    if (flame_str_is(name, " "))
        return HUE_GREEN;
    if (is_kind(frame, FLAME_FRAME_KERNEL, "_[k]"))
        return HUE_ORANGE;
    if (is_kind(frame, FLAME_FRAME_JIT, "_[j]"))
        return has(name, "/") ? HUE_GREEN : HUE_AQUA;
    if (has(name, "::"))
        return HUE_YELLOW;
    if (has(name, ":"))
        return HUE_AQUA;
    const char *slash = name.len ? memchr(name.ptr, '/', name.len) : NULL;
    if (slash && has((struct flame_str){ slash, name.len - (size_t)(slash - name.ptr) }, ".js"))
        return HUE_GREEN;
    return HUE_RED;
}

static enum hue_id pick_perl(const struct flame_frame *frame)
{
    if (is_kind(frame, FLAME_FRAME_KERNEL, "_[k]"))
        return HUE_ORANGE;
    if (has(frame->name, "Perl") || has(frame->name, ".pl"))
        return HUE_GREEN;
    return has(frame->name, "::") ? HUE_YELLOW : HUE_RED;
}

/* Whether a folder of the path is python, python3.11 or the like. */
static bool in_python_folder(struct flame_str name)
{
    for (size_t at = 0; at < name.len;) {
        size_t end = at;
        while (end < name.len && name.ptr[end] != '/' && name.ptr[end] != '\\')
            end++;
        struct flame_str part = { name.ptr + at, end - at };
        if (flame_str_starts(part, "python") || flame_str_starts(part, "Python")) {
            size_t i = 6;
            while (i < part.len && strchr("0123456789.", part.ptr[i]) && part.ptr[i])
                i++;
            if (i == part.len)
                return true;
        }
        at = end + 1;
    }
    return false;
}

static enum hue_id pick_python(const struct flame_frame *frame)
{
    struct flame_str name = frame->name;
    if (has(name, "site-packages"))
        return HUE_AQUA;
    if (in_python_folder(name) || flame_str_starts(name, "<built-in") ||
        flame_str_starts(name, "<method") || flame_str_starts(name, "<frozen"))
        return HUE_YELLOW;
    return HUE_RED;
}

static enum hue_id pick_rust(const struct flame_frame *frame)
{
    struct flame_str name = frame->name;
    if (flame_str_starts(name, "<")) /* <std::io::Stdin as Read>::read */
        name = (struct flame_str){ name.ptr + 1, name.len - 1 };
    if (flame_str_starts(name, "core::") || flame_str_starts(name, "std::") ||
        flame_str_starts(name, "alloc::"))
        return HUE_ORANGE;
    return has(name, "::") ? HUE_AQUA : HUE_YELLOW;
}

static enum hue_id pick_chain(const struct flame_frame *frame)
{
    return flame_str_ends(frame->name, "_[w]") ? HUE_AQUA : HUE_BLUE;
}

/* hue is taken where pick is NULL. The first palette is the default. */
struct flame_palette {
    const char *name;
    enum hue_id (*pick)(const struct flame_frame *frame);
    enum hue_id hue;
    enum background_id background;
};

static const struct flame_palette palettes[] = {
    { "default", NULL, HUE_HOT, BACKGROUND_plain },
    { "hot", NULL, HUE_HOT, BACKGROUND_yellow },
    { "mem", NULL, HUE_MEM, BACKGROUND_green },
    { "io", NULL, HUE_IO, BACKGROUND_blue },
    { "wakeup", NULL, HUE_AQUA, BACKGROUND_blue },
    { "chain", pick_chain, HUE_BLUE, BACKGROUND_blue },
    { "java", pick_java, HUE_RED, BACKGROUND_yellow },
    { "js", pick_js, HUE_RED, BACKGROUND_yellow },
    { "perl", pick_perl, HUE_RED, BACKGROUND_yellow },
    { "python", pick_python, HUE_RED, BACKGROUND_yellow },
    { "rust", pick_rust, HUE_YELLOW, BACKGROUND_yellow },
    { "red", NULL, HUE_RED, BACKGROUND_grey },
    { "green", NULL, HUE_GREEN, BACKGROUND_grey },
    { "blue", NULL, HUE_BLUE, BACKGROUND_grey },
    { "aqua", NULL, HUE_AQUA, BACKGROUND_grey },
    { "yellow", NULL, HUE_YELLOW, BACKGROUND_grey },
    { "purple", NULL, HUE_PURPLE, BACKGROUND_grey },
    { "orange", NULL, HUE_ORANGE, BACKGROUND_grey },
};

enum { PALETTE_COUNT = sizeof palettes / sizeof palettes[0] };

const struct flame_palette *flame_palette_find(const char *name)
{
    for (size_t i = 0; i < PALETTE_COUNT; i++)
        if (!name || strcmp(name, palettes[i].name) == 0)
            return &palettes[i];
    return NULL;
}

bool flame_palette_by_kind(const struct flame_palette *palette)
{
    return palette == &palettes[0];
}

void flame_palette_names(char *out, size_t cap)
{
    size_t used = 0;
    for (size_t i = 0; i < PALETTE_COUNT && used < cap; i++)
        used += (size_t)snprintf(out + used, cap - used, "%s%s", i ? ", " : "", palettes[i].name);
}

/* FlameGraph's hash of a name: its first three characters, the first weighing most, as a number in
 * 0..1. A module in front of a backquote is left out. step is -1 to read the name from its end. */
static double start_hash(struct flame_str name, bool backward)
{
    double vector = 0, weight = 1, most = 1;
    size_t skip = 0;
    for (size_t i = 1; i < name.len && !skip; i++)
        if (name.ptr[backward ? name.len - 1 - i : i] == '`')
            skip = i + 1;
    for (unsigned i = 0; i < 3 && skip + i < name.len; i++) {
        size_t at = skip + i;
        unsigned c = (uint8_t)name.ptr[backward ? name.len - 1 - at : at];
        vector += (c % (10 + i)) / (9.0 + i) * weight;
        most += weight;
        weight *= 0.7;
    }
    return 1 - vector / most;
}

/* Three numbers in 0..1 from a name. */
static void name_values(double v[3], struct flame_str name, bool by_start)
{
    if (by_start) {
        v[0] = start_hash(name, false);
        v[1] = v[2] = start_hash(name, true);
        return;
    }
    uint64_t hash = flame_hash(name.ptr, name.len);
    for (unsigned i = 0; i < 3; i++, hash >>= 21)
        v[i] = (double)(hash & 0x1fffff) / 0x1fffff;
}

static uint8_t channel(struct ramp ramp, const double v[3])
{
    return (uint8_t)(ramp.base + (unsigned)(ramp.span * v[ramp.v]));
}

struct flame_rgb flame_colour_of(const struct flame_palette *palette,
                                 const struct flame_frame *frame, bool by_start)
{
    /* FlameGraph's separators between kernel and user stacks. */
    if (flame_str_is(frame->name, "-"))
        return (struct flame_rgb){ 200, 200, 200 };
    if (flame_str_is(frame->name, "--"))
        return (struct flame_rgb){ 160, 160, 160 };
    const struct hue *hue = &hues[palette->pick ? palette->pick(frame) : palette->hue];
    double v[3];
    name_values(v, frame->name, by_start);
    return (struct flame_rgb){ channel(hue->r, v), channel(hue->g, v), channel(hue->b, v) };
}

unsigned flame_shade_of(struct flame_str name, bool by_start)
{
    double v[3];
    name_values(v, name, by_start);
    unsigned shade = (unsigned)(v[0] * (double)FLAME_SHADES);
    return shade < FLAME_SHADES ? shade : FLAME_SHADES - 1;
}

struct flame_rgb flame_kind_colour(enum flame_frame_kind kind, unsigned shade)
{
    /* From the lightest shade to the strongest; black text is readable on all of them. */
    static const struct flame_rgb ramps[FLAME_KIND_COUNT][2] = {
        [FLAME_FRAME_PROCESS] = { { 232, 226, 214 }, { 214, 206, 190 } },
        [FLAME_FRAME_USER] = { { 255, 218, 143 }, { 245, 157, 100 } },
        [FLAME_FRAME_KERNEL] = { { 176, 206, 238 }, { 124, 170, 222 } },
        [FLAME_FRAME_JIT] = { { 196, 226, 158 }, { 139, 196, 112 } },
        [FLAME_FRAME_INLINED] = { { 226, 206, 238 }, { 196, 164, 222 } },
        [FLAME_FRAME_UNKNOWN] = { { 218, 218, 218 }, { 190, 190, 190 } },
        [FLAME_KIND_ROOT] = { { 226, 226, 224 }, { 226, 226, 224 } },
    };
    const struct flame_rgb *from = &ramps[kind][0], *to = &ramps[kind][1];
    int s = (int)shade, last = FLAME_SHADES - 1;
    return (struct flame_rgb){
        (uint8_t)(from->r + (to->r - from->r) * s / last),
        (uint8_t)(from->g + (to->g - from->g) * s / last),
        (uint8_t)(from->b + (to->b - from->b) * s / last),
    };
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool parse_hex(const char *text, struct flame_rgb *colour)
{
    int digits[6];
    if (strlen(text) != 7)
        return false;
    for (size_t i = 0; i < 6; i++)
        if ((digits[i] = hex_digit(text[i + 1])) < 0)
            return false;
    *colour = (struct flame_rgb){ (uint8_t)(digits[0] << 4 | digits[1]),
                                  (uint8_t)(digits[2] << 4 | digits[3]),
                                  (uint8_t)(digits[4] << 4 | digits[5]) };
    return true;
}

bool flame_background(const char *name, const struct flame_palette *palette, struct flame_rgb *top,
                      struct flame_rgb *bottom)
{
    size_t id = palette->background;
    if (name && name[0] == '#') {
        bool valid = parse_hex(name, top);
        *bottom = *top;
        return valid;
    }
    if (name)
        for (id = 0; id < BACKGROUND_plain && strcmp(name, backgrounds[id].name) != 0;)
            id++;
    if (name && id == BACKGROUND_plain)
        return false;
    *top = backgrounds[id].top;
    *bottom = backgrounds[id].bottom;
    return true;
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
