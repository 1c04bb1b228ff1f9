/* test_match.c: which functions a word means, and which are near one that means none. */
#include "match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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

/* The names among names[count] that wanted means, one a line. */
static const char *meant_of(const char *const *list, size_t count, const char *wanted)
{
    static char text[4096];
    struct flame_match_name names[16];
    bool matches[16];
    size_t found, used = 0;
    assert_true(count <= 16);
    for (size_t i = 0; i < count; i++)
        names[i] = (struct flame_match_name){ flame_str_from(list[i]), flame_str_from(list[i]), 1 };
    assert_int_equal(flame_match(names, count, wanted, false, matches, &found, NULL), FLAME_OK);
    text[0] = 0;
    for (size_t i = 0; i < count; i++)
        if (matches[i])
            used += (size_t)snprintf(text + used, sizeof text - used, "%s\n", list[i]);
    return text;
}

#define MEANT_OF(list, wanted) meant_of(list, sizeof list / sizeof *list, wanted)

static void versions_may_be_left_out(void **state)
{
    (void)state;
    static const char *const list[] = { "rdlock@GLIBC_2.2.5", "unlock@@GLIBC_2.34", "puts@plt",
                                        "@x" };
    assert_string_equal(MEANT_OF(list, "rdlock"), "rdlock@GLIBC_2.2.5\n");
    assert_string_equal(MEANT_OF(list, "unlock"), "unlock@@GLIBC_2.34\n");
    assert_string_equal(MEANT_OF(list, "unlock@@GLIBC_2.34"), "unlock@@GLIBC_2.34\n");
    assert_string_equal(MEANT_OF(list, "puts"), "");
    assert_string_equal(MEANT_OF(list, "x"), "");
}

static void qualifiers_may_be_left_out(void **state)
{
    (void)state;
    static const char *const list[] = {
        "hot::collatz",
        "geo::Index::find",
        "geo::Index::find_all",
        "reindex::find",
        "la::Matrix<double>::multiply",
        "la::Matrix<int>::multiply",
        "la::multiply_rows",
        "la::pick<int>",
        "runtime.mallocgc",
        "(anonymous namespace)::hide",
    };
    assert_string_equal(MEANT_OF(list, "collatz"), "hot::collatz\n");
    assert_string_equal(MEANT_OF(list, "Index::find"), "geo::Index::find\n");
    assert_string_equal(MEANT_OF(list, "ndex::find"), "");
    assert_string_equal(MEANT_OF(list, "find"), "geo::Index::find\nreindex::find\n");
    assert_string_equal(MEANT_OF(list, "multiply"),
                        "la::Matrix<double>::multiply\nla::Matrix<int>::multiply\n");
    assert_string_equal(MEANT_OF(list, "Matrix::multiply"),
                        "la::Matrix<double>::multiply\nla::Matrix<int>::multiply\n");
    assert_string_equal(MEANT_OF(list, "Matrix<double>::multiply"),
                        "la::Matrix<double>::multiply\n");
    assert_string_equal(MEANT_OF(list, "Matrix<float>::multiply"), "");
    assert_string_equal(MEANT_OF(list, "pick"), "la::pick<int>\n");
    assert_string_equal(MEANT_OF(list, "mallocgc"), "runtime.mallocgc\n");
    assert_string_equal(MEANT_OF(list, "hide"), "(anonymous namespace)::hide\n");
}

static void a_name_that_is_whole_wins_over_the_end_of_another(void **state)
{
    (void)state;
    static const char *const list[] = { "a::run", "run.constprop.0", "b::Set<int>::get",
                                        "Set<int>::get", "c::Set::get" };
    assert_string_equal(MEANT_OF(list, "run"), "run.constprop.0\n");
    assert_string_equal(MEANT_OF(list, "Set::get"), "Set<int>::get\n");
    assert_string_equal(MEANT_OF(list, "Set<int>::get"), "Set<int>::get\n");
    assert_string_equal(MEANT_OF(list, "get"), "b::Set<int>::get\nSet<int>::get\nc::Set::get\n");
}

static void methods_of_rust_are_named_by_their_type_or_trait(void **state)
{
    (void)state;
    static const char *const list[] = {
        "<hot::Sq as hot::Area>::area",
        "<hot::Circle as hot::Area>::area",
        "<hot::Counter as X>::bump",
        "<hot::Counter>::reset",
        "<hot::Pair<<u8 as Byte>::Wide> as X>::swap",
        "<hot::Pair<u16> as X>::swap",
        "<fn(u8) -> u8 as X>::call",
    };
    assert_string_equal(MEANT_OF(list, "hot::Sq::area"), "<hot::Sq as hot::Area>::area\n");
    assert_string_equal(MEANT_OF(list, "Sq::area"), "<hot::Sq as hot::Area>::area\n");
    assert_string_equal(MEANT_OF(list, "Area::area"),
                        "<hot::Sq as hot::Area>::area\n<hot::Circle as hot::Area>::area\n");
    assert_string_equal(MEANT_OF(list, "Counter::bump"), "<hot::Counter as X>::bump\n");
    assert_string_equal(MEANT_OF(list, "Counter::reset"), "<hot::Counter>::reset\n");
    assert_string_equal(MEANT_OF(list, "Pair<u16>::swap"), "<hot::Pair<u16> as X>::swap\n");
    assert_string_equal(
        MEANT_OF(list, "Pair::swap"),
        "<hot::Pair<<u8 as Byte>::Wide> as X>::swap\n<hot::Pair<u16> as X>::swap\n");
    assert_string_equal(MEANT_OF(list, "call"), "<fn(u8) -> u8 as X>::call\n");
    assert_string_equal(MEANT_OF(list, "hot::Sq::*"), "<hot::Sq as hot::Area>::area\n");
}

static void functions_of_scripts_are_named_without_their_place(void **state)
{
    (void)state;
    static const char *const list[] = {
        "JS:*fib /tmp/hot.js:1:13",
        "JS:~fib /tmp/hot.js:1:13",
        "LazyCompile:*fib /tmp/my files/other.js:7",
        "JS:^get size node:internal/util:20:7",
        "JS:~ /tmp/hot.js:1:1",
        "JS:*Module._compile node:internal/modules:3:4",
        "py::Tree.walk:/tmp/tree.py",
        "JS:*primes /tmp/hot.js:9:16",
    };
    assert_string_equal(MEANT_OF(list, "fib"),
                        "JS:*fib /tmp/hot.js:1:13\nJS:~fib /tmp/hot.js:1:13\n"
                        "LazyCompile:*fib /tmp/my files/other.js:7\n");
    assert_string_equal(MEANT_OF(list, "JS:*fib"), "JS:*fib /tmp/hot.js:1:13\n");
    assert_string_equal(MEANT_OF(list, "get size"), "JS:^get size node:internal/util:20:7\n");
    assert_string_equal(MEANT_OF(list, "_compile"),
                        "JS:*Module._compile node:internal/modules:3:4\n");
    assert_string_equal(MEANT_OF(list, "JS:~ /tmp/hot.js:1:1"), "JS:~ /tmp/hot.js:1:1\n");
    assert_string_equal(MEANT_OF(list, "py::Tree.walk"), "py::Tree.walk:/tmp/tree.py\n");
    assert_string_equal(MEANT_OF(list, "walk"), "py::Tree.walk:/tmp/tree.py\n");
    assert_string_equal(MEANT_OF(list, "JS:*prim*s"), "JS:*primes /tmp/hot.js:9:16\n");
    assert_string_equal(MEANT_OF(list, "JS:?primes"), "JS:*primes /tmp/hot.js:9:16\n");
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

static void slips_are_counted_in_the_parts_that_were_given(void **state)
{
    (void)state;
    const struct flame_match_name names[] = {
        { flame_str_from("geo::Index::find"), { 0 }, 1 },
        { flame_str_from("<hot::Counter as hot::Bump>::bump"), { 0 }, 1 },
    };
    size_t nearest[FLAME_MATCH_NEAREST];
    assert_int_equal(flame_match_nearest(names, 2, "Index::fnd", nearest, 3), 1);
    assert_int_equal(nearest[0], 0);
    assert_int_equal(flame_match_nearest(names, 2, "Counter::bupm", nearest, 3), 1);
    assert_int_equal(nearest[0], 1);
}

static void a_function_is_near_once(void **state)
{
    (void)state;
    const struct flame_match_name names[] = {
        { flame_str_from("JS:~fibs /hot.js:1:13"), { 0 }, 2 },
        { flame_str_from("fibo"), { 0 }, 4 },
        { flame_str_from("JS:*fibs /hot.js:1:13"), { 0 }, 9 },
        { flame_str_from("fibs"), { 0 }, 5 },
        { flame_str_from("fibx"), { 0 }, 3 },
    };
    size_t nearest[FLAME_MATCH_NEAREST];
    for (size_t most = 1; most <= 3; most++)
        assert_int_equal(flame_match_nearest(names, 5, "fibb", nearest, most), most);
    assert_int_equal(nearest[0], 2);
    assert_int_equal(nearest[1], 1);
    assert_int_equal(nearest[2], 4);
    assert_int_equal(flame_match_nearest(names, 5, "fibb", nearest, 8), 3);
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
        names[i] = (struct flame_match_name){ { name, LENGTH - i }, { name, LENGTH - i }, i };
    assert_int_equal(flame_match(names, COUNT, "a*a*b", false, matches, &found, NULL), FLAME_OK);
    assert_int_equal(found, 0);
    assert_int_equal(flame_match_nearest(names, COUNT, "aaaaaaab", nearest, 4), 4);
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
        cmocka_unit_test(versions_may_be_left_out),
        cmocka_unit_test(qualifiers_may_be_left_out),
        cmocka_unit_test(a_name_that_is_whole_wins_over_the_end_of_another),
        cmocka_unit_test(methods_of_rust_are_named_by_their_type_or_trait),
        cmocka_unit_test(functions_of_scripts_are_named_without_their_place),
        cmocka_unit_test(a_wrong_regular_expression_is_wrong_usage),
        cmocka_unit_test(near_is_what_ends_alike_then_what_contains_then_a_slip),
        cmocka_unit_test(of_equally_near_names_the_heavier_comes_first),
        cmocka_unit_test(slips_are_counted_in_the_parts_that_were_given),
        cmocka_unit_test(a_function_is_near_once),
        cmocka_unit_test(many_long_names_take_bounded_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
