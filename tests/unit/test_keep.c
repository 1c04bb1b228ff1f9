/* test_keep.c: which bytes of an ELF file stay in a copy. What real programs' copies tell is
 * compared by tests/symbols/keep.test.sh. */
#include "check.h"
#include "elf_file.h"
#include "elf_library.h"
#include "keep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT = 0x10000, SIZE = 0x400 };

/* A program of 0x400 bytes of code at 0x10000, and what was kept of it. */
struct scene {
    struct elf_builder *b;
    struct flame_object object;
    struct flame_bytes file;
    struct flame_ranges functions, words;
    struct flame_kept kept;
    uint64_t offset; /* of the code */
};

static const struct flame_symbol_places nowhere;

/* code[0x10] calls 0x10100; all other bytes are nops. */
static void begin(struct scene *s, uint16_t machine, size_t *text)
{
    uint8_t code[SIZE];
    memset(code, 0x90, sizeof code);
    memcpy(code + 0x10, (const uint8_t[]){ 0xe8, 0xeb, 0, 0, 0 }, 5);
    *s = (struct scene){ 0 };
    s->b = image_new((struct image_options){ .wide = true, .type = ET_EXEC, .machine = machine });
    *text = image_section(s->b, &(struct image_section){ .name = ".text",
                                                         .type = SHT_PROGBITS,
                                                         .flags = SHF_ALLOC | SHF_EXECINSTR,
                                                         .addr = TEXT,
                                                         .size = sizeof code,
                                                         .bytes = code });
    s->offset = image_offset(s->b);
    image_load(s->b, TEXT, s->offset, sizeof code);
}

static void keep(struct scene *s, uint64_t start, uint64_t end)
{
    s->file = image_finish(s->b);
    struct flame_file file = { s->file.ptr, (size_t)s->file.size, false };
    s->object.used = s->object.program = (char *)(uintptr_t) "/program";
    assert_true(flame_vec_push(&s->object.files, file));
    assert_true(flame_ranges_add(&s->functions, s->offset + start, s->offset + end));
    struct flame_keep_request request = { .path = flame_str_from("/program"),
                                          .reference = flame_str_from("_text"),
                                          .places = &nowhere,
                                          .functions = &s->functions,
                                          .words = s->words.count ? &s->words : NULL };
    assert_int_equal(flame_keep_object(&s->kept, &s->object, &request), FLAME_OK);
    assert_int_equal(s->kept.files.count, 1);
    assert_string_equal(s->kept.files.items[0].path, "/program");
    assert_int_equal(s->kept.files.items[0].size, s->file.size);
}

static void end(struct scene *s)
{
    flame_kept_deinit(&s->kept);
    flame_ranges_free(&s->functions);
    flame_ranges_free(&s->words);
    flame_vec_free(&s->object.files);
    image_free(s->b);
}

static const struct flame_ranges *kept(const struct scene *s)
{
    return &s->kept.files.items[0].kept;
}

/* Whether a text that the file has once is kept. */
static bool has_text(const struct scene *s, const char *text)
{
    size_t length = strlen(text) + 1, at = 0;
    while (memcmp(s->file.ptr + at, text, length) != 0) {
        at++;
        assert_true(at + length <= s->file.size);
    }
    return flame_ranges_contain(kept(s), at);
}

TEST(code_that_was_hit_stays_and_other_code_goes)
{
    struct scene s;
    size_t text;
    begin(&s, EM_X86_64, &text);
    image_symbol(s.b, (struct image_symbol){ "hit", TEXT + 0x20, 0x10, text, STT_FUNC, STB_GLOBAL,
                                             STV_DEFAULT });
    keep(&s, 0x20, 0x30);
    for (uint64_t i = 0; i < SIZE; i++)
        assert_int_equal(flame_ranges_contain(kept(&s), s.offset + i), i >= 0x20 && i < 0x30);
    assert_true(flame_ranges_contain(kept(&s), 0)); /* the header */
    end(&s);
}

TEST(words_that_walks_read_stay)
{
    struct scene s;
    size_t text;
    begin(&s, EM_X86_64, &text);
    assert_true(flame_ranges_add(&s.words, s.offset + 0x300, s.offset + 0x308));
    keep(&s, 0x20, 0x30);
    assert_true(flame_ranges_contain(kept(&s), s.offset + 0x307));
    assert_false(flame_ranges_contain(kept(&s), s.offset + 0x308));
    end(&s);
}

TEST(names_of_what_was_hit_and_of_what_it_calls_stay)
{
    struct scene s;
    size_t text;
    begin(&s, EM_X86_64, &text);
    image_symbol(s.b, (struct image_symbol){ "first", TEXT + 0x3f0, 8, text, STT_FUNC, STB_LOCAL,
                                             STV_DEFAULT });
    image_symbol(s.b, (struct image_symbol){ "hit", TEXT + 0x10, 8, text, STT_FUNC, STB_GLOBAL,
                                             STV_DEFAULT });
    image_symbol(s.b, (struct image_symbol){ "again", TEXT + 0x10, 4, text, STT_FUNC, STB_WEAK,
                                             STV_DEFAULT });
    image_symbol(s.b, (struct image_symbol){ "called", TEXT + 0x100, 8, text, STT_FUNC, STB_GLOBAL,
                                             STV_DEFAULT });
    image_symbol(s.b, (struct image_symbol){ "other", TEXT + 0x200, 8, text, STT_FUNC, STB_GLOBAL,
                                             STV_DEFAULT });
    image_symbol(s.b, (struct image_symbol){ "_text", TEXT + 0x300, 0, text, STT_FUNC, STB_GLOBAL,
                                             STV_DEFAULT });
    keep(&s, 0x10, 0x18);
    assert_true(has_text(&s, "hit"));
    assert_true(has_text(&s, "again"));
    assert_true(has_text(&s, "called"));
    assert_true(has_text(&s, "first")); /* so that there are symbols in any case */
    assert_true(has_text(&s, "_text"));
    assert_false(has_text(&s, "other"));
    end(&s);
}

TEST(a_symbol_without_a_size_keeps_the_one_that_ends_it)
{
    struct scene s;
    size_t text;
    begin(&s, EM_X86_64, &text);
    image_symbol(s.b, (struct image_symbol){ "hit", TEXT + 0x20, 0, text, STT_FUNC, STB_GLOBAL,
                                             STV_DEFAULT });
    image_symbol(s.b, (struct image_symbol){ "next", TEXT + 0x300, 8, text, STT_FUNC, STB_GLOBAL,
                                             STV_DEFAULT });
    image_symbol(s.b, (struct image_symbol){ "far", TEXT + 0x340, 8, text, STT_FUNC, STB_GLOBAL,
                                             STV_DEFAULT });
    keep(&s, 0x60, 0x68);
    assert_true(has_text(&s, "hit"));
    assert_true(has_text(&s, "next"));
    assert_false(has_text(&s, "far"));
    end(&s);
}

TEST(where_code_cannot_be_asked_all_symbols_stay)
{
    struct scene s;
    size_t text;
    begin(&s, EM_S390, &text);
    image_symbol(s.b, (struct image_symbol){ "hit", TEXT + 0x10, 8, text, STT_FUNC, STB_GLOBAL,
                                             STV_DEFAULT });
    image_symbol(s.b, (struct image_symbol){ "other", TEXT + 0x200, 8, text, STT_FUNC, STB_GLOBAL,
                                             STV_DEFAULT });
    keep(&s, 0x10, 0x18);
    assert_true(has_text(&s, "other"));
    end(&s);
}

TEST(what_is_behind_all_sections_in_memory_is_nothing_of_the_file)
{
    struct scene s;
    size_t text;
    begin(&s, EM_X86_64, &text);
    image_section(s.b,
                  &(struct image_section){
                      .name = ".comment", .type = SHT_PROGBITS, .size = 9, .bytes = "a comment" });
    uint64_t comment = image_offset(s.b);
    keep(&s, 0x20, comment - s.offset + 9);
    assert_true(flame_ranges_contain(kept(&s), s.offset + SIZE - 1));
    assert_false(flame_ranges_contain(kept(&s), comment));
    end(&s);
}

static void check_whole(const void *bytes, size_t size)
{
    struct flame_object object = { .used = (char *)(uintptr_t) "/program" };
    struct flame_file file = { bytes, size, false };
    struct flame_ranges functions = { 0 };
    struct flame_kept kept;
    struct flame_keep_request request = { .path = flame_str_from("/program"),
                                          .reference = flame_str_from(""),
                                          .places = &nowhere,
                                          .functions = &functions,
                                          .unwinds = true };
    assert_true(flame_vec_push(&object.files, file));
    assert_int_equal(flame_keep_object(&kept, &object, &request), FLAME_OK);
    assert_int_equal(kept.files.count, 1);
    assert_int_equal(flame_ranges_total(&kept.files.items[0].kept), size);
    flame_kept_deinit(&kept);
    flame_vec_free(&object.files);
}

TEST(what_is_no_elf_file_or_has_no_sections_is_kept_whole)
{
    struct elf_builder *b = image_new((struct image_options){ .wide = true, .type = ET_EXEC });
    struct flame_bytes file = image_finish(b);
    uint8_t copy[4096] = { 0 };
    assert_true(file.size <= sizeof copy);
    memcpy(copy, file.ptr, file.size);
    memset(copy + offsetof(Elf64_Ehdr, e_shoff), 0, 8);
    memset(copy + offsetof(Elf64_Ehdr, e_shnum), 0, 4);
    check_whole(copy, file.size);
    check_whole("no ELF file", 11);
    image_free(b);
}

TEST(an_object_without_files_keeps_nothing)
{
    struct flame_object object = { .used = (char *)(uintptr_t) "" };
    struct flame_ranges functions = { 0 };
    struct flame_kept kept;
    struct flame_keep_request request = { .path = flame_str_from("/program"),
                                          .reference = flame_str_from(""),
                                          .places = &nowhere,
                                          .functions = &functions };
    assert_int_equal(flame_keep_object(&kept, &object, &request), FLAME_OK);
    assert_int_equal(kept.files.count, 0);
    flame_kept_deinit(&kept);
}

/* --- this program itself --- */

static void load_self(struct flame_object *object, char path[4096])
{
    static const struct flame_symbol_places places = { .unchanged_ns = UINT64_MAX,
                                                       .same_boot = true };
    ssize_t length = readlink("/proc/self/exe", path, 4095);
    assert_true(length > 0);
    path[length] = 0;
    struct flame_object_request request = { .kind = FLAME_OBJECT_ELF,
                                            .name = flame_str_from(path) };
    assert_int_equal(flame_object_load(object, &request, &places), FLAME_OK);
    assert_int_equal(object->files.count, 1);
}

TEST(rules_are_kept_only_where_they_are_wanted)
{
    struct flame_object object;
    struct flame_ranges functions = { 0 };
    struct flame_elf elf;
    char path[4096];
    load_self(&object, path);
    for (size_t i = 0; i < object.symbols.list.count; i++)
        if (strcmp(object.symbols.list.items[i].name, "main") == 0)
            assert_true(flame_ranges_add(&functions, object.symbols.list.items[i].start,
                                         object.symbols.list.items[i].end));
    assert_int_equal(functions.count, 1);
    assert_int_equal(flame_elf_open(&elf, object.files.items[0].bytes, object.files.items[0].size),
                     FLAME_OK);
    const struct flame_elf_section *frames = flame_elf_section(&elf, ".eh_frame", SHT_NULL);
    assert_non_null(frames);
    for (int unwinds = 0; unwinds < 2; unwinds++) {
        struct flame_kept kept;
        struct flame_keep_request request = { .path = flame_str_from(path),
                                              .reference = flame_str_from(""),
                                              .places = &nowhere,
                                              .functions = &functions,
                                              .unwinds = unwinds };
        assert_int_equal(flame_keep_object(&kept, &object, &request), FLAME_OK);
        uint64_t count = 0, start = frames->header.sh_offset;
        for (uint64_t k = 0; k < frames->header.sh_size; k++)
            count += flame_ranges_contain(&kept.files.items[0].kept, start + k);
        assert_true(unwinds ? count > 0 && count < frames->header.sh_size / 4 : count == 0);
        flame_kept_deinit(&kept);
    }
    flame_elf_close(&elf);
    flame_ranges_free(&functions);
    flame_object_deinit(&object);
}

/* --- damage --- */

/* Whatever is in a file, what is kept lies within it. */
static void check_damaged(const uint8_t *bytes, size_t size)
{
    struct flame_object object = { .used = (char *)(uintptr_t) "/nowhere/program" };
    struct flame_file file = { bytes, size, false };
    struct flame_ranges functions = { 0 };
    struct flame_kept kept;
    struct flame_keep_request request = { .path = flame_str_from("/nowhere/program"),
                                          .reference = flame_str_from("main"),
                                          .places = &nowhere,
                                          .functions = &functions,
                                          .unwinds = true };
    assert_true(flame_ranges_add(&functions, 0x40, 0x400));
    assert_true(flame_ranges_add(&functions, size - 10, UINT64_MAX));
    assert_true(flame_vec_push(&object.files, file));
    assert_int_equal(flame_keep_object(&kept, &object, &request), FLAME_OK);
    for (size_t i = 0; i < kept.files.count; i++)
        for (size_t k = 0; k < kept.files.items[i].kept.count; k++)
            assert_true(kept.files.items[i].kept.items[k].end <= kept.files.items[i].size);
    flame_kept_deinit(&kept);
    flame_ranges_free(&functions);
    flame_vec_free(&object.files);
}

TEST(damaged_files_keep_what_they_have)
{
    static const char *const names[] = { "i386", "aarch64", "arm", "ppc64" };
    uint32_t random = 1;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        char path[512];
        struct flame_file file;
        snprintf(path, sizeof path, FLAME_CORPUS "/annotate/%s.elf", names[n]);
        assert_int_equal(flame_file_open(&file, path, NULL), FLAME_OK);
        uint8_t *copy = malloc(file.size);
        assert_non_null(copy);
        for (int round = 0; round < 200; round++) {
            memcpy(copy, file.bytes, file.size);
            for (int i = 0; i < 1 + round / 10; i++) {
                random = random * 1664525 + 1013904223;
                copy[random % file.size] = (uint8_t)(random >> 24);
            }
            check_damaged(copy, round % 8 ? file.size : file.size * (unsigned)round / 200 + 100);
        }
        free(copy);
        flame_file_close(&file);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_that_was_hit_stays_and_other_code_goes),
        cmocka_unit_test(words_that_walks_read_stay),
        cmocka_unit_test(names_of_what_was_hit_and_of_what_it_calls_stay),
        cmocka_unit_test(a_symbol_without_a_size_keeps_the_one_that_ends_it),
        cmocka_unit_test(where_code_cannot_be_asked_all_symbols_stay),
        cmocka_unit_test(what_is_behind_all_sections_in_memory_is_nothing_of_the_file),
        cmocka_unit_test(what_is_no_elf_file_or_has_no_sections_is_kept_whole),
        cmocka_unit_test(an_object_without_files_keeps_nothing),
        cmocka_unit_test(rules_are_kept_only_where_they_are_wanted),
        cmocka_unit_test(damaged_files_keep_what_they_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
