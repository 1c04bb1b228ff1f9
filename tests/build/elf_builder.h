/* elf_builder.h: build an ELF file in memory, for tests.
 *
 *     struct elf_builder *b = image_new((struct image_options){ .wide = true, .type = ET_DYN });
 *     size_t text = image_section(b, &(struct image_section){ .name = ".text", ... });
 *     image_load(b, 0x1000, 0, 0x1000);
 *     image_symbol(b, (struct image_symbol){ "main", 0x1000, 16, text, STT_FUNC, STB_GLOBAL });
 *     struct flame_bytes file = image_finish(b);
 *     ...
 *     image_free(b);
 *
 * It shares no code with the reader and writes what it is told, right or wrong: both classes, both
 * byte orders. A builder that is misused or out of memory aborts the test. Source: the ELF
 * specification. */
#ifndef FLAME_TESTS_ELF_BUILDER_H
#define FLAME_TESTS_ELF_BUILDER_H

#include <elf.h>
#include <flamedata/record.h>

/* wide     64-bit
 * dynamic  the symbols go to .dynsym instead of .symtab
 * entry    where the program begins */
struct image_options {
    bool wide, big_endian, dynamic;
    uint16_t type, machine;
    uint64_t entry;
};

/* bytes[size] is copied; NULL with a size means zeros, or nothing for SHT_NOBITS. Offsets in the
 * file are given out in order, each a multiple of 16. */
struct image_section {
    const char *name;
    uint32_t type;
    uint64_t flags, addr, size, entsize, align;
    uint32_t link, info;
    const void *bytes;
};

/* section is an index, or SHN_ABS and the like. */
struct image_symbol {
    const char *name;
    uint64_t value, size;
    size_t section;
    uint8_t type, binding, visibility;
};

struct elf_builder;

struct elf_builder *image_new(struct image_options options);
void image_free(struct elf_builder *b);

/* Add a section; returns its index (the first is 1). */
size_t image_section(struct elf_builder *b, const struct image_section *section);

/* Where the last section added begins in the file. */
uint64_t image_offset(const struct elf_builder *b);

/* Add a PT_LOAD; or another segment. */
void image_load(struct elf_builder *b, uint64_t vaddr, uint64_t offset, uint64_t size);
void image_segment(struct elf_builder *b, uint32_t type, uint64_t vaddr, uint64_t offset,
                   uint64_t size);

/* Add a PT_LOAD that has no bytes of the file. */
void image_zero_fill(struct elf_builder *b, uint64_t vaddr, uint64_t offset, uint64_t size);

/* Add a symbol; returns its index (the first is 1). */
size_t image_symbol(struct elf_builder *b, struct image_symbol symbol);

/* Add a GNU build-id note section. */
void image_build_id(struct elf_builder *b, const void *id, size_t size);

/* Complete the file. It lives until the builder is freed. */
struct flame_bytes image_finish(struct elf_builder *b);

/* Put v[size] (1, 2, 4 or 8 bytes) into the file's byte order. */
void image_word(const struct elf_builder *b, uint8_t *out, uint64_t v, size_t size);

#endif
