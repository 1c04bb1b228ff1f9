/* The count tables: equal keys add up, whatever the route they took. */
#include "counts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static uint64_t weight_of(const struct flame_counts *counts, uint32_t tag, const char *key)
{
    for (size_t part = 0; part < FLAME_COUNT_PARTS; part++)
        for (size_t i = 0; i < counts->parts[part].list.count; i++) {
            const struct flame_count *c = &counts->parts[part].list.items[i];
            if (c->tag == tag && c->size == strlen(key) && memcmp(c->bytes, key, c->size) == 0)
                return c->weight;
        }
    return 0;
}

static void equal_bytes_and_tag_are_one_key(void **state)
{
    (void)state;
    struct flame_counts c;
    flame_counts_init(&c);
    assert_true(flame_counts_add(&c, 1, "abc", 3, false, 10, 1));
    assert_true(flame_counts_add(&c, 1, "abc", 3, true, 5, 1));
    assert_true(flame_counts_add(&c, 2, "abc", 3, true, 7, 1));
    assert_true(flame_counts_add(&c, 1, "ab", 2, true, 1, 1));
    assert_int_equal(flame_counts_size(&c), 3);
    assert_int_equal(weight_of(&c, 1, "abc"), 15);
    assert_int_equal(weight_of(&c, 2, "abc"), 7);
    flame_counts_deinit(&c);
}

static void a_key_that_is_not_borrowed_survives_its_bytes(void **state)
{
    (void)state;
    struct flame_counts c;
    char bytes[] = "abc";
    flame_counts_init(&c);
    assert_true(flame_counts_add(&c, 0, bytes, 3, false, 1, 1));
    memset(bytes, 'x', 3);
    assert_int_equal(weight_of(&c, 0, "abc"), 1);
    flame_counts_deinit(&c);
}

/* The same numbers by single adds in one table, and by batches in three that are merged. */
static void batches_and_merges_give_the_same_sums(void **state)
{
    (void)state;
    static uint32_t keys[1000];
    struct flame_counts one, many[3];
    struct flame_count_batch batch[3] = { 0 };
    flame_counts_init(&one);
    for (size_t i = 0; i < 3; i++)
        flame_counts_init(&many[i]);
    for (uint32_t i = 0; i < 1000; i++)
        keys[i] = i;
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t *key = &keys[i * 7919u % 1000];
        size_t w = i % 3;
        assert_true(flame_counts_add(&one, 0, key, 4, true, i, 1));
        flame_count_batch_push(&batch[w], &many[w], 0, key, 4, i % 2, i, 1);
        if (batch[w].count == FLAME_COUNT_BATCH)
            assert_true(flame_counts_flush(&many[w], &batch[w]));
    }
    for (size_t i = 0; i < 3; i++)
        assert_true(flame_counts_flush(&many[i], &batch[i]));
    for (size_t part = 0; part < FLAME_COUNT_PARTS; part++)
        for (size_t i = 1; i < 3; i++)
            assert_true(flame_counts_merge(&many[0], &many[i], part));
    assert_int_equal(flame_counts_size(&many[0]), 1000);
    for (size_t part = 0; part < FLAME_COUNT_PARTS; part++)
        for (size_t i = 0; i < one.parts[part].list.count; i++) {
            const struct flame_count *want = &one.parts[part].list.items[i];
            bool found = false;
            for (size_t k = 0; k < many[0].parts[part].list.count; k++) {
                const struct flame_count *got = &many[0].parts[part].list.items[k];
                if (memcmp(got->bytes, want->bytes, 4) == 0) {
                    assert_int_equal(got->weight, want->weight);
                    assert_int_equal(got->samples, want->samples);
                    found = true;
                }
            }
            assert_true(found);
        }
    flame_counts_deinit(&one);
    for (size_t i = 0; i < 3; i++)
        flame_counts_deinit(&many[i]);
}

static void an_empty_key_counts_too(void **state)
{
    (void)state;
    struct flame_counts c;
    flame_counts_init(&c);
    assert_true(flame_counts_add(&c, 3, NULL, 0, false, 4, 1));
    assert_true(flame_counts_add(&c, 3, NULL, 0, true, 4, 1));
    assert_int_equal(flame_counts_size(&c), 1);
    flame_counts_deinit(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_bytes_and_tag_are_one_key),
        cmocka_unit_test(a_key_that_is_not_borrowed_survives_its_bytes),
        cmocka_unit_test(batches_and_merges_give_the_same_sums),
        cmocka_unit_test(an_empty_key_counts_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
