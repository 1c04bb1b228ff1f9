/* test_label.c: names in little room, by the list that the script's names.js is held to, too. */
#include "label.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Every character is as wide as any other: a width is a number of them. */
static const struct flame_font even = { .size_px = 10, .share = 0.5 };

static struct flame_str label(const char *name, double characters, char out[FLAME_LABEL])
{
    return flame_label(flame_str_from(name), 5 * characters + 0.01, &even, out);
}

static void the_shared_list_of_labels_holds(void **state)
{
    (void)state;
    char line[1024], out[FLAME_LABEL];
    FILE *file = fopen(FLAME_CORPUS "/../tests/render/labels.txt", "r");
    assert_non_null(file);
    unsigned count = 0;
    for (unsigned number = 1; fgets(line, sizeof line, file); number++) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] == '#')
            continue;
        char *name = strchr(line, '\t'), *wanted = name ? strchr(name + 1, '\t') : NULL;
        assert_non_null(wanted);
        *name++ = *wanted++ = 0;
        struct flame_str got = label(name, atoi(line), out);
        if (!flame_str_is(got, wanted))
            fail_msg("labels.txt:%u: \"%.*s\", not \"%s\"", number, (int)got.len, got.ptr, wanted);
        count++;
    }
    fclose(file);
    assert_true(count > 40);
}

static size_t characters(struct flame_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((uint8_t)s.ptr[i] & 0xc0) != 0x80;
    return n;
}

/* Brackets that close nothing, operators, signs at either end: whatever a name is made of, its
 * label is no wider than there is room for, and more room never makes it shorter than two "…". */
static void no_label_is_wider_than_its_room(void **state)
{
    (void)state;
    static const char *const pieces[] = { "<",    ">", "(", ")",  "[",  "]", "{", "}",
                                          "::",   ":", "/", "->", " ",  "a", "B", "operator",
                                          "\xff", ",", "…", "é",  "<<", "f" };
    enum { PIECES = sizeof pieces / sizeof *pieces, NAMES = 3000, PARTS = 24 };
    uint32_t seed = 1;
    char out[FLAME_LABEL], name[PARTS * 9];
    for (unsigned i = 0; i < NAMES; i++) {
        name[0] = 0;
        for (unsigned k = 0; k < PARTS; k++) {
            seed = seed * 1664525 + 1013904223;
            strcat(name, pieces[(seed >> 16) % PIECES]);
        }
        for (unsigned width = 0; width < 60; width++) {
            struct flame_str got = label(name, width, out);
            double used = flame_text_width(got, &even);
            if (used > 5 * width + 0.01)
                fail_msg("%u: %.*s of %s", width, (int)got.len, got.ptr, name);
        }
        assert_true(flame_str_is(label(name, 500, out), name));
    }
}

static void a_long_name_is_cut_without_its_whole_being_copied(void **state)
{
    (void)state;
    enum { LONG = 64 << 10 };
    static char name[LONG + 1];
    char out[FLAME_LABEL];
    memset(name, 'x', LONG);
    struct flame_str got = label(name, 10, out);
    assert_true(flame_str_is(got, "xxxxxxxxx…"));
    memcpy(name, "f<", 2);
    memcpy(name + LONG - 4, ">::g", 4);
    got = label(name, 6, out);
    assert_true(flame_str_is(got, "…::g"));
    memset(name, '<', LONG);
    assert_int_equal(characters(label(name, 10, out)), 10);
    for (unsigned i = 0; i + 2 < LONG; i += 3)
        memcpy(name + i, "a::", 3);
    assert_true(characters(label(name, 100, out)) <= 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shared_list_of_labels_holds),
        cmocka_unit_test(no_label_is_wider_than_its_room),
        cmocka_unit_test(a_long_name_is_cut_without_its_whole_being_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
