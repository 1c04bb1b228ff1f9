/* test_dwarf_ranges.c: addresses and lists of ranges in all their forms. */
#include "dwarf_program.h"
#include "dwarf_ranges.h"

#include <dwarf.h>
#include <stdio.h>

/* A unit with low_pc TEXT + 0x100 and one entry in it, whose attributes a test says. */
struct scene {
    struct bytes abbrev, info, addr, lists;
    uint16_t version;
};

static void begin(struct scene *s, uint16_t version, bool big, const uint64_t *entry)
{
    static const uint64_t unit5[] = { DW_AT_low_pc,        DW_FORM_addr,       DW_AT_high_pc,
                                      DW_FORM_data4,       DW_AT_addr_base,    DW_FORM_sec_offset,
                                      DW_AT_rnglists_base, DW_FORM_sec_offset, 0 };
    static const uint64_t unit4[] = { DW_AT_low_pc,
                                      DW_FORM_addr,
                                      DW_AT_high_pc,
                                      DW_FORM_data4,
                                      DW_AT_GNU_addr_base,
                                      DW_FORM_sec_offset,
                                      0 };
    *s = (struct scene){ { .big = big }, { .big = big }, { .big = big }, { .big = big }, version };
    put_abbreviation(&s->abbrev, 1, DW_TAG_compile_unit, true, version == 5 ? unit5 : unit4);
    put_abbreviation(&s->abbrev, 2, DW_TAG_subprogram, false, entry);
    put(&s->abbrev, 0, 1);
    put(&s->info, 0, 4);
    put(&s->info, version, 2);
    if (version == 5)
        put(&s->info, DW_UT_compile, 1);
    put(&s->info, 8 * (version == 5), version == 5 ? 1 : 4);
    put(&s->info, version == 5 ? 0 : 8, version == 5 ? 4 : 1);
    put_uleb(&s->info, 1);
    put(&s->info, TEXT + 0x100, 8);
    put(&s->info, 0x800, 4);
    put(&s->info, 16, 4); /* address base */
    if (version == 5)
        put(&s->info, 12, 4); /* base of lists */
    put_uleb(&s->info, 2);
    put(&s->addr, 0, 8); /* header, or another unit's */
    put(&s->addr, 0, 8);
    for (uint64_t i = 0; i < 4; i++)
        put(&s->addr, TEXT + 0x200 + 0x100 * i, 8);
}

static void finish(struct dwarf_program *p, struct scene *s)
{
    struct named_bytes sections[] = { { ".debug_abbrev", &s->abbrev },
                                      { ".debug_info", &s->info },
                                      { ".debug_addr", &s->addr },
                                      { s->version == 5 ? ".debug_rnglists" : ".debug_ranges",
                                        &s->lists } };
    put(&s->info, 0, 1);
    put_length(&s->info, 0);
    dwarf_program_open(p, sections, 4, s->info.big);
    assert_non_null(p->dwarf);
}

/* The entry's ranges, as offsets from TEXT. */
static void assert_ranges(struct dwarf_program *p, const char *want)
{
    struct flame_dwarf_ranges ranges = { 0 };
    struct flame_dwarf_unit *unit = &p->dwarf->units.items[0];
    Dwarf_Die entry;
    char got[256] = "";
    assert_int_equal(dwarf_child(&unit->die, &entry), 0);
    assert_int_equal(flame_dwarf_die_ranges(p->dwarf, unit, &entry, &ranges), FLAME_OK);
    for (size_t i = 0; i < ranges.list.count; i++) {
        const struct flame_dwarf_range *r = &ranges.list.items[i];
        size_t at = strlen(got);
        snprintf(got + at, sizeof got - at, "%s%x-%x", i ? " " : "", (unsigned)(r->low - TEXT),
                 (unsigned)(r->high - TEXT));
    }
    assert_string_equal(got, want);
    flame_vec_free(&ranges.list);
}

/* Header of .debug_rnglists with one list in the table of offsets. */
static void begin_lists(struct scene *s)
{
    put(&s->lists, 0, 4);
    put(&s->lists, 5, 2);
    put(&s->lists, 8, 1);
    put(&s->lists, 0, 1);
    put(&s->lists, 1, 4);
    put(&s->lists, 4, 4);
}

TEST(an_address_is_read_in_every_form)
{
    static const struct {
        uint64_t form;
        size_t bytes;
        uint16_t version;
    } forms[] = { { DW_FORM_addrx, 1, 5 },  { DW_FORM_addrx1, 1, 5 },
                  { DW_FORM_addrx2, 2, 5 }, { DW_FORM_addrx3, 3, 5 },
                  { DW_FORM_addrx4, 4, 5 }, { DW_FORM_GNU_addr_index, 1, 4 } };
    FOR_BOTH_ORDERS(big)
    {
        for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
            const uint64_t both[] = { DW_AT_low_pc, forms[i].form, DW_AT_high_pc, forms[i].form,
                                      0 };
            const uint64_t size[] = { DW_AT_low_pc, forms[i].form, DW_AT_high_pc, DW_FORM_data2,
                                      0 };
            struct scene s;
            struct dwarf_program p;
            begin(&s, forms[i].version, big, both);
            put(&s.info, 1, forms[i].bytes);
            put(&s.info, 3, forms[i].bytes);
            finish(&p, &s);
            assert_ranges(&p, "300-500");
            dwarf_program_close(&p);
            begin(&s, forms[i].version, big, size);
            put(&s.info, 2, forms[i].bytes);
            put(&s.info, 0x1234, 2);
            finish(&p, &s);
            assert_ranges(&p, "400-1634");
            dwarf_program_close(&p);
            begin(&s, forms[i].version, big, both);
            put(&s.info, 0, forms[i].bytes);
            put(&s.info, 4, forms[i].bytes); /* not in the table */
            finish(&p, &s);
            assert_ranges(&p, "");
            dwarf_program_close(&p);
        }
    }
}

TEST(a_list_of_dwarf_5_is_read_with_all_kinds_of_entries)
{
    static const uint64_t forms[] = { DW_FORM_rnglistx, DW_FORM_sec_offset };
    FOR_BOTH_ORDERS(big)
    {
        for (size_t i = 0; i < 2; i++) {
            const uint64_t entry[] = { DW_AT_ranges, forms[i], 0 };
            struct scene s;
            struct dwarf_program p;
            begin(&s, 5, big, entry);
            put(&s.info, i ? 16 : 0, i ? 4 : 1); /* a place, or an index */
            begin_lists(&s);
            put(&s.lists, DW_RLE_offset_pair, 1); /* from the unit's low_pc */
            put_uleb(&s.lists, 0x10);
            put_uleb(&s.lists, 0x20);
            put(&s.lists, DW_RLE_startx_endx, 1);
            put_uleb(&s.lists, 0);
            put_uleb(&s.lists, 1);
            put(&s.lists, DW_RLE_startx_length, 1);
            put_uleb(&s.lists, 2);
            put_uleb(&s.lists, 0x90);
            put(&s.lists, DW_RLE_base_addressx, 1);
            put_uleb(&s.lists, 3);
            put(&s.lists, DW_RLE_offset_pair, 1);
            put_uleb(&s.lists, 0);
            put_uleb(&s.lists, 8);
            put(&s.lists, DW_RLE_base_address, 1);
            put(&s.lists, TEXT, 8);
            put(&s.lists, DW_RLE_offset_pair, 1);
            put_uleb(&s.lists, 1);
            put_uleb(&s.lists, 2);
            put(&s.lists, DW_RLE_start_end, 1);
            put(&s.lists, TEXT + 0x700, 8);
            put(&s.lists, TEXT + 0x710, 8);
            put(&s.lists, DW_RLE_start_length, 1);
            put(&s.lists, TEXT + 0x720, 8);
            put_uleb(&s.lists, 4);
            put(&s.lists, DW_RLE_end_of_list, 1);
            put(&s.lists, DW_RLE_start_length, 1); /* of the next list */
            put(&s.lists, TEXT, 8);
            put_uleb(&s.lists, 4);
            finish(&p, &s);
            assert_ranges(&p, "110-120 200-300 400-490 500-508 1-2 700-710 720-724");
            dwarf_program_close(&p);
        }
    }
}

TEST(a_list_of_dwarf_4_may_change_its_base)
{
    static const uint64_t entry[] = { DW_AT_ranges, DW_FORM_sec_offset, 0 };
    FOR_BOTH_ORDERS(big)
    {
        struct scene s;
        struct dwarf_program p;
        begin(&s, 4, big, entry);
        put(&s.info, 0, 4);
        put(&s.lists, 4, 8);
        put(&s.lists, 8, 8);
        put(&s.lists, UINT64_MAX, 8);
        put(&s.lists, TEXT + 0x600, 8);
        put(&s.lists, 0x10, 8);
        put(&s.lists, 0x30, 8);
        put(&s.lists, 0, 8);
        put(&s.lists, 0, 8);
        put(&s.lists, 1, 8);
        put(&s.lists, 2, 8);
        finish(&p, &s);
        assert_ranges(&p, "104-108 610-630");
        dwarf_program_close(&p);
    }
}

TEST(what_the_linker_left_out_is_nowhere)
{
    static const uint64_t entry[] = { DW_AT_ranges, DW_FORM_rnglistx, 0 };
    struct scene s;
    struct dwarf_program p;
    begin(&s, 5, false, entry);
    put_uleb(&s.info, 0);
    begin_lists(&s);
    put(&s.lists, DW_RLE_start_length, 1);
    put(&s.lists, 0, 8);
    put_uleb(&s.lists, 0x20000);
    put(&s.lists, DW_RLE_start_length, 1);
    put(&s.lists, UINT64_MAX, 8);
    put_uleb(&s.lists, 0x20000);
    put(&s.lists, DW_RLE_base_address, 1);
    put(&s.lists, UINT64_MAX - 1, 8);
    put(&s.lists, DW_RLE_offset_pair, 1);
    put_uleb(&s.lists, 0x10);
    put_uleb(&s.lists, 0x20000);
    put(&s.lists, DW_RLE_start_end, 1); /* backward */
    put(&s.lists, TEXT + 8, 8);
    put(&s.lists, TEXT, 8);
    put(&s.lists, DW_RLE_start_length, 1); /* empty */
    put(&s.lists, TEXT, 8);
    put_uleb(&s.lists, 0);
    put(&s.lists, DW_RLE_end_of_list, 1);
    finish(&p, &s);
    assert_ranges(&p, "");
    dwarf_program_close(&p);
}

TEST(a_list_that_is_cut_short_gives_what_came_before)
{
    static const uint64_t entry[] = { DW_AT_ranges, DW_FORM_rnglistx, 0 };
    struct scene s;
    struct dwarf_program p;
    begin(&s, 5, false, entry);
    put_uleb(&s.info, 0);
    begin_lists(&s);
    put(&s.lists, DW_RLE_start_length, 1);
    put(&s.lists, TEXT, 8);
    put_uleb(&s.lists, 4);
    put(&s.lists, DW_RLE_start_end, 1);
    put(&s.lists, TEXT, 8);
    put(&s.lists, TEXT, 4);
    finish(&p, &s);
    assert_ranges(&p, "0-4");
    dwarf_program_close(&p);
}

TEST(a_list_that_is_nowhere_is_empty)
{
    static const uint64_t index[] = { DW_AT_ranges, DW_FORM_rnglistx, 0 };
    static const uint64_t place[] = { DW_AT_ranges, DW_FORM_sec_offset, 0 };
    struct scene s;
    struct dwarf_program p;
    begin(&s, 5, false, index);
    put_uleb(&s.info, 0x12345678);
    begin_lists(&s);
    finish(&p, &s);
    assert_ranges(&p, "");
    dwarf_program_close(&p);
    begin(&s, 4, false, place);
    put(&s.info, UINT32_MAX, 4);
    finish(&p, &s);
    assert_ranges(&p, "");
    dwarf_program_close(&p);
}

TEST(what_is_read_of_lists_is_bounded_by_their_size)
{
    static const uint64_t entry[] = { DW_AT_ranges, DW_FORM_rnglistx, 0 };
    enum { ENTRIES = 100, TIMES = 6000 };
    struct scene s;
    struct dwarf_program p;
    Dwarf_Die die;
    struct flame_dwarf_ranges ranges = { 0 };
    size_t sum = 0;
    begin(&s, 5, false, entry);
    put_uleb(&s.info, 0);
    begin_lists(&s);
    for (int i = 0; i < ENTRIES; i++) {
        put(&s.lists, DW_RLE_start_length, 1);
        put(&s.lists, TEXT, 8);
        put_uleb(&s.lists, 4);
    }
    put(&s.lists, DW_RLE_end_of_list, 1);
    finish(&p, &s);
    struct flame_dwarf_unit *unit = &p.dwarf->units.items[0];
    assert_int_equal(dwarf_child(&unit->die, &die), 0);
    for (int i = 0; i < TIMES; i++) {
        ranges.list.count = 0;
        assert_int_equal(flame_dwarf_die_ranges(p.dwarf, unit, &die, &ranges), FLAME_OK);
        assert_true(i || ranges.list.count == ENTRIES);
        sum += ranges.list.count;
    }
    assert_int_equal(ranges.list.count, 0);
    assert_true(sum < ENTRIES * TIMES / 2);
    flame_vec_free(&ranges.list);
    dwarf_program_close(&p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_read_in_every_form),
        cmocka_unit_test(a_list_of_dwarf_5_is_read_with_all_kinds_of_entries),
        cmocka_unit_test(a_list_of_dwarf_4_may_change_its_base),
        cmocka_unit_test(what_the_linker_left_out_is_nowhere),
        cmocka_unit_test(a_list_that_is_cut_short_gives_what_came_before),
        cmocka_unit_test(a_list_that_is_nowhere_is_empty),
        cmocka_unit_test(what_is_read_of_lists_is_bounded_by_their_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
