/* dwarf_file.c: hand an ELF file to libdw.
 *
 * libdw unpacks compressed sections when it opens a file, and notes that in the section headers,
 * where they lie in memory. Input is mapped read-only, and others read it too; so a file that has
 * compressed sections is copied for it. Source: elfutils, elf_compress.c. */
#include "dwarf_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_compressed(const struct flame_elf *elf)
{
    for (size_t i = 1; i < elf->section_count; i++) {
        const struct flame_elf_section *s = &elf->sections[i];
        if ((s->header.sh_flags & SHF_COMPRESSED) || strncmp(s->name, ".zdebug", 7) == 0)
            return true;
    }
    return false;
}

enum flame_status flame_dwarf_file_open(struct flame_dwarf_file *file, const uint8_t *bytes,
                                        size_t size)
{
    *file = (struct flame_dwarf_file){ 0 };
    enum flame_status status = flame_elf_open(&file->elf, bytes, size);
    if (status == FLAME_OK && is_compressed(&file->elf)) {
        flame_elf_close(&file->elf);
        file->copy = malloc(size);
        if (!file->copy)
            return FLAME_NOMEM;
        memcpy(file->copy, bytes, size);
        status = flame_elf_open(&file->elf, file->copy, size);
    }
    if (status != FLAME_OK) {
        flame_dwarf_file_close(file);
        return status;
    }
    file->handle = dwarf_begin_elf(file->elf.handle, DWARF_C_READ, NULL);
    return FLAME_OK;
}

void flame_dwarf_file_close(struct flame_dwarf_file *file)
{
    if (file->handle)
        dwarf_end(file->handle);
    flame_elf_close(&file->elf);
    free(file->copy);
    *file = (struct flame_dwarf_file){ 0 };
}

bool flame_dwarf_file_has(const struct flame_elf *elf, const char *name)
{
    static const char *const prefixes[] = { ".debug_", ".zdebug_" };
    for (size_t i = 0; i < 2; i++) {
        char full[64];
        snprintf(full, sizeof full, "%s%s", prefixes[i], name);
        const struct flame_elf_section *s = flame_elf_section(elf, full, SHT_NULL);
        if (s && s->header.sh_type != SHT_NOBITS)
            return true;
    }
    return false;
}
