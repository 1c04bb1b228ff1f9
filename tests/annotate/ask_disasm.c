/* ask_disasm.c: a section of an ELF file as the library disassembles it, so that it can be compared
 * with objdump's listing.
 *
 *     ask_disasm [-i] FILE [SECTION]
 *     ask_disasm -l FILE [SECTION]
 *
 * -i is Intel's syntax; -l lists only addresses and sizes, which it reads from the first bits of
 * RISC-V's instructions, without the library. SECTION is .text if none is named. A line for each
 * instruction: its address, its size in bytes, its kind (- jump call return data), where it goes to
 * or - (with a # if its text does not say so), a tab, its text. Exits with 77 when this capstone
 * does not know the machine. */
#include "disasm.h"

#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_address(const void *a, const void *b)
{
    const struct flame_code_mark *x = a, *y = b;
    return (x->address > y->address) - (x->address < y->address);
}

/* Mapping symbols ($a, $t, $d, $x) of one section, sorted. */
static struct flame_code_mark *read_marks(Elf *elf, size_t section, size_t *count)
{
    struct flame_code_mark *marks = NULL;
    *count = 0;
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn)) != NULL;) {
        GElf_Shdr header;
        GElf_Sym symbol;
        Elf_Data *data;
        if (!gelf_getshdr(scn, &header) || header.sh_type != SHT_SYMTAB)
            continue;
        data = elf_getdata(scn, NULL);
        marks = calloc(header.sh_size / header.sh_entsize + 1, sizeof *marks);
        for (int i = 0; marks && gelf_getsym(data, i, &symbol); i++) {
            const char *name = elf_strptr(elf, header.sh_link, symbol.st_name);
            if (symbol.st_shndx != section || !name || name[0] != '$' || !strchr("atdx", name[1]))
                continue;
            marks[*count].address = symbol.st_value;
            marks[(*count)++].kind = name[1] == 'd'   ? FLAME_CODE_DATA
                                     : name[1] == 't' ? FLAME_CODE_THUMB
                                                      : FLAME_CODE_PLAIN;
        }
        break;
    }
    if (marks)
        qsort(marks, *count, sizeof *marks, by_address);
    return marks;
}

static void print_all(struct flame_disasm *disasm, const uint8_t *bytes, size_t size,
                      uint64_t address, const struct flame_code_mark *marks, size_t mark_count)
{
    static const char *const kinds[] = { "-", "jump", "call", "return", "data" };
    enum flame_code_kind kind = FLAME_CODE_PLAIN;
    struct flame_decoded insn;
    size_t next = 0;
    for (size_t at = 0; at < size; at += insn.size) {
        size_t left = size - at;
        while (next < mark_count && marks[next].address <= address + at)
            kind = marks[next++].kind;
        if (next < mark_count && marks[next].address - address - at < left)
            left = marks[next].address - address - at;
        flame_disasm_next(disasm, bytes + at, left, address + at, kind, &insn);
        if (insn.size == 0 || insn.size > left)
            abort();
        printf("%" PRIx64 " %u %s ", address + at, (unsigned)insn.size, kinds[insn.kind]);
        if (insn.has_target)
            printf("%s%" PRIx64, insn.comment ? "#" : "", insn.target);
        else
            putchar('-');
        printf("\t%s\n", insn.text);
    }
}

/* RISC-V: 4 bytes where the two lowest bits are set, else 2. */
static void print_lengths(const uint8_t *bytes, size_t size, uint64_t address)
{
    unsigned length;
    for (size_t at = 0; at < size; at += length) {
        length = (bytes[at] & 3) == 3 ? 4 : 2;
        printf("%" PRIx64 " %u\n", address + at, length);
    }
}

int main(int argc, char **argv)
{
    bool intel = argc > 1 && strcmp(argv[1], "-i") == 0;
    bool lengths = argc > 1 && strcmp(argv[1], "-l") == 0, option = intel || lengths;
    const char *path = argv[1 + option], *wanted = path ? argv[2 + option] : NULL;
    int fd = path ? open(path, O_RDONLY) : -1;
    Elf *elf;
    GElf_Ehdr header;
    size_t names;
    int status = 1;
    elf_version(EV_CURRENT);
    elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ_MMAP, NULL);
    if (!elf || !gelf_getehdr(elf, &header) || elf_getshdrstrndx(elf, &names) != 0) {
        fprintf(stderr, "usage: ask_disasm [-i | -l] ELF-FILE [SECTION]\n");
        return 2;
    }
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn)) != NULL;) {
        struct flame_machine machine = {
            .machine = header.e_machine,
            .flags = header.e_flags,
            .wide = header.e_ident[EI_CLASS] == ELFCLASS64,
            .big_endian = header.e_ident[EI_DATA] == ELFDATA2MSB,
        };
        struct flame_error error = FLAME_ERROR_INIT;
        struct flame_disasm *disasm;
        struct flame_code_mark *marks;
        size_t mark_count;
        GElf_Shdr section;
        Elf_Data *data;
        const char *name;
        if (!gelf_getshdr(scn, &section) || !(name = elf_strptr(elf, names, section.sh_name)) ||
            strcmp(name, wanted ? wanted : ".text") != 0 || !(data = elf_rawdata(scn, NULL)))
            continue;
        if (lengths) {
            print_lengths(data->d_buf, data->d_size, section.sh_addr);
            status = header.e_machine == EM_RISCV ? 0 : 2;
            break;
        }
        if (flame_disasm_open(&disasm, &machine, intel, &error) != FLAME_OK) {
            fprintf(stderr, "%s: %s\n", path, error.text);
            status = 77;
            break;
        }
        marks = read_marks(elf, elf_ndxscn(scn), &mark_count);
        print_all(disasm, data->d_buf, data->d_size, section.sh_addr, marks, mark_count);
        free(marks);
        flame_disasm_close(disasm);
        status = 0;
        break;
    }
    elf_end(elf);
    close(fd);
    return status;
}
