/* test_dwarf_file.c: which files libdw is given. */
#include "check.h"
#include "dwarf_file.h"
#include "elf_builder.h"

#include <string.h>

/* Whether a file is opened in which name says that it is so large, unpacked. */
static bool opens_within(const char *name, uint64_t unpacked, bool lines,
                         const struct flame_limits *limits)
{
    struct image_options options = { .wide = true, .type = ET_EXEC };
    struct elf_builder *b = image_new(options);
    uint8_t bytes[32] = "ZLIB";
    struct image_section section = { .name = name, .type = SHT_PROGBITS, .bytes = bytes };
    struct flame_dwarf_file file;
    image_section(b, &(struct image_section){
                         .name = ".debug_abbrev", .type = SHT_PROGBITS, .size = 1, .bytes = "" });
    image_section(b, &(struct image_section){
                         .name = ".debug_info", .type = SHT_PROGBITS, .size = 1, .bytes = "" });
    if (strncmp(name, ".zdebug", 7) == 0) {
        for (int i = 0; i < 8; i++)
            bytes[4 + i] = (uint8_t)(unpacked >> 8 * (7 - i));
        section.size = 12;
    } else {
        image_word(b, bytes, ELFCOMPRESS_ZLIB, 8);
        image_word(b, bytes + 8, unpacked, 8);
        image_word(b, bytes + 16, 1, 8);
        section.size = sizeof bytes;
        section.flags = SHF_COMPRESSED;
    }
    image_section(b, &section);
    struct flame_bytes image = image_finish(b);
    assert_int_equal(flame_dwarf_file_open(&file, image.ptr, image.size, lines, limits), FLAME_OK);
    bool opened = file.handle;
    flame_dwarf_file_close(&file);
    image_free(b);
    return opened;
}

static bool opens(const char *name, uint64_t unpacked, bool lines)
{
    return opens_within(name, unpacked, lines, NULL);
}

TEST(a_file_that_would_become_out_of_all_proportion_is_not_unpacked)
{
    assert_true(opens(".debug_str", 1 << 20, true));
    assert_false(opens(".debug_str", 96 << 20, true));
    assert_false(opens(".debug_str", UINT64_MAX, true));
    assert_true(opens(".zdebug_str", 1 << 20, true));
    assert_false(opens(".zdebug_str", 96 << 20, true));
}

TEST(a_limit_that_was_set_holds_whatever_the_proportion)
{
    const struct flame_limits low = { .debuginfo = 1 << 20 }, high = { .debuginfo = 128 << 20 };
    assert_true(opens_within(".debug_str", 1 << 20, true, &low));
    assert_false(opens_within(".debug_str", (1 << 20) + 1, true, &low));
    assert_true(opens_within(".debug_str", 96 << 20, true, &high));
}

TEST(what_nobody_reads_is_not_unpacked_and_does_not_count)
{
    assert_true(opens(".debug_frame", 96 << 20, true));
    assert_true(opens(".debug_line", 96 << 20, false));
    assert_false(opens(".debug_line", 96 << 20, true));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_would_become_out_of_all_proportion_is_not_unpacked),
        cmocka_unit_test(a_limit_that_was_set_holds_whatever_the_proportion),
        cmocka_unit_test(what_nobody_reads_is_not_unpacked_and_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
