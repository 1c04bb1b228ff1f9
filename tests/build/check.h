/* check.h: cmocka with what its header forgets, and a few words of our own.
 *
 *     TEST(comm_cut_inside_tid_names_the_field) { ... }
 *     int main(void) { static const struct CMUnitTest tests[] = { cmocka_unit_test(...) }; ... } */
#ifndef FLAME_TESTS_CHECK_H
#define FLAME_TESTS_CHECK_H

#include <flamedata/str.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TEST(claim) static void claim(void **state __attribute__((unused)))

/* Run the block behind it for a little-endian and a big-endian file. */
#define FOR_BOTH_ORDERS(big) for (int big = 0; big < 2; big++)

/* A struct flame_str equals a text. */
#define assert_str(s, text)                                                                        \
    do {                                                                                           \
        struct flame_str got_ = (s), want_ = flame_str_from(text);                                 \
        assert_int_equal(got_.len, want_.len);                                                     \
        if (want_.len)                                                                             \
            assert_memory_equal(got_.ptr, want_.ptr, want_.len);                                   \
    } while (0)

#endif
