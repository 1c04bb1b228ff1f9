/* test_cfi.c: where functions keep their caller's address, from hand-made .eh_frame, and what libdw
 * says of this very program and its libraries as the control. */
#include "arm64_program.h"
#include "cfi.h"
#include "check.h"
#include "elf_file.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdio.h>
#include <stdlib.h>

struct scene {
    struct elf_builder *b;
    struct flame_object object;
    uint64_t text;
};

static void build(struct scene *s, bool with_frames)
{
    uint64_t text;
    *s = (struct scene){ .b = arm64_program(with_frames, &text) };
    s->text = text;
    struct flame_bytes file = image_finish(s->b);
    struct flame_file bytes = { file.ptr, (size_t)file.size, false };
    assert_true(flame_vec_push(&s->object.files, bytes));
}

static enum flame_return_place return_place(struct flame_cfi *cfi, uint64_t offset)
{
    const struct flame_rule *rule;
    assert_int_equal(flame_cfi_rule(cfi, offset, &rule), FLAME_OK);
    return flame_rule_return_place(rule);
}

static void discard(struct scene *s)
{
    flame_vec_free(&s->object.files);
    image_free(s->b);
}

TEST(the_link_register_holds_the_caller_until_it_is_saved)
{
    struct scene s;
    struct flame_cfi *cfi;
    build(&s, true);
    assert_int_equal(flame_cfi_open(&cfi, &s.object), FLAME_OK);
    assert_non_null(cfi);
    assert_int_equal(return_place(cfi, s.text), FLAME_RETURN_IN_REGISTER);
    assert_int_equal(return_place(cfi, s.text + 4), FLAME_RETURN_SAVED);
    assert_int_equal(return_place(cfi, s.text + 0x1c), FLAME_RETURN_SAVED);
    assert_int_equal(return_place(cfi, s.text + 0x20), FLAME_RETURN_IN_REGISTER);
    assert_int_equal(return_place(cfi, s.text + 0x2c), FLAME_RETURN_IN_REGISTER);
    assert_int_equal(return_place(cfi, s.text + 0x30), FLAME_RETURN_UNKNOWN);
    assert_int_equal(return_place(cfi, s.text + 0x34), FLAME_RETURN_UNKNOWN);
    assert_int_equal(return_place(cfi, s.text + 0x100), FLAME_RETURN_UNKNOWN);
    flame_cfi_close(cfi);
    discard(&s);
}

TEST(an_object_without_frame_information_says_nothing)
{
    struct scene s;
    struct flame_cfi *cfi;
    build(&s, false);
    assert_int_equal(flame_cfi_open(&cfi, &s.object), FLAME_OK);
    assert_null(cfi);
    assert_int_equal(return_place(cfi, s.text), FLAME_RETURN_UNKNOWN);
    flame_cfi_close(cfi);
    discard(&s);
}

TEST(it_says_which_function_an_offset_is_in)
{
    struct scene s;
    struct flame_cfi *cfi;
    const struct flame_rule *rule;
    uint64_t start, end, again, until;
    bool found;
    build(&s, true);
    assert_int_equal(flame_cfi_open(&cfi, &s.object), FLAME_OK);
    assert_int_equal(flame_cfi_function(cfi, s.text, &start, &end, &found), FLAME_OK);
    assert_true(found);
    assert_int_equal(start, s.text);
    assert_int_equal(flame_cfi_rule(cfi, s.text, &rule), FLAME_OK);
    assert_true(rule->end < end); /* which has more than one */
    assert_int_equal(flame_cfi_function(cfi, end - 1, &again, &until, &found), FLAME_OK);
    assert_true(found && again == start && until == end);
    assert_int_equal(flame_cfi_function(cfi, 0, &again, &until, &found), FLAME_OK);
    assert_false(found);
    assert_int_equal(flame_cfi_function(NULL, s.text, &again, &until, &found), FLAME_OK);
    assert_false(found);
    flame_cfi_close(cfi);
    discard(&s);
}

TEST(offsets_are_those_of_the_program_alone)
{
    struct scene s;
    struct flame_cfi *cfi;
    build(&s, true);
    /* A debug file comes first. Where the program cannot be read, its headers do not stand in. */
    struct flame_file broken = { (const uint8_t *)"no ELF file", 11, false };
    assert_true(flame_vec_push(&s.object.files, broken));
    assert_int_equal(flame_cfi_open(&cfi, &s.object), FLAME_OK);
    assert_null(cfi);
    s.object.files.items[1] = s.object.files.items[0];
    s.object.files.items[0] = broken;
    assert_int_equal(flame_cfi_open(&cfi, &s.object), FLAME_OK);
    assert_int_equal(return_place(cfi, s.text), FLAME_RETURN_IN_REGISTER);
    flame_cfi_close(cfi);
    discard(&s);
}

TEST(broken_frame_information_does_no_harm)
{
    struct scene s;
    build(&s, true);
    uint8_t *bytes = (uint8_t *)(uintptr_t)s.object.files.items[0].bytes;
    size_t size = s.object.files.items[0].size;
    for (size_t at = 64; at < size; at++) {
        uint8_t was = bytes[at];
        struct flame_cfi *cfi;
        bytes[at] = 0xff;
        assert_int_equal(flame_cfi_open(&cfi, &s.object), FLAME_OK);
        for (uint64_t offset = 0; offset < 0x40; offset += 4)
            return_place(cfi, s.text + offset);
        flame_cfi_close(cfi);
        bytes[at] = was;
    }
    discard(&s);
}

static const struct flame_rule_cell *rule_cell(const struct flame_rule *rule, unsigned column)
{
    for (size_t i = 0; i < rule->cell_count; i++)
        if (rule->cells[i].column == column)
            return &rule->cells[i];
    return rule->return_column == column ? &rule->return_address : NULL;
}

struct opened {
    struct flame_object object;
    struct flame_cfi *cfi;
};

static void open_file(struct opened *o, const char *path)
{
    struct flame_file file;
    *o = (struct opened){ 0 };
    assert_int_equal(flame_file_open(&file, path, NULL), FLAME_OK);
    assert_true(flame_vec_push(&o->object.files, file));
    assert_int_equal(flame_cfi_open(&o->cfi, &o->object), FLAME_OK);
}

static void close_file(struct opened *o)
{
    flame_cfi_close(o->cfi);
    flame_file_close(&o->object.files.items[0]);
    flame_vec_free(&o->object.files);
}

/* Whether a cell says what libdw does, as libdw.h has it. */
static bool agrees(const struct flame_rule_cell *cell, const Dwarf_Op *ops, size_t count)
{
    if (count == 0)
        return !cell || cell->kind == (ops ? FLAME_RULE_UNDEFINED : FLAME_RULE_SAME);
    if (!cell)
        return false;
    if (ops[0].atom == DW_OP_regx)
        return cell->kind == FLAME_RULE_REGISTER && cell->other == ops[0].number;
    bool value = ops[count - 1].atom == DW_OP_stack_value;
    count -= value;
    if (ops[0].atom == DW_OP_call_frame_cfa &&
        (count == 1 || (count == 2 && ops[1].atom == DW_OP_plus_uconst)))
        return cell->kind == (value ? FLAME_RULE_CFA : FLAME_RULE_SAVED) &&
               cell->value == (count == 2 ? (int64_t)ops[1].number : 0);
    return cell->kind == (value ? FLAME_RULE_COMPUTED : FLAME_RULE_SAVED_AT);
}

static bool cfa_agrees(const struct flame_rule *rule, const Dwarf_Op *ops, size_t count)
{
    if (count == 1 && ops[0].atom == DW_OP_bregx)
        return rule->cfa.kind == FLAME_RULE_REGISTER && rule->cfa.other == ops[0].number &&
               rule->cfa.value == (int64_t)ops[0].number2;
    if (rule->cfa.kind != FLAME_RULE_COMPUTED)
        return false;
    const struct flame_expression *e = &rule->expressions[rule->cfa.value];
    bool same = e->count == count;
    for (size_t i = 0; same && i < count; i++)
        same = e->ops[i].code == ops[i].atom;
    return same;
}

static bool frame_agrees(const struct flame_rule *rule, Dwarf_Frame *frame)
{
    bool signal;
    Dwarf_Op *ops, memory[3];
    size_t count;
    if (dwarf_frame_info(frame, NULL, NULL, &signal) != rule->return_column ||
        signal != rule->signal || dwarf_frame_cfa(frame, &ops, &count) != 0 ||
        !cfa_agrees(rule, ops, count))
        return false;
    for (unsigned column = 0; column < 17; column++)
        if (dwarf_frame_register(frame, (int)column, memory, &ops, &count) != 0 ||
            !agrees(rule_cell(rule, column), ops, count))
            return false;
    return true;
}

/* Compare rules with libdw's frames all over an object's code; returns how many there were. */
static size_t compare(struct opened *o, const char *name)
{
    struct flame_elf elf;
    size_t both = 0;
    const struct flame_file *file = &o->object.files.items[0];
    assert_int_equal(flame_elf_open(&elf, file->bytes, file->size), FLAME_OK);
    Dwarf_CFI *tables = dwarf_getcfi_elf(elf.handle);
    assert_non_null(tables);
    const struct flame_elf_section *text = flame_elf_section(&elf, ".text", SHT_PROGBITS);
    for (uint64_t at = 0; at < text->header.sh_size; at += 127) {
        const struct flame_rule *rule;
        Dwarf_Frame *frame = NULL;
        uint64_t offset = text->header.sh_offset + at;
        assert_int_equal(flame_cfi_rule(o->cfi, offset, &rule), FLAME_OK);
        bool has = dwarf_cfi_addrframe(tables, text->header.sh_addr + at, &frame) == 0;
        if (has != (rule != NULL) ||
            (has && (offset < rule->start || offset >= rule->end || !frame_agrees(rule, frame))))
            fail_msg("%s: differs at offset 0x%zx", name, (size_t)offset);
        both += has;
        free(frame);
    }
    dwarf_cfi_end(tables);
    flame_elf_close(&elf);
    return both;
}

/* The next file whose code this process has mapped. */
static bool next_file(FILE *maps, char path[800])
{
    char line[1024];
    while (fgets(line, sizeof line, maps))
        if (sscanf(line, "%*s r-xp %*s %*s %*s %799s", path) == 1 && path[0] == '/')
            return true;
    return false;
}

TEST(libdw_says_the_same_of_this_program_and_its_libraries)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char path[800];
    size_t files = 0;
    if (!maps)
        skip();
    while (next_file(maps, path)) {
        struct opened o;
        open_file(&o, path);
        files += o.cfi && compare(&o, path) > 100;
        close_file(&o);
    }
    fclose(maps);
    assert_true(files > 2); /* this, libc, libdw */
}

TEST(without_section_headers_the_table_leads_the_way)
{
    struct opened whole, o = { 0 };
    open_file(&whole, "/proc/self/exe");
    struct flame_file file = whole.object.files.items[0];
    uint8_t *copy = malloc(file.size);
    assert_non_null(copy);
    memcpy(copy, file.bytes, file.size);
    size_t count = 0;
    if (copy[EI_CLASS] == ELFCLASS64) {
        memset(copy + offsetof(Elf64_Ehdr, e_shoff), 0, 8);
        memset(copy + offsetof(Elf64_Ehdr, e_shnum), 0, 4);
    } else {
        memset(copy + offsetof(Elf32_Ehdr, e_shoff), 0, 4);
        memset(copy + offsetof(Elf32_Ehdr, e_shnum), 0, 4);
    }
    assert_true(flame_vec_push(&o.object.files, (struct flame_file){ copy, file.size, false }));
    assert_int_equal(flame_cfi_open(&o.cfi, &o.object), FLAME_OK);
    assert_non_null(o.cfi);
    for (uint64_t offset = 0; offset < file.size; offset += 0x101) {
        const struct flame_rule *a, *b;
        assert_int_equal(flame_cfi_rule(whole.cfi, offset, &a), FLAME_OK);
        assert_int_equal(flame_cfi_rule(o.cfi, offset, &b), FLAME_OK);
        assert_true(a ? b && a->start == b->start && a->end == b->end : !b);
        count += a != NULL;
    }
    assert_true(count > 100);
    flame_cfi_close(o.cfi);
    flame_vec_free(&o.object.files);
    free(copy);
    close_file(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_link_register_holds_the_caller_until_it_is_saved),
        cmocka_unit_test(an_object_without_frame_information_says_nothing),
        cmocka_unit_test(it_says_which_function_an_offset_is_in),
        cmocka_unit_test(offsets_are_those_of_the_program_alone),
        cmocka_unit_test(broken_frame_information_does_no_harm),
        cmocka_unit_test(libdw_says_the_same_of_this_program_and_its_libraries),
        cmocka_unit_test(without_section_headers_the_table_leads_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
