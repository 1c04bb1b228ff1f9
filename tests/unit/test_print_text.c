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
                                  "         :            scan.c\n"
                                  "         :    4       {\n"
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
                                  "         :       |||  scan.c\n"
                                  "         :    8  |||              puts(\"\\x1b[31m</script>"
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
                                  "         :       |    old.h\n"
                                  "         :    2  |    void pop(void);\n"
                                  "         : 1156: \\--> pop    %rbp\n"
                                  "         :            scan.c\n"
                                  "         :   12       }\n"
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
        "  branches        43.8 % of the instructions are in recorded runs of code\n"
        "  warning: /elsewhere/old.h is newer than the code: its lines may have moved\n"
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
    expect(text, "                                  :                            "
                 "/src/app/scan.c\n");
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

/* What is hottest is the event's that ranks, not the first one's. */
static void the_summary_is_ranked_by_the_event_that_ranks(void **state)
{
    (void)state;
    struct flame_annotation a = first_function(2);
    a.ranked_by = 1;
    char *text = text_of(&a, NULL);
    const char *first = strstr(text, "words.h:10 "), *second = strstr(text, "scan.c:7 "),
               *third = strstr(text, "words.h:4 ");
    assert_true(first && second && third && first < second && second < third);
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
        cmocka_unit_test(the_summary_is_ranked_by_the_event_that_ranks),
        cmocka_unit_test(without_code_there_are_addresses),
        cmocka_unit_test(of_many_matches_the_shown_ones_are_marked),
        cmocka_unit_test(colour_is_ours_alone),
        cmocka_unit_test(long_names_are_cut_where_they_repeat_and_whole_in_the_head),
        cmocka_unit_test(jumps_that_find_no_column_are_not_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
