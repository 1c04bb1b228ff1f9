/* keep_packed.c: of a compressed section, too, only what is needed.
 *
 * The section is packed anew, zero where nothing was read of what it unpacks to, which takes a
 * fraction of the room: distributions pack debug information, and it is most of a debug file. It
 * begins where it began; its size in the section's header is what it takes now. That is the one
 * thing that is ever changed in a copy. Packed by libelf, which unpacks it later; as in
 * elf_unpack.c, it is given a file of its own. Does not do so with ".zdebug" sections, whose
 * packing is long out of use, nor with other methods than zlib's. Source: elfutils libelf.h; the
 * ELF specification. */
#include "elf_unpack.h"
#include "keep_elf.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* What of memory[size] was read; the rest is zero. NULL: out of memory. */
static struct flame_elf_image *make_image(const struct flame_touched *touched,
                                          const uint8_t *memory, size_t size)
{
    uint64_t low = (uintptr_t)memory, high = low + size;
    struct flame_elf_image *image = flame_elf_image_create(size, 0);
    if (!image)
        return NULL;
    for (size_t i = 0; i < touched->bytes.count; i++) {
        const struct flame_range *r = &touched->bytes.items[i];
        uint64_t start = r->start > low ? r->start : low, end = r->end < high ? r->end : high;
        if (start < end)
            memcpy(image->bytes + (start - low), memory + (start - low), end - start);
    }
    return image;
}

/* What libdw unpacked a section to; NULL: it did not. */
static const Elf_Data *unpacked(const struct flame_keep *keep,
                                const struct flame_elf_section *section)
{
    Elf *elf = keep->handle ? dwarf_getelf(keep->handle) : NULL;
    Elf_Scn *scn = elf ? elf_getscn(elf, (size_t)(section - keep->elf.sections)) : NULL;
    GElf_Shdr header;
    if (!scn || !gelf_getshdr(scn, &header) || (header.sh_flags & SHF_COMPRESSED))
        return NULL;
    const Elf_Data *data = elf_rawdata(scn, NULL);
    return data && data->d_buf && data->d_size == flame_elf_unpacked_size(&keep->elf, section)
               ? data
               : NULL;
}

static void put_number(uint8_t *at, size_t size, bool big, uint64_t v)
{
    for (size_t i = 0; i < size; i++)
        at[big ? size - 1 - i : i] = (uint8_t)(v >> 8 * i);
}

/* Write the packed bytes in place of those that were there, behind their header of that size. */
static bool replace(struct flame_keep *keep, const struct flame_elf_section *section,
                    size_t header_size, const uint8_t *packed, size_t size)
{
    const struct flame_elf *elf = &keep->elf;
    size_t index = (size_t)(section - elf->sections);
    uint64_t field = elf->header.e_shoff + index * elf->header.e_shentsize +
                     (elf->wide ? offsetof(Elf64_Shdr, sh_size) : offsetof(Elf32_Shdr, sh_size));
    if (!keep->copy) {
        keep->copy = malloc(elf->size);
        if (!keep->copy) {
            keep->failed = true;
            return false;
        }
        memcpy(keep->copy, elf->bytes, elf->size);
    }
    memcpy(keep->copy + section->header.sh_offset + header_size, packed, size);
    put_number(keep->copy + field, elf->wide ? 8 : 4, elf->header.e_ident[EI_DATA] == ELFDATA2MSB,
               header_size + size);
    flame_keep_bytes(keep, section->header.sh_offset, header_size + size);
    uint64_t start = section->header.sh_offset, end = start + section->header.sh_size;
    keep->failed = keep->failed || !flame_ranges_add(keep->packed, start, end);
    return true;
}

bool flame_keep_repacked(struct flame_keep *keep, const struct flame_elf_section *section)
{
    const Elf_Data *data = unpacked(keep, section);
    struct flame_cursor there = flame_elf_bytes(&keep->elf, section);
    size_t header_size = keep->elf.wide ? sizeof(Elf64_Chdr) : sizeof(Elf32_Chdr);
    uint32_t method = flame_cursor_u32(&there, "ch_type");
    if (!data || method != ELFCOMPRESS_ZLIB || section->header.sh_size <= header_size ||
        strncmp(section->name, ".debug_", 7) != 0)
        return false;
    bool done = false;
    struct flame_elf_image *image = make_image(keep->touched, data->d_buf, data->d_size);
    Elf *elf = image ? elf_memory((char *)image, sizeof *image + data->d_size) : NULL;
    Elf_Scn *scn = elf ? elf_getscn(elf, 1) : NULL;
    if (scn && elf_compress(scn, ELFCOMPRESS_ZLIB, ELF_CHF_FORCE) > 0) {
        const Elf_Data *packed = elf_rawdata(scn, NULL);
        size_t size = packed && packed->d_size > sizeof(Elf64_Chdr)
                          ? packed->d_size - sizeof(Elf64_Chdr)
                          : SIZE_MAX;
        if (size < section->header.sh_size - header_size)
            done = replace(keep, section, header_size,
                           (const uint8_t *)packed->d_buf + sizeof(Elf64_Chdr), size);
    }
    keep->failed = keep->failed || !image;
    elf_end(elf);
    free(image);
    return done;
}
