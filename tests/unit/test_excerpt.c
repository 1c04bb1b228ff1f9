/* test_excerpt.c: what stays of a name that is too long, and of a message. */
#include "excerpt.h"

#include "fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *excerpt(const char *text, size_t cap)
{
    static char out[64];
    memset(out, '#', sizeof out);
    assert_true(cap < sizeof out);
    const char *shown = flame_excerpt(flame_str_from(text), out, cap);
    assert_true(strlen(shown) < cap);
    assert_int_equal(out[cap], '#');
    return shown;
}

static void what_fits_is_whole(void **state)
{
    (void)state;
    assert_string_equal(excerpt("", 16), "");
    assert_string_equal(excerpt("exactly_15_long", 16), "exactly_15_long");
}

static void of_a_path_the_file_stays_and_whole_folders(void **state)
{
    (void)state;
    assert_string_equal(excerpt("/usr/lib/x86_64-linux-gnu/libc.so.6", 26),
                        "/usr/lib/.../libc.so.6");
    assert_string_equal(excerpt("/usr/lib/x86_64-linux-gnu/libc.so.6", 16), "/.../libc.so.6");
    assert_string_equal(excerpt("/a/a_file_name_that_is_too_long", 18), "/a/a_fi...oo_long");
}

static void of_a_name_both_ends_stay(void **state)
{
    (void)state;
    assert_string_equal(excerpt("std::vector<int>::push_back", 20), "std::vec...ush_back");
}

static void characters_stay_whole(void **state)
{
    (void)state;
    assert_string_equal(
        excerpt("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4",
                17),
        "\xc3\xa4\xc3\xa4\xc3\xa4...\xc3\xa4\xc3\xa4\xc3\xa4");
}

static void a_message_that_is_too_long_ends_with_a_word(void **state)
{
    (void)state;
    struct flame_error error = FLAME_ERROR_INIT;
    char words[1000] = "";
    while (strlen(words) < 900)
        strcat(words, "word ");
    flame_fail(&error, FLAME_IO, NULL, FLAME_NO_OFFSET, "%s", words);
    size_t length = strlen(error.text);
    assert_true(length > sizeof error.text - 12);
    assert_string_equal(error.text + length - 9, " word ...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_is_whole),
        cmocka_unit_test(of_a_path_the_file_stays_and_whole_folders),
        cmocka_unit_test(of_a_name_both_ends_stay),
        cmocka_unit_test(characters_stay_whole),
        cmocka_unit_test(a_message_that_is_too_long_ends_with_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
