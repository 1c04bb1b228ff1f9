/* perf script's text: which fields, and where they stand. */
#include "check.h"
#include "perf_script.h"

#include <stdio.h>

enum { HARDWARE = 0, SOFTWARE = 1, TRACEPOINT = 2, RAW = 4 };

#define CODE (FLAME_SCRIPT_IP | FLAME_SCRIPT_SYM | FLAME_SCRIPT_SYMOFF | FLAME_SCRIPT_DSO)
#define USUAL                                                                                      \
    (FLAME_SCRIPT_COMM | FLAME_SCRIPT_TID | FLAME_SCRIPT_TIME | FLAME_SCRIPT_PERIOD |              \
     FLAME_SCRIPT_EVENT | CODE)

static struct flame_event_attr attr_of(uint32_t type, uint64_t more)
{
    return (struct flame_event_attr){
        .type = type,
        .sample_type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME | more,
    };
}

static uint32_t fields_of(uint32_t type, uint64_t more, const char *text, const char **missing)
{
    struct flame_script_choice choice;
    struct flame_event_attr attr = attr_of(type, more);
    assert_int_equal(flame_script_choose(&choice, text, NULL), FLAME_OK);
    *missing = NULL;
    return flame_script_fields_of(&attr, &choice, missing);
}

static void assert_refused(const char *text, const char *message)
{
    struct flame_script_choice choice;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_script_choose(&choice, text, &error), FLAME_USAGE);
    assert_string_equal(error.text, message);
}

TEST(usual_fields_depend_on_the_event)
{
    const char *missing;
    assert_int_equal(fields_of(HARDWARE, 0, NULL, &missing), USUAL);
    assert_int_equal(fields_of(HARDWARE, FLAME_SAMPLE_CPU, NULL, &missing),
                     USUAL | FLAME_SCRIPT_CPU);
    assert_int_equal(fields_of(RAW, FLAME_SAMPLE_ADDR, NULL, &missing), USUAL | FLAME_SCRIPT_ADDR);
    uint32_t head = USUAL & ~(uint32_t)(FLAME_SCRIPT_PERIOD | CODE);
    assert_int_equal(fields_of(TRACEPOINT, 0, NULL, &missing), head);
    assert_int_equal(fields_of(TRACEPOINT, FLAME_SAMPLE_CALLCHAIN, NULL, &missing), head | CODE);
    assert_null(missing);
}

TEST(fields_are_named_or_changed)
{
    const char *missing;
    assert_int_equal(fields_of(HARDWARE, 0, "comm,ip,period", &missing),
                     FLAME_SCRIPT_COMM | FLAME_SCRIPT_IP | FLAME_SCRIPT_PERIOD);
    assert_int_equal(fields_of(HARDWARE, 0, "+pid,-period,-dso", &missing),
                     (USUAL | FLAME_SCRIPT_PID) &
                         ~(uint32_t)(FLAME_SCRIPT_PERIOD | FLAME_SCRIPT_DSO));
    assert_int_equal(fields_of(HARDWARE, 0, "-pid,+pid,+ip,-ip", &missing),
                     (USUAL | FLAME_SCRIPT_PID) & ~(uint32_t)FLAME_SCRIPT_IP);
    assert_null(missing);
}

TEST(a_field_that_samples_lack_is_told_where_it_was_asked_for)
{
    const char *missing;
    fields_of(HARDWARE, 0, "comm,cpu,addr", &missing);
    assert_string_equal(missing, "cpu");
    fields_of(HARDWARE, 0, "+addr", &missing);
    assert_string_equal(missing, "addr");
    fields_of(HARDWARE, FLAME_SAMPLE_CPU, "+cpu", &missing);
    assert_null(missing);
}

TEST(fields_that_do_not_exist_are_refused)
{
    const char *all = "fields: there is no '%s' here; there are comm tid pid time cpu period event "
                      "addr ip sym symoff dso srcline";
    char message[200];
    snprintf(message, sizeof message, all, "insn");
    assert_refused("comm,insn", message);
    assert_refused("+insn", message);
    snprintf(message, sizeof message, all, "");
    assert_refused("", message);
    assert_refused("comm,", message);
    assert_refused("+", message);
    const char *mixed = "fields: either all by name or changes with + and -, not both";
    assert_refused("comm,+pid", mixed);
    assert_refused("-pid,comm", mixed);
}

static const struct flame_script_place main_place = {
    .ip = 0x1139, .offset = 0x1d, .symbol = { "main", 4 }, .dso = { "/tmp/app", 8 }
};
static const struct flame_script_place nowhere = { .ip = UINT64_MAX - 4095 };

static struct flame_script_sample sample_of(uint32_t fields)
{
    return (struct flame_script_sample){ .fields = fields,
                                         .comm = { "app", 3 },
                                         .event = { "cycles", 6 },
                                         .pid = 7,
                                         .tid = 12,
                                         .cpu = 3,
                                         .time_ns = UINT64_C(12345678901),
                                         .period = 250000,
                                         .addr = 0xbeef };
}

/* The text of a sample: with frames main and nowhere, if it has a chain, else with main alone. */
static void assert_text(const struct flame_script_sample *sample, struct flame_script_style style,
                        const char *want)
{
    struct flame_output *out = flame_output_memory();
    flame_script_put_head(out, &style, sample);
    if (sample->has_chain) {
        flame_script_put_frame(out, sample->fields, &main_place);
        flame_script_put_frame(out, sample->fields, &nowhere);
    } else {
        flame_script_put_leaf(out, sample->fields, &main_place);
    }
    flame_script_put_end(out);
    assert_str(flame_output_bytes(out), want);
    flame_output_discard(out);
}

TEST(a_sample_without_chain_is_one_line)
{
    struct flame_script_sample s = sample_of(USUAL | FLAME_SCRIPT_CPU);
    struct flame_script_style wide = { .event_width = 9 }, exact = { 0, true };
    assert_text(
        &s, wide,
        "             app    12 [003]    12.345678:     250000    cycles:              1139 "
        "main+0x1d (/tmp/app)\n");
    assert_text(
        &s, exact,
        "             app    12 [003]    12.345678901:     250000 cycles:              1139 "
        "main+0x1d (/tmp/app)\n");
}

TEST(a_sample_with_chain_has_a_line_per_frame_and_an_empty_one)
{
    struct flame_script_sample s = sample_of(USUAL);
    struct flame_script_style style = { 0 };
    s.has_chain = true;
    assert_text(&s, style,
                "app    12    12.345678:     250000 cycles: \n"
                "\t            1139 main+0x1d (/tmp/app)\n"
                "\tfffffffffffff000 [unknown] ([unknown])\n\n");
    s.fields = FLAME_SCRIPT_COMM | FLAME_SCRIPT_IP;
    assert_text(&s, style, "app \n\t            1139\n\tfffffffffffff000\n\n");
    s.fields = FLAME_SCRIPT_COMM | FLAME_SCRIPT_SYM; /* no frames without ip */
    assert_text(&s, style, "             app \n");
}

TEST(ids_stand_as_perf_writes_them)
{
    struct flame_script_style style = { 0 };
    struct flame_script_sample s = sample_of(FLAME_SCRIPT_PID | FLAME_SCRIPT_TID);
    assert_text(&s, style, "    7/12    \n");
    s.fields = FLAME_SCRIPT_PID;
    assert_text(&s, style, "    7 \n");
    s.fields = FLAME_SCRIPT_COMM | FLAME_SCRIPT_TID | FLAME_SCRIPT_CPU;
    s.comm = (struct flame_str){ 0 };
    s.tid = s.cpu = -1;
    assert_text(&s, style, "             :-1    -1 [-01] \n");
}

TEST(an_address_of_data_stands_behind_the_event)
{
    struct flame_script_style style = { 0 };
    struct flame_script_sample s =
        sample_of(FLAME_SCRIPT_EVENT | FLAME_SCRIPT_ADDR | FLAME_SCRIPT_SYM | FLAME_SCRIPT_DSO);
    assert_text(&s, style, "cycles:             beef\n");
    s.addr_place = &main_place;
    assert_text(&s, style, "cycles:             beef main (/tmp/app)\n");
}

/* A call to walk() at the address, which has step() inlined, which has that of a name with a line
 * end in it. */
static void assert_inlined(uint32_t fields, const char *want)
{
    static const struct flame_script_place places[] = {
        { .ip = 0x1139, .offset = 0x1d, .symbol = { "a\nb", 3 }, .inlined = true },
        { .ip = 0x1139,
          .offset = 0x1d,
          .symbol = { "step", 4 },
          .dso = { "/tmp/app", 8 },
          .srcline = { "a\nb.c:7", 7 },
          .inlined = true },
        { .ip = 0x1139,
          .offset = 0x1d,
          .symbol = { "walk", 4 },
          .dso = { "/tmp/app", 8 },
          .srcline = { "walk.c:12", 9 } },
    };
    struct flame_output *out = flame_output_memory();
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        flame_script_put_frame(out, fields, &places[i]);
    flame_script_put_leaf(out, fields, &places[2]);
    assert_str(flame_output_bytes(out), want);
    flame_output_discard(out);
}

TEST(inlined_functions_stand_before_the_one_whose_code_they_are_in)
{
    assert_inlined(CODE, "\t            1139 a b+0x1d (inlined)\n"
                         "\t            1139 step+0x1d (inlined)\n"
                         "\t            1139 walk+0x1d (/tmp/app)\n"
                         "             1139 walk+0x1d (/tmp/app)");
    assert_inlined(FLAME_SCRIPT_IP | FLAME_SCRIPT_SYM, "\t            1139 a b (inlined)\n"
                                                       "\t            1139 step (inlined)\n"
                                                       "\t            1139 walk\n"
                                                       "             1139 walk");
    assert_inlined(FLAME_SCRIPT_IP | FLAME_SCRIPT_DSO, "\t            1139 (inlined)\n"
                                                       "\t            1139 (inlined)\n"
                                                       "\t            1139 (/tmp/app)\n"
                                                       "             1139 (/tmp/app)");
}

TEST(source_lines_stand_below_their_frames)
{
    assert_inlined(CODE | FLAME_SCRIPT_SRCLINE, "\t            1139 a b+0x1d (inlined)\n"
                                                "\t            1139 step+0x1d\n"
                                                "  a b.c:7 (inlined)\n"
                                                "\t            1139 walk+0x1d (/tmp/app)\n"
                                                "  walk.c:12\n"
                                                "             1139 walk+0x1d (/tmp/app)\n"
                                                "  walk.c:12");
    assert_inlined(FLAME_SCRIPT_SYM | FLAME_SCRIPT_SRCLINE, ""); /* no frames without ip */
}

TEST(no_name_can_pass_for_a_line)
{
    struct flame_output *out = flame_output_memory();
    struct flame_script_style style = { 0 };
    struct flame_script_sample s = sample_of(FLAME_SCRIPT_COMM | FLAME_SCRIPT_EVENT | CODE);
    struct flame_script_place place = { .ip = 1,
                                        .symbol = { "a\n\tb", 4 },
                                        .dso = { "/x\r\ny\0z", 7 } };
    s.comm = (struct flame_str){ "\nq\n", 3 };
    s.event = (struct flame_str){ "e\nv", 3 };
    s.has_chain = true;
    flame_script_put_head(out, &style, &s);
    flame_script_put_frame(out, s.fields, &place);
    assert_str(flame_output_bytes(out), " q  e v: \n\t               1 a \tb+0x0 (/x  y z)\n");
    flame_output_discard(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_fields_depend_on_the_event),
        cmocka_unit_test(fields_are_named_or_changed),
        cmocka_unit_test(a_field_that_samples_lack_is_told_where_it_was_asked_for),
        cmocka_unit_test(fields_that_do_not_exist_are_refused),
        cmocka_unit_test(a_sample_without_chain_is_one_line),
        cmocka_unit_test(a_sample_with_chain_has_a_line_per_frame_and_an_empty_one),
        cmocka_unit_test(ids_stand_as_perf_writes_them),
        cmocka_unit_test(an_address_of_data_stands_behind_the_event),
        cmocka_unit_test(inlined_functions_stand_before_the_one_whose_code_they_are_in),
        cmocka_unit_test(source_lines_stand_below_their_frames),
        cmocka_unit_test(no_name_can_pass_for_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
