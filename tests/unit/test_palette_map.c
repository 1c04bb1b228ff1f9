/* test_palette_map.c: the file of colours that --cp reads and writes. */
#include "palette_map.h"

#include "folded_stacks.h"

#include <flamedata/render.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void expect_colour(const struct flame_palette_map *map, const char *name, uint8_t r,
                          uint8_t g, uint8_t b)
{
    struct flame_rgb colour, expected = { r, g, b };
    if (!flame_palette_map_find(map, flame_str_from(name), &colour))
        fail_msg("no colour for %s", name);
    assert_memory_equal(&colour, &expected, sizeof colour);
}

static void lines_are_names_and_colours(void **state)
{
    (void)state;
    struct flame_palette_map map;
    struct flame_rgb colour;
    assert_int_equal(flame_palette_map_make(&map,
                                            flame_str_from("main->rgb(1,2,3)\n"
                                                           "operator->->rgb(0, 255, 7)\r\n"
                                                           "\n"
                                                           "f->g->rgb(9,9,9)\n"
                                                           "main->rgb(4,5,6)\n"
                                                           "->rgb(8,8,8)"),
                                            NULL),
                     FLAME_OK);
    expect_colour(&map, "main", 4, 5, 6);
    expect_colour(&map, "operator->", 0, 255, 7);
    expect_colour(&map, "f->g", 9, 9, 9);
    expect_colour(&map, "", 8, 8, 8);
    assert_false(flame_palette_map_find(&map, flame_str_from("f"), &colour));
    flame_palette_map_free(&map);
}

static void no_text_is_no_colours(void **state)
{
    (void)state;
    struct flame_palette_map map;
    struct flame_rgb colour;
    assert_int_equal(flame_palette_map_make(&map, (struct flame_str){ 0 }, NULL), FLAME_OK);
    assert_false(flame_palette_map_find(&map, flame_str_from(""), &colour));
    flame_palette_map_free(&map);
}

static void what_is_no_line_is_named_by_its_number(void **state)
{
    (void)state;
    static const char *const bad[] = { "x",
                                       "x->",
                                       "x->red",
                                       "x->rgb(1,2)",
                                       "x->rgb(1,2,3",
                                       "x->rgb(1,2,3)y",
                                       "x->rgb(1,2,256)",
                                       "x->rgb(-1,2,3)",
                                       "x->rgb(1,2,3);fill:url(y)",
                                       "x->rgb(99999999999,2,3)",
                                       "x->rgb(,,)" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct flame_palette_map map;
        struct flame_error error = FLAME_ERROR_INIT;
        char text[80];
        snprintf(text, sizeof text, "a->rgb(1,2,3)\n%s\n", bad[i]);
        if (flame_palette_map_make(&map, flame_str_from(text), &error) != FLAME_CORRUPT)
            fail_msg("%s", bad[i]);
        assert_string_equal(error.text, "line 2 of the palette map is not NAME->rgb(R,G,B)");
        assert_int_equal(map.colours.count, 0);
    }
}

/* The map that drawing the stacks leaves behind; to be freed. */
static char *extended(const struct flame_stacks *stacks, const struct flame_look *look)
{
    struct flame_tree tree;
    struct flame_output *out = flame_output_memory();
    assert_int_equal(flame_tree_build(&tree, stacks, FLAME_TREE_CALLERS_FIRST, NULL), FLAME_OK);
    assert_int_equal(flame_palette_map_extend(&tree, look, out, NULL), FLAME_OK);
    struct flame_str bytes = flame_output_bytes(out);
    char *text = calloc(1, bytes.len + 1);
    assert_non_null(text);
    if (bytes.len)
        memcpy(text, bytes.ptr, bytes.len);
    assert_int_equal(flame_output_commit(out, NULL), FLAME_OK);
    flame_tree_free(&tree);
    return text;
}

/* inferno-flamegraph 0.12.8 --cp --hash writes these colours. */
static void new_names_get_the_palettes_colour_and_known_ones_keep_theirs(void **state)
{
    (void)state;
    struct folded f;
    struct flame_look look = { .colors = "hot",
                               .hash = true,
                               .palette_map = flame_str_from("zeta->rgb(1,2,3)\n"
                                                             "x->rgb(4,5,6)\n") };
    folded_make(&f, "sh;x;--;malloc 1\n", 1);
    char *text = extended(&f.stacks, &look);
    assert_non_null(strstr(text, "malloc->rgb(238,112,36)\nsh->rgb("));
    assert_non_null(strstr(text, ")\nx->rgb(4,5,6)\nzeta->rgb(1,2,3)\n"));
    assert_null(strstr(text, "--->"));
    /* Drawn once more, nothing changes. */
    struct flame_look again = { .colors = "io", .palette_map = flame_str_from(text) };
    char *second = extended(&f.stacks, &again);
    assert_string_equal(text, second);
    free(text);
    free(second);
}

static void names_with_line_ends_stay_out(void **state)
{
    (void)state;
    struct folded f;
    folded_make(&f, "sh;x 1\n", 1);
    f.frames[1].name = flame_str_from("x\ny->rgb(1,2,3)");
    char *text = extended(&f.stacks, &(struct flame_look){ 0 });
    assert_ptr_equal(strstr(text, "sh->rgb("), text);
    assert_null(strstr(text, "x"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_names_and_colours),
        cmocka_unit_test(no_text_is_no_colours),
        cmocka_unit_test(what_is_no_line_is_named_by_its_number),
        cmocka_unit_test(new_names_get_the_palettes_colour_and_known_ones_keep_theirs),
        cmocka_unit_test(names_with_line_ends_stay_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
