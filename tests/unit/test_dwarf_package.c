/* test_dwarf_package.c: units cut out of hand-made packages (.dwp). */
#include "dwarf_package.h"
#include "dwarf_program.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FIRST UINT64_C(0x100000002)  /* begins at slot 2 of 4 */
#define SECOND UINT64_C(0x300000006) /* there, too; the next one it tries is 1 */
#define NOBODY UINT64_C(0x500000006)

struct scene {
    struct bytes index;
    struct flame_package package;
};

/* .debug_cu_index of two units, each of which has two bytes of each section. In version 2, column 8
 * is another section than in 5. */
static void begin(struct scene *s, unsigned version, bool big)
{
    static const uint32_t columns[] = { 8, 6, 1, 3 };
    static const uint64_t slots[] = { 0, SECOND, FIRST, 0 };
    static const uint32_t rows[] = { 0, 2, 1, 0 };
    *s = (struct scene){ .index = { .big = big } };
    put(&s->index, version, version == 5 ? 2 : 4);
    put(&s->index, 0, version == 5 ? 2 : 0);
    put(&s->index, 4, 4);
    put(&s->index, 2, 4);
    put(&s->index, 4, 4);
    for (int i = 0; i < 4; i++)
        put(&s->index, slots[i], 8);
    for (int i = 0; i < 4; i++)
        put(&s->index, rows[i], 4);
    for (int i = 0; i < 4; i++)
        put(&s->index, columns[i], 4);
    for (uint32_t i = 0; i < 8; i++)
        put(&s->index, i / 4 * 2, 4); /* offsets */
    for (int i = 0; i < 8; i++)
        put(&s->index, 2, 4); /* sizes */
}

static enum flame_status open_package(struct scene *s)
{
    static const char *const texts[][2] = {
        { ".debug_info.dwo", "iIjJ" },        { ".debug_abbrev.dwo", "aAbB" },
        { ".debug_str_offsets.dwo", "oOpP" }, { ".debug_rnglists.dwo", "rRsS" },
        { ".debug_str.dwo", "text" },
    };
    struct image_options options = { .wide = true, .big_endian = s->index.big, .type = ET_REL };
    struct elf_builder *b = image_new(options);
    for (size_t i = 0; i < 5; i++)
        image_section(
            b, &(struct image_section){
                   .name = texts[i][0], .type = SHT_PROGBITS, .size = 4, .bytes = texts[i][1] });
    image_section(b, &(struct image_section){ .name = ".debug_cu_index",
                                              .type = SHT_PROGBITS,
                                              .size = s->index.size,
                                              .bytes = s->index.at });
    struct flame_bytes file = image_finish(b);
    char path[] = "/tmp/flame-package-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, file.ptr, file.size), file.size);
    close(fd);
    enum flame_status status = flame_package_open(&s->package, NULL, path);
    unlink(path);
    image_free(b);
    return status;
}

/* The unit's sections that libdw is given, as NAME=TEXT. */
static void describe(struct scene *s, uint64_t id, char *out, size_t size)
{
    Elf *unit = flame_package_unit(&s->package, id);
    size_t at = 0, names = 0;
    out[0] = 0;
    if (!unit)
        return;
    assert_int_equal(elf_getshdrstrndx(unit, &names), 0);
    for (Elf_Scn *scn = elf_nextscn(unit, NULL); scn; scn = elf_nextscn(unit, scn)) {
        GElf_Shdr header;
        Elf_Data *data = elf_rawdata(scn, NULL);
        assert_non_null(gelf_getshdr(scn, &header));
        if (header.sh_type == SHT_STRTAB || !data->d_size)
            continue;
        assert_ptr_equal(elf_getdata(scn, NULL)->d_buf, data->d_buf);
        at += (size_t)snprintf(out + at, size - at, "%s%s=%.*s", at ? " " : "",
                               elf_strptr(unit, names, header.sh_name) + 7, (int)data->d_size,
                               (const char *)data->d_buf);
        assert_true(at < size);
    }
    elf_end(unit);
}

static void assert_unit(struct scene *s, uint64_t id, const char *want)
{
    char got[256];
    describe(s, id, got, sizeof got);
    assert_string_equal(got, want);
}

TEST(a_unit_has_its_own_parts_and_all_strings)
{
    FOR_BOTH_ORDERS(big)
    {
        struct scene s;
        begin(&s, 5, big);
        assert_int_equal(open_package(&s), FLAME_OK);
        assert_non_null(s.package.source.elf.handle);
        assert_unit(&s, FIRST,
                    "info.dwo=iI abbrev.dwo=aA str_offsets.dwo=oO rnglists.dwo=rR str.dwo=text");
        assert_unit(&s, SECOND,
                    "info.dwo=jJ abbrev.dwo=bB str_offsets.dwo=pP rnglists.dwo=sS str.dwo=text");
        flame_package_close(&s.package);
        begin(&s, 2, big);
        assert_int_equal(open_package(&s), FLAME_OK);
        assert_unit(&s, SECOND, "info.dwo=jJ abbrev.dwo=bB str_offsets.dwo=pP str.dwo=text");
        flame_package_close(&s.package);
    }
}

TEST(an_id_that_is_not_in_the_index_has_no_unit)
{
    struct scene s;
    begin(&s, 5, false);
    assert_int_equal(open_package(&s), FLAME_OK);
    assert_unit(&s, NOBODY, "");
    flame_package_close(&s.package);
}

TEST(a_full_index_is_not_searched_for_ever)
{
    struct scene s;
    begin(&s, 5, false);
    for (size_t i = 0; i < 4; i++)
        s.index.at[48 + 4 * i] = 1; /* no slot is free */
    assert_int_equal(open_package(&s), FLAME_OK);
    assert_non_null(s.package.source.elf.handle);
    assert_unit(&s, NOBODY, "");
    flame_package_close(&s.package);
}

TEST(a_part_that_does_not_fit_its_section_is_empty)
{
    struct scene s;
    begin(&s, 5, false);
    s.index.at[80 + 8] = 3; /* the first unit's .debug_info begins one byte before the end */
    assert_int_equal(open_package(&s), FLAME_OK);
    assert_unit(&s, FIRST, "abbrev.dwo=aA str_offsets.dwo=oO rnglists.dwo=rR str.dwo=text");
    flame_package_close(&s.package);
}

TEST(what_is_no_package_is_not_opened)
{
    static const struct {
        size_t at;
        uint8_t value;
    } wrong[] = { { 0, 3 },       /* version */
                  { 4, 0 },       /* no columns */
                  { 7, 0xff },    /* too many of them */
                  { 11, 0xff },   /* too many units */
                  { 12, 3 },      /* slots that are no power of two */
                  { 15, 0x80 } }; /* too many of them */
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct scene s;
        begin(&s, 5, false);
        s.index.at[wrong[i].at] = wrong[i].value;
        assert_int_equal(open_package(&s), FLAME_OK);
        assert_null(s.package.source.elf.handle);
        flame_package_close(&s.package);
    }
}

TEST(an_index_that_is_wrong_anywhere_does_no_harm)
{
    char text[256];
    struct scene whole;
    begin(&whole, 5, false);
    for (size_t i = 0; i < whole.index.size; i++) {
        for (int way = 0; way < 3; way++) {
            struct scene s = whole;
            if (way == 0)
                s.index.size = i;
            else
                s.index.at[i] = way == 1 ? 0 : 0xff;
            assert_int_equal(open_package(&s), FLAME_OK);
            if (s.package.source.elf.handle) {
                describe(&s, FIRST, text, sizeof text);
                describe(&s, SECOND, text, sizeof text);
            }
            flame_package_close(&s.package);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_has_its_own_parts_and_all_strings),
        cmocka_unit_test(an_id_that_is_not_in_the_index_has_no_unit),
        cmocka_unit_test(a_full_index_is_not_searched_for_ever),
        cmocka_unit_test(a_part_that_does_not_fit_its_section_is_empty),
        cmocka_unit_test(what_is_no_package_is_not_opened),
        cmocka_unit_test(an_index_that_is_wrong_anywhere_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
