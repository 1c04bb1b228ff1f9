/* test_print_json.c: an annotation as JSON says all there is to say, and nothing that is not known.
 */
#include <flamedata/annotate.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "annotation_scene.h"
#include "json_check.h"
#include "written.h"

/* Valid JSON, NUL-terminated; to be freed. */
static char *written(const struct flame_annotation *annotation,
                     const struct flame_annotate_look *look)
{
    char *text = written_by(flame_annotate_json, annotation, look);
    if (!json_valid(text))
        fail_msg("no JSON: %s", text);
    return text;
}

static void an_instruction_has_all_that_is_known_of_it(void **state)
{
    (void)state;
    struct flame_annotation scene = annotation_scene();
    char *text = written(&scene, NULL);
    expect(
        text,
        "{\"address\": \"0x113e\", \"bytes\": \"80fa20\", \"text\": \"cmp $0x20,%dl\", \"kind\": "
        "\"plain\", \"percent\": [20, 0], \"hits\": [20, 0], \"period\": [20000, 0], \"file\": "
        "\"/src/app/words.h\", \"line\": 4, \"inlined\": [{\"symbol\": \"lower<char>(char)\", "
        "\"call_file\": \"/src/app/words.h\", \"call_line\": 11}, {\"symbol\": \"is_word(char)\", "
        "\"call_file\": \"/src/app/scan.c\", \"call_line\": 7}], \"taken\": 0, \"mispredicted\": "
        "0, \"ipc\": 0.58}");
    expect(text, "{\"address\": \"0x1152\", \"bytes\": \"75e7\", \"text\": \"jne 113b\", \"kind\": "
                 "\"jump\", \"jump\": \"0x113b\", \"percent\": [0, 0]");
    expect(text, "\"taken\": 900, \"mispredicted\": 9, \"cycles\": 12, \"least_cycles\": 8, "
                 "\"most_cycles\": 40, \"ipc\": 0.58}");
    free(text);
}

static void what_is_not_known_is_left_out(void **state)
{
    (void)state;
    struct flame_annotation scene = annotation_scene();
    char *text = written(&scene, NULL);
    expect(text, "{\"address\": \"0xffffffff81000010\", \"percent\": [75, 0], \"hits\": [30, 0], "
                 "\"period\": [30000, 0], \"inlined\": []}");
    expect(text, "\"text\": \".byte 0x06\", \"kind\": \"data\", \"percent\": [0, 0], \"hits\": [0, "
                 "0], \"period\": [0, 0], \"inlined\": [], \"taken\": 0");
    expect(text, "\"text\": \"jmp *%rax\", \"kind\": \"jump\", \"percent\": [0, 0]");
    free(text);
    scene.verdict = NULL;
    text = written(&scene, NULL);
    expect_not(text, "null");
    expect_not(text, "\"verdict\"");
    free(text);
}

static void functions_and_matches_say_where_they_belong(void **state)
{
    (void)state;
    struct flame_annotation scene = annotation_scene();
    char *text = written(&scene, NULL);
    expect(text, "\"schema\": 1,\n  \"recording\": \"perf.data\",\n  \"percent_type\": "
                 "\"local-period\",\n  \"callers\": false,");
    expect(text, "{\"name\": \"cycles:u\", \"unit\": \"events\", \"samples\": 200, \"period\": "
                 "160000}");
    expect(text, "\"symbol\": \"scan(char const*)\",\n      \"dso\": \"/opt/app/scan\",\n      "
                 "\"code_file\": \"/usr/lib/debug/opt/app/scan\",\n      \"build_id\": "
                 "\"deadbeef\",\n      \"start\": \"0x1130\",\n      \"end\": \"0x1159\",");
    expect(text, "{\"name\": \"cycles:u\", \"samples\": 100, \"period\": 100000, "
                 "\"share_of_samples\": 50, \"share_of_period\": 62.5}");
    expect(text, "{\"symbol\": \"scan_lost\", \"dso\": \"/opt/gone.so\", \"percent\": [9.375, 0], "
                 "\"hits\": [15, 0], \"period\": [15000, 0], \"reason\": \"/opt/gone.so: file not "
                 "found\"}");
    expect(text, "{\"symbol\": \"scan_rest\", \"dso\": \"/opt/app/scan\", \"percent\": [3.125, 0], "
                 "\"hits\": [5, 0], \"period\": [5000, 0]}");
    expect(text, "\"period\": [100000, 40000], \"function\": 0}");
    expect(text, "{\"symbol\": \"is_word(char)\", \"file\": \"/src/app/words.h\", \"line\": 10, "
                 "\"percent\": [60, 75], \"hits\": [48, 3]");
    expect(text, "{\"symbol\": \"is_word(char)\", \"percent\": [84, 75], \"hits\": [74, 3]");
    free(text);
}

static void percentages_are_of_the_kind_that_was_asked_for(void **state)
{
    (void)state;
    static const char *const kinds[][2] = {
        [FLAME_PERCENT_LOCAL_PERIOD] = { "\"local-period\"", "\"percent\": [60, 75], \"hits\"" },
        [FLAME_PERCENT_LOCAL_HITS] = { "\"local-hits\"", "\"percent\": [48, 75], \"hits\"" },
        [FLAME_PERCENT_GLOBAL_PERIOD] = { "\"global-period\"",
                                          "\"percent\": [37.5, 75], \"hits\"" },
        [FLAME_PERCENT_GLOBAL_HITS] = { "\"global-hits\"", "\"percent\": [24, 75], \"hits\"" },
    };
    struct flame_annotation scene = annotation_scene();
    for (size_t i = 0; i < SCENE_COUNT(kinds); i++) {
        struct flame_annotate_look look = { .percent = (enum flame_percent_type)i };
        char *text = written(&scene, &look);
        expect(text, kinds[i][0]);
        expect(text, kinds[i][1]);
        free(text);
    }
}

static void hostile_names_stay_strings(void **state)
{
    (void)state;
    struct flame_annotation scene = annotation_scene();
    char *text = written(&scene, NULL);
    expect(text, "\"evil\\u001b]0;x\\u0007</script><img src=x onerror=alert(1)>\"");
    expect(text, "\"/opt/\\\"<b>'&\\u202e.so\"");
    free(text);
    scene.path = "\xff\xfe.data";
    text = written(&scene, NULL);
    expect(text, "\"recording\": \"\\ufffd\\ufffd.data\"");
    free(text);
}

static void numbers_are_whole_and_finite(void **state)
{
    (void)state;
    static const struct flame_hits most[2] = { { UINT64_MAX, UINT64_MAX }, { 0, 0 } };
    struct flame_instruction code = { .hits = most, .ipc = INFINITY };
    struct flame_annotated function = { .total = most,
                                        .instructions = &code,
                                        .instruction_count = 1,
                                        .has_branches = true,
                                        .coverage = NAN };
    struct flame_annotation scene = annotation_scene();
    scene.functions = &function;
    scene.function_count = 1;
    code.jump = FLAME_NO_INSTRUCTION;
    char *text = written(&scene, NULL);
    expect(text, "\"hits\": [18446744073709551615, 0]");
    expect(text, "\"percent\": [100, 0]");
    expect(text, "\"coverage\": 0,");
    expect_not(text, "inf");
    expect_not(text, "nan");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instruction_has_all_that_is_known_of_it),
        cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(functions_and_matches_say_where_they_belong),
        cmocka_unit_test(percentages_are_of_the_kind_that_was_asked_for),
        cmocka_unit_test(hostile_names_stay_strings),
        cmocka_unit_test(numbers_are_whole_and_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
