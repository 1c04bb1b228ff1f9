/* test_cfi_section.c: the sections that call-frame information is in, compressed or not, and the
 * segments that say where it holds. */
#include "cfi_image.h"
#include "elf_unpack.h"

#include <stdlib.h>

TEST(both_sections_both_classes_and_both_orders_say_the_same)
{
    static const uint8_t program[] = { 0x44, 0x0e, 16, 0x83, 2 };
    for (int n = 0; n < 8; n++) {
        struct cfi_image i = { .options = { .wide = n & 1,
                                            .big_endian = n & 2,
                                            .type = ET_DYN,
                                            .machine = n & 1 ? EM_X86_64 : EM_386 },
                               .debug_frame = n & 4,
                               .section = n & 4 ? ".debug_frame" : ".eh_frame" };
        cfi_image_open(&i, program, sizeof program);
        const struct flame_rule *rule = cfi_image_rule(&i, 9);
        assert_non_null(rule);
        assert_int_equal(rule->start, i.text + 4);
        assert_int_equal(rule->cfa.value, 16);
        assert_int_equal(cell_of(rule, 3)->value, -16);
        cfi_image_close(&i);
    }
}

/* A zlib stream that stores its bytes as they are, behind a header. */
static size_t store(const uint8_t *bytes, size_t size, const uint8_t *header, size_t header_size,
                    uint8_t *out)
{
    uint32_t a = 1, b = 0;
    size_t at = header_size;
    memcpy(out, header, header_size);
    const uint8_t start[] = {
        0x78, 1, 1, (uint8_t)size, (uint8_t)(size >> 8), (uint8_t)~size, (uint8_t)(~size >> 8)
    };
    memcpy(out + at, start, sizeof start);
    at += sizeof start;
    memcpy(out + at, bytes, size);
    at += size;
    for (size_t i = 0; i < size; i++) {
        a = (a + bytes[i]) % 65521;
        b = (b + a) % 65521;
    }
    const uint8_t sum[] = { (uint8_t)(b >> 8), (uint8_t)b, (uint8_t)(a >> 8), (uint8_t)a };
    memcpy(out + at, sum, sizeof sum);
    return at + sizeof sum;
}

/* old: .zdebug_frame. size: what the header says that the section is, unpacked */
static void packed_image(struct cfi_image *i, bool old, bool wide, size_t claimed, uint8_t *packed)
{
    static const uint8_t program[] = { 0x44, 0x0e, 16 };
    struct cfi_image plain = { .options = { .wide = wide, .type = ET_DYN, .machine = EM_X86_64 },
                               .debug_frame = true,
                               .section = ".debug_frame" };
    cfi_image_open(&plain, program, sizeof program);
    size_t size = claimed ? claimed : plain.size;
    uint8_t header[24] = { 0 };
    size_t header_size = old ? 12 : wide ? 24 : 12;
    if (old) {
        memcpy(header, "ZLIB", 4);
        for (size_t n = 0; n < 8; n++)
            header[4 + n] = (uint8_t)(size >> (56 - 8 * n));
    } else {
        image_word(plain.builder, header, ELFCOMPRESS_ZLIB, 4);
        image_word(plain.builder, header + (wide ? 8 : 4), size, wide ? 8 : 4);
        image_word(plain.builder, header + (wide ? 16 : 8), 1, wide ? 8 : 4);
    }
    size_t length = store(plain.bytes, plain.size, header, header_size, packed);
    cfi_image_close(&plain);
    *i = (struct cfi_image){ .options = { .wide = wide, .type = ET_DYN, .machine = EM_X86_64 },
                             .debug_frame = true,
                             .flags = old ? 0 : SHF_COMPRESSED,
                             .section = old ? ".zdebug_frame" : ".debug_frame",
                             .packed = { packed, length } };
    cfi_image_open(i, program, sizeof program);
}

TEST(compressed_sections_are_unpacked)
{
    uint8_t packed[512];
    struct cfi_image i;
    for (int n = 0; n < 4; n++) {
        packed_image(&i, n & 1, n & 2, 0, packed);
        assert_non_null(cfi_image_rule(&i, 4));
        assert_int_equal(cfi_image_rule(&i, 4)->cfa.value, 16);
        cfi_image_close(&i);
    }
}

TEST(a_compressed_section_that_claims_too_much_is_none)
{
    uint8_t packed[512];
    struct cfi_image i;
    packed_image(&i, false, true, (size_t)1 << 40, packed);
    assert_null(i.cfi);
    cfi_image_close(&i);
    packed_image(&i, true, true, (size_t)256 << 20, packed);
    assert_null(i.cfi);
    cfi_image_close(&i);
}

TEST(a_section_that_is_only_called_compressed_is_none)
{
    static const uint8_t program[] = { 0x44, 0x0e, 16 };
    uint8_t packed[512];
    struct cfi_image i;
    packed_image(&i, true, true, 0, packed);
    size_t size = i.packed.size;
    cfi_image_close(&i);
    packed[0] = 'B';
    i.packed = (struct flame_bytes){ packed, size };
    cfi_image_open(&i, program, sizeof program);
    assert_null(i.cfi);
    cfi_image_close(&i);
}

TEST(sections_are_unpacked_within_the_objects_memory)
{
    uint8_t packed[512];
    void *owned;
    struct flame_elf elf;
    struct cfi_image i;
    packed_image(&i, false, true, 0, packed);
    size_t size = 0;
    for (int room = 1; room >= 0; room--) {
        const struct flame_file *file = &i.object.files.items[0];
        assert_int_equal(flame_elf_open(&elf, file->bytes, file->size), FLAME_OK);
        const struct flame_elf_section *s = flame_elf_section(&elf, ".debug_frame", SHT_NULL);
        struct flame_cursor c = flame_elf_unpack(&elf, s, room ? 1 << 20 : size - 1, &owned);
        assert_int_equal(owned != NULL, room);
        size = flame_cursor_left(&c);
        assert_int_equal(size > 0, room);
        free(owned);
        flame_elf_close(&elf);
    }
    cfi_image_close(&i);
}

static void zero_fill_at_the_text(struct cfi_image *i)
{
    image_zero_fill(i->builder, 0x400000, 0, 0x200000);
}

TEST(memory_without_bytes_has_no_claim_on_the_texts)
{
    struct cfi_image i = { .options = ANY_X86, .segments = zero_fill_at_the_text };
    struct flame_elf elf;
    uint64_t svma;
    cfi_image_open(&i, NULL, 0);
    assert_non_null(cfi_image_rule(&i, 0));
    const struct flame_file *file = &i.object.files.items[0];
    assert_int_equal(flame_elf_open(&elf, file->bytes, file->size), FLAME_OK);
    assert_true(flame_elf_svma(&elf, i.text + 4, &svma));
    assert_int_equal(svma, FUNCTION + 4);
    assert_false(flame_elf_svma(&elf, file->size + 0x1000, &svma));
    flame_elf_close(&elf);
    cfi_image_close(&i);
}

/* They hold the function, but their ends come before their beginnings. */
static void segments_that_wrap(struct cfi_image *i)
{
    image_load(i->builder, FUNCTION - i->text, 0, UINT64_MAX - 0x100);
    image_load(i->builder, FUNCTION, i->text, UINT64_MAX - i->text + 1);
}

TEST(segments_that_wrap_around_are_none)
{
    struct cfi_image i = { .options = ANY_X86, .segments = segments_that_wrap };
    struct flame_elf elf;
    cfi_image_open(&i, NULL, 0);
    const struct flame_file *file = &i.object.files.items[0];
    assert_int_equal(flame_elf_open(&elf, file->bytes, file->size), FLAME_OK);
    assert_int_equal(elf.load_count, 1);
    flame_elf_close(&elf);
    const struct flame_rule *rule = cfi_image_rule(&i, 8);
    assert_non_null(rule);
    assert_true(rule->start <= i.text + 8 && i.text + 8 < rule->end);
    cfi_image_close(&i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sections_both_classes_and_both_orders_say_the_same),
        cmocka_unit_test(compressed_sections_are_unpacked),
        cmocka_unit_test(a_compressed_section_that_claims_too_much_is_none),
        cmocka_unit_test(a_section_that_is_only_called_compressed_is_none),
        cmocka_unit_test(sections_are_unpacked_within_the_objects_memory),
        cmocka_unit_test(memory_without_bytes_has_no_claim_on_the_texts),
        cmocka_unit_test(segments_that_wrap_around_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
