/* test_cfi.c: where functions keep their caller's address, from hand-made .eh_frame. */
#include "arm64_program.h"
#include "cfi.h"
#include "check.h"

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
    assert_int_equal(flame_cfi_return_place(cfi, s.text), FLAME_RETURN_IN_REGISTER);
    assert_int_equal(flame_cfi_return_place(cfi, s.text + 4), FLAME_RETURN_SAVED);
    assert_int_equal(flame_cfi_return_place(cfi, s.text + 0x1c), FLAME_RETURN_SAVED);
    assert_int_equal(flame_cfi_return_place(cfi, s.text + 0x20), FLAME_RETURN_IN_REGISTER);
    assert_int_equal(flame_cfi_return_place(cfi, s.text + 0x2c), FLAME_RETURN_IN_REGISTER);
    assert_int_equal(flame_cfi_return_place(cfi, s.text + 0x30), FLAME_RETURN_UNKNOWN);
    assert_int_equal(flame_cfi_return_place(cfi, s.text + 0x34), FLAME_RETURN_UNKNOWN);
    assert_int_equal(flame_cfi_return_place(cfi, s.text + 0x100), FLAME_RETURN_UNKNOWN);
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
    assert_int_equal(flame_cfi_return_place(cfi, s.text), FLAME_RETURN_UNKNOWN);
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
    assert_int_equal(flame_cfi_return_place(cfi, s.text), FLAME_RETURN_IN_REGISTER);
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
            flame_cfi_return_place(cfi, s.text + offset);
        flame_cfi_close(cfi);
        bytes[at] = was;
    }
    discard(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_link_register_holds_the_caller_until_it_is_saved),
        cmocka_unit_test(an_object_without_frame_information_says_nothing),
        cmocka_unit_test(offsets_are_those_of_the_program_alone),
        cmocka_unit_test(broken_frame_information_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
