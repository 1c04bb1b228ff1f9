/* test_line.c: source lines from hand-made line tables. */
#include "dwarf_program.h"
#include "line.h"

#include <dwarf.h>
#include <stdio.h>

struct scene {
    struct bytes abbrev, info, line;
};

/* The header of a line table of version 4: its special opcode 13 + 14 * ADVANCE + LINES + 5 makes a
 * row. Returns where the header's own length stands. */
static size_t put_header(struct bytes *b)
{
    static const uint8_t operands[] = { 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1 };
    put(b, 0, 4);
    put(b, 4, 2);
    size_t header = b->size;
    put(b, 0, 4);
    put(b, 1, 1); /* instruction length */
    put(b, 1, 1); /* operations */
    put(b, 1, 1);
    put(b, (uint8_t)-5, 1);
    put(b, 14, 1);
    put(b, 13, 1);
    for (size_t i = 0; i < sizeof operands; i++)
        put(b, operands[i], 1);
    put_text(b, "folder");
    put_text(b, "");
    put_text(b, "a.c");
    put(b, 0, 3);
    put_text(b, "b.c");
    put_uleb(b, 1);
    put(b, 0, 2);
    put_text(b, "");
    put_length(b, header);
    return header;
}

/* One unit, which has all of the text, and its line table's header. */
static void begin(struct scene *s, bool big)
{
    static const uint64_t unit[] = { DW_AT_low_pc,   DW_FORM_addr,    DW_AT_high_pc,
                                     DW_FORM_data4,  DW_AT_stmt_list, DW_FORM_sec_offset,
                                     DW_AT_comp_dir, DW_FORM_string,  0 };
    *s = (struct scene){ { .big = big }, { .big = big }, { .big = big } };
    put_abbreviation(&s->abbrev, 1, DW_TAG_compile_unit, false, unit);
    put(&s->abbrev, 0, 1);
    put(&s->info, 0, 4);
    put(&s->info, 4, 2);
    put(&s->info, 0, 4);
    put(&s->info, 8, 1);
    put_uleb(&s->info, 1);
    put(&s->info, TEXT, 8);
    put(&s->info, TEXT_SIZE, 4);
    put(&s->info, 0, 4);
    put_text(&s->info, "/code");
    put_length(&s->info, 0);
    put_header(&s->line);
}

static void set_address(struct bytes *b, uint64_t address)
{
    put(b, 0, 1);
    put_uleb(b, 9);
    put(b, DW_LNE_set_address, 1);
    put(b, address, 8);
}

static void end_sequence(struct bytes *b)
{
    put(b, 0, 1);
    put_uleb(b, 1);
    put(b, DW_LNE_end_sequence, 1);
}

/* A row that lies so many bytes and lines behind the one before. */
static void row(struct bytes *b, unsigned advance, int lines)
{
    put(b, (uint8_t)(13 + 14 * advance + (unsigned)(lines + 5)), 1);
}

static void open_scene(struct dwarf_program *p, struct scene *s)
{
    struct named_bytes sections[] = { { ".debug_abbrev", &s->abbrev },
                                      { ".debug_info", &s->info },
                                      { ".debug_line", &s->line } };
    dwarf_program_open(p, sections, 3, s->info.big);
}

static void finish(struct dwarf_program *p, struct scene *s)
{
    put_length(&s->line, 0);
    open_scene(p, s);
}

static void assert_line(const struct dwarf_program *p, uint64_t address, const char *want)
{
    struct flame_line line;
    char got[64];
    assert_int_equal(flame_dwarf_line(p->dwarf, p->offset + (address - TEXT), &line), FLAME_OK);
    snprintf(got, sizeof got, "%s:%u", line.file ? line.file : "", line.line);
    assert_string_equal(got, want);
}

TEST(a_line_holds_up_to_the_next_one_and_not_past_the_end_of_its_sequence)
{
    FOR_BOTH_ORDERS(big)
    {
        struct scene s;
        struct dwarf_program p;
        begin(&s, big);
        set_address(&s.line, TEXT + 0x100);
        row(&s.line, 0, 8); /* 0x100: line 9 */
        row(&s.line, 4, 1); /* 0x104: line 10 */
        put(&s.line, DW_LNS_set_file, 1);
        put_uleb(&s.line, 2);
        put(&s.line, DW_LNS_advance_line, 1);
        put(&s.line, 0x7c, 1);                /* -4 */
        put(&s.line, DW_LNS_const_add_pc, 1); /* 17 */
        put(&s.line, DW_LNS_copy, 1);         /* 0x115: line 6 of the other file */
        put(&s.line, DW_LNS_fixed_advance_pc, 1);
        put(&s.line, 0x10, 2);
        end_sequence(&s.line); /* 0x125 */
        finish(&p, &s);
        assert_line(&p, TEXT + 0xff, ":0");
        assert_line(&p, TEXT + 0x100, "/code/a.c:9");
        assert_line(&p, TEXT + 0x103, "/code/a.c:9");
        assert_line(&p, TEXT + 0x104, "/code/a.c:10");
        assert_line(&p, TEXT + 0x114, "/code/a.c:10");
        assert_line(&p, TEXT + 0x115, "/code/folder/b.c:6");
        assert_line(&p, TEXT + 0x124, "/code/folder/b.c:6");
        assert_line(&p, TEXT + 0x125, ":0");
        dwarf_program_close(&p);
    }
}

TEST(sequences_are_found_in_whatever_order_they_stand)
{
    struct scene s;
    struct dwarf_program p;
    begin(&s, false);
    for (uint64_t i = 3; i > 0; i--) {
        set_address(&s.line, TEXT + 0x100 * i);
        row(&s.line, 0, (int)i);
        put(&s.line, DW_LNS_advance_pc, 1);
        put_uleb(&s.line, 0x80);
        end_sequence(&s.line);
    }
    finish(&p, &s);
    assert_line(&p, TEXT + 0x100, "/code/a.c:2");
    assert_line(&p, TEXT + 0x180, ":0");
    assert_line(&p, TEXT + 0x27f, "/code/a.c:3");
    assert_line(&p, TEXT + 0x300, "/code/a.c:4");
    dwarf_program_close(&p);
}

TEST(a_function_that_the_linker_left_out_does_not_get_between)
{
    struct scene s;
    struct dwarf_program p;
    begin(&s, false);
    set_address(&s.line, 0); /* as large as if it lay over the text */
    row(&s.line, 0, 4);
    put(&s.line, DW_LNS_advance_pc, 1);
    put_uleb(&s.line, TEXT + 0x104);
    row(&s.line, 0, 4);
    put(&s.line, DW_LNS_advance_pc, 1);
    put_uleb(&s.line, 0x1000);
    end_sequence(&s.line);
    set_address(&s.line, TEXT + 0x100);
    row(&s.line, 0, 1);
    put(&s.line, DW_LNS_advance_pc, 1);
    put_uleb(&s.line, 0x10);
    end_sequence(&s.line);
    finish(&p, &s);
    assert_line(&p, TEXT + 0x100, "/code/a.c:2");
    assert_line(&p, TEXT + 0x108, "/code/a.c:2");
    assert_line(&p, TEXT + 0x110, ":0");
    dwarf_program_close(&p);
}

TEST(of_rows_at_one_address_the_last_one_counts)
{
    struct scene s;
    struct dwarf_program p;
    begin(&s, false);
    set_address(&s.line, TEXT);
    row(&s.line, 0, 1);
    row(&s.line, 0, 5);
    row(&s.line, 4, 1);
    end_sequence(&s.line);
    finish(&p, &s);
    assert_line(&p, TEXT, "/code/a.c:7");
    dwarf_program_close(&p);
}

TEST(opcodes_that_are_not_known_are_passed_over)
{
    struct scene s;
    struct dwarf_program p;
    begin(&s, false);
    set_address(&s.line, TEXT);
    put(&s.line, DW_LNS_set_isa, 1);
    put_uleb(&s.line, 0x1234);
    put(&s.line, 0, 1); /* extended: of a vendor, with three bytes */
    put_uleb(&s.line, 4);
    put(&s.line, 0x90, 1);
    put(&s.line, 0, 3);
    put(&s.line, DW_LNS_set_column, 1);
    put_uleb(&s.line, 300);
    row(&s.line, 0, 2);
    put(&s.line, DW_LNS_advance_pc, 1);
    put_uleb(&s.line, 4);
    end_sequence(&s.line);
    finish(&p, &s);
    assert_line(&p, TEXT, "/code/a.c:3");
    dwarf_program_close(&p);
}

TEST(sequences_may_lie_in_each_other)
{
    struct scene s;
    struct dwarf_program p;
    begin(&s, false);
    for (uint64_t i = 0; i < 3; i++) { /* each in the one before */
        set_address(&s.line, TEXT + 0x100 * (i + 1));
        row(&s.line, 0, (int)i);
        put(&s.line, DW_LNS_advance_pc, 1);
        put_uleb(&s.line, 0x600 - 0x200 * i);
        end_sequence(&s.line);
    }
    finish(&p, &s);
    assert_line(&p, TEXT + 0xff, ":0");
    assert_line(&p, TEXT + 0x1ff, "/code/a.c:1");
    assert_line(&p, TEXT + 0x200, "/code/a.c:2");
    assert_line(&p, TEXT + 0x300, "/code/a.c:3");
    assert_line(&p, TEXT + 0x500, "/code/a.c:2");
    assert_line(&p, TEXT + 0x600, "/code/a.c:1");
    assert_line(&p, TEXT + 0x700, ":0");
    dwarf_program_close(&p);
}

/* Eight units, each with a header of its own, of tables that all have their end in common: the
 * files, if in_header, or the program. */
static void open_overlapping(struct dwarf_program *p, struct scene *s, bool in_header)
{
    enum { UNITS = 8, SKIP = 5 };
    size_t begins[UNITS], headers[UNITS], skips[UNITS];
    begin(s, false);
    s->info.size = s->line.size = 0;
    for (size_t i = 0; i < UNITS; i++) {
        begins[i] = s->line.size;
        headers[i] = put_header(&s->line);
        put(&s->line, 0, 1); /* an extended opcode, up to what they have in common */
        skips[i] = s->line.size;
        put(&s->line, 0, SKIP);
        size_t unit = s->info.size;
        put(&s->info, 0, 4);
        put(&s->info, 4, 2);
        put(&s->info, 0, 4);
        put(&s->info, 8, 1);
        put_uleb(&s->info, 1);
        put(&s->info, TEXT + 0x10 * i, 8);
        put(&s->info, 0x10, 4);
        put(&s->info, begins[i], 4);
        put_text(&s->info, "/code");
        put_length(&s->info, unit);
    }
    size_t common = s->line.size;
    for (size_t i = 0; i < UNITS; i++) {
        uint64_t skip = common - (skips[i] + SKIP);
        for (size_t k = 0; k < SKIP; k++)
            s->line.at[skips[i] + k] = (uint8_t)((skip >> 7 * k & 0x7f) | (k + 1 < SKIP) << 7);
    }
    set_address(&s->line, TEXT);
    for (int i = 0; i < 3000; i++)
        row(&s->line, 0, 1);
    put(&s->line, DW_LNS_advance_pc, 1);
    put_uleb(&s->line, 0x80);
    end_sequence(&s->line);
    for (size_t i = 0; i < UNITS; i++) {
        put_length(&s->line, begins[i]);
        if (in_header)
            put_length(&s->line, headers[i]);
    }
    open_scene(p, s);
    assert_int_equal(p->dwarf->units.count, UNITS);
}

TEST(tables_that_overlap_are_not_read_over_and_over)
{
    struct scene s;
    struct dwarf_program p;
    const char *path;
    open_overlapping(&p, &s, false);
    assert_line(&p, TEXT, "/code/a.c:3001");
    for (uint64_t i = 1; i < 8; i++) {
        struct flame_line line;
        assert_int_equal(flame_dwarf_line(p.dwarf, p.offset + 0x10 * i, &line), FLAME_OK);
    }
    assert_line(&p, TEXT + 0x70, ":0");
    dwarf_program_close(&p);
    open_overlapping(&p, &s, true);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(flame_unit_file(p.dwarf, &p.dwarf->units.items[i], 1, &path), FLAME_OK);
        assert_true(i || path);
    }
    assert_null(path);
    dwarf_program_close(&p);
}

TEST(a_table_that_is_cut_short_or_wrong_anywhere_does_no_harm)
{
    struct scene whole;
    begin(&whole, false);
    set_address(&whole.line, TEXT);
    row(&whole.line, 0, 2);
    row(&whole.line, 4, 2);
    put(&whole.line, DW_LNS_advance_pc, 1);
    put_uleb(&whole.line, 4);
    end_sequence(&whole.line);
    put_length(&whole.line, 0);
    for (size_t i = 0; i < whole.line.size; i++) {
        for (int way = 0; way < 3; way++) {
            struct scene s = whole;
            struct dwarf_program p;
            struct flame_line line;
            if (way == 0)
                s.line.size = i;
            else
                s.line.at[i] = way == 1 ? 0 : 0xff;
            open_scene(&p, &s);
            for (uint64_t at = 0; at < 12; at += 4)
                assert_int_equal(flame_dwarf_line(p.dwarf, p.offset + at, &line), FLAME_OK);
            dwarf_program_close(&p);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_holds_up_to_the_next_one_and_not_past_the_end_of_its_sequence),
        cmocka_unit_test(sequences_are_found_in_whatever_order_they_stand),
        cmocka_unit_test(a_function_that_the_linker_left_out_does_not_get_between),
        cmocka_unit_test(of_rows_at_one_address_the_last_one_counts),
        cmocka_unit_test(opcodes_that_are_not_known_are_passed_over),
        cmocka_unit_test(sequences_may_lie_in_each_other),
        cmocka_unit_test(tables_that_overlap_are_not_read_over_and_over),
        cmocka_unit_test(a_table_that_is_cut_short_or_wrong_anywhere_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
