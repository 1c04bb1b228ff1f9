/* test_block_hash.c: zeros and holes are the same; anything else is another hash. */
#include "block_hash.h"

#include "hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE = 5 * 4096 + 100 };

static uint64_t hash_of(const uint8_t *bytes, size_t size, const struct flame_range *items,
                        size_t count, uint64_t base)
{
    return flame_hash_blocks(bytes, size, &(struct flame_extents){ items, count, base });
}

/* Bytes in two of six blocks, and at the very end. */
static void fill(uint8_t *bytes)
{
    memset(bytes, 0, SIZE);
    memset(bytes + 4000, 7, 200);
    bytes[SIZE - 1] = 1;
}

static void holes_are_zeros(void **state)
{
    (void)state;
    uint8_t bytes[SIZE], noisy[SIZE];
    fill(bytes);
    uint64_t whole = hash_of(bytes, SIZE, NULL, 0, 0);
    static const struct flame_range blocks[] = { { 0, 8192 }, { 5 * 4096, 6 * 4096 } };
    static const struct flame_range exact[] = { { 4000, 4100 },
                                                { 4100, 4200 },
                                                { SIZE - 1, SIZE } };
    static const struct flame_range moved[] = { { 60000, 69000 + 4200 },
                                                { 69000 + SIZE - 1, 90000 } };
    assert_true(hash_of(bytes, SIZE, blocks, 2, 0) == whole);
    assert_true(hash_of(bytes, SIZE, moved, 2, 69000) == whole);
    memset(noisy, 0xff, SIZE);
    memcpy(noisy + 4000, bytes + 4000, 200);
    noisy[SIZE - 1] = 1;
    assert_true(hash_of(noisy, SIZE, exact, 3, 0) == whole);
}

static void all_else_is_not_the_same(void **state)
{
    (void)state;
    uint8_t bytes[SIZE];
    fill(bytes);
    uint64_t whole = hash_of(bytes, SIZE, NULL, 0, 0);
    assert_true(hash_of(bytes, SIZE - 1, NULL, 0, 0) != whole);
    for (size_t i = 0; i < SIZE; i += 61) {
        bytes[i] ^= 1;
        assert_true(hash_of(bytes, SIZE, NULL, 0, 0) != whole);
        bytes[i] ^= 1;
    }
    memmove(bytes + 4096, bytes, 8192);
    memset(bytes, 0, 4096);
    assert_true(hash_of(bytes, SIZE, NULL, 0, 0) != whole);
}

static void the_format_is_as_described(void **state)
{
    (void)state;
    uint8_t bytes[SIZE], text[8 + 100 + 8] = { 5 };
    memset(bytes, 0, SIZE);
    bytes[SIZE - 1] = text[8 + 99] = 1;
    for (int i = 0; i < 8; i++)
        text[108 + i] = (uint8_t)((uint64_t)SIZE >> 8 * i);
    assert_true(hash_of(bytes, SIZE, NULL, 0, 0) == flame_hash(text, sizeof text));
    memset(text, 0, 8);
    assert_true(hash_of(bytes, 0, NULL, 0, 0) == flame_hash(text, 8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holes_are_zeros),
        cmocka_unit_test(all_else_is_not_the_same),
        cmocka_unit_test(the_format_is_as_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
