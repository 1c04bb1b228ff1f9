/* elf_library.h: the library that the tests of src/object read, and two build-ids for it. */
#ifndef FLAME_TESTS_ELF_LIBRARY_H
#define FLAME_TESTS_ELF_LIBRARY_H

#include "elf_builder.h"

#include <flamedata/record.h>

static const uint8_t id_a[20] = { 0xaa, 0x01, 0x02, 0x03, 1, 2, 3, 4, 5, 6,
                                  7,    8,    9,    10,   1, 2, 3, 4, 5, 6 };
static const uint8_t id_b[20] = { 0xbb };

static inline struct flame_build_id id_of(const uint8_t *bytes)
{
    struct flame_build_id id = { .size = 20 };
    memcpy(id.bytes, bytes, 20);
    return id;
}

/* A library whose text is mapped from offset 0x... of the file to 0x10000. */
static inline struct elf_builder *library(struct image_options options, const uint8_t *id,
                                          size_t *text)
{
    static const uint8_t code[256];
    options.type = options.type ? options.type : ET_DYN;
    struct elf_builder *b = image_new(options);
    if (id)
        image_build_id(b, id, 20);
    struct image_section s = { .name = ".text",
                               .type = SHT_PROGBITS,
                               .flags = SHF_ALLOC | SHF_EXECINSTR,
                               .addr = 0x10000,
                               .size = sizeof code,
                               .bytes = code };
    *text = image_section(b, &s);
    image_load(b, 0x10000, image_offset(b), sizeof code);
    return b;
}

#endif
