/* test_kallsyms.c: the kernel's symbol list, line by line. */
#include "check.h"
#include "kallsyms.h"

struct seen {
    struct flame_kallsyms_line lines[8];
    size_t count, limit;
};

static bool keep(void *user, const struct flame_kallsyms_line *line)
{
    struct seen *seen = user;
    seen->lines[seen->count++] = *line;
    return seen->count < seen->limit;
}

static size_t read_text(struct seen *seen, const char *text)
{
    *seen = (struct seen){ .limit = 8 };
    return flame_kallsyms_read(text, strlen(text), keep, seen);
}

TEST(lines_give_address_type_name_and_module)
{
    struct seen seen;
    size_t skipped = read_text(&seen, "ffffffff81000000 T _text\n"
                                      "FFFFFFFFC0001000 t nf_hook\t[nf_tables]\n"
                                      "0 W weak one");
    assert_int_equal(skipped, 0);
    assert_int_equal(seen.count, 3);
    assert_true(seen.lines[0].address == 0xffffffff81000000);
    assert_int_equal(seen.lines[0].type, 'T');
    assert_str(seen.lines[0].name, "_text");
    assert_int_equal(seen.lines[0].module.len, 0);
    assert_true(seen.lines[1].address == 0xffffffffc0001000);
    assert_str(seen.lines[1].name, "nf_hook");
    assert_str(seen.lines[1].module, "nf_tables");
    assert_str(seen.lines[2].name, "weak one");
}

TEST(lines_of_another_form_are_skipped_and_counted)
{
    struct seen seen;
    size_t skipped = read_text(&seen, "\n"
                                      "T _text\n"
                                      "1000\n"
                                      "1000 \n"
                                      "1000 T\n"
                                      "1000 T \n"
                                      "1000 TT x\n"
                                      "11112222333344445 T too_long\n"
                                      "1000 T ok\n");
    assert_int_equal(skipped, 8);
    assert_int_equal(seen.count, 1);
    assert_str(seen.lines[0].name, "ok");
}

static bool keep_module(void *user, const struct flame_modules_line *line)
{
    struct flame_modules_line **next = user;
    *(*next)++ = *line;
    return true;
}

TEST(lines_of_modules_give_name_and_address)
{
    static const char text[] = "ext4 1130496 2 - Live 0xffffffffc0a01000 (OE)\n"
                               "jbd2 167936 1 ext4, Live 0x0000000000000000\n"
                               "short 1 2 - Live\n"
                               "x 1 2 - Live ffffffffc0a01000\n"
                               "x 1 2 - Live 0x\n"
                               "x 1 2 - Live 0x11112222333344445\n"
                               "\n"
                               "last 1 0 - Live 0x10";
    struct flame_modules_line lines[8], *next = lines;
    assert_int_equal(flame_modules_read(text, sizeof text - 1, keep_module, &next), 5);
    assert_int_equal(next - lines, 3);
    assert_str(lines[0].name, "ext4");
    assert_true(lines[0].address == 0xffffffffc0a01000);
    assert_str(lines[1].name, "jbd2");
    assert_true(lines[1].address == 0);
    assert_str(lines[2].name, "last");
    assert_true(lines[2].address == 0x10);
}

TEST(an_open_bracket_at_the_end_of_the_text_is_harmless)
{
    struct seen seen;
    read_text(&seen, "1 t a\t[");
    assert_int_equal(seen.lines[0].module.len, 0);
    read_text(&seen, "1 t a\t[mod");
    assert_str(seen.lines[0].module, "mod");
}

TEST(the_callback_may_stop)
{
    struct seen seen = { .limit = 1 };
    flame_kallsyms_read("1 t a\n2 t b\n", 12, keep, &seen);
    assert_int_equal(seen.count, 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_give_address_type_name_and_module),
        cmocka_unit_test(lines_of_another_form_are_skipped_and_counted),
        cmocka_unit_test(lines_of_modules_give_name_and_address),
        cmocka_unit_test(an_open_bracket_at_the_end_of_the_text_is_harmless),
        cmocka_unit_test(the_callback_may_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
