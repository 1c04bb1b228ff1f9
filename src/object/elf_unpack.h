/* elf_unpack.h: compressed sections. */
#ifndef FLAME_OBJECT_ELF_UNPACK_H
#define FLAME_OBJECT_ELF_UNPACK_H

#include "elf_file.h"

/* Whether a section is compressed: SHF_COMPRESSED, or a name that begins with ".zdebug". */
bool flame_elf_is_packed(const struct flame_elf_section *section);

/* How large a section says that it is, unpacked; 0: it is not packed, or does not say so. */
uint64_t flame_elf_unpacked_size(const struct flame_elf *elf,
                                 const struct flame_elf_section *section);

/* The bytes of a section, unpacked where they are compressed. *owned is what to free, NULL where
 * the bytes are elf's own. An empty cursor where there is nothing, or nothing that can be unpacked
 * into size_max bytes. */
struct flame_cursor flame_elf_unpack(const struct flame_elf *elf,
                                     const struct flame_elf_section *section, size_t size_max,
                                     void **owned);

/* A file of one section, to have libelf pack or unpack it, in this machine's byte order; bytes are
 * the section's, and behind them the file ends. */
struct flame_elf_image {
    Elf64_Ehdr header;
    Elf64_Shdr sections[2];
    uint8_t bytes[];
};

/* The image of a section of size bytes, all zero. flags: the section's, SHF_... NULL: out of
 * memory; else to be freed. */
struct flame_elf_image *flame_elf_image_create(size_t size, uint64_t flags);

#endif
