/* elf_file.c: read ELF headers through libelf, from bytes.
 *
 * libelf checks offsets within the image, but makes room for as many sections as the file claims
 * before it does. So the count is held against the file's size first. Does not read archives,
 * compressed sections, or files. Source: the ELF specification; elfutils libelf. */
#include "elf_file.h"

#include "sum.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOADS_MAX = 256,        /* each symbol looks through them; linkers make fewer than ten */
    SECTION_NAME_MAX = 1024 /* and through its section's name */
};

/* Whether the section and program header tables that the file claims fit into it. */
static bool tables_fit(const uint8_t *bytes, size_t size, bool swap, bool wide)
{
    struct flame_cursor c = flame_cursor_make(bytes, size, 0, swap, NULL, NULL);
    flame_cursor_seek(&c, wide ? 0x20 : 0x1c, "e_phoff");
    uint64_t phoff = wide ? flame_cursor_u64(&c, "e_phoff") : flame_cursor_u32(&c, "e_phoff");
    uint64_t shoff = wide ? flame_cursor_u64(&c, "e_shoff") : flame_cursor_u32(&c, "e_shoff");
    flame_cursor_take(&c, 6, "e_flags"); /* and e_ehsize */
    uint64_t phentsize = flame_cursor_u16(&c, "e_phentsize");
    uint64_t phnum = flame_cursor_u16(&c, "e_phnum");
    uint64_t shentsize = flame_cursor_u16(&c, "e_shentsize");
    uint64_t shnum = flame_cursor_u16(&c, "e_shnum");
    if (c.failed)
        return false;
    if (shoff) {
        if (shentsize != (wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)) || shoff > size)
            return false;
        if (shnum == 0) { /* too many for the field: section 0 has the number */
            flame_cursor_seek(&c, shoff + (wide ? 0x20 : 0x14), "sh_size");
            shnum = wide ? flame_cursor_u64(&c, "sh_size") : flame_cursor_u32(&c, "sh_size");
        }
        if (c.failed || shnum > (size - shoff) / shentsize)
            return false;
    }
    if (phoff && phnum && phnum != PN_XNUM)
        return phentsize == (wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)) && phoff <= size &&
               phnum <= (size - phoff) / phentsize;
    return true;
}

static enum flame_status read_sections(struct flame_elf *elf)
{
    size_t count = 0, names = 0;
    if (elf_getshdrnum(elf->handle, &count) != 0 || count == 0)
        return FLAME_OK; /* no section headers: a core, or sstripped */
    elf->sections = calloc(count, sizeof *elf->sections);
    if (!elf->sections)
        return FLAME_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct flame_elf_section *s = &elf->sections[i];
        s->scn = elf_getscn(elf->handle, i);
        if (!s->scn || !gelf_getshdr(s->scn, &s->header))
            return FLAME_FORMAT;
    }
    elf->section_count = count;
    struct flame_str text = { 0 };
    if (elf_getshdrstrndx(elf->handle, &names) == 0)
        text = flame_elf_strings(elf, names);
    for (size_t i = 0; i < count; i++) {
        size_t name = elf->sections[i].header.sh_name;
        bool named =
            name < text.len && strnlen(text.ptr + name, SECTION_NAME_MAX) < SECTION_NAME_MAX;
        elf->sections[i].name = named ? text.ptr + name : "";
    }
    return FLAME_OK;
}

/* Whether both ends of a segment can be told, in the file and in memory. */
static bool is_load(const GElf_Phdr *p)
{
    return p->p_type == PT_LOAD && p->p_memsz && p->p_memsz <= UINT64_MAX - p->p_offset &&
           p->p_memsz <= UINT64_MAX - p->p_vaddr;
}

static enum flame_status read_loads(struct flame_elf *elf)
{
    size_t count = 0;
    if (elf_getphdrnum(elf->handle, &count) != 0 || count == 0)
        return FLAME_OK;
    if (count > elf->size / sizeof(Elf32_Phdr) || count > INT32_MAX)
        return FLAME_FORMAT;
    elf->loads = calloc(LOADS_MAX + 1, sizeof *elf->loads);
    if (!elf->loads)
        return FLAME_NOMEM;
    for (size_t i = 0; i < count && elf->load_count < LOADS_MAX; i++) {
        GElf_Phdr *p = &elf->loads[elf->load_count];
        if (!gelf_getphdr(elf->handle, (int)i, p))
            return FLAME_FORMAT;
        if (p->p_memsz < p->p_filesz)
            p->p_memsz = p->p_filesz;
        if (is_load(p))
            elf->load_count++;
    }
    return FLAME_OK;
}

static bool has_no_code(const struct flame_elf *elf)
{
    const uint64_t code = SHF_ALLOC | SHF_EXECINSTR;
    bool none = false;
    for (size_t i = 1; i < elf->section_count; i++) {
        const GElf_Shdr *h = &elf->sections[i].header;
        if ((h->sh_flags & code) != code || h->sh_size == 0)
            continue;
        if (h->sh_type != SHT_NOBITS)
            return false;
        none = true;
    }
    return none;
}

/* objcopy --only-keep-debug moves the segments that it empties. What their offsets were is not in
 * the file; linkers that leave no holes have the code as far from the beginning as in memory. */
static void assume_offsets(struct flame_elf *elf)
{
    if (elf->load_count == 0 || !has_no_code(elf))
        return;
    uint64_t base = elf->loads[0].p_vaddr - elf->loads[0].p_offset;
    for (size_t i = 0; i < elf->load_count; i++) {
        GElf_Phdr *p = &elf->loads[i];
        uint64_t offset = p->p_vaddr - base;
        if (p->p_filesz || p->p_memsz > UINT64_MAX - offset)
            continue;
        p->p_offset = offset;
        elf->assumed = true;
    }
}

enum flame_status flame_elf_open(struct flame_elf *elf, const uint8_t *bytes, size_t size)
{
    *elf = (struct flame_elf){ .bytes = bytes, .size = size };
    enum flame_status status = FLAME_FORMAT;
    if (size < sizeof(Elf32_Ehdr) || memcmp(bytes, ELFMAG, SELFMAG) != 0)
        goto out;
    const uint8_t host = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? ELFDATA2MSB : ELFDATA2LSB;
    elf->swap = bytes[EI_DATA] != host;
    elf->wide = bytes[EI_CLASS] == ELFCLASS64;
    if (bytes[EI_CLASS] != ELFCLASS32 && bytes[EI_CLASS] != ELFCLASS64)
        goto out;
    if (!tables_fit(bytes, size, elf->swap, elf->wide) || elf_version(EV_CURRENT) == EV_NONE)
        goto out;
    errno = 0; /* libelf has no other way to tell */
    elf->handle = elf_memory((char *)(uintptr_t)bytes, size);
    if (!elf->handle && errno == ENOMEM)
        status = FLAME_NOMEM;
    if (!elf->handle || elf_kind(elf->handle) != ELF_K_ELF ||
        !gelf_getehdr(elf->handle, &elf->header))
        goto out;
    status = read_sections(elf);
    if (status == FLAME_OK)
        status = read_loads(elf);
    if (status == FLAME_OK)
        assume_offsets(elf);
out:
    if (status != FLAME_OK)
        flame_elf_close(elf);
    return status;
}

void flame_elf_close(struct flame_elf *elf)
{
    free(elf->sections);
    free(elf->loads);
    elf_end(elf->handle);
    *elf = (struct flame_elf){ 0 };
}

const struct flame_elf_section *flame_elf_section(const struct flame_elf *elf, const char *name,
                                                  uint32_t type)
{
    for (size_t i = 1; i < elf->section_count; i++) {
        const struct flame_elf_section *s = &elf->sections[i];
        if ((type == SHT_NULL || s->header.sh_type == type) && strcmp(s->name, name) == 0)
            return s;
    }
    return NULL;
}

struct flame_cursor flame_elf_bytes(const struct flame_elf *elf,
                                    const struct flame_elf_section *section)
{
    struct flame_cursor all = flame_cursor_make(elf->bytes, elf->size, 0, elf->swap, NULL, NULL);
    struct flame_cursor none = flame_cursor_make(elf->bytes, 0, 0, elf->swap, NULL, NULL);
    if (section->header.sh_type == SHT_NOBITS || section->header.sh_offset > elf->size ||
        section->header.sh_size > elf->size - section->header.sh_offset)
        return none;
    flame_cursor_seek(&all, section->header.sh_offset, "section");
    return flame_cursor_sub(&all, section->header.sh_size, "section");
}

struct flame_str flame_elf_strings(const struct flame_elf *elf, uint64_t index)
{
    struct flame_str text = { 0 };
    if (index == 0 || index >= elf->section_count)
        return text;
    struct flame_cursor c = flame_elf_bytes(elf, &elf->sections[index]);
    text.len = flame_cursor_left(&c);
    text.ptr = (const char *)flame_cursor_take(&c, text.len, "string table");
    while (text.len > 0 && text.ptr[text.len - 1] != 0)
        text.len--;
    return text;
}

Elf_Data *flame_elf_data(const struct flame_elf_section *section, uint64_t *left)
{
    return flame_spend(left, section->header.sh_size) ? elf_getdata(section->scn, NULL) : NULL;
}

bool flame_elf_relocation(Elf_Data *data, bool rela, size_t i, GElf_Rela *out)
{
    GElf_Rel rel;
    if (i > INT32_MAX)
        return false;
    if (rela)
        return gelf_getrela(data, (int)i, out) != NULL;
    if (!gelf_getrel(data, (int)i, &rel))
        return false;
    *out = (GElf_Rela){ .r_offset = rel.r_offset, .r_info = rel.r_info };
    return true;
}

bool flame_elf_offset(const struct flame_elf *elf, uint64_t svma, uint64_t *offset)
{
    for (size_t i = 0; i < elf->load_count; i++) {
        const GElf_Phdr *p = &elf->loads[i];
        if (svma >= p->p_vaddr && svma - p->p_vaddr < p->p_memsz) {
            *offset = svma - p->p_vaddr + p->p_offset;
            return true;
        }
    }
    return false;
}

const GElf_Phdr *flame_elf_load(const struct flame_elf *elf, uint64_t offset)
{
    for (size_t i = 0; i < elf->load_count; i++) {
        const GElf_Phdr *p = &elf->loads[i];
        if (offset >= p->p_offset && offset - p->p_offset < p->p_filesz)
            return p;
    }
    return NULL;
}

bool flame_elf_svma(const struct flame_elf *elf, uint64_t offset, uint64_t *svma)
{
    const GElf_Phdr *p = flame_elf_load(elf, offset);
    if (p)
        *svma = offset - p->p_offset + p->p_vaddr;
    return p != NULL;
}

static bool is_constant(const struct flame_elf *elf, uint64_t offset, unsigned size)
{
    for (size_t i = 0; i < elf->load_count; i++) {
        const GElf_Phdr *p = &elf->loads[i];
        if (!(p->p_flags & PF_W) && offset >= p->p_offset && offset - p->p_offset < p->p_filesz &&
            size <= p->p_filesz - (offset - p->p_offset))
            return true;
    }
    return false;
}

bool flame_elf_word(const struct flame_elf *elf, uint64_t offset, unsigned size, uint64_t *value)
{
    struct flame_cursor c = flame_cursor_make(elf->bytes, elf->size, 0, elf->swap, NULL, NULL);
    if (!is_constant(elf, offset, size))
        return false;
    flame_cursor_seek(&c, offset, "word");
    switch (size) {
    case 1:
        *value = flame_cursor_u8(&c, "word");
        break;
    case 2:
        *value = flame_cursor_u16(&c, "word");
        break;
    case 4:
        *value = flame_cursor_u32(&c, "word");
        break;
    case 8:
        *value = flame_cursor_u64(&c, "word");
        break;
    default:
        return false;
    }
    return !c.failed;
}
