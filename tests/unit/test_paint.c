/* test_paint.c: which paint a frame or a node of a picture has, and what the legend says. */
#include "paint.h"

#include "folded_stacks.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct picture {
    struct folded folded;
    struct flame_tree tree;
    struct flame_style style;
    struct flame_paints paints;
};

/* before: what the stacks weighed before, or NULL. */
static void paint(struct picture *p, const char *text, const uint64_t *before,
                  const struct flame_look *look)
{
    folded_make(&p->folded, text, 1);
    p->folded.stacks.before = before;
    const struct flame_stacks *stacks = &p->folded.stacks;
    assert_int_equal(flame_tree_build(&p->tree, stacks, FLAME_TREE_CALLERS_FIRST, NULL), FLAME_OK);
    assert_int_equal(flame_style_make(&p->style, look, stacks, p->tree.nodes[0].total, NULL),
                     FLAME_OK);
    assert_int_equal(flame_paints_make(&p->paints, &p->style, &p->tree, NULL), FLAME_OK);
}

static void wipe(struct picture *p)
{
    flame_paints_free(&p->paints);
    flame_style_free(&p->style);
    flame_tree_free(&p->tree);
}

/* The first node of that name. */
static size_t node_of(const struct picture *p, const char *name)
{
    for (size_t i = 1; i < p->tree.node_count; i++)
        if (flame_str_is(p->folded.frames[p->tree.nodes[i].frame].name, name))
            return i;
    fail_msg("no node %s", name);
    return 0;
}

static struct flame_paint paint_of(const struct picture *p, const char *name)
{
    return p->paints.list[flame_paint_of(&p->paints, &p->tree, node_of(p, name))];
}

static void expect_paint(const struct picture *p, const char *name, struct flame_paint expected)
{
    struct flame_paint paint = paint_of(p, name);
    if (memcmp(&paint, &expected, sizeof paint) != 0)
        fail_msg("%s: %u,%u,%u", name, paint.light.r, paint.light.g, paint.light.b);
}

static void by_default_a_kind_has_few_paints_and_a_legend(void **state)
{
    (void)state;
    struct picture p;
    const struct flame_chance chance = { FLAME_VALUES_WHOLE, 0 };
    paint(&p, "sh;f;g_[k] 1\nsh;h;i_[j] 2\nsh;[x] 4\n", NULL, &(struct flame_look){ 0 });
    expect_paint(
        &p, "g_[k]",
        flame_kind_paint(FLAME_FRAME_KERNEL, flame_shade_of(flame_str_from("g"), &chance)));
    struct flame_paint root = flame_kind_paint(FLAME_KIND_ROOT, 0);
    assert_memory_equal(&p.paints.list[flame_paint_of(&p.paints, &p.tree, 0)], &root, sizeof root);
    static const char *const names[] = { "process", "user", "kernel", "JIT", "unknown" };
    static const uint64_t weights[] = { 0, 0, 1, 2, 4 };
    assert_int_equal(p.paints.key_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_true(flame_str_is(p.paints.keys[i].name, names[i]));
        assert_int_equal(p.paints.keys[i].weight, weights[i]);
    }
    wipe(&p);
}

static void objects_are_in_the_legend_the_heaviest_first(void **state)
{
    (void)state;
    struct picture p;
    folded_make(&p.folded, "sh;f;g;h 5\nsh;f;i 3\nsh;j 4\n", 1);
    struct flame_tree *tree = &p.tree;
    for (size_t i = 0; i < p.folded.stacks.frame_count; i++) {
        char first = p.folded.frames[i].name.ptr[0];
        p.folded.frames[i].object =
            flame_str_from(first == 'h' || first == 'i' ? "libc.so" : "app");
        if (first == 'j')
            p.folded.frames[i].object.len = 0;
    }
    assert_int_equal(flame_tree_build(tree, &p.folded.stacks, FLAME_TREE_CALLERS_FIRST, NULL),
                     FLAME_OK);
    struct flame_look look = { .colors = "dso" };
    flame_style_make(&p.style, &look, &p.folded.stacks, 12, NULL);
    assert_int_equal(flame_paints_make(&p.paints, &p.style, tree, NULL), FLAME_OK);
    assert_int_equal(p.paints.key_count, 3);
    assert_true(flame_str_is(p.paints.keys[0].name, "libc.so"));
    assert_int_equal(p.paints.keys[0].weight, 8);
    assert_true(flame_str_is(p.paints.keys[1].name, "unknown"));
    assert_true(flame_str_is(p.paints.keys[2].name, "app"));
    assert_int_equal(p.paints.keys[0].paint, flame_paint_of(&p.paints, tree, node_of(&p, "h")));
    wipe(&p);
}

static void equal_colours_are_one_paint(void **state)
{
    (void)state;
    struct picture p;
    struct flame_look look = { .colors = "hot",
                               .palette_map = flame_str_from("a->rgb(1,2,3)\nb->rgb(1,2,3)\n"
                                                             "c->rgb(3,2,1)\n") };
    paint(&p, "a;b;c 1\n", NULL, &look);
    assert_int_equal(p.paints.count, 3); /* and the root's */
    expect_paint(&p, "c", flame_paint_from((struct flame_rgb){ 3, 2, 1 }));
    assert_int_equal(p.paints.key_count, 0);
    wipe(&p);
}

static void differences_are_red_where_more_and_blue_where_less(void **state)
{
    (void)state;
    static const uint64_t before[] = { 10, 20, 5, 7 };
    struct picture p;
    paint(&p, "a;b 20\na;c 10\na;d 5\na;e 8\n", before, &(struct flame_look){ .colors = "io" });
    expect_paint(&p, "b", flame_change_paint(1));
    expect_paint(&p, "c", flame_change_paint(-1));
    expect_paint(&p, "d", flame_change_paint(0));
    expect_paint(&p, "e", flame_change_paint(3 / 32.0)); /* 1 of 10, on the ramp */
    expect_paint(&p, "a", flame_change_paint(0));        /* no stack ends there */
    assert_int_equal(p.paints.count, 2 * FLAME_RAMP_STEPS + 2);
    wipe(&p);
    paint(&p, "a;b 20\na;c 10\na;d 5\na;e 8\n", before, &(struct flame_look){ .negate = true });
    expect_paint(&p, "b", flame_change_paint(-1));
    expect_paint(&p, "c", flame_change_paint(1));
    wipe(&p);
}

static void with_diffusion_the_wider_is_the_redder(void **state)
{
    (void)state;
    struct picture p;
    paint(&p, "a;b 64\na;c 16\na;d 1\na;-;x 175\n", NULL,
          &(struct flame_look){ .diffusion = true });
    expect_paint(&p, "a", flame_change_paint(1));
    expect_paint(&p, "b", flame_change_paint(0.5)); /* a quarter of 256 */
    expect_paint(&p, "c", flame_change_paint(0.25));
    expect_paint(&p, "d", flame_change_paint(0.0625));
    expect_paint(&p, "-", flame_paint_from((struct flame_rgb){ 200, 200, 200 }));
    wipe(&p);
}

static void behind_a_separator_are_wakers(void **state)
{
    (void)state;
    struct picture p;
    const struct flame_chance chance = { FLAME_VALUES_WHOLE, 0 };
    paint(&p, "sh;wait;--;waker;both 1\nsh;zz;both 1\n", NULL,
          &(struct flame_look){ .colors = "chain" });
    const struct flame_palette *chain = flame_palette_find("chain");
    static const struct {
        const char *name;
        bool waker;
    } cases[] = { { "wait", false }, { "waker", true }, { "both", false }, { "zz", false } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct flame_frame frame = { flame_str_from(cases[i].name), FLAME_FRAME_USER, { 0 } };
        expect_paint(&p, cases[i].name,
                     flame_paint_from(flame_colour_of(chain, &frame, cases[i].waker, &chance)));
    }
    expect_paint(&p, "--", flame_paint_from((struct flame_rgb){ 160, 160, 160 }));
    wipe(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_default_a_kind_has_few_paints_and_a_legend),
        cmocka_unit_test(objects_are_in_the_legend_the_heaviest_first),
        cmocka_unit_test(equal_colours_are_one_paint),
        cmocka_unit_test(differences_are_red_where_more_and_blue_where_less),
        cmocka_unit_test(with_diffusion_the_wider_is_the_redder),
        cmocka_unit_test(behind_a_separator_are_wakers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
