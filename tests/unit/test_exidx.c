/* test_exidx.c: ARM's unwind tables, from hand-made words, to rules. */
#include "cfi.h"
#include "check.h"
#include "elf_builder.h"

#include <string.h>

enum { SP = 13, LR = 14, PC = 15 };
enum { TEXT = 0x10000, TEXT_SIZE = 0x1000, INDEX = 0x20000, TABLE = 0x8000 };
enum { CANNOT_UNWIND = 1, POP_R4_LR = 0xa8, FINISH = 0xb0 };

/* One of the index: which function it is of, and its word; far: of a word of .ARM.extab, how many
 * bytes into it. */
struct entry {
    uint32_t function, word;
    bool far;
};

/* frames: a section .debug_frame. */
struct program {
    struct image_options options;
    const struct entry *entries;
    size_t entry_count;
    const uint32_t *extab;
    size_t extab_count;
    const uint8_t *frames;
    size_t frames_size;

    struct elf_builder *builder;
    struct flame_object object;
    struct flame_cfi *cfi;
    uint64_t text;
};

static const struct image_options arm = { .type = ET_DYN, .machine = EM_ARM };

static uint32_t distance(uint64_t to, uint64_t from)
{
    return (uint32_t)(to - from) & 0x7fffffff;
}

static void add_section(struct program *p, const char *name, uint64_t address, const void *bytes,
                        size_t size)
{
    struct image_section section = {
        .name = name, .type = SHT_PROGBITS, .addr = address, .bytes = bytes, .size = size
    };
    image_section(p->builder, &section);
    if (address)
        image_load(p->builder, address, image_offset(p->builder), size);
}

static void open_program(struct program *p)
{
    uint8_t index[512], extab[1200];
    assert_true(p->entry_count * 8 <= sizeof index && p->extab_count * 4 <= sizeof extab);
    p->builder = image_new(p->options);
    for (size_t i = 0; i < p->entry_count; i++) {
        const struct entry *e = &p->entries[i];
        uint64_t place = INDEX + i * 8;
        image_word(p->builder, index + i * 8, distance(e->function, place), 4);
        image_word(p->builder, index + i * 8 + 4,
                   e->far ? distance(TABLE + e->word, place + 4) : e->word, 4);
    }
    for (size_t i = 0; i < p->extab_count; i++)
        image_word(p->builder, extab + i * 4, p->extab[i], 4);
    add_section(p, ".text", TEXT, NULL, TEXT_SIZE);
    p->text = image_offset(p->builder);
    add_section(p, ".ARM.extab", TABLE, extab, p->extab_count * 4);
    add_section(p, ".ARM.exidx", INDEX, index, p->entry_count * 8);
    image_segment(p->builder, PT_ARM_EXIDX, INDEX, image_offset(p->builder), p->entry_count * 8);
    if (p->frames)
        add_section(p, ".debug_frame", 0, p->frames, p->frames_size);
    struct flame_bytes file = image_finish(p->builder);
    struct flame_file bytes = { file.ptr, (size_t)file.size, false };
    memset(&p->object, 0, sizeof p->object);
    assert_true(flame_vec_push(&p->object.files, bytes));
    assert_int_equal(flame_cfi_open(&p->cfi, &p->object), FLAME_OK);
}

static void close_program(struct program *p)
{
    flame_cfi_close(p->cfi);
    flame_vec_free(&p->object.files);
    image_free(p->builder);
}

static const struct flame_rule *rule_at(struct program *p, uint64_t distance_from_text)
{
    const struct flame_rule *rule;
    assert_int_equal(flame_cfi_rule(p->cfi, p->text + distance_from_text, &rule), FLAME_OK);
    return rule;
}

static const struct flame_rule_cell *cell_of(const struct flame_rule *rule, unsigned column)
{
    for (size_t i = 0; i < rule->cell_count; i++)
        if (rule->cells[i].column == column)
            return &rule->cells[i];
    return rule->return_column == column ? &rule->return_address : NULL;
}

static void check_cfa(const struct flame_rule *rule, unsigned base, int32_t value)
{
    assert_int_equal(rule->cfa.kind, FLAME_RULE_REGISTER);
    assert_int_equal(rule->cfa.other, base);
    assert_int_equal(rule->cfa.value, value);
}

static bool is_saved(const struct flame_rule *rule, unsigned column, int32_t value)
{
    const struct flame_rule_cell *cell = cell_of(rule, column);
    return cell && cell->kind == FLAME_RULE_SAVED && cell->value == value;
}

static void check_saved(const struct flame_rule *rule, unsigned column, int32_t value)
{
    assert_true(is_saved(rule, column, value));
}

/* Instructions; NO_RULE as base: they make none. Else the CFA, the registers that were popped, and
 * where the lowest of them lies below the CFA. */
enum { NO_RULE = 99 };

struct row {
    const char *name;
    uint8_t code[8];
    uint8_t size, base;
    int32_t cfa;
    uint16_t saved;
    int32_t lowest;
};

static const struct row rows[] = {
    { "nothing", { FINISH }, 1, SP, 0, 0, 0 },
    { "vsp += 4", { 0x00 }, 1, SP, 4, 0, 0 },
    { "vsp += 256", { 0x3f }, 1, SP, 256, 0, 0 },
    { "vsp -= 4", { 0x40 }, 1, SP, -4, 0, 0 },
    { "vsp -= 256", { 0x7f }, 1, SP, -256, 0, 0 },
    { "refuse", { 0x80, 0x00 }, 2, NO_RULE, 0, 0, 0 },
    { "pop {r4}", { 0x80, 0x01 }, 2, SP, 4, 0x10, -4 },
    { "pop {r12, lr}", { 0x85, 0x00 }, 2, SP, 8, 0x5000, -8 },
    { "pop {r4, pc}", { 0x88, 0x01 }, 2, SP, 8, 0x8010, -8 },
    { "pop {r4, sp}", { 0x82, 0x01 }, 2, SP, 8, 0x2010, -8 },
    { "pop {sp}, more", { 0x82, 0x00, 0x00 }, 3, NO_RULE, 0, 0, 0 },
    { "pop {sp}, finish", { 0x82, 0x00, FINISH, 0x00 }, 4, SP, 4, 0x2000, -4 },
    { "vsp = r7", { 0x97 }, 1, 7, 0, 0, 0 },
    { "vsp += 4, vsp = r11, pop", { 0x00, 0x9b, 0x02, 0xa8 }, 4, 11, 20, 0x4010, -8 },
    { "pop, vsp = r11", { 0xa8, 0x9b }, 2, NO_RULE, 0, 0, 0 },
    { "vsp = sp", { 0x9d }, 1, NO_RULE, 0, 0, 0 },
    { "vsp = pc", { 0x9f }, 1, NO_RULE, 0, 0, 0 },
    { "pop {r4}", { 0xa0 }, 1, SP, 4, 0x10, -4 },
    { "pop {r4-r11}", { 0xa7 }, 1, SP, 32, 0xff0, -32 },
    { "pop {r4, lr}", { 0xa8 }, 1, SP, 8, 0x4010, -8 },
    { "pop {r4-r11, lr}, vsp += 8", { 0xaf, 0x01 }, 2, SP, 44, 0x4ff0, -44 },
    { "finish, pop", { FINISH, 0xa8 }, 2, SP, 0, 0, 0 },
    { "pop {r3}", { 0xb1, 0x08 }, 2, SP, 4, 0x8, -4 },
    { "pop {r0-r3}", { 0xb1, 0x0f }, 2, SP, 16, 0xf, -16 },
    { "pop no argument", { 0xb1, 0x00 }, 2, NO_RULE, 0, 0, 0 },
    { "spare arguments", { 0xb1, 0x10 }, 2, NO_RULE, 0, 0, 0 },
    { "vsp += 0x204", { 0xb2, 0x00 }, 2, SP, 0x204, 0, 0 },
    { "vsp += 0x204 + 4 * 300", { 0xb2, 0xac, 0x02 }, 3, SP, 0x204 + 1200, 0, 0 },
    { "vsp += too much", { 0xb2, 0xff, 0xff, 0xff, 0xff, 1 }, 6, NO_RULE, 0, 0, 0 },
    { "pop {d8-d9} by FSTMX", { 0xb3, 0x81 }, 2, SP, 20, 0, 0 },
    { "pop ra_auth_code", { 0xb4 }, 1, SP, 4, 0, 0 },
    { "signed by vsp", { 0xb5, 0xa8 }, 2, SP, 8, 0x4010, -8 },
    { "spare b6", { 0xb6 }, 1, NO_RULE, 0, 0, 0 },
    { "pop {d8-d10} by FSTMX", { 0xba }, 1, SP, 28, 0, 0 },
    { "pop {wr10-wr11}", { 0xc1 }, 1, SP, 16, 0, 0 },
    { "pop {wr0-wr2}", { 0xc6, 0x02 }, 2, SP, 24, 0, 0 },
    { "pop {wcgr0, wcgr3}", { 0xc7, 0x09 }, 2, SP, 8, 0, 0 },
    { "spare c7", { 0xc7, 0x00 }, 2, NO_RULE, 0, 0, 0 },
    { "pop {d16-d19}", { 0xc8, 0x03 }, 2, SP, 32, 0, 0 },
    { "pop {d8-d15}, pop {r4, lr}", { 0xc9, 0x87, 0xa8 }, 3, SP, 72, 0x4010, -8 },
    { "spare ca", { 0xca }, 1, NO_RULE, 0, 0, 0 },
    { "pop {d8-d11}", { 0xd3 }, 1, SP, 32, 0, 0 },
    { "spare d8", { 0xd8 }, 1, NO_RULE, 0, 0, 0 },
    { "spare ff", { 0xff }, 1, NO_RULE, 0, 0, 0 },
};

/* What was not popped is still in its register, and the caller's stack ends at the CFA. */
static bool is_kept(const struct flame_rule *rule, unsigned column)
{
    const struct flame_rule_cell *cell = cell_of(rule, column);
    if (column == SP)
        return cell && cell->kind == FLAME_RULE_CFA && cell->value == 0;
    return !cell || (column == rule->return_column && cell->kind == FLAME_RULE_SAME);
}

static bool is_row(const struct row *row, const struct flame_rule *rule)
{
    if (!rule)
        return row->base == NO_RULE;
    bool same = rule->cfa.kind == FLAME_RULE_REGISTER && rule->cfa.other == row->base &&
                rule->cfa.value == row->cfa && !rule->signal &&
                rule->return_column == (row->saved >> PC & 1 ? PC : LR);
    int32_t at = row->lowest;
    for (unsigned column = 0; column < 16; column++) {
        bool saved = row->saved >> column & 1;
        same = same && (saved ? is_saved(rule, column, at) : is_kept(rule, column));
        at += saved ? 4 : 0;
    }
    return same;
}

TEST(every_instruction_does_what_it_says)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t code[10];
        memset(code, FINISH, sizeof code);
        memcpy(code, rows[i].code, rows[i].size);
        uint32_t words[3] = { 0x81020000u | (uint32_t)code[0] << 8 | code[1] };
        for (size_t k = 2; k < sizeof code; k++)
            words[1 + (k - 2) / 4] |= (uint32_t)code[k] << (24 - (k - 2) % 4 * 8);
        static const struct entry entries[] = { { TEXT, 0, true } };
        struct program p = {
            .options = arm, .entries = entries, .entry_count = 1, .extab = words, .extab_count = 3
        };
        open_program(&p);
        if (!is_row(&rows[i], rule_at(&p, 4)))
            fail_msg("%s", rows[i].name);
        close_program(&p);
    }
}

TEST(an_instruction_that_its_entry_cuts_off_makes_no_rule)
{
    static const struct entry entries[] = { { TEXT, 0x80b0b080, false },
                                            { TEXT + 0x100, 0x80008400, false },
                                            { TEXT + 0x200, 0x800000b2, false } };
    struct program p = { .options = arm, .entries = entries, .entry_count = 3 };
    open_program(&p);
    check_cfa(rule_at(&p, 0x10), SP, 0); /* behind a finish nothing is read */
    check_saved(rule_at(&p, 0x110), LR, -4);
    assert_null(rule_at(&p, 0x210));
    close_program(&p);
}

TEST(all_forms_of_entries_hold_the_same_instructions)
{
    static const uint32_t extab[] = {
        0x80a8b0b0, /*  0: the first personality routine */
        0x81010000,
        0xa8b0b0b0,                         /*  4: vsp moves twice */
        0x82000000 | POP_R4_LR << 8 | 0xb0, /* 12 */
        0x00001000,
        0x00a8b0b0, /* 16: one of a language */
        0x00001000,
        0x010000a8,
        0xb0b0b0b0, /* 24 */
        0x83000000,
        0x90a8b0b0, /* 36, 40: none that is known */
        0x00001000,
        0xff000000, /* 44: longer than the file */
    };
    static const struct entry entries[] = {
        { TEXT, 0x80a8b0b0, false },        { TEXT + 0x100, 0, true },
        { TEXT + 0x200, 4, true },          { TEXT + 0x300, 12, true },
        { TEXT + 0x400, 16, true },         { TEXT + 0x500, 24, true },
        { TEXT + 0x600, 36, true },         { TEXT + 0x700, 40, true },
        { TEXT + 0x800, 44, true },         { TEXT + 0x900, 0x81a8b0b0, false },
        { TEXT + 0xa00, 0x01000000, true }, /* nothing is there */
    };
    static const int32_t below[] = { 0, 0, 8, 0, 0, 8 };
    for (unsigned big = 0; big < 2; big++) {
        struct program p = { .options = arm,
                             .entries = entries,
                             .entry_count = sizeof entries / sizeof *entries,
                             .extab = extab,
                             .extab_count = sizeof extab / sizeof *extab };
        p.options.big_endian = big;
        open_program(&p);
        for (unsigned i = 0; i < 6; i++) {
            check_cfa(rule_at(&p, i * 0x100 + 0x10), SP, 8 + below[i]);
            check_saved(rule_at(&p, i * 0x100 + 0x10), 4, -8);
            check_saved(rule_at(&p, i * 0x100 + 0x10), LR, -4);
        }
        for (unsigned i = 6; i < p.entry_count; i++)
            assert_null(rule_at(&p, i * 0x100 + 0x10));
        close_program(&p);
    }
}

TEST(in_a_functions_first_instruction_nothing_is_saved)
{
    static const struct entry entries[] = { { TEXT + 0x101, 0x80a8b0b0, false }, /* Thumb */
                                            { TEXT + 0x200, 0x80aab0b0, false } };
    struct program p = { .options = arm, .entries = entries, .entry_count = 2 };
    open_program(&p);
    const struct flame_rule *first = rule_at(&p, 0x100), *body = rule_at(&p, 0x102);
    check_cfa(first, SP, 0);
    assert_int_equal(first->return_address.kind, FLAME_RULE_SAME);
    assert_int_equal(first->return_column, LR);
    assert_int_equal(first->start, p.text + 0x100);
    check_cfa(body, SP, 8);
    assert_int_equal(body->start, p.text + 0x101);
    assert_int_equal(body->end, p.text + 0x200);
    /* Who is called by the first instruction asks for the byte before the second. */
    assert_ptr_equal(rule_at(&p, 0x101), body);
    assert_ptr_equal(rule_at(&p, 0x1ff), body);
    check_cfa(rule_at(&p, 0x200), SP, 0);
    check_cfa(rule_at(&p, 0x204), SP, 16);
    assert_int_equal(rule_at(&p, 0x204)->end, p.text + TEXT_SIZE);
    assert_null(rule_at(&p, 0xff));
    close_program(&p);
}

TEST(code_that_cannot_be_unwound_is_no_root_unless_the_program_begins_there)
{
    static const struct entry entries[] = { { TEXT, CANNOT_UNWIND, false },
                                            { TEXT + 0x200, 0x80b0b0b0, false },
                                            { TEXT + 0x300, CANNOT_UNWIND, false } };
    struct program p = { .options = arm, .entries = entries, .entry_count = 3 };
    p.options.entry = TEXT + 0x101; /* Thumb */
    open_program(&p);
    assert_null(rule_at(&p, 0));
    assert_null(rule_at(&p, 0xff));
    const struct flame_rule *rule = rule_at(&p, 0x127);
    assert_non_null(rule);
    assert_int_equal(rule->return_address.kind, FLAME_RULE_UNDEFINED);
    assert_ptr_equal(rule_at(&p, 0x100), rule);
    assert_int_equal(rule->start, p.text + 0x100);
    assert_null(rule_at(&p, 0x140));
    assert_null(rule_at(&p, 0x310));
    close_program(&p);
    p.options.entry = TEXT + 0x2f0; /* in code that can be */
    open_program(&p);
    assert_int_equal(rule_at(&p, 0x2f4)->return_address.kind, FLAME_RULE_SAME);
    assert_null(rule_at(&p, 0x310));
    close_program(&p);
}

TEST(a_signals_frame_has_all_registers)
{
    /* glibc's __default_rt_sa_restorer */
    static const uint32_t extab[] = { 0x810127b1, 0x0f8fffb0 };
    static const struct entry entries[] = { { TEXT, 0, true } };
    struct program p = {
        .options = arm, .entries = entries, .entry_count = 1, .extab = extab, .extab_count = 2
    };
    open_program(&p);
    const struct flame_rule *rule = rule_at(&p, 2);
    assert_non_null(rule);
    assert_true(rule->signal);
    check_cfa(rule, SP, 160 + 64);
    assert_int_equal(rule->return_column, PC);
    assert_int_equal(rule->cell_count, 15);
    for (unsigned column = 0; column < 16; column++)
        check_saved(rule, column, (int32_t)column * 4 - 64);
    close_program(&p);
}

TEST(debug_frame_knows_more_where_it_is)
{
    /* Of [TEXT, TEXT + 0x80): the CFA is the stack pointer and 24. */
    static const uint8_t frames[] = { 12, 0, 0,    0, 0xff, 0xff, 0xff, 0xff,
                                      1,  0, 1,    0, LR,   0x0c, SP,   24, /**/
                                      12, 0, 0,    0, 0,    0,    0,    0,  /**/
                                      0,  0, 0x01, 0, 0x80, 0,    0,    0 };
    static const struct entry entries[] = { { TEXT, 0x80a8b0b0, false } };
    struct program p = { .options = arm,
                         .entries = entries,
                         .entry_count = 1,
                         .frames = frames,
                         .frames_size = sizeof frames };
    open_program(&p);
    check_cfa(rule_at(&p, 0x7f), SP, 24);
    check_cfa(rule_at(&p, 0x80), SP, 8);
    close_program(&p);
}

TEST(other_machines_have_no_such_tables)
{
    static const struct entry entries[] = { { TEXT, 0x80a8b0b0, false } };
    struct program p = { .options = arm, .entries = entries, .entry_count = 1 };
    p.options.machine = EM_MIPS; /* whose register information has the same number */
    open_program(&p);
    assert_null(p.cfi);
    close_program(&p);
}

TEST(broken_tables_do_no_harm)
{
    static const uint32_t extab[] = { 0x8102970a, 0xc983b108, 0xafb0b0b0,
                                      0x00001000, 0x0100b2ac, 0x02b0b0b0 };
    static const struct entry entries[] = { { TEXT, CANNOT_UNWIND, false },
                                            { TEXT + 0x100, 0, true },
                                            { TEXT + 0x200, 12, true },
                                            { TEXT + 0x300, 0x80a8b0b0, false } };
    static const uint8_t values[] = { 0x00, 0x7f, 0x80, 0xb2, 0xff };
    struct program p = {
        .options = arm, .entries = entries, .entry_count = 4, .extab = extab, .extab_count = 6
    };
    open_program(&p);
    struct flame_file *file = &p.object.files.items[0];
    uint8_t *bytes = (uint8_t *)(uintptr_t)file->bytes;
    for (size_t n = 0; n < file->size * sizeof values; n++) {
        size_t at = n / sizeof values;
        uint8_t was = bytes[at];
        struct flame_cfi *cfi;
        if (at >= p.text && at < p.text + TEXT_SIZE)
            continue;
        bytes[at] = values[n % sizeof values];
        assert_int_equal(flame_cfi_open(&cfi, &p.object), FLAME_OK);
        for (uint64_t offset = 0; offset < 0x400; offset += 0x40) {
            const struct flame_rule *rule;
            assert_int_equal(flame_cfi_rule(cfi, p.text + offset + 2, &rule), FLAME_OK);
        }
        flame_cfi_close(cfi);
        bytes[at] = was;
    }
    close_program(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction_does_what_it_says),
        cmocka_unit_test(an_instruction_that_its_entry_cuts_off_makes_no_rule),
        cmocka_unit_test(all_forms_of_entries_hold_the_same_instructions),
        cmocka_unit_test(in_a_functions_first_instruction_nothing_is_saved),
        cmocka_unit_test(code_that_cannot_be_unwound_is_no_root_unless_the_program_begins_there),
        cmocka_unit_test(a_signals_frame_has_all_registers),
        cmocka_unit_test(debug_frame_knows_more_where_it_is),
        cmocka_unit_test(other_machines_have_no_such_tables),
        cmocka_unit_test(broken_tables_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
