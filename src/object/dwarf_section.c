/* dwarf_section.c: find a section by its name.
 *
 * libdw unpacks the sections that it knows in libelf's memory when it opens a file, so what libelf
 * gives afterwards is plain. Source: elfutils libelf, libdw. */
#include "dwarf_section.h"

#include <gelf.h>
#include <string.h>

static bool is_called(const char *section, const char *name)
{
    size_t n = strlen(name);
    if (*section++ != '.')
        return false;
    section += *section == 'z';
    return strncmp(section, name, n) == 0 && (section[n] == 0 || strcmp(section + n, ".dwo") == 0);
}

struct flame_cursor flame_dwarf_section(Dwarf *dwarf, const char *name)
{
    static const uint8_t nothing;
    const int host = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? ELFDATA2MSB : ELFDATA2LSB;
    Elf *elf = dwarf_getelf(dwarf);
    const char *ident = elf_getident(elf, NULL);
    bool swap = ident && ident[EI_DATA] != host;
    size_t names = 0;
    elf_getshdrstrndx(elf, &names);
    for (Elf_Scn *scn = elf_nextscn(elf, NULL); scn; scn = elf_nextscn(elf, scn)) {
        GElf_Shdr header;
        if (!gelf_getshdr(scn, &header) || header.sh_type == SHT_NOBITS)
            continue;
        const char *section = elf_strptr(elf, names, header.sh_name);
        if (!section || !is_called(section, name))
            continue;
        /* one that libdw could not unpack is still marked */
        const Elf_Data *data = header.sh_flags & SHF_COMPRESSED ? NULL : elf_rawdata(scn, NULL);
        if (data && data->d_buf)
            return flame_cursor_make(data->d_buf, data->d_size, 0, swap, NULL, NULL);
    }
    return flame_cursor_make(&nothing, 0, 0, swap, NULL, NULL);
}
