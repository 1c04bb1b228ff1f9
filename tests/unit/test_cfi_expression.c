/* test_cfi_expression.c: DWARF expressions of call-frame information, decoded. */
#include "cfi_image.h"

TEST(branches_count_operations)
{
    struct cfi_image i = { .options = ANY_X86 };
    /* CFA: breg7 8; lit0; bra +3; skip -8 (to lit0); bregx 200 1 is not reached: skip to the end */
    static const uint8_t program[] = { 0x0f, 13,   0x77, 8,    0x30, 0x28, 3,   0,
                                       0x2f, 0xf9, 0xff, 0x2f, 0,    0,    0x96 };
    cfi_image_open(&i, program, sizeof program);
    const struct flame_rule *rule = cfi_image_rule(&i, 0);
    assert_non_null(rule);
    assert_int_equal(rule->cfa.kind, FLAME_RULE_COMPUTED);
    assert_int_equal(rule->expression_count, 1);
    const struct flame_expression *e = &rule->expressions[0];
    assert_false(e->cfa_first);
    assert_int_equal(e->count, 6);
    assert_int_equal(e->ops[0].code, 0x77);
    assert_int_equal(e->ops[0].a, 8);
    assert_int_equal(e->ops[2].a, 4); /* over the skip */
    assert_int_equal(e->ops[3].a, 1); /* back to lit0 */
    assert_int_equal(e->ops[4].a, 5); /* on */
    cfi_image_close(&i);
}

/* DW_CFA_val_expression of register 3 with one more thing in it. */
static bool has_rule(const uint8_t *expression, size_t size)
{
    struct cfi_image i = { .options = ANY_X86 };
    uint8_t program[1024] = { 0x16, 3, (uint8_t)(size | 0x80), (uint8_t)(size >> 7) };
    memcpy(program + 4, expression, size);
    cfi_image_open(&i, program, size + 4);
    const struct flame_rule *rule = cfi_image_rule(&i, 0);
    bool has = rule != NULL;
    if (has)
        assert_true(rule->expression_count == 0 || rule->expressions[0].cfa_first);
    cfi_image_close(&i);
    return has;
}

TEST(expressions_that_cannot_be_evaluated_make_no_rule)
{
    static const struct {
        uint8_t bytes[10];
        uint8_t size;
        bool good;
    } cases[] = {
        { { 0x76, 8 }, 2, true },                       /* breg6 8 */
        { { 0x76, 8, 0x06 }, 3, true },                 /* and what is there */
        { { 0x92, 6, 8 }, 3, true },                    /* bregx 6 8 */
        { { 0x92, 0x80, 1, 8 }, 4, false },             /* bregx 128 8 */
        { { 0x30, 0x28, 0, 0 }, 4, true },              /* lit0; bra to the end */
        { { 0x30, 0x28, 1, 0 }, 4, false },             /* behind the end */
        { { 0x2f, 0xfe, 0xff }, 3, false },             /* skip into itself */
        { { 0x2f, 0xfc, 0xff }, 3, false },             /* before the beginning */
        { { 0x2f, 0xfd, 0xff }, 3, true },              /* to itself: the unwinder's to stop */
        { { 0x03, 0, 0, 1, 0, 0, 0, 0, 0 }, 9, true },  /* addr of the function */
        { { 0x03, 0, 0, 0, 1, 0, 0, 0, 0 }, 9, false }, /* of nothing */
        { { 0x56 }, 1, false },                         /* reg6 is a place, not a value */
        { { 0x9c }, 1, false },                         /* call_frame_cfa of the CFA */
        { { 0xa3, 1, 0x50 }, 3, false },                /* entry_value */
        { { 0xe0 }, 1, false },                         /* GNU_push_tls_address */
        { { 0x0e, 1, 2 }, 3, false },                   /* const8u, cut */
        { { 0x96 }, 0, false },                         /* nothing */
    };
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++)
        if (has_rule(cases[n].bytes, cases[n].size) != cases[n].good)
            fail_msg("expression %zu", n);
    uint8_t nops[257];
    memset(nops, 0x96, sizeof nops);
    assert_true(has_rule(nops, 256));
    assert_false(has_rule(nops, 257));
}

TEST(an_address_in_an_expression_becomes_an_offset)
{
    struct cfi_image i = { .options = ANY_X86 };
    static const uint8_t program[] = { 0x16, 3, 9, 0x03, 0x10, 0, 1, 0, 0, 0, 0, 0 };
    cfi_image_open(&i, program, sizeof program);
    const struct flame_rule *rule = cfi_image_rule(&i, 0);
    assert_int_equal(rule->expressions[0].ops[0].a, i.text + 0x10);
    cfi_image_close(&i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(branches_count_operations),
        cmocka_unit_test(expressions_that_cannot_be_evaluated_make_no_rule),
        cmocka_unit_test(an_address_in_an_expression_becomes_an_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
