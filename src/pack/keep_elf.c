/* keep_elf.c: what any ELF file needs but for its symbols, by its sections.
 *
 * Source: the readers in src/object, whose answers are to stay the same. */
#include "keep_elf.h"

#include "elf_unpack.h"

#include <string.h>

void flame_keep_bytes(struct flame_keep *keep, uint64_t offset, uint64_t size)
{
    uint64_t end = keep->elf.size;
    if (offset >= end)
        return;
    if (size < end - offset)
        end = offset + size;
    keep->failed = keep->failed || !flame_ranges_add(keep->kept, offset, end);
}

void flame_keep_section(struct flame_keep *keep, const struct flame_elf_section *section)
{
    if (section->header.sh_type != SHT_NOBITS)
        flame_keep_bytes(keep, section->header.sh_offset, section->header.sh_size);
}

static void keep_headers(struct flame_keep *keep)
{
    const GElf_Ehdr *h = &keep->elf.header;
    size_t segments = 0, names = 0;
    flame_keep_bytes(keep, 0, keep->elf.wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));
    flame_keep_bytes(keep, h->e_shoff, (uint64_t)keep->elf.section_count * h->e_shentsize);
    if (elf_getphdrnum(keep->elf.handle, &segments) == 0)
        flame_keep_bytes(keep, h->e_phoff, (uint64_t)segments * h->e_phentsize);
    if (elf_getshdrstrndx(keep->elf.handle, &names) == 0 && names < keep->elf.section_count)
        flame_keep_section(keep, &keep->elf.sections[names]);
}

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Sections that are small and have to do with all of the file. Slots of a PLT are decoded to name
 * them. */
static bool is_needed(const struct flame_elf_section *section)
{
    static const char *const names[] = { ".gnu_debuglink", ".gnu_debugaltlink", ".gnu_debugdata",
                                         ".opd", ".debug_cu_index" };
    return section->header.sh_type == SHT_NOTE || section->header.sh_type == SHT_SYMTAB_SHNDX ||
           is_among(section->name, names, sizeof names / sizeof *names) ||
           (strncmp(section->name, ".plt", 4) == 0 && section->header.sh_type == SHT_PROGBITS &&
            (section->header.sh_flags & SHF_EXECINSTR));
}

/* What is read of debug information, if it is; parts of it are not to be told apart while it is
 * packed. */
static bool is_read(const char *name)
{
    static const char *const names[] = { "info",   "types", "abbrev",      "str",
                                         "line",   "frame", "str_offsets", "line_str",
                                         "ranges", "addr",  "rnglists" };
    char bare[32];
    const char *rest = strchr(name, '_');
    if (strncmp(name, ".debug_", 7) != 0 && strncmp(name, ".zdebug_", 8) != 0)
        return false;
    size_t length = strlen(++rest);
    if (length > 4 && strcmp(rest + length - 4, ".dwo") == 0)
        length -= 4;
    if (length >= sizeof bare)
        return false;
    memcpy(bare, rest, length);
    bare[length] = 0;
    return is_among(bare, names, sizeof names / sizeof *names);
}

/* An unlinked object's code has its operands in relocations. */
static bool is_about_kept_code(const struct flame_keep *keep,
                               const struct flame_elf_section *section)
{
    const GElf_Shdr *h = &section->header;
    if (!keep->functions || keep->elf.header.e_type != ET_REL ||
        (h->sh_type != SHT_REL && h->sh_type != SHT_RELA) || h->sh_info >= keep->elf.section_count)
        return false;
    const GElf_Shdr *code = &keep->elf.sections[h->sh_info].header;
    return code->sh_type != SHT_NOBITS && code->sh_size <= UINT64_MAX - code->sh_offset &&
           flame_ranges_meet(keep->functions, code->sh_offset, code->sh_offset + code->sh_size);
}

/* A packed section. What rules are read from is unpacked elsewhere, and kept whole. */
static void keep_packed(struct flame_keep *keep, const struct flame_elf_section *section)
{
    bool frame =
        strcmp(section->name, ".debug_frame") == 0 || strcmp(section->name, ".zdebug_frame") == 0;
    bool needed = frame ? keep->unwinds : keep->is_read && is_read(section->name);
    if (needed && (frame || !flame_keep_repacked(keep, section)))
        flame_keep_section(keep, section);
}

void flame_keep_sections(struct flame_keep *keep)
{
    keep_headers(keep);
    for (size_t i = 1; i < keep->elf.section_count; i++) {
        const struct flame_elf_section *s = &keep->elf.sections[i];
        if (is_needed(s) || is_about_kept_code(keep, s))
            flame_keep_section(keep, s);
        else if (flame_elf_is_packed(s))
            keep_packed(keep, s);
    }
}

void flame_keep_loaded(struct flame_keep *keep, const struct flame_ranges *ranges)
{
    struct flame_ranges loaded = { 0 };
    for (size_t i = 1; i < keep->elf.section_count; i++) {
        const GElf_Shdr *h = &keep->elf.sections[i].header;
        if ((h->sh_flags & SHF_ALLOC) && h->sh_type != SHT_NOBITS &&
            h->sh_size <= UINT64_MAX - h->sh_offset &&
            !flame_ranges_add(&loaded, h->sh_offset, h->sh_offset + h->sh_size))
            keep->failed = true;
    }
    flame_ranges_settle(&loaded);
    for (size_t i = 0, k = 0; i < ranges->count && k < loaded.count;) {
        const struct flame_range *r = &ranges->items[i], *l = &loaded.items[k];
        uint64_t start = r->start > l->start ? r->start : l->start;
        uint64_t end = r->end < l->end ? r->end : l->end;
        if (start < end)
            flame_keep_bytes(keep, start, end - start);
        if (r->end <= l->end)
            i++;
        else
            k++;
    }
    flame_ranges_free(&loaded);
}
