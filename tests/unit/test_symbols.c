/* test_symbols.c: perf's rules for symbol tables, and how names are shown. */
#include "check.h"
#include "symbols.h"

#include <stdio.h>

enum { L = FLAME_BINDING_LOCAL, G = FLAME_BINDING_GLOBAL, W = FLAME_BINDING_WEAK };

static void add(struct flame_symbols *t, uint64_t start, uint64_t size, const char *name, int b)
{
    assert_true(flame_symbols_borrow(t, start, size, name, (enum flame_binding)b, false));
}

static const char *at(const struct flame_symbols *t, uint64_t address)
{
    const struct flame_symbol *s = flame_symbols_find(t, address);
    return s ? s->name : "none";
}

TEST(innermost_symbol_wins_and_the_outer_one_goes_on_behind_it)
{
    struct flame_symbols t;
    flame_symbols_init(&t);
    add(&t, 4, 4, "inner", G);
    add(&t, 0, 16, "outer", G);
    assert_true(flame_symbols_settle(&t, FLAME_SIZES_ELF));
    assert_string_equal(at(&t, 0), "outer");
    assert_string_equal(at(&t, 4), "inner");
    assert_string_equal(at(&t, 7), "inner");
    assert_string_equal(at(&t, 8), "outer");
    assert_string_equal(at(&t, 15), "outer");
    assert_string_equal(at(&t, 16), "none");
    flame_symbols_deinit(&t);
}

TEST(symbols_without_size_reach_to_the_next_and_the_last_to_a_page_end)
{
    struct flame_symbols t;
    flame_symbols_init(&t);
    add(&t, 0x1010, 0, "a", G);
    add(&t, 0x1020, 8, "b", G);
    add(&t, 0x2001, 0, "c", G);
    assert_true(flame_symbols_settle(&t, FLAME_SIZES_ELF));
    assert_string_equal(at(&t, 0x100f), "none");
    assert_string_equal(at(&t, 0x101f), "a");
    assert_string_equal(at(&t, 0x1028), "none");
    assert_string_equal(at(&t, 0x3fff), "c");
    assert_string_equal(at(&t, 0x4000), "none");
    flame_symbols_deinit(&t);
}

TEST(a_second_source_does_not_shorten_what_the_first_has_stretched)
{
    struct flame_symbols t;
    flame_symbols_init(&t);
    add(&t, 0x10, 0, "stretched", G);
    add(&t, 0x40, 4, "b", G);
    assert_true(flame_symbols_settle(&t, FLAME_SIZES_ELF));
    add(&t, 0x20, 4, "between", G);
    assert_true(flame_symbols_settle(&t, FLAME_SIZES_ELF));
    assert_string_equal(at(&t, 0x21), "between");
    assert_string_equal(at(&t, 0x30), "stretched");
    flame_symbols_deinit(&t);
}

/* The winner among two symbols at one place, which perf decides in both orders of appearance. */
static const char *winner(const char *a, int binding_a, const char *b, int binding_b)
{
    struct flame_symbols t;
    flame_symbols_init(&t);
    add(&t, 0x10, 8, a, binding_a);
    add(&t, 0x10, 8, b, binding_b);
    assert_true(flame_symbols_settle(&t, FLAME_SIZES_ELF));
    const char *name = at(&t, 0x12);
    flame_symbols_deinit(&t);
    return name;
}

TEST(aliases_are_chosen_in_perfs_order)
{
    assert_string_equal(winner("a_much_longer_weak_name", W, "x", L), "x");
    assert_string_equal(winner("a_much_longer_local_name", L, "x", G), "x");
    assert_string_equal(winner("__a_longer_name", G, "x", G), "x");
    assert_string_equal(winner("x", G, "longer", G), "longer");
    assert_string_equal(winner("first", G, "other", G), "first");
    assert_string_equal(winner("SyS_read", G, "sys_read", G), "sys_read");
    /* foo and foobar: the demangled names count, in which the mangled one's length is no help */
    assert_string_equal(winner("_Z3foov", G, "foobar", G), "foobar");
    assert_string_equal(winner("__glob", G, "_Z3foov", G), "_Z3foov");
}

TEST(a_symbol_without_size_loses_against_one_with_a_size)
{
    struct flame_symbols t;
    flame_symbols_init(&t);
    add(&t, 0x10, 0, "empty_but_longer", G);
    add(&t, 0x10, 8, "sized", L);
    assert_true(flame_symbols_settle(&t, FLAME_SIZES_ELF));
    assert_string_equal(at(&t, 0x10), "sized");
    assert_string_equal(at(&t, 0x18), "none");
    flame_symbols_deinit(&t);
}

TEST(an_alias_that_lost_does_not_cover_what_the_winner_leaves)
{
    struct flame_symbols t;
    flame_symbols_init(&t);
    add(&t, 0x00, 0x100, "outer", G);
    add(&t, 0x10, 0x20, "lost", L);
    add(&t, 0x10, 0x08, "won", G);
    assert_true(flame_symbols_settle(&t, FLAME_SIZES_ELF));
    assert_string_equal(at(&t, 0x17), "won");
    assert_string_equal(at(&t, 0x18), "outer");
    flame_symbols_deinit(&t);
}

TEST(kallsyms_do_not_reach_from_the_kernel_into_a_module)
{
    struct flame_symbols t;
    flame_symbols_init(&t);
    add(&t, 0x1000, 0, "kernel", G);
    add(&t, 0x90000, 0, "module", G);
    t.list.items[1].group = 7;
    assert_true(flame_symbols_settle(&t, FLAME_SIZES_KALLSYMS));
    assert_string_equal(at(&t, 0x1fff), "kernel");
    assert_string_equal(at(&t, 0x2000), "none");
    assert_string_equal(at(&t, 0x90fff), "module");
    flame_symbols_deinit(&t);
}

TEST(jit_symbols_have_exact_sizes_and_the_first_at_a_place_wins)
{
    struct flame_symbols t;
    flame_symbols_init(&t);
    add(&t, 0x10, 0, "empty", G);
    add(&t, 0x20, 4, "first", G);
    add(&t, 0x20, 8, "second and longer", G);
    add(&t, UINT64_MAX - 1, 100, "end", G);
    assert_true(flame_symbols_settle(&t, FLAME_SIZES_EXACT));
    assert_string_equal(at(&t, 0x10), "empty");
    assert_string_equal(at(&t, 0x11), "none");
    assert_string_equal(at(&t, 0x23), "first");
    assert_string_equal(at(&t, 0x27), "second and longer");
    assert_string_equal(at(&t, UINT64_MAX - 1), "end");
    flame_symbols_deinit(&t);
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

TEST(lookups_agree_with_a_search_of_all_symbols)
{
    uint64_t seed = 1;
    for (int round = 0; round < 50; round++) {
        struct flame_symbols t;
        flame_symbols_init(&t);
        size_t count = next_random(&seed) % 200;
        for (size_t i = 0; i < count; i++) {
            /* starts that differ, spread over many digits, added in two goes */
            uint64_t start = (next_random(&seed) % 512) << (i % 3 * 20);
            add(&t, (start << 8) + i, 1 + next_random(&seed) % 100000, "s", G);
            if (i == count / 2)
                assert_true(flame_symbols_settle(&t, FLAME_SIZES_ELF));
        }
        assert_true(flame_symbols_settle(&t, FLAME_SIZES_ELF));
        assert_int_equal(t.list.count, count);
        for (size_t i = 1; i < count; i++)
            assert_true(t.list.items[i - 1].start < t.list.items[i].start);
        for (int look = 0; look < 200 && count; look++) {
            uint64_t address = t.list.items[next_random(&seed) % count].start;
            address += next_random(&seed) % 100000;
            const struct flame_symbol *want = NULL;
            for (size_t i = 0; i < count; i++)
                if (t.list.items[i].start <= address && address < t.list.items[i].end)
                    want = &t.list.items[i];
            assert_ptr_equal(flame_symbols_find(&t, address), want);
        }
        flame_symbols_deinit(&t);
    }
}

/* They begin alike, and end megabytes away. */
TEST(long_names_are_told_apart_in_time)
{
    enum { N = 10000, LENGTH = 8 << 20 };
    struct flame_symbols t;
    char *name = malloc(LENGTH), text[64];
    assert_non_null(name);
    memset(name, 'a', LENGTH);
    name[LENGTH - 1] = 0;
    flame_symbols_init(&t);
    for (uint64_t i = 0; i < N; i++) {
        assert_true(flame_symbols_borrow(&t, i, 1, name, FLAME_BINDING_GLOBAL, true));
        assert_true(flame_symbols_borrow(&t, i, 1, name + 1, FLAME_BINDING_GLOBAL, true));
    }
    assert_true(flame_symbols_settle(&t, FLAME_SIZES_KALLSYMS));
    assert_int_equal(t.list.count, N);
    for (uint64_t i = 0; i < N; i++)
        assert_int_equal(flame_symbol_show(flame_symbols_find(&t, i), text, sizeof text),
                         sizeof text - 1);
    flame_symbols_deinit(&t);
    free(name);
}

TEST(an_empty_table_has_no_symbol)
{
    struct flame_symbols t;
    flame_symbols_init(&t);
    assert_null(flame_symbols_find(&t, 0));
    assert_true(flame_symbols_settle(&t, FLAME_SIZES_ELF));
    assert_null(flame_symbols_find(&t, 0));
    flame_symbols_deinit(&t);
}

/* A symbol inside ever more symbols, and many aliases of one place: neither is walked whole. */
TEST(hostile_tables_are_found_in_quickly)
{
    enum { N = 100000 };
    struct flame_symbols t;
    flame_symbols_init(&t);
    for (uint64_t i = 0; i < N; i++)
        add(&t, i, 4 * N - 2 * i, "_Z3foov", G);
    for (uint64_t i = 0; i < N; i++)
        add(&t, 8 * N, 4, i % 2 ? "_Z3barv" : "_Z3bazv", G);
    assert_true(flame_symbols_settle(&t, FLAME_SIZES_ELF));
    for (uint64_t i = 0; i < N; i++) {
        const struct flame_symbol *s = flame_symbols_find(&t, 4 * N - 1 - i);
        assert_int_equal(s->start, i < N ? i : N - 1);
    }
    for (int i = 0; i < 1000; i++)
        assert_string_equal(at(&t, 8 * N), "_Z3bazv");
    flame_symbols_deinit(&t);
}

static void check_shown(const char *name, const char *want)
{
    char out[512];
    struct flame_symbol s = { .name = name };
    assert_int_equal(flame_symbol_show(&s, out, sizeof out), strlen(want));
    assert_string_equal(out, want);
}

TEST(names_are_demangled_as_perf_6_1_does)
{
    check_shown("_Z3fooIiEvT_", "foo<int>");
    check_shown("_ZNK3FoocvbEv", "Foo::operator bool");
    check_shown("_Z3bazi.isra.0.part.1", "baz");
    check_shown("_Z3barv.cold", "bar");
    check_shown("_ZN3abcB5cxx11Ev", "abc[abi:cxx11]");
    check_shown("_ZZN3foo3barEvENKUlvE_clEv", "foo::bar()::{lambda()#1}::operator()");
    check_shown("_ZThn8_N3Foo3barEv", "non-virtual thunk to Foo::bar()");
    check_shown("_RINvNtC3std3mem8align_ofdE", "std::mem::align_of::<f64>");
    check_shown("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad");
    check_shown("camlFoo__bar_12", "Foo.bar_12");
    check_shown("camlFoo__b$2ar_12", "Foo.b*r_12");
    check_shown("_D3std5stdio7writelnFZv", "std.stdio.writeln()");
    check_shown("Ljava/lang/String;indexOf([CII)I", "java.lang.String.indexOf(char[], int, int)");
    check_shown("LMain;<init>([Ljava/lang/String;ZJ)V",
                "Main<init>(java.lang.String, boolean[], long)");
    check_shown("LMain;run()Ljava/lang/Object;", "Main.run()");
}

TEST(what_is_not_mangled_stays)
{
    static const char *const names[] = { "",
                                         "main",
                                         "plain.isra.0",
                                         "__ZN3foo3barEv",
                                         "._Z3dotv",
                                         "_Z",
                                         "_ZN",
                                         "_DYNAMIC",
                                         "caml_main",
                                         "camlfoo__bar",
                                         "_R",
                                         "__libc_start_main@@GLIBC_2.34",
                                         "LMain;run",
                                         "LMain;run(X)V",
                                         "LMain;run(I",
                                         "Load(int)",
                                         "L;",
                                         "LMain",
                                         "LMain;a/b()V",
                                         "LMain;run(LMain)V" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_shown(names[i], names[i]);
}

TEST(plain_names_are_not_demangled_and_plt_slots_say_so)
{
    char out[64];
    struct flame_symbol kernel = { .name = "_Z3foov", .plain = true };
    struct flame_symbol slot = { .name = "_Z3foov", .plt = true };
    flame_symbol_show(&kernel, out, sizeof out);
    assert_string_equal(out, "_Z3foov");
    flame_symbol_show(&slot, out, sizeof out);
    assert_string_equal(out, "foo@plt");
}

TEST(shown_names_are_cut_to_the_room_there_is)
{
    char out[8];
    struct flame_symbol s = { .name = "_ZN6abcdef6ghijklEv", .plt = true };
    assert_int_equal(flame_symbol_show(&s, out, sizeof out), 7);
    assert_string_equal(out, "abcdef:");
    assert_int_equal(flame_symbol_show(&s, out, 1), 0);
    assert_string_equal(out, "");
    assert_int_equal(flame_symbol_show(&s, NULL, 0), 0);
    struct flame_symbol plain = { .name = "abcdefg", .plt = true };
    assert_int_equal(flame_symbol_show(&plain, out, sizeof out), 7);
    assert_string_equal(out, "abcdefg");
}

/* pair<pair<...>, pair<...>>, fifty deep: 2^50 bytes if anyone printed it. */
TEST(a_name_that_stands_for_a_petabyte_is_cut_in_time)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char name[1024] = "_Z1fISt4pairIiiE", out[4096];
    for (int i = 0; i < 50; i++) {
        char id[3] = { digits[i % 36], 0, 0 }, step[32];
        if (i >= 36) {
            id[0] = digits[i / 36];
            id[1] = digits[i % 36];
        }
        snprintf(step, sizeof step, "S_IS%s_S%s_E", id, id);
        strcat(name, step);
    }
    strcat(name, "EvT_");
    struct flame_symbol s = { .name = name };
    assert_int_equal(flame_symbol_show(&s, out, sizeof out), sizeof out - 1);
    assert_memory_equal(out, "f<std::pair<int, int>", 21);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(innermost_symbol_wins_and_the_outer_one_goes_on_behind_it),
        cmocka_unit_test(symbols_without_size_reach_to_the_next_and_the_last_to_a_page_end),
        cmocka_unit_test(a_second_source_does_not_shorten_what_the_first_has_stretched),
        cmocka_unit_test(aliases_are_chosen_in_perfs_order),
        cmocka_unit_test(a_symbol_without_size_loses_against_one_with_a_size),
        cmocka_unit_test(an_alias_that_lost_does_not_cover_what_the_winner_leaves),
        cmocka_unit_test(kallsyms_do_not_reach_from_the_kernel_into_a_module),
        cmocka_unit_test(jit_symbols_have_exact_sizes_and_the_first_at_a_place_wins),
        cmocka_unit_test(lookups_agree_with_a_search_of_all_symbols),
        cmocka_unit_test(an_empty_table_has_no_symbol),
        cmocka_unit_test(hostile_tables_are_found_in_quickly),
        cmocka_unit_test(long_names_are_told_apart_in_time),
        cmocka_unit_test(names_are_demangled_as_perf_6_1_does),
        cmocka_unit_test(what_is_not_mangled_stays),
        cmocka_unit_test(plain_names_are_not_demangled_and_plt_slots_say_so),
        cmocka_unit_test(shown_names_are_cut_to_the_room_there_is),
        cmocka_unit_test(a_name_that_stands_for_a_petabyte_is_cut_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
