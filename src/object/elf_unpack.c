/* elf_unpack.c: unpack a compressed section, by libelf.
 *
 * libelf notes in the section's header that it was unpacked. It may not do so in a file that is
 * mapped read-only (0.188 crashes), and the next reader of these bytes would be misled. So it is
 * given a file of its own, in memory, in which there is this section alone. Source: elfutils
 * libelf.h; the ELF specification; GNU binutils for ".zdebug". */
#include "elf_unpack.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

bool flame_elf_is_packed(const struct flame_elf_section *section)
{
    return section->header.sh_flags & SHF_COMPRESSED || strncmp(section->name, ".zdebug", 7) == 0;
}

/* Read what stands in front of the packed bytes; false when it is not what it should be. */
static bool read_header(const struct flame_elf *elf, const struct flame_elf_section *section,
                        struct flame_cursor *c, Elf64_Chdr *out)
{
    *out = (Elf64_Chdr){ .ch_type = ELFCOMPRESS_ZLIB, .ch_addralign = 1 };
    if (section->header.sh_flags & SHF_COMPRESSED) {
        out->ch_type = flame_cursor_u32(c, "ch_type");
        if (elf->wide)
            flame_cursor_u32(c, "ch_reserved");
        out->ch_size = elf->wide ? flame_cursor_u64(c, "ch_size") : flame_cursor_u32(c, "ch_size");
        flame_cursor_take(c, elf->wide ? 8 : 4, "ch_addralign");
        return !c->failed;
    }
    /* "ZLIB", and the size with the highest byte first */
    const uint8_t *magic = flame_cursor_take(c, 4, "magic");
    c->swap = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    out->ch_size = flame_cursor_u64(c, "size");
    return !c->failed && memcmp(magic, "ZLIB", 4) == 0;
}

uint64_t flame_elf_unpacked_size(const struct flame_elf *elf,
                                 const struct flame_elf_section *section)
{
    struct flame_cursor c = flame_elf_bytes(elf, section);
    Elf64_Chdr packed = { 0 };
    if (flame_elf_is_packed(section))
        read_header(elf, section, &c, &packed);
    return packed.ch_size;
}

struct flame_elf_image *flame_elf_image_create(size_t size, uint64_t flags)
{
    struct flame_elf_image *image = calloc(1, sizeof *image + size);
    if (!image)
        return NULL;
    memcpy(image->header.e_ident, ELFMAG, SELFMAG);
    image->header.e_ident[EI_CLASS] = ELFCLASS64;
    image->header.e_ident[EI_DATA] =
        __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? ELFDATA2MSB : ELFDATA2LSB;
    image->header.e_ident[EI_VERSION] = EV_CURRENT;
    image->header.e_version = EV_CURRENT;
    image->header.e_type = ET_REL;
    image->header.e_ehsize = sizeof image->header;
    image->header.e_shoff = offsetof(struct flame_elf_image, sections);
    image->header.e_shentsize = sizeof image->sections[0];
    image->header.e_shnum = 2;
    image->sections[1] = (Elf64_Shdr){ .sh_type = SHT_PROGBITS,
                                       .sh_flags = flags,
                                       .sh_addralign = 1,
                                       .sh_offset = offsetof(struct flame_elf_image, bytes),
                                       .sh_size = size };
    return image;
}

/* Of what is left of c, behind its header as libelf has it. */
static struct flame_elf_image *make_image(struct flame_cursor *c, const Elf64_Chdr *packed,
                                          size_t *size)
{
    size_t count = flame_cursor_left(c);
    struct flame_elf_image *image = flame_elf_image_create(sizeof *packed + count, SHF_COMPRESSED);
    if (!image)
        return NULL;
    memcpy(image->bytes, packed, sizeof *packed);
    memcpy(image->bytes + sizeof *packed, flame_cursor_take(c, count, "packed bytes"), count);
    *size = sizeof *image + sizeof *packed + count;
    return image;
}

static void *unpack(struct flame_elf_image *image, size_t size, size_t *unpacked)
{
    void *bytes = NULL;
    Elf *elf = elf_memory((char *)image, size);
    Elf_Scn *section = elf ? elf_getscn(elf, 1) : NULL;
    if (section && elf_compress(section, 0, 0) > 0) {
        Elf_Data *data = elf_getdata(section, NULL);
        bytes = data && data->d_size ? malloc(data->d_size) : NULL;
        if (bytes)
            memcpy(bytes, data->d_buf, data->d_size);
        *unpacked = bytes ? data->d_size : 0;
    }
    elf_end(elf);
    return bytes;
}

struct flame_cursor flame_elf_unpack(const struct flame_elf *elf,
                                     const struct flame_elf_section *section, size_t size_max,
                                     void **owned)
{
    struct flame_cursor c = flame_elf_bytes(elf, section);
    *owned = NULL;
    if (!flame_elf_is_packed(section))
        return c;
    Elf64_Chdr packed;
    size_t size = 0, unpacked = 0;
    bool fits = read_header(elf, section, &c, &packed) && packed.ch_size <= size_max;
    struct flame_elf_image *image = fits ? make_image(&c, &packed, &size) : NULL;
    if (image)
        *owned = unpack(image, size, &unpacked);
    free(image);
    return flame_cursor_make(*owned, unpacked, 0, elf->swap, NULL, NULL);
}
