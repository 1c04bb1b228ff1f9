/* The count tables: equal keys add up, whatever the route they took; and the trie. */
#include "counts.h"
#include "trie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* A key by itself: a batch of one. */
static bool add_one(struct flame_counts *counts, uint32_t tag, const void *bytes, uint32_t size,
                    bool borrowed, uint64_t weight)
{
    struct flame_count_batch batch = { .count = 0 };
    flame_count_batch_push(&batch, counts, tag, bytes, size, borrowed, weight);
    return flame_counts_flush(counts, &batch);
}

static uint64_t weight_of(const struct flame_counts *counts, uint32_t tag, const char *key)
{
    for (size_t i = 0; i < counts->list.count; i++) {
        const struct flame_count *c = &counts->list.items[i];
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
    assert_true(add_one(&c, 1, "abc", 3, false, 10));
    assert_true(add_one(&c, 1, "abc", 3, true, 5));
    assert_true(add_one(&c, 2, "abc", 3, true, 7));
    assert_true(add_one(&c, 1, "ab", 2, true, 1));
    assert_int_equal(c.list.count, 3);
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
    assert_true(add_one(&c, 0, bytes, 3, false, 1));
    memset(bytes, 'x', 3);
    assert_int_equal(weight_of(&c, 0, "abc"), 1);
    flame_counts_deinit(&c);
}

/* The same numbers one by one and by batches; keys in order of first appearance. */
static void batches_give_the_same_sums_in_the_same_order(void **state)
{
    (void)state;
    static uint32_t keys[1000];
    struct flame_counts one, many;
    struct flame_count_batch batch = { 0 };
    flame_counts_init(&one);
    flame_counts_init(&many);
    for (uint32_t i = 0; i < 1000; i++)
        keys[i] = i;
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t *key = &keys[i * 7919u % 1000];
        assert_true(add_one(&one, 0, key, 4, true, i));
        flame_count_batch_push(&batch, &many, 0, key, 4, i % 2, i);
        if (batch.count == FLAME_COUNT_BATCH)
            assert_true(flame_counts_flush(&many, &batch));
    }
    assert_true(flame_counts_flush(&many, &batch));
    assert_int_equal(one.list.count, 1000);
    assert_int_equal(many.list.count, 1000);
    for (size_t i = 0; i < 1000; i++) {
        assert_memory_equal(one.list.items[i].bytes, many.list.items[i].bytes, 4);
        assert_int_equal(one.list.items[i].weight, many.list.items[i].weight);
        assert_int_equal(one.list.items[i].samples, 20);
    }
    flame_counts_deinit(&one);
    flame_counts_deinit(&many);
}

static void a_tries_children_are_found_again(void **state)
{
    (void)state;
    struct flame_trie trie;
    assert_true(flame_trie_init(&trie));
    uint32_t parent = FLAME_TRIE_ROOT, above = 0;
    for (uint32_t i = 0; i < 5000; i++) {
        uint32_t hash = flame_trie_hash(above, i % 50);
        uint32_t child = flame_trie_child(&trie, parent, i % 50, hash);
        assert_int_equal(trie.nodes.items[child].parent, parent);
        assert_int_equal(trie.nodes.items[child].frame, i % 50);
        assert_true(child > parent);
        parent = i % 7 ? child : FLAME_TRIE_ROOT;
        above = i % 7 ? hash : 0;
    }
    uint32_t hash = flame_trie_hash(0, 1);
    uint32_t a = flame_trie_child(&trie, FLAME_TRIE_ROOT, 1, hash);
    size_t count = trie.nodes.count;
    assert_int_equal(flame_trie_child(&trie, FLAME_TRIE_ROOT, 1, hash), a);
    assert_int_equal(trie.nodes.count, count);
    flame_trie_deinit(&trie);
}

/* The hash is a place to look, no more: equal ones don't make two frames one. */
static void equal_hashes_keep_children_apart(void **state)
{
    (void)state;
    struct flame_trie trie;
    assert_true(flame_trie_init(&trie));
    uint32_t a = flame_trie_child(&trie, FLAME_TRIE_ROOT, 1, 77);
    uint32_t b = flame_trie_child(&trie, FLAME_TRIE_ROOT, 2, 77);
    uint32_t c = flame_trie_child(&trie, a, 1, 77);
    assert_true(a != b && b != c && a != c);
    assert_int_equal(flame_trie_child(&trie, FLAME_TRIE_ROOT, 2, 77), b);
    flame_trie_deinit(&trie);
}

static void an_empty_key_counts_too(void **state)
{
    (void)state;
    struct flame_counts c;
    flame_counts_init(&c);
    assert_true(add_one(&c, 3, NULL, 0, false, 4));
    assert_true(add_one(&c, 3, NULL, 0, true, 4));
    assert_int_equal(c.list.count, 1);
    flame_counts_deinit(&c);
}

static void tables_are_evened_out(void **state)
{
    (void)state;
    enum { TABLES = 3, KEYS = 11 };
    static const size_t filled[][TABLES] = { { KEYS, 0, 0 }, { 0, 0, KEYS }, { 1, KEYS - 3, 2 },
                                             { 4, 4, 3 },    { 0, 0, 0 },    { 0, 1, 0 } };
    for (size_t f = 0; f < sizeof filled / sizeof *filled; f++) {
        struct flame_counts tables[TABLES];
        uint32_t keys = 0;
        for (size_t i = 0; i < TABLES; i++) {
            flame_counts_init(&tables[i]);
            for (size_t k = 0; k < filled[f][i]; k++, keys++)
                assert_true(add_one(&tables[i], keys, "key", 3, false, keys + 1));
            flame_counts_seal(&tables[i]);
        }
        assert_true(flame_counts_even_out(tables, TABLES));
        uint64_t weight = 0;
        for (size_t i = 0; i < TABLES; i++) {
            assert_in_range(tables[i].list.count, keys / TABLES, (keys + TABLES - 1) / TABLES);
            for (uint32_t tag = 0; tag < keys; tag++)
                weight += weight_of(&tables[i], tag, "key");
        }
        assert_int_equal(weight, keys * (keys + 1) / 2);
        for (size_t i = 0; i < TABLES; i++)
            flame_counts_deinit(&tables[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_bytes_and_tag_are_one_key),
        cmocka_unit_test(a_key_that_is_not_borrowed_survives_its_bytes),
        cmocka_unit_test(batches_give_the_same_sums_in_the_same_order),
        cmocka_unit_test(a_tries_children_are_found_again),
        cmocka_unit_test(equal_hashes_keep_children_apart),
        cmocka_unit_test(tables_are_evened_out),
        cmocka_unit_test(an_empty_key_counts_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
