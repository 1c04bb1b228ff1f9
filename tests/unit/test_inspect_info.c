/* What a recording is, as text and as JSON. */
#include "inspect_scene.h"
#include "json_check.h"

#define HAS(text, part)                                                                            \
    do {                                                                                           \
        if (!strstr(text, part))                                                                   \
            fail_msg("no \"%s\" in:\n%s", part, text);                                             \
    } while (0)

static const struct flame_event_attr cycles = {
    .config = 0x11,
    .sample_period = 4000,
    .sample_type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME | FLAME_SAMPLE_IDENTIFIER,
    .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all | UINT64_C(1) << FLAME_ATTR_freq |
             UINT64_C(2) << FLAME_ATTR_PRECISE_SHIFT,
};

enum { HOSTNAME = 3, NRCPUS = 7, CMDLINE = 11, STAT = 19 };

static void sample(struct perf_builder *b, int32_t pid, int32_t tid, uint64_t time)
{
    builder_sample(b, &(struct flame_sample){ .ip = 1, .where = { pid, tid, time, 71, 0, 0 } });
}

static struct perf_builder *begin(int big_endian)
{
    struct perf_builder *b = builder_new((struct builder_options){ .big_endian = big_endian });
    builder_attr(b, &cycles, "cycles:pp", 2, (uint64_t[]){ 71, 72 });
    sample(b, 5, 5, 2000000000);
    sample(b, 5, 6, 1500000000);
    sample(b, 7, 7, 2500000001);
    struct flame_record lost = { .type = FLAME_RECORD_LOST, .lost = { 71, 9 } };
    builder_record(b, &lost);
    builder_feature_string(b, HOSTNAME, "host\"\\\001\xff\xe2\x80\xae\xf3\xa0\x81\x81\xc3\xa4");
    builder_feature_begin(b, NRCPUS);
    builder_u32(b, 8);
    builder_u32(b, 4);
    builder_feature_end(b);
    builder_feature_begin(b, CMDLINE);
    builder_u32(b, 3);
    builder_string(b, "perf");
    builder_string(b, "record");
    builder_string(b, "sh -c x");
    builder_feature_end(b);
    builder_feature_begin(b, STAT);
    builder_feature_end(b);
    return b;
}

TEST(text_tells_what_it_is_and_what_it_holds)
{
    FOR_BOTH_ORDERS(big)
    {
        char *text = inspected(begin(big), 0, write_info, NULL);
        HAS(text, big ? "form              file, big-endian\n"
                      : "form              file, little-endian\n");
        HAS(text,
            "  host              host\"\\\\x01\\xff\\xe2\\x80\\xae\\xf3\\xa0\\x81\\x81\xc3\xa4\n");
        HAS(text, "  processors        4 online of 8\n");
        HAS(text, "  command           perf record \"sh -c x\"\n");
        HAS(text, "  cycles:pp\n    type            hardware, config 0x11\n"
                  "    frequency       4000 Hz\n    sample_type     IP|TID|TIME|IDENTIFIER\n"
                  "    flags           freq|sample_id_all\n    precise_ip      2\n"
                  "    ids             2\n    samples         3\n");
        HAS(text, "  present           HOSTNAME NRCPUS CMDLINE EVENT_DESC\n"
                  "  empty             STAT\n");
        HAS(text, "records\n  LOST              1\n  SAMPLE            3\n");
        HAS(text, "  processes sampled 2\n  threads sampled   3\n");
        HAS(text, "  samples           1.500000000 to 2.500000001 s, 1.000000001 s long\n");
        HAS(text, "  lost by the kernel 9\n");
        free(text);
    }
}

TEST(json_is_valid_whatever_the_strings_are)
{
    struct flame_info_options options = { .json = true };
    FOR_BOTH_ORDERS(big)
    {
        char *text = inspected(begin(big), 0, write_info, &options);
        assert_true(json_valid(text));
        HAS(text, "\"host\": \"host\\\"\\\\\\u0001\\ufffd\\u202e\\udb40\\udc41\xc3\xa4\"");
        HAS(text, "\"frequency\": 4000");
        HAS(text, "\"period\": null");
        HAS(text, "\"config\": \"0x11\"");
        HAS(text, "\"first_sample_ns\": 1500000000");
        HAS(text, "\"verdict\": null,\n  \"no_verdict\": null\n}\n");
        free(text);
    }
}

TEST(json_has_the_verdict_that_it_is_given)
{
    static const struct flame_event_report events[] = { { { "cycles", 6 }, 3, 30 } };
    static const struct flame_object_report objects[] = {
        { .name = { "/bin/\xff", 6 },
          .build_id = { 2, { 0xab, 0xcd } },
          .used = { "/sym/\xff", 6 },
          .caution = { "not sure", 8 },
          .found_id = { 1, { 0x0d } },
          .state = FLAME_OBJECT_STRIPPED,
          .grade = FLAME_GRADE_TRUSTED,
          .weight = 11,
          .unnamed = 7,
          .trusted = true },
    };
    static const struct flame_end_report ends[] = {
        { FLAME_END_DUMP, { "", 0 }, { "record more", 11 }, 5 },
        { FLAME_END_NO_CFI, { "/lib/x", 6 }, { "", 0 }, 4 },
    };
    static const struct flame_loss losses[] = {
        { { FLAME_TRUNCATED, FLAME_NO_OFFSET, NULL, "it \"ends\"" }, 8 },
    };
    const struct flame_verdict verdict = { .samples = 3,
                                           .weight = 30,
                                           .bad_records = 1,
                                           .first_bad = { FLAME_CORRUPT, 77, "f", "bad" },
                                           .losses = losses,
                                           .loss_count = 1,
                                           .all_losses = 1,
                                           .unwound = 20,
                                           .dump_bytes = 8192,
                                           .ends = ends,
                                           .end_count = 2,
                                           .events = events,
                                           .event_count = 1,
                                           .objects = objects,
                                           .object_count = 1 };
    struct flame_info_options options = { .json = true,
                                          .verdict = &verdict,
                                          .unit = FLAME_UNIT_NANOSECONDS };
    char *text = inspected(begin(0), 0, write_info, &options);
    assert_true(json_valid(text));
    HAS(text, "\"unit\": \"nanoseconds\"");
    HAS(text, "\"build_id\": \"abcd\"");
    HAS(text, "\"status\": \"trusted\"");
    HAS(text, "\"weight\": 11");
    HAS(text, "\"used\": \"/sym/");
    HAS(text, "\"trusted\": true");
    HAS(text, "\"found_id\": \"0d\"");
    HAS(text, "\"caution\": \"not sure\"");
    HAS(text, "\"state\": \"STRIPPED\"");
    HAS(text, "\"unwound\": 20,\n    \"dump_bytes\": 8192,\n    \"machine\": \"\",\n"
              "    \"machine_object\": \"\",\n    \"ends\": [\n      {\n"
              "        \"why\": \"DUMP\",\n        \"object\": \"\",\n"
              "        \"weight\": 5,\n        \"advice\": \"record more\"\n      },\n");
    HAS(text, "\"why\": \"NO_CFI\",\n        \"object\": \"/lib/x\",\n");
    HAS(text, "\"text\": \"it \\\"ends\\\"\"");
    HAS(text, "\"first_bad\": {\n      \"path\": \"f\",\n      \"offset\": 77,\n"
              "      \"text\": \"bad\"\n    }");
    free(text);
}

TEST(json_says_why_there_is_no_verdict)
{
    struct flame_error why = { FLAME_EMPTY, FLAME_NO_OFFSET, "x", "no samples" };
    struct flame_info_options options = { .json = true, .no_verdict = &why };
    char *text = inspected(begin(0), 0, write_info, &options);
    assert_true(json_valid(text));
    HAS(text, "\"no_verdict\": {\n    \"path\": \"x\",\n    \"offset\": null,\n"
              "    \"text\": \"no samples\"\n  }");
    free(text);
}

static void count(void *user, const struct flame_loss *loss)
{
    (void)loss;
    ++*(int *)user;
}

TEST(a_cut_file_is_told_as_far_as_it_goes)
{
    int losses = 0;
    struct flame_info_options options = { .damage = { count, &losses } };
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    builder_attr(b, &cycles, NULL, 1, (uint64_t[]){ 71 });
    sample(b, 5, 5, 100);
    sample(b, 5, 5, 200);
    char *text = inspected(b, 8, write_info, &options);
    HAS(text, "    samples         1\n");
    HAS(text, "  not read          ");
    HAS(text, "the file ends 8 bytes too early");
    assert_int_equal(losses, 1);
    free(text);
}

TEST(the_checker_knows_what_is_not_json)
{
    static const char *const wrong[] = { "",         "{",        "{\"a\":1,}",      "[1 2]",
                                         "\"\x01\"", "\"\xff\"", "\"\\x41\"",       "01",
                                         "{a:1}",    "{} {}",    "\"\xed\xa0\x80\"" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(json_valid(wrong[i]));
    assert_true(json_valid(" { \"a\" : [ 1 , -2, \"\\u0041\xc3\xa4\" , true, null ] } "));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_tells_what_it_is_and_what_it_holds),
        cmocka_unit_test(json_is_valid_whatever_the_strings_are),
        cmocka_unit_test(json_has_the_verdict_that_it_is_given),
        cmocka_unit_test(json_says_why_there_is_no_verdict),
        cmocka_unit_test(a_cut_file_is_told_as_far_as_it_goes),
        cmocka_unit_test(the_checker_knows_what_is_not_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
