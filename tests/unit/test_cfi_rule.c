/* test_cfi_rule.c: call-frame instructions, from hand-made arrays, to rules. */
#include "cfi_image.h"

enum { X86_SP = 7, ARM64_SP = 31, RESULT = 3 };

/* Instructions in front of one that moves on by four bytes, and what they say of register 3. */
struct row {
    const char *name;
    uint8_t program[16];
    size_t size;
    struct flame_rule_cell cell; /* SAME: nothing is kept */
};

static const struct row rows[] = {
    { "nothing", { 0 }, 0, { RESULT, FLAME_RULE_SAME, 0, 0 } },
    { "offset", { 0x83, 2 }, 2, { RESULT, FLAME_RULE_SAVED, 0, -16 } },
    { "offset_extended", { 0x05, 3, 3 }, 3, { RESULT, FLAME_RULE_SAVED, 0, -24 } },
    { "offset_extended_sf", { 0x11, 3, 0x7f }, 3, { RESULT, FLAME_RULE_SAVED, 0, 8 } },
    { "GNU_negative_offset_extended", { 0x2f, 3, 2 }, 3, { RESULT, FLAME_RULE_SAVED, 0, 16 } },
    { "val_offset", { 0x14, 3, 1 }, 3, { RESULT, FLAME_RULE_CFA, 0, -8 } },
    { "val_offset_sf", { 0x15, 3, 0x7e }, 3, { RESULT, FLAME_RULE_CFA, 0, 16 } },
    { "register", { 0x09, 3, 12 }, 3, { RESULT, FLAME_RULE_REGISTER, 12, 0 } },
    { "same_value", { 0x83, 2, 0x08, 3 }, 4, { RESULT, FLAME_RULE_SAME, 0, 0 } },
    { "undefined", { 0x83, 2, 0x07, 3 }, 4, { RESULT, FLAME_RULE_SAME, 0, 0 } },
    { "restore", { 0x83, 2, 0xc3 }, 3, { RESULT, FLAME_RULE_SAME, 0, 0 } },
    { "restore_extended", { 0x83, 2, 0x06, 3 }, 4, { RESULT, FLAME_RULE_SAME, 0, 0 } },
    { "GNU_args_size", { 0x2e, 16, 0x83, 2 }, 4, { RESULT, FLAME_RULE_SAVED, 0, -16 } },
    { "remember and restore",
      { 0x83, 2, 0x0a, 0x83, 4, 0x0b },
      6,
      { RESULT, FLAME_RULE_SAVED, 0, -16 } },
    { "val_expression of a sum", /* breg6 -8 */
      { 0x16, 3, 2, 0x76, 0x78 },
      5,
      { RESULT, FLAME_RULE_REGISTER, 6, -8 } },
    { "expression", { 0x10, 3, 2, 0x76, 0x78 }, 5, { RESULT, FLAME_RULE_SAVED_AT, 0, 0 } },
    { "val_expression", /* breg6 0; deref */
      { 0x16, 3, 3, 0x76, 0, 0x06 },
      6,
      { RESULT, FLAME_RULE_COMPUTED, 0, 0 } },
};

TEST(every_instruction_about_a_register_says_where_it_is)
{
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        struct cfi_image i = { .options = ANY_X86 };
        uint8_t program[17];
        memcpy(program, rows[n].program, rows[n].size);
        program[rows[n].size] = 0x44;
        cfi_image_open(&i, program, rows[n].size + 1);
        const struct flame_rule *rule = cfi_image_rule(&i, 0);
        if (!rule)
            fail_msg("%s: no rule", rows[n].name);
        const struct flame_rule_cell *got = cell_of(rule, RESULT), *want = &rows[n].cell;
        if (want->kind == FLAME_RULE_SAME ? got != NULL
                                          : !got || memcmp(got, want, sizeof *got) != 0)
            fail_msg("%s", rows[n].name);
        cfi_image_close(&i);
    }
}

TEST(a_rule_holds_from_one_move_to_the_next)
{
    struct cfi_image i = { .options = ANY_X86 };
    /* advance 1; offset 16; remember; advance 3; offset 8; advance1 16; restore; advance2 32;
     * set_loc FUNCTION + 0x80; offset 32 */
    static const uint8_t program[] = { 0x41, 0x0e, 16,   0x0a, 0x43, 0x0e, 8,    0x02,
                                       16,   0x0b, 0x03, 32,   0,    0x01, 0x80, 0,
                                       1,    0,    0,    0,    0,    0,    0x0e, 32 };
    static const struct {
        uint64_t start, end;
        int32_t offset;
    } want[] = { { 0, 1, 8 },    { 1, 4, 16 },     { 4, 20, 8 },
                 { 20, 52, 16 }, { 52, 0x80, 16 }, { 0x80, FUNCTION_SIZE, 32 } };
    cfi_image_open(&i, program, sizeof program);
    for (size_t n = sizeof want / sizeof *want; n-- > 0;) {
        for (uint64_t at = want[n].start; at < want[n].end; at++) {
            const struct flame_rule *rule = cfi_image_rule(&i, at);
            assert_non_null(rule);
            assert_int_equal(rule->start, i.text + want[n].start);
            assert_int_equal(rule->end, i.text + want[n].end);
            assert_int_equal(rule->cfa.kind, FLAME_RULE_REGISTER);
            assert_int_equal(rule->cfa.other, 7);
            assert_int_equal(rule->cfa.value, want[n].offset);
            assert_ptr_equal(rule, cfi_image_rule(&i, want[n].start)); /* made once */
        }
    }
    assert_null(cfi_image_rule(&i, FUNCTION_SIZE));
    cfi_image_close(&i);
}

TEST(a_move_past_the_functions_end_stops_there)
{
    struct cfi_image i = { .options = ANY_X86 };
    static const uint8_t program[] = { 0x04, 0xff, 0xff, 0, 0 }; /* advance4 65535 */
    cfi_image_open(&i, program, sizeof program);
    assert_int_equal(cfi_image_rule(&i, 0)->end, i.text + FUNCTION_SIZE);
    cfi_image_close(&i);
}

TEST(restoring_gives_back_what_all_functions_begin_with)
{
    struct cfi_image i = { .options = ANY_X86 };
    /* column 16 at -40; advance 1; restore it */
    static const uint8_t program[] = { 0x90, 5, 0x41, 0xd0 };
    cfi_image_open(&i, program, sizeof program);
    assert_int_equal(cfi_image_rule(&i, 0)->return_address.value, -40);
    assert_int_equal(cfi_image_rule(&i, 1)->return_address.value, -8);
    cfi_image_close(&i);
}

TEST(the_stack_pointer_is_always_said)
{
    struct cfi_image i = { .options = ANY_X86 };
    cfi_image_open(&i, NULL, 0);
    const struct flame_rule *rule = cfi_image_rule(&i, 0);
    assert_int_equal(rule->cell_count, 1);
    assert_int_equal(rule->cells[0].column, X86_SP);
    assert_int_equal(rule->cells[0].kind, FLAME_RULE_CFA);
    assert_int_equal(rule->cells[0].value, 0);
    assert_int_equal(rule->return_column, 16);
    assert_int_equal(rule->return_address.kind, FLAME_RULE_SAVED);
    assert_int_equal(rule->return_address.value, -8);
    assert_false(rule->signal);
    cfi_image_close(&i);
}

TEST(on_s390_the_stack_pointer_stays)
{
    struct cfi_image i = {
        .options = { .wide = true, .big_endian = true, .type = ET_DYN, .machine = EM_S390 }
    };
    cfi_image_open(&i, NULL, 0);
    const struct flame_rule_cell *sp = cell_of(cfi_image_rule(&i, 0), 15);
    assert_int_equal(sp->kind, FLAME_RULE_REGISTER);
    assert_int_equal(sp->other, 15);
    assert_int_equal(sp->value, 0);
    cfi_image_close(&i);
}

TEST(a_root_has_an_undefined_return_address)
{
    struct cfi_image i = { .options = ANY_X86 };
    static const uint8_t program[] = { 0x07, 16 };
    cfi_image_open(&i, program, sizeof program);
    const struct flame_rule *rule = cfi_image_rule(&i, 0);
    assert_non_null(rule);
    assert_int_equal(rule->return_address.kind, FLAME_RULE_UNDEFINED);
    assert_int_equal(flame_rule_return_place(rule), FLAME_RETURN_UNKNOWN);
    cfi_image_close(&i);
}

TEST(signal_frames_are_marked)
{
    struct cfi_image i = { .options = ANY_X86, .augmentation = "zS" };
    cfi_image_open(&i, NULL, 0);
    assert_true(cfi_image_rule(&i, 0)->signal);
    cfi_image_close(&i);
}

TEST(signed_return_addresses_of_aarch64_are_no_obstacle)
{
    struct cfi_image i = { .options = { .wide = true, .type = ET_DYN, .machine = EM_AARCH64 } };
    /* advance 4; negate_ra_state; advance 4; CFA offset 16 */
    static const uint8_t program[] = { 0x44, 0x2d, 0x44, 0x0e, 16 };
    cfi_image_open(&i, program, sizeof program);
    assert_int_equal(cfi_image_rule(&i, 4)->cfa.value, 8);
    assert_int_equal(cfi_image_rule(&i, 8)->cfa.value, 16);
    assert_int_equal(cfi_image_rule(&i, 8)->return_address.kind, FLAME_RULE_SAVED);
    assert_non_null(cell_of(cfi_image_rule(&i, 8), ARM64_SP));
    cfi_image_close(&i);
    /* Elsewhere that number is SPARC's, and what it does is not known. */
    struct cfi_image x86 = { .options = ANY_X86 };
    cfi_image_open(&x86, program, sizeof program);
    assert_non_null(cfi_image_rule(&x86, 0));
    assert_null(cfi_image_rule(&x86, 4));
    cfi_image_close(&x86);
}

TEST(nonsense_ends_what_it_is_in_front_of)
{
    static const struct {
        uint8_t bytes[8];
        uint8_t size;
    } cases[] = {
        { { 0x44, 0x3f }, 2 },                               /* no such instruction */
        { { 0x44, 0x0b }, 2 },                               /* nothing to restore */
        { { 0x44, 0x0e }, 2 },                               /* cut */
        { { 0x44, 0x0f, 1, 0x76 }, 4 },                      /* CFA: breg6 without its offset */
        { { 0x44, 0x0f, 2, 0x76, 0, 0x0e, 8 }, 7 },          /* an offset of an expression */
        { { 0x44, 0x0c, 0x80, 1, 8 }, 5 },                   /* CFA: register 128 */
        { { 0x44, 0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f }, 7 }, /* more than 32 bits */
    };
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        struct cfi_image i = { .options = ANY_X86 };
        cfi_image_open(&i, cases[n].bytes, cases[n].size);
        assert_non_null(cfi_image_rule(&i, 0));
        if (cfi_image_rule(&i, 4))
            fail_msg("case %zu has a rule", n);
        cfi_image_close(&i);
    }
}

TEST(registers_beyond_the_columns_are_dropped)
{
    struct cfi_image i = { .options = ANY_X86 };
    /* libdw would make a table of 2^60 rows. */
    static const uint8_t program[] = { 0x07, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xff, 0xff, 0x0f, 0x05, 0x80, 1,    1 };
    cfi_image_open(&i, program, sizeof program);
    assert_non_null(cfi_image_rule(&i, 0));
    assert_int_equal(cfi_image_rule(&i, 0)->cell_count, 1);
    cfi_image_close(&i);
}

TEST(remembering_without_end_makes_no_rule)
{
    struct cfi_image i = { .options = ANY_X86 };
    uint8_t program[4000];
    memset(program, 0x0a, sizeof program);
    program[0] = 0x44;
    cfi_image_open(&i, program, sizeof program);
    assert_non_null(cfi_image_rule(&i, 0));
    assert_null(cfi_image_rule(&i, 4));
    cfi_image_close(&i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction_about_a_register_says_where_it_is),
        cmocka_unit_test(a_rule_holds_from_one_move_to_the_next),
        cmocka_unit_test(a_move_past_the_functions_end_stops_there),
        cmocka_unit_test(restoring_gives_back_what_all_functions_begin_with),
        cmocka_unit_test(the_stack_pointer_is_always_said),
        cmocka_unit_test(on_s390_the_stack_pointer_stays),
        cmocka_unit_test(a_root_has_an_undefined_return_address),
        cmocka_unit_test(signal_frames_are_marked),
        cmocka_unit_test(signed_return_addresses_of_aarch64_are_no_obstacle),
        cmocka_unit_test(nonsense_ends_what_it_is_in_front_of),
        cmocka_unit_test(registers_beyond_the_columns_are_dropped),
        cmocka_unit_test(remembering_without_end_makes_no_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
