/* elf_builder.c: write ELF. */
#include "elf_builder.h"

#include <stdlib.h>
#include <string.h>

enum {
    FILE_MAX = 1 << 20,
    SECTIONS_MAX = 32,
    SEGMENTS_MAX = 8,
    SYMBOLS_MAX = 512,
    NAMES_MAX = 16384
};

struct placed {
    struct image_section section;
    uint64_t offset;
    uint32_t name;
};

struct names {
    char text[NAMES_MAX];
    size_t size;
};

struct elf_builder {
    struct image_options options;
    uint8_t file[FILE_MAX];
    size_t size;
    struct placed sections[SECTIONS_MAX];
    size_t section_count;
    struct {
        uint64_t vaddr, offset, size, in_file;
        uint32_t type;
    } segments[SEGMENTS_MAX];
    size_t segment_count;
    struct image_symbol symbols[SYMBOLS_MAX];
    uint32_t symbol_names[SYMBOLS_MAX];
    size_t symbol_count;
    struct names section_names, strings;
};

static void require(bool ok)
{
    if (!ok)
        abort();
}

void image_word(const struct elf_builder *b, uint8_t *out, uint64_t v, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[b->options.big_endian ? size - 1 - i : i] = (uint8_t)(v >> (8 * i));
}

static void word(struct elf_builder *b, uint64_t v, size_t size)
{
    require(b->size + size <= FILE_MAX);
    image_word(b, b->file + b->size, v, size);
    b->size += size;
}

/* A field that is as wide as the class. */
static void address(struct elf_builder *b, uint64_t v)
{
    word(b, v, b->options.wide ? 8 : 4);
}

static uint32_t add_name(struct names *names, const char *name)
{
    size_t at = names->size, size = strlen(name) + 1;
    require(at + size <= NAMES_MAX);
    memcpy(names->text + at, name, size);
    names->size += size;
    return (uint32_t)at;
}

struct elf_builder *image_new(struct image_options options)
{
    struct elf_builder *b = calloc(1, sizeof *b);
    require(b != NULL);
    b->options = options;
    b->size = options.wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    b->size += SEGMENTS_MAX * (options.wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));
    b->section_count = 1;
    b->symbol_count = 1;
    add_name(&b->section_names, "");
    add_name(&b->strings, "");
    return b;
}

void image_free(struct elf_builder *b)
{
    free(b);
}

size_t image_section(struct elf_builder *b, const struct image_section *section)
{
    require(b->section_count < SECTIONS_MAX);
    b->size = (b->size + 15) & ~(size_t)15;
    struct placed *p = &b->sections[b->section_count];
    *p = (struct placed){ *section, b->size, add_name(&b->section_names, section->name) };
    if (section->type != SHT_NOBITS) {
        require(section->size <= FILE_MAX - b->size);
        if (section->bytes)
            memcpy(b->file + b->size, section->bytes, section->size);
        b->size += section->size;
    }
    return b->section_count++;
}

uint64_t image_offset(const struct elf_builder *b)
{
    return b->sections[b->section_count - 1].offset;
}

void image_segment(struct elf_builder *b, uint32_t type, uint64_t vaddr, uint64_t offset,
                   uint64_t size)
{
    require(b->segment_count < SEGMENTS_MAX);
    b->segments[b->segment_count].type = type;
    b->segments[b->segment_count].vaddr = vaddr;
    b->segments[b->segment_count].offset = offset;
    b->segments[b->segment_count].size = size;
    b->segments[b->segment_count].in_file = size;
    b->segment_count++;
}

void image_load(struct elf_builder *b, uint64_t vaddr, uint64_t offset, uint64_t size)
{
    image_segment(b, PT_LOAD, vaddr, offset, size);
}

void image_zero_fill(struct elf_builder *b, uint64_t vaddr, uint64_t offset, uint64_t size)
{
    image_segment(b, PT_LOAD, vaddr, offset, size);
    b->segments[b->segment_count - 1].in_file = 0;
}

size_t image_symbol(struct elf_builder *b, struct image_symbol symbol)
{
    require(b->symbol_count < SYMBOLS_MAX);
    b->symbols[b->symbol_count] = symbol;
    b->symbol_names[b->symbol_count] = add_name(&b->strings, symbol.name);
    return b->symbol_count++;
}

void image_build_id(struct elf_builder *b, const void *id, size_t size)
{
    uint8_t note[64] = { 0 };
    require(size <= sizeof note - 16);
    image_word(b, note, 4, 4);
    image_word(b, note + 4, size, 4);
    image_word(b, note + 8, NT_GNU_BUILD_ID, 4);
    memcpy(note + 12, "GNU", 4);
    memcpy(note + 16, id, size);
    struct image_section section = { .name = ".note.gnu.build-id",
                                     .type = SHT_NOTE,
                                     .flags = SHF_ALLOC,
                                     .size = 16 + ((size + 3) & ~(size_t)3),
                                     .align = 4,
                                     .bytes = note };
    image_section(b, &section);
}

static void write_symbol(struct elf_builder *b, size_t i)
{
    const struct image_symbol *s = &b->symbols[i];
    uint8_t info = (uint8_t)(s->binding << 4 | s->type);
    word(b, b->symbol_names[i], 4);
    if (b->options.wide) {
        word(b, info, 1);
        word(b, s->visibility, 1);
        word(b, s->section, 2);
        word(b, s->value, 8);
        word(b, s->size, 8);
    } else {
        word(b, s->value, 4);
        word(b, s->size, 4);
        word(b, info, 1);
        word(b, s->visibility, 1);
        word(b, s->section, 2);
    }
}

static void write_symbols(struct elf_builder *b)
{
    struct image_section table = { .name = b->options.dynamic ? ".dynsym" : ".symtab",
                                   .type = b->options.dynamic ? SHT_DYNSYM : SHT_SYMTAB,
                                   .flags = b->options.dynamic ? SHF_ALLOC : 0,
                                   .link = (uint32_t)b->section_count + 1,
                                   .align = 8 };
    table.entsize = b->options.wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
    size_t index = image_section(b, &table);
    for (size_t i = 0; i < b->symbol_count; i++)
        write_symbol(b, i);
    b->sections[index].section.size = b->size - b->sections[index].offset;
    struct image_section strings = { .name = b->options.dynamic ? ".dynstr" : ".strtab",
                                     .type = SHT_STRTAB,
                                     .size = b->strings.size,
                                     .bytes = b->strings.text };
    image_section(b, &strings);
}

static void write_section_header(struct elf_builder *b, const struct placed *p)
{
    const struct image_section *s = &p->section;
    word(b, p->name, 4);
    word(b, s->type, 4);
    address(b, s->flags);
    address(b, s->addr);
    address(b, p->offset);
    address(b, s->size);
    word(b, s->link, 4);
    word(b, s->info, 4);
    address(b, s->align);
    address(b, s->entsize);
}

static void write_segment(struct elf_builder *b, size_t i)
{
    bool wide = b->options.wide;
    word(b, b->segments[i].type, 4);
    if (wide)
        word(b, PF_R | PF_X, 4);
    address(b, b->segments[i].offset);
    address(b, b->segments[i].vaddr);
    address(b, b->segments[i].vaddr);
    address(b, b->segments[i].in_file);
    address(b, b->segments[i].size);
    if (!wide)
        word(b, PF_R | PF_X, 4);
    address(b, 0x1000);
}

static void write_header(struct elf_builder *b, uint64_t section_table)
{
    bool wide = b->options.wide;
    const uint8_t ident[EI_NIDENT] = { 0x7f,
                                       'E',
                                       'L',
                                       'F',
                                       wide ? ELFCLASS64 : ELFCLASS32,
                                       b->options.big_endian ? ELFDATA2MSB : ELFDATA2LSB,
                                       EV_CURRENT };
    size_t end = b->size, header = wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    b->size = 0;
    for (size_t i = 0; i < sizeof ident; i++)
        word(b, ident[i], 1);
    word(b, b->options.type, 2);
    word(b, b->options.machine, 2);
    word(b, EV_CURRENT, 4);
    address(b, b->options.entry);
    address(b, b->segment_count ? header : 0);
    address(b, section_table);
    word(b, 0, 4);
    word(b, header, 2);
    word(b, wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr), 2);
    word(b, b->segment_count, 2);
    word(b, wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr), 2);
    word(b, b->section_count, 2);
    word(b, b->section_count - 1, 2);
    for (size_t i = 0; i < b->segment_count; i++)
        write_segment(b, i);
    b->size = end;
}

struct flame_bytes image_finish(struct elf_builder *b)
{
    if (b->symbol_count > 1)
        write_symbols(b);
    struct image_section names = { .name = ".shstrtab", .type = SHT_STRTAB };
    size_t index = image_section(b, &names);
    memcpy(b->file + b->size, b->section_names.text, b->section_names.size);
    b->sections[index].section.size = b->section_names.size;
    b->size = (b->size + b->section_names.size + 15) & ~(size_t)15;
    uint64_t table = b->size;
    for (size_t i = 0; i < b->section_count; i++)
        write_section_header(b, &b->sections[i]);
    write_header(b, table);
    return (struct flame_bytes){ b->file, b->size };
}
