/* test_layout.c: where frames lie, and which are left out. */
#include "folded_stacks.h"
#include "layout.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void expect_box(const struct flame_layout *layout, const struct flame_tree *tree, size_t at,
                       const char *name, uint64_t start, uint64_t width)
{
    assert_true(at < layout->count);
    const struct flame_node *node = &tree->nodes[layout->boxes[at].node];
    if (name)
        assert_true(flame_str_is(tree->stacks->frames[node->frame].name, name));
    assert_int_equal(layout->boxes[at].start, start);
    assert_int_equal(layout->boxes[at].width, width);
}

static void own_weight_lies_left_of_the_children(void **state)
{
    (void)state;
    struct folded f;
    struct flame_tree tree;
    struct flame_layout layout;
    folded_make(&f, "p;a 4\np;a;x 3\np;a;y 2\np;b 1\n", 1);
    flame_tree_build(&tree, &f.stacks, FLAME_TREE_CALLERS_FIRST, NULL);
    assert_int_equal(flame_layout_make(&layout, &tree, 0, NULL), FLAME_OK);
    assert_int_equal(layout.count, 6);
    assert_int_equal(layout.whole, 10);
    assert_int_equal(layout.max_depth, 3);
    expect_box(&layout, &tree, 0, NULL, 0, 10);
    expect_box(&layout, &tree, 1, "p", 0, 10);
    expect_box(&layout, &tree, 2, "a", 0, 9);
    expect_box(&layout, &tree, 3, "x", 4, 3);
    expect_box(&layout, &tree, 4, "y", 7, 2);
    expect_box(&layout, &tree, 5, "b", 9, 1);
    flame_layout_free(&layout);
    flame_tree_free(&tree);
}

static void narrow_frames_leave_their_room_and_take_their_subtrees_along(void **state)
{
    (void)state;
    struct folded f;
    struct flame_tree tree;
    struct flame_layout layout;
    folded_make(&f, "p;a;deep;deeper 1\np;b 5\np;c;d 1\np;e 3\n", 1);
    flame_tree_build(&tree, &f.stacks, FLAME_TREE_CALLERS_FIRST, NULL);
    assert_int_equal(flame_layout_make(&layout, &tree, 2, NULL), FLAME_OK);
    assert_int_equal(layout.count, 4);
    assert_int_equal(layout.max_depth, 2);
    expect_box(&layout, &tree, 2, "b", 1, 5);
    expect_box(&layout, &tree, 3, "e", 7, 3);
    flame_layout_free(&layout);
    flame_tree_free(&tree);
}

static void a_frame_of_exactly_the_least_weight_is_kept(void **state)
{
    (void)state;
    struct folded f;
    struct flame_tree tree;
    struct flame_layout layout;
    folded_make(&f, "p;a 2\np;b 8\n", 1);
    flame_tree_build(&tree, &f.stacks, FLAME_TREE_CALLERS_FIRST, NULL);
    assert_int_equal(flame_layout_make(&layout, &tree, 2, NULL), FLAME_OK);
    assert_int_equal(layout.count, 4);
    flame_layout_free(&layout);
    assert_int_equal(flame_layout_make(&layout, &tree, 2.001, NULL), FLAME_OK);
    assert_int_equal(layout.count, 3);
    flame_layout_free(&layout);
    flame_tree_free(&tree);
}

static void weightless_frames_are_never_laid_out_and_a_weightless_tree_is_empty(void **state)
{
    (void)state;
    struct folded f;
    struct flame_tree tree;
    struct flame_layout layout;
    struct flame_error error = FLAME_ERROR_INIT;
    folded_make(&f, "p;a 0\np;b 8\n", 1);
    flame_tree_build(&tree, &f.stacks, FLAME_TREE_CALLERS_FIRST, NULL);
    assert_int_equal(flame_layout_make(&layout, &tree, 0, NULL), FLAME_OK);
    assert_int_equal(layout.count, 3);
    flame_layout_free(&layout);
    flame_tree_free(&tree);

    folded_make(&f, "p;a 0\n", 1);
    flame_tree_build(&tree, &f.stacks, FLAME_TREE_CALLERS_FIRST, NULL);
    assert_int_equal(flame_layout_make(&layout, &tree, 0, &error), FLAME_EMPTY);
    assert_null(layout.boxes);
    flame_tree_free(&tree);
}

static void saturated_weights_still_nest(void **state)
{
    (void)state;
    struct folded f;
    struct flame_tree tree;
    struct flame_layout layout;
    folded_make(&f, "p;a;x 1\np;b 1\np;c 1\n", 1);
    for (size_t i = 0; i < 3; i++)
        f.stack[i].weight = UINT64_MAX / 2 + 1;
    flame_tree_build(&tree, &f.stacks, FLAME_TREE_CALLERS_FIRST, NULL);
    assert_int_equal(flame_layout_make(&layout, &tree, 0, NULL), FLAME_OK);
    for (size_t i = 0; i < layout.count; i++)
        assert_true(layout.boxes[i].width <= layout.whole - layout.boxes[i].start);
    flame_layout_free(&layout);
    flame_tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_weight_lies_left_of_the_children),
        cmocka_unit_test(narrow_frames_leave_their_room_and_take_their_subtrees_along),
        cmocka_unit_test(a_frame_of_exactly_the_least_weight_is_kept),
        cmocka_unit_test(weightless_frames_are_never_laid_out_and_a_weightless_tree_is_empty),
        cmocka_unit_test(saturated_weights_still_nest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
