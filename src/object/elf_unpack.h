/* elf_unpack.h: compressed sections. */
#ifndef FLAME_OBJECT_ELF_UNPACK_H
#define FLAME_OBJECT_ELF_UNPACK_H

#include "elf_file.h"

/* The bytes of a section, unpacked where they are compressed (SHF_COMPRESSED, or a name that begins
 * with ".zdebug"). *owned is what to free, NULL where the bytes are elf's own. An empty cursor
 * where there is nothing, or nothing that can be unpacked into size_max bytes. */
struct flame_cursor flame_elf_unpack(const struct flame_elf *elf,
                                     const struct flame_elf_section *section, size_t size_max,
                                     void **owned);

#endif
