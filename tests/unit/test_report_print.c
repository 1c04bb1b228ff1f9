/* test_report_print.c: tables in their order, and as text, JSON and CSV. */
#include "check.h"
#include "json_check.h"
#include "table.h"

#include <stdlib.h>

#define STR(text)                                                                                  \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }

/* A function of a library, one in the kernel, one that was inlined; code without symbols; names
 * that would steer a terminal. Out of order. */
static const struct flame_report_row some_rows[] = {
    { .self = { 1, 10 },
      .total = { 1, 10 },
      .comm = STR("app"),
      .dso = STR("/usr/lib/libfoo.so"),
      .dso_name = STR("libfoo.so"),
      .symbol = STR("[libfoo.so]"),
      .kind = FLAME_FRAME_UNKNOWN,
      .unnamed = true },
    { .self = { 4, 40 },
      .total = { 6, 60 },
      .comm = STR("app"),
      .dso = STR("/usr/lib/libfoo.so"),
      .dso_name = STR("libfoo.so"),
      .symbol = STR("work"),
      .kind = FLAME_FRAME_USER,
      .start = 0x1130 },
    { .self = { 0, 0 },
      .total = { 10, 100 },
      .comm = STR("app"),
      .dso = STR("/usr/lib/libfoo.so"),
      .dso_name = STR("libfoo.so"),
      .symbol = STR("less<int, \"x\">"),
      .kind = FLAME_FRAME_INLINED },
    { .self = { 4, 40 },
      .total = { 6, 60 },
      .comm = STR("app"),
      .dso = STR("[kernel.kallsyms]"),
      .dso_name = STR("[kernel.kallsyms]"),
      .symbol = STR("schedule"),
      .kind = FLAME_FRAME_KERNEL,
      .start = 0xffffffff81000000 },
    { .self = { 1, 10 },
      .total = { 1, 10 },
      .comm = STR("a\x1b[2J\n"),
      .dso = STR("[unknown]"),
      .dso_name = STR("[unknown]"),
      .symbol = STR("[unknown]"),
      .kind = FLAME_FRAME_UNKNOWN,
      .unnamed = true },
};

enum { COUNT = sizeof some_rows / sizeof *some_rows };

static struct flame_report_row rows[COUNT];
static struct flame_report_event event;

/* A report of the rows, in order. */
static struct flame_report scene(const char *sort, bool callers)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_report report = { .path = "perf.data", .callers = callers };
    assert_int_equal(flame_report_parse_keys(sort, &report, &error), FLAME_OK);
    memcpy(rows, some_rows, sizeof rows);
    assert_int_equal(flame_report_order(&report, rows, COUNT), FLAME_OK);
    event = (struct flame_report_event){ STR("cycles"), FLAME_UNIT_EVENTS, { 10, 100 }, 0, rows,
                                         COUNT };
    report.events = &event;
    report.event_count = 1;
    return report;
}

typedef enum flame_status writer(const struct flame_report *report,
                                 const struct flame_report_look *look, struct flame_output *output);

/* To be freed. */
static char *written(writer *write, const struct flame_report *report,
                     const struct flame_report_look *look)
{
    struct flame_output *out = flame_output_memory();
    assert_int_equal(write(report, look, out), FLAME_OK);
    flame_put(out, "", 1);
    char *text = strdup(flame_output_bytes(out).ptr);
    flame_output_discard(out);
    return text;
}

static void expect(writer *write, const struct flame_report *report,
                   const struct flame_report_look *look, const char *want)
{
    char *text = written(write, report, look);
    assert_string_equal(text, want);
    free(text);
}

TEST(text_is_laid_out_as_perf_does_and_cannot_steer_a_terminal)
{
    struct flame_report report = scene(NULL, true);
    expect(flame_report_text, &report, NULL,
           "# Samples: 10 of event 'cycles'\n"
           "# Event count: 100\n"
           "#\n"
           "# Children      Self  Command       Shared Object      Symbol\n"
           "# ........  ........  ............  .................  ......\n"
           "#\n"
           "   100.00%     0.00%  app           libfoo.so          [.] less<int, \"x\"> (inlined)\n"
           "    60.00%    40.00%  app           [kernel.kallsyms]  [k] schedule\n"
           "    60.00%    40.00%  app           libfoo.so          [.] work\n"
           "    10.00%    10.00%  a\\x1b[2J\\x0a  [unknown]          [.] [unknown]\n"
           "    10.00%    10.00%  app           libfoo.so          [.] [libfoo.so] (no symbols)\n");
}

TEST(without_callers_rows_are_ordered_by_self)
{
    struct flame_report report = scene("symbol,dso", false);
    static const struct flame_report_look look = { .most = 3, .samples = true, .period = true };
    expect(flame_report_text, &report, &look,
           "# Samples: 10 of event 'cycles'\n"
           "# Event count: 100\n"
           "#\n"
           "# Overhead       Samples          Period  Symbol                        Shared Object\n"
           "# ........  ............  ..............  ............................  .............\n"
           "#\n"
           "    40.00%             4              40  [k] schedule                  "
           "[kernel.kallsyms]\n"
           "    40.00%             4              40  [.] work                      libfoo.so\n"
           "    10.00%             1              10  [.] [libfoo.so] (no symbols)  libfoo.so\n"
           "# 2 more rows\n");
}

TEST(rows_below_the_limit_are_counted_not_shown)
{
    struct flame_report report = scene("symbol", true);
    static const struct flame_report_look look = { .min_percent = 60 };
    char *text = written(flame_report_text, &report, &look);
    assert_non_null(strstr(text, "[.] work\n# 2 more rows\n"));
    assert_null(strstr(text, "unknown"));
    free(text);
}

TEST(json_is_json_and_leaves_out_what_is_not_known)
{
    struct flame_report report = scene(NULL, true);
    char *text = written(flame_report_json, &report, NULL);
    assert_true(json_valid(text));
    assert_non_null(strstr(text, "\"callers\": true"));
    assert_non_null(
        strstr(text, "{\"total\": {\"percent\": 60, \"samples\": 6, \"period\": 60}, \"self\": "
                     "{\"percent\": 40, \"samples\": 4, \"period\": 40}, \"comm\": \"app\", "
                     "\"dso\": \"/usr/lib/libfoo.so\", \"symbol\": \"work\", \"kind\": \"user\", "
                     "\"start\": \"0x1130\"}"));
    assert_non_null(strstr(text, "\"dso\": \"/usr/lib/libfoo.so\", \"kind\": \"unknown\"}"));
    assert_null(strstr(text, "null"));
    assert_null(strchr(text, '\x1b'));
    free(text);
}

TEST(csv_quotes_what_has_commas_quotes_or_line_ends)
{
    struct flame_report report = scene(NULL, true);
    static const struct flame_report_look look = { .most = 2 };
    expect(
        flame_report_csv, &report, &look,
        "event,total_percent,total_samples,total_period,self_percent,self_samples,self_period,"
        "comm,pid,tid,dso,symbol,kind,start,address,file,line,trusted\n"
        "cycles,100,10,100,0,0,0,app,,,/usr/lib/libfoo.so,\"less<int, \"\"x\"\">\",inlined,,,,,\n"
        "cycles,60,6,60,40,4,40,app,,,[kernel.kallsyms],schedule,kernel,0xffffffff81000000,,,,"
        "\n");
    char *text = written(flame_report_csv, &report, NULL);
    assert_non_null(strstr(text, ",\"a\x1b[2J\n\",,,[unknown],,unknown,,,,,\n"));
    free(text);
}

TEST(addresses_are_shown_where_rows_are_told_apart_by_them)
{
    struct flame_report report = scene("symbol", true);
    report.addresses = true;
    rows[COUNT - 1].address = 0x14a9e;
    char *text = written(flame_report_text, &report, NULL);
    assert_non_null(strstr(text, "[.] 0x0000000000014a9e\n"));
    assert_non_null(strstr(text, "[.] 0x0000000000000000\n"));
    free(text);
}

TEST(lines_say_which_object_has_none)
{
    struct flame_report report = scene("srcline", false);
    rows[0].file = (struct flame_str)STR("/src/app/work.c");
    rows[0].line = 12;
    static const struct flame_report_look look = { .full_paths = true, .most = 1 };
    char *text = written(flame_report_text, &report, &look);
    assert_non_null(strstr(text, "%  /src/app/work.c:12\n"));
    free(text);
    text = written(flame_report_text, &report, NULL);
    assert_non_null(strstr(text, "%  work.c:12\n"));
    assert_non_null(strstr(text, "%  [libfoo.so] (no line)\n"));
    assert_non_null(strstr(text, "%  [unknown] (no line)\n"));
    free(text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_laid_out_as_perf_does_and_cannot_steer_a_terminal),
        cmocka_unit_test(without_callers_rows_are_ordered_by_self),
        cmocka_unit_test(rows_below_the_limit_are_counted_not_shown),
        cmocka_unit_test(json_is_json_and_leaves_out_what_is_not_known),
        cmocka_unit_test(csv_quotes_what_has_commas_quotes_or_line_ends),
        cmocka_unit_test(addresses_are_shown_where_rows_are_told_apart_by_them),
        cmocka_unit_test(lines_say_which_object_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
