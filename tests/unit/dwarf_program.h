/* dwarf_program.h: a program with hand-made debug information, opened. */
#ifndef FLAME_TESTS_DWARF_PROGRAM_H
#define FLAME_TESTS_DWARF_PROGRAM_H

#include "check.h"
#include "dwarf_unit.h"
#include "elf_builder.h"

#include <string.h>

enum { TEXT = 0x10000, TEXT_SIZE = 0x1000 };

/* A section that is being written, in the program's byte order. */
struct bytes {
    uint8_t at[1 << 17];
    size_t size;
    bool big;
};

static inline void put(struct bytes *b, uint64_t value, size_t size)
{
    assert_true(b->size + size <= sizeof b->at);
    for (size_t i = 0; i < size; i++)
        b->at[b->size++] = (uint8_t)(value >> 8 * (b->big ? size - 1 - i : i));
}

static inline void put_uleb(struct bytes *b, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        put(b, 0x80 | (value & 0x7f), 1);
    put(b, value, 1);
}

static inline void put_text(struct bytes *b, const char *text)
{
    do
        put(b, (uint8_t)*text, 1);
    while (*text++);
}

/* Put the size of what is behind a field of four bytes into it. */
static inline void put_length(struct bytes *b, size_t field)
{
    size_t end = b->size;
    b->size = field;
    put(b, end - field - 4, 4);
    b->size = end;
}

/* A row of an abbreviation's attributes and forms, ended by 0. */
static inline void put_abbreviation(struct bytes *b, uint64_t code, uint64_t tag, bool children,
                                    const uint64_t *attributes)
{
    put_uleb(b, code);
    put_uleb(b, tag);
    put(b, children, 1);
    for (; *attributes; attributes++)
        put_uleb(b, *attributes);
    put(b, 0, 2);
}

struct named_bytes {
    const char *name;
    const struct bytes *bytes;
};

/* dwarf is NULL when nothing could be read. offset is that of TEXT in the file. */
struct dwarf_program {
    struct elf_builder *b;
    struct flame_object object;
    struct flame_dwarf *dwarf;
    uint64_t offset;
};

/* A program whose text is mapped to TEXT, with these sections. bounds: NULL for the defaults. */
static inline void dwarf_program_open_within(struct dwarf_program *p,
                                             const struct named_bytes *sections, size_t count,
                                             bool big, struct flame_bounds *bounds)
{
    struct flame_symbol_places places = { .bounds = bounds };
    struct image_options options = { .wide = true, .big_endian = big, .type = ET_EXEC };
    *p = (struct dwarf_program){ .b = image_new(options) };
    image_section(p->b, &(struct image_section){ .name = ".text",
                                                 .type = SHT_PROGBITS,
                                                 .flags = SHF_ALLOC | SHF_EXECINSTR,
                                                 .addr = TEXT,
                                                 .size = TEXT_SIZE });
    p->offset = image_offset(p->b);
    image_load(p->b, TEXT, p->offset, TEXT_SIZE);
    for (size_t i = 0; i < count; i++)
        image_section(p->b, &(struct image_section){ .name = sections[i].name,
                                                     .type = SHT_PROGBITS,
                                                     .size = sections[i].bytes->size,
                                                     .bytes = sections[i].bytes->at });
    struct flame_bytes file = image_finish(p->b);
    struct flame_file bytes = { file.ptr, (size_t)file.size, false };
    assert_true(flame_vec_push(&p->object.files, bytes));
    assert_int_equal(
        flame_dwarf_open(&p->dwarf, &p->object, flame_str_from("/program"), &places, true),
        FLAME_OK);
}

static inline void dwarf_program_open(struct dwarf_program *p, const struct named_bytes *sections,
                                      size_t count, bool big)
{
    dwarf_program_open_within(p, sections, count, big, NULL);
}

static inline void dwarf_program_close(struct dwarf_program *p)
{
    flame_dwarf_close(p->dwarf);
    flame_vec_free(&p->object.files);
    image_free(p->b);
}

#endif
