/* test_print_names.c: names in little room: what tells functions apart is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "short_name.h"

struct name_case {
    size_t width;
    const char *name, *wanted;
};

typedef struct flame_str shortener(struct flame_str name, size_t width, char *out);

static void expect_all(const struct name_case *cases, size_t count, shortener *shorten)
{
    for (size_t i = 0; i < count; i++) {
        char out[FLAME_SHORT_NAME];
        struct flame_str got = shorten(flame_str_from(cases[i].name), cases[i].width, out);
        if (!flame_str_is(got, cases[i].wanted))
            fail_msg("%zu: %s is %.*s", cases[i].width, cases[i].name, (int)got.len, got.ptr);
    }
}
#define EXPECT_ALL(cases) expect_all(cases, sizeof(cases) / sizeof *(cases), flame_short_name)

static void what_fits_stays(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        { 20, "scan(char const*)", "scan(char const*)" },
        { 8, "main", "main" },
        { 8, "", "" },
        { 12, "scan(char const*)", "scan" },
        { 12, "scan.constprop.0", "scan" },
    };
    EXPECT_ALL(cases);
}

static void rust_keeps_the_type_the_trait_and_the_function(void **state)
{
    (void)state;
#define RUST_MAP                                                                                   \
    "<core::iter::adapters::map::Map<I,F> as core::iter::traits::iterator::Iterator>::fold"
    static const struct name_case cases[] = {
        { 85, RUST_MAP, RUST_MAP },
        { 60, "<core::iter::Map<alloc::string::String> as core::iter::Iterator>::fold",
          "<core::iter::Map<...> as core::iter::Iterator>::fold" },
        { 80, RUST_MAP, "<Map<I,F> as Iterator>::fold" },
        { 28, RUST_MAP, "<Map<I,F> as Iterator>::fold" },
        { 20, RUST_MAP, "...::fold" },
        { 40, "<core::iter::Map<A, B, C> as core::iter::Iterator>::fold",
          "<Map<...> as Iterator>::fold" },
        { 30, "core::iter::traits::iterator::Iterator::max_by", "...::Iterator::max_by" },
        { 60,
          "core::iter::range::<impl core::iter::traits::iterator::Iterator for "
          "core::ops::range::Range<A>>::next",
          "core::iter::range::<impl Iterator for Range<A>>::next" },
        { 44, "core::ptr::mut_ptr::<impl *mut core::cell::Cell<T>>::write_unaligned",
          "...::<impl *mut Cell<T>>::write_unaligned" },
        { 30, "<&mut core::iter::Chain<A, B> as core::iter::Iterator>::next", "...::next" },
        { 36, "<&mut core::iter::Chain<A, B> as core::iter::Iterator>::next",
          "<&mut Chain<A, B> as Iterator>::next" },
        { 24, "hashbrown::raw::RawTable<alloc::string::String>::find::h0123456789abcdef",
          "...::RawTable<...>::find" },
        { 20, "alloc::vec::from_elem::<alloc::string::String>", "...::from_elem<...>" },
        { 24, "hot::collatz::inner::outer::{{closure}}", "...::outer::{{closure}}" },
    };
    EXPECT_ALL(cases);
}

static void cpp_keeps_namespaces_classes_and_operators(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        { 20, "std::sort<int*, bool (*)(int, int)>(int*, int*)", "std::sort<...>" },
        { 20, "std::swap<int>(int&, int&)", "std::swap<int>" },
        { 40, "std::operator<< <std::char_traits<char> >(std::ostream&, char const*)",
          "std::operator<< <...>" },
        { 32, "bool geo::operator< <double, double>(geo::Vec<double> const&)",
          "bool geo::operator< <...>" },
        { 40, "std::unique_ptr<geo::Index, std::default_delete<geo::Index> >::operator->() const",
          "std::unique_ptr<...>::operator->" },
        { 60, "__gnu_cxx::operator-<unsigned int*, std::vector<unsigned int> >(int, int)",
          "__gnu_cxx::operator-<...>" },
        { 60,
          "__gnu_cxx::__ops::_Iter_comp_iter<main::{lambda(unsigned int, unsigned "
          "int)#1}>::operator()<unsigned int*, unsigned int*>(unsigned int*)",
          "__gnu_cxx::__ops::_Iter_comp_iter<...>::operator()<...>" },
        { 36, "geo::walk(int, int)::{lambda(unsigned int, unsigned int)#2}::operator()(int) const",
          "...::{lambda(...)#2}::operator()" },
        { 40, "a::very::long::space::of::names::Text::operator std::string() const",
          "...::names::Text::operator std::string" },
        { 30, "(anonymous namespace)::Machine<int, int>::step(int)", "...::Machine<...>::step" },
        { 44, "(anonymous namespace)::Machine<int, int>::step(int)",
          "(anonymous namespace)::Machine<...>::step" },
        { 25, "geo::Table<(1 > 0), int>::at_index(unsigned long)", "geo::Table<...>::at_index" },
    };
    EXPECT_ALL(cases);
}

static void a_tail_is_two_parts_and_says_no_more(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        { 36, "core::cmp::max_by", "core::cmp::max_by" },
        { 36, "is_word(char)", "is_word(char)" },
        { 36, "geo::is_word(char const*, char const*)", "geo::is_word" },
        { 36, "core::iter::traits::iterator::Iterator::max_by", "Iterator::max_by" },
        { 36, "<core::iter::Map<A, B, C> as core::iter::Iterator>::fold",
          "<Map<...> as Iterator>::fold" },
        { 36, "core::iter::adapters::map::map_fold::{{closure}}", "map_fold::{{closure}}" },
        { 36, "__gnu_cxx::__normal_iterator<unsigned int*, std::vector<unsigned int> >::operator++",
          "__normal_iterator<...>::operator++" },
        { 20, "__gnu_cxx::__normal_iterator<unsigned int*, std::vector<unsigned int> >::operator++",
          "operator++" },
        { 12, "a::name::that_is_longer_than_that(int)", "that..._that" },
    };
    expect_all(cases, sizeof cases / sizeof *cases, flame_tail_name);
}

static void names_without_parts_lose_their_middle(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        { 13, "abcdefghijklmnopqrstuvwxyz", "abcde...vwxyz" },
        { 13,
          "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3"
          "\xb6\xc3\xbc\xc3\xa4\xc3\xb6",
          "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6...\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6" },
    };
    EXPECT_ALL(cases);
}

/* Whatever a name is, what comes of it is short enough, and whole characters. */
static void brackets_that_make_no_sense_end_with_the_name(void **state)
{
    (void)state;
    static const char letters[] = "a:<>(){}[]- ::operator<as impl \xc3\xa4\xff";
    unsigned long long random = 1;
    for (int i = 0; i < 20000; i++) {
        char name[300], out[FLAME_SHORT_NAME];
        size_t n = 0;
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        size_t length = random >> 33 & 0xff;
        while (n < length) {
            random = random * 6364136223846793005ULL + 1442695040888963407ULL;
            size_t at = (random >> 33) % (sizeof letters - 1);
            size_t many = 1 + (random >> 50) % (sizeof letters - 1 - at);
            for (size_t k = 0; k < many && n < length; k++)
                name[n++] = letters[at + k];
        }
        struct flame_str got = flame_short_name((struct flame_str){ name, n }, 30, out);
        assert_true(flame_characters(got) <= 30);
        assert_true(n == 0 || got.len > 0);
    }
    static char deep[200000];
    char out[FLAME_SHORT_NAME];
    memset(deep, '<', sizeof deep);
    struct flame_str got = flame_short_name((struct flame_str){ deep, sizeof deep }, 80, out);
    assert_true(flame_characters(got) <= 80);
    for (size_t i = 0; i + 3 <= sizeof deep; i += 3)
        memcpy(deep + i, "a::", 3);
    got = flame_short_name((struct flame_str){ deep, sizeof deep }, 80, out);
    assert_int_equal(flame_characters(got), 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_stays),
        cmocka_unit_test(rust_keeps_the_type_the_trait_and_the_function),
        cmocka_unit_test(cpp_keeps_namespaces_classes_and_operators),
        cmocka_unit_test(a_tail_is_two_parts_and_says_no_more),
        cmocka_unit_test(names_without_parts_lose_their_middle),
        cmocka_unit_test(brackets_that_make_no_sense_end_with_the_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
