/* test_svg.c: what the picture says, and that nothing in a name can break it. */
#include "colour.h"
#include "folded_stacks.h"
#include "numbers.h"
#include "text.h"
#include "xml_check.h"

#include <flamedata/render.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The SVG of stacks, well-formed, NUL-terminated; to be freed. */
static char *draw(const struct flame_stacks *stacks, const struct flame_look *look)
{
    struct flame_tree tree;
    struct flame_output *out = flame_output_memory();
    enum flame_tree_order order = look->reversed ? FLAME_TREE_LEAF_FIRST : FLAME_TREE_CALLERS_FIRST;
    assert_int_equal(flame_tree_build(&tree, stacks, order, NULL), FLAME_OK);
    assert_int_equal(flame_render_svg(&tree, look, out, NULL), FLAME_OK);
    struct flame_str bytes = flame_output_bytes(out);
    char *text = malloc(bytes.len + 1);
    assert_non_null(text);
    memcpy(text, bytes.ptr, bytes.len);
    text[bytes.len] = 0;
    const char *fault = xml_fault(text, bytes.len);
    if (fault)
        fail_msg("%s in %.3000s", fault, text);
    assert_int_equal(flame_output_commit(out, NULL), FLAME_OK);
    flame_tree_free(&tree);
    return text;
}

static void expect(const char *svg, const char *part)
{
    if (!strstr(svg, part))
        fail_msg("no %s in %s", part, svg);
}

static void expect_not(const char *svg, const char *part)
{
    if (strstr(svg, part))
        fail_msg("%s in %s", part, svg);
}

#define LITTLE "sh;main;f 3\nsh;main;g_[k] 1\n"

static void samples_are_called_samples(void **state)
{
    (void)state;
    struct folded f;
    char *svg =
        draw(folded_make(&f, "sh;main;f 2999\nsh;main;g 1001\n", 1), &(struct flame_look){ 0 });
    expect(svg, "<title>all (4,000 samples, 100%)</title>");
    expect(svg, "<title>main (4,000 samples, 100.00%)</title>");
    expect(svg, "<title>f (2,999 samples, 74.98%)</title>");
    expect(svg, "<title>Flame Graph</title>");
    expect(svg, ",durations:false,quantity:\"samples\",factor:1,samples:false,");
    free(svg);
}

static void nanoseconds_are_time_and_never_samples(void **state)
{
    (void)state;
    struct folded f;
    folded_make(&f, "sh;main;f 1234\nsh;main;g 12\nsh;main;h 1\n", 1000000);
    f.stacks.unit = FLAME_UNIT_NANOSECONDS;
    f.stacks.event_name = flame_str_from("cpu-clock");
    char *svg = draw(&f.stacks, &(struct flame_look){ 0 });
    expect(svg, "<title>all (1.247 s, 100%)</title>");
    expect(svg, "<title>f (1.234 s, 98.96%)</title>");
    expect(svg, "<title>g (12.00 ms, 0.96%)</title>");
    expect(svg, "<title>h (1.000 ms, 0.08%)</title>");
    expect(svg, ",durations:true,quantity:\"\",factor:1,samples:true,");
    expect_not(svg, "000,000 samples");
    free(svg);
}

static void events_are_called_by_their_name(void **state)
{
    (void)state;
    struct folded f;
    folded_make(&f, "sh;f 3\nsh;g 1\n", 411);
    f.stacks.unit = FLAME_UNIT_EVENTS;
    f.stacks.event_name = flame_str_from("page-faults");
    char *svg = draw(&f.stacks, &(struct flame_look){ 0 });
    expect(svg, "<title>f (1,233 page-faults, 75.00%)</title>");
    free(svg);

    folded_make(&f, "sh;f 3\nsh;g 1\n",
                1); /* a sample per event: the count of samples says no more */
    f.stacks.unit = FLAME_UNIT_EVENTS;
    f.stacks.event_name = flame_str_from("page-faults");
    svg = draw(&f.stacks, &(struct flame_look){ 0 });
    expect(svg, "<title>f (3 page-faults, 75.00%)</title>");
    free(svg);
}

static void the_words_are_the_ones_asked_for(void **state)
{
    (void)state;
    struct folded f;
    folded_make(&f, LITTLE, 1000);
    f.stacks.unit = FLAME_UNIT_NANOSECONDS;
    struct flame_look look = { .title = "A & B",
                               .subtitle = "<sub>",
                               .notes = "note -- ]]>",
                               .count_name = "ticks",
                               .name_type = "Frame:",
                               .font_type = "Courier \"New\"",
                               .metadata = flame_str_from("one\ntwo & three") };
    char *svg = draw(&f.stacks, &look);
    expect(svg, "<title>A &amp; B</title>");
    expect(svg, ">&lt;sub&gt;</text>");
    expect(svg, "<metadata>\none\ntwo &amp; three\nNotes: note -- ]]&gt;\n</metadata>");
    expect(svg, "f (3,000 ticks, 75.00%)");
    expect(svg, "nameType:\"Frame:\"");
    expect(svg, "font-family=\"Courier &quot;New&quot;, monospace\"");
    free(svg);
}

static void a_flame_stands_on_its_root_and_an_icicle_hangs_from_it(void **state)
{
    (void)state;
    struct folded f;
    folded_make(&f, LITTLE, 1);
    struct flame_look look = { .height_px = 20 };
    char *svg = draw(&f.stacks, &look);
    expect(svg, "<svg id=\"frames\" x=\"10\" y=\"39\" width=\"1180\" height=\"80\">\n"
                "<g transform=\"translate(0 60)\">\n<g class=\"p");
    expect(svg, "all (4 samples, 100%)</title><rect x=\"0%\" width=\"100%\" height=\"19\"/>");
    expect(svg, "</g>\n</g>\n<g transform=\"translate(0 0)\">\n<g class=\"p");
    expect(svg, "f (3 samples, 75.00%)</title><rect x=\"0%\" width=\"75%\" height=\"19\"/>");
    expect(svg, "g (1 samples, 25.00%)</title><rect x=\"75%\" width=\"25%\" height=\"19\"/>");
    free(svg);
    look.inverted = true;
    svg = draw(&f.stacks, &look);
    expect(svg, "<title>Icicle Graph</title>");
    const char *root = strstr(svg, "<title>all"), *leaf = strstr(svg, "<title>f (");
    const char *first = strstr(svg, "translate(0 0)"), *last = strstr(svg, "translate(0 60)");
    assert_true(first && first < root && root < last && last < leaf);
    free(svg);
}

static void kinds_differ_in_class_and_the_legend_names_those_that_occur(void **state)
{
    (void)state;
    struct folded f;
    char *svg = draw(folded_make(&f, "sh;f;g_[k] 1\nsh;f;h_[j] 1\n", 1), &(struct flame_look){ 0 });
    expect(svg, " k\"><title>g (1 samples");
    expect(svg, " c\"><title>sh (2 samples");
    expect(svg, "<title>g (1 samples"); /* the mark is for colours */
    expect(svg, ">kernel</text></g>");
    expect(svg, ">JIT</text></g>");
    expect_not(svg, ">inlined</text></g>");
    expect_not(svg, " fill=\"#fff\"");
    free(svg);
}

static void narrow_frames_are_not_written(void **state)
{
    (void)state;
    struct folded f;
    struct flame_look look = { 0 };
    folded_make(&f, "sh;wide 100000\nsh;narrow 8\nsh;narrower 7\nsh;seen 43\n", 1);
    char *svg = draw(&f.stacks, &look);
    expect(svg, ">seen (");
    expect_not(svg, ">narrow"); /* 0.5 px of 1180 is 0.042 % */
    free(svg);
    look = (struct flame_look){ .has_min_width = true };
    svg = draw(&f.stacks, &look);
    expect(svg, ">narrow (");
    expect(svg, ">narrower (");
    free(svg);
    look = (struct flame_look){ .has_min_width = true,
                                .min_width = 0.0075,
                                .min_width_percent = true };
    svg = draw(&f.stacks, &look);
    expect(svg, ">narrow (");
    expect_not(svg, ">narrower (");
    free(svg);
}

static void labels_end_between_characters(void **state)
{
    (void)state;
    struct flame_font fixed = { .size_px = 10, .fixed = true };
    bool cut;
    struct flame_str s = flame_label_fit(flame_str_from("abcdef"), 6.1 * 6 + 0.1, &fixed, &cut);
    assert_true(flame_str_is(s, "abcdef") && !cut);
    s = flame_label_fit(flame_str_from("abcdefg"), 6.1 * 6 + 0.1, &fixed, &cut);
    assert_true(flame_str_is(s, "abcde") && cut);
    s = flame_label_fit(flame_str_from("abcdefg"), 6.1 * 3 + 0.1, &fixed, &cut);
    assert_true(flame_str_is(s, "ab") && cut);
    s = flame_label_fit(flame_str_from("abcdefg"), 6.1 * 2.9, &fixed, &cut);
    assert_int_equal(s.len, 0);
    /* e with an acute accent of its own: never "e" alone */
    for (int width = 0; width < 100; width++) {
        s = flame_label_fit(flame_str_from("aaae\xcc\x81zz\xf0\x9f\x94\xa5yyyy"), width, &fixed,
                            &cut);
        assert_int_not_equal(s.len, 4);
        assert_int_not_equal(s.len, 5);
        assert_true(s.len <= 8 || s.len >= 12);
    }
}

static void text_is_always_valid_xml(void **state)
{
    (void)state;
    static const struct {
        struct flame_str in;
        const char *out;
    } cases[] = {
#define CASE(in, out) { { in, sizeof in - 1 }, out }
        CASE("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"),
        CASE("]]></script>", "]]&gt;&lt;/script&gt;"),
        CASE("\t\r\n x", "    x"),
        CASE("\0\1\x1b\x7f", "\ufffd\ufffd\ufffd\ufffd"),
        CASE("\xc2\x85 \xc3\xa9", "\ufffd \u00e9"),
        CASE("\xff\xfe\xc3", "\ufffd\ufffd\ufffd"),
        CASE("\xc0\xaf", "\ufffd\ufffd"),                     /* overlong '/' */
        CASE("\xed\xa0\x80", "\ufffd\ufffd\ufffd"),           /* a surrogate */
        CASE("\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"), /* beyond U+10FFFF */
        CASE("\xef\xbf\xbf", "\ufffd"),
        CASE("x\u202etxt.exe\u2069", "x\ufffdtxt.exe\ufffd"),
        CASE("\U0001f525", "\U0001f525"),
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct flame_output *out = flame_output_memory();
        flame_put_xml(out, cases[i].in);
        flame_put(out, "", 1);
        assert_string_equal(flame_output_bytes(out).ptr, cases[i].out);
        flame_output_discard(out);
    }
}

static void script_strings_end_neither_their_quotes_nor_the_script(void **state)
{
    (void)state;
    struct flame_output *out = flame_output_memory();
    flame_put_js_string(out, flame_str_from("a\"\\]]></script>\u2028\n&'"));
    flame_put(out, "", 1);
    assert_string_equal(flame_output_bytes(out).ptr,
                        "\"a\\u0022\\u005c]]\\u003e\\u003c/script\\u003e\ufffd \\u0026\\u0027\"");
    flame_output_discard(out);
}

enum { HOSTILE_NAMES = 200, LONG_NAME = 64 << 10 };

/* Names of random bytes, biased to those that mean something; wherever they end up, the picture
 * stays well-formed. */
static void random_bytes_in_names_cannot_break_out(void **state)
{
    (void)state;
    static const char spice[] = "<>&\"']-/;\\\0\n\x1b\xc3\xe2\x80\xae\xf0\x9f\xed\xa0\xff";
    static char bytes[HOSTILE_NAMES][12];
    struct flame_frame frames[HOSTILE_NAMES];
    struct flame_stack stack[HOSTILE_NAMES];
    uint32_t ids[HOSTILE_NAMES], seed = 7;
    for (uint32_t i = 0; i < HOSTILE_NAMES; i++) {
        for (size_t k = 0; k < sizeof bytes[i]; k++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i][k] = seed >> 31 ? spice[(seed >> 8) % (sizeof spice - 1)] : (char)(seed >> 16);
        }
        frames[i] = (struct flame_frame){ { bytes[i], sizeof bytes[i] }, FLAME_FRAME_USER, { 0 } };
        stack[i] = (struct flame_stack){ i, 1, 1, 1 };
        ids[i] = i;
    }
    struct flame_stacks stacks = { frames,
                                   HOSTILE_NAMES,
                                   ids,
                                   HOSTILE_NAMES,
                                   stack,
                                   HOSTILE_NAMES,
                                   FLAME_UNIT_EVENTS,
                                   frames[0].name,
                                   HOSTILE_NAMES,
                                   HOSTILE_NAMES,
                                   NULL };
    char words[sizeof bytes[1] + 1] = { 0 };
    memcpy(words, bytes[1], sizeof bytes[1]);
    struct flame_look look = { .title = words,
                               .subtitle = words,
                               .notes = words,
                               .name_type = words,
                               .font_type = words,
                               .metadata = frames[2].name };
    free(draw(&stacks, &look));
    look.colors = "java";
    free(draw(&stacks, &look));
}

static void a_64_kib_name_and_2000_levels_are_drawn(void **state)
{
    (void)state;
    enum { DEEP = 2000 };
    static char name[LONG_NAME];
    static uint32_t ids[DEEP];
    memset(name, '<', sizeof name);
    struct flame_frame frame = { { name, sizeof name }, FLAME_FRAME_USER, { 0 } };
    struct flame_stack stack = { 0, DEEP, 1, 1 };
    struct flame_stacks stacks = { &frame, 1, ids, DEEP, &stack, 1, FLAME_UNIT_SAMPLES,
                                   { 0 },  1, 1,   NULL };
    char *svg = draw(&stacks, &(struct flame_look){ 0 });
    expect(svg, "&lt;\u2026 (1 samples, 100.00%)</title>");
    expect(svg, "height=\"32099\"");
    free(svg);
}

static void durations_keep_four_digits(void **state)
{
    (void)state;
    static const struct {
        uint64_t ns;
        const char *text;
    } cases[] = {
        { 0, "0 ns" },
        { 999, "999 ns" },
        { 1000, "1.000 \u00b5s" },
        { 12345, "12.35 \u00b5s" },
        { 1234567, "1.235 ms" },
        { 123456789, "123.5 ms" },
        { 1234000000, "1.234 s" },
        { 98765432100, "98.77 s" },
        { 1234567890123, "1,235 s" },
        { UINT64_MAX, "18,446,744,074 s" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct flame_output *out = flame_output_memory();
        flame_put_duration(out, cases[i].ns);
        flame_put(out, "", 1);
        assert_string_equal(flame_output_bytes(out).ptr, cases[i].text);
        flame_output_discard(out);
    }
}

static void wrong_looks_are_named(void **state)
{
    (void)state;
    static const struct {
        struct flame_look look;
        const char *says;
    } cases[] = {
        { { .colors = "pink" }, "no colors named \"pink\"; there are default, dso, hot, mem, " },
        { { .bg_colors = "#12345g" }, "no background named \"#12345g\"; there are yellow, blue, " },
        { { .bg_colors = "#1234567" }, "no background named" },
        { { .bg_colors = "plain" }, "no background named" },
        { { .width_px = 20 }, "the width must be 100 to" },
        { { .height_px = -1 }, "the height of a frame" },
        { { .font_size = 0.0 / 0.0 }, "the font size" },
        { { .has_min_width = true, .min_width = -1 }, "the least width" },
        { { .has_min_width = true, .min_width = 101, .min_width_percent = true },
          "the least width" },
    };
    struct folded f;
    struct flame_tree tree;
    flame_tree_build(&tree, folded_make(&f, LITTLE, 1), FLAME_TREE_CALLERS_FIRST, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct flame_error error = FLAME_ERROR_INIT;
        struct flame_output *out = flame_output_memory();
        assert_int_equal(flame_render_svg(&tree, &cases[i].look, out, &error), FLAME_USAGE);
        if (strncmp(error.text, cases[i].says, strlen(cases[i].says)) != 0)
            fail_msg("%s", error.text);
        assert_int_equal(flame_output_bytes(out).len, 0);
        flame_output_discard(out);
    }
    flame_tree_free(&tree);
}

static void every_palette_and_background_draws(void **state)
{
    (void)state;
    char names[400], *rest = names;
    struct folded f;
    folded_make(&f, "sh;f;-;g_[k];h_[j];i_[i];[x];std::y;a/b.js 4\n", 1);
    flame_palette_names(names, sizeof names);
    for (char *name; (name = strtok_r(rest, ", ", &rest));)
        for (int hash = 0; hash < 2; hash++)
            free(draw(&f.stacks, &(struct flame_look){ .colors = name, .hash = hash }));
    static const char *const backgrounds[] = { "yellow", "blue", "green", "grey", "#abCDef" };
    for (size_t i = 0; i < 5; i++)
        free(draw(&f.stacks, &(struct flame_look){ .bg_colors = backgrounds[i] }));
}

/* Frames that nobody can see apart are not all drawn, and the picture says so. */
static void too_many_frames_are_said_to_be_left_out(void **state)
{
    (void)state;
    enum { LEAVES = 200010, WIDE = 7 };
    static struct flame_stack stack[LEAVES];
    struct flame_frame frames[] = { { flame_str_from("a"), FLAME_FRAME_USER, { 0 } },
                                    { flame_str_from("b"), FLAME_FRAME_USER, { 0 } } };
    const uint32_t ids[] = { 0, 1 };
    struct flame_stacks stacks = { .frames = frames,
                                   .frame_count = 2,
                                   .ids = ids,
                                   .id_count = 2,
                                   .stacks = stack,
                                   .stack_count = LEAVES,
                                   .unit = FLAME_UNIT_SAMPLES };
    for (uint32_t i = 0; i < LEAVES; i++) {
        uint64_t weight = i < WIDE ? 2 : 1;
        stack[i] = (struct flame_stack){ i % 2, 1, weight, weight };
        stacks.total_weight = stacks.total_samples += weight;
    }
    struct flame_tree tree;
    struct flame_look look = { .has_min_width = true, .flamechart = true };
    struct flame_output *out = flame_output_memory();
    assert_int_equal(flame_tree_build(&tree, &stacks, FLAME_TREE_IN_ORDER, NULL), FLAME_OK);
    assert_int_equal(flame_render_svg(&tree, &look, out, NULL), FLAME_OK);
    flame_put(out, "", 1);
    const char *svg = flame_output_bytes(out).ptr;
    static const char words[] = "Drawn are the 200,000 widest frames; 11 others are too many";
    const char *metadata = strstr(svg, words), *note = strstr(svg, "id=\"note\"");
    assert_non_null(metadata);
    assert_non_null(note);
    assert_non_null(strstr(note, words));
    assert_true(metadata < note);
    flame_output_discard(out);
    flame_tree_free(&tree);
}

/* Two towers, each frame as wide as its neighbour and what it stands on: what is left out is the
 * top of one. */
static void of_frames_as_wide_as_each_other_the_lowest_are_drawn(void **state)
{
    (void)state;
    enum { HEIGHT = 100000 };
    static uint32_t ids[2 * HEIGHT];
    struct flame_frame frames[] = { { flame_str_from("a"), FLAME_FRAME_USER, { 0 } },
                                    { flame_str_from("b"), FLAME_FRAME_USER, { 0 } } };
    const struct flame_stack stack[] = { { 0, HEIGHT, 3, 3 }, { HEIGHT, HEIGHT, 3, 3 } };
    struct flame_stacks stacks = { .frames = frames,
                                   .frame_count = 2,
                                   .ids = ids,
                                   .id_count = 2 * (size_t)HEIGHT,
                                   .stacks = stack,
                                   .stack_count = 2,
                                   .total_weight = 6,
                                   .total_samples = 6,
                                   .unit = FLAME_UNIT_SAMPLES };
    for (size_t i = HEIGHT; i < 2 * (size_t)HEIGHT; i++)
        ids[i] = 1;
    struct flame_tree tree;
    struct flame_output *out = flame_output_memory();
    assert_int_equal(flame_tree_build(&tree, &stacks, FLAME_TREE_CALLERS_FIRST, NULL), FLAME_OK);
    assert_int_equal(flame_render_svg(&tree, &(struct flame_look){ .still = true }, out, NULL),
                     FLAME_OK);
    flame_put(out, "", 1);
    assert_false(flame_output_failed(out));
    const char *svg = flame_output_bytes(out).ptr;
    assert_non_null(strstr(svg, "Drawn are the 200,000 widest frames; 1 other is too many for a "
                                "picture"));
    size_t drawn[2] = { 0 };
    const char *end = svg + flame_output_bytes(out).len;
    for (const char *at = svg; (at = memchr(at, '<', (size_t)(end - at))); at++)
        for (int i = 0; i < 2; i++)
            drawn[i] += strncmp(at, i ? "<title>b (3 " : "<title>a (3 ", 12) == 0;
    assert_int_equal(drawn[0], HEIGHT);
    assert_int_equal(drawn[1], HEIGHT - 1);
    flame_output_discard(out);
    flame_tree_free(&tree);
}

static void a_tree_without_weight_is_empty(void **state)
{
    (void)state;
    struct flame_stacks stacks = { 0 };
    struct flame_look look = { 0 };
    struct flame_tree tree;
    struct flame_output *out = flame_output_memory();
    flame_tree_build(&tree, &stacks, FLAME_TREE_CALLERS_FIRST, NULL);
    assert_int_equal(flame_render_svg(&tree, &look, out, NULL), FLAME_EMPTY);
    assert_int_equal(flame_output_bytes(out).len, 0);
    flame_output_discard(out);
    flame_tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_called_samples),
        cmocka_unit_test(nanoseconds_are_time_and_never_samples),
        cmocka_unit_test(events_are_called_by_their_name),
        cmocka_unit_test(the_words_are_the_ones_asked_for),
        cmocka_unit_test(a_flame_stands_on_its_root_and_an_icicle_hangs_from_it),
        cmocka_unit_test(kinds_differ_in_class_and_the_legend_names_those_that_occur),
        cmocka_unit_test(narrow_frames_are_not_written),
        cmocka_unit_test(labels_end_between_characters),
        cmocka_unit_test(text_is_always_valid_xml),
        cmocka_unit_test(script_strings_end_neither_their_quotes_nor_the_script),
        cmocka_unit_test(random_bytes_in_names_cannot_break_out),
        cmocka_unit_test(a_64_kib_name_and_2000_levels_are_drawn),
        cmocka_unit_test(durations_keep_four_digits),
        cmocka_unit_test(wrong_looks_are_named),
        cmocka_unit_test(every_palette_and_background_draws),
        cmocka_unit_test(too_many_frames_are_said_to_be_left_out),
        cmocka_unit_test(of_frames_as_wide_as_each_other_the_lowest_are_drawn),
        cmocka_unit_test(a_tree_without_weight_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
