/* test_deflation.c: bytes that are deflated in pieces are one zlib stream, whoever does the work.
 */
#include "deflation.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { SIZE = 900 << 10, NUMBERS_END = 500 << 10 };

static uint8_t *from_base64(struct flame_str text, size_t *size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t *bytes = malloc(text.len + 1);
    uint32_t group = 0;
    assert_int_equal(text.len % 4, 0);
    *size = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = text.ptr[i] == '=' ? digits : strchr(digits, text.ptr[i]);
        assert_non_null(digit);
        group = group << 6 | (uint32_t)(digit - digits);
        for (int shift = 16; i % 4 == 3 && shift >= 0; shift -= 8)
            bytes[(*size)++] = (uint8_t)(group >> shift);
    }
    while (text.len && text.ptr[text.len - 1] == '=') {
        text.len--;
        --*size;
    }
    return bytes;
}

static void check_packed(const uint8_t *bytes, size_t size, const struct flame_output *out)
{
    size_t length;
    uint8_t *deflated = from_base64(flame_output_bytes(out), &length);
    uint8_t *found = malloc(size + 1);
    uLongf found_size = (uLongf)size + 1;
    assert_int_equal(uncompress(found, &found_size, deflated, (uLong)length), Z_OK);
    assert_int_equal(found_size, size);
    assert_memory_equal(found, bytes, size);
    free(found);
    free(deflated);
}

TEST(runs_of_many_pieces_are_one_stream)
{
    static uint8_t bytes[SIZE];
    static const struct flame_deflation_run runs[] = { { 0, false }, { NUMBERS_END, true } };
    uint32_t seed = 1;
    for (size_t i = 0; i < SIZE; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(i < NUMBERS_END ? seed >> 28 : "some words, "[i % 12] + (seed >> 31));
    }
    struct flame_deflation *deflation = flame_deflation_create(bytes, SIZE, runs, 2);
    struct flame_output *alone = flame_output_memory(), *shared = flame_output_memory();
    assert_non_null(deflation);
    assert_true(flame_deflation_pieces(deflation) > 4);
    flame_deflation_work(deflation);
    assert_int_equal(flame_deflation_write(deflation, alone), FLAME_OK);
    flame_deflation_free(deflation);
    check_packed(bytes, SIZE, alone);

    deflation = flame_deflation_create(bytes, SIZE, runs, 2);
    assert_int_equal(flame_put_deflation(shared, deflation), FLAME_OK);
    flame_deflation_free(deflation);
    assert_int_equal(flame_output_bytes(alone).len, flame_output_bytes(shared).len);
    assert_memory_equal(flame_output_bytes(alone).ptr, flame_output_bytes(shared).ptr,
                        flame_output_bytes(alone).len);
    flame_output_discard(alone);
    flame_output_discard(shared);
}

TEST(nothing_and_little_can_be_packed)
{
    for (size_t size = 0; size < 5; size++) {
        struct flame_output *out = flame_output_memory();
        assert_int_equal(flame_put_packed(out, "abcd", size), FLAME_OK);
        check_packed((const uint8_t *)"abcd", size, out);
        flame_output_discard(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_of_many_pieces_are_one_stream),
        cmocka_unit_test(nothing_and_little_can_be_packed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
