/* palette.c: FlameGraph's palettes as tables.
 *
 * A hue is three ramps, one per channel: base + span * v, where v is one of three numbers in 0..1
 * that a name yields. The hues, which names take which in the language palettes, are FlameGraph's
 * and inferno's, so that --colors means here what it means there; where they judge by a suffix such
 * as
 * _[k], a frame's kind counts as well, since names carry marks only when asked to. Source: the
 * documentation and output of flamegraph.pl and inferno-flamegraph 0.12. */
#include "colour.h"

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
    X(plain, { 0xfb, 0xfb, 0xf9 }, { 0xfb, 0xfb, 0xf9 }) /* our own palettes'; has no name */

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

/* What follows the first byte c, with it or behind it; empty where there is none. */
static struct flame_str from_byte(struct flame_str s, char c, bool with)
{
    const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;
    if (!at)
        return (struct flame_str){ 0 };
    at += !with;
    return (struct flame_str){ at, s.len - (size_t)(at - s.ptr) };
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

static bool is_blank(struct flame_str s)
{
    size_t i = 0;
    while (i < s.len && (s.ptr[i] == ' ' || (s.ptr[i] >= '\t' && s.ptr[i] <= '\r')))
        i++;
    return s.len && i == s.len;
}

static enum hue_id pick_js(const struct flame_frame *frame)
{
    struct flame_str name = frame->name;
    if (is_blank(name))
        return HUE_GREEN;
    if (is_kind(frame, FLAME_FRAME_KERNEL, "_[k]"))
        return HUE_ORANGE;
    if (is_kind(frame, FLAME_FRAME_JIT, "_[j]"))
        return has(name, "/") ? HUE_GREEN : HUE_AQUA;
    if (has(name, "::"))
        return HUE_YELLOW;
    if (has(name, ":"))
        return HUE_AQUA;
    struct flame_str path = from_byte(name, '/', true);
    return has(path, "node_modules/") ? HUE_PURPLE : has(path, ".js") ? HUE_GREEN : HUE_RED;
}

static enum hue_id pick_perl(const struct flame_frame *frame)
{
    if (is_kind(frame, FLAME_FRAME_KERNEL, "_[k]"))
        return HUE_ORANGE;
    if (has(frame->name, "Perl") || has(frame->name, ".pl"))
        return HUE_GREEN;
    return has(frame->name, "::") ? HUE_YELLOW : HUE_RED;
}

static bool is_site_packages(struct flame_str folder)
{
    return flame_str_is(folder, "site-packages");
}

/* python, python3.11 or the like */
static bool is_python(struct flame_str folder)
{
    if (!flame_str_starts(folder, "python") && !flame_str_starts(folder, "Python"))
        return false;
    size_t i = 6;
    while (i < folder.len &&
           (folder.ptr[i] == '.' || (folder.ptr[i] >= '0' && folder.ptr[i] <= '9')))
        i++;
    return i == folder.len;
}

/* Whether one of the parts between slashes, of either kind, is what is looked for. */
static bool any_part(struct flame_str name, bool (*is)(struct flame_str))
{
    for (size_t at = 0, end; at <= name.len; at = end + 1) {
        for (end = at; end < name.len && name.ptr[end] != '/' && name.ptr[end] != '\\';)
            end++;
        if (name.len && is((struct flame_str){ name.ptr + at, end - at }))
            return true;
    }
    return false;
}

static enum hue_id pick_python(const struct flame_frame *frame)
{
    struct flame_str name = frame->name;
    if (any_part(name, is_site_packages))
        return HUE_AQUA;
    if (any_part(name, is_python) || flame_str_starts(name, "<built-in") ||
        flame_str_starts(name, "<method") || flame_str_starts(name, "<frozen"))
        return HUE_YELLOW;
    return HUE_RED;
}

static enum hue_id pick_rust(const struct flame_frame *frame)
{
    struct flame_str name = frame->name, behind_module = from_byte(name, '`', false);
    if (behind_module.ptr)
        name = behind_module;
    /* Functions that a user wrote as async are of this type, in old compilers' code. */
    bool own = flame_str_starts(name, "<core::future::from_generator::GenFuture<T>");
    bool type = flame_str_starts(name, "<"); /* <std::io::Stdin as Read>::read */
    struct flame_str path = { name.ptr + type, name.len - type };
    if (!own && (flame_str_starts(path, "core::") || flame_str_starts(path, "std::") ||
                 flame_str_starts(path, "alloc::")))
        return HUE_ORANGE;
    return has(name, "::") ? HUE_AQUA : HUE_YELLOW;
}

/* hue is taken where pick is NULL; waker, for what stands behind a "--". The first palette is the
 * default. */
struct flame_palette {
    const char *name;
    enum hue_id (*pick)(const struct flame_frame *frame);
    enum hue_id hue, waker;
    enum background_id background;
    enum flame_palette_by by;
};

static const struct flame_palette palettes[] = {
#define KIND FLAME_PALETTE_BY_KIND
#define OBJECT FLAME_PALETTE_BY_OBJECT
#define NAME FLAME_PALETTE_BY_NAME
    { "default", NULL, HUE_HOT, HUE_HOT, BACKGROUND_plain, KIND },
    { "dso", NULL, HUE_HOT, HUE_HOT, BACKGROUND_plain, OBJECT },
    { "hot", NULL, HUE_HOT, HUE_HOT, BACKGROUND_yellow, NAME },
    { "mem", NULL, HUE_MEM, HUE_MEM, BACKGROUND_green, NAME },
    { "io", NULL, HUE_IO, HUE_IO, BACKGROUND_blue, NAME },
    { "wakeup", NULL, HUE_AQUA, HUE_AQUA, BACKGROUND_blue, NAME },
    { "chain", NULL, HUE_BLUE, HUE_AQUA, BACKGROUND_blue, NAME },
    { "java", pick_java, HUE_RED, HUE_RED, BACKGROUND_yellow, NAME },
    { "js", pick_js, HUE_RED, HUE_RED, BACKGROUND_yellow, NAME },
    { "perl", pick_perl, HUE_RED, HUE_RED, BACKGROUND_yellow, NAME },
    { "python", pick_python, HUE_RED, HUE_RED, BACKGROUND_yellow, NAME },
    { "rust", pick_rust, HUE_YELLOW, HUE_YELLOW, BACKGROUND_yellow, NAME },
    { "red", NULL, HUE_RED, HUE_RED, BACKGROUND_grey, NAME },
    { "green", NULL, HUE_GREEN, HUE_GREEN, BACKGROUND_grey, NAME },
    { "blue", NULL, HUE_BLUE, HUE_BLUE, BACKGROUND_grey, NAME },
    { "aqua", NULL, HUE_AQUA, HUE_AQUA, BACKGROUND_grey, NAME },
    { "yellow", NULL, HUE_YELLOW, HUE_YELLOW, BACKGROUND_grey, NAME },
    { "purple", NULL, HUE_PURPLE, HUE_PURPLE, BACKGROUND_grey, NAME },
    { "orange", NULL, HUE_ORANGE, HUE_ORANGE, BACKGROUND_grey, NAME },
#undef KIND
#undef OBJECT
#undef NAME
};

enum { PALETTE_COUNT = sizeof palettes / sizeof palettes[0] };

const struct flame_palette *flame_palette_find(const char *name)
{
    for (size_t i = 0; i < PALETTE_COUNT; i++)
        if (!name || strcmp(name, palettes[i].name) == 0)
            return &palettes[i];
    return NULL;
}

enum flame_palette_by flame_palette_by(const struct flame_palette *palette)
{
    return palette->by;
}

bool flame_palette_has_wakers(const struct flame_palette *palette)
{
    return palette->waker != palette->hue;
}

void flame_palette_names(char *out, size_t cap)
{
    size_t used = 0;
    for (size_t i = 0; i < PALETTE_COUNT && used < cap; i++)
        used += (size_t)snprintf(out + used, cap - used, "%s%s", i ? ", " : "", palettes[i].name);
}

static uint8_t channel(struct ramp ramp, const float v[3])
{
    return (uint8_t)(ramp.base + (unsigned)((float)ramp.span * v[ramp.v]));
}

struct flame_rgb flame_colour_of(const struct flame_palette *palette,
                                 const struct flame_frame *frame, bool waker,
                                 const struct flame_chance *chance)
{
    waker = waker || flame_str_ends(frame->name, "_[w]");
    const struct hue *hue = &hues[palette->pick ? palette->pick(frame)
                                  : waker       ? palette->waker
                                                : palette->hue];
    float v[3];
    flame_name_values(v, frame->name, chance);
    return (struct flame_rgb){ channel(hue->r, v), channel(hue->g, v), channel(hue->b, v) };
}

bool flame_background(const char *name, const struct flame_palette *palette, struct flame_rgb *top,
                      struct flame_rgb *bottom)
{
    size_t id = palette->background;
    if (name && name[0] == '#') {
        bool valid = flame_parse_colour(name, top);
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
