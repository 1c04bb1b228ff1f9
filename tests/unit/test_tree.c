/* test_tree.c: what stacks become when they are merged. */
#include "folded_stacks.h"

#include <flamedata/tree.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* The tree as text: one line per node, indented by depth, "name total/self (samples/self)". */
static void write_tree(const struct flame_tree *tree, char *out, size_t cap)
{
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < tree->node_count; i++) {
        const struct flame_node *n = &tree->nodes[i];
        struct flame_str name = n->frame == FLAME_TREE_NONE ? flame_str_from("all")
                                                            : tree->stacks->frames[n->frame].name;
        used += (size_t)snprintf(out + used, cap - used, "%*s%.*s %llu/%llu\n", (int)n->depth, "",
                                 (int)name.len, name.ptr, (unsigned long long)n->total,
                                 (unsigned long long)n->self);
        assert_true(used < cap);
    }
}

/* What the header promises of every tree; siblings are sorted but in the order of time. */
static void check_shape(const struct flame_tree *tree, bool sorted)
{
    uint32_t deepest = 0;
    assert_int_equal(tree->nodes[0].frame, FLAME_TREE_NONE);
    assert_int_equal(tree->nodes[0].subtree, tree->node_count);
    for (uint32_t i = 0; i < tree->node_count; i++) {
        const struct flame_node *n = &tree->nodes[i];
        uint64_t children = 0, samples = 0;
        uint32_t before = 0;
        for (uint32_t k = i + 1; k < i + n->subtree; k += tree->nodes[k].subtree) {
            assert_int_equal(tree->nodes[k].parent, i);
            assert_int_equal(tree->nodes[k].depth, n->depth + 1);
            assert_true(!sorted || k == i + 1 || tree->nodes[k].frame > before);
            before = tree->nodes[k].frame;
            children += tree->nodes[k].total;
            samples += tree->nodes[k].total_samples;
        }
        assert_int_equal(n->total, n->self + children);
        assert_int_equal(n->total_samples, n->self_samples + samples);
        deepest = n->depth > deepest ? n->depth : deepest;
    }
    assert_int_equal(tree->max_depth, deepest);
}

static void check_invariants(const struct flame_tree *tree)
{
    check_shape(tree, true);
}

static void expect_tree(const char *folded, enum flame_tree_order order, const char *expected)
{
    struct folded f;
    struct flame_tree tree;
    char text[2000];
    assert_int_equal(flame_tree_build(&tree, folded_make(&f, folded, 1), order, NULL), FLAME_OK);
    check_shape(&tree, order != FLAME_TREE_IN_ORDER);
    write_tree(&tree, text, sizeof text);
    assert_string_equal(text, expected);
    flame_tree_free(&tree);
}

static void stacks_share_their_common_callers(void **state)
{
    (void)state;
    expect_tree("sh;main;f;g 3\nsh;main;f 2\nsh;main;h 1\n", FLAME_TREE_CALLERS_FIRST,
                "all 6/0\n sh 6/0\n  main 6/0\n   f 5/2\n    g 3/3\n   h 1/1\n");
}

static void siblings_are_in_order_of_name_whatever_the_order_of_stacks(void **state)
{
    (void)state;
    const char *expected = "all 6/0\n p 6/0\n  a 1/0\n   z 1/1\n  ab 2/0\n   c 2/2\n  b 3/3\n";
    expect_tree("p;b 3\np;ab;c 2\np;a;z 1\n", FLAME_TREE_CALLERS_FIRST, expected);
    expect_tree("p;a;z 1\np;ab;c 2\np;b 3\n", FLAME_TREE_CALLERS_FIRST, expected);
    expect_tree("p;ab;c 2\np;b 3\np;a;z 1\n", FLAME_TREE_CALLERS_FIRST, expected);
}

static void leaf_first_turns_the_whole_stack_with_its_process(void **state)
{
    (void)state;
    expect_tree("sh;main;f 3\nls;main;f 2\nsh;f 1\n", FLAME_TREE_LEAF_FIRST,
                "all 6/0\n f 6/0\n  main 5/0\n   ls 2/2\n   sh 3/3\n  sh 1/1\n");
}

static void recursion_is_a_chain(void **state)
{
    (void)state;
    expect_tree("p;f;f;f 1\np;f 2\np;f;f;f;f;f 4\n", FLAME_TREE_CALLERS_FIRST,
                "all 7/0\n p 7/0\n  f 7/2\n   f 5/0\n    f 5/1\n     f 4/0\n      f 4/4\n");
}

static void in_order_only_neighbours_are_merged(void **state)
{
    (void)state;
    expect_tree(
        "p;b;x 1\np;b;x 2\np;a 3\np;b;x 4\nq;b 5\n", FLAME_TREE_IN_ORDER,
        "all 15/0\n p 10/0\n  b 3/0\n   x 3/3\n  a 3/3\n  b 4/0\n   x 4/4\n q 5/0\n  b 5/5\n");
}

/* Own weight is drawn before the children. */
static void in_order_what_goes_on_alone_behind_a_call_is_a_second_box(void **state)
{
    (void)state;
    expect_tree("p;f 1\np;f;g 2\np;f 3\np;f 4\np;f;g 5\n", FLAME_TREE_IN_ORDER,
                "all 15/0\n p 15/0\n  f 3/1\n   g 2/2\n  f 12/7\n   g 5/5\n");
    expect_tree("p;f;g;h 2\np 3\n", FLAME_TREE_IN_ORDER,
                "all 5/0\n p 2/0\n  f 2/0\n   g 2/0\n    h 2/2\n p 3/3\n");
    /* Nothing keeps calls of one function apart, as tools write it. */
    expect_tree("p;f 2\np 0\np;f 3\n", FLAME_TREE_IN_ORDER, "all 5/0\n p 5/0\n  f 2/2\n  f 3/3\n");
}

static void every_stack_knows_its_node(void **state)
{
    (void)state;
    static const char folded[] = "p;b 3\np;a;z 1\np 2\np;a 4\np;b;c 5\n";
    for (enum flame_tree_order order = 0; order <= FLAME_TREE_IN_ORDER; order++) {
        struct folded f;
        struct flame_tree tree;
        const struct flame_stacks *stacks = folded_make(&f, folded, 1);
        assert_int_equal(flame_tree_build(&tree, stacks, order, NULL), FLAME_OK);
        for (size_t i = 0; i < stacks->stack_count; i++) {
            const struct flame_stack *stack = &stacks->stacks[i];
            const struct flame_node *end = &tree.nodes[tree.ends[i]];
            assert_int_equal(end->depth, stack->depth);
            assert_int_equal(end->self, stack->weight);
            for (uint32_t d = 0; d < stack->depth; d++) {
                uint32_t at = order == FLAME_TREE_LEAF_FIRST ? d : stack->depth - 1 - d;
                assert_int_equal(end->frame, stacks->ids[stack->first + at]);
                end = &tree.nodes[end->parent];
            }
        }
        flame_tree_free(&tree);
    }
}

static void deltas_are_of_the_stacks_that_end_at_a_node(void **state)
{
    (void)state;
    struct folded f;
    struct flame_tree tree;
    folded_make(&f, "p;b 8\np;a 2\np;b 1\np 3\n", 1);
    static const uint64_t before[] = { 5, 10, 1, UINT64_MAX };
    f.stacks.before = before;
    assert_int_equal(flame_tree_build(&tree, &f.stacks, FLAME_TREE_CALLERS_FIRST, NULL), FLAME_OK);
    assert_int_equal(tree.node_count, 4);
    assert_int_equal(tree.deltas[0], 0);
    assert_true(tree.deltas[1] < -1000000); /* as far as 64 bits go */
    assert_int_equal(tree.deltas[2], -8);
    assert_int_equal(tree.deltas[3], 3);
    flame_tree_free(&tree);
    f.stacks.before = NULL;
    assert_int_equal(flame_tree_build(&tree, &f.stacks, FLAME_TREE_CALLERS_FIRST, NULL), FLAME_OK);
    assert_null(tree.deltas);
    flame_tree_free(&tree);
}

static void stacks_are_cut_at_the_innermost_frame_of_a_name(void **state)
{
    (void)state;
    struct folded f;
    struct flame_tree tree;
    char text[500];
    static const uint64_t before[] = { 1, 2, 3, 4, 5 };
    static const char *const names[] = { "b", "k" };
    folded_make(&f, "p;b;c 1\np;x 2\nb 3\np;b;b;d 4\np;k_[k];e 5\n", 1);
    f.stacks.before = before;
    struct flame_stacks *cut = flame_stacks_cut(&f.stacks, names, 2, NULL);
    assert_non_null(cut);
    assert_int_equal(cut->stack_count, 4);
    assert_int_equal(cut->total_weight, 13);
    assert_int_equal(cut->before[1], 3);
    assert_int_equal(flame_tree_build(&tree, cut, FLAME_TREE_CALLERS_FIRST, NULL), FLAME_OK);
    write_tree(&tree, text, sizeof text);
    assert_string_equal(text, "all 13/0\n b 8/3\n  c 1/1\n  d 4/4\n k_[k] 5/0\n  e 5/5\n");
    flame_tree_free(&tree);
    flame_stacks_cut_free(cut);
    static const char *const none[] = { "nothing" };
    cut = flame_stacks_cut(&f.stacks, none, 1, NULL);
    assert_non_null(cut);
    assert_int_equal(cut->stack_count, 0);
    flame_stacks_cut_free(cut);
}

static void equal_stacks_add_up(void **state)
{
    (void)state;
    expect_tree("p;a 1\np;a 2\np;a;b 3\np;a;b 4\np 5\np 6\n", FLAME_TREE_CALLERS_FIRST,
                "all 21/0\n p 21/11\n  a 10/3\n   b 7/7\n");
}

static void an_empty_stack_weighs_on_the_root(void **state)
{
    (void)state;
    struct flame_stack stack = { 0, 0, 7, 2 };
    struct flame_stacks stacks = { .stacks = &stack, .stack_count = 1 };
    struct flame_tree tree;
    assert_int_equal(flame_tree_build(&tree, &stacks, FLAME_TREE_CALLERS_FIRST, NULL), FLAME_OK);
    assert_int_equal(tree.node_count, 1);
    assert_int_equal(tree.nodes[0].self, 7);
    assert_int_equal(tree.nodes[0].total_samples, 2);
    flame_tree_free(&tree);
}

static void no_stacks_make_a_root_without_weight(void **state)
{
    (void)state;
    struct flame_stacks stacks = { 0 };
    struct flame_tree tree;
    assert_int_equal(flame_tree_build(&tree, &stacks, FLAME_TREE_LEAF_FIRST, NULL), FLAME_OK);
    assert_int_equal(tree.node_count, 1);
    assert_int_equal(tree.nodes[0].total, 0);
    flame_tree_free(&tree);
}

static void sums_saturate(void **state)
{
    (void)state;
    struct folded f;
    struct flame_tree tree;
    folded_make(&f, "p;a 1\np;b 1\n", 1);
    f.stack[0].weight = f.stack[1].weight = UINT64_MAX - 5;
    assert_int_equal(flame_tree_build(&tree, &f.stacks, FLAME_TREE_CALLERS_FIRST, NULL), FLAME_OK);
    assert_true(tree.nodes[0].total == UINT64_MAX);
    assert_true(tree.nodes[2].total == UINT64_MAX - 5);
    flame_tree_free(&tree);
}

enum { RANDOM_STACKS = 5000, RANDOM_DEPTH = 40, RANDOM_FRAMES = 7 };

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* Many stacks over few names, so that every shape of agreement occurs; the same ones in another
 * order must give the same nodes. */
static void many_random_stacks_keep_every_promise(void **state)
{
    (void)state;
    static uint32_t ids[RANDOM_STACKS * RANDOM_DEPTH];
    static struct flame_stack stack[RANDOM_STACKS];
    struct flame_frame frames[RANDOM_FRAMES] = { 0 };
    struct flame_stacks stacks = { frames, RANDOM_FRAMES, ids, 0, stack, RANDOM_STACKS,
                                   0,      { 0 },         0,   0, NULL };
    uint64_t seed = 1;
    for (size_t i = 0; i < RANDOM_STACKS; i++) {
        stack[i] =
            (struct flame_stack){ (uint32_t)stacks.id_count, next_random(&seed) % RANDOM_DEPTH,
                                  next_random(&seed) % 100, 1 };
        uint32_t names = i % 3 ? RANDOM_FRAMES : 2;
        for (uint32_t d = 0; d < stack[i].depth; d++)
            ids[stacks.id_count++] = i % 5 ? next_random(&seed) % names : d % names;
    }
    for (enum flame_tree_order order = 0; order <= FLAME_TREE_LEAF_FIRST; order++) {
        struct flame_tree one, other;
        assert_int_equal(flame_tree_build(&one, &stacks, order, NULL), FLAME_OK);
        check_invariants(&one);
        for (size_t i = RANDOM_STACKS - 1; i > 0; i--) {
            size_t k = next_random(&seed) % (i + 1);
            struct flame_stack swap = stack[i];
            stack[i] = stack[k];
            stack[k] = swap;
        }
        assert_int_equal(flame_tree_build(&other, &stacks, order, NULL), FLAME_OK);
        assert_int_equal(one.node_count, other.node_count);
        assert_memory_equal(one.nodes, other.nodes, one.node_count * sizeof *one.nodes);
        flame_tree_free(&one);
        flame_tree_free(&other);
    }
}

static void a_stack_of_a_million_frames_needs_no_call_stack(void **state)
{
    (void)state;
    enum { DEEP = 1000000 };
    uint32_t *ids = calloc(DEEP, sizeof *ids);
    struct flame_stack stack[] = { { 0, DEEP, 1, 1 }, { 1, DEEP - 1, 1, 1 } };
    struct flame_frame frame = { 0 };
    struct flame_stacks stacks = { &frame, 1, ids, DEEP, stack, 2, 0, { 0 }, 2, 2, NULL };
    struct flame_tree tree;
    assert_non_null(ids);
    assert_int_equal(flame_tree_build(&tree, &stacks, FLAME_TREE_CALLERS_FIRST, NULL), FLAME_OK);
    assert_int_equal(tree.max_depth, DEEP);
    assert_int_equal(tree.node_count, DEEP + 1);
    assert_int_equal(tree.nodes[DEEP - 1].total, 2);
    assert_int_equal(tree.nodes[DEEP].total, 1);
    flame_tree_free(&tree);
    free(ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stacks_share_their_common_callers),
        cmocka_unit_test(siblings_are_in_order_of_name_whatever_the_order_of_stacks),
        cmocka_unit_test(leaf_first_turns_the_whole_stack_with_its_process),
        cmocka_unit_test(recursion_is_a_chain),
        cmocka_unit_test(in_order_only_neighbours_are_merged),
        cmocka_unit_test(in_order_what_goes_on_alone_behind_a_call_is_a_second_box),
        cmocka_unit_test(every_stack_knows_its_node),
        cmocka_unit_test(deltas_are_of_the_stacks_that_end_at_a_node),
        cmocka_unit_test(stacks_are_cut_at_the_innermost_frame_of_a_name),
        cmocka_unit_test(equal_stacks_add_up),
        cmocka_unit_test(an_empty_stack_weighs_on_the_root),
        cmocka_unit_test(no_stacks_make_a_root_without_weight),
        cmocka_unit_test(sums_saturate),
        cmocka_unit_test(many_random_stacks_keep_every_promise),
        cmocka_unit_test(a_stack_of_a_million_frames_needs_no_call_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
