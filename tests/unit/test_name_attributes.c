/* test_name_attributes.c: what --nameattr adds to a frame, and what it cannot. */
#include "name_attributes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct flame_attributes *read_all(const char *text)
{
    struct flame_attributes *attributes;
    assert_int_equal(flame_attributes_make(&attributes, flame_str_from(text), NULL), FLAME_OK);
    return attributes;
}

static void expect(struct flame_str value, const char *expected)
{
    if (!flame_str_is(value, expected))
        fail_msg("\"%.*s\" is not \"%s\"", (int)value.len, value.ptr, expected);
}

/* The attributes of a list as they are written. */
static void expect_written(const struct flame_attribute *list, size_t count, const char *expected)
{
    struct flame_output *out = flame_output_memory();
    flame_put_attributes(out, list, count);
    expect(flame_output_bytes(out), expected);
    flame_output_discard(out);
}

static void every_attribute_has_its_place(void **state)
{
    (void)state;
    struct flame_attributes *all =
        read_all("foo\ttitle=foo title\tclass=\"foo class\"\tid=i\tstyle=opacity:.5\t"
                 "g_extra=data-a=1 data-b=\"two words\"\thref=/foo?a=1&b=2\ttarget=_blank\t"
                 "a_extra=\"rel=\"help\" download=\"x\"\"\n"
                 "bar\thref=bar.html\n"
                 "bar\ttitle=later\ttitle=last\n"
                 "alone\n"
                 "\n");
    const struct flame_attribute_set *foo = flame_attributes_of(all, flame_str_from("foo"));
    expect(foo->title, "foo title");
    expect(foo->class_name, "foo class");
    expect(foo->id, "i");
    expect(foo->style, "opacity:.5");
    expect(foo->href, "/foo?a=1&b=2");
    expect(foo->target, "_blank");
    expect_written(foo->group, foo->group_count, " data-a=\"1\" data-b=\"two words\"");
    expect_written(foo->link, foo->link_count, " rel=\"help\" download=\"x\"");
    const struct flame_attribute_set *bar = flame_attributes_of(all, flame_str_from("bar"));
    expect(bar->title, "last");
    expect(bar->target, "_top"); /* as with others, where a link has none */
    assert_null(flame_attributes_of(all, flame_str_from("alone")));
    assert_null(flame_attributes_of(all, flame_str_from("fo")));
    assert_null(flame_attributes_of(NULL, flame_str_from("foo")));
    flame_attributes_free(all);
    assert_null(read_all("\n\n"));
}

static void a_name_is_found_with_its_mark_or_without(void **state)
{
    (void)state;
    struct flame_attributes *all = read_all("f\ttitle=plain\nf_[k]\ttitle=marked\ng\ttitle=g\n");
    expect(flame_attributes_of(all, flame_str_from("f_[k]"))->title, "marked");
    expect(flame_attributes_of(all, flame_str_from("f_[j]"))->title, "plain");
    expect(flame_attributes_of(all, flame_str_from("g_[k]"))->title, "g");
    flame_attributes_free(all);
}

static void links_that_run_programs_are_refused_by_line(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "javascript:alert(1)", "JavaScript:alert(1)",     " java\x01script:x",
        "vbscript:x",          "data:text/html,<script>", "x:y",
        "https\x01s:/"
    };
    static const char *const good[] = { "https://a.b/c:d", "HTTP://x",   "#frag:ment", "?a:b",
                                        "a/b:c",           "mailto:x@y", "file:///x",  "" };
    char text[120];
    struct flame_attributes *all;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct flame_error error = FLAME_ERROR_INIT;
        snprintf(text, sizeof text, "ok\thref=x\nf\thref=%s\n", bad[i]);
        if (flame_attributes_make(&all, flame_str_from(text), &error) != FLAME_USAGE || all)
            fail_msg("%s", bad[i]);
        static const char says[] = "line 2 of the name attributes: a link may be to http";
        assert_memory_equal(error.text, says, sizeof says - 1);
        snprintf(text, sizeof text, "f\ta_extra=xlink:href=\"%s\"\n", bad[i]);
        assert_int_equal(flame_attributes_make(&all, flame_str_from(text), NULL), FLAME_USAGE);
        snprintf(text, sizeof text, "f\tg_extra=href=\"%s\"\n", bad[i]);
        assert_int_equal(flame_attributes_make(&all, flame_str_from(text), NULL), FLAME_USAGE);
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        snprintf(text, sizeof text, "f\thref=%s\n", good[i]);
        if (flame_attributes_make(&all, flame_str_from(text), NULL) != FLAME_OK)
            fail_msg("%s", good[i]);
        flame_attributes_free(all);
    }
}

static void what_could_break_the_picture_is_left_out(void **state)
{
    (void)state;
    struct flame_attributes *all =
        read_all("f\tonclick=alert(1)\tunknown=x\tg_extra=onload=x ONmouseover=\"y\" role=img "
                 "id=columns aria-label=x a:b=c 1x=y a<b=c tabindex=0 lost ok=\"<&\"\n");
    const struct flame_attribute_set *set = flame_attributes_of(all, flame_str_from("f"));
    expect_written(set->group, set->group_count, " ok=\"&lt;&amp;\"");
    assert_int_equal(set->link_count, 0);
    expect(set->id, "");
    flame_attributes_free(all);
}

/* Whatever a file holds, reading it ends, and what is written is names and quoted values. */
static void random_bytes_are_read_to_their_end(void **state)
{
    (void)state;
    static const char spice[] = "\t\t\n=\"  fg_extra=a_href:<&>\0\xff";
    uint32_t seed = 5;
    for (int round = 0; round < 2000; round++) {
        char text[90];
        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = spice[(seed >> 8) % (sizeof spice - 1)];
        }
        memcpy(text, "f\tg_extra=", 10);
        struct flame_attributes *all;
        flame_attributes_make(&all, (struct flame_str){ text, sizeof text }, NULL);
        const struct flame_attribute_set *set = flame_attributes_of(all, flame_str_from("f"));
        for (size_t i = 0; set && i < set->group_count; i++)
            for (size_t k = 0; k < set->group[i].name.len; k++)
                assert_non_null(memchr("abcdefghijklmnopqrstuvwxyz_-.0123456789",
                                       set->group[i].name.ptr[k], 39));
        flame_attributes_free(all);
    }
}

static void scripts_get_the_same(void **state)
{
    (void)state;
    struct flame_attributes *all =
        read_all("f\ttitle=a\"b\thref=x\tg_extra=p=1 q=2\n</script>\tid=z\n");
    struct flame_output *out = flame_output_memory();
    flame_attributes_put_js(out, all);
    expect(flame_output_bytes(out),
           "{\"f\":{title:\"a\\u0022b\",href:\"x\",target:\"_top\",g:[[\"p\",\"1\"],[\"q\",\"2\"]],"
           "},\"\\u003c/script\\u003e\":{id:\"z\",}}");
    flame_output_discard(out);
    flame_attributes_free(all);
    out = flame_output_memory();
    flame_attributes_put_js(out, NULL);
    expect(flame_output_bytes(out), "{}");
    flame_output_discard(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_attribute_has_its_place),
        cmocka_unit_test(a_name_is_found_with_its_mark_or_without),
        cmocka_unit_test(links_that_run_programs_are_refused_by_line),
        cmocka_unit_test(what_could_break_the_picture_is_left_out),
        cmocka_unit_test(random_bytes_are_read_to_their_end),
        cmocka_unit_test(scripts_get_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
