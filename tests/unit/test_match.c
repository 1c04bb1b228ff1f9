/* test_match.c: which functions a word means, and which are near one that means none. */
#include "match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static const char *const program[] = {
    "main",
    "load::sorted",
    "std::vector<int*>::operator[](unsigned long)",
    "std::vector<int*>::push_back(int* const&) const",
    "std::__introsort_loop<int*, long, Less<int>>",
    "operator*(Point, Point)",
    "Functor::operator()(int) const",
    "(anonymous namespace)::hide(int)",
    "core::fmt::write::h0123456789abcdef",
    "parse.constprop.0",
    "parse.isra.0.cold",
    "alloc::vec::Vec<T,A>::push",
    "<alloc::string::String as core::fmt::Write>::write_str",
    "stream::operator<< <int>",
    "Iter<int*>::operator()<A, B<C>>",
    "operator-><T>(T)",
    "str*",
    "strlen",
    "string_join",
    "swap::<u8>",
};

enum { PROGRAM = sizeof program / sizeof *program };

static void program_names(struct flame_match_name *names)
{
    for (size_t i = 0; i < PROGRAM; i++) {
        names[i].name = names[i].linkage = flame_str_from(program[i]);
        names[i].weight = i;
    }
    names[1].linkage = flame_str_from("_ZN4load6sortedEv");
}

/* The names that wanted means, one a line. */
static const char *meant(const char *wanted, bool regex)
{
    static char text[4096];
    struct flame_match_name names[PROGRAM];
    struct flame_error error = FLAME_ERROR_INIT;
    bool matches[PROGRAM];
    size_t found, counted = 0, used = 0;
    program_names(names);
    assert_int_equal(flame_match(names, PROGRAM, wanted, regex, matches, &found, &error), FLAME_OK);
    text[0] = 0;
    for (size_t i = 0; i < PROGRAM; i++)
        if (matches[i]) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s\n", program[i]);
            counted++;
        }
    assert_int_equal(counted, found);
    return text;
}

static const char *near(const char *wanted)
{
    static char text[4096];
    struct flame_match_name names[PROGRAM];
    size_t nearest[3], used = 0;
    program_names(names);
    size_t count = flame_match_nearest(names, PROGRAM, wanted, nearest, 3);
    text[0] = 0;
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s\n", program[nearest[i]]);
    return text;
}

static void an_exact_name_wins_although_it_is_a_glob(void **state)
{
    (void)state;
    assert_string_equal(meant("str*", false), "str*\n");
    assert_string_equal(meant("main", false), "main\n");
    assert_string_equal(meant("std::vector<int*>::operator[](unsigned long)", false),
                        "std::vector<int*>::operator[](unsigned long)\n");
}

static void the_linkage_name_is_a_name(void **state)
{
    (void)state;
    assert_string_equal(meant("_ZN4load6sortedEv", false), "load::sorted\n");
}

static void a_shown_name_wins_over_a_linkage_name(void **state)
{
    (void)state;
    const struct flame_match_name names[] = {
        { flame_str_from("puts@plt"), flame_str_from("puts"), 1 },
        { flame_str_from("puts"), flame_str_from("puts"), 1 },
    };
    bool matches[2];
    size_t found;
    assert_int_equal(flame_match(names, 2, "puts", false, matches, &found, NULL), FLAME_OK);
    assert_int_equal(found, 1);
    assert_true(matches[1]);
    assert_int_equal(flame_match(names, 1, "puts", false, matches, &found, NULL), FLAME_OK);
    assert_int_equal(found, 1);
}

static void parameters_hash_and_clone_marks_may_be_left_out(void **state)
{
    (void)state;
    assert_string_equal(meant("std::vector<int*>::push_back", false),
                        "std::vector<int*>::push_back(int* const&) const\n");
    assert_string_equal(meant("std::vector<int*>::operator[]", false),
                        "std::vector<int*>::operator[](unsigned long)\n");
    assert_string_equal(meant("operator*", false), "operator*(Point, Point)\n");
    assert_string_equal(meant("Functor::operator()", false), "Functor::operator()(int) const\n");
    assert_string_equal(meant("(anonymous namespace)::hide", false),
                        "(anonymous namespace)::hide(int)\n");
    assert_string_equal(meant("core::fmt::write", false), "core::fmt::write::h0123456789abcdef\n");
    assert_string_equal(meant("parse", false), "parse.constprop.0\nparse.isra.0.cold\n");
}

static void template_arguments_may_be_left_out(void **state)
{
    (void)state;
    assert_string_equal(meant("std::__introsort_loop", false),
                        "std::__introsort_loop<int*, long, Less<int>>\n");
    assert_string_equal(meant("std::vector::push_back", false),
                        "std::vector<int*>::push_back(int* const&) const\n");
    assert_string_equal(meant("alloc::vec::Vec::push", false), "alloc::vec::Vec<T,A>::push\n");
    assert_string_equal(meant("swap", false), "swap::<u8>\n");
    assert_string_equal(meant("stream::operator<<", false), "stream::operator<< <int>\n");
    assert_string_equal(meant("Iter::operator()", false), "Iter<int*>::operator()<A, B<C>>\n");
    assert_string_equal(meant("operator->", false), "operator-><T>(T)\n");
    assert_string_equal(meant("std::__introsort_loop<long*>", false), "");
}

static void globs_fit_the_whole_name(void **state)
{
    (void)state;
    assert_string_equal(meant("string*", false), "string_join\n");
    assert_string_equal(meant("*introsort*", false),
                        "std::__introsort_loop<int*, long, Less<int>>\n");
    assert_string_equal(meant("str[a-l]en", false), "strlen\n");
    assert_string_equal(meant("str[!l]?g*n", false), "string_join\n");
    assert_string_equal(meant("str[]l]en", false), "strlen\n");
    assert_string_equal(meant("str\\*", false), "str*\n");
    assert_string_equal(meant("?ain", false), "main\n");
    assert_string_equal(meant("ain", false), "");
    assert_string_equal(meant("mai[", false), "");
    assert_string_equal(meant("ma*in*x", false), "");
}

static void regular_expressions_are_found_anywhere(void **state)
{
    (void)state;
    assert_string_equal(meant("^ma|_join$", true), "main\nstring_join\n");
    assert_string_equal(meant("sort(ed|_loop)", true),
                        "load::sorted\nstd::__introsort_loop<int*, long, Less<int>>\n");
}

static void a_wrong_regular_expression_is_wrong_usage(void **state)
{
    (void)state;
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_match_name name = { flame_str_from("main"), flame_str_from("main"), 1 };
    bool matches[1];
    size_t found;
    assert_int_equal(flame_match(&name, 1, "a(b", true, matches, &found, &error), FLAME_USAGE);
    assert_non_null(strstr(error.text, "'a(b' is no regular expression: "));

    char nested[2000];
    memset(nested, '(', sizeof nested - 1);
    nested[sizeof nested - 1] = 0;
    struct flame_error longer = FLAME_ERROR_INIT;
    assert_int_equal(flame_match(&name, 1, nested, true, matches, &found, &longer), FLAME_USAGE);
    assert_string_equal(longer.text, "a regular expression of 1999 characters; at most 1000");
}

static void near_is_what_ends_alike_then_what_contains_then_a_slip(void **state)
{
    (void)state;
    assert_string_equal(near("sorted"), "load::sorted\n");
    assert_string_equal(near("MAIN"), "main\n");
    assert_string_equal(near("introsort"), "std::__introsort_loop<int*, long, Less<int>>\n");
    assert_string_equal(near("strlne"), "strlen\n");
    assert_string_equal(near("mian"), "main\n");
    assert_string_equal(near("man"), "main\n");
    assert_string_equal(near("std::vector<char>::push_back"),
                        "std::vector<int*>::push_back(int* const&) const\n"
                        "alloc::vec::Vec<T,A>::push\n");
    assert_string_equal(near("zzzzzzzz"), "");
}

static void of_equally_near_names_the_heavier_comes_first(void **state)
{
    (void)state;
    const struct flame_match_name names[] = {
        { flame_str_from("a::run"), { 0 }, 1 },
        { flame_str_from("b::run"), { 0 }, 3 },
        { flame_str_from("runner"), { 0 }, 9 },
        { flame_str_from("c::run"), { 0 }, 2 },
    };
    size_t nearest[FLAME_MATCH_NEAREST];
    assert_int_equal(flame_match_nearest(names, 4, "run", nearest, 3), 3);
    assert_int_equal(nearest[0], 1);
    assert_int_equal(nearest[1], 3);
    assert_int_equal(nearest[2], 0);
    assert_int_equal(flame_match_nearest(names, 4, "run", nearest, 99), 4);
    assert_int_equal(nearest[3], 2);
}

/* 10 MB of names that almost fit. */
static void many_long_names_take_bounded_time(void **state)
{
    (void)state;
    enum { COUNT = 1000, LENGTH = 10000 };
    static char name[LENGTH + 1];
    struct flame_match_name *names = malloc(COUNT * sizeof *names);
    bool *matches = malloc(COUNT * sizeof *matches);
    size_t found, nearest[4];
    assert_non_null(names);
    assert_non_null(matches);
    memset(name, 'a', LENGTH);
    name[7] = '<';
    for (size_t i = 0; i < COUNT; i++)
        names[i] = (struct flame_match_name){ { name, LENGTH }, { name, LENGTH }, i };
    clock_t begin = clock();
    assert_int_equal(flame_match(names, COUNT, "a*a*b", false, matches, &found, NULL), FLAME_OK);
    assert_int_equal(found, 0);
    assert_int_equal(flame_match_nearest(names, COUNT, "aaaaaaab", nearest, 4), 4);
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 20);
    free(names);
    free(matches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exact_name_wins_although_it_is_a_glob),
        cmocka_unit_test(the_linkage_name_is_a_name),
        cmocka_unit_test(a_shown_name_wins_over_a_linkage_name),
        cmocka_unit_test(parameters_hash_and_clone_marks_may_be_left_out),
        cmocka_unit_test(template_arguments_may_be_left_out),
        cmocka_unit_test(globs_fit_the_whole_name),
        cmocka_unit_test(regular_expressions_are_found_anywhere),
        cmocka_unit_test(a_wrong_regular_expression_is_wrong_usage),
        cmocka_unit_test(near_is_what_ends_alike_then_what_contains_then_a_slip),
        cmocka_unit_test(of_equally_near_names_the_heavier_comes_first),
        cmocka_unit_test(many_long_names_take_bounded_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
