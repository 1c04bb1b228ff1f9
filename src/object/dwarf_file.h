/* dwarf_file.h: one file's debug information, opened by libdw. */
#ifndef FLAME_OBJECT_DWARF_FILE_H
#define FLAME_OBJECT_DWARF_FILE_H

#include "elf_file.h"

#include <elfutils/libdw.h>
#include <flamedata/limits.h>

/* elf     as it was before libdw unpacked sections: right for names and for what is not compressed
 * handle  NULL: there is no debug information that libdw can read
 * too_large  it was not opened, since its sections unpack to too much
 * copy    of the file's bytes, where libdw must not have the file itself */
struct flame_dwarf_file {
    struct flame_elf elf;
    Dwarf *handle;
    uint8_t *copy;
    bool too_large;
};

/* Open what is in bytes[size], which must outlive file. lines: .debug_line will be read; else it is
 * left packed, if it is. FLAME_OK, FLAME_FORMAT (not an ELF file), or FLAME_NOMEM; unless FLAME_OK,
 * file is all-zero. limits may be NULL. */
enum flame_status flame_dwarf_file_open(struct flame_dwarf_file *file, const uint8_t *bytes,
                                        size_t size, bool lines, const struct flame_limits *limits);

/* The all-zero value may be closed, too. */
void flame_dwarf_file_close(struct flame_dwarf_file *file);

/* Whether the file has a section of that name, given without its ".debug_" or ".zdebug_". */
bool flame_dwarf_file_has(const struct flame_elf *elf, const char *name);

#endif
