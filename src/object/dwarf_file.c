/* dwarf_file.c: hand an ELF file to libdw.
 *
 * libdw unpacks compressed sections when it opens a file, and notes that in the section headers,
 * where they lie in memory. Input is mapped read-only, and others read it too; so a file that has
 * compressed sections is copied for it. Invariant: what is unpacked is not out of all proportion to
 * the file. Source: elfutils, elf_compress.c. */
#include "dwarf_file.h"

#include "bounds.h"
#include "elf_unpack.h"
#include "sum.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_compressed(const struct flame_elf *elf)
{
    for (size_t i = 1; i < elf->section_count; i++)
        if (flame_elf_is_packed(&elf->sections[i]))
            return true;
    return false;
}

/* What nobody asks for here, and libdw would unpack all the same. */
static bool is_unwanted(const char *name, bool lines)
{
    static const char *const names[] = { ".debug_loc",      ".debug_loclists", ".debug_aranges",
                                         ".debug_frame",    ".debug_macro",    ".debug_macinfo",
                                         ".debug_pubnames", ".debug_pubtypes" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return !lines && strcmp(name, ".debug_line") == 0;
}

/* Whether there is memory for what libdw will unpack. */
static bool is_bearable(const struct flame_elf *elf, bool lines, const struct flame_limits *limits)
{
    uint64_t left = flame_limit_unpacking(limits, FLAME_LIMIT_DEBUGINFO, elf->size);
    for (size_t i = 1; i < elf->section_count; i++) {
        uint64_t size = is_unwanted(elf->sections[i].name, lines)
                            ? 0
                            : flame_elf_unpacked_size(elf, &elf->sections[i]);
        if (!flame_spend(&left, size))
            return false;
    }
    return true;
}

/* In a copy of the file, let those sections have no bytes. */
static void leave_out(const struct flame_elf *elf, uint8_t *copy, bool lines)
{
    uint32_t none = elf->swap ? __builtin_bswap32(SHT_NOBITS) : SHT_NOBITS;
    for (size_t i = 1; i < elf->section_count; i++) {
        uint64_t at = elf->header.e_shoff + i * elf->header.e_shentsize + sizeof(Elf64_Word);
        if (is_unwanted(elf->sections[i].name, lines) && at + sizeof none <= elf->size)
            memcpy(copy + at, &none, sizeof none); /* sh_type is the second word in both classes */
    }
}

enum flame_status flame_dwarf_file_open(struct flame_dwarf_file *file, const uint8_t *bytes,
                                        size_t size, bool lines, const struct flame_limits *limits)
{
    *file = (struct flame_dwarf_file){ 0 };
    enum flame_status status = flame_elf_open(&file->elf, bytes, size);
    bool packed = status == FLAME_OK && is_compressed(&file->elf);
    file->too_large = packed && !is_bearable(&file->elf, lines, limits);
    if (file->too_large)
        return FLAME_OK;
    if (packed) {
        file->copy = malloc(size);
        if (!file->copy) {
            flame_elf_close(&file->elf);
            return FLAME_NOMEM;
        }
        memcpy(file->copy, bytes, size);
        leave_out(&file->elf, file->copy, lines);
        flame_elf_close(&file->elf);
        status = flame_elf_open(&file->elf, file->copy, size);
    }
    if (status != FLAME_OK) {
        flame_dwarf_file_close(file);
        return status;
    }
    errno = 0;
    file->handle = dwarf_begin_elf(file->elf.handle, DWARF_C_READ, NULL);
    if (file->handle || errno != ENOMEM)
        return FLAME_OK;
    flame_dwarf_file_close(file);
    return FLAME_NOMEM;
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
