/* test_inline.c: which functions were inlined at an address, from hand-made debug information. */
#include "bounds.h"
#include "die_walk.h"
#include "dwarf_program.h"

#include <dwarf.h>
#include <stdio.h>

enum {
    UNIT = 1,
    BARE_UNIT,   /* says nothing of its code */
    FUNCTION,    /* low, high, children */
    CALL,        /* origin, low, high, line, children */
    UNSEEN_CALL, /* origin, children: all of its own code is gone */
    NAMED,       /* name */
    DECLARED,    /* name, linkage name */
    SPECIFIED,   /* refers to a declaration */
    COPIED,      /* refers to its origin */
    SCOPE,       /* children */
    ALL_FORMS,
    ELSEWHERE,     /* a call of what is in a file that is not there */
    CALL_AT_5,     /* origin, low, high; the line is the abbreviation's */
    FILE_CALL,     /* origin, low, high, file */
    FAR = 0xfffff, /* nothing */
};

struct scene {
    struct bytes abbrev, info;
    size_t functions[8]; /* offsets in the unit of what put_named and the like wrote */
    size_t count;
};

static const uint64_t all_forms[] = { DW_AT_name,
                                      DW_FORM_string,
                                      DW_AT_location,
                                      DW_FORM_exprloc,
                                      DW_AT_location,
                                      DW_FORM_block1,
                                      DW_AT_location,
                                      DW_FORM_block2,
                                      DW_AT_location,
                                      DW_FORM_block4,
                                      DW_AT_location,
                                      DW_FORM_block,
                                      DW_AT_type,
                                      DW_FORM_ref1,
                                      DW_AT_type,
                                      DW_FORM_ref2,
                                      DW_AT_type,
                                      DW_FORM_ref8,
                                      DW_AT_type,
                                      DW_FORM_ref_udata,
                                      DW_AT_type,
                                      DW_FORM_ref_addr,
                                      DW_AT_type,
                                      DW_FORM_ref_sig8,
                                      DW_AT_external,
                                      DW_FORM_flag,
                                      DW_AT_artificial,
                                      DW_FORM_flag_present,
                                      DW_AT_upper_bound,
                                      DW_FORM_sdata,
                                      DW_AT_count,
                                      DW_FORM_udata,
                                      DW_AT_const_value,
                                      DW_FORM_data16,
                                      DW_AT_name,
                                      DW_FORM_strp,
                                      DW_AT_ranges,
                                      DW_FORM_sec_offset,
                                      DW_AT_count,
                                      DW_FORM_indirect,
                                      DW_AT_decl_file,
                                      DW_FORM_implicit_const,
                                      29,
                                      DW_AT_decl_line,
                                      DW_FORM_implicit_const,
                                      3,
                                      0 };

static void put_abbreviations(struct bytes *b)
{
    static const uint64_t place[] = { DW_AT_low_pc, DW_FORM_addr, DW_AT_high_pc, DW_FORM_data4, 0 };
    static const uint64_t nothing[] = { 0 };
    static const uint64_t call[] = { DW_AT_abstract_origin, DW_FORM_ref4,  DW_AT_low_pc,
                                     DW_FORM_addr,          DW_AT_high_pc, DW_FORM_data1,
                                     DW_AT_call_line,       DW_FORM_data2, 0 };
    static const uint64_t origin[] = { DW_AT_abstract_origin, DW_FORM_ref4, 0 };
    static const uint64_t named[] = { DW_AT_name, DW_FORM_string, 0 };
    static const uint64_t declared[] = { DW_AT_name, DW_FORM_string, DW_AT_linkage_name,
                                         DW_FORM_string, 0 };
    static const uint64_t specified[] = { DW_AT_specification, DW_FORM_ref4, 0 };
    static const uint64_t elsewhere[] = { DW_AT_abstract_origin,
                                          DW_FORM_GNU_ref_alt,
                                          DW_AT_low_pc,
                                          DW_FORM_addr,
                                          DW_AT_high_pc,
                                          DW_FORM_data1,
                                          0 };
    static const uint64_t call_at_5[] = { DW_AT_abstract_origin,
                                          DW_FORM_ref4,
                                          DW_AT_low_pc,
                                          DW_FORM_addr,
                                          DW_AT_high_pc,
                                          DW_FORM_data1,
                                          DW_AT_call_line,
                                          DW_FORM_implicit_const,
                                          5,
                                          0 };
    static const uint64_t file_call[] = { DW_AT_abstract_origin, DW_FORM_ref4,  DW_AT_low_pc,
                                          DW_FORM_addr,          DW_AT_high_pc, DW_FORM_data1,
                                          DW_AT_call_file,       DW_FORM_data1, 0 };
    put_abbreviation(b, UNIT, DW_TAG_compile_unit, true, place);
    put_abbreviation(b, BARE_UNIT, DW_TAG_compile_unit, true, nothing);
    put_abbreviation(b, FUNCTION, DW_TAG_subprogram, true, place);
    put_abbreviation(b, CALL, DW_TAG_inlined_subroutine, true, call);
    put_abbreviation(b, UNSEEN_CALL, DW_TAG_inlined_subroutine, true, origin);
    put_abbreviation(b, NAMED, DW_TAG_subprogram, false, named);
    put_abbreviation(b, DECLARED, DW_TAG_subprogram, false, declared);
    put_abbreviation(b, SPECIFIED, DW_TAG_subprogram, false, specified);
    put_abbreviation(b, COPIED, DW_TAG_subprogram, false, origin);
    put_abbreviation(b, SCOPE, DW_TAG_lexical_block, true, nothing);
    put_abbreviation(b, ALL_FORMS, DW_TAG_variable, false, all_forms);
    put_abbreviation(b, ELSEWHERE, DW_TAG_inlined_subroutine, true, elsewhere);
    put_abbreviation(b, CALL_AT_5, DW_TAG_inlined_subroutine, true, call_at_5);
    put_abbreviation(b, FILE_CALL, DW_TAG_inlined_subroutine, false, file_call);
    put_abbreviation(b, FAR, DW_TAG_base_type, false, nothing);
    put(b, 0, 1);
}

static void begin_unit(struct scene *s, bool big, unsigned unit)
{
    *s = (struct scene){ .abbrev = { .big = big }, .info = { .big = big } };
    put_abbreviations(&s->abbrev);
    put(&s->info, 0, 4);
    put(&s->info, 4, 2); /* DWARF */
    put(&s->info, 0, 4);
    put(&s->info, 8, 1);
    put_uleb(&s->info, unit);
    if (unit == UNIT) {
        put(&s->info, TEXT, 8);
        put(&s->info, TEXT_SIZE, 4);
    }
}

/* Note where the next entry begins, to refer to it by its number. */
static void note(struct scene *s)
{
    s->functions[s->count++] = s->info.size;
}

static void put_named(struct scene *s, const char *name)
{
    note(s);
    put_uleb(&s->info, NAMED);
    put_text(&s->info, name);
}

/* An entry that refers to the one noted as number. */
static void put_reference(struct scene *s, unsigned code, size_t number)
{
    put_uleb(&s->info, code);
    put(&s->info, s->functions[number], 4);
}

/* [low, low + size) from TEXT on */
static void begin_function(struct scene *s, uint64_t low, uint64_t size)
{
    put_uleb(&s->info, FUNCTION);
    put(&s->info, TEXT + low, 8);
    put(&s->info, size, 4);
}

static void begin_call(struct scene *s, size_t number, uint64_t low, uint64_t size, unsigned line)
{
    put_reference(s, CALL, number);
    put(&s->info, TEXT + low, 8);
    put(&s->info, size, 1);
    put(&s->info, line, 2);
}

/* Of this many entries that have children. */
static void end(struct scene *s, size_t count)
{
    while (count--)
        put(&s->info, 0, 1);
}

static void open_scene(struct dwarf_program *p, struct scene *s)
{
    struct named_bytes sections[] = { { ".debug_abbrev", &s->abbrev },
                                      { ".debug_info", &s->info } };
    end(s, 1);
    put_length(&s->info, 0);
    dwarf_program_open(p, sections, 2, s->info.big);
}

/* The chain at an offset from TEXT, as "name:line name:line". */
static void assert_chain(struct dwarf_program *p, uint64_t at, const char *want)
{
    const struct flame_inlined *chain;
    size_t count;
    char got[256] = "";
    assert_int_equal(flame_dwarf_inlined(p->dwarf, p->offset + at, &chain, &count), FLAME_OK);
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(got);
        assert_null(chain[i].call_file);
        snprintf(got + n, sizeof got - n, "%s%s:%u", i ? " " : "", chain[i].name,
                 chain[i].call_line);
    }
    assert_string_equal(got, want);
}

TEST(calls_are_named_from_the_innermost_out)
{
    FOR_BOTH_ORDERS(big)
    {
        struct scene s;
        struct dwarf_program p;
        begin_unit(&s, big, UNIT);
        put_named(&s, "inner");
        put_named(&s, "outer");
        begin_function(&s, 0x100, 0x100);
        begin_call(&s, 1, 0x110, 0x40, 7);
        put_uleb(&s.info, SCOPE);
        begin_call(&s, 0, 0x120, 0x10, 8);
        end(&s, 2);
        begin_call(&s, 0, 0x140, 0x10, 9); /* ends where outer does */
        end(&s, 3);
        begin_function(&s, 0x200, 0x100);
        end(&s, 1);
        open_scene(&p, &s);
        assert_chain(&p, 0x10f, "");
        assert_chain(&p, 0x110, "outer:7");
        assert_chain(&p, 0x120, "inner:8 outer:7");
        assert_chain(&p, 0x12f, "inner:8 outer:7");
        assert_chain(&p, 0x130, "outer:7");
        assert_chain(&p, 0x14f, "inner:9 outer:7");
        assert_chain(&p, 0x150, "");
        assert_chain(&p, 0x210, "");
        assert_chain(&p, 0, "");
        dwarf_program_close(&p);
    }
}

TEST(equal_names_are_one)
{
    struct scene s;
    struct dwarf_program p;
    const struct flame_inlined *a, *b;
    size_t count;
    begin_unit(&s, false, UNIT);
    put_named(&s, "twice");
    put_named(&s, "twice");
    begin_function(&s, 0x100, 0x100);
    begin_call(&s, 0, 0x110, 0x10, 1);
    end(&s, 1);
    begin_call(&s, 1, 0x120, 0x10, 1);
    end(&s, 2);
    open_scene(&p, &s);
    assert_int_equal(flame_dwarf_inlined(p.dwarf, p.offset + 0x110, &a, &count), FLAME_OK);
    assert_int_equal(flame_dwarf_inlined(p.dwarf, p.offset + 0x120, &b, &count), FLAME_OK);
    assert_ptr_equal(a->name, b->name);
    dwarf_program_close(&p);
}

TEST(the_linkage_name_of_the_declaration_comes_first)
{
    struct scene s;
    struct dwarf_program p;
    begin_unit(&s, false, UNIT);
    note(&s);
    put_uleb(&s.info, DECLARED);
    put_text(&s.info, "method");
    put_text(&s.info, "_ZN5thing6methodEv");
    note(&s);
    put_reference(&s, SPECIFIED, 0);
    note(&s);
    put_reference(&s, COPIED, 1);
    begin_function(&s, 0x100, 0x100);
    begin_call(&s, 2, 0x110, 0x10, 3);
    end(&s, 2);
    open_scene(&p, &s);
    assert_chain(&p, 0x110, "_ZN5thing6methodEv:3");
    dwarf_program_close(&p);
}

TEST(what_has_no_name_is_left_out)
{
    struct scene s;
    struct dwarf_program p;
    begin_unit(&s, false, UNIT);
    put_named(&s, "known");
    note(&s); /* refers to itself */
    put_reference(&s, COPIED, 1);
    begin_function(&s, 0x100, 0x100);
    begin_call(&s, 0, 0x110, 0x40, 1);
    begin_call(&s, 1, 0x110, 0x30, 2);
    begin_call(&s, 0, 0x110, 0x20, 3);
    end(&s, 3);
    put_uleb(&s.info, ELSEWHERE);
    put(&s.info, 11, 4); /* an offset that would be one here, too */
    put(&s.info, TEXT + 0x180, 8);
    put(&s.info, 0x10, 1);
    end(&s, 2);
    open_scene(&p, &s);
    assert_chain(&p, 0x110, "known:3 known:1");
    assert_chain(&p, 0x138, "known:1");
    assert_chain(&p, 0x180, "");
    dwarf_program_close(&p);
}

TEST(a_call_whose_code_is_gone_is_still_around_others)
{
    struct scene s;
    struct dwarf_program p;
    begin_unit(&s, false, UNIT);
    put_named(&s, "inner");
    put_named(&s, "outer");
    begin_function(&s, 0x100, 0x100);
    put_reference(&s, UNSEEN_CALL, 1);
    begin_call(&s, 0, 0x110, 0x10, 1);
    end(&s, 3);
    open_scene(&p, &s);
    assert_chain(&p, 0x110, "inner:1 outer:0");
    dwarf_program_close(&p);
}

TEST(a_function_in_a_call_is_not_inlined)
{
    struct scene s;
    struct dwarf_program p;
    begin_unit(&s, false, UNIT);
    put_named(&s, "inner");
    put_named(&s, "outer");
    begin_function(&s, 0x100, 0x100);
    begin_call(&s, 1, 0x110, 0x10, 1);
    begin_function(&s, 0x400, 0x100);
    begin_call(&s, 0, 0x410, 0x10, 2);
    end(&s, 4);
    open_scene(&p, &s);
    assert_chain(&p, 0x410, "inner:2");
    dwarf_program_close(&p);
}

TEST(a_unit_that_does_not_say_where_it_is_has_the_code_of_its_functions)
{
    struct scene s;
    struct dwarf_program p;
    begin_unit(&s, false, BARE_UNIT);
    put_named(&s, "inner");
    put_uleb(&s.info, SCOPE);
    begin_function(&s, 0x100, 0x20);
    begin_call(&s, 0, 0x110, 0x20, 1); /* beyond its end: nobody's */
    end(&s, 3);
    begin_function(&s, 0x200, 0x20);
    begin_call(&s, 0, 0x200, 0x10, 2);
    end(&s, 2);
    open_scene(&p, &s);
    assert_chain(&p, 0x110, "inner:1");
    assert_chain(&p, 0x128, "");
    assert_chain(&p, 0x200, "inner:2");
    dwarf_program_close(&p);
}

TEST(attributes_of_all_forms_are_passed_over)
{
    FOR_BOTH_ORDERS(big)
    {
        struct scene s;
        struct dwarf_program p;
        begin_unit(&s, big, UNIT);
        put_named(&s, "behind");
        put_uleb(&s.info, ALL_FORMS);
        put_text(&s.info, "text");
        put_uleb(&s.info, 2); /* exprloc */
        put(&s.info, 0, 2);
        put(&s.info, 1, 1); /* block1 */
        put(&s.info, 0, 1);
        put(&s.info, 3, 2); /* block2 */
        put(&s.info, 0, 3);
        put(&s.info, 1, 4); /* block4 */
        put(&s.info, 0, 1);
        put_uleb(&s.info, 0); /* block */
        put(&s.info, 0, 1);   /* ref1, 2, 8 */
        put(&s.info, 0, 2);
        put(&s.info, 0, 8);
        put_uleb(&s.info, 1000); /* ref_udata */
        put(&s.info, 0, 4);      /* ref_addr */
        put(&s.info, 0, 8);      /* ref_sig8 */
        put(&s.info, 1, 1);      /* flag */
        put_uleb(&s.info, 300);  /* sdata */
        put_uleb(&s.info, 300);  /* udata */
        put(&s.info, 0, 8);      /* data16 */
        put(&s.info, 0, 8);
        put(&s.info, 0, 4); /* strp */
        put(&s.info, 0, 4); /* sec_offset */
        put_uleb(&s.info, DW_FORM_udata);
        put_uleb(&s.info, 300);
        begin_function(&s, 0x100, 0x100);
        begin_call(&s, 0, 0x110, 0x10, 1);
        put_reference(&s, CALL_AT_5, 0);
        put(&s.info, TEXT + 0x118, 8);
        put(&s.info, 8, 1);
        end(&s, 3);
        open_scene(&p, &s);
        assert_chain(&p, 0x110, "behind:1");
        assert_chain(&p, 0x118, "behind:5 behind:1");
        dwarf_program_close(&p);
    }
}

TEST(what_is_too_deep_is_left_out)
{
    enum { DEEP = 262, DEEPEST = 255 };
    struct scene s;
    struct dwarf_program p;
    const struct flame_inlined *chain;
    size_t count;
    begin_unit(&s, false, UNIT);
    put_named(&s, "f");
    begin_function(&s, 0x100, 0x100);
    begin_call(&s, 0, 0x100, 0xf0, 1);
    for (int i = 1; i < DEEPEST - 1; i++)
        put_reference(&s, UNSEEN_CALL, 0);
    begin_call(&s, 0, 0x110, 0x10, 2);
    for (int i = DEEPEST; i < DEEP; i++)
        begin_call(&s, 0, 0x110, 0x08, 3);
    end(&s, DEEP + 1);
    begin_function(&s, 0x200, 0x100);
    begin_call(&s, 0, 0x210, 0x10, 4);
    end(&s, 2);
    open_scene(&p, &s);
    assert_int_equal(flame_dwarf_inlined(p.dwarf, p.offset + 0x110, &chain, &count), FLAME_OK);
    assert_int_equal(count, DEEPEST);
    assert_int_equal(chain[0].call_line, 2);
    assert_int_equal(chain[DEEPEST - 1].call_line, 1);
    assert_chain(&p, 0x210, "f:4");
    dwarf_program_close(&p);
}

TEST(a_lower_limit_leaves_the_inner_ones_out_and_says_so)
{
    for (uint64_t most = 1; most <= 3; most++) {
        const struct flame_limits limits = { .inlined = most };
        struct flame_limit_report reached[FLAME_LIMIT_COUNT];
        struct flame_bounds bounds;
        struct scene s;
        struct dwarf_program p;
        flame_bounds_init(&bounds, &limits);
        begin_unit(&s, false, UNIT);
        put_named(&s, "f");
        begin_function(&s, 0x100, 0x100);
        begin_call(&s, 0, 0x100, 0x80, 1);
        begin_call(&s, 0, 0x100, 0x40, 2);
        begin_call(&s, 0, 0x100, 0x20, 3);
        end(&s, 5); /* and the unit */
        struct named_bytes sections[] = { { ".debug_abbrev", &s.abbrev },
                                          { ".debug_info", &s.info } };
        put_length(&s.info, 0);
        dwarf_program_open_within(&p, sections, 2, false, &bounds);
        assert_chain(&p, 0x110, most == 1 ? "f:1" : most == 2 ? "f:2 f:1" : "f:3 f:2 f:1");
        assert_int_equal(flame_bounds_report(&bounds, reached), most < 3);
        if (most < 3) {
            assert_int_equal(reached[0].limit, FLAME_LIMIT_INLINED);
            assert_non_null(strstr(reached[0].error.text, "/program: has more than "));
        }
        dwarf_program_close(&p);
        flame_bounds_deinit(&bounds);
    }
}

TEST(a_name_without_end_is_cut_and_all_names_together_are_bounded)
{
    enum { LONG = 70000, SHOWN = 1 << 16 };
    static char name[LONG + 1];
    struct scene s;
    struct dwarf_program p;
    const struct flame_inlined *chain;
    size_t count;
    memset(name, 'n', LONG);
    begin_unit(&s, false, UNIT);
    put_named(&s, name);
    put_named(&s, "other");
    begin_function(&s, 0x100, 0x100);
    begin_call(&s, 0, 0x110, 0x10, 1);
    end(&s, 1);
    begin_call(&s, 1, 0x120, 0x10, 1);
    end(&s, 2);
    open_scene(&p, &s);
    assert_int_equal(flame_dwarf_inlined(p.dwarf, p.offset + 0x110, &chain, &count), FLAME_OK);
    assert_int_equal(count, 1);
    assert_int_equal(strlen(chain[0].name), SHOWN);
    p.dwarf->text_bytes = UINT64_C(1) << 40;
    assert_chain(&p, 0x120, "");
    dwarf_program_close(&p);
}

TEST(files_are_read_only_where_lines_are_wanted)
{
    struct scene s;
    struct dwarf_program p;
    struct flame_dwarf *without;
    const struct flame_symbol_places places = { 0 };
    const struct flame_inlined *chain;
    size_t count;
    begin_unit(&s, false, UNIT);
    put_named(&s, "f");
    begin_function(&s, 0x100, 0x100);
    put_reference(&s, FILE_CALL, 0);
    put(&s.info, TEXT + 0x110, 8);
    put(&s.info, 0x10, 1);
    put(&s.info, 1, 1);
    end(&s, 1);
    open_scene(&p, &s);
    assert_int_equal(
        flame_dwarf_open(&without, &p.object, flame_str_from("/program"), &places, false),
        FLAME_OK);
    assert_int_equal(flame_dwarf_inlined(without, p.offset + 0x110, &chain, &count), FLAME_OK);
    assert_int_equal(count, 1);
    assert_null(without->units.items[0].files);
    assert_chain(&p, 0x110, "f:0");
    assert_non_null(p.dwarf->units.items[0].files);
    flame_dwarf_close(without);
    dwarf_program_close(&p);
}

TEST(a_code_far_from_the_others_costs_little)
{
    struct scene s;
    struct dwarf_program p;
    struct flame_die_walk walk;
    struct flame_die die;
    begin_unit(&s, false, UNIT);
    put_uleb(&s.info, FAR);
    put_named(&s, "inner");
    begin_function(&s, 0x100, 0x100);
    begin_call(&s, 0, 0x110, 0x10, 1);
    end(&s, 2);
    open_scene(&p, &s);
    assert_chain(&p, 0x110, "inner:1");
    struct flame_dwarf_unit *unit = &p.dwarf->units.items[0];
    flame_die_walk_init(&walk, &unit->die, &unit->sections->info);
    assert_true(flame_die_next(&walk, &die));
    assert_true(flame_die_next(&walk, &die));
    assert_int_equal(die.tag, DW_TAG_base_type);
    assert_true(sizeof walk + walk.arena.used < 1 << 16);
    flame_die_walk_deinit(&walk);
    dwarf_program_close(&p);
}

/* Each time an attribute of such an entry is looked for, libdw passes over all of them. */
TEST(long_abbreviations_of_many_units_are_not_read_without_end)
{
    enum { ATTRIBUTES = 20000, UNITS = 1500 };
    static uint64_t attributes[2 * ATTRIBUTES + 5];
    struct bytes abbrev = { 0 }, info = { 0 };
    struct named_bytes sections[] = { { ".debug_abbrev", &abbrev }, { ".debug_info", &info } };
    struct dwarf_program p;
    size_t n = 0;
    for (size_t i = 0; i < ATTRIBUTES; i++) {
        attributes[n++] = DW_AT_external;
        attributes[n++] = DW_FORM_flag_present;
    }
    memcpy(attributes + n, (uint64_t[]){ DW_AT_low_pc, DW_FORM_addr, DW_AT_high_pc, DW_FORM_data4 },
           4 * sizeof *attributes);
    put_abbreviation(&abbrev, UNIT, DW_TAG_compile_unit, false, attributes);
    put(&abbrev, 0, 1);
    for (uint64_t i = 0; i < UNITS; i++) {
        size_t unit = info.size;
        put(&info, 0, 4);
        put(&info, 4, 2);
        put(&info, 0, 4);
        put(&info, 8, 1);
        put_uleb(&info, UNIT);
        put(&info, TEXT + 2 * i, 8);
        put(&info, 2, 4);
        put_length(&info, unit);
    }
    dwarf_program_open(&p, sections, 2, false);
    assert_non_null(p.dwarf);
    assert_in_range(p.dwarf->units.count, 1, UNITS / 2);
    dwarf_program_close(&p);
}

TEST(without_debug_information_there_is_nothing_to_open)
{
    struct dwarf_program p;
    const struct flame_inlined *chain;
    size_t count = 1;
    dwarf_program_open(&p, NULL, 0, false);
    assert_null(p.dwarf);
    assert_int_equal(flame_dwarf_inlined(p.dwarf, p.offset, &chain, &count), FLAME_OK);
    assert_int_equal(count, 0);
    dwarf_program_close(&p);
}

/* A program with most of what there is. */
static void put_everything(struct scene *s, bool big)
{
    begin_unit(s, big, UNIT);
    put_named(s, "inner");
    note(s);
    put_uleb(&s->info, DECLARED);
    put_text(&s->info, "method");
    put_text(&s->info, "_Z6method");
    note(s);
    put_reference(s, SPECIFIED, 1);
    begin_function(s, 0x100, 0x100);
    begin_call(s, 2, 0x110, 0x40, 7);
    put_uleb(&s->info, SCOPE);
    begin_call(s, 0, 0x120, 0x10, 8);
    end(s, 4);
}

TEST(broken_bytes_do_no_harm)
{
    static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
    for (size_t v = 0; v < sizeof values; v++) {
        for (size_t at = 0, size = 1; at < size; at++) {
            struct scene s;
            struct dwarf_program p;
            const struct flame_inlined *chain;
            size_t count;
            put_everything(&s, false);
            end(&s, 1);
            put_length(&s.info, 0);
            size = s.abbrev.size + s.info.size;
            *(at < s.abbrev.size ? &s.abbrev.at[at] : &s.info.at[at - s.abbrev.size]) = values[v];
            struct named_bytes sections[] = { { ".debug_abbrev", &s.abbrev },
                                              { ".debug_info", &s.info } };
            dwarf_program_open(&p, sections, 2, false);
            for (uint64_t a = 0; a < 0x200; a += 8)
                assert_int_equal(flame_dwarf_inlined(p.dwarf, p.offset + a, &chain, &count),
                                 FLAME_OK);
            dwarf_program_close(&p);
        }
    }
}

TEST(what_is_cut_off_is_not_there)
{
    struct scene s;
    put_everything(&s, true);
    size_t whole = s.info.size;
    for (size_t size = 0; size < whole; size++) {
        struct dwarf_program p;
        const struct flame_inlined *chain;
        size_t count;
        put_everything(&s, true);
        put_length(&s.info, 0); /* as if all of it were there */
        s.info.size = size;
        struct named_bytes sections[] = { { ".debug_abbrev", &s.abbrev },
                                          { ".debug_info", &s.info } };
        dwarf_program_open(&p, sections, 2, true);
        for (uint64_t a = 0; a < 0x200; a += 8)
            assert_int_equal(flame_dwarf_inlined(p.dwarf, p.offset + a, &chain, &count), FLAME_OK);
        dwarf_program_close(&p);
    }
}

static void add(struct flame_intervals *intervals, uint64_t low, uint64_t high, uint32_t id)
{
    assert_true(flame_vec_push(&intervals->list, (struct flame_interval){ low, high, id }));
}

/* The ids at 0, 1, 2, ...; '.' is none. */
static void assert_flat(struct flame_intervals *intervals, const char *want)
{
    struct flame_segments segments = { 0 };
    assert_int_equal(flame_intervals_flatten(intervals, &segments), FLAME_OK);
    for (uint64_t at = 0; want[at]; at++) {
        uint32_t id = flame_segments_find(&segments, at);
        assert_int_equal(id == FLAME_INTERVAL_NONE ? '.' : (int)('0' + id), want[at]);
    }
    flame_vec_free(&segments.list);
    flame_vec_free(&intervals->list);
}

TEST(intervals_inside_others_cover_them)
{
    struct flame_intervals intervals = { 0 };
    assert_flat(&intervals, "....");
    add(&intervals, 1, 9, 1);
    add(&intervals, 3, 5, 2);
    add(&intervals, 5, 7, 3);
    add(&intervals, 12, 14, 4);
    assert_flat(&intervals, ".112233"
                            "11...44..");
    add(&intervals, 2, 6, 1);
    add(&intervals, 2, 6, 2); /* the same: the later one is inside */
    add(&intervals, 2, 4, 3);
    assert_flat(&intervals, "..3322..");
}

TEST(intervals_may_come_in_any_order_and_cross)
{
    struct flame_intervals intervals = { 0 };
    add(&intervals, 4, 9, 2);
    add(&intervals, 1, 6, 1);
    add(&intervals, 2, 3, 3);
    assert_flat(&intervals, ".13122222..");
    for (uint64_t i = 0; i < 1000; i++)
        add(&intervals, (999 - i) << 40 | i << 8, ((999 - i) << 40 | i << 8) + 1, (uint32_t)i);
    struct flame_segments segments = { 0 };
    assert_int_equal(flame_intervals_flatten(&intervals, &segments), FLAME_OK);
    for (uint64_t i = 0; i < 1000; i++) {
        assert_int_equal(flame_segments_find(&segments, (999 - i) << 40 | i << 8), i);
        assert_int_equal(flame_segments_find(&segments, ((999 - i) << 40 | i << 8) + 1),
                         FLAME_INTERVAL_NONE);
    }
    flame_vec_free(&segments.list);
    flame_vec_free(&intervals.list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_named_from_the_innermost_out),
        cmocka_unit_test(equal_names_are_one),
        cmocka_unit_test(the_linkage_name_of_the_declaration_comes_first),
        cmocka_unit_test(what_has_no_name_is_left_out),
        cmocka_unit_test(a_call_whose_code_is_gone_is_still_around_others),
        cmocka_unit_test(a_function_in_a_call_is_not_inlined),
        cmocka_unit_test(a_unit_that_does_not_say_where_it_is_has_the_code_of_its_functions),
        cmocka_unit_test(attributes_of_all_forms_are_passed_over),
        cmocka_unit_test(what_is_too_deep_is_left_out),
        cmocka_unit_test(a_lower_limit_leaves_the_inner_ones_out_and_says_so),
        cmocka_unit_test(a_name_without_end_is_cut_and_all_names_together_are_bounded),
        cmocka_unit_test(files_are_read_only_where_lines_are_wanted),
        cmocka_unit_test(a_code_far_from_the_others_costs_little),
        cmocka_unit_test(long_abbreviations_of_many_units_are_not_read_without_end),
        cmocka_unit_test(without_debug_information_there_is_nothing_to_open),
        cmocka_unit_test(broken_bytes_do_no_harm),
        cmocka_unit_test(what_is_cut_off_is_not_there),
        cmocka_unit_test(intervals_inside_others_cover_them),
        cmocka_unit_test(intervals_may_come_in_any_order_and_cross),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
