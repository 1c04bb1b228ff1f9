/* elf_file.h: an ELF file in memory, its headers checked once. */
#ifndef FLAME_OBJECT_ELF_FILE_H
#define FLAME_OBJECT_ELF_FILE_H

#include "cursor.h"

#include <gelf.h>

/* name   "" when the file gives none, or one of more than 1 KiB
 * scn    for libelf's calls that want it */
struct flame_elf_section {
    GElf_Shdr header;
    const char *name;
    Elf_Scn *scn;
};

/* bytes are borrowed and must outlive this. sections[0] is the null section; loads are the PT_LOAD
 * program headers that are not empty and do not wrap around, the first 256 of them. swap: the
 * file's byte order is not the host's. assumed: of a debug file that does not say where its program
 * has its code, as objcopy makes them; loads have it where most linkers put it. */
struct flame_elf {
    const uint8_t *bytes;
    size_t size;
    Elf *handle;
    GElf_Ehdr header;
    struct flame_elf_section *sections;
    size_t section_count;
    GElf_Phdr *loads;
    size_t load_count;
    bool swap, wide, assumed;
};

/* Read the headers. Returns FLAME_OK, FLAME_FORMAT (not an ELF file, or one that cannot be read),
 * or FLAME_NOMEM; unless FLAME_OK, elf is all-zero. */
enum flame_status flame_elf_open(struct flame_elf *elf, const uint8_t *bytes, size_t size);
void flame_elf_close(struct flame_elf *elf);

/* The first section of that name and type (SHT_NULL: any type); NULL when there is none. */
const struct flame_elf_section *flame_elf_section(const struct flame_elf *elf, const char *name,
                                                  uint32_t type);

/* A section's bytes in the file's order; empty for NOBITS or what lies outside the file. */
struct flame_cursor flame_elf_bytes(const struct flame_elf *elf,
                                    const struct flame_elf_section *section);

/* The text of a string table: ptr[len] where ptr[len-1] is NUL, so that every offset below len is a
 * NUL-terminated string. Empty when index names no usable section. */
struct flame_str flame_elf_strings(const struct flame_elf *elf, uint64_t index);

/* A table's entries, for libelf's calls that read them; NULL: none, or too many. Of several tables
 * that may all be read, left begins with the file's size and is lowered by theirs: sections may lie
 * over each other, so that a short file could have tables without end. */
Elf_Data *flame_elf_data(const struct flame_elf_section *section, uint64_t *left);

/* Relocation i of a section's data; rela: its entries have addends, else r_addend is 0. False:
 * there are not so many. */
bool flame_elf_relocation(Elf_Data *data, bool rela, size_t i, GElf_Rela *out);

/* The 1, 2, 4 or 8 bytes at a file offset, as a number, where a PT_LOAD maps them so that nothing
 * writes to them. False: not known. */
bool flame_elf_word(const struct flame_elf *elf, uint64_t offset, unsigned size, uint64_t *value);

/* The file offset of svma, through the PT_LOAD that holds it; false when none does. */
bool flame_elf_offset(const struct flame_elf *elf, uint64_t svma, uint64_t *offset);

/* The PT_LOAD that maps the byte at a file offset; NULL when none does. What a segment has in
 * memory beyond its bytes of the file is at no offset. */
const GElf_Phdr *flame_elf_load(const struct flame_elf *elf, uint64_t offset);

/* The svma of a file offset, by that PT_LOAD. */
bool flame_elf_svma(const struct flame_elf *elf, uint64_t offset, uint64_t *svma);

#endif
