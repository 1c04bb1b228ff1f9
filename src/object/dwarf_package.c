/* dwarf_package.c: find a unit in a .dwp file and cut it out.
 *
 * A package has the sections of many .dwo files, one behind the other, and an index that says which
 * part of each belongs to a unit. libdw before 0.191 does not read it. So each unit gets an ELF
 * file of its own, as libelf sees it: its headers are made up, and the data of its sections are the
 * unit's parts where they are mapped. No bytes are copied. Invariant: a part lies within its
 * section. Does not read type units, nor packages with compressed sections, which no packager
 * writes. Source: DWARF 5, 7.3.5; for version 2, GCC's DebugFissionDWP. */
#include "dwarf_package.h"

#include <stddef.h>
#include <string.h>

static const char *const section_names[FLAME_PACKAGE_SECTIONS] = {
    [FLAME_PACKAGE_INFO] = ".debug_info.dwo",
    [FLAME_PACKAGE_ABBREV] = ".debug_abbrev.dwo",
    [FLAME_PACKAGE_STR_OFFSETS] = ".debug_str_offsets.dwo",
    [FLAME_PACKAGE_RNGLISTS] = ".debug_rnglists.dwo",
    [FLAME_PACKAGE_STR] = ".debug_str.dwo",
};

/* A column's number in the index. In version 2, 8 is .debug_macro.dwo. */
static bool section_of(uint32_t number, uint32_t version, enum flame_package_section *section)
{
    switch (number) {
    case 1:
        *section = FLAME_PACKAGE_INFO;
        return true;
    case 3:
        *section = FLAME_PACKAGE_ABBREV;
        return true;
    case 6:
        *section = FLAME_PACKAGE_STR_OFFSETS;
        return true;
    case 8:
        *section = FLAME_PACKAGE_RNGLISTS;
        return version == 5;
    default:
        return false;
    }
}

static uint32_t read_version(struct flame_cursor *c)
{
    uint16_t first = flame_cursor_u16(c, "version"), second = flame_cursor_u16(c, "version");
    return first ? first : second; /* 5 is the first of two, 2 is one number of four bytes */
}

static bool read_index(struct flame_package *p)
{
    const struct flame_elf_section *section =
        flame_elf_section(&p->source.elf, ".debug_cu_index", SHT_NULL);
    if (!section)
        return false;
    struct flame_cursor c = flame_elf_bytes(&p->source.elf, section);
    uint32_t version = read_version(&c);
    p->column_count = flame_cursor_u32(&c, "columns");
    p->row_count = flame_cursor_u32(&c, "units");
    p->slot_count = flame_cursor_u32(&c, "slots");
    size_t left = flame_cursor_left(&c);
    if ((version != 2 && version != 5) || p->column_count == 0 || p->column_count > left / 4 ||
        p->row_count > left / 4 / p->column_count || p->slot_count > left / 12 ||
        (p->slot_count & (p->slot_count - 1)) != 0)
        return false;
    p->slots = flame_cursor_sub(&c, (uint64_t)p->slot_count * 8, "slots");
    p->rows = flame_cursor_sub(&c, (uint64_t)p->slot_count * 4, "rows");
    memset(p->column, 0xff, sizeof p->column);
    for (uint32_t i = 0; i < p->column_count; i++) {
        enum flame_package_section s;
        if (section_of(flame_cursor_u32(&c, "column"), version, &s))
            p->column[s] = i;
    }
    uint64_t size = (uint64_t)p->row_count * p->column_count * 4;
    p->offsets = flame_cursor_sub(&c, size, "offsets");
    p->sizes = flame_cursor_sub(&c, size, "sizes");
    return !c.failed;
}

/* Find the sections; false if one is compressed. */
static bool find_sections(struct flame_package *p)
{
    const struct flame_elf *elf = &p->source.elf;
    for (size_t i = 0; i < FLAME_PACKAGE_SECTIONS; i++) {
        const struct flame_elf_section *s = flame_elf_section(elf, section_names[i], SHT_NULL);
        if (s && s->header.sh_flags & SHF_COMPRESSED)
            return false;
        if (s)
            p->sections[i] = flame_elf_bytes(elf, s);
    }
    return true;
}

/* libelf has no data for a section without bytes, so each claims the first one of the image. */
static void make_image(struct flame_package_image *image, const struct flame_elf *elf)
{
    enum { COUNT = FLAME_PACKAGE_SECTIONS + 2 };
    *image = (struct flame_package_image){ 0 };
    Elf64_Ehdr *header = &image->header;
    memcpy(header->e_ident, elf->bytes, EI_NIDENT);
    header->e_ident[EI_CLASS] = ELFCLASS64;
    header->e_type = ET_REL;
    header->e_machine = elf->header.e_machine;
    header->e_version = EV_CURRENT;
    header->e_ehsize = sizeof *header;
    header->e_shoff = offsetof(struct flame_package_image, sections);
    header->e_shentsize = sizeof image->sections[0];
    header->e_shnum = COUNT;
    header->e_shstrndx = COUNT - 1;
    size_t at = 1;
    for (size_t i = 0; i < FLAME_PACKAGE_SECTIONS; i++) {
        size_t size = strlen(section_names[i]) + 1;
        image->sections[i + 1] = (Elf64_Shdr){
            .sh_name = (Elf64_Word)at, .sh_type = SHT_PROGBITS, .sh_size = 1, .sh_addralign = 1
        };
        memcpy(image->names + at, section_names[i], size);
        at += size;
    }
    image->sections[COUNT - 1] =
        (Elf64_Shdr){ .sh_type = SHT_STRTAB,
                      .sh_offset = offsetof(struct flame_package_image, names),
                      .sh_size = sizeof image->names,
                      .sh_addralign = 1 };
    Elf_Data h = { header, ELF_T_EHDR, EV_CURRENT, sizeof *header, 0, 1 };
    Elf_Data s = { image->sections, ELF_T_SHDR, EV_CURRENT, sizeof image->sections, 0, 1 };
    elf64_xlatetof(&h, &h, elf->bytes[EI_DATA]);
    elf64_xlatetof(&s, &s, elf->bytes[EI_DATA]);
}

/* Get ready what was opened, or close it. */
static void settle(struct flame_package *package)
{
    if (flame_source_usable(&package->source) && find_sections(package) && read_index(package))
        make_image(&package->image, &package->source.elf);
    else
        flame_package_close(package);
}

enum flame_status flame_package_open(struct flame_package *package, struct flame_depot *depot,
                                     const char *path)
{
    *package = (struct flame_package){ 0 };
    enum flame_status status = flame_source_open(&package->source, depot, path, NULL);
    if (status == FLAME_OK)
        settle(package);
    return status;
}

enum flame_status flame_package_take(struct flame_package *package, struct flame_file file)
{
    *package = (struct flame_package){ 0 };
    enum flame_status status = flame_source_take(&package->source, file, NULL);
    if (status == FLAME_OK)
        settle(package);
    return status;
}

void flame_package_close(struct flame_package *package)
{
    flame_source_close(&package->source);
}

static uint32_t number_at(struct flame_cursor c, uint64_t index)
{
    flame_cursor_take(&c, index * 4, "index");
    return flame_cursor_u32(&c, "index");
}

/* The row of a unit; false if it is not in the index. */
static bool find_row(const struct flame_package *p, uint64_t id, uint32_t *row)
{
    uint32_t mask = p->slot_count - 1;
    uint32_t slot = (uint32_t)id & mask, step = ((uint32_t)(id >> 32) & mask) | 1;
    for (uint32_t i = 0; i < p->slot_count; i++, slot = (slot + step) & mask) {
        struct flame_cursor c = p->slots;
        flame_cursor_take(&c, (uint64_t)slot * 8, "slot");
        uint64_t there = flame_cursor_u64(&c, "slot");
        uint32_t number = number_at(p->rows, slot);
        if (number == 0)
            return false;
        if (there == id) {
            *row = number - 1;
            return *row < p->row_count;
        }
    }
    return false;
}

/* The part of a section that belongs to a row; empty when there is none. */
static struct flame_cursor part(const struct flame_package *p, enum flame_package_section section,
                                uint32_t row)
{
    struct flame_cursor c = p->sections[section];
    uint64_t cell = (uint64_t)row * p->column_count + p->column[section];
    if (section == FLAME_PACKAGE_STR)
        return c;
    if (p->column[section] == UINT32_MAX)
        return flame_cursor_sub(&c, 0, "part");
    flame_cursor_take(&c, number_at(p->offsets, cell), "part");
    return flame_cursor_sub(&c, number_at(p->sizes, cell), "part");
}

static void set_data(Elf_Data *data, const struct flame_cursor *c)
{
    data->d_size = flame_cursor_left(c);
    data->d_buf = data->d_size ? (char *)(uintptr_t)c->at : NULL;
}

Elf *flame_package_unit(struct flame_package *p, uint64_t id)
{
    uint32_t row = 0;
    if (!find_row(p, id, &row))
        return NULL;
    Elf *unit = elf_memory((char *)&p->image, sizeof p->image);
    for (size_t i = 0; unit && i < FLAME_PACKAGE_SECTIONS; i++) {
        Elf_Scn *scn = elf_getscn(unit, i + 1);
        Elf_Data *raw = elf_rawdata(scn, NULL), *data = elf_getdata(scn, NULL);
        struct flame_cursor c = part(p, (enum flame_package_section)i, row);
        if (!raw || !data) {
            elf_end(unit);
            return NULL;
        }
        set_data(raw, &c);
        set_data(data, &c);
    }
    return unit;
}
