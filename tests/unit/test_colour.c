/* test_colour.c: colours mean here what they mean to FlameGraph and inferno; our own can be told
 * apart by everybody, and labels on them can be read. */
#include "colour.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct expected {
    const char *palette, *name;
    struct flame_rgb colour;
};

static void expect_colours(const struct expected *cases, size_t count, enum flame_values values)
{
    const struct flame_chance chance = { values, 0 };
    for (size_t i = 0; i < count; i++) {
        struct flame_frame frame = { flame_str_from(cases[i].name), FLAME_FRAME_USER, { 0 } };
        struct flame_rgb rgb =
            flame_colour_of(flame_palette_find(cases[i].palette), &frame, false, &chance);
        if (memcmp(&rgb, &cases[i].colour, sizeof rgb) != 0)
            fail_msg("%s %s: %u,%u,%u", cases[i].palette, cases[i].name, rgb.r, rgb.g, rgb.b);
    }
}

/* The control is inferno-flamegraph 0.12.8 --hash, which these values were read from. */
static void hashed_colours_are_flamegraphs(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        { "hot", "malloc", { 238, 112, 36 } },
        { "hot", "mod`func", { 253, 172, 53 } },
        { "hot", "x", { 255, 230, 55 } },
        { "mem", "malloc", { 0, 223, 102 } },
        { "io", "malloc", { 109, 109, 226 } },
        { "wakeup", "malloc", { 79, 191, 191 } },
        { "java", "java/lang/String", { 77, 224, 77 } },
        { "java", "Foo", { 106, 251, 106 } },
        { "java", "f_[k]", { 234, 134, 0 } },
        { "java", "g_[j]", { 88, 235, 88 } },
        { "java", "h_[i]", { 86, 198, 198 } },
        { "java", "std::sort", { 210, 210, 62 } },
        { "java", "malloc", { 226, 89, 89 } },
        { "js", "/home/a.js", { 86, 233, 86 } },
        { "js", "node:fs", { 105, 215, 215 } },
        { "js", "g_[j]", { 88, 200, 200 } },
        { "js", "malloc", { 226, 89, 89 } },
        { "perl", "Perl_runops", { 102, 247, 102 } },
        { "perl", "std::sort", { 210, 210, 62 } },
        { "python", "/usr/lib/python3.11/os.py", { 202, 202, 60 } },
        { "python", "/x/site-packages/y.py", { 72, 186, 186 } },
        { "python", "malloc", { 226, 89, 89 } },
        { "rust", "core::fmt", { 227, 127, 0 } },
        { "rust", "<T as std::x>::y", { 94, 205, 205 } },
        { "rust", "Foo", { 226, 226, 68 } },
        { "rust", "std::sort", { 231, 131, 0 } },
        { "red", "x", { 255, 130, 130 } },
        { "green", "malloc", { 79, 226, 79 } },
        { "blue", "malloc", { 109, 109, 229 } },
        { "aqua", "malloc", { 79, 191, 191 } },
        { "yellow", "malloc", { 201, 201, 59 } },
        { "purple", "malloc", { 221, 109, 221 } },
        { "orange", "malloc", { 221, 121, 0 } },
    };
    expect_colours(cases, sizeof cases / sizeof *cases, FLAME_VALUES_ENDS);
}

/* The control is inferno-flamegraph 0.12.8 --deterministic. */
static void colours_are_infernos_deterministic_ones(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        { "hot", "malloc", { 250, 195, 53 } },
        { "hot", "mod`func", { 254, 130, 11 } },
        { "hot", "x", { 242, 157, 1 } },
        { "hot", "f_[k]", { 208, 84, 18 } },
        { "hot", "std::sort", { 235, 53, 9 } },
        { "hot", "\u65e5\u672c", { 247, 16, 33 } },
        { "mem", "java/lang/String", { 0, 199, 127 } },
        { "mem", "operator->", { 0, 193, 186 } },
        { "io", "mod`func", { 114, 114, 201 } },
        { "java", "java/lang/String", { 86, 233, 86 } },
        { "java", "f_[k]", { 213, 113, 0 } },
        { "java", "std::sort", { 187, 187, 54 } },
        { "rust", "x", { 212, 212, 63 } },
        { "rust", "std::sort", { 205, 105, 0 } },
        { "red", "operator->", { 248, 121, 121 } },
    };
    expect_colours(cases, sizeof cases / sizeof *cases, FLAME_VALUES_WHOLE);
}

static bool like(const char *palette, const char *name, enum flame_frame_kind kind, bool waker,
                 const char *hue)
{
    const struct flame_chance chance = { FLAME_VALUES_WHOLE, 0 };
    struct flame_frame frame = { flame_str_from(name), kind, { 0 } };
    struct flame_rgb a = flame_colour_of(flame_palette_find(palette), &frame, waker, &chance);
    struct flame_rgb b = flame_colour_of(flame_palette_find(hue), &frame, false, &chance);
    return memcmp(&a, &b, sizeof a) == 0;
}

static void palettes_of_languages_know_their_names(void **state)
{
    (void)state;
    static const struct {
        const char *palette, *name, *hue;
    } cases[] = {
        { "js", "   ", "green" },
        { "js", "/x/node_modules/a.js", "purple" },
        { "js", "/x/a.js", "green" },
        { "js", "a.js", "red" },
        { "python", "/x/my-site-packages/y.py", "red" },
        { "python", "C:\\python3.12\\os.py", "yellow" },
        { "python", "<built-in method>", "yellow" },
        { "rust", "lib`core::fmt", "orange" },
        { "rust", "<core::future::from_generator::GenFuture<T> as x>::poll", "aqua" },
        { "rust", "<core::option::Option<T>>::map", "orange" },
        { "java", "-[NSObject init]", "yellow" },
        { "java", "Lcom/foo", "green" },
        { "java", "[unknown.so]", "red" },
        { "chain", "f", "blue" },
        { "chain", "f_[w]", "aqua" },
        { "wakeup", "f", "aqua" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!like(cases[i].palette, cases[i].name, FLAME_FRAME_USER, false, cases[i].hue))
            fail_msg("%s: %s is not %s", cases[i].palette, cases[i].name, cases[i].hue);
    assert_true(like("java", "f", FLAME_FRAME_KERNEL, false, "orange"));
    assert_true(like("js", "f", FLAME_FRAME_JIT, false, "aqua"));
    assert_true(like("chain", "f", FLAME_FRAME_USER, true, "aqua"));
}

static void random_colours_follow_from_the_seed(void **state)
{
    (void)state;
    struct flame_frame frame = { flame_str_from("f"), FLAME_FRAME_USER, { 0 } };
    struct flame_rgb colours[3];
    static const uint64_t seeds[] = { 1, 2, 1 };
    for (size_t i = 0; i < 3; i++)
        colours[i] = flame_colour_of(flame_palette_find("hot"), &frame, false,
                                     &(struct flame_chance){ FLAME_VALUES_RANDOM, seeds[i] });
    assert_memory_equal(&colours[0], &colours[2], sizeof *colours);
    assert_memory_not_equal(&colours[0], &colours[1], sizeof *colours);
}

/* CIE L*a*b* of light in linear sRGB. Source: IEC 61966-2-1 and CIE 15. */
static void to_lab(double lab[3], const double light[3])
{
    static const double matrix[3][3] = { { 0.4124564, 0.3575761, 0.1804375 },
                                         { 0.2126729, 0.7151522, 0.0721750 },
                                         { 0.0193339, 0.1191920, 0.9503041 } };
    static const double white[] = { 0.95047, 1, 1.08883 };
    double f[3];
    for (int i = 0; i < 3; i++) {
        double t = 0;
        for (int k = 0; k < 3; k++)
            t += matrix[i][k] * fmin(1, fmax(0, light[k]));
        t /= white[i];
        f[i] = t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    }
    lab[0] = 116 * f[1] - 16;
    lab[1] = 500 * (f[0] - f[1]);
    lab[2] = 200 * (f[1] - f[2]);
}

/* What eyes that lack a cone see. Source: Machado, Oliveira, Fernandes 2009, severity 1. */
static const struct {
    const char *name;
    double matrix[3][3];
} eyes[] = {
    { "all cones", { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } },
    { "protanopia",
      { { 0.152286, 1.052583, -0.204868 },
        { 0.114503, 0.786281, 0.099216 },
        { -0.003882, -0.048116, 1.051998 } } },
    { "deuteranopia",
      { { 0.367322, 0.860646, -0.227968 },
        { 0.280085, 0.672501, 0.047413 },
        { -0.011820, 0.042940, 0.968881 } } },
    { "tritanopia",
      { { 1.255528, -0.076749, -0.178779 },
        { -0.078411, 0.930809, 0.147602 },
        { 0.004733, 0.691367, 0.303900 } } },
};

enum { EYES = sizeof eyes / sizeof *eyes };

static double linear(uint8_t channel)
{
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* How far two colours are apart to an eye: 2 can just be told apart, side by side. */
static double distance(struct flame_rgb a, struct flame_rgb b, size_t eye)
{
    const double from[2][3] = { { linear(a.r), linear(a.g), linear(a.b) },
                                { linear(b.r), linear(b.g), linear(b.b) } };
    double lab[2][3], sum = 0;
    for (int c = 0; c < 2; c++) {
        double seen[3] = { 0 };
        for (int i = 0; i < 3; i++)
            for (int k = 0; k < 3; k++)
                seen[i] += eyes[eye].matrix[i][k] * from[c][k];
        to_lab(lab[c], seen);
    }
    for (int i = 0; i < 3; i++)
        sum += (lab[0][i] - lab[1][i]) * (lab[0][i] - lab[1][i]);
    return sqrt(sum);
}

static void kinds_are_told_apart_by_every_eye(void **state)
{
    (void)state;
    static const char *const names[] = {
#define X(kind, mark, name) name,
        FLAME_FRAME_KINDS(X)
#undef X
    };
    const double least = 12;
    for (unsigned a = 0; a < FLAME_KIND_ROOT; a++)
        for (unsigned b = a + 1; b < FLAME_KIND_ROOT; b++)
            for (unsigned pair = 0; pair < FLAME_SHADES * FLAME_SHADES; pair++) {
                struct flame_paint x = flame_kind_paint(a, pair % FLAME_SHADES);
                struct flame_paint y = flame_kind_paint(b, pair / FLAME_SHADES);
                for (size_t eye = 0; eye < EYES; eye++)
                    if (distance(x.light, y.light, eye) < least ||
                        distance(x.dark, y.dark, eye) < least)
                        fail_msg("%s and %s, %s: %.1f light, %.1f dark", names[a], names[b],
                                 eyes[eye].name, distance(x.light, y.light, eye),
                                 distance(x.dark, y.dark, eye));
            }
}

static void more_and_less_are_told_apart_by_every_eye(void **state)
{
    (void)state;
    struct flame_paint less = flame_change_paint(-0.25), none = flame_change_paint(0),
                       more = flame_change_paint(0.25);
    for (size_t eye = 0; eye < EYES; eye++) {
        assert_true(distance(less.light, more.light, eye) > 12);
        assert_true(distance(less.dark, more.dark, eye) > 12);
        assert_true(distance(none.light, more.light, eye) > 4);
        assert_true(distance(none.light, less.light, eye) > 4);
    }
}

static void expect_readable(struct flame_paint paint, const char *what)
{
    double light = flame_contrast(paint.light, FLAME_INK_LIGHT),
           dark = flame_contrast(paint.dark, FLAME_INK_DARK);
    if (light < 4.5 || dark < 4.5)
        fail_msg("%s: contrast %.2f light, %.2f dark", what, light, dark);
}

static void labels_can_be_read_on_every_paint(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < FLAME_KIND_COUNT; kind++)
        for (unsigned shade = 0; shade < FLAME_SHADES; shade++)
            expect_readable(flame_kind_paint(kind, shade), "kind");
    for (int step = -32; step <= 32; step++)
        expect_readable(flame_change_paint(step / 32.0), "change");
    for (unsigned i = 0; i < 1000; i++) {
        char name[16];
        snprintf(name, sizeof name, "lib%u.so", i);
        expect_readable(flame_object_paint(flame_str_from(name), i % FLAME_SHADES), name);
    }
    /* Of what others have chosen, at least what takes its place in the dark. */
    for (unsigned i = 0; i < 4096; i++) {
        struct flame_rgb any = { (uint8_t)(i >> 8 << 4 | 15), (uint8_t)((i >> 4) << 4),
                                 (uint8_t)(i << 4) };
        struct flame_paint paint = flame_paint_from(any);
        assert_memory_equal(&paint.light, &any, sizeof any);
        assert_true(flame_contrast(paint.dark, FLAME_INK_DARK) >= 4.5);
    }
}

static void objects_keep_their_colour_and_the_unknown_is_grey(void **state)
{
    (void)state;
    struct flame_paint a = flame_object_paint(flame_str_from("libc.so.6"), 2),
                       b = flame_object_paint(flame_str_from("libc.so.6"), 2),
                       none = flame_object_paint((struct flame_str){ 0 }, 2);
    assert_memory_equal(&a, &b, sizeof a);
    unsigned spread = (unsigned)abs(none.light.r - none.light.b);
    assert_true(spread < 8);
    unsigned distinct = 0;
    for (unsigned i = 0; i < 24; i++) { /* hues are few, but not all are one */
        char name[16];
        snprintf(name, sizeof name, "lib%c.so", 'a' + (int)i);
        struct flame_paint paint = flame_object_paint(flame_str_from(name), 2);
        distinct += memcmp(&paint, &a, sizeof a) != 0;
    }
    assert_true(distinct > 20);
}

static void differences_have_infernos_colours(void **state)
{
    (void)state;
    static const struct {
        double share;
        struct flame_rgb light;
    } cases[] = { { 1, { 255, 100, 100 } },
                  { -1, { 100, 100, 255 } },
                  { 0, { 250, 250, 250 } },
                  { 0.1, { 255, 235, 235 } } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct flame_paint paint = flame_change_paint(cases[i].share);
        assert_memory_equal(&paint.light, &cases[i].light, sizeof paint.light);
    }
}

static void only_colours_are_colours(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct flame_rgb colour;
    } good[] = { { "#fff", { 255, 255, 255 } },
                 { "#1aB2c3", { 0x1a, 0xb2, 0xc3 } },
                 { "aliceblue", { 0xf0, 0xf8, 0xff } },
                 { "rebeccapurple", { 0x66, 0x33, 0x99 } },
                 { "yellowgreen", { 0x9a, 0xcd, 0x32 } } };
    static const char *const bad[] = {
        "",     "#",   "#ff",   "#ffff",    "#12345g",      "#1234567", "none",  "url(#x)",
        "red;", "Red", "red\"", "#fff}a{b", "rgb(1, 2, 3)", "#-12345",  "#+1234"
    };
    struct flame_rgb colour;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!flame_parse_colour(good[i].text, &colour) ||
            memcmp(&colour, &good[i].colour, sizeof colour) != 0)
            fail_msg("%s", good[i].text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (flame_parse_colour(bad[i], &colour))
            fail_msg("%s is a colour", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashed_colours_are_flamegraphs),
        cmocka_unit_test(colours_are_infernos_deterministic_ones),
        cmocka_unit_test(palettes_of_languages_know_their_names),
        cmocka_unit_test(random_colours_follow_from_the_seed),
        cmocka_unit_test(kinds_are_told_apart_by_every_eye),
        cmocka_unit_test(more_and_less_are_told_apart_by_every_eye),
        cmocka_unit_test(labels_can_be_read_on_every_paint),
        cmocka_unit_test(objects_keep_their_colour_and_the_unknown_is_grey),
        cmocka_unit_test(differences_have_infernos_colours),
        cmocka_unit_test(only_colours_are_colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
