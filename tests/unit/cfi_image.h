/* cfi_image.h: a program with one function whose call-frame instructions a test gives.
 *
 *     struct cfi_image i = { .options = { .wide = true, .type = ET_DYN, .machine = EM_X86_64 } };
 *     static const uint8_t program[] = { ... };
 *     cfi_image_open(&i, program, sizeof program);
 *     ... flame_cfi_rule(i.cfi, i.text + 4, &rule) ...
 *     cfi_image_close(&i); */
#ifndef FLAME_TESTS_CFI_IMAGE_H
#define FLAME_TESTS_CFI_IMAGE_H

#include "cfi.h"
#include "check.h"
#include "elf_builder.h"

#include <string.h>

/* The function is at addresses [FUNCTION, FUNCTION + FUNCTION_SIZE), and as many bytes behind it
 * are nobody's; offsets in the file are others. Factors are 1 for code and -8 for data. The CFA is
 * register 7 plus 8 to begin with, and the return address, column 16, lies 8 below it. */
enum { FUNCTION = 0x10000, FUNCTION_SIZE = 0x100, FRAMES = 0x8000 };

#define ANY_X86                                                                                    \
    {                                                                                              \
        .wide = true, .type = ET_DYN, .machine = EM_X86_64                                         \
    }

/* How the frames are written down. section: its name; flags: of its header. packed: what the
 * section's bytes are instead. segments: adds some in front of the text's */
struct cfi_image {
    struct image_options options;
    const char *section, *augmentation;
    uint64_t flags;
    struct flame_bytes packed;
    bool debug_frame;
    void (*segments)(struct cfi_image *i);

    struct elf_builder *builder;
    struct flame_object object;
    struct flame_cfi *cfi;
    uint64_t text;
    uint8_t bytes[8192];
    size_t size;
};

static inline void cfi_put(struct cfi_image *i, uint64_t v, size_t size)
{
    assert_true(i->size + size <= sizeof i->bytes);
    image_word(i->builder, i->bytes + i->size, v, size);
    i->size += size;
}

static inline void cfi_put_bytes(struct cfi_image *i, const void *bytes, size_t size)
{
    assert_true(i->size + size <= sizeof i->bytes);
    if (size)
        memcpy(i->bytes + i->size, bytes, size);
    i->size += size;
}

/* Fill in an entry's length, now that its end is reached. */
static inline void cfi_put_length(struct cfi_image *i, size_t at)
{
    image_word(i->builder, i->bytes + at, i->size - at - 4, 4);
}

/* Write the section: one common part, one function. */
static inline void cfi_write(struct cfi_image *i, const uint8_t *program, size_t size)
{
    static const uint8_t initial[] = { 0x0c, 7, 8, 0x90, 1 };
    size_t word = i->options.wide ? 8 : 4;
    bool sized = i->augmentation && i->augmentation[0] == 'z';
    cfi_put(i, 0, 4);
    cfi_put(i, i->debug_frame ? 0xffffffff : 0, 4);
    cfi_put(i, 1, 1);
    cfi_put_bytes(i, i->augmentation ? i->augmentation : "",
                  strlen(i->augmentation ? i->augmentation : "") + 1);
    cfi_put(i, 1, 1);
    cfi_put(i, 0x78, 1);
    cfi_put(i, 16, 1);
    if (sized)
        cfi_put(i, 0, 1);
    cfi_put_bytes(i, initial, sizeof initial);
    cfi_put_length(i, 0);
    size_t entry = i->size;
    cfi_put(i, 0, 4);
    cfi_put(i, i->debug_frame ? 0 : entry + 4, 4);
    cfi_put(i, FUNCTION, word);
    cfi_put(i, FUNCTION_SIZE, word);
    if (sized)
        cfi_put(i, 0, 1);
    cfi_put_bytes(i, program, size);
    cfi_put_length(i, entry);
}

static inline void cfi_image_open(struct cfi_image *i, const uint8_t *program, size_t size)
{
    i->builder = image_new(i->options);
    i->size = 0;
    image_section(i->builder, &(struct image_section){ .name = ".text",
                                                       .type = SHT_PROGBITS,
                                                       .flags = SHF_ALLOC | SHF_EXECINSTR,
                                                       .addr = FUNCTION,
                                                       .size = 2 * FUNCTION_SIZE });
    i->text = image_offset(i->builder);
    cfi_write(i, program, size);
    struct image_section frames = { .name = i->section ? i->section : ".eh_frame",
                                    .type = SHT_PROGBITS,
                                    .flags = i->flags,
                                    .addr = i->debug_frame ? 0 : FRAMES,
                                    .bytes = i->packed.ptr ? i->packed.ptr : i->bytes,
                                    .size = i->packed.ptr ? i->packed.size : i->size };
    image_section(i->builder, &frames);
    if (i->segments)
        i->segments(i);
    image_load(i->builder, FUNCTION, i->text, 2 * FUNCTION_SIZE);
    struct flame_bytes file = image_finish(i->builder);
    struct flame_file bytes = { file.ptr, (size_t)file.size, false };
    memset(&i->object, 0, sizeof i->object);
    assert_true(flame_vec_push(&i->object.files, bytes));
    assert_int_equal(flame_cfi_open(&i->cfi, &i->object), FLAME_OK);
}

static inline void cfi_image_close(struct cfi_image *i)
{
    flame_cfi_close(i->cfi);
    flame_vec_free(&i->object.files);
    image_free(i->builder);
}

/* The rule of the instruction at a distance from the function's start. */
static inline const struct flame_rule *cfi_image_rule(struct cfi_image *i, uint64_t distance)
{
    const struct flame_rule *rule;
    assert_int_equal(flame_cfi_rule(i->cfi, i->text + distance, &rule), FLAME_OK);
    return rule;
}

/* What a rule says of a register; NULL when it says nothing. */
static inline const struct flame_rule_cell *cell_of(const struct flame_rule *rule, unsigned column)
{
    for (size_t i = 0; i < rule->cell_count; i++)
        if (rule->cells[i].column == column)
            return &rule->cells[i];
    return rule->return_column == column ? &rule->return_address : NULL;
}

#endif
