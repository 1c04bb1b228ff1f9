/* The address space against a plain model: an array of pages. */
#include "address_space.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PAGES = 64, STEPS = 4000, KEPT = 50 };

static struct flame_map map(uint64_t start, uint64_t end, uint64_t pgoff, uint32_t dso)
{
    return (struct flame_map){ start, end, pgoff, dso };
}

static void later_map_cuts_a_hole_and_the_tail_keeps_its_file_offset(void **state)
{
    (void)state;
    struct flame_spaces s;
    assert_true(flame_spaces_init(&s));
    uint32_t one = flame_space_insert(&s, FLAME_SPACE_EMPTY, map(0x1000, 0x9000, 0x100, 1));
    uint32_t two = flame_space_insert(&s, one, map(0x3000, 0x5000, 0, 2));
    assert_int_equal(flame_space_find(&s, two, 0x2fff)->dso, 1);
    assert_int_equal(flame_space_find(&s, two, 0x2fff)->end, 0x3000);
    assert_int_equal(flame_space_find(&s, two, 0x3000)->dso, 2);
    const struct flame_map *tail = flame_space_find(&s, two, 0x5000);
    assert_int_equal(tail->dso, 1);
    assert_int_equal(tail->start, 0x5000);
    assert_int_equal(tail->pgoff, 0x100 + 0x4000);
    assert_null(flame_space_find(&s, two, 0x9000));
    /* The version before is as it was. */
    assert_int_equal(flame_space_find(&s, one, 0x3000)->dso, 1);
    flame_spaces_deinit(&s);
}

static void a_map_that_covers_others_replaces_them(void **state)
{
    (void)state;
    struct flame_spaces s;
    assert_true(flame_spaces_init(&s));
    uint32_t space = FLAME_SPACE_EMPTY;
    for (uint32_t i = 0; i < 10; i++)
        space = flame_space_insert(&s, space, map(i * 0x1000, i * 0x1000 + 0x800, 0, i));
    space = flame_space_insert(&s, space, map(0x400, 0x8400, 0, 99));
    assert_int_equal(flame_space_find(&s, space, 0x3ff)->dso, 0);
    assert_int_equal(flame_space_find(&s, space, 0x400)->dso, 99);
    assert_int_equal(flame_space_find(&s, space, 0x83ff)->dso, 99);
    assert_int_equal(flame_space_find(&s, space, 0x8400)->dso, 8);
    assert_int_equal(flame_space_find(&s, space, 0x8400)->pgoff, 0x400);
    flame_spaces_deinit(&s);
}

static void the_layer_on_top_covers_what_is_mapped_beneath_later(void **state)
{
    (void)state;
    struct flame_spaces s;
    assert_true(flame_spaces_init(&s));
    uint32_t space = flame_space_insert(&s, FLAME_SPACE_EMPTY, map(0x1000, 0x3000, 0, 1));
    uint32_t plain = space = flame_space_insert_on_top(&s, space, map(0x2000, 0x2800, 0, 2));
    space = flame_space_insert_on_top(&s, space, map(0x2400, 0x2500, 0, 3));
    space = flame_space_insert_beneath(&s, space, map(0, 0x4000, 0, 4));
    assert_int_equal(flame_space_find(&s, space, 0x1fff)->dso, 4);
    assert_int_equal(flame_space_find(&s, space, 0x2000)->dso, 2);
    assert_int_equal(flame_space_find(&s, space, 0x2400)->dso, 3);
    assert_int_equal(flame_space_find(&s, space, 0x2500)->dso, 2);
    assert_int_equal(flame_space_find(&s, space, 0x2800)->dso, 4);
    assert_int_equal(flame_space_find(&s, plain, 0x2400)->dso, 2);
    uint32_t cut = flame_space_insert(&s, space, map(0x2080, 0x2480, 0, 5));
    assert_int_equal(flame_space_find(&s, cut, 0x207f)->dso, 2);
    assert_int_equal(flame_space_find(&s, cut, 0x2080)->dso, 5);
    assert_int_equal(flame_space_find(&s, cut, 0x2480)->dso, 3);
    uint32_t gone = flame_space_remove(&s, space, 0x1800, 0x2480);
    assert_null(flame_space_find(&s, gone, 0x2080));
    assert_int_equal(flame_space_find(&s, gone, 0x2480)->dso, 3);
    assert_int_equal(flame_space_find(&s, flame_space_remove(&s, gone, 0, 0x3000), 0x3000)->dso, 4);
    assert_int_equal(flame_space_remove(&s, flame_space_remove(&s, gone, 0, 0x3000), 0, 0x9000), 0);
    assert_int_equal(flame_space_insert_on_top(&s, space, map(7, 7, 0, 9)), space);
    flame_spaces_deinit(&s);
}

static void an_empty_range_changes_nothing(void **state)
{
    (void)state;
    struct flame_spaces s;
    assert_true(flame_spaces_init(&s));
    uint32_t one = flame_space_insert(&s, FLAME_SPACE_EMPTY, map(10, 20, 0, 1));
    assert_int_equal(flame_space_insert(&s, one, map(15, 15, 0, 2)), one);
    assert_int_equal(flame_space_insert(&s, one, map(15, 12, 0, 2)), one);
    flame_spaces_deinit(&s);
}

static void the_last_byte_of_memory_can_be_mapped(void **state)
{
    (void)state;
    struct flame_spaces s;
    assert_true(flame_spaces_init(&s));
    uint32_t one =
        flame_space_insert(&s, FLAME_SPACE_EMPTY, map(UINT64_MAX - 10, UINT64_MAX, 0, 7));
    assert_int_equal(flame_space_find(&s, one, UINT64_MAX - 1)->dso, 7);
    flame_spaces_deinit(&s);
}

static uint32_t random_below(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % n;
}

/* Every version stays what it was when it was made, through thousands of random changes. */
static void versions_agree_with_a_page_table(void **state)
{
    (void)state;
    static uint32_t kept_pages[KEPT][PAGES];
    uint32_t kept[KEPT], pages[PAGES] = { 0 }, seed = 1, space = FLAME_SPACE_EMPTY;
    struct flame_spaces s;
    assert_true(flame_spaces_init(&s));
    for (uint32_t step = 0; step < STEPS; step++) {
        uint32_t start = random_below(&seed, PAGES), dso = step + 1;
        uint32_t end = start + 1 + random_below(&seed, PAGES - start);
        if (random_below(&seed, 4) == 0) {
            space = flame_space_remove(&s, space, start, end);
            dso = 0;
        } else {
            space = flame_space_insert(&s, space, map(start, end, start, dso));
        }
        assert_int_not_equal(space, FLAME_SPACE_NONE);
        for (uint32_t i = start; i < end; i++)
            pages[i] = dso;
        kept[step % KEPT] = space;
        memcpy(kept_pages[step % KEPT], pages, sizeof pages);
        uint32_t back = random_below(&seed, step < KEPT ? step + 1 : KEPT);
        for (uint32_t i = 0; i < PAGES; i++) {
            const struct flame_map *found = flame_space_find(&s, kept[back], i);
            assert_int_equal(found ? found->dso : 0, kept_pages[back][i]);
            if (found) /* offsets follow the page, however often the map was cut */
                assert_int_equal(i - found->start + found->pgoff, i);
        }
    }
    flame_spaces_deinit(&s);
}

/* The pages of both layers of one version. */
struct model {
    uint32_t space, beneath[PAGES], on_top[PAGES];
};

static void fill(uint32_t *pages, uint32_t start, uint32_t end, uint32_t dso)
{
    for (uint32_t i = start; i < end; i++)
        pages[i] = dso;
}

static void change(struct flame_spaces *s, struct model *m, uint32_t *seed, uint32_t dso)
{
    uint32_t start = random_below(seed, PAGES), kind = random_below(seed, 20);
    uint32_t end = start + 1 + random_below(seed, PAGES - start);
    struct flame_map made = map(start, end, start, dso);
    if (kind == 0) {
        m->space = flame_space_insert(s, m->space, made);
        fill(m->beneath, start, end, dso);
        fill(m->on_top, start, end, 0);
    } else if (kind == 1) {
        m->space = flame_space_remove(s, m->space, start, end);
        fill(m->beneath, start, end, 0);
        fill(m->on_top, start, end, 0);
    } else if (kind == 2) {
        m->space = flame_space_insert_beneath(s, m->space, made);
        fill(m->beneath, start, end, dso);
    } else {
        made.end = start + 1 + random_below(seed, end - start < 4 ? end - start : 4);
        m->space = flame_space_insert_on_top(s, m->space, made);
        fill(m->on_top, start, (uint32_t)made.end, dso);
    }
    assert_int_not_equal(m->space, FLAME_SPACE_NONE);
}

static void check_model(const struct flame_spaces *s, const struct model *m)
{
    for (uint32_t i = 0; i < PAGES; i++) {
        const struct flame_map *found = flame_space_find(s, m->space, i);
        assert_int_equal(found ? found->dso : 0, m->on_top[i] ? m->on_top[i] : m->beneath[i]);
        if (found)
            assert_int_equal(i - found->start + found->pgoff, i);
    }
}

/* Several processes change in turn, each begins as a copy of another, and all versions stay. */
static void versions_of_two_layers_agree_with_page_tables(void **state)
{
    (void)state;
    static struct model kept[KEPT], processes[4];
    uint32_t seed = 7;
    struct flame_spaces s;
    assert_true(flame_spaces_init(&s));
    for (uint32_t step = 0; step < 4 * STEPS; step++) {
        struct model *m = &processes[step / 25 % 4];
        if (random_below(&seed, 100) == 0)
            *m = processes[random_below(&seed, 4)];
        change(&s, m, &seed, step + 1);
        kept[step % KEPT] = *m;
        check_model(&s, m);
        check_model(&s, &kept[random_below(&seed, step < KEPT ? step + 1 : KEPT)]);
    }
    flame_spaces_deinit(&s);
}

/* Of code that is noted one by one there may be millions. */
static void what_is_on_top_takes_little_memory(void **state)
{
    (void)state;
    enum { CODES = 100000 };
    struct flame_spaces s;
    assert_true(flame_spaces_init(&s));
    uint32_t space = flame_space_insert(&s, FLAME_SPACE_EMPTY, map(0, CODES * 4, 0, 1));
    for (uint32_t i = 0; i < CODES; i++)
        space = flame_space_insert_on_top(&s, space, map(i * 4, i * 4 + 4, 0, i));
    assert_true(s.nodes.count < CODES * 4);
    assert_true(s.maps.count < CODES + 10);
    for (uint32_t i = 0; i < CODES; i += 777)
        assert_int_equal(flame_space_find(&s, space, i * 4 + 3)->dso, i);
    size_t before = s.nodes.count;
    for (uint32_t i = 0; i < CODES; i++) /* in no order, anew */
        space = flame_space_insert_on_top(
            &s, space,
            map(i * UINT64_C(7919) % CODES * 4, i * UINT64_C(7919) % CODES * 4 + 4, 0, i));
    assert_true(s.nodes.count - before < CODES * 32);
    assert_true(s.maps.count < 2 * CODES + 10);
    flame_spaces_deinit(&s);
}

/* A million maps in order must not make a list of the tree. */
static void maps_in_order_stay_balanced(void **state)
{
    (void)state;
    struct flame_spaces s;
    assert_true(flame_spaces_init(&s));
    uint32_t space = FLAME_SPACE_EMPTY;
    for (uint32_t i = 0; i < 100000; i++)
        space = flame_space_insert(&s, space, map(i * 16ull, i * 16ull + 16, 0, i));
    assert_true(s.nodes.count < 100000ull * 60);
    for (uint32_t i = 0; i < 100000; i += 777)
        assert_int_equal(flame_space_find(&s, space, i * 16ull + 3)->dso, i);
    flame_spaces_deinit(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(later_map_cuts_a_hole_and_the_tail_keeps_its_file_offset),
        cmocka_unit_test(a_map_that_covers_others_replaces_them),
        cmocka_unit_test(the_layer_on_top_covers_what_is_mapped_beneath_later),
        cmocka_unit_test(an_empty_range_changes_nothing),
        cmocka_unit_test(the_last_byte_of_memory_can_be_mapped),
        cmocka_unit_test(versions_agree_with_a_page_table),
        cmocka_unit_test(versions_of_two_layers_agree_with_page_tables),
        cmocka_unit_test(what_is_on_top_takes_little_memory),
        cmocka_unit_test(maps_in_order_stay_balanced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
