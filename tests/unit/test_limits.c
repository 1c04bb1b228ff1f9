/* test_limits.c: the table of limits, how they are told, and those that cost names alone. */
#include "bounds.h"
#include "check.h"
#include "symbols.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(zero_is_the_default_and_nothing_is_more_than_it_can_be)
{
    struct flame_limits limits = { 0 };
    assert_int_equal(flame_limit_of(NULL, FLAME_LIMIT_RECORD), 64 << 20);
    assert_int_equal(flame_limit_of(&limits, FLAME_LIMIT_EVENTS), 65536);
    limits.inlined = FLAME_UNLIMITED;
    limits.records = FLAME_UNLIMITED;
    limits.symbols = 1;
    assert_int_equal(flame_limit_of(&limits, FLAME_LIMIT_INLINED), 4095);
    assert_true(flame_limit_of(&limits, FLAME_LIMIT_RECORDS) == FLAME_UNLIMITED);
    assert_int_equal(flame_limit_of(&limits, FLAME_LIMIT_SYMBOLS), 1);
}

TEST(few_bytes_do_not_unpack_to_many_unless_that_was_asked_for)
{
    struct flame_limits limits = { 0 };
    uint64_t most = UINT64_C(512) << 20;
    assert_int_equal(flame_limit_unpacking(NULL, FLAME_LIMIT_UNPACKED, 0), 64 << 20);
    assert_int_equal(flame_limit_unpacking(&limits, FLAME_LIMIT_UNPACKED, 1000),
                     (64 << 20) + 64000);
    assert_int_equal(flame_limit_unpacking(&limits, FLAME_LIMIT_UNPACKED, 64 << 20), most);
    assert_int_equal(flame_limit_unpacking(&limits, FLAME_LIMIT_UNPACKED, UINT64_MAX), most);
    limits.unpacked = 100;
    assert_int_equal(flame_limit_unpacking(&limits, FLAME_LIMIT_UNPACKED, 1000), 100);
    limits.unpacked = most * 2;
    assert_int_equal(flame_limit_unpacking(&limits, FLAME_LIMIT_UNPACKED, 1), most * 2);
}

TEST(every_limit_is_found_by_its_name_and_set)
{
    struct flame_limits limits = { 0 };
    for (int i = 0; i < FLAME_LIMIT_COUNT; i++) {
        enum flame_limit limit = (enum flame_limit)i;
        const char *name = flame_limit_name(limit);
        uint64_t most, *field = flame_limit_find(&limits, name, strlen(name), &most);
        assert_non_null(field);
        assert_int_equal(*field, 0);
        assert_true(flame_limit_of(NULL, limit) <= most);
        *field = 7;
        assert_int_equal(flame_limit_of(&limits, limit), 7);
        assert_null(flame_limit_find(&limits, name, 1, &most));
    }
    assert_null(flame_limit_name(FLAME_LIMIT_COUNT));
}

TEST(a_message_has_the_value_and_the_option_that_raises_it)
{
    struct flame_error error = FLAME_ERROR_INIT;
    char text[FLAME_LIMIT_SPELLED];
    flame_limit_spell(FLAME_LIMIT_RECORD, 1 << 20, text);
    assert_string_equal(text, "1 MiB");
    flame_limit_spell(FLAME_LIMIT_RECORD, 1000, text);
    assert_string_equal(text, "1000 bytes");
    flame_limit_spell(FLAME_LIMIT_EVENTS, 65536, text);
    assert_string_equal(text, "65536");
    flame_limit_spell(FLAME_LIMIT_EVENTS, FLAME_UNLIMITED, text);
    assert_string_equal(text, "no limit");
    assert_int_equal(
        flame_fail_limit(&error, FLAME_LIMIT_RECORD, 64 << 20, "f", 0x1a8, "it has", "of it"),
        FLAME_LIMIT);
    assert_string_equal(error.text,
                        "it has more than 64 MiB of it; --limit record=256M allows more");
    error = (struct flame_error)FLAME_ERROR_INIT;
    flame_fail_limit(&error, FLAME_LIMIT_INLINED, 4095, "f", 0, "it has", "");
    assert_string_equal(error.text, "it has more than 4095"); /* that is all that there is */
}

TEST(of_several_places_the_first_name_is_told_whatever_the_order)
{
    static const char *const orders[][2] = { { "a", "b" }, { "b", "a" } };
    for (size_t i = 0; i < 2; i++) {
        static const struct flame_limits limits = { .symbols = 5 };
        struct flame_limit_report out[FLAME_LIMIT_COUNT];
        struct flame_bounds bounds;
        flame_bounds_init(&bounds, &limits);
        assert_int_equal(flame_bounds_report(&bounds, out), 0);
        for (size_t k = 0; k < 2; k++)
            flame_bounds_reach(&bounds, FLAME_LIMIT_SYMBOLS, orders[i][k], "has", "symbols");
        assert_int_equal(flame_bounds_report(&bounds, out), 1);
        assert_int_equal(out[0].limit, FLAME_LIMIT_SYMBOLS);
        assert_string_equal(out[0].error.text,
                            "a: has more than 5 symbols; --limit symbols=20 allows more");
        flame_bounds_deinit(&bounds);
    }
    flame_bounds_reach(NULL, FLAME_LIMIT_SYMBOLS, "", "", "");
}

TEST(symbols_beyond_the_limit_are_left_out_and_counted)
{
    struct flame_symbols symbols;
    char name[16];
    flame_symbols_init(&symbols);
    symbols.most = 10;
    for (uint64_t i = 0; i < 13; i++) {
        snprintf(name, sizeof name, "f%d", (int)i);
        assert_true(flame_symbols_add(&symbols, i * 16, 16, flame_str_from(name),
                                      FLAME_BINDING_GLOBAL, true));
    }
    assert_int_equal(symbols.left_out, 3);
    assert_true(flame_symbols_settle(&symbols, FLAME_SIZES_ELF));
    assert_string_equal(flame_symbols_find(&symbols, 9 * 16)->name, "f9");
    assert_null(flame_symbols_find(&symbols, 10 * 16));
    flame_symbols_deinit(&symbols);
}

TEST(a_limit_of_whoever_started_the_process_is_told)
{
    static const int kinds[] = { RLIMIT_DATA, RLIMIT_AS };
    for (size_t i = 0; i < 2; i++) {
        pid_t child = fork();
        if (child == 0) {
            struct rlimit lower;
            getrlimit(kinds[i], &lower);
            lower.rlim_cur = UINT64_C(1) << 40; /* less would end what shadow memory has */
            if (lower.rlim_max < lower.rlim_cur)
                lower.rlim_cur = lower.rlim_max;
            if (setrlimit(kinds[i], &lower) != 0)
                _exit(2);
            _exit(flame_limit_process_memory() == lower.rlim_cur ? 0 : 1);
        }
        int status = -1;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
}

/* The last test, as it limits this process. */
TEST(the_process_is_limited_only_downwards)
{
    struct rlimit before, after;
    struct flame_error error = FLAME_ERROR_INIT;
    uint64_t at_first = flame_limit_process_memory();
    assert_int_equal(getrlimit(RLIMIT_DATA, &before), 0);
    assert_int_equal(
        flame_limit_process(&(struct flame_limits){ .memory = FLAME_UNLIMITED }, &error), FLAME_OK);
    assert_int_equal(getrlimit(RLIMIT_DATA, &after), 0);
    assert_true(after.rlim_cur == before.rlim_cur);
    assert_int_equal(
        flame_limit_process(&(struct flame_limits){ .memory = UINT64_C(3) << 30 }, &error),
        FLAME_OK);
    uint64_t now = flame_limit_process_memory(); /* a sanitizer has none */
    assert_true(now <= at_first &&
                now >= (at_first < UINT64_C(3) << 30 ? at_first : UINT64_C(3) << 30));
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
    assert_true(at_first != FLAME_UNLIMITED || now < at_first);
#endif
    assert_int_equal(
        flame_limit_process(&(struct flame_limits){ .memory = UINT64_C(4) << 30 }, &error),
        FLAME_OK);
    assert_true(flame_limit_process_memory() == now);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_is_the_default_and_nothing_is_more_than_it_can_be),
        cmocka_unit_test(few_bytes_do_not_unpack_to_many_unless_that_was_asked_for),
        cmocka_unit_test(every_limit_is_found_by_its_name_and_set),
        cmocka_unit_test(a_message_has_the_value_and_the_option_that_raises_it),
        cmocka_unit_test(of_several_places_the_first_name_is_told_whatever_the_order),
        cmocka_unit_test(symbols_beyond_the_limit_are_left_out_and_counted),
        cmocka_unit_test(a_limit_of_whoever_started_the_process_is_told),
        cmocka_unit_test(the_process_is_limited_only_downwards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
