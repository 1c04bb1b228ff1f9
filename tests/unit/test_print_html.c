/* test_print_html.c: the page says what the annotation does, and nothing in a name can break it.
 * What a browser makes of it: tests/browser.
 *
 * With FLAME_SCENE_PAGE=FILE in the environment the page of the scene is written there, and with
 * FLAME_LARGE_PAGE=FILE one of its first function repeated, for that test. */
#include <flamedata/annotate.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "annotation_scene.h"
#include "lanes.h"
#include "written.h"

/* NUL-terminated; to be freed. */
static char *written(const struct flame_annotation *annotation,
                     const struct flame_annotate_look *look)
{
    return written_by(flame_annotate_html, annotation, look);
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        n++;
    return n;
}

static void a_hit_has_its_numbers_and_its_heat(void **state)
{
    (void)state;
    struct flame_annotation scene = annotation_scene();
    char *text = written(&scene, NULL);
    expect(text, "<tr id=f0-113b class=h3 style=--b:100 data-h=\"48,60000 3,30000\">"
                 "<td class=\"p on\">60.00<td class=p>75.00");
    expect(text, "<tr id=f0-1131 class=h2 style=--b:3 data-h=\"1,1600 0,0\">"
                 "<td class=\"p on\">1.60<td class=p><td");
    expect(text, "<tr id=f0-1130><td class=\"p on\"><td class=p>");
    expect(text, "<td class=a>113b<td class=x>0f b6 13<td");
    free(text);
}

static void code_is_marked_up_and_jumps_are_links(void **state)
{
    (void)state;
    struct flame_annotation scene = annotation_scene();
    char *text = written(&scene, NULL);
    expect(text, "<b class=j>jne</b> <a href=#f0-113b data-l=1>113b</a>");
    expect(text, "<b class=c>call</b> 1040<i> &lt;puts@plt&gt;</i>");
    expect(text, "<b class=j>jmp</b> *%rax\n");
    expect(text, "<b class=d>.byte</b> 0x06");
    free(text);
}

static void source_and_inlined_functions_stand_before_their_code(void **state)
{
    (void)state;
    struct flame_annotation scene = annotation_scene();
    struct flame_annotate_look look = { .no_source = true };
    char *text = written(&scene, NULL);
    expect(text, "<tr class=n><td class=w>scan.c:7<td class=x><td class=\"g v");
    expect(text, "<span>inlined</span> <bdi>is_word(char)</bdi>\n");
    expect(text,
           "<tr class=s><td class=w>scan.c:5<td class=x><td class=g><td class=\"t d0\">    if "
           "(text) {\n");
    expect(text, "was changed after the code was built: its lines, marked ?, may be others; "
                 "--source-dir names a folder with the old one");
    assert_int_equal(count(text, "<tr class=n>"), 2);
    free(text);
    text = written(&scene, &look);
    expect_not(text, "<tr class=s>");
    free(text);
}

static void names_cannot_leave_their_place(void **state)
{
    (void)state;
    struct flame_annotation scene = annotation_scene();
    struct flame_annotate_look look = {
        .raw = true, .samples = true, .period = true, .print_line = true, .full_paths = true
    };
    scene.path = "a\"<!--\xe2\x80\xae'.data";
    char *text = written(&scene, &look);
    assert_int_equal(count(text, "<script"), 1);
    assert_int_equal(count(text, "</script"), 1);
    expect_not(text, "<img");
    expect_not(text, "<!--");
    expect_not(text, "\x1b");
    expect_not(text, "\x07");
    expect_not(text, "\xff");
    expect_not(text, "\xe2\x80\xae");
    expect(text, "a&quot;&lt;!--\\xe2\\x80\\xae&#39;.data");
    expect(text, "evil\\x1b]0;x\\x07&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;");
    expect(text, "/opt/&quot;&lt;b&gt;&#39;&amp;\\xe2\\x80\\xae.so");
    expect(text,
           "puts(&quot;\\x1b[31m&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;);");
    expect(text, "/* \\xff is no UTF-8 */");
    free(text);
}

static enum flame_status first_section(const struct flame_annotation *annotation,
                                       const struct flame_annotate_look *look,
                                       struct flame_output *out)
{
    return flame_annotate_section(annotation, 0, look, out);
}

static enum flame_status second_section(const struct flame_annotation *annotation,
                                        const struct flame_annotate_look *look,
                                        struct flame_output *out)
{
    return flame_annotate_section(annotation, 1, look, out);
}

/* What stands between two marks, which it includes; to be freed. */
static char *part(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from), *end = at ? strstr(at, to) : NULL;
    if (!end)
        fail_msg("no %s ... %s in %s", from, to, text);
    return strndup(at, (size_t)(end - at) + strlen(to));
}

static void remove_every(char *text, const char *word)
{
    for (char *at; (at = strstr(text, word));)
        memmove(at, at + strlen(word), strlen(at + strlen(word)) + 1);
}

static void a_section_alone_is_what_the_page_has_of_it(void **state)
{
    (void)state;
    static const char *const parts[][2] = { { "<h2>", "</h2>" },
                                            { "<ul class=notes><li><a", "</ul>" },
                                            { "<table ", "</table>" } };
    struct flame_annotation scene = annotation_scene();
    struct flame_annotate_look look = { .raw = true, .print_line = true };
    char *page = written(&scene, &look), *section = written_by(first_section, &scene, &look);
    expect(section, "<section id=f0 data-h=");
    expect(section, "data-totals=\"");
    char *main = strstr(page, "<main");
    assert_non_null(main);
    remove_every(section, "data-");
    remove_every(main, "data-");
    for (size_t i = 0; i < SCENE_COUNT(parts); i++) {
        char *wanted = part(main, parts[i][0], parts[i][1]);
        char *got = part(section, parts[i][0], parts[i][1]);
        assert_string_equal(got, wanted);
        free(wanted);
        free(got);
    }
    char *lists = part(section, "<h3>Hottest lines", "</div>");
    lists[strlen(lists) - strlen("</div>")] = '\0';
    remove_every(page, "data-");
    expect(page, lists);
    free(lists);
    free(page);
    free(section);
}

static void a_section_for_another_page_has_no_styles_and_no_bytes(void **state)
{
    (void)state;
    struct flame_annotation scene = annotation_scene();
    char *text = written_by(first_section, &scene, NULL);
    expect_not(text, " style=");
    expect(text, "<table data-style=\"--pw:");
    expect(text, "<td class=x><td");
    expect_not(text, "0f b6 13");
    free(text);
    text = written_by(second_section, &scene, NULL);
    expect(text, "<section id=f1");
    expect_not(text, "<script");
    expect_not(text, "<img");
    expect(text, "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;");
    free(text);
}

static void the_page_asks_nobody_for_anything(void **state)
{
    (void)state;
    struct flame_annotation scene = annotation_scene();
    char *text = written(&scene, NULL);
    expect(text, "default-src 'none'");
    expect(text, "script-src 'sha256-");
    expect_not(text, "src=\"http");
    expect_not(text, "@import");
    expect_not(text, "url(");
    free(text);
}

static void what_was_lost_is_said(void **state)
{
    (void)state;
    struct flame_annotation scene = annotation_scene();
    struct flame_verdict verdict = scene_verdict;
    char *text = written(&scene, NULL);
    expect(text, "<li>no sample was lost while recording");
    expect(text, "1 function that was hit is not shown for want of code");
    expect(text, "<em class=warning>file not found</em>");
    free(text);
    verdict.lost_samples = 51;
    verdict.bad_records = 2;
    verdict.first_bad = (struct flame_error){ FLAME_CORRUPT, 0x6c, "<b>", "too short" };
    scene.verdict = &verdict;
    text = written(&scene, NULL);
    expect(text, "<li class=warning>51 samples lost while recording (20.00% of all)");
    expect(text, "<li class=warning>2 bad records left out: &lt;b&gt;+0x6c: too short");
    free(text);
    const struct flame_object_report objects[] = {
        { .name = { "a", 1 } }, { .caution = { "names from <x>", 14 }, .trusted = true }
    };
    verdict.objects = objects;
    verdict.object_count = 2;
    text = written(&scene, NULL);
    expect(text, "<li class=warning>names from &lt;x&gt;");
    free(text);
}

static void every_kind_of_percentage_can_be_the_one_that_is_written(void **state)
{
    (void)state;
    static const char *const first[] = { "60.00<td class=p>75.00", "48.00<td class=p>75.00",
                                         "37.50<td class=p>75.00", "24.00<td class=p>75.00" };
    struct flame_annotation scene = annotation_scene();
    for (size_t i = 0; i < SCENE_COUNT(first); i++) {
        struct flame_annotate_look look = { .percent = (enum flame_percent_type)i };
        char *text = written(&scene, &look);
        expect(text, first[i]);
        free(text);
    }
}

static void arrows_nest_and_never_cross_in_one_lane(void **state)
{
    (void)state;
    enum { COUNT = 40 };
    struct flame_instruction code[COUNT] = { { 0 } };
    unsigned used;
    for (size_t i = 0; i < COUNT; i++)
        code[i].jump = i % 3 == 0 ? COUNT - 1 - i : FLAME_NO_INSTRUCTION;
    code[20].jump = 19; /* inside of all others */
    struct flame_lane_row *rows = flame_lanes_make(code, COUNT, &used);
    assert_non_null(rows);
    assert_int_equal(used, FLAME_LANES);
    assert_int_equal(rows[20].lane, 0);
    size_t drawn = 0;
    for (size_t i = 0; i < COUNT; i++) {
        if (rows[i].lane == FLAME_NO_LANE)
            continue;
        size_t to = code[i].jump, first = i < to ? i : to, last = i < to ? to : i;
        unsigned bit = 1u << rows[i].lane;
        drawn++;
        assert_true(rows[to].heads & bit);
        for (size_t n = first; n < last; n++) {
            assert_true(rows[n].down & bit);
            assert_true(rows[n + 1].up & bit);
        }
        for (size_t n = first + 1; n < last; n++)
            assert_false(rows[n].ends & bit);
    }
    assert_true(drawn >= FLAME_LANES);
    free(rows);
}

/* Every arrow is as long as it may be, and runs over a place where all lanes are taken, but far
 * from where looking for a lane begins. */
static void many_long_jumps_are_placed(void **state)
{
    (void)state;
    enum { COUNT = 200000, BLOCK = FLAME_LANE_REACH - 2 * FLAME_LANES };
    struct flame_instruction *code = calloc(COUNT, sizeof *code);
    assert_non_null(code);
    for (size_t i = 0; i < COUNT; i++) {
        size_t at = i % BLOCK;
        code[i].jump = at < FLAME_LANES ? i - at + 2 * FLAME_LANES - at : i + FLAME_LANE_REACH;
    }
    unsigned used;
    struct flame_lane_row *rows = flame_lanes_make(code, COUNT, &used);
    assert_non_null(rows);
    assert_int_equal(used, FLAME_LANES);
    free(rows);
    free(code);
}

static void an_arrow_without_a_place_sheds_its_farthest_tail(void **state)
{
    (void)state;
    enum { COUNT = 64, TARGET = 20 };
    struct flame_instruction code[COUNT] = { { 0 } };
    unsigned used;
    for (size_t i = 0; i < COUNT; i++)
        code[i].jump = FLAME_NO_INSTRUCTION;
    for (size_t i = 0; i < FLAME_LANES; i++)
        code[30 + i].jump = 50 + i; /* as many as there are lanes, all shorter than the whole */
    code[10].jump = code[18].jump = code[60].jump = TARGET;
    struct flame_lane_row *rows = flame_lanes_make(code, COUNT, &used);
    assert_non_null(rows);
    assert_int_equal(rows[60].lane, FLAME_NO_LANE);
    assert_int_equal(rows[10].lane, 0);
    assert_int_equal(rows[18].lane, 0);
    assert_int_equal(rows[TARGET].heads, 1);
    assert_int_equal(rows[TARGET].down, 0);
    assert_true(rows[18].ends & rows[18].up & rows[18].down & 1);
    free(rows);
}

static void functions_that_begin_together_share_a_band(void **state)
{
    (void)state;
    static const struct flame_inlined_at chain[] = {
        { SCENE_STR("core::iter::traits::iterator::Iterator::max_by"), &scene_words, 3 },
        { SCENE_STR("main::{lambda(int)#1}::operator()<char>(char)"), &scene_scan, 7 },
    };
    struct flame_instruction code[2] = {
        { SCENE_CODE(0, 1, "nop"), .hits = scene_none },
        { SCENE_CODE(1, 3, "nop"), .hits = scene_at_load },
    };
    code[1].inlined = chain;
    code[1].inlined_count = 2;
    struct flame_annotation scene = annotation_scene();
    struct flame_annotated f = scene.functions[0];
    f.instructions = code;
    f.instruction_count = 2;
    scene.functions = &f;
    scene.function_count = 1;
    char *text = written(&scene, NULL);
    expect(text, "<tbody style=\"--i:2;--s:0;--n:1\">");
    expect(text, "<tr class=n><td class=w>scan.c:7<td class=x><td class=g><td class=\"t d1\">"
                 "<span>inlined</span> "
                 "<bdi title=\"main::{lambda(int)#1}::operator()&lt;char&gt;(char)\">"
                 "{lambda(int)#1}::operator()&lt;char&gt;</bdi> \xe2\x86\x92 "
                 "<bdi title=\"core::iter::traits::iterator::Iterator::max_by\">"
                 "Iterator::max_by</bdi>\n");
    free(text);
}

static void names_that_shorten_to_the_same_are_whole(void **state)
{
    (void)state;
#define LONG_PATH "a::path::that::takes::more::room::than::a::list::has"
    static const struct flame_hits_of inlined[] = {
        { SCENE_STR(LONG_PATH "::one::Type::call"), NULL, 0, scene_of_is_word },
        { SCENE_STR(LONG_PATH "::two::Type::call"), NULL, 0, scene_at_cmp },
        { SCENE_STR(LONG_PATH "::two::Type::other"), NULL, 0, scene_at_add },
    };
    struct flame_annotation scene = annotation_scene();
    struct flame_annotated f = scene.functions[0];
    f.inlined = inlined;
    f.inlined_count = SCENE_COUNT(inlined);
    scene.functions = &f;
    scene.function_count = 1;
    char *text = written(&scene, NULL);
    expect(text, "<bdi>" LONG_PATH "::one::Type::call</bdi>");
    expect(text, "<bdi>" LONG_PATH "::two::Type::call</bdi>");
    expect(text, "<bdi title=\"" LONG_PATH "::two::Type::other\">Type::other</bdi>");
    free(text);
}

static void lines_of_a_newer_source_and_lines_of_two_functions_are_told(void **state)
{
    (void)state;
    static const struct flame_hits_of lines[] = {
        { SCENE_SCAN_NAME, &scene_old, 1, scene_at_load },
        { SCENE_SCAN_NAME, &scene_scan, 5, scene_at_cmp },
        { SCENE_STR("is_word(char)"), &scene_scan, 5, scene_at_test },
        { SCENE_SCAN_NAME, &scene_words, 9, scene_at_add },
    };
    struct flame_annotation scene = annotation_scene();
    struct flame_annotated f = scene.functions[0];
    f.lines = lines;
    f.line_count = SCENE_COUNT(lines);
    scene.functions = &f;
    scene.function_count = 1;
    char *text = written(&scene, NULL);
    expect(text, "<span class=place>old.h:1?</span> #define POP");
    expect(text, "<span class=place>scan.c:5</span>     if (text) { "
                 "<span class=place>in</span> <bdi>scan(char const*)</bdi>");
    expect(text, "<span class=place>scan.c:5</span>     if (text) { "
                 "<span class=place>in</span> <bdi>is_word(char)</bdi>");
    expect(text, "<span class=place>words.h:9</span> \n");
    free(text);
}

/* The second event's order, where the first says nothing; and nothing waits for a script. */
static void an_event_without_hits_leaves_the_order_to_the_next(void **state)
{
    (void)state;
    static const struct flame_hits little[2] = { { 0, 0 }, { 1, 100 } };
    static const struct flame_hits most[2] = { { 0, 0 }, { 9, 900 } };
    static const struct flame_hits total[2] = { { 0, 0 }, { 10, 1000 } };
    struct flame_instruction code[2] = {
        { SCENE_CODE(0, 1, "nop"), .hits = little },
        { SCENE_CODE(1, 3, "nop"), .hits = most },
    };
    struct flame_annotation scene = annotation_scene();
    struct flame_annotated f = scene.functions[0];
    f.instructions = code;
    f.instruction_count = 2;
    f.total = total;
    f.line_count = f.inlined_count = 0;
    scene.functions = &f;
    scene.function_count = 1;
    char *text = written(&scene, NULL);
    expect(text, "<h3>Hottest instructions <span class=by>by cache-misses:u</span></h3>"
                 "<ul class=hot><li><a href=#f0-1131>");
    expect(text, "<a href=#f0-1131>hottest instruction</a>");
    expect(text, "<tr id=f0-1131 class=h3 style=--b:100 data-h=\"0,0 9,900\">"
                 "<td class=p><td class=\"p on\">90.00");
    free(text);
}

/* The scene's first function with its code again and again, 20,000 instructions; to be freed. */
static struct flame_instruction *repeated(struct flame_annotated *function)
{
    enum { TIMES = 1177, ONE = SCENE_COUNT(scene_code) };
    struct flame_instruction *code = calloc((size_t)TIMES * ONE, sizeof *code);
    assert_non_null(code);
    for (size_t i = 0; i < (size_t)TIMES * ONE; i++) {
        code[i] = scene_code[i % ONE];
        code[i].address += i / ONE * sizeof scene_bytes;
        if (code[i].jump != FLAME_NO_INSTRUCTION)
            code[i].jump += i / ONE * ONE;
        if (i / ONE % 50)
            code[i].hits = scene_none;
    }
    *function = scene_functions[0];
    function->instructions = code;
    function->instruction_count = (size_t)TIMES * ONE;
    function->end = function->start + TIMES * sizeof scene_bytes;
    return code;
}

static void leave_page(const char *path, bool large)
{
    struct flame_annotation scene = annotation_scene();
    struct flame_annotated function;
    struct flame_instruction *code = large ? repeated(&function) : NULL;
    if (large) {
        scene.functions = &function;
        scene.function_count = 1;
    }
    char *text = written(&scene, NULL);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(text);
    free(code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hit_has_its_numbers_and_its_heat),
        cmocka_unit_test(code_is_marked_up_and_jumps_are_links),
        cmocka_unit_test(source_and_inlined_functions_stand_before_their_code),
        cmocka_unit_test(names_cannot_leave_their_place),
        cmocka_unit_test(a_section_alone_is_what_the_page_has_of_it),
        cmocka_unit_test(a_section_for_another_page_has_no_styles_and_no_bytes),
        cmocka_unit_test(the_page_asks_nobody_for_anything),
        cmocka_unit_test(what_was_lost_is_said),
        cmocka_unit_test(every_kind_of_percentage_can_be_the_one_that_is_written),
        cmocka_unit_test(arrows_nest_and_never_cross_in_one_lane),
        cmocka_unit_test(many_long_jumps_are_placed),
        cmocka_unit_test(an_arrow_without_a_place_sheds_its_farthest_tail),
        cmocka_unit_test(functions_that_begin_together_share_a_band),
        cmocka_unit_test(names_that_shorten_to_the_same_are_whole),
        cmocka_unit_test(lines_of_a_newer_source_and_lines_of_two_functions_are_told),
        cmocka_unit_test(an_event_without_hits_leaves_the_order_to_the_next),
    };
    const char *page = getenv("FLAME_SCENE_PAGE"), *large = getenv("FLAME_LARGE_PAGE");
    if (page)
        leave_page(page, false);
    if (large)
        leave_page(large, true);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
