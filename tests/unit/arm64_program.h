/* arm64_program.h: an AArch64 program with hand-made .eh_frame, for tests of the link register. */
#ifndef FLAME_TESTS_ARM64_PROGRAM_H
#define FLAME_TESTS_ARM64_PROGRAM_H

#include "elf_builder.h"

#include <string.h>

enum { EM_ARM64 = 183, FRAME = 0x800, TEXT = 0x1000 };

/* AArch64. [0x1000,0x1020) saves its frame in the first instruction; [0x1020,0x1030) never does;
 * [0x1030,0x1034) has no caller. Offsets in the file are 0x400 below addresses, so that mixing them
 * up is seen. */
static const uint8_t eh_frame[] = {
    /* CIE: "zR", code 4, data -8, return address x30; CFA is sp */
    0x10,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    'z',
    'R',
    0,
    4,
    0x78,
    30,
    1,
    0x1b,
    0x0c,
    0x1f,
    0,
    /* advance 1; CFA offset 16; x29 at -16, x30 at -8 */
    0x14,
    0,
    0,
    0,
    0x18,
    0,
    0,
    0,
    0xe4,
    0x07,
    0,
    0,
    0x20,
    0,
    0,
    0,
    0,
    0x41,
    0x0e,
    16,
    0x9d,
    2,
    0x9e,
    1,
    /* nothing */
    0x10,
    0,
    0,
    0,
    0x30,
    0,
    0,
    0,
    0xec,
    0x07,
    0,
    0,
    0x10,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    /* x30 is undefined */
    0x10,
    0,
    0,
    0,
    0x44,
    0,
    0,
    0,
    0xe8,
    0x07,
    0,
    0,
    0x04,
    0,
    0,
    0,
    0,
    0x07,
    30,
    0,
    /* the end */
    0,
    0,
    0,
    0,
};

static inline void put(uint8_t *bytes, size_t at, uint32_t value)
{
    memcpy(bytes + at, &value, sizeof value);
}

/* The frame section with each FDE's distance to its function filled in. */
static inline void place(uint8_t *bytes, uint64_t frame_address)
{
    memcpy(bytes, eh_frame, sizeof eh_frame);
    static const struct {
        size_t fde;
        uint32_t function;
    } rows[] = { { 20, TEXT }, { 44, TEXT + 0x20 }, { 64, TEXT + 0x30 } };
    for (size_t i = 0; i < 3; i++) {
        put(bytes, rows[i].fde + 4, (uint32_t)rows[i].fde + 4);
        put(bytes, rows[i].fde + 8, rows[i].function - (uint32_t)(frame_address + rows[i].fde + 8));
    }
}

/* saving [0x1000,0x1020), plain [0x1020,0x1030), start [0x1030,0x1034). *text is the offset in the
 * file of the first. */
static inline struct elf_builder *arm64_program(bool with_frames, uint64_t *text)
{
    uint8_t frames[sizeof eh_frame];
    struct elf_builder *b =
        image_new((struct image_options){ .wide = true, .type = ET_DYN, .machine = EM_ARM64 });
    size_t section = image_section(b, &(struct image_section){ .name = ".text",
                                                               .type = SHT_PROGBITS,
                                                               .flags = SHF_ALLOC | SHF_EXECINSTR,
                                                               .addr = TEXT,
                                                               .size = 0x40 });
    *text = image_offset(b);
    place(frames, FRAME);
    if (with_frames)
        image_section(b, &(struct image_section){ .name = ".eh_frame",
                                                  .type = SHT_PROGBITS,
                                                  .flags = SHF_ALLOC,
                                                  .addr = FRAME,
                                                  .size = sizeof frames,
                                                  .bytes = frames });
    image_symbol(b,
                 (struct image_symbol){ "saving", TEXT, 0x20, section, STT_FUNC, STB_GLOBAL, 0 });
    image_symbol(
        b, (struct image_symbol){ "plain", TEXT + 0x20, 0x10, section, STT_FUNC, STB_GLOBAL, 0 });
    image_symbol(
        b, (struct image_symbol){ "_start", TEXT + 0x30, 4, section, STT_FUNC, STB_GLOBAL, 0 });
    image_load(b, TEXT, *text, 0x40);
    return b;
}

#endif
