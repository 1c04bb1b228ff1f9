/* test_print_text.c: an annotation as text. */
#include "annotation_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* The scene, or what a test made of it, as text to be freed. */
static char *text_of(const struct flame_annotation *annotation,
                     const struct flame_annotate_look *look)
{
    struct flame_output *out = flame_output_memory();
    assert_non_null(out);
    assert_int_equal(flame_annotate_text(annotation, look, out), FLAME_OK);
    struct flame_str got = flame_output_bytes(out);
    char *text = calloc(got.len + 1, 1);
    assert_non_null(text);
    memcpy(text, got.ptr, got.len);
    flame_output_discard(out);
    return text;
}

/* The scene's first function alone, so that its numbers have few columns; events of them. */
static struct flame_annotation first_function(size_t events)
{
    struct flame_annotation a = annotation_scene();
    a.function_count = a.match_count = 1;
    a.event_count = events;
    return a;
}

static struct flame_annotated without_branches(const struct flame_annotation *a)
{
    struct flame_annotated f = a->functions[0];
    f.has_branches = false;
    return f;
}

static void expect(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no\n%s\nin\n%s", part, text);
}

static void refuse(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("%s\nin\n%s", part, text);
}

static void the_code_has_columns_arrows_source_and_inlined_functions(void **state)
{
    (void)state;
    struct flame_annotation a = first_function(1);
    struct flame_annotated f = without_branches(&a);
    a.functions = &f;
    char *text = text_of(&a, NULL);
    const char *code = strstr(text, "\n Percent");
    assert_non_null(code);
    assert_string_equal(code + 1, " Percent : Address\n"
                                  "         :    4       scan.c: {\n"
                                  "         : 1130:      push   %rbp\n"
                                  "    1.60 : 1131:      mov    %rdi,%rbx\n"
                                  "         :    5           if (text) {\n"
                                  "         : 1134:      test   %rdi,%rdi\n"
                                  "         : 1137: /--- je     1156\n"
                                  "         :    6  |            int n = 0;\n"
                                  "         : 1139: |    xor    %eax,%eax\n"
                                  "         :       |    > inlined is_word(char) at scan.c:7\n"
                                  "   60.00 : 113b: |/-> movzbl (%rbx),%edx  ; words.h:10\n"
                                  "         :       ||     > inlined lower<char>(char) at "
                                  "words.h:11\n"
                                  "   20.00 : 113e: ||   cmp    $0x20,%dl  ; words.h:4\n"
                                  "         : 1141: ||/- jbe    1146\n"
                                  "         :       |||    < end of lower<char>(char)\n"
                                  "    4.00 : 1143: |||  add    $0x1,%eax  ; words.h:12\n"
                                  "         :       |||  < end of is_word(char)\n"
                                  "         :    8  |||  scan.c: puts(\"\\x1b[31m</script>"
                                  "<script>alert(1)</script>\");\n"
                                  "         : 1146: ||\\> call   1040 <puts@plt>\n"
                                  "         :    9  ||                   text++; /* \\xff is no "
                                  "UTF-8 */\n"
                                  "         : 114b: ||   add    $0x1,%rbx\n"
                                  "         :    7  ||           for (; *text; n += "
                                  "is_word(*text))\n"
                                  "   14.40 : 114f: ||   cmpb   $0x0,(%rbx)\n"
                                  "         : 1152: |\\-- jne    113b\n"
                                  "         : 1154: |    jmp    *%rax\n"
                                  "         :    2  |    old.h: void pop(void);\n"
                                  "         : 1156: \\--> pop    %rbp\n"
                                  "         :   12       scan.c: }\n"
                                  "         : 1157:      ret\n"
                                  "         : 1158:      .byte  0x06\n");
    free(text);
}

static void the_head_says_what_and_how_much_and_the_summary_where(void **state)
{
    (void)state;
    struct flame_annotation a = first_function(2);
    char *text = text_of(&a, NULL);
    const char *code = strstr(text, "\n cycles:u");
    assert_non_null(code);
    text[code - text] = 0;
    assert_string_equal(
        text,
        "scan(char const*)\n"
        "  object          /opt/app/scan, build-id deadbeef\n"
        "  code            0x1130 to 0x1159, 17 instructions, from /usr/lib/debug/opt/app/scan\n"
        "  cycles:u        100 samples, 62.50 % of the recording\n"
        "  cache-misses:u  4 samples, 100.00 % of the recording\n"
        "  percent         local period: shares of this function\n"
        "  hottest         by cycles:u; --event NAME asks for another\n"
        "  branches        43.8 % of the instructions are in recorded runs of code\n"
        "  warning: /elsewhere/old.h is newer than the code: its lines, marked ?, may be others\n"
        "           --source-dir names a folder with the old one\n"
        "\n"
        "Hottest lines\n"
        "    60.00          75.00   words.h:10                in is_word(char)\n"
        "    20.00                  words.h:4                 in lower<char>(char)\n"
        "    14.40          25.00   scan.c:7                  for (; *text; n += "
        "is_word(*text))\n"
        "     4.00                  words.h:12                in is_word(char)\n"
        "     1.60                  scan.c:4                  {\n"
        "\n"
        "Inlined functions, with what is inlined into them\n"
        "    84.00          75.00   is_word(char)\n"
        "    20.00                  lower<char>(char)\n"
        "\n"
        "Hottest instructions\n"
        "    60.00          75.00   113b  movzbl (%rbx),%edx\n"
        "    20.00                  113e  cmp    $0x20,%dl\n"
        "    14.40          25.00   114f  cmpb   $0x0,(%rbx)\n"
        "     4.00                  1143  add    $0x1,%eax\n"
        "     1.60                  1131  mov    %rdi,%rbx\n");
    free(text);
}

static void the_summary_leaves_out_what_is_below_the_least(void **state)
{
    (void)state;
    struct flame_annotation a = first_function(1);
    char *text = text_of(&a, &(struct flame_annotate_look){ .min_percent = 15 });
    expect(text, "   20.00   words.h:4 ");
    expect(text, "   113e  cmp ");
    refuse(text, "scan.c:7                  for");
    refuse(text, "   114f  cmpb");
    free(text);
}

static void branches_have_columns(void **state)
{
    (void)state;
    struct flame_annotation a = first_function(1);
    char *text = text_of(&a, NULL);
    expect(text, " Percent   IPC          Cycles     Taken  Missed : Address\n");
    expect(text, "   14.40  0.58                                   : 114f: ");
    expect(text, "          0.58       12 (8-40)       900    1.0% : 1152: ");
    expect(text, "          0.58                       300   33.3% : 1141: ");
    free(text);
}

static void samples_periods_bytes_and_lines_are_there_when_asked_for(void **state)
{
    (void)state;
    struct flame_annotation a = first_function(1);
    struct flame_annotated f = without_branches(&a);
    a.functions = &f;
    char *text = text_of(
        &a,
        &(struct flame_annotate_look){
            .samples = true, .period = true, .raw = true, .print_line = true, .full_paths = true });
    expect(text, " Percent   Samples         Period : Address\n");
    expect(text, "   60.00        48          60000 : 113b: 0f b6 13        |/-> movzbl "
                 "(%rbx),%edx  ; /src/app/words.h:10\n");
    expect(text, "                                  : 1146: e8 f5 fe ff ff  ||\\> call   1040 "
                 "<puts@plt>\n");
    expect(text, "                                  :    8                  |||  "
                 "/src/app/scan.c: puts(");
    free(text);
}

static void percentages_are_of_what_was_asked_for(void **state)
{
    (void)state;
    static const struct {
        enum flame_percent_type type;
        const char *row, *share;
    } cases[] = {
        { FLAME_PERCENT_LOCAL_PERIOD, "   60.00 : 113b: ", "100 samples, 62.50 %" },
        { FLAME_PERCENT_LOCAL_HITS, "   48.00 : 113b: ", "100 samples, 50.00 %" },
        { FLAME_PERCENT_GLOBAL_PERIOD, "   37.50 : 113b: ", "100 samples, 62.50 %" },
        { FLAME_PERCENT_GLOBAL_HITS, "   24.00 : 113b: ", "100 samples, 50.00 %" },
    };
    struct flame_annotation a = first_function(1);
    struct flame_annotated f = without_branches(&a);
    a.functions = &f;
    for (size_t i = 0; i < SCENE_COUNT(cases); i++) {
        char *text = text_of(&a, &(struct flame_annotate_look){ .percent = cases[i].type });
        expect(text, cases[i].row);
        expect(text, cases[i].share);
        free(text);
    }
}

static void no_source_is_code_alone(void **state)
{
    (void)state;
    struct flame_annotation a = first_function(1);
    char *text = text_of(&a, &(struct flame_annotate_look){ .no_source = true });
    expect(text, "1130:      push   %rbp\n");
    refuse(text, "> inlined");
    refuse(text, "  ; ");
    refuse(text, "if (text)");
    refuse(text, "is newer");
    free(text);
}

static void print_line_is_behind_what_was_hit_alone(void **state)
{
    (void)state;
    struct flame_annotation a = first_function(1);
    struct flame_annotated f = without_branches(&a);
    a.functions = &f;
    char *text =
        text_of(&a, &(struct flame_annotate_look){ .print_line = true, .no_source = true });
    expect(text, "   14.40 : 114f: ||   cmpb   $0x0,(%rbx)  ; scan.c:7\n");
    expect(text, "         : 1152: |\\-- jne    113b\n");
    free(text);
}

static void an_event_that_never_hit_has_no_column(void **state)
{
    (void)state;
    struct flame_annotation a = annotation_scene();
    a.functions++;
    a.function_count = a.match_count = 1;
    char *text = text_of(&a, NULL);
    expect(text, "  cache-misses:u  0 samples, 0.00 % of the recording\n");
    expect(text, "\n cycles:u :          Address\n");
    expect(text, "\n    75.00 : ffffffff81000010\n");
    free(text);
}

/* The first event has hits of the function: it decides, whatever the second says. */
static void the_first_event_decides_what_is_hottest(void **state)
{
    (void)state;
    struct flame_annotation a = first_function(2);
    char *text = text_of(&a, NULL);
    expect(text, "  hottest         by cycles:u; --event NAME asks for another\n");
    const char *first = strstr(text, "words.h:10 "), *second = strstr(text, "words.h:4 "),
               *third = strstr(text, "scan.c:7 ");
    assert_true(first && second && third && first < second && second < third);
    free(text);
}

/* Where the first event says nothing the second does, also about which rows are the first ones. */
static void an_event_without_hits_leaves_the_order_to_the_next(void **state)
{
    (void)state;
    enum { COUNT = 20 };
    static const struct flame_hits none[2] = { { 0, 0 }, { 0, 0 } };
    struct flame_hits hits[COUNT][2] = { { { 0, 0 } } };
    const struct flame_hits total[2] = { { 0, 0 }, { COUNT, 20000 } };
    struct flame_instruction code[COUNT];
    struct flame_annotation a = first_function(2);
    struct flame_annotated f = without_branches(&a);
    for (size_t i = 0; i < COUNT; i++) {
        hits[i][1] = (struct flame_hits){ 1, i == COUNT - 1 ? 12400 : 400 };
        code[i] = scene_code[0];
        code[i].address = 0x1000 + i;
        code[i].hits = i % 2 ? hits[i] : none;
    }
    f.instructions = code;
    f.instruction_count = COUNT;
    f.line_count = f.inlined_count = 0;
    f.total = total;
    a.functions = &f;
    char *text = text_of(&a, NULL);
    expect(text, "  hottest         by cache-misses:u; --event NAME asks for another\n");
    expect(text, "Hottest instructions\n          62.00   1013  push   %rbp\n"
                 "           2.00   1001  push   %rbp\n");
    free(text);
}

static void without_code_there_are_addresses(void **state)
{
    (void)state;
    struct flame_annotation a = annotation_scene();
    a.functions++;
    a.function_count = a.event_count = a.match_count = 1;
    char *text = text_of(&a, NULL);
    assert_string_equal(text, "evil\\x1b]0;x\\x07</script><img src=x onerror=alert(1)>\n"
                              "  object    /opt/\"<b>'&\\xe2\\x80\\xae.so\n"
                              "  code      0xffffffff81000000 to 0xffffffff81000040, without code: "
                              "the addresses that were hit\n"
                              "  cycles:u  40 samples, 25.00 % of the recording\n"
                              "  percent   local period: shares of this function\n"
                              "\n"
                              " Percent :          Address\n"
                              "   75.00 : ffffffff81000010\n"
                              "   25.00 : ffffffff8100002c\n");
    free(text);
}

static void of_many_matches_the_shown_ones_are_marked(void **state)
{
    (void)state;
    struct flame_annotation a = annotation_scene();
    char *text = text_of(&a, NULL);
    static const char list[] =
        "4 functions match, 2 shown (*):\n"
        " *  62.50 %  scan(char const*)  /opt/app/scan\n"
        " *  25.00 %  evil\\x1b]0;x\\x07</script><img src=x onerror=alert(1)>  "
        "/opt/\"<b>'&\\xe2\\x80\\xae.so\n"
        "     9.38 %  scan_lost  /opt/gone.so\n"
        "     3.12 %  scan_rest  /opt/app/scan\n"
        "\n"
        "scan(char const*)\n";
    assert_memory_equal(text, list, sizeof list - 1);
    expect(text, ".byte  0x06\n\n\nevil");
    free(text);
}

static void colour_is_ours_alone(void **state)
{
    (void)state;
    struct flame_annotation a = annotation_scene();
    char *text = text_of(&a, &(struct flame_annotate_look){ .colour = true, .unicode = true });
    expect(text, "\033[31m    60.00\033[m");
    expect(text, "\033[32m     4.00\033[m");
    expect(text, "\033[31mmovzbl (%rbx),%edx\033[m");
    expect(text, "│┌─> ");
    expect(text, "└──> ");
    expect(text, "▸ inlined is_word(char) at scan.c:7");
    for (const char *escape = text; (escape = strchr(escape, '\033')); escape++)
        assert_true(escape[1] == '[' && (escape[2] == 'm' || escape[3] == 'm' || escape[4] == 'm'));
    assert_null(strchr(text, '\x07'));
    assert_null(strchr(text, '\xff'));
    free(text);

    text = text_of(&a, NULL);
    assert_null(strchr(text, '\033'));
    free(text);
}

static void long_names_are_cut_where_they_repeat_and_whole_in_the_head(void **state)
{
    (void)state;
    struct flame_annotation a = first_function(1);
    struct flame_annotated f = a.functions[0];
    struct flame_hits_of inlined = f.inlined[0];
    static char name[2048], endless[5000];
    snprintf(name, sizeof name, "ns::sort<%0120d, ns::pair<int, int>>(int*, int*)", 0);
    memset(endless, 'e', sizeof endless);
    f.symbol = inlined.name = flame_str_from(name);
    f.inlined = &inlined;
    f.inlined_count = 1;
    a.functions = &f;
    char *text = text_of(&a, NULL);
    assert_memory_equal(text, name, strlen(name));
    expect(text, "   84.00   ns::sort<...>\n");
    free(text);

    inlined.name = (struct flame_str){ endless, sizeof endless };
    text = text_of(&a, NULL);
    expect(text, "eeeee...eeeee");
    assert_true(strlen(text) < sizeof endless);
    free(text);
}

/* More nested jumps than there are columns: the longest are not drawn. */
static void jumps_that_find_no_column_are_not_drawn(void **state)
{
    (void)state;
    enum { COUNT = 20 };
    struct flame_instruction code[COUNT];
    struct flame_annotation a = first_function(1);
    struct flame_annotated f = without_branches(&a);
    for (size_t i = 0; i < COUNT; i++) {
        code[i] = scene_code[0];
        code[i].address = 0x1000 + i;
        code[i].source = NULL;
        if (i < COUNT / 2)
            code[i].jump = COUNT - 1 - i;
    }
    f.instructions = code;
    f.instruction_count = COUNT;
    f.inlined_count = f.line_count = 0;
    a.functions = &f;
    char *text = text_of(&a, NULL);
    expect(text, "         : 1000:         push   %rbp\n");
    expect(text, "         : 1003:         push   %rbp\n");
    expect(text, "         : 1004: /------ push   %rbp\n");
    expect(text, "         : 1009: |||||/- push   %rbp\n");
    expect(text, "         : 100a: |||||\\> push   %rbp\n");
    expect(text, "         : 100f: \\-----> push   %rbp\n");
    free(text);
}

/* A function whose code is nops of a byte, count of them; the test fills in the rest. */
static struct flame_annotated nops(struct flame_annotation *a, struct flame_instruction *code,
                                   size_t count)
{
    *a = first_function(1);
    struct flame_annotated f = without_branches(a);
    for (size_t i = 0; i < count; i++)
        code[i] = (struct flame_instruction){ SCENE_CODE(i, 1, "nop"), .hits = scene_none };
    f.instructions = code;
    f.instruction_count = count;
    f.inlined_count = f.line_count = 0;
    return f;
}

static void jumps_to_one_target_are_one_arrow_with_several_tails(void **state)
{
    (void)state;
    struct flame_instruction code[8];
    struct flame_annotation a;
    struct flame_annotated f = nops(&a, code, 8);
    code[0].jump = code[2].jump = code[7].jump = 4;
    code[5].jump = 6;
    a.functions = &f;
    char *text = text_of(&a, NULL);
    expect(text, " : 1130: /-- nop\n"
                 "         : 1131: |   nop\n"
                 "         : 1132: +-- nop\n"
                 "         : 1133: |   nop\n"
                 "         : 1134: +-> nop\n"
                 "         : 1135: |/- nop\n"
                 "         : 1136: |\\> nop\n"
                 "         : 1137: \\-- nop\n");
    free(text);
    text = text_of(&a, &(struct flame_annotate_look){ .unicode = true });
    expect(text, " : 1132: ├── nop\n");
    free(text);
}

static void functions_that_begin_together_share_a_row(void **state)
{
    (void)state;
    static const struct flame_inlined_at chain[] = {
        { SCENE_STR("core::iter::traits::iterator::Iterator::max_by"), &scene_words, 3 },
        { SCENE_STR("b"), &scene_words, 2 },
        { SCENE_STR("a(int)"), &scene_scan, 7 },
    };
    static const struct flame_inlined_at other[] = { { SCENE_STR("c"), &scene_scan, 8 } };
    struct flame_instruction code[6];
    struct flame_annotation a;
    struct flame_annotated f = nops(&a, code, 6);
    code[1].inlined = chain;
    code[1].inlined_count = 3;
    code[2].inlined = code[3].inlined = chain + 2; /* back in the outermost, */
    code[2].inlined_count = code[3].inlined_count = 1;
    code[4].inlined = other; /* then in another */
    code[4].inlined_count = 1;
    a.functions = &f;
    char *text = text_of(&a, NULL);
    expect(text, " : 1130: nop\n"
                 "         :       > inlined a(int) -> b -> Iterator::max_by at scan.c:7\n"
                 "         : 1131: nop\n"
                 "         :         < end of b\n"
                 "         : 1132: nop\n"
                 "         : 1133: nop\n"
                 "         :       > inlined c at scan.c:8\n"
                 "         : 1134: nop\n"
                 "         :       < end of c\n"
                 "         : 1135: nop\n");
    free(text);
}

static void of_many_functions_the_outer_and_inner_ones_are_named(void **state)
{
    (void)state;
    enum { DEPTH = 30 };
    static char names[DEPTH][8];
    struct flame_inlined_at chain[DEPTH];
    struct flame_instruction code[1];
    struct flame_annotation a;
    struct flame_annotated f = nops(&a, code, 1);
    for (size_t i = 0; i < DEPTH; i++) {
        snprintf(names[i], sizeof names[i], "f%zu", DEPTH - 1 - i);
        chain[i] = (struct flame_inlined_at){ .name = flame_str_from(names[i]) };
    }
    code[0].inlined = chain;
    code[0].inlined_count = DEPTH;
    a.functions = &f;
    char *text = text_of(&a, NULL);
    expect(text, "> inlined f0 -> f1 -> f2 -> f3 -> ... -> f27 -> f28 -> f29\n");
    free(text);
}

/* To and fro between two lines: each is shown once, until it is out of sight. */
static void a_line_in_sight_is_not_shown_again(void **state)
{
    (void)state;
    struct flame_instruction code[100];
    struct flame_annotation a;
    struct flame_annotated f = nops(&a, code, 100);
    for (size_t i = 0; i < 100; i++) {
        code[i].source = &scene_scan;
        code[i].line = i % 20 == 0 ? 5 : 6;
    }
    a.functions = &f;
    char *text = text_of(&a, NULL);
    size_t shown = 0;
    for (const char *at = text; (at = strstr(at, "if (text) {")); at++)
        shown++;
    assert_int_equal(shown, 2);
    expect(text, " : 1144: nop  ; scan.c:5\n");
    expect(text, " : 1145: nop  ; scan.c:6\n");
    expect(text, " : 1146: nop\n");
    free(text);
}

static void a_line_that_is_there_twice_says_where(void **state)
{
    (void)state;
    static const struct flame_hits_of lines[] = {
        { SCENE_SCAN_NAME, &scene_scan, 5, scene_at_load },
        { SCENE_STR("is_word(char)"), &scene_scan, 5, scene_at_cmp },
        { SCENE_SCAN_NAME, &scene_old, 1, scene_at_test },
    };
    struct flame_annotation a = first_function(1);
    struct flame_annotated f = without_branches(&a);
    f.lines = lines;
    f.line_count = SCENE_COUNT(lines);
    a.functions = &f;
    char *text = text_of(&a, NULL);
    expect(text, "   60.00   scan.c:5                  if (text) {  in scan(char const*)\n"
                 "   20.00   scan.c:5                  if (text) {  in is_word(char)\n"
                 "   14.40   old.h:1?                  #define POP\n");
    free(text);
}

static void without_lines_there_are_no_hottest_ones(void **state)
{
    (void)state;
    static const struct flame_hits_of lines[] = { { SCENE_SCAN_NAME, &scene_scan, 0,
                                                    scene_at_load } };
    struct flame_annotation a = first_function(1);
    struct flame_annotated f = a.functions[0];
    f.lines = lines;
    f.line_count = 1;
    a.functions = &f;
    char *text = text_of(&a, NULL);
    refuse(text, "Hottest lines");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_code_has_columns_arrows_source_and_inlined_functions),
        cmocka_unit_test(the_head_says_what_and_how_much_and_the_summary_where),
        cmocka_unit_test(the_summary_leaves_out_what_is_below_the_least),
        cmocka_unit_test(branches_have_columns),
        cmocka_unit_test(samples_periods_bytes_and_lines_are_there_when_asked_for),
        cmocka_unit_test(percentages_are_of_what_was_asked_for),
        cmocka_unit_test(no_source_is_code_alone),
        cmocka_unit_test(print_line_is_behind_what_was_hit_alone),
        cmocka_unit_test(an_event_that_never_hit_has_no_column),
        cmocka_unit_test(the_first_event_decides_what_is_hottest),
        cmocka_unit_test(an_event_without_hits_leaves_the_order_to_the_next),
        cmocka_unit_test(without_code_there_are_addresses),
        cmocka_unit_test(of_many_matches_the_shown_ones_are_marked),
        cmocka_unit_test(colour_is_ours_alone),
        cmocka_unit_test(long_names_are_cut_where_they_repeat_and_whole_in_the_head),
        cmocka_unit_test(jumps_that_find_no_column_are_not_drawn),
        cmocka_unit_test(jumps_to_one_target_are_one_arrow_with_several_tails),
        cmocka_unit_test(functions_that_begin_together_share_a_row),
        cmocka_unit_test(of_many_functions_the_outer_and_inner_ones_are_named),
        cmocka_unit_test(a_line_in_sight_is_not_shown_again),
        cmocka_unit_test(a_line_that_is_there_twice_says_where),
        cmocka_unit_test(without_lines_there_are_no_hottest_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
