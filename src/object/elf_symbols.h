/* elf_symbols.h: from an ELF symbol table to flame_symbols, by perf's selection rules. */
#ifndef FLAME_OBJECT_ELF_SYMBOLS_H
#define FLAME_OBJECT_ELF_SYMBOLS_H

#include "elf_file.h"
#include "symbols.h"

/* What addresses the symbols get. */
enum flame_elf_addresses {
    FLAME_ELF_FILE_OFFSETS, /* in the runtime image, as maps of user programs have them */
    FLAME_ELF_FROM_TEXT,    /* a relocatable kernel module: from the start of its .text */
    FLAME_ELF_SVMAS,        /* as in the file, plus shift (a kernel) */
};

/* source   the file that table belongs to: perhaps a .debug file, whose sections have no bytes
 * runtime  the file that was mapped; the same as source where there is but one
 * shift    FLAME_ELF_SVMAS: added to each address, modulo 2^64 */
struct flame_elf_symbols_from {
    const struct flame_elf *source, *runtime;
    const struct flame_elf_section *table;
    enum flame_elf_addresses addresses;
    uint64_t shift;
};

/* Add the symbols of one table, names borrowed from source's bytes, and settle. false when memory
 * is exhausted; whatever is wrong with the table means fewer symbols. */
bool flame_elf_symbols_add(struct flame_symbols *symbols,
                           const struct flame_elf_symbols_from *from);

/* One entry of a symbol table, with a name.
 *
 * index    in the table
 * section  of the file; 0 where the symbol is undefined; SHN_ABS and the like as they are */
struct flame_elf_entry {
    GElf_Sym symbol;
    const char *name;
    size_t index, section;
};

/* Call each(user, entry) for the entries of one table, until it returns false. */
void flame_elf_each_symbol(const struct flame_elf *elf, const struct flame_elf_section *table,
                           bool (*each)(void *user, const struct flame_elf_entry *entry),
                           void *user);

/* Whether a name is a mark that assemblers leave between code and data: $a, $d, $t, $x, also
 * "$d.1", "$xrv64i...". */
bool flame_elf_is_mark(uint16_t machine, const char *name);

/* The value of the symbol of that name in .symtab; false when there is none. */
bool flame_elf_symbol_value(const struct flame_elf *elf, struct flame_str name, uint64_t *value);

#endif
