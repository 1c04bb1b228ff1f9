/* build_id.c: find, compare and spell build-ids.
 *
 * Source: the ELF specification's notes; Linux tools/perf/util/{symbol-elf,build-id}.c. */
#include "build_id.h"

#include "elf_file.h"
#include "sum.h"

#include <string.h>

static uint64_t padded(uint64_t size, uint64_t align)
{
    return (size + align - 1) & ~(align - 1);
}

/* A linker that was told so writes any number, also this one, into many programs. */
static bool is_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

bool flame_build_id_from_notes(struct flame_cursor notes, uint64_t align, struct flame_build_id *id)
{
    align = align == 8 ? 8 : 4;
    while (flame_cursor_left(&notes) >= 12) {
        uint64_t name_size = flame_cursor_u32(&notes, "n_namesz");
        uint64_t size = flame_cursor_u32(&notes, "n_descsz");
        uint32_t type = flame_cursor_u32(&notes, "n_type");
        /* The 12 bytes of header count in the alignment of the name's end. */
        uint64_t name_space = padded(12 + name_size, align) - 12;
        const uint8_t *name = flame_cursor_take(&notes, name_space, "note name");
        const uint8_t *bytes = flame_cursor_take(&notes, size, "note");
        if (!name || !bytes)
            return false;
        if (type == NT_GNU_BUILD_ID && name_size == 4 && memcmp(name, "GNU", 4) == 0 &&
            size <= FLAME_BUILD_ID_MAX && !is_zero(bytes, size)) {
            *id = (struct flame_build_id){ .size = (uint8_t)size };
            memcpy(id->bytes, bytes, size);
            return true;
        }
        uint64_t padding = padded(size, align) - size, left = flame_cursor_left(&notes);
        flame_cursor_take(&notes, padding < left ? padding : left, "note padding");
    }
    return false;
}

/* Notes may lie over each other, so that a short file could have them without end: of sections and
 * of segments no more bytes are looked at than the file has. */
bool flame_build_id_from_elf(const struct flame_elf *elf, struct flame_build_id *id)
{
    uint64_t left = elf->size;
    for (size_t i = 1; i < elf->section_count; i++) {
        const struct flame_elf_section *s = &elf->sections[i];
        if (s->header.sh_type == SHT_NOTE && flame_spend(&left, s->header.sh_size) &&
            flame_build_id_from_notes(flame_elf_bytes(elf, s), s->header.sh_addralign, id))
            return true;
    }
    left = elf->size;
    size_t count = 0;
    if (elf_getphdrnum(elf->handle, &count) != 0)
        return false;
    for (size_t i = 0; i < count && i < INT32_MAX; i++) {
        GElf_Phdr p;
        struct flame_cursor c = flame_cursor_make(elf->bytes, elf->size, 0, elf->swap, NULL, NULL);
        if (gelf_getphdr(elf->handle, (int)i, &p) && p.p_type == PT_NOTE &&
            flame_spend(&left, p.p_filesz) && flame_cursor_seek(&c, p.p_offset, "PT_NOTE") &&
            flame_build_id_from_notes(flame_cursor_sub(&c, p.p_filesz, "PT_NOTE"), p.p_align, id))
            return true;
    }
    return false;
}

bool flame_build_id_matches(const struct flame_build_id *recorded,
                            const struct flame_build_id *found)
{
    if (is_zero(found->bytes, found->size) || recorded->size < found->size ||
        memcmp(recorded->bytes, found->bytes, found->size) != 0)
        return false;
    if (recorded->size > found->size && recorded->size != FLAME_BUILD_ID_MAX)
        return false;
    for (size_t i = found->size; i < recorded->size; i++)
        if (recorded->bytes[i] != 0)
            return false;
    return true;
}

struct flame_build_id flame_build_id_trimmed(const struct flame_build_id *id)
{
    struct flame_build_id trimmed = *id;
    while (trimmed.size > 0 && trimmed.bytes[trimmed.size - 1] == 0)
        trimmed.size--;
    return trimmed;
}

void flame_build_id_hex(const struct flame_build_id *id, char out[FLAME_BUILD_ID_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < id->size; i++) {
        out[2 * i] = digits[id->bytes[i] >> 4];
        out[2 * i + 1] = digits[id->bytes[i] & 15];
    }
    out[2 * (size_t)id->size] = 0;
}
